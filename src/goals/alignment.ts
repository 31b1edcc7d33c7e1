// Standing under other goals: a parent hears of a child before the child stands under it, and no goal ever stands under itself.
import type { Afterword } from '../chat/message.ts';
import type { Instant } from '../domain/date.ts';
import { type Goal, type GoalRef, asChild, nameOf, refOf, sameRef } from '../domain/goal.ts';
import { accessUnder } from '../domain/privacy.ts';
import type { Scope } from '../domain/organization.ts';
import { wrongField } from '../refusal.ts';
import { goalsAt } from '../store/bodies.ts';
import { revise } from '../store/revise.ts';
import { type Step, type Store, remove } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { moveGoals, outgoingStep, rollUpStep } from '../sync/move.ts';
import type { DeedDeps } from './actor.ts';

/** How deep goals may stand under one another, and how many may stand above one. */
const deepest = 20;
const mostAbove = 500;

export type AlignDeps = Pick<DeedDeps, 'store' | 'now'>;

/** The word that an alignment is under way: if whoever makes it dies, the outbox finds it and puts parents and child in agreement (`agree`). */
export type Aligning = Extract<Afterword, { kind: 'aligning' }>;

/** Whether `sought` stands above these goals, or is one of them. Reads each goal once, level by level. */
export async function standsAbove(store: Store, scope: Scope, sought: GoalRef, from: readonly GoalRef[]): Promise<'no' | 'yes' | 'too-deep'> {
  const seen = new Set<string>();
  let level = from;
  for (let depth = 1; level.length > 0; depth++) {
    if (level.some(ref => sameRef(ref, sought))) return 'yes';
    const fresh = level.filter(ref => !seen.has(nameOf(ref)) && seen.add(nameOf(ref)));
    if (depth > deepest || seen.size > mostAbove) return 'too-deep';
    level = (await goalsAt(store, scope, fresh)).flatMap(goal => goal.parents);
  }
  return 'no';
}

/** Refuses parents under which the goal would stand under itself. */
export async function refuseCycle(store: Store, scope: Scope, goal: GoalRef, parents: readonly GoalRef[]): Promise<void> {
  switch (await standsAbove(store, scope, goal, parents)) {
    case 'yes': throw wrongField('parents', 'A goal cannot stand under itself or under one of its own children.');
    case 'too-deep': throw wrongField('parents', `Goals may stand at most ${deepest} deep.`);
    case 'no': return;
  }
}

/**
 * Lets new parents hear of a child that is about to stand under them, and answers them as they then are. Who deletes one of them, or changes
 * who may see it, from now on knows of the child or meets a changed ETag. The word stays until `agree` takes it away.
 */
export async function announce(deps: AlignDeps, scope: Scope, word: Aligning, child: Goal): Promise<Goal[]> {
  await deps.store.transact([outgoingStep(scope, word)]);
  const movements = await moveGoals(deps, scope, word.parents.map(parent =>
    ({ goal: parent, change: { kind: 'child', child: asChild(child) }, by: { kind: 'children' }, at: word.at })));
  const heard = movements.flatMap(movement => ('goal' in movement ? [movement.goal] : []));
  if (heard.length === movements.length) return heard;
  await agree(deps, scope, word);
  throw wrongField('parents', 'There is no such goal to stand under. It may have been deleted.');
}

/**
 * Puts parents and child in agreement, whether or not the child was written, and takes the word away. Doing it again changes nothing.
 * Looks once more whether the child stands under itself, for somebody may have aligned another goal at the same moment: whoever writes last
 * sees it all, so one of the two withdraws, and `conflict` says that it was this one.
 */
export async function agree(deps: AlignDeps, scope: Scope, word: Aligning): Promise<'settled' | 'conflict'> {
  const { store } = deps;
  const stored = await store.get(rows.goal, keys.goal(scope, word.goal));
  const stands = word.parents.filter(parent => stored?.body.parents.some(ref => sameRef(ref, parent)));
  const cyclic: GoalRef[] = [];
  for (const parent of stands) if (await standsAbove(store, scope, word.goal, [parent]) !== 'no') cyclic.push(parent);
  if (cyclic.length > 0) await withdraw(store, scope, word.goal, cyclic, deps.now().toISOString());
  await moveGoals(deps, scope, word.parents.map(parent => {
    const child = stands.includes(parent) && !cyclic.includes(parent) ? stored?.body : undefined;
    return { goal: parent, change: child ? { kind: 'child', child: asChild(child) } : { kind: 'child-gone', id: word.goal.id }, by: { kind: 'children' }, at: word.at };
  }));
  if (stands.length > cyclic.length) await keepAccess(store, scope, word.goal, deps.now().toISOString());
  await store.transact([remove(rows.outgoing, keys.outgoing(scope, word.goal.period, word.id))]);
  return cyclic.length > 0 ? 'conflict' : 'settled';
}

/** Word to each parent, in the transaction that changes a child or the parents that it has. */
export function tellParents(scope: Scope, goal: GoalRef, parents: readonly GoalRef[], at: Instant): Step[] {
  return [...new Map(parents.map(parent => [nameOf(parent), parent])).values()].map(parent => rollUpStep(scope, refOf(goal), parent, at));
}

async function withdraw(store: Store, scope: Scope, goal: GoalRef, from: readonly GoalRef[], at: Instant): Promise<void> {
  await rewrite(store, scope, goal, body => {
    const parents = body.parents.filter(ref => !from.some(other => sameRef(ref, other)));
    return parents.length === body.parents.length ? undefined : { goal: { ...body, parents }, steps: tellParents(scope, goal, from, at) };
  });
}

/** A parent may have become private, or have changed its viewers, while the child was being written. */
async function keepAccess(store: Store, scope: Scope, goal: GoalRef, at: Instant): Promise<void> {
  const parents = await parentsOf(store, scope, goal);
  await rewrite(store, scope, goal, body => {
    const access = accessUnder(body.kind, body.access, parents);
    return JSON.stringify(access) === JSON.stringify(body.access) ? undefined : { goal: { ...body, access }, steps: tellParents(scope, body, body.parents, at) };
  });
}

async function parentsOf(store: Store, scope: Scope, goal: GoalRef): Promise<Goal[]> {
  const stored = await store.get(rows.goal, keys.goal(scope, goal));
  return goalsAt(store, scope, stored?.body.parents ?? []);
}

/** Changes a goal with all that follows in one transaction, and again when somebody else was faster. `undefined`: leave it. */
export async function rewrite(
  store: Store, scope: Scope, ref: GoalRef, revised: (goal: Goal) => { goal: Goal; steps: Step[] } | undefined,
): Promise<Goal | undefined> {
  let steps: Step[] = [];
  return revise(store, rows.goal, keys.goal(scope, ref), goal => {
    const change = revised(goal);
    steps = change?.steps ?? [];
    return change?.goal ?? goal;
  }, () => steps);
}
