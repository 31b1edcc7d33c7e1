// Checking in: a value, a status if the automatic one is wrong, a note; what it makes of the goal is shown before it is saved.
import {
  Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input, makeStyles, Radio, RadioGroup, Select,
  Text, Textarea, tokens,
} from '@fluentui/react-components';
import { useState } from 'react';
import { api, type GoalView } from '../../../src/api.ts';
import { move } from '../../../src/domain/check-in.ts';
import { expectedOf, expectedShown, statusNames, type Status } from '../../../src/domain/status.ts';
import { useDeed, useNow } from '../answer.ts';
import { automaticText } from '../automatic.ts';
import { errorsUnder } from '../call.ts';
import { numberFrom, numberHint, percentText, targetText, valueText } from '../format.ts';
import { progressMode } from '../progress-mode.ts';
import { useSession } from '../session.tsx';
import { fault, intoView } from './attention.ts';
import { ErrorBar } from './Notices.tsx';
import { ProgressBar } from './ProgressBar.tsx';
import { StatusWord } from './StatusWord.tsx';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM },
  preview: {
    display: 'grid', rowGap: tokens.spacingVerticalS, padding: tokens.spacingHorizontalM, borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3, border: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  guidance: {
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    borderInlineStartWidth: '3px', borderInlineStartStyle: 'solid', borderInlineStartColor: tokens.colorBrandStroke1,
  },
  text: { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
  line: { display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', columnGap: tokens.spacingHorizontalM, fontVariantNumeric: 'tabular-nums' },
});

/** What people may say instead of the automatic status. */
const settable: readonly Status[] = ['on-track', 'behind', 'at-risk'];

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
  const wrong = text.trim() !== '' && numberFrom(text) === undefined ? numberHint : undefined;
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
    <Dialog open onOpenChange={(_, { open }) => { if (!open) onClose(); }}>
      <DialogSurface>
        <form onSubmit={event => { event.preventDefault(); if (wrong === undefined) void save(); }}>
          <DialogBody>
            <DialogTitle>Check in</DialogTitle>
            <DialogContent className={styles.content}>
              <Text>{goal.title}</Text>
              {organization.model.scoringGuidance && goal.scoringGuidance !== '' && (
                <section className={styles.guidance} aria-label="How to score this goal">
                  <Text block weight="semibold" size={200}>How to score this goal</Text>
                  <Text block className={styles.text}>{goal.scoringGuidance}</Text>
                </section>
              )}
              {automatic !== null && <Text>{goal.stopped === null ? 'By itself it is at' : 'Automatic updates are stopped. By itself it would be at'} <strong>{automaticText(goal, automatic, locale)}</strong>.</Text>}
              <Field label={goal.outcome.kind === 'percent' ? 'Percent complete' : goal.outcome.name} hint={targetText(goal.outcome, locale)} {...fault(wrong ?? errors['value'])}>
                <Input
                  value={text} inputMode="decimal" autoComplete="off" onChange={(_, data) => setText(data.value)}
                  contentAfter={unitText(view)}
                />
              </Field>
              {moves && (
                <Field label={`${progressMode(view).words}. This value holds`}>
                  <RadioGroup value={after} onChange={(_, data) => setAfter(data.value as 'go-on' | 'stop')}>
                    <Radio value="go-on" label="until the next automatic update" />
                    <Radio value="stop" label="and automatic updates stop, until somebody resumes them" />
                  </RadioGroup>
                </Field>
              )}
              <Field label="Status" hint="The automatic status follows from progress and today’s expectation.">
                <Select value={status} onChange={(_, data) => setStatus(data.value as Status | '')}>
                  <option value="">Automatic</option>
                  {settable.map(s => <option key={s} value={s}>{statusNames[s]}</option>)}
                </Select>
              </Field>
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
              {deed.error !== undefined && <div ref={intoView}><ErrorBar error={deed.error} /></div>}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>Cancel</Button>
              <Button type="submit" appearance="primary" disabledFocusable={deed.busy || wrong !== undefined}>Save</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

function unitText({ goal: { outcome } }: GoalView): string {
  if (outcome.kind === 'percent' || outcome.unit.kind === 'percent') return '%';
  if (outcome.unit.kind === 'currency') return outcome.unit.code;
  return outcome.unit.kind === 'number' ? outcome.unit.name : '';
}
