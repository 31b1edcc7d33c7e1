// What time alone does to goals, and what the sweep puts right.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { after, before, beforeEach, describe, it } from 'mocha';
import { dateIn } from '../domain/date.ts';
import { quartersOf } from '../domain/period.ts';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import { revise } from '../store/revise.ts';
import { insert, put } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { drain } from './outbox.ts';
import { period, setStage, type Stage } from './stage.ts';
import { firstInstantOf, sweep } from './sweep.ts';
import { newOrganization } from '../domain/organization.ts';

describe('The sweep', () => {
  let azurite: Azurite;
  let stage: Stage;
  before(async () => { azurite = await startAzurite(); });
  after(() => azurite.stop());
  beforeEach(async () => {
    stage = await setStage(azurite.connectionString, { timeZone: 'Pacific/Auckland', prefix: `s${randomUUID().slice(0, 8)}` });
    for (const quarter of quartersOf(2026)) await stage.deps.store.transact([insert(rows.period, keys.period(stage.scope, quarter.id), quarter)]);
  });

  it('removes requests under idempotency keys once nobody can repeat them any more, also after it has been away', async () => {
    const { store } = stage.deps;
    const remember = async (day: string, count: number) => {
      const row = (id: string) => put(rows.request, keys.request(stage.scope, day, id), { id, of: 'x', at: `${day}T10:00:00.000Z`, until: `${day}T10:01:00.000Z`, answer: null });
      for (let i = 0; i < count; i += 100) await store.transact(Array.from({ length: Math.min(100, count - i) }, (_, n) => row(`r${i + n}`)));
    };
    const left = async (day: string) => (await Array.fromAsync(store.all(rows.request, keys.requests(stage.scope, day)))).length;
    stage.clock.now = new Date('2026-10-05T23:30:00.000Z');
    await sweep(stage.deps);
    await remember('2026-10-05', 230);
    await remember('2026-10-06', 1);
    await remember('2026-10-07', 1);
    stage.clock.now = new Date('2026-10-06T23:30:00.000Z');
    await sweep(stage.deps);
    assert.equal(await left('2026-10-05'), 230, 'a request of last evening may still be repeated');
    stage.clock.now = new Date('2026-10-08T12:00:00.000Z');
    await sweep(stage.deps);
    assert.deepEqual([await left('2026-10-05'), await left('2026-10-06'), await left('2026-10-07')], [0, 0, 1]);
    assert.deepEqual(stage.reports, []);
  });

  it('turns a goal from On Track to Behind to At Risk by time alone, at midnight where the organization is', async () => {
    const goal = await stage.addGoal('g', { value: 10, progress: 10, status: 'on-track', readAt: '2026-10-01T00:00:00.000Z', asOf: '2026-10-01T00:00:00.000Z' });
    const turns: string[] = [];
    let before = 'on-track';
    for (let day = 0; day < 60; day++) {
      stage.clock.now = new Date(Date.parse('2026-10-01T11:30:00.000Z') + day * 86_400_000); // half past midnight in Auckland's summer
      await sweep(stage.deps);
      const { status } = await stage.goal(goal);
      if (status !== before) turns.push(`${dateIn('Pacific/Auckland', stage.clock.now)} ${before}→${status}`);
      before = status;
    }
    assert.deepEqual(turns, ['2026-10-11 on-track→behind', '2026-11-02 behind→at-risk']);
    const history = await stage.history(goal);
    assert.deepEqual(history.map(({ at, by, value }) => [at, by.kind, value]), [['2026-11-01T11:00:00.000Z', 'time', 10], ['2026-10-10T11:00:00.000Z', 'time', 10]]);
    assert.deepEqual((await stage.outbox()).map(({ kind }) => kind), ['moved', 'moved']);
  });

  it('judges every goal anew once the organization has set other thresholds, on the same day, and keeps both turns in the history (C24)', async () => {
    stage.clock.now = new Date('2026-11-15T12:00:00.000Z'); // half of the quarter has gone
    const goal = await stage.addGoal('g', { value: 40, progress: 40, status: 'on-track', readAt: '2026-10-01T00:00:00.000Z' });
    const begins = async (behind: number, atRisk: number) => {
      await revise(stage.deps.store, rows.organization, keys.organization(stage.scope), o => ({ ...o, thresholds: { behind, atRisk } }));
      stage.later(60);
      await sweep(stage.deps);
      return (await stage.goal(goal)).status;
    };
    await sweep(stage.deps);
    assert.deepEqual([(await stage.goal(goal)).status, await begins(0, 5), await begins(20, 40)], ['behind', 'at-risk', 'on-track']);
    const history = await stage.history(goal);
    assert.deepEqual(history.map(({ was, status }) => `${was.status}→${status}`), ['at-risk→on-track', 'behind→at-risk', 'on-track→behind']);
    await sweep(stage.deps);
    assert.equal((await stage.history(goal)).length, 3);
  });

  it('does nothing more the second time, nor when two do it at once', async () => {
    stage.clock.now = new Date('2026-11-15T12:00:00.000Z');
    const refs = [];
    for (let n = 0; n < 30; n++) refs.push(await stage.addGoal(`g${n}`, { value: n, progress: n, status: 'on-track', readAt: '2026-10-01T00:00:00.000Z' }));
    await Promise.all([sweep(stage.deps), sweep({ ...stage.deps, worker: 'w2' })]);
    await sweep(stage.deps);
    for (const ref of refs) {
      assert.equal((await stage.history(ref)).length, 1);
      assert.equal((await stage.feed(ref)).length, 1);
    }
    assert.equal((await stage.outbox()).length, 30);
  });

  it('leaves alone what has ended or never begun, and writes only goals that turn', async () => {
    stage.clock.now = new Date('2026-11-15T12:00:00.000Z');
    const untouched = [
      await stage.addGoal('new', { start: '2026-11-14', end: '2026-12-31' }),
      await stage.addGoal('closed', { value: 1, progress: 1, status: 'closed' }),
      await stage.addGoal('fine', { value: 100, progress: 100, status: 'on-track' }),
      await stage.addGoal('known', { value: 1, progress: 1, status: 'at-risk', alert: 'at-risk' }),
      await stage.addGoal('long ago'.replace(' ', '-'), { period: '2026-q1', value: 1, progress: 1, status: 'on-track' }),
    ];
    const before = await Promise.all(untouched.map(ref => stage.deps.store.get(rows.goal, keys.goal(stage.scope, ref))));
    await sweep(stage.deps);
    assert.deepEqual(await Promise.all(untouched.map(ref => stage.deps.store.get(rows.goal, keys.goal(stage.scope, ref)))), before);
  });

  it('tells parents of what is the matter with a goal since midnight, though its status is as it was, and no chat (C48)', async () => {
    const parent = await stage.addGoal('o', { kind: 'objective', mode: 'roll-up', entity: { kind: 'organization' } });
    const goal = await stage.addGoal('limit', {
      parents: [parent], start: '2026-10-01', end: '2026-11-10', value: 3, progress: 100, status: 'on-track', posted: true,
      outcome: { kind: 'metric', name: 'Errors', unit: { kind: 'none' }, direction: 'stay-below', target: 5 },
    });
    stage.clock.now = new Date('2026-11-10T12:00:00.000Z');
    await sweep(stage.deps);
    const [due] = await stage.outbox();
    assert.deepEqual([(await stage.goal(goal)).alert, (await stage.history(goal)).length, due?.kind, due?.kind === 'roll-up' && due.parent], ['at-risk', 0, 'roll-up', parent]);
    await drain(stage.deps, stage.scope, period);
    assert.deepEqual((await stage.goal(parent)).children.map(({ id, alert }) => [id, alert]), [['limit', 'at-risk']]);
    assert.deepEqual(stage.said.filter(({ goal: about }) => about.id === 'limit'), []);
  });

  it('judges an objective that rolls up into a metric by its own value', async () => {
    stage.clock.now = new Date('2026-11-15T12:00:00.000Z');
    const goal = await stage.addGoal('o', {
      kind: 'objective', mode: 'roll-up', value: 400, progress: 40, status: 'on-track',
      outcome: { kind: 'metric', name: 'Sales', unit: { kind: 'none' }, direction: 'reach', target: 1000 },
    });
    await sweep(stage.deps);
    assert.deepEqual([(await stage.goal(goal)).value, (await stage.goal(goal)).progress, (await stage.goal(goal)).status], [400, 40, 'behind']);
  });

  it('starts anew a chain that is overdue, and no other', async () => {
    const now = stage.clock.now.getTime();
    const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
    await stage.addConnection('lost', { nextSync: ago(60) });
    await stage.addConnection('never', { nextSync: null });
    await stage.addConnection('slow', { nextSync: ago(5) });
    await stage.addConnection('busy', { nextSync: ago(60), claim: { worker: 'w9', until: ago(-1) } });
    await stage.addConnection('disabled', { nextSync: ago(60), integration: 'another' });
    await sweep(stage.deps);
    await sweep(stage.deps);
    const fresh = [];
    for (const id of ['lost', 'never', 'slow', 'busy', 'disabled']) if ((await stage.connection(id)).token !== 'token-1') fresh.push(id);
    assert.deepEqual(fresh, ['lost', 'never']);
    assert.equal(await stage.deps.queues.syncs.depth(), 2);
  });

  it('goes on with the next organization when one cannot be swept, and says which', async () => {
    const broken = newOrganization({ tenant: 'a-tenant-before', id: 'broken', name: 'Broken', timeZone: 'Nowhere/At_all' });
    await stage.deps.store.transact([insert(rows.organization, keys.organization({ tenant: broken.tenant, organization: broken.id }), broken)]);
    stage.clock.now = new Date('2026-11-15T12:00:00.000Z');
    const goal = await stage.addGoal('g', { value: 10, progress: 10, status: 'on-track' });
    await sweep(stage.deps);
    assert.equal((await stage.goal(goal)).status, 'at-risk');
    assert.match(stage.reports.join(), /^sweeping broken of a-tenant-before/);
  });

  it('fetches for delivery an outbox that a crash left full', async () => {
    const goal = await stage.addGoal('g');
    await stage.deps.store.transact([put(rows.outgoing, keys.outgoing(stage.scope, period, 'm:1'), { kind: 'moved', id: 'm:1', goal, at: stage.clock.now.toISOString() })]);
    await sweep(stage.deps);
    const due = await stage.deps.queues.deliveries.take(32, 30);
    assert.deepEqual([...new Set(due.map(({ message }) => message.period))], [period]);
  });
});

describe('The first instant of a day', () => {
  it('shows that day, and the millisecond before shows the day before, in every time zone and season', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia', 'Africa/Cairo');
    fc.assert(fc.property(zones, fc.date({ min: new Date('2023-01-01'), max: new Date('2032-12-31'), noInvalidDate: true }), (zone, at) => {
      const date = at.toISOString().slice(0, 10);
      const first = Date.parse(firstInstantOf(zone, date));
      assert.equal(dateIn(zone, new Date(first)), date);
      assert.ok(dateIn(zone, new Date(first - 1)) < date);
    }), { numRuns: 60 });
  });
});
