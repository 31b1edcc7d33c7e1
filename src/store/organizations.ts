// The organizations of a tenant: which one is meant, what the tenant lets them do, and which goals of one are current.
import { dateIn } from '../domain/date.ts';
import type { Goal } from '../domain/goal.ts';
import { type Organization, type Scope, type TenantPolicy, isId, usualPolicy } from '../domain/organization.ts';
import { daysOf } from '../domain/period.ts';
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

/** Goals of the periods that have not ended where the organization is, and of those that have the goals that have not. */
export async function* currentGoals(store: Store, scope: Scope, now: Date): AsyncIterable<Goal> {
  const organization = await organizationOf(store, scope.tenant, scope.organization);
  const today = dateIn(organization?.timeZone ?? 'UTC', now);
  for await (const { body: period } of store.all(rows.period, keys.organizationRows(scope))) {
    if (daysOf(period).end < today) continue;
    for await (const { body } of store.all(rows.goal, keys.goals(scope, period.id), 'g:')) if (period.end >= today || body.end >= today) yield body;
  }
}
