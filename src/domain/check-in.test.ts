// The only place where a goal moves: every kind of change, and what must never happen.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { CheckIn, move, type Change, type Judgement } from './check-in.ts';
import { Goal, asChild, newGoal, type Child, type Task } from './goal.ts';
import type { Outcome } from './outcome.ts';
import { automaticOf } from './roll-up.ts';
import { Status, defaultThresholds, isEnded } from './status.ts';
import { usualModel } from './organization.ts';

const person = { id: 'o', name: 'Olga' };
const source = { kind: 'connection', id: 'shop', name: 'Shop' } as const;
/** Ten days, so that 10 points are expected a day. */
const [start, end] = ['2026-11-01', '2026-11-11'];
const on = (day: number, hour = 9): Judgement => {
  const today = `2026-11-${String(day).padStart(2, '0')}`;
  return { at: `${today}T${String(hour).padStart(2, '0')}:00:00.000Z`, today, thresholds: defaultThresholds, model: usualModel, by: source };
};

const byHand = (day: number, hour = 9): Judgement => ({ ...on(day, hour), by: { kind: 'person', ...person } });
const task = (id: string, done = false): Task => ({ id, name: `Task ${id}`, owner: null, due: null, done });

function goal(change: Partial<Goal> = {}): Goal {
  const draft: Parameters<typeof newGoal>[0] = { kind: 'key-result', title: 'Ship it', description: '', owners: [person], parents: [], start, end,
    outcome: { kind: 'percent' }, mode: 'source' };
  return { ...newGoal(draft, { period: '2026-q4', id: 'g1', by: person, at: '2026-10-01T09:00:00.000Z' }), ...change };
}
const reading = (value: number, readAt: string, asOf = readAt): Change => ({ kind: 'reading', value, raw: `${value}`, asOf, readAt });
const state = (g: Goal) => ({ value: g.value, progress: g.progress, status: g.status });
const metric = (rest: object) => ({ kind: 'metric', name: 'Orders', unit: { kind: 'none' }, ...rest }) as Outcome;

const plain = { amount: null, unit: { kind: 'percent' }, score: null, alert: null, private: false, contributes: true } as const;
const child = (id: string, progress: number | null, status: Child['status'] = 'on-track', kind: Child['kind'] = 'key-result'): Child =>
  ({ period: '2026-q4', id, kind, progress, status, ...plain });
const parent = (change: Partial<Goal> = {}) => goal({ kind: 'objective', mode: 'roll-up', progress: null, ...change });
const hear = (g: Goal, c: Omit<Child, 'contributes'>, j = on(6)) => move(g, { kind: 'child', child: c }, j);

describe('a reading', () => {
  it('moves a goal and says what it became, what it was, and who said so (C26, C40)', () => {
    const j = on(6);
    const { goal: next, checkIn } = move(goal(), { kind: 'reading', value: 30, raw: '30.0', asOf: '2026-11-06T08:00:00.000Z', readAt: j.at }, j);
    assert.deepEqual(state(next), { value: 30, progress: 30, status: 'behind' });
    assert.deepEqual([next.asOf, next.readAt], ['2026-11-06T08:00:00.000Z', j.at]);
    assert.deepEqual(checkIn, {
      goal: { period: '2026-q4', id: 'g1' }, at: j.at, by: source, value: 30, progress: 30, status: 'behind',
      expected: 50, note: '', was: { value: null, progress: 0, status: 'not-started' }, raw: '30.0', says: true,
    });
  });

  it('takes a goal from On Track past Behind to At Risk (C21)', () => {
    let current = goal();
    for (const [hour, value, status] of [[9, 60, 'on-track'], [10, 40, 'behind'], [11, 20, 'at-risk']] as const) {
      const was = current.status;
      const moved = move(current, reading(value, on(6, hour).at), on(6, hour));
      assert.deepEqual([moved.checkIn?.was.status, moved.checkIn?.status, moved.goal.status], [was, status, status]);
      current = moved.goal;
    }
  });

  it('is ignored when something newer, or just as new, was read or said', () => {
    const current = move(goal(), reading(60, on(6).at), on(6)).goal;
    for (const readAt of [on(6).at, on(5).at]) assert.deepEqual(move(current, reading(10, readAt), on(7)), { goal: current });
  });

  it('does not undo a check-in that a person made after it was read', () => {
    const said = move(goal(), { kind: 'check-in', value: 80, note: '' }, on(6, 12)).goal;
    assert.deepEqual(move(said, reading(10, on(6, 11).at), on(6, 13)), { goal: said });
  });

  it('of the same value is remembered without a word', () => {
    const first = move(goal(), reading(60, on(6).at), on(6)).goal;
    const again = move(first, reading(60, on(6, 10).at), on(6, 10));
    assert.equal(again.checkIn, undefined);
    assert.deepEqual(again.goal, { ...first, asOf: on(6, 10).at, readAt: on(6, 10).at });
  });

  it('of the same value speaks up when the days have made it too little', () => {
    const first = move(goal(), reading(60, on(6).at), on(6)).goal;
    assert.deepEqual(move(first, reading(60, on(8).at), on(8)).checkIn?.status, 'behind');
  });

  it('of 0 is a value, not a missing one', () => {
    const { goal: next, checkIn } = move(goal(), reading(0, on(6).at), on(6));
    assert.deepEqual(state(next), { value: 0, progress: 0, status: 'at-risk' });
    assert.equal(checkIn?.value, 0);
  });

  it('judges what has to stay by its value, and a baseline not at all (C16, C17, C22)', () => {
    const below = goal({ outcome: metric({ direction: 'stay-below', target: 5, risk: 8 }), progress: null });
    assert.deepEqual([4, 5, 8].map(v => state(move(below, reading(v, on(6).at), on(6)).goal)), [
      { value: 4, progress: 100, status: 'on-track' }, { value: 5, progress: 0, status: 'behind' }, { value: 8, progress: 0, status: 'at-risk' },
    ]);
    const baseline = goal({ outcome: metric({ direction: 'baseline' }), progress: null });
    assert.deepEqual(state(move(baseline, reading(4, on(6).at), on(6)).goal), { value: 4, progress: null, status: 'in-progress' });
  });
});

