// Phased targets bend the expected line, and a straight line's own steps do not.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { addDays } from './date.ts';
import type { Outcome } from './outcome.ts';
import { linearPhases, phaseFault } from './phase.ts';
import { expectedOf, type Course } from './status.ts';

const metric = (rest: object) => ({ kind: 'metric', name: 'Orders', unit: { kind: 'none' }, ...rest }) as Outcome;
const [start, end] = ['2026-10-01', '2026-12-31'];
const course = (phases: Course['phases'], outcome: Outcome = { kind: 'percent' }): Course => ({ start, end, outcome, phases });

describe('phased targets', () => {
  const late = course([{ date: '2026-10-31', target: 10 }, { date: '2026-11-30', target: 40 }]);
  const table: [string, string, number][] = [
    ['before the start', '2026-09-01', 0], ['on the start date', start, 0], ['half way to the first step', '2026-10-16', 5], ['on the first step', '2026-10-31', 10],
    ['between two steps', '2026-11-15', 25], ['on the last step', '2026-11-30', 40], ['on the end date', end, 100], ['afterwards', '2027-03-01', 100],
  ];
  for (const [when, date, expected] of table) it(`expects ${expected} % ${when} (C19)`, () => assert.equal(expectedOf(late, date), expected));

  it('are said in the unit of the metric, falling ones too (C19)', () => {
    const falling = course([{ date: '2026-11-15', target: 80 }], metric({ direction: 'decrease', start: 100, target: 20 }));
    assert.equal(expectedOf(falling, '2026-11-15'), 25);
  });

  it('without any step expected progress is linear: 0 % on the first day, 100 % on the last (C20)', () => {
    assert.deepEqual([start, '2026-11-15', end].map(date => Math.round(expectedOf(course([]), date) * 100) / 100), [0, 49.45, 100]);
  });

  const paced = fc.constantFrom<Outcome>({ kind: 'percent' }, metric({ direction: 'reach', target: 300 }), metric({ direction: 'increase', start: 20, target: 50 }), metric({ direction: 'decrease', start: 9, target: -4 }));
  const length = fc.integer({ min: 1, max: 500 });
  const every = fc.constantFrom('week' as const, 'month' as const, 'quarter' as const);

  it('begin from a straight line: its own steps expect the same on every day, and nothing is wrong with them (C19, C20)', () => {
    fc.assert(fc.property(paced, length, every, fc.integer({ min: -5, max: 510 }), (outcome, days, interval, day) => {
      const straight = { start, end: addDays(start, days), outcome, phases: [] };
      const phased = { ...straight, phases: linearPhases(straight, interval) };
      const today = addDays(start, day);
      assert.ok(Math.abs(expectedOf(phased, today) - expectedOf(straight, today)) < 1e-6);
      assert.equal(phaseFault(phased), undefined);
    }));
  });

  it('of months end with each month of the goal’s own time', () => {
    assert.deepEqual(linearPhases(course([]), 'month').map(p => p.date), ['2026-10-31', '2026-11-30']);
    assert.deepEqual(linearPhases({ ...course([]), start: '2026-01-31', end: '2026-04-30' }, 'month').map(p => p.date), ['2026-02-27', '2026-03-30', '2026-04-29']);
    assert.equal(linearPhases(course([]), 'week')[0]?.date, '2026-10-07');
  });

  const wrong: [string, Course, { at?: number; part?: string }][] = [
    ['on the start date', course([{ date: start, target: 1 }]), { at: 0, part: 'date' }],
    ['on the end date', course([{ date: end, target: 99 }]), { at: 0, part: 'date' }],
    ['out of order', course([{ date: '2026-11-30', target: 1 }, { date: '2026-10-30', target: 2 }]), { at: 1, part: 'date' }],
    ['twice on one date', course([{ date: '2026-11-30', target: 1 }, { date: '2026-11-30', target: 2 }]), { at: 1, part: 'date' }],
    ['beyond the target', course([{ date: '2026-11-30', target: 101 }]), { at: 0, part: 'target' }],
    ['of a goal that is to stay somewhere', course([{ date: '2026-11-30', target: 1 }], metric({ direction: 'stay-above', target: 2 })), {}],
  ];
  for (const [what, given, fault] of wrong) {
    it(`refuses steps ${what} (C19)`, () => {
      const { message, ...where } = phaseFault(given)!;
      assert.deepEqual(where, fault);
      assert.match(message, /\./);
    });
  }
});
