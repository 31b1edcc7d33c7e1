// The people's side of the Teams double: what they do becomes the activity Teams would send, posted to the bot.
import { z } from 'zod';
import { escapeHtml } from './teams-connector.ts';
import type { Attachment, History, Message } from './teams-history.ts';
import type { Conversation, Person, World } from './teams-world.ts';

/** What people write: plain words, or words that mention the bot. */
export type Saying = string | { mention: boolean; text: string };

/** A button of a card, as it stands in the card's JSON, with the card's inputs already in `data`. */
export const CardAction = z.looseObject({
  type: z.enum(['Action.Execute', 'Action.Submit']),
  id: z.string().optional(),
  title: z.string().optional(),
  verb: z.string().optional(),
  data: z.unknown().optional(),
});
export type CardAction = z.infer<typeof CardAction>;

/** What a button brought: a card to show instead (to the person who pressed), a sentence, or nothing. */
export type Pressed = { kind: 'card'; card: unknown } | { kind: 'message'; text: string } | { kind: 'nothing' };

/** One hit of the message extension: the card it inserts, and what its line in the list says. */
export interface Found { attachment: Attachment; title: string; text: string }
/** `note` is what the bot says instead of, or about, the hits. */
export interface FoundPage { hits: Found[]; note?: string }

/** The message extension as the manifest declares it. */
export interface Extension { commandId: string; parameter: string }

export interface Delivery {
  /** How often the same activity arrives, as Teams repeats what the bot did not answer in 15 s. */
  repeat?: number;
}

export interface People {
  /** Says something in a conversation. Resolves when the bot has answered; what was said stands even when the bot fails. */
  say(person: Person, conversation: Conversation, saying: Saying, delivery?: Delivery): Promise<Message>;
  /** In channels: into the thread of `message`. In chats, which have no threads: quoting it. */
  reply(person: Person, message: Message, saying: Saying, delivery?: Delivery): Promise<Message>;
  editMessage(person: Person, message: Message, text: string, delivery?: Delivery): Promise<void>;
  deleteMessage(person: Person, message: Message, delivery?: Delivery): Promise<void>;
  /** `kind` is Teams' name of the reaction, such as `like` or `heart`. */
  react(person: Person, message: Message, kind: string, on?: boolean): Promise<void>;
  /** Presses a button on a card, named by its title or given as a whole. */
  press(person: Person, message: Message, action: string | CardAction, delivery?: Delivery): Promise<Pressed>;
  /** Types into the message extension's box; empty text is the box just opened. */
  search(person: Person, text: string, at?: { conversation?: Conversation; skip?: number; count?: number }): Promise<FoundPage>;
  /** Posts a hit as a message of that person. */
  insert(person: Person, conversation: Conversation, attachment: Attachment, root?: Message): Promise<Message>;
  /** Brings the bot into a conversation, or takes it out. */
  install(conversation: Conversation, by?: Person): Promise<void>;
  uninstall(conversation: Conversation, by?: Person): Promise<void>;
}

/** The bot did not take an activity: it answered with an error, with something Teams does not understand, or not at all. */
export class BotFailed extends Error {
  override readonly name = 'BotFailed';
  readonly status: number | undefined;
  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export interface Outfit {
  readonly world: World;
  readonly history: History;
  readonly now: () => Date;
  /** Where activities go. */
  readonly bot: () => string;
  readonly serviceUrl: string;
  readonly tokenFor: ((serviceUrl: string) => Promise<string>) | undefined;
  /** Whether resource-specific consent lets the bot hear what does not mention it. */
  readonly rsc: boolean;
  readonly extension: Extension;
  /** Seconds until Teams gives up on an answer. */
  readonly patience: number;
}

interface Activity { serviceUrl: string; [part: string]: unknown }

const CardResponse = z.object({ statusCode: z.number(), type: z.string(), value: z.unknown().optional() });
const SearchResponse = z.object({
  composeExtension: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('result'),
      attachmentLayout: z.enum(['list', 'grid']).optional(),
      attachments: z.array(z.looseObject({ contentType: z.string(), content: z.unknown(), preview: z.looseObject({ contentType: z.string(), content: z.unknown() }).optional() })),
    }),
    z.object({ type: z.literal('message'), text: z.string() }),
  ]),
}).optional();

