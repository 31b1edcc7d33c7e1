// Expected progress and the exact status rule, at their edges above all.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { addDays } from './date.ts';
import { progressOf, type Outcome } from './outcome.ts';
import { Status, Thresholds, defaultThresholds, expectedProgress, expectedShown, isEnded, statusByGap, statusNames, statusOf } from './status.ts';

const named = { kind: 'metric', name: 'Orders', unit: { kind: 'none' } } as const;
const rank = { 'on-track': 0, behind: 1, 'at-risk': 2 } as const;

describe('expectedProgress', () => {
  const table: [string, string, string, string, number][] = [
    ['is 0 on the first day', '2026-10-01', '2026-12-31', '2026-10-01', 0],
    ['is 0 before it', '2026-10-01', '2026-12-31', '2026-03-01', 0],
    ['is 100 on the last day', '2026-10-01', '2026-12-31', '2026-12-31', 100],
    ['is 100 after it', '2026-10-01', '2026-12-31', '2027-06-01', 100],
    ['is 50 half way', '2026-01-01', '2026-01-11', '2026-01-06', 50],
    ['grows by the day', '2026-01-01', '2026-01-11', '2026-01-02', 10],
    ['counts the leap day', '2028-02-28', '2028-03-01', '2028-02-29', 50],
    ['knows years without one', '2027-02-28', '2027-03-02', '2027-03-01', 50],
    ['counts days over a change of the clock as whole ones', '2026-03-28', '2026-03-30', '2026-03-29', 50],
    ['of a single day is 0 before', '2026-10-01', '2026-10-01', '2026-09-30', 0],
    ['of a single day is 100 on it', '2026-10-01', '2026-10-01', '2026-10-01', 100],
    ['of a span that ends before it begins is 0 before', '2026-10-02', '2026-10-01', '2026-10-01', 0],
    ['of a span that ends before it begins is 100 from its start on', '2026-10-02', '2026-10-01', '2026-10-02', 100],
  ];
  for (const [rule, start, end, today, expected] of table) it(rule, () => assert.equal(expectedProgress(start, end, today), expected));

  it('never falls with time and stays between 0 and 100', () => {
    fc.assert(fc.property(fc.nat(800), fc.integer({ min: -50, max: 900 }), fc.nat(400), (length, day, later) => {
      const start = '2027-06-15';
      const at = (d: number) => expectedProgress(start, addDays(start, length), addDays(start, d));
      assert.ok(at(day) <= at(day + later));
      assert.ok(at(day) >= 0 && at(day) <= 100);
    }));
  });
});

describe('the status by the gap', () => {
  const table: [number, number, keyof typeof rank][] = [
    [50, 50, 'on-track'], [50, 50.1, 'on-track'], [50, 100, 'on-track'], [0, 0, 'on-track'],
    [50, 49.9, 'behind'], [52, 47, 'behind'], [50, 25.1, 'behind'], [50, 25, 'behind'],
    [50, 24.9, 'at-risk'], [100, 0, 'at-risk'], [25.1, 0, 'at-risk'],
  ];
  for (const [expected, progress, status] of table) {
    it(`is ${statusNames[status]} when ${expected} is expected and ${progress} is there (C21)`, () =>
      assert.equal(statusByGap(expected, progress, defaultThresholds), status));
  }

  it('follows the thresholds of the organization, both inclusive (C24)', () => {
    const lenient = { behind: 10, atRisk: 40 };
    assert.deepEqual([40, 39.9, 10, 9.9].map(progress => statusByGap(50, progress, lenient)), ['on-track', 'behind', 'behind', 'at-risk']);
    assert.deepEqual([50, 49.9].map(progress => statusByGap(50, progress, { behind: 0, atRisk: 0 })), ['on-track', 'at-risk']);
  });

  it('does not fall for what binary fractions add', () => {
    const outcome: Outcome = { ...named, direction: 'increase', start: 0.1, target: 0.4 };
    const progress = progressOf(outcome, 0.25)!;
    assert.notEqual(progress, 50, 'If this is 50 the case shows nothing.');
    assert.equal(statusByGap(50, progress, defaultThresholds), 'on-track');
    assert.equal(statusByGap(75, progress, defaultThresholds), 'behind');
  });

  it('is never better with less progress, more expected, or stricter thresholds', () => {
    const points = fc.double({ min: 0, max: 100, noNaN: true });
    const thresholds = fc.tuple(points, points).map(([a, b]) => ({ behind: Math.min(a, b), atRisk: Math.max(a, b) }));
    fc.assert(fc.property(points, points, points, thresholds, points, (expected, progress, less, t, strictness) => {
      const now = rank[statusByGap(expected, progress, t)];
      assert.ok(rank[statusByGap(expected, Math.min(progress, less), t)] >= now);
      assert.ok(rank[statusByGap(Math.max(expected, less), progress, t)] >= now);
      assert.ok(rank[statusByGap(expected, progress, { behind: Math.max(0, t.behind - strictness), atRisk: Math.max(0, t.atRisk - strictness) })] >= now);
    }));
  });
});

