// The activity feed: what happened to a goal besides its check-ins, and what people said about it.
import { z } from 'zod';
import { Instant } from './date.ts';
import { GoalRef } from './goal.ts';
import { Author, Who } from './organization.ts';
import { Reactions } from './reactions.ts';
import { Status } from './status.ts';

/** Where a comment was written when it came from a chat: enough to name the place and to lead back to it. */
export const Origin = z.object({ platform: z.string(), place: z.string(), address: z.string().optional() });
export type Origin = z.infer<typeof Origin>;

export const Activity = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('created') }),
  /** `fields` are the names people see, such as "title". */
  z.object({ kind: z.literal('edited'), fields: z.array(z.string()) }),
  z.object({ kind: z.literal('status-changed'), from: Status, to: Status }),
  z.object({ kind: z.literal('comment'), text: z.string().max(8000), mentions: z.array(Who).max(50).optional(), origin: Origin.optional(), editedAt: Instant.optional(), deleted: z.boolean().optional() }),
  z.object({ kind: z.literal('linked'), connection: z.string(), measure: z.string() }),
  z.object({ kind: z.literal('unlinked'), connection: z.string() }),
  /** Somebody ended it or opened it again; the check-in of the same instant says the rest. */
  z.object({ kind: z.literal('closed'), score: z.number().nullable(), note: z.string() }),
  z.object({ kind: z.literal('postponed'), to: GoalRef.nullable(), note: z.string() }),
  z.object({ kind: z.literal('reopened'), note: z.string() }),
  z.object({ kind: z.literal('updates-stopped') }),
  z.object({ kind: z.literal('updates-resumed') }),
  /** A check-in was changed or taken back afterwards; `at` is when it was made. */
  z.object({ kind: z.literal('check-in-edited'), at: Instant }),
  z.object({ kind: z.literal('check-in-deleted'), at: Instant }),
  z.object({ kind: z.literal('cloned'), from: GoalRef }),
  z.object({ kind: z.literal('sync-stopped'), connection: z.string(), problem: z.string() }),
]);
export type Activity = z.infer<typeof Activity>;

/** One line of a goal's feed. `id` is unique within the goal and the same however often one cause is recorded. */
export const FeedEntry = z.object({ goal: GoalRef, id: z.string(), at: Instant, by: Author, activity: Activity, reactions: Reactions.optional() });
export type FeedEntry = z.infer<typeof FeedEntry>;