describe('a check-in', () => {
  it('sets the value and is dated by its own time (C26, C36)', () => {
    const { goal: next, checkIn } = move(goal(), { kind: 'check-in', value: 55, note: 'Half way' }, on(6));
    assert.deepEqual(state(next), { value: 55, progress: 55, status: 'on-track' });
    assert.deepEqual([next.asOf, next.readAt, checkIn?.note, checkIn?.raw], [on(6).at, on(6).at, 'Half way', undefined]);
  });

  it('with a word alone leaves the value and its age, and stands in the history (C36)', () => {
    const before = move(goal(), reading(60, on(6).at), on(6)).goal;
    const { goal: next, checkIn } = move(before, { kind: 'check-in', note: 'Still fine' }, on(6, 11));
    assert.deepEqual(next, { ...before, checkedInAt: on(6, 11).at });
    assert.equal(checkIn?.note, 'Still fine');
  });

  it('on a goal without a value leaves it not started', () => {
    assert.equal(move(goal(), { kind: 'check-in', note: 'Soon' }, on(6)).goal.status, 'not-started');
  });

  it('may set the status by hand, until something automatic comes (C36)', () => {
    const said = move(goal(), { kind: 'check-in', value: 10, status: 'on-track', note: '' }, on(6)).goal;
    assert.equal(said.status, 'on-track');
    assert.equal(move(said, reading(11, on(6, 10).at), on(6, 10)).goal.status, 'at-risk');
  });

  it('may set the status by hand of a goal without a value, which time judges by where it begins (C21, C36)', () => {
    const begun = move(goal({ mode: 'manual' }), { kind: 'check-in', status: 'on-track', note: '' }, byHand(3)).goal;
    assert.deepEqual(state(begun), { value: null, progress: 0, status: 'on-track' });
    assert.equal(move(begun, { kind: 'time' }, on(3)).goal.status, 'behind');
    assert.equal(move(begun, { kind: 'time' }, on(9)).goal.status, 'at-risk');
    const limit = goal({ mode: 'manual', outcome: metric({ direction: 'stay-below', target: 5 }), progress: null });
    const fine = move(limit, { kind: 'check-in', status: 'on-track', note: '' }, byHand(3)).goal;
    assert.equal(move(fine, { kind: 'time' }, on(9)).goal.status, 'on-track', 'nothing is known to judge it by');
  });

  for (const status of ['closed', 'postponed'] as const) {
    it(`does not reopen a ${status} goal by a word or a value`, () => {
      const ended = goal({ status, value: 30, progress: 30 });
      assert.equal(move(ended, { kind: 'check-in', note: 'Well done' }, on(6)).goal.status, status);
      assert.deepEqual(state(move(ended, { kind: 'check-in', value: 100, status: 'on-track', note: '' }, on(6)).goal), { value: 100, progress: 100, status });
    });
  }
});

