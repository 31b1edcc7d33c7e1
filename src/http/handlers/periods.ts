// Time periods: which there are and which is current; and for admins adding, renaming, moving and removing them.
import { dateIn } from '../../domain/date.ts';
import { isId } from '../../domain/organization.ts';
import { type Period, currentPeriod, inOrder, periodsToMake } from '../../domain/period.ts';
import { refusal } from '../../domain/permission.ts';
import { revise } from '../../store/revise.ts';
import { type Stored, insert, remove, replace } from '../../store/store.ts';
import { keys, rows } from '../../store/tables.ts';
import { makePlanningYear, planningYearsOf } from '../../sync/periods.ts';
import type { Caller } from '../caller.ts';
import { Refusal, refuseIf, wrongField } from '../refusal.ts';
import { record } from './audit.ts';
import type { Deps, Handlers } from './handler.ts';

/** Every list of periods is read whole: this many are 23 planning years with months. */
const mostPeriods = 400;

export const periods = {
  periods: async (_input, caller, deps) => {
    const all = await periodsOf(caller, deps);
    return { rows: all, current: currentPeriod(all, today(caller, deps), caller.organization)?.id ?? '' };
  },

  createPeriod: async ({ body }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-organization' }));
    const period: Period = { ...body, id: `p-${deps.newId().toLowerCase()}` };
    const others = await periodsOf(caller, deps);
    refuseUnfit(period, others);
    refuseTooMany(others.length + 1, 'name');
    await deps.store.transact([insert(rows.period, keys.period(caller.scope, period.id), period)]);
    await record('period.created', period.id, { before: null, after: period }, caller, deps);
    return period;
  },

  createPlanningYear: async ({ body: { year } }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-organization' }));
    const { scope, organization: settings } = caller;
    const made = await planningYearsOf(deps.store, scope);
    const missing = periodsToMake(year, settings, made);
    if (missing.length === 0) throw wrongField('year', 'Its time periods have been made already. Add what you miss as a time period of your own.');
    refuseTooMany((await periodsOf(caller, deps)).length + missing.length, 'year');
    const added = await makePlanningYear(deps.store, scope, { year, settings, made, now: deps.now() });
    await record('planning-year.created', String(year), { before: null, after: added.map(p => p.id) }, caller, deps);
    return { rows: added };
  },

  updatePeriod: async ({ params, body }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-organization' }));
    const { body: before, etag } = await knownPeriod(params.period, caller, deps);
    const after: Period = { ...before, ...body };
    refuseUnfit(after, (await periodsOf(caller, deps)).filter(p => p.id !== before.id));
    await refuseLosingDays(before, after, caller, deps);
    await deps.store.transact([replace(rows.period, keys.period(caller.scope, before.id), after, etag)]);
    await record('period.changed', before.id, { before, after }, caller, deps);
    return after;
  },

  deletePeriod: async ({ params }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-organization' }));
    const { body: period, etag } = await knownPeriod(params.period, caller, deps);
    if (await hasGoals(period, caller, deps)) throw new Refusal('bad-request', `There are goals in ${period.name}. Move or delete them first.`);
    if (caller.organization.pinnedPeriod === period.id && period.end >= today(caller, deps)) {
      throw new Refusal('bad-request', `An admin has declared ${period.name} the current time period. Declare another one current first, or leave it to the calendar.`);
    }
    await deps.store.transact([remove(rows.period, keys.period(caller.scope, period.id), etag)]);
    await record('period.deleted', period.id, { before: period, after: null }, caller, deps);
    return {};
  },

  setCurrentPeriod: async ({ body }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-organization' }));
    const all = await periodsOf(caller, deps);
    const chosen = all.find(p => p.id === body.period);
    if (body.period !== null && !chosen) throw wrongField('period', 'There is no such time period.');
    if (chosen && chosen.end < today(caller, deps)) throw wrongField('period', `${chosen.name} has ended. Choose one that has not, or leave it to the calendar.`);
    const before = caller.organization.pinnedPeriod;
    await revise(deps.store, rows.organization, keys.organization(caller.scope), o => (o.pinnedPeriod === body.period ? o : { ...o, pinnedPeriod: body.period }));
    if (before !== body.period) await record('period.current', caller.scope.organization, { before, after: body.period }, caller, deps);
    return { current: currentPeriod(all, today(caller, deps), { pinnedPeriod: body.period })?.id ?? '' };
  },
} satisfies Partial<Handlers>;

/** By their beginning, a year before its quarters. */
export async function periodsOf(caller: Caller, deps: Pick<Deps, 'store'>): Promise<Period[]> {
  const all: Period[] = [];
  for await (const { body } of deps.store.all(rows.period, keys.organizationRows(caller.scope))) all.push(body);
  return all.toSorted(inOrder);
}

async function knownPeriod(id: string, caller: Caller, deps: Deps): Promise<Stored<Period>> {
  const stored = isId(id) ? await deps.store.get(rows.period, keys.period(caller.scope, id)) : undefined;
  if (!stored) throw new Refusal('not-found', 'There is no such time period. It may have been deleted.');
  return stored;
}

/** Periods may overlap: a campaign runs through a quarter. But people choose them by their names. */
function refuseUnfit(period: Period, others: readonly Period[]): void {
  if (period.end <= period.start) throw wrongField('end', 'The end date must be after the start date.');
  if (others.some(p => p.name.toLowerCase() === period.name.toLowerCase())) throw wrongField('name', 'There is a time period of this name. Choose another one.');
}

function refuseTooMany(count: number, field: string): void {
  if (count > mostPeriods) throw wrongField(field, `An organization has at most ${mostPeriods} time periods. Delete some that hold no goals first.`);
}

/** Goals keep their own dates, and would be left outside of a period that moves away from under them. */
async function refuseLosingDays(before: Period, after: Period, caller: Caller, deps: Deps): Promise<void> {
  const field = after.start > before.start ? 'start' : after.end < before.end ? 'end' : undefined;
  if (field && await hasGoals(before, caller, deps)) {
    throw wrongField(field, `There are goals in ${before.name}, so it may become longer and not shorter. Move or delete them first.`);
  }
}

async function hasGoals({ id }: Period, caller: Caller, deps: Deps): Promise<boolean> {
  let next: string | undefined;
  do { // a page may be empty and still have a next
    const page = await deps.store.page(rows.goal, keys.goals(caller.scope, id), { prefix: 'g:', limit: 1, next });
    if (page.rows.length > 0) return true;
    next = page.next;
  } while (next !== undefined);
  return false;
}

function today(caller: Caller, deps: Pick<Deps, 'now'>): string {
  return dateIn(caller.organization.timeZone, deps.now());
}
