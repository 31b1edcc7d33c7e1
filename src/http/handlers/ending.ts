// How goals end and go on: closed with a score, postponed into a later period, opened again; and automatic updates taken up again.
import { isDeepStrictEqual } from 'node:util';
import { continuation, goesOn, type Continuation } from '../../domain/continuation.ts';
import type { FeedEntry } from '../../domain/feed.ts';
import { type Goal, refOf } from '../../domain/goal.ts';
import { nextPeriod, type Period } from '../../domain/period.ts';
import { suggestedScore } from '../../domain/score.ts';
import { isEnded } from '../../domain/status.ts';
import { progressOf } from '../../domain/outcome.ts';
import { accessUnder } from '../../domain/privacy.ts';
import { type Aligning, agree, announce, rewrite } from '../../goals/alignment.ts';
import { stretchPeriod } from '../../goals/period.ts';
import { settleDescent } from '../../goals/privacy.ts';
import { type Stored, Conflict, insert, put } from '../../store/store.ts';
import { digest, keys, rows, type Link } from '../../store/tables.ts';
import { type Caller, author } from '../caller.ts';
import { Refusal, wrongField } from '../refusal.ts';
import { changeableGoal, judgementOf } from './goal-view.ts';
import type { Deps, Handlers } from './handler.ts';
import { moved, viewNow } from './moved.ts';
import { periodsOf } from './periods.ts';

/** A goal is postponed with at most so many others under it: they are made in one transaction. */
const mostTogether = 30;

export const ending = {
  closeGoal: async ({ params, body }, caller, deps) => {
    const { body: goal } = await changeableGoal(params, 'edit', caller, deps);
    if (isEnded(goal.status)) throw new Refusal('bad-request', 'This goal has ended already. Reopen it to close it in another way.');
    const progress = body.value === undefined ? goal.progress : progressOf(goal.outcome, body.value);
    if (body.score !== undefined && progress === null && goal.outcome.kind === 'metric' && goal.outcome.direction === 'baseline') {
      throw wrongField('score', 'A goal that finds a baseline has no score. Leave it out.');
    }
    const score = body.score ?? suggestedScore({ progress });
    return moved(params, { kind: 'close', value: body.value, score, note: body.note }, caller, deps);
  },

  postponeGoal: async ({ params, body }, caller, deps) => {
    const stored = await changeableGoal(params, 'edit', caller, deps);
    if (isEnded(stored.body.status)) throw new Refusal('bad-request', 'This goal has ended already. Reopen it to postpone it.');
    const to = await targetPeriod(stored.body, body.to, caller, deps);
    const family = await familyOf(stored.body, caller, deps);
    const ids = new Map(family.map(({ id }) => [id, continuedId(stored, id, to)]));
    const at = deps.now().toISOString();
    const how: Continuation = { period: to, ids, progress: body.progress, judgement: judgementOf(caller, at, deps) };
    const root = await written(family, how, caller, deps);
    await deps.move(caller.scope, family.map(goal => (
      { goal: refOf(goal), by: author(caller), at, change: { kind: 'postpone', note: body.note, continuedBy: { period: to.id, id: ids.get(goal.id)! } } })));
    await deps.carryOn(caller.scope, stored.body.period);
    await deps.carryOn(caller.scope, to.id);
    return { postponed: await viewNow(params, caller, deps), continuedBy: await viewNow({ period: root.period, goal: root.id }, caller, deps) };
  },

  reopenGoal: async ({ params, body }, caller, deps) => {
    const { body: goal } = await changeableGoal(params, 'edit', caller, deps);
    if (!isEnded(goal.status)) throw new Refusal('bad-request', 'This goal is open.');
    return moved(params, { kind: 'reopen', note: body.note }, caller, deps);
  },

  resumeGoal: async ({ params }, caller, deps) => {
    const { body: goal } = await changeableGoal(params, 'check-in', caller, deps);
    if (!goal.stopped) throw new Refusal('bad-request', 'Automatic updates of this goal have not been stopped.');
    const answer = await moved(params, { kind: 'resume' }, caller, deps);
    if (goal.connection !== null) await deps.syncNow(caller.scope, goal.connection);
    return answer;
  },
} satisfies Partial<Handlers>;

async function targetPeriod(goal: Goal, to: string | undefined, caller: Caller, deps: Deps): Promise<Period> {
  const periods = await periodsOf(caller, deps);
  const own = periods.find(p => p.id === goal.period);
  const chosen = to === undefined ? own && nextPeriod(periods, own) : periods.find(p => p.id === to);
  if (!chosen) throw wrongField('to', to === undefined ? 'There is no later time period of this kind yet. Choose one, or ask an admin to make it.' : 'There is no such time period.');
  if (chosen.id === goal.period) throw wrongField('to', 'Choose another time period than the one it is in.');
  if (own && chosen.end <= own.end) throw wrongField('to', 'Choose a time period that ends later.');
  return chosen;
}