describe('time', () => {
  it('moves the status of a goal that no source moved (C21)', () => {
    const before = move(goal(), reading(50, on(6).at), on(6)).goal;
    const { goal: next, checkIn } = move(before, { kind: 'time' }, { ...on(7), by: { kind: 'time' } });
    assert.deepEqual(next, { ...before, status: 'behind' });
    assert.deepEqual([checkIn?.was.status, checkIn?.status, checkIn?.expected, checkIn?.by.kind], ['on-track', 'behind', 60, 'time']);
    assert.equal(move(next, { kind: 'time' }, on(9)).goal.status, 'at-risk');
  });

  it('leaves a goal alone that is as it was', () => {
    const before = move(goal(), reading(80, on(6).at), on(6)).goal;
    const { goal: next, checkIn } = move(before, { kind: 'time' }, on(7));
    assert.equal(next, before, 'the very goal: there is nothing to write');
    assert.equal(checkIn, undefined);
  });

  it('does not start a goal that has no value', () => {
    assert.deepEqual(move(goal(), { kind: 'time' }, on(3)), { goal: goal() });
    assert.deepEqual(move(goal(), { kind: 'time' }, on(11)), { goal: goal({ alert: 'at-risk' }) }, 'though it is far behind');
  });

  it('judges a parent that counts something by its own sum', () => {
    const sums = parent({ outcome: metric({ direction: 'reach', target: 1000 }), progress: null });
    const heard = hear(sums, { ...child('k', 60), amount: 600, unit: { kind: 'none' } }).goal;
    assert.deepEqual(state(heard), { value: 600, progress: 60, status: 'on-track' });
    assert.equal(move(heard, { kind: 'time' }, on(6, 10)).goal, heard);
    assert.equal(move(heard, { kind: 'time' }, on(8)).goal.status, 'behind');
  });

  it('sets an alert that parents hear of, without a check-in', () => {
    const before = move(goal({ outcome: metric({ direction: 'stay-below', target: 5 }) }), reading(4, on(6).at), on(6)).goal;
    const { goal: next, checkIn } = move(before, { kind: 'time' }, on(12));
    assert.deepEqual([before.alert, next.alert, asChild(next).alert, checkIn], [null, 'at-risk', 'at-risk', undefined]);
  });

  it('judges an opened goal the next day (C47)', () => {
    const opened = goal({ status: 'reopened', value: 70, progress: 70 });
    assert.equal(move(opened, { kind: 'time' }, on(7)).goal.status, 'on-track');
  });
});

describe('a child\'s news', () => {
  it('rolls up by equal weight, with a check-in (C26, C28, C40)', () => {
    const one = hear(parent(), child('a', 80)).goal;
    const { goal: both, checkIn } = hear(one, child('b', 0));
    assert.deepEqual(state(both), { value: 40, progress: 40, status: 'behind' });
    assert.deepEqual([checkIn?.was.progress, checkIn?.progress], [80, 40]);
    assert.deepEqual(checkIn?.because, { kind: 'child', child: { period: '2026-q4', id: 'b' }, was: null, is: 0 });
  });

  it('replaces what was known of the same child', () => {
    const next = hear(hear(parent(), child('a', 10)).goal, child('a', 90)).goal;
    assert.deepEqual([next.children.length, next.progress], [1, 90]);
  });

  it('that is no news makes no check-in', () => {
    const once = hear(parent(), child('a', 80)).goal;
    assert.equal(hear(once, child('a', 80)).checkIn, undefined);
  });

  it('does not start the parent while no child has started', () => {
    const next = hear(parent(), child('a', 0, 'not-started')).goal;
    assert.deepEqual([next.progress, next.status], [0, 'not-started']);
    assert.deepEqual(move(next, { kind: 'time' }, on(11)), { goal: next });
    assert.equal(hear(next, child('b', 0, 'at-risk')).goal.status, 'at-risk');
  });

  it('of an initiative, or without progress, is remembered and counts for nothing', () => {
    const next = hear(hear(parent(), child('a', 80)).goal, child('i', 0, 'at-risk', 'initiative')).goal;
    assert.deepEqual([next.progress, next.children.length], [80, 2]);
    assert.deepEqual(state(hear(parent(), child('b', null, 'in-progress')).goal), { value: null, progress: null, status: 'not-started' });
  });

  it('goes with the child', () => {
    const both = hear(hear(parent(), child('a', 80)).goal, child('b', 0)).goal;
    const { goal: one, checkIn } = move(both, { kind: 'child-gone', id: 'b' }, on(6));
    assert.deepEqual(state(one), { value: 80, progress: 80, status: 'on-track' });
    assert.ok(checkIn);
    assert.deepEqual(state(move(one, { kind: 'child-gone', id: 'a' }, on(6)).goal), { value: null, progress: null, status: 'not-started' });
  });

  it('is remembered by a parent that goes by something else, and moves it not', () => {
    const manual = move(goal({ mode: 'manual' }), { kind: 'check-in', value: 50, note: '' }, on(6)).goal;
    const { goal: next, checkIn } = hear(manual, child('a', 0));
    assert.deepEqual(next, { ...manual, children: [child('a', 0)], alert: next.alert });
    assert.equal(checkIn, undefined);
  });

  it('travels from the child\'s own state', () => {
    const kr = move(goal({ id: 'a' }), reading(30, on(6).at), on(6)).goal;
    assert.deepEqual(state(hear(parent(), asChild(kr)).goal), { value: 30, progress: 30, status: 'behind' });
  });
});

