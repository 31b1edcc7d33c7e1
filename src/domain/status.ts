// Where a goal stands: expected progress and the exact status rule of features.md 1.8.
import { z } from 'zod';
import { daysBetween, type PlainDate } from './date.ts';
import { progressOf, type Outcome } from './outcome.ts';

export const Status = z.enum(['not-started', 'on-track', 'behind', 'at-risk', 'in-progress', 'closed', 'postponed', 'reopened']);
export type Status = z.infer<typeof Status>;

/** What people call each status. */
export const statusNames: Record<Status, string> = {
  'not-started': 'Not Started',
  'on-track': 'On Track',
  behind: 'Behind',
  'at-risk': 'At Risk',
  'in-progress': 'In Progress',
  closed: 'Closed',
  postponed: 'Postponed',
  reopened: 'Reopened',
};

/**
 * How far progress may fall short of expected progress, in percentage points: up to `behind` is On Track,
 * up to `atRisk` is Behind, more is At Risk. An organization may set its own (features.md 1.8).
 */
export const Thresholds = z.object({ behind: z.number().min(0).max(100), atRisk: z.number().min(0).max(100) })
  .refine(t => t.behind <= t.atRisk, { path: ['atRisk'], error: 'At Risk must begin at or after Behind.' });
export type Thresholds = z.infer<typeof Thresholds>;
export const defaultThresholds: Thresholds = { behind: 0, atRisk: 25 };

/** Expected progress in percent: linear from 0 on the start date to 100 on the end date, and held there. */
export function expectedProgress(start: PlainDate, end: PlainDate, today: PlainDate): number {
  const length = daysBetween(start, end);
  if (length <= 0) return today < start ? 0 : 100;
  return Math.min(100, Math.max(0, (daysBetween(start, today) / length) * 100));
}

/** What expected progress of a goal follows from. Phases stand in the order of their dates, between start and end. */
export interface Course { start: PlainDate; end: PlainDate; outcome: Outcome; phases: readonly { date: PlainDate; target: number }[] }

/**
 * Expected progress of a goal on a day, in percent. Phased targets bend the line: it runs straight from the start through the progress
 * that each phase's target stands for, on its date, to 100 on the end date (features.md 1.5, 1.8).
 */
export function expectedOf({ start, end, outcome, phases }: Course, today: PlainDate): number {
  let [from, reached] = [start, 0];
  for (const { date, target } of [...phases, { date: end, target: undefined }]) {
    const next = target === undefined ? 100 : progressOf(outcome, target) ?? 100;
    if (today <= date) return reached + (next - reached) * (expectedProgress(from, date, today) / 100);
    [from, reached] = [date, next];
  }
  return 100;
}

/** The rule itself: E − A in percentage points against the thresholds. */
export function statusByGap(expected: number, progress: number, thresholds: Thresholds): 'on-track' | 'behind' | 'at-risk' {
  // 0.1 is no binary fraction: half way from 0.1 to 0.4 comes out as 49.99999999999999 %, and is On Track when 50 % is expected.
  const gap = Math.round((expected - progress) * 1e9) / 1e9;
  if (gap <= thresholds.behind) return 'on-track';
  return gap <= thresholds.atRisk ? 'behind' : 'at-risk';
}

/**
 * The automatic status of an open goal that has a value. Control outcomes are judged by the value alone
 * (met, between target and risk threshold, failed); a baseline is merely in progress; all others by the gap.
 */
export function statusOf(outcome: Outcome, value: number, progress: number | null, expected: number, thresholds: Thresholds): Status {
  if (outcome.kind === 'metric') {
    switch (outcome.direction) {
      case 'baseline': return 'in-progress';
      case 'stay-above':
        if (value > outcome.target) return 'on-track';
        return outcome.risk !== undefined && value > outcome.risk ? 'behind' : 'at-risk';
      case 'stay-below':
        if (value < outcome.target) return 'on-track';
        return outcome.risk !== undefined && value < outcome.risk ? 'behind' : 'at-risk';
    }
  }
  return statusByGap(expected, progress ?? 0, thresholds);
}

/** Whether time expects progress of an outcome. What has to stay, and a baseline, are judged by their value alone, whatever the day. */
export function isPaced(outcome: Outcome): boolean {
  return outcome.kind === 'percent' || outcome.direction === 'reach' || outcome.direction === 'increase' || outcome.direction === 'decrease';
}

/** The expected progress to show beside a goal: none where time expects nothing of it, or where people have ended it. */
export function expectedShown({ outcome, status }: { outcome: Outcome; status: Status }, expected: number): number | undefined {
  return isEnded(status) || !isPaced(outcome) ? undefined : expected;
}

/** What a check-in may say against the automatic status; the others follow from closing, reopening or having no value. A baseline is merely in progress. */
export function statusesByHand(outcome: Outcome): readonly Status[] {
  return outcome.kind === 'metric' && outcome.direction === 'baseline' ? [] : ['on-track', 'behind', 'at-risk'];
}

/** Closed, postponed: people ended the goal, and nothing automatic touches it again. */
export function isEnded(status: Status): boolean {
  return status === 'closed' || status === 'postponed';
}
