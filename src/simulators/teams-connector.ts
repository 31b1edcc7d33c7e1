// The service side of the Teams double: the Bot Connector's REST calls and Graph's reading of messages, as strict as the vendor's.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { z } from 'zod';
import type { History, Message } from './teams-history.ts';
import type { Conversation, Person, World } from './teams-world.ts';

/** One request that reached the double, with what it answered. `status` is 0 when the answer was withheld. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
  readonly status: number;
  readonly at: string;
}

/**
 * Something that goes wrong in Teams. `answer-lost` does what was asked and then breaks the connection without an answer;
 * all others do nothing. `times` is 1 unless told; `when` picks the calls it meets.
 */
export interface Fault {
  readonly kind: 'too-many' | 'precondition-failed' | 'bad-gateway' | 'blocked' | 'gone' | 'answer-lost';
  readonly times?: number;
  /** Seconds; for `too-many`. */
  readonly retryAfter?: number;
  readonly when?: (call: { method: string; path: string; conversation: string | undefined }) => boolean;
}

export interface Service {
  readonly world: World;
  readonly history: History;
  readonly now: () => Date;
  readonly authorize: ((header: string | undefined, service: 'connector' | 'graph') => boolean) | undefined;
  /** Whether the documented limits per conversation hold. */
  readonly limits: boolean;
}

export interface Connector {
  answer(req: IncomingMessage, res: ServerResponse): Promise<void>;
  readonly calls: Call[];
  /** Lets the coming calls fail; the function it returns ends that. */
  fail(fault: Fault): () => void;
}

