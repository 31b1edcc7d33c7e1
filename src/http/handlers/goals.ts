// Making, showing, changing and deleting goals, and tying them to their sources.
import { isDeepStrictEqual } from 'node:util';
import type { GoalBody, GoalView } from '../../api.ts';
import { draftOf, usualMode } from '../../domain/draft.ts';
import { type Access, type Child, type Entity, type Goal, type GoalDraft, type GoalRef, sameRef, usualDraft } from '../../domain/goal.ts';
import type { Who } from '../../domain/organization.ts';
import { changeGoal } from '../../goals/change.ts';
import { deleteGoal } from '../../goals/delete.ts';
import { type ChosenSource, type Wanted, makeGoal } from '../../goals/make.ts';
import { refusal } from '../../domain/permission.ts';
import { givesAway } from '../../domain/privacy.ts';
import { bodiesOf } from '../../store/bodies.ts';
import type { Stored } from '../../store/store.ts';
import { type Connection, type Link, keys, rows } from '../../store/tables.ts';
import { type Caller, actorOf, who } from '../caller.ts';
import { refuseStale } from '../etag.ts';
import { Refusal, refuseIf, wrongField } from '../refusal.ts';
import { enabledConnection, knownConnection, usableConnection } from './connections.ts';
import { changeableGoal, goalViews, mayView, refuseChange, refuseMaking, viewOf, visibleGoal } from './goal-view.ts';
import type { Deps, Handlers } from './handler.ts';
import { fittingMeasure } from './measures.ts';
import { periodsOf } from './periods.ts';
import { knownTags } from './tags.ts';

export const goals = {
  goal: async ({ params }, caller, deps) => viewOf(await visibleGoal(params, caller, deps), caller, deps),

  createGoal: async ({ params, body }, caller, deps) => {
    const wanted = await wantedOf(body, { period: params.period, before: undefined, linkedBefore: undefined }, caller, deps);
    const goal = await makeGoal(actorOf(caller), deps, params, wanted);
    return settled(goal, wanted.source?.connection, caller, deps);
  },

  updateGoal: async ({ params, body, etag }, caller, deps) => {
    const stored = await changeableGoal(params, 'edit', caller, deps);
    refuseStale(stored, etag);
    const before = stored.body;
    const linkedBefore = before.connection === null ? undefined : (await deps.store.get(rows.link, keys.link(caller.scope, before.connection, before)))?.body;
    const wanted = await wantedOf(body, { period: before.period, before, linkedBefore }, caller, deps);
    await refuseGivingAway(before, wanted, caller, deps);
    const changed = await changeGoal(actorOf(caller), deps, stored, wanted, linkedBefore);
    return changed ? settled(changed.goal, changed.relinked ? wanted.source?.connection : undefined, caller, deps, before.parents) : viewOf(stored, caller, deps);
  },

  deleteGoal: async ({ params, etag }, caller, deps) => {
    const stored = await changeableGoal(params, 'edit', caller, deps);
    refuseStale(stored, etag);
    await deleteGoal(actorOf(caller), deps, stored);
    await deps.carryOn(caller.scope, stored.body.period);
    return {};
  },

  children: async ({ params, query }, caller, deps) => {
    const { body: goal } = await visibleGoal(params, caller, deps);
    const places = goal.children.map(child => ({ child, place: placeOf(child) })).toSorted((a, b) => (a.place < b.place ? -1 : 1));
    const ahead = places.filter(({ place }) => query.next === undefined || place > query.next);
    const seen: { stored: Stored<Goal>; place: string }[] = []; // one more than a page: pages tell only of what is seen, neither by a hole nor by where they end
    for (let from = 0; from < ahead.length && seen.length <= query.limit; from += query.limit + 1) {
      const some = ahead.slice(from, from + query.limit + 1);
      const read = await Promise.all(some.map(({ child }) => deps.store.get(rows.goal, keys.goal(caller.scope, child))));
      seen.push(...read.flatMap((stored, i) => (stored && mayView(stored.body, caller) ? [{ stored, place: some[i]!.place }] : [])));
    }
    const shown = seen.slice(0, query.limit);
    return { rows: await goalViews(shown.map(({ stored }) => stored), caller, deps), ...(seen.length > shown.length ? { next: shown.at(-1)!.place } : {}) };
  },

  syncGoal: async ({ params }, caller, deps) => {
    const { body: goal } = await visibleGoal(params, caller, deps);
    refuseIf(refusal(caller.person, { do: 'sync', goal }));
    if (goal.connection === null) throw new Refusal('bad-request', 'This goal has no data source. Edit it to connect one.');
    await enabledConnection(goal.connection, caller, deps);
    await deps.syncNow(caller.scope, goal.connection);
    return {};
  },
} satisfies Partial<Handlers>;

