// Deleting on real tables: what a process leaves that dies while it does.
import assert from 'node:assert/strict';
import { type Azurite, startAzurite } from '../simulators/azurite.ts';
import { type Stage, period, setStage } from './stage.ts';

describe('deleting', function () {
  this.timeout(60_000);
  let azurite: Azurite;
  let stage: Stage;
  const died = new Error('The process ended here.');
  before(async () => { azurite = await startAzurite(); });
  after(async () => { await azurite.stop(); });
  beforeEach(async () => { stage = await setStage(azurite.connectionString); });

  it('that died before the goal was gone did not happen, and after it is carried on', async () => {
    await stage.make('top', { mode: 'roll-up' });
    const goal = await stage.make('kr', { kind: 'key-result', parents: [{ period, id: 'top' }] });
    stage.before.transaction = steps => { if (steps.some(step => step.kind.name === 'goal' && step.keys.row === 'g:kr')) throw died; };
    await assert.rejects(stage.remove(goal), died);
    stage.before.transaction = () => undefined;
    stage.clock.now = new Date(stage.clock.now.getTime() + 61_000);
    assert.deepEqual((await stage.drained()).filter(o => o.kind === 'gone'), []);
    assert.equal((await stage.goal({ period, id: 'top' })).children.length, 1);
    assert.deepEqual(await stage.outbox(), []);

    await stage.remove(goal);
    const said = await stage.drained();
    assert.deepEqual(said.map(o => [o.kind, o.goal.id]), [['gone', 'kr']]);
    assert.deepEqual([(await stage.goal({ period, id: 'top' })).children, await stage.outbox()], [[], []]);
  });
});
