// Making, finding, changing and deleting goals, and tying them to their sources.
import { isDeepStrictEqual } from 'node:util';
import type { GoalBody, GoalView } from '../../api.ts';
import type { Judgement } from '../../domain/check-in.ts';
import { dateIn } from '../../domain/date.ts';
import { edit } from '../../domain/edit.ts';
import type { Activity, FeedEntry } from '../../domain/feed.ts';
import { type Goal, type GoalDraft, type GoalRef, newGoal, refOf, sameRef, usualDraft } from '../../domain/goal.ts';
import { refusal } from '../../domain/permission.ts';
import { type Step, type Stored, insert, put, remove, replace } from '../../store/store.ts';
import { type Connection, type Link, type Measure, keys, rows } from '../../store/tables.ts';
import { checkInSteps, rollUpStep } from '../../sync/move.ts';
import { type Caller, author, who } from '../caller.ts';
import { refuseStale } from '../etag.ts';
import { Refusal, refuseIf, wrongField } from '../refusal.ts';
import { enabledConnection, knownConnection, usableConnection } from './connections.ts';
import { changeableGoal, goalViews, mayView, refuseMaking, visibleGoal } from './goal-view.ts';
import type { Deps, Handlers } from './handler.ts';
import { fittingMeasure } from './measures.ts';
import { periodsOf, stretchPeriod } from './periods.ts';

/** How deep goals may stand under one another. */
const deepest = 20;

