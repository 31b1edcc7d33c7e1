// Workers over real queues: each slot once however many there are, nobody waits behind others' work, and stopping finishes what was begun.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { DeliveryError } from '../chat/platform.ts';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import type { Taken } from '../store/queue.ts';
import { fairest, startLane } from './lane.ts';
import { startChain, syncNow } from './schedule.ts';
import { linkedSteps, period, setStage, type Stage } from './stage.ts';
import { startWorker, type Worker } from './worker.ts';

async function until<T>(look: () => Promise<T | undefined | false> | T | undefined | false, seconds = 8): Promise<T> {
  for (const patience = Date.now() + seconds * 1000; Date.now() < patience; await sleep(20)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`Waited ${seconds} s in vain for ${look.toString()}`);
}

describe('Workers', () => {
  let azurite: Azurite;
  let stage: Stage;
  let workers: Worker[];
  before(async () => { azurite = await startAzurite(); });
  after(() => azurite.stop());
  beforeEach(async () => {
    stage = await setStage(azurite.connectionString, { prefix: `w${randomUUID().slice(0, 8)}` });
    stage.deps.now = () => new Date();
    workers = [];
  });
  afterEach(() => Promise.all(workers.map(worker => worker.stop())));

  const work = (many = 1) => { for (let n = 0; n < many; n++) workers.push(startWorker({ ...stage.deps, worker: `w${n}` })); };
  /** A connection whose chain is due now. */
  async function due(id: string) {
    const slot = new Date(Date.now() - 1000).toISOString();
    await stage.addConnection(id, { nextSync: slot });
    await stage.addLinked(id, `of-${id}`, id);
    stage.numbers.numbers.set(id, 50);
    await stage.deps.queues.syncs.put({ ...stage.scope, connection: id, token: 'token-1', slot });
  }

  it('eight of them fire each of forty due slots exactly once, and each chain goes on with one message', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `c${n}`);
    for (const id of ids) await due(id);
    work(8);
    await until(async () => (await Promise.all(ids.map(id => stage.connection(id)))).every(({ lastSync, claim }) => lastSync !== null && claim === null), 15);
    await Promise.all(workers.map(worker => worker.stop()));
    assert.deepEqual(stage.numbers.asked.flat().toSorted(), ids.toSorted());
    for (const id of ids) assert.equal((await stage.history({ period, id: `of-${id}` })).length, 1);
    assert.equal(await stage.deps.queues.syncs.depth(), 40);
    assert.deepEqual(stage.reports, []);
  });

  it('read a source within about a second of being asked, and say what changed', async () => {
    await stage.addConnection('c1', { nextSync: null });
    const goal = await stage.addLinked('c1', 'g', 'n');
    stage.numbers.numbers.set('n', 50);
    work();
    await sleep(1500); // long enough to have fallen idle
    const asked = Date.now();
    await syncNow(stage.deps, stage.scope, 'c1');
    await until(async () => (await stage.goal(goal)).value === 50);
    const moved = Date.now() - asked;
    await until(() => stage.said.length === 1);
    assert.ok(moved < 1500, `it took ${moved} ms`);
  });

  it('do not let who asks wait behind a crowd of hourly syncs', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    for (let n = 0; n < 20; n++) await due(`slow${n}`);
    stage.numbers.before = () => (stage.numbers.asked.at(-1)![0]!.startsWith('slow') ? held : undefined);
    await stage.addConnection('quick', { nextSync: null });
    const goal = await stage.addLinked('quick', 'q', 'quick');
    stage.numbers.numbers.set('quick', 50);
    work();
    await until(() => stage.numbers.asked.length >= 7);
    await syncNow(stage.deps, stage.scope, 'quick');
    await until(async () => (await stage.goal(goal)).value === 50, 3);
    release();
  });

  it('finish what they hold when they are stopped, and give back what they have not begun', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    stage.numbers.before = () => held;
    const ids = Array.from({ length: 12 }, (_, n) => `c${n}`);
    for (const id of ids) await due(id);
    work();
    await until(() => stage.numbers.asked.length === 7);
    let stopped = false;
    const stopping = workers[0]!.stop().finally(() => { stopped = true; });
    await sleep(300);
    assert.equal(stopped, false);
    release();
    await stopping;
    const synced = (await Promise.all(ids.map(id => stage.connection(id)))).filter(({ lastSync, claim }) => lastSync !== null && claim === null);
    assert.equal(synced.length, 7);
    assert.equal((await stage.deps.queues.syncs.take(32, 30)).length, 5, 'the others can be taken at once');
  });

  it('say later what a chat would not take now', async () => {
    const goal = await stage.addGoal('g', { mode: 'source', connection: 'c1' });
    await stage.addConnection('c1', { nextSync: null });
    await stage.deps.store.transact([linkedSteps(stage.scope, 'c1', 'g', 'n').link]);
    stage.numbers.numbers.set('n', 50);
    let refusals = 0;
    const honest = stage.deps.deliver;
    stage.deps.deliver = async (scope, outgoing) => {
      if (refusals++ === 0) throw new DeliveryError('Slow down.', { kind: 'retry', afterSeconds: 1 });
      return honest(scope, outgoing);
    };
    work();
    await syncNow(stage.deps, stage.scope, 'c1');
    await until(() => stage.said.length === 1);
    await until(async () => (await stage.outbox()).length === 0);
    assert.equal(refusals, 2);
    assert.equal((await stage.goal(goal)).value, 50);
  });

  it('report what they did not expect, once each time, and try again', async () => {
    await due('c1');
    let failures = 0;
    stage.numbers.before = () => {
      if (failures++ === 0) throw new TypeError('A bug.');
    };
    work();
    await until(async () => (await stage.connection('c1')).lastSync !== null);
    assert.deepEqual(stage.reports, ['syncing by schedule: TypeError: A bug.']);
    assert.equal((await stage.goal({ period, id: 'of-c1' })).value, 50);
  });

  it('carry a chain on from slot to slot without anybody’s help', async () => {
    await stage.addConnection('c1', { nextSync: null, everyMinutes: 1 });
    await stage.addLinked('c1', 'g', 'n');
    stage.numbers.numbers.set('n', 50);
    const began = Date.now();
    let shift = 0;
    stage.deps.now = () => new Date(began + shift);
    const slots: string[] = [];
    const { syncs } = stage.deps.queues;
    stage.deps.queues = { ...stage.deps.queues, syncs: {
      ...syncs, put: message => syncs.put(message),
      async take(most, seconds) {
        return (await syncs.take(most, seconds)).map((taken): Taken<typeof taken.message> => ({
          ...taken,
          later: (_, message) => { // the queue's own clock cannot be moved, ours can: each slot comes at once
            slots.push(message!.slot);
            shift = Date.parse(message!.slot) - began + 500;
            return taken.later(0, message);
          },
        }));
      },
    } };
    await startChain(stage.deps, stage.scope, 'c1');
    shift = Date.parse((await stage.connection('c1')).nextSync!) - began + 500;
    work();
    await until(() => slots.length >= 10);
    const steps = slots.slice(1).map((slot, i) => Date.parse(slot) - Date.parse(slots[i]!));
    assert.deepEqual([...new Set(steps)], [60_000]);
    assert.deepEqual(stage.reports, []);
  });
});