export function people(outfit: Outfit): People {
  const { world, history } = outfit;
  const say = async (person: Person, place: Conversation, saying: Saying, delivery: Delivery = {}, more: Partial<Message> = {}) => {
    mustBelong(person, place);
    const { mention, text } = typeof saying === 'string' ? { mention: false, text: saying } : saying;
    const message = history.add({ conversation: place.id, by: person.id, text, mentionsBot: mention, ...more });
    if (hears(outfit, place, message)) await deliver(outfit, messageActivity(outfit, person, place, message), delivery);
    return message;
  };
  const placeOf = (message: Message) => world.conversations.find(one => one.id === message.conversation)!;
  const thread = (message: Message) => placeOf(message).kind === 'channel' ? { root: message.root ?? message.id } : { quotes: message.id };

  const changed = async (person: Person, message: Message, event: 'editMessage' | 'softDeleteMessage', delivery: Delivery = {}) => {
    const place = placeOf(message);
    if (!hears(outfit, place, message)) return;
    const activity = messageActivity(outfit, person, place, message);
    await deliver(outfit, {
      ...activity,
      type: event === 'editMessage' ? 'messageUpdate' : 'messageDelete',
      timestamp: message.deletedAt ?? message.editedAt, // of the change; the id still tells when the message was written
      ...(event === 'softDeleteMessage' && { text: undefined, attachments: [] }),
      channelData: { ...activity.channelData, eventType: event },
    }, delivery);
  };

  const presence = async (place: Conversation, by: Person, there: boolean) => {
    history.setBot(place.id, there);
    const bot = { id: `28:${world.bot.appId}` };
    const activity = activityIn(outfit, by, place);
    const channelData = {
      ...activity.channelData,
      ...(place.kind === 'channel' && {
        eventType: there ? 'teamMemberAdded' : 'teamMemberRemoved',
        team: { id: world.team.id, aadGroupId: world.team.groupId, name: world.team.name },
        settings: { selectedChannel: { id: place.id } },
      }),
    };
    await deliver(outfit, { ...activity, channelData, type: 'conversationUpdate', [there ? 'membersAdded' : 'membersRemoved']: [bot] });
    await deliver(outfit, { ...activity, channelData, id: unique(), type: 'installationUpdate', action: there ? 'add' : 'remove' });
  };

  return {
    say: (person, place, saying, delivery) => say(person, place, saying, delivery),
    reply: (person, message, saying, delivery) => say(person, placeOf(message), saying, delivery, thread(message)),
    editMessage: async (person, message, text, delivery) => {
      mustOwn(person, message);
      history.edit(message, { text, attachments: message.attachments });
      await changed(person, message, 'editMessage', delivery);
    },
    deleteMessage: async (person, message, delivery) => {
      mustOwn(person, message);
      history.remove(message);
      await changed(person, message, 'softDeleteMessage', delivery);
    },
    react: async (person, message, kind, on = true) => {
      const place = placeOf(message);
      mustBelong(person, place);
      history.react(message, person.id, kind, on);
      if (message.by !== 'bot' || !history.hasBot(place.id)) return;
      const activity = activityIn(outfit, person, place, message.root ?? message.id);
      await deliver(outfit, { ...activity, type: 'messageReaction', replyToId: message.id, [on ? 'reactionsAdded' : 'reactionsRemoved']: [{ type: kind }] });
    },
    press: async (person, message, action, delivery) => {
      const place = placeOf(message);
      mustBelong(person, place);
      const pressed = typeof action === 'string' ? actionNamed(message, action) : action;
      const activity = { ...activityIn(outfit, person, place, message.root ?? message.id), replyToId: message.id };
      if (pressed.type === 'Action.Submit') {
        await deliver(outfit, { ...activity, type: 'message', text: undefined, value: pressed.data }, delivery);
        return { kind: 'nothing' };
      }
      const { id, title, verb, data } = pressed;
      const value = { action: { type: 'Action.Execute', ...(id && { id }), ...(title && { title }), verb, data }, trigger: 'manual' };
      return cardResponse(await deliver(outfit, { ...activity, type: 'invoke', name: 'adaptiveCard/action', value }, delivery));
    },
    search: async (person, text, at = {}) => {
      const place = at.conversation ?? world.conversations.find(one => one.kind === 'personal' && one.members.includes(person.id))!;
      mustBelong(person, place);
      const { commandId, parameter } = outfit.extension;
      const parameters = text === '' ? [{ name: 'initialRun', value: 'true' }] : [{ name: parameter, value: text }];
      const value = { commandId, parameters, queryOptions: { skip: at.skip ?? 0, count: at.count ?? 25 } };
      return searchResponse(await deliver(outfit, { ...activityIn(outfit, person, place), type: 'invoke', name: 'composeExtension/query', value }));
    },
    insert: (person, place, attachment, root) => say(person, place, '', {}, { attachments: [attachment], ...(root && thread(root)) }),
    install: (place, by = world.people[0]!) => presence(place, by, true),
    uninstall: (place, by = world.people[0]!) => presence(place, by, false),
  };
}

