// What chats are handed: people, goals as they may be shown, and what is remembered of conversations, put together for src/chat.
import type { Memory } from '../chat/converse.ts';
import type { Delivery } from '../chat/deliver.ts';
import type { KnownGoal } from '../chat/facts.ts';
import type { Conversation, Platform } from '../chat/platform.ts';
import { dateIn } from '../domain/date.ts';
import type { GoalRef } from '../domain/goal.ts';
import type { Scope } from '../domain/organization.ts';
import { bodiesOf } from './bodies.ts';
import { forgetConversation, hearers, markPosted, posts, recordComment, subscribe, subscriptionsOf, threadOf, unsubscribe } from './conversations.ts';
import { organizationOf } from './organizations.ts';
import type { Store } from './store.ts';
import { keys, rows } from './tables.ts';

/** What chats cause and ask beyond the store. */
export interface MemoryDeps {
  store: Store;
  now(): Date;
  /** The best matches for some words among an organization's current goals; of private goals those of `viewer` alone, for `null` none. */
  find(scope: Scope, viewer: string | null, words: string, limit: number): Promise<GoalRef[]>;
  syncNow(scope: Scope, connection: string): Promise<void>;
  /** The name of an integration, as people know it. */
  integrationName(id: string): string;
  report(error: unknown, context: string): string;
}

export function openMemory(deps: MemoryDeps): Memory {
  const { store } = deps;
  return {
    now: () => deps.now().toISOString(),
    goal: async (scope, ref) => (await knownGoals(deps, scope, [ref]))[0],
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

    async search(scope, viewer, words, { skip, limit }) {
      return knownGoals(deps, scope, (await deps.find(scope, viewer, words, skip + limit)).slice(skip));
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
    goal: async (scope, ref) => (await knownGoals(deps, scope, [ref]))[0],
    hearers: (scope, ref) => hearers(store, scope, ref),
    person: async (scope, id) => (await store.get(rows.person, keys.person(scope, id)))?.body,
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

/** The goals that are there, in order, with what a card needs besides; what several share is read once. */
async function knownGoals({ store, now, integrationName }: MemoryDeps, scope: Scope, refs: readonly GoalRef[]): Promise<KnownGoal[]> {
  const goals = (await Promise.all(refs.map(ref => store.get(rows.goal, keys.goal(scope, ref))))).flatMap(row => row?.body ?? []);
  const [organization, periods, connections] = await Promise.all([
    goals.length === 0 ? undefined : store.get(rows.organization, keys.organization(scope)),
    bodiesOf(store, rows.period, goals.map(g => g.period), id => keys.period(scope, id)),
    bodiesOf(store, rows.connection, goals.flatMap(g => g.connection ?? []), id => keys.connection(scope, id)),
  ]);
  const today = dateIn(organization?.body.timeZone ?? 'UTC', now());
  return goals.map(goal => {
    const connection = goal.connection === null ? undefined : connections.get(goal.connection);
    return {
      goal, today,
      period: periods.get(goal.period)?.name ?? goal.period,
      ...(connection ? { source: `${integrationName(connection.integration)} · ${connection.name}` } : {}),
    };
  });
}
