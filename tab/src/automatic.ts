// What a goal would be if nobody held it, in words.
import type { Goal } from '../../src/domain/goal.ts';
import type { Automatic } from '../../src/domain/roll-up.ts';
import { goalValueText, percentText } from './format.ts';

/** Value and progress, where the one does not say the other already. */
export function automaticText({ outcome }: Pick<Goal, 'outcome'>, { value, progress }: Automatic, locale: string): string {
  const text = goalValueText({ outcome, value }, locale);
  return outcome.kind === 'percent' || progress === null ? text : `${text} (${percentText(progress, locale)})`;
}
