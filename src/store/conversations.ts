// What chats need to remember and to know, kept in the store: people, goals as they may be shown, subscriptions, posts, threads, comments.
import type { Memory } from '../chat/converse.ts';
import type { Delivery, Posts, Slot } from '../chat/deliver.ts';
import type { KnownGoal } from '../chat/facts.ts';
import type { Conversation, DeliveryError, Platform } from '../chat/platform.ts';
import type { Post, Subscription } from '../chat/post.ts';
import { dateIn } from '../domain/date.ts';
import type { GoalRef } from '../domain/goal.ts';
import type { Organization, Person, Scope } from '../domain/organization.ts';
import { Conflict, type Step, type Store, insert, put, remove, replace } from './store.ts';
import { type Keys, type Kind, keys, rows } from './tables.ts';

/** What chats cause beyond the store. */
export interface ConversationDeps {
  store: Store;
  now(): Date;
  /** The best matches for some words among an organization's current goals. */
  find(scope: Scope, words: string, limit: number): Promise<GoalRef[]>;
  syncNow(scope: Scope, connection: string): Promise<void>;
  /** The name of an integration, as people know it. */
  integrationName(id: string): string;
  report(error: unknown, context: string): string;
}

const tries = 8;

export function openMemory(deps: ConversationDeps): Memory {
  const { store } = deps;
  const now = () => deps.now().toISOString();
  return {
    now,
    goal: (scope, ref) => knownGoal(deps, scope, ref),

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

    async thread(tenant, conversation, root) {
      for await (const { body } of store.all(rows.organization, tenant)) {
        const scope = { tenant, organization: body.id };
        const thread = await store.get(rows.thread, keys.thread(scope, conversation, root));
        if (thread) return { scope, goal: thread.body.goal };
      }
      return undefined;
    },

    async comment(scope, comment) {
      const where = keys.feedEntry(scope, comment.goal, comment.at, comment.id);
      for (let attempt = 1; ; attempt++) {
        const was = await store.get(rows.feedEntry, where);
        const entry = comment.amend(was?.body);
        if (!entry) return;
        try {
          return await store.transact([was ? replace(rows.feedEntry, where, entry, was.etag) : insert(rows.feedEntry, where, entry)]);
        } catch (error) {
          if (!(error instanceof Conflict) || attempt === tries) throw error;
        }
      }
    },

    subscriptions: async (scope, conversation) => (await subscriptionsIn(store, scope, conversation)).map(({ body }) => body),

    async subscribe(scope, subscription) {
      try {
        await store.transact([insert(rows.subscription, subscriptionKeys(scope, subscription), subscription)]);
        return true;
      } catch (error) {
        if (error instanceof Conflict) return false;
        throw error;
      }
    },

    unsubscribe: (scope, subscription) => store.transact([remove(rows.subscription, subscriptionKeys(scope, subscription))]),

    async syncNow(scope: Scope, ref: GoalRef, _by: Person) {
      const goal = await store.get(rows.goal, keys.goal(scope, ref));
      if (goal?.body.connection) await deps.syncNow(scope, goal.body.connection);
    },

    async forget(tenant, conversation) {
      for await (const { body } of store.all(rows.organization, tenant)) await forgetIn(store, { tenant, organization: body.id }, conversation);
    },
  };
}

export function openDelivery(deps: ConversationDeps, platforms: Readonly<Record<Conversation['platform'], Platform>>): Delivery {
  const { store } = deps;
  return {
    platforms,
    posts: openPosts(store),
    now: () => deps.now().toISOString(),
    goal: (scope, ref) => knownGoal(deps, scope, ref),

    async hearers(scope, ref) {
      const places = new Map<string, Conversation>();
      for (const about of ['organization', `${ref.period}:${ref.id}`]) {
        for await (const { body } of store.all(rows.subscription, keys.organizationRows(scope), `${about}:`)) places.set(body.conversation.id, body.conversation);
      }
      return [...places.values()];
    },

    async markPosted(scope, ref) {
      for (let attempt = 1; ; attempt++) {
        const goal = await store.get(rows.goal, keys.goal(scope, ref));
        if (!goal || goal.body.posted) return;
        try {
          return await store.transact([replace(rows.goal, keys.goal(scope, ref), { ...goal.body, posted: true }, goal.etag)]);
        } catch (error) {
          if (!(error instanceof Conflict) || attempt === tries) throw error;
        }
      }
    },

    async forget(scope: Scope, conversation: Conversation, why: string) {
      await forgetIn(store, scope, conversation.id);
      deps.report(new Error(`Waymark no longer speaks in ${conversation.name}: ${why}`), `forgetting a conversation of ${scope.organization}`);
    },

    async report(scope: Scope, conversation: Conversation, error: DeliveryError) {
      deps.report(error, `saying something in ${conversation.name} of ${scope.organization}`);
    },
  };
}