/** The goal and all that goes on with it, each after the one it stands under. */
async function familyOf(root: Goal, caller: Caller, deps: Deps): Promise<Goal[]> {
  const family = new Map([[root.id, root]]);
  for (const goal of family.values()) { // a Map is walked on to what is added meanwhile
    for (const child of goal.children.filter(goesOn)) {
      if (family.has(child.id)) continue;
      const found = await deps.store.get(rows.goal, keys.goal(caller.scope, child));
      if (found && !isEnded(found.body.status)) family.set(child.id, found.body);
      if (family.size > mostTogether) throw new Refusal('bad-request', `More than ${mostTogether} goals stand under this one. Postpone them in parts.`);
    }
  }
  return [...family.values()];
}

/** The same each time the same goal, as it stands, is postponed to the same period: a request repeated after a crash meets its own work. */
function continuedId(root: Stored<Goal>, id: string, to: Period): string {
  return `c${digest(`${root.etag};${root.body.period};${id};${to.id}`)}`;
}

/** Writes the goals that go on in the new period: their links first, then all of them at once. Answers the first. */
async function written(family: readonly Goal[], how: Continuation, caller: Caller, deps: Deps): Promise<Goal> {
  const above = await parentsThere(family[0]!, how.period, caller, deps);
  const made = new Map<string, Goal>();
  for (const goal of family.toReversed()) {
    const below = goal.children.flatMap(child => made.get(child.id) ?? []);
    const parents = goal === family[0] ? above.map(refOf) : goal.parents.flatMap(ref => { const id = how.ids.get(ref.id); return id === undefined ? [] : [{ period: how.period.id, id }]; });
    made.set(goal.id, await linked(goal, continuation(goal, parents, below, how), caller, deps));
  }
  const all = withAccess(family.map(goal => made.get(goal.id)!), above);
  const [root] = all as [Goal];
  for (const goal of all) await stretchPeriod(deps.store, caller.scope, goal);
  const { at } = how.judgement;
  const word: Aligning | undefined = above.length > 0 ? { kind: 'aligning', id: `p:${root.id}`, goal: refOf(root), at, parents: root.parents } : undefined;
  if (word) await announce(deps, caller.scope, word, root);
  try {
    await deps.store.transact(all.flatMap(goal => [
      insert(rows.goal, keys.goal(caller.scope, goal), goal),
      put(rows.feedEntry, keys.feedEntry(caller.scope, goal, at, `cloned-${goal.id}`), clonedEntry(goal, how, caller)),
    ]));
  } catch (error) {
    if (!(error instanceof Conflict)) throw error; // an earlier attempt came this far
  }
  if (word) await agree(deps, caller.scope, word);
  await keepAccess(family[0]!, root, at, caller, deps);
  for (const goal of all) deps.search.put(caller.scope, goal);
  return root;
}

/** Each as private as what it stands under in the new period; `family` has each after that. */
function withAccess(family: readonly Goal[], above: readonly Goal[]): Goal[] {
  const known = new Map(above.map(goal => [goal.id, goal]));
  return family.map(goal => {
    const next = { ...goal, access: accessUnder(goal.kind, goal.access, goal.parents.flatMap(ref => known.get(ref.id) ?? [])) };
    known.set(goal.id, next);
    return next;
  });
}

/** Somebody may have made the goal private, or changed who sees it, while it was being continued: what continues it must not say more than it does now. */
async function keepAccess(elder: Goal, continued: Goal, at: string, { scope }: Caller, deps: Deps): Promise<void> {
  const now = (await deps.store.get(rows.goal, keys.goal(scope, elder)))?.body;
  if (!now || isDeepStrictEqual(now.access, elder.access) || continued.access.inheritedFrom) return;
  await rewrite(deps.store, scope, continued, goal => ({ goal: { ...goal, access: { ...now.access, inheritedFrom: null } }, steps: [] }));
  await settleDescent(deps, scope, { kind: 'handing-down', id: `y:${continued.id}`, goal: refOf(continued), at });
}

/** It stays under what goes on itself through the new period, such as an annual objective, and leaves what ends before. */
async function parentsThere(goal: Goal, period: Pick<Period, 'end'>, caller: Caller, deps: Deps): Promise<Goal[]> {
  const found = await Promise.all(goal.parents.map(ref => deps.store.get(rows.goal, keys.goal(caller.scope, ref))));
  return found.flatMap(parent => (parent && !isEnded(parent.body.status) && parent.body.end >= period.end ? [parent.body] : []));
}

/** The goal with a link like its elder's, if that had one. */
async function linked(elder: Goal, goal: Goal, caller: Caller, deps: Deps): Promise<Goal> {
  if (elder.connection === null) return goal;
  const link = (await deps.store.get(rows.link, keys.link(caller.scope, elder.connection, elder)))?.body;
  if (!link) return { ...goal, connection: null, mode: 'manual' };
  const own: Link = { ...link, id: `l${goal.id.slice(1)}`, goal: refOf(goal), problem: null };
  await deps.store.transact([put(rows.link, keys.link(caller.scope, elder.connection, goal), own)]);
  return { ...goal, link: own.id! };
}

function clonedEntry(goal: Goal, how: Continuation, caller: Caller): FeedEntry {
  return { goal: refOf(goal), id: `cloned-${goal.id}`, at: how.judgement.at, by: author(caller), activity: { kind: 'cloned', from: goal.clonedFrom! } };
}
