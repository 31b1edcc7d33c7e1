// The sandbox page's own API: the state of the double, what a person does on the page, and every change as a server-sent event.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { send } from './teams-connector.ts';
import { Attachment, type History, type Message } from './teams-history.ts';
import { BotFailed, CardAction, type People } from './teams-people.ts';
import type { Person, World } from './teams-world.ts';

/** A button by which a newcomer changes a demonstration source. */
export interface Control {
  readonly id: string;
  readonly title: string;
  readonly help: string;
  /** The same by hand, to be copied into a terminal; `{input}` stands for the number. */
  readonly command?: string;
  /** Does it, and says what was done. Without `current` the button takes no number. */
  run(input?: number): Promise<string>;
  current?(): Promise<number | string>;
}

interface Parts {
  readonly world: World;
  readonly history: History;
  readonly people: People;
  readonly controls: readonly Control[];
  readonly tabToken: ((person: Person) => Promise<string>) | undefined;
}

/** A message as the page shows it: how often it was edited instead of every version. */
export type SandboxMessage = Omit<Message, 'versions'> & { edits: number };
export interface SandboxControl { id: string; title: string; help: string; command?: string; input: boolean; current?: number | string }
/** The people and places, and what the page starts from. */
export interface SandboxState {
  world: World;
  messages: SandboxMessage[];
  /** The last message read, by conversation. */
  read: Record<string, string>;
  controls: SandboxControl[];
}

class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const Text = z.string().trim().max(20_000);
const isSaid = ({ text, mention = false }: { text: string; mention?: boolean }) => mention || text !== '';
const unsaid = 'Write something first.';
const At = z.object({ person: z.string(), conversation: z.string() });
const On = At.extend({ message: z.string() });

const prefix = '/sandbox/api/';

export function sandbox({ world, history, people, controls, tabToken }: Parts) {
  const streams = new Map<ServerResponse, Person>();
  const isIn = (person: Person, conversation: string) => world.conversations.some(one => one.id === conversation && one.members.includes(person.id));
  const unwatch = history.watch(message => {
    for (const [stream, person] of streams) {
      if (isIn(person, message.conversation)) stream.write(`data: ${JSON.stringify(shown(message))}\n\n`);
    }
  });

  const personOf = (id: string | null) => found(world.people.find(one => one.id === id), 'person');
  const at = ({ person, conversation }: z.infer<typeof At>) => {
    const who = personOf(person);
    const place = found(world.conversations.find(one => one.id === conversation && one.members.includes(who.id)), 'conversation');
    return { who, place };
  };
  const on = (input: z.infer<typeof On>) => {
    const { who, place } = at(input);
    return { who, place, message: found(history.find(place.id, input.message), 'message') };
  };

  const state = async (person: Person): Promise<SandboxState> => {
    return {
      world,
      messages: history.all().filter(message => isIn(person, message.conversation)).map(shown),
      read: history.readBy(person.id),
      controls: await Promise.all(controls.map(describe)),
    };
  };

  const listen = (person: Person, req: IncomingMessage, res: ServerResponse) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write(`: listening as ${person.id}\n\n`);
    streams.set(res, person);
    req.on('close', () => streams.delete(res));
  };

  const deeds: Record<string, (body: unknown) => Promise<unknown>> = {
    say: deed(At.extend({ text: Text, mention: z.boolean().default(false) }).refine(isSaid, unsaid), async input => {
      const { who, place } = at(input);
      return shown(await people.say(who, place, input));
    }),
    reply: deed(On.extend({ text: Text, mention: z.boolean().default(false) }).refine(isSaid, unsaid), async input => {
      const { who, message } = on(input);
      return shown(await people.reply(who, message, input));
    }),
    edit: deed(On.extend({ text: Text }).refine(isSaid, unsaid), async input => {
      const { who, message } = on(input);
      await people.editMessage(who, message, input.text);
    }),
    delete: deed(On, async input => {
      const { who, message } = on(input);
      await people.deleteMessage(who, message);
    }),
    react: deed(On.extend({ kind: z.enum(['like', 'heart', 'laugh', 'surprised', 'sad', 'angry']), on: z.boolean() }), async input => {
      const { who, message } = on(input);
      await people.react(who, message, input.kind, input.on);
    }),
    press: deed(On.extend({ action: CardAction }), async input => {
      const { who, message } = on(input);
      return people.press(who, message, input.action);
    }),
    search: deed(At.extend({ text: z.string().max(200) }), async input => {
      const { who, place } = at(input);
      return people.search(who, input.text.trim(), { conversation: place });
    }),
    insert: deed(At.extend({ attachment: Attachment, root: z.string().optional() }), async input => {
      const { who, place } = at(input);
      const root = input.root === undefined ? undefined : found(history.find(place.id, input.root), 'message');
      return shown(await people.insert(who, place, input.attachment, root));
    }),
    read: deed(On, async input => {
      const { who, place, message } = on(input);
      history.markRead(who.id, place.id, message.id);
    }),
    control: deed(z.object({ id: z.string(), input: z.number().finite().optional() }), async ({ id, input }) => {
      const control = found(controls.find(one => one.id === id), 'control');
      return { said: await control.run(input) };
    }),
  };

  const answer = async (req: IncomingMessage & { body?: unknown }, res: ServerResponse, url: URL): Promise<void> => {
    mustBeOurPage(req);
    const name = url.pathname.slice(prefix.length);
    if (req.method === 'GET') {
      const person = personOf(url.searchParams.get('person') ?? world.people[0]!.id);
      if (name === 'state') return send(res, 200, await state(person));
      if (name === 'events') return listen(person, req, res);
      if (name === 'token' && tabToken) return send(res, 200, { token: await tabToken(person) });
    }
    const act = req.method === 'POST' && Object.hasOwn(deeds, name) ? deeds[name] : undefined;
    if (!act) throw new Refused(404, `The sandbox has no ${req.method} ${url.pathname}.`);
    send(res, 200, await act(await bodyOf(req)) ?? {});
  };

  return {
    handle: async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
      const url = new URL(req.url!, 'http://sandbox');
      if (!url.pathname.startsWith(prefix)) return false;
      try {
        await answer(req, res, url);
      } catch (error) {
        const { status, message } = problem(error);
        send(res, status, { error: message });
      }
      return true;
    },
    stop: () => {
      unwatch();
      for (const stream of streams.keys()) stream.end();
    },
  };
}

