// What we say, before any platform draws it: a closed union, so that a platform that cannot draw a kind does not compile.
import { z } from 'zod';
import { Instant } from '../domain/date.ts';
import { GoalKind, GoalRef } from '../domain/goal.ts';
import { Author, Who } from '../domain/organization.ts';
import { Outcome } from '../domain/outcome.ts';
import { Status } from '../domain/status.ts';

/** What a card shows of a goal. Everything in it may be seen by whoever can see the conversation it is said in. */
export const GoalFacts = z.object({
  ref: GoalRef,
  kind: GoalKind,
  title: z.string(),
  owner: z.string(),
  period: z.string(),
  outcome: Outcome,
  value: z.number().nullable(),
  progress: z.number().nullable(),
  /** Expected progress in percent on the day the message was made. */
  expected: z.number(),
  status: Status,
  /** When `value` was true; `null` when nothing has been said yet. */
  asOf: Instant.nullable(),
  /** What feeds the goal, such as `PostgreSQL · Shop database`; absent for manual goals. */
  source: z.string().optional(),
});
export type GoalFacts = z.infer<typeof GoalFacts>;

export type Message =
  /** A goal as it stands now: inserted from search, or the living card of a subscription. */
  | { kind: 'goal'; goal: GoalFacts }
  /** The living card right after a change of status; edited in place from then on. */
  | { kind: 'status-changed'; goal: GoalFacts; from: Status; at: string }
  /** What becomes of a living card whose goal was deleted: a card must not go on showing a number that nobody keeps. */
  | { kind: 'goal-gone'; title: string; by: string }
  /** What becomes of a living card whose goal has become private: it says no more of the goal than that. */
  | { kind: 'goal-hidden' }
  /** `more`: there are further ones beyond these. */
  | { kind: 'search-results'; query: string; goals: GoalFacts[]; more: boolean }
  /** A comment made in the tab, said in the thread of the goal's card. */
  | { kind: 'comment'; goal: GoalFacts; by: string; text: string }
  | { kind: 'help' }
  | { kind: 'subscribed'; about: string; where: string; already: boolean }
  | { kind: 'unsubscribed'; about: string; where: string; was: boolean }
  /** What a conversation hears about; `about` is empty when it hears of nothing yet. */
  | { kind: 'subscriptions'; about: string[]; where: string }
  /** We understood nothing, or may not, or there is nothing: always with what to do next. */
  | { kind: 'sorry'; text: string; tryInstead: string[] };

/** How often saying it failed by our own fault, and under which id the last failure stands in the log. */
const failed = { failures: z.number().int().optional(), report: z.string().optional() };

/** What still has to be said or carried on because a goal moved; written in the goal's own transaction, removed when done. */
export const Outgoing = z.discriminatedUnion('kind', [
  /** The goal moved; `from` is there when its status changed. */
  z.object({ kind: z.literal('moved'), id: z.string(), goal: GoalRef, at: Instant, from: Status.optional(), ...failed }),
  z.object({ kind: z.literal('comment'), id: z.string(), goal: GoalRef, at: Instant, by: Author, text: z.string(), ...failed }),
  /** The goal was deleted; its living cards have to say so. A goal that was `hidden` had become private: they do not say which. */
  z.object({ kind: z.literal('gone'), id: z.string(), goal: GoalRef, at: Instant, title: z.string(), by: z.string(), hidden: z.boolean().optional(), ...failed }),
  /** The parent has not heard of the child's new state yet. */
  z.object({ kind: z.literal('roll-up'), id: z.string(), goal: GoalRef, at: Instant, parent: GoalRef }),
  /** Somebody changed the goal; the audit log has to have it. Each side holds what changed, `null` where there was or is no goal. */
  z.object({ kind: z.literal('audit'), id: z.string(), goal: GoalRef, at: Instant, by: Who, deed: z.string(), before: z.unknown(), after: z.unknown(), private: z.boolean(), ...failed }),
  /** The goal is being put under these parents. */
  z.object({ kind: z.literal('aligning'), id: z.string(), goal: GoalRef, at: Instant, parents: z.array(GoalRef), ...failed }),
  /** What privacy the goal hands down is being changed. */
  z.object({ kind: z.literal('handing-down'), id: z.string(), goal: GoalRef, at: Instant, ...failed }),
  /** The goal is being deleted: once it is gone, so has to be what others remember of it. */
  z.object({ kind: z.literal('deleting'), id: z.string(), goal: GoalRef, at: Instant, by: Who, title: z.string(), parents: z.array(GoalRef), connection: z.string().nullable(), before: z.unknown(), private: z.boolean(), ...failed }),
]);
export type Outgoing = z.infer<typeof Outgoing>;

/** What is nothing to say, but to be carried out behind a deed (src/goals/afterwards.ts). */
export type Afterword = Extract<Outgoing, { kind: 'audit' | 'aligning' | 'handing-down' | 'deleting' }>;

export function isAfterword(outgoing: Outgoing): outgoing is Afterword {
  return ['audit', 'aligning', 'handing-down', 'deleting'].includes(outgoing.kind);
}
