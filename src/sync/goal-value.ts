// What a reading means for a goal: its value in the unit of the goal's outcome.
import { SourceError } from '../connectors/source-error.ts';
import type { Reading } from '../connectors/connector.ts';
import type { Outcome } from '../domain/outcome.ts';

/**
 * Percent complete is the value's share of its total; where the source names no total, the value is a percentage by itself.
 * Every other outcome takes the value as it is. A share of nothing is an error, not zero.
 */
export function goalValue(outcome: Outcome, reading: Pick<Reading, 'value' | 'of'>): number | SourceError {
  if (outcome.kind !== 'percent' || reading.of === undefined) return reading.value;
  if (reading.of === 0) {
    return new SourceError('The source found nothing to measure (the total is 0), so there is no percentage. Check what the measure selects.', { kind: 'reconfigure' });
  }
  const percent = (reading.value / reading.of) * 100;
  return Number.isFinite(percent) ? percent : new SourceError(`${reading.value} of ${reading.of} is not a percentage we can show.`, { kind: 'report' });
}