describe('children and the end of a parent', () => {
  const closed = (id: string, score: number | null, rest: Partial<Child> = {}): Child => ({ ...child(id, 70, 'closed'), score, ...rest });
  const two = () => hear(hear(parent(), child('a', 70)).goal, closed('b', 0.4)).goal;

  it('close together, with the mean of their scores (C32)', () => {
    const { goal: next, checkIn } = hear(two(), closed('a', 0.7), on(6, 10));
    assert.deepEqual(state(next), { value: 70, progress: 70, status: 'closed' });
    assert.deepEqual(next.closure, { at: on(6, 10).at, by: { kind: 'children' }, score: 0.55, note: '', continuedBy: null });
    assert.deepEqual([checkIn?.status, checkIn?.score], ['closed', 0.55]);
    assert.equal(asChild(next).score, 0.55);
  });

  it('go on together: the parent opens when one is opened again, or a new one comes (C32)', () => {
    const ended = hear(two(), closed('a', 0.7)).goal;
    for (const word of [child('b', 20, 'reopened'), child('c', 0, 'not-started')]) {
      const { goal: next, checkIn } = hear(ended, word, on(6, 10));
      assert.deepEqual([next.status, next.closure, checkIn?.was.status], ['behind', null, 'closed']);
    }
    assert.equal(hear(ended, closed('b', 0.5)).goal.closure?.score, 0.6, 'and a score that is set right is heard');
    assert.equal(move(ended, { kind: 'child-gone', id: 'b' }, on(6, 10)).goal.closure?.score, 0.7);
  });

  it('do not open what a person has closed (C32)', () => {
    const ended = move(two(), { kind: 'close', score: 0.9, note: 'Enough.' }, byHand(6)).goal;
    const later = [closed('a', 0.1), child('b', 20, 'behind'), child('c', 0)].reduce((g, c) => hear(g, c, on(7)).goal, ended);
    assert.deepEqual([state(later), later.closure, later.children.length], [state(ended), ended.closure, 3]);
  });

  it('close what stands between a person’s word and the last child’s (C32)', () => {
    const said = move(two(), { kind: 'check-in', value: 10, note: '' }, byHand(6)).goal;
    assert.deepEqual(state(hear(said, closed('a', 0.7), on(6, 10)).goal), { value: 70, progress: 70, status: 'closed' });
  });

  it('are put off together (C25)', () => {
    const off = hear(hear(parent(), child('a', 30, 'postponed')).goal, child('b', 10, 'postponed')).goal;
    assert.deepEqual([off.status, off.closure?.by, off.closure?.score], ['postponed', { kind: 'children' }, null]);
    assert.deepEqual([hear(off, child('b', 10, 'behind')).goal.status, hear(off, child('b', 10, 'behind')).goal.closure], ['at-risk', null]);
  });

  it('let a parent be opened by hand although all of them are closed, until they say something new (C32, C47)', () => {
    const opened = move(hear(two(), closed('a', 0.7)).goal, { kind: 'reopen', note: 'Not yet.' }, byHand(6)).goal;
    assert.deepEqual([opened.status, opened.closure], ['reopened', null]);
    assert.equal(hear(opened, closed('a', 0.7), on(6, 10)).goal, opened, 'a repeated word');
    const next = move(opened, { kind: 'time' }, on(7)).goal;
    assert.deepEqual([next.status, next.closure], ['on-track', null]);
    assert.equal(hear(next, closed('a', 0.8), on(7, 10)).goal.status, 'closed');
  });

  it('give their worst status to a parent that takes it from them (C25)', () => {
    const worst = (...statuses: Child['status'][]) => statuses.reduce((g, s, n) => hear(g, child(`k${n}`, 90, s)).goal, parent({ statusFrom: 'children' })).status;
    assert.deepEqual(
      [worst('on-track', 'at-risk', 'behind'), worst('on-track', 'behind'), worst('on-track', 'not-started'), worst('not-started'), worst('closed', 'not-started')],
      ['at-risk', 'behind', 'on-track', 'not-started', 'on-track']);
    const behind = hear(parent({ statusFrom: 'children' }), child('a', 100, 'behind')).goal;
    assert.equal(move(behind, { kind: 'time' }, on(7)).goal, behind, 'whatever time expects');
  });
});

