// Microsoft Teams as a Platform, and the way in for its activities: botbuilder's CloudAdapter for what comes, the connector for what goes.
import { CloudAdapter, ConfigurationBotFrameworkAuthentication, ConfigurationServiceClientCredentialFactory, type TurnContext } from 'botbuilder';
import type { Request, Response } from 'restify';
import type { Event } from '../../src/chat/event.ts';
import type { Message } from '../../src/chat/message.ts';
import { type Conversation, DeliveryError, type Platform } from '../../src/chat/platform.ts';
import { TeamsActivity, eventOf } from './activity.ts';
import { type GoalAddress, cardType, drawnMessage, plain } from './card.ts';
import { type Connector, openConnector } from './connector.ts';
import { searchAnswer } from './extension.ts';
import { type Graph, findByMark, graphTokens, openGraph } from './graph.ts';
import { type Issuer, microsoft, openVerifier } from './token.ts';

/** Who we are, and whose activities we believe. */
export type TeamsSettings =
  /** Microsoft's cloud. The bot is registered in `tenant` alone; without a password it proves itself by its managed identity. */
  | { kind: 'azure'; botId: string; password?: string | undefined; tenant: string }
  /** Somebody who stands in for Microsoft: an issuer whose tokens we believe, and an origin that answers as Graph does. */
  | ({ kind: 'simulated'; botId: string; graph: string } & Issuer)
  /** Lets everybody in. Refused unless the caller has bound the server to loopback. */
  | { kind: 'anonymous'; botId: string; loopback: boolean };

export interface TeamsDeps {
  converse: (event: Event) => Promise<Message[]>;
  /** Logs what went wrong once, and answers the id under which it can be found. */
  report: (error: unknown, context: string) => string;
  /** The origin under which people reach the tab; cards lead there. */
  publicUrl: string;
}

export interface Teams {
  platform: Platform;
  /** For `server.post('/api/messages', …)`, after restify's body parser. Ends the response. */
  receive(req: Request, res: Response): Promise<void>;
}

type Credentials = ConfigurationServiceClientCredentialFactory;
const loginUrl = 'https://login.microsoftonline.com/botframework.com';
const botFramework = 'https://api.botframework.com';
/** What the double of Teams is sent instead of a token from Entra. */
const localBearer = 'local';
const teamMemoryMilliseconds = 3_600_000;
const mostRemembered = 200;

/** Throws when it would let in people whom nobody vouches for. */
export function openTeams(settings: TeamsSettings, deps: TeamsDeps): Teams {
  if (settings.kind === 'anonymous' && !settings.loopback) throw new Error('A bot without authentication may only be served on loopback: bind the server to 127.0.0.1, or give the bot its settings.');
  if (!settings.botId) throw new Error('The bot has no id: set BOT_ID, or ask for the local anonymous mode explicitly.');
  if (settings.kind === 'azure' && !settings.tenant) throw new Error('The bot has no tenant to prove itself in: set BOT_TENANT_ID.');

  const credentials = credentialsOf(settings);
  const connector = openConnector(settings.botId, authorizationOf(settings, credentials));
  const teamOf = rememberTeams(connector);
  const address: GoalAddress = ref => `${deps.publicUrl}/goals/${encodeURIComponent(ref.period)}/${encodeURIComponent(ref.id)}`;
  const turn = openTurn(deps, connector, teamOf, address);
  const adapter = new CloudAdapter(authenticationOf(settings, credentials));
  adapter.onTurnError = turn.failed;
  const isGenuine = settings.kind === 'anonymous' ? fromLoopback : openVerifier(settings.botId, settings.kind === 'simulated' ? settings : microsoft);
  const heard: Heard = new Map();

  return {
    platform: platformOf(settings, connector, teamOf, address),
    receive: async (req, res) => {
      const body = TeamsActivity.safeParse(req.body);
      const verdict = await isGenuine(req.headers.authorization, (req.body as { serviceUrl?: unknown } | undefined)?.serviceUrl);
      if (verdict !== 'genuine') {
        res.send(verdict === 'forged' ? 401 : 503, { title: verdict === 'forged' ? 'This request is not from Microsoft Teams.' : 'Try again shortly.' });
        return;
      }
      if (!body.success) {
        res.send(400, { title: `This is not an activity: ${body.error.issues.map(issue => issue.path.join('.')).join(', ')}.` });
        return;
      }
      if (body.data.channelId !== 'msteams') {
        res.send(401, { title: 'This request is not from Microsoft Teams.' });
        return;
      }
      await adapter.process(req as never, res as never, async context => {
        const answer = await once(heard, context, () => turn.take(context));
        if (answer) await respond(context, answer);
      });
    },
  };
}

/** What an invoke is answered; other activities are answered by saying something. */
interface InvokeAnswer { status: number; body?: unknown }
type Heard = Map<string, Promise<InvokeAnswer | undefined>>;

