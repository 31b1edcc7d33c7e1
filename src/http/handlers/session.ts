// Who is calling, and the periods there are.
import { dateIn } from '../../domain/date.ts';
import { currentPeriod, type Period } from '../../domain/period.ts';
import { keys, rows } from '../../store/tables.ts';
import type { Caller } from '../caller.ts';
import type { Deps, Handlers } from './handler.ts';

export const session = {
  session: async (_input, caller, deps) => {
    const { tenant: _tenant, integrations: _integrations, ...organization } = caller.organization;
    return { person: caller.person, organization, tenantAdministrator: caller.tenantAdministrator, today: dateIn(organization.timeZone, deps.now()) };
  },

  periods: async (_input, caller, deps) => {
    const all = await periodsOf(caller, deps);
    return { rows: all, current: currentPeriod(all, dateIn(caller.organization.timeZone, deps.now()))?.id ?? '' };
  },
} satisfies Partial<Handlers>;

export async function periodsOf(caller: Caller, deps: Pick<Deps, 'store'>): Promise<Period[]> {
  const all: Period[] = [];
  for await (const { body } of deps.store.all(rows.period, keys.organizationRows(caller.scope))) all.push(body);
  return all.toSorted((a, b) => (a.start < b.start ? -1 : 1));
}
