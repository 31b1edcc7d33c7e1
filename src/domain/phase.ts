// Phased targets: the steps by which a goal is expected to get where it should, in place of a straight line (features.md 1.5).
import { addDays, daysBetween, type PlainDate } from './date.ts';
import type { Phase } from './goal.ts';
import type { Outcome } from './outcome.ts';
import { expectedProgress, isPaced, type Course } from './status.ts';

/** What is wrong, in words for people: with one part of one phase, or with there being any. */
export interface PhaseFault { at?: number; part?: 'date' | 'target'; message: string }

/** The first thing that is wrong with phased targets, for whoever edits them. */
export function phaseFault({ start, end, outcome, phases }: Course): PhaseFault | undefined {
  if (phases.length === 0) return undefined;
  if (!isPaced(outcome)) return { message: 'Only goals that are to reach, increase or decrease something have phased targets. Remove them.' };
  for (const [at, { date, target }] of phases.entries()) {
    if (date <= start || date >= end) return { at, part: 'date', message: `Choose a date between the goal’s start (${start}) and end (${end}).` };
    if (at > 0 && date <= phases[at - 1]!.date) return { at, part: 'date', message: 'Every step must come after the one before it.' };
    const [least, most] = bounds(outcome);
    if (target < least || target > most) return { at, part: 'target', message: `Choose a value from ${least} to ${most}.` };
  }
  return undefined;
}

/** The steps of a straight line, to begin from: one at the end of every week, month or quarter of the goal's own time, but the last. */
export function linearPhases(goal: Omit<Course, 'phases'>, every: 'week' | 'month' | 'quarter'): Phase[] {
  const phases: Phase[] = [];
  for (let n = 1; ; n++) {
    const date = stepped(goal.start, every, n);
    if (daysBetween(date, goal.end) <= 0) return phases;
    phases.push({ date, target: valueAt(goal.outcome, expectedProgress(goal.start, goal.end, date)) });
  }
}

/** The value, in the outcome's unit, that stands for so much progress in percent. Only for outcomes that time expects something of. */
function valueAt(outcome: Outcome, percent: number): number {
  const [from, to] = course(outcome);
  return from + ((to - from) * percent) / 100;
}

function bounds(outcome: Outcome): [least: number, most: number] {
  const [from, to] = course(outcome);
  return [Math.min(from, to), Math.max(from, to)];
}

function course(outcome: Outcome): [from: number, to: number] {
  if (outcome.kind === 'percent') return [0, 100];
  switch (outcome.direction) {
    case 'reach': return [0, outcome.target];
    case 'increase':
    case 'decrease': return [outcome.start, outcome.target];
    default: throw new Error(`Time expects nothing of an outcome that is to ${outcome.direction}.`);
  }
}

/** The day before the n-th week, month or quarter from `start` begins. */
function stepped(start: PlainDate, every: 'week' | 'month' | 'quarter', n: number): PlainDate {
  if (every === 'week') return addDays(start, 7 * n - 1);
  const [year, month, day] = start.split('-').map(Number) as [number, number, number];
  const months = month - 1 + n * (every === 'month' ? 1 : 3);
  const last = new Date(Date.UTC(year, months + 1, 0)).getUTCDate();
  return addDays(new Date(Date.UTC(year, months, Math.min(day, last))).toISOString().slice(0, 10), -1);
}