describe('what people set on a goal that moves by itself', () => {
  const rolling = () => hear(parent(), child('a', 60)).goal;
  const fed = () => move(goal(), reading(60, on(6).at), on(6)).goal;
  const say = (g: Goal, value: number, updates?: 'stop', hour = 10) => move(g, { kind: 'check-in', value, note: '', ...(updates ? { updates } : {}) }, byHand(6, hour)).goal;

  it('once holds until the next automatic update, and no repeated or other word is one (C27)', () => {
    const said = say(rolling(), 90);
    assert.deepEqual(state(said), { value: 90, progress: 90, status: 'on-track' });
    assert.deepEqual(automaticOf(said), { value: 60, progress: 60 }, 'what it would be can be shown beside it');
    for (const word of [child('a', 60), { ...child('a', 60), alert: 'at-risk' as const }, { ...child('a', 60), private: true }, child('i', 5, 'behind', 'initiative')]) {
      assert.deepEqual(state(hear(said, word, on(6, 11)).goal), state(said), JSON.stringify(word));
    }
    assert.equal(hear(said, child('a', 61), on(6, 11)).goal.progress, 61);
    assert.equal(move(say(fed(), 90), reading(62, on(6, 11).at), on(6, 11)).goal.value, 62);
  });

  it('is not Not Started, although no child has begun (C27)', () => {
    const said = say(hear(parent(), child('a', 0, 'not-started')).goal, 60);
    assert.equal(said.status, 'on-track');
    assert.equal(move(said, { kind: 'time' }, on(7)).goal.status, 'on-track');
    assert.equal(move(said, { kind: 'time' }, on(8)).goal.status, 'behind');
  });

  it('stops updates from children if they want it: those are remembered, and taken at once when they resume (C27, C40)', () => {
    const stopped = say(rolling(), 90, 'stop');
    assert.deepEqual(stopped.stopped, { by: person, at: on(6, 10).at });
    const { goal: heard, checkIn } = hear(stopped, child('a', 20), on(6, 11));
    assert.deepEqual([state(heard), checkIn, automaticOf(heard)], [state(stopped), undefined, { value: 20, progress: 20 }]);
    const closed = hear(heard, { ...child('a', 20, 'closed'), score: 0.2 }, on(6, 12)).goal;
    assert.equal(closed.status, 'on-track', 'and children do not close it');
    const resumed = move(heard, { kind: 'resume' }, byHand(6, 13));
    assert.deepEqual([state(resumed.goal), resumed.goal.stopped, resumed.checkIn?.because], [{ value: 20, progress: 20, status: 'at-risk' }, null, { kind: 'resumed' }]);
    assert.equal(move(closed, { kind: 'resume' }, byHand(6, 13)).goal.closure?.score, 0.2);
  });

  it('stops updates from a source: what it says is kept, the newest only, and taken at once when they resume (C27, C40)', () => {
    const stopped = say(fed(), 90, 'stop');
    assert.equal(automaticOf(stopped), undefined, 'nothing has been heard yet');
    const heard = move(move(stopped, reading(30, on(6, 12).at, on(6, 11).at), on(6, 12)).goal, reading(99, on(6, 11).at), on(6, 12)).goal;
    assert.deepEqual([state(heard), heard.heard, automaticOf(heard)],
      [state(stopped), { value: 30, raw: '30', asOf: on(6, 11).at, readAt: on(6, 12).at }, { value: 30, progress: 30 }]);
    const { goal: next, checkIn } = move(heard, { kind: 'resume' }, byHand(6, 13));
    assert.deepEqual([state(next), next.stopped, next.heard, next.asOf, checkIn?.because], [{ value: 30, progress: 30, status: 'behind' }, null, null, on(6, 11).at, { kind: 'resumed' }]);
    const unheard = move(stopped, { kind: 'resume' }, byHand(6, 13));
    assert.deepEqual([state(unheard.goal), unheard.checkIn], [state(stopped), undefined], 'A source that said nothing is waited for.');
  });

  it('is judged by time while updates are stopped, but a status they set too holds until they check in again or resume (C27)', () => {
    const valued = say(rolling(), 60, 'stop');
    assert.equal(move(valued, { kind: 'time' }, on(8)).goal.status, 'behind');
    const held = move(rolling(), { kind: 'check-in', value: 10, status: 'on-track', note: '', updates: 'stop' }, byHand(6)).goal;
    assert.equal(move(held, { kind: 'time' }, on(9)).goal.status, 'on-track');
    assert.equal(move(held, { kind: 'check-in', note: 'Hm.' }, byHand(9)).goal.status, 'at-risk');
    assert.deepEqual(state(move(held, { kind: 'resume' }, byHand(9)).goal), { value: 60, progress: 60, status: 'behind' });
  });

  it('lets stopped updates go on where somebody checks in and says so: what they say now is overwritten by the next (C27)', () => {
    const fed = say(goal(), 70, 'stop');
    const heard = move(fed, reading(20, on(6, 10).at), on(6, 10)).goal;
    const { goal: next } = move(heard, { kind: 'check-in', value: 65, note: '', updates: 'go-on' }, byHand(6, 12));
    assert.deepEqual([next.value, next.stopped, next.heard], [65, null, null]);
    assert.equal(move(next, reading(20, on(6, 13).at), on(6, 13)).goal.value, 20);
    assert.ok(move(heard, { kind: 'check-in', value: 65, note: '' }, byHand(6, 12)).goal.stopped, 'not where they say nothing of it');
    const held = move(rolling(), { kind: 'check-in', value: 10, status: 'on-track', note: '', updates: 'stop' }, byHand(6)).goal;
    const freed = move(held, { kind: 'check-in', value: 12, note: '', updates: 'go-on' }, byHand(7)).goal;
    assert.deepEqual([freed.value, freed.stopped], [12, null]);
    assert.equal(hear(freed, child('a', 30), on(7, 12)).goal.value, 30);
  });

  it('stops nothing on a goal that moves by hand (C27)', () => {
    assert.equal(say(goal({ mode: 'manual' }), 5, 'stop').stopped, null);
    const manual = goal({ mode: 'manual' });
    assert.equal(move(manual, { kind: 'resume' }, byHand(6)).goal, manual);
  });
});

