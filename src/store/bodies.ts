// Several rows at once, by their ids.
import type { Goal, GoalRef } from '../domain/goal.ts';
import type { Scope } from '../domain/organization.ts';
import type { Store } from './store.ts';
import { type Keys, type Kind, keys, rows } from './tables.ts';

/** The rows that are there, by id; each is read once however often it is wanted. */
export async function bodiesOf<T>(store: Store, kind: Kind<T>, ids: Iterable<string>, keysOf: (id: string) => Keys): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>();
  await Promise.all([...new Set(ids)].map(async id => {
    const row = await store.get(kind, keysOf(id));
    if (row) found.set(id, row.body);
  }));
  return found;
}

/** The goals that are there, in the order in which they are named. */
export async function goalsAt(store: Store, scope: Scope, refs: readonly GoalRef[]): Promise<Goal[]> {
  const found = await Promise.all(refs.map(ref => store.get(rows.goal, keys.goal(scope, ref))));
  return found.flatMap(goal => goal?.body ?? []);
}
