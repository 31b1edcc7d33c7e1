// Postponing a goal: it and all that belongs to it end here and go on in a later period, each as a goal of its own.
import { stateOf } from '../domain/check-in.ts';
import { continuation, goesOn, type Continuation, type Continued } from '../domain/continuation.ts';
import { type Goal, refOf } from '../domain/goal.ts';
import type { Period } from '../domain/period.ts';
import { isEnded } from '../domain/status.ts';
import { Refusal } from '../refusal.ts';
import { goalsAt } from '../store/bodies.ts';
import { type Step, type Stored, Conflict, insert, put } from '../store/store.ts';
import { digest, keys, rows, type Link } from '../store/tables.ts';
import { moveGoals, type Move } from '../sync/move.ts';
import { type Actor, type DeedDeps, auditStep, changesOf, decisionsOf, feedStep, judgementOf } from './actor.ts';
import { type Aligning, agree, announce } from './alignment.ts';
import { stretchPeriod } from './period.ts';

/** A goal is postponed with at most so many others under it: they are made in one transaction. */
const mostTogether = 30;

/**
 * Answers the goal that continues this one. Repeated after a crash, for a goal that stands as it did, it meets its own work and finishes it.
 * Throws `Refusal` where too much stands under it.
 */
export async function postponeGoal(actor: Actor, deps: DeedDeps, stored: Stored<Goal>, to: Period, how: { note: string; progress: Continued }): Promise<Goal> {
  const at = deps.now().toISOString();
  const family = await familyOf(actor, deps, stored.body);
  const ids = new Map(family.map(({ id }) => [id, continuedId(stored, id, to)]));
  const root = await goOn(actor, deps, family, { period: to, ids, progress: how.progress, by: actor.by, judgement: judgementOf(actor, at) });
  await moveGoals(deps, actor.scope, family.map((goal): Move => ({
    goal: refOf(goal), by: { kind: 'person', ...actor.by }, at, change: { kind: 'postpone', note: how.note, continuedBy: { period: to.id, id: ids.get(goal.id)! } },
    also: (before, after) => {
      const changes = changesOf(before, after);
      return [auditStep(actor, after, 'goal.postponed', { ...changes.before, ...stateOf(before) }, { ...changes.after, ...stateOf(after) }, at, deps.newId())];
    },
  })));
  return root;
}

/** The goal and all that goes on with it, each after the one it stands under. */
async function familyOf({ scope }: Actor, { store }: DeedDeps, root: Goal): Promise<Goal[]> {
  const family = new Map([[root.id, root]]);
  for (const goal of family.values()) { // a Map is walked on to what is added meanwhile
    for (const child of goal.children.filter(goesOn)) {
      if (family.has(child.id)) continue;
      const found = await store.get(rows.goal, keys.goal(scope, child));
      if (found && !isEnded(found.body.status)) family.set(child.id, found.body);
      if (family.size > mostTogether) throw new Refusal('bad-request', `More than ${mostTogether} goals stand under this one. Postpone them in parts.`);
    }
  }
  return belongingTo(root, [...family.values()]);
}

/** What also stands under an open goal that stays is that goal's to keep: one objective that is postponed must not end another. */
function belongingTo(root: Goal, family: readonly Goal[]): Goal[] {
  const ids = new Set(family.map(({ id }) => id));
  const belongs = family.filter(goal => goal === root || goal.parents.every(parent => ids.has(parent.id)));
  return belongs.length === family.length ? belongs : belongingTo(root, belongs);
}

/** The same each time the same goal, as it stands, is postponed to the same period. */
function continuedId(root: Stored<Goal>, id: string, to: Period): string {
  return `c${digest(`${root.etag};${root.body.period};${id};${to.id}`)}`;
}

/** Writes the goals that go on in the new period: their links first, then all of them at once. Answers the first. */
async function goOn(actor: Actor, deps: DeedDeps, family: readonly Goal[], how: Continuation): Promise<Goal> {
  const { scope } = actor;
  const [first] = family as [Goal, ...Goal[]];
  const above = await parentsThere(actor, deps, first, how.period);
  const made = new Map<string, Goal>();
  for (const goal of family.toReversed()) {
    const parents = goal === first ? above.map(refOf) : goal.parents.flatMap(ref => (how.ids.has(ref.id) ? [{ period: how.period.id, id: how.ids.get(ref.id)! }] : []));
    const below = goal.children.flatMap(child => made.get(child.id) ?? []);
    made.set(goal.id, await linked(actor, deps, goal, continuation(goal, parents, below, how)));
  }
  const root = made.get(first.id)!;
  const { at } = how.judgement;
  const word: Aligning | undefined = above.length > 0 ? { kind: 'aligning', id: `p:${root.id}`, goal: refOf(root), at, parents: root.parents } : undefined;
  await stretchPeriod(deps.store, scope, root);
  if (word) await announce(deps, scope, word, root);
  await deps.store.transact([...made.values()].flatMap(goal => madeSteps(actor, deps, goal, at))).catch((error: unknown) => {
    if (!(error instanceof Conflict)) throw error; // an earlier attempt came this far
  });
  if (word) await agree(deps, scope, word);
  for (const elder of family) await followOn(actor, deps, elder, made.get(elder.id)!);
  return root;
}

/** Who follows a goal follows what continues it. */
async function followOn({ scope }: Actor, { store }: DeedDeps, elder: Goal, goal: Goal): Promise<void> {
  const about = { kind: 'goal' as const, goal: refOf(goal) };
  for await (const { body } of store.all(rows.follow, keys.organizationRows(scope), keys.followers({ kind: 'goal', goal: refOf(elder) }))) {
    const follow = { ...body, about };
    await store.transact([put(rows.follow, keys.follower(scope, about, body.by.id), follow), put(rows.follow, keys.following(scope, body.by.id, about), follow)]);
  }
}

function madeSteps(actor: Actor, deps: DeedDeps, goal: Goal, at: string): Step[] {
  return [
    insert(rows.goal, keys.goal(actor.scope, goal), goal),
    feedStep(actor, goal, at, `cloned-${goal.id}`, { kind: 'cloned', from: goal.clonedFrom! }),
    auditStep(actor, goal, 'goal.continued', null, decisionsOf(goal), at, deps.newId()),
  ];
}

/** It stays under what goes on itself through the new period, such as an annual objective, and leaves what ends before. */
async function parentsThere({ scope }: Actor, { store }: DeedDeps, goal: Goal, period: Pick<Period, 'end'>): Promise<Goal[]> {
  return (await goalsAt(store, scope, goal.parents)).filter(parent => !isEnded(parent.status) && parent.end >= period.end);
}

/** The goal with a link like its elder's, if that had one. */
async function linked({ scope }: Actor, { store }: DeedDeps, elder: Goal, goal: Goal): Promise<Goal> {
  if (elder.connection === null) return goal;
  const link = (await store.get(rows.link, keys.link(scope, elder.connection, elder)))?.body;
  if (!link) return { ...goal, connection: null, mode: 'manual' };
  const own: Link & { id: string } = { ...link, id: `l${goal.id.slice(1)}`, goal: refOf(goal), problem: null };
  await store.transact([put(rows.link, keys.link(scope, elder.connection, goal), own)]);
  return { ...goal, link: own.id };
}
