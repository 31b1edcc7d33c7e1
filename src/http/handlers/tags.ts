// Tags: one list for the whole organization, so that the same thing is called the same; who may add to it is a setting.
import { refusal } from '../../domain/permission.ts';
import { holdsWords, sift } from '../../store/sift.ts';
import { BadCursor, Conflict, type Stored, insert, remove } from '../../store/store.ts';
import { type Tag, keys, rows } from '../../store/tables.ts';
import { type Caller, who } from '../caller.ts';
import { Refusal, refuseIf, wrongField } from '../refusal.ts';
import { record } from './audit.ts';
import type { Deps, Handlers } from './handler.ts';
import { byName } from './people.ts';

export const tags = {
  tags: async ({ query }, caller, deps) => {
    if (query.next !== undefined && !/^[\w-]{22}$/.test(query.next)) throw new BadCursor('This page no longer exists.');
    const holds = holdsWords(query.search);
    const found = await sift(deps.store, rows.tag, keys.organizationRows(caller.scope), { after: query.next, limit: query.limit, fits: tag => holds(tag.name) });
    return { rows: byName(found.rows.map(r => r.body)), ...(found.last === undefined ? {} : { next: keys.tag(caller.scope, found.last.name).row }) };
  },

  createTag: async ({ body }, caller, deps) => {
    const known = (await tagNamed(body.name, caller, deps))?.body;
    if (known) return known;
    refuseIf(creationRefusal(caller));
    return made(body.name, caller, deps);
  },

  deleteTag: async ({ params }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-organization' }));
    const stored = await tagNamed(params.tag, caller, deps);
    if (!stored) throw new Refusal('not-found', 'There is no such tag. It may have been deleted.');
    const { name } = stored.body;
    await deps.store.transact([remove(rows.tag, keys.tag(caller.scope, name))]);
    await record('tag.deleted', name, { before: name, after: null }, caller, deps);
    return {};
  },
} satisfies Partial<Handlers>;

/**
 * The spelling that the organization's list has for each of these, once each and in their order; what the list does not have yet is
 * added to it. Refuses for the field `tags` where the caller may not add to it. A goal keeps the tags it has, be they deleted from the
 * list since: hand in those that are new to it.
 */
export async function knownTags(names: readonly string[], caller: Caller, deps: Pick<Deps, 'store' | 'now' | 'newId'>): Promise<string[]> {
  const wanted = [...new Map(names.map(name => [name.trim().toLowerCase(), name.trim()])).values()];
  const known = await Promise.all(wanted.map(name => tagNamed(name, caller, deps)));
  const missing = wanted.filter((_, i) => known[i] === undefined);
  const reason = missing.length > 0 ? creationRefusal(caller) : undefined;
  if (reason !== undefined) throw wrongField('tags', `There is no tag “${missing[0]}”. ${reason}`);
  return Promise.all(wanted.map(async (name, i) => (known[i]?.body ?? await made(name, caller, deps)).name));
}

function creationRefusal({ person, organization }: Caller): string | undefined {
  return refusal(person, { do: 'create-tag', settings: organization });
}

async function tagNamed(name: string, caller: Caller, deps: Pick<Deps, 'store'>): Promise<Stored<Tag> | undefined> {
  return deps.store.get(rows.tag, keys.tag(caller.scope, name));
}

async function made(name: string, caller: Caller, deps: Pick<Deps, 'store' | 'now' | 'newId'>): Promise<Tag> {
  const tag: Tag = { name, createdBy: who(caller), at: deps.now().toISOString() };
  try {
    await deps.store.transact([insert(rows.tag, keys.tag(caller.scope, name), tag)]);
  } catch (error) {
    const theirs = error instanceof Conflict ? await tagNamed(name, caller, deps) : undefined; // somebody else was faster
    if (!theirs) throw error;
    return theirs.body;
  }
  await record('tag.created', name, { before: null, after: name }, caller, deps);
  return tag;
}