/** Bots hear what is said to them, and with resource-specific consent everything in their channels and chats. */
function hears({ history, rsc }: Outfit, place: Conversation, message: Message): boolean {
  if (!history.hasBot(place.id)) return false;
  return place.kind === 'personal' || message.mentionsBot || rsc;
}

/** What every activity has in common. `root` is the message whose thread it belongs to, in channels. */
function activityIn({ world, now, serviceUrl }: Outfit, person: Person, place: Conversation, root?: string) {
  const at = now().toISOString();
  const channel = place.kind === 'channel';
  return {
    id: unique(),
    channelId: 'msteams',
    serviceUrl,
    timestamp: at,
    localTimestamp: at,
    locale: 'en-US',
    from: { id: person.account, name: person.name, aadObjectId: person.id },
    recipient: { id: `28:${world.bot.appId}`, name: world.bot.name },
    conversation: {
      id: channel && root ? `${place.id};messageid=${root}` : place.id,
      conversationType: { channel: 'channel', group: 'groupChat', personal: 'personal' }[place.kind],
      tenantId: world.tenant.id,
      ...(place.kind !== 'personal' && { isGroup: true }),
    },
    entities: [{ type: 'clientInfo', locale: 'en-US', country: 'US', platform: 'Web', timezone: 'Etc/UTC' }] as object[],
    channelData: {
      tenant: { id: world.tenant.id },
      ...(channel && { teamsChannelId: place.id, teamsTeamId: world.team.id, channel: { id: place.id }, team: { id: world.team.id } }),
    },
  };
}

function messageActivity(outfit: Outfit, person: Person, place: Conversation, message: Message) {
  const { world, history } = outfit;
  const activity = activityIn(outfit, person, place, message.root ?? message.id);
  const mention = `<at>${world.bot.name}</at>`;
  const quoted = message.quotes ? history.find(place.id, message.quotes) : undefined;
  return {
    ...activity,
    type: 'message',
    id: message.id,
    timestamp: message.at,
    localTimestamp: message.at,
    textFormat: 'plain',
    text: message.mentionsBot ? `${mention} ${message.text}` : message.text,
    attachments: [...message.attachments, { contentType: 'text/html', content: html(world, message, quoted) }],
    ...(message.root && { replyToId: message.root }),
    ...(message.mentionsBot && { entities: [{ type: 'mention', mentioned: { id: `28:${world.bot.appId}`, name: world.bot.name }, text: mention }, ...activity.entities] }),
  };
}

/** Teams sends every message a second time as HTML; in chats only there it says which message is quoted. */
function html(world: World, message: Message, quoted: Message | undefined): string {
  const quote = quoted && `<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="${quoted.id}">` +
    `<strong itemprop="mri">${escapeHtml(nameOf(world, quoted.by))}</strong><p itemprop="preview">${escapeHtml(quoted.text)}</p></blockquote>`;
  const mention = message.mentionsBot ? `<span itemscope itemtype="http://schema.skype.com/Mention" itemid="0">${escapeHtml(world.bot.name)}</span>&nbsp;` : '';
  return `${quote ?? ''}<p>${mention}${escapeHtml(message.text)}</p>`;
}

