// What we answer and do when something reaches us from a chat: every event through one switch, every answer through permission.ts.
import type { GoalRef } from '../domain/goal.ts';
import type { Person, Scope } from '../domain/organization.ts';
import { type Deed, refusal } from '../domain/permission.ts';
import { type Command, commandHelp, commandOf } from './command.ts';
import type { Event, Speaker } from './event.ts';
import { type KnownGoal, goalFacts } from './facts.ts';
import type { Message } from './message.ts';
import type { Conversation } from './platform.ts';
import type { About, Subscription } from './post.ts';
import { type Comment, commentOf } from './thread.ts';

/** Somebody we know, in the organization that is spoken of. */
export interface Member { scope: Scope; organization: string; person: Person }

/** What a conversation needs of store and sync, handed in by whoever composes the program. */
export interface Memory {
  /** The speaker in their organization, or in the one named; `undefined` for somebody we do not know there. */
  member(by: Speaker, organization?: string): Promise<Member | undefined>;
  /** Current goals by words of their title, best first; without words, all of them. Of private goals those of `viewer`; for `null`, who is everybody, none. */
  search(scope: Scope, viewer: string | null, words: string, page: { skip: number; limit: number }): Promise<KnownGoal[]>;
  goal(scope: Scope, ref: GoalRef): Promise<KnownGoal | undefined>;
  /** Which goal a message of ours is about, and whose; `undefined` when the message is not ours or not about a goal. */
  thread(tenant: string, conversation: string, root: string): Promise<{ scope: Scope; goal: GoalRef } | undefined>;
  /** Carries out `comment.amend` on the feed entry it names, and reads again when somebody else was quicker. */
  comment(scope: Scope, comment: Comment): Promise<void>;
  subscriptions(scope: Scope, conversation: string): Promise<Subscription[]>;
  /** Whether it is new; the same one again changes nothing. */
  subscribe(scope: Scope, subscription: Subscription): Promise<boolean>;
  unsubscribe(scope: Scope, subscription: Subscription): Promise<void>;
  /** Reads the goal's source now; nothing to do for a goal without one. */
  syncNow(scope: Scope, ref: GoalRef, by: Person): Promise<void>;
  /** We were removed from the conversation: nothing of the tenant is said or edited there any more. */
  forget(tenant: string, conversation: string): Promise<void>;
  now(): string;
}

const mostResults = 10;
const examples = commandHelp.map(line => line.say);

/** Answers to what reached us, in the order they are to be said; none where people only talk to each other. */
export async function converse(memory: Memory, event: Event): Promise<Message[]> {
  switch (event.kind) {
    case 'said':
      return [await obeyed(memory, event, commandOf(event.text))];
    case 'replied':
    case 'reply-edited':
    case 'reply-deleted':
      return replied(memory, event);
    case 'searched':
      return [await searched(memory, event)];
    case 'acted':
      return [await acted(memory, event)];
    case 'installed':
      return [{ kind: 'help' }];
    case 'removed':
      await memory.forget(event.by.tenant, event.in.id);
      return [];
  }
}

type Said = Pick<Extract<Event, { kind: 'said' }>, 'by' | 'in'>;

async function obeyed(memory: Memory, said: Said, command: Command, thread?: { scope: Scope; goal: GoalRef }): Promise<Message> {
  if (command.kind === 'help') return { kind: 'help' };
  if (command.kind === 'unknown') return sorry('I did not understand that. This is what I can do:', examples);
  const member = await memory.member(said.by, thread?.scope.organization);
  if (!member) return unknownPerson(said.by);
  switch (command.kind) {
    case 'search': return found(memory, member, said.in, command.words, { skip: 0, limit: mostResults });
    case 'status': return stands(memory, member, said.in, command.words, thread?.goal);
    case 'subscribe': return subscribed(memory, member, said, command.words);
    case 'unsubscribe': return unsubscribed(memory, member, said, command.words);
    case 'subscriptions': {
      const all = await heardHere(memory, member, said.in);
      return { kind: 'subscriptions', about: all.map(one => one.name), where: said.in.name };
    }
  }
}

