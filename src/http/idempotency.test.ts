// Requests under an idempotency key, over real HTTP and real tables: repeated, raced, mistaken for one another, and cut off half-way.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type GoalView, api } from '../api.ts';
import { SourceError } from '../connectors/source-error.ts';
import { Conflict } from '../store/store.ts';
import { type Kind, keys, rows } from '../store/tables.ts';
import type { ServerDeps } from './server.ts';
import { type Exchange, type Exchanged, type OpenStage, addOrganization, exchanger, openStage, organization, period } from './stage.ts';

const place = { organization, period };
const hourMs = 3_600_000;

describe('a request under an idempotency key', function () {
  this.timeout(30_000);
  let stage: OpenStage;
  let now: Date;
  let tenant: string;
  const later = (ms: number) => { now = new Date(now.getTime() + ms); };

  before(async () => { stage = await openStage(() => now); });
  after(() => stage.close());

  let ask: Exchange;
  beforeEach(async () => {
    now = new Date('2026-11-21T09:00:00.000Z');
    tenant = randomUUID();
    stage.requested.length = stage.reports.length = 0;
    stage.numbers.numbers.clear();
    await addOrganization(stage.store, tenant, { id: 'ada', name: 'Ada' });
    ask = await serve();
  });

  /** Ada before a server, some of whose parts may fail her. */
  async function serve(changed: Partial<ServerDeps> = {}, person = { id: 'ada', name: 'Ada' }): Promise<Exchange> {
    return exchanger(await stage.serve(changed), () => stage.entra.personToken({ tenant, ...person }));
  }

  /** Fails once, after the effect, as a process does that ends there. */
  function dying(): () => Promise<void> {
    let dead = false;
    return async () => {
      if (dead) return;
      dead = true;
      throw new Error('The process ended here.');
    };
  }

  const key = (value: string) => ({ 'idempotency-key': value });
  const draft = (title: string) => ({ kind: 'objective', title, description: '', outcome: { kind: 'percent' }, mode: 'manual' });
  const scope = () => ({ tenant, organization });
  const all = async <T>(kind: Kind<T>, partition: string, prefix?: string) => (await Array.fromAsync(stage.store.all(kind, partition, prefix))).map(row => row.body);
  const goals = async () => (await all(rows.goal, keys.goals(scope(), period), 'g:')).map(goal => goal.title).toSorted();
  const at = ({ body }: Exchanged) => ({ params: { ...place, goal: (body as unknown as GoalView).goal.id } });
  const isReplay = ({ headers }: Exchanged) => headers.get('idempotency-replayed');

  it('is carried out once, and answered the same again (A27)', async () => {
    const made = { params: place, body: draft('Once') };
    const first = await ask(api.createGoal, made, key('k'));
    assert.deepEqual([first.status, isReplay(first)], [200, null]);
    stage.requested.length = 0;
    later(23 * hourMs);
    const second = await (await serve())(api.createGoal, made, key('k'));
    assert.deepEqual([second.status, isReplay(second), second.headers.get('etag')], [200, 'true', first.headers.get('etag')]);
    assert.deepEqual(second.body, first.body);
    assert.deepEqual(await goals(), ['Once']);
    assert.deepEqual(stage.requested, [], 'nothing was caused again');
    assert.equal((await ask(api.createGoal, made)).status, 200);
    assert.deepEqual(await goals(), ['Once', 'Once'], 'without a key each request is another');
  });

  it('is forgotten after a day: then the key is a new one', async () => {
    const made = { params: place, body: draft('Daily') };
    const first = await ask(api.createGoal, made, key('k'));
    later(24 * hourMs);
    const second = await ask(api.createGoal, made, key('k'));
    assert.deepEqual([second.status, isReplay(second)], [200, null]);
    assert.notEqual(at(second).params.goal, at(first).params.goal);
    assert.deepEqual(await goals(), ['Daily', 'Daily']);
  });

  it('is one person’s own, and stands for one request only (A27)', async () => {
    const made = { params: place, body: draft('First') };
    const first = await ask(api.createGoal, made, key('k'));
    const other = await ask(api.createGoal, { params: place, body: draft('Second') }, key('k'));
    assert.deepEqual([other.status, other.body['type'], Object.keys(other.body['errors'] as object)], [422, 'key-reused', ['Idempotency-Key']]);
    assert.equal((await ask(api.createGoal, { params: { ...place, period: '2026-q3' }, body: made.body }, key('k'))).status, 422, 'another address');
    assert.equal((await ask(api.deleteGoal, at(first), { ...key('k'), 'if-match': first.headers.get('etag')! })).status, 422, 'another method');
    const bens = await (await serve({}, { id: 'ben', name: 'Ben' }))(api.createGoal, made, key('k'));
    assert.deepEqual([bens.status, isReplay(bens)], [200, null]);
    assert.deepEqual(await goals(), ['First', 'First']);
  });

  it('has a key that can be one, or is refused by the header’s name', async () => {
    for (const odd of ['', 'two words', 'x'.repeat(201), 'caf\u00e9']) {
      const refused = await ask(api.createGoal, { params: place, body: draft('Odd') }, key(odd));
      assert.deepEqual([refused.status, Object.keys(refused.body['errors'] as object)], [400, ['Idempotency-Key']], odd.slice(0, 20));
    }
    assert.equal((await ask(api.createGoal, { params: place, body: draft('Fine') }, key('~!'.repeat(100)))).status, 200);
    assert.deepEqual(await goals(), ['Fine']);
  });

  it('guards and repeats at once: a change whose answer got lost is answered, not called stale', async () => {
    const made = await ask(api.createGoal, { params: place, body: draft('Before') });
    const change = { ...at(made), body: draft('After') };
    const guard = { 'if-match': made.headers.get('etag')! };
    const first = await ask(api.updateGoal, change, { ...key('k'), ...guard });
    const second = await ask(api.updateGoal, change, { ...key('k'), ...guard });
    assert.deepEqual([second.status, isReplay(second), second.headers.get('etag')], [200, 'true', first.headers.get('etag')]);
    assert.equal((await ask(api.updateGoal, change, { ...key('k'), 'if-match': first.headers.get('etag')! })).status, 422, 'another precondition is another request');
    assert.equal((await ask(api.updateGoal, change, { ...key('late'), ...guard })).status, 412);
    assert.equal((await ask(api.updateGoal, change, { ...key('late'), 'if-match': first.headers.get('etag')! })).status, 200, 'a stale change has used no key up');
  });

  it('waits for its first attempt', async () => {
    let arrived = () => {};
    let goOn = () => {};
    const arriving = new Promise<void>(resolve => { arrived = resolve; });
    const going = new Promise<void>(resolve => { goOn = resolve; });
    const slow = await serve({ carryOn: async () => { arrived(); await going; } });
    const made = { params: place, body: draft('Slow') };
    const first = slow(api.createGoal, made, key('k'));
    await arriving;
    const second = await ask(api.createGoal, made, key('k'));
    assert.deepEqual([second.status, second.body['type'], second.headers.get('retry-after')], [409, 'under-way', '2']);
    goOn();
    assert.equal((await first).status, 200);
    assert.equal(isReplay(await ask(api.createGoal, made, key('k'))), 'true');
    assert.deepEqual(await goals(), ['Slow']);
  });

  it('raced by itself is carried out once', async () => {
    const made = { params: place, body: draft('Raced') };
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(api.createGoal, made, key('k'))));
    assert.ok(answers.every(a => a.status === 200 || a.body['type'] === 'under-way'), JSON.stringify(answers.map(a => a.body)));
    assert.deepEqual(await goals(), ['Raced']);
  });

  describe('whose attempt ended between effect and answer', () => {
    it('makes no second goal, comment, check-in or connection (A27)', async () => {
      const { goal } = (await ask(api.createGoal, { params: place, body: draft('There') })).body as unknown as GoalView;
      const there = { params: { ...place, goal: goal.id } };
      await ask(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: true } });
      const connection = { integration: 'numbers', name: 'Numbers', auth: 'none', settings: {}, credential: { password: 'S3CRET' } };
      for (const [endpoint, given] of [
        [api.createGoal, { params: place, body: draft('New') }],
        [api.comment, { ...there, body: { text: 'Said once.' } }],
        [api.checkIn, { ...there, body: { value: 30, note: 'Once.' } }],
        [api.createConnection, { params: { organization }, body: connection }],
      ] as [typeof api.createGoal, Parameters<Exchange>[1]][]) {
        const ends = dying();
        const fragile = await serve({ carryOn: ends, startChain: ends });
        assert.equal((await fragile(endpoint, given, key('k'.concat(endpoint.path)))).status, 500, endpoint.path);
        later(5_000);
        const again = await fragile(endpoint, given, key('k'.concat(endpoint.path)));
        assert.deepEqual([again.status, isReplay(again)], [200, null], `${endpoint.path} ${JSON.stringify(again.body)}`);
        assert.equal(isReplay(await fragile(endpoint, given, key('k'.concat(endpoint.path)))), 'true', endpoint.path);
      }
      assert.deepEqual(await goals(), ['New', 'There']);
      const feed = (await ask(api.feed, { ...there, query: {} })).body['rows'] as object[];
      assert.equal(feed.filter(row => JSON.stringify(row).includes('Said once.')).length, 1);
      assert.equal((await all(rows.checkIn, keys.goals(scope(), period), `c:${goal.id}:`)).length, 1);
      assert.equal((await all(rows.connection, keys.organizationRows(scope()))).length, 1);
      assert.equal((await all(rows.audit, keys.audit(scope(), now.toISOString(), '').partition)).filter(entry => entry.deed === 'connection.made').length, 1);
    });

    it('lets nobody undo what others have done in between', async () => {
      const fragile = await serve({ carryOn: dying() });
      const made = { params: place, body: draft('Mine') };
      await fragile(api.createGoal, made, key('k'));
      const [goal] = await all(rows.goal, keys.goals(scope(), period), 'g:');
      const there = { params: { ...place, goal: goal!.id } };
      assert.equal((await ask(api.checkIn, { ...there, body: { value: 70, note: '' } })).status, 200);
      const again = await fragile(api.createGoal, made, key('k'));
      assert.deepEqual([again.status, (again.body as unknown as GoalView).goal.value], [200, 70]);
    });

    it('without a word to anybody is held for a minute, and then made again', async () => {
      const forgetful = await serve({ store: { ...stage.store, transact: async steps => {
        if (steps[0]!.kind.name === 'keyed request' && steps[0]!.do !== 'insert' && steps[0]!.do !== 'replace') throw new Error('The store is gone.');
        await stage.store.transact(steps);
      } } });
      const made = { params: place, body: draft('Held') };
      const first = await forgetful(api.createGoal, made, key('k'));
      assert.equal(first.status, 200, 'what was done is told');
      assert.match(stage.reports.join(), /remembering a request/);
      assert.equal((await ask(api.createGoal, made, key('k'))).status, 409);
      later(61_000);
      const again = await ask(api.createGoal, made, key('k'));
      assert.deepEqual([again.status, isReplay(again), at(again).params.goal], [200, null, at(first).params.goal]);
      assert.deepEqual(await goals(), ['Held']);
    });

    it('by a write whose answer got lost meets its own rows when it is asked again', async () => {
      let lost = false;
      const lossy = await serve({ store: { ...stage.store, transact: async steps => {
        await stage.store.transact(steps);
        if (lost || steps[0]!.kind.name !== 'goal') return;
        lost = true;
        throw new Conflict('It was written before, by this very request.');
      } } });
      const made = { params: place, body: draft('Lost') };
      assert.equal((await lossy(api.createGoal, made, key('k'))).status, 409);
      assert.equal((await lossy(api.createGoal, made, key('k'))).status, 200);
      assert.deepEqual(await goals(), ['Lost']);
    });

    it('is not forgotten when the second attempt finds its source away', async () => {
      await ask(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: true } });
      const fragile = await serve({ startChain: dying() });
      const made = { params: { organization }, body: { integration: 'numbers', name: 'Numbers', auth: 'none', settings: {}, credential: {} } };
      assert.equal((await fragile(api.createConnection, made, key('k'))).status, 500);
      const away = await serve({ open: async () => { throw new SourceError('The source does not answer. Try again later.', { kind: 'retry' }); } });
      assert.equal((await away(api.createConnection, made, key('k'))).status, 422);
      assert.equal((await fragile(api.createConnection, made, key('k'))).status, 200);
      assert.equal((await all(rows.connection, keys.organizationRows(scope()))).length, 1);
    });
  });

  it('keeps a refusal that is final, and none that may soon be otherwise', async () => {
    const nobody = { params: { ...place, goal: 'nobody' }, body: { text: 'Hello?' } };
    assert.deepEqual([(await ask(api.comment, nobody, key('a'))).status, isReplay(await ask(api.comment, nobody, key('a')))], [404, 'true']);
    const untitled = { params: place, body: draft('') };
    const [first, second] = [await ask(api.createGoal, untitled, key('b')), await ask(api.createGoal, untitled, key('b'))];
    assert.deepEqual([second.status, second.body, isReplay(second)], [400, first.body, 'true']);
    assert.match(second.headers.get('content-type')!, /problem\+json/);

    await ask(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: true } });
    const away = await serve({ open: async () => { throw new SourceError('The source does not answer. Try again later.', { kind: 'retry' }); } });
    const made = { params: { organization }, body: { integration: 'numbers', name: 'Numbers', auth: 'none', settings: {}, credential: {} } };
    assert.equal((await away(api.createConnection, made, key('c'))).status, 422);
    assert.equal((await ask(api.createConnection, made, key('c'))).status, 200);
  });

  it('keeps no secret: neither what was sent nor what was answered', async () => {
    await ask(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: true } });
    await ask(api.createConnection, { params: { organization }, body: { integration: 'numbers', name: 'Numbers', auth: 'none', settings: {}, credential: { password: 'S3CRET' } } }, key('a'));
    const made = await ask(api.createSatellite, { params: { organization }, body: { name: 'Cellar' } }, key('b'));
    const token = String(made.body['token']);
    assert.match(token, /^wms1\./);
    const kept = JSON.stringify(await all(rows.request, keys.requests(scope(), '2026-11-21')));
    assert.equal((kept.match(/"answer"/g) ?? []).length, 2);
    assert.ok(!kept.includes('S3CRET') && !kept.includes(token.split('.').at(-1)!));

    const again = await ask(api.createSatellite, { params: { organization }, body: { name: 'Cellar' } }, key('b'));
    assert.deepEqual([again.status, again.body['type']], [410, 'gone']);
    assert.equal((await all(rows.satellite, keys.organizationRows(scope()))).length, 1);
  });

  it('means nothing to what saves nothing', async () => {
    await ask(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: true } });
    const { body: { id } } = await ask(api.createConnection, { params: { organization }, body: { integration: 'numbers', name: 'Numbers', auth: 'none', settings: {}, credential: {} } });
    const preview = () => ask(api.preview, { params: { organization, connection: String(id) }, body: { measure: { metric: 'number', form: { name: 'n' } }, outcome: { kind: 'percent' } } }, key('k'));
    for (const value of [30, 40]) {
      stage.numbers.numbers.set('n', { value, of: 100, raw: String(value) });
      assert.equal((await preview()).body['value'], value);
    }
  });
});
