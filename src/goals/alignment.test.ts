// Alignment on real tables: no order of operations makes a circle, parents know their children whatever dies or happens in between.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Goal, type GoalRef, refOf, sameRef } from '../domain/goal.ts';
import { Refusal } from '../refusal.ts';
import { type Azurite, startAzurite } from '../simulators/azurite.ts';
import { Conflict, type Step } from '../store/store.ts';
import { rows } from '../store/tables.ts';
import { standsAbove } from './alignment.ts';
import { deleteGoal } from './delete.ts';
import { type Stage, period, setStage } from './stage.ts';

let azurite: Azurite;
let stage: Stage;
const ref = (id: string): GoalRef => ({ period, id });
const died = new Error('The process died here.');
const writes = (steps: readonly Step[], id: string) => steps.some(step => step.kind.name === 'goal' && step.keys.row === `g:${id}` && (step.do === 'replace' || step.do === 'insert') && step.body !== undefined);
/** What a refused or lost deed throws; anything else is a failure of the test. */
const told = (error: unknown) => { if (!(error instanceof Refusal || error instanceof Conflict)) throw error; };

/** Whether any goal stands above itself, and whether parents and children know each other. */
async function faults(ids: readonly string[]): Promise<string[]> {
  const goals = (await Promise.all(ids.map(id => stage.stored(ref(id))))).flatMap(row => row?.body ?? []);
  const found: string[] = [];
  for (const goal of goals) {
    if (await standsAbove(stage.deps.store, stage.actor.scope, goal, goal.parents) !== 'no') found.push(`${goal.id} stands above itself`);
    for (const parent of goal.parents) if (!goals.find(g => sameRef(g, parent))?.children.some(c => c.id === goal.id)) found.push(`${parent.id} does not know ${goal.id}`);
  }
  return found;
}

