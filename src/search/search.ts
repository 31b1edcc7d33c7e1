// The goal index: SQLite's full-text search in memory, derived from the goal rows and rebuilt from them at will.
import { DatabaseSync } from 'node:sqlite';
import type { Goal, GoalRef } from '../domain/goal.ts';
import type { Scope } from '../domain/organization.ts';

export interface GoalSearch {
  /**
   * The best matches for what somebody has typed so far, best first; with no words any goals, those that this process wrote last first.
   * Answers references only: whoever shows a goal reads it again and asks whether this person may see it.
   */
  find(scope: Scope, words: string, limit: number): Promise<GoalRef[]>;
  /** Makes a change findable at once in this process; other processes see it at their next rebuild. */
  put(scope: Scope, goal: Goal): void;
  remove(scope: Scope, ref: GoalRef): void;
}

/** An index older than this is rebuilt in the background when it is next asked. */
const staleAfterMs = 5 * 60_000;

/** `changes`: made while the next index is being built, which may have read past them. */
interface Index { database: DatabaseSync; builtAt: number; changes: Change[] | undefined }
type Change = (database: DatabaseSync) => void;

/** `load` yields every goal of an organization that should be found. */
export function openSearch(deps: { load(scope: Scope): AsyncIterable<Goal>; now(): Date; report(error: unknown): void }): GoalSearch {
  const indexes = new Map<string, Promise<Index>>();
  const keyOf = (scope: Scope) => `${scope.tenant}|${scope.organization}`;

  async function build(scope: Scope): Promise<Index> {
    const builtAt = deps.now().getTime();
    const database = emptyIndex();
    for await (const goal of deps.load(scope)) write(database, goal);
    return { database, builtAt, changes: undefined };
  }

  async function indexOf(scope: Scope): Promise<Index> {
    const key = keyOf(scope);
    let building = indexes.get(key);
    if (!building) {
      building = build(scope);
      indexes.set(key, building);
      building.catch(() => indexes.delete(key)); // the next search tries again; this one hears of it by its own await
    }
    const index = await building;
    if (!index.changes && deps.now().getTime() - index.builtAt > staleAfterMs) rebuild(scope, index).catch(deps.report);
    return index;
  }

  async function rebuild(scope: Scope, index: Index): Promise<void> {
    const changes: Change[] = index.changes = [];
    try {
      const fresh = await build(scope);
      for (const change of changes) change(fresh.database);
      indexes.set(keyOf(scope), Promise.resolve(fresh));
    } finally {
      index.changes = undefined;
    }
  }

  const whenBuilt = (scope: Scope, change: Change) => {
    const changed = (index: Index) => { change(index.database); index.changes?.push(change); };
    indexes.get(keyOf(scope))?.then(changed, () => undefined /* reported to whoever searched */);
  };

  return {
    find: async (scope, words, limit) => found((await indexOf(scope)).database, words, limit),
    put: (scope, goal) => whenBuilt(scope, database => { erase(database, goal); write(database, goal); }),
    remove: (scope, ref) => whenBuilt(scope, database => erase(database, ref)),
  };
}

function emptyIndex(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec("create virtual table goals using fts5(title, description, owner, period unindexed, id unindexed, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4')");
  return database;
}

function write(database: DatabaseSync, goal: Goal): void {
  database.prepare('insert into goals (title, description, owner, period, id) values (?, ?, ?, ?, ?)').run(goal.title, goal.description, goal.owners.map(o => o.name).join(', '), goal.period, goal.id);
}

function erase(database: DatabaseSync, ref: GoalRef): void {
  database.prepare('delete from goals where id = ? and period = ?').run(ref.id, ref.period);
}

function found(database: DatabaseSync, words: string, limit: number): GoalRef[] {
  const terms = words.normalize('NFKC').match(/[\p{L}\p{N}]+/gu) ?? [];
  const asRef = (row: Record<string, unknown>): GoalRef => ({ period: String(row['period']), id: String(row['id']) });
  if (terms.length === 0) return database.prepare('select period, id from goals order by rowid desc limit ?').all(limit).map(asRef);
  const query = (joint: string) => terms.map(t => `"${t}"*`).join(joint);
  const ranked = database.prepare('select period, id from goals where goals match ? order by bm25(goals, 10, 1, 3) limit ?');
  const all = ranked.all(query(' AND '), limit);
  return (all.length > 0 ? all : ranked.all(query(' OR '), limit)).map(asRef);
}
