// Quarters are the calendar's, and one period is the current one.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { addDays } from './date.ts';
import { Period, currentPeriod, quartersOf } from './period.ts';

describe('the quarters of a year', () => {
  it('are the calendar\'s', () => {
    assert.deepEqual(quartersOf(2028).map(q => [q.id, q.name, q.start, q.end]), [
      ['2028-q1', 'Q1 2028', '2028-01-01', '2028-03-31'], ['2028-q2', 'Q2 2028', '2028-04-01', '2028-06-30'],
      ['2028-q3', 'Q3 2028', '2028-07-01', '2028-09-30'], ['2028-q4', 'Q4 2028', '2028-10-01', '2028-12-31'],
    ]);
  });

  it('hold every day of every year once', () => {
    fc.assert(fc.property(fc.integer({ min: 2000, max: 2100 }), fc.nat(364), (year, day) => {
      const quarters = quartersOf(year);
      for (const q of quarters) assert.deepEqual(Period.parse(q), q);
      const date = addDays(`${year}-01-01`, day);
      assert.equal(quarters.filter(q => q.start <= date && date <= q.end).length, 1);
    }));
  });
});

describe('the current period', () => {
  const [q1, q2, q3, q4] = quartersOf(2026) as [Period, Period, Period, Period];
  const year: Period = { id: '2026', name: '2026', start: '2026-01-01', end: '2026-12-31', kind: 'year' };
  const table: [string, Period[], string, Period | undefined][] = [
    ['is the one that holds today', [q1, q2, q3, q4], '2026-11-21', q4],
    ['holds today on its first day', [q1, q2, q3, q4], '2026-04-01', q2],
    ['holds today on its last day', [q1, q2, q3, q4], '2026-03-31', q1],
    ['is the shortest that holds today', [year, q4], '2026-11-21', q4],
    ['is the longer one where no shorter one is', [year, q1], '2026-11-21', year],
    ['is the nearest to come in a gap', [q1, q4, q3], '2026-05-05', q3],
    ['is the shorter of two that begin together', [year, q1, q2], '2025-12-01', q1],
    ['is the shorter of two that ended together', [year, q4], '2027-05-05', q4],
    ['is the last there was when none is to come', [q1, q3, q2], '2027-05-05', q3],
    ['is none where there is none', [], '2026-05-05', undefined],
  ];
  for (const [rule, periods, today, expected] of table) it(rule, () => assert.equal(currentPeriod(periods, today), expected));

  it('does not depend on the order of the list', () => {
    fc.assert(fc.property(fc.shuffledSubarray([q1, q2, q3, q4, year], { minLength: 5 }), fc.nat(800), (periods, day) => {
      const today = addDays('2025-06-01', day);
      assert.equal(currentPeriod(periods, today), currentPeriod([q1, q2, q3, q4, year], today));
    }));
  });
});

describe('a period\'s id', () => {
  it('is safe in keys and addresses', () => {
    for (const id of ['', 'Q4', 'a/b', 'a|b', 'a b', 'x'.repeat(41)])
      assert.equal(Period.safeParse({ id, name: 'x', start: '2026-01-01', end: '2026-02-01' }).success, false, id);
  });
});
