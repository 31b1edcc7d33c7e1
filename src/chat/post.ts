// What is remembered of conversations: who hears about what, what was said where, and which thread belongs to which goal.
import { z } from 'zod';
import { Instant } from '../domain/date.ts';
import { GoalRef } from '../domain/goal.ts';
import { Status } from '../domain/status.ts';
import { Conversation } from './platform.ts';

/** What a subscription hears about: all goals of the organization, or one. */
export const About = z.union([z.object({ kind: z.literal('organization') }), z.object({ kind: z.literal('goal'), goal: GoalRef, title: z.string() })]);
export type About = z.infer<typeof About>;

/** A conversation that hears about goals: all of the organization's, or one. */
export const Subscription = z.object({
  conversation: Conversation,
  about: About,
  by: z.object({ id: z.string(), name: z.string() }),
  at: Instant,
});
export type Subscription = z.infer<typeof Subscription>;

/**
 * Something of ours in a conversation: the one living card of a goal, or a comment carried into its thread. `id` is the platform's
 * message id, absent while the first saying is under way; `mark` and `since` then let a later try find what this one has said.
 */
export const Post = z.object({
  conversation: Conversation,
  goal: GoalRef,
  id: z.string().optional(),
  mark: z.string(),
  /** When saying was first tried: `find` need not look further back. */
  since: Instant,
  /** Until when one worker alone tries to say it. Nobody does after that, or where it is absent. */
  claimedUntil: Instant.optional(),
  saidAt: Instant.optional(),
  /** The newest change of status that this card has been told of, so that every later edit draws the same headline. */
  changed: z.object({ from: Status, at: Instant }).optional(),
});
export type Post = z.infer<typeof Post>;

/** From a message of ours back to its goal: how a reply in a thread finds the feed it belongs to. */
export const Thread = z.object({ conversation: Conversation, root: z.string(), goal: GoalRef });
export type Thread = z.infer<typeof Thread>;
