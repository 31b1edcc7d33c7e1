// Alerts: what somebody should look at in a goal, before it is too late (features.md 1.10).
import { z } from 'zod';
import { addDays, type PlainDate } from './date.ts';
import { AlertLevel, type Goal, worstAlert } from './goal.ts';
import { expectedOf, isEnded, isPaced, statusByGap, type Thresholds } from './status.ts';

export const AlertKind = z.enum([
  'not-begun', 'unsupported', 'too-many-key-results', 'too-easy', 'late-task', 'far-behind', 'past-due', 'no-owner', 'outside-period', 'outside-objective',
]);
export type AlertKind = z.infer<typeof AlertKind>;

/** `text` says what is the matter and what to do. */
export const Alert = z.object({ kind: AlertKind, level: AlertLevel, text: z.string() });
export type Alert = z.infer<typeof Alert>;

/** A goal should have begun so many days after its start. */
const daysToBegin = 7;
/** Three to five key results are advised. */
const mostKeyResults = 5;
/** What an aspirational goal scores above this was not ambitious enough. */
const highestScore = 0.8;

/** What is the matter with this goal today, the worst first. What those under it are told by stands in `children`. */
export function alertsOf(goal: Goal, today: PlainDate, thresholds: Thresholds): Alert[] {
  const found = isEnded(goal.status) ? ofEnded(goal) : [...atRisk(goal, today, thresholds), ...needingAttention(goal, today)];
  return found.map(([kind, level, text]) => ({ kind, level, text }));
}

/** The worst of a goal's own alerts. */
export function alertLevelOf(goal: Goal, today: PlainDate, thresholds: Thresholds): AlertLevel | null {
  return worstAlert(alertsOf(goal, today, thresholds).map(alert => alert.level));
}

/** The worst alert of all goals under this one, as they last told it. */
export function alertBelow(goal: Pick<Goal, 'children'>): AlertLevel | null {
  return worstAlert(goal.children.map(child => child.alert));
}

type Found = [AlertKind, AlertLevel, string];

function atRisk(goal: Goal, today: PlainDate, thresholds: Thresholds): Found[] {
  const found: Found[] = [];
  if (today > goal.end) found.push(['past-due', 'at-risk', `It was due on ${goal.end}. Close it, postpone it, or give it a later end date.`]);
  else if (isPaced(goal.outcome) && goal.progress !== null && statusByGap(expectedOf(goal, today), goal.progress, thresholds) === 'at-risk') {
    found.push(['far-behind', 'at-risk', `It is more than ${thresholds.atRisk} points behind what is expected by now.`]);
  }
  if (goal.owners.length === 0) found.push(['no-owner', 'at-risk', 'Nobody owns it. Name an owner.']);
  if (goal.misplaced.includes('outside-objective')) found.push(['outside-objective', 'at-risk', 'Its dates are not within those of its objective.']);
  if (goal.misplaced.includes('outside-period')) found.push(['outside-period', 'at-risk', 'Its dates lie outside its time period.']);
  return found;
}

function needingAttention(goal: Goal, today: PlainDate): Found[] {
  const found: Found[] = [];
  const keyResults = goal.children.filter(child => child.kind === 'key-result').length;
  if (goal.status === 'not-started' && today >= addDays(goal.start, daysToBegin)) {
    found.push(['not-begun', 'needs-attention', `It began on ${goal.start}, and nobody has checked in yet.`]);
  }
  if (goal.kind === 'objective' && goal.entity.kind !== 'organization' && keyResults === 0 && goal.parents.length === 0) {
    found.push(['unsupported', 'needs-attention', 'It has no key results and is aligned with nothing. Add key results or align it.']);
  }
  if (keyResults > mostKeyResults) found.push(['too-many-key-results', 'needs-attention', `It has ${keyResults} key results. Three to five keep people’s attention.`]);
  const late = goal.tasks.find(task => !task.done && task.due !== null && task.due > goal.end);
  if (late) found.push(['late-task', 'needs-attention', `The task “${late.name}” is due on ${late.due}, after the goal’s end on ${goal.end}.`]);
  return found;
}

function ofEnded(goal: Goal): Found[] {
  const tooEasy = goal.status === 'closed' && goal.ambition === 'aspirational' && (goal.closure?.score ?? 0) > highestScore;
  return tooEasy ? [['too-easy', 'needs-attention', `An aspirational goal that scores more than ${highestScore} could have been more ambitious.`]] : [];
}
