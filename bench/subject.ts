// Waymark itself as a contender: one connection with a thousand links, synced from claim to outbox.
import { randomUUID } from 'node:crypto';
import type { Connector } from '../src/connectors/connector.ts';
import { newGoal } from '../src/domain/goal.ts';
import { openStore } from '../src/store/azure.ts';
import { insert } from '../src/store/store.ts';
import { keys, rows } from '../src/store/tables.ts';
import type { SyncDeps } from '../src/sync/deps.ts';
import { inParallel } from '../src/sync/in-parallel.ts';
import { drain } from '../src/sync/outbox.ts';
import { numbersConnector, openQueues } from '../src/sync/stage.ts';
import { syncConnection } from '../src/sync/sync.ts';
import { checkValues, inFlight, links, queries, queryOf, type Contender, type Source } from './workload.ts';
import { newOrganization } from '../src/domain/organization.ts';

const scope = { tenant: 'bench', organization: 'bench' };
const ann = { id: 'ann', name: 'Ann' };
const period = '2026-q4';

export interface Subject extends Contender {
  /** Empties the outbox that the rounds filled, with a chat that hears everything at once; answers how much was said. */
  deliver(): Promise<number>;
}

export async function openSubject(connectionString: string, source: Source): Promise<Subject> {
  const store = await openStore({ connectionString, prefix: 'subject' });
  const clock = { now: new Date('2026-11-15T09:00:00.000Z') };
  let said = 0;
  let rounds = 0;
  const deps: SyncDeps = {
    store, connectors: new Map([['numbers', connectorOf(source)]]),
    queues: await openQueues(connectionString, `bench-${randomUUID().slice(0, 8)}`),
    outside: { fetch: () => { throw new Error('unused'); }, dial: () => { throw new Error('unused'); } },
    vault: { open: async sealed => sealed },
    openThrough: () => { throw new Error('Nothing here is reached through a satellite.'); },
    deliver: async () => { said += 1; },
    now: () => clock.now, worker: 'bench', claimSeconds: 60,
    report(error) { throw error; },
  };
  await furnish(deps);
  return {
    calls: queries,
    async run() {
      const connection = (await store.get(rows.connection, keys.connection(scope, 'c1')))!.body;
      clock.now = new Date(Date.parse(connection.nextSync!) + 1000);
      const end = await syncConnection(deps, scope, 'c1', { kind: 'chained', at: connection.nextSync!, token: connection.token });
      rounds += 1;
      if (end.end !== 'done') throw new Error(`The sync ended as ${end.end}.`);
    },
    async check(round) {
      const found = [];
      for await (const { body } of store.all(rows.goal, keys.goals(scope, period), 'g:')) found.push({ id: body.id, value: body.value });
      checkValues(found, round);
      let history = 0;
      for await (const { body } of store.all(rows.checkIn, keys.goals(scope, period), 'c:')) history += body.value === null ? 0 : 1;
      if (history !== rounds * links) throw new Error(`${history} check-ins after ${rounds} rounds of ${links} links.`);
    },
    async deliver() {
      await drain(deps, scope, period);
      return said;
    },
  };
}

/** The row keys are spread like those of real goals, whose ids are random. */
const idOf = (link: number): string => `${((link * 7919) % 1_000_003).toString(36).padStart(5, '0')}-${link}`;

async function furnish({ store }: SyncDeps): Promise<void> {
  await store.transact([insert(rows.organization, keys.organization(scope), newOrganization({
    tenant: scope.tenant, id: scope.organization, name: 'Bench', timeZone: 'Europe/Berlin',
    integrations: { numbers: { enabledBy: ann.id, enabledAt: '2026-09-01T00:00:00.000Z' } },
  }))]);
  await store.transact([insert(rows.connection, keys.connection(scope, 'c1'), {
    id: 'c1', integration: 'numbers', name: 'Numbers', owner: ann, shared: true, auth: 'none', settings: {}, credential: '{}',
    token: 'token', everyMinutes: 60, nextSync: '2026-11-15T08:00:00.000Z', lastSync: null, claim: null, problem: null,
  })]);
  const all = Array.from({ length: links }, (_, link) => ({ link, ref: { period, id: idOf(link) } }));
  await store.transactAll(all.map(({ link, ref }) => [insert(rows.goal, keys.goal(scope, ref), {
    ...newGoal({
      kind: 'key-result', title: `Key result ${link}: something that people would say in a sentence of this length`, description: '', owners: [ann], parents: [],
      start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, mode: 'source',
    }, { ...ref, by: ann, at: '2026-09-20T08:00:00.000Z' }),
    connection: 'c1',
  })]));
  await store.transactAll(all.map(({ link, ref }) => [insert(rows.link, keys.link(scope, 'c1', ref), {
    connection: 'c1', goal: ref, measure: { metric: 'number', form: { query: queryOf(link) } }, linkedBy: ann, problem: null,
  })]));
}

function connectorOf(source: Source): Connector {
  return numbersConnector(measures => inParallel(measures, inFlight, async ({ form }) => {
    const value = await source.read(Number(form['query']));
    return { value, raw: String(value) };
  }));
}
