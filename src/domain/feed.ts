// The activity feed: what happened to a goal besides its check-ins, and what people said about it.
import { z } from 'zod';
import { Author } from './check-in.ts';
import { Instant } from './date.ts';
import { GoalRef } from './goal.ts';
import { Status } from './status.ts';

/** Where a comment was written when it came from a chat: enough to name the place and to lead back to it. */
export const Origin = z.object({ platform: z.string(), place: z.string(), address: z.string().optional() });
export type Origin = z.infer<typeof Origin>;

export const Activity = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('created') }),
  /** `fields` are the names people see, such as "title". */
  z.object({ kind: z.literal('edited'), fields: z.array(z.string()) }),
  z.object({ kind: z.literal('status-changed'), from: Status, to: Status }),
  z.object({ kind: z.literal('comment'), text: z.string().max(8000), origin: Origin.optional(), editedAt: Instant.optional(), deleted: z.boolean().optional() }),
  z.object({ kind: z.literal('linked'), connection: z.string(), measure: z.string() }),
  z.object({ kind: z.literal('unlinked'), connection: z.string() }),
  z.object({ kind: z.literal('sync-stopped'), connection: z.string(), problem: z.string() }),
]);
export type Activity = z.infer<typeof Activity>;

/** One line of a goal's feed. `id` is unique within the goal and the same however often one cause is recorded. */
export const FeedEntry = z.object({ goal: GoalRef, id: z.string(), at: Instant, by: Author, activity: Activity });
export type FeedEntry = z.infer<typeof FeedEntry>;
