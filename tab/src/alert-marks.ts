// Which alert marks stand at a goal: a solid one for what is the matter with itself, an outlined one for what is below it (features.md 1.10).
import { alertBelow, alertsOf } from '../../src/domain/alert.ts';
import type { PlainDate } from '../../src/domain/date.ts';
import { worstAlert, type AlertLevel, type Goal } from '../../src/domain/goal.ts';
import type { Thresholds } from '../../src/domain/status.ts';

export interface AlertMark { drawn: 'solid' | 'outline'; level: AlertLevel; words: string }

export const alertNames: Record<AlertLevel, string> = { 'at-risk': 'At risk', 'needs-attention': 'Needs attention' };
const belowWords: Record<AlertLevel, string> = { 'at-risk': 'is at risk', 'needs-attention': 'needs attention' };

/** Without the alerts that `muted` names, which this person does not want to see. */
export function alertMarks(goal: Goal, today: PlainDate, thresholds: Thresholds, muted: readonly AlertLevel[] = []): AlertMark[] {
  const own = alertsOf(goal, today, thresholds).filter(alert => !muted.includes(alert.level));
  const level = worstAlert(own.map(alert => alert.level));
  const below = alertBelow(goal);
  return [
    ...(level === null ? [] : [{ drawn: 'solid' as const, level, words: `${alertNames[level]}: ${own.map(alert => alert.text).join(' ')}` }]),
    ...(below === null || muted.includes(below) ? [] : [{ drawn: 'outline' as const, level: below, words: `A goal under this one ${belowWords[below]}` }]),
  ];
}
