// Check-ins: everything that moves a goal, by hand or by itself, becomes one, and this is the only place where a goal moves.
import { z } from 'zod';
import { Instant, type PlainDate } from './date.ts';
import { type Child, GoalRef, type Goal, type Task } from './goal.ts';
import { Author, type OkrModel } from './organization.ts';
import { progressOf } from './outcome.ts';
import { Reactions } from './reactions.ts';
import { rollUp, withChild, withoutChild } from './roll-up.ts';
import { Status, expectedOf, isEnded, statusByGap, statusOf, type Thresholds } from './status.ts';

const State = z.object({ value: z.number().nullable(), progress: z.number().nullable(), status: Status });

/** Why a goal moved by itself, and by how much: what an automatic check-in says (features.md 1.10). */
export const Because = z.discriminatedUnion('kind', [
  /** A child came, went or moved. Its title is read when it is shown, for whoever may see it. */
  z.object({ kind: z.literal('child'), child: GoalRef, was: z.number().nullable(), is: z.number().nullable() }),
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
  /** 0 to 1, where this ended the goal. */
  score: z.number().min(0).max(1).optional(),
  editedAt: Instant.optional(),
  reactions: Reactions.optional(),
});
export type CheckIn = z.infer<typeof CheckIn>;

/** What can happen to a goal. Values are in the outcome's unit; for percent complete they are percent. */
export type Change =
  | { kind: 'reading'; value: number; raw: string; asOf: Instant; readAt: Instant }
  /** `updates`, on a goal that moves by itself: whether its next automatic update overwrites this (the default), or updates stop until somebody resumes. */
  | { kind: 'check-in'; value?: number | undefined; status?: Status | undefined; note: string; updates?: 'go-on' | 'stop' | undefined }
  /** Automatic updates go on, with what children or source have said meanwhile. */
  | { kind: 'resume' }
  /** A child is new or has changed. */
  | { kind: 'child'; child: Omit<Child, 'contributes' | 'fixed'> }
  | { kind: 'child-gone'; id: string }
  /** Per child its weight in percent, 0 for none, or `null` for a share of what is left; children that are not named keep what they have. */
  | { kind: 'weights'; weights: Readonly<Record<string, number | null>> }
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
  if (next === goal) return { goal };
  const said = change.kind === 'check-in';
  if (!said && next.value === goal.value && next.progress === goal.progress && next.status === goal.status) return { goal: next };
  return {
    goal: next,
    checkIn: {
      goal: { period: goal.period, id: goal.id },
      at: j.at, by: j.by,
      value: next.value, progress: next.progress, status: next.status,
      expected: expectedOf(goal, j.today),
      note: said ? change.note : '',
      was: { value: goal.value, progress: goal.progress, status: goal.status },
      ...(change.kind === 'reading' ? { raw: change.raw } : {}),
    },
  };
}

function applied(goal: Goal, change: Change, j: Judgement): Goal {
  switch (change.kind) {
    case 'reading':
      if (isEnded(goal.status) || (goal.readAt !== null && change.readAt <= goal.readAt)) return goal;
      return judged({ ...goal, value: change.value, asOf: change.asOf, readAt: change.readAt }, j);
    case 'check-in': {
      const valued = change.value === undefined ? goal : { ...goal, value: change.value, asOf: j.at, readAt: j.at };
      const next = judged(valued, j);
      if (change.status !== undefined) return { ...next, status: change.status };
      return isEnded(goal.status) ? { ...next, status: goal.status } : { ...next }; // a word or value later on does not reopen it
    }
    case 'child':
    case 'child-gone': {
      const children = change.kind === 'child' ? withChild(goal.children, { contributes: true, ...change.child }) : withoutChild(goal.children, change.id);
      const next = { ...goal, children };
      if (goal.mode !== 'roll-up' || isEnded(goal.status)) return next;
      return rolledUp(next, j);
    }
    case 'time':
      if (goal.status === 'not-started' || isEnded(goal.status)) return goal;
      return goal.mode === 'roll-up' ? judgedByGap(goal, j) : judged(goal, j);
    default:
      throw new Error(`A goal cannot do "${change.kind}" yet.`);
  }
}

/** Progress and status that follow from the children; `value` too, where the outcome is counted in percent. */
function rolledUp(goal: Goal, j: Judgement): Goal {
  const progress = rollUp(goal.children);
  const value = goal.outcome.kind === 'percent' ? progress : goal.value;
  if (progress === null) return { ...goal, value, progress, status: 'not-started' };
  const next = { ...goal, value, progress, asOf: j.at, readAt: j.at };
  return goal.children.some(c => c.status !== 'not-started') ? judgedByGap(next, j) : { ...next, status: 'not-started' };
}

function judgedByGap(goal: Goal, j: Judgement): Goal {
  return goal.progress === null ? goal : { ...goal, status: statusByGap(expected(goal, j), goal.progress, j.thresholds) };
}

/** Progress and automatic status that follow from the value a goal now has. */
function judged(goal: Goal, j: Judgement): Goal {
  if (goal.value === null) return goal;
  const progress = progressOf(goal.outcome, goal.value);
  return { ...goal, progress, status: statusOf(goal.outcome, goal.value, progress, expected(goal, j), j.thresholds) };
}

function expected(goal: Goal, j: Judgement): number {
  return expectedOf(goal, j.today);
}
