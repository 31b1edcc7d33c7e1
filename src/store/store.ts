// The calls by which the program remembers. Rows go in and come out checked; a row that no longer fits fails at the door with its keys.
import type { Keys, Kind } from './tables.ts';

/** A row as it was read: write it back with its `etag` and lose to nobody in silence. */
export interface Stored<T> { readonly body: T; readonly etag: string }

/** One step of a transaction. */
export type Step = { kind: Kind<unknown>; keys: Keys } & (
  | { do: 'insert'; body: unknown }
  /** Only if the row is still the one that was read. */
  | { do: 'replace'; body: unknown; etag: string }
  /** Whatever was there before. */
  | { do: 'put'; body: unknown }
  /** Gone afterwards; it may have been gone before. With an `etag` only if it is still the row that was read, and then as a group's only step. */
  | { do: 'remove'; etag?: string }
);

export const insert = <T>(kind: Kind<T>, keys: Keys, body: T): Step => ({ do: 'insert', kind: kind as Kind<unknown>, keys, body });
export const replace = <T>(kind: Kind<T>, keys: Keys, body: T, etag: string): Step => ({ do: 'replace', kind: kind as Kind<unknown>, keys, body, etag });
export const put = <T>(kind: Kind<T>, keys: Keys, body: T): Step => ({ do: 'put', kind: kind as Kind<unknown>, keys, body });
export const remove = <T>(kind: Kind<T>, keys: Keys, etag?: string): Step => ({ do: 'remove', kind: kind as Kind<unknown>, keys, ...(etag ? { etag } : {}) });

/** Which rows of a partition: keys that begin with `prefix` and come after the row key `after`, one page of at most `limit` (1 to 1000), after `next`. */
export interface Span { prefix?: string; after?: string | undefined; limit?: number; next?: string | undefined }
export interface Page<T> { rows: Stored<T>[]; next?: string }

export interface Store {
  get<T>(kind: Kind<T>, keys: Keys): Promise<Stored<T> | undefined>;
  /** One page in key order; it may be empty and still have a `next`. Throws `BadCursor`. */
  page<T>(kind: Kind<T>, partition: string, span?: Span): Promise<Page<T>>;
  /** All rows under a prefix, page by page. */
  all<T>(kind: Kind<T>, partition: string, prefix?: string): AsyncIterable<Stored<T>>;
  /** All or nothing, within one partition of one table, at most 100 steps. Throws `Conflict` when a row was changed or made meanwhile. */
  transact(steps: Step[]): Promise<void>;
  /**
   * Many transactions at once: each group is all or nothing, groups of one partition share requests (100 rows, 4 MiB each).
   * Answers per group, in order, whether it was written or met a conflict; groups that write the same row do so in order.
   * A row that does not fit throws before anything is written; any other failure throws with some groups written.
   */
  transactAll(groups: Step[][]): Promise<('written' | 'conflict')[]>;
  /** The tenants that have organizations; for sweeps. */
  tenants(): AsyncIterable<string>;
}

/**
 * A row was changed, made or removed by somebody else between reading and writing: read again, decide again. That somebody may be ourselves,
 * when a write was carried out but its answer got lost; so let what must not happen twice leave a row whose key says what it was.
 */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** A `next` that no page has answered. */
export class BadCursor extends Error {
  override readonly name = 'BadCursor';
}

/** A row that its schema refuses, on the way in or out: a bug or damage, named by its keys, never by its contents. */
export class BadRow extends Error {
  override readonly name = 'BadRow';
}

/** A row that has grown beyond what one can hold. Here it is people who can put it right: by taking something out. */
export class RowTooLarge extends BadRow {}
