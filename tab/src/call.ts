// Calls an endpoint of src/api.ts: fills its path, sends JSON with the bearer token, and reads the answer with the endpoint's own schema.
import { addressOf, isWrite, ProblemDetails, type Answer, type Endpoint, type Input } from '../../src/api.ts';

/** What went wrong: the server's own kinds, or `offline` when nobody answered. */
export type CallErrorKind = ProblemDetails['type'] | 'offline';

/** `message` is a sentence for people. `errors` has one sentence a field, by the field's path in the body. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly kind: CallErrorKind;
  readonly errors: Readonly<Record<string, string>>;
  readonly remedy: ProblemDetails['remedy'];
  /** Leads to the log entry of a bug. */
  readonly id: string | undefined;

  constructor(problem: { kind: CallErrorKind; message: string; errors?: Record<string, string> | undefined; remedy?: ProblemDetails['remedy']; id?: string | undefined }, options?: ErrorOptions) {
    super(problem.message, options);
    this.kind = problem.kind;
    this.errors = problem.errors ?? {};
    this.remedy = problem.remedy;
    this.id = problem.id;
  }
}

export type Call = <E extends Endpoint>(endpoint: E, input: Input<E>, signal?: AbortSignal) => Promise<Answer<E>>;

/** Makes `call`. `token` is asked before every call, so that it may be renewed; `undefined` sends none. Every failure is a CallError, but for an abort. */
export function caller(fetch: typeof globalThis.fetch, token: () => Promise<string | undefined>, keys: Keys = requestKeys()): Call {
  return async (endpoint, input, signal) => {
    const { params, query, body, etag } = input as { params?: Record<string, string>; query?: object; body?: unknown; etag?: string };
    const bearer = endpoint.open ? undefined : await signedIn(token);
    const address = addressOf(endpoint.path, params ?? {}, query);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const isKeyed = endpoint.method === 'POST' && isWrite(endpoint);
    const response = await answered(fetch, address, {
      method: endpoint.method,
      headers: {
        accept: 'application/json',
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        ...(etag === undefined ? {} : { 'if-match': `"${etag}"` }),
        ...(isKeyed ? { 'idempotency-key': keys.for(address, text) } : {}),
      },
      ...(text === undefined ? {} : { body: text }),
      ...(signal === undefined ? {} : { signal }),
    });
    const said = await json(response);
    if (isKeyed && hasDecided(response)) keys.forget(address, text);
    if (!response.ok) throw problemOf(response.status, said);
    const answer = endpoint.answer.safeParse(said);
    if (!answer.success) throw notUnderstood({ cause: answer.error });
    return answer.data as Answer<typeof endpoint>;
  };
}

/** Idempotency keys: a new one for each thing that somebody does, and the same one when it is done again because no answer came. */
export interface Keys {
  for(address: string, body: string | undefined): string;
  /** The server has answered: the next request like this one is another deed. */
  forget(address: string, body: string | undefined): void;
}

/** Whoever does the same so much later means it anew. */
const sameDeedMs = 10 * 60_000;

export function requestKeys(newKey: () => string = () => crypto.randomUUID(), now: () => number = Date.now): Keys {
  const unanswered = new Map<string, { key: string; since: number }>();
  const nameOf = (address: string, body = '') => `${address} ${body}`;
  return {
    for(address, body) {
      for (const [name, { since }] of unanswered) if (now() - since > sameDeedMs) unanswered.delete(name);
      const name = nameOf(address, body);
      const { key } = unanswered.get(name) ?? { key: newKey() };
      unanswered.set(name, { key, since: now() });
      return key;
    },
    forget(address, body) { unanswered.delete(nameOf(address, body)); },
  };
}

/** Whether it is known what became of the request: not after a failure on the way or in the server, nor while it is still under way. */
function hasDecided({ status }: Response): boolean {
  return status < 500 && status !== 409;
}

/** The error for people that an answer other than 2xx stands for. */
export function problemOf(status: number, said: unknown): CallError {
  const problem = ProblemDetails.safeParse(said);
  if (problem.success) {
    const { type, title, errors, remedy, id } = problem.data;
    return new CallError({ kind: type, message: title, errors, remedy, id });
  }
  if (status === 401) return new CallError({ kind: 'unauthorized', message: 'You are no longer signed in. Sign in again.' });
  if (status === 429 || status >= 500) return new CallError({ kind: 'offline', message: `Waymark cannot answer at the moment (${status}). Try again in a minute.` });
  return notUnderstood();
}

function notUnderstood(options?: ErrorOptions): CallError {
  return new CallError({ kind: 'bug', message: 'Waymark’s server answered in a way that this page does not understand. Reload the page; if that does not help, tell your admin.' }, options);
}

async function signedIn(token: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await token();
  } catch (cause) {
    throw new CallError({ kind: 'unauthorized', message: 'You could not be signed in. Reload the page to try again; if that does not help, tell your admin.' }, { cause });
  }
}

async function answered(fetch: typeof globalThis.fetch, address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new CallError({ kind: 'offline', message: 'Waymark’s server cannot be reached. Check your network and try again.' }, { cause });
  }
}

async function json(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!response.ok) return undefined;
    throw notUnderstood({ cause });
  }
}

/** Turns whatever was thrown into a CallError, so that a page always has a sentence to show. */
export function asCallError(thrown: unknown): CallError {
  if (thrown instanceof CallError) return thrown;
  return new CallError({ kind: 'bug', message: 'Something went wrong on this page. Reload it; if that does not help, tell your admin.' }, { cause: thrown });
}

/** The sentences for the fields under `path` (`settings.host` → `host`), and those that name a field without any path. */
export function errorsUnder(errors: Readonly<Record<string, string>>, path: string): Record<string, string> {
  const under = Object.entries(errors).flatMap(([name, sentence]) => {
    if (name.startsWith(`${path}.`)) return [[name.slice(path.length + 1), sentence]];
    return name.includes('.') ? [] : [[name, sentence]];
  });
  return Object.fromEntries(under);
}
