// Correcting what was checked in: a check-in can be changed or taken back, the history after it is told anew, and the goal follows where it stands on it.
import { alerted, followed, judged, type CheckIn, type Judgement } from './check-in.ts';
import type { Goal } from './goal.ts';
import { initialProgress, progressOf } from './outcome.ts';
import { isEnded, type Status } from './status.ts';

/** What somebody changes in a check-in; what is not named stays. `value` in the outcome's unit. */
export interface Correction { note?: string | undefined; value?: number | undefined; status?: Status | undefined }

/** A check-in of the past, and what stands around it in the goal's history. */
export interface Past {
  checkIn: CheckIn;
  /** Those after it that carried its value on, oldest first: words, statuses, and what time alone has changed. */
  carried: readonly CheckIn[];
  /** The first after those, which says a value of its own. `undefined`: the goal still stands on this one's value. */
  next: CheckIn | undefined;
  /** The last before it that somebody or something said a value by. */
  before: CheckIn | undefined;
}

/** The goal and its history after a correction. No `checkIn`: it was taken back. `others` are those after it that are told otherwise now. */
export interface Mended { goal: Goal; checkIn: CheckIn | undefined; others: CheckIn[] }

/** Whether a check-in says a value, and does not merely carry on the one before it. */
export function saysValue(checkIn: CheckIn): boolean {
  return checkIn.says === true || checkIn.value !== checkIn.was.value;
}

/** Why a check-in cannot be corrected, in words for people; `undefined` when it can. An ended goal keeps its values: of its check-ins only the words change. */
export function correctionRefusal(goal: Pick<Goal, 'status'>, checkIn: CheckIn, change: Correction | 'take-back'): string | undefined {
  if (checkIn.by.kind !== 'person') return 'This was not checked in by a person. Check in anew to say something else.';
  if (isEnded(checkIn.status) || checkIn.status === 'reopened') return 'This ended or reopened the goal. Reopen or close it instead.';
  const wordsOnly = change !== 'take-back' && change.value === undefined && change.status === undefined;
  return isEnded(goal.status) && !wordsOnly ? 'This goal has ended. Reopen it to correct more than the words of a check-in.' : undefined;
}

/**
 * The goal takes a corrected value while no newer one has been said, and a corrected status while nothing newer stands in its history;
 * everything automatic is judged anew by today.
 */
export function corrected(goal: Goal, past: Past, { note, value, status }: Correction, j: Judgement): Mended {
  const { checkIn, carried, next } = past;
  const isValued = value !== undefined && value !== checkIn.value;
  const isNewest = carried.length === 0 && next === undefined;
  const told: CheckIn = {
    ...checkIn, editedAt: j.at, note: note ?? checkIn.note,
    ...(isValued ? { value, progress: progressOf(goal.outcome, value), says: true } : {}), ...(status === undefined ? {} : { status }),
  };
  const stood = isValued && next === undefined ? valued({ ...goal, value }, j) : goal;
  const after = status !== undefined && isNewest ? { ...stood, status } : stood;
  const standing = isNewest && after !== goal ? { ...told, value: after.value, progress: after.progress, status: after.status } : told;
  return { goal: after, checkIn: standing, others: toldAnew(past, standing) };
}

/**
 * Where the goal stands on the check-in that is taken back, it goes back to the value it had before. What was read before that stays old
 * news. A goal that follows its children takes theirs.
 */
export function withoutCheckIn(goal: Goal, past: Past, j: Judgement): Mended {
  const { checkIn: { was, status }, carried, next, before } = past;
  const mended = { checkIn: undefined, others: toldAnew(past, was) };
  if (next !== undefined) return { ...mended, goal };
  if (saysValue(past.checkIn)) {
    if (goal.mode === 'roll-up' && !goal.stopped) return { ...mended, goal: alerted(followed(goal, j), j) };
    if (was.value === null) return { ...mended, goal: { ...goal, value: null, progress: initialProgress(goal.outcome), status: 'not-started', asOf: null } };
    return { ...mended, goal: valued({ ...goal, value: was.value, asOf: before?.at ?? goal.createdAt }, j) };
  }
  const heldStatus = carried.length === 0 && status !== was.status;
  return { ...mended, goal: heldStatus ? withoutStatus(goal, was.status, j) : goal };
}

/** A status by hand goes with the check-in that set it, also where updates are stopped; without a value there is none to judge by, and it is what it was. */
function withoutStatus(goal: Goal, was: Status, j: Judgement): Goal {
  const free: Goal = { ...goal, stopped: goal.stopped && { by: goal.stopped.by, at: goal.stopped.at } };
  return goal.value === null ? alerted({ ...free, status: was }, j) : valued(free, j);
}

/** What follows a check-in of which `now` is all that is left: it carries that on, up to the next that says a value of its own. */
function toldAnew({ checkIn, carried, next }: Past, now: Pick<CheckIn, 'value' | 'progress' | 'status'>): CheckIn[] {
  if (now.value === checkIn.value && now.progress === checkIn.progress && now.status === checkIn.status) return [];
  const { value, progress } = now;
  const carrying = carried.map((c, i): CheckIn => ({ ...c, value, progress, was: { value, progress, status: i === 0 ? now.status : c.was.status } }));
  return next ? [...carrying, { ...next, was: { value, progress, status: carried.length === 0 ? now.status : next.was.status } }] : carrying;
}

/** Progress and status as they follow from the value by themselves. */
function valued(goal: Goal, j: Judgement): Goal {
  return alerted(judged({ ...goal, progress: progressOf(goal.outcome, goal.value) }, j), j);
}
