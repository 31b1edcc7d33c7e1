// What is carried out behind a deed, from the words that it left in the outbox: the audit log, what is left of deleted goals, and deeds that died half-way.
import type { Afterword } from '../chat/message.ts';
import { DeliveryError } from '../chat/platform.ts';
import type { GoalRef } from '../domain/goal.ts';
import type { Scope } from '../domain/organization.ts';
import { type Step, type Store, put, remove } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { outgoingStep } from '../sync/move.ts';
import { agree, tellParents } from './alignment.ts';
import { settleDescent } from './privacy.ts';

/** Longer than any request takes. Whoever has not ended by then has died with its process. */
const patienceMs = 60_000;

export interface AfterwardsDeps {
  store: Store;
  now(): Date;
  /** Lets somebody empty a period's outbox, again. */
  carryOn(scope: Scope, period: string): Promise<void>;
}

/** Carries a word out; doing it again changes nothing. Throws `DeliveryError` with `retry` for one whose deed may still be under way. */
export async function carryOut(deps: AfterwardsDeps, scope: Scope, word: Afterword): Promise<void> {
  switch (word.kind) {
    case 'audit': return enter(deps.store, scope, word);
    case 'aligning':
      wait(deps, word);
      await agree(deps, scope, word);
      for (const period of new Set([word.goal, ...word.parents].map(ref => ref.period))) await deps.carryOn(scope, period);
      return;
    case 'handing-down':
      wait(deps, word);
      await settleDescent(deps, scope, word);
      return deps.carryOn(scope, word.goal.period);
    case 'deleting':
      if (await deps.store.get(rows.goal, keys.goal(scope, word.goal))) return wait(deps, word); // after which it is clear that nobody deletes it
      return forget(deps, scope, word);
  }
}

function wait(deps: Pick<AfterwardsDeps, 'now'>, { at }: Afterword): void {
  const left = Date.parse(at) + patienceMs - deps.now().getTime();
  if (left > 0) throw new DeliveryError('The deed may still be under way.', { kind: 'retry', afterSeconds: Math.ceil(left / 1000) });
}

/** The entry's place follows from the word, so that a repetition writes the same one. */
async function enter(store: Store, scope: Scope, { id, goal, at, by, deed, before, after, private: hidden }: Extract<Afterword, { kind: 'audit' }>): Promise<void> {
  const entry = { at, by, deed, on: goal.id, before, after, ...(hidden ? { private: true } : {}) };
  await store.transact([put(rows.audit, keys.audit(scope, at, id.slice(2)), entry)]);
}

async function forget(deps: AfterwardsDeps, scope: Scope, word: Extract<Afterword, { kind: 'deleting' }>): Promise<void> {
  const { goal, at, by, title, parents, connection, before } = word;
  const gone = { kind: 'gone' as const, id: `d:${goal.id}`, goal, at, title, by: by.name, hidden: word.private };
  await deps.store.transact([outgoingStep(scope, gone), ...tellParents(scope, goal, parents, at)]);
  await enter(deps.store, scope, { kind: 'audit', id: `h:${word.id.replaceAll(':', '-')}`, goal, at, by, deed: 'goal.deleted', before, after: null, private: word.private });
  if (connection !== null) await deps.store.transact([remove(rows.link, keys.link(scope, connection, goal))]);
  await forgetRows(deps.store, scope, goal);
  await deps.carryOn(scope, goal.period);
}

/** Page by page, however much there is: history, feed, likes, subscriptions to the goal, and who follows it. */
async function forgetRows(store: Store, scope: Scope, goal: GoalRef): Promise<void> {
  const partition = keys.goals(scope, goal.period);
  await clear(store, store.all(rows.checkIn, partition, `c:${goal.id}:`), ({ at }) => [remove(rows.checkIn, keys.checkIn(scope, goal, at))]);
  await clear(store, store.all(rows.feedEntry, partition, `a:${goal.id}:`), ({ at, id }) => [remove(rows.feedEntry, keys.feedEntry(scope, goal, at, id))]);
  await store.transact([remove(rows.likes, keys.likes(scope, goal))]);
  const organization = keys.organizationRows(scope);
  await clear(store, store.all(rows.subscription, organization, keys.subscriptionsTo(goal)), ({ conversation }) => [remove(rows.subscription, keys.subscription(scope, conversation.id, goal))]);
  const about = { kind: 'goal' as const, goal };
  await clear(store, store.all(rows.follow, organization, keys.followers(about)), ({ by }) =>
    [remove(rows.follow, keys.follower(scope, about, by.id)), remove(rows.follow, keys.following(scope, by.id, about))]);
}

async function clear<T>(store: Store, found: AsyncIterable<{ body: T }>, steps: (body: T) => Step[]): Promise<void> {
  let groups: Step[][] = [];
  for await (const { body } of found) {
    groups.push(steps(body));
    if (groups.length < 50) continue;
    await store.transactAll(groups);
    groups = [];
  }
  await store.transactAll(groups);
}
