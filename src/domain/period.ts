// Time periods: the quarter or year that goals belong to.
import { z } from 'zod';
import { PlainDate, addDays } from './date.ts';

/** `id` is safe in keys and addresses, such as `2026-q4`. Both dates belong to the period. */
export const Period = z.object({ id: z.string().regex(/^[a-z0-9-]{1,40}$/), name: z.string(), start: PlainDate, end: PlainDate, kind: z.enum(['year', 'quarter', 'month', 'custom']).default('custom') });
export type Period = z.infer<typeof Period>;

/** The calendar quarters of a year. */
export function quartersOf(year: number): Period[] {
  return [1, 2, 3, 4].map(q => {
    const start = `${year}-${String(q * 3 - 2).padStart(2, '0')}-01`;
    const next = q === 4 ? `${year + 1}-01-01` : `${year}-${String(q * 3 + 1).padStart(2, '0')}-01`;
    return { id: `${year}-q${q}`, name: `Q${q} ${year}`, start, end: addDays(next, -1), kind: 'quarter' as const };
  });
}

/** What an organization begins with: quarters and year, of this year and the next. */
export function usualPeriods(year: number): Period[] {
  return [year, year + 1].flatMap(y => [...quartersOf(y), { id: `${y}`, name: `${y}`, start: `${y}-01-01`, end: `${y}-12-31`, kind: 'year' as const }]);
}

/** The period that holds `today`, else the nearest to come, else the last one there was; of several the shortest. */
export function currentPeriod(periods: readonly Period[], today: PlainDate): Period | undefined {
  const shortestFirst = periods.toSorted((a, b) => length(a) - length(b));
  const holding = shortestFirst.find(p => p.start <= today && today <= p.end);
  const ahead = shortestFirst.filter(p => p.start > today).toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const past = shortestFirst.filter(p => p.end < today).toSorted((a, b) => Date.parse(b.end) - Date.parse(a.end));
  return holding ?? ahead[0] ?? past[0];
}

function length(period: Period): number {
  return Date.parse(period.end) - Date.parse(period.start);
}
