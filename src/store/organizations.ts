// Which organization of a tenant is meant, which of its periods are current, and what goals it has.
import { dateIn } from '../domain/date.ts';
import type { Goal } from '../domain/goal.ts';
import { type Organization, type Scope, isId } from '../domain/organization.ts';
import type { Store } from './store.ts';
import { keys, rows } from './tables.ts';

/** The organization asked for; without an id the tenant's first. */
export async function organizationOf(store: Store, tenant: string, id: string | undefined): Promise<Organization | undefined> {
  if (id !== undefined) return isId(id) ? (await store.get(rows.organization, keys.organization({ tenant, organization: id })))?.body : undefined;
  for await (const { body } of store.all(rows.organization, tenant)) return body;
  return undefined;
}

/** The ids of the periods that have not ended where the organization is. */
export async function currentPeriods(store: Store, scope: Scope, now: Date): Promise<string[]> {
  const organization = await organizationOf(store, scope.tenant, scope.organization);
  const today = dateIn(organization?.timeZone ?? 'UTC', now);
  const current: string[] = [];
  for await (const { body: period } of store.all(rows.period, keys.organizationRows(scope))) if (period.end >= today) current.push(period.id);
  return current;
}

/** The goals of all periods. */
export async function* allGoals(store: Store, scope: Scope): AsyncIterable<Goal> {
  for await (const { body: period } of store.all(rows.period, keys.organizationRows(scope))) {
    for await (const { body } of store.all(rows.goal, keys.goals(scope, period.id), 'g:')) yield body;
  }
}
