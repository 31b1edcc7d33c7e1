// Privacy on real tables: nobody sees more than they should at any moment, whoever is faster and whatever dies in between.
import assert from 'node:assert/strict';
import { type Access, type GoalRef, openAccess, refOf } from '../domain/goal.ts';
import { type Azurite, startAzurite } from '../simulators/azurite.ts';
import { Conflict, type Step, put } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { type Stage, period, setStage } from './stage.ts';

let azurite: Azurite;
let stage: Stage;
const ref = (id: string): GoalRef => ({ period, id });
const who = (id: string) => ({ id, name: id });
const secret = (...viewers: string[]): Access => ({ ...openAccess, private: true, viewers: viewers.map(who) });
const isGoal = (steps: readonly Step[], id: string) => steps.some(step => step.keys.row === `g:${id}`);
const viewers = async (id: string) => (await stage.goal(ref(id))).access.viewers.map(w => w.id).toSorted();
const died = new Error('The process died here.');
const later = () => { stage.clock.now = new Date(stage.clock.now.getTime() + 61_000); };

describe('handing privacy down', function () {
  this.timeout(60_000);
  before(async () => { azurite = await startAzurite(); });
  after(async () => { await azurite.stop(); });

  beforeEach(async () => {
    stage = await setStage(azurite.connectionString);
    await stage.make('top');
    await stage.make('kr', { kind: 'key-result', parents: [ref('top')] });
  });

  it('hides all below before the goal itself, and shows it after (C54)', async () => {
    const order: string[] = [];
    stage.before.transaction = steps => { for (const id of ['top', 'kr']) if (isGoal(steps, id)) order.push(id); };
    await stage.change(ref('top'), {}, secret('eve'));
    assert.deepEqual(order, ['kr', 'top']);
    order.length = 0;
    await stage.change(ref('top'), {}, openAccess);
    assert.deepEqual(order, ['top', 'kr']);
  });

  it('takes viewers away first and adds new ones last (C54)', async () => {
    await stage.change(ref('top'), {}, secret('eve', 'dana'));
    stage.before.transaction = async steps => { if (isGoal(steps, 'top')) assert.deepEqual(await viewers('kr'), ['ann', 'dana']); };
    await stage.change(ref('top'), {}, secret('dana', 'fay'));
    assert.deepEqual(await viewers('kr'), ['ann', 'dana', 'fay']);
  });

  it('gives all below back what the goal says when somebody else was faster (C54)', async () => {
    stage.before.transaction = async steps => {
      if (!isGoal(steps, 'top')) return;
      stage.before.transaction = () => undefined;
      await stage.change(ref('top'), { title: 'Faster' });
    };
    await assert.rejects(stage.change(ref('top'), {}, secret('eve')), Conflict);
    assert.deepEqual([(await stage.goal(ref('top'))).access.private, (await stage.goal(ref('kr'))).access.private], [false, false]);
  });

  it('reaches a key result that is being made meanwhile (C54)', async () => {
    stage.before.transaction = async steps => {
      if (!isGoal(steps, 'late') || (await stage.stored(ref('late')))) return;
      stage.before.transaction = () => undefined; // the parent has heard of it, and it is not there yet
      await stage.change(ref('top'), {}, secret('eve'));
    };
    await stage.make('late', { kind: 'key-result', parents: [ref('top')] });
    assert.deepEqual((await stage.goal(ref('late'))).access.inheritedFrom, ref('top'));
  });

  it('opens nothing that has meanwhile moved under another private goal, nor what stands under that (C54)', async () => {
    await stage.make('work', { kind: 'initiative', parents: [ref('kr')] });
    await stage.change(ref('top'), {}, secret('eve'));
    await stage.make('other', { access: secret('dana') });
    stage.before.transaction = async steps => {
      if (!isGoal(steps, 'kr')) return;
      stage.before.transaction = () => undefined;
      await stage.change(ref('kr'), { parents: [ref('other')] }); // the goal above is public by now, and its privacy is being taken back below
    };
    await stage.change(ref('top'), {}, openAccess);
    for (const id of ['kr', 'work']) assert.deepEqual((await stage.goal(ref(id))).access.inheritedFrom, ref('other'), id);
    assert.deepEqual(await viewers('work'), ['ann', 'dana']);
  });

  it('leaves private what stands under a goal that is private by itself (C54)', async () => {
    await stage.make('work', { kind: 'initiative', parents: [ref('kr')] });
    await stage.change(ref('top'), {}, secret('eve'));
    const own = (await stage.stored(ref('kr')))!.body;
    const work = (await stage.stored(ref('work')))!.body;
    for (const goal of [{ ...own, access: secret('dana') }, { ...work, access: { ...secret('dana'), inheritedFrom: ref('kr') } }]) {
      await stage.deps.store.transact([put(rows.goal, keys.goal(stage.actor.scope, goal), goal)]);
    }
    await stage.change(ref('top'), {}, openAccess);
    assert.deepEqual([(await stage.goal(ref('kr'))).access.private, (await stage.goal(ref('work'))).access.private], [true, true]);
  });

  it('ends with what the goal says last, however many change that at once (C54)', async () => {
    await stage.change(ref('top'), {}, secret('eve'));
    stage.before.transaction = async steps => {
      if (!isGoal(steps, 'kr')) return;
      stage.before.transaction = () => undefined;
      await stage.change(ref('top'), {}, secret('dana'));
    };
    await stage.change(ref('top'), {}, openAccess);
    assert.deepEqual([await viewers('top'), await viewers('kr')], [['dana'], ['ann', 'dana']]);
  });

  it('is carried on by the outbox when its process died half-way (C54)', async () => {
    stage.before.transaction = steps => { if (isGoal(steps, 'top')) throw died; };
    await assert.rejects(stage.change(ref('top'), {}, secret('eve')), died);
    stage.before.transaction = () => undefined;
    assert.equal((await stage.goal(ref('kr'))).access.private, true);
    await stage.drained();
    assert.equal((await stage.goal(ref('kr'))).access.private, true, 'the goal may still follow');
    later();
    await stage.drained();
    assert.equal((await stage.goal(ref('kr'))).access.private, false);
    assert.deepEqual(await stage.outbox(), []);
  });

  it('redraws the cards of goals that it hides (C54)', async () => {
    const posted = (await stage.stored(ref('kr')))!;
    await stage.deps.store.transact([{ do: 'replace', kind: rows.goal as never, keys: { partition: `${stage.actor.scope.tenant}|main|${period}`, row: 'g:kr' }, body: { ...posted.body, posted: true }, etag: posted.etag }]);
    await stage.drained();
    await stage.change(ref('top'), {}, secret());
    assert.deepEqual((await stage.drained()).filter(o => o.kind === 'moved').map(o => o.goal), [refOf(posted.body)]);
  });
});
