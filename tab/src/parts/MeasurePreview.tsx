// What a measure says now and what that would make of the goal: shown only as long as it is true of what is filled in.
import { Button, makeStyles, MessageBar, MessageBarBody, Spinner, Text, tokens } from '@fluentui/react-components';
import { useEffect, useEffectEvent, useState } from 'react';
import { api, type IntegrationView, type Preview } from '../../../src/api.ts';
import { progressOf, type Outcome } from '../../../src/domain/outcome.ts';
import { expectedProgress, statusOf } from '../../../src/domain/status.ts';
import { useDeed } from '../answer.ts';
import { expectedShown } from '../chart.ts';
import { isPicked, type Read } from '../form/values.ts';
import { numberText, percentText, valueText } from '../format.ts';
import { outcomeOf, type GoalDraft } from '../goal-draft.ts';
import { useSession } from '../session.tsx';
import { Ago } from './Ago.tsx';
import { ErrorBar } from './Notices.tsx';
import { ProgressBar } from './ProgressBar.tsx';
import { StatusWord } from './StatusWord.tsx';

const useStyles = makeStyles({
  preview: {
    display: 'grid', rowGap: tokens.spacingVerticalS, padding: tokens.spacingHorizontalM, borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3, border: `1px solid ${tokens.colorNeutralStroke2}`, minHeight: '64px',
    alignContent: 'center',
  },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', justifyContent: 'space-between', columnGap: tokens.spacingHorizontalM },
  value: {
    fontSize: tokens.fontSizeBase600, lineHeight: tokens.lineHeightBase600, fontWeight: tokens.fontWeightSemibold,
    fontVariantNumeric: 'tabular-nums', overflowWrap: 'anywhere',
  },
  quiet: { color: tokens.colorNeutralForeground3, overflowWrap: 'anywhere' },
  button: { justifySelf: 'start', alignSelf: 'flex-start' },
});

interface Props { metric: IntegrationView['metrics'][number]; filled: Read; draft: GoalDraft; onErrors: (errors: Readonly<Record<string, string>>) => void }

/** A reading that nothing is asked of: for a metric goal whose target is not written yet. */
const justTheValue: Outcome = { kind: 'metric', name: 'Value', unit: { kind: 'none' }, direction: 'baseline' };

export function MeasurePreview({ metric, filled, draft, onErrors }: Props) {
  const styles = useStyles();
  const { call, organization } = useSession();
  const deed = useDeed();
  const [got, setGot] = useState<{ of: string; preview: Preview }>();
  const [failedOf, setFailedOf] = useState<string>();
  const outcome = outcomeOf(draft);
  // The source's answer depends on the measure and on whether it is read as percent; targets only change what the goal makes of it.
  const of = JSON.stringify([draft.connection, metric.id, filled.ok ? filled.values : null, draft.measured]);

  const ask = async () => {
    if (!filled.ok) { onErrors(filled.errors); return; }
    onErrors({});
    setGot(undefined);
    const done = await deed.run(async () => {
      const body = { measure: { metric: metric.id, form: filled.values }, outcome: outcome.ok ? outcome.value : justTheValue };
      setGot({ of, preview: await call(api.preview, { params: { organization: organization.id, connection: draft.connection }, body }) });
    });
    setFailedOf(done ? undefined : of);
  };

  const askByItself = useEffectEvent(() => { void ask(); });
  const ready = filled.ok && isPicked(metric.fields);
  useEffect(() => {
    if (!ready) return undefined;
    const timer = setTimeout(askByItself, 400, of);
    return () => clearTimeout(timer);
  }, [ready, of]);

  const said = deed.error?.errors;
  const tellErrors = useEffectEvent((errors: Readonly<Record<string, string>>) => onErrors(errors));
  useEffect(() => { if (said !== undefined) tellErrors(said); }, [said]);

  const blamed = metric.fields.some(field => Object.keys(said ?? {}).some(path => path === field.name || path.endsWith(`.${field.name}`)));
  const fresh = got?.of === of ? got.preview : undefined;
  return (
    <>
      <Button className={styles.button} disabledFocusable={deed.busy} onClick={() => void ask()}>Preview</Button>
      <output className={styles.preview} aria-label="Preview">
        {deed.busy && <Spinner size="tiny" label="Asking the source" labelPosition="after" />}
        {!deed.busy && fresh !== undefined && <Previewed preview={fresh} draft={draft} outcome={outcome.ok ? outcome.value : undefined} />}
        {!deed.busy && fresh === undefined && <Text className={styles.quiet}>{got === undefined ? 'Preview shows what the source says now. Nothing is saved.' : 'The measure has changed since the last preview.'}</Text>}
      </output>
      {!deed.busy && deed.error !== undefined && failedOf === of && !blamed && <ErrorBar error={deed.error} />}
      {draft.measured === 'percent' && !metric.percent && <MessageBar intent="warning" layout="multiline"><MessageBarBody>{metric.title} says a plain number, not a percentage. Measure this goal by a metric below.</MessageBarBody></MessageBar>}
    </>
  );
}

function Previewed({ preview, draft, outcome }: { preview: Preview; draft: GoalDraft; outcome: Outcome | undefined }) {
  const styles = useStyles();
  const { locale } = useSession();
  return (
    <>
      {outcome === undefined || draft.start === '' || draft.end === ''
        ? <><span className={styles.value} data-preview>{valueText(justTheValue, preview.goalValue, locale)}</span><Text size={200}>Finish the dates and “Measured by” to see progress and status.</Text></>
        : <Judged preview={preview} outcome={outcome} start={draft.start} end={draft.end} />}
      <Text size={200} className={styles.quiet}>
        The source says “{preview.raw}”{preview.of !== undefined && <>, {numberText(preview.value, locale)} of {numberText(preview.of, locale)}</>}, read <Ago at={preview.readAt} />{preview.asOf !== undefined && <>, true as of <Ago at={preview.asOf} /></>}.
      </Text>
    </>
  );
}

/** The value with what the goal would make of it today, by the domain's own rules. */
function Judged({ preview, outcome, start, end }: { preview: Preview; outcome: Outcome; start: string; end: string }) {
  const styles = useStyles();
  const { day, locale, organization } = useSession();
  const progress = progressOf(outcome, preview.goalValue);
  const expected = expectedProgress(start, end, day());
  const status = statusOf(outcome, preview.goalValue, progress, expected, organization.thresholds);
  const mark = expectedShown({ outcome, status }, expected);
  return (
    <>
      <div className={styles.line}>
        <span className={styles.value} data-preview title={String(preview.goalValue)}>{valueText(outcome, preview.goalValue, locale)}</span>
        <StatusWord status={status} />
      </div>
      {progress !== null && (
        <>
          <ProgressBar large progress={progress} expected={mark} status={status} locale={locale} label="Progress with this value" />
          <Text size={200}>{percentText(progress, locale)} done{mark !== undefined && <>, {percentText(mark, locale)} expected today</>}</Text>
        </>
      )}
    </>
  );
}
