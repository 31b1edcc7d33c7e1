// Delivers one outgoing thing to everybody whom it concerns: one living card per goal and conversation, comments into their threads.
import type { Instant } from '../domain/date.ts';
import type { Goal, GoalRef } from '../domain/goal.ts';
import type { Person, Scope } from '../domain/organization.ts';
import { refusal } from '../domain/permission.ts';
import { type KnownGoal, goalFacts } from './facts.ts';
import type { Message, Outgoing } from './message.ts';
import { type Conversation, DeliveryError, type Platform, type PostRef } from './platform.ts';
import type { Post } from './post.ts';

/** A remembered post, with what is needed to change it without losing somebody else's change. */
export interface Remembered { readonly post: Post; readonly etag: string }

/** Which row of memory a post is: a goal's living card in a conversation, or one comment carried into its thread. */
export type Slot = { goal: GoalRef; conversation: string } & ({ kind: 'card' } | { kind: 'reply'; outgoing: string });

/** A conversation that hears about a goal. In a personal chat whoever has subscribed (`by`, a person's id) is its only reader. */
export interface Hearer { conversation: Conversation; by: string }

/** What delivery needs of the store, handed in. */
export interface Posts {
  get(scope: Scope, slot: Slot): Promise<Remembered | undefined>;
  /** All living cards of a goal, said or under way. */
  cards(scope: Scope, goal: GoalRef): Promise<Post[]>;
  /** Writes only if the row is as it was read (`was`), or is not there (no `was`). `undefined`: somebody else was quicker. */
  write(scope: Scope, slot: Slot, post: Post, was: Remembered | undefined): Promise<Remembered | undefined>;
  /** Like `write`, and in the same transaction lets replies under `post.id` find the goal. */
  writeSaid(scope: Scope, slot: Slot, post: Post & { id: string }, was: Remembered): Promise<Remembered | undefined>;
  /** The post is gone, and its thread with it. */
  remove(scope: Scope, slot: Slot, post: Post): Promise<void>;
}

export interface Delivery {
  platforms: Readonly<Record<Conversation['platform'], Platform>>;
  posts: Posts;
  /** The goal as it stands now; `undefined` when it was deleted. */
  goal(scope: Scope, ref: GoalRef): Promise<KnownGoal | undefined>;
  /** The conversations subscribed to this goal or to everything of its organization, each once, and who has subscribed them. */
  hearers(scope: Scope, ref: GoalRef): Promise<Hearer[]>;
  person(scope: Scope, id: string): Promise<Person | undefined>;
  /** Sets `goal.posted`, so that from now on every change of it is sent out. */
  markPosted(scope: Scope, ref: GoalRef): Promise<void>;
  /** The place is gone, or we were blocked there: removes its subscriptions, posts and threads, and records why. */
  forget(scope: Scope, conversation: Conversation, why: string): Promise<void>;
  /** Records something that could not be said and will not be tried again. Once it has returned, the thing is dropped. */
  report(scope: Scope, conversation: Conversation, error: DeliveryError): Promise<void>;
  now(): Instant;
  /** For how long one worker alone tries to say something; 30 unless told. */
  claimSeconds?: number;
}

/** Longer than any call to a platform may take, so that nobody takes over from a worker that is only slow. Seconds. */
const usualClaimSeconds = 30;
/** How often a card is drawn anew because the goal moved while it was being said. */
const mostRedraws = 5;

/**
 * Delivers one outgoing thing, as often as it takes: what an earlier try has done already is not done twice. Throws
 * `DeliveryError` with `retry` when something remains to be done later, after everybody else has been served.
 */
export async function deliver(delivery: Delivery, scope: Scope, outgoing: Outgoing): Promise<void> {
  switch (outgoing.kind) {
    case 'moved': return deliverMoved(delivery, scope, outgoing);
    case 'comment': return deliverComment(delivery, scope, outgoing);
    case 'gone': return deliverGone(delivery, scope, outgoing);
    case 'roll-up': throw new Error('A roll-up is carried out by sync; it is nothing to say.');
    case 'audit':
    case 'aligning':
    case 'handing-down':
    case 'deleting': throw new Error('This is carried out behind a deed; it is nothing to say.');
  }
}

