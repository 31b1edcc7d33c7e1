// Azure DevOps through its own client library against the simulator: counting, categories, and everything it may answer instead.
import assert from 'node:assert/strict';
import { realOutside } from '../outside.ts';
import { startAzureDevOps, type AzureDevOps, type AzureDevOpsWorld } from '../simulators/azure-devops.ts';
import { azureDevOps } from './azure-devops.ts';
import { conforms } from './conformance.ts';
import { SourceError } from './source-error.ts';

const token = 'pat-5f1e2d3c4b5a69788796a5b4c3d2e1f0';
const encoded = Buffer.from(`PAT:${token}`).toString('base64');

function freshWorld(): AzureDevOpsWorld {
  const states = { Proposed: 'New', InProgress: 'Active', Completed: 'Closed', Removed: 'Removed' } as const;
  const items = Array.from({ length: 10 }, (_, n) => ({ id: n + 1, type: n < 6 ? 'Bug' : 'Task', state: n < 4 ? 'Closed' : n === 9 ? 'Removed' : 'Active', title: `Item ${n + 1}` }));
  return {
    organization: 'contoso', project: 'Web Site', token, items,
    types: {
      Bug: Object.entries(states).map(([category, name]) => ({ name, category: category as keyof typeof states })),
      Task: [{ name: 'Active', category: 'InProgress' }, { name: 'Done', category: 'Completed' }, { name: 'Closed', category: 'Proposed' }, { name: 'Removed', category: 'Removed' }],
    },
    queries: [
      { id: 'all', name: 'All items', kind: 'flat', finds: () => true },
      { id: 'none', name: 'Nothing', kind: 'flat', finds: () => false },
      { id: 'tasks', name: 'Tasks', folder: 'Sprint 12', kind: 'flat', finds: item => item.type === 'Task' },
      { id: 'tree', name: 'Tree', kind: 'tree', finds: () => true, links: [[1, 2], [1, 3], [2, 3]] },
      { id: 'hops', name: 'Hops', kind: 'oneHop', finds: item => item.id < 4, links: [[1, 3], [2, 3]] },
    ],
  };
}

