// A store that says which goals were written through it: whoever derives something from goals hears of every writer, present and future.
import type { Goal, GoalRef } from '../domain/goal.ts';
import type { Scope } from '../domain/organization.ts';
import type { Step, Store } from './store.ts';
import { goalAt, rows } from './tables.ts';

/** Called after a row was written or removed, never for what met a conflict. Writes whose answers cross may be heard in the other order. */
export interface Heard {
  put(scope: Scope, goal: Goal): void;
  remove(scope: Scope, ref: GoalRef): void;
}

export function watched(store: Store, heard: Heard): Store {
  const tell = (steps: readonly Step[]) => {
    for (const step of steps) {
      if (step.kind.name !== rows.goal.name) continue;
      const { scope, ref } = goalAt(step.keys);
      if (step.do === 'remove') heard.remove(scope, ref);
      else heard.put(scope, step.body as Goal);
    }
  };
  return {
    ...store,
    async transact(steps) {
      await store.transact(steps);
      tell(steps);
    },
    async transactAll(groups) {
      const verdicts = await store.transactAll(groups);
      for (const [i, steps] of groups.entries()) if (verdicts[i] === 'written') tell(steps);
      return verdicts;
    },
  };
}
