// What happened to a goal and what people say about it: history, feed, comments, check-ins.
import type { Api, GoalView, Input } from '../../api.ts';
import { type Correction, type Mended, type Past, corrected, correctionRefusal, saysValue, withoutCheckIn } from '../../domain/amend.ts';
import type { CheckIn, Judgement } from '../../domain/check-in.ts';
import { Instant } from '../../domain/date.ts';
import type { Activity, FeedEntry } from '../../domain/feed.ts';
import { type Goal, refOf } from '../../domain/goal.ts';
import { type Author, type Scope, type Who, isId } from '../../domain/organization.ts';
import { refusal } from '../../domain/permission.ts';
import { type Reactions, reacted } from '../../domain/reactions.ts';
import { type Status, isEnded, statusesByHand } from '../../domain/status.ts';
import { auditStep, feedStep, judgementOf } from '../../goals/actor.ts';
import { bodiesOf } from '../../store/bodies.ts';
import { revise } from '../../store/revise.ts';
import { type Store, type Stored, Conflict, insert, put, remove, replace } from '../../store/store.ts';
import { type Keys, type Kind, keys, rows } from '../../store/tables.ts';
import { correctionSteps } from '../../sync/move.ts';
import { type Caller, actorOf, author, who } from '../caller.ts';
import { Refusal, refuseIf, wrongField } from '../refusal.ts';
import { changeableGoal, shownCheckIns, visibleGoal } from './goal-view.ts';
import type { Deps, Handlers } from './handler.ts';
import { moved, viewNow } from './moved.ts';

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
    refuseIf(refusal(caller.person, { do: 'comment', goal }));
    const ref = refOf(goal);
    const at = deps.now().toISOString();
    const by = author(caller);
    const mentions = await mentioned(body.mentions ?? [], goal, caller, deps);
    const entry: FeedEntry = { goal: ref, id: deps.newId(), at, by, activity: { kind: 'comment', text: body.text, ...(mentions.length > 0 ? { mentions } : {}) } };
    await deps.store.transact([
      put(rows.feedEntry, keys.feedEntry(caller.scope, ref, at, entry.id), entry),
      put(rows.outgoing, keys.outgoing(caller.scope, ref.period, `m:${entry.id}`), { kind: 'comment', id: `m:${entry.id}`, goal: ref, at, by, text: body.text }),
      auditStep(actorOf(caller), goal, 'comment.made', null, { comment: entry.id }, at, deps.newId()),
    ]);
    await deps.carryOn(caller.scope, ref.period);
    return entry;
  },

  editComment: async ({ params, body }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    const mentions = await mentioned(body.mentions ?? [], goal, caller, deps);
    return changedComment(params, goal, 'comment.changed', caller, deps, comment => {
      if (!isBy(comment, caller)) throw new Refusal('forbidden', 'Only who wrote a comment may change it.');
      if (comment.activity.origin) throw new Refusal('bad-request', `This was written in ${comment.activity.origin.place}. Change it there, and it changes here.`);
      return { ...comment.activity, text: body.text, ...(body.mentions ? { mentions } : {}), editedAt: deps.now().toISOString() };
    });
  },

  deleteComment: async ({ params }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    const mayTidy = await changeableGoal(params, 'edit', caller, deps).then(() => true, (error: unknown) => { if (error instanceof Refusal) return false; throw error; });
    return changedComment(params, goal, 'comment.deleted', caller, deps, comment => {
      if (!mayTidy && !isBy(comment, caller)) throw new Refusal('forbidden', 'Only who wrote a comment, and who may edit the goal, may take it back.');
      const { mentions: _, ...rest } = comment.activity;
      return { ...rest, text: '', deleted: true, editedAt: deps.now().toISOString() }; // what a person took back is not kept, not even unseen
    });
  },

  reactions: async ({ params }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    return { reactions: (await deps.store.get(rows.likes, keys.likes(caller.scope, goal)))?.body.reactions ?? {} };
  },

  react: async ({ params, body }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    refuseIf(refusal(caller.person, { do: 'react', goal }));
    const feel = (reactions: Reactions = {}) => reacted(reactions, body.reaction, who(caller), body.on);
    return { reactions: await reactionsTo(body.to, goal, feel, caller, deps) };
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

type Place = { organization: string; period: string; goal: string; at: string };

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
  await changeableGoal(params, isBy(checkIn, caller) ? 'check-in' : 'edit', caller, deps);
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

function instantOf(at: string): string {
  if (!Instant.safeParse(at).success) throw new Refusal('not-found', 'There is no such check-in. It may have been taken back.');
  return at;
}

function isBy(said: { by: Author }, caller: Caller): boolean {
  return said.by.kind === 'person' && said.by.id === caller.person.id;
}

type Comment = FeedEntry & { activity: Extract<Activity, { kind: 'comment' }> };

/**
 * Reads a comment, decides and writes it back; whoever else changes it at the same moment comes before or after. The audit log is told that it
 * was changed and not its words, which must not outlive their deletion there.
 */
async function changedComment(
  params: Place & { entry: string }, goal: Goal, deed: string, caller: Caller, deps: Deps, decide: (comment: Comment) => Comment['activity'],
): Promise<FeedEntry> {
  const gone = () => new Refusal('not-found', 'There is no such comment. It may have been taken back.');
  if (!isId(params.entry)) throw gone();
  const revised = await revise(deps.store, rows.feedEntry, keys.feedEntry(caller.scope, goal, instantOf(params.at), params.entry), entry => {
    if (!isComment(entry) || entry.activity.deleted) throw gone();
    return { ...entry, activity: decide(entry) };
  }, () => [auditStep(actorOf(caller), goal, deed, { comment: params.entry }, { comment: params.entry }, deps.now().toISOString(), deps.newId())]);
  if (!revised) throw gone();
  await deps.carryOn(caller.scope, goal.period);
  return revised;
}

function isComment(entry: FeedEntry): entry is Comment {
  return entry.activity.kind === 'comment';
}

/** The people that a comment names, if each of them may see what is said. */
async function mentioned(ids: readonly string[], goal: Goal, caller: Caller, deps: Deps): Promise<Who[]> {
  const people = await bodiesOf(deps.store, rows.person, ids, id => keys.person(caller.scope, id));
  return ids.map((id, i) => {
    const person = people.get(id);
    if (!person) throw wrongField(`mentions.${i}`, 'There is no such person in this organization.');
    if (refusal(person, { do: 'view', goal })) throw wrongField(`mentions.${i}`, `${person.name} may not see this private goal. Leave them out, or let them see it first.`);
    return { id: person.id, name: person.name };
  });
}

async function reactionsTo(to: Input<Api['react']>['body']['to'], goal: Goal, feel: (reactions?: Reactions) => Reactions, caller: Caller, deps: Deps): Promise<Reactions> {
  switch (to.kind) {
    case 'goal': return likes(goal, feel, caller, deps);
    case 'check-in': return feelings(rows.checkIn, keys.checkIn(caller.scope, goal, to.at), feel, deps);
    case 'entry': return feelings(rows.feedEntry, keys.feedEntry(caller.scope, goal, to.at, to.id), feel, deps);
  }
}

async function feelings<T extends { reactions?: Reactions | undefined }>(kind: Kind<T>, key: Keys, feel: (reactions?: Reactions) => Reactions, deps: Deps): Promise<Reactions> {
  const revised = await revise(deps.store, kind, key, body => {
    const reactions = feel(body.reactions);
    return reactions === body.reactions ? body : { ...body, reactions };
  });
  if (!revised) throw new Refusal('not-found', 'What you react to is not there any more.');
  return revised.reactions ?? {};
}

/** The first reaction to a goal makes its row; two first ones at once are two. */
async function likes(goal: Goal, feel: (reactions?: Reactions) => Reactions, caller: Caller, deps: Deps): Promise<Reactions> {
  const key = keys.likes(caller.scope, goal);
  if (!(await deps.store.get(rows.likes, key))) {
    await deps.store.transact([insert(rows.likes, key, { goal: refOf(goal), reactions: {} })]).catch((error: unknown) => { if (!(error instanceof Conflict)) throw error; });
  }
  return feelings(rows.likes, key, feel, deps);
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
