// How people end a goal and take it up again: closing with a score, postponing into a later time period, reopening.
import { Field, Input, Radio, RadioGroup, Select, Text, Textarea } from '@fluentui/react-components';
import { useState } from 'react';
import { api, type GoalView } from '../../../src/api.ts';
import { progressOf } from '../../../src/domain/outcome.ts';
import { nextPeriod } from '../../../src/domain/period.ts';
import { suggestedScore } from '../../../src/domain/score.ts';
import { useAnswer, useDeed } from '../answer.ts';
import { numberFrom, scoreText } from '../format.ts';
import { useSession } from '../session.tsx';
import { fault } from './attention.ts';
import { FormDialog } from './FormDialog.tsx';
import { ErrorBar } from './Notices.tsx';
import { Score } from './Score.tsx';
import { ScoringGuidance } from './ScoringGuidance.tsx';
import { ValueField, wrongNumber } from './ValueField.tsx';

export type Ending = 'close' | 'postpone' | 'reopen';

interface Props { view: GoalView; onClose: () => void; onDone: () => void }

export function EndingDialog({ ending, ...props }: Props & { ending: Ending }) {
  switch (ending) {
    case 'close': return <CloseDialog {...props} />;
    case 'postpone': return <PostponeDialog {...props} />;
    case 'reopen': return <ReopenDialog {...props} />;
  }
}

function CloseDialog({ view, onClose, onDone }: Props) {
  const { call, locale, organization } = useSession();
  const { goal } = view;
  const start = goal.value === null ? '' : String(goal.value);
  const [text, setText] = useState(start);
  const [scored, setScored] = useState<string>();
  const [note, setNote] = useState('');
  const deed = useDeed();
  const errors = deed.error?.errors ?? {};

  const value = text === start ? undefined : numberFrom(text);
  const suggested = value === undefined ? view.suggestedScore : suggestedScore({ progress: progressOf(goal.outcome, value) });
  const scoreWritten = scored ?? (suggested === null ? '' : String(suggested));
  const score = numberFrom(scoreWritten);
  const wrongScore = scoreWritten.trim() !== '' && (score === undefined || score < 0 || score > 1) ? 'Write a score from 0 to 1, such as 0.7.' : undefined;
  const close = () => deed.run(async () => {
    await call(api.closeGoal, { params: paramsOf(organization.id, view), body: { note, ...(value === undefined ? {} : { value }), ...(score === undefined ? {} : { score }) } });
    onDone();
  });

  return (
    <FormDialog title="Close this goal" yes="Close the goal" deed={deed} blocked={wrongScore !== undefined || wrongNumber(text) !== undefined} onSubmit={() => void close()} onClose={onClose}>
      <Text>{goal.title}</Text>
      <ScoringGuidance goal={goal} />
      <ValueField outcome={goal.outcome} text={text} onText={setText} error={errors['value']} />
      {!isBaseline(view) && (
        <Field label="Score" hint={suggested === null ? 'From 0 to 1.' : `From 0 to 1. What was done suggests ${scoreText(suggested, locale)}.`} {...fault(wrongScore ?? errors['score'])}>
          <Input value={scoreWritten} inputMode="decimal" autoComplete="off" onChange={(_, data) => setScored(data.value)} />
        </Field>
      )}
      {score !== undefined && wrongScore === undefined && <output aria-label="How this score looks"><Score score={score} ambition={goal.ambition} /></output>}
      <Field label="Note" {...fault(errors['note'])}><Textarea value={note} maxLength={4000} resize="vertical" onChange={(_, data) => setNote(data.value)} /></Field>
    </FormDialog>
  );
}

function PostponeDialog({ view, onClose, onDone }: Props) {
  const { call, organization } = useSession();
  const { goal } = view;
  const periods = useAnswer(signal => call(api.periods, { params: { organization: organization.id } }, signal), organization.id);
  const own = periods.answer?.rows.find(p => p.id === goal.period);
  const later = (periods.answer?.rows ?? []).filter(p => own === undefined || p.end > own.end);
  const [chosen, setChosen] = useState<string>();
  const [progress, setProgress] = useState<'reset' | 'keep'>('reset');
  const [note, setNote] = useState('');
  const [isAsked, setAsked] = useState(false);
  const deed = useDeed();
  const errors = deed.error?.errors ?? {};
  const to = chosen ?? (own && nextPeriod(periods.answer!.rows, own)?.id) ?? '';
  const missing = isAsked && note.trim() === '' ? 'Say why it is postponed.' : undefined;
  const postpone = () => deed.run(async () => {
    await call(api.postponeGoal, { params: paramsOf(organization.id, view), body: { note, progress, ...(to === '' ? {} : { to }) } });
    onDone();
  });

  return (
    <FormDialog title="Postpone this goal" yes="Postpone" deed={deed} blocked={missing !== undefined} onClose={onClose} onSubmit={() => { setAsked(true); if (note.trim() !== '') void postpone(); }}>
      <Text>{goal.title}</Text>
      {goal.children.some(child => child.kind !== 'objective') && <Text>Its key results and initiatives that have not ended go on with it.</Text>}
      {periods.error !== undefined && <ErrorBar error={periods.error} again={() => void periods.reload()} />}
      <Field label="It goes on in" {...fault(errors['to'])}>
        <Select value={to} disabled={periods.answer === undefined} onChange={(_, data) => setChosen(data.value)}>
          {to === '' && <option value="">Choose a time period</option>}
          {later.map(p => <option key={p.id} value={p.id}>{p.name}</option>)}
        </Select>
      </Field>
      <Field label="There it begins">
        <RadioGroup value={progress} onChange={(_, data) => setProgress(data.value as 'reset' | 'keep')}>
          <Radio value="reset" label="anew, a metric from where it stands now" />
          <Radio value="keep" label="with the value it has" />
        </RadioGroup>
      </Field>
      <Field label="Note" required {...fault(missing ?? errors['note'])}><Textarea value={note} maxLength={4000} resize="vertical" onChange={(_, data) => setNote(data.value)} /></Field>
    </FormDialog>
  );
}

function ReopenDialog({ view, onClose, onDone }: Props) {
  const { call, organization } = useSession();
  const [note, setNote] = useState('');
  const deed = useDeed();
  const reopen = () => deed.run(async () => {
    await call(api.reopenGoal, { params: paramsOf(organization.id, view), body: { note } });
    onDone();
  });
  return (
    <FormDialog title="Reopen this goal" yes="Reopen" deed={deed} onSubmit={() => void reopen()} onClose={onClose}>
      <Text>{view.goal.title}</Text>
      {view.goal.closure?.continuedBy != null && <Text>The goal that goes on in its place stays as it is.</Text>}
      <Field label="Note" {...fault(deed.error?.errors['note'])}><Textarea value={note} maxLength={4000} resize="vertical" onChange={(_, data) => setNote(data.value)} /></Field>
    </FormDialog>
  );
}

/** What finds a baseline has no score. */
function isBaseline({ goal: { outcome } }: GoalView): boolean {
  return outcome.kind === 'metric' && outcome.direction === 'baseline';
}

function paramsOf(organization: string, { goal }: GoalView) {
  return { organization, period: goal.period, goal: goal.id };
}
