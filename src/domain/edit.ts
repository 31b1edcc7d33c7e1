// Editing a goal: what people change, and what follows from it for the value that stood there.
import { alerted, checkInOf, followed, judged, sameState, type Judgement, type Moved } from './check-in.ts';
import { progressBefore, type Goal, type GoalDraft } from './goal.ts';
import { progressOf } from './outcome.ts';
import { automaticOf, saidBelow } from './roll-up.ts';
import { isEnded } from './status.ts';

/** The goal after an edit, and the names of the fields that changed, as people know them. */
export interface Edited extends Moved { fields: string[] }

/**
 * Applies an edit, and judges the goal by its new rules at once. A value stays only while it still means the same: when the unit, the kind
 * of outcome or the source changes, the goal has no value until the next reading or check-in, for a number in the wrong unit is a wrong
 * number (docs/decisions/what-an-edit-leaves.md). `connection` is `null` unless `mode` is `source`; `remeasured` says that the measure
 * behind it changed.
 */
export function edit(goal: Goal, draft: GoalDraft, source: { connection: string | null; remeasured: boolean }, j: Judgement): Edited {
  const edited: Goal = { ...goal, ...draft, connection: source.connection };
  const fields = changedFields(goal, edited, source.remeasured);
  if (fields.length === 0) return { goal, fields };

  const movesAsBefore = goal.mode === edited.mode && goal.connection === edited.connection && !source.remeasured;
  const after = movesAsBefore ? edited : movedAnew(goal, edited, j);
  const meansTheSame = sameUnit(goal, edited) && (movesAsBefore || edited.mode === 'manual' || (goal.mode === edited.mode && isSetByHand(goal)));
  const next = alerted(meansTheSame ? rejudged(goal, after, j) : followed(emptied(goal, after, j), j), j);
  return { goal: next, fields, ...(sameState(goal, next) ? {} : { checkIn: { ...checkInOf(goal, next, j), because: { kind: 'edited' } } }) };
}

/** What was read before the edit answers the question that was asked before it: `readAt` keeps it out. */
function movedAnew(before: Goal, after: Goal, j: Judgement): Goal {
  return { ...after, readAt: j.at, heard: null, stopped: before.mode === after.mode ? before.stopped : null };
}

/** While updates are stopped, nobody but people says a value. */
function isSetByHand({ stopped, asOf }: Goal): boolean {
  return stopped !== null && asOf !== null && asOf >= stopped.at;
}

/** What has ended stays ended. */
function emptied(before: Goal, after: Goal, j: Judgement): Goal {
  return {
    ...after, value: null, progress: progressBefore(after.outcome, after.mode), status: isEnded(before.status) ? before.status : 'not-started',
    asOf: null, readAt: j.at, heard: null,
  };
}

/** A goal that stood where those below it put it follows them by its new rules; any other keeps its value, and takes what that is worth now. */
function rejudged(before: Goal, after: Goal, j: Judgement): Goal {
  const worth: Goal = { ...after, progress: after.value === null ? progressBefore(after.outcome, after.mode) : progressOf(after.outcome, after.value) };
  const stood = automaticOf(before)?.value === before.value;
  return judged(stood && saidBelow(before) !== saidBelow(worth) ? followed(worth, j) : worth, j);
}

function sameUnit(a: Goal, b: Goal): boolean {
  const unit = (g: Goal) => JSON.stringify(g.outcome.kind === 'percent' ? 'percent' : [g.outcome.name, g.outcome.unit]);
  return unit(a) === unit(b);
}

const fieldNames = {
  kind: 'kind', title: 'title', description: 'description', entity: 'whose goal it is', owners: 'owners', checkInOwner: 'check-in owner', delegate: 'delegate',
  access: 'access', parents: 'alignment', start: 'start date', end: 'end date', ambition: 'ambition', tags: 'tags', scoringGuidance: 'scoring guidance',
  outcome: 'outcome', phases: 'targets by phase', mode: 'progress', statusFrom: 'status',
} as const satisfies Record<keyof GoalDraft, string>;

function changedFields(before: Goal, after: Goal, remeasured: boolean): string[] {
  const changed = (Object.keys(fieldNames) as (keyof GoalDraft)[]).filter(f => JSON.stringify(before[f]) !== JSON.stringify(after[f])).map(f => fieldNames[f] as string);
  return remeasured || before.connection !== after.connection ? [...changed, 'data source'] : changed;
}
