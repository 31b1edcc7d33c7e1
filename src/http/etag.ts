// ETags against lost updates: what a caller has seen, how a request names it, and the refusal when it is no longer so.
import { digest } from '../store/tables.ts';
import type { Stored } from '../store/store.ts';
import { Refusal, wrongField } from './refusal.ts';

/**
 * Names the row as it was read. It is no validator of the answer that carries it, which also holds what time alone changes (expected
 * progress today, the age of a value): so nothing is answered with 304, and `If-None-Match` means nothing here.
 */
export function etagOf(stored: Stored<unknown>): string {
  return digest(stored.etag);
}

/** Refuses a change of what is no longer as its caller has read it. `what` is for people. */
export function refuseStale(stored: Stored<unknown>, etag: string, what = 'this goal'): void {
  if (etagOf(stored) !== etag) throw stale(what);
}

export function stale(what: string): Refusal {
  return new Refusal('stale', `Somebody else changed ${what} meanwhile. Load it again and repeat your change.`);
}

/** The ETag that an `If-Match` header names. */
export function guardOf(ifMatch: string | undefined): string {
  if (ifMatch === undefined) {
    throw new Refusal('precondition-required', 'If-Match: Send the ETag of what you are changing, in quotation marks. You find it as “etag” where you have read it.', { 'If-Match': 'Send the ETag, in quotation marks.' });
  }
  const etag = /^"([\x21\x23-\x7e]+)"$/.exec(ifMatch)?.[1];
  if (etag === undefined) throw wrongField('If-Match', 'Send one ETag in quotation marks, as it was answered: not a star, a list or a weak one.');
  return etag;
}
