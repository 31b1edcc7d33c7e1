// What a person does to a goal: it moves, the audit log hears of it, what follows is seen to, and they are answered the goal as it stands then.
import type { GoalView } from '../../api.ts';
import { difference } from '../../difference.ts';
import { stateOf, type Change } from '../../domain/check-in.ts';
import { weightsOf } from '../../domain/contribution.ts';
import type { Goal } from '../../domain/goal.ts';
import { auditStep, changesOf } from '../../goals/actor.ts';
import type { Move } from '../../sync/move.ts';
import { type Caller, actorOf, author } from '../caller.ts';
import { goalRef, viewOf, visibleGoal } from './goal-view.ts';
import type { Deps } from './handler.ts';

/** A `change` that is a function decides on the goal as it is when it is written, again after every change of somebody else. */
export async function moved(params: { period: string; goal: string }, deed: string, change: Change | ((goal: Goal) => Change), caller: Caller, deps: Deps): Promise<GoalView> {
  await deps.move(caller.scope, [personsMove(goalRef(params), deed, change, caller, deps)]);
  await deps.carryOn(caller.scope, params.period);
  return viewNow(params, caller, deps);
}

/** A move by this caller, with its entry in the audit log. */
function personsMove(goal: Move['goal'], deed: string, change: Change | ((goal: Goal) => Change), caller: Caller, deps: Pick<Deps, 'now' | 'newId'>): Move {
  const at = deps.now().toISOString();
  const note = typeof change !== 'function' && 'note' in change && change.note !== '' ? { note: change.note } : {};
  const also = (before: Goal, after: Goal) => {
    const [decided, stands] = [changesOf(before, after), difference(standing(before), standing(after))];
    return [auditStep(actorOf(caller), after, deed, { ...decided.before, ...stands.before }, { ...decided.after, ...stands.after, ...note }, at, deps.newId())];
  };
  return { goal, by: author(caller), at, change, also };
}

/** Where a goal stands, and what its children count. */
function standing(goal: Goal) {
  return { ...stateOf(goal), weights: Object.fromEntries(weightsOf(goal.children)) };
}

/** The goal as it stands now, as this caller sees it. */
export async function viewNow(params: { period: string; goal: string }, caller: Caller, deps: Deps): Promise<GoalView> {
  return viewOf(await visibleGoal(params, caller, deps), caller, deps);
}
