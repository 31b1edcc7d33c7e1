// Moving goals in the store: what is written with them, what is not, and what happens when several move one goal at once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { after, before, beforeEach, describe, it } from 'mocha';
import type { Change, CheckIn } from '../domain/check-in.ts';
import type { Author } from '../domain/organization.ts';
import { asChild, type Goal, type GoalRef } from '../domain/goal.ts';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import { faulty, faults, intercepted } from '../simulators/table-faults.ts';
import { insert, remove } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { moveGoals, type Move } from './move.ts';
import { drain } from './outbox.ts';
import { goalOf, period, setStage, type Stage } from './stage.ts';
import { syncConnection } from './sync.ts';

const ann: Author = { kind: 'person', id: 'ann', name: 'Ann' };
const source: Author = { kind: 'connection', id: 'c1', name: 'Shop' };

describe('Moving goals', () => {
  let azurite: Azurite;
  let stage: Stage;
  before(async () => { azurite = await startAzurite(); });
  after(() => azurite.stop());
  beforeEach(async () => { stage = await setStage(azurite.connectionString); });

  const now = () => stage.clock.now.toISOString();
  const said = (goal: GoalRef, value: number, note = ''): Move => ({ goal, change: { kind: 'check-in', value, note }, by: ann, at: now() });
  const read = (goal: GoalRef, value: number, more: Partial<Move> = {}): Move =>
    ({ goal, change: { kind: 'reading', value, raw: String(value), asOf: now(), readAt: now() }, by: source, at: now(), ...more });
  const doIt = (...moves: Move[]) => moveGoals(stage.deps, stage.scope, moves);

  it('writes check-in, feed, word to the parent and something to say with the goal, or none of them', async () => {
    const parent = await stage.addGoal('o', { kind: 'objective', mode: 'roll-up' });
    const goal = await stage.addGoal('kr', { parents: [parent] });
    const honest = stage.deps.store.transactAll;
    const groups: string[][] = [];
    stage.deps.store.transactAll = all => {
      groups.push(...all.map(steps => steps.map(step => `${step.do} ${step.kind.name}`)));
      return honest(all);
    };
    assert.deepEqual((await doIt(said(goal, 10))).map(({ did }) => did), ['wrote']);
    stage.later(1);
    await doIt(said(goal, 11));
    stage.later(1);
    await doIt(said(goal, 11, 'Nothing new.'));
    assert.deepEqual(groups, [
      ['replace goal', 'put check-in', 'put feed entry', 'put outgoing', 'put outgoing'],
      ['replace goal', 'put check-in', 'put outgoing'],
      ['replace goal', 'put check-in'],
    ]);
    assert.deepEqual((await stage.history(goal)).map(({ note }) => note), ['Nothing new.', '', '']);
  });

  it('writes a check-in once, though the answer to the writing gets lost', async () => {
    const goal = await stage.addGoal('kr', { posted: true });
    const honest = stage.deps.store.transactAll;
    let lost = 0;
    stage.deps.store.transactAll = async all => {
      const answers = await honest(all);
      return lost++ === 0 ? answers.map(() => 'conflict' as const) : answers;
    };
    assert.deepEqual((await doIt(said(goal, 10, 'Half of it'))).map(({ did }) => did), ['wrote']);
    assert.deepEqual((await stage.history(goal)).map(({ note }) => note), ['Half of it']);
    assert.equal((await stage.outbox()).length, 1);
  });

  it('writes any other word once as well, though the answer to the writing gets lost', async () => {
    const words: Change[] = [
      { kind: 'check-in', note: 'On it.' }, { kind: 'close', score: 0.5, note: 'Done.' }, { kind: 'reopen', note: 'No.' }, { kind: 'postpone', note: 'Later.', continuedBy: null },
    ];
    const goal = await stage.addGoal('kr', { value: 10, progress: 10, status: 'on-track' });
    const honest = stage.deps.store.transactAll;
    for (const change of words) {
      stage.later(1);
      let lost = 0;
      stage.deps.store.transactAll = async all => {
        const answers = await honest(all);
        return lost++ === 0 ? answers.map(() => 'conflict' as const) : answers;
      };
      assert.deepEqual((await doIt({ goal, change, by: ann, at: now() })).map(({ did }) => did), ['wrote']);
    }
    assert.deepEqual((await stage.history(goal)).map(({ note }) => note), ['Later.', 'No.', 'Done.', 'On it.']);
    assert.equal((await stage.feed(goal)).length, 6, 'each end and beginning, and each change of status');
  });

  it('fences off a worker that went silent also while updates are stopped', async () => {
    const goal = await stage.addGoal('g', { mode: 'source', connection: 'c1', stopped: { by: { id: 'ann', name: 'Ann' }, at: now() } });
    await doIt(read(goal, 5));
    const held = read(goal, 99);
    stage.later(60);
    assert.deepEqual((await doIt(read(goal, 5, { fence: true }))).map(({ did }) => did), ['wrote']);
    assert.deepEqual((await doIt(held)).map(({ did }) => did), ['refused']);
    assert.equal((await stage.goal(goal)).heard?.value, 5);
  });

  it('sends out every change of a goal that stands in a chat, and only changes of status of others', async () => {
    const [posted, quiet] = [await stage.addGoal('posted', { posted: true, value: 1, progress: 1, status: 'on-track' }), await stage.addGoal('quiet', { value: 1, progress: 1, status: 'on-track' })];
    await doIt(said(posted, 2), said(quiet, 2));
    assert.deepEqual((await stage.outbox()).map(({ goal }) => goal.id), ['posted']);
  });

  it('refuses what comes from a source that does not feed the goal, is older than what it heard, or comes after its end', async () => {
    const fed = { mode: 'source' as const, connection: 'c1' };
    const goals = {
      manual: await stage.addGoal('manual'),
      elsewhere: await stage.addGoal('elsewhere', { ...fed, connection: 'c2' }),
      newer: await stage.addGoal('newer', { ...fed, readAt: '2026-10-01T09:30:00.001Z' }),
      closed: await stage.addGoal('closed', { ...fed, status: 'closed' }),
      fine: await stage.addGoal('fine', fed),
    };
    const movements = await doIt(...Object.values(goals).map(goal => read(goal, 5)), read({ period, id: 'gone' }, 5));
    assert.deepEqual(movements.map(({ did }) => did), ['refused', 'refused', 'refused', 'refused', 'wrote', 'missing']);
    assert.deepEqual(await Promise.all(Object.values(goals).map(async goal => (await stage.goal(goal)).value)), [null, null, null, null, 5]);
  });

  it('writes when a value was read only if it fences somebody off', async () => {
    const goal = await stage.addGoal('g', { mode: 'source', connection: 'c1' });
    await doIt(read(goal, 5));
    const first = now();
    stage.later(60);
    assert.deepEqual((await doIt(read(goal, 5))).map(({ did }) => did), ['nothing']);
    assert.equal((await stage.goal(goal)).readAt, first);
    await doIt(read(goal, 5, { fence: true }));
    assert.equal((await stage.goal(goal)).readAt, now());
    assert.equal((await stage.history(goal)).length, 1);
  });

  it('writes what a source says to a stopped goal only where it is something else, and what it says counts once they resume (C27)', async () => {
    const parent = await stage.addGoal('o', { kind: 'objective', mode: 'roll-up' });
    const goal = await stage.addGoal('g', { mode: 'source', connection: 'c1', parents: [parent] });
    await doIt(read(goal, 5));
    stage.later(60);
    await doIt({ ...said(goal, 50), change: { kind: 'check-in', value: 50, note: '', updates: 'stop' } });
    const outbox = await stage.outbox();
    const did: string[] = [];
    for (const value of [5, 5, 7]) {
      stage.later(60);
      did.push(...(await doIt(read(goal, value))).map(one => one.did));
    }
    assert.deepEqual(did, ['wrote', 'nothing', 'wrote']);
    assert.deepEqual(await stage.outbox(), outbox, 'and no parent is told');
    assert.deepEqual([(await stage.goal(goal)).value, (await stage.goal(goal)).heard?.value], [50, 7]);
    stage.later(60);
    await doIt({ goal, change: { kind: 'resume' }, by: ann, at: now() });
    assert.deepEqual([(await stage.goal(goal)).value, (await stage.history(goal))[0]?.because], [7, { kind: 'resumed' }]);
    assert.deepEqual((await stage.feed(goal)).flatMap(({ activity }) => (activity.kind.startsWith('updates') ? [activity.kind] : [])), ['updates-resumed', 'updates-stopped']);
  });

  it('tells parents of all that they remember, also what is no check-in, and leaves them in peace otherwise', async () => {
    const parent = await stage.addGoal('o', { kind: 'objective', mode: 'roll-up' });
    const goal = await stage.addGoal('g', { kind: 'objective', mode: 'roll-up', parents: [parent], entity: { kind: 'organization' }, progress: null });
    const child = goalOf('k', { parents: [goal] });
    const hear = (more: Partial<Goal>): Move => ({ goal, change: { kind: 'child', child: asChild({ ...child, ...more }) }, by: { kind: 'children' }, at: now() });
    const told = async (...moves: Move[]) => {
      stage.later(1);
      for (const { id } of await stage.outbox()) await stage.deps.store.transact([remove(rows.outgoing, keys.outgoing(stage.scope, period, id))]);
      const did = (await doIt(...moves)).map(one => one.did);
      return [...did, ...(await stage.outbox()).filter(({ kind }) => kind === 'roll-up').map(({ kind }) => kind)];
    };
    assert.deepEqual(await told(hear({})), ['wrote', 'roll-up'], 'progress is 0 now');
    assert.deepEqual(await told(hear({})), ['nothing']);
    assert.deepEqual(await told(hear({ access: { ...child.access, private: true } })), ['wrote'], 'remembered, but of no concern to those above');
    assert.deepEqual(await told(hear({ access: { ...child.access, private: true }, alert: 'at-risk' })), ['wrote', 'roll-up'], 'an alert goes all the way up');
    assert.equal((await stage.history(goal)).length, 1);
  });

  it('tells how a goal ended and began again in its feed (C42, C47)', async () => {
    const goal = await stage.addGoal('g');
    const act = async (change: Change) => {
      stage.later(1);
      return doIt({ goal, change, by: ann, at: now() });
    };
    await act({ kind: 'close', value: 80, score: 0.8, note: 'Done.' });
    await act({ kind: 'reopen', note: 'Not quite.' });
    await act({ kind: 'postpone', note: 'Next year.', continuedBy: { period: '2027-q1', id: 'g2' } });
    const feed = (await stage.feed(goal)).map(({ activity }) => activity).filter(({ kind }) => kind !== 'status-changed').toReversed();
    assert.deepEqual(feed, [
      { kind: 'closed', score: 0.8, note: 'Done.' }, { kind: 'reopened', note: 'Not quite.' },
      { kind: 'postponed', to: { period: '2027-q1', id: 'g2' }, note: 'Next year.' },
    ]);
    assert.deepEqual((await stage.history(goal)).map(({ status, note }) => [status, note]).toReversed(), [['closed', 'Done.'], ['reopened', 'Not quite.'], ['postponed', 'Next year.']]);
  });

  it('bears its slot’s instant, unless that would put history out of order or on another day', async () => {
    const goal = await stage.addGoal('g', { mode: 'source', connection: 'c1' });
    stage.clock.now = new Date('2026-10-05T00:00:30.000Z');
    await doIt(read(goal, 1, { at: '2026-10-04T23:59:50.000Z' }));
    stage.clock.now = new Date('2026-10-05T10:00:30.000Z');
    await doIt(read(goal, 2, { at: '2026-10-05T10:00:00.000Z' }));
    stage.clock.now = new Date('2026-10-05T10:00:40.000Z');
    await doIt(read(goal, 3, { at: '2026-10-05T10:00:10.000Z' }));
    assert.deepEqual((await stage.history(goal)).map(({ at, value }) => [at, value]), [
      ['2026-10-05T10:00:40.000Z', 3], ['2026-10-05T10:00:00.000Z', 2], ['2026-10-05T00:00:30.000Z', 1],
    ]);
  });

  it('loses nothing when twenty move one parent at once, and tells one story of it', async () => {
    const parent = await stage.addGoal('o', { kind: 'objective', mode: 'roll-up' });
    const children = Array.from({ length: 20 }, (_, n): Goal => goalOf(`kr${n}`, { parents: [parent], value: n, progress: n, status: 'on-track' }));
    await Promise.all(children.map(child => doIt({ goal: parent, change: { kind: 'child', child: asChild(child) }, by: { kind: 'children' }, at: now() })));
    const goal = await stage.goal(parent);
    assert.equal(goal.children.length, 20);
    assert.equal(goal.progress, 9.5);
    const history = (await stage.history(parent)).toReversed();
    history.forEach((checkIn, i) => assert.deepEqual(checkIn.was, i === 0 ? { value: null, progress: 0, status: 'not-started' } : state(history[i - 1]!)));
  });

  it('heeds a person and a source that move one goal at the same moment', async () => {
    const goal = await stage.addGoal('g', { mode: 'source', connection: 'c1' });
    for (let n = 1; n <= 10; n++) {
      stage.later(1);
      await Promise.all([doIt(said(goal, n * 2)), doIt(read(goal, n * 2 + 1))]);
    }
    const history = (await stage.history(goal)).toReversed();
    assert.deepEqual(history.filter(({ by }) => by.kind === 'person').map(({ value }) => value), [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
    history.forEach((checkIn, i) => { if (i > 0) assert.deepEqual(checkIn.was, state(history[i - 1]!)); });
    assert.deepEqual(state(history.at(-1)!), state(await stage.goal(goal)));
  });

  it('finds goals however they lie among others, and reads many a request where they lie together', async () => {
    let requests = 0;
    const counting = await setStage(azurite.connectionString, { prefix: `n${randomUUID().slice(0, 6)}`, httpClient: intercepted((request, pass) => {
      requests += 1;
      return pass(request);
    }) });
    const ids = Array.from({ length: 1200 }, (_, n) => `g${(n * 7919) % 100_003}`);
    const fed = { mode: 'source' as const, connection: 'c1' };
    await counting.deps.store.transactAll(ids.map(id => [insert(rows.goal, keys.goal(counting.scope, { period, id }), goalOf(id, fed))]));
    const wanting = async (wanted: string[], value: number) => {
      counting.later(1);
      requests = 0;
      const at = counting.clock.now.toISOString();
      return moveGoals(counting.deps, counting.scope, wanted.map(id => ({ goal: { period, id }, change: { kind: 'reading', value, raw: '', asOf: at, readAt: at }, by: source, at })));
    };
    assert.ok((await wanting(ids, 1)).every(({ did }) => did === 'wrote'));
    assert.ok(requests < 60, `${requests} requests to read and write 1,200 goals`);
    await fc.assert(fc.asyncProperty(fc.subarray(ids, { minLength: 1, maxLength: 80 }), fc.array(fc.constantFrom('a', 'g5x', 'zz'), { maxLength: 2 }), async (some, strangers) => {
      const movements = await wanting([...some, ...new Set(strangers)], 1);
      assert.deepEqual(movements.map(({ did }) => did), [...some.map(() => 'nothing'), ...[...new Set(strangers)].map(() => 'missing')]);
    }), { numRuns: 12 });
  });

  for (const k of [2, 3, 5, 11]) {
    it(`loses nothing and doubles nothing when every ${k}${k === 2 ? 'nd' : k === 3 ? 'rd' : 'th'} request to the store fails`, async function () {
      this.timeout(60_000);
      let faultsOn = false;
      let met = 0;
      const shaky = await setStage(azurite.connectionString, {
        prefix: `f${randomUUID().slice(0, 6)}`, retries: { most: 5, firstWaitMs: 1, mostWaitMs: 10 },
        httpClient: faulty((_, n) => (faultsOn && n % k === 0 ? faults[met++ % faults.length] : undefined)),
      });
      const parent = await shaky.addGoal('o', { kind: 'objective', mode: 'roll-up' });
      await shaky.addConnection('c1', { everyMinutes: 60 });
      const goals: GoalRef[] = [];
      for (let n = 0; n < 12; n++) goals.push(await shaky.addLinked('c1', `kr${n}`, `n${n}`, { parents: [parent] }));
      for (let round = 1; round <= 3; round++) {
        goals.forEach((_, n) => shaky.numbers.numbers.set(`n${n}`, round * 10 + n));
        faultsOn = true;
        await insist(shaky);
        faultsOn = false;
        for (const [n, goal] of goals.entries()) {
          assert.equal((await shaky.goal(goal)).value, round * 10 + n);
          assert.equal((await shaky.history(goal)).length, round);
        }
        assert.equal((await shaky.goal(parent)).progress, round * 10 + 5.5);
        assert.deepEqual(await shaky.outbox(), []);
      }
      assert.ok(met > 150 / k, `only ${met} faults`);
    });
  }
});

const state = ({ value, progress, status }: CheckIn['was']) => ({ value, progress, status });

/** Syncs the slot that is due and drains, again and again as a worker would, with as much time in between as they ask for. */
async function insist(shaky: Stage): Promise<void> {
  const { token, nextSync } = await patiently(shaky, () => shaky.connection('c1'));
  shaky.clock.now = new Date(Math.max(shaky.clock.now.getTime(), Date.parse(nextSync!)) + 1000);
  await patiently(shaky, async () => {
    const end = await syncConnection(shaky.deps, shaky.scope, 'c1', { kind: 'chained', at: nextSync!, token });
    if (end.end !== 'done') throw new Error(`The sync ended as ${end.end}.`);
  });
  await patiently(shaky, async () => {
    const { againAfter } = await drain(shaky.deps, shaky.scope, period);
    if (againAfter !== undefined) throw new Error('Not yet.');
  });
}

async function patiently<T>(shaky: Stage, act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (attempt === 12) throw error;
      shaky.later(61);
    }
  }
}