describe('weights', () => {
  it('move a parent at once, which says why (C29, C40)', () => {
    const both = hear(hear(parent(), child('a', 80)).goal, child('b', 0)).goal;
    const { goal: next, checkIn } = move(both, { kind: 'weights', weights: { a: 75 } }, byHand(6));
    assert.deepEqual([next.progress, next.children.map(c => c.fixed), checkIn?.because, checkIn?.by.kind], [60, [75, undefined], { kind: 'weights' }, 'person']);
    assert.equal(move(next, { kind: 'weights', weights: { b: 0 } }, byHand(6)).goal.progress, 80, 'excluded (C30)');
    assert.equal(move(next, { kind: 'weights', weights: { a: null, b: null } }, byHand(6)).goal.progress, 40);
    assert.equal(move(next, { kind: 'weights', weights: { a: 75 } }, byHand(6)).goal, next, 'what is so already changes nothing');
  });

  it('stay when the child moves (C29)', () => {
    const weighed = move(hear(hear(parent(), child('a', 80)).goal, child('b', 0)).goal, { kind: 'weights', weights: { a: 75 } }, byHand(6)).goal;
    assert.equal(hear(weighed, child('a', 40)).goal.progress, 30);
  });

  it('of a policy hold for what is new (C30)', () => {
    const j = { ...on(6), model: { ...usualModel, newChildrenContribute: false } };
    const next = hear(hear(parent(), child('a', 80)).goal, child('b', 0), j).goal;
    assert.deepEqual([next.progress, next.children.map(c => c.contributes)], [80, [true, false]]);
  });
});

describe('an initiative with tasks', () => {
  const initiative = (change: Partial<Goal> = {}) => goal({ kind: 'initiative', mode: 'roll-up', progress: null, ...change });
  const tasks = (...done: boolean[]): Change => ({ kind: 'tasks', tasks: done.map((d, n) => task(`t${n}`, d)) });

  it('is as far as its tasks are done, and says what changed (C40, C41)', () => {
    const begun = move(initiative(), tasks(false, false, false, false), byHand(6)).goal;
    assert.deepEqual(state(begun), { value: 0, progress: 0, status: 'not-started' });
    const { goal: next, checkIn } = move(begun, tasks(true, true, true, false), byHand(6));
    assert.deepEqual(state(next), { value: 75, progress: 75, status: 'on-track' });
    assert.deepEqual(checkIn?.because, { kind: 'tasks', completed: ['Task t0', 'Task t1', 'Task t2'], reopened: [], added: [], removed: [] });
    assert.equal(next.checkedInAt, on(6).at);
    assert.deepEqual(state(move(next, { kind: 'tasks', tasks: [] }, byHand(7)).goal), { value: null, progress: null, status: 'not-started' }, 'of nothing there is no part');
  });

  it('takes a new list without a word where nothing was done, added or removed', () => {
    const begun = move(initiative(), tasks(true, false), byHand(6)).goal;
    const { goal: next, checkIn } = move(begun, { kind: 'tasks', tasks: begun.tasks.map(t => ({ ...t, due: '2027-01-01' })) }, byHand(6));
    assert.deepEqual([next.tasks[0]?.due, checkIn, state(next)], ['2027-01-01', undefined, state(begun)]);
  });

  it('is not moved by them where it counts a metric, or goes by hand; what was done is said all the same (C41)', () => {
    for (const other of [initiative({ outcome: metric({ direction: 'reach', target: 5 }) }), initiative({ mode: 'manual' })]) {
      const { goal: next, checkIn } = move(other, tasks(true), byHand(6));
      assert.deepEqual([state(next), next.tasks.length, checkIn?.because?.kind], [state(other), 1, 'tasks']);
    }
  });

  it('holds what people set instead until a task is done (C27, C41)', () => {
    const said = move(move(initiative(), tasks(true, false), byHand(6)).goal, { kind: 'check-in', value: 80, note: '' }, byHand(6, 10)).goal;
    const renamed = move(said, { kind: 'tasks', tasks: said.tasks.map(t => ({ ...t, name: 'Other' })) }, byHand(6, 11)).goal;
    assert.deepEqual([renamed.value, move(renamed, tasks(true, true), byHand(6, 12)).goal.value], [80, 100]);
    assert.equal(hear(said, child('k', 5, 'at-risk')).goal.value, 80, 'goals under an initiative are no tasks');
  });
});

