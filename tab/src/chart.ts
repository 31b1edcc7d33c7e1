// What a goal's history chart shows, as numbers: the values over time, the expected line, target and risk, and round axis marks.
import type { CheckIn } from '../../src/domain/check-in.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { expectedOf, type Course } from '../../src/domain/status.ts';

export interface Point { time: number; value: number }

export interface Chart {
  /** Oldest first. A value holds until the next one. */
  points: (Point & { checkIn: CheckIn })[];
  /** From start date to end date, bent by phased targets; absent where the outcome expects nothing of time. */
  expected: readonly Point[] | undefined;
  target: number | undefined;
  risk: number | undefined;
  times: readonly [number, number];
  values: readonly [number, number];
  /** Round values within `values`, lowest first. */
  marks: number[];
}

/** `undefined` when there is nothing to draw yet. `now` ends the line of the last value. */
export function chartOf(goal: Course, checkIns: readonly CheckIn[], now: number): Chart | undefined {
  const points = checkIns.filter(c => c.value !== null).map(checkIn => ({ time: Date.parse(checkIn.at), value: checkIn.value!, checkIn })).toSorted((a, b) => a.time - b.time);
  if (points.length === 0) return undefined;
  const [start, end] = [Date.parse(goal.start), Date.parse(goal.end)];
  const line = expectedLine(goal);
  const { target, risk } = limits(goal.outcome);
  const heights = [...points.map(p => p.value), ...(line ?? []).map(p => p.value), ...[target, risk].filter(v => v !== undefined)];
  const marks = roundMarks(Math.min(...heights), Math.max(...heights));
  return {
    points, target, risk, marks, expected: line,
    times: [Math.min(start, points[0]!.time), Math.max(end, Math.min(now, points.at(-1)!.time))],
    values: [marks[0]!, marks.at(-1)!],
  };
}

/** Where progress is expected to be, in the outcome's own unit, at every date where the line may bend. */
function expectedLine(goal: Course): Point[] | undefined {
  const ends = expectedValues(goal.outcome);
  if (ends === undefined) return undefined;
  const [from, to] = ends;
  return [goal.start, ...goal.phases.map(phase => phase.date), goal.end]
    .map(date => ({ time: Date.parse(date), value: from + ((to - from) * expectedOf(goal, date)) / 100 }));
}

/** The values at which progress is 0 and 100, for outcomes that move between two. */
function expectedValues(outcome: Outcome): [number, number] | undefined {
  if (outcome.kind === 'percent') return [0, 100];
  switch (outcome.direction) {
    case 'reach': return [0, outcome.target];
    case 'increase':
    case 'decrease': return [outcome.start, outcome.target];
    default: return undefined;
  }
}

function limits(outcome: Outcome): { target: number | undefined; risk: number | undefined } {
  if (outcome.kind === 'percent' || (outcome.direction !== 'stay-above' && outcome.direction !== 'stay-below')) return { target: undefined, risk: undefined };
  return { target: outcome.target, risk: outcome.risk };
}

/** Three to seven round numbers, evenly apart, that enclose both bounds. */
export function roundMarks(low: number, high: number): number[] {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(n => n * power).find(s => s >= rough) ?? 10 * power;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
