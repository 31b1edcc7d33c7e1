// How much each child counts in its parent's progress.
import { usualWeights, weightsRefusal, type Weights } from '../../domain/contribution.ts';
import { author, type Caller } from '../caller.ts';
import { Refusal } from '../refusal.ts';
import { changeableGoal, goalRef, goalViews, visibleGoal } from './goal-view.ts';
import type { Deps, Handlers } from './handler.ts';

export const weights = {
  setWeights: async ({ params, body }, caller, deps) => {
    const { body: goal } = await changeableGoal(params, 'edit', caller, deps);
    const refused = weightsRefusal(goal, body.weights, caller.organization.model);
    if (refused) {
      const field = refused.id === undefined ? 'weights' : `weights.${refused.id}`;
      throw new Refusal('bad-request', refused.message, { [field]: refused.message });
    }
    return weigh(params, body.weights, caller, deps);
  },

  resetWeights: async ({ params }, caller, deps) => {
    const { body: goal } = await changeableGoal(params, 'edit', caller, deps);
    if (goal.mode !== 'roll-up') throw new Refusal('bad-request', 'Weights count only where progress rolls up from the children. Let it roll up first.');
    return weigh(params, usualWeights(goal.children, caller.organization.model), caller, deps);
  },
} satisfies Partial<Handlers>;

async function weigh(params: { period: string; goal: string }, weights: Weights, caller: Caller, deps: Deps) {
  await deps.move(caller.scope, [{ goal: goalRef(params), by: author(caller), at: deps.now().toISOString(), change: { kind: 'weights', weights } }]);
  await deps.carryOn(caller.scope, params.period);
  return (await goalViews([await visibleGoal(params, caller, deps)], caller, deps))[0]!;
}
