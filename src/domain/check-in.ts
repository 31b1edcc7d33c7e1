// Check-ins: everything that moves a goal, by hand or by itself, becomes one, and this is the only place where a goal moves.
import { z } from 'zod';
import { Instant, type PlainDate } from './date.ts';
import { alertLevelOf } from './alert.ts';
import { withWeights, type Weights } from './contribution.ts';
import { type Child, type Closure, GoalRef, type Goal, type Task, refOf } from './goal.ts';
import { Author, type OkrModel } from './organization.ts';
import { progressOf } from './outcome.ts';
import { Reactions } from './reactions.ts';
import { automaticOf, endOf, saidBelow, statusAmong, withChild, withoutChild } from './roll-up.ts';
import { Status, expectedOf, isEnded, statusByGap, statusesByHand, statusOf, type Thresholds } from './status.ts';
import { taskNews } from './tasks.ts';

const State = z.object({ value: z.number().nullable(), progress: z.number().nullable(), status: Status });

/** Why a goal moved by itself, and by how much: what an automatic check-in says (features.md 1.10). */
export const Because = z.discriminatedUnion('kind', [
  /** A child came, went or moved. Its title is read when it is shown, for whoever may see it. */
  z.object({
    kind: z.literal('child'), child: GoalRef, was: z.number().nullable(), is: z.number().nullable(),
    /** So many others moved at the same time; this one moved furthest. */
    others: z.number().int().positive().optional(),
  }),
  z.object({ kind: z.literal('weights') }),
  /** Names of tasks. */
  z.object({ kind: z.literal('tasks'), completed: z.array(z.string()), reopened: z.array(z.string()), added: z.array(z.string()), removed: z.array(z.string()) }),
  z.object({ kind: z.literal('resumed') }),
  z.object({ kind: z.literal('edited') }),
]);
export type Because = z.infer<typeof Because>;

/** One point of a goal's history: what it became, what it was, who or what moved it. */
export const CheckIn = State.extend({
  goal: GoalRef,
  at: Instant,
  by: Author,
  /** Expected progress on that day, in percent. */
  expected: z.number(),
  note: z.string().max(4000),
  was: State,
  /** The source's own text of the value, where a source said it. */
  raw: z.string().max(1000).optional(),
  because: Because.optional(),
  /** Somebody or something said a value here, be it the same as before. Others carry on the value they found. */
  says: z.literal(true).optional(),
  /** 0 to 1, where this ended the goal. */
  score: z.number().min(0).max(1).optional(),
  editedAt: Instant.optional(),
  reactions: Reactions.optional(),
});
export type CheckIn = z.infer<typeof CheckIn>;

/** What can happen to a goal. Values are in the outcome's unit; for percent complete they are percent. */
export type Change =
  | { kind: 'reading'; value: number; raw: string; asOf: Instant; readAt: Instant }
  /**
   * `updates`, on a goal that moves by itself: whether its next automatic update overwrites this, or updates stop until somebody resumes.
   * Left out, it is as it was: updates go on unless they have been stopped.
   */
  | { kind: 'check-in'; value?: number | undefined; status?: Status | undefined; note: string; updates?: 'go-on' | 'stop' | undefined }
  /** Automatic updates go on, with what children or source have said meanwhile. */
  | { kind: 'resume' }
  /** A child is new or has changed. */
  | { kind: 'child'; child: Omit<Child, 'contributes' | 'fixed'> }
  | { kind: 'child-gone'; id: string }
  /** Per child its weight in percent, 0 for none, or `null` for a share of what is left; children that are not named keep what they have. */
  | { kind: 'weights'; weights: Weights }
  | { kind: 'tasks'; tasks: Task[] }
  /** People end a goal. Without `value` it keeps the one it has. */
  | { kind: 'close'; value?: number | undefined; score: number | null; note: string }
  | { kind: 'postpone'; note: string; continuedBy: GoalRef | null }
  | { kind: 'reopen'; note: string }
  | { kind: 'time' };

/** The day and rules a change is judged by: `today` in the organization's time zone. */
export interface Judgement {
  at: Instant; today: PlainDate; thresholds: Thresholds; by: Author;
  /** How children count that the goal has not heard of before. */
  model: OkrModel;
}

/** What a change made of a goal. No `checkIn`: nothing that people follow has moved (though the goal's memory may have). */
export interface Moved { goal: Goal; checkIn?: CheckIn }

