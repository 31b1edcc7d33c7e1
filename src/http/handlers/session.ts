// Who is calling, and in which organization.
import type { Answer, Api } from '../../api.ts';
import { dateIn } from '../../domain/date.ts';
import type { Organization } from '../../domain/organization.ts';
import type { Caller } from '../caller.ts';
import type { Deps, Handlers } from './handler.ts';

export const session = {
  session: async (_input, caller, deps) => sessionOf(caller, caller.organization, deps),
} satisfies Partial<Handlers>;

export function sessionOf({ person, tenantAdministrator }: Caller, { tenant: _tenant, integrations: _integrations, ...organization }: Organization, deps: Pick<Deps, 'now'>): Answer<Api['session']> {
  return { person, organization, tenantAdministrator, today: dateIn(organization.timeZone, deps.now()) };
}