/** After a goal is written: heard by its parents, and read from its source without waiting for the hour. */
async function settled(goal: Goal, linkedTo: Connection | undefined, caller: Caller, deps: Deps, parentsBefore: readonly GoalRef[] = []): Promise<GoalView> {
  for (const period of new Set([goal, ...goal.parents, ...parentsBefore].map(ref => ref.period))) await deps.carryOn(caller.scope, period);
  if (linkedTo) await deps.syncNow(caller.scope, linkedTo.id);
  const stored = await deps.store.get(rows.goal, keys.goal(caller.scope, goal));
  if (!stored) throw new Refusal('not-found', 'Somebody has deleted this goal meanwhile.');
  return viewOf(stored, caller, deps);
}

/** Key results first, initiatives last; the place itself leads to the next page. */
function placeOf({ kind, period, id }: Child): string {
  return `${{ 'key-result': 1, objective: 2, initiative: 3 }[kind]}:${period}:${id}`;
}

interface Given { period: string; before: Goal | undefined; linkedBefore: Link | undefined }

/** What a body wants of a goal: what it does not name stays as it was, or is as usual. Refuses names of what is not there, and what its caller has no right to. */
async function wantedOf(body: Partial<GoalBody>, { period: periodId, before, linkedBefore }: Given, caller: Caller, deps: Deps): Promise<Wanted> {
  const period = (await periodsOf(caller, deps)).find(p => p.id === periodId);
  if (!period && !before) throw wrongField('period', 'There is no such time period.');
  const was: GoalDraft = before ? draftOf(before) : { ...usualDraft, kind: body.kind!, title: body.title!, outcome: body.outcome!, mode: usualMode({ kind: body.kind!, outcome: body.outcome! }), owners: [who(caller)], start: period!.start, end: period!.end };
  const { owners, checkInOwner, delegate, parents: _parents, access: _access, link: _link, tags, ...plain } = body;
  const named = await peopleIn(body, before, caller, deps);
  const parents = await parentsOf(body.parents, before, caller, deps);
  const draft: GoalDraft = {
    ...was, ...plain, parents: parents.refs,
    owners: owners ? named(owners, 'owners') : was.owners,
    checkInOwner: checkInOwner ? named([checkInOwner], 'checkInOwner')[0]! : checkInOwner === null ? null : was.checkInOwner,
    delegate: delegate ? named([delegate], 'delegate')[0]! : delegate === null ? null : was.delegate,
    tags: tags ? await tagsOf(tags, was.tags, caller, deps) : was.tags,
  };
  const access: Access | undefined = body.access && {
    private: body.access.private, viewers: named(body.access.viewers, 'access.viewers'), editors: named(body.access.editors, 'access.editors'),
    aligners: body.access.aligners && named(body.access.aligners, 'access.aligners'), inheritedFrom: null,
  };
  await refuseUnknownTeams(draft.entity, before, caller, deps);
  if (!before || !isDeepStrictEqual(before.entity, draft.entity) || before.kind !== draft.kind) await refuseMaking(draft, caller, deps);
  return { draft, access, parents: parents.goals, period, source: await sourceOf(body.link, draft, linkedBefore, caller, deps) };
}

/** New tags as the organization spells them. Those that the goal bears already may have left the list since. */
async function tagsOf(given: readonly string[], borne: readonly string[], caller: Caller, deps: Deps): Promise<string[]> {
  const fresh = await knownTags(given.filter(tag => !borne.includes(tag)), caller, deps);
  return [...new Set([...given.filter(tag => borne.includes(tag)), ...fresh])];
}

/** Who may change a goal is not always one who may say whose it is. */
async function refuseGivingAway(before: Goal, { draft, access, parents }: Wanted, caller: Caller, deps: Deps): Promise<void> {
  if (givesAway(before, draft, access, parents)) await refuseChange('change-owners', before, caller, deps);
}

