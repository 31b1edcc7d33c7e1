// A parent's progress and status are its children's, by the weight that each has.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Child } from './goal.ts';
import { usualModel } from './organization.ts';
import type { Outcome, Unit } from './outcome.ts';
import { endOf, rollUp, statusAmong, withChild, withoutChild } from './roll-up.ts';
import type { Status } from './status.ts';

const child = (id: string, progress: number | null, rest: Partial<Child> = {}): Child =>
  ({ period: '2026-q4', id, kind: 'key-result', progress, status: 'on-track', amount: null, unit: { kind: 'percent' }, score: null, alert: null, private: false, contributes: true, ...rest });
const percent: Outcome = { kind: 'percent' };
const mean = (children: readonly Child[]) => rollUp(percent, children).progress;
const remember = (all: Child[]) => all.reduce((memory, c) => withChild(memory, c, usualModel), [] as Child[]);

describe('the roll-up of percent complete', () => {
  const table: [string, Child[], number | null][] = [
    ['is the mean of the children (C28)', [child('a', 0), child('b', 25), child('c', 20)], 15],
    ['counts every child alike, objectives too (C28)', [child('a', 100, { kind: 'objective' }), child('b', 0)], 50],
    ['counts each by the weight that was fixed (C29)', [child('a', 100, { fixed: 50 }), child('b', 0), child('c', 20)], 55],
    ['leaves out children without progress, which are not at 0', [child('a', 80), child('b', null)], 80],
    ['and lets the others keep their proportion', [child('a', 80, { fixed: 20 }), child('b', null, { fixed: 60 }), child('c', 40, { fixed: 20 })], 60],
    ['counts a child at 0', [child('a', 80), child('b', 0)], 40],
    ['leaves out who is excluded (C30)', [child('a', 80), child('b', 0, { contributes: false })], 80],
    ['counts an initiative that contributes (C30)', [child('a', 80), child('b', 0, { kind: 'initiative' })], 40],
    ['leaves out who has no share left', [child('a', 80, { fixed: 100 }), child('b', 0)], 80],
    ['is nothing without children', [], null],
    ['is nothing when no child has progress', [child('a', null), child('b', 50, { contributes: false })], null],
    ['is nothing when only those without a share have any', [child('a', null, { fixed: 100 }), child('b', 50)], null],
  ];
  for (const [rule, children, expected] of table) it(rule, () => assert.deepEqual(rollUp(percent, children), { value: expected, progress: expected }));

  const number = fc.double({ min: 0, max: 100, noNaN: true });
  const family = fc.array(fc.tuple(number, fc.uuid(), fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined })), { minLength: 1, maxLength: 30 })
    .map(all => all.map(([progress, id, fixed]) => child(id, progress, fixed === undefined ? {} : { fixed })));

  it('stays between the least and the greatest child', () => {
    fc.assert(fc.property(family, children => {
      const heard = mean(children);
      const all = children.map(c => c.progress!);
      if (heard !== null) assert.ok(heard >= Math.min(...all) && heard <= Math.max(...all));
    }));
    assert.equal(mean(Array.from({ length: 10 }, (_, i) => child(`${i}`, 0.1))), 0.1, 'Ten times a tenth adds up to less than 1.');
  });

  it('is the same in whatever order the children were heard', () => {
    const heard = family.chain(children => fc.tuple(fc.constant(children), fc.shuffledSubarray(children, { minLength: children.length })));
    fc.assert(fc.property(heard, ([children, shuffled]) => {
      assert.deepEqual(remember(shuffled), remember(children));
      assert.equal(mean(remember(shuffled)), mean(remember(children)));
    }));
  });

  it('never falls when a child advances', () => {
    fc.assert(fc.property(family, fc.nat(), number, (children, which, progress) => {
      const at = children[which % children.length]!;
      const advanced = children.map(c => (c === at ? { ...c, progress: Math.max(c.progress!, progress) } : c));
      assert.ok(mean(advanced)! >= mean(children)! - 1e-9);
    }));
  });
});