describe('Azure DevOps', () => {
  let simulator: AzureDevOps;
  before(async () => { simulator = await startAzureDevOps(freshWorld()); });
  after(() => simulator.stop());
  beforeEach(restore);

  function restore(): void {
    Object.assign(simulator.world, freshWorld());
    simulator.fault = undefined;
    simulator.requests.length = 0;
  }
  const way = () => ({
    auth: 'token', settings: { organization: 'contoso', project: 'Web Site' }, credential: { token },
    outside: realOutside({ route: { 'https://dev.azure.com': simulator.url } }),
  });
  async function read(metric: 'count' | 'completed', query: string, settings = {}) {
    const source = await azureDevOps.open({ ...way(), settings: { ...way().settings, ...settings } });
    const [answer] = await source.read([{ metric, form: { query } }]);
    return answer!;
  }
  async function refusal(...what: Parameters<typeof read>): Promise<SourceError> {
    const answer = await read(...what).catch((error: unknown) => error);
    assert.ok(answer instanceof SourceError, JSON.stringify(answer));
    return answer;
  }

  conforms(azureDevOps, {
    way,
    wrong: () => ({ token: 'pat-of-somebody-else' }),
    secrets: () => [token, encoded, 'pat-of-somebody-else', Buffer.from('PAT:pat-of-somebody-else').toString('base64')],
    fingerprint: async () => JSON.stringify([simulator.world.items, simulator.world.queries]),
    restore,
    good: { measure: { metric: 'completed', form: { query: 'all' } }, reading: { value: 4, of: 9 } },
    rateLimited: { arrange: () => { simulator.fault = { kind: 'busy', retryAfter: '17' }; }, afterSeconds: 17 },
    serverError: { arrange: () => { simulator.fault = { kind: 'broken' }; } },
    gone: { measure: { metric: 'count', form: { query: 'deleted-query' } } },
    oddShape: { arrange: () => { simulator.fault = { kind: 'odd' }; } },
    empty: { measure: { metric: 'completed', form: { query: 'none' } } },
    secondPage: { arrange: () => fill(401), measure: { metric: 'completed', form: { query: 'all' } }, value: 401 },
  });

  function fill(count: number): void {
    simulator.world.items = Array.from({ length: count }, (_, n) => ({ id: n + 1, type: 'Bug', state: 'Closed', title: 'x' }));
  }

  it('counts what a query finds, where none is truly zero', async () => {
    assert.equal((await read('count', 'all') as { value: number }).value, 10);
    assert.equal((await read('count', 'none') as { value: number }).value, 0);
  });

  for (const [query, count] of [['tree', 10], ['hops', 3]] as const) {
    it(`counts every item of a ${query} query once, however many links lead to it`, async () => {
      assert.equal((await read('count', query) as { value: number }).value, count);
    });
  }

  it('judges a state by its own type: Closed is completed for a bug and not for a task', async () => {
    simulator.world.items = [{ id: 1, type: 'Bug', state: 'Closed', title: '' }, { id: 2, type: 'Task', state: 'Closed', title: '' }, { id: 3, type: 'Task', state: 'Done', title: '' }];
    const { asOf, ...reading } = await read('completed', 'all') as { value: number; asOf: string };
    assert.deepEqual(reading, { value: 2, of: 3, raw: '2 of 3 work items' });
    assert.ok(Math.abs(Date.parse(asOf) - Date.now()) < 60_000);
  });

  for (const [items, batches] of [[1, 1], [199, 1], [200, 1], [201, 2], [600, 3]] as const) {
    it(`asks for ${items} work items in ${batches} batches`, async () => {
      fill(items);
      assert.equal((await read('completed', 'all') as { of: number }).of, items);
      assert.equal(simulator.requests.filter(request => /workitemsbatch/i.test(request)).length, batches);
    });
  }

  it('reads the largest result there is, and says so about one beyond it', async () => {
    fill(20_000);
    assert.equal((await read('count', 'all') as { value: number }).value, 20_000);
    fill(20_001);
    assert.match((await refusal('count', 'all')).message, /more than 20,000/);
  });

  it('offers shared queries by folder, and by name', async () => {
    const source = await azureDevOps.open(way());
    const titles = async (search: string) => (await source.lookup('queries', { search, form: {} })).options.map(option => option.title);
    assert.deepEqual(await titles(''), ['All items', 'Nothing', 'Tree', 'Hops', 'Tasks']);
    assert.deepEqual(await titles('task'), ['Tasks']);
    assert.deepEqual((await source.lookup('queries', { search: 'Tasks', form: {} })).options, [{ value: 'tasks', title: 'Tasks', help: 'Shared Queries/Sprint 12/Tasks' }]);
  });

  for (const kind of ['sign-in', 'redirect', 'page'] as const) {
    it(`takes a ${kind} answer for a dead credential`, async () => {
      simulator.fault = { kind };
      assert.deepEqual((await refusal('count', 'all')).remedy, { kind: 'reconnect' });
    });
  }

  it('names the setting that is wrong', async () => {
    assert.deepEqual((await refusal('count', 'gone')).remedy, { kind: 'reconfigure', field: 'query' });
    assert.deepEqual((await refusal('count', 'all', { project: 'Nowhere' })).remedy, { kind: 'reconfigure', field: 'project' });
    assert.deepEqual((await refusal('count', 'all', { organization: 'nobody' })).remedy, { kind: 'reconfigure', field: 'organization' });
    await assert.rejects(read('count', 'all', { organization: 'evil.example/x' }), /only the name that follows/);
  });

  it('takes the pause that comes with a good answer before it asks again', async () => {
    simulator.fault = { kind: 'delayed', retryAfter: '1' };
    const began = Date.now();
    assert.equal((await read('count', 'all') as { value: number }).value, 10);
    assert.ok(Date.now() - began >= 900, 'it asked on without the pause');
  });
});
