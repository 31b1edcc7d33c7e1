// What an edit keeps of a goal, what it empties, and what it says about both.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Judgement } from './check-in.ts';
import { edit } from './edit.ts';
import { newGoal, usualDraft, type Goal, type GoalDraft } from './goal.ts';
import { defaultThresholds } from './status.ts';
import { usualModel } from './organization.ts';

const ann = { id: 'ann', name: 'Ann' };
const tickets = { kind: 'metric', direction: 'stay-below', name: 'Open tickets', unit: { kind: 'none' }, target: 20 } as const;
const draft: GoalDraft = { ...usualDraft, kind: 'key-result', title: 'Fewer tickets', description: '', owners: [ann], parents: [], tags: [], phases: [], start: '2026-10-01', end: '2026-12-31', outcome: tickets, mode: 'source' };
const at = '2026-11-15T09:00:00.000Z';
const judgement: Judgement = { at, today: '2026-11-15', thresholds: defaultThresholds, model: usualModel, by: { kind: 'person', ...ann } };
const fed: Goal = {
  ...newGoal(draft, { period: '2026-q4', id: 'g', by: ann, at: '2026-10-01T09:00:00.000Z' }),
  connection: 'c1', value: 12, progress: 100, status: 'on-track', asOf: '2026-11-15T08:00:00.000Z', readAt: '2026-11-15T08:00:00.000Z', posted: true,
};
const same = { connection: 'c1', remeasured: false };
const edited = (more: Partial<GoalDraft>, source: { connection: string | null; remeasured: boolean } = same, goal = fed) => edit(goal, { ...draft, ...more }, source, judgement);

describe('An edit', () => {
  it('that changes nothing leaves the very goal', () => {
    assert.deepEqual(edited({}), { goal: fed, fields: [] });
  });

  it('of words keeps value, status and history', () => {
    const { goal, fields, checkIn } = edited({ title: 'Far fewer tickets', description: 'Support' });
    assert.deepEqual([goal.value, goal.status, goal.posted, checkIn, fields], [12, 'on-track', true, undefined, ['title', 'description']]);
  });

  it('of the target judges the value anew, and says what was', () => {
    const { goal, checkIn } = edited({ outcome: { ...tickets, target: 10 } });
    assert.deepEqual([goal.value, goal.progress, goal.status], [12, 0, 'at-risk']);
    assert.deepEqual([checkIn?.was, checkIn?.status, checkIn?.at], [{ value: 12, progress: 100, status: 'on-track' }, 'at-risk', at]);
  });

  it('after which the value would mean something else leaves no value, and asks for none in its place', () => {
    const emptied: [string, ReturnType<typeof edited>][] = [
      ['unit', edited({ outcome: { ...tickets, unit: { kind: 'percent' } } })],
      ['metric', edited({ outcome: { ...tickets, name: 'Angry tickets' } })],
      ['kind of outcome', edited({ outcome: { kind: 'percent' } })],
      ['connection', edited({}, { connection: 'c2', remeasured: false })],
      ['measure', edited({}, { connection: 'c1', remeasured: true })],
      ['mode', edited({ mode: 'manual' }, { connection: null, remeasured: false })],
    ];
    for (const [what, { goal, fields }] of emptied) {
      assert.deepEqual([goal.value, goal.status, goal.asOf, goal.readAt], [null, 'not-started', null, at], what);
      assert.ok(fields.length > 0, what);
    }
  });

  it('that lets a goal follow its children takes their progress at once, and says truly what was', () => {
    const parent: Goal = { ...fed, children: [{ period: '2026-q4', id: 'child', kind: 'key-result', progress: 30, status: 'behind', amount: null, unit: { kind: 'percent' }, score: null, alert: null, private: false, contributes: true }] };
    const { goal, checkIn } = edited({ mode: 'roll-up', outcome: { kind: 'percent' } }, { connection: null, remeasured: false }, parent);
    assert.deepEqual([goal.progress, goal.status], [30, 'behind']);
    assert.deepEqual(checkIn?.was, { value: 12, progress: 100, status: 'on-track' });
  });
});
