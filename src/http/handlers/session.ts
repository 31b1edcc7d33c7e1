// Who is calling, and in which organization.
import { dateIn } from '../../domain/date.ts';
import type { Handlers } from './handler.ts';

export const session = {
  session: async (_input, caller, deps) => {
    const { tenant: _tenant, integrations: _integrations, ...organization } = caller.organization;
    return { person: caller.person, organization, tenantAdministrator: caller.tenantAdministrator, today: dateIn(organization.timeZone, deps.now()) };
  },
} satisfies Partial<Handlers>;
