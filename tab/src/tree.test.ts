// Goals in the order people read them.
import assert from 'node:assert/strict';
import { placed } from './tree.ts';

const row = (id: string, parent: string | null = null) => ({ goal: { period: 'q4', id, parent: parent === null ? null : { period: 'q4', id: parent } } });
const drawn = (rows: ReturnType<typeof row>[]) => placed(rows).map(p => `${'  '.repeat(p.depth)}${p.row.goal.id}`);

describe('placed', () => {
  it('puts children under their parents, in the order given', () => {
    assert.deepEqual(drawn([row('kr2', 'o1'), row('o1'), row('o2'), row('kr1', 'o1'), row('task', 'kr1')]), ['o1', '  kr2', '  kr1', '    task', 'o2']);
  });

  it('lets a goal stand on its own when its parent is not loaded', () => {
    assert.deepEqual(drawn([row('kr1', 'elsewhere')]), ['kr1']);
  });

  it('shows everybody once even when parents run in a circle', () => {
    assert.deepEqual(drawn([row('a', 'b'), row('b', 'a')]), ['a', '  b']);
  });

  it('tells parents of other periods apart', () => {
    const other = { goal: { period: 'q3', id: 'o1', parent: null } };
    assert.deepEqual(placed([other, row('kr1', 'o1')]).map(p => p.depth), [0, 0]);
  });
});
