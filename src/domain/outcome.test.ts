// The six ways to measure, held against the rules of the feature map.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Outcome, initialProgress, progressOf } from './outcome.ts';

const named = { kind: 'metric', name: 'Orders', unit: { kind: 'none' } } as const;
const percent: Outcome = { kind: 'percent' };
const reach = (target: number): Outcome => ({ ...named, direction: 'reach', target });
const increase = (start: number, target: number): Outcome => ({ ...named, direction: 'increase', start, target });
const decrease = (start: number, target: number): Outcome => ({ ...named, direction: 'decrease', start, target });
const above = (target: number, risk?: number): Outcome => ({ ...named, direction: 'stay-above', target, ...(risk === undefined ? {} : { risk }) });
const below = (target: number, risk?: number): Outcome => ({ ...named, direction: 'stay-below', target, ...(risk === undefined ? {} : { risk }) });
const baseline: Outcome = { ...named, direction: 'baseline' };

describe('progressOf', () => {
  const table: [string, Outcome, number, number | null][] = [
    ['percent complete is the value (C10)', percent, 40, 40],
    ['percent complete is held at 0 (C10)', percent, -3, 0],
    ['percent complete is held at 100 (C10)', percent, 120, 100],
    ['reach scales from 0 (C12, C18)', reach(200), 50, 25],
    ['reach is done at its target (C12)', reach(200), 200, 100],
    ['reach is held at 100 beyond its target (C12)', reach(200), 500, 100],
    ['reach is held at 0 on the wrong side of 0 (C12)', reach(200), -50, 0],
    ['reach may have a target below 0 (C12, C18)', reach(-200), -50, 25],
    ['increase is nothing at its start (C13, C18)', increase(100, 300), 100, 0],
    ['increase scales between start and target (C13, C18)', increase(100, 300), 150, 25],
    ['increase is done at its target (C13, C18)', increase(100, 300), 300, 100],
    ['increase is held at 0 below its start (C13)', increase(100, 300), 20, 0],
    ['increase is held at 100 beyond its target (C13)', increase(100, 300), 900, 100],
    ['increase works below 0 (C13, C18)', increase(-300, -100), -250, 25],
    ['decrease is nothing at its start (C14, C18)', decrease(300, 100), 300, 0],
    ['decrease scales between start and target (C14, C18)', decrease(300, 100), 250, 25],
    ['decrease is done at its target (C14, C18)', decrease(300, 100), 100, 100],
    ['decrease is held at 0 above its start (C14)', decrease(300, 100), 400, 0],
    ['decrease is held at 100 beyond its target (C14)', decrease(300, 100), 0, 100],
    ['stay above is done above its target (C15)', above(95), 95.1, 100],
    ['stay above fails at its target exactly (C15)', above(95), 95, 0],
    ['stay above fails below its target (C15)', above(95), 94.9, 0],
    ['stay above knows no half way to its risk threshold (C15)', above(95, 90), 92, 0],
    ['stay below is done below its target (C15)', below(5), 4.9, 100],
    ['stay below fails at its target exactly (C15)', below(5), 5, 0],
    ['stay below fails above its target (C15)', below(5), 5.1, 0],
    ['a baseline has no progress (C17)', baseline, 17, null],
  ];
  for (const [rule, outcome, value, expected] of table) it(rule, () => assert.equal(progressOf(outcome, value), expected));

  it('has nothing to say without a value, for every outcome', () => {
    for (const outcome of [percent, reach(1), increase(0, 1), decrease(1, 0), above(1), below(1), baseline]) assert.equal(progressOf(outcome, null), null);
  });

  it('is never -0, which prints as a minus sign', () => {
    assert.ok(Object.is(progressOf(reach(-200), 0), 0));
    assert.ok(Object.is(progressOf(decrease(300, 100), 300), 0));
  });

  it('makes no number of NaN', () => {
    for (const outcome of [percent, reach(1), increase(0, 1), decrease(1, 0)]) assert.ok(Number.isNaN(progressOf(outcome, NaN)));
  });
});

