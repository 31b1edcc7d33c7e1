// Who is calling, and the people there are.
import { dateIn } from '../../domain/date.ts';
import type { Person } from '../../domain/organization.ts';
import { keys, rows } from '../../store/tables.ts';
import type { Handlers } from './handler.ts';

export const session = {
  session: async (_input, caller, deps) => {
    const { tenant: _tenant, integrations: _integrations, ...organization } = caller.organization;
    return { person: caller.person, organization, today: dateIn(organization.timeZone, deps.now()) };
  },

  people: async ({ query }, caller, deps) => {
    const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (p: Person) => words.every(w => `${p.name} ${p.email ?? ''}`.toLowerCase().includes(w));
    const found: Person[] = [];
    for await (const { body } of deps.store.all(rows.person, keys.organizationRows(caller.scope))) {
      if (fits(body)) found.push(body);
      if (found.length === 50) break;
    }
    return { rows: found.toSorted((a, b) => a.name.localeCompare(b.name)) };
  },
} satisfies Partial<Handlers>;
