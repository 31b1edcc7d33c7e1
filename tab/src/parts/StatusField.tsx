// The status that people may say instead of the automatic one.
import { Field, Select } from '@fluentui/react-components';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { statusNames, statusesByHand, type Status } from '../../../src/domain/status.ts';
import { fault } from './attention.ts';

/** `unsaid` is what the goal gets where nothing is chosen. Nothing for a goal whose status is not for people to say. */
export function StatusField({ outcome, status, onStatus, unsaid, hint, error }: { outcome: Outcome; status: Status | ''; onStatus: (status: Status | '') => void; unsaid: string; hint?: string; error?: string | undefined }) {
  const settable = statusesByHand(outcome);
  if (settable.length === 0) return null;
  return (
    <Field label="Status" {...(hint === undefined ? {} : { hint })} {...fault(error)}>
      <Select value={status} onChange={(_, data) => onStatus(data.value as Status | '')}>
        <option value="">{unsaid}</option>
        {settable.map(s => <option key={s} value={s}>{statusNames[s]}</option>)}
      </Select>
    </Field>
  );
}