class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | undefined;
  constructor(status: number, code: string, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** Documented for Teams: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages */
const largestActivity = 28 * 1024;
/** Of one bot in one conversation: seconds, and how many messages may be sent within them. */
const sendLimits = [[1, 7], [2, 8], [30, 60], [3600, 1800]] as const;
const faultAnswers = {
  'too-many': [429, 'TooManyRequests', 'API calls quota exceeded.'],
  'precondition-failed': [412, 'PreconditionFailed', 'The conversation changed meanwhile. Try again.'],
  'bad-gateway': [502, 'BadGateway', 'The service behind this one did not answer.'],
  blocked: [403, 'MessageWritesBlocked', 'The bot is blocked in this conversation.'],
  gone: [404, 'ConversationNotFound', 'Conversation not found.'],
} as const;

const Card = z.looseObject({ type: z.literal('AdaptiveCard'), version: z.string().regex(/^1\.\d+$/) });
const CardAttachment = z.looseObject({
  contentType: z.string(),
  content: z.unknown().optional(),
  name: z.string().optional(),
}).superRefine((attachment, context) => {
  if (attachment.contentType !== 'application/vnd.microsoft.card.adaptive') return;
  const card = Card.safeParse(attachment.content);
  if (!card.success) context.addIssue({ code: 'custom', path: ['content'], message: `not an Adaptive Card: ${z.prettifyError(card.error)}` });
});
const Activity = z.looseObject({
  type: z.enum(['message', 'typing']),
  text: z.string().nullish(),
  attachments: z.array(CardAttachment).nullish(),
}).refine(activity => activity.type === 'typing' || Boolean(activity.text) || Boolean(activity.attachments?.length), 'A message needs text or attachments.');
type Activity = z.infer<typeof Activity>;

const NewConversation = z.looseObject({
  isGroup: z.boolean().optional(),
  members: z.array(z.looseObject({ id: z.string() })).optional(),
  tenantId: z.string().optional(),
  activity: z.unknown().optional(),
  channelData: z.looseObject({
    channel: z.looseObject({ id: z.string() }).optional(),
    tenant: z.looseObject({ id: z.string() }).optional(),
  }).optional(),
});

interface Request { params: readonly string[]; query: URLSearchParams; body: unknown; base: string }
interface Answered { status: number; body?: unknown }
type Handler = (request: Request) => Answered;

export function connector(service: Service): Connector {
  const calls: Call[] = [];
  const faults: { fault: Fault; left: number }[] = [];
  const sent = new Map<string, number[]>();
  const routes = [...botRoutes(service), ...graphRoutes(service)];

  const takeFault = (call: Parameters<NonNullable<Fault['when']>>[0]) => {
    const found = faults.find(({ fault, left }) => left > 0 && (fault.when?.(call) ?? true));
    if (found) found.left -= 1;
    return found?.fault;
  };

  const limit = (conversation: string) => {
    const at = service.now().getTime();
    const times = (sent.get(conversation) ?? []).filter(time => at - time < 3_600_000);
    for (const [seconds, most] of sendLimits) {
      const within = times.filter(time => at - time < seconds * 1000);
      if (within.length < most) continue;
      const wait = Math.ceil((within[within.length - most]! + seconds * 1000 - at) / 1000);
      throw new Refused(429, 'TooManyRequests', `API calls quota exceeded: at most ${most} in ${seconds} s.`, Math.max(1, wait));
    }
    sent.set(conversation, [...times, at]);
  };

  const work = (method: string, url: URL, body: unknown, authorization: string | undefined): Answered & { lost?: boolean } => {
    const kind = url.pathname.startsWith('/v1.0/') ? 'graph' : 'connector';
    if (service.authorize && !service.authorize(authorization, kind)) {
      throw new Refused(401, kind === 'graph' ? 'InvalidAuthenticationToken' : 'Unauthorized', 'Authorization has been denied for this request.');
    }
    const here = routes.flatMap(route => {
      const match = route.path.exec(url.pathname);
      return match ? [{ route, params: match.slice(1).map(decode) }] : [];
    });
    const found = here.find(({ route }) => route.method === method);
    if (!found && here.length > 0) throw new Refused(405, 'MethodNotAllowed', `${method} is not supported on ${url.pathname}.`);
    if (!found) throw new Refused(404, 'NotFound', `No such resource: ${url.pathname}`);

    const conversation = /^\/v3\/conversations\/[^/]/.test(url.pathname) ? base(found.params[0]!) : undefined;
    const fault = takeFault({ method, path: url.pathname, conversation });
    if (fault && fault.kind !== 'answer-lost') {
      const [status, code, message] = faultAnswers[fault.kind];
      throw new Refused(status, code, message, fault.kind === 'too-many' ? (fault.retryAfter ?? 1) : undefined);
    }
    if (service.limits && conversation && (method === 'POST' || method === 'PUT')) limit(conversation);
    const answered = found.route.handle({ params: found.params, query: url.searchParams, body, base: url.origin });
    return { ...answered, lost: fault?.kind === 'answer-lost' };
  };

  return {
    calls,
    fail: fault => {
      const entry = { fault, left: fault.times ?? 1 };
      faults.push(entry);
      return () => { entry.left = 0; };
    },
    answer: async (req, res) => {
      const url = new URL(req.url!, `http://${req.headers.host}`);
      const method = req.method!;
      const text = await textOf(req);
      const record = (status: number, body: unknown) =>
        calls.push({ method, path: url.pathname + url.search, body, authorization: req.headers.authorization, status, at: service.now().toISOString() });
      let body: unknown;
      try {
        body = parse(text);
        if (Buffer.byteLength(text) > largestActivity) {
          throw new Refused(413, 'MessageSizeTooBig', `Message size too large: ${Buffer.byteLength(text)} bytes, at most ${largestActivity}.`);
        }
        const answered = work(method, url, body, req.headers.authorization);
        record(answered.lost ? 0 : answered.status, body);
        if (answered.lost) res.destroy();
        else send(res, answered.status, answered.body);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        record(error.status, body);
        if (error.retryAfter !== undefined) res.setHeader('Retry-After', String(error.retryAfter));
        send(res, error.status, { error: { code: error.code, message: error.message } });
      }
    },
  };
}

interface Route { method: string; path: RegExp; handle: Handler }
/** `*` stands for one segment of the path. */
const route = (method: string, path: string, handle: Handler): Route =>
  ({ method, path: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '([^/]+)')}$`), handle });

function botRoutes({ world, history }: Service): Route[] {
  const conversation = (address: string): Conversation => {
    const found = world.conversations.find(one => one.id === base(address));
    if (!found) throw new Refused(404, 'ConversationNotFound', 'Conversation not found.');
    if (!history.hasBot(found.id)) throw new Refused(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.');
    return found;
  };

  /** The message a thread hangs on. Chats have no threads, and a channel's root must exist. */
  const threadOf = (address: string, place: Conversation): string | undefined => {
    const root = rootIn(address);
    if (root === undefined) return undefined;
    const message = history.find(place.id, root);
    if (place.kind !== 'channel' || !message || message.root) throw new Refused(404, 'ConversationNotFound', `No thread ${root} in this conversation.`);
    return root;
  };

  const say = (address: string, body: unknown): Answered => {
    const place = conversation(address);
    const root = threadOf(address, place);
    const activity = activityOf(body);
    if (activity.type === 'typing') return { status: 202, body: {} };
    const message = history.add({ conversation: place.id, by: 'bot', ...(root && { root }), ...wordsOf(activity) });
    return { status: 201, body: { id: message.id } };
  };

  const own = (address: string, id: string): Message => {
    const message = history.find(conversation(address).id, id);
    if (!message || message.deletedAt) throw new Refused(404, 'ActivityNotFoundInConversation', `No activity ${id} in this conversation.`);
    if (message.by !== 'bot') throw new Refused(403, 'ForbiddenOperationException', 'A bot may change only its own messages.');
    return message;
  };

  const create = (body: unknown): Answered => {
    const wanted = checked(NewConversation, body);
    const tenant = wanted.tenantId ?? wanted.channelData?.tenant?.id;
    if (tenant !== undefined && tenant !== world.tenant.id) throw new Refused(403, 'Forbidden', 'The bot is not installed in that tenant.');
    const channel = wanted.channelData?.channel?.id;
    if (channel !== undefined) {
      if (conversation(channel).kind !== 'channel') throw badArgument('channelData.channel.id is not a channel.');
      if (wanted.activity === undefined) throw badArgument('A new thread needs an activity.');
      const { id } = say(base(channel), wanted.activity).body as { id: string };
      return { status: 201, body: { id: `${base(channel)};messageid=${id}`, activityId: id } };
    }
    if (wanted.isGroup) throw badArgument('Bots cannot create group chats.');
    if (wanted.members?.length !== 1) throw badArgument('A personal chat has exactly one member besides the bot.');
    const member = accountOf(world, wanted.members[0]!.id);
    const chat = member && world.conversations.find(one => one.kind === 'personal' && one.members.includes(member.id));
    if (!chat) throw new Refused(403, 'BotNotInConversationRoster', 'That person is not in the tenant or has not got the app.');
    const first = wanted.activity === undefined ? undefined : (say(chat.id, wanted.activity).body as { id: string }).id;
    return { status: 201, body: { id: chat.id, ...(first && { activityId: first }) } };
  };

  const members = (address: string) => conversation(address).members.map(id => account(world, world.people.find(one => one.id === id)!));
  const team = (id: string) => {
    if (id !== world.team.id) throw new Refused(404, 'NotFound', 'Team not found.');
    return world.conversations.filter(one => one.kind === 'channel');
  };

  return [
    route('POST', '/v3/conversations', ({ body }) => create(body)),
    route('POST', '/v3/conversations/*/activities', ({ params, body }) => say(params[0]!, body)),
    // The activity replied to may be any id: in proactive turns botbuilder makes one up. The thread is told by the conversation's id.
    route('POST', '/v3/conversations/*/activities/*', ({ params, body }) => say(params[0]!, body)),
    route('PUT', '/v3/conversations/*/activities/*', ({ params, body }) => {
      const message = own(params[0]!, params[1]!);
      history.edit(message, wordsOf(activityOf(body)));
      return { status: 200, body: { id: message.id } };
    }),
    route('DELETE', '/v3/conversations/*/activities/*', ({ params }) => {
      history.remove(own(params[0]!, params[1]!));
      return { status: 200 };
    }),
    route('GET', '/v3/conversations/*/members', ({ params }) => ({ status: 200, body: members(params[0]!) })),
    route('GET', '/v3/conversations/*/pagedmembers', ({ params, query }) => {
      const page = pageOf(members(params[0]!), Number(query.get('pageSize') ?? 50), query.get('continuationToken'));
      return { status: 200, body: { members: page.rows, ...(page.next && { continuationToken: page.next }) } };
    }),
    route('GET', '/v3/conversations/*/members/*', ({ params }) => {
      const found = members(params[0]!).find(one => one.id === params[1] || one.aadObjectId === params[1]);
      if (!found) throw new Refused(404, 'MemberNotFoundInConversation', 'Member not found in conversation.');
      return { status: 200, body: found };
    }),
    route('GET', '/v3/teams/*', ({ params }) => {
      const channels = team(params[0]!);
      return { status: 200, body: { id: world.team.id, name: world.team.name, aadGroupId: world.team.groupId, channelCount: channels.length, memberCount: world.people.length, tenantId: world.tenant.id } };
    }),
    // The General channel bears the team's id and, as in Teams, no name.
    route('GET', '/v3/teams/*/conversations', ({ params }) =>
      ({ status: 200, body: { conversations: team(params[0]!).map(({ id, name }) => ({ id, name: id === world.team.id ? null : name })) } })),
  ];
}

/** Reading back, as documented for `channel-list-messages`, `chatmessage-list-replies`, `chat-list-messages` and `user-get` with an expanded manager of Graph v1.0. */
function graphRoutes({ world, history }: Service): Route[] {
  const channelOf = (team: string, channel: string) => {
    const found = world.conversations.find(one => one.id === channel && one.kind === 'channel');
    if (team !== world.team.groupId || !found) throw new Refused(404, 'NotFound', 'Team or channel not found.');
    return found;
  };
  const page = (messages: readonly Message[], place: Conversation, { query, base: origin }: Request, path: string): Answered => {
    const size = Number(query.get('$top') ?? 20);
    if (!(size >= 1 && size <= 50)) throw new Refused(400, 'BadRequest', '$top is between 1 and 50.');
    const { rows, next } = pageOf(messages.toSorted((a, b) => Number(b.id) - Number(a.id)), size, query.get('$skiptoken'));
    return {
      status: 200,
      body: {
        '@odata.context': `${origin}/v1.0/$metadata#Collection(chatMessage)`,
        '@odata.count': rows.length,
        ...(next && { '@odata.nextLink': `${origin}${path}?$top=${size}&$skiptoken=${next}` }),
        value: rows.map(message => chatMessage(world, place, message)),
      },
    };
  };

  return [
    route('GET', '/v1.0/users/*', ({ params, query }) => {
      const person = world.people.find(one => one.id === params[0]);
      if (!person) throw new Refused(404, 'Request_ResourceNotFound', `Resource '${params[0]}' does not exist or one of its queried reference-property objects are not present.`);
      if (query.get('$select') !== 'id' || query.get('$expand') !== 'manager($select=id,displayName,mail)') throw new Refused(400, 'BadRequest', 'This double knows a person’s id and manager, and nothing else.');
      const manager = world.people.find(one => one.id === person.manager);
      // Who has no manager is answered without the property, as Entra does.
      return { status: 200, body: { id: person.id, ...(manager && { manager: { '@odata.type': '#microsoft.graph.user', id: manager.id, displayName: manager.name, mail: manager.email } }) } };
    }),
    route('GET', '/v1.0/teams/*/channels/*/messages', request => {
      const [team, id] = request.params as [string, string];
      const channel = channelOf(team, id);
      const roots = history.of(channel.id).filter(message => !message.root);
      return page(roots, channel, request, `/v1.0/teams/${team}/channels/${encodeURIComponent(id)}/messages`);
    }),
    route('GET', '/v1.0/teams/*/channels/*/messages/*/replies', request => {
      const [team, id, root] = request.params as [string, string, string];
      const channel = channelOf(team, id);
      if (!history.find(channel.id, root)) throw new Refused(404, 'NotFound', 'Message not found.');
      const replies = history.of(channel.id).filter(message => message.root === root);
      return page(replies, channel, request, `/v1.0/teams/${team}/channels/${encodeURIComponent(id)}/messages/${root}/replies`);
    }),
    route('GET', '/v1.0/chats/*/messages', request => {
      const id = request.params[0]!;
      const chat = world.conversations.find(one => one.id === id && one.kind !== 'channel');
      if (!chat) throw new Refused(404, 'NotFound', 'Chat not found.');
      return page(history.of(chat.id), chat, request, `/v1.0/chats/${encodeURIComponent(id)}/messages`);
    }),
  ];
}