async function replied(memory: Memory, event: Extract<Event, { root: string }>): Promise<Message[]> {
  const thread = await memory.thread(event.by.tenant, event.in.id, event.root);
  if (event.kind !== 'reply-deleted' && event.mentionsUs) {
    const command = commandOf(event.text);
    if (command.kind !== 'unknown' || !thread) return event.kind === 'replied' ? [await obeyed(memory, event, command, thread)] : [];
  }
  if (!thread || (event.kind !== 'reply-deleted' && event.text === '')) return [];
  const member = await memory.member(event.by, thread.scope.organization);
  const known = member && await memory.goal(thread.scope, thread.goal);
  if (!known) return [];
  // In a thread of a goal that has become private nothing more is written down; but what people take back is taken back.
  const isHeard = event.kind === 'reply-deleted' || (may(member, { do: 'comment', goal: known.goal }) && may(member, { do: 'show', goal: known.goal, where: event.in.kind }));
  if (!isHeard) return [];
  await memory.comment(thread.scope, commentOf(event, thread.goal));
  return [];
}

async function searched(memory: Memory, event: Extract<Event, { kind: 'searched' }>): Promise<Message> {
  const member = await memory.member(event.by);
  if (!member) return unknownPerson(event.by);
  return found(memory, member, event.in, event.text, { skip: event.skip, limit: event.limit });
}

async function acted(memory: Memory, event: Extract<Event, { kind: 'acted' }>): Promise<Message> {
  const member = await memory.member(event.by);
  if (!member) return unknownPerson(event.by);
  const known = await memory.goal(member.scope, event.goal);
  // The same sentence for "not there" and "not yours": a card tells nobody what exists.
  if (!known || !may(member, { do: 'show', goal: known.goal, where: event.in.kind })) {
    return sorry('This goal is not there any more, or you may not see it here.', ['search <words>', 'status']);
  }
  if (event.act === 'refresh') return { kind: 'goal', goal: goalFacts(known) };
  const refused = refusal(member.person, { do: 'sync', goal: known.goal });
  if (refused) return sorry(refused, ['status']);
  await memory.syncNow(member.scope, event.goal, member.person);
  return { kind: 'goal', goal: goalFacts(await memory.goal(member.scope, event.goal) ?? known) };
}

async function found(memory: Memory, member: Member, place: Conversation, words: string, page: { skip: number; limit: number }): Promise<Message> {
  const goals = await memory.search(member.scope, readerIn(place, member), words, { skip: page.skip, limit: page.limit + 1 });
  const facts = shownIn(place, member, goals.slice(0, page.limit)).map(goalFacts);
  if (facts.length === 0 && page.skip === 0) return nothingFound(place, words);
  return { kind: 'search-results', query: words, goals: facts, more: goals.length > page.limit };
}

/** One goal as a card where the words, or the thread, name one; else the list to choose from. */
async function stands(memory: Memory, member: Member, place: Conversation, words: string, thread: GoalRef | undefined): Promise<Message> {
  if (words === '' && thread) {
    const known = await memory.goal(member.scope, thread);
    if (known && shownIn(place, member, [known]).length === 1) return { kind: 'goal', goal: goalFacts(known) };
  }
  const goals = await choices(memory, member, place, words);
  if (goals.length === 0) return nothingFound(place, words);
  const one = theOne(goals, words);
  if (one) return { kind: 'goal', goal: goalFacts(one) };
  return { kind: 'search-results', query: words, goals: goals.slice(0, mostResults).map(goalFacts), more: goals.length > mostResults };
}

async function subscribed(memory: Memory, member: Member, said: Said, words: string): Promise<Message> {
  const one = words === '' ? undefined : await oneGoal(memory, member, said.in, words);
  if (one && 'kind' in one) return one;
  const refused = refusal(member.person, { do: 'subscribe', where: said.in.kind, ...(one ? { goal: one.goal } : {}) });
  if (refused) return sorry(refused, ['help']);
  const about: About = one ? { kind: 'goal', goal: { period: one.goal.period, id: one.goal.id }, title: one.goal.title } : { kind: 'organization' };
  const { id, name } = member.person;
  const isNew = await memory.subscribe(member.scope, { conversation: said.in, about, by: { id, name }, at: memory.now() });
  return { kind: 'subscribed', about: nameOf(about, member), where: said.in.name, already: !isNew };
}