async function deliverMoved(delivery: Delivery, scope: Scope, outgoing: Extract<Outgoing, { kind: 'moved' }>): Promise<void> {
  const known = await delivery.goal(scope, outgoing.goal);
  if (!known) return;
  // A card keeps living where somebody unsubscribed: it stays true, and no new one is said.
  const cards = (await delivery.posts.cards(scope, outgoing.goal)).map(post => post.conversation);
  const hearers = outgoing.from === undefined ? [] : await placesThatMayHear(delivery, scope, known.goal);
  const places = new Map([...cards, ...hearers].map(place => [place.id, place]));
  if (places.size > 0 && !known.goal.posted) await delivery.markPosted(scope, outgoing.goal);
  await toEach(delivery, scope, [...places.values()], place => sayCard(delivery, scope, outgoing, place));
}

/** A private goal is heard of in the personal chats of those who may see it, and nowhere else (docs/decisions/private-goals.md). */
async function placesThatMayHear(delivery: Delivery, scope: Scope, goal: Goal): Promise<Conversation[]> {
  const hearers = await delivery.hearers(scope, goal);
  if (!goal.access.private) return hearers.map(hearer => hearer.conversation);
  const heard = await Promise.all(hearers.filter(({ conversation }) => conversation.kind === 'personal').map(async ({ conversation, by }) => {
    const person = await delivery.person(scope, by);
    return person && refusal(person, { do: 'show', goal, where: conversation.kind }) === undefined ? [conversation] : [];
  }));
  return heard.flat();
}

async function deliverComment(delivery: Delivery, scope: Scope, outgoing: Extract<Outgoing, { kind: 'comment' }>): Promise<void> {
  const known = await delivery.goal(scope, outgoing.goal);
  if (!known || known.goal.access.private) return;
  const hearers = new Set((await delivery.hearers(scope, outgoing.goal)).map(hearer => hearer.conversation.id));
  const cards = await delivery.posts.cards(scope, outgoing.goal);
  const places = cards.map(card => card.conversation).filter(place => hearers.has(place.id));
  await toEach(delivery, scope, places, place => sayComment(delivery, scope, outgoing, place));
}

/** Each living card says that its goal was deleted, once and for all, and is forgotten with its thread. */
async function deliverGone(delivery: Delivery, scope: Scope, { goal, title, by, hidden }: Extract<Outgoing, { kind: 'gone' }>): Promise<void> {
  const cards = new Map((await delivery.posts.cards(scope, goal)).map(post => [post.conversation.id, post]));
  await toEach(delivery, scope, [...cards.values()].map(post => post.conversation), async place => {
    const card = cards.get(place.id)!;
    const message: Message = hidden ? { kind: 'goal-hidden' } : { kind: 'goal-gone', title, by };
    if (card.id !== undefined) await delivery.platforms[place.platform].update({ conversation: place, id: card.id }, message, card.mark);
    await delivery.posts.remove(scope, { kind: 'card', goal, conversation: place.id }, card);
  });
}

/** Serves every place, and only then fails for those that could not be served: one full channel does not silence the others. */
async function toEach(delivery: Delivery, scope: Scope, places: Conversation[], say: (place: Conversation) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const place of places) {
    try {
      await say(place);
    } catch (error) {
      if (!(error instanceof DeliveryError)) {
        failures.push(error);
        continue;
      }
      switch (error.remedy.kind) {
        case 'forget': await delivery.forget(scope, place, error.message); break;
        case 'forget-post': await delivery.report(scope, place, error); break;
        case 'retry': failures.push(error); break;
        case 'report': await delivery.report(scope, place, error); break;
      }
    }
  }
  const bug = failures.find(error => !(error instanceof DeliveryError));
  if (failures.length > 0) throw bug ?? longestWait(failures as DeliveryError[]);
}

function longestWait(errors: DeliveryError[]): DeliveryError {
  return errors.toSorted((a, b) => waitOf(b) - waitOf(a))[0]!;
}

function waitOf({ remedy }: DeliveryError): number {
  return remedy.kind === 'retry' ? remedy.afterSeconds : 0;
}

