// The list of goals: a period's pages as they are stored, and everything else that can be asked, which the index answers.
import type { GoalListQuery, GoalView } from '../../api.ts';
import type { GoalQuery } from '../../domain/goal-query.ts';
import type { Goal } from '../../domain/goal.ts';
import { Position, type Sorting } from '../../search/search.ts';
import { BadCursor, type Stored } from '../../store/store.ts';
import { keys, rows } from '../../store/tables.ts';
import type { Caller } from '../caller.ts';
import { wrongField } from '../refusal.ts';
import { goalViews, mayView } from './goal-view.ts';
import type { Deps, Handlers } from './handler.ts';

interface GoalPage { rows: GoalView[]; next?: string }

export const goalList = {
  goals: async ({ query: { limit, next, period, ...rest } }, caller, deps) => {
    const asked = Object.values(rest).some(value => value !== undefined && value !== '');
    return period !== undefined && !asked ? stored(period, limit, next, caller, deps) : found({ period, ...rest }, limit, next, caller, deps);
  },
} satisfies Partial<Handlers>;

async function stored(period: string, limit: number, next: string | undefined, caller: Caller, deps: Deps): Promise<GoalPage> {
  if (next !== undefined && positionIn(next)) throw new BadCursor('This page is not of this list.'); // storage would begin again at the first page
  const page = await deps.store.page(rows.goal, keys.goals(caller.scope, period), { prefix: 'g:', limit, next });
  return { rows: await viewsOf(page.rows, caller, deps), ...(page.next ? { next: page.next } : {}) };
}

/** Search finds; the rows are read again, so that what is shown is current and permitted. */
async function found(query: Omit<GoalListQuery, 'limit' | 'next'>, limit: number, next: string | undefined, caller: Caller, deps: Deps): Promise<GoalPage> {
  const sorting = sortingOf(query);
  const after = next === undefined ? undefined : positionIn(next);
  if (next !== undefined && !(after && isOf(sorting, after))) throw new BadCursor('This page is not of this list.');
  const page = await deps.search.find(caller.scope, caller.person.id, goalQuery(query), { sorting, limit, after });
  const read = await Promise.all(page.refs.map(ref => deps.store.get(rows.goal, keys.goal(caller.scope, ref))));
  return { rows: await viewsOf(read.filter(g => g !== undefined), caller, deps), ...(page.next ? { next: cursor(page.next) } : {}) };
}

function viewsOf(goals: readonly Stored<Goal>[], caller: Caller, deps: Deps): Promise<GoalView[]> {
  return goalViews(goals.filter(g => mayView(g.body, caller)), caller, deps);
}

function goalQuery({ search, period, kind, status, under, sort: _sort, order: _order, ...same }: Omit<GoalListQuery, 'limit' | 'next'>): GoalQuery {
  const [parentPeriod = '', parent = ''] = under?.split('/') ?? [];
  return {
    ...same, words: search, kinds: kind, statuses: status,
    periods: period === undefined ? undefined : [period],
    under: under === undefined ? undefined : { period: parentPeriod, id: parent },
  };
}

function sortingOf({ search, sort, order = 'asc' }: Omit<GoalListQuery, 'limit' | 'next'>): Sorting {
  const words = (search ?? '').trim() !== '';
  if (sort === 'relevance' && !words) throw wrongField('sort', 'Say what to search for, or sort by something else.');
  if (sort === undefined) return words ? { by: 'relevance' } : { by: 'created', order: 'desc' };
  return sort === 'relevance' ? { by: 'relevance' } : { by: sort, order };
}

function cursor(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** `undefined` when it is none of ours. */
function positionIn(next: string): Position | undefined {
  return Position.safeParse(parsed(Buffer.from(next, 'base64url').toString())).data;
}

function isOf(sorting: Sorting, position: Position): boolean {
  return position.by === sorting.by && (position.by === 'relevance' || ('order' in sorting && position.order === sorting.order));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no position
  }
}
