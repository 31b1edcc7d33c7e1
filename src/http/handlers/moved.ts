// What a person does to a goal: it moves, what follows from that is seen to, and they are answered the goal as it stands then.
import type { GoalView } from '../../api.ts';
import type { Change } from '../../domain/check-in.ts';
import type { Goal } from '../../domain/goal.ts';
import { type Caller, author } from '../caller.ts';
import { goalRef, goalViews, visibleGoal } from './goal-view.ts';
import type { Deps } from './handler.ts';

/** A `change` that is a function decides on the goal as it is when it is written, again after every change of somebody else. */
export async function moved(params: { period: string; goal: string }, change: Change | ((goal: Goal) => Change), caller: Caller, deps: Deps): Promise<GoalView> {
  await deps.move(caller.scope, [{ goal: goalRef(params), by: author(caller), at: deps.now().toISOString(), change }]);
  await deps.carryOn(caller.scope, params.period);
  return viewNow(params, caller, deps);
}

/** The goal as it stands now, which search finds as it stands now too. */
export async function viewNow(params: { period: string; goal: string }, caller: Caller, deps: Deps): Promise<GoalView> {
  const stored = await visibleGoal(params, caller, deps);
  deps.search.put(caller.scope, stored.body);
  return (await goalViews([stored], caller, deps))[0]!;
}
