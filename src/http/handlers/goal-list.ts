// The list of goals: a period's pages as they are stored, and everything else that can be asked, which the index answers.
import type { GoalListQuery, GoalView } from '../../api.ts';
import type { GoalQuery } from '../../domain/goal-query.ts';
import type { Goal } from '../../domain/goal.ts';
import { isId } from '../../domain/organization.ts';
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

/** Pages tell only of goals that the caller sees: a private one leaves no hole in them, and they end at none. */
async function stored(period: string, limit: number, next: string | undefined, caller: Caller, deps: Deps): Promise<GoalPage> {
  if (next !== undefined && !isId(next)) throw new BadCursor('This page is not of this list.');
  const after = next === undefined ? undefined : keys.goal(caller.scope, { period, id: next }).row;
  const seen: Stored<Goal>[] = [];
  let further: string | undefined;
  let atOnce = limit + 1; // with the one that tells whether there is another page
  do {
    const page = await deps.store.page(rows.goal, keys.goals(caller.scope, period), { prefix: 'g:', after, limit: atOnce, next: further });
    seen.push(...page.rows.filter(({ body }) => mayView(body, caller)));
    further = page.next;
    atOnce = Math.min(1000, 4 * atOnce);
  } while (further !== undefined && seen.length <= limit);
  const shown = seen.slice(0, limit);
  return { rows: await goalViews(shown, caller, deps), ...(seen.length > limit ? { next: shown.at(-1)!.body.id } : {}) };
}

/** Another process may have hidden or deleted what our index still finds: so often it is put right and asked again, before a page is shorter than it could be. */
const mostAsked = 5;

/** Search finds; the rows are read again, so that what is shown is current and permitted. */
async function found(query: Omit<GoalListQuery, 'limit' | 'next'>, limit: number, next: string | undefined, caller: Caller, deps: Deps): Promise<GoalPage> {
  const sorting = sortingOf(query);
  const after = next === undefined ? undefined : positionIn(next);
  if (next !== undefined && !(after && isOf(sorting, after))) throw new BadCursor('This page is not of this list.');
  for (let asked = 1; ; asked++) {
    const page = await deps.search.find(caller.scope, caller.person.id, goalQuery(query), { sorting, limit, after });
    const read = await Promise.all(page.refs.map(ref => deps.store.get(rows.goal, keys.goal(caller.scope, ref))));
    const seen = read.filter(g => g !== undefined).filter(g => mayView(g.body, caller));
    if (seen.length < read.length && asked < mostAsked) {
      page.refs.forEach((ref, i) => { if (!read[i]) deps.search.remove(caller.scope, ref); else if (!mayView(read[i].body, caller)) deps.search.put(caller.scope, read[i].body); });
      continue;
    }
    const isWhole = seen.length === read.length; // a page's end is its last goal's title, or whatever the list is sorted by
    return { rows: await goalViews(seen, caller, deps), ...(page.next && isWhole ? { next: cursor(page.next) } : {}) };
  }
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
