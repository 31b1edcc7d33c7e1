// The double of Microsoft Teams: the Bot Connector and Graph for our bot, people who talk, and the small API of the sandbox page.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connector, send, type Call, type Connector } from './teams-connector.ts';
import { openHistory, type Message } from './teams-history.ts';
import { people, type Extension, type People } from './teams-people.ts';
import { sandbox, type Control } from './teams-sandbox.ts';
import { auroraCoffee, type Conversation, type Person, type World } from './teams-world.ts';

export interface TeamsOptions {
  /** Where activities go, such as `http://127.0.0.1:3978/api/messages`; a function when the address is known only later. */
  bot: string | (() => string);
  /** 0 or nothing: any free port. Conversation references hold the address, so what must survive a restart needs a fixed one. */
  port?: number;
  /** Where conversations are kept; without it they end with the process. */
  file?: string;
  /** The token Teams would send to the bot; without it activities come unsigned. */
  tokenFor?: (serviceUrl: string) => Promise<string>;
  /** Judges the `Authorization` header of what the bot asks; without it everything is let in. */
  authorize?: (header: string | undefined, service: 'connector' | 'graph') => boolean;
  world?: World;
  /** Whether the bot hears what does not mention it (resource-specific consent). True unless told. */
  rsc?: boolean;
  /** Whether the documented limits per conversation hold (7 messages in 1 s, 60 in 30 s …). False unless told. */
  limits?: boolean;
  extension?: Extension;
  /** Seconds the bot has for an answer; Teams gives 15. */
  patience?: number;
  /** The sandbox page's "Change the source" buttons. */
  controls?: readonly Control[];
  /** The token the tab gets from its host when this person opens it in the sandbox page. */
  tabToken?: (person: Person) => Promise<string>;
  now?: () => Date;
}

export interface TeamsDouble extends People {
  readonly world: World;
  /** The origin of the Bot Connector and of Graph (`/v1.0`). */
  readonly url: string;
  /** What activities bear as `serviceUrl`. */
  readonly serviceUrl: string;
  readonly calls: readonly Call[];
  readonly fail: Connector['fail'];
  /** What stands in a conversation, deleted messages left out, in the order it was said. */
  messages(conversation: Conversation): readonly Message[];
  /** The bot's messages among them. */
  botMessages(conversation: Conversation): readonly Message[];
  /** Waits until `look` finds something. Looks again whenever anything is said or changed. */
  until<T>(look: () => T | undefined | false, seconds?: number): Promise<T>;
  /** Answers `/sandbox/api/*` and tells whether the request was one; to be mounted in any server. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  stop(): Promise<void>;
}

export async function startTeams(options: TeamsOptions): Promise<TeamsDouble> {
  const { world = auroraCoffee, now = () => new Date(), bot } = options;
  const history = await openHistory(options.file, now);
  const service = connector({ world, history, now, authorize: options.authorize, limits: options.limits ?? false });

  const server = createServer((req, res) => {
    answer(req, res).catch(error => {
      console.error('The double of Teams failed:', error);
      if (!res.headersSent) send(res, 500, { error: { code: 'ServiceError', message: String(error) } });
    });
  });
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    if (!await page.handle(req, res)) await service.answer(req, res);
  };
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const serviceUrl = `${url}/`;

  const crowd = people({
    world, history, now, serviceUrl,
    bot: typeof bot === 'string' ? () => bot : bot,
    tokenFor: options.tokenFor,
    rsc: options.rsc ?? true,
    patience: options.patience ?? 15,
    extension: options.extension ?? { commandId: 'searchGoals', parameter: 'query' },
  });
  const page = sandbox({ world, history, people: crowd, controls: options.controls ?? [], tabToken: options.tabToken });

  const messages = (conversation: Conversation) => history.of(conversation.id).filter(message => !message.deletedAt);
  return {
    ...crowd,
    world, url, serviceUrl,
    calls: service.calls,
    fail: service.fail,
    messages,
    botMessages: conversation => messages(conversation).filter(message => message.by === 'bot'),
    until: (look, seconds = 10) => until(history.watch, look, seconds),
    handle: page.handle,
    stop: async () => {
      page.stop();
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await history.close();
    },
  };
}

function until<T>(watch: (listener: () => void) => () => void, look: () => T | undefined | false, seconds: number): Promise<T> {
  const found = look();
  if (found) return Promise.resolve(found);
  return new Promise<T>((resolve, reject) => {
    const end = () => { stop(); clearTimeout(timer); };
    const stop = watch(() => {
      try {
        const now = look();
        if (now) { end(); resolve(now); }
      } catch (error) { end(); reject(error); }
    });
    const timer = setTimeout(() => { end(); reject(new Error(`Waited ${seconds} s in vain for ${look}`)); }, seconds * 1000);
  });
}
