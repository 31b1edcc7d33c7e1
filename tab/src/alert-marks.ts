// Which alert marks stand at a goal: a solid one for what is the matter with itself, an outlined one for what is below it (features.md 1.10).
import type { GoalView } from '../../src/api.ts';
import { worstAlert, type AlertLevel } from '../../src/domain/goal.ts';

export interface AlertMark { drawn: 'solid' | 'outline'; level: AlertLevel; words: string }

export const alertNames: Record<AlertLevel, string> = { 'at-risk': 'At risk', 'needs-attention': 'Needs attention' };
const belowWords: Record<AlertLevel, string> = { 'at-risk': 'is at risk', 'needs-attention': 'needs attention' };

/** `muted` are the levels that this person does not want to see; a view's own alerts come without them. */
export function alertMarks({ alerts, alertBelow }: Pick<GoalView, 'alerts' | 'alertBelow'>, muted: readonly AlertLevel[] = []): AlertMark[] {
  const level = worstAlert(alerts.map(alert => alert.level));
  return [
    ...(level === null ? [] : [{ drawn: 'solid' as const, level, words: `${alertNames[level]}: ${alerts.map(alert => alert.text).join(' ')}` }]),
    ...(alertBelow === null || muted.includes(alertBelow) ? [] : [{ drawn: 'outline' as const, level: alertBelow, words: `A goal under this one ${belowWords[alertBelow]}` }]),
  ];
}
