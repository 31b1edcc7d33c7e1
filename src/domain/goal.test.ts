// What a new goal is before anything has happened to it.
import assert from 'node:assert/strict';
import { Goal, asChild, newGoal } from './goal.ts';
import type { Outcome } from './outcome.ts';

const draft: Parameters<typeof newGoal>[0] = {
  kind: 'key-result', title: 'Ship it', description: '', owners: [{ id: 'o', name: 'Olga' }], parents: [],
  start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, mode: 'manual',
};
const made = { period: '2026-q4', id: 'g1', by: { id: 'c', name: 'Carl' }, at: '2026-10-01T09:00:00.000Z' };

describe('a new goal', () => {
  it('is not started, has no value, and is a goal', () => {
    const goal = newGoal(draft, made);
    assert.deepEqual([goal.status, goal.value, goal.progress, goal.asOf, goal.readAt], ['not-started', null, 0, null, null]);
    assert.deepEqual(Goal.parse(goal), goal);
  });

  it('has no progress where its outcome knows none', () => {
    const baseline: Parameters<typeof newGoal>[0] = { ...draft, outcome: { kind: 'metric', name: 'Orders', unit: { kind: 'none' }, direction: 'baseline' } };
    assert.equal(newGoal(baseline, made).progress, null);
  });

  it('tells its parent where it is and how it stands', () => {
    assert.deepEqual(asChild(newGoal(draft, made)), { period: '2026-q4', id: 'g1', kind: 'key-result', progress: 0, status: 'not-started', amount: 0, unit: { kind: 'percent' }, score: null, alert: null, private: false });
  });

  it('counts from its start in a sum, and not at all where it has none (C31)', () => {
    const orders = { kind: 'metric', name: 'Orders', unit: { kind: 'none' } } as const;
    const amount = (outcome: Outcome, value: number | null) => asChild({ ...newGoal({ ...draft, outcome }, made), value }).amount;
    assert.deepEqual([amount({ ...orders, direction: 'increase', start: 40, target: 90 }, null), amount({ ...orders, direction: 'increase', start: 40, target: 90 }, 0)], [40, 0]);
    assert.deepEqual([amount({ ...orders, direction: 'stay-below', target: 5 }, null), amount({ ...orders, direction: 'baseline' }, null)], [null, null]);
  });

  it('that rolls up has no progress until something below it says so', () => {
    assert.equal(newGoal({ ...draft, mode: 'roll-up' }, made).progress, null);
  });

  it('needs a title that is one, and an id that is safe in keys', () => {
    const goal = newGoal(draft, made);
    for (const bad of [{ title: ' ' }, { title: 'x'.repeat(241) }, { id: 'a/b' }, { id: '' }, { start: '2026-02-30' }, { value: NaN }]) {
      assert.equal(Goal.safeParse({ ...goal, ...bad }).success, false, JSON.stringify(bad));
    }
  });
});
