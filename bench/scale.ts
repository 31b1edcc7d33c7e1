// What it costs to work with one goal among few and among many, counted in requests to the table service and in rows: the server and the roll-up as they are.
import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { api } from '../src/api.ts';
import type { Goal } from '../src/domain/goal.ts';
import type { GoalQuery } from '../src/domain/goal-query.ts';
import { newOrganization, type Scope } from '../src/domain/organization.ts';
import { openServer } from '../src/http/server.ts';
import { addOrganization, closed, listening, organization, period, setServerStage } from '../src/http/stage.ts';
import { type GoalSearch, type Page, openSearch } from '../src/search/search.ts';
import { type Ask, asker } from '../src/simulators/ask.ts';
import { startAzurite } from '../src/simulators/azurite.ts';
import { startEntra } from '../src/simulators/entra.ts';
import { intercepted } from '../src/simulators/table-faults.ts';
import { type HttpClient, openStore } from '../src/store/azure.ts';
import { insert, type Store } from '../src/store/store.ts';
import { keys, rows } from '../src/store/tables.ts';
import { watched } from '../src/store/watched.ts';
import { drain } from '../src/sync/outbox.ts';
import { setStage } from '../src/sync/stage.ts';
import { type Forest, checkForest, forestOf, pathIn, plant, randomFrom, teams } from './forest.ts';
import { median } from './workload.ts';

/** What crossed the wire to the tables. */
export interface Cost { requests: number; rowsRead: number; rowsWritten: number }
const nothing: Cost = { requests: 0, rowsRead: 0, rowsWritten: 0 };

/** `open`: one goal. `list`, `search`: the first page of all, and of those that are at risk. `checkIn`: on a key result. `ancestors`: until its root stands anew. */
export type Deed = 'open' | 'list' | 'search' | 'checkIn' | 'ancestors';
export const deeds: readonly Deed[] = ['open', 'list', 'search', 'checkIn', 'ancestors'];

/**
 * In milliseconds, for information: they tell about this machine, and `readMs`, the building of an index from the tables, about the emulator most
 * of all. `buildMs`: from goals at hand. `stallMs`: the longest that the process was kept from anything else in either,
 * which is the collecting of this benchmark's own garbage more than the index (94 ms without it). The rest: a page of 50, median.
 */
export interface SearchTimes { readMs: number; buildMs: number; stallMs: number; wordsMs: number; filterMs: number; sortMs: number }
export interface Scale { goals: number; costs: Record<Deed, Cost>; search: SearchTimes }

const began = Date.parse('2026-11-21T09:00:00.000Z');

/** `page`: of so many goals; those that stand under others bring their parents along, so it must be few beside all. */
export interface Measuring { sizes: readonly number[]; samples: number; page: number }

/**
 * Measures organizations of each size, in one storage account. Every deed is done once in each of `samples` trees and its costs are added up.
 * Throws when afterwards any goal of any organization does not stand where its key results put it.
 */
export async function measureScales({ sizes, ...how }: Measuring): Promise<Scale[]> {
  const [azurite, entra] = await Promise.all([startAzurite(), startEntra()]);
  try {
    const scales: Scale[] = [];
    for (const size of sizes) scales.push(await measureScale(azurite.connectionString, entra, size, how));
    return scales;
  } finally {
    await Promise.all([azurite.stop(), entra.stop()]);
  }
}

async function measureScale(connectionString: string, entra: Awaited<ReturnType<typeof startEntra>>, size: number, { samples, page: limit }: Omit<Measuring, 'sizes'>): Promise<Scale> {
  const tenant = randomUUID();
  const scope = { tenant, organization };
  const ada = { id: 'ada', name: 'Ada' };
  const clock = { ms: began };
  const now = () => new Date(clock.ms);
  const counter = counting();
  const stage = await setServerStage({ connectionString, httpClient: counter.httpClient, trust: entra.trust, now });
  const forest = await furnish(await openStore({ connectionString }), tenant, size, ada);

  const values = new Map<string, number>();
  const read: Goal[] = [];
  const search = indexed(async function* () {
    for await (const { body } of stage.store.all(rows.goal, keys.goals(scope, period), 'g:')) {
      read.push(body);
      yield body;
    }
  });
  const store = watched(stage.store, search);
  const sync = { ...(await setStage(connectionString)).deps, store, now };
  const server = openServer({ ...stage.deps, store, search });
  try {
    const token = await entra.personToken({ tenant, ...ada });
    const ask = asker(await listening(server), async () => token);
    const costs: Record<Deed, Cost> = { open: nothing, list: nothing, search: nothing, checkIn: nothing, ancestors: nothing };
    const doing = async (deed: Deed, act: () => Promise<unknown>) => { costs[deed] = sum(costs[deed], await counter.of(act)); };

    const random = randomFrom(7);
    for (let sample = 0; sample < samples; sample++) {
      clock.ms += 60_000;
      const path = pathIn(forest.trees[Math.floor((sample * forest.trees.length) / samples)]!, random);
      const leaf = path.at(-1)!;
      const value = (values.get(leaf.id) ?? leaf.value!) + 1;
      await doing('open', () => ask(api.goal, { params: { organization, period, goal: leaf.id } }));
      await doing('list', () => page(ask, limit));
      await doing('checkIn', () => ask(api.checkIn, { params: { organization, period, goal: leaf.id }, body: { value, note: '' } }));
      values.set(leaf.id, value);
      await doing('ancestors', () => drain(sync, scope, period));
    }
    const times = await timeSearch(search, scope, read);
    checkForest(forest, values, read);
    for (let sample = 0; sample < samples; sample++) await doing('search', () => page(ask, limit, { status: ['at-risk'] }));
    return { goals: forest.goals, costs, search: times };
  } finally {
    await closed(server);
  }
}

