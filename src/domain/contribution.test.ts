// Weights: the sum is 100 whatever happens among the children, and what somebody fixed stays fixed.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { contributesFirst, usualWeights, weightsOf, weightsRefusal, withWeights, type Weights } from './contribution.ts';
import type { Child, Goal, GoalKind } from './goal.ts';
import { usualModel, type OkrModel } from './organization.ts';
import { withChild, withoutChild } from './roll-up.ts';

const word = (id: string, kind: GoalKind = 'key-result') =>
  ({ period: '2026-q4', id, kind, progress: 0, status: 'on-track', amount: 0, unit: { kind: 'percent' }, score: null, alert: null, private: false }) as const;
const child = (id: string, rest: Partial<Child> = {}): Child => ({ ...word(id), contributes: true, ...rest });
const said = (children: readonly Child[]) => Object.fromEntries(weightsOf(children));

describe('weights', () => {
  const table: [string, Child[], Record<string, number>][] = [
    ['are equal by default (C28)', [child('a'), child('b'), child('c'), child('d')], { a: 25, b: 25, c: 25, d: 25 }],
    ['share what is left by one that is fixed (C29)', [child('a', { fixed: 50 }), child('b'), child('c')], { a: 50, b: 25, c: 25 }],
    ['of a fourth come from what is not fixed (C29)', [child('a', { fixed: 50 }), child('b'), child('c'), child('d')], { a: 50, b: 50 / 3, c: 50 / 3, d: 50 / 3 }],
    ['leave nothing to share where 100 are fixed', [child('a', { fixed: 60 }), child('b', { fixed: 40 }), child('c')], { a: 60, b: 40, c: 0 }],
    ['grow in proportion when only fixed ones are left', [child('a', { fixed: 30 }), child('b', { fixed: 10 })], { a: 75, b: 25 }],
    ['shrink in proportion when two people together fixed too much', [child('a', { fixed: 90 }), child('b', { fixed: 60 }), child('c')], { a: 60, b: 40, c: 0 }],
    ['are nothing for who is excluded (C30)', [child('a'), child('b', { contributes: false }), child('c')], { a: 50, b: 0, c: 50 }],
    ['are nothing where nobody contributes', [child('a', { contributes: false })], { a: 0 }],
    ['are none without children', [], {}],
  ];
  for (const [rule, children, expected] of table) it(rule, () => assert.deepEqual(said(children), expected));

  type Deed = (children: Child[]) => Child[];
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const kind = fc.constantFrom<GoalKind>('key-result', 'objective', 'initiative');
  const model: fc.Arbitrary<OkrModel> = fc.oneof({ weight: 3, arbitrary: fc.constant(usualModel) }, fc.record({
    childObjectives: fc.constantFrom('by-default', 'not-by-default', 'never'), newChildrenContribute: fc.boolean(), contribute: fc.constantFrom('by-default', 'not-by-default', 'never'),
  }).map(({ childObjectives, newChildrenContribute, contribute }) =>
    ({ ...usualModel, childObjectives, newChildrenContribute, initiatives: { ...usualModel.initiatives, contribute } }) as OkrModel));
  const weight = fc.oneof(fc.constant(null), fc.constant(0), fc.double({ min: 0.01, max: 100, noNaN: true }));
  /** Set if the door lets them through, as it does for people. */
  const set = (weights: Weights, m: OkrModel): Deed => children => (weightsRefusal({ mode: 'roll-up', children }, weights, m) ? children : withWeights(children, weights));
  const deed: fc.Arbitrary<Deed> = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(id, kind, model).map(([i, k, m]): Deed => children => withChild(children, word(i, k), m)) },
    id.map((i): Deed => children => withoutChild(children, i)),
    { weight: 3, arbitrary: fc.tuple(fc.dictionary(id, weight, { maxKeys: 4 }), model).map(([w, m]) => set(w, m)) },
    id.map(i => (children: Child[]) => withWeights(children, { [i]: 60 })), // what a second person sets at the same moment passes no door
    model.map((m): Deed => children => withWeights(children, usualWeights(children, m))),
  );

  it('add up to 100, or nobody contributes, however children come, go, are fixed, excluded and reset (C28, C29, C30)', () => {
    let contributed = 0;
    fc.assert(fc.property(fc.array(deed, { maxLength: 30, size: 'max' }), deeds => {
      const children = deeds.reduce((all, act) => act(all), [] as Child[]);
      const weights = weightsOf(children);
      const sum = [...weights.values()].reduce((total, w) => total + w, 0);
      assert.deepEqual([...weights.keys()], children.map(c => c.id));
      assert.ok([...weights.values()].every(w => w >= 0));
      if (!children.some(c => c.contributes)) return assert.equal(sum, 0);
      contributed += 1;
      assert.ok(Math.abs(sum - 100) < 1e-9, `They add up to ${sum}.`);
      for (const c of children.filter(c => !c.contributes)) assert.equal(weights.get(c.id), 0);
    }), { numRuns: 500 });
    assert.ok(contributed > 300, `Only ${contributed} families had anybody who contributes.`);
  });

  it('that are fixed stay when others come and go, as long as others share the rest (C29)', () => {
    const fixed = fc.integer({ min: 1, max: 90 });
    fc.assert(fc.property(fixed, fc.array(fc.tuple(id.filter(i => i !== 'a'), fc.boolean()), { maxLength: 20 }), (percent, moves) => {
      const children = moves.reduce((all, [i, comes]) => (comes ? withChild(all, word(i), usualModel) : withoutChild(all, i)), [child('a', { fixed: percent })]);
      if (children.length > 1) assert.equal(weightsOf(children).get('a'), percent);
      const shares = [...weightsOf(children)].filter(([i]) => i !== 'a').map(([, w]) => w);
      assert.equal(new Set(shares).size, Math.min(1, shares.length), 'all others weigh the same');
    }));
  });
});

