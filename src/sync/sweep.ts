// What time alone changes, once a day and organization (and again when its thresholds change); and, once an hour, what a crash or a lost message has left lying.
import { isDeepStrictEqual } from 'node:util';
import { move } from '../domain/check-in.ts';
import { addDays, dateIn, type Instant, type PlainDate } from '../domain/date.ts';
import type { Organization, Scope } from '../domain/organization.ts';
import { daysOf } from '../domain/period.ts';
import { put, remove } from '../store/store.ts';
import { keys, rows, type Connection, type Swept } from '../store/tables.ts';
import type { SyncDeps } from './deps.ts';
import { moveGoals, type Move } from './move.ts';
import { makeDuePeriods } from './periods.ts';
import { startChain } from './schedule.ts';

const by = { kind: 'time' as const };
/** A worker that was away catches up. */
const daysAfterPeriod = 31;
const mendEveryMs = 3_600_000;
/** A chain so late has lost its message; one that is merely slow would be none the worse for a new one. */
const overdueMs = 15 * 60_000;

/** To be called every few minutes by every worker. Doing it twice, or two at once, changes nothing more. One organization's trouble is reported and keeps nobody else waiting. */
export async function sweep(deps: SyncDeps): Promise<void> {
  for await (const tenant of deps.store.tenants()) {
    for await (const { body } of deps.store.all(rows.organization, tenant)) {
      await sweepOrganization(deps, body).catch((error: unknown) => { deps.report(error, `sweeping ${body.id} of ${tenant}`); });
    }
  }
}

async function sweepOrganization(deps: SyncDeps, organization: Organization): Promise<void> {
  const scope = { tenant: organization.tenant, organization: organization.id };
  const now = deps.now();
  const today = dateIn(organization.timeZone, now);
  const swept = (await deps.store.get(rows.swept, keys.swept(scope)))?.body;
  const mended = swept !== undefined && now.getTime() - Date.parse(swept.mendedAt) < mendEveryMs;
  const judged = swept?.day === today && isDeepStrictEqual(swept.thresholds, organization.thresholds);
  if (mended && judged) return;
  await makeDuePeriods(deps.store, scope, organization, now);
  if (!judged) await judgeByTime(deps, scope, organization, today, swept?.day === today ? now.toISOString() : firstInstantOf(organization.timeZone, today));
  if (!mended) {
    await mend(deps, scope, organization);
    await forgetRequests(deps, scope, swept?.mendedAt ?? now.toISOString());
  }
  const done: Swept = { day: today, thresholds: organization.thresholds, mendedAt: mended ? swept.mendedAt : now.toISOString() };
  await deps.store.transact([put(rows.swept, keys.swept(scope), done)]);
}

/**
 * Expected progress has grown overnight: goals that nobody moved may be Behind or At Risk, or have something else the matter with them, since
 * midnight; or since `at`, where the organization has set other thresholds during the day.
 */
async function judgeByTime(deps: SyncDeps, scope: Scope, organization: Organization, today: PlainDate, at: Instant): Promise<void> {
  for await (const { body: period } of deps.store.all(rows.period, keys.organizationRows(scope))) {
    if (daysOf(period).start > today || addDays(daysOf(period).end, daysAfterPeriod) < today) continue;
    let turned: Move[] = [];
    for await (const { body: goal } of deps.store.all(rows.goal, keys.goals(scope, period.id), 'g:')) {
      const judged = move(goal, { kind: 'time' }, { at, today, thresholds: organization.thresholds, model: organization.model, by });
      if (judged.goal !== goal) turned.push({ goal: { period: goal.period, id: goal.id }, change: { kind: 'time' }, by, at });
      if (turned.length < 500) continue;
      await moveGoals(deps, scope, turned);
      turned = [];
    }
    await moveGoals(deps, scope, turned);
    await deliverIfWaiting(deps, scope, period.id);
  }
}

/** Chains whose message got lost start anew, and outboxes that a crash left full are emptied. */
async function mend(deps: SyncDeps, scope: Scope, organization: Organization): Promise<void> {
  for await (const { body } of deps.store.all(rows.connection, keys.organizationRows(scope))) {
    if (organization.integrations[body.integration] && isOverdue(body, deps.now())) await startChain(deps, scope, body.id);
  }
  for await (const { body } of deps.store.all(rows.period, keys.organizationRows(scope))) await deliverIfWaiting(deps, scope, body.id);
}

/** Keyed requests are of use for a day, so those of a day go when the day after it is over: all that have become so since the last time. */
async function forgetRequests(deps: SyncDeps, scope: Scope, since: Instant): Promise<void> {
  const last = addDays(dateIn('UTC', deps.now()), -2);
  for (let day = addDays(dateIn('UTC', since), -2); day <= last; day = addDays(day, 1)) {
    let next: string | undefined;
    do {
      const page = await deps.store.page(rows.request, keys.requests(scope, day), { limit: 100, next });
      if (page.rows.length > 0) await deps.store.transact(page.rows.map(({ body }) => remove(rows.request, keys.request(scope, day, body.id))));
      next = page.next;
    } while (next !== undefined);
  }
}

function isOverdue(connection: Connection, now: Date): boolean {
  if (connection.claim && connection.claim.until > now.toISOString()) return false;
  return connection.nextSync === null || now.getTime() - Date.parse(connection.nextSync) > overdueMs;
}

async function deliverIfWaiting(deps: SyncDeps, scope: Scope, period: string): Promise<void> {
  const waiting = await deps.store.page(rows.outgoing, keys.goals(scope, period), { prefix: 'x:', limit: 1 });
  if (waiting.rows.length > 0 || waiting.next) await deps.queues.deliveries.put({ tenant: scope.tenant, organization: scope.organization, period });
}

/** The first instant at which a wall calendar in `timeZone` shows `date`: midnight, or what stands for it where the clocks skip midnight. */
export function firstInstantOf(timeZone: string, date: PlainDate): Instant {
  let before = Date.parse(date) - 86_400_000;
  let after = Date.parse(date) + 86_400_000;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dateIn(timeZone, new Date(middle)) < date) before = middle;
    else after = middle;
  }
  return new Date(after).toISOString();
}