async function furnish(store: Store, tenant: string, size: number, admin: { id: string; name: string }): Promise<Forest> {
  const scope = { tenant, organization };
  await addOrganization(store, tenant, admin);
  await store.transactAll(Array.from({ length: teams }, (_, i) => [insert(rows.team, keys.team(scope, `team-${i}`), {
    id: `team-${i}`, name: `Team ${i}`, parent: null, owners: [admin], members: [], createGoals: { for: 'everybody' }, rhythm: null,
  })]));
  const forest = forestOf(size, period, newOrganization({ tenant, id: organization, name: 'Aurora' }), '2026-11-20T09:00:00.000Z');
  await plant(store, scope, forest);
  return forest;
}

/** Built once and never again: the clock of its age stands still. */
function indexed(load: () => AsyncIterable<Goal>): GoalSearch {
  return openSearch({ now: () => new Date(began), report: error => { throw error; }, load });
}

async function page(ask: Ask, limit: number, query: { status?: ['at-risk'] } = {}): Promise<void> {
  const { rows: goals, next } = await ask(api.goals, { params: { organization }, query: { period, limit, ...query } });
  if (goals.length !== limit || next === undefined) throw new Error(`The first page has ${goals.length} goals, and ${next === undefined ? 'no' : 'another'} page behind it.`);
}

/** The first search reads the tables, which leaves their goals in `read`. */
async function timeSearch(search: GoalSearch, scope: Scope, read: readonly Goal[]): Promise<SearchTimes> {
  const best: Page = { sorting: { by: 'relevance' }, limit: 50 };
  const ask = (of: GoalSearch, query: GoalQuery, how: Page) => of.find(scope, 'ada', { periods: [period], ...query }, how);
  const stall = monitorEventLoopDelay({ resolution: 1 });
  const first = async (of: GoalSearch) => {
    const start = performance.now();
    stall.enable();
    await ask(of, {}, best);
    stall.disable();
    return Math.round(performance.now() - start);
  };
  const middle = async (query: GoalQuery, how: Page) => {
    const times: number[] = [];
    for (let i = 0; i < 21; i++) {
      const start = performance.now();
      await ask(search, query, how);
      times.push(performance.now() - start);
    }
    return Math.round(median(times) * 100) / 100;
  };
  const readMs = await first(search);
  const buildMs = await first(indexed(async function* () { yield* read; }));
  return {
    readMs, buildMs, stallMs: Math.round(stall.max / 1e6),
    wordsMs: await middle({ words: 'weekly cust' }, best), filterMs: await middle({ owner: 'person-3' }, best),
    sortMs: await middle({}, { sorting: { by: 'title', order: 'asc' }, limit: 50 }),
  };
}

/** Counts what passes while something is done. */
function counting(): { httpClient: HttpClient; of(act: () => Promise<unknown>): Promise<Cost> } {
  let cost = nothing;
  return {
    httpClient: intercepted(async (request, pass) => {
      const response = await pass(request);
      cost = sum(cost, { requests: 1, ...rowsIn(request.method, String(request.body ?? ''), response.bodyAsText ?? '') });
      return response;
    }),
    async of(act) {
      const before = cost;
      await act();
      return { requests: cost.requests - before.requests, rowsRead: cost.rowsRead - before.rowsRead, rowsWritten: cost.rowsWritten - before.rowsWritten };
    },
  };
}

function rowsIn(method: string, sent: string, answered: string): Omit<Cost, 'requests'> {
  if (method !== 'GET') return { rowsRead: 0, rowsWritten: sent.startsWith('--batch') ? sent.match(/^(POST|PUT|PATCH|MERGE|DELETE) /gm)?.length ?? 0 : 1 };
  const found = JSON.parse(answered) as { value?: unknown[]; RowKey?: string };
  return { rowsRead: found.value?.length ?? (found.RowKey === undefined ? 0 : 1), rowsWritten: 0 };
}

function sum(a: Cost, b: Cost): Cost {
  return { requests: a.requests + b.requests, rowsRead: a.rowsRead + b.rowsRead, rowsWritten: a.rowsWritten + b.rowsWritten };
}

/** How many times the cost of the one the other is, in requests and in rows read and written. Nothing against something is infinitely much. */
export function growth(small: Cost, large: Cost): Cost {
  const of = (few: number, many: number) => (few === many ? 1 : Math.round((many / few) * 100) / 100);
  return { requests: of(small.requests, large.requests), rowsRead: of(small.rowsRead, large.rowsRead), rowsWritten: of(small.rowsWritten, large.rowsWritten) };
}

export const mostGrowth = 1.5;
export function isSteady(ratio: Cost): boolean {
  return Math.max(ratio.requests, ratio.rowsRead, ratio.rowsWritten) <= mostGrowth;
}
