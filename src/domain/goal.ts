// The goal: an objective, a key result or an initiative, and what it remembers of its progress.
import { z } from 'zod';
import { Instant, PlainDate } from './date.ts';
import { Author, Id, Who } from './organization.ts';
import { Outcome, Unit, initialAmount, initialProgress, unitOf } from './outcome.ts';
import { Status } from './status.ts';

export const GoalKind = z.enum(['objective', 'key-result', 'initiative']);
export type GoalKind = z.infer<typeof GoalKind>;
export const kindNames: Record<GoalKind, string> = { objective: 'Objective', 'key-result': 'Key result', initiative: 'Initiative' };

/** Where a goal is found: goals live in their time period. */
export const GoalRef = z.object({ period: Id, id: Id });
export type GoalRef = z.infer<typeof GoalRef>;

/** What moves a goal: people's check-ins, its children (of an initiative: its tasks), or a data source. */
export const ProgressMode = z.enum(['manual', 'roll-up', 'source']);
export type ProgressMode = z.infer<typeof ProgressMode>;

/** Whose goal it is: the whole organization's, one or several teams', or its owners' alone. */
export const Entity = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('organization') }),
  z.object({ kind: z.literal('teams'), teams: z.array(Id).min(1, 'Choose at least one team.').max(20, 'A goal belongs to at most 20 teams.') }),
  z.object({ kind: z.literal('individual') }),
]);
export type Entity = z.infer<typeof Entity>;

/** How bad things are with a goal, or with the worst of those under it (features.md 1.10, alerts). */
export const AlertLevel = z.enum(['needs-attention', 'at-risk']);
export type AlertLevel = z.infer<typeof AlertLevel>;

/**
 * Who may see and change a goal beyond those who may by their role. A private goal is seen by its own people and `viewers` alone, is aligned
 * and changed by no admin, and hands its privacy down to its key results and initiatives (features.md 1.14).
 */
export const Access = z.object({
  private: z.boolean(),
  /** People choose at most 500; what is inherited also has the people of the goal above in it. */
  viewers: z.array(Who).max(1100),
  /** Who may align goals under this one; `null`: whoever may see it. */
  aligners: z.array(Who).max(500).nullable(),
  editors: z.array(Who).max(500),
  /** The private goal above whose privacy this is. It is changed there. */
  inheritedFrom: GoalRef.nullable(),
});
export type Access = z.infer<typeof Access>;
export const openAccess: Access = { private: false, viewers: [], aligners: null, editors: [], inheritedFrom: null };

/** Dates outside its time period; a key result whose dates are not within those of its objective. */
export const Misplacement = z.enum(['outside-period', 'outside-objective']);
export type Misplacement = z.infer<typeof Misplacement>;

/** A step of the way: what the value should be at the end of a date, in the outcome's unit. */
export const Phase = z.object({ date: PlainDate, target: z.number() });
export type Phase = z.infer<typeof Phase>;

/** A piece of an initiative's work. Their order is the list's. */
export const Task = z.object({
  id: Id,
  name: z.string().trim().min(1, 'Name the task.').max(240),
  owner: Who.nullable(),
  due: PlainDate.nullable(),
  done: z.boolean(),
});
export type Task = z.infer<typeof Task>;
/** The most tasks of one initiative (features.md 1.1). */
export const mostTasks = 200;

/** What a parent remembers of a child, so that one changed goal touches its ancestors and nothing else. */
export const Child = GoalRef.extend({
  kind: GoalKind, progress: z.number().nullable(), status: Status,
  /** What a parent that sums up adds: the value, or the start where nobody has said one; `null` where there is nothing to add. */
  amount: z.number().nullable().default(null),
  /** What `amount` counts. */
  unit: Unit.default({ kind: 'percent' }),
  score: z.number().nullable().default(null),
  /** The worst alert of the child and of all goals under it. */
  alert: AlertLevel.nullable().default(null),
  private: z.boolean().default(false),
  /** The parent's own: whether it counts at all, */
  contributes: z.boolean().default(true),
  /** and the weight in percent that somebody has given it, which stays when others come and go. */
  fixed: z.number().positive().max(100).optional(),
});
export type Child = z.infer<typeof Child>;

/** How a goal was ended. */
export const Closure = z.object({
  at: Instant, by: Author,
  /** 0 to 1; `null` for a goal without a notion of one, such as a baseline, and for a postponed one. */
  score: z.number().min(0).max(1).nullable(),
  note: z.string().max(4000),
  /** Where a postponed goal goes on. */
  continuedBy: GoalRef.nullable(),
});
export type Closure = z.infer<typeof Closure>;

