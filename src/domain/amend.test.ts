// Correcting the past: the goal follows while it stands on what is corrected, and history alone where it does not.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { corrected, correctionRefusal, saysValue, withoutCheckIn, type Mended, type Past } from './amend.ts';
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

/** What stands around the n-th check-in. */
function past(said: CheckIn[], n: number): Past {
  const newer = said.slice(n + 1);
  const end = newer.findIndex(saysValue);
  return { checkIn: said[n]!, carried: end < 0 ? newer : newer.slice(0, end), next: newer[end], before: said.slice(0, n).findLast(saysValue) };
}

/** The history with what a correction has left of it. */
function mended(said: CheckIn[], n: number, { checkIn, others }: Mended): CheckIn[] {
  const told = new Map([...others, ...(checkIn ? [checkIn] : [])].map(c => [c.at, c]));
  return said.flatMap((c, i) => (i === n && !checkIn ? [] : [told.get(c.at) ?? c]));
}

/** Each says as its own past what the one before it says. */
function assertChain(said: readonly CheckIn[]): void {
  for (const [i, c] of said.entries()) if (i > 0) assert.deepEqual([c.was.value, c.was.progress], [said[i - 1]!.value, said[i - 1]!.progress], `check-in ${i}`);
}

describe('a correction', () => {
  it('of the value that stands moves the goal, and its status with it (C39)', () => {
    const { goal, said } = after(says(10));
    const fixed = corrected(goal, past(said, 0), { value: 2 }, on(2));
    assert.deepEqual(state(fixed.goal), { value: 2, progress: 2, status: 'behind' });
    assert.deepEqual([state(fixed.checkIn!), fixed.checkIn!.editedAt, fixed.checkIn!.at], [{ value: 2, progress: 2, status: 'behind' }, on(2).at, said[0]!.at]);
  });

  it('of a value that words and time alone have carried on still moves the goal, and they carry on the right one (C39)', () => {
    const { goal, said } = after(says(10), { kind: 'time' }, says(undefined, 'Nothing new'));
    const fixed = corrected(goal, past(said, 0), { value: 60 }, on(4));
    assert.deepEqual(state(fixed.goal), { value: 60, progress: 60, status: 'on-track' });
    const told = mended(said, 0, fixed);
    assert.deepEqual(told.map(c => c.value), [60, 60, 60]);
    assertChain(told);
  });

  it('of an older value changes history alone (C39)', () => {
    const { goal, said } = after(says(10), says(50));
    const fixed = corrected(goal, past(said, 0), { value: 20, note: 'Counted again' }, on(4));
    assert.equal(fixed.goal, goal);
    assert.deepEqual([fixed.checkIn!.value, fixed.checkIn!.progress, fixed.checkIn!.note], [20, 20, 'Counted again']);
    assertChain(mended(said, 0, fixed));
  });

  it('of the words alone moves nothing (C39)', () => {
    const { goal, said } = after(says(10), says(50));
    const fixed = corrected(goal, past(said, 0), { note: 'With a typo mended' }, on(2));
    assert.deepEqual([fixed.goal, fixed.others, fixed.checkIn!.note], [goal, [], 'With a typo mended']);
  });

  it('of the status holds where the check-in is the newest (C39)', () => {
    const { goal, said } = after(says(10), says(20));
    assert.equal(corrected(goal, past(said, 1), { status: 'at-risk' }, on(3)).goal.status, 'at-risk');
    assert.equal(corrected(goal, past(said, 0), { status: 'at-risk' }, on(3)).goal, goal);
  });

  it('is not for what a source, children or time have said; of an ended goal it is for words alone (C39)', () => {
    const { goal, said } = after(says(10));
    assert.equal(correctionRefusal(goal, said[0]!, 'take-back'), undefined);
    for (const kind of ['children', 'time'] as const) assert.match(correctionRefusal(goal, { ...said[0]!, by: { kind } }, {})!, /Check in anew/);
    assert.match(correctionRefusal(goal, { ...said[0]!, status: 'closed' }, {})!, /Reopen/);
    const closed: Goal = { ...goal, status: 'closed' };
    for (const change of ['take-back', { value: 3 }, { status: 'behind' }] as const) assert.match(correctionRefusal(closed, said[0]!, change)!, /Reopen it/);
    assert.equal(correctionRefusal(closed, said[0]!, { note: 'A typo' }), undefined);
  });
});

