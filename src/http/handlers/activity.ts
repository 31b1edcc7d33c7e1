// What happened to a goal and what people say about it: history, feed, comments, check-ins.
import type { Api, GoalView, Input } from '../../api.ts';
import { corrected, correctionRefusal, withoutCheckIn } from '../../domain/amend.ts';
import type { CheckIn, Judgement } from '../../domain/check-in.ts';
import { Instant } from '../../domain/date.ts';
import type { Activity, FeedEntry } from '../../domain/feed.ts';
import { type Goal, refOf } from '../../domain/goal.ts';
import { type Author, type Who, isId } from '../../domain/organization.ts';
import { refusal } from '../../domain/permission.ts';
import { type Reactions, reacted } from '../../domain/reactions.ts';
import { type Status, isEnded } from '../../domain/status.ts';
import { bodiesOf } from '../../store/bodies.ts';
import { revise } from '../../store/revise.ts';
import { Conflict, insert, put, remove, replace } from '../../store/store.ts';
import { type Keys, type Kind, keys, rows } from '../../store/tables.ts';
import { correctionSteps } from '../../sync/move.ts';
import { type Caller, author, who } from '../caller.ts';
import { Refusal, refuseIf, wrongField } from '../refusal.ts';
import { changeableGoal, judgementOf, shownEntries, visibleGoal } from './goal-view.ts';
import type { Deps, Handlers } from './handler.ts';
import { moved, viewNow } from './moved.ts';

/** What a check-in may say against the automatic status; the others follow from closing, reopening or having no value. */
const settable: readonly Status[] = ['on-track', 'behind', 'at-risk'];

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
    ]);
    await deps.carryOn(caller.scope, ref.period);
    return entry;
  },

  editComment: async ({ params, body }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    const mentions = await mentioned(body.mentions ?? [], goal, caller, deps);
    return changedComment(params, goal, caller, deps, comment => {
      if (!isBy(comment, caller)) throw new Refusal('forbidden', 'Only who wrote a comment may change it.');
      if (comment.activity.origin) throw new Refusal('bad-request', `This was written in ${comment.activity.origin.place}. Change it there, and it changes here.`);
      return { ...comment.activity, text: body.text, ...(body.mentions ? { mentions } : {}), editedAt: deps.now().toISOString() };
    });
  },

  deleteComment: async ({ params }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    const mayTidy = await changeableGoal(params, 'edit', caller, deps).then(() => true, (error: unknown) => { if (error instanceof Refusal) return false; throw error; });
    return changedComment(params, goal, caller, deps, comment => {
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
    refuseStatus(body.status);
    if (body.updates !== undefined && goal.mode === 'manual') throw wrongField('updates', 'This goal is moved by check-ins alone: there are no automatic updates to go on or to stop.');
    return moved(params, { kind: 'check-in', value: body.value, status: body.status, note: body.note, updates: body.updates }, caller, deps);
  },

  editCheckIn: async ({ params, body }, caller, deps) => {
    refuseStatus(body.status);
    return correct(params, caller, deps, ({ goal, checkIn, newest, j }) => {
      const after = corrected(goal, checkIn, body, newest, j);
      return { goal: after.goal, checkIn: after.checkIn };
    });
  },

  deleteCheckIn: async ({ params }, caller, deps) =>
    correct(params, caller, deps, ({ goal, checkIn, newest, before, j }) => ({ goal: withoutCheckIn(goal, checkIn, before, newest, j), checkIn: undefined })),
} satisfies Partial<Handlers>;

function refuseStatus(status: Status | undefined): void {
  if (status !== undefined && !settable.includes(status)) throw wrongField('status', 'Choose On Track, Behind or At Risk.');
}

type Place = { organization: string; period: string; goal: string; at: string };
interface Case { goal: Goal; checkIn: CheckIn; newest: boolean; before: CheckIn | undefined; j: Judgement }

/** Changes one check-in of the past, and the goal where it still stands on it, in one transaction. */
async function correct(params: Place, caller: Caller, deps: Deps, decide: (c: Case) => { goal: Goal; checkIn: CheckIn | undefined }): Promise<GoalView> {
  const stored = await visibleGoal(params, caller, deps);
  const goal = stored.body;
  const key = keys.checkIn(caller.scope, goal, instantOf(params.at));
  const found = await deps.store.get(rows.checkIn, key);
  if (!found) throw new Refusal('not-found', 'There is no such check-in. It may have been taken back.');
  const checkIn = found.body;
  await changeableGoal(params, isBy(checkIn, caller) ? 'check-in' : 'edit', caller, deps);
  const refused = correctionRefusal(checkIn);
  if (refused) throw new Refusal('bad-request', refused);

  const partition = keys.goals(caller.scope, goal.period);
  const [first, older] = await Promise.all([
    deps.store.page(rows.checkIn, partition, { prefix: `c:${goal.id}:`, limit: 1 }),
    deps.store.page(rows.checkIn, partition, { prefix: `c:${goal.id}:`, after: key.row, limit: 50 }),
  ]);
  const at = deps.now().toISOString();
  const j = judgementOf(caller, at, deps);
  const after = decide({ goal, checkIn, newest: first.rows[0]?.body.at === checkIn.at, before: older.rows.find(row => row.body.by.kind === 'person' || row.body.by.kind === 'connection')?.body, j });
  const activity = { kind: after.checkIn ? 'check-in-edited' as const : 'check-in-deleted' as const, at: checkIn.at };
  const entry: FeedEntry = { goal: refOf(goal), id: deps.newId(), at, by: author(caller), activity };
  await deps.store.transact([
    replace(rows.goal, keys.goal(caller.scope, goal), after.goal, stored.etag),
    after.checkIn ? replace(rows.checkIn, key, after.checkIn, found.etag) : remove(rows.checkIn, key),
    put(rows.feedEntry, keys.feedEntry(caller.scope, goal, at, entry.id), entry),
    ...correctionSteps(caller.scope, goal, after.goal, at),
  ]);
  await deps.carryOn(caller.scope, goal.period);
  return viewNow(params, caller, deps);
}

function instantOf(at: string): string {
  if (!Instant.safeParse(at).success) throw new Refusal('not-found', 'There is no such check-in. It may have been taken back.');
  return at;
}

function isBy(said: { by: Author }, caller: Caller): boolean {
  return said.by.kind === 'person' && said.by.id === caller.person.id;
}

type Comment = FeedEntry & { activity: Extract<Activity, { kind: 'comment' }> };

/** Reads a comment, decides and writes it back; whoever else changes it at the same moment comes before or after. */
async function changedComment(params: Place & { entry: string }, goal: Goal, caller: Caller, deps: Deps, decide: (comment: Comment) => Comment['activity']): Promise<FeedEntry> {
  const gone = () => new Refusal('not-found', 'There is no such comment. It may have been taken back.');
  if (!isId(params.entry)) throw gone();
  const revised = await revise(deps.store, rows.feedEntry, keys.feedEntry(caller.scope, goal, instantOf(params.at), params.entry), entry => {
    if (!isComment(entry) || entry.activity.deleted) throw gone();
    return { ...entry, activity: decide(entry) };
  });
  if (!revised) throw gone();
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
