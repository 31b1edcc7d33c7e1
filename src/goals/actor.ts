// Who does a deed, with what, and the steps that every deed leaves behind: its line in the feed and its entry in the audit log.
import { difference } from '../difference.ts';
import type { Judgement } from '../domain/check-in.ts';
import { type Instant, dateIn } from '../domain/date.ts';
import type { Activity, FeedEntry } from '../domain/feed.ts';
import { type Goal, refOf } from '../domain/goal.ts';
import type { Organization, Scope, Who } from '../domain/organization.ts';
import { type Step, type Store, put } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { outgoingStep } from '../sync/move.ts';

/** A person at work in an organization. Whether they may is asked before: deeds carry out. */
export interface Actor { readonly scope: Scope; readonly by: Who; readonly organization: Organization }

export interface DeedDeps { store: Store; now(): Date; newId(): string }

export function judgementOf({ by, organization }: Actor, at: Instant): Judgement {
  return { at, today: dateIn(organization.timeZone, at), thresholds: organization.thresholds, model: organization.model, by: { kind: 'person', ...by } };
}

export function feedStep({ scope, by }: Actor, goal: Goal, at: Instant, id: string, activity: Activity): Step {
  const entry: FeedEntry = { goal: refOf(goal), id, at, by: { kind: 'person', ...by }, activity };
  return put(rows.feedEntry, keys.feedEntry(scope, entry.goal, at, id), entry);
}

/**
 * Leaves word for the audit log, in the transaction of the deed itself: a change of a goal that is not recorded does not happen. `before` and
 * `after` hold what changed and nothing else (`changesOf`), `null` where there was or is no goal.
 */
export function auditStep({ scope, by }: Pick<Actor, 'scope' | 'by'>, goal: Goal, deed: string, before: unknown, after: unknown, at: Instant, id: string): Step {
  const word = { kind: 'audit' as const, id: `h:${id}`, goal: refOf(goal), at, by, deed, before, after, private: goal.access.private };
  return outgoingStep(scope, word);
}

/** What people decide about a goal. What follows from it, such as its progress, has its own history. */
const decided = [
  'kind', 'title', 'description', 'entity', 'owners', 'checkInOwner', 'delegate', 'access', 'parents', 'start', 'end', 'ambition', 'tags', 'scoringGuidance', 'outcome',
  'phases', 'mode', 'statusFrom', 'stopped', 'connection', 'tasks', 'closure',
] as const satisfies readonly (keyof Goal)[];
export type Decided = Partial<Pick<Goal, typeof decided[number]>>;

/** What of it a change has changed. */
export function changesOf(before: Goal, after: Goal): { before: Decided; after: Decided } {
  return difference(decisionsOf(before), decisionsOf(after));
}

/** All that people have decided about a goal. */
export function decisionsOf(goal: Goal): Decided {
  return Object.fromEntries(decided.map(field => [field, goal[field]]));
}