/** Brings the one card of this goal and place up to now, saying it first where there is none. */
async function sayCard(delivery: Delivery, scope: Scope, outgoing: Extract<Outgoing, { kind: 'moved' }>, place: Conversation): Promise<void> {
  const slot: Slot = { kind: 'card', goal: outgoing.goal, conversation: place.id };
  const mark = `card/${outgoing.goal.period}/${outgoing.goal.id}`;
  const draw = async (post: Post): Promise<Message | undefined> => {
    const known = await delivery.goal(scope, outgoing.goal);
    if (!known) return undefined;
    if (known.goal.access.private && !(await placesThatMayHear(delivery, scope, known.goal)).some(one => one.id === place.id)) return { kind: 'goal-hidden' };
    const goal = goalFacts(known);
    return post.changed ? { kind: 'status-changed', goal, from: post.changed.from, at: post.changed.at } : { kind: 'goal', goal };
  };
  const first = async (): Promise<Message | undefined> => {
    const claimed = await claim(delivery, scope, slot, { conversation: place, goal: outgoing.goal, mark });
    if (claimed === 'said') return undefined;
    const row = await tellChange(delivery, scope, slot, claimed.row, outgoing);
    const message = await draw(row.post);
    if (!message) return undefined;
    if (message.kind === 'goal-hidden' && !claimed.again) {
      await delivery.posts.remove(scope, slot, row.post); // private since a moment ago: nothing was said, and nothing will be
      return undefined;
    }
    const how = await sayOnce(delivery, scope, slot, { ...claimed, row }, platform => platform.post(place, message, mark));
    return how === 'said' ? message : undefined;
  };

  const was = await delivery.posts.get(scope, slot);
  if (!was && outgoing.from === undefined) return;
  const shown = was?.post.id === undefined ? await first() : undefined;
  try {
    await keepCurrent(delivery, scope, slot, outgoing, draw, shown);
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.remedy.kind !== 'forget-post') throw error;
    // Somebody deleted the card. A change of status is said anew; anything less is not worth a new card.
    const gone = await delivery.posts.get(scope, slot);
    if (gone) await delivery.posts.remove(scope, slot, gone.post);
    if (outgoing.from !== undefined) await first();
  }
}

/** Edits the card until what it shows is what is: a slower worker may have drawn older facts after us, and then it does the same. */
async function keepCurrent(
  delivery: Delivery, scope: Scope, slot: Slot, outgoing: Extract<Outgoing, { kind: 'moved' }>, draw: (post: Post) => Promise<Message | undefined>,
  saidJustNow: Message | undefined,
): Promise<void> {
  let shown = saidJustNow && JSON.stringify(saidJustNow);
  for (let round = 0; round < mostRedraws; round++) {
    const card = await delivery.posts.get(scope, slot);
    if (!card || card.post.id === undefined) return;
    const told = await tellChange(delivery, scope, slot, card, outgoing);
    const message = await draw(told.post);
    if (!message || JSON.stringify(message) === shown) return;
    const { conversation, mark } = told.post;
    await delivery.platforms[conversation.platform].update({ conversation, id: card.post.id }, message, mark);
    shown = JSON.stringify(message);
  }
  throw new DeliveryError('The goal moves faster than its card can be edited.', { kind: 'retry', afterSeconds: 5 });
}

/** The newest change of status wins, in whatever order deliveries come, so that repeated and late ones draw the same card. */
async function tellChange(
  delivery: Delivery, scope: Scope, slot: Slot, was: Remembered, { from, at }: Extract<Outgoing, { kind: 'moved' }>,
): Promise<Remembered> {
  if (from === undefined || (was.post.changed && was.post.changed.at >= at)) return was;
  return (await delivery.posts.write(scope, slot, { ...was.post, changed: { from, at } }, was)) ?? busy(1);
}

