// The organizations of a tenant: which one is meant, what the tenant lets them do, what is current in one, and what goals it has.
import { dateIn } from '../domain/date.ts';
import type { Goal } from '../domain/goal.ts';
import type { GoalQuery } from '../domain/goal-query.ts';
import { type Organization, type Scope, type TenantPolicy, isId, usualPolicy } from '../domain/organization.ts';
import type { Store } from './store.ts';
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

/** What is current where the organization is: the periods that have not ended, and the day that goals of earlier ones must run up to. */
export async function currentlyIn(store: Store, scope: Scope, now: Date): Promise<NonNullable<GoalQuery['current']>> {
  const organization = await organizationOf(store, scope.tenant, scope.organization);
  const today = dateIn(organization?.timeZone ?? 'UTC', now);
  const periods: string[] = [];
  for await (const { body: period } of store.all(rows.period, keys.organizationRows(scope))) if (period.end >= today) periods.push(period.id);
  return { periods, today };
}

/** The goals of all periods. */
export async function* allGoals(store: Store, scope: Scope): AsyncIterable<Goal> {
  for await (const { body: period } of store.all(rows.period, keys.organizationRows(scope))) {
    for await (const { body } of store.all(rows.goal, keys.goals(scope, period.id), 'g:')) yield body;
  }
}