function chatMessage(world: World, place: Conversation, message: Message) {
  const person = world.people.find(one => one.id === message.by);
  const attachments = message.attachments.map((attachment, index) => ({
    id: `${message.id}-${index}`,
    contentType: attachment.contentType,
    contentUrl: null,
    content: message.deletedAt ? null : JSON.stringify(attachment.content),
    name: attachment.name ?? null,
    thumbnailUrl: null,
    teamsAppId: null,
  }));
  const channel = place.kind === 'channel';
  return {
    id: message.id,
    replyToId: message.root ?? null,
    etag: message.editedAt ?? message.id,
    messageType: 'message',
    createdDateTime: message.at,
    lastModifiedDateTime: message.deletedAt ?? message.editedAt ?? message.at,
    lastEditedDateTime: message.editedAt ?? null,
    deletedDateTime: message.deletedAt ?? null,
    subject: null,
    summary: null,
    chatId: channel ? null : place.id,
    importance: 'normal',
    locale: 'en-us',
    webUrl: null,
    channelIdentity: channel ? { teamId: world.team.groupId, channelId: place.id } : null,
    policyViolation: null,
    eventDetail: null,
    from: person
      ? { application: null, device: null, user: { '@odata.type': '#microsoft.graph.teamworkUserIdentity', id: person.id, displayName: person.name, userIdentityType: 'aadUser', tenantId: world.tenant.id } }
      : { application: { '@odata.type': '#microsoft.graph.teamworkApplicationIdentity', id: world.bot.appId, displayName: world.bot.name, applicationIdentityType: 'bot' }, device: null, user: null },
    body: {
      contentType: 'html',
      content: message.deletedAt ? '' : escapeHtml(message.text) + attachments.map(({ id }) => `<attachment id="${id}"></attachment>`).join(''),
    },
    attachments,
    mentions: [],
    reactions: message.reactions.map(({ by, kind }) => ({ reactionType: kind, user: { user: { id: by } } })),
  };
}

