// Checking in: a value, a status if the automatic one is wrong, a note; what it makes of the goal is shown before it is saved.
import { Field, makeStyles, Radio, RadioGroup, Text, Textarea, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { api, type GoalView } from '../../../src/api.ts';
import { move } from '../../../src/domain/check-in.ts';
import { expectedOf, expectedShown, type Status } from '../../../src/domain/status.ts';
import { useDeed, useNow } from '../answer.ts';
import { automaticText } from '../automatic.ts';
import { errorsUnder } from '../call.ts';
import { numberFrom, percentText, valueText } from '../format.ts';
import { progressMode } from '../progress-mode.ts';
import { useSession } from '../session.tsx';
import { fault } from './attention.ts';
import { FormDialog } from './FormDialog.tsx';
import { ProgressBar } from './ProgressBar.tsx';
import { ScoringGuidance } from './ScoringGuidance.tsx';
import { StatusField } from './StatusField.tsx';
import { StatusWord } from './StatusWord.tsx';
import { ValueField, wrongNumber } from './ValueField.tsx';

const useStyles = makeStyles({
  preview: {
    display: 'grid', rowGap: tokens.spacingVerticalS, padding: tokens.spacingHorizontalM, borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3, border: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  line: { display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', columnGap: tokens.spacingHorizontalM, fontVariantNumeric: 'tabular-nums' },
});

export function CheckInDialog({ view, onClose, onDone }: { view: GoalView; onClose: () => void; onDone: (view: GoalView) => void }) {
  const styles = useStyles();
  const { call, day, locale, organization, person } = useSession();
  const { automatic, goal } = view;
  const start = goal.value === null ? '' : String(goal.value);
  const [text, setText] = useState(start);
  const [status, setStatus] = useState<Status | ''>('');
  const [note, setNote] = useState('');
  const [after, setAfter] = useState<'go-on' | 'stop'>('go-on');
  const deed = useDeed();
  const now = useNow();

  const moves = goal.mode !== 'manual' && goal.stopped === null;
  // What moves by itself keeps moving unless somebody says another value.
  const value = text.trim() === '' || (moves && text === start) ? undefined : numberFrom(text);
  const updates = moves && (value !== undefined || after === 'stop') ? after : undefined;
  const today = day();
  const { goal: next } = move(goal, { kind: 'check-in', value, status: status === '' ? undefined : status, note, updates },
    { at: now.toISOString(), today, thresholds: organization.thresholds, model: organization.model, by: { kind: 'person', id: person.id, name: person.name } });
  const errors = errorsUnder(deed.error?.errors ?? {}, 'body');

  const save = () => deed.run(async () => {
    const body = { note, ...(value === undefined ? {} : { value }), ...(status === '' ? {} : { status }), ...(updates === undefined ? {} : { updates }) };
    onDone(await call(api.checkIn, { params: { organization: organization.id, period: goal.period, goal: goal.id }, body }));
  });

  return (
    <FormDialog title="Check in" yes="Save" deed={deed} blocked={wrongNumber(text) !== undefined} onSubmit={() => void save()} onClose={onClose}>
      <Text>{goal.title}</Text>
      <ScoringGuidance goal={goal} />
      {automatic !== null && <Text>{goal.stopped === null ? 'By itself it is at' : 'Automatic updates are stopped. By itself it would be at'} <strong>{automaticText(goal, automatic, locale)}</strong>.</Text>}
      <ValueField outcome={goal.outcome} text={text} onText={setText} error={errors['value']} />
      {moves && (
        <Field label={`${progressMode(view).words}. This value holds`} {...fault(errors['updates'])}>
          <RadioGroup value={after} onChange={(_, data) => setAfter(data.value as 'go-on' | 'stop')}>
            <Radio value="go-on" label="until the next automatic update" />
            <Radio value="stop" label="and automatic updates stop, until somebody resumes them" />
          </RadioGroup>
        </Field>
      )}
      <StatusField outcome={goal.outcome} status={status} onStatus={setStatus} unsaid="Automatic" hint="The automatic status follows from progress and today’s expectation." error={errors['status']} />
      <Field label="Note" {...fault(errors['note'])}>
        <Textarea value={note} maxLength={4000} resize="vertical" onChange={(_, data) => setNote(data.value)} />
      </Field>
      <output className={styles.preview} aria-label="What this check-in makes of the goal">
        <div className={styles.line}>
          <Text>{next.value === null || goal.outcome.kind === 'percent' ? '' : `${valueText(goal.outcome, next.value, locale)} · `}{next.progress === null ? 'No progress' : `${percentText(next.progress, locale)} done`}</Text><StatusWord status={next.status} />
        </div>
        <ProgressBar
          progress={next.progress} expected={expectedShown(next, expectedOf(goal, today))}
          status={next.status} locale={locale} large label="Progress after this check-in"
        />
      </output>
    </FormDialog>
  );
}