describe('taking a check-in back', () => {
  it('brings back the value before, judged by today, and when that was true (C39)', () => {
    const { goal, said } = after(says(10), says(90));
    const { goal: back } = withoutCheckIn(goal, past(said, 1), on(5));
    assert.deepEqual([state(back), back.asOf], [{ value: 10, progress: 10, status: 'at-risk' }, said[0]!.at]);
  });

  it('one after the other never brings back what was taken back before (C39)', () => {
    const { goal, said } = after(says(10), says(20), says(30));
    const second = withoutCheckIn(goal, past(said, 1), on(5));
    const left = mended(said, 1, second);
    assert.deepEqual([state(second.goal), left.map(c => c.was.value)], [state(goal), [null, 10]]);
    assert.equal(withoutCheckIn(second.goal, past(left, 1), on(5)).goal.value, 10);
  });

  it('after an older one was corrected brings back the corrected value (C39)', () => {
    const { goal, said } = after(says(10), says(20), says(30));
    const told = mended(said, 1, corrected(goal, past(said, 1), { value: 25 }, on(5)));
    assert.equal(withoutCheckIn(goal, past(told, 2), on(5)).goal.value, 25);
  });

  it('keeps older readings out for good: what was read before it does not come back (C39)', () => {
    const { goal, said } = after(says(10));
    const { goal: back } = withoutCheckIn(goal, past(said, 0), on(3));
    const late: Change = { kind: 'reading', value: 5, raw: '5', asOf: '2026-11-01T00:00:00.000Z', readAt: '2026-11-01T09:00:00.000Z' };
    assert.equal(move(back, late, on(3)).goal, back);
  });

  it('of the first one leaves a goal that nobody has said anything about: no value, not zero (C39)', () => {
    const { goal, said } = after(says(10));
    assert.deepEqual(state(withoutCheckIn(goal, past(said, 0), on(3)).goal), { value: null, progress: 0, status: 'not-started' });
  });

  it('of a status by hand leaves the one that follows from the value (C39)', () => {
    const { goal, said } = after(says(30), says(undefined, '', 'at-risk'));
    assert.equal(goal.status, 'at-risk');
    assert.equal(withoutCheckIn(goal, past(said, 1), on(3)).goal.status, 'on-track');
  });

  it('of a status by hand on a goal without a value leaves it as it was before (C39)', () => {
    const { goal, said } = after(says(undefined, '', 'on-track'));
    assert.equal(goal.status, 'on-track');
    assert.equal(withoutCheckIn(goal, past(said, 0), on(3)).goal.status, 'not-started');
  });

  it('of a status that held while updates are stopped lets it go (C27, C39)', () => {
    const fed: Goal = { ...fresh, mode: 'source', connection: 'shop' };
    const read = move(fed, { kind: 'reading', value: 30, raw: '30', asOf: on(2).at, readAt: on(2).at }, on(2));
    const held = move(read.goal, { kind: 'check-in', status: 'at-risk', note: '', updates: 'stop' }, on(3));
    const { goal: back } = withoutCheckIn(held.goal, past([read.checkIn!, held.checkIn!], 1), on(3));
    assert.deepEqual([held.goal.status, back.status, back.stopped !== null], ['at-risk', 'on-track', true]);
  });

  it('of an older one leaves the goal as it is (C39)', () => {
    const { goal, said } = after(says(10), says(50));
    assert.equal(withoutCheckIn(goal, past(said, 0), on(4)).goal, goal);
  });

  it('and corrections, in any number and order, leave a history that hangs together and ends where the goal stands (C39)', () => {
    const value = fc.integer({ min: 1, max: 99 });
    const change = fc.oneof<fc.Arbitrary<Change>[]>(value.map(v => says(v)), fc.constant(says(undefined, 'A word')), fc.constant<Change>({ kind: 'time' }));
    const correction = fc.tuple(fc.nat(), fc.option(value));
    fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.array(correction, { maxLength: 8 }), (changes, corrections) => {
      let { goal, said } = after(...changes);
      for (const [which, to] of corrections) {
        const n = which % said.length;
        if (said.length === 0 || correctionRefusal(goal, said[n]!, to === null ? 'take-back' : { value: to })) continue;
        const fixed = to === null ? withoutCheckIn(goal, past(said, n), on(15)) : corrected(goal, past(said, n), { value: to }, on(15));
        said = mended(said, n, fixed);
        goal = fixed.goal;
        assertChain(said);
        const last = said.findLast(saysValue);
        assert.equal(goal.value, last ? last.value : null);
      }
    }));
  });
});
