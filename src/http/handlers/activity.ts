// What happened to a goal: its history and its feed, check-ins and their correction.
import type { GoalView } from '../../api.ts';
import { type Correction, type Mended, type Past, corrected, correctionRefusal, saysValue, withoutCheckIn } from '../../domain/amend.ts';
import type { CheckIn, Judgement } from '../../domain/check-in.ts';
import { Instant } from '../../domain/date.ts';
import type { FeedEntry } from '../../domain/feed.ts';
import type { Goal } from '../../domain/goal.ts';
import type { Author, Scope } from '../../domain/organization.ts';
import { type Status, isEnded, statusesByHand } from '../../domain/status.ts';
import { auditStep, feedStep, judgementOf } from '../../goals/actor.ts';
import { type Store, type Stored, remove, replace } from '../../store/store.ts';
import { keys, rows } from '../../store/tables.ts';
import { correctionSteps } from '../../sync/move.ts';
import { type Caller, actorOf } from '../caller.ts';
import { Refusal, wrongField } from '../refusal.ts';
import { changeableGoal, refuseChange, shownEntries, visibleGoal } from './goal-view.ts';
import type { Deps, Handlers } from './handler.ts';
import { moved, viewNow } from './moved.ts';

export const activity = {
  history: async ({ params, query }, caller, deps) => {
    const goal = await visibleGoal(params, caller, deps);
    const page = await deps.store.page(rows.checkIn, keys.goals(caller.scope, goal.body.period), { prefix: `c:${goal.body.id}:`, limit: query.limit, next: query.next });
    return { rows: await shownEntries(page.rows.map(r => r.body), caller, deps), ...(page.next ? { next: page.next } : {}) };
  },

  /** Two sorted rows of rows, merged; the cursor remembers the last key shown of each. */
  feed: async ({ params, query }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    const partition = keys.goals(caller.scope, goal.period);
    const after = cursorOf(query.next);
    const [activities, checkIns] = await Promise.all([
      deps.store.page(rows.feedEntry, partition, { prefix: `a:${goal.id}:`, after: after.a, limit: query.limit }),
      deps.store.page(rows.checkIn, partition, { prefix: `c:${goal.id}:`, after: after.c, limit: query.limit }),
    ]);
    const merged = [...activities.rows, ...checkIns.rows].map(r => r.body as FeedEntry | CheckIn).toSorted(newestFirst).slice(0, query.limit);
    const more = activities.next !== undefined || checkIns.next !== undefined || merged.length < activities.rows.length + checkIns.rows.length;
    const lastActivity = merged.findLast(e => 'activity' in e);
    const lastCheckIn = merged.findLast((e): e is CheckIn => !('activity' in e));
    const cursor = {
      a: lastActivity ? keys.feedEntry(caller.scope, goal, lastActivity.at, lastActivity.id).row : after.a,
      c: lastCheckIn ? keys.checkIn(caller.scope, goal, lastCheckIn.at).row : after.c,
    };
    return { rows: await shownEntries(merged, caller, deps), ...(more ? { next: Buffer.from(JSON.stringify(cursor)).toString('base64url') } : {}) };
  },

  checkIn: async ({ params, body }, caller, deps) => {
    const { body: goal } = await changeableGoal(params, 'check-in', caller, deps);
    if (isEnded(goal.status)) throw new Refusal('bad-request', 'This goal is closed. Reopen it to check in.');
    refuseStatus(goal, body.status);
    if (body.updates !== undefined && goal.mode === 'manual') throw wrongField('updates', 'This goal is moved by check-ins alone: there are no automatic updates to go on or to stop.');
    return moved(params, 'goal.checked-in', { kind: 'check-in', value: body.value, status: body.status, note: body.note, updates: body.updates }, caller, deps);
  },

  editCheckIn: async ({ params, body }, caller, deps) =>
    correct(params, body, caller, deps, (goal, past, j) => { refuseStatus(goal, body.status); return corrected(goal, past, body, j); }),

  deleteCheckIn: async ({ params }, caller, deps) => correct(params, 'take-back', caller, deps, withoutCheckIn),
} satisfies Partial<Handlers>;

function refuseStatus({ outcome }: Goal, status: Status | undefined): void {
  const settable = statusesByHand(outcome);
  if (status === undefined || settable.includes(status)) return;
  throw wrongField('status', settable.length === 0 ? 'A goal that finds a baseline is in progress until it is closed. Leave the status out.' : 'Choose On Track, Behind or At Risk.');
}

export type Place = { organization: string; period: string; goal: string; at: string };