describe('alignment', function () {
  this.timeout(60_000);
  before(async () => { azurite = await startAzurite(); });
  after(async () => { await azurite.stop(); });
  beforeEach(async () => { stage = await setStage(azurite.connectionString); });

  it('makes no circle in any sequence of operations, some of them at once, and no parent ever misses a child (C33, C34)', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    const some = fc.subarray(ids, { maxLength: 3 });
    const operation = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('align' as const), goal: fc.constantFrom(...ids), parents: some }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), goal: fc.constantFrom(...ids) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('drain' as const) }) },
    );
    await fc.assert(fc.asyncProperty(fc.array(fc.array(operation, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }), async rounds => {
      stage = await setStage(azurite.connectionString);
      for (const id of ids) await stage.make(id);
      for (const round of rounds) {
        await Promise.all(round.map(async step => {
          const there = step.do === 'drain' ? undefined : await stage.stored(ref(step.goal));
          if (step.do === 'drain') await stage.drained();
          else if (there && step.do === 'remove') await stage.remove(there.body).catch(told);
          else if (there && step.do === 'align') {
            const parents = (await Promise.all(step.parents.map(id => stage.stored(ref(id))))).flatMap(row => (row ? [refOf(row.body)] : []));
            await stage.change(there.body, { parents }).catch(told);
          }
        }));
        assert.deepEqual(await faults(ids), []);
      }
    }), { numRuns: 25 });
  });

  it('in opposite directions at once leaves at most one of the two, and tells the other (C33)', async () => {
    for (let round = 0; round < 5; round++) {
      stage = await setStage(azurite.connectionString);
      const [a, b] = [await stage.make('a'), await stage.make('b')];
      const outcomes = await Promise.allSettled([stage.change(a, { parents: [refOf(b)] }), stage.change(b, { parents: [refOf(a)] })]);
      assert.ok(outcomes.some(o => o.status === 'rejected'), 'both were carried out');
      for (const outcome of outcomes) if (outcome.status === 'rejected') told(outcome.reason);
      assert.deepEqual(await faults(['a', 'b']), []);
    }
  });

  it('that closes a circle through others is withdrawn by whoever looks last, and the goal goes back where it stood', async () => {
    // B stands under C and D under A; A goes under B while C goes under D: neither touches what the other writes.
    const made: Record<string, Goal> = {};
    for (const id of ['a', 'c', 'old']) made[id] = await stage.make(id);
    made['b'] = await stage.make('b', { parents: [ref('c')] });
    made['d'] = await stage.make('d', { parents: [ref('a')] });
    await stage.change(ref('a'), { parents: [ref('old')] });
    let other: Promise<void> | undefined;
    stage.before.transaction = async steps => {
      if (!writes(steps, 'a') || other) return;
      other = stage.change(ref('c'), { parents: [ref('d')] }); // after A's own look, before A is written
      await other;
    };
    const outcome = await stage.change(ref('a'), { parents: [ref('b')] }).then(() => undefined, (error: unknown) => error);
    assert.ok(outcome instanceof Refusal && outcome.kind === 'conflict', String(outcome));
    assert.match(outcome.message, /circle/);
    assert.deepEqual([(await stage.goal(ref('a'))).parents, (await stage.goal(ref('c'))).parents], [[ref('old')], [ref('d')]]);
    await stage.drained();
    assert.deepEqual(await faults(['a', 'b', 'c', 'd', 'old']), []);
    assert.deepEqual((await stage.goal(ref('b'))).children, []);
  });

  it('tells the parent first: a parent is not deleted while a child is on its way, nor aligned with once it is gone', async () => {
    const parent = await stage.make('p');
    const was = (await stage.stored(parent))!;
    stage.before.transaction = async steps => {
      if (!writes(steps, 'child')) return;
      assert.deepEqual((await stage.goal(parent)).children.map(c => c.id), ['child'], 'the parent does not know yet');
      await assert.rejects(stage.remove(parent), /Other goals stand under/);
      await assert.rejects(deleteGoal(stage.actor, stage.deps, was), Conflict, 'who has not looked since');
    };
    await stage.make('child', { parents: [refOf(parent)] });
    stage.before.transaction = () => undefined;
    assert.equal(was.body.children.length, 0);
    assert.deepEqual((await stage.outbox()).filter(o => o.kind === 'aligning' || o.kind === 'deleting'), []);
    const gone = await stage.make('gone');
    stage.before.transaction = async steps => {
      stage.before.transaction = () => undefined;
      if (steps.some(step => step.keys.row.startsWith('x:p:'))) await stage.remove(gone);
    };
    await assert.rejects(stage.make('orphan', { parents: [refOf(gone)] }), /There is no such goal to stand under/);
    assert.equal(await stage.stored(ref('orphan')), undefined);
  });

  it('that died before the child was written is forgotten by the parent, but not before the child can be late', async () => {
    const parent = await stage.make('p', { mode: 'roll-up' });
    stage.before.transaction = steps => { if (writes(steps, 'child')) throw died; };
    await assert.rejects(stage.make('child', { parents: [refOf(parent)] }), died);
    stage.before.transaction = () => undefined;
    await stage.drained();
    assert.deepEqual((await stage.goal(parent)).children.map(c => c.id), ['child'], 'it may still come');
    stage.clock.now = new Date(stage.clock.now.getTime() + 61_000);
    await stage.drained();
    assert.deepEqual([(await stage.goal(parent)).children, await stage.outbox()], [[], []]);
  });

  it('that died after the child was written is looked through by the outbox: a circle is taken apart (C33)', async () => {
    const [a, b] = [await stage.make('a'), await stage.make('b')];
    stage.before.transaction = steps => { if (steps.some(step => step.do === 'remove' && step.kind === rows.outgoing as never)) throw died; };
    await assert.rejects(stage.change(a, { parents: [refOf(b)] }), died);
    stage.before.transaction = () => undefined;
    // What the dead process could not see: the other half of a circle, written before it looked.
    const other = (await stage.stored(b))!;
    await stage.deps.store.transact([{ do: 'replace', kind: rows.goal as never, keys: { partition: `${stage.actor.scope.tenant}|main|${period}`, row: 'g:b' }, body: { ...other.body, parents: [ref('a')] }, etag: other.etag }]);
    stage.clock.now = new Date(stage.clock.now.getTime() + 61_000);
    await stage.drained();
    assert.deepEqual((await stage.goal(a)).parents, []);
    assert.equal((await stage.outbox()).length, 0);
  });

  it('is refused under a goal whose row could not hold another child', async () => {
    const parent = await stage.make('p');
    const stored = (await stage.stored(parent))!;
    const child = (n: number) => ({ period, id: `long-ago-made-child-number-${n}`, kind: 'key-result' as const, progress: 100 / 3, status: 'on-track' as const, amount: 100 / 3, unit: { kind: 'percent' as const }, score: null, alert: null, private: false, contributes: true });
    await stage.deps.store.transact([{ do: 'replace', kind: rows.goal as never, keys: { partition: `${stage.actor.scope.tenant}|main|${period}`, row: 'g:p' }, body: { ...stored.body, children: Array.from({ length: 999 }, (_, n) => child(n)) }, etag: stored.etag }]);
    await stage.make('last', { kind: 'key-result', parents: [refOf(parent)] });
    await assert.rejects(stage.make('one-more', { kind: 'key-result', parents: [refOf(parent)] }), (error: unknown) => error instanceof Refusal && /At most 1000/.test(error.errors!['parents']!));
  });
});