describe('the end of a goal by hand', () => {
  const open = () => move(goal({ mode: 'manual' }), { kind: 'check-in', value: 60, note: '' }, byHand(6)).goal;

  it('closes it with a last value, a score and a note (C22, C42)', () => {
    const { goal: next, checkIn } = move(open(), { kind: 'close', value: 80, score: 0.8, note: 'Well done.' }, byHand(8));
    assert.deepEqual(state(next), { value: 80, progress: 80, status: 'closed' });
    assert.deepEqual(next.closure, { at: on(8).at, by: { kind: 'person', ...person }, score: 0.8, note: 'Well done.', continuedBy: null });
    assert.deepEqual([checkIn?.note, checkIn?.score, checkIn?.status, checkIn?.was.value], ['Well done.', 0.8, 'closed', 60]);
    assert.equal(move(open(), { kind: 'close', score: null, note: '' }, byHand(8)).goal.value, 60, 'without a value it keeps the one it has');
  });

  it('puts it off, and says where it goes on (C22)', () => {
    const continuedBy = { period: '2027-q1', id: 'g9' };
    const { goal: next, checkIn } = move(open(), { kind: 'postpone', note: 'Next year.', continuedBy }, byHand(8));
    assert.deepEqual([next.status, next.value, next.closure?.score, next.closure?.continuedBy, checkIn?.note], ['postponed', 60, null, continuedBy, 'Next year.']);
  });

  it('keeps readings out until it is undone by opening it again (C22, C47)', () => {
    const ended = move(open(), { kind: 'close', score: 0.8, note: '' }, byHand(8)).goal;
    const { goal: next, checkIn } = move(ended, { kind: 'reopen', note: 'Too soon.' }, byHand(9));
    assert.deepEqual([state(next), next.closure, checkIn?.note], [{ value: 60, progress: 60, status: 'reopened' }, null, 'Too soon.']);
    assert.equal(move(next, { kind: 'time' }, on(10)).goal.status, 'at-risk');
    assert.deepEqual(move(ended, reading(70, on(9).at), on(9)).goal, ended, 'a closed goal is read no more');
    assert.deepEqual(state(move(next, reading(90, on(10).at), on(10)).goal), { value: 90, progress: 90, status: 'on-track' });
    const still = open();
    assert.equal(move(still, { kind: 'reopen', note: '' }, byHand(9)).goal, still, 'what is open needs no opening');
  });

  it('lets a goal that rolls up follow its children again once it is opened, as they are by then (C47)', () => {
    const ended = move(hear(parent(), child('a', 60)).goal, { kind: 'close', value: 90, score: 0.9, note: '' }, byHand(6)).goal;
    const later = hear(ended, child('a', 70)).goal;
    assert.equal(later.value, 90);
    assert.deepEqual(state(move(later, { kind: 'reopen', note: '' }, byHand(7)).goal), { value: 70, progress: 70, status: 'reopened' });
  });

  it('counts as a check-in of the day; what children, time and weights do does not (C36, C40)', () => {
    assert.equal(move(open(), { kind: 'close', score: null, note: '' }, byHand(8)).goal.checkedInAt, on(8).at);
    assert.equal(move(goal(), reading(5, on(6).at), on(6)).goal.checkedInAt, on(6).at);
    assert.equal(move(open(), { kind: 'time' }, on(11)).goal.checkedInAt, on(6).at);
    assert.equal(hear(parent(), child('a', 5)).goal.checkedInAt, null);
  });
});

