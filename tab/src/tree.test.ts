// Goals in the order people read them.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { placed } from './tree.ts';

const row = (id: string, ...parents: string[]) => ({ goal: { period: 'q4', id, parents: parents.map(parent => ({ period: 'q4', id: parent })) } });
const drawn = (rows: ReturnType<typeof row>[]) => placed(rows).map(p => `${'  '.repeat(p.depth)}${p.row.goal.id}`);

describe('placed', () => {
  it('puts children under their parents, in the order given', () => {
    assert.deepEqual(drawn([row('kr2', 'o1'), row('o1'), row('o2'), row('kr1', 'o1'), row('task', 'kr1')]), ['o1', '  kr2', '  kr1', '    task', 'o2']);
  });

  it('lets a goal stand on its own when its parent is not loaded', () => {
    assert.deepEqual(drawn([row('kr1', 'elsewhere')]), ['kr1']);
  });

  it('puts a goal under each of its parents that are loaded', () => {
    assert.deepEqual(drawn([row('o1'), row('o2'), row('kr', 'o1', 'o2', 'elsewhere')]), ['o1', '  kr', 'o2', '  kr']);
  });

  it('unfolds what stands under a shared goal once, and says so where it does not', () => {
    const lines = placed([row('o1'), row('o2'), row('kr', 'o1', 'o2'), row('task', 'kr')]);
    assert.deepEqual(lines.map(p => [p.path, p.unfoldedAbove]), [
      ['q4/o1', false], ['q4/o1 q4/kr', false], ['q4/o1 q4/kr q4/task', false], ['q4/o2', false], ['q4/o2 q4/kr', true],
    ]);
  });

  it('shows everybody even when parents run in a circle', () => {
    assert.deepEqual(drawn([row('a', 'b'), row('b', 'a')]), ['a', '  b']);
  });

  it('tells parents of other periods apart', () => {
    const other = { goal: { period: 'q3', id: 'o1', parents: [] } };
    assert.deepEqual(placed([other, row('kr1', 'o1')]).map(p => p.depth), [0, 0]);
  });

  it('loses nobody, repeats no path, and stays as short as there are goals and alignments, whatever stands under what', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const anyRows = fc.tuple(...ids.map(id => fc.array(fc.constantFrom(...ids), { maxLength: 4 }).map(parents => row(id, ...parents))));
    fc.assert(fc.property(anyRows, rows => {
      const lines = placed(rows);
      assert.deepEqual(new Set(lines.map(l => l.row)), new Set(rows));
      assert.equal(new Set(lines.map(l => l.path)).size, lines.length);
      assert.ok(lines.length <= rows.length + rows.flatMap(r => r.goal.parents).length);
      for (const { row: { goal }, parent } of lines) assert.ok(parent === undefined || goal.parents.some(p => p.id === parent.goal.id));
    }));
  });
});