/** Names people by their ids. Those whom the goal has named already need not be there any more. */
async function peopleIn(body: Partial<GoalBody>, before: Goal | undefined, caller: Caller, deps: Deps): Promise<(ids: readonly string[], field: string) => Who[]> {
  const { owners = [], checkInOwner, delegate, access } = body;
  const ids = [...owners, checkInOwner, delegate, ...(access ? [...access.viewers, ...(access.aligners ?? []), ...access.editors] : [])].filter(id => id != null);
  const remembered = before ? [...before.owners, before.checkInOwner, before.delegate, ...before.access.viewers, ...(before.access.aligners ?? []), ...before.access.editors] : [];
  const known = new Map([who(caller), ...remembered].filter(person => person !== null).map(person => [person.id, person]));
  const others = await bodiesOf(deps.store, rows.person, ids.filter(id => !known.has(id)), id => keys.person(caller.scope, id));
  return (wanted, field) => [...new Set(wanted)].map((id, i) => {
    const person = known.get(id) ?? others.get(id);
    if (!person) throw wrongField(field === 'delegate' || field === 'checkInOwner' ? field : `${field}.${i}`, 'There is no such person in this organization.');
    return { id, name: person.name };
  });
}

async function refuseUnknownTeams(entity: Entity, before: Goal | undefined, caller: Caller, deps: Deps): Promise<void> {
  if (entity.kind !== 'teams') return;
  const known = new Set(before?.entity.kind === 'teams' ? before.entity.teams : []);
  const found = await bodiesOf(deps.store, rows.team, entity.teams.filter(id => !known.has(id)), id => keys.team(caller.scope, id));
  const missing = entity.teams.findIndex(id => !known.has(id) && !found.has(id));
  if (missing >= 0) throw wrongField(`entity.teams.${missing}`, 'There is no such team.');
}

/** New parents may be seen and aligned with; those that the caller cannot see stay, for a form cannot send back what it was never shown. */
async function parentsOf(given: readonly GoalRef[] | undefined, before: Goal | undefined, caller: Caller, deps: Deps): Promise<{ refs: GoalRef[]; goals: Goal[] }> {
  const were = before?.parents ?? [];
  const old = await Promise.all(were.map(async ref => ({ ref, goal: (await deps.store.get(rows.goal, keys.goal(caller.scope, ref)))?.body })));
  const kept = old.filter(({ ref, goal }) => given === undefined || given.some(other => sameRef(other, ref)) || (goal && !mayView(goal, caller)));
  const added = (given ?? []).filter((ref, i) => !were.some(other => sameRef(other, ref)) && given!.findIndex(other => sameRef(other, ref)) === i);
  const goals = await Promise.all(added.map(async ref => {
    const { body } = await visibleGoal({ period: ref.period, goal: ref.id }, caller, deps).catch((error: unknown) => {
      throw error instanceof Refusal && error.kind === 'not-found' ? wrongField('parents', 'There is no such goal to stand under.') : error;
    });
    await refuseChange('align', body, caller, deps);
    return body;
  }));
  return { refs: [...kept.map(({ ref }) => ref), ...added.map(ref => ({ period: ref.period, id: ref.id }))], goals: [...kept.flatMap(({ goal }) => goal ?? []), ...goals] };
}

/** Whoever may edit a goal may leave its source as it is, even where the connection is not theirs to use. */
async function sourceOf(given: GoalBody['link'], draft: GoalDraft, linkedBefore: Link | undefined, caller: Caller, deps: Deps): Promise<ChosenSource | undefined> {
  if (draft.mode !== 'source') {
    if (given) throw wrongField('link', 'A link feeds a goal whose progress comes from a data source. Choose that, or leave the link out.');
    return undefined;
  }
  const link = given ?? linkedBefore;
  if (!link) throw wrongField('link', 'Choose a connection and a measure, or another way to update progress.');
  const stays = linkedBefore?.connection === link.connection && isDeepStrictEqual(linkedBefore.measure, link.measure);
  const connection = stays ? (await knownConnection(link.connection, caller, deps)).body : await usableConnection(link.connection, caller, deps);
  const { measure, metric } = fittingMeasure(connection.integration, link.measure, draft.outcome, deps);
  return { connection, measure, title: metric.title };
}
