// What the program remembers of conversations, in the calls that src/chat asks for: subscriptions, posts, threads and comments.
import type { Comment } from '../chat/thread.ts';
import type { Hearer, Posts, Remembered, Slot } from '../chat/deliver.ts';
import type { Post, Subscription } from '../chat/post.ts';
import type { GoalRef } from '../domain/goal.ts';
import type { Scope } from '../domain/organization.ts';
import { revise } from './revise.ts';
import { Conflict, type Step, type Store, insert, put, remove, replace } from './store.ts';
import { type Keys, type Kind, keys, rows } from './tables.ts';

export function posts(store: Store): Posts {
  const get = async (scope: Scope, slot: Slot): Promise<Remembered | undefined> => {
    const row = await store.get(kindOf(slot), keysOf(scope, slot));
    return row && { post: row.body, etag: row.etag };
  };
  const written = async (scope: Scope, slot: Slot, steps: Step[]): Promise<Remembered | undefined> => {
    try {
      await store.transact(steps);
    } catch (error) {
      if (error instanceof Conflict) return undefined;
      throw error;
    }
    return get(scope, slot);
  };
  return {
    get,
    cards: async (scope, goal) => {
      const found: Post[] = [];
      for await (const { body } of store.all(rows.post, keys.organizationRows(scope), `p:${goal.period}:${goal.id}:`)) found.push(body);
      return found;
    },
    write: (scope, slot, post, was) => {
      const [kind, at] = [kindOf(slot), keysOf(scope, slot)];
      return written(scope, slot, [was ? replace(kind, at, post, was.etag) : insert(kind, at, post)]);
    },
    writeSaid: (scope, slot, post, was) => written(scope, slot, [
      replace(kindOf(slot), keysOf(scope, slot), post, was.etag),
      put(rows.thread, keys.thread(scope, post.conversation.id, post.id), { conversation: post.conversation, root: post.id, goal: post.goal }),
    ]),
    remove: async (scope, slot, post) => {
      await removeAll(store, [
        remove(kindOf(slot), keysOf(scope, slot)),
        ...(post.id === undefined ? [] : [remove(rows.thread, keys.thread(scope, post.conversation.id, post.id))]),
      ]);
    },
  };
}

/** The conversations that hear about a goal, each once, and who has subscribed them. */
export async function hearers(store: Store, scope: Scope, goal: GoalRef): Promise<Hearer[]> {
  const found = new Map<string, Hearer>();
  for (const about of ['organization' as const, goal]) {
    for await (const { body } of store.all(rows.subscription, keys.organizationRows(scope), keys.subscriptionsTo(about))) found.set(body.conversation.id, { conversation: body.conversation, by: body.by.id });
  }
  return [...found.values()];
}

/** What one conversation hears about. A command asks this, never a delivery: it reads all of the organization's subscriptions. */
export async function subscriptionsOf(store: Store, scope: Scope, conversation: string): Promise<Subscription[]> {
  const found: Subscription[] = [];
  for await (const { body } of store.all(rows.subscription, keys.organizationRows(scope))) if (body.conversation.id === conversation) found.push(body);
  return found;
}

/** Whether it is new; the same one again changes nothing. */
export async function subscribe(store: Store, scope: Scope, subscription: Subscription): Promise<boolean> {
  return store.transact([insert(rows.subscription, subscriptionKeys(scope, subscription), subscription)]).then(() => true, notThere);
}

export async function unsubscribe(store: Store, scope: Scope, subscription: Subscription): Promise<void> {
  await removeAll(store, [remove(rows.subscription, subscriptionKeys(scope, subscription))]);
}

/** Everything that is remembered of a conversation goes: nothing is said or edited there any more. */
export async function forgetConversation(store: Store, scope: Scope, conversation: string): Promise<void> {
  const partition = keys.organizationRows(scope);
  for (const one of await subscriptionsOf(store, scope, conversation)) await unsubscribe(store, scope, one);
  const steps: Step[] = [];
  for await (const { body } of store.all(rows.post, partition, 'p:')) {
    if (body.conversation.id === conversation) steps.push(remove(rows.post, keys.post(scope, body.goal, conversation)));
  }
  for await (const { body } of store.all(rows.reply, partition, 'r:')) {
    if (body.conversation.id === conversation) steps.push(remove(rows.reply, keys.reply(scope, outgoingOf(body), conversation)));
  }
  for await (const { body } of store.all(rows.thread, partition, 't:')) {
    if (body.conversation.id === conversation) steps.push(remove(rows.thread, keys.thread(scope, conversation, body.root)));
  }
  await removeAll(store, steps);
}

/** Which goal a message of ours is about, in whichever of the tenant's organizations that is. */
export async function threadOf(store: Store, tenant: string, conversation: string, root: string): Promise<{ scope: Scope; goal: GoalRef } | undefined> {
  for await (const { body } of store.all(rows.organization, tenant)) {
    const scope = { tenant, organization: body.id };
    const thread = await store.get(rows.thread, keys.thread(scope, conversation, root));
    if (thread) return { scope, goal: thread.body.goal };
  }
  return undefined;
}

/** From now on every change of the goal is sent out. */
export async function markPosted(store: Store, scope: Scope, goal: GoalRef): Promise<void> {
  await revise(store, rows.goal, keys.goal(scope, goal), body => (body.posted ? body : { ...body, posted: true }));
}

/** Writes, edits or takes back a comment that was made in a thread. */
export async function recordComment(store: Store, scope: Scope, comment: Comment): Promise<void> {
  const at = keys.feedEntry(scope, comment.goal, comment.at, comment.id);
  await retried(async () => {
    const row = await store.get(rows.feedEntry, at);
    const entry = comment.amend(row?.body);
    if (entry) await store.transact([row ? replace(rows.feedEntry, at, entry, row.etag) : insert(rows.feedEntry, at, entry)]);
  });
}

/** Reads and decides anew while others are quicker; gives up with the conflict itself. */
async function retried(attempt: () => Promise<void>): Promise<void> {
  for (let left = 10; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Conflict) || left === 0) throw error;
    }
  }
}

async function removeAll(store: Store, steps: Step[]): Promise<void> {
  for (let from = 0; from < steps.length; from += 100) await store.transact(steps.slice(from, from + 100));
}

function notThere(error: unknown): false {
  if (error instanceof Conflict) return false;
  throw error;
}

function subscriptionKeys(scope: Scope, { conversation, about }: Subscription): Keys {
  return keys.subscription(scope, conversation.id, about.kind === 'organization' ? 'organization' : about.goal);
}

function kindOf(slot: Slot): Kind<Post> {
  return slot.kind === 'card' ? rows.post : rows.reply;
}

function keysOf(scope: Scope, slot: Slot): Keys {
  return slot.kind === 'card' ? keys.post(scope, slot.goal, slot.conversation) : keys.reply(scope, slot.outgoing, slot.conversation);
}

/** The mark of a carried comment names what it carries (src/chat/deliver.ts). */
function outgoingOf(reply: Post): string {
  return reply.mark.slice('comment/'.length);
}
