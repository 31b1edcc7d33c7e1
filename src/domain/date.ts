// Calendar dates without a time of day: goals begin and end on dates, and a date belongs to the organization's time zone.
import { z } from 'zod';

/** A calendar date, `2026-11-21`. Compares correctly as text. */
export const PlainDate = z.iso.date();
export type PlainDate = z.infer<typeof PlainDate>;

/** An instant in UTC, `2026-11-21T09:00:00.000Z`. Compares correctly as text. */
export const Instant = z.iso.datetime();
export type Instant = z.infer<typeof Instant>;

const day = 86_400_000;

/** Whole days from one date to another; negative when `to` is earlier. */
export function daysBetween(from: PlainDate, to: PlainDate): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / day);
}

export function addDays(date: PlainDate, days: number): PlainDate {
  return new Date(Date.parse(date) + days * day).toISOString().slice(0, 10);
}

/** The date that a wall calendar in `timeZone` (IANA name) shows at `instant`. */
export function dateIn(timeZone: string, instant: Instant | Date): PlainDate {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(new Date(instant));
  const part = (type: string) => parts.find(p => p.type === type)!.value;
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** Whether calendars know this time zone by its IANA name, such as `Europe/Stockholm`. An offset is no zone: it knows no summer. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // a RangeError, and the only thing that can be wrong here
  }
}