/**
 * Teams repeats what we did not answer in time. What we change is the same however often we are told; this spares people a second answer,
 * and sources a second reading, where the same process hears the repetition. What failed may be tried again.
 */
function once(heard: Heard, { activity }: TurnContext, act: () => Promise<InvokeAnswer | undefined>): Promise<InvokeAnswer | undefined> {
  if (!activity.id || (activity.type !== 'message' && activity.type !== 'invoke')) return act();
  const key = `${activity.type} ${activity.conversation.id} ${activity.from.id} ${activity.id}`;
  const known = heard.get(key);
  if (known) return known;
  const acting = act();
  heard.set(key, acting);
  if (heard.size > mostRemembered) heard.delete(heard.keys().next().value!);
  acting.catch(() => heard.delete(key)); // whoever waits hears of the failure
  return acting;
}

type TeamOf = (service: string, team: string) => ReturnType<Connector['team']>;

/** Names of teams and channels change rarely: asked once an hour. */
function rememberTeams(connector: Connector): TeamOf {
  const known = new Map<string, { at: number; team: ReturnType<Connector['team']> }>();
  return (service, team) => {
    const kept = known.get(team);
    if (kept && Date.now() - kept.at < teamMemoryMilliseconds) return kept.team;
    const asked = connector.team(service, team);
    known.set(team, { at: Date.now(), team: asked });
    asked.catch(() => known.delete(team)); // whoever asked hears of the failure; the next one asks anew
    return asked;
  };
}

function openTurn({ converse, report }: TeamsDeps, connector: Connector, teamOf: TeamOf, address: GoalAddress) {
  const say = async (activity: TeamsActivity, messages: Message[], mark: string) => {
    for (const message of messages) await connector.post(activity.serviceUrl, activity.conversation.id, drawnMessage(message, mark, address));
  };

  /** An activity names its channel by id alone; people know it by name, and Graph the team by its group. */
  const withNames = async (activity: TeamsActivity): Promise<TeamsActivity> => {
    const { channelData, conversation } = activity;
    const team = channelData?.team?.id;
    const channel = channelData?.channel?.id;
    if (conversation.conversationType !== 'channel' || !team || !channel) return activity;
    try {
      const { name, group, channels } = await teamOf(activity.serviceUrl, team);
      const place = [name, channels.get(channel)].filter(Boolean).join(' › ');
      return { ...activity, channelData: { ...channelData, team: { id: team, aadGroupId: group }, channel: { id: channel, name: place || undefined } } };
    } catch (error) {
      report(error, `asking for the names of team ${team}`);
      return activity;
    }
  };

  return {
    take: async (context: TurnContext): Promise<InvokeAnswer | undefined> => {
      const activity = TeamsActivity.parse(context.activity);
      const event = eventOf(await withNames(activity));
      if (!event) return activity.type === 'invoke' ? { status: 501 } : undefined;
      const messages = await converse(event);
      const mark = `answer/${activity.id ?? ''}`;
      switch (event.kind) {
        case 'searched': return { status: 200, body: searchAnswer(messages, address) };
        case 'acted': return { status: 200, body: cardAnswer(messages, mark, address) };
        case 'removed': return undefined;
        default: await say(activity, messages, mark);
      }
      return undefined;
    },
    /** Nobody is left without an answer, and nobody is shown the inside of an error. */
    failed: async (context: TurnContext, error: Error): Promise<void> => {
      const words = `Something went wrong on our side. Please try again; if it stays so, tell your admin the number ${report(error, `answering ${context.activity.name ?? context.activity.type} from Teams`)}.`;
      const sorry: Message = { kind: 'sorry', text: words, tryInstead: ['help'] };
      const { type, name } = context.activity;
      if (type === 'invoke') return respond(context, { status: 200, body: name === 'composeExtension/query' ? searchAnswer([sorry], address) : cardAnswer([sorry], '', address) });
      const activity = TeamsActivity.safeParse(context.activity);
      // Where we could not speak a moment ago, we cannot apologise either.
      if (type !== 'message' || !activity.success || error instanceof DeliveryError) return;
      await say(activity.data, [sorry], 'sorry').catch(again => report(again, 'apologising in Teams'));
    },
  };
}

async function respond(context: TurnContext, value: InvokeAnswer): Promise<void> {
  await context.sendActivity({ type: 'invokeResponse', value });
}

/** The answer to a button: the card as it is now, or a sentence. */
function cardAnswer(messages: Message[], mark: string, address: GoalAddress) {
  const [message] = messages;
  if (!message || message.kind === 'sorry') {
    return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: plain(message?.text ?? 'Done.', 500) };
  }
  return { statusCode: 200, type: cardType, value: drawnMessage(message, mark, address).attachments[0].content };
}

