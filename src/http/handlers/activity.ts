// What happened to a goal and what people say about it: history, feed, comments, check-ins.
import type { CheckIn } from '../../domain/check-in.ts';
import type { FeedEntry } from '../../domain/feed.ts';
import { isEnded, type Status } from '../../domain/status.ts';
import { put } from '../../store/store.ts';
import { keys, rows } from '../../store/tables.ts';
import { author } from '../caller.ts';
import { Refusal, wrongField } from '../refusal.ts';
import { changeableGoal, goalRef, goalViews, shownCheckIns, visibleGoal } from './goal-view.ts';
import type { Handlers } from './handler.ts';

/** What a check-in may say against the automatic status; the others follow from closing, reopening or having no value. */
const settable: readonly Status[] = ['on-track', 'behind', 'at-risk'];

export const activity = {
  history: async ({ params, query }, caller, deps) => {
    const goal = await visibleGoal(params, caller, deps);
    const page = await deps.store.page(rows.checkIn, keys.goals(caller.scope, goal.body.period), { prefix: `c:${goal.body.id}:`, limit: query.limit, next: query.next });
    return { rows: await shownCheckIns(page.rows.map(r => r.body), caller, deps), ...(page.next ? { next: page.next } : {}) };
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
    return { rows: await shownCheckIns(merged, caller, deps), ...(more ? { next: Buffer.from(JSON.stringify(cursor)).toString('base64url') } : {}) };
  },

  comment: async ({ params, body }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    const ref = { period: goal.period, id: goal.id };
    const at = deps.now().toISOString();
    const by = author(caller);
    const entry: FeedEntry = { goal: ref, id: deps.newId(), at, by, activity: { kind: 'comment', text: body.text } };
    await deps.store.transact([
      put(rows.feedEntry, keys.feedEntry(caller.scope, ref, at, entry.id), entry),
      put(rows.outgoing, keys.outgoing(caller.scope, ref.period, `m:${entry.id}`), { kind: 'comment', id: `m:${entry.id}`, goal: ref, at, by, text: body.text }),
    ]);
    await deps.carryOn(caller.scope, ref.period);
    return entry;
  },

  checkIn: async ({ params, body }, caller, deps) => {
    const { body: goal } = await changeableGoal(params, 'check-in', caller, deps);
    if (isEnded(goal.status)) throw new Refusal('bad-request', 'This goal is closed. Reopen it to check in.');
    if (body.value !== undefined && goal.mode === 'roll-up') {
      throw wrongField('value', 'This goal takes its progress from its children. Check in on them.');
    }
    if (body.status !== undefined && !settable.includes(body.status)) {
      throw wrongField('status', 'Choose On Track, Behind or At Risk.');
    }
    await deps.move(caller.scope, [{
      goal: goalRef(params), at: deps.now().toISOString(),
      by: author(caller),
      change: { kind: 'check-in', value: body.value, status: body.status, note: body.note },
    }]);
    await deps.carryOn(caller.scope, goal.period);
    return (await goalViews([await visibleGoal(params, caller, deps)], caller, deps))[0]!;
  },
} satisfies Partial<Handlers>;

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
