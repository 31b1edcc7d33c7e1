// The catalogue of integrations: which are enabled here, and if one cannot be used, why and who can change that.
import type { IntegrationView } from '../../api.ts';
import { type Organization, allowsIntegration } from '../../domain/organization.ts';
import { refusal } from '../../domain/permission.ts';
import type { Integration } from '../../integrations.ts';
import { replace } from '../../store/store.ts';
import { keys, rows } from '../../store/tables.ts';
import type { Caller } from '../caller.ts';
import { Refusal, refuseIf } from '../refusal.ts';
import { record } from './audit.ts';
import { allConnections } from './connections.ts';
import { disabledBy, notAllowed } from './disabled.ts';
import type { Deps, Handlers } from './handler.ts';

export const integrations = {
  integrations: async (_input, caller, deps) => {
    const connections = await allConnections(caller, deps);
    return { rows: deps.integrations.map(i => integrationView(i, connections.filter(c => c.body.integration === i.id).length, caller, deps)) };
  },

  enableIntegration: async ({ params, body }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-integrations' }));
    const integration = deps.integrations.find(i => i.id === params.integration);
    if (!integration) throw new Refusal('not-found', 'There is no such integration.');
    if (body.enabled && !connectorFor(integration, deps)) {
      throw new Refusal('bad-request', `${integration.name} cannot be enabled yet: this version of Waymark has no connector for it.`);
    }
    if (body.enabled && !allowsIntegration(caller.policy, integration.id)) throw new Refusal('forbidden', notAllowed(integration.name));

    const stored = (await deps.store.get(rows.organization, keys.organization(caller.scope)))!;
    const wasEnabled = integration.id in stored.body.integrations;
    if (wasEnabled === body.enabled) return {};
    const after = withIntegration(stored.body, integration.id, body.enabled, caller, deps.now().toISOString());
    await deps.store.transact([replace(rows.organization, keys.organization(caller.scope), after, stored.etag)]);
    await record(body.enabled ? 'integration.enabled' : 'integration.disabled', integration.id, { before: wasEnabled, after: body.enabled }, caller, deps);
    if (body.enabled) await restartChains(integration.id, caller, deps);
    return {};
  },
} satisfies Partial<Handlers>;

/** What a disabled integration left behind goes on where it stopped. */
async function restartChains(integration: string, caller: Caller, deps: Deps): Promise<void> {
  for (const { body } of await allConnections(caller, deps)) {
    if (body.integration === integration) await deps.startChain(caller.scope, body.id);
  }
}

function withIntegration(organization: Organization, id: string, enabled: boolean, caller: Caller, at: string): Organization {
  const { [id]: _gone, ...others } = organization.integrations;
  return { ...organization, integrations: enabled ? { ...others, [id]: { enabledBy: caller.person.id, enabledAt: at } } : others };
}

function connectorFor({ connector }: Integration, deps: Pick<Deps, 'connectors'>) {
  return connector === null ? undefined : deps.connectors.get(connector);
}

function integrationView(i: Integration, connections: number, caller: Caller, deps: Deps): IntegrationView {
  const connector = connectorFor(i, deps);
  const enabled = i.id in caller.organization.integrations;
  const blocked = blockedBecause(i, connector !== undefined, caller);
  return {
    id: i.id, name: i.name, category: i.category, type: i.type, terms: i.terms, enabled, connections,
    ...(blocked ? { blocked } : {}),
    auth: (connector?.auth ?? []).map(a => ({ id: a.id, title: a.title, note: a.note, fields: [...a.form.fields] })),
    connection: [...(connector?.connection.fields ?? [])],
    metrics: (connector?.metrics ?? []).map(m => ({ id: m.id, title: m.title, help: m.help, percent: m.percent, fields: [...m.form.fields] })),
  };
}

function blockedBecause(i: Integration, readable: boolean, caller: Caller): string | undefined {
  if (i.type === 'collaboration') return i.id === 'teams' ? undefined : 'This version of Waymark does not work with it yet.';
  if (!readable) return 'This version of Waymark has no connector for it yet.';
  switch (disabledBy(i.id, caller)) {
    case 'tenant': return notAllowed(i.name);
    case 'organization': return 'An admin of your organization has not enabled it (Admin › Integrations).';
    case undefined: return undefined;
  }
}
