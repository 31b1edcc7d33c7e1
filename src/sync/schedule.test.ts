// The times of a chain, as laws; and the chain itself: one, never two.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { after, before, beforeEach, describe, it } from 'mocha';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import type { SyncDue } from './deps.ts';
import { nextSlot, secondsUntil, startChain, syncNow } from './schedule.ts';
import { setStage, type Stage } from './stage.ts';
import { syncConnection } from './sync.ts';

const scope = { tenant: 't', organization: 'o' };
const minutes = fc.integer({ min: 1, max: 10_080 });
const instant = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
const id = fc.string({ minLength: 1, maxLength: 20 });

describe('The next slot', () => {
  it('lies ahead, within one period, and is the same for everybody who asks', () => {
    fc.assert(fc.property(id, minutes, instant, (connection, every, now) => {
      const next = Date.parse(nextSlot(scope, connection, every, now));
      assert.ok(next > now.getTime() && next <= now.getTime() + every * 60_000);
      assert.equal(next, Date.parse(nextSlot(scope, connection, every, now)));
    }));
  });

  it('comes exactly one period after the last, however long the sync took and whatever was missed', () => {
    fc.assert(fc.property(id, minutes, instant, fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 5 }), (connection, every, now, late, missed) => {
      const slot = Date.parse(nextSlot(scope, connection, every, now));
      const ended = new Date(slot + Math.floor((missed + late) * every * 60_000));
      assert.equal(Date.parse(nextSlot(scope, connection, every, ended)), slot + (missed + 1) * every * 60_000);
    }));
  });

  it('can be hidden in a queue: at most seven days ahead', () => {
    fc.assert(fc.property(id, instant, (connection, now) => {
      const wait = secondsUntil(now, nextSlot(scope, connection, 10_080, now));
      assert.ok(wait >= 0 && wait <= 604_800);
    }));
  });

  it('spreads connections evenly over the period', () => {
    const now = new Date('2026-11-21T09:00:00.000Z');
    const perMinute = Array.from({ length: 60 }, () => 0);
    for (let n = 0; n < 6000; n++) perMinute[Math.floor((Date.parse(nextSlot(scope, `c${n}`, 60, now)) - now.getTime()) / 60_000) % 60]! += 1;
    assert.ok(Math.min(...perMinute) > 60 && Math.max(...perMinute) < 145, perMinute.join());
  });
});

describe('A chain', () => {
  let azurite: Azurite;
  let stage: Stage;
  before(async () => { azurite = await startAzurite(); });
  after(() => azurite.stop());
  beforeEach(async () => {
    stage = await setStage(azurite.connectionString);
    await stage.addConnection('c1', { nextSync: null, everyMinutes: 1 });
    await stage.addLinked('c1', 'a', 'a');
    stage.numbers.numbers.set('a', 1);
  });

  it('is one, however often it was started: only the last message is heeded', async () => {
    const { syncs } = stage.deps.queues;
    const atOnce = { ...stage.deps, queues: { ...stage.deps.queues, syncs: { ...syncs, put: (message: SyncDue) => syncs.put(message) } } };
    for (let n = 0; n < 5; n++) await startChain(atOnce, stage.scope, 'c1');
    const taken = await syncs.take(32, 30);
    assert.equal(taken.length, 5);
    stage.later(60);
    const due: string[] = [];
    for (const { message } of taken) due.push((await syncConnection(stage.deps, stage.scope, 'c1', { kind: 'chained', at: message.slot, token: message.token })).end);
    assert.deepEqual(due.toSorted(), ['done', 'dropped', 'dropped', 'dropped', 'dropped']);
    assert.equal(stage.numbers.asked.length, 1);
  });

  it('does not grow when somebody asks for a sync now, which has a lane of its own', async () => {
    await startChain(stage.deps, stage.scope, 'c1');
    await syncNow(stage.deps, stage.scope, 'c1');
    assert.equal(await stage.deps.queues.syncs.depth(), 1);
    assert.deepEqual((await stage.deps.queues.asked.take(32, 30)).map(({ message }) => message.at), [stage.clock.now.toISOString()]);
  });
});
