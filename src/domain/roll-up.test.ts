// A parent's progress is its children's, no more and no less than any of them.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Child } from './goal.ts';
import { rollUp, withChild, withoutChild } from './roll-up.ts';

const child = (id: string, progress: number | null, kind: Child['kind'] = 'key-result'): Child =>
  ({ period: '2026-q4', id, kind, progress, status: 'on-track', amount: null, unit: { kind: 'percent' }, score: null, alert: null, private: false, contributes: true });
const remember = (all: Child[]) => all.reduce((memory, c) => withChild(memory, c), [] as Child[]);

describe('rollUp', () => {
  const table: [string, Child[], number | null][] = [
    ['is the mean of the children', [child('a', 0), child('b', 25), child('c', 20)], 15],
    ['counts every child alike, objectives too', [child('a', 100, 'objective'), child('b', 0)], 50],
    ['leaves out children without progress, which are not at 0', [child('a', 80), child('b', null)], 80],
    ['counts a child at 0', [child('a', 80), child('b', 0)], 40],
    ['leaves out initiatives', [child('a', 80), child('b', 0, 'initiative')], 80],
    ['is nothing without children', [], null],
    ['is nothing when no child has progress', [child('a', null), child('b', 50, 'initiative')], null],
  ];
  for (const [rule, children, expected] of table) it(rule, () => assert.equal(rollUp(children), expected));

  const percent = fc.double({ min: 0, max: 100, noNaN: true });
  const family = fc.array(fc.tuple(percent, fc.uuid()), { minLength: 1, maxLength: 30 }).map(all => all.map(([progress, id]) => child(id, progress)));

  it('stays between the least and the greatest child', () => {
    fc.assert(fc.property(family, children => {
      const all = children.map(c => c.progress!);
      const mean = rollUp(children)!;
      assert.ok(mean >= Math.min(...all) && mean <= Math.max(...all));
    }));
    assert.equal(rollUp(Array.from({ length: 10 }, (_, i) => child(`${i}`, 0.1))), 0.1, 'Ten times a tenth adds up to less than 1.');
  });

  it('is the same in whatever order the children were heard', () => {
    const heard = family.chain(children => fc.tuple(fc.constant(children), fc.shuffledSubarray(children, { minLength: children.length })));
    fc.assert(fc.property(heard, ([children, shuffled]) => {
      assert.deepEqual(remember(shuffled), remember(children));
      assert.equal(rollUp(remember(shuffled)), rollUp(remember(children)));
    }));
  });

  it('never falls when a child advances', () => {
    fc.assert(fc.property(family, fc.nat(), percent, (children, which, progress) => {
      const at = children[which % children.length]!;
      const advanced = children.map(c => (c === at ? { ...c, progress: Math.max(c.progress!, progress) } : c));
      assert.ok(rollUp(advanced)! >= rollUp(children)! - 1e-9);
    }));
  });
});

describe('the memory of children', () => {
  it('holds each child once, as it was heard last', () => {
    const memory = withChild(withChild(withChild([], child('b', 1)), child('a', 2)), child('b', 3));
    assert.deepEqual(memory, [child('a', 2), child('b', 3)]);
  });

  it('forgets a child, and does not mind one it never knew', () => {
    assert.deepEqual(withoutChild([child('a', 1), child('b', 2)], 'a'), [child('b', 2)]);
    assert.deepEqual(withoutChild([child('a', 1)], 'x'), [child('a', 1)]);
  });

  it('changes nothing of what it was given', () => {
    const before = Object.freeze([child('b', 1), child('a', 2)]);
    withChild(before, child('c', 3));
    withoutChild(before, 'a');
    assert.deepEqual(before.map(c => c.id), ['b', 'a']);
  });
});
