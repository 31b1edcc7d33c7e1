// What a tenant's goals administrators decide for all of its organizations: who may make one, and which integrations they may use (features.md 1.15).
import { difference } from '../../difference.ts';
import { type TenantPolicy, allowsIntegration, usualPolicy } from '../../domain/organization.ts';
import { refusal } from '../../domain/permission.ts';
import { type Stored, insert, replace } from '../../store/store.ts';
import { keys, rows } from '../../store/tables.ts';
import type { Caller } from '../caller.ts';
import { etagOf, stale } from '../etag.ts';
import { refuseIf, wrongField } from '../refusal.ts';
import { record, tenantLog } from './audit.ts';
import type { Deps, Handlers } from './handler.ts';

/** Guards a policy that nobody has decided yet. */
const undecided = 'undecided';

export const tenant = {
  tenant: async (_input, caller, deps) => {
    refuseIf(managing(caller));
    return tenantView(await storedPolicy(caller, deps));
  },

  updateTenant: async ({ body, etag }, caller, deps) => {
    refuseIf(managing(caller));
    const stored = await storedPolicy(caller, deps);
    if (tenantView(stored).etag !== etag) throw stale('this policy');
    refuseUnknown(body, deps);
    const before = stored?.body ?? usualPolicy;
    const where = keys.tenantPolicy(caller.scope.tenant);
    await deps.store.transact([stored ? replace(rows.tenantPolicy, where, body, stored.etag) : insert(rows.tenantPolicy, where, body)]);
    await record('tenant.changed', 'policy', difference(before, body), { ...caller, scope: tenantLog(caller.scope.tenant) }, deps);
    await restartAllowed(before, body, caller, deps);
    return tenantView(await storedPolicy(caller, deps));
  },
} satisfies Partial<Handlers>;

function managing({ person, tenantAdministrator }: Caller): string | undefined {
  return refusal(person, { do: 'manage-tenant', tenantAdministrator });
}

function storedPolicy({ scope }: Caller, deps: Pick<Deps, 'store'>): Promise<Stored<TenantPolicy> | undefined> {
  return deps.store.get(rows.tenantPolicy, keys.tenantPolicy(scope.tenant));
}

function tenantView(stored: Stored<TenantPolicy> | undefined): { policy: TenantPolicy; etag: string } {
  return { policy: stored?.body ?? usualPolicy, etag: stored ? etagOf(stored) : undecided };
}

function refuseUnknown({ integrations }: TenantPolicy, deps: Pick<Deps, 'integrations'>): void {
  if (integrations.allow !== 'selected') return;
  const at = integrations.selected.findIndex(id => !deps.integrations.some(i => i.id === id));
  if (at >= 0) throw wrongField(`integrations.selected.${at}`, 'There is no such integration.');
}

/** What the policy had stopped goes on where it stopped, in every organization that has it enabled. */
async function restartAllowed(before: TenantPolicy, after: TenantPolicy, caller: Caller, deps: Deps): Promise<void> {
  const isFreed = (integration: string) => allowsIntegration(after, integration) && !allowsIntegration(before, integration);
  const { tenant } = caller.scope;
  for await (const { body: organization } of deps.store.all(rows.organization, tenant)) {
    if (!Object.keys(organization.integrations).some(isFreed)) continue;
    const scope = { tenant, organization: organization.id };
    for await (const { body } of deps.store.all(rows.connection, keys.organizationRows(scope))) {
      if (isFreed(body.integration) && body.integration in organization.integrations) await deps.startChain(scope, body.id);
    }
  }
}
