// Makes the time periods of planning years, by the calendar or because an admin asked, and remembers which years have theirs.
import { dateIn } from '../domain/date.ts';
import type { Scope, Settings } from '../domain/organization.ts';
import { type Period, type PlanningYear, periodsToMake, planningYearsDue } from '../domain/period.ts';
import { type Store, insert, put } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';

/**
 * Makes what the calendar asks for: the planning year that the organization is in and, from day 1 of its last quarter on, the next one
 * (features.md 1.3). A year that has had its periods is left as its admins have arranged it, whatever the settings have become since.
 */
export async function makeDuePeriods(store: Store, scope: Scope, settings: Pick<Settings, 'timeZone' | 'yearStart' | 'periods'>, now: Date): Promise<void> {
  const made = await planningYearsOf(store, scope);
  for (const year of planningYearsDue(dateIn(settings.timeZone, now), settings.yearStart)) {
    if (made.some(m => m.year === year && m.yearStart === settings.yearStart)) continue;
    await makePlanningYear(store, scope, { year, settings, made, now });
  }
}

/** Makes what is still to be made of one planning year, and answers what was not there. Two at once make it once; one that was interrupted is finished by the next. */
export async function makePlanningYear(
  store: Store, scope: Scope, { year, settings, made, now }: { year: number; settings: Pick<Settings, 'yearStart' | 'periods'>; made: readonly PlanningYear[]; now: Date },
): Promise<Period[]> {
  const periods = periodsToMake(year, settings, made);
  if (periods.length === 0) return [];
  // A period that is already there keeps its name and dates: that insert alone meets a conflict.
  const written = await store.transactAll(periods.map(period => [insert(rows.period, keys.period(scope, period.id), period)]));
  const before = made.find(m => m.year === year && m.yearStart === settings.yearStart);
  const { years, quarters, months } = settings.periods;
  const kinds = { years: years || before?.kinds.years === true, quarters: quarters || before?.kinds.quarters === true, months: months || before?.kinds.months === true };
  const after: PlanningYear = { year, yearStart: settings.yearStart, kinds, madeAt: now.toISOString() };
  await store.transact([put(rows.planningYear, keys.planningYear(scope, after), after)]);
  return periods.filter((_, n) => written[n] === 'written');
}

/** The planning years whose periods have been made. */
export async function planningYearsOf(store: Store, scope: Scope): Promise<PlanningYear[]> {
  const years: PlanningYear[] = [];
  for await (const { body } of store.all(rows.planningYear, keys.planningYears(scope))) years.push(body);
  return years;
}
