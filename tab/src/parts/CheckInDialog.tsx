// Checking in: a value, a status if the automatic one is wrong, a note; what it makes of the goal is shown before it is saved.
import {
  Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input, makeStyles, Select, Text, Textarea,
  tokens,
} from '@fluentui/react-components';
import { useState } from 'react';
import { api, type GoalView } from '../../../src/api.ts';
import { move } from '../../../src/domain/check-in.ts';
import { expectedProgress, statusNames, type Status } from '../../../src/domain/status.ts';
import { useDeed, useNow } from '../answer.ts';
import { errorsUnder } from '../call.ts';
import { expectedShown } from '../chart.ts';
import { numberFrom, numberHint, percentText, targetText } from '../format.ts';
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
  line: { display: 'flex', justifyContent: 'space-between', columnGap: tokens.spacingHorizontalM, fontVariantNumeric: 'tabular-nums' },
});

/** What people may say instead of the automatic status. */
const settable: readonly Status[] = ['on-track', 'behind', 'at-risk'];

export function CheckInDialog({ view, onClose, onDone }: { view: GoalView; onClose: () => void; onDone: (view: GoalView) => void }) {
  const styles = useStyles();
  const { call, day, locale, organization, person } = useSession();
  const { goal } = view;
  const [text, setText] = useState(goal.value === null ? '' : String(goal.value));
  const [status, setStatus] = useState<Status | ''>('');
  const [note, setNote] = useState('');
  const deed = useDeed();
  const now = useNow();

  const value = goal.mode === 'roll-up' || text.trim() === '' ? undefined : numberFrom(text);
  const wrong = goal.mode !== 'roll-up' && text.trim() !== '' && value === undefined ? numberHint : undefined;
  const today = day();
  const after = move(goal, { kind: 'check-in', value, status: status === '' ? undefined : status, note },
    { at: now.toISOString(), today, thresholds: organization.thresholds, by: { kind: 'person', id: person.id, name: person.name } }).goal;
  const errors = errorsUnder(deed.error?.errors ?? {}, 'body');

  const save = () => deed.run(async () => {
    const body = { note, ...(value === undefined ? {} : { value }), ...(status === '' ? {} : { status }) };
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
              {goal.mode !== 'manual' && <Text size={200}>{goal.mode === 'source' ? 'The next reading of the data source replaces this value.' : 'Its children say how far this goal is; check in on them to move it.'}</Text>}
              {goal.mode !== 'roll-up' && <Field label={goal.outcome.kind === 'percent' ? 'Percent complete' : goal.outcome.name} hint={targetText(goal.outcome, locale)} {...fault(wrong ?? errors['value'])}>
                <Input
                  value={text} inputMode="decimal" autoComplete="off" onChange={(_, data) => setText(data.value)}
                  contentAfter={unitText(view)}
                />
              </Field>}
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
                  <Text>{after.progress === null ? 'No progress' : percentText(after.progress, locale)}</Text><StatusWord status={after.status} />
                </div>
                <ProgressBar
                  progress={after.progress} expected={expectedShown(after, expectedProgress(goal.start, goal.end, today))}
                  status={after.status} locale={locale} large label="Progress after this check-in"
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
