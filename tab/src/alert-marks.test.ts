// Alert marks.
import assert from 'node:assert/strict';
import { asChild, newGoal, type Goal } from '../../src/domain/goal.ts';
import { defaultThresholds } from '../../src/domain/status.ts';
import { alertMarks } from './alert-marks.ts';

const ann = { id: 'ann', name: 'Ann' };
const goal: Goal = {
  ...newGoal({ kind: 'key-result', title: 'Grow', outcome: { kind: 'percent' }, owners: [ann], start: '2026-10-01', end: '2026-12-31' }, { period: '2026-q4', id: 'kr', by: ann, at: '2026-10-01T00:00:00.000Z' }),
  value: 60, progress: 60, status: 'on-track',
};
const child = (alert: Goal['alert']) => ({ ...asChild({ ...goal, id: 'below', alert }), contributes: true });
const marks = (g: Goal, muted?: Goal['alert'][]) => alertMarks(g, '2026-11-21', defaultThresholds, muted?.filter(m => m !== null)).map(m => [m.drawn, m.level, m.words]);

describe('alert marks', () => {
  it('are none where nothing is the matter', () => {
    assert.deepEqual(marks({ ...goal, children: [child(null)] }), []);
  });

  it('are solid for the goal itself and outlined for one below it, each in words (C48)', () => {
    assert.deepEqual(marks({ ...goal, owners: [], children: [child('needs-attention')] }), [
      ['solid', 'at-risk', 'At risk: Nobody owns it. Name an owner.'],
      ['outline', 'needs-attention', 'A goal under this one needs attention'],
    ]);
    assert.deepEqual(marks({ ...goal, children: [child('at-risk')] }), [['outline', 'at-risk', 'A goal under this one is at risk']]);
  });

  it('leave out what somebody does not want to see, and nothing else (C48)', () => {
    const troubled = { ...goal, owners: [], status: 'not-started' as const, value: null, progress: 0, children: [child('needs-attention')] };
    assert.deepEqual(marks(troubled, ['at-risk']).map(([drawn, level]) => [drawn, level]), [['solid', 'needs-attention'], ['outline', 'needs-attention']]);
    assert.deepEqual(marks(troubled, ['at-risk', 'needs-attention']), []);
  });
});
