// Who manages whom: asked of the tenant's directory, or set by an admin; kept on both sides, so that rights over reports' goals cost no search.
import type { Person, Scope } from '../domain/organization.ts';
import { pause } from '../store/revise.ts';
import { Conflict, type Step, type Store, type Stored, insert, replace } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';

export type Named = Pick<Person, 'id' | 'name' | 'email'>;

/** Whom the directory names as somebody's manager; `null`: it says that there is none. Throws when it does not say. */
export type ManagerOf = (tenant: string, person: string) => Promise<Named | null>;

const askEveryMs = 86_400_000;
const tries = 8;

interface AskDeps { store: Store; now(): Date; report(error: unknown, context: string): string; managerOf?: ManagerOf }

/**
 * Asks the directory for somebody's manager at their first visit and at most once a day. One of several visits at once asks. What the
 * directory does not say changes nothing and is reported; what an admin has set is not asked about. Answers the person as they now are.
 */
export async function askManager(deps: AskDeps, scope: Scope, person: Person): Promise<Person> {
  const { managerOf } = deps;
  const now = deps.now();
  const isDue = person.managerAskedAt === undefined || now.getTime() - Date.parse(person.managerAskedAt) >= askEveryMs;
  if (!managerOf || !isDue || person.managerBy === 'admin') return person;
  const asking = await noteAsked(deps.store, scope, person, now.toISOString());
  if (!asking) return person;
  try {
    const manager = await managerOf(scope.tenant, person.id);
    return await assignManager(deps.store, scope, person.id, manager?.id === person.id ? null : manager, 'entra') ?? asking;
  } catch (error) {
    deps.report(error, `asking the directory for the manager of ${person.id}`);
    return asking;
  }
}

/** Answers nothing when another visit is asking. */
async function noteAsked(store: Store, scope: Scope, person: Person, at: string): Promise<Person | undefined> {
  const where = keys.person(scope, person.id);
  const stored = await store.get(rows.person, where);
  if (!stored || stored.body.managerAskedAt !== person.managerAskedAt) return undefined;
  const asking: Person = { ...stored.body, managerAskedAt: at };
  try {
    await store.transact([replace(rows.person, where, asking, stored.etag)]);
    return asking;
  } catch (error) {
    if (error instanceof Conflict) return undefined;
    throw error;
  }
}

/**
 * Makes `manager` somebody's manager, with both lists of reports in one transaction. A manager who has never been here becomes known as a
 * member. Answers the person as they now are, or nothing when they are gone.
 */
export async function assignManager(store: Store, scope: Scope, person: string, manager: Named | null, by: 'entra' | 'admin'): Promise<Person | undefined> {
  for (let attempt = 1; ; attempt++) {
    const stored = await store.get(rows.person, keys.person(scope, person));
    if (!stored) return undefined;
    if (by === 'entra' && stored.body.managerBy === 'admin') return stored.body; // an admin was faster
    const { manager: before, ...rest } = stored.body;
    const after: Person = { ...rest, managerBy: by, ...(manager ? { manager: manager.id } : {}) };
    const [left, joined] = await Promise.all([known(store, scope, before === manager?.id ? undefined : before), known(store, scope, manager?.id)]);
    const steps: Step[] = [
      ...(before === after.manager && rest.managerBy === by ? [] : [replace(rows.person, keys.person(scope, person), after, stored.etag)]),
      ...(left ? [withReports(scope, left, left.body.reports?.filter(id => id !== person))] : []),
      ...(joined && !joined.body.reports?.includes(person) ? [withReports(scope, joined, [...joined.body.reports ?? [], person])] : []),
      ...(manager && !joined ? [insert(rows.person, keys.person(scope, manager.id), { id: manager.id, name: manager.name, ...(manager.email ? { email: manager.email } : {}), role: 'member', reports: [person] })] : []),
    ];
    try {
      await store.transact(steps);
      return after;
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === tries) throw error;
      await pause(attempt);
    }
  }
}

function withReports(scope: Scope, { body, etag }: Stored<Person>, reports: string[] = []): Step {
  return replace(rows.person, keys.person(scope, body.id), { ...body, reports }, etag);
}

async function known(store: Store, scope: Scope, id: string | undefined): Promise<Stored<Person> | undefined> {
  return id === undefined ? undefined : store.get(rows.person, keys.person(scope, id));
}