describe('the laws of moving', () => {
  const outcome: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome>(
    { kind: 'percent' }, metric({ direction: 'reach', target: 200 }),
    metric({ direction: 'increase', start: -10, target: 90 }), metric({ direction: 'decrease', start: 90, target: -10 }),
    metric({ direction: 'stay-above', target: 50, risk: 40 }), metric({ direction: 'stay-below', target: 50 }), metric({ direction: 'baseline' }),
  );
  const value = fc.double({ min: -500, max: 500, noNaN: true });
  const day = fc.integer({ min: 1, max: 28 });
  const status = fc.constantFrom(...Status.options);
  const child: fc.Arbitrary<Child> = fc.record({
    period: fc.constant('2026-q4'), id: fc.constantFrom('a', 'b', 'c'), kind: fc.constantFrom('objective', 'key-result', 'initiative'),
    progress: fc.option(fc.double({ min: 0, max: 100, noNaN: true })), status,
  }, { noNullPrototype: true }).map(c => ({ ...c, ...plain }));
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.tuple(value, day).map(([v, d]) => reading(v, on(d).at)),
    fc.record({ kind: fc.constant('check-in' as const), value: fc.option(value, { nil: undefined }),
      status: fc.option(status, { nil: undefined }), note: fc.string(), updates: fc.constantFrom(undefined, 'stop' as const, 'go-on' as const) }, { noNullPrototype: true }),
    child.map((c): Change => ({ kind: 'child', child: c })),
    fc.constantFrom<Change>({ kind: 'child-gone', id: 'a' }, { kind: 'time' }, { kind: 'resume' }, { kind: 'reopen', note: '' }, { kind: 'postpone', note: '', continuedBy: null }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'x'), fc.constantFrom(null, 0, 30, 70)).map((weights): Change => ({ kind: 'weights', weights })),
    fc.subarray([1, 2, 3]).chain(ids => fc.tuple(fc.constant(ids), fc.boolean())).map(([ids, done]): Change => ({ kind: 'tasks', tasks: ids.map(n => task(`t${n}`, done)) })),
    fc.tuple(fc.option(value, { nil: undefined }), fc.constantFrom(null, 0.5)).map(([v, score]): Change => ({ kind: 'close', value: v, score, note: '' })),
  );
  /** Goals as they come to be: a new one and anything that may have happened to it. */
  const anyGoal = fc.tuple(
    outcome, fc.constantFrom<Goal['mode']>('manual', 'roll-up', 'source'), fc.constantFrom<Goal['kind']>('objective', 'initiative'),
    fc.constantFrom<Goal['statusFrom']>('progress', 'children'), fc.array(fc.tuple(change, day), { maxLength: 6 }),
  ).map(([o, mode, kind, statusFrom, past]) => {
    const draft: Parameters<typeof newGoal>[0] = { kind, statusFrom, title: 'Ship it', description: '', owners: [person], parents: [], start, end, outcome: o, mode };
    const fresh = newGoal(draft, { period: '2026-q4', id: 'g1', by: person, at: '2026-10-01T09:00:00.000Z' });
    return past.reduce((g, [c, d]) => move(g, c, byHand(d)).goal, fresh);
  });
  const endings = fc.constantFrom<Change>({ kind: 'close', score: 0.3, note: '' }, { kind: 'postpone', note: '', continuedBy: null });
  const ended = fc.tuple(anyGoal, endings).map(([g, ending]) => move(g, ending, byHand(28)).goal);

  it('the same reading twice is the same reading once', () => {
    fc.assert(fc.property(anyGoal, value, day, (g, v, d) => {
      const once = move(g, reading(v, on(d).at), on(d));
      assert.deepEqual(move(once.goal, reading(v, on(d).at), on(d)), { goal: once.goal });
    }));
  });

  it('two readings leave the newer one, in whatever order they come', () => {
    fc.assert(fc.property(anyGoal, value, value, fc.tuple(day, day).filter(([a, b]) => a !== b), (g, v, w, [a, b]) => {
      const [one, two] = [reading(v, on(a).at), reading(w, on(b).at)];
      const both = (first: Change, second: Change) => move(move(g, first, on(28)).goal, second, on(28)).goal;
      assert.deepEqual(both(one, two), both(two, one));
    }));
  });

  it('nothing automatic touches an ended goal but its memory of children', () => {
    const automatic = change.filter(c => ['reading', 'child', 'child-gone', 'weights', 'time'].includes(c.kind));
    fc.assert(fc.property(ended, automatic, day, (g, c, d) => {
      const moved = move(g, c, on(d));
      assert.equal(moved.checkIn, undefined);
      assert.deepEqual({ ...moved.goal, children: [] }, { ...g, children: [] });
    }));
  });

  it('every check-in says truly what was and what became', () => {
    fc.assert(fc.property(anyGoal, change, day, (g, c, d) => {
      const { goal: next, checkIn } = move(g, c, byHand(d));
      if (checkIn === undefined) {
        assert.deepEqual(state(next), state(g));
        return;
      }
      assert.deepEqual(checkIn.was, state(g));
      assert.deepEqual({ value: checkIn.value, progress: checkIn.progress, status: checkIn.status }, state(next));
      assert.deepEqual(CheckIn.parse(checkIn), checkIn);
    }));
  });

  it('what comes out is a goal, what went in is as it was, and the same again gives the same', () => {
    fc.assert(fc.property(anyGoal, change, day, (g, c, d) => {
      const before = structuredClone(g);
      const moved = move(g, c, byHand(d));
      assert.deepEqual(Goal.parse(moved.goal), moved.goal);
      assert.deepEqual(g, before);
      assert.deepEqual(move(g, c, byHand(d)), moved);
      assert.equal(moved.goal.closure !== null, isEnded(moved.goal.status), 'What has ended says how, and nothing else does.');
    }));
  });

  it('time never makes a status better', () => {
    const rank: Partial<Record<Status, number>> = { 'on-track': 0, behind: 1, 'at-risk': 2 };
    fc.assert(fc.property(anyGoal, day, fc.nat(20), (g, d, later) => {
      const now = move(g, { kind: 'time' }, on(d)).goal;
      const then = move(now, { kind: 'time' }, on(Math.min(28, d + later))).goal;
      assert.ok((rank[then.status] ?? 0) >= (rank[now.status] ?? 0), `${now.status} became ${then.status}`);
    }));
  });
});