describe('the roll-up of a metric', () => {
  const metric = (unit: Unit, rest: object): Outcome => ({ kind: 'metric', name: 'Sales', unit, ...rest }) as Outcome;
  const euros: Unit = { kind: 'currency', code: 'EUR' };
  const orders: Unit = { kind: 'number', name: 'Orders' };
  const has = (id: string, amount: number | null, unit: Unit, rest: Partial<Child> = {}) => child(id, null, { amount, unit, ...rest });
  const reach200 = { direction: 'reach', target: 200 };

  const table: [string, Outcome, Child[], number | null, number | null][] = [
    ['adds up what children count, whatever they weigh (C31)', metric(euros, reach200), [has('a', 30, euros, { fixed: 90 }), has('b', 20, euros)], 50, 25],
    ['adds up numbers without a unit (C31)', metric({ kind: 'none' }, reach200), [has('a', 30, { kind: 'none' }), has('b', -10, { kind: 'none' })], 20, 10],
    ['never adds dollars to euros, nor percents or plain numbers (C31)', metric(euros, reach200),
      [has('a', 30, euros), has('b', 20, { kind: 'currency', code: 'USD' }), has('c', 20, { kind: 'none' }), has('d', 20, { kind: 'percent' }), has('e', 20, orders)], 30, 15],
    ['takes one unit written in two ways for one (C31)', metric(orders, reach200), [has('a', 30, orders), has('b', 20, { kind: 'number', name: ' orders' }), has('c', 7, { kind: 'number', name: 'Visits' })], 50, 25],
    ['leaves out what is missing, which is not 0 (C31)', metric(orders, { direction: 'increase', start: 100, target: 300 }), [has('a', 150, orders), has('b', null, orders)], 150, 25],
    ['leaves out who is excluded (C30, C31)', metric(orders, reach200), [has('a', 30, orders), has('b', 20, orders, { contributes: false })], 30, 15],
    ['is nothing where there is nothing to add (C31)', metric(euros, reach200), [has('a', 30, orders), has('b', null, euros)], null, null],
    ['keeps its limit by the sum', metric(orders, { direction: 'stay-below', target: 50 }), [has('a', 30, orders), has('b', 20, orders)], 50, 0],
    ['sums baselines, without progress (C17, C31)', metric(orders, { direction: 'baseline' }), [has('a', 30, orders), has('b', 20, orders)], 50, null],
    ['is nothing where the sum is beyond all numbers', metric(orders, reach200), [has('a', Number.MAX_VALUE, orders), has('b', Number.MAX_VALUE, orders)], null, null],
    ['in percent goes as far from start to target as its children went (C31)', metric({ kind: 'percent' }, { direction: 'increase', start: 20, target: 60 }), [child('a', 100, { fixed: 75 }), child('b', 0)], 50, 75],
    ['in percent downwards too (C31)', metric({ kind: 'percent' }, { direction: 'decrease', start: 60, target: 20 }), [child('a', 50), child('b', 0)], 50, 25],
    ['in percent from 0 to what is to be reached (C31)', metric({ kind: 'percent' }, { direction: 'reach', target: 40 }), [child('a', 50), child('b', null)], 20, 50],
    ['in percent of what has to stay is the mean of its children’s own (C31)', metric({ kind: 'percent' }, { direction: 'stay-above', target: 95 }),
      [child('a', 100, { amount: 99 }), child('b', 0, { amount: 93 }), child('c', 0, { amount: 5, unit: orders })], 96, 100],
  ];
  for (const [rule, outcome, children, value, progress] of table) it(rule, () => assert.deepEqual(rollUp(outcome, children), { value, progress }));
});

