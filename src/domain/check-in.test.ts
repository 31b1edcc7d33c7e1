// The only place where a goal moves: every kind of change, and what must never happen.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { CheckIn, move, type Change, type Judgement } from './check-in.ts';
import { Goal, asChild, newGoal, type Child } from './goal.ts';
import type { Outcome } from './outcome.ts';
import { Status, defaultThresholds } from './status.ts';
import { usualModel } from './organization.ts';

const person = { id: 'o', name: 'Olga' };
const source = { kind: 'connection', id: 'shop', name: 'Shop' } as const;
/** Ten days, so that 10 points are expected a day. */
const [start, end] = ['2026-11-01', '2026-11-11'];
const on = (day: number, hour = 9): Judgement => {
  const today = `2026-11-${String(day).padStart(2, '0')}`;
  return { at: `${today}T${String(hour).padStart(2, '0')}:00:00.000Z`, today, thresholds: defaultThresholds, model: usualModel, by: source };
};

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
const parent = (change: Partial<Goal> = {}) => goal({ kind: 'objective', mode: 'roll-up', ...change });
const hear = (g: Goal, c: Omit<Child, 'contributes'>, j = on(6)) => move(g, { kind: 'child', child: c }, j);

describe('a reading', () => {
  it('moves a goal and says what it became, what it was, and who said so', () => {
    const j = on(6);
    const { goal: next, checkIn } = move(goal(), { kind: 'reading', value: 30, raw: '30.0', asOf: '2026-11-06T08:00:00.000Z', readAt: j.at }, j);
    assert.deepEqual(state(next), { value: 30, progress: 30, status: 'behind' });
    assert.deepEqual([next.asOf, next.readAt], ['2026-11-06T08:00:00.000Z', j.at]);
    assert.deepEqual(checkIn, {
      goal: { period: '2026-q4', id: 'g1' }, at: j.at, by: source, value: 30, progress: 30, status: 'behind',
      expected: 50, note: '', was: { value: null, progress: 0, status: 'not-started' }, raw: '30.0',
    });
  });

  it('takes a goal from On Track past Behind to At Risk', () => {
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

  it('judges what has to stay by its value, and a baseline not at all', () => {
    const below = goal({ outcome: metric({ direction: 'stay-below', target: 5, risk: 8 }), progress: null });
    assert.deepEqual([4, 5, 8].map(v => state(move(below, reading(v, on(6).at), on(6)).goal)), [
      { value: 4, progress: 100, status: 'on-track' }, { value: 5, progress: 0, status: 'behind' }, { value: 8, progress: 0, status: 'at-risk' },
    ]);
    const baseline = goal({ outcome: metric({ direction: 'baseline' }), progress: null });
    assert.deepEqual(state(move(baseline, reading(4, on(6).at), on(6)).goal), { value: 4, progress: null, status: 'in-progress' });
  });
});

describe('a check-in', () => {
  it('sets the value and is dated by its own time', () => {
    const { goal: next, checkIn } = move(goal(), { kind: 'check-in', value: 55, note: 'Half way' }, on(6));
    assert.deepEqual(state(next), { value: 55, progress: 55, status: 'on-track' });
    assert.deepEqual([next.asOf, next.readAt, checkIn?.note, checkIn?.raw], [on(6).at, on(6).at, 'Half way', undefined]);
  });

  it('with a word alone leaves the value and its age, and stands in the history', () => {
    const before = move(goal(), reading(60, on(6).at), on(6)).goal;
    const { goal: next, checkIn } = move(before, { kind: 'check-in', note: 'Still fine' }, on(6, 11));
    assert.deepEqual(next, { ...before, checkedInAt: on(6, 11).at });
    assert.equal(checkIn?.note, 'Still fine');
  });

  it('on a goal without a value leaves it not started', () => {
    assert.equal(move(goal(), { kind: 'check-in', note: 'Soon' }, on(6)).goal.status, 'not-started');
  });

  it('may set the status by hand, until something automatic comes', () => {
    const said = move(goal(), { kind: 'check-in', value: 10, status: 'on-track', note: '' }, on(6)).goal;
    assert.equal(said.status, 'on-track');
    assert.equal(move(said, reading(11, on(6, 10).at), on(6, 10)).goal.status, 'at-risk');
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
  it('moves the status of a goal that no source moved', () => {
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
  it('rolls up by equal weight, with a check-in', () => {
    const one = hear(parent(), child('a', 80)).goal;
    const { goal: both, checkIn } = hear(one, child('b', 0));
    assert.deepEqual(state(both), { value: 40, progress: 40, status: 'behind' });
    assert.deepEqual([checkIn?.was.progress, checkIn?.progress], [80, 40]);
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
      status: fc.option(status, { nil: undefined }), note: fc.string() }, { noNullPrototype: true }),
    child.map((c): Change => ({ kind: 'child', child: c })),
    fc.constantFrom<Change>({ kind: 'child-gone', id: 'a' }, { kind: 'time' }),
  );
  /** Goals as they come to be: a new one and anything that may have happened to it. */
  const anyGoal = fc.tuple(outcome, fc.constantFrom<Goal['mode']>('manual', 'roll-up', 'source'), fc.array(fc.tuple(change, day), { maxLength: 6 })).map(([o, mode, past]) => {
    const draft: Parameters<typeof newGoal>[0] = { kind: 'objective', title: 'Ship it', description: '', owners: [person], parents: [], start, end, outcome: o, mode };
    const fresh = newGoal(draft, { period: '2026-q4', id: 'g1', by: person, at: '2026-10-01T09:00:00.000Z' });
    return past.reduce((g, [c, d]) => move(g, c, on(d)).goal, fresh);
  });
  const ended = anyGoal.chain(g => fc.constantFrom('closed', 'postponed').map((s): Goal => ({ ...g, status: s as Status })));

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
    const automatic = change.filter(c => c.kind !== 'check-in');
    fc.assert(fc.property(ended, automatic, day, (g, c, d) => {
      const moved = move(g, c, on(d));
      assert.equal(moved.checkIn, undefined);
      assert.deepEqual({ ...moved.goal, children: [] }, { ...g, children: [] });
    }));
  });

  it('every check-in says truly what was and what became', () => {
    fc.assert(fc.property(anyGoal, change, day, (g, c, d) => {
      const { goal: next, checkIn } = move(g, c, on(d));
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
      const moved = move(g, c, on(d));
      assert.deepEqual(Goal.parse(moved.goal), moved.goal);
      assert.deepEqual(g, before);
      assert.deepEqual(move(g, c, on(d)), moved);
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
