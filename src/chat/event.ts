// What reaches us from a chat, after a platform has translated it and before anything is decided.
import type { Instant } from '../domain/date.ts';
import type { GoalRef } from '../domain/goal.ts';
import type { Conversation } from './platform.ts';

/** Who did it. `id` is the Entra object id; `tenant` comes with the verified request. */
export interface Speaker { tenant: string; id: string; name: string }

/**
 * What a reply is, however often and in whatever order we hear of it. `root` is the id of the message that the thread hangs on, `id` the
 * reply's own, and `written` when it was first written: the same in the first delivery, in a repeated one, in later edits and deletions.
 */
export interface Reply { by: Speaker; in: Conversation; root: string; id: string; written: Instant }

export type Event =
  /** Said to us: mentioned in a channel or group, or written in the personal chat. The mention is already cut off. */
  | { kind: 'said'; by: Speaker; in: Conversation; text: string }
  /** A reply in a thread. */
  | Reply & { kind: 'replied'; text: string; mentionsUs: boolean; address?: string }
  /** The reply's text as it is now; `at` is when it was edited (or a deletion was undone). */
  | Reply & { kind: 'reply-edited'; text: string; mentionsUs: boolean; address?: string; at: Instant }
  /** `at` is when it was taken back. */
  | Reply & { kind: 'reply-deleted'; at: Instant }
  /** Typing in the message extension's search box; `text` is empty when it has just been opened, and `in` is where the hits would be said. */
  | { kind: 'searched'; by: Speaker; in: Conversation; text: string; skip: number; limit: number }
  /** A button on a card. */
  | { kind: 'acted'; by: Speaker; in: Conversation; goal: GoalRef; act: 'refresh' | 'sync-now' }
  | { kind: 'installed'; by: Speaker; in: Conversation }
  | { kind: 'removed'; by: Speaker; in: Conversation };
