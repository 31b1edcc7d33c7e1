// The goal: an objective, a key result or an initiative, and what it remembers of its progress.
import { z } from 'zod';
import { Instant, PlainDate } from './date.ts';
import { Id } from './organization.ts';
import { Outcome, initialProgress } from './outcome.ts';
import { Status } from './status.ts';

export const GoalKind = z.enum(['objective', 'key-result', 'initiative']);
export type GoalKind = z.infer<typeof GoalKind>;
export const kindNames: Record<GoalKind, string> = { objective: 'Objective', 'key-result': 'Key result', initiative: 'Initiative' };

/** Where a goal is found: goals live in their time period. */
export const GoalRef = z.object({ period: Id, id: Id });
export type GoalRef = z.infer<typeof GoalRef>;

/** What moves a goal: people's check-ins, its children, or a data source. */
export const ProgressMode = z.enum(['manual', 'roll-up', 'source']);
export type ProgressMode = z.infer<typeof ProgressMode>;

/** What a parent remembers of a child, so that one changed goal touches its ancestors and nothing else. */
export const Child = GoalRef.extend({ kind: GoalKind, progress: z.number().nullable(), status: Status });
export type Child = z.infer<typeof Child>;

export const Goal = z.object({
  period: z.string(),
  id: Id,
  kind: GoalKind,
  title: z.string().trim().min(1, 'Give the goal a title.').max(240, 'A title has at most 240 characters.'),
  description: z.string().max(4000),
  owner: z.object({ id: z.string(), name: z.string() }),
  createdBy: z.object({ id: z.string(), name: z.string() }),
  createdAt: Instant,
  parent: GoalRef.nullable(),
  start: PlainDate,
  end: PlainDate,
  outcome: Outcome,
  mode: ProgressMode,
  /** The connection that feeds this goal when `mode` is `source`; its measure stands in the link. */
  connection: z.string().nullable(),
  /** The id of the one link that may move it: what an older one still reads, or one whose making was interrupted, was meant for another outcome. */
  link: z.string().optional(),
  /** In the outcome's unit (percent for percent complete). `null` until somebody or something has said it: never zero by default. */
  value: z.number().nullable(),
  /** 0 to 100, `null` where there is none (see `progressOf`). */
  progress: z.number().nullable(),
  status: Status,
  /** When `value` was true, as its source says; the time of reading or check-in where the source does not say. */
  asOf: Instant.nullable(),
  /** When `value` was last read or said, or began to mean something else. An older reading never replaces a newer one. */
  readAt: Instant.nullable(),
  children: z.array(Child),
  /** Set once a chat shows a living card of this goal: from then on every change is sent out, not only a change of status. */
  posted: z.boolean(),
});
export type Goal = z.infer<typeof Goal>;

/** What a person gives to make a goal; the rest follows from it. */
export type GoalDraft = Pick<Goal, 'kind' | 'title' | 'description' | 'owner' | 'parent' | 'start' | 'end' | 'outcome' | 'mode'>;

export function newGoal(draft: GoalDraft, made: { period: string; id: string; by: { id: string; name: string }; at: Instant }): Goal {
  return {
    ...draft,
    period: made.period, id: made.id, createdBy: made.by, createdAt: made.at,
    connection: null, value: null, progress: initialProgress(draft.outcome), status: 'not-started',
    asOf: null, readAt: null, children: [], posted: false,
  };
}

/** What a goal's parent is told about it. */
export function asChild(goal: Goal): Child {
  return { period: goal.period, id: goal.id, kind: goal.kind, progress: goal.progress, status: goal.status };
}