/** A goal with what a card needs besides. */
async function knownGoal(deps: ConversationDeps, scope: Scope, ref: GoalRef): Promise<KnownGoal | undefined> {
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

async function organizationOf(store: Store, tenant: string, id: string | undefined): Promise<Organization | undefined> {
  if (id !== undefined) return (await store.get(rows.organization, keys.organization({ tenant, organization: id })))?.body;
  for await (const { body } of store.all(rows.organization, tenant)) return body;
  return undefined;
}

function openPosts(store: Store): Posts {
  const write: Posts['write'] = async (scope, slot, post, was) => written(store, scope, slot, post, was?.etag, []);
  return {
    write,
    async get(scope, slot) {
      const { kind, where } = rowOf(scope, slot);
      const stored = await store.get(kind, where);
      return stored && { post: stored.body, etag: stored.etag };
    },
    async cards(scope, goal) {
      const cards: Post[] = [];
      for await (const { body } of store.all(rows.post, keys.organizationRows(scope), keys.postsOf(goal))) cards.push(body);
      return cards;
    },
    async writeSaid(scope, slot, post, was) {
      const thread = { conversation: post.conversation, root: post.id, goal: post.goal };
      const step = slot.kind === 'card' ? [put(rows.thread, keys.thread(scope, post.conversation.id, post.id), thread)] : [];
      return written(store, scope, slot, post, was.etag, step);
    },
    async remove(scope, slot, post) {
      await store.transact([remove(rowOf(scope, slot).kind, rowOf(scope, slot).where), ...(post.id ? [remove(rows.thread, keys.thread(scope, post.conversation.id, post.id))] : [])]);
    },
  };
}

/** Writes a post if its row is as it was read; answers it with its new ETag, or nothing where somebody else was quicker. */
async function written(store: Store, scope: Scope, slot: Slot, post: Post, etag: string | undefined, also: Step[]): ReturnType<Posts['write']> {
  const { kind, where } = rowOf(scope, slot);
  try {
    await store.transact([etag === undefined ? insert(kind, where, post) : replace(kind, where, post, etag), ...also]);
  } catch (error) {
    if (error instanceof Conflict) return undefined;
    throw error;
  }
  const stored = await store.get(kind, where);
  return stored && JSON.stringify(stored.body) === JSON.stringify(kind.body.parse(post)) ? { post: stored.body, etag: stored.etag } : undefined;
}

function rowOf(scope: Scope, slot: Slot): { kind: Kind<Post>; where: Keys } {
  return slot.kind === 'card'
    ? { kind: rows.post, where: keys.post(scope, slot.goal, slot.conversation) }
    : { kind: rows.reply, where: keys.reply(scope, slot.outgoing, slot.conversation) };
}

function subscriptionKeys(scope: Scope, { conversation, about }: Subscription): Keys {
  return keys.subscription(scope, conversation.id, about.kind === 'organization' ? 'organization' : about.goal);
}

/** A command's work, not a delivery's: it reads all of the organization's subscriptions. */
async function subscriptionsIn(store: Store, scope: Scope, conversation: string) {
  const here = [];
  for await (const row of store.all(rows.subscription, keys.organizationRows(scope))) if (row.body.conversation.id === conversation) here.push(row);
  return here;
}

/** Everything that ties an organization to a conversation. Rare, and so it may read all of the organization's posts. */
async function forgetIn(store: Store, scope: Scope, conversation: string): Promise<void> {
  for (const { body } of await subscriptionsIn(store, scope, conversation)) await store.transact([remove(rows.subscription, subscriptionKeys(scope, body))]);
  for await (const { body } of store.all(rows.post, keys.organizationRows(scope), 'p:')) {
    if (body.conversation.id !== conversation) continue;
    await store.transact([remove(rows.post, keys.post(scope, body.goal, conversation)), ...(body.id ? [remove(rows.thread, keys.thread(scope, conversation, body.id))] : [])]);
  }
}
