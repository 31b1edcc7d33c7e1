// What a model forbids is refused where it is new, and never held against what was there before.
import assert from 'node:assert/strict';
import { faultsOf, misplacementOf, nestingFault } from './draft.ts';
import { GoalKind, type GoalDraft, newGoal, usualDraft } from './goal.ts';
import { usualModel } from './organization.ts';
import type { Outcome } from './outcome.ts';

const draft = (change: Partial<GoalDraft> = {}): GoalDraft =>
  ({ ...usualDraft, kind: 'objective', title: 'Grow', owners: [], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, ...change });
const made = (change: Partial<GoalDraft>) => newGoal(draft(change), { period: 'p', id: 'g', by: { id: 'ann', name: 'Ann' }, at: '2026-09-20T08:00:00.000Z' });
const metric = (rest: object) => ({ kind: 'metric', name: 'Orders', unit: { kind: 'none' }, ...rest }) as Outcome;
const orders = metric({ direction: 'reach', target: 5 });
const classic = usualModel;
const interchangeable = { ...usualModel, kind: 'interchangeable' as const };

describe('a draft', () => {
  const table: [string, Partial<GoalDraft>, typeof usualModel, string[]][] = [
    ['an objective in percent, by hand', {}, classic, []],
    ['an objective that rolls up', { mode: 'roll-up' }, classic, []],
    ['an objective from a source', { mode: 'source' }, classic, ['mode']],
    ['an objective with a metric', { outcome: orders }, classic, ['outcome']],
    ['an objective with a metric from a source, used like a key result', { outcome: orders, mode: 'source' }, interchangeable, []],
    ['a key result with a metric from a source', { kind: 'key-result', outcome: orders, mode: 'source' }, classic, []],
    ['an initiative from a source', { kind: 'initiative', mode: 'source' }, classic, []],
    ['an initiative from its tasks', { kind: 'initiative', mode: 'roll-up' }, classic, []],
    ['an initiative with a metric from its tasks', { kind: 'initiative', mode: 'roll-up', outcome: orders }, classic, ['mode']],
    ['numbers that add up', { kind: 'key-result', mode: 'roll-up', outcome: orders }, classic, []],
    ['percents on a course that are averaged', { kind: 'key-result', mode: 'roll-up', outcome: metric({ direction: 'increase', start: 1, target: 9, unit: { kind: 'percent' } }) }, classic, []],
    ['percents without a course', { kind: 'key-result', mode: 'roll-up', outcome: metric({ direction: 'stay-above', target: 9, unit: { kind: 'percent' } }) }, classic, ['mode']],
    ['two parents', { parents: [{ period: 'p', id: 'a' }, { period: 'p', id: 'b' }] }, classic, ['parents']],
    ['two parents where that is switched on', { parents: [{ period: 'p', id: 'a' }, { period: 'p', id: 'b' }] }, { ...classic, multipleAlignment: true }, []],
    ['an end on its start', { end: '2026-10-01' }, classic, ['end']],
    ['phases out of bounds', { phases: [{ date: '2026-10-01', target: 1 }] }, classic, ['phases.0.date']],
  ];
  for (const [what, change, model, fields] of table) {
    it(`${fields.length === 0 ? 'may be' : 'may not be'} ${what} (A16)`, () => assert.deepEqual(Object.keys(faultsOf(draft(change), undefined, model)), fields));
    if (!fields.includes('end') && !fields[0]?.startsWith('phases')) it(`stays ${what}, whatever the model has become (A16)`, () => {
      const before = made(change);
      assert.deepEqual(faultsOf({ ...before, title: 'Renamed' }, before, { ...classic, scoringGuidance: false }), {});
    });
  }

  it('names all that is wrong at once', () => {
    assert.deepEqual(Object.keys(faultsOf(draft({ end: '2026-01-01', outcome: orders, scoringGuidance: 'x' }), undefined, { ...classic, scoringGuidance: false })), ['end', 'scoringGuidance', 'outcome']);
  });
});

describe('what stands under what', () => {
  const on = { ...usualModel, objectivesUnderKeyResults: true, keyResultsUnderKeyResults: true, initiativesUnderKeyResults: true };
  const off = { ...usualModel, objectivesUnderKeyResults: false, keyResultsUnderKeyResults: false, initiativesUnderKeyResults: false };
  for (const kind of GoalKind.options) {
    it(`lets ${kind}s stand under objectives, never under initiatives, and under key results by their own switch (C03, A17)`, () => {
      assert.equal(nestingFault(kind, 'objective', off), undefined);
      assert.match(nestingFault(kind, 'initiative', on)!, /Nothing stands under Initiatives/);
      assert.equal(nestingFault(kind, 'key-result', on), undefined);
      assert.match(nestingFault(kind, 'key-result', off)!, /An admin can switch/);
    });
  }
});

describe('where a goal lies in time', () => {
  const period = { start: '2026-10-01', end: '2026-12-31' };
  it('is wrong outside its period, and for key results outside any parent (C09)', () => {
    const dates = { start: '2026-10-01', end: '2026-12-31' };
    assert.deepEqual(misplacementOf({ kind: 'key-result', ...dates }, period, [period]), []);
    assert.deepEqual(misplacementOf({ kind: 'key-result', ...dates, end: '2027-01-01' }, period, []), ['outside-period']);
    assert.deepEqual(misplacementOf({ kind: 'key-result', ...dates }, undefined, [period, { ...period, end: '2026-12-30' }]), ['outside-objective']);
    assert.deepEqual(misplacementOf({ kind: 'objective', ...dates }, period, [{ ...period, end: '2026-12-30' }]), []);
  });
});
