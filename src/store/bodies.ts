// Several rows by their ids, each read once however often it is wanted.
import type { Store } from './store.ts';
import type { Keys, Kind } from './tables.ts';

/** The rows that are there, by id. */
export async function bodiesOf<T>(store: Store, kind: Kind<T>, ids: Iterable<string>, keysOf: (id: string) => Keys): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>();
  await Promise.all([...new Set(ids)].map(async id => {
    const row = await store.get(kind, keysOf(id));
    if (row) found.set(id, row.body);
  }));
  return found;
}
