// Time periods: the quarter or year that goals belong to.
import { z } from 'zod';
import { PlainDate, addDays } from './date.ts';

/** `id` is safe in keys and addresses, such as `2026-q4`. Both dates belong to the period. */
export const Period = z.object({ id: z.string().regex(/^[a-z0-9-]{1,40}$/), name: z.string(), start: PlainDate, end: PlainDate });
export type Period = z.infer<typeof Period>;

/** The calendar quarters of a year. */
export function quartersOf(year: number): Period[] {
  return [1, 2, 3, 4].map(q => {
    const start = `${year}-${String(q * 3 - 2).padStart(2, '0')}-01`;
    const next = q === 4 ? `${year + 1}-01-01` : `${year}-${String(q * 3 + 1).padStart(2, '0')}-01`;
    return { id: `${year}-q${q}`, name: `Q${q} ${year}`, start, end: addDays(next, -1) };
  });
}

/** The shortest period that holds `today`, else the nearest to come, else the last one there was. */
export function currentPeriod(periods: readonly Period[], today: PlainDate): Period | undefined {
  const length = (p: Period) => Date.parse(p.end) - Date.parse(p.start);
  const holding = periods.filter(p => p.start <= today && today <= p.end).toSorted((a, b) => length(a) - length(b));
  const ahead = periods.filter(p => p.start > today).toSorted((a, b) => (a.start < b.start ? -1 : 1));
  const past = periods.filter(p => p.end < today).toSorted((a, b) => (a.end < b.end ? 1 : -1));
  return holding[0] ?? ahead[0] ?? past[0];
}
