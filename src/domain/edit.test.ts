// What an edit keeps of a goal, what it empties, and what it says about both.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Judgement } from './check-in.ts';
import { edit } from './edit.ts';
import { newGoal, openAccess, usualDraft, type Child, type Goal, type GoalDraft } from './goal.ts';
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
const childAt = (progress: number, status: Child['status']): Child =>
  ({ period: '2026-q4', id: 'child', kind: 'key-result', progress, status, amount: progress, unit: { kind: 'percent' }, score: null, alert: null, private: false, contributes: true });
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

  it('after which the value would mean something else leaves no value, asks for none in its place, and says so in the history (C40)', () => {
    const emptied: [string, ReturnType<typeof edited>][] = [
      ['unit', edited({ outcome: { ...tickets, unit: { kind: 'percent' } } })],
      ['metric', edited({ outcome: { ...tickets, name: 'Angry tickets' } })],
      ['kind of outcome', edited({ outcome: { kind: 'percent' } })],
      ['connection', edited({}, { connection: 'c2', remeasured: false })],
      ['measure', edited({}, { connection: 'c1', remeasured: true })],
      ['mode', edited({ mode: 'roll-up' }, { connection: null, remeasured: false })],
    ];
    for (const [what, { goal, fields, checkIn }] of emptied) {
      assert.deepEqual([goal.value, goal.status, goal.asOf, goal.readAt], [null, 'not-started', null, at], what);
      assert.ok(fields.length > 0, what);
      assert.deepEqual([checkIn?.value, checkIn?.was.value, checkIn?.because], [null, 12, { kind: 'edited' }], what);
    }
    const nothing = edited({ mode: 'manual' }, { connection: null, remeasured: false }, { ...fed, value: null, progress: null, status: 'not-started' });
    assert.equal(nothing.checkIn, undefined, 'where there was no value, none is lost');
  });

  it('of the outcome or the source forgets what was heard while updates were stopped, and of the mode that they were', () => {
    const stopped: Goal = { ...fed, stopped: { by: ann, at }, heard: { value: 3, raw: '3', asOf: at, readAt: at } };
    const remeasured = edited({}, { connection: 'c1', remeasured: true }, stopped).goal;
    assert.deepEqual([remeasured.heard, remeasured.stopped], [null, stopped.stopped]);
    const manual = edited({ mode: 'manual' }, { connection: null, remeasured: false }, stopped).goal;
    assert.deepEqual([manual.heard, manual.stopped], [null, null]);
    assert.deepEqual(edited({ title: 'Other' }, same, stopped).goal.heard, stopped.heard);
  });

  it('that hands a goal over to check-ins by hand leaves its last value, with its age, whatever moved it (C26)', () => {
    const { goal, checkIn } = edited({ mode: 'manual' }, { connection: null, remeasured: false });
    assert.deepEqual([goal.value, goal.progress, goal.status, goal.asOf, goal.connection, checkIn], [12, 100, 'on-track', fed.asOf, null, undefined]);
    const stopped = edited({ mode: 'manual' }, { connection: null, remeasured: false }, { ...fed, stopped: { by: ann, at }, heard: { value: 3, raw: '3', asOf: at, readAt: at } }).goal;
    assert.deepEqual([stopped.value, stopped.stopped, stopped.heard], [12, null, null]);
    const parent: Goal = { ...fed, mode: 'roll-up', connection: null, outcome: { kind: 'percent' }, children: [childAt(12, 'behind')], value: 12, progress: 12, status: 'behind' };
    const byHand = edit(parent, { ...draft, outcome: { kind: 'percent' }, mode: 'manual' }, { connection: null, remeasured: false }, judgement).goal;
    assert.deepEqual([byHand.value, byHand.progress], [12, 12]);
    assert.equal(edited({ mode: 'manual', outcome: { kind: 'percent' } }, { connection: null, remeasured: false }).goal.value, null, 'not where it would mean something else');
  });

  it('of the source leaves the value that people have set while updates are stopped (C27)', () => {
    const stopped: Goal = { ...fed, value: 15, asOf: at, stopped: { by: ann, at }, heard: { value: 3, raw: '3', asOf: at, readAt: at } };
    const remeasured = edited({}, { connection: 'c1', remeasured: true }, stopped).goal;
    assert.deepEqual([remeasured.value, remeasured.status, remeasured.heard, remeasured.stopped], [15, 'on-track', null, stopped.stopped]);
    assert.equal(edited({}, { connection: 'c2', remeasured: false }, stopped).goal.value, 15);
    assert.equal(edited({}, { connection: 'c1', remeasured: true }, { ...stopped, asOf: fed.asOf }).goal.value, null, 'what the former source said means nothing any more');
  });

  it('leaves ended what has ended', () => {
    const closed: Goal = { ...fed, status: 'closed', closure: { at, by: { kind: 'person', ...ann }, score: 1, note: '', continuedBy: null } };
    const { goal } = edited({ outcome: { kind: 'percent' } }, same, closed);
    assert.deepEqual([goal.status, goal.closure, goal.value], ['closed', closed.closure, null]);
    assert.equal(edited({ outcome: { ...tickets, target: 10 } }, same, closed).goal.status, 'closed');
  });

  it('of phased targets, dates or where the status comes from judges at once (C21, C25)', () => {
    const half: Goal = { ...fed, outcome: { kind: 'percent' }, mode: 'manual', connection: null, value: 50, progress: 50, status: 'on-track' };
    const change = (more: Partial<GoalDraft>) => edit(half, { ...draft, outcome: half.outcome, mode: 'manual', ...more }, { connection: null, remeasured: false }, judgement);
    const phased = change({ phases: [{ date: '2026-11-15', target: 70 }] });
    assert.deepEqual([phased.goal.status, phased.checkIn?.because, phased.checkIn?.expected, phased.fields], ['behind', { kind: 'edited' }, 70, ['targets by phase']]);
    assert.equal(change({ end: '2026-11-20' }).goal.status, 'at-risk');
    const worst: Goal = { ...half, mode: 'roll-up', children: [childAt(50, 'at-risk')] };
    assert.equal(edit(worst, { ...draft, outcome: half.outcome, mode: 'roll-up', statusFrom: 'children' }, { connection: null, remeasured: false }, judgement).goal.status, 'at-risk');
  });

  it('names what changed as people know it', () => {
    const { fields } = edited({
      kind: 'objective', entity: { kind: 'organization' }, owners: [], checkInOwner: ann, delegate: ann, access: { ...openAccess, private: true }, parents: [{ period: '2026', id: 'p' }],
      ambition: 'committed', tags: ['growth'], scoringGuidance: 'All or nothing.', statusFrom: 'children', start: '2026-10-02', end: '2026-12-30',
    });
    assert.deepEqual(fields, ['kind', 'whose goal it is', 'owners', 'check-in owner', 'delegate', 'access', 'alignment', 'start date', 'end date', 'ambition', 'tags', 'scoring guidance', 'status']);
  });

  it('sets the alert that parents hear of (C48)', () => {
    assert.deepEqual([edited({ owners: [] }).goal.alert, edited({ end: '2026-11-14' }).goal.alert], ['at-risk', 'at-risk']);
  });

  it('that lets a goal follow its children takes their progress at once, and says truly what was', () => {
    const parent: Goal = { ...fed, children: [childAt(30, 'behind')] };
    const { goal, checkIn } = edited({ mode: 'roll-up', outcome: { kind: 'percent' } }, { connection: null, remeasured: false }, parent);
    assert.deepEqual([goal.progress, goal.status], [30, 'behind']);
    assert.deepEqual(checkIn?.was, { value: 12, progress: 100, status: 'on-track' });
  });

  it('of the target of a goal that rolls up works its value out anew, but not one that people have set instead', () => {
    const share = (target: number) => ({ kind: 'metric', direction: 'increase', name: 'Share', unit: { kind: 'percent' }, start: 0, target }) as const;
    const parent: Goal = { ...fed, mode: 'roll-up', connection: null, outcome: share(40), children: [childAt(50, 'on-track')], value: 20, progress: 50 };
    const retargeted = (goal: Goal) => edit(goal, { ...draft, mode: 'roll-up', outcome: share(80) }, { connection: null, remeasured: false }, judgement).goal;
    assert.deepEqual([retargeted(parent).value, retargeted(parent).progress], [40, 50]);
    assert.deepEqual([retargeted({ ...parent, value: 60, progress: 100 }).value, retargeted({ ...parent, value: 60, progress: 100 }).progress], [60, 75]);
    const renamed = edit({ ...parent, value: 25, progress: 62.5 }, { ...draft, title: 'Other', mode: 'roll-up', outcome: share(40) }, { connection: null, remeasured: false }, judgement).goal;
    assert.equal(renamed.value, 25, 'what people set survives every edit of words');
  });
});
