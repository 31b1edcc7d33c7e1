// One organization's goals in SQLite, in memory: what can be asked of a goal as columns, who and what it belongs to as facets, its words in FTS5.
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import { type Goal, GoalRef, checkInOwnerOf } from '../domain/goal.ts';
import { type GoalQuery, GoalSort, SortOrder } from '../domain/goal-query.ts';
import type { Status } from '../domain/status.ts';

/**
 * Where a page ended. A sorted list goes on behind its last goal, whatever is written meanwhile; a list by relevance, which every change
 * of any goal may reorder, goes on after so many. `any`: no goal had all of the words, and the list is of those with one of them.
 */
export const Position = z.discriminatedUnion('by', [
  z.object({ by: z.literal('relevance'), skip: z.number().int().min(0).max(1_000_000), any: z.boolean() }),
  z.object({ by: GoalSort.exclude(['relevance']), order: SortOrder, value: z.union([z.string(), z.number(), z.null()]), ref: GoalRef, any: z.boolean() }),
]);
export type Position = z.infer<typeof Position>;

export type Sorting = { by: 'relevance' } | { by: Exclude<GoalSort, 'relevance'>; order: SortOrder };

/** `after` is a position of the same sorting. */
export interface Page { sorting: Sorting; limit: number; after?: Position | undefined }
export interface Found { refs: GoalRef[]; next?: Position }

export interface GoalIndex {
  /** Writes goals, in place of what was there of them. */
  write(goals: readonly Goal[]): void;
  erase(ref: GoalRef): void;
  /** `viewer`: the id of the person who asks; `null` finds only what everybody may see. */
  find(viewer: string | null, query: GoalQuery, page: Page): Found;
  close(): void;
}

/** Worst first. */
const standings: readonly Status[] = ['at-risk', 'behind', 'on-track', 'in-progress', 'reopened', 'not-started', 'postponed', 'closed'];

const columns: Record<Exclude<GoalSort, 'relevance'>, string> = {
  title: 'title', progress: 'progress', status: 'standing', end: 'ends', 'checked-in': 'checked_in_at', created: 'created_at',
};

const schema = `
  create table goals (
    id integer primary key, period text not null, goal text not null, kind text not null, entity text not null, mode text not null, status text not null,
    standing integer not null, title text not null, progress real, ends text not null, created_at text not null, checked_in_at text,
    check_in_owner text, unaligned integer not null, private integer not null, unique (period, goal)
  );
  create table facets (kind text not null, value text not null, goal integer not null, primary key (kind, value, goal)) without rowid;
  create index facets_by_goal on facets (goal);
  create index private_goals on goals (id) where private = 1;
  create virtual table words using fts5(title, description, owners, tags, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4');
`;

