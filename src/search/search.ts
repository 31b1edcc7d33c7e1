// The goal search: one index an organization, derived from the goal rows, kept current by what this process writes and rebuilt from them at will.
import { setImmediate } from 'node:timers/promises';
import type { Goal, GoalRef } from '../domain/goal.ts';
import type { GoalQuery } from '../domain/goal-query.ts';
import type { Scope } from '../domain/organization.ts';
import { type Found, type GoalIndex, type Page, emptyIndex } from './goal-index.ts';

export { type Found, type Page, Position, type Sorting } from './goal-index.ts';

export interface GoalSearch {
  /**
   * Goals that a query asks for, one page of them. `viewer` is the id of the person who asks; `null` finds only what everybody may see.
   * A private goal is found by nobody off its list, and does not count on any page.
   * Answers references only: whoever shows a goal reads it again and asks whether this person may see it.
   */
  find(scope: Scope, viewer: string | null, query: GoalQuery, page: Page): Promise<Found>;
  /** Makes a change findable at once in this process; other processes see it at their next rebuild. */
  put(scope: Scope, goal: Goal): void;
  remove(scope: Scope, ref: GoalRef): void;
}

/** An index older than this is rebuilt in the background when it is next asked, */
const staleAfterMs = 5 * 60_000;
/** but no process spends more than one part in so many of its time on rebuilding. */
const mostOften = 20;
/** Goals written at once, a few milliseconds' work, before others have their turn. */
const batchSize = 200;

type Change = (index: GoalIndex) => void;

/** `changes`: made while `building` goes on, which may have read past them. */
interface Indexed { index: GoalIndex | undefined; staleAt: number; building: Promise<void> | undefined; changes: Change[] }

/** `load` yields every goal of an organization that should be found. */
export function openSearch(deps: { load(scope: Scope): AsyncIterable<Goal>; now(): Date; report(error: unknown): void }): GoalSearch {
  const organizations = new Map<string, Indexed>();
  const keyOf = (scope: Scope) => `${scope.tenant}|${scope.organization}`;

  async function filled(scope: Scope): Promise<GoalIndex> {
    const index = emptyIndex();
    let batch: Goal[] = [];
    for await (const goal of deps.load(scope)) {
      if (batch.push(goal) < batchSize) continue;
      index.write(batch);
      batch = [];
      await setImmediate();
    }
    index.write(batch);
    return index;
  }

  async function build(scope: Scope, of: Indexed): Promise<void> {
    const began = deps.now().getTime();
    of.changes = [];
    try {
      const fresh = await filled(scope);
      for (const change of of.changes) change(fresh);
      of.index?.close();
      of.index = fresh;
      of.staleAt = began + Math.max(staleAfterMs, mostOften * (deps.now().getTime() - began));
    } finally {
      of.building = undefined;
    }
  }

  /** An index that is there serves at once, however old; whoever comes first waits, and hears why if it fails. */
  async function indexed(scope: Scope): Promise<Indexed> {
    const key = keyOf(scope);
    const of = organizations.get(key) ?? { index: undefined, staleAt: 0, building: undefined, changes: [] };
    organizations.set(key, of);
    if (!of.index) await (of.building ??= build(scope, of));
    else if (deps.now().getTime() > of.staleAt && !of.building) (of.building = build(scope, of)).catch(deps.report);
    return of;
  }

  function change(scope: Scope, make: Change): void {
    const of = organizations.get(keyOf(scope));
    if (!of) return;
    if (of.index) make(of.index);
    if (of.building) of.changes.push(make);
  }

  return {
    find: async (scope, viewer, query, page) => (await indexed(scope)).index!.find(viewer, query, page),
    put: (scope, goal) => change(scope, index => index.write([goal])),
    remove: (scope, ref) => change(scope, index => index.erase(ref)),
  };
}
