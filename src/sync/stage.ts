// Where the sync engine's tests play: real tables and queues, one organization, a source made of numbers, and a clock that is set by hand.
import { randomUUID } from 'node:crypto';
import type { Connector, Form, Measure, Reading, Source } from '../connectors/connector.ts';
import { SourceError } from '../connectors/source-error.ts';
import type { Outgoing } from '../chat/message.ts';
import type { CheckIn } from '../domain/check-in.ts';
import type { FeedEntry } from '../domain/feed.ts';
import { newGoal, type Goal, type GoalRef } from '../domain/goal.ts';
import { type Scope, newOrganization } from '../domain/organization.ts';
import { openStore, type StoreConnection } from '../store/azure.ts';
import { openQueue } from '../store/queue.ts';
import { insert, type Step, type Store } from '../store/store.ts';
import { keys, rows, type Connection, type Link } from '../store/tables.ts';
import { DeliveryDue, SyncAsked, SyncDue, type Queues, type SyncDeps } from './deps.ts';

const ann = { id: 'ann', name: 'Ann' };
const anything: Form = { fields: [], check: values => ({ ok: true, values: { ...values } }) };

/** A connector without accounts or forms; what it answers is `read`'s. */
export function numbersConnector(read: Source['read']): Connector {
  return {
    id: 'numbers', name: 'Numbers', connection: anything,
    auth: [{ id: 'none', title: 'None', note: '', form: anything }],
    metrics: [{ id: 'number', title: 'Number', help: '', percent: true, form: anything }],
    open: async () => ({ test: async () => undefined, lookup: async () => ({ options: [] }), close: async () => undefined, read }),
  };
}

/** Answers from `numbers` by the measure's `name`, and counts what it was asked. */
export interface Numbers {
  connector: Connector;
  /** What each measure says; a missing one is a SourceError `reconfigure`, as of a row that is gone. */
  numbers: Map<string, number | Reading | SourceError>;
  /** The names asked, one list per call. */
  asked: string[][];
  /** Runs before each answer; may wait, or throw what the whole source throws. */
  before: () => void | Promise<void>;
}

export function numbersSource(): Numbers {
  const source: Numbers = { connector: undefined as unknown as Connector, numbers: new Map(), asked: [], before: () => undefined };
  const answer = (measure: Measure): Reading | SourceError => {
    const said = source.numbers.get(String(measure.form['name']));
    if (said === undefined) return new SourceError('The query found no row. Check the query.', { kind: 'reconfigure' });
    return typeof said === 'number' ? { value: said, raw: String(said) } : said;
  };
  source.connector = numbersConnector(async measures => {
    source.asked.push(measures.map(measure => String(measure.form['name'])));
    await source.before();
    return measures.map(answer);
  });
  return source;
}

export interface Stage {
  deps: SyncDeps;
  scope: Scope;
  /** What the names of its queues begin with. */
  queueName: string;
  numbers: Numbers;
  /** Set by hand; `deps.now` answers it. */
  clock: { now: Date };
  said: Outgoing[];
  reports: string[];
  addGoal(id: string, more?: Partial<Goal>): Promise<GoalRef>;
  addConnection(id: string, more?: Partial<Connection>): Promise<void>;
  /** A goal fed by a connection, and its link. */
  addLinked(connection: string, id: string, name: string, more?: Partial<Goal>): Promise<GoalRef>;
  goal(ref: GoalRef): Promise<Goal>;
  link(connection: string, ref: GoalRef): Promise<Link>;
  connection(id: string): Promise<Connection>;
  /** Newest first. */
  history(ref: GoalRef): Promise<CheckIn[]>;
  feed(ref: GoalRef): Promise<FeedEntry[]>;
  outbox(period?: string): Promise<Outgoing[]>;
  later(seconds: number): void;
}

export const period = '2026-q4';