describe('statusOf', () => {
  const above = (risk?: number): Outcome => ({ ...named, direction: 'stay-above', target: 95, ...(risk === undefined ? {} : { risk }) });
  const below = (risk?: number): Outcome => ({ ...named, direction: 'stay-below', target: 5, ...(risk === undefined ? {} : { risk }) });
  const table: [string, Outcome, number, Status][] = [
    ['stay above, above', above(90), 95.1, 'on-track'],
    ['stay above, exactly at the target', above(90), 95, 'behind'], ['stay above, before the risk threshold', above(90), 90.1, 'behind'],
    ['stay above, exactly at the risk threshold', above(90), 90, 'at-risk'], ['stay above, beyond the risk threshold', above(90), 10, 'at-risk'],
    ['stay above without a risk threshold, at the target', above(), 95, 'at-risk'],
    ['stay below, below', below(8), 4.9, 'on-track'],
    ['stay below, exactly at the target', below(8), 5, 'behind'], ['stay below, before the risk threshold', below(8), 7.9, 'behind'],
    ['stay below, exactly at the risk threshold', below(8), 8, 'at-risk'], ['stay below, beyond the risk threshold', below(8), 80, 'at-risk'],
    ['stay below without a risk threshold, at the target', below(), 5, 'at-risk'],
    ['baseline, whatever the value', { ...named, direction: 'baseline' }, 0, 'in-progress'],
    ['percent by the gap', { kind: 'percent' }, 49, 'behind'],
    ['reach by the gap', { ...named, direction: 'reach', target: 200 }, 40, 'at-risk'],
  ];
  for (const [rule, outcome, value, status] of table) {
    it(`says ${statusNames[status]} for ${rule} (${rule.startsWith('stay') ? 'C16' : rule.startsWith('baseline') ? 'C17' : 'C21'})`, () => {
      assert.equal(statusOf(outcome, value, progressOf(outcome, value), 50, defaultThresholds), status);
    });
  }

  it('judges what has to stay by its value alone, whatever the day', () => {
    for (const expected of [0, 50, 100]) {
      assert.equal(statusOf(above(90), 96, 100, expected, defaultThresholds), 'on-track');
      assert.equal(statusOf(below(8), 6, 0, expected, defaultThresholds), 'behind');
    }
  });

  it('is never better for a worse value, for every outcome that is judged', () => {
    const amount = fc.double({ min: -1000, max: 1000, noNaN: true });
    const judged: fc.Arbitrary<[Outcome, boolean]> = fc.oneof(
      fc.constant<[Outcome, boolean]>([{ kind: 'percent' }, true]),
      fc.constant<[Outcome, boolean]>([{ ...named, direction: 'reach', target: -300 }, false]),
      fc.constant<[Outcome, boolean]>([{ ...named, direction: 'increase', start: -100, target: 700 }, true]),
      fc.constant<[Outcome, boolean]>([{ ...named, direction: 'decrease', start: 700, target: -100 }, false]),
      fc.tuple(amount, fc.option(fc.double({ min: 0.001, max: 500, noNaN: true }), { nil: undefined })).map(([target, gap]): [Outcome, boolean] =>
        [{ ...named, direction: 'stay-above', target, ...(gap === undefined ? {} : { risk: target - gap }) }, true]),
      fc.tuple(amount, fc.option(fc.double({ min: 0.001, max: 500, noNaN: true }), { nil: undefined })).map(([target, gap]): [Outcome, boolean] =>
        [{ ...named, direction: 'stay-below', target, ...(gap === undefined ? {} : { risk: target + gap }) }, false]),
    );
    fc.assert(fc.property(judged, amount, amount, fc.double({ min: 0, max: 100, noNaN: true }), ([outcome, up], a, b, expected) => {
      const [worse, better] = (a < b) === up ? [a, b] : [b, a];
      const of = (value: number) => rank[statusOf(outcome, value, progressOf(outcome, value), expected, defaultThresholds) as keyof typeof rank];
      assert.ok(of(worse) >= of(better));
    }));
  });
});

