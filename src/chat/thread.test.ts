// Replies become comments once, in one place, whatever Teams repeats or brings out of order.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { FeedEntry } from '../domain/feed.ts';
import type { Event } from './event.ts';
import type { Conversation } from './platform.ts';
import { commentOf } from './thread.ts';

type ReplyEvent = Extract<Event, { root: string }>;
const goal = { period: '2026-q4', id: 'g1' };
const channel: Conversation = { platform: 'teams', id: '19:c@thread.tacv2', kind: 'channel', name: 'Sales', service: {} };
const reply = { by: { tenant: 't', id: 'ben', name: 'Ben' }, in: channel, root: '1', id: '2', written: '2026-11-21T09:00:00.000Z' };
const said: ReplyEvent = { ...reply, kind: 'replied', text: 'First', mentionsUs: false, address: 'https://teams.example/2' };
const edited = (minute: number): ReplyEvent => ({ ...reply, kind: 'reply-edited', text: `Edit ${minute}`, mentionsUs: false, at: `2026-11-21T09:0${minute}:00.000Z` });
const deleted: ReplyEvent = { ...reply, kind: 'reply-deleted', at: '2026-11-21T09:05:00.000Z' };

/** The entry after all these events, as the store would keep it. */
function after(events: ReplyEvent[]): FeedEntry | undefined {
  return events.reduce<FeedEntry | undefined>((entry, event) => commentOf(event, goal).amend(entry) ?? entry, undefined);
}
function textAfter(events: ReplyEvent[]): string | undefined {
  const activity = after(events)?.activity;
  if (!activity) return undefined;
  assert.ok(activity.kind === 'comment');
  return activity.deleted ? 'deleted' : activity?.text;
}

describe('a reply in a thread', () => {
  it('is a comment with author, time, place and the way back', () => {
    assert.deepEqual(FeedEntry.parse(after([said])), {
      goal, id: commentOf(said, goal).id, at: reply.written, by: { kind: 'person', id: 'ben', name: 'Ben' },
      activity: { kind: 'comment', text: 'First', origin: { platform: 'teams', place: 'Sales', address: 'https://teams.example/2' } },
    });
  });

  it('has the same place in the feed through its life, and another than any other reply', () => {
    const placeOf = (event: ReplyEvent) => { const { at, id } = commentOf(event, goal); return `${at} ${id}`; };
    assert.equal(new Set([said, edited(1), deleted].map(placeOf)).size, 1);
    assert.notEqual(placeOf(said), placeOf({ ...said, id: '3' }));
    assert.notEqual(placeOf(said), placeOf({ ...said, in: { ...channel, id: '19:d@thread.tacv2' } }));
    assert.match(commentOf({ ...said, id: 'a/b#c?d' }, goal).id, /^[\w-]+$/);
  });

  for (const [events, text] of [
    [[said, said], 'First'],
    [[said, edited(1)], 'Edit 1'],
    [[said, edited(1), said], 'Edit 1'],
    [[said, edited(2), edited(1)], 'Edit 2'],
    [[edited(1), said], 'Edit 1'],
    [[said, deleted, said], 'deleted'],
    [[said, deleted, edited(1)], 'deleted'],
    [[said, deleted, edited(6)], 'Edit 6'],
    [[deleted], undefined],
  ] as const) {
    it(`reads "${text}" after ${events.map(one => `${one.kind}${'at' in one ? ` ${one.at.slice(14, 16)}` : ''}`).join(', ')}`, () => assert.equal(textAfter([...events]), text));
  }

  it('ends with its newest state in whatever order the rest comes, once it was said', () => {
    const rest = [edited(1), edited(2), edited(3), deleted, said];
    fc.assert(fc.property(fc.shuffledSubarray(rest, { minLength: rest.length }), fc.array(fc.constantFrom(...rest)), (once, again) =>
      textAfter([said, ...once, ...again]) === 'deleted'));
  });

  it('keeps nothing of the words that were taken back', () => {
    assert.doesNotMatch(JSON.stringify(after([said, deleted])), /First/);
  });

  it('is cut to what a comment may hold', () => {
    const entry = FeedEntry.parse(after([{ ...said, kind: 'replied', text: '👍'.repeat(5000), mentionsUs: false }]));
    assert.ok(entry.activity.kind === 'comment' && entry.activity.text.endsWith('…') && entry.activity.text.isWellFormed());
  });

  it('does not write over an entry that is no comment', () => {
    const other: FeedEntry = { goal, id: 'x', at: reply.written, by: { kind: 'time' }, activity: { kind: 'created' } };
    for (const event of [said, edited(1), deleted]) assert.equal(commentOf(event, goal).amend(other), undefined);
  });
});
