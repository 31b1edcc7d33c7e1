// Work with one goal costs the same among many times as many: the benchmark B16 in small, and what makes it fail.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { usualSettings } from '../src/domain/organization.ts';
import { checkForest, forestOf, goalsOf } from './forest.ts';
import { deeds, growth, isSteady, measureScales } from './scale.ts';

describe('Many goals', () => {
  const forest = () => forestOf(100, '2026-q4', usualSettings, '2026-11-20T09:00:00.000Z');
  const goals = () => forest().trees.flatMap(goalsOf);

  it('cost no more to work with, one at a time, than few', async function () {
    this.timeout(60_000);
    const [small, large] = await measureScales({ sizes: [200, 2000], samples: 3, page: 10 });
    assert.ok(large!.goals > 6 * small!.goals);
    for (const deed of deeds) {
      const ratio = growth(small!.costs[deed], large!.costs[deed]);
      assert.ok(isSteady(ratio), `${deed} grows: ${JSON.stringify({ small: small!.costs[deed], large: large!.costs[deed], ratio })}`);
      assert.ok(small!.costs[deed].requests >= 3 && small!.costs[deed].rowsRead >= 3, `${deed} was counted`);
    }
    assert.ok(large!.costs.checkIn.rowsWritten >= 6 && large!.costs.ancestors.rowsWritten >= 9, 'what was written was counted');
  });

  it('are judged by what is worst of requests, rows read and rows written', () => {
    const cost = { requests: 10, rowsRead: 10, rowsWritten: 0 };
    assert.ok(isSteady(growth(cost, { ...cost, rowsRead: 15 })));
    for (const more of [{ requests: 16 }, { rowsRead: 16 }, { rowsWritten: 1 }]) assert.ok(!isSteady(growth(cost, { ...cost, ...more })), JSON.stringify(more));
  });

  it('are refused when one is missing, doubled, or stands where its key results do not put it', () => {
    checkForest(forest(), new Map(), goals());
    assert.throws(() => checkForest(forest(), new Map(), goals().slice(1)), /rows instead of/);
    assert.throws(() => checkForest(forest(), new Map(), [...goals().slice(1), goals()[1]!]), /same id/);
    const root = goals()[0]!;
    for (const progress of [root.progress! + 0.001, null]) assert.throws(() => checkForest(forest(), new Map(), [{ ...root, progress }, ...goals().slice(1)]), /from scratch/);
    const leaf = goals().find(g => g.kind === 'key-result')!;
    assert.throws(() => checkForest(forest(), new Map([[leaf.id, leaf.value! + 1]]), goals()), /from scratch/);
  });
});