function deed<T>(schema: z.ZodType<T>, act: (input: T) => Promise<unknown>): (body: unknown) => Promise<unknown> {
  return body => {
    const input = schema.safeParse(body);
    if (!input.success) throw new Refused(400, input.error.issues.map(issue => issue.message).join(' '));
    return act(input.data);
  };
}

async function describe({ id, title, help, command, current }: Control): Promise<SandboxControl> {
  return { id, title, help, ...(command && { command }), input: current !== undefined, ...(current && { current: await current() }) };
}

function shown({ versions, ...message }: Message): SandboxMessage {
  return { ...message, ...(message.deletedAt && { text: '', attachments: [] }), edits: versions.length - 1 };
}

function found<T>(thing: T | undefined, what: string): T {
  if (thing === undefined) throw new Refused(404, `There is no such ${what}.`);
  return thing;
}

/** No other site may act here through a visitor's browser: the host must be this machine, and writing needs JSON from this origin. */
function mustBeOurPage(req: IncomingMessage): void {
  const host = req.headers.host ?? '';
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) throw new Refused(403, 'The sandbox answers on this machine only.');
  const { origin } = req.headers;
  if (origin !== undefined && origin !== `http://${host}`) throw new Refused(403, 'The sandbox answers its own page only.');
  if (req.method === 'POST' && !req.headers['content-type']?.startsWith('application/json')) throw new Refused(415, 'Send JSON.');
}

/** A server that this is mounted in may have read the body already. */
async function bodyOf(req: IncomingMessage & { body?: unknown }): Promise<unknown> {
  if (req.body !== undefined) return req.body;
  try {
    return await json(req);
  } catch {
    throw new Refused(400, 'The body is not JSON.');
  }
}

function problem(error: unknown): { status: number; message: string } {
  if (error instanceof Refused) return error;
  if (error instanceof BotFailed) return { status: 502, message: error.message };
  console.error('The sandbox failed:', error);
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}