export function emptyIndex(): GoalIndex {
  const database = new DatabaseSync(':memory:');
  database.exec(schema);
  const statements = {
    id: database.prepare('select id from goals where period = ? and goal = ?'),
    drop: database.prepare('delete from goals where id = ?'),
    dropFacets: database.prepare('delete from facets where goal = ?'),
    dropWords: database.prepare('delete from words where rowid = ?'),
    add: database.prepare('insert into goals values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    addFacet: database.prepare('insert or ignore into facets values (?, ?, ?)'),
    addWords: database.prepare('insert into words (rowid, title, description, owners, tags) values (?, ?, ?, ?, ?)'),
  };

  function erase(ref: GoalRef): void {
    const id = statements.id.get(ref.period, ref.id)?.['id'];
    if (id === undefined) return;
    for (const drop of [statements.drop, statements.dropFacets, statements.dropWords]) drop.run(id);
  }

  function add(goal: Goal): void {
    const id = statements.add.run(...valuesOf(goal)).lastInsertRowid;
    for (const [kind, value] of facetsOf(goal)) statements.addFacet.run(kind, value, id);
    statements.addWords.run(id, goal.title, goal.description, goal.owners.map(o => o.name).join(', '), goal.tags.join(', '));
  }

  function inTransaction(act: () => void): void {
    database.exec('begin');
    try {
      act();
      database.exec('commit');
    } catch (error) {
      database.exec('rollback');
      throw error;
    }
  }

  return {
    write: goals => inTransaction(() => { for (const goal of goals) { erase(goal); add(goal); } }),
    erase: ref => inTransaction(() => erase(ref)),
    find: (viewer, query, page) => find(database, viewer, query, page),
    close: () => database.close(),
  };
}

function valuesOf(goal: Goal): SQLInputValue[] {
  return [
    goal.period, goal.id, goal.kind, goal.entity.kind, goal.mode, goal.status, standings.indexOf(goal.status), sortable(goal.title), goal.progress, goal.end,
    goal.createdAt, goal.checkedInAt, checkInOwnerOf(goal)?.id ?? null, goal.parents.length === 0 ? 1 : 0, goal.access.private ? 1 : 0,
  ];
}

function facetsOf(goal: Goal): [kind: string, value: string][] {
  return [
    ...goal.owners.map(({ id }): [string, string] => ['owner', id]),
    ...(goal.entity.kind === 'teams' ? goal.entity.teams.map((team): [string, string] => ['team', team]) : []),
    ...goal.tags.map((tag): [string, string] => ['tag', tag.toLowerCase()]),
    ...goal.parents.map((parent): [string, string] => ['parent', nameOf(parent)]),
    ...(goal.access.private ? viewersOf(goal).map((person): [string, string] => ['viewer', person]) : []),
  ];
}

/** Who may find a private goal. This only narrows: whoever shows a goal asks permission.ts. */
function viewersOf({ owners, createdBy, delegate, checkInOwner, access }: Goal): string[] {
  return [...owners, createdBy, delegate, checkInOwner, ...access.viewers, ...access.editors, ...access.aligners ?? []].flatMap(who => who?.id ?? []);
}

/** Letters without accents and capitals, so that titles sort as people look for them. */
function sortable(title: string): string {
  return title.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** As `hiddenGoals` spells it. */
function nameOf(ref: GoalRef): string {
  return `${ref.period}/${ref.id}`;
}

/** A part of a `where` and what it is filled with. */
interface Condition { sql: string; values: SQLInputValue[] }

function find(database: DatabaseSync, viewer: string | null, query: GoalQuery, page: Page): Found {
  const terms = query.words?.normalize('NFKC').match(/[\p{L}\p{N}]+/gu) ?? [];
  const conditions = [...conditionsOf(query, viewer ?? nobody), visibleTo(viewer ?? nobody)];
  const matching = (any: boolean): Found => {
    const words = terms.length === 0 ? undefined : terms.map(t => `"${t}"*`).join(any ? ' OR ' : ' AND ');
    const asked = { ...joined([...(words === undefined ? [] : [{ sql: 'words match ?', values: [words] }]), ...conditions]), words: words !== undefined, any };
    return page.sorting.by === 'relevance' ? best(database, asked, page) : sorted(database, asked, page, page.sorting);
  };
  if (page.after) return matching(page.after.any);
  const all = matching(false);
  return all.refs.length === 0 && terms.length > 1 ? matching(true) : all;
}

/** `words`: whether it matches any. */
type Asked = Condition & { words: boolean; any: boolean };

/** Without words there is no relevance: those that were made last come first. */
function best(database: DatabaseSync, asked: Asked, { limit, after }: Page): Found {
  const skip = after?.by === 'relevance' ? after.skip : 0;
  const order = asked.words ? 'bm25(words, 10, 1, 3, 3)' : 'g.created_at desc';
  const rows = database.prepare(`select g.period, g.goal from ${tablesOf(asked)} where ${asked.sql} order by ${order}, g.period, g.goal limit ? offset ?`)
    .all(...asked.values, limit + 1, skip);
  return { refs: rows.slice(0, limit).map(refOf), ...(rows.length > limit ? { next: { by: 'relevance', skip: skip + limit, any: asked.any } } : {}) };
}

function sorted(database: DatabaseSync, asked: Asked, { limit, after }: Page, { by, order }: Extract<Sorting, { order: SortOrder }>): Found {
  const column = `g.${columns[by]}`;
  const { sql, values } = joined([asked, ...(after && after.by !== 'relevance' ? [beyond(column, order, after)] : [])]);
  const rows = database.prepare(`select g.period, g.goal, ${column} as value from ${tablesOf(asked)} where ${sql} order by ${column} is null, ${column} ${order}, g.period, g.goal limit ?`)
    .all(...values, limit + 1);
  const last = rows[limit - 1];
  return {
    refs: rows.slice(0, limit).map(refOf),
    ...(rows.length > limit ? { next: { by, order, value: last!['value'] as string | number | null, ref: refOf(last!), any: asked.any } } : {}),
  };
}

function tablesOf({ words }: Asked): string {
  return words ? 'words join goals g on g.id = words.rowid' : 'goals g';
}

/** What comes behind a position, in the order of `sorted`. */
function beyond(column: string, order: SortOrder, { value, ref }: Extract<Position, { order: SortOrder }>): Condition {
  const later = '(g.period, g.goal) > (?, ?)';
  if (value === null) return { sql: `${column} is null and ${later}`, values: [ref.period, ref.id] };
  const side = order === 'asc' ? '>' : '<';
  return { sql: `(${column} is null or ${column} ${side} ? or (${column} = ? and ${later}))`, values: [value, value, ref.period, ref.id] };
}

function conditionsOf(query: GoalQuery, viewer: string): Condition[] {
  const isOneOf = (column: string, among: readonly string[] | undefined): Condition[] => (among ? [oneOf(column, among)] : []);
  const is = (column: string, value: string | number | undefined): Condition[] => (value === undefined ? [] : [{ sql: `g.${column} = ?`, values: [value] }]);
  const has = (kind: string, value: string | undefined): Condition[] => (value === undefined ? [] : [{ sql: hasFacet, values: [kind, value] }]);
  return [
    ...isOneOf('period', query.periods), ...isOneOf('kind', query.kinds), ...isOneOf('status', query.statuses),
    ...is('entity', query.entity), ...is('mode', query.mode), ...is('check_in_owner', query.checkInOwner),
    ...has('owner', query.owner), ...has('team', query.team), ...has('tag', query.tag?.toLowerCase()),
    ...(query.under ? [...has('parent', nameOf(query.under)), { sql: `? not in (${hiddenGoals})`, values: [nameOf(query.under), viewer] }] : []),
    ...(query.unaligned === undefined ? [] : [{ sql: query.unaligned ? unaligned : `not ${unaligned}`, values: [viewer, viewer] }]),
    ...(query.current ? [either(oneOf('period', query.current.periods), { sql: 'g.ends >= ?', values: [query.current.today] })] : []),
    ...(query.checkedInBefore === undefined ? [] : [{ sql: '(g.checked_in_at is null or g.checked_in_at < ?)', values: [query.checkedInBefore] }]),
    ...(query.endsBefore === undefined ? [] : [{ sql: 'g.ends < ?', values: [query.endsBefore] }]),
  ];
}

function oneOf(column: string, among: readonly string[]): Condition {
  return { sql: `g.${column} in (${among.map(() => '?').join(', ')})`, values: [...among] };
}

function either(a: Condition, b: Condition): Condition {
  return { sql: `(${a.sql} or ${b.sql})`, values: [...a.values, ...b.values] };
}

const hasFacet = 'g.id in (select goal from facets where kind = ? and value = ?)';

/** On no private goal's list. */
const nobody = '';

function visibleTo(viewer: string): Condition {
  return { sql: `(g.private = 0 or ${hasFacet})`, values: ['viewer', viewer] };
}

/** The goals that a viewer may not know of. */
const hiddenGoals = "select period || '/' || goal from goals where private = 1 and id not in (select goal from facets where kind = 'viewer' and value = ?)";

/** Without a parent, as far as a viewer may know: a private one that is not theirs is none. */
const unaligned = `(g.unaligned = 1 or (g.id in (select goal from facets where kind = 'parent' and value in (${hiddenGoals}))
  and not exists (select 1 from facets where goal = g.id and kind = 'parent' and value not in (${hiddenGoals}))))`;

function joined(conditions: Condition[]): Condition {
  return { sql: conditions.map(c => c.sql).join(' and '), values: conditions.flatMap(c => c.values) };
}

function refOf(row: Record<string, unknown>): GoalRef {
  return { period: String(row['period']), id: String(row['goal']) };
}