describe('the expectation to show', () => {
  const all: [Outcome, boolean][] = [
    [{ kind: 'percent' }, true],
    [{ ...named, direction: 'reach', target: 5 }, true], [{ ...named, direction: 'increase', start: 1, target: 5 }, true], [{ ...named, direction: 'decrease', start: 5, target: 1 }, true],
    [{ ...named, direction: 'stay-above', target: 5 }, false], [{ ...named, direction: 'stay-below', target: 5 }, false], [{ ...named, direction: 'baseline' }, false],
  ];

  it('is none where only the value counts, whatever the status', () => {
    for (const [outcome, paced] of all) {
      for (const status of Status.options.filter(s => !isEnded(s))) assert.equal(expectedShown({ outcome, status }, 52), paced ? 52 : undefined, JSON.stringify([outcome, status]));
    }
  });

  it('is none where people have ended the goal', () => {
    for (const [outcome] of all) for (const status of ['closed', 'postponed'] as const) assert.equal(expectedShown({ outcome, status }, 52), undefined);
  });

  it('is there exactly where the day can change the status', () => {
    for (const [outcome, paced] of all) {
      const [early, late] = [0, 100].map(expected => statusOf(outcome, 2, progressOf(outcome, 2), expected, defaultThresholds));
      assert.equal(early !== late, paced, JSON.stringify(outcome));
    }
  });

  it('is shown at nothing too', () => assert.equal(expectedShown({ outcome: { kind: 'percent' }, status: 'on-track' }, 0), 0));
});

describe('thresholds', () => {
  it('are taken in order and within 100 points', () => {
    for (const t of [defaultThresholds, { behind: 0, atRisk: 0 }, { behind: 100, atRisk: 100 }]) assert.deepEqual(Thresholds.parse(t), t);
    for (const t of [{ behind: 10, atRisk: 5 }, { behind: -1, atRisk: 5 }, { behind: 0, atRisk: 101 }, { behind: NaN, atRisk: 5 }])
      assert.equal(Thresholds.safeParse(t).success, false);
  });
});

describe('statuses', () => {
  it('are the eight that people know, and all have a name (C22)', () => {
    assert.deepEqual(Object.keys(statusNames).toSorted(), [...Status.options].toSorted());
    assert.deepEqual(Object.values(statusNames).toSorted(), ['At Risk', 'Behind', 'Closed', 'In Progress', 'Not Started', 'On Track', 'Postponed', 'Reopened']);
  });

  it('are ended when closed or postponed, and only then', () => {
    assert.deepEqual(Status.options.filter(isEnded), ['closed', 'postponed']);
  });
});