describe('the status among children', () => {
  const of = (...all: (Status | [Status, Partial<Child>])[]) => all.map((one, n) => {
    const [status, rest] = Array.isArray(one) ? one : [one, {}];
    return child(`${n}`, 50, { status, ...rest });
  });
  const plainInitiative: Partial<Child> = { kind: 'initiative', contributes: false };
  const table: [string, Child[], ReturnType<typeof statusAmong>, ReturnType<typeof statusAmong>][] = [
    ['is the worst of them: At Risk', of('on-track', 'behind', 'at-risk', 'not-started'), 'at-risk', 'by-progress'],
    ['Behind before On Track', of('on-track', 'behind', 'not-started'), 'behind', 'by-progress'],
    ['On Track before Not Started', of('on-track', 'not-started'), 'on-track', 'by-progress'],
    ['takes what is in progress for On Track', of('in-progress', 'not-started'), 'on-track', 'by-progress'],
    ['takes what was opened again for Not Started', of('reopened', 'not-started'), 'not-started', 'by-progress'],
    ['is Not Started where all are', of('not-started', 'not-started'), 'not-started', 'not-started'],
    ['does not mind what has ended as long as others are open', of('closed', 'postponed', 'behind'), 'behind', 'by-progress'],
    ['goes by progress where some are Closed and the others Not Started', of('closed', 'not-started'), 'by-progress', 'by-progress'],
    ['goes by progress where all have ended, but not alike', of('closed', 'postponed'), 'by-progress', 'by-progress'],
    ['is Not Started where what is not has been put off', of('postponed', 'not-started'), 'not-started', 'not-started'],
    ['counts who is excluded from progress', of('on-track', ['at-risk', { contributes: false }]), 'at-risk', 'by-progress'],
    ['does not count an initiative that does not contribute', of('on-track', ['at-risk', plainInitiative]), 'on-track', 'by-progress'],
    ['counts one that does', of('on-track', ['at-risk', { kind: 'initiative' }]), 'at-risk', 'by-progress'],
    ['is Not Started without children', [], 'not-started', 'not-started'],
  ];
  for (const [rule, children, worst, byProgress] of table) {
    it(`${rule} (C25)`, () => assert.deepEqual([statusAmong(children, 'children'), statusAmong(children, 'progress')], [worst, byProgress]));
  }

  const ends: [string, Child[], ReturnType<typeof endOf>][] = [
    ['ends with the mean of their scores when all are closed', of(['closed', { score: 0.7 }], ['closed', { score: 0.4 }], ['closed', { score: null }]), { status: 'closed', score: 0.55 }],
    ['rounds that mean to hundredths', of(['closed', { score: 1 }], ['closed', { score: 0 }], ['closed', { score: 0 }]), { status: 'closed', score: 0.33 }],
    ['ends without a score when none has one', of('closed'), { status: 'closed', score: null }],
    ['is put off when all are', of('postponed', 'postponed'), { status: 'postponed', score: null }],
    ['does not end while one is open', of('closed', 'on-track'), undefined],
    ['does not end when some are closed and some put off', of('closed', 'postponed'), undefined],
    ['does not end for an initiative that does not contribute', of(['closed', plainInitiative]), undefined],
    ['does not wait for one', of(['closed', { score: 1 }], ['on-track', plainInitiative]), { status: 'closed', score: 1 }],
    ['does not end without children', [], undefined],
  ];
  for (const [rule, children, end] of ends) it(`${rule} (C32)`, () => assert.deepEqual(endOf(children), end));
});

describe('the memory of children', () => {
  const plain = (c: Child) => (({ contributes: _c, fixed: _f, ...word }) => word)(c);

  it('holds each child once, as it was heard last', () => {
    const memory = remember([child('b', 1), child('a', 2), child('b', 3)]);
    assert.deepEqual(memory, [child('a', 2), child('b', 3)]);
  });

  it('is the very same where a word says nothing new', () => {
    const before = [child('a', 1, { contributes: false }), child('b', 2, { fixed: 5 })];
    assert.equal(withChild(before, plain(child('b', 2)), usualModel), before);
    assert.equal(withoutChild(before, 'x'), before);
    const news: Partial<Child>[] = [{ progress: 9 }, { status: 'behind' }, { amount: 4 }, { unit: { kind: 'none' } }, { score: 1 }, { alert: 'at-risk' }, { private: true }, { kind: 'objective' }];
    for (const change of news) assert.notEqual(withChild(before, plain(child('b', 2, change)), usualModel), before, JSON.stringify(change));
  });

  it('forgets a child, and does not mind one it never knew', () => {
    assert.deepEqual(withoutChild([child('a', 1), child('b', 2)], 'a'), [child('b', 2)]);
    assert.deepEqual(withoutChild([child('a', 1)], 'x'), [child('a', 1)]);
  });

  it('changes nothing of what it was given', () => {
    const before = [child('b', 1), child('a', 2)];
    Object.freeze(before);
    withChild(before, child('c', 3), usualModel);
    withoutChild(before, 'a');
    assert.deepEqual(before.map(c => c.id), ['b', 'a']);
  });
});
