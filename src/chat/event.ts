// What reaches us from a chat, after a platform has translated it and before anything is decided.
import type { GoalRef } from '../domain/goal.ts';
import type { Conversation } from './platform.ts';

/** Who did it. `id` is the Entra object id; `tenant` comes with the verified request. */
export interface Speaker { tenant: string; id: string; name: string }

export type Event =
  /** Said to us: mentioned in a channel or group, or written in the personal chat. The mention is already cut off. */
  | { kind: 'said'; by: Speaker; in: Conversation; text: string }
  /** A reply in a thread; `root` is the id of the message the thread hangs on. `mentionsUs` when it is addressed to us. */
  | { kind: 'replied'; by: Speaker; in: Conversation; root: string; id: string; text: string; mentionsUs: boolean; address?: string }
  | { kind: 'reply-edited'; by: Speaker; in: Conversation; root: string; id: string; text: string }
  | { kind: 'reply-deleted'; by: Speaker; in: Conversation; root: string; id: string }
  /** Typing in the message extension's search box; `text` is empty when it has just been opened. */
  | { kind: 'searched'; by: Speaker; text: string; skip: number; limit: number }
  /** A button on a card. */
  | { kind: 'acted'; by: Speaker; in: Conversation; goal: GoalRef; act: 'refresh' | 'sync-now' }
  | { kind: 'installed'; by: Speaker; in: Conversation }
  | { kind: 'removed'; by: Speaker; in: Conversation };
