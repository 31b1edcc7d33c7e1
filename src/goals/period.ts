// A time period remembers how far its goals reach.
import type { Goal } from '../domain/goal.ts';
import type { Scope } from '../domain/organization.ts';
import { reaching } from '../domain/period.ts';
import { Refusal } from '../refusal.ts';
import { revise } from '../store/revise.ts';
import type { Store } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';

/**
 * To be called before a goal with dates of its own is written: its period remembers how far they reach, so that the goal is judged and
 * found for as long as it runs.
 */
export async function stretchPeriod(store: Store, scope: Scope, goal: Pick<Goal, 'period' | 'start' | 'end'>): Promise<void> {
  const period = await revise(store, rows.period, keys.period(scope, goal.period), p => reaching(p, goal));
  if (!period) throw new Refusal('conflict', 'Its time period has just been deleted. Choose another one.');
}
