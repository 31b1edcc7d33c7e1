// Continuation: what becomes of a goal that is postponed, with its key results and initiatives, in the time period after (features.md 1.9).
import { alerted, followed, judged, type Judgement } from './check-in.ts';
import { asChild, newGoal, openAccess, refOf, type Child, type Goal, type GoalRef } from './goal.ts';
import { Outcome } from './outcome.ts';
import type { Period } from './period.ts';
import { isEnded } from './status.ts';

/** How a continued goal begins: from nothing, a metric from where it stands now; or with the value it has. */
export type Continued = 'reset' | 'keep';

/** What is needed to make the goals that continue others. `ids` names the new goal of each that goes on, by the id of the old one. */
export interface Continuation { period: Pick<Period, 'id' | 'start' | 'end'>; ids: ReadonlyMap<string, string>; progress: Continued; judgement: Judgement }

/** Key results and initiatives go on with the goal they belong to; a child objective is a goal of its own, and what has ended stays ended. */
export function goesOn(child: Pick<Child, 'kind' | 'status'>): boolean {
  return child.kind !== 'objective' && !isEnded(child.status);
}

/**
 * The goal that continues `goal`. `below` are those that continue its children; it remembers them with the weights that their elders had.
 * `parents` are those it stands under in the new period. Its own link is made by whoever writes it. Whose it was it stays, its creator's too:
 * whoever may postpone a goal of others does not come by rights over what continues it.
 */
export function continuation(goal: Goal, parents: readonly GoalRef[], below: readonly Goal[], { period, ids, progress, judgement }: Continuation): Goal {
  const { kind, title, description, entity, owners, checkInOwner, delegate, ambition, tags, scoringGuidance, mode, statusFrom } = goal;
  const keeps = progress === 'keep';
  const draft = {
    kind, title, description, entity, owners, checkInOwner, delegate, ambition, tags, scoringGuidance, mode, statusFrom,
    parents: [...parents], access: accessOf(goal, parents, ids, period.id), start: period.start, end: period.end, outcome: keeps ? goal.outcome : fromHere(goal), phases: [],
  };
  const made = newGoal(draft, { period: period.id, id: ids.get(goal.id)!, by: goal.createdBy, at: judgement.at });
  const children = below.map(child => remembered(child, goal.children.find(c => ids.get(c.id) === child.id)));
  const tasks = keeps ? goal.tasks : goal.tasks.filter(task => !task.done);
  const begun = keeps && goal.value !== null ? { value: goal.value, progress: goal.progress, asOf: goal.asOf, readAt: goal.readAt } : {};
  const next: Goal = { ...made, ...begun, children, tasks, connection: goal.connection, clonedFrom: refOf(goal) };
  return alerted(next.mode === 'roll-up' ? followed(next, judgement) : judged(next, judgement), judgement);
}

/** A metric goes on from where it stands, if its target is still ahead; one that was overshot begins where it did. */
function fromHere({ outcome, value }: Goal): Outcome {
  if (outcome.kind === 'percent' || value === null) return outcome;
  const { name, unit } = outcome;
  switch (outcome.direction) {
    case 'reach': {
      if (value === 0) return outcome;
      const moved = Outcome.safeParse({ kind: 'metric', name, unit, direction: outcome.target > value ? 'increase' : 'decrease', start: value, target: outcome.target });
      return moved.success && Math.sign(outcome.target - value) === Math.sign(outcome.target) ? moved.data : outcome;
    }
    case 'increase':
    case 'decrease': {
      const moved = Outcome.safeParse({ ...outcome, start: value });
      return moved.success ? moved.data : outcome;
    }
    default: return outcome;
  }
}

/** What was inherited is inherited from the goal's own continuation, if that stands above; a key result that goes on alone keeps its list. */
function accessOf({ access }: Goal, parents: readonly GoalRef[], ids: ReadonlyMap<string, string>, period: string): Goal['access'] {
  if (!access.private) return { ...openAccess, aligners: access.aligners, editors: access.editors };
  const above = access.inheritedFrom && ids.get(access.inheritedFrom.id);
  return { ...access, inheritedFrom: above && parents.length > 0 ? { period, id: above } : null };
}

function remembered(child: Goal, elder: Child | undefined): Child {
  return { ...asChild(child), contributes: elder?.contributes ?? true, ...(elder?.fixed === undefined ? {} : { fixed: elder.fixed }) };
}