/** Applies one change to one goal. Pure: the same goal and change give the same answer, on server and tab alike. */
export function move(goal: Goal, change: Change, j: Judgement): Moved {
  const next = applied(goal, change, j);
  if (next === goal && change.kind !== 'time') return { goal };
  const because = reasonOf(goal, next, change);
  const isTold = isWord(change) || because?.kind === 'tasks' || !sameState(goal, next);
  if (!isTold) return { goal: alerted(next, j) };
  return {
    goal: alerted(isReport(change) ? { ...next, checkedInAt: j.at } : next, j),
    checkIn: {
      ...checkInOf(goal, next, j),
      ...(isWord(change) ? { note: change.note } : {}),
      ...(change.kind === 'reading' ? { raw: change.raw } : {}),
      ...(because ? { because } : {}),
      ...('value' in change && change.value !== undefined ? { says: true as const } : {}),
    },
  };
}

/** The check-in that says what became of a goal. */
export function checkInOf(before: Goal, after: Goal, j: Judgement): CheckIn {
  return { goal: refOf(before), at: j.at, by: j.by, ...stateOf(after), expected: expectedOf(after, j.today), note: '', was: stateOf(before), ...scoreSaid(before, after) };
}

/** The score that a goal was closed with, where it was closed between the two. */
export function scoreSaid(before: Goal, after: Goal): Pick<CheckIn, 'score'> {
  const isClosing = after.status === 'closed' && after.closure !== before.closure;
  return isClosing && after.closure?.score != null ? { score: after.closure.score } : {};
}

export function stateOf({ value, progress, status }: Goal): z.infer<typeof State> {
  return { value, progress, status };
}

export function sameState(a: Goal, b: Goal): boolean {
  return a.value === b.value && a.progress === b.progress && a.status === b.status;
}

/** What somebody said, which stands in the history even where it moves nothing. */
export function isWord(change: Change): change is Extract<Change, { note: string }> {
  return 'note' in change;
}

/** What people or a source report of the goal itself, as against what follows from children, time or a change of its rules. */
function isReport(change: Change): boolean {
  return isWord(change) || change.kind === 'reading' || change.kind === 'tasks';
}

function applied(goal: Goal, change: Change, j: Judgement): Goal {
  switch (change.kind) {
    case 'reading': return read(goal, change, j);
    case 'check-in': return checkedIn(goal, change, j);
    case 'resume': return resumed(goal, j);
    case 'child': return hearing(goal, { children: withChild(goal.children, change.child, j.model) }, j);
    case 'child-gone': return hearing(goal, { children: withoutChild(goal.children, change.id) }, j);
    case 'weights': return hearing(goal, { children: withWeights(goal.children, change.weights) }, j);
    case 'tasks': return hearing(goal, { tasks: change.tasks }, j);
    case 'close': return ended(said(goal, change.value, j), 'closed', { score: change.score, note: change.note, continuedBy: null }, j);
    case 'postpone': return ended(goal, 'postponed', { score: null, note: change.note, continuedBy: change.continuedBy }, j);
    case 'reopen': return isEnded(goal.status) ? { ...followed({ ...goal, status: 'reopened', closure: null }, j), status: 'reopened', closure: null } : goal;
    case 'time': return goal.status === 'not-started' ? goal : judged(goal, j);
  }
}

function read(goal: Goal, { value, raw, asOf, readAt }: Extract<Change, { kind: 'reading' }>, j: Judgement): Goal {
  const isOld = [goal.readAt, goal.heard?.readAt].some(known => known && readAt <= known);
  if (isEnded(goal.status) || isOld) return goal;
  if (goal.stopped) return { ...goal, heard: { value, raw, asOf, readAt } };
  return judged({ ...goal, value, progress: progressOf(goal.outcome, value), asOf, readAt }, j);
}

/** A word or value later on is heard, but does not open an ended goal again: that is done by opening it. */
function checkedIn(goal: Goal, { value, status, updates }: Extract<Change, { kind: 'check-in' }>, j: Judgement): Goal {
  const valued = said(goal, value, j);
  if (isEnded(goal.status)) return { ...valued };
  if (status === 'closed' || status === 'postponed') return ended(valued, status, { score: null, note: '', continuedBy: null }, j);
  const held = updates === 'go-on' ? null : goal.stopped;
  const stops = held ?? (updates === 'stop' && goal.mode !== 'manual' && j.by.kind === 'person' ? { by: { id: j.by.id, name: j.by.name }, at: j.at } : null);
  const stopped = stops && { by: stops.by, at: stops.at };
  const next: Goal = { ...valued, stopped, heard: stopped && valued.heard };
  return status === undefined ? judged(next, j) : { ...next, status, stopped: stopped && { ...stopped, statusHolds: true } };
}

function said(goal: Goal, value: number | undefined, j: Judgement): Goal {
  return value === undefined ? { ...goal } : { ...goal, value, progress: progressOf(goal.outcome, value), asOf: j.at, readAt: j.at };
}

function ended(goal: Goal, status: 'closed' | 'postponed', how: Omit<Closure, 'at' | 'by'>, j: Judgement): Goal {
  return { ...goal, status, closure: { at: j.at, by: j.by, ...how } };
}