describe('the laws of progress', () => {
  const amount = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  const distinct = fc.tuple(amount, amount).filter(([a, b]) => a !== b);
  /** Outcomes with progress, and whether a greater value is better. */
  const outcomes: fc.Arbitrary<[Outcome, boolean]> = fc.oneof(
    fc.constant<[Outcome, boolean]>([percent, true]),
    amount.filter(t => t !== 0).map((t): [Outcome, boolean] => [reach(t), t > 0]),
    distinct.map(([a, b]): [Outcome, boolean] => [increase(Math.min(a, b), Math.max(a, b)), true]),
    distinct.map(([a, b]): [Outcome, boolean] => [decrease(Math.max(a, b), Math.min(a, b)), false]),
    amount.map((t): [Outcome, boolean] => [above(t), true]),
    amount.map((t): [Outcome, boolean] => [below(t), false]),
  );

  it('lies between 0 and 100', () => {
    fc.assert(fc.property(outcomes, amount, ([outcome], value) => {
      const progress = progressOf(outcome, value)!;
      assert.ok(progress >= 0 && progress <= 100, String(progress));
    }));
  });

  it('never falls when the value moves the right way', () => {
    fc.assert(fc.property(outcomes, amount, amount, ([outcome, up], a, b) => {
      const [worse, better] = (a < b) === up ? [a, b] : [b, a];
      assert.ok(progressOf(outcome, worse)! <= progressOf(outcome, better)!);
    }));
  });

  it('is 0 at the start and 100 at the target of what runs from one to the other (C18)', () => {
    fc.assert(fc.property(distinct, ([start, target]) => {
      const outcome = target > start ? increase(start, target) : decrease(start, target);
      assert.deepEqual([progressOf(outcome, start), progressOf(outcome, target)], [0, 100]);
    }));
  });
});

describe('initialProgress', () => {
  it('is 0 where there is a way to go, and nothing where there is none', () => {
    assert.deepEqual([percent, reach(1), increase(0, 1), decrease(1, 0)].map(initialProgress), [0, 0, 0, 0]);
    assert.deepEqual([above(1), below(1), baseline].map(initialProgress), [null, null, null]);
  });
});

describe('an outcome', () => {
  const refused: [string, Outcome, string, RegExp][] = [
    ['a target of 0 to reach', reach(0), 'target', /must not be 0/],
    ['an increase that stands still', increase(5, 5), 'target', /must be above the start/],
    ['an increase that falls', increase(5, 4), 'target', /must be above the start/],
    ['a decrease that stands still', decrease(5, 5), 'target', /must be below the start/],
    ['a decrease that rises', decrease(5, 6), 'target', /must be below the start/],
    ['a risk threshold at the target to stay above', above(5, 5), 'risk', /must be below the target/],
    ['a risk threshold above the target to stay above', above(5, 6), 'risk', /must be below the target/],
    ['a risk threshold at the target to stay below', below(5, 5), 'risk', /must be above the target/],
    ['a risk threshold below the target to stay below', below(5, 4), 'risk', /must be above the target/],
    ['a nameless metric', { ...reach(5), name: '  ' } as Outcome, 'name', /Name the metric/],
    ['a target that is no number', reach(NaN), 'target', /./],
    ['an endless target', reach(Infinity), 'target', /./],
  ];
  for (const [what, outcome, field, message] of refused) {
    it(`with ${what} is refused at its field`, () => {
      const answer = Outcome.safeParse(outcome);
      assert.ok(!answer.success);
      const issues = answer.error.issues.flatMap(i => (i.code === 'invalid_union' ? i.errors.flat() : [i]));
      assert.ok(issues.some(i => i.path[0] === field && message.test(i.message)), JSON.stringify(issues));
    });
  }

  it('of every sound kind and unit is taken as it is (C10, C11)', () => {
    const units = [{ kind: 'none' }, { kind: 'percent' }, { kind: 'number', name: 'Orders' }, { kind: 'currency', code: 'EUR' }] as const;
    const measured = units.map((unit): Outcome => ({ ...named, unit, direction: 'increase', start: 1, target: 2 }));
    for (const outcome of [...measured, percent, reach(-5), increase(-5, 5), decrease(5, -5), above(5), above(5, 4), below(5), below(5, 6), baseline]) {
      assert.deepEqual(Outcome.parse(outcome), outcome);
    }
  });
});