describe('setting weights', () => {
  const three = [child('a'), child('b'), child('c')];

  it('fixes what is a number, excludes what is 0, and lets share again what is null (C28, C29, C30)', () => {
    const once = withWeights(three, { a: 50, b: 0 });
    assert.deepEqual(once, [child('a', { fixed: 50 }), child('b', { contributes: false }), child('c')]);
    assert.deepEqual(withWeights(once, { a: 0, b: null }), [child('a', { contributes: false }), child('b'), child('c')]);
    assert.deepEqual(withWeights(once, { stranger: 5 }), once);
  });

  it('back to the default makes all shares equal again, and leaves out what does not count by default (C29)', () => {
    const before = [child('a', { fixed: 70 }), child('b', { contributes: false }), child('i', { kind: 'initiative', fixed: 10 })];
    assert.deepEqual(said(withWeights(before, usualWeights(before, usualModel))), { a: 50, b: 50, i: 0 });
  });

  const never: OkrModel = { ...usualModel, childObjectives: 'never', initiatives: { ...usualModel.initiatives, contribute: 'never' } };
  const withAll: Pick<Goal, 'mode' | 'children'> = { mode: 'roll-up', children: [...three, child('o', { kind: 'objective', contributes: false }), child('i', { kind: 'initiative', contributes: false })] };
  const table: [string, Pick<Goal, 'mode' | 'children'>, Weights, OkrModel, string | undefined, RegExp | undefined][] = [
    ['some (C29)', withAll, { a: 50, b: 30 }, usualModel, undefined, undefined],
    ['an initiative, if somebody wants it (C30)', withAll, { i: 20 }, usualModel, undefined, undefined],
    ['all of them, if they make 100 (C29)', withAll, { a: 50, b: 30, c: 20 }, usualModel, undefined, undefined],
    ['nobody to contribute (C30)', withAll, { a: 0, b: 0, c: 0 }, usualModel, undefined, undefined],
    ['more than 100 together (C29)', withAll, { a: 60, b: 50 }, usualModel, undefined, /add up to 110 %/],
    ['more than 100 with what is fixed already (C29)', { mode: 'roll-up', children: [child('x', { fixed: 70 }), child('y')] }, { y: 40 }, usualModel, undefined, /add up to 110 %/],
    ['less than 100 with nobody to take the rest (C29)', withAll, { a: 50, b: 30, c: 10 }, usualModel, undefined, /add up to 90 %/],
    ['one below 0 (C29)', withAll, { b: -1 }, usualModel, 'b', /from 0 to 100/],
    ['one that is no number (C29)', withAll, { b: Number.NaN }, usualModel, 'b', /from 0 to 100/],
    ['one for a stranger (C29)', withAll, { z: 10 }, usualModel, 'z', /not among the children/],
    ['an initiative where initiatives never contribute (C30)', withAll, { i: 20 }, never, 'i', /Initiatives never contribute/],
    ['a share for a child objective where those never contribute (C30)', withAll, { o: null }, never, 'o', /Child objectives never contribute/],
    ['an exclusion where they never contribute anyway (C30)', withAll, { o: 0, i: 0 }, never, undefined, undefined],
    ['any where progress does not roll up (C29)', { ...withAll, mode: 'manual' }, { a: 50 }, usualModel, undefined, /rolls up/],
  ];
  for (const [what, goal, weights, model, id, message] of table) {
    it(`${message ? 'refuses' : 'lets people set'} ${what}`, () => {
      const refused = weightsRefusal(goal, weights, model);
      assert.deepEqual([refused?.id, refused !== undefined], [id, message !== undefined]);
      if (message) assert.match(refused!.message, message);
    });
  }
});

describe('whether a child counts that is new', () => {
  const kinds = ['key-result', 'objective', 'initiative'] as const;
  const counts = (model: OkrModel) => kinds.map(kind => contributesFirst(kind, model));
  it('follows the organization’s policy: key results and child objectives do, initiatives do not unless wanted (C30)', () => {
    assert.deepEqual(counts(usualModel), [true, true, false]);
    assert.deepEqual(counts({ ...usualModel, initiatives: { ...usualModel.initiatives, contribute: 'by-default' } }), [true, true, true]);
    assert.deepEqual(counts({ ...usualModel, childObjectives: 'not-by-default' }), [true, false, false]);
    assert.deepEqual(counts({ ...usualModel, childObjectives: 'never' }), [true, false, false]);
    assert.deepEqual(counts({ ...usualModel, newChildrenContribute: false }), [false, false, false]);
  });

  it('is asked once: afterwards the parent’s own memory holds, whatever the policy and the child say (C30)', () => {
    const excluded = [child('a', { contributes: false }), child('b', { fixed: 30 }), child('i', { kind: 'initiative' })];
    const again = excluded.reduce((all, { id, kind }) => withChild(all, { ...word(id, kind), progress: 77 }, { ...usualModel, newChildrenContribute: false }), excluded);
    assert.deepEqual(again.map(({ id, contributes, fixed, progress }) => [id, contributes, fixed, progress]), [['a', false, undefined, 77], ['b', true, 30, 77], ['i', true, undefined, 77]]);
  });
});
