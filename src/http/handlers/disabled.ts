// Whose word keeps an integration from being used: the organization's, which enables each, or the tenant's, which allows them.
import { allowsIntegration } from '../../domain/organization.ts';
import type { Caller } from '../caller.ts';

/** Whether anything may be read through an integration here: its organization has enabled it, and the tenant allows it. `undefined` when it may. */
export function disabledBy(integration: string, { organization, policy }: Pick<Caller, 'organization' | 'policy'>): 'tenant' | 'organization' | undefined {
  if (!allowsIntegration(policy, integration)) return 'tenant';
  return integration in organization.integrations ? undefined : 'organization';
}

/** Why an integration cannot be used that the tenant does not allow, and who can change that. */
export function notAllowed(name: string): string {
  return `Your company does not allow ${name} in Waymark. A goals administrator of your company can allow it.`;
}
