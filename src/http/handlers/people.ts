// The people of an organization: found by name, given roles and managers; and what each decides for themselves (features.md 1.14).
import { difference } from '../../difference.ts';
import { isTimeZone } from '../../domain/date.ts';
import { type Person, type Role, type Who, isId } from '../../domain/organization.ts';
import { refusal } from '../../domain/permission.ts';
import { bodiesOf } from '../../store/bodies.ts';
import { revise } from '../../store/revise.ts';
import { holdsWords, sift } from '../../store/sift.ts';
import { BadCursor, type Step, type Stored, replace } from '../../store/store.ts';
import { keys, rows } from '../../store/tables.ts';
import type { Caller } from '../caller.ts';
import { type Named, assignManager } from '../managers.ts';
import { Refusal, refuseIf, wrongField } from '../refusal.ts';
import { record } from './audit.ts';
import type { Deps, Handlers } from './handler.ts';

/** Ids that are looked up at once. */
const atOnce = 100;

export const people = {
  people: async ({ query }, caller, deps) => {
    const holds = holdsWords(query.search);
    const found = await sift(deps.store, rows.person, keys.organizationRows(caller.scope), {
      after: rowAfter(query.next), limit: query.limit ?? 50, fits: p => holds(`${p.name} ${p.email ?? ''}`),
    });
    return { rows: byName(found.rows.map(r => r.body)), ...(found.last === undefined ? {} : { next: found.last.id }) };
  },

  updatePerson: async ({ params, body }, caller, deps) => {
    const stored = await knownPerson(params.person, caller, deps);
    const before = stored.body;
    const { role = before.role, manager } = body;
    if (role !== before.role) refuseIf(refusal(caller.person, { do: 'change-role', from: before.role, to: role, tenantAdministrator: caller.tenantAdministrator }));
    if (manager || role === before.role) refuseIf(refusal(caller.person, { do: 'manage-organization' }));
    const named = manager?.from === 'admin' ? await managerNamed(manager.id, before, caller, deps) : undefined;

    let after: Person | undefined = role === before.role ? before : await withRole(stored, role, caller, deps);
    if (manager?.from === 'admin') after = await assignManager(deps.store, caller.scope, before.id, named ?? null, 'admin');
    if (manager?.from === 'directory') after = await revise(deps.store, rows.person, keys.person(caller.scope, before.id), leftToDirectory);
    if (!after) throw nobody();
    const change = difference(audited(before), audited(after));
    if (Object.keys(change.after).length + Object.keys(change.before).length > 0) await record('person.changed', before.id, change, caller, deps);
    return after;
  },

  updatePreferences: async ({ body }, caller, deps) => {
    refuseUnknownZone(body.timeZone);
    const preferred = (person: Person): Person => {
      const { timeZone, ...rest } = person;
      const zone = body.timeZone === undefined ? timeZone : body.timeZone;
      return { ...rest, ...(zone == null ? {} : { timeZone: zone }), ...(body.mutedAlerts === undefined ? {} : { mutedAlerts: [...new Set(body.mutedAlerts)] }) };
    };
    const after = await revise(deps.store, rows.person, keys.person(caller.scope, caller.person.id), preferred);
    if (!after) throw nobody();
    await record('preferences.changed', after.id, difference(caller.person, after), caller, deps);
    return after;
  },
} satisfies Partial<Handlers>;

/** People as rows remember them. Refuses for `field` where one is not of this organization. */
export async function whoAre(ids: readonly string[], field: string, caller: Caller, deps: Pick<Deps, 'store'>): Promise<Who[]> {
  const wanted = [...new Set(ids)];
  const found: Who[] = [];
  for (let i = 0; i < wanted.length; i += atOnce) {
    const some = wanted.slice(i, i + atOnce);
    const bodies = await bodiesOf(deps.store, rows.person, some, id => keys.person(caller.scope, id));
    for (const id of some) {
      const person = bodies.get(id);
      if (!person) throw wrongField(field, 'There is no such person in this organization.');
      found.push({ id, name: person.name });
    }
  }
  return found;
}

export async function refuseStrangers(ids: readonly string[], field: string, caller: Caller, deps: Pick<Deps, 'store'>): Promise<void> {
  await whoAre(ids, field, caller, deps);
}

/** Where a list goes on whose rows are found by their ids. */
export function rowAfter(next: string | undefined): string | undefined {
  if (next !== undefined && !isId(next)) throw new BadCursor('This page no longer exists.');
  return next;
}

export function byName<T extends { name: string }>(named: readonly T[]): T[] {
  return named.toSorted((a, b) => a.name.localeCompare(b.name));
}

export async function knownPerson(id: string, caller: Caller, deps: Pick<Deps, 'store'>): Promise<Stored<Person>> {
  const stored = isId(id) ? await deps.store.get(rows.person, keys.person(caller.scope, id)) : undefined;
  if (!stored) throw nobody();
  return stored;
}

function nobody(): Refusal {
  return new Refusal('not-found', 'There is no such person in this organization.');
}

async function managerNamed(id: string | null, person: Person, caller: Caller, deps: Deps): Promise<Named | null> {
  if (id === null) return null;
  if (id === person.id) throw wrongField('manager.id', 'Nobody is their own manager.');
  const manager = await deps.store.get(rows.person, keys.person(caller.scope, id));
  if (!manager) throw wrongField('manager.id', 'There is no such person in this organization.');
  return manager.body;
}

/** Their manager stays until the directory has been asked, which it is at their next visit. */
function leftToDirectory({ managerAskedAt: _asked, ...person }: Person): Person {
  return { ...person, managerBy: 'entra' };
}

/**
 * An organization always has an owner: whoever stays one is held in the same transaction, so that two owners cannot remove each other at
 * once. The person is the one as whom they were read when the caller's right to this was asked.
 */
async function withRole({ body, etag }: Stored<Person>, role: Role, caller: Caller, deps: Deps): Promise<Person> {
  const { id } = body;
  const after: Person = { ...body, role };
  const held: Step[] = [];
  if (body.role === 'owner' && role !== 'owner') {
    const other = await anotherOwner(id, caller, deps);
    if (!other) throw wrongField('role', 'An organization has at least one owner. Make somebody else an owner first.');
    held.push(replace(rows.person, keys.person(caller.scope, other.body.id), other.body, other.etag));
  }
  await deps.store.transact([replace(rows.person, keys.person(caller.scope, id), after, etag), ...held]);
  return after;
}

async function anotherOwner(than: string, caller: Caller, deps: Pick<Deps, 'store'>): Promise<Stored<Person> | undefined> {
  for await (const stored of deps.store.all(rows.person, keys.organizationRows(caller.scope))) {
    if (stored.body.role === 'owner' && stored.body.id !== than) return stored;
  }
  return undefined;
}

function audited({ role, manager, managerBy }: Person): Partial<Person> {
  return { role, ...(manager === undefined ? {} : { manager }), ...(managerBy === undefined ? {} : { managerBy }) };
}

export function refuseUnknownZone(timeZone: string | null | undefined): void {
  if (typeof timeZone === 'string' && !isTimeZone(timeZone)) throw wrongField('timeZone', 'Choose a time zone by its name, such as Europe/Stockholm.');
}
