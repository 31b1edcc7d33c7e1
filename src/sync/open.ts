// From a connection's row to an opened source.
import type { Source } from '../connectors/connector.ts';
import { SourceError } from '../connectors/source-error.ts';
import type { Scope } from '../domain/organization.ts';
import type { Connection } from '../store/tables.ts';
import { SealError, type Vault } from '../store/vault.ts';
import type { SyncDeps } from './deps.ts';

/** The caller closes it. Throws SourceError when the connection cannot be used as it is. */
export async function openSource(deps: Pick<SyncDeps, 'connectors' | 'outside' | 'vault' | 'openThrough'>, scope: Scope, connection: Connection): Promise<Source> {
  const connector = deps.connectors.get(connection.integration);
  if (!connector) throw new SourceError(`Waymark has no connector for ${connection.integration} any more. Choose another source for these goals.`, { kind: 'reconfigure' });
  const settings = connector.connection.check(connection.settings);
  if (!settings.ok) throw new SourceError(`The connection’s settings do not fit any more: ${Object.values(settings.errors).join(' ')}`, { kind: 'reconfigure' });
  const credential = await credentialOf(deps.vault, scope, connection);
  if (connection.satellite !== undefined) return deps.openThrough(scope, { ...connection, settings: settings.values }, credential['name']!);
  return connector.open({ auth: connection.auth, settings: settings.values, credential, outside: deps.outside });
}

/** What a credential is sealed for: nobody can use it under another tenant, organization or connection. */
export function sealContext(scope: Scope, connection: string): string {
  return `${scope.tenant}|${scope.organization}|${connection}`;
}

/** Throws SourceError `reconnect` when it can no longer be unsealed. */
export async function credentialOf(vault: Pick<Vault, 'open'>, scope: Scope, connection: Pick<Connection, 'id' | 'credential'>): Promise<Record<string, string>> {
  try {
    return JSON.parse(await vault.open(connection.credential, sealContext(scope, connection.id))) as Record<string, string>;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new SourceError('The stored credential can no longer be read. Enter it again.', { kind: 'reconnect' }, { cause: error });
  }
}
