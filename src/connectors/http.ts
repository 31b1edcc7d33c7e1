// JSON over HTTP: one call through Outside, and one switch from the answer's status to a remedy.
import type { Outside } from './outside.ts';
import { SourceError } from './source-error.ts';

/** The longest wait that we let a source ask for, in seconds. */
const longestWait = 3600;

export interface Answered { status: number; headers: Headers; text: string; body: unknown }

/** Who answers, and where this vendor departs from HTTP's own meaning of a status. */
export interface Vendor {
  name: string;
  /** The vendor's own reading of a failed answer; `undefined` leaves it to the general rule. It must not quote text that could hold a credential. */
  explain?: (answered: Answered) => SourceError | undefined;
}

/** Calls and judges. What comes back is a 2xx with a JSON body (or an empty one); everything else is a SourceError. */
export async function call(outside: Outside, vendor: Vendor, url: string | URL, init: RequestInit = {}): Promise<Answered> {
  const response = await outside.fetch(url, init);
  const text = await response.text();
  const answered = { status: response.status, headers: response.headers, text, body: parsed(text) };
  if (!response.ok || signInPage(answered)) throw vendor.explain?.(answered) ?? failure(vendor.name, answered);
  if (answered.body === undefined && text !== '') {
    throw new SourceError(`${vendor.name} answered with something other than data. If a proxy stands in between, let it pass; otherwise report this.`, { kind: 'report' });
  }
  return answered;
}

/** What a failed answer means when the vendor has not said otherwise. */
export function failure(name: string, answered: Answered): SourceError {
  const { status } = answered;
  if (status === 401 || signInPage(answered) || (status >= 300 && status < 400)) {
    return new SourceError(`${name} does not accept this credential any more, or never did. Enter a new one.`, { kind: 'reconnect' });
  }
  if (status === 403) return new SourceError(`${name} knows this credential but it may not read this. Give it the rights named beside it, or enter another.`, { kind: 'reconnect' });
  if (status === 404 || status === 410) return new SourceError(`${name} cannot find this. It was deleted, renamed or is hidden from this credential: choose again.`, { kind: 'reconfigure' });
  if (status === 408 || status === 429 || status >= 500) return busy(name, answered);
  if (status >= 400) return new SourceError(`${name} does not understand what it was asked (${status}). Check the settings and what is measured.`, { kind: 'reconfigure' });
  return new SourceError(`${name} answered with an unexpected status (${status}).`, { kind: 'report' });
}

export function busy(name: string, { status, headers }: Answered): SourceError {
  const afterSeconds = retryAfter(headers.get('retry-after'), Date.now());
  const sentence = status === 429 ? `${name} asks us to slow down.` : `${name} is not answering properly just now (${status}).`;
  return new SourceError(`${sentence} Waymark tries again by itself.`, afterSeconds === undefined ? { kind: 'retry' } : { kind: 'retry', afterSeconds });
}

/** Seconds to wait as a Retry-After header says it, in seconds or as a date, held between 0 and one hour. `undefined` when it says nothing. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  if (Number.isNaN(seconds) || /^\s*-/.test(header)) return undefined; // Date.parse takes -5 for a month
  return Math.min(longestWait, Math.max(0, Math.ceil(seconds)));
}

/** An answer of another shape than documented. */
export function odd(name: string): SourceError {
  return new SourceError(`${name} answered in a shape that Waymark does not know. The last good value stays; please report this.`, { kind: 'report' });
}

function signInPage({ status, headers, body }: Answered): boolean {
  return status === 203 || (status === 200 && body === undefined && (headers.get('content-type') ?? '').includes('text/html'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what `call` judges: an empty body is fine, a page is not
  }
}
