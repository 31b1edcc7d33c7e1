// The page's copy of the sandbox: loaded once, kept up by server-sent events, and changed by asking the server.
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { z } from 'zod';
import { Changed, ControlRun, Done, FoundPage, Pressed, Problem, State, Token, type Attachment, type Message } from './shape.ts';
import type { Saying } from './mention.ts';

/** Something the server refused or did not hear. `heard` tells whether what was asked has happened all the same. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly heard: boolean;
  constructor(message: string, heard: boolean, options?: ErrorOptions) {
    super(message, options);
    this.heard = heard;
  }
}

const statusWhenBotFailed = 502;

async function ask<T>(schema: z.ZodType<T>, address: string, body?: object): Promise<T> {
  const init = body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`/sandbox/api/${address}`, init).catch(error => {
    throw new SandboxError('The sandbox does not answer. Is "npm start" still running?', false, { cause: error });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return schema.parse(answer);
  const problem = Problem.safeParse(answer);
  throw new SandboxError(problem.success ? problem.data.error : `The sandbox answered ${response.status}.`, response.status === statusWhenBotFailed);
}

/** Everything a person can do, already bound to that person. */
export function deedsOf(person: string) {
  const on = (message: Message) => ({ person, conversation: message.conversation, message: message.id });
  return {
    say: (conversation: string, saying: Saying) => ask(Changed, 'say', { person, conversation, ...saying }),
    reply: (message: Message, saying: Saying) => ask(Changed, 'reply', { ...on(message), ...saying }),
    edit: (message: Message, text: string) => ask(Done, 'edit', { ...on(message), text }),
    remove: (message: Message) => ask(Done, 'delete', on(message)),
    react: (message: Message, kind: string, isOn: boolean) => ask(Done, 'react', { ...on(message), kind, on: isOn }),
    press: (message: Message, action: object) => ask(Pressed, 'press', { ...on(message), action }),
    search: (conversation: string, text: string) => ask(FoundPage, 'search', { person, conversation, text }),
    insert: (conversation: string, attachment: Attachment, root?: string) => ask(Changed, 'insert', { person, conversation, attachment, root }),
    read: (message: Message) => ask(Done, 'read', on(message)),
    control: (id: string, input?: number) => ask(ControlRun, 'control', { id, input }),
    token: async () => (await ask(Token, `token?person=${encodeURIComponent(person)}`)).token,
  };
}
export type Deeds = ReturnType<typeof deedsOf>;

export type SandboxState =
  | { step: 'loading' }
  | { step: 'failed'; problem: string; again: () => void }
  | { step: 'ready'; state: State; connected: boolean; onRead: (message: Message) => void; again: () => void };

/** `person` undefined is whoever the sandbox names first. */
export function useSandbox(person: string | undefined): SandboxState {
  const [state, setState] = useState<State>();
  const [problem, setProblem] = useState<string>();
  const [connected, setConnected] = useState(true);
  const query = person === undefined ? '' : `?person=${encodeURIComponent(person)}`;

  const load = useCallback(async () => {
    try {
      setState(await ask(State, `state${query}`));
      setProblem(undefined);
    } catch (error) {
      setProblem(error instanceof SandboxError ? error.message : `The sandbox said something this page does not understand. ${error}`);
    }
  }, [query]);

  useEffect(() => {
    const events = new EventSource(`/sandbox/api/events${query}`);
    // Whatever happened while nobody listened is in the state.
    events.addEventListener('open', () => { setConnected(true); void load(); });
    events.addEventListener('error', () => { setConnected(false); void load(); });
    events.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const change = Changed.parse(JSON.parse(data));
      setState(old => old && { ...old, messages: withMessage(old.messages, change) });
    });
    // Back from a terminal, where the sources may have been changed by hand.
    const onFocus = () => void load();
    addEventListener('focus', onFocus);
    return () => {
      events.close();
      removeEventListener('focus', onFocus);
    };
  }, [query, load]);

  return useMemo<SandboxState>(() => {
    const onRead = ({ conversation, id }: Message) => setState(old => old && { ...old, read: { ...old.read, [conversation]: id } });
    const again = () => void load();
    if (state) return { step: 'ready', state, connected, onRead, again };
    return problem === undefined ? { step: 'loading' } : { step: 'failed', problem, again };
  }, [state, problem, connected, load]);
}

function withMessage(messages: readonly Message[], change: Message): Message[] {
  const others = messages.filter(message => message.id !== change.id);
  return [...others, change].toSorted((a, b) => Number(a.id) - Number(b.id));
}
