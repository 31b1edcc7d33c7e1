// Correcting the past: the goal follows while it stands on what is corrected, and history alone where it does not.
import assert from 'node:assert/strict';
import { corrected, correctionRefusal, withoutCheckIn } from './amend.ts';
import { move, type Change, type CheckIn, type Judgement } from './check-in.ts';
import { newGoal, type Goal } from './goal.ts';
import { usualModel } from './organization.ts';
import { defaultThresholds } from './status.ts';

const ann = { id: 'ann', name: 'Ann' };
const on = (day: number): Judgement => {
  const today = `2026-11-${String(day).padStart(2, '0')}`;
  return { at: `${today}T09:00:00.000Z`, today, thresholds: defaultThresholds, model: usualModel, by: { kind: 'person', ...ann } };
};
/** Ten points are expected a day. */
const fresh = newGoal(
  { kind: 'key-result', title: 'Ship it', owners: [ann], start: '2026-11-01', end: '2026-11-11', outcome: { kind: 'percent' } },
  { period: '2026-q4', id: 'g', by: ann, at: '2026-10-01T09:00:00.000Z' });
const state = ({ value, progress, status }: Pick<Goal, 'value' | 'progress' | 'status'>) => ({ value, progress, status });

/** The goal after some changes, one a day from the second of November on, with the check-ins they left. */
function after(...changes: Change[]): { goal: Goal; said: CheckIn[] } {
  const said: CheckIn[] = [];
  const goal = changes.reduce((g, change, i) => {
    const moved = move(g, change, on(2 + i));
    if (moved.checkIn) said.push(moved.checkIn);
    return moved.goal;
  }, fresh);
  return { goal, said };
}
const says = (value: number | undefined, note = '', status?: Goal['status']): Change => ({ kind: 'check-in', value, note, status });

describe('a correction', () => {
  it('of the value that stands moves the goal, and its status with it (C39)', () => {
    const { goal, said } = after(says(10));
    const fixed = corrected(goal, said[0]!, { value: 2 }, true, on(2));
    assert.deepEqual(state(fixed.goal), { value: 2, progress: 2, status: 'behind' });
    assert.deepEqual([state(fixed.checkIn), fixed.checkIn.editedAt, fixed.checkIn.at], [{ value: 2, progress: 2, status: 'behind' }, on(2).at, said[0]!.at]);
  });

  it('of a value that time alone has judged since still moves the goal (C39)', () => {
    const { goal, said } = after(says(10), { kind: 'time' });
    assert.equal(goal.status, 'behind');
    assert.deepEqual(state(corrected(goal, said[0]!, { value: 60 }, false, on(3)).goal), { value: 60, progress: 60, status: 'on-track' });
  });

  it('of an older value changes history alone (C39)', () => {
    const { goal, said } = after(says(10), says(50));
    const fixed = corrected(goal, said[0]!, { value: 20, note: 'Counted again' }, false, on(4));
    assert.equal(fixed.goal, goal);
    assert.deepEqual([fixed.checkIn.value, fixed.checkIn.progress, fixed.checkIn.note], [20, 20, 'Counted again']);
  });

  it('leaves a goal that has ended as it ended; the note can be corrected still (C39, C42)', () => {
    const { goal, said } = after(says(30), { kind: 'close', score: 0.3, note: '' });
    const fixed = corrected(goal, said[0]!, { value: 90, note: 'A slip' }, false, on(4));
    assert.equal(fixed.goal, goal);
    assert.equal(fixed.checkIn.note, 'A slip');
  });

  it('of the words alone moves nothing (C39)', () => {
    const { goal, said } = after(says(10));
    const fixed = corrected(goal, said[0]!, { note: 'With a typo mended' }, true, on(2));
    assert.equal(fixed.goal, goal);
    assert.equal(fixed.checkIn.note, 'With a typo mended');
  });

  it('of the status holds where the check-in is the newest (C39)', () => {
    const { goal, said } = after(says(10));
    assert.equal(corrected(goal, said[0]!, { status: 'at-risk' }, true, on(2)).goal.status, 'at-risk');
    assert.equal(corrected(goal, said[0]!, { status: 'at-risk' }, false, on(2)).goal, goal);
  });
});

describe('taking a check-in back', () => {
  it('brings back the value before, judged by today, and when that was true (C39)', () => {
    const { goal, said } = after(says(10), says(90));
    const back = withoutCheckIn(goal, said[1]!, said[0], true, on(5));
    assert.deepEqual([state(back), back.asOf], [{ value: 10, progress: 10, status: 'at-risk' }, said[0]!.at]);
  });

  it('keeps older readings out for good: what was read before it does not come back (C39)', () => {
    const { goal, said } = after(says(10));
    const back = withoutCheckIn(goal, said[0]!, undefined, true, on(3));
    const late: Change = { kind: 'reading', value: 5, raw: '5', asOf: '2026-11-01T00:00:00.000Z', readAt: '2026-11-01T09:00:00.000Z' };
    assert.equal(move(back, late, on(3)).goal, back);
  });

  it('of the first one leaves a goal that nobody has said anything about: no value, not zero (C39)', () => {
    const { goal, said } = after(says(10));
    assert.deepEqual(state(withoutCheckIn(goal, said[0]!, undefined, true, on(3))), { value: null, progress: 0, status: 'not-started' });
  });

  it('of a status by hand leaves the one that follows from the value (C39)', () => {
    const { goal, said } = after(says(30), says(undefined, '', 'at-risk'));
    assert.equal(goal.status, 'at-risk');
    assert.equal(withoutCheckIn(goal, said[1]!, said[0], true, on(3)).status, 'on-track');
  });

  it('of a status by hand leaves the goal as it was where there is no value, and where updates are stopped (C27, C39)', () => {
    const { goal, said } = after(says(undefined, '', 'on-track'));
    assert.equal(goal.status, 'on-track');
    assert.deepEqual(state(withoutCheckIn(goal, said[0]!, undefined, true, on(3))), { value: null, progress: 0, status: 'not-started' });
    const fed: Goal = { ...fresh, mode: 'source', connection: 'c', value: 30, progress: 30, status: 'on-track', asOf: on(2).at, readAt: on(2).at };
    const held = move(fed, { kind: 'check-in', status: 'at-risk', note: '', updates: 'stop' }, on(3));
    const back = withoutCheckIn(held.goal, held.checkIn!, undefined, true, on(3));
    assert.deepEqual([back.status, back.stopped], ['on-track', { by: ann, at: on(3).at }]);
  });

  it('of an older one leaves the goal as it is (C39)', () => {
    const { goal, said } = after(says(10), says(50));
    assert.equal(withoutCheckIn(goal, said[0]!, undefined, false, on(4)), goal);
  });

  it('is not for what a source, children or time have said (C39)', () => {
    const { said } = after(says(10));
    assert.equal(correctionRefusal(said[0]!), undefined);
    for (const kind of ['children', 'time'] as const) assert.match(correctionRefusal({ ...said[0]!, by: { kind } })!, /Check in anew/);
    assert.match(correctionRefusal({ ...said[0]!, status: 'closed' })!, /Reopen/);
  });
});