/** A tenant and queues of its own within the storage account, so that tests do not see each other. */
export async function setStage(connectionString: string, options: Partial<Pick<StoreConnection, 'httpClient' | 'prefix' | 'retries'>> & { timeZone?: string } = {}): Promise<Stage> {
  const { timeZone = 'UTC', ...reaching } = options;
  const store = await openStore({ connectionString, ...reaching });
  const scope = { tenant: `tenant-${randomUUID()}`, organization: 'acme' };
  const clock = { now: new Date('2026-10-01T09:30:00.000Z') };
  const numbers = numbersSource();
  const said: Outgoing[] = [];
  const reports: string[] = [];
  const queueName = randomUUID().slice(0, 8);
  const deps: SyncDeps = {
    store, queues: await openQueues(connectionString, queueName),
    connectors: new Map([['numbers', numbers.connector]]),
    outside: { fetch: () => { throw new Error('This source needs no network.'); }, dial: () => { throw new Error('This source needs no network.'); } },
    vault: { open: async sealed => sealed },
    openThrough: () => { throw new Error('Nothing here is reached through a satellite.'); },
    deliver: async (_, outgoing) => { said.push(outgoing); },
    now: () => clock.now, worker: 'w1', claimSeconds: 60,
    report: (error, context) => { reports.push(`${context}: ${String(error)}`); return `report-${reports.length}`; },
  };
  await store.transact([insert(rows.organization, keys.organization(scope), newOrganization({
    tenant: scope.tenant, id: scope.organization, name: 'Acme', timeZone,
    integrations: { numbers: { enabledBy: 'ann', enabledAt: '2026-09-01T00:00:00.000Z' } },
  }))]);
  return { deps, scope, queueName, numbers, clock, said, reports, ...doings(store, scope, clock) };
}

const report = () => { throw new Error('A message did not fit its schema.'); };

export async function openQueues(connectionString: string, name: string): Promise<Queues> {
  return {
    asked: await openQueue({ connectionString, name: `${name}-asked`, schema: SyncAsked, report }),
    syncs: await openQueue({ connectionString, name: `${name}-syncs`, schema: SyncDue, report }),
    deliveries: await openQueue({ connectionString, name: `${name}-deliveries`, schema: DeliveryDue, report }),
  };
}

/** A key result in percent over October to December, untouched so far. */
export function goalOf(id: string, more: Partial<Goal> = {}): Goal {
  const draft: Parameters<typeof newGoal>[0] = {
    kind: 'key-result', title: `Goal ${id}`, description: '', owners: [ann], parents: [], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, mode: 'manual',
  };
  return { ...newGoal(draft, { period, id, by: ann, at: '2026-09-20T08:00:00.000Z' }), ...more };
}

export function connectionOf(id: string, more: Partial<Connection> = {}): Connection {
  return {
    id, integration: 'numbers', name: `Connection ${id}`, owner: ann, shared: true, auth: 'none', settings: {}, credential: '{}',
    token: 'token-1', everyMinutes: 60, nextSync: '2026-10-01T09:00:00.000Z', lastSync: null, claim: null, problem: null, ...more,
  };
}

export function linkedSteps(scope: Scope, connection: string, id: string, name: string, more: Partial<Goal> = {}, form: Record<string, unknown> = { name }): { goal: Step; link: Step } {
  const goal = goalOf(id, { mode: 'source', connection, ...more });
  const ref = { period: goal.period, id };
  const link: Link = { connection, goal: ref, measure: { metric: 'number', form }, linkedBy: ann, problem: null };
  return { goal: insert(rows.goal, keys.goal(scope, ref), goal), link: insert(rows.link, keys.link(scope, connection, ref), link) };
}

async function collect<T>(found: AsyncIterable<{ body: T }>): Promise<T[]> {
  const bodies: T[] = [];
  for await (const { body } of found) bodies.push(body);
  return bodies;
}

function the<T>(found: { body: T } | undefined): T {
  if (!found) throw new Error('It is not there.');
  return found.body;
}

function doings(store: Store, scope: Scope, clock: { now: Date }) {
  return {
    async addGoal(id: string, more: Partial<Goal> = {}) {
      const goal = goalOf(id, more);
      await store.transact([insert(rows.goal, keys.goal(scope, goal), goal)]);
      return { period: goal.period, id };
    },
    addConnection: (id: string, more: Partial<Connection> = {}) => store.transact([insert(rows.connection, keys.connection(scope, id), connectionOf(id, more))]),
    async addLinked(connection: string, id: string, name: string, more: Partial<Goal> = {}) {
      const steps = linkedSteps(scope, connection, id, name, more);
      await store.transact([steps.goal]);
      await store.transact([steps.link]);
      return { period: more.period ?? period, id };
    },
    goal: async (ref: GoalRef) => the(await store.get(rows.goal, keys.goal(scope, ref))),
    link: async (connection: string, ref: GoalRef) => the(await store.get(rows.link, keys.link(scope, connection, ref))),
    connection: async (id: string) => the(await store.get(rows.connection, keys.connection(scope, id))),
    history: (ref: GoalRef) => collect(store.all(rows.checkIn, keys.goals(scope, ref.period), `c:${ref.id}:`)),
    feed: (ref: GoalRef) => collect(store.all(rows.feedEntry, keys.goals(scope, ref.period), `a:${ref.id}:`)),
    outbox: (of = period) => collect(store.all(rows.outgoing, keys.goals(scope, of), 'x:')),
    later(seconds: number) { clock.now = new Date(clock.now.getTime() + seconds * 1000); },
  };
}
