// One page of the rows that fit, out of a bounded number that are looked at.
import type { Store, Stored } from './store.ts';
import type { Kind } from './tables.ts';

/** Rows that one request looks at, unless told otherwise; whoever asked for more goes on with the next page. */
const mostLookedAt = 2000;

/** `last`: the row that was looked at last, when there may be more behind it. */
export interface Sifted<T> { rows: Stored<T>[]; last?: T }

/** Rows in key order that come after the row key `after`, at most `limit` of them, found among at most `most`. */
export async function sift<T>(
  store: Store, kind: Kind<T>, partition: string, { after, limit, most = mostLookedAt, fits = () => true }: { after?: string | undefined; limit: number; most?: number; fits?: (body: T) => boolean },
): Promise<Sifted<T>> {
  const found: Stored<T>[] = [];
  let looked = 0;
  let next: string | undefined;
  do {
    const page = await store.page(kind, partition, { after, next, limit: looked === 0 ? limit : Math.min(1000, most - looked) });
    for (const row of page.rows) {
      looked++;
      if (fits(row.body)) found.push(row);
      if (found.length === limit || looked === most) return { rows: found, last: row.body };
    }
    next = page.next;
  } while (next !== undefined);
  return { rows: found };
}

/** Whether a text holds every one of some words, in any order; capitals do not matter. */
export function holdsWords(words: string): (text: string) => boolean {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return text => wanted.every(word => text.toLowerCase().includes(word));
}
