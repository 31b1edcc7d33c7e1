// Syncs of one connection against a real emulator: what is read, what is written, and what happens when it goes wrong.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, beforeEach, describe, it } from 'mocha';
import { SourceError } from '../connectors/source-error.ts';
import { edit } from '../domain/edit.ts';
import { defaultThresholds } from '../domain/status.ts';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import { put, remove, replace } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { moveGoals } from './move.ts';
import { drain } from './outbox.ts';
import { linkedSteps, period, setStage, type Stage } from './stage.ts';
import { nextSlot } from './schedule.ts';
import { syncConnection, type Slot } from './sync.ts';
import { type TenantPolicy, usualModel, usualPolicy } from '../domain/organization.ts';

const slot = (at: string, token = 'token-1'): Slot => ({ kind: 'chained', at, token });
const nine = '2026-10-01T09:00:00.000Z';

describe('A sync', () => {
  let azurite: Azurite;
  let stage: Stage;
  before(async () => { azurite = await startAzurite(); });
  after(() => azurite.stop());
  beforeEach(async () => { stage = await setStage(azurite.connectionString); });

  const sync = (when: Slot = slot(nine), connection = 'c1') => syncConnection(stage.deps, stage.scope, connection, when);
  /** The chain's next slot, an hour on. */
  async function syncAgain() {
    const next = (await stage.connection('c1')).nextSync!;
    stage.clock.now = new Date(Date.parse(next) + 1000);
    return sync(slot(next));
  }

  it('moves goals to what their source says, with a check-in, a feed entry and something to say', async () => {
    await stage.addConnection('c1');
    const goal = await stage.addLinked('c1', 'kr1', 'sales');
    stage.numbers.numbers.set('sales', 40);
    stage.clock.now = new Date('2026-10-01T09:00:02.000Z');
    const end = await sync();
    const moved = await stage.goal(goal);
    assert.deepEqual([moved.value, moved.progress, moved.status, moved.readAt], [40, 40, 'on-track', '2026-10-01T09:00:02.000Z']);
    const [checkIn, ...more] = await stage.history(goal);
    assert.equal(more.length, 0);
    assert.deepEqual([checkIn?.at, checkIn?.value, checkIn?.was.value, checkIn?.raw, checkIn?.by], [nine, 40, null, '40', { kind: 'connection', id: 'c1', name: 'Connection c1' }]);
    assert.deepEqual((await stage.feed(goal)).map(entry => entry.activity), [{ kind: 'status-changed', from: 'not-started', to: 'on-track' }]);
    assert.deepEqual((await stage.outbox()).map(({ kind, goal: { id }, ...rest }) => [kind, id, 'from' in rest && rest.from]), [['moved', 'kr1', 'not-started']]);
    const { claim, lastSync, nextSync, problem } = await stage.connection('c1');
    assert.deepEqual([claim, lastSync, problem], [null, '2026-10-01T09:00:02.000Z', null]);
    assert.deepEqual(end, { end: 'done', next: nextSync });
  });

  it('gives a goal nothing that its former measure says, however late that comes', async () => {
    await stage.addConnection('c1');
    const goal = await stage.addLinked('c1', 'kr1', 'percent sold');
    stage.numbers.numbers.set('percent sold', 40);
    stage.numbers.before = async () => {
      const link = await stage.link('c1', goal);
      const stored = (await stage.deps.store.get(rows.goal, keys.goal(stage.scope, goal)))!;
      await stage.deps.store.transact([replace(rows.goal, keys.goal(stage.scope, goal), { ...stored.body, link: 'second' }, stored.etag)]);
      await stage.deps.store.transact([put(rows.link, keys.link(stage.scope, 'c1', goal), { ...link, id: 'second', measure: { metric: 'number', form: { name: 'euros' } } })]);
    };
    await sync();
    assert.equal((await stage.goal(goal)).value, null);
    assert.deepEqual([(await stage.link('c1', goal)).problem, await stage.feed(goal)], [null, []]);
    stage.numbers.before = () => undefined;
    stage.numbers.numbers.set('euros', 70);
    await syncAgain();
    assert.equal((await stage.goal(goal)).value, 70);
  });

  it('says so when a goal waits for a link that was never made, and keeps its last value', async () => {
    await stage.addConnection('c1');
    const goal = await stage.addLinked('c1', 'kr1', 'sales', { link: 'never made', value: 10, progress: 10, status: 'on-track' });
    stage.numbers.numbers.set('sales', 40);
    await sync();
    assert.equal((await stage.goal(goal)).value, 10);
    assert.match((await stage.link('c1', goal)).problem!.message, /choose its data source again/);
  });

  it('asks each distinct measure once, however many goals and whatever the order of its fields', async () => {
    await stage.addConnection('c1');
    for (const [id, name] of [['a', 'sales'], ['b', 'sales'], ['c', 'costs'], ['d', 'sales']] as const) await stage.addLinked('c1', id, name);
    const link = await stage.link('c1', { period, id: 'a' });
    for (const [id, form] of [['a', { name: 'sales', year: 2026 }], ['b', { year: 2026, name: 'sales' }]] as const) {
      await stage.deps.store.transact([put(rows.link, keys.link(stage.scope, 'c1', { period, id }), { ...link, goal: { period, id }, measure: { metric: 'number', form } })]);
    }
    stage.numbers.numbers.set('sales', 1).set('costs', 2);
    await sync();
    assert.deepEqual(stage.numbers.asked, [['sales', 'costs', 'sales']]);
    assert.deepEqual(await Promise.all(['a', 'b', 'c', 'd'].map(async id => (await stage.goal({ period, id })).value)), [1, 1, 2, 1]);
  });

  it('writes nothing but the connection when nothing has changed, and only what changed when something has', async () => {
    const writes: string[] = [];
    const fetching = stage.deps.store.transactAll.bind(stage.deps.store);
    stage.deps.store.transactAll = groups => {
      writes.push(...groups.flat().map(step => `${step.do} ${step.kind.name} ${step.keys.row.split(':')[1]}`));
      return fetching(groups);
    };
    await stage.addConnection('c1');
    for (let n = 0; n < 20; n++) {
      await stage.addLinked('c1', `kr${n}`, `n${n}`);
      stage.numbers.numbers.set(`n${n}`, n);
    }
    await sync();
    assert.equal(writes.filter(write => write.includes('goal')).length, 20);
    writes.length = 0;
    await syncAgain();
    assert.deepEqual(writes, []);
    stage.numbers.numbers.set('n7', 99);
    await syncAgain();
    assert.deepEqual(writes, ['replace goal kr7', 'put check-in kr7']);
  });

  it('has no second effect when its slot is repeated, whether it had ended or died half-way', async () => {
    await stage.addConnection('c1');
    const goal = await stage.addLinked('c1', 'kr1', 'sales');
    stage.numbers.numbers.set('sales', 40);
    const { put } = stage.deps.queues.deliveries;
    stage.deps.queues.deliveries.put = async () => { throw new Error('The worker dies here.'); };
    await assert.rejects(sync(), /dies here/);
    stage.deps.queues.deliveries.put = put;
    assert.equal((await stage.goal(goal)).value, 40);
    assert.equal((await stage.connection('c1')).lastSync, null);
    stage.later(5);
    await sync();
    await sync();
    assert.equal((await stage.history(goal)).length, 1);
    assert.equal((await stage.feed(goal)).length, 1);
    assert.equal((await stage.outbox()).length, 1);
    assert.equal(stage.numbers.asked.length, 2, 'a slot that has ended is not read again');
  });

  it('keeps the last good value when an answer is missing, says so once, and does not call it a success', async () => {
    await stage.addConnection('c1');
    const goal = await stage.addLinked('c1', 'kr1', 'sales');
    stage.numbers.numbers.set('sales', 40);
    await sync();
    const good = await stage.connection('c1');
    stage.numbers.numbers.delete('sales');
    await syncAgain();
    await syncAgain();
    const link = await stage.link('c1', goal);
    assert.deepEqual([(await stage.goal(goal)).value, (await stage.goal(goal)).readAt], [40, good.lastSync]);
    assert.deepEqual([link.problem?.remedy, link.problem?.since], ['reconfigure', good.nextSync]);
    assert.equal((await stage.connection('c1')).lastSync, good.lastSync);
    assert.equal((await stage.feed(goal)).filter(entry => entry.activity.kind === 'sync-stopped').length, 1);
    stage.numbers.numbers.set('sales', 40);
    await syncAgain();
    assert.equal((await stage.link('c1', goal)).problem, null);
    assert.notEqual((await stage.connection('c1')).lastSync, good.lastSync);
  });

  it('takes nothing that is no number, no share of nothing, and never a zero for either', async () => {
    await stage.addConnection('c1');
    const odd = { nan: Number.NaN, infinite: Number.POSITIVE_INFINITY, share: { value: 0, of: 0, raw: '0 of 0' }, total: { value: 1, of: Number.NaN, raw: '' }, date: { value: 1, raw: '1', asOf: 'yesterday' } };
    for (const [name, answer] of Object.entries(odd)) {
      await stage.addLinked('c1', name, name);
      stage.numbers.numbers.set(name, typeof answer === 'number' ? { value: answer, raw: '' } : answer);
    }
    const half = await stage.addLinked('c1', 'half', 'half');
    stage.numbers.numbers.set('half', { value: 3, of: 6, raw: '3 of 6' });
    await sync();
    for (const id of Object.keys(odd)) {
      const goal = await stage.goal({ period, id });
      assert.deepEqual([goal.value, goal.status, goal.readAt], [null, 'not-started', null], id);
      assert.ok((await stage.link('c1', { period, id })).problem, id);
    }
    assert.equal((await stage.goal(half)).value, 50);
    assert.match((await stage.link('c1', { period, id: 'share' })).problem!.message, /total is 0/);
  });

  it('blames the connection, not each of its goals, when the credential is refused', async () => {
    await stage.addConnection('c1');
    const goals = [await stage.addLinked('c1', 'a', 'a'), await stage.addLinked('c1', 'b', 'b')];
    for (const name of ['a', 'b']) stage.numbers.numbers.set(name, new SourceError('The password was refused. Enter it again.', { kind: 'reconnect' }));
    await sync();
    const connection = await stage.connection('c1');
    assert.deepEqual([connection.problem?.remedy, connection.lastSync], ['reconnect', null]);
    for (const goal of goals) assert.equal((await stage.link('c1', goal)).problem, null);
    stage.numbers.numbers.set('a', 1).set('b', 2);
    await syncAgain();
    assert.equal((await stage.connection('c1')).problem, null);
  });

  it('does not call a source before the time it asked for, an hour at most, not even when somebody asks', async () => {
    await stage.addConnection('c1', { everyMinutes: 1 });
    await stage.addLinked('c1', 'a', 'a');
    stage.numbers.numbers.set('a', 1);
    for (const [asked, waited] of [[600, 600], [31_536_000, 3600]] as const) {
      stage.numbers.before = () => { throw new SourceError('Too many requests.', { kind: 'retry', afterSeconds: asked }); };
      const end = await sync(slot((await stage.connection('c1')).nextSync!));
      assert.ok(end.end === 'done');
      assert.equal(Date.parse(end.next!) - stage.clock.now.getTime(), waited * 1000);
      const calls = stage.numbers.asked.length;
      stage.later(waited - 1);
      assert.deepEqual(await sync({ kind: 'asked', at: stage.clock.now.toISOString() }), { end: 'again', afterSeconds: 1 });
      assert.equal(stage.numbers.asked.length, calls);
      stage.later(2);
    }
    stage.numbers.before = () => undefined;
    await sync(slot((await stage.connection('c1')).nextSync!));
    const { problem, notBefore } = await stage.connection('c1');
    assert.deepEqual([problem, notBefore], [null, undefined]);
  });

  it('tries again soon after passing trouble, and ever more slowly while it lasts', async () => {
    const regular = nextSlot(stage.scope, 'c1', 60, stage.clock.now); // an hour before the next one, which would be sooner than a late retry
    stage.clock.now = new Date(regular);
    await stage.addConnection('c1', { nextSync: regular });
    await stage.addLinked('c1', 'a', 'a');
    stage.numbers.before = () => { throw new SourceError('Nobody answered.', { kind: 'retry' }); };
    const waits: number[] = [];
    for (let n = 0; n < 6; n++) {
      const end = await sync(slot((await stage.connection('c1')).nextSync!));
      assert.ok(end.end === 'done');
      waits.push(Math.round((Date.parse(end.next!) - stage.clock.now.getTime()) / 60_000));
      stage.clock.now = new Date(end.next!);
    }
    assert.deepEqual(waits, [1, 1, 2, 4, 8, 16]);
  });

  it('drops a chain that was replaced, a connection that is gone, and one whose integration was disabled', async () => {
    await stage.addConnection('c1');
    await stage.addLinked('c1', 'a', 'a');
    stage.numbers.numbers.set('a', 1);
    assert.deepEqual(await sync(slot(nine, 'another')), { end: 'dropped' });
    assert.deepEqual(await sync(slot(nine), 'gone'), { end: 'dropped' });
    const organization = (await stage.deps.store.get(rows.organization, keys.organization(stage.scope)))!;
    await stage.deps.store.transact([replace(rows.organization, keys.organization(stage.scope), { ...organization.body, integrations: {} }, organization.etag)]);
    assert.deepEqual(await sync(), { end: 'dropped' });
    assert.equal(stage.numbers.asked.length, 0);
  });

  it('leaves an integration alone that the tenant does not allow, keeps the last value, and goes on when it is allowed again (A07)', async () => {
    await stage.addConnection('c1');
    const ref = await stage.addLinked('c1', 'a', 'a');
    stage.numbers.numbers.set('a', 10);
    const first = await sync();
    assert.ok(first.end === 'done');
    stage.numbers.numbers.set('a', 20);
    const decide = (integrations: TenantPolicy['integrations']) =>
      stage.deps.store.transact([put(rows.tenantPolicy, keys.tenantPolicy(stage.scope.tenant), { ...usualPolicy, integrations })]);
    for (const integrations of [{ allow: 'none' }, { allow: 'selected', selected: ['another'] }] satisfies TenantPolicy['integrations'][]) {
      await decide(integrations);
      assert.deepEqual(await sync(slot(first.next!)), { end: 'dropped' });
      assert.deepEqual(await sync({ kind: 'asked', at: first.next! }), { end: 'dropped' });
      assert.equal((await stage.goal(ref)).value, 10);
    }
    await decide({ allow: 'selected', selected: ['numbers'] });
    stage.clock.now = new Date(first.next!);
    assert.equal((await sync(slot(first.next!))).end, 'done');
    assert.equal((await stage.goal(ref)).value, 20);
  });

  it('lets one worker at a time have a connection', async () => {
    await stage.addConnection('c1');
    await stage.addLinked('c1', 'a', 'a');
    stage.numbers.numbers.set('a', 1);
    const ends = await Promise.all(Array.from({ length: 8 }, () => sync()));
    assert.equal(ends.filter(({ end }) => end === 'done').length >= 1, true);
    assert.equal(stage.numbers.asked.length, 1);
    assert.equal((await stage.history({ period, id: 'a' })).length, 1);
  });

  it('says so when another worker has the connection, and leaves it alone', async () => {
    await stage.addConnection('c1', { claim: { worker: 'w9', until: new Date(stage.clock.now.getTime() + 1000).toISOString() } });
    await stage.addLinked('c1', 'a', 'a');
    stage.numbers.numbers.set('a', 1);
    assert.deepEqual(await sync(), { end: 'again', afterSeconds: 1 });
    assert.equal(stage.numbers.asked.length, 0);
    stage.later(2);
    assert.equal((await sync()).end, 'done');
  });

  it('keeps the connection to itself for as long as a slow source takes', async () => {
    await stage.addConnection('c1');
    await stage.addLinked('c1', 'a', 'a');
    stage.numbers.numbers.set('a', 1);
    stage.deps.now = () => new Date();
    stage.deps.claimSeconds = 1;
    stage.numbers.before = () => sleep(2200);
    const slow = sync();
    await sleep(1700);
    assert.equal((await syncConnection({ ...stage.deps, worker: 'w2' }, stage.scope, 'c1', { kind: 'asked', at: new Date().toISOString() })).end, 'again');
    assert.equal((await slow).end, 'done');
    assert.equal(stage.numbers.asked.length, 1);
  });

  it('takes over from a worker that fell silent, and refuses what that one writes when it wakes', async () => {
    await stage.addConnection('c1');
    const goals = [await stage.addLinked('c1', 'a', 'a'), await stage.addLinked('c1', 'b', 'b')];
    stage.numbers.numbers.set('a', 10).set('b', 20);
    await sync();
    const chained = (await stage.connection('c1')).nextSync!;
    stage.clock.now = new Date(Date.parse(chained) + 1000);

    // The first worker reads 55 and is paused right before its goals are written: after it last made sure of its claim.
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    const { promise: paused, resolve: pausing } = Promise.withResolvers<void>();
    const sleepy = { ...stage.deps, worker: 'sleepy', store: { ...stage.deps.store, async transactAll(groups: Parameters<typeof stage.deps.store.transactAll>[0]) {
      pausing();
      await woken;
      return stage.deps.store.transactAll(groups);
    } } };
    stage.numbers.numbers.set('a', 55);
    const late = syncConnection(sleepy, stage.scope, 'c1', slot(chained));
    await paused;

    // Its claim runs out. The source has gone back to 10, which is what the store still says: for the second worker nothing has changed.
    stage.numbers.numbers.set('a', 10);
    stage.later(61);
    assert.equal((await syncConnection({ ...stage.deps, worker: 'w2' }, stage.scope, 'c1', slot(chained))).end, 'done');
    wake();
    await late;
    assert.deepEqual(await Promise.all(goals.map(async goal => (await stage.goal(goal)).value)), [10, 20]);
    assert.equal((await stage.history(goals[0]!)).length, 1);
    assert.deepEqual((await stage.connection('c1')).claim, null);
  });

  it('writes nothing to a goal whose link was cut, or that was deleted or closed, while the source was being read', async () => {
    await stage.addConnection('c1');
    const [cut, deleted, closed, kept] = [await stage.addLinked('c1', 'cut', 'n'), await stage.addLinked('c1', 'deleted', 'n'), await stage.addLinked('c1', 'closed', 'n'), await stage.addLinked('c1', 'kept', 'n')];
    stage.numbers.numbers.set('n', 7);
    stage.numbers.before = async () => {
      const { store } = stage.deps;
      const edit = async (ref: typeof cut, change: object) => {
        const goal = (await store.get(rows.goal, keys.goal(stage.scope, ref)))!;
        await store.transact([replace(rows.goal, keys.goal(stage.scope, ref), { ...goal.body, ...change }, goal.etag)]);
      };
      await edit(cut, { mode: 'manual', connection: null });
      await edit(closed, { status: 'closed' });
      await store.transact([remove(rows.goal, keys.goal(stage.scope, deleted))]);
    };
    await sync();
    assert.equal((await stage.goal(cut)).value, null);
    assert.equal((await stage.goal(closed)).value, null);
    await assert.rejects(stage.goal(deleted));
    assert.equal((await stage.goal(kept)).value, 7);
    stage.numbers.before = () => undefined;
    const { body, etag } = (await stage.deps.store.get(rows.goal, keys.goal(stage.scope, closed)))!;
    await stage.deps.store.transact([replace(rows.goal, keys.goal(stage.scope, closed), { ...body, status: 'reopened' }, etag)]);
    await syncAgain();
    assert.equal((await stage.goal(closed)).value, 7, 'a goal that is opened again hears the value it missed');
  });

  it('writes nothing to a goal that was given another measure while the old one was being read', async () => {
    await stage.addConnection('c1');
    const ref = await stage.addLinked('c1', 'remeasured', 'visits');
    stage.numbers.numbers.set('visits', 7);
    stage.numbers.before = async () => {
      const { store, now } = stage.deps;
      const { body, etag } = (await store.get(rows.goal, keys.goal(stage.scope, ref)))!;
      const edited = edit(body, body, { connection: 'c1', remeasured: true }, { at: now().toISOString(), today: '2026-11-21', thresholds: defaultThresholds, model: usualModel, by: { kind: 'person', id: 'p', name: 'P' } });
      await store.transact([replace(rows.goal, keys.goal(stage.scope, ref), edited.goal, etag)]);
    };
    await sync();
    assert.equal((await stage.goal(ref)).value, null);
    assert.deepEqual(await stage.history(ref), []);
  });

  it('stops when the connection is edited while it reads: the old settings write nothing', async () => {
    await stage.addConnection('c1');
    const goal = await stage.addLinked('c1', 'a', 'a');
    stage.numbers.numbers.set('a', 7);
    stage.numbers.before = async () => {
      const { body, etag } = (await stage.deps.store.get(rows.connection, keys.connection(stage.scope, 'c1')))!;
      await stage.deps.store.transact([replace(rows.connection, keys.connection(stage.scope, 'c1'), { ...body, token: 'token-2', name: 'Edited' }, etag)]);
    };
    assert.deepEqual(await sync(), { end: 'again', afterSeconds: 1 });
    assert.deepEqual(await sync(), { end: 'dropped' });
    assert.equal((await stage.goal(goal)).value, null);
    stage.numbers.before = () => undefined;
    await sync(slot(nine, 'token-2'));
    assert.equal((await stage.goal(goal)).value, 7);
    assert.equal((await stage.connection('c1')).name, 'Edited');
  });

  it('puts back what a person said by hand, and fills in what an edit has emptied, though the source says the same as before', async () => {
    await stage.addConnection('c1');
    const goal = await stage.addLinked('c1', 'a', 'a');
    stage.numbers.numbers.set('a', 7);
    await sync();
    const person = { kind: 'person' as const, id: 'ann', name: 'Ann' };
    await moveGoals(stage.deps, stage.scope, [{ goal, change: { kind: 'check-in', value: 60, note: 'I know better.' }, by: person, at: stage.clock.now.toISOString() }]);
    assert.equal((await stage.goal(goal)).value, 60);
    await syncAgain();
    assert.equal((await stage.goal(goal)).value, 7);
    const { body, etag } = (await stage.deps.store.get(rows.goal, keys.goal(stage.scope, goal)))!;
    await stage.deps.store.transact([replace(rows.goal, keys.goal(stage.scope, goal), { ...body, value: null, progress: 0, status: 'not-started', readAt: null, asOf: null }, etag)]);
    await syncAgain();
    assert.equal((await stage.goal(goal)).value, 7);
  });

  it('asked for now leaves the chain as it is, and is content with a sync that began after the asking', async () => {
    await stage.addConnection('c1', { nextSync: '2026-10-01T10:00:00.000Z' });
    const goal = await stage.addLinked('c1', 'a', 'a');
    stage.numbers.numbers.set('a', 7);
    const at = stage.clock.now.toISOString();
    stage.later(1);
    assert.deepEqual(await sync({ kind: 'asked', at }), { end: 'done', next: null });
    assert.deepEqual(await sync({ kind: 'asked', at }), { end: 'done', next: null });
    assert.equal(stage.numbers.asked.length, 1);
    assert.equal((await stage.history(goal))[0]?.at, at);
    assert.equal((await stage.connection('c1')).nextSync, '2026-10-01T10:00:00.000Z');
  });

  it('reads more links than fit a page, and fetches for delivery every period they touch', async () => {
    await stage.addConnection('c1');
    const { store } = stage.deps;
    const periods = [period, '2026'];
    for (let n = 0; n < 2300; n++) stage.numbers.numbers.set(`n${n}`, n / 23);
    const made = Array.from({ length: 2300 }, (_, n) => linkedSteps(stage.scope, 'c1', `kr${n}`, `n${n}`, { period: periods[n % 2]! }));
    await store.transactAll(made.map(({ goal }) => [goal]));
    await store.transactAll(made.map(({ link }) => [link]));
    await sync();
    assert.deepEqual(stage.numbers.asked.map(names => names.length), [2000, 300]);
    for (let n = 0; n < 2300; n += 7) assert.equal((await stage.goal({ period: periods[n % 2]!, id: `kr${n}` })).value, n / 23);
    const deliveries = await stage.deps.queues.deliveries.take(32, 30);
    assert.deepEqual(deliveries.map(({ message }) => message.period).toSorted(), ['2026', '2026-q4']);
    for (const { message } of deliveries) await drain(stage.deps, stage.scope, message.period);
    assert.equal(stage.said.length, 2300);
    assert.equal((await stage.outbox()).length, 0);
  });
});