async function sayComment(delivery: Delivery, scope: Scope, outgoing: Extract<Outgoing, { kind: 'comment' }>, place: Conversation): Promise<void> {
  const card = await delivery.posts.get(scope, { kind: 'card', goal: outgoing.goal, conversation: place.id });
  if (!card) return;
  if (card.post.id === undefined) return busy(delivery.claimSeconds ?? usualClaimSeconds);
  const under: PostRef = { conversation: card.post.conversation, id: card.post.id };
  const slot: Slot = { kind: 'reply', goal: outgoing.goal, conversation: place.id, outgoing: outgoing.id };
  const known = await delivery.goal(scope, outgoing.goal);
  if (!known || known.goal.access.private) return;

  const mark = `comment/${outgoing.id}`;
  const claimed = await claim(delivery, scope, slot, { conversation: place, goal: outgoing.goal, mark });
  if (claimed === 'said') return;
  const by = 'name' in outgoing.by ? outgoing.by.name : 'Waymark';
  const message: Message = { kind: 'comment', goal: goalFacts(known), by, text: outgoing.text };
  try {
    await sayOnce(delivery, scope, slot, claimed, platform => platform.reply(under, message, mark), under);
  } catch (error) {
    // The card was deleted, and its thread with it: there is nowhere to carry the comment. The feed has it.
    if (!(error instanceof DeliveryError) || error.remedy.kind !== 'forget-post') throw error;
    await delivery.posts.remove(scope, slot, claimed.row.post);
    await delivery.posts.remove(scope, { kind: 'card', goal: outgoing.goal, conversation: place.id }, card.post);
  }
}

/** The right to say what belongs into a slot. `again`: an earlier try may have said it without our knowing. */
interface Claim { readonly row: Remembered; readonly again: boolean }

/** Makes sure that we and nobody else at this moment may say what belongs into the slot, unless it has been said already. */
async function claim(delivery: Delivery, scope: Scope, slot: Slot, what: Pick<Post, 'conversation' | 'goal' | 'mark'>): Promise<Claim | 'said'> {
  const was = await delivery.posts.get(scope, slot);
  if (was?.post.id !== undefined) return 'said';
  const now = delivery.now();
  const left = was?.post.claimedUntil ? (Date.parse(was.post.claimedUntil) - Date.parse(now)) / 1000 : 0;
  if (left > 0) return busy(Math.ceil(left));
  const claimedUntil = new Date(Date.parse(now) + (delivery.claimSeconds ?? usualClaimSeconds) * 1000).toISOString();
  const row = await delivery.posts.write(scope, slot, { ...(was?.post ?? { since: now }), ...what, claimedUntil }, was);
  return { row: row ?? busy(1), again: was !== undefined };
}

/**
 * Says what the claimed slot stands for, and remembers that it was said. An earlier try may have said it and died before remembering:
 * then it is found by its mark. Where the platform does not let us look, it is said again: at least once, not at most once, because a
 * second card is a nuisance and a change of status that nobody hears of is a loss (docs/decisions/living-card.md).
 */
async function sayOnce(
  delivery: Delivery, scope: Scope, slot: Slot, { row, again }: Claim, say: (platform: Platform) => Promise<PostRef>, under?: PostRef,
): Promise<'said' | 'found'> {
  const { conversation, mark, since } = row.post;
  const platform = delivery.platforms[conversation.platform];
  try {
    const found = again ? await platform.find(conversation, mark, since, under) : undefined;
    const earlier = found === 'unknown' ? undefined : found;
    const { id } = earlier ?? await say(platform);
    const { claimedUntil: _, ...post } = row.post;
    if (!(await delivery.posts.writeSaid(scope, slot, { ...post, id, saidAt: delivery.now() }, row))) return busy(1);
    return earlier ? 'found' : 'said';
  } catch (error) {
    if (error instanceof DeliveryError) await release(delivery, scope, slot, row, error);
    throw error;
  }
}

/** After a refusal that we heard of there is nobody to wait for: the next try may begin at once. */
async function release(delivery: Delivery, scope: Scope, slot: Slot, row: Remembered, error: DeliveryError): Promise<void> {
  if (error.remedy.kind === 'report') return delivery.posts.remove(scope, slot, row.post);
  const { claimedUntil: _, ...post } = row.post;
  await delivery.posts.write(scope, slot, post, row);
}

function busy(afterSeconds: number): never {
  throw new DeliveryError('Somebody else is saying this at the moment.', { kind: 'retry', afterSeconds });
}
