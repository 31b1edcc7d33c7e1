// The feed's sentences.
import assert from 'node:assert/strict';
import type { Because, CheckIn } from '../../src/domain/check-in.ts';
import type { FeedEntry } from '../../src/domain/feed.ts';
import type { Author } from '../../src/domain/organization.ts';
import { activityWords, checkInWords, otherGoal, webAddress, withoutEchoes } from './feed-words.ts';

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
    assert.equal(checkInWords({ ...checkIn, by: { kind: 'children' }, value: null, progress: null }, outcome, 'en-US'), 'left it without progress');
  });

  it('tell roll-ups and the passing of time from check-ins', () => {
    assert.equal(checkInWords({ ...checkIn, by: { kind: 'children' } }, { kind: 'percent' }, 'en-US'), 'moved it from 30% to 40%');
    assert.equal(checkInWords({ ...checkIn, by: { kind: 'time' } }, outcome, 'en-US'), 'expects 50% by now');
  });

  it('name what was edited', () => {
    assert.equal(activityWords({ kind: 'edited', fields: ['title', 'target', 'end date'] }, 'en-US'), 'changed title, target, and end date');
  });

  it('say what an automatic check-in changed, and why (C40)', () => {
    const automatic = (because: Because, by: Author = { kind: 'children' }, child?: string) => checkInWords({ ...checkIn, by, because }, { kind: 'percent' }, 'en-US', child);
    const ref = { period: 'q4', id: 'kr' };
    assert.equal(automatic({ kind: 'child', child: ref, was: 20, is: 45 }, undefined, 'Train baristas'), 'moved it from 30% to 40%: “Train baristas” went from 20% to 45%');
    assert.equal(automatic({ kind: 'child', child: ref, was: 20, is: 45, others: 1 }, undefined, 'Train'), 'moved it from 30% to 40%: “Train” went from 20% to 45%, and one other moved');
    assert.equal(automatic({ kind: 'child', child: ref, was: 20, is: 45, others: 3 }, undefined, 'Train'), 'moved it from 30% to 40%: “Train” went from 20% to 45%, and 3 others moved');
    assert.equal(automatic({ kind: 'child', child: ref, was: null, is: 45 }, undefined, 'Train baristas'), 'moved it from 30% to 40%: “Train baristas” came in at 45%');
    assert.equal(automatic({ kind: 'child', child: ref, was: 20, is: null }), 'moved it from 30% to 40%: a child has no progress to count any more');
    assert.equal(automatic({ kind: 'tasks', completed: ['Write', 'Print'], reopened: [], added: ['Send'], removed: ['Fax'] }), 'moved it from 30% to 40%: “Write” and “Print” completed; “Send” added; “Fax” removed');
    assert.equal(automatic({ kind: 'weights' }), 'moved it from 30% to 40%: its children weigh differently now');
    assert.equal(automatic({ kind: 'resumed' }, { kind: 'person', id: 'ann', name: 'Ann' }), 'moved it from 30% to 40%: automatic updates go on');
    assert.equal(automatic({ kind: 'edited' }, { kind: 'person', id: 'ann', name: 'Ann' }), 'moved it from 30% to 40%: the goal was edited');
  });

  it('say an automatic change of a metric in its own unit (C40)', () => {
    assert.equal(checkInWords({ ...checkIn, by: { kind: 'children' }, because: { kind: 'weights' } }, outcome, 'en-US'), 'moved it from 10 leads to 12 leads: its children weigh differently now');
    assert.equal(checkInWords({ ...checkIn, by: { kind: 'children' }, was: { ...checkIn.was, value: 12 }, because: { kind: 'weights' } }, outcome, 'en-US'), 'left it at 12 leads: its children weigh differently now');
  });

  it('say how a goal ended, began anew, and came to be moved by hand', () => {
    const words = (activity: Parameters<typeof activityWords>[0]) => activityWords(activity, 'en-US');
    assert.equal(words({ kind: 'closed', score: 0.7, note: '' }), 'closed it with a score of 0.7');
    assert.equal(words({ kind: 'closed', score: null, note: '' }), 'closed it');
    assert.equal(words({ kind: 'postponed', to: { period: 'q1', id: 'g2' }, note: '' }), 'postponed it to another time period');
    assert.equal(words({ kind: 'reopened', note: '' }), 'reopened it');
    assert.equal(words({ kind: 'updates-stopped' }), 'stopped automatic updates');
    assert.equal(words({ kind: 'updates-resumed' }), 'resumed automatic updates');
    assert.match(words({ kind: 'check-in-edited', at: '2026-11-21T09:00:00.000Z' }), /^changed the check-in of Nov 2\d, 2026/);
    assert.match(words({ kind: 'check-in-deleted', at: '2026-11-21T09:00:00.000Z' }), /^took back the check-in of Nov 2\d, 2026/);
  });

  it('lead to the goal that another time period goes on with', () => {
    assert.deepEqual(otherGoal({ kind: 'postponed', to: { period: 'q1', id: 'g2' }, note: '' })?.ref, { period: 'q1', id: 'g2' });
    assert.deepEqual(otherGoal({ kind: 'cloned', from: checkIn.goal })?.ref, checkIn.goal);
    assert.equal(otherGoal({ kind: 'postponed', to: null, note: '' }), undefined);
  });

  it('say a closing note once, and every other note as it is', () => {
    const closing: CheckIn = { ...checkIn, note: 'We made it.', score: 1 };
    const closed = { goal: checkIn.goal, id: 'c', at: checkIn.at, by: checkIn.by, activity: { kind: 'closed', score: 1, note: 'We made it.' } } as const;
    assert.deepEqual(withoutEchoes<CheckIn | FeedEntry>([closed, closing]), [closed, { ...closing, note: '' }]);
    assert.deepEqual(withoutEchoes<CheckIn | FeedEntry>([closed, { ...closing, was: { ...closing.was, value: closing.value } }]), [closed]);
    assert.deepEqual(withoutEchoes<CheckIn | FeedEntry>([closed, { ...closing, note: 'Another.' }]), [closed, { ...closing, note: 'Another.' }]);
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