/** A person as bots see them. Teams answers members with both names for the object id. */
export function account(world: World, person: Person) {
  const [givenName, surname] = person.name.split(' ');
  return {
    id: person.account, name: person.name, objectId: person.id, aadObjectId: person.id, givenName, surname,
    email: person.email, userPrincipalName: person.email, tenantId: world.tenant.id, userRole: 'user',
  };
}

export function accountOf(world: World, id: string): Person | undefined {
  return world.people.find(one => one.account === id || one.id === id);
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The conversation's id without the thread. */
function base(address: string): string {
  return address.split(';')[0]!;
}

function rootIn(address: string): string | undefined {
  const [, thread] = address.split(';');
  if (thread === undefined) return undefined;
  const match = /^messageid=(\d+)$/.exec(thread);
  if (!match) throw badArgument(`${address} is not a conversation's id.`);
  return match[1];
}

function activityOf(body: unknown): Activity {
  return checked(Activity, body);
}

function wordsOf(activity: Activity) {
  const attachments = (activity.attachments ?? []).map(({ contentType, content, name }) => ({ contentType, content, ...(name && { name }) }));
  return { text: activity.text ?? '', attachments };
}

function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw badArgument(z.prettifyError(result.error));
}

function badArgument(message: string): Refused {
  return new Refused(400, 'BadSyntax', message);
}

function pageOf<T>(rows: readonly T[], size: number, token: string | null): { rows: readonly T[]; next?: string } {
  const start = token === null ? 0 : Number(token);
  if (!Number.isInteger(start) || start < 0 || !Number.isInteger(size)) throw badArgument('The page is not one of ours.');
  const end = start + size;
  return { rows: rows.slice(start, end), ...(end < rows.length && { next: String(end) }) };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badArgument(`${segment} is not a segment of an address.`);
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw badArgument('The body is not JSON.');
  }
}

export function send(res: ServerResponse, status: number, body?: unknown): void {
  res.statusCode = status;
  if (body === undefined) return void res.end();
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify(body));
}
