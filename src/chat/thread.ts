// Replies ↔ feed: what was said in the thread under a message of ours becomes a comment in the goal's feed, once, and follows its edits.
import { createHash } from 'node:crypto';
import type { Instant } from '../domain/date.ts';
import type { FeedEntry } from '../domain/feed.ts';
import type { GoalRef } from '../domain/goal.ts';
import type { Event } from './event.ts';

type ReplyEvent = Extract<Event, { root: string }>;
type Written = Exclude<ReplyEvent, { kind: 'reply-deleted' }>;

/** The most characters that a comment keeps (src/domain/feed.ts). */
const longest = 8000;

/**
 * Where in the feed a reply stands, and what it makes of the entry that is there. `amend` answers `undefined` where nothing is to be
 * written. The place follows from the reply alone, so that a repeated delivery comes back to the same entry. Once the entry is there,
 * edits and deletion may arrive in any order, and all of it repeatedly: the newest wins. (A deletion of what was never heard leaves
 * nothing behind, so that taking back a command does not show in the feed.)
 */
export interface Comment { goal: GoalRef; at: Instant; id: string; amend: (was: FeedEntry | undefined) => FeedEntry | undefined }

export function commentOf(event: ReplyEvent, goal: GoalRef): Comment {
  const place = { goal, at: event.written, id: idOf(event) };
  return { ...place, amend: was => amended(was, event, place) };
}

function amended(was: FeedEntry | undefined, event: ReplyEvent, place: Omit<Comment, 'amend'>): FeedEntry | undefined {
  if (was && was.activity.kind !== 'comment') return undefined;
  const before = was?.activity.kind === 'comment' ? was.activity : undefined;
  const by = was?.by ?? { kind: 'person' as const, id: event.by.id, name: event.by.name };
  switch (event.kind) {
    case 'replied':
      return before ? undefined : { ...place, by, activity: written(event) };
    case 'reply-edited':
      if (before?.editedAt && before.editedAt >= event.at) return undefined;
      return { ...place, by, activity: { ...written(event), editedAt: event.at } };
    case 'reply-deleted':
      if (!before || before.deleted || (before.editedAt && before.editedAt > event.at)) return undefined;
      // What a person took back is not kept, not even unseen.
      return { ...place, by, activity: { ...before, text: '', deleted: true, editedAt: event.at } };
  }
}

function written(event: Written) {
  const { text } = event;
  return {
    kind: 'comment' as const,
    text: text.length > longest ? `${text.slice(0, longest - 1)}…`.toWellFormed() : text,
    origin: { platform: event.in.platform, place: event.in.name, ...(event.address ? { address: event.address } : {}) },
  };
}

/** Platforms' ids have signs that keys may not have. */
function idOf(event: ReplyEvent): string {
  return `${event.in.platform}-${createHash('sha256').update(`${event.in.id};${event.id}`).digest('base64url').slice(0, 22)}`;
}
