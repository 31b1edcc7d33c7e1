// From what a source said to what a goal is worth: percent complete or the metric's own value.
import type { Outcome } from './outcome.ts';

/**
 * The value a goal takes from a reading, in the outcome's unit; for percent complete in percent.
 * Percent complete is `value` of `of`; a reading without `of` is taken as a percentage by itself.
 * Of nothing there is no part: `of` 0 gives `undefined`, never 0 %.
 */
export function goalValue(outcome: Outcome, reading: { value: number; of?: number | undefined }): number | undefined {
  if (outcome.kind === 'metric' || reading.of === undefined) return reading.value;
  return reading.of === 0 ? undefined : (reading.value / reading.of) * 100;
}
