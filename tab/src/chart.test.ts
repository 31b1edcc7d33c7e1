// The numbers behind the history chart.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CheckIn } from '../../src/domain/check-in.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { chartOf, roundMarks } from './chart.ts';

const state = { progress: 0, status: 'on-track' } as const;
const checkIn = (at: string, value: number | null): CheckIn =>
  ({ goal: { period: 'q4', id: 'g' }, at, by: { kind: 'time' }, expected: 0, note: '', value, was: { value: null, ...state }, ...state });
const metric = { kind: 'metric', name: 'Leads', unit: { kind: 'none' } } as const;
const goal = (outcome: Outcome) => ({ outcome, start: '2026-10-01', end: '2026-12-31', phases: [] });
const now = Date.parse('2026-11-21T00:00:00.000Z');

describe('chartOf', () => {
  it('draws nothing before the first value: a missing value is no zero', () => {
    assert.equal(chartOf(goal({ kind: 'percent' }), [checkIn('2026-11-01T00:00:00.000Z', null)], now), undefined);
  });

  it('puts values in the order of time', () => {
    const chart = chartOf(goal({ kind: 'percent' }), [checkIn('2026-11-02T00:00:00.000Z', 20), checkIn('2026-11-01T00:00:00.000Z', 10)], now);
    assert.deepEqual(chart!.points.map(p => p.value), [10, 20]);
  });

  it('draws expected values from start to target in the outcome’s own unit', () => {
    const chart = chartOf(goal({ ...metric, direction: 'decrease', start: 50, target: 10 }), [checkIn('2026-11-01T00:00:00.000Z', 40)], now);
    assert.deepEqual(chart!.expected!.map(p => p.value), [50, 10]);
    assert.deepEqual(chart!.times, [Date.parse('2026-10-01'), Date.parse('2026-12-31')]);
  });

  it('bends the expected line at phased targets', () => {
    const course = { ...goal({ ...metric, direction: 'increase', start: 100, target: 200 }), phases: [{ date: '2026-10-31', target: 120 }, { date: '2026-11-30', target: 130 }] };
    const chart = chartOf(course, [checkIn('2026-11-01T00:00:00.000Z', 110)], now);
    assert.deepEqual(chart!.expected!.map(p => [new Date(p.time).toISOString().slice(0, 10), p.value]), [['2026-10-01', 100], ['2026-10-31', 120], ['2026-11-30', 130], ['2026-12-31', 200]]);
  });

  it('draws limits instead where only the value counts', () => {
    const chart = chartOf(goal({ ...metric, direction: 'stay-below', target: 5, risk: 8 }), [checkIn('2026-11-01T00:00:00.000Z', 2)], now);
    assert.deepEqual([chart!.expected, chart!.target, chart!.risk], [undefined, 5, 8]);
  });
});

describe('roundMarks', () => {
  it('chooses round numbers', () => {
    assert.deepEqual(roundMarks(0, 100), [0, 25, 50, 75, 100]);
    assert.deepEqual(roundMarks(0, 250), [0, 100, 200, 300]);
    assert.deepEqual(roundMarks(0.1, 0.4), [0.1, 0.2, 0.3, 0.4]);
    assert.deepEqual(roundMarks(7, 7), [6, 8]);
  });

  it('encloses any two bounds with a few rising marks', () => {
    const number = fc.double({ min: -1e9, max: 1e9, noNaN: true }).filter(n => n === 0 || Math.abs(n) > 1e-6);
    fc.assert(fc.property(number, number, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      fc.pre(high === low || high - low > Math.abs(high) * 1e-6);
      const marks = roundMarks(low, high);
      const slack = (Math.abs(low) + Math.abs(high)) * 1e-9;
      assert.ok(marks.length >= 2 && marks.length <= 7, `${marks.length} marks`);
      assert.ok(marks[0]! <= low + slack && marks.at(-1)! >= high - slack);
      assert.ok(marks.every((m, i) => i === 0 || m > marks[i - 1]!));
    }));
  });
});
