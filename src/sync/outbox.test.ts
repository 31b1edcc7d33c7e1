// What happens after a goal has moved: parents hear of it, also across periods and crashes, and chats are told once.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'mocha';
import { DeliveryError } from '../chat/platform.ts';
import type { Change } from '../domain/check-in.ts';
import type { GoalRef } from '../domain/goal.ts';
import { isEnded } from '../domain/status.ts';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import { put, remove } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { moveGoals } from './move.ts';
import { drain } from './outbox.ts';
import { period, setStage, type Stage } from './stage.ts';

const year = '2026';
const objective = { kind: 'objective' as const, mode: 'roll-up' as const };

describe('The outbox', () => {
  let azurite: Azurite;
  let stage: Stage;
  before(async () => { azurite = await startAzurite(); });
  after(() => azurite.stop());
  beforeEach(async () => { stage = await setStage(azurite.connectionString); });

  const checkIn = (goal: GoalRef, value: number) => moveGoals(stage.deps, stage.scope, [
    { goal, change: { kind: 'check-in', value, note: '' }, by: { kind: 'person', id: 'ann', name: 'Ann' }, at: stage.clock.now.toISOString() },
  ]);
  const comment = (goal: GoalRef, id: string) => stage.deps.store.transact([put(rows.outgoing, keys.outgoing(stage.scope, goal.period, id),
    { kind: 'comment', id, goal, at: stage.clock.now.toISOString(), by: { kind: 'person', id: 'ann', name: 'Ann' }, text: id })]);

  /** Drains every period until nothing is on its way. */
  const settle = async () => {
    for (const each of [period, year, period, year]) await drain(stage.deps, stage.scope, each);
    assert.deepEqual([await stage.outbox(), await stage.outbox(year)], [[], []]);
  };

  /** Two key results under an objective of the quarter, under an objective of the year. */
  async function family() {
    const top = await stage.addGoal('top', { ...objective, period: year, start: '2026-01-01' });
    const middle = await stage.addGoal('middle', { ...objective, parents: [top] });
    const kids = [await stage.addGoal('kid1', { parents: [middle] }), await stage.addGoal('kid2', { parents: [middle] })] as const;
    return { top, middle, kids };
  }

  it('carries a child’s progress to its parent and, across periods, to the parent’s parent', async () => {
    const { top, middle, kids } = await family();
    await checkIn(kids[0], 30);
    await checkIn(kids[1], 50);
    await drain(stage.deps, stage.scope, period);
    assert.deepEqual([(await stage.goal(middle)).progress, (await stage.goal(middle)).status], [40, 'on-track']);
    assert.equal((await stage.history(middle)).length, 1, 'two children that moved together are one check-in of their parent');
    const due = await stage.deps.queues.deliveries.take(32, 30);
    assert.deepEqual(due.map(({ message }) => message.period), [year]);
    await drain(stage.deps, stage.scope, year);
    assert.deepEqual([(await stage.goal(top)).progress, (await stage.goal(top)).status], [40, 'at-risk']);
    assert.deepEqual((await stage.history(top))[0]?.by, { kind: 'children' });
    assert.deepEqual([await stage.outbox(), await stage.outbox(year)], [[], []]);
  });

  it('counts a goal in each of its parents, also across periods, and touches nothing but what stands above it (C34)', async () => {
    const top = await stage.addGoal('top', { ...objective, period: year, start: '2026-01-01' });
    const [left, right] = [await stage.addGoal('left', { ...objective, parents: [top] }), await stage.addGoal('right', objective)];
    const shared = await stage.addGoal('shared', { parents: [left, right, top] });
    const other = await stage.addGoal('other', { parents: [right] });
    const strangers = [await stage.addGoal('stranger', { ...objective, parents: [top] }), await stage.addGoal('cousin', { parents: [left] })];
    for (const goal of [shared, other, ...strangers]) await checkIn(goal, 40);
    await settle();
    stage.later(60);
    const written: string[] = [];
    const honest = stage.deps.store.transactAll;
    stage.deps.store.transactAll = groups => {
      written.push(...groups.flat().filter(step => step.kind === rows.goal).map(step => step.keys.row));
      return honest(groups);
    };
    await checkIn(shared, 80);
    await settle();
    const progress = async (goal: GoalRef) => (await stage.goal(goal)).progress;
    assert.deepEqual(await Promise.all([left, right].map(progress)), [60, 60], 'left: 80 and 40; right: 80 and 40');
    assert.equal(await progress(top), 60, 'left at 60, the stranger at 40, the shared one at 80');
    assert.deepEqual([...new Set(written)].toSorted(), ['g:left', 'g:right', 'g:shared', 'g:top']);
    assert.ok(written.length <= 5, `The top, which two ways lead to, is written twice at most: ${written.join()}`);
  });

  it('tells why a parent moved: of several children the one that moved most, and how many others did (C40)', async () => {
    const { middle, kids } = await family();
    await checkIn(kids[0], 10);
    await checkIn(kids[1], 60);
    await settle();
    assert.deepEqual((await stage.history(middle))[0]?.because, { kind: 'child', child: kids[1], was: null, is: 60, others: 1 });
    stage.later(60);
    await checkIn(kids[0], 30);
    await settle();
    assert.deepEqual((await stage.history(middle))[0]?.because, { kind: 'child', child: kids[0], was: 10, is: 30 });
  });

  it('closes what stands above when the last child closes, up to the top, and opens it again (C32)', async () => {
    const { top, middle, kids } = await family();
    const act = (goal: GoalRef, change: Change) => moveGoals(stage.deps, stage.scope, [{ goal, change, by: { kind: 'person', id: 'ann', name: 'Ann' }, at: stage.clock.now.toISOString() }]);
    await checkIn(kids[0], 30);
    await act(kids[1], { kind: 'close', value: 90, score: 0.9, note: '' });
    await settle();
    assert.equal((await stage.goal(middle)).status, 'on-track');
    stage.later(60);
    await act(kids[0], { kind: 'close', score: 0.3, note: '' });
    await settle();
    for (const goal of [middle, top]) {
      const { status, closure } = await stage.goal(goal);
      assert.deepEqual([status, closure?.score, closure?.by], ['closed', 0.6, { kind: 'children' }]);
      assert.equal((await stage.history(goal))[0]?.score, 0.6);
      assert.deepEqual((await stage.feed(goal)).flatMap(({ activity }) => (activity.kind === 'closed' ? [activity.score] : [])), [0.6]);
    }
    stage.later(60);
    await act(kids[0], { kind: 'reopen', note: 'Not yet.' });
    await settle();
    for (const goal of [middle, top]) assert.deepEqual([isEnded((await stage.goal(goal)).status), (await stage.goal(goal)).closure], [false, null]);
  });

  it('has no second effect when it dies between the parent’s move and the removal of the word to it', async () => {
    const { middle, kids } = await family();
    await checkIn(kids[0], 30);
    const honest = stage.deps.store.transactAll;
    stage.deps.store.transactAll = async groups => {
      if (groups.some(group => group[0]?.do === 'remove')) throw new Error('The worker dies here.');
      return honest(groups);
    };
    await assert.rejects(drain(stage.deps, stage.scope, period), /dies here/);
    stage.deps.store.transactAll = honest;
    assert.equal((await stage.goal(middle)).progress, 30);
    stage.later(600);
    await drain(stage.deps, stage.scope, period);
    assert.equal((await stage.history(middle)).length, 1);
    assert.deepEqual(stage.said.map(({ goal }) => goal.id).toSorted(), ['kid1', 'middle']);
    assert.deepEqual(await stage.outbox(), []);
  });

  it('keeps word that a child sends while its older word is being carried', async () => {
    const { middle, kids } = await family();
    await checkIn(kids[0], 30);
    const honest = stage.deps.store.transactAll;
    let once = true;
    stage.deps.store.transactAll = async groups => {
      if (once && groups.some(group => group[0]?.do === 'remove')) {
        once = false;
        stage.later(1);
        await checkIn(kids[0], 80);
      }
      return honest(groups);
    };
    await drain(stage.deps, stage.scope, period);
    assert.equal((await stage.goal(middle)).progress, 80);
    const values = (await stage.history(middle)).map(({ progress, was }) => [was.progress, progress]);
    assert.deepEqual(values, [[30, 80], [0, 30]]);
  });

  it('lets a parent forget a child that was deleted or moved elsewhere', async () => {
    const { middle, kids } = await family();
    await checkIn(kids[0], 30);
    await checkIn(kids[1], 50);
    await drain(stage.deps, stage.scope, period);
    stage.later(1);
    await checkIn(kids[1], 60);
    await stage.deps.store.transact([remove(rows.goal, keys.goal(stage.scope, kids[1]))]);
    await drain(stage.deps, stage.scope, period);
    assert.equal((await stage.goal(middle)).progress, 30);
    assert.deepEqual((await stage.goal(middle)).children.map(({ id }) => id), ['kid1']);
  });

  it('says several changes of one goal as one, from where the first began, and nothing of a turn that was taken back', async () => {
    const there = await stage.addGoal('there', { start: '2026-08-01' });
    const back = await stage.addGoal('back', { start: '2026-08-01', value: 50, progress: 50, status: 'on-track', posted: true });
    for (const [goal, values] of [[there, [5, 90, 30]], [back, [5, 51]]] as const) {
      for (const value of values) {
        stage.later(1);
        await checkIn(goal, value);
      }
    }
    await drain(stage.deps, stage.scope, period);
    assert.deepEqual(stage.said.map(said => [said.goal.id, said.kind === 'moved' && said.from]).toSorted(), [['back', undefined], ['there', 'not-started']]);
    assert.equal((await stage.feed(there)).length, 3, 'the feed keeps every turn');
  });

  it('says a goal’s change before its comments, and the comments in the order they were written', async () => {
    const goal = await stage.addGoal('g');
    await comment(goal, 'z-first');
    stage.later(1);
    await comment(goal, 'a-second');
    stage.later(1);
    await checkIn(goal, 10);
    await drain(stage.deps, stage.scope, period);
    assert.deepEqual(stage.said.map(said => (said.kind === 'comment' ? said.text : said.kind)), ['moved', 'z-first', 'a-second']);
  });

  it('waits as long as a chat asks, holding back what follows in that thread and nothing else', async () => {
    const [busy, free] = [await stage.addGoal('busy'), await stage.addGoal('free')];
    await comment(busy, 'one');
    stage.later(1);
    await comment(busy, 'two');
    await comment(free, 'three');
    const honest = stage.deps.deliver;
    stage.deps.deliver = async (scope, outgoing) => {
      if (outgoing.goal.id === 'busy') throw new DeliveryError('Slow down.', { kind: 'retry', afterSeconds: 17 });
      return honest(scope, outgoing);
    };
    assert.deepEqual(await drain(stage.deps, stage.scope, period), { againAfter: 17 });
    assert.deepEqual(stage.said.map(({ id }) => id), ['three']);
    stage.deps.deliver = honest;
    assert.deepEqual(await drain(stage.deps, stage.scope, period), {});
    assert.deepEqual(stage.said.map(({ id }) => id), ['three', 'one', 'two']);
  });

  it('drops what can never be said, and keeps for a person what fails by our own fault, having tried ten times', async () => {
    const [gone, broken] = [await stage.addGoal('gone'), await stage.addGoal('broken')];
    await comment(gone, 'one');
    await comment(broken, 'two');
    let tries = 0;
    stage.deps.deliver = async (_, outgoing) => {
      if (outgoing.goal.id === 'gone') throw new DeliveryError('The channel is gone.', { kind: 'forget' });
      tries += 1;
      throw new TypeError('Bug.');
    };
    const waits: (number | undefined)[] = [];
    for (let n = 0; n < 12; n++) waits.push((await drain(stage.deps, stage.scope, period)).againAfter);
    assert.equal(tries, 10);
    assert.deepEqual([waits[0], waits[1], waits[9], waits[11]], [30, 60, undefined, undefined]);
    const left = await stage.outbox();
    assert.deepEqual(left.map(({ id, kind }) => [id, kind]), [['two', 'comment']]);
    assert.equal(left[0]?.kind === 'comment' && left[0].report, 'report-10');
    assert.equal(stage.reports.length, 10);
  });

  it('is emptied by one worker at a time: nothing is said twice', async () => {
    for (let n = 0; n < 30; n++) await comment(await stage.addGoal(`g${n}`), `c${n}`);
    const honest = stage.deps.deliver;
    stage.deps.deliver = async (scope, outgoing) => {
      await new Promise(resolve => { setTimeout(resolve, 5); });
      return honest(scope, outgoing);
    };
    const drained = await Promise.all(['w1', 'w2', 'w3', 'w4'].map(worker => drain({ ...stage.deps, worker }, stage.scope, period)));
    assert.equal(drained.filter(({ againAfter }) => againAfter === 2).length, 3, 'the others look again, in case something was added meanwhile');
    assert.equal(stage.said.length, 30);
    assert.equal(new Set(stage.said.map(({ id }) => id)).size, 30);
  });

  it('is left alone by a worker that lost its turn while it was speaking', async () => {
    const goal = await stage.addGoal('g');
    for (let n = 0; n < 12; n++) {
      stage.later(0.001);
      await comment(goal, `c${n}`);
    }
    const honest = stage.deps.deliver;
    stage.deps.deliver = async (scope, outgoing) => {
      if (stage.said.length === 4) {
        stage.deps.deliver = honest;
        stage.later(61); // this worker is paused; another takes the turn and says all that is left
        assert.deepEqual(await drain({ ...stage.deps, worker: 'w2' }, stage.scope, period), {});
      }
      await honest(scope, outgoing);
    };
    assert.deepEqual(await drain(stage.deps, stage.scope, period), { againAfter: 1 });
    const times = stage.said.map(({ id }) => id);
    assert.equal(new Set(times).size, 12);
    assert.deepEqual(times.slice(12), ['c4'], 'only what was already on its way');
    assert.deepEqual(await stage.outbox(), []);
  });

  it('moves no goal of which nobody knows, and heeds an old word late without disturbing history', async () => {
    const { middle, kids } = await family();
    await checkIn(kids[0], 30);
    const old = (await stage.outbox()).find(({ kind }) => kind === 'roll-up')!;
    await drain(stage.deps, stage.scope, period);
    stage.later(3600);
    await checkIn(kids[1], 50);
    await drain(stage.deps, stage.scope, period);
    await stage.deps.store.transact([put(rows.outgoing, keys.outgoing(stage.scope, period, old.id), old)]);
    await stage.deps.store.transact([put(rows.outgoing, keys.outgoing(stage.scope, period, 'u:stray'), { ...old, id: 'u:stray', parent: { period, id: 'nobody' } } as typeof old)]);
    stage.later(3600);
    await drain(stage.deps, stage.scope, period);
    assert.deepEqual((await stage.history(middle)).map(({ progress }) => progress), [40, 30]);
    assert.deepEqual(await stage.outbox(), []);
  });
});
