// How goals end and go on: closed with a score, postponed into a later period, opened again; and automatic updates taken up again.
import type { Goal } from '../../domain/goal.ts';
import { progressOf } from '../../domain/outcome.ts';
import { nextPeriod, type Period } from '../../domain/period.ts';
import { suggestedScore } from '../../domain/score.ts';
import { isEnded } from '../../domain/status.ts';
import { postponeGoal } from '../../goals/postpone.ts';
import { type Caller, actorOf } from '../caller.ts';
import { Refusal, wrongField } from '../refusal.ts';
import { changeableGoal } from './goal-view.ts';
import type { Deps, Handlers } from './handler.ts';
import { moved, viewNow } from './moved.ts';
import { periodsOf } from './periods.ts';

export const ending = {
  closeGoal: async ({ params, body }, caller, deps) => {
    const { body: goal } = await changeableGoal(params, 'edit', caller, deps);
    if (isEnded(goal.status)) throw new Refusal('bad-request', 'This goal has ended already. Reopen it to close it in another way.');
    const progress = body.value === undefined ? goal.progress : progressOf(goal.outcome, body.value);
    if (body.score !== undefined && progress === null && goal.outcome.kind === 'metric' && goal.outcome.direction === 'baseline') {
      throw wrongField('score', 'A goal that finds a baseline has no score. Leave it out.');
    }
    const score = body.score ?? suggestedScore({ progress });
    return moved(params, 'goal.closed', { kind: 'close', value: body.value, score, note: body.note }, caller, deps);
  },

  postponeGoal: async ({ params, body }, caller, deps) => {
    const stored = await changeableGoal(params, 'edit', caller, deps);
    if (isEnded(stored.body.status)) throw new Refusal('bad-request', 'This goal has ended already. Reopen it to postpone it.');
    const to = await targetPeriod(stored.body, body.to, caller, deps);
    const root = await postponeGoal(actorOf(caller), deps, stored, to, body);
    for (const period of new Set([stored.body, root, ...root.parents].map(ref => ref.period))) await deps.carryOn(caller.scope, period);
    return { postponed: await viewNow(params, caller, deps), continuedBy: await viewNow({ period: root.period, goal: root.id }, caller, deps) };
  },

  reopenGoal: async ({ params, body }, caller, deps) => {
    const { body: goal } = await changeableGoal(params, 'edit', caller, deps);
    if (!isEnded(goal.status)) throw new Refusal('bad-request', 'This goal is open.');
    return moved(params, 'goal.reopened', { kind: 'reopen', note: body.note }, caller, deps);
  },

  resumeGoal: async ({ params }, caller, deps) => {
    const { body: goal } = await changeableGoal(params, 'check-in', caller, deps);
    if (!goal.stopped) throw new Refusal('bad-request', 'Automatic updates of this goal have not been stopped.');
    const answer = await moved(params, 'goal.updates-resumed', { kind: 'resume' }, caller, deps);
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