/** Takes at once what children or source have said meanwhile; a source that has said nothing is heard at its next reading. */
function resumed(goal: Goal, j: Judgement): Goal {
  if (!goal.stopped) return goal;
  const { heard } = goal;
  const next: Goal = { ...goal, stopped: null, heard: null };
  if (isEnded(goal.status)) return next;
  if (goal.mode === 'roll-up') return followed(next, j);
  return judged(goal.mode === 'source' && heard ? { ...next, value: heard.value, progress: progressOf(goal.outcome, heard.value), asOf: heard.asOf, readAt: heard.readAt } : next, j);
}

/**
 * Remembers what is below a goal, and moves the goal where that now says something else than before. So what people have set instead
 * survives every word that is not about it, and a repeated word.
 */
function hearing(goal: Goal, memory: Pick<Goal, 'children'> | Pick<Goal, 'tasks'>, j: Judgement): Goal {
  const next = { ...goal, ...memory };
  if (isSame(goal.children, next.children) && isSame(goal.tasks, next.tasks)) return goal;
  return saidBelow(goal) === saidBelow(next) ? next : followed(next, j);
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/**
 * The goal as what is below it says: value, progress, status, and whether that ends it (features.md 1.7, 1.8). Goals that go by something
 * else, are stopped, or were ended by people stay as they are.
 */
export function followed(goal: Goal, j: Judgement): Goal {
  const automatic = goal.mode === 'roll-up' && !goal.stopped && !isEndedByPeople(goal) ? automaticOf(goal) : undefined;
  if (!automatic) return goal;
  const next: Goal = { ...goal, ...automatic, asOf: automatic.value === null ? null : j.at, readAt: j.at };
  const end = goal.kind === 'initiative' ? undefined : endOf(goal.children);
  if (!end) return { ...next, status: statusNow(next, j) ?? 'not-started', closure: null };
  if (goal.status === end.status && goal.closure?.score === end.score) return { ...next, status: end.status };
  return ended(next, end.status, { score: end.score, note: '', continuedBy: null }, { ...j, by: { kind: 'children' } });
}

function isEndedByPeople(goal: Goal): boolean {
  return isEnded(goal.status) && goal.closure?.by.kind !== 'children';
}

/** The goal with the status it has by itself, unless it has ended or people hold its status. */
export function judged(goal: Goal, j: Judgement): Goal {
  if (isEnded(goal.status) || goal.stopped?.statusHolds) return goal;
  const status = statusNow(goal, j);
  return status === undefined || status === goal.status ? goal : { ...goal, status };
}

/** `undefined`: there is nothing to judge it by. A goal that somebody gave a status, but no value, is judged by where it begins. */
function statusNow(goal: Goal, j: Judgement): Status | undefined {
  const below = statusBelow(goal);
  if (below !== 'by-progress') return below;
  if (goal.value === null) return statusesByHand(goal.outcome).includes(goal.status) && goal.progress !== null ? statusByGap(expectedOf(goal, j.today), goal.progress, j.thresholds) : undefined;
  return statusOf(goal.outcome, goal.value, goal.progress, expectedOf(goal, j.today), j.thresholds);
}

/** The status that children or tasks give, if it is for them to say: not while updates are stopped, nor Not Started where somebody has said a value. */
function statusBelow(goal: Goal): Exclude<Status, 'closed' | 'postponed'> | 'by-progress' {
  const automatic = goal.mode === 'roll-up' && !goal.stopped ? automaticOf(goal) : undefined;
  if (!automatic) return 'by-progress';
  const isOverridden = goal.value !== automatic.value;
  if (goal.kind === 'initiative') return goal.tasks.some(t => t.done) || isOverridden ? 'by-progress' : 'not-started';
  const among = statusAmong(goal.children, goal.statusFrom);
  return among === 'not-started' && isOverridden ? 'by-progress' : among;
}

export function alerted(goal: Goal, j: Judgement): Goal {
  const alert = alertLevelOf(goal, j.today, j.thresholds);
  return alert === goal.alert ? goal : { ...goal, alert };
}

function reasonOf(before: Goal, after: Goal, change: Change): Because | undefined {
  switch (change.kind) {
    case 'child':
    case 'child-gone': {
      const id = change.kind === 'child' ? change.child.id : change.id;
      const [was, is] = [before.children.find(c => c.id === id), after.children.find(c => c.id === id)];
      return { kind: 'child', child: refOf((is ?? was)!), was: was?.progress ?? null, is: is?.progress ?? null };
    }
    case 'weights': return { kind: 'weights' };
    case 'tasks': {
      const news = taskNews(before.tasks, after.tasks);
      return news && { kind: 'tasks', ...news };
    }
    case 'resume': return { kind: 'resumed' };
    default: return undefined;
  }
}
