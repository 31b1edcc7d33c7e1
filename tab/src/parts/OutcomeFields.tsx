// How a goal is measured: percent complete, or a metric with its unit, direction and numbers.
import { Field, Input, makeStyles, Radio, RadioGroup, Select, tokens } from '@fluentui/react-components';
import { directionNames, numbersOf, type Direction, type DraftErrors, type GoalDraft } from '../goal-draft.ts';
import { fault } from './attention.ts';

const useStyles = makeStyles({ radios: { flexWrap: 'wrap' }, two: { display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 160px), 1fr))', gap: tokens.spacingHorizontalM, alignItems: 'start' } });

const wayNames: Record<GoalDraft['measured'], string> = { percent: 'Percent complete', metric: 'Metric (KPI)' };
const unitNames: Record<GoalDraft['unit'], string> = { none: 'None', percent: 'Percent', number: 'A number of something', currency: 'Currency' };
const numberNames = { from: 'Start value', target: 'Target', risk: 'Risk threshold' };
const numberHints: Partial<Record<Direction, string>> = {
  'stay-above': 'Between it and the target the goal is Behind, below it At Risk.',
  'stay-below': 'Between it and the target the goal is Behind, above it At Risk.',
};

/** `ways` are those that may be chosen; */
export function OutcomeFields({ draft, set, errors, ways }: { draft: GoalDraft; set: (change: Partial<GoalDraft>) => void; errors: DraftErrors; ways: readonly GoalDraft['measured'][] }) {
  const styles = useStyles();
  const field = (name: keyof GoalDraft) => fault(errors[name]);
  return (
    <>
      <Field label="Outcome" {...field('measured')}>
        <RadioGroup
          layout="horizontal" className={styles.radios} value={draft.measured}
          onChange={(_, { value }) => set({ measured: value as GoalDraft['measured'] })}
        >
          {ways.map(way => <Radio key={way} value={way} label={wayNames[way]} />)}
        </RadioGroup>
      </Field>
      {draft.measured === 'metric' && (
        <>
          <div className={styles.two}>
            <Field label="Metric name" required {...field('metricName')}>
              <Input
                value={draft.metricName} maxLength={120} placeholder="For example Open bugs"
                onChange={(_, { value }) => set({ metricName: value })}
              />
            </Field>
            <Field label="Unit" {...field('unit')}>
              <Select value={draft.unit} onChange={(_, { value }) => set({ unit: value as GoalDraft['unit'] })}>
                {(Object.keys(unitNames) as GoalDraft['unit'][]).map(unit => <option key={unit} value={unit}>{unitNames[unit]}</option>)}
              </Select>
            </Field>
            {draft.unit === 'number' && <Field label="Of what" {...field('unitName')}><Input value={draft.unitName} maxLength={40} placeholder="For example bugs" onChange={(_, { value }) => set({ unitName: value })} /></Field>}
            {draft.unit === 'currency' && <Field label="Currency" required {...field('currency')}><Input value={draft.currency} maxLength={3} onChange={(_, { value }) => set({ currency: value })} /></Field>}
          </div>
          <div className={styles.two}>
            <Field label="Target should" {...field('direction')}>
              <Select value={draft.direction} onChange={(_, { value }) => set({ direction: value as Direction })}>
                {(Object.keys(directionNames) as Direction[]).map(name => <option key={name} value={name}>{directionNames[name]}</option>)}
              </Select>
            </Field>
            {numbersOf[draft.direction].map(name => {
              const hint = name === 'risk' ? numberHints[draft.direction] : undefined;
              return (
                <Field
                  key={name} label={numberNames[name]} required={name !== 'risk'} {...(hint === undefined ? {} : { hint })}
                  {...field(name)}
                >
                  <Input value={draft[name]} inputMode="decimal" autoComplete="off" onChange={(_, { value }) => set({ [name]: value })} />
                </Field>
              );
            })}
          </div>
        </>
      )}
    </>
  );
}
