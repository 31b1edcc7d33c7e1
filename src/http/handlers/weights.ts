// How much each child counts in its parent's progress.
import { usualWeights, weightsRefusal } from '../../domain/contribution.ts';
import { Refusal } from '../refusal.ts';
import { changeableGoal } from './goal-view.ts';
import type { Handlers } from './handler.ts';
import { moved } from './moved.ts';

export const weights = {
  setWeights: async ({ params, body }, caller, deps) => {
    const { body: goal } = await changeableGoal(params, 'edit', caller, deps);
    const refused = weightsRefusal(goal, body.weights, caller.organization.model);
    if (refused) {
      const field = refused.id === undefined ? 'weights' : `weights.${refused.id}`;
      throw new Refusal('bad-request', refused.message, { [field]: refused.message });
    }
    return moved(params, 'goal.weights-set', { kind: 'weights', weights: body.weights }, caller, deps);
  },

  resetWeights: async ({ params }, caller, deps) => {
    const { body: goal } = await changeableGoal(params, 'edit', caller, deps);
    const usual = usualWeights(goal.children, caller.organization.model);
    const refused = weightsRefusal(goal, usual, caller.organization.model);
    if (refused) throw new Refusal('bad-request', refused.message);
    return moved(params, 'goal.weights-set', { kind: 'weights', weights: usual }, caller, deps);
  },
} satisfies Partial<Handlers>;
