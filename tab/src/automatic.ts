// What would move a goal if nobody held it: its children, or what its source said while updates were stopped.
import type { Goal } from '../../src/domain/goal.ts';
import { progressOf } from '../../src/domain/outcome.ts';
import { rollUp } from '../../src/domain/roll-up.ts';
import { goalValueText, percentText } from './format.ts';

export interface Automatic { value: number | null; progress: number | null }

/** `undefined` where nothing says anything: goals moved by hand, and a source that is heeded at once. */
export function automaticOf(goal: Goal): Automatic | undefined {
  const { mode, outcome, heard } = goal;
  if (mode === 'source' && goal.stopped !== null && heard !== null) return { value: heard.value, progress: progressOf(outcome, heard.value) };
  if (mode !== 'roll-up' || goal.kind === 'initiative' || outcome.kind !== 'percent') return undefined;
  const progress = rollUp(goal.children);
  return { value: progress, progress };
}

/** Value and progress, where the one does not say the other already. */
export function automaticText({ outcome }: Pick<Goal, 'outcome'>, { value, progress }: Automatic, locale: string): string {
  const text = goalValueText({ outcome, value }, locale);
  return outcome.kind === 'percent' || progress === null ? text : `${text} (${percentText(progress, locale)})`;
}