async function oneGoal(memory: Memory, member: Member, place: Conversation, words: string): Promise<KnownGoal | Extract<Message, { kind: 'sorry' }>> {
  const goals = await choices(memory, member, place, words);
  if (goals.length === 0) return nothingFound(place, words);
  return theOne(goals, words) ?? sorry(`Several goals match “${shown(words)}”. Which one do you mean?`, goals.slice(0, 5).map(known => `subscribe ${known.goal.title}`));
}

/** Always answers, and never with an error: to be rid of something must not be hard. */
async function unsubscribed(memory: Memory, member: Member, said: Said, words: string): Promise<Message> {
  const all = await heardHere(memory, member, said.in);
  const wanted = words.toLowerCase();
  const titled = all.filter(one => one.subscription.about.kind === 'goal' && one.name.toLowerCase().includes(wanted));
  const exact = titled.filter(one => one.name.toLowerCase() === wanted);
  const meant = words === '' ? all : exact.length > 0 ? exact : titled;
  if (words !== '' && meant.length > 1) {
    return sorry(`Several goals here match “${shown(words)}”. Which one do you mean?`, meant.slice(0, 5).map(one => `unsubscribe ${one.name}`));
  }
  for (const one of meant) await memory.unsubscribe(member.scope, one.subscription);
  const about = words === '' ? `goals of ${member.organization}` : meant[0]?.name ?? `“${shown(words)}”`;
  return { kind: 'unsubscribed', about, where: said.in.name, was: meant.length > 0 };
}

/** What a conversation hears about, by names that may be said in it: a goal may have become private, or be no more, since somebody subscribed. */
async function heardHere(memory: Memory, member: Member, place: Conversation): Promise<{ subscription: Subscription; name: string }[]> {
  const all = await memory.subscriptions(member.scope, place.id);
  return Promise.all(all.map(async subscription => {
    const { about } = subscription;
    const known = about.kind === 'goal' ? await memory.goal(member.scope, about.goal) : undefined;
    const hidden = about.kind === 'goal' && (known === undefined || shownIn(place, member, [known]).length === 0);
    return { subscription, name: hidden ? (known ? 'a private goal' : 'a goal that was deleted') : nameOf(about, member) };
  }));
}

async function choices(memory: Memory, member: Member, place: Conversation, words: string): Promise<KnownGoal[]> {
  return shownIn(place, member, await memory.search(member.scope, readerIn(place, member), words, { skip: 0, limit: mostResults + 1 }));
}

function theOne(goals: KnownGoal[], words: string): KnownGoal | undefined {
  if (goals.length === 1) return goals[0];
  const exact = goals.filter(known => known.goal.title.toLowerCase() === words.toLowerCase());
  return exact.length === 1 ? exact[0] : undefined;
}

/** Those that may be shown there to this person. In a channel or group, where others read along, none is private. */
/** Who reads what is found; `null` where others read along. `shownIn` decides what is shown: this only keeps what is not from taking a place on the page. */
function readerIn(place: Conversation, { person }: Member): string | null {
  return place.kind === 'personal' ? person.id : null;
}

function shownIn(place: Conversation, member: Member, goals: KnownGoal[]): KnownGoal[] {
  return goals.filter(known => may(member, { do: 'show', goal: known.goal, where: place.kind }));
}

function may(member: Member, deed: Deed): boolean {
  return refusal(member.person, deed) === undefined;
}

function nameOf(about: About, member: Member): string {
  return about.kind === 'goal' ? about.title : `all goals of ${member.organization}`;
}

function sorry(text: string, tryInstead: string[]): Extract<Message, { kind: 'sorry' }> {
  return { kind: 'sorry', text, tryInstead };
}

function nothingFound(place: Conversation, words: string) {
  return words === ''
    ? sorry('There are no goals in the current period yet. Open Waymark to add the first one.', ['help'])
    : sorry(`No goal of the current period matches “${shown(words)}”. Try fewer or other words${place.kind === 'personal' ? '' : '; of private goals I speak in our own chat alone'}.`, ['search', 'status', 'help']);
}

function unknownPerson(by: Speaker) {
  return sorry(`${by.name}, you are not a member of an organization in Waymark yet. Open the Waymark tab to join, or ask your admin to add you.`, ['help']);
}

function shown(words: string): string {
  return words.length > 80 ? `${words.slice(0, 79)}…`.toWellFormed() : words;
}