export const goals = {
  goals: async ({ query }, caller, deps) => {
    if (query.search?.trim()) return { rows: await searched(query.search, query.limit, caller, deps) };
    const page = await deps.store.page(rows.goal, keys.goals(caller.scope, query.period), { prefix: 'g:', limit: query.limit, next: query.next });
    const visible = page.rows.filter(g => mayView(g.body, caller));
    return { rows: await goalViews(visible, caller, deps), ...(page.next ? { next: page.next } : {}) };
  },

  goal: async ({ params }, caller, deps) => viewOf(await visibleGoal(params, caller, deps), caller, deps),

  createGoal: async ({ params, body }, caller, deps) => {
    await refuseMaking({ kind: body.kind, entity: body.entity ?? usualDraft.entity }, caller, deps);
    const draft = await draftOf(body, params.period, undefined, caller, deps);
    const source = await sourceOf(body, undefined, caller, deps);
    const at = deps.now().toISOString();
    const by = who(caller);
    const made = newGoal(draft, { period: params.period, id: deps.newId(), by, at });
    const link = source && newLink(made, source, caller, deps);
    await stretchPeriod(made, caller, deps);
    const goal: Goal = link ? { ...made, connection: link.connection, link: link.id } : made;
    if (link) await deps.store.transact([insert(rows.link, keys.link(caller.scope, link.connection, goal), link)]);
    await deps.store.transact([
      insert(rows.goal, keys.goal(caller.scope, goal), goal),
      feedStep(caller, goal, at, deps.newId(), { kind: 'created' }),
      ...(source ? [feedStep(caller, goal, at, deps.newId(), { kind: 'linked', connection: source.connection.name, measure: source.title })] : []),
      ...tellParents(caller, goal, goal.parents, at),
    ]);
    return settled(goal, source?.connection, caller, deps);
  },

  updateGoal: async ({ params, body, etag }, caller, deps) => {
    const stored = await changeableGoal(params, 'edit', caller, deps);
    refuseStale(stored, etag);
    const before = stored.body;
    const draft = await draftOf(body, params.period, before, caller, deps);
    const linkedBefore = before.connection === null ? undefined : (await deps.store.get(rows.link, keys.link(caller.scope, before.connection, before)))?.body;
    const source = await sourceOf(body, linkedBefore, caller, deps);
    const remeasured = source !== undefined && !isDeepStrictEqual(linkedBefore?.measure, source.measure);
    const at = deps.now().toISOString();
    const edited = edit(before, draft, { connection: source?.connection.id ?? null, remeasured }, judgement(caller, at, deps));
    if (edited.fields.length === 0) return viewOf(stored, caller, deps);

    const moved = before.connection !== edited.goal.connection;
    const relinked = remeasured || moved;
    const link = source && relinked ? newLink(before, source, caller, deps) : undefined;
    const goal: Goal = { ...edited.goal, link: link?.id ?? (source ? before.link : undefined) };
    const linkStep = link ? [put(rows.link, keys.link(caller.scope, link.connection, before), link)] : [];
    await stretchPeriod(goal, caller, deps);
    // A link beside the old one goes first, and one in its place last: whichever write is the last to happen, the old link never feeds the new outcome.
    if (moved) await deps.store.transact(linkStep);
    await deps.store.transact([
      replace(rows.goal, keys.goal(caller.scope, before), goal, stored.etag),
      feedStep(caller, before, at, deps.newId(), { kind: 'edited', fields: edited.fields }),
      ...(source && link ? [feedStep(caller, before, at, deps.newId(), { kind: 'linked', connection: source.connection.name, measure: source.title })] : []),
      ...(before.connection !== null && !source ? await unlinkedStep(caller, before, before.connection, at, deps) : []),
      ...(edited.checkIn ? checkInSteps(caller.scope, before, goal, edited.checkIn) : redrawStep(caller, goal, at)),
      ...tellParents(caller, before, [...goal.parents, ...before.parents.filter(p => !goal.parents.some(q => sameRef(p, q)))], at),
    ]);
    if (!moved) await deps.store.transact(linkStep);
    if (moved && before.connection !== null) await deps.store.transact([remove(rows.link, keys.link(caller.scope, before.connection, before))]);
    return settled(goal, relinked ? source?.connection : undefined, caller, deps);
  },

  deleteGoal: async ({ params, etag }, caller, deps) => {
    const stored = await changeableGoal(params, 'edit', caller, deps);
    refuseStale(stored, etag);
    const goal = stored.body;
    if (goal.children.length > 0) throw new Refusal('bad-request', `Other goals stand under this one (${goal.children.length}). Move or delete them first.`);
    const at = deps.now().toISOString();
    await deps.store.transact([remove(rows.goal, keys.goal(caller.scope, goal)), ...tellParents(caller, goal, goal.parents, at), ...tellChats(caller, goal, at)]);
    if (goal.connection !== null) await deps.store.transact([remove(rows.link, keys.link(caller.scope, goal.connection, goal))]);
    deps.search.remove(caller.scope, refOf(goal));
    await deps.carryOn(caller.scope, goal.period);
    return {};
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

async function viewOf(stored: Stored<Goal>, caller: Caller, deps: Deps): Promise<GoalView> {
  return (await goalViews([stored], caller, deps))[0]!;
}

/** After a goal is written: found by search, heard by its parents, and read from its source without waiting for the hour. */
async function settled(goal: Goal, linkedTo: Connection | undefined, caller: Caller, deps: Deps): Promise<GoalView> {
  deps.search.put(caller.scope, goal);
  await deps.carryOn(caller.scope, goal.period);
  if (linkedTo) await deps.syncNow(caller.scope, linkedTo.id);
  return viewOf(await visibleGoal({ period: goal.period, goal: goal.id }, caller, deps), caller, deps);
}

/** Search finds; the rows are read again, so that what is shown is current and permitted. */
async function searched(words: string, limit: number, caller: Caller, deps: Deps): Promise<GoalView[]> {
  const refs = await deps.search.find(caller.scope, words, limit);
  const found = await Promise.all(refs.map(ref => deps.store.get(rows.goal, keys.goal(caller.scope, ref))));
  return goalViews(found.filter(g => g !== undefined && mayView(g.body, caller)) as Stored<Goal>[], caller, deps);
}

async function draftOf(body: GoalBody, periodId: string, before: Goal | undefined, caller: Caller, deps: Deps): Promise<GoalDraft> {
  const period = (await periodsOf(caller, deps)).find(p => p.id === periodId);
  if (!period) throw wrongField('period', 'There is no such time period.');
  const start = body.start ?? before?.start ?? period.start;
  const end = body.end ?? before?.end ?? period.end;
  if (end <= start) throw wrongField('end', 'The end date must be after the start date.');
  if (body.mode === 'roll-up' && body.kind === 'initiative') throw wrongField('mode', 'Initiatives have nothing to roll up. Choose check-ins or a data source.');
  if (body.mode === 'roll-up' && body.outcome.kind !== 'percent') {
    throw wrongField('mode', 'Progress rolls up into percent complete. Choose percent complete, or another way to measure.');
  }
  if (body.mode === 'source' && !body.link) throw wrongField('link', 'Choose a connection and a measure, or another way to update progress.');
  const parents = await Promise.all((body.parents ?? before?.parents ?? []).map(parent => fittingParent(parent, before, caller, deps)));
  const { kind, title, outcome } = body;
  const mode = body.mode ?? before?.mode ?? 'manual';
  return { ...usualDraft, ...before, kind, title, outcome, mode, description: body.description ?? before?.description ?? '', owners: await ownersOf(body.owners, before, caller, deps), parents, start, end };
}

async function ownersOf(ids: string[] | undefined, before: Goal | undefined, caller: Caller, deps: Deps): Promise<Goal['owners']> {
  if (ids === undefined) return before?.owners ?? [who(caller)];
  return Promise.all(ids.map(async id => {
    const known = before?.owners.find(o => o.id === id);
    if (known) return known;
    const person = await deps.store.get(rows.person, keys.person(caller.scope, id));
    if (!person) throw wrongField('owners', 'There is no such person in this organization.');
    return { id, name: person.body.name };
  }));
}

/** The parent exists, may be seen, and is not the goal itself or one of those under it. */
async function fittingParent(ref: GoalRef, before: Goal | undefined, caller: Caller, deps: Deps): Promise<GoalRef> {
  const parent = await visibleGoal({ period: ref.period, goal: ref.id }, caller, deps).catch((error: unknown) => {
    throw error instanceof Refusal ? wrongField('parents', 'There is no such goal to stand under.') : error;
  });
  let above: Goal | undefined = parent.body;
  for (let depth = 0; above; depth++) { // TODO(alignment): every parent
    if (above.id === before?.id) throw wrongField('parents', 'A goal cannot stand under itself or under one of its own children.');
    if (depth === deepest) throw wrongField('parents', `Goals may stand at most ${deepest} deep.`);
    const [next]: GoalRef[] = above.parents;
    above = next ? (await deps.store.get(rows.goal, keys.goal(caller.scope, next)))?.body : undefined;
  }
  return { period: ref.period, id: ref.id };
}

interface ChosenSource { connection: Connection; measure: Measure; title: string }

/** Whoever may edit a goal may leave its source as it is, even where the connection is not theirs to use. */
async function sourceOf(body: GoalBody, linkedBefore: Link | undefined, caller: Caller, deps: Deps): Promise<ChosenSource | undefined> {
  if (body.mode !== 'source' || !body.link) return undefined;
  const stays = linkedBefore?.connection === body.link.connection && isDeepStrictEqual(linkedBefore.measure, body.link.measure);
  const connection = stays ? (await knownConnection(body.link.connection, caller, deps)).body : await usableConnection(body.link.connection, caller, deps);
  const { measure, metric } = fittingMeasure(connection.integration, body.link.measure, body.outcome, deps);
  return { connection, measure, title: metric.title };
}

function newLink(goal: Goal, source: ChosenSource, caller: Caller, deps: Pick<Deps, 'newId'>): Link {
  return { id: deps.newId(), connection: source.connection.id, goal: refOf(goal), measure: source.measure, linkedBy: who(caller), problem: null };
}

function feedStep(caller: Caller, goal: Goal, at: string, id: string, what: Activity): Step {
  const entry: FeedEntry = { goal: refOf(goal), id, at, by: author(caller), activity: what };
  return put(rows.feedEntry, keys.feedEntry(caller.scope, entry.goal, at, id), entry);
}

async function unlinkedStep(caller: Caller, goal: Goal, id: string, at: string, deps: Deps): Promise<Step[]> {
  const connection = await deps.store.get(rows.connection, keys.connection(caller.scope, id));
  return connection ? [feedStep(caller, goal, at, deps.newId(), { kind: 'unlinked', connection: connection.body.name })] : [];
}

/** Chats that show a living card of a deleted goal are told, so that no card goes on showing its number. */
function tellChats(caller: Caller, goal: Goal, at: string): Step[] {
  if (!goal.posted) return [];
  const id = `d:${goal.id}`;
  return [put(rows.outgoing, keys.outgoing(caller.scope, goal.period, id), { kind: 'gone', id, goal: refOf(goal), at, title: goal.title, by: caller.person.name, hidden: goal.access.private })];
}

/** The parent is told in its own time, but in this transaction it is promised: a child's move is never lost. */
function tellParents(caller: Caller, goal: Goal, parents: readonly GoalRef[], at: string): Step[] {
  return parents.map(parent => rollUpStep(caller.scope, refOf(goal), parent, at));
}

/** Cards show more of a goal than what moves: its title, its target. */
function redrawStep(caller: Caller, goal: Goal, at: string): Step[] {
  const id = `e:${goal.id}:${Date.parse(at)}`;
  return goal.posted ? [put(rows.outgoing, keys.outgoing(caller.scope, goal.period, id), { kind: 'moved', id, goal: refOf(goal), at })] : [];
}

function judgement(caller: Caller, at: string, deps: Deps): Judgement {
  return { at, today: dateIn(caller.organization.timeZone, deps.now()), thresholds: caller.organization.thresholds, model: caller.organization.model, by: author(caller) };
}