/** Changes one check-in of the past, what was carried on from it, and the goal where it still stands on it, in one transaction. */
async function correct(
  params: Place, change: Correction | 'take-back', caller: Caller, deps: Deps, decide: (goal: Goal, past: Past, j: Judgement) => Mended,
): Promise<GoalView> {
  const stored = await visibleGoal(params, caller, deps);
  const goal = stored.body;
  const key = keys.checkIn(caller.scope, goal, instantOf(params.at));
  const found = await deps.store.get(rows.checkIn, key);
  if (!found) throw new Refusal('not-found', 'There is no such check-in. It may have been taken back.');
  const { body: checkIn } = found;
  await refuseChange(isBy(checkIn, caller) ? 'check-in' : 'edit', goal, caller, deps);
  const refused = correctionRefusal(goal, checkIn, change);
  if (refused) throw new Refusal('bad-request', refused);

  const around = await aroundOf(goal, checkIn, caller, deps);
  const at = deps.now().toISOString();
  const actor = actorOf(caller);
  const after = decide(goal, { checkIn, carried: around.carried.map(r => r.body), next: around.next?.body, before: around.before }, judgementOf(actor, at));
  const etags = new Map([...around.carried, ...(around.next ? [around.next] : [])].map(r => [r.body.at, r.etag]));
  await deps.store.transact([
    replace(rows.goal, keys.goal(caller.scope, goal), after.goal, stored.etag),
    after.checkIn ? replace(rows.checkIn, key, after.checkIn, found.etag) : remove(rows.checkIn, key),
    ...after.others.map(other => replace(rows.checkIn, keys.checkIn(caller.scope, goal, other.at), other, etags.get(other.at)!)),
    feedStep(actor, goal, at, deps.newId(), { kind: after.checkIn ? 'check-in-edited' : 'check-in-deleted', at: checkIn.at }),
    ...correctionSteps(caller.scope, goal, after.goal, at),
    auditStep(actor, goal, after.checkIn ? 'check-in.changed' : 'check-in.deleted', saidBy(checkIn), after.checkIn ? saidBy(after.checkIn) : null, at, deps.newId()),
  ]);
  await deps.carryOn(caller.scope, goal.period);
  return viewNow(params, caller, deps);
}

/** More than this has never been carried on from one check-in: what time alone changes is a status now and then. */
const mostCarried = 80;

interface Surrounding { carried: Stored<CheckIn>[]; next: Stored<CheckIn> | undefined; before: CheckIn | undefined }

async function aroundOf(goal: Goal, checkIn: CheckIn, { scope }: Caller, { store, now }: Deps): Promise<Surrounding> {
  const older = await store.page(rows.checkIn, keys.goals(scope, goal.period), { prefix: `c:${goal.id}:`, after: keys.checkIn(scope, goal, checkIn.at).row, limit: 50 });
  const newer = await newerThan(goal, checkIn, scope, store, now().getTime());
  const end = newer.findIndex(row => saysValue(row.body));
  const carried = end < 0 ? newer : newer.slice(0, end);
  if (carried.length > mostCarried) throw new Refusal('bad-request', 'Too much has been said since to correct this. Check in anew.');
  return { carried, next: newer[end], before: older.rows.map(row => row.body).find(saysValue) };
}

/** Oldest first, at least as far as the first that says a value. History is read newest first, so ever longer stretches after the check-in are looked at. */
async function newerThan(goal: Goal, { at }: CheckIn, scope: Scope, store: Store, now: number): Promise<Stored<CheckIn>[]> {
  const end = keys.checkIn(scope, goal, at).row;
  for (let reach = 3_600_000; ; reach *= 8) {
    const until = Date.parse(at) + reach;
    const from = until > now ? {} : { after: keys.checkIn(scope, goal, new Date(until).toISOString()).row };
    const page = await store.page(rows.checkIn, keys.goals(scope, goal.period), { prefix: `c:${goal.id}:`, ...from, limit: 1000 });
    const newer = page.rows.filter(row => keys.checkIn(scope, goal, row.body.at).row < end).toReversed();
    const isWhole = newer.length < page.rows.length; // the check-in itself was reached
    if (isWhole && (until > now || newer.some(row => saysValue(row.body)))) return newer;
    if (!isWhole) throw new Refusal('bad-request', 'Too much has been said since to correct this. Check in anew.');
  }
}

/** What the audit log keeps of a check-in. */
function saidBy({ at, value, progress, status, note }: CheckIn): object {
  return { at, value, progress, status, note };
}

export function instantOf(at: string): string {
  if (!Instant.safeParse(at).success) throw new Refusal('not-found', 'There is no such check-in. It may have been taken back.');
  return at;
}

/** Whether this caller said it. */
export function isBy(said: { by: Author }, caller: Caller): boolean {
  return said.by.kind === 'person' && said.by.id === caller.person.id;
}

/** Equal instants keep the order of their keys, or a page could end in the middle of them and lose some. */
function newestFirst(x: { at: string }, y: { at: string }): number {
  return x.at < y.at ? 1 : x.at > y.at ? -1 : 0;
}

function cursorOf(next: string | undefined): { a?: string; c?: string } {
  if (next === undefined) return {};
  try {
    const cursor = JSON.parse(Buffer.from(next, 'base64url').toString()) as Record<string, unknown>;
    return { ...(typeof cursor['a'] === 'string' ? { a: cursor['a'] } : {}), ...(typeof cursor['c'] === 'string' ? { c: cursor['c'] } : {}) };
  } catch {
    throw new Refusal('bad-request', 'next: This page no longer exists. Start again from the first.', { next: 'Start again from the first page.' });
  }
}
