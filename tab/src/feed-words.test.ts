// The feed's sentences.
import assert from 'node:assert/strict';
import type { CheckIn } from '../../src/domain/check-in.ts';
import { activityWords, checkInWords, webAddress, withoutEchoes } from './feed-words.ts';

const outcome = { kind: 'metric', name: 'Leads', unit: { kind: 'number', name: 'leads' }, direction: 'baseline' } as const;
const checkIn: CheckIn = {
  goal: { period: 'q4', id: 'g' }, at: '2026-11-21T09:00:00.000Z', by: { kind: 'person', id: 'ann', name: 'Ann' }, note: '', expected: 50,
  value: 12, progress: 40, status: 'behind', was: { value: 10, progress: 30, status: 'behind' },
};

describe('the words of the feed', () => {
  it('say the value that was set and what it was', () => {
    assert.equal(checkInWords(checkIn, outcome, 'en-US'), 'checked in 12 leads, before 10 leads');
    assert.equal(checkInWords({ ...checkIn, was: { ...checkIn.was, value: null } }, outcome, 'en-US'), 'checked in 12 leads');
    assert.equal(checkInWords({ ...checkIn, by: { kind: 'connection', id: 'c', name: 'Shop' } }, outcome, 'en-US'), 'read 12 leads, before 10 leads');
  });

  it('do not claim a value where nobody said one', () => {
    assert.equal(checkInWords({ ...checkIn, value: null }, outcome, 'en-US'), 'checked in');
    assert.equal(checkInWords({ ...checkIn, by: { kind: 'children' }, progress: null }, outcome, 'en-US'), 'have no progress to roll up any more');
  });

  it('tell roll-ups and the passing of time from check-ins', () => {
    assert.equal(checkInWords({ ...checkIn, by: { kind: 'children' } }, outcome, 'en-US'), 'moved it from 30% to 40%');
    assert.equal(checkInWords({ ...checkIn, by: { kind: 'time' } }, outcome, 'en-US'), 'expects 50% by now');
  });

  it('name what was edited', () => {
    assert.equal(activityWords({ kind: 'edited', fields: ['title', 'target', 'end date'] }), 'changed title, target, and end date');
  });

  it('tell a change of status once', () => {
    const turned: CheckIn = { ...checkIn, was: { ...checkIn.was, status: 'on-track' } };
    const echo = { goal: checkIn.goal, id: 'on-track-behind', at: checkIn.at, by: checkIn.by, activity: { kind: 'status-changed', from: 'on-track', to: 'behind' } } as const;
    const alone = { ...echo, at: '2026-11-20T09:00:00.000Z' };
    assert.deepEqual(withoutEchoes([turned, echo, alone]), [turned, alone]);
  });

  it('link to web addresses alone', () => {
    assert.equal(webAddress('https://teams.microsoft.com/l/message/1'), 'https://teams.microsoft.com/l/message/1');
    assert.equal(webAddress('javascript:alert(1)'), undefined);
    assert.equal(webAddress('not an address'), undefined);
  });
});