function platformOf(settings: TeamsSettings, connector: Connector, teamOf: TeamOf, address: GoalAddress): Platform {
  const read = graphOf(settings);
  return {
    post: async (conversation, message, mark) =>
      ({ conversation, id: await connector.post(serviceOf(conversation), conversation.id, drawnMessage(message, mark, address)) }),
    update: (post, message, mark) => connector.update(serviceOf(post.conversation), post.conversation.id, post.id, drawnMessage(message, mark, address)),
    reply: async ({ conversation, id: root }, message, mark) => {
      const thread = conversation.kind === 'channel' ? `${conversation.id};messageid=${root}` : conversation.id;
      return { conversation, id: await connector.post(serviceOf(conversation), thread, drawnMessage(message, mark, address)) };
    },
    find: async (conversation, mark, since, under) => {
      if (!read) return 'unknown';
      try {
        const { team, group } = conversation.service;
        const known = group ?? (team ? (await teamOf(serviceOf(conversation), team)).group : undefined);
        const id = await findByMark(read, settings.botId, { conversation, group: known, under }, mark, since);
        return id === undefined || id === 'unknown' ? id : { conversation, id };
      } catch (error) {
        if (error instanceof DeliveryError) throw error;
        throw new DeliveryError('Microsoft Graph could not be asked what has been said.', { kind: 'retry', afterSeconds: 30 }, { cause: error });
      }
    },
  };
}

function serviceOf(conversation: Conversation): string {
  return conversation.service['serviceUrl']!;
}

async function fromLoopback(_: string | undefined, serviceUrl: unknown): Promise<'genuine' | 'forged'> {
  const host = typeof serviceUrl === 'string' && URL.canParse(serviceUrl) ? new URL(serviceUrl).hostname : '';
  return ['127.0.0.1', 'localhost', '[::1]'].includes(host) ? 'genuine' : 'forged';
}

/** Without a password there is no app token for Graph, and neither what was said before a crash nor anybody's manager can be looked up. */
export function graphOf(settings: TeamsSettings): Graph | undefined {
  switch (settings.kind) {
    case 'azure': return settings.password ? openGraph('https://graph.microsoft.com', graphTokens({ id: settings.botId, secret: settings.password })) : undefined;
    case 'simulated': return openGraph(settings.graph, async () => localBearer);
    case 'anonymous': return undefined;
  }
}

/** Sends a fixed bearer, so that the local path never asks Entra for a token. */
class LocalCredentials extends ConfigurationServiceClientCredentialFactory {
  constructor(bot: string) {
    super({ MicrosoftAppId: bot, MicrosoftAppPassword: localBearer });
  }

  override async createCredentials() {
    return { signRequest: signLocally };
  }
}

function signLocally<T extends { headers: { set(name: string, value: string): void } }>(request: T): Promise<T> {
  request.headers.set('authorization', `Bearer ${localBearer}`);
  return Promise.resolve(request);
}

function credentialsOf(settings: TeamsSettings): Credentials {
  switch (settings.kind) {
    case 'anonymous': return new ConfigurationServiceClientCredentialFactory({});
    case 'simulated': return new LocalCredentials(settings.botId);
    case 'azure': return new ConfigurationServiceClientCredentialFactory({
      MicrosoftAppId: settings.botId, MicrosoftAppTenantId: settings.tenant,
      ...(settings.password ? { MicrosoftAppType: 'SingleTenant', MicrosoftAppPassword: settings.password } : { MicrosoftAppType: 'UserAssignedMSI' }),
    });
  }
}

function authenticationOf(settings: TeamsSettings, credentials: Credentials) {
  if (settings.kind === 'anonymous') return new ConfigurationBotFrameworkAuthentication({}, credentials);
  const MicrosoftAppId = settings.botId;
  if (settings.kind === 'azure') return new ConfigurationBotFrameworkAuthentication({ MicrosoftAppId }, credentials);
  const { openId, issuer } = settings;
  // All or none: with any one of them left out, botbuilder believes itself in a government cloud and refuses genuine tokens.
  return new ConfigurationBotFrameworkAuthentication({
    MicrosoftAppId, ValidateAuthority: true,
    ToBotFromChannelOpenIdMetadataUrl: openId, ToBotFromEmulatorOpenIdMetadataUrl: openId, ToBotFromChannelTokenIssuer: issuer,
    ToChannelFromBotLoginUrl: loginUrl, ToChannelFromBotOAuthScope: botFramework, OAuthUrl: botFramework, CallerId: 'urn:botframework:azure',
  }, credentials);
}

/** Signs a made-up request with the SDK's credentials, which keep and renew tokens, and takes the header off again. */
function authorizationOf(settings: TeamsSettings, credentials: Credentials) {
  return async (): Promise<string | undefined> => {
    if (settings.kind === 'anonymous') return undefined;
    const signer = await credentials.createCredentials(settings.botId, botFramework, loginUrl, true);
    const request = { headers: new Headers() };
    await signer.signRequest(request as never);
    return request.headers.get('authorization') ?? undefined;
  };
}
