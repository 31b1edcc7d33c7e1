// Read, change, write with ETag, and again when somebody else was faster: for rows that several may change.
import { setTimeout as sleep } from 'node:timers/promises';
import { Conflict, replace, type Step, type Store } from './store.ts';
import type { Keys, Kind } from './tables.ts';

const tries = 8;

/**
 * Answers the body as it now stands, or `undefined` when the row is gone.
 * `revised` may answer the very body it got: then nothing is written. `also` answers what goes into the same transaction.
 */
export async function revise<T>(store: Store, kind: Kind<T>, keys: Keys, revised: (body: T) => T, also: (before: T, after: T) => Step[] = () => []): Promise<T | undefined> {
  for (let attempt = 1; ; attempt++) {
    const stored = await store.get(kind, keys);
    if (!stored) return undefined;
    const body = revised(stored.body);
    if (body === stored.body) return body;
    try {
      await store.transact([replace(kind, keys, body, stored.etag), ...also(stored.body, body)]);
      return body;
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === tries) throw error;
      await pause(attempt);
    }
  }
}

/** Waits a little, differently for everybody who lost the same race, and longer the more often it was lost. */
export function pause(attempt: number): Promise<void> {
  return sleep(Math.random() * 10 * 2 ** attempt);
}