export const Goal = z.object({
  period: z.string(),
  id: Id,
  kind: GoalKind,
  title: z.string().trim().min(1, 'Give the goal a title.').max(240, 'A title has at most 240 characters.'),
  description: z.string().max(4000),
  entity: Entity.default({ kind: 'individual' }),
  owners: z.array(Who).max(20, 'A goal has at most 20 owners.'),
  /** Whom reminders go to; `null`: the first owner. */
  checkInOwner: Who.nullable().default(null),
  /** May do all that an editor may but change the owners. */
  delegate: Who.nullable().default(null),
  access: Access.default(openAccess),
  createdBy: Who,
  createdAt: Instant,
  /** What it is aligned with. At most one, unless the organization works with multiple alignment. */
  parents: z.array(GoalRef).max(20, 'A goal stands under at most 20 others.'),
  start: PlainDate,
  end: PlainDate,
  ambition: z.enum(['aspirational', 'committed']).default('aspirational'),
  tags: z.array(z.string().trim().min(1).max(40)).max(20, 'A goal has at most 20 tags.').default([]),
  /** What score stands for which success, in its owner's words; shown at check-in. */
  scoringGuidance: z.string().max(2000).default(''),
  outcome: Outcome,
  /** Phased targets in the order of their dates; empty: expected progress is linear. */
  phases: z.array(Phase).max(60, 'Phased targets have at most 60 steps.').default([]),
  mode: ProgressMode,
  /** Where an automatic status comes from: from progress against expected progress, or from the worst of the children (features.md 1.8). */
  statusFrom: z.enum(['progress', 'children']).default('progress'),
  /** Somebody has stopped automatic updates: what children or source say is remembered, and moves nothing until they resume. */
  stopped: z.object({
    by: Who, at: Instant,
    /** The status was set by hand as well, and holds until the next check-in or until they resume. */
    statusHolds: z.literal(true).optional(),
  }).nullable().default(null),
  /** What the source last said while updates were stopped. */
  heard: z.object({ value: z.number(), raw: z.string().max(1000), asOf: Instant, readAt: Instant }).nullable().default(null),
  tasks: z.array(Task).max(mostTasks, `An initiative has at most ${mostTasks} tasks.`).default([]),
  /** The connection that feeds this goal when `mode` is `source`; its measure stands in the link. */
  connection: z.string().nullable(),
  /** The id of the one link that may move it: what an older one still reads, or one whose making was interrupted, was meant for another outcome. */
  link: z.string().optional(),
  /** In the outcome's unit (percent for percent complete). `null` until somebody or something has said it: never zero by default. */
  value: z.number().nullable(),
  /** 0 to 100, `null` where there is none (see `progressOf`). */
  progress: z.number().nullable(),
  status: Status,
  closure: Closure.nullable().default(null),
  /** The worst alert of this goal alone, as of its last judgement: what its parents are told. What people see is worked out anew. */
  alert: AlertLevel.nullable().default(null),
  /** When `value` was true, as its source says; the time of reading or check-in where the source does not say. */
  asOf: Instant.nullable(),
  /** When `value` was last read or said, or began to mean something else. An older reading never replaces a newer one. */
  readAt: Instant.nullable(),
  /** When somebody or something last checked in; `null` before the first. */
  checkedInAt: Instant.nullable().default(null),
  children: z.array(Child),
  /** What is wrong with where it stands in time, as of its last edit. */
  misplaced: z.array(Misplacement).default([]),
  /** The goal of an earlier period that this one continues, or that it was cloned from. */
  clonedFrom: GoalRef.nullable().default(null),
  /** Set once a chat shows a living card of this goal: from then on every change is sent out, not only a change of status. */
  posted: z.boolean(),
});
export type Goal = z.infer<typeof Goal>;

/** What a person gives to make a goal; the rest follows from it. */
export type GoalDraft = Pick<Goal,
  'kind' | 'title' | 'description' | 'entity' | 'owners' | 'checkInOwner' | 'delegate' | 'access' | 'parents' | 'start' | 'end' | 'ambition' | 'tags'
  | 'scoringGuidance' | 'outcome' | 'phases' | 'mode' | 'statusFrom'>;

/** What a draft has where nobody chose otherwise. */
export const usualDraft = {
  description: '', entity: { kind: 'individual' }, checkInOwner: null, delegate: null, access: openAccess, parents: [], ambition: 'aspirational', tags: [],
  scoringGuidance: '', phases: [], mode: 'manual', statusFrom: 'progress',
} as const satisfies Partial<GoalDraft>;

export function newGoal(
  draft: Pick<GoalDraft, 'kind' | 'title' | 'owners' | 'start' | 'end' | 'outcome'> & Partial<GoalDraft>, made: { period: string; id: string; by: Who; at: Instant },
): Goal {
  return {
    ...structuredClone(usualDraft), ...draft,
    period: made.period, id: made.id, createdBy: made.by, createdAt: made.at,
    stopped: null, heard: null, tasks: [], connection: null, value: null, progress: progressBefore(draft.outcome, draft.mode ?? usualDraft.mode), status: 'not-started',
    closure: null, alert: null, asOf: null, readAt: null, checkedInAt: null, children: [], misplaced: [], clonedFrom: null, posted: false,
  };
}

/** The progress of a goal of which nobody has said anything. What rolls up has none until something below it says so. */
export function progressBefore(outcome: Outcome, mode: ProgressMode): number | null {
  return mode === 'roll-up' ? null : initialProgress(outcome);
}

/** The one whom reminders go to, if there is anybody. */
export function checkInOwnerOf(goal: Pick<Goal, 'checkInOwner' | 'owners'>): Who | undefined {
  return goal.checkInOwner ?? goal.owners[0];
}

/** What a goal's parents are told about it. Whether and how much it counts is theirs to say, and not in it. */
export function asChild(goal: Goal): Omit<Child, 'contributes' | 'fixed'> {
  return {
    period: goal.period, id: goal.id, kind: goal.kind, progress: goal.progress, status: goal.status,
    amount: goal.value ?? initialAmount(goal.outcome), unit: unitOf(goal.outcome), score: goal.closure?.score ?? null,
    alert: worstAlert([goal.alert, ...goal.children.map(c => c.alert)]), private: goal.access.private,
  };
}

export function worstAlert(levels: readonly (AlertLevel | null)[]): AlertLevel | null {
  return levels.includes('at-risk') ? 'at-risk' : levels.includes('needs-attention') ? 'needs-attention' : null;
}

export function refOf(goal: GoalRef): GoalRef {
  return { period: goal.period, id: goal.id };
}

/** The same in one word, such as for maps by goal. */
export function nameOf({ period, id }: GoalRef): string {
  return `${period}:${id}`;
}

export function sameRef(a: GoalRef | null | undefined, b: GoalRef | null | undefined): boolean {
  return a?.id === b?.id && a?.period === b?.period;
}
