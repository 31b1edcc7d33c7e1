// Editing a goal: what people change, and what follows from it for the value that stood there.
import type { Judgement, Moved } from './check-in.ts';
import { move } from './check-in.ts';
import type { Goal, GoalDraft } from './goal.ts';
import { initialProgress } from './outcome.ts';

/** The goal after an edit, and the names of the fields that changed, as people know them. */
export interface Edited extends Moved { fields: string[] }

/**
 * Applies an edit. A value stays only while it still means the same: when the unit, the kind of outcome or the source changes,
 * the goal has no value until the next reading or check-in, for a number in the wrong unit is a wrong number.
 * `connection` is `null` unless `mode` is `source`; `remeasured` says that the measure behind it changed.
 */
export function edit(goal: Goal, draft: GoalDraft, source: { connection: string | null; remeasured: boolean }, j: Judgement): Edited {
  const next: Goal = { ...goal, ...draft, connection: source.connection };
  const fields = changedFields(goal, next, source.remeasured);
  if (fields.length === 0) return { goal, fields };

  const meansTheSame = goal.mode === next.mode && goal.connection === next.connection && !source.remeasured && sameUnit(goal, next);
  if (!meansTheSame) return { ...rolledUp(goal, reset(next, j), j), fields };
  return { ...rejudged(goal, next, j), fields };
}

/** What was read before the edit answers the question that was asked before it: `readAt` keeps it out. */
function reset(goal: Goal, j: Judgement): Goal {
  return { ...goal, value: null, progress: initialProgress(goal.outcome), status: 'not-started', asOf: null, readAt: j.at };
}

/** A goal that now follows its children takes their progress at once. */
function rolledUp(before: Goal, after: Goal, j: Judgement): Moved {
  const [child] = after.children;
  if (after.mode !== 'roll-up' || !child) return { goal: after };
  const { goal, checkIn } = move(after, { kind: 'child', child }, j);
  return checkIn ? { goal, checkIn: { ...checkIn, was: { value: before.value, progress: before.progress, status: before.status } } } : { goal };
}

function rejudged(before: Goal, after: Goal, j: Judgement): Moved {
  if (after.value === null) return { goal: { ...after, progress: initialProgress(after.outcome) } };
  const moved = move(after, { kind: 'time' }, j);
  const same = moved.goal.progress === before.progress && moved.goal.status === before.status;
  return same ? { goal: moved.goal } : moved;
}

function sameUnit(a: Goal, b: Goal): boolean {
  const unit = (g: Goal) => JSON.stringify(g.outcome.kind === 'percent' ? 'percent' : [g.outcome.name, g.outcome.unit]);
  return unit(a) === unit(b);
}

const fieldNames = { title: 'title', description: 'description', owners: 'owners', parents: 'alignment', start: 'start date', end: 'end date', outcome: 'outcome', mode: 'progress', kind: 'kind' } as const;

function changedFields(before: Goal, after: Goal, remeasured: boolean): string[] {
  const changed = (Object.keys(fieldNames) as (keyof typeof fieldNames)[]).filter(f => JSON.stringify(before[f]) !== JSON.stringify(after[f])).map(f => fieldNames[f] as string);
  return remeasured || before.connection !== after.connection ? [...changed, 'data source'] : changed;
}
