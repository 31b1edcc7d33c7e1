// The organizations of a tenant: which one is meant, how one is founded, what the tenant lets them do, and which goals of one are current.
import { dateIn } from '../domain/date.ts';
import type { Goal } from '../domain/goal.ts';
import { type Organization, type Person, type Scope, type TenantPolicy, isId, usualPolicy } from '../domain/organization.ts';
import { usualPeriods } from '../domain/period.ts';
import { Conflict, type Store, insert, put } from './store.ts';
import { keys, rows } from './tables.ts';

/** The organization asked for; without an id the tenant's first. */
export async function organizationOf(store: Store, tenant: string, id: string | undefined): Promise<Organization | undefined> {
  if (id !== undefined) return isId(id) ? (await store.get(rows.organization, keys.organization({ tenant, organization: id })))?.body : undefined;
  for await (const { body } of store.all(rows.organization, tenant)) return body;
  return undefined;
}

/** What the tenant's goals administrators have decided for all of its organizations. */
export async function tenantPolicyOf(store: Store, tenant: string): Promise<TenantPolicy> {
  return (await store.get(rows.tenantPolicy, keys.tenantPolicy(tenant)))?.body ?? usualPolicy;
}

/**
 * Makes an organization with its owner and the usual time periods, so that its first goal has a place. The organization itself comes
 * last: before that it is not to be found, and what was interrupted is made again. Two who found the same one at once are both its owners.
 */
export async function foundOrganization(store: Store, organization: Organization, owner: Person, now: Date): Promise<void> {
  const scope = { tenant: organization.tenant, organization: organization.id };
  for (const period of usualPeriods(now.getUTCFullYear())) await store.transact([put(rows.period, keys.period(scope, period.id), period)]);
  await store.transact([put(rows.person, keys.person(scope, owner.id), owner)]);
  try {
    await store.transact([insert(rows.organization, keys.organization(scope), organization)]);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error; // somebody else's is there by now
  }
}

/** Goals of the periods that have not ended where the organization is. */
export async function* currentGoals(store: Store, scope: Scope, now: Date): AsyncIterable<Goal> {
  const organization = await organizationOf(store, scope.tenant, scope.organization);
  const today = dateIn(organization?.timeZone ?? 'UTC', now);
  for await (const { body: period } of store.all(rows.period, keys.organizationRows(scope))) {
    if (period.end < today) continue;
    for await (const { body } of store.all(rows.goal, keys.goals(scope, period.id), 'g:')) yield body;
  }
}
