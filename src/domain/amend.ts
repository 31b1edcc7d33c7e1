// Correcting what was checked in: a check-in can be changed or taken back, and the goal follows where it still stands on it.
import { alerted, followed, judged, type CheckIn, type Judgement } from './check-in.ts';
import type { Goal } from './goal.ts';
import { initialProgress, progressOf } from './outcome.ts';
import { isEnded, type Status } from './status.ts';

/** What somebody changes in a check-in; what is not named stays. `value` in the outcome's unit. */
export interface Correction { note?: string | undefined; value?: number | undefined; status?: Status | undefined }

/** Why a check-in cannot be corrected, in words for people; `undefined` when it can. */
export function correctionRefusal(checkIn: CheckIn): string | undefined {
  if (checkIn.by.kind !== 'person') return 'This was not checked in by a person. Check in anew to say something else.';
  if (isEnded(checkIn.status) || checkIn.status === 'reopened') return 'This ended or reopened the goal. Reopen or close it instead.';
  return undefined;
}

/**
 * The check-in after a correction, and the goal. The goal takes a corrected value while no newer one has been said, and a corrected status
 * while this is its newest check-in (`newest`); everything automatic is judged anew by today. A goal that has ended keeps the value and score
 * with which it ended.
 */
export function corrected(goal: Goal, checkIn: CheckIn, { note, value, status }: Correction, newest: boolean, j: Judgement): { goal: Goal; checkIn: CheckIn } {
  const isValued = value !== undefined && value !== checkIn.value;
  const record: CheckIn = {
    ...checkIn, editedAt: j.at, note: note ?? checkIn.note,
    ...(isValued ? { value, progress: progressOf(goal.outcome, value) } : {}),
    ...(status === undefined ? {} : { status }),
  };
  const stood = isValued && !isEnded(goal.status) && standsOn(goal, checkIn) ? valued({ ...goal, value }, j) : goal;
  const after = status !== undefined && newest && !isEnded(goal.status) ? { ...stood, status } : stood;
  return { goal: after, checkIn: newest && after !== goal ? { ...record, value: after.value, progress: after.progress, status: after.status } : record };
}

/**
 * The goal without a check-in. Where it stands on it, it goes back to the value it had before, which `before` has said (the last check-in of
 * a person or source before it). What was read before the one that is taken back stays old news.
 */
export function withoutCheckIn(as: Goal, checkIn: CheckIn, before: CheckIn | undefined, newest: boolean, j: Judgement): Goal {
  if (isEnded(as.status)) return as;
  const goal = newest ? withoutHeldStatus(as) : as;
  if (standsOn(goal, checkIn)) {
    if (goal.mode === 'roll-up' && !goal.stopped) return alerted(followed(goal, j), j);
    const { value } = checkIn.was;
    if (value === null) return { ...goal, value, progress: initialProgress(goal.outcome), status: 'not-started', asOf: null };
    return valued({ ...goal, value, asOf: before?.at ?? goal.createdAt }, j);
  }
  if (!newest) return goal;
  return goal.value === null ? alerted({ ...goal, status: checkIn.was.status }, j) : valued(goal, j);
}

/** Updates stay stopped, but a status that the newest check-in had set with that goes with it. */
function withoutHeldStatus(goal: Goal): Goal {
  return goal.stopped?.statusHolds ? { ...goal, stopped: { by: goal.stopped.by, at: goal.stopped.at } } : goal;
}

/** Whether the value that a goal has is the one that this check-in said. */
function standsOn(goal: Goal, checkIn: CheckIn): boolean {
  return goal.asOf === checkIn.at && goal.value === checkIn.value;
}

/** Progress and status as they follow from the value by themselves. */
function valued(goal: Goal, j: Judgement): Goal {
  return alerted(judged({ ...goal, progress: progressOf(goal.outcome, goal.value) }, j), j);
}
