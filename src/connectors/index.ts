// Every connector there is, by hand. A test holds this list and the folder together.
import { azureDevOps } from './azure-devops.ts';
import { bigQuery } from './bigquery.ts';
import type { Connector } from './connector.ts';
import { postgresql } from './postgresql.ts';

export const connectors: readonly Connector[] = [azureDevOps, bigQuery, postgresql];

/** The connector of this id. Throws when there is none: ids come from our own rows and catalogue. */
export function connectorOf(id: string): Connector {
  const found = connectors.find(connector => connector.id === id);
  if (!found) throw new Error(`there is no connector called ${id}`);
  return found;
}
