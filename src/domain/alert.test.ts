// Alerts: each rule on the day it begins to hold, and on the day before.
import assert from 'node:assert/strict';
import { alertBelow, alertLevelOf, alertsOf } from './alert.ts';
import { newGoal, type Child, type Goal } from './goal.ts';
import { defaultThresholds } from './status.ts';

const ann = { id: 'ann', name: 'Ann' };
const fresh = newGoal(
  { kind: 'objective', title: 'Grow', owners: [ann], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, entity: { kind: 'organization' } },
  { period: '2026-q4', id: 'g', by: ann, at: '2026-09-20T08:00:00.000Z' });
const keyResult = (n: number): Child =>
  ({ period: '2026-q4', id: `k${n}`, kind: 'key-result', progress: 0, status: 'on-track', amount: 0, unit: { kind: 'percent' }, score: null, alert: null, private: false, contributes: true });
const going: Partial<Goal> = { status: 'on-track', progress: 50, value: 50 };
const kinds = (change: Partial<Goal>, today: string) => alertsOf({ ...fresh, ...change }, today, defaultThresholds).map(a => a.kind);

describe('an alert', () => {
  const table: [string, Partial<Goal>, string, string[]][] = [
    ['none on a goal that goes well', going, '2026-11-15', []],
    ['none six days after the start', {}, '2026-10-07', []],
    ['not begun seven days after the start', {}, '2026-10-08', ['not-begun']],
    ['a team’s objective without key results that is aligned with nothing', { ...going, entity: { kind: 'teams', teams: ['t'] } }, '2026-11-15', ['unsupported']],
    ['none when it is aligned', { ...going, entity: { kind: 'individual' }, parents: [{ period: '2026', id: 'p' }] }, '2026-11-15', []],
    ['none when it has a key result', { ...going, entity: { kind: 'individual' }, children: [keyResult(1)] }, '2026-11-15', []],
    ['none with five key results', { ...going, children: [1, 2, 3, 4, 5].map(keyResult) }, '2026-11-15', []],
    ['six key results', { ...going, children: [1, 2, 3, 4, 5, 6].map(keyResult) }, '2026-11-15', ['too-many-key-results']],
    ['none at 25 points behind', { ...going, progress: 25 }, '2026-11-15', []],
    ['more than 25 points behind', { ...going, progress: 20 }, '2026-11-15', ['far-behind']],
    ['none on the last day', { ...going, progress: 100 }, '2026-12-31', []],
    ['past due the day after', { ...going, progress: 100 }, '2027-01-01', ['past-due']],
    ['nobody owns it', { ...going, owners: [] }, '2026-11-15', ['no-owner']],
    ['dates outside the period and the objective', { ...going, misplaced: ['outside-period', 'outside-objective'] }, '2026-11-15', ['outside-objective', 'outside-period']],
    ['none for a task that is due on the last day', { ...going, tasks: [{ id: 't', name: 'Tidy up', owner: null, due: '2026-12-31', done: false }] }, '2026-11-15', []],
    ['a task that is due after the goal’s end', { ...going, tasks: [{ id: 't', name: 'Tidy up', owner: null, due: '2027-01-02', done: false }] }, '2026-11-15', ['late-task']],
    ['an aspirational score above 0.8', { status: 'closed', closure: { at: '2026-11-01T00:00:00.000Z', by: { kind: 'time' }, score: 0.81, note: '', continuedBy: null } }, '2027-02-01', ['too-easy']],
    ['none for a committed one', { status: 'closed', ambition: 'committed', closure: { at: '2026-11-01T00:00:00.000Z', by: { kind: 'time' }, score: 1, note: '', continuedBy: null } }, '2027-02-01', []],
    ['nothing past due on what has ended', { status: 'postponed' }, '2027-02-01', []],
  ];
  for (const [what, change, today, expected] of table) it(`tells: ${what} (C48)`, () => assert.deepEqual(kinds(change, today), expected));

  it('has a level, of which the worst counts (C48)', () => {
    assert.equal(alertLevelOf({ ...fresh, ...going }, '2026-11-15', defaultThresholds), null);
    assert.equal(alertLevelOf({ ...fresh }, '2026-10-08', defaultThresholds), 'needs-attention');
    assert.equal(alertLevelOf({ ...fresh, owners: [] }, '2026-10-08', defaultThresholds), 'at-risk');
  });

  it('of those below is told apart from the goal’s own (C48)', () => {
    const parent = { ...fresh, ...going, children: [keyResult(1), { ...keyResult(2), alert: 'needs-attention' as const }] };
    assert.equal(alertLevelOf(parent, '2026-11-15', defaultThresholds), null);
    assert.equal(alertBelow(parent), 'needs-attention');
  });
});