const taken = (organization: string, n = 0) => ({ message: { tenant: 't', organization, n } }) as unknown as Taken<{ tenant: string; organization: string; n: number }>;

describe('The fairest choice', () => {
  it('is the organization with the least under way, the longest waiting first', () => {
    const waiting = [taken('big', 1), taken('big', 2), taken('small', 3), taken('other', 4)];
    assert.equal(fairest(waiting, ['t|big', 't|big'], 8)?.message.n, 3);
    assert.equal(fairest(waiting, [], 8)?.message.n, 1);
    assert.equal(fairest(waiting, ['t|big', 't|small'], 8)?.message.n, 4);
  });

  it('keeps the last place free for somebody who has nothing under way', () => {
    const full = Array.from({ length: 7 }, () => 't|big');
    assert.equal(fairest([taken('big')], full, 8), undefined);
    assert.equal(fairest([taken('big'), taken('small', 9)], full, 8)?.message.n, 9);
    assert.equal(fairest([taken('small')], [...full, 't|x'], 8), undefined);
  });

  it('lets a small organization through a crowd of hanging ones', async () => {
    const acted: string[] = [];
    let gone = 0;
    const messages = [...Array.from({ length: 60 }, () => 'big'), 'small'];
    const queue = {
      put: async () => undefined, depth: async () => messages.length,
      take: async (most: number) => messages.splice(0, most).map(organization => ({
        message: { tenant: 't', organization }, attempt: 1,
        done: async () => { gone += 1; },
        later: async () => { messages.push(organization); },
      })),
    };
    const { promise: hanging, resolve: release } = Promise.withResolvers<{ done: true }>();
    const lane = startLane({
      queue, most: 4, holdSeconds: 60, idleMs: 20, failed: error => { throw error; },
      act: ({ organization }) => { acted.push(organization); return organization === 'big' ? hanging : Promise.resolve({ done: true }); },
    });
    for (let n = 0; n < 200 && !acted.includes('small'); n++) await sleep(10);
    release({ done: true });
    await lane.stop();
    assert.ok(acted.includes('small'));
    assert.ok(gone > 0);
  });
});
