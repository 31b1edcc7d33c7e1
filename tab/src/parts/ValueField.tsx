// A value of a goal, as people type it: named and measured as the goal's outcome says.
import { Field, Input } from '@fluentui/react-components';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { numberFrom, numberHint, targetText, unitText } from '../format.ts';
import { useSession } from '../session.tsx';
import { fault } from './attention.ts';

export function ValueField({ outcome, text, onText, error }: { outcome: Outcome; text: string; onText: (text: string) => void; error?: string | undefined }) {
  const { locale } = useSession();
  return (
    <Field label={outcome.kind === 'percent' ? 'Percent complete' : outcome.name} hint={targetText(outcome, locale)} {...fault(wrongNumber(text) ?? error)}>
      <Input value={text} inputMode="decimal" autoComplete="off" onChange={(_, data) => onText(data.value)} contentAfter={unitText(outcome)} />
    </Field>
  );
}

/** What to tell somebody whose text is neither empty nor a number. */
export function wrongNumber(text: string): string | undefined {
  return text.trim() !== '' && numberFrom(text) === undefined ? numberHint : undefined;
}
