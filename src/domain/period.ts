// Time periods: the quarters, years and months that goals belong to, how a planning year is cut into them, and which one is current.
import { z } from 'zod';
import { Instant, PlainDate, addDays } from './date.ts';
import { Settings } from './organization.ts';

/** The days from `start` to `end`, both of them included. */
const Span = z.object({ start: PlainDate, end: PlainDate });
type Span = z.infer<typeof Span>;

/** `id` is safe in keys and addresses, such as `2026-q4`. Both dates belong to the period. */
export const Period = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().trim().min(1, 'Name the time period.').max(80, 'A name has at most 80 characters.'),
  ...Span.shape,
  kind: z.enum(['year', 'quarter', 'month', 'custom']).default('custom'),
  /** Where goals with dates of their own begin before the period or end after it: the days that all of them reach, or once reached (features.md 1.3). */
  reach: Span.optional(),
});
export type Period = z.infer<typeof Period>;

/** A planning year whose periods have been made, so that what admins remove of them stays removed. `year` is the one that it begins in. */
export const PlanningYear = z.object({ year: z.number().int(), yearStart: Settings.shape.yearStart, kinds: Settings.shape.periods, madeAt: Instant });
export type PlanningYear = z.infer<typeof PlanningYear>;

/** The year in which the planning year that holds `date` begins; `yearStart` is its first month, 1 to 12. */
export function planningYearOf(date: PlainDate, yearStart: number): number {
  const [year, month] = date.split('-').map(Number) as [number, number];
  return month >= yearStart ? year : year - 1;
}

/**
 * The periods of the planning year that begins in `year`: the year, its four quarters, its twelve months. Each kind holds every day once.
 * A month is the calendar's and has one id whatever the planning year; years and quarters bear the start month in theirs unless it is January.
 */
export function periodsOfYear(year: number, yearStart = 1, kinds: Settings['periods'] = { years: true, quarters: true, months: true }): Period[] {
  const id = yearStart === 1 ? `${year}` : `${year}-${twoDigits(yearStart)}`;
  const name = yearStart === 1 ? `${year}` : `${year}/${twoDigits((year + 1) % 100)}`;
  const wholeYear: Period = { id, name, ...months(year, yearStart, 12), kind: 'year' };
  const quarters = [1, 2, 3, 4].map((q): Period => ({ id: `${id}-q${q}`, name: `Q${q} ${name}`, ...months(year, yearStart + 3 * (q - 1), 3), kind: 'quarter' }));
  const twelve = Array.from({ length: 12 }, (_, n) => monthOf(year, yearStart + n));
  return [...(kinds.years ? [wholeYear] : []), ...(kinds.quarters ? quarters : []), ...(kinds.months ? twelve : [])];
}

/** The quarters of the planning year that begins in `year`. */
export function quartersOf(year: number, yearStart = 1): Period[] {
  return periodsOfYear(year, yearStart, { years: false, quarters: true, months: false });
}

/** The planning years that should have their periods on `today`: the one that it is in, and from day 1 of its last quarter on the next (features.md 1.3). */
export function planningYearsDue(today: PlainDate, yearStart: number): number[] {
  const year = planningYearOf(today, yearStart);
  return today >= quartersOf(year, yearStart)[3]!.start ? [year, year + 1] : [year];
}

/**
 * What is still to be made of a planning year: the periods with a day that none of their kind has been made for.
 * So an organization that moves its year goes over without a gap, and without a second set of quarters for the same months.
 */
export function periodsToMake(year: number, { yearStart, periods }: Pick<Settings, 'yearStart' | 'periods'>, made: readonly PlanningYear[]): Period[] {
  const before = made.flatMap(m => periodsOfYear(m.year, m.yearStart, m.kinds));
  return periodsOfYear(year, yearStart, periods).filter(p => !isCovered(p, before.filter(b => b.kind === p.kind)));
}

/**
 * The period that admins have declared current, as long as it has not ended. Else by the calendar: the one that holds `today`, else the
 * nearest to come, else the last one there was; of several a quarter, else the shortest. `undefined` where there is none at all.
 */
export function currentPeriod(periods: readonly Period[], today: PlainDate, { pinnedPeriod }: Pick<Settings, 'pinnedPeriod'>): Period | undefined {
  const pinned = periods.find(p => p.id === pinnedPeriod);
  if (pinned && pinned.end >= today) return pinned;
  const bestFirst = periods.toSorted((a, b) => weight(a) - weight(b) || inOrder(a, b));
  const holding = bestFirst.find(p => p.start <= today && today <= p.end);
  const ahead = bestFirst.filter(p => p.start > today).toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const past = bestFirst.filter(p => p.end < today).toSorted((a, b) => Date.parse(b.end) - Date.parse(a.end));
  return holding ?? ahead[0] ?? past[0];
}

/**
 * Where a goal of `period` goes on when it is postponed: the period of the same kind that begins next after its end. After a custom period,
 * any that does, and of those that begin together the one nearest in length. `undefined` as long as there is none.
 */
export function nextPeriod(periods: readonly Period[], period: Period): Period | undefined {
  const following = periods.filter(p => p.start > period.end && (period.kind === 'custom' || p.kind === period.kind));
  const unlike = (p: Period) => Math.abs(length(p) - length(period));
  return following.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start) || unlike(a) - unlike(b) || inOrder(a, b))[0];
}

/** The days on which a goal of the period may be under way: its own, and those that goals with dates of their own reach. */
export function daysOf({ start, end, reach }: Period): { start: PlainDate; end: PlainDate } {
  return reach ? { start: earlier(start, reach.start), end: later(end, reach.end) } : { start, end };
}

/** The period once a goal with these dates is in it; the very period when they change nothing. */
export function reaching(period: Period, goal: Span): Period {
  const days = daysOf(period);
  if (days.start <= goal.start && goal.end <= days.end) return period;
  return { ...period, reach: { start: earlier(days.start, goal.start), end: later(days.end, goal.end) } };
}

/** By beginning, the longer first: a year stands before its quarters. */
export function inOrder(a: Period, b: Period): number {
  return Date.parse(a.start) - Date.parse(b.start) || length(b) - length(a) || (a.id < b.id ? -1 : 1);
}

const monthName = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** Quarters are what people plan in: switching months on does not move everybody's goals into months. */
function weight(period: Period): number {
  return period.kind === 'quarter' ? 0 : length(period);
}

function length({ start, end }: Span): number {
  return Date.parse(end) - Date.parse(start);
}

function earlier(a: PlainDate, b: PlainDate): PlainDate {
  return a < b ? a : b;
}

function later(a: PlainDate, b: PlainDate): PlainDate {
  return a > b ? a : b;
}

function isCovered(span: Span, by: readonly Span[]): boolean {
  let firstOpen = span.start;
  for (const { start, end } of by.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start))) {
    if (start <= firstOpen && firstOpen <= end) firstOpen = addDays(end, 1);
  }
  return firstOpen > span.end;
}

/** `count` months from the first day of a month on; the 13th month of a year is the next one's first. */
function months(year: number, month: number, count: number): Span {
  return { start: firstDay(year, month), end: addDays(firstDay(year, month + count), -1) };
}

function monthOf(year: number, month: number): Period {
  const span = months(year, month, 1);
  return { id: `${span.start.slice(0, 4)}-m${span.start.slice(5, 7)}`, name: monthName.format(new Date(span.start)), ...span, kind: 'month' };
}

function firstDay(year: number, month: number): PlainDate {
  return new Date(Date.UTC(year, month - 1, 1)).toISOString().slice(0, 10);
}

function twoDigits(n: number): string {
  return String(n).padStart(2, '0');
}
