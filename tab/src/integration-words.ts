// What may be done with an integration, and why not.
import type { IntegrationView } from '../../src/api.ts';

/** Whether its connector exists: only then is there anything to enable. */
export function isBuilt(integration: IntegrationView): boolean {
  return integration.metrics.length > 0;
}

/** Whether a goal can be linked to it now. */
export function isUsable(integration: IntegrationView): boolean {
  return integration.type === 'data' && integration.enabled && integration.blocked === undefined && integration.metrics.length > 0;
}

/** Why no goal can be linked to it now, and who can change that. */
export function whyNot(integration: IntegrationView): string | undefined {
  if (isUsable(integration)) return undefined;
  if (integration.type === 'collaboration') return integration.blocked;
  return integration.blocked ?? (isBuilt(integration) ? `An admin can enable ${integration.name} under Integrations.` : `Waymark cannot read ${integration.name} yet.`);
}