export function nameOf(world: World, by: string): string {
  return world.people.find(one => one.id === by)?.name ?? world.bot.name;
}

/** Posts the activity, once or more; answers what the bot answered to the first. */
async function deliver({ bot, tokenFor, patience }: Outfit, activity: Activity, { repeat = 1 }: Delivery = {}): Promise<unknown> {
  const answers: unknown[] = [];
  for (let time = 0; time < repeat; time += 1) {
    const headers = { 'Content-Type': 'application/json', ...(tokenFor && { Authorization: `Bearer ${await tokenFor(activity.serviceUrl)}` }) };
    const response = await fetch(bot(), { method: 'POST', headers, body: JSON.stringify(activity), signal: AbortSignal.timeout(patience * 1000) })
      .catch(error => { throw new BotFailed(`The bot at ${bot()} did not answer.`, undefined, { cause: error }); });
    const text = await response.text();
    if (!response.ok) throw new BotFailed(`The bot answered ${response.status}: ${text.slice(0, 500)}`, response.status);
    answers.push(text === '' ? undefined : understood(text));
  }
  return answers[0];
}

function understood(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BotFailed('The bot answered something that is not JSON.', 200, { cause: error });
  }
}

function cardResponse(answer: unknown): Pressed {
  const parsed = CardResponse.safeParse(answer);
  if (!parsed.success) throw new BotFailed(`The bot answered a button in a shape that Teams does not know: ${z.prettifyError(parsed.error)}`, 200);
  const { statusCode, type, value } = parsed.data;
  switch (type) {
    case 'application/vnd.microsoft.card.adaptive': return { kind: 'card', card: value };
    case 'application/vnd.microsoft.activity.message': return { kind: 'message', text: String(value) };
    default: throw new BotFailed(`The bot answered a button with ${statusCode} ${type}: ${JSON.stringify(value)}`, statusCode);
  }
}

function searchResponse(answer: unknown): FoundPage {
  const parsed = SearchResponse.safeParse(answer);
  if (!parsed.success) throw new BotFailed(`The bot answered a search in a shape that Teams does not know: ${z.prettifyError(parsed.error)}`, 200);
  const found = parsed.data?.composeExtension;
  if (!found) return { hits: [] };
  if (found.type === 'message') return { hits: [], note: found.text };
  return { hits: found.attachments.map(({ contentType, content, preview }) => ({ attachment: { contentType, content }, ...headline(preview?.content ?? content) })) };
}

/** Hero and thumbnail cards, which previews are, say their line themselves. */
function headline(preview: unknown): { title: string; text: string } {
  const line = z.looseObject({ title: z.string().optional(), subtitle: z.string().optional(), text: z.string().optional() }).safeParse(preview);
  const { title = '', subtitle = '', text = '' } = line.success ? line.data : {};
  return { title: title || 'Card', text: [subtitle, text].filter(Boolean).join(' · ') };
}

function actionNamed(message: Message, title: string): CardAction {
  const found = message.attachments.flatMap(({ content }) => actionsIn(content)).find(action => action.title === title);
  if (!found) throw new Error(`The card has no button "${title}".`);
  return found;
}

/** Every pressable action in a card, wherever it stands. */
function actionsIn(part: unknown): CardAction[] {
  if (Array.isArray(part)) return part.flatMap(actionsIn);
  if (typeof part !== 'object' || part === null) return [];
  const action = CardAction.safeParse(part);
  return [...(action.success ? [action.data] : []), ...Object.values(part).flatMap(actionsIn)];
}

function mustBelong(person: Person, place: Conversation): void {
  if (!place.members.includes(person.id)) throw new Error(`${person.name} is not in "${place.name}".`);
}

function mustOwn(person: Person, message: Message): void {
  if (message.by !== person.id || message.deletedAt) throw new Error(`${person.name} cannot change this message.`);
}

function unique(): string {
  return `f:${crypto.randomUUID()}`;
}
