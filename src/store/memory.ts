// What chats are handed: people, goals as they may be shown, and what is remembered of conversations, put together for src/chat.
import type { Memory } from '../chat/converse.ts';
import type { Delivery } from '../chat/deliver.ts';
import type { KnownGoal } from '../chat/facts.ts';
import type { Conversation, Platform } from '../chat/platform.ts';
import { dateIn } from '../domain/date.ts';
import type { GoalRef } from '../domain/goal.ts';
import type { Scope } from '../domain/organization.ts';
import { forgetConversation, hearers, markPosted, posts, recordComment, subscribe, subscriptionsOf, threadOf, unsubscribe } from './conversations.ts';
import { organizationOf } from './organizations.ts';
import type { Store } from './store.ts';
import { keys, rows } from './tables.ts';

/** What chats cause and ask beyond the store. */
export interface MemoryDeps {
  store: Store;
  now(): Date;
  /** The best matches for some words among an organization's current goals. */
  find(scope: Scope, words: string, limit: number): Promise<GoalRef[]>;
  syncNow(scope: Scope, connection: string): Promise<void>;
  /** The name of an integration, as people know it. */
  integrationName(id: string): string;
  report(error: unknown, context: string): string;
}

export function openMemory(deps: MemoryDeps): Memory {
  const { store } = deps;
  return {
    now: () => deps.now().toISOString(),
    goal: (scope, ref) => knownGoal(deps, scope, ref),
    thread: (tenant, conversation, root) => threadOf(store, tenant, conversation, root),
    comment: (scope, comment) => recordComment(store, scope, comment),
    subscriptions: (scope, conversation) => subscriptionsOf(store, scope, conversation),
    subscribe: (scope, subscription) => subscribe(store, scope, subscription),
    unsubscribe: (scope, subscription) => unsubscribe(store, scope, subscription),

    async member(by, organization) {
      const found = await organizationOf(store, by.tenant, organization);
      const scope = found && { tenant: by.tenant, organization: found.id };
      const person = scope && (await store.get(rows.person, keys.person(scope, by.id)))?.body;
      return found && scope && person ? { scope, organization: found.name, person } : undefined;
    },

    async search(scope, words, { skip, limit }) {
      const refs = (await deps.find(scope, words, skip + limit)).slice(skip);
      return (await Promise.all(refs.map(ref => knownGoal(deps, scope, ref)))).filter(known => known !== undefined);
    },

    async syncNow(scope, ref) {
      const goal = await store.get(rows.goal, keys.goal(scope, ref));
      if (goal?.body.connection) await deps.syncNow(scope, goal.body.connection);
    },

    async forget(tenant, conversation) {
      for await (const { body } of store.all(rows.organization, tenant)) await forgetConversation(store, { tenant, organization: body.id }, conversation);
    },
  };
}

export function openDelivery(deps: MemoryDeps, platforms: Readonly<Record<Conversation['platform'], Platform>>): Delivery {
  const { store } = deps;
  return {
    platforms,
    posts: posts(store),
    now: () => deps.now().toISOString(),
    goal: (scope, ref) => knownGoal(deps, scope, ref),
    hearers: (scope, ref) => hearers(store, scope, ref),
    markPosted: (scope, ref) => markPosted(store, scope, ref),
    async forget(scope, conversation, why) {
      await forgetConversation(store, scope, conversation.id);
      deps.report(new Error(`Waymark no longer speaks in ${conversation.name}: ${why}`), `forgetting a conversation of ${scope.organization}`);
    },
    async report(scope, conversation, error) {
      deps.report(error, `saying something in ${conversation.name} of ${scope.organization}`);
    },
  };
}

/** A goal with what a card needs besides. */
async function knownGoal(deps: MemoryDeps, scope: Scope, ref: GoalRef): Promise<KnownGoal | undefined> {
  const { store } = deps;
  const goal = (await store.get(rows.goal, keys.goal(scope, ref)))?.body;
  if (!goal) return undefined;
  const [organization, period, connection] = await Promise.all([
    store.get(rows.organization, keys.organization(scope)),
    store.get(rows.period, keys.period(scope, goal.period)),
    goal.connection === null ? undefined : store.get(rows.connection, keys.connection(scope, goal.connection)),
  ]);
  return {
    goal,
    period: period?.body.name ?? goal.period,
    today: dateIn(organization?.body.timeZone ?? 'UTC', deps.now()),
    ...(connection ? { source: `${deps.integrationName(connection.body.integration)} · ${connection.body.name}` } : {}),
  };
}
