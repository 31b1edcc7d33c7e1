// Connecting a goal to a data source: integration, connection, measure, and what it would say now.
import { Button, Caption1, Dropdown, Field, makeStyles, Option, OptionGroup, Select, Text, tokens } from '@fluentui/react-components';
import { Add20Regular } from '@fluentui/react-icons';
import { lazy, Suspense, useState } from 'react';
import { api, type ConnectionView, type IntegrationView } from '../../../src/api.ts';
import { useAnswer } from '../answer.ts';
import { errorsUnder } from '../call.ts';
import { FormFields } from '../form/FormFields.tsx';
import { read, textsOf, type Texts } from '../form/values.ts';
import type { DraftErrors, GoalDraft } from '../goal-draft.ts';
import { isUsable, whyNot } from '../integration-words.ts';
import { useSession } from '../session.tsx';
import { Empty, ErrorBar, Loading } from './Notices.tsx';
import { MeasurePreview } from './MeasurePreview.tsx';
import { fault } from './attention.ts';

const ConnectionDialog = lazy(async () => ({ default: (await import('./ConnectionDialog.tsx')).ConnectionDialog }));

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM, minWidth: 0 },
  row: {
    display: 'flex', flexWrap: 'wrap', alignItems: 'flex-end', gap: tokens.spacingHorizontalM,
    '& > :first-child': { flexGrow: 1, flexBasis: '220px', minWidth: 0 },
  },
  dropdown: { minWidth: 0, width: '100%' },
  list: { maxHeight: 'min(50vh, 400px)' },
  help: { display: 'block', color: tokens.colorNeutralForeground3, whiteSpace: 'normal' },
});

interface Props { draft: GoalDraft; set: (change: Partial<GoalDraft>) => void; errors: DraftErrors }

export function SourceFields(props: Props) {
  const { call, organization } = useSession();
  const params = { organization: organization.id };
  const { answer, error, reload } = useAnswer(async signal => {
    const [integrations, connections] = await Promise.all([call(api.integrations, { params }, signal), call(api.connections, { params, query: {} }, signal)]);
    return { integrations: integrations.rows.filter(row => row.type === 'data'), connections: connections.rows };
  }, organization.id);
  if (answer === undefined) return error === undefined ? <Loading label="Loading the data sources" rows={3} height={32} /> : <ErrorBar error={error} again={() => void reload()} />;
  return <Choosing {...props} {...answer} reload={reload} />;
}

function Choosing({ draft, set, errors, integrations, connections, reload }: Props & { integrations: IntegrationView[]; connections: ConnectionView[]; reload: () => Promise<void> }) {
  const styles = useStyles();
  const [adding, setAdding] = useState(false);
  const linked = connections.find(c => c.id === draft.connection);
  const [chosen, setChosen] = useState(linked?.integration ?? '');
  const integration = integrations.find(row => row.id === chosen);
  const own = connections.filter(c => c.integration === chosen);
  const metric = integration?.metrics.find(m => m.id === draft.metric);
  const usable = integrations.filter(isUsable);

  const choose = (id: string) => {
    setChosen(id);
    const only = connections.filter(c => c.integration === id);
    set({ connection: only.length === 1 ? only[0]!.id : '', ...measureOf(integrations.find(row => row.id === id), '') });
  };
  const connect = (id: string) => set({ connection: id, ...(id === draft.connection ? {} : measureOf(integration, draft.metric)) });

  if (usable.length === 0 && draft.connection === '') return <Empty title="No data source can be used yet">{integrations.find(row => row.metrics.length > 0) === undefined ? 'Waymark has no connectors here.' : 'An admin can enable one under Integrations.'}</Empty>;
  return (
    <div className={styles.fields}>
      <Field label="Integration" required>
        <Dropdown
          className={styles.dropdown} button={{ style: { minWidth: 0 } }} listbox={{ className: styles.list }}
          placeholder="Choose where the data is" value={integration?.name ?? ''} selectedOptions={chosen === '' ? [] : [chosen]}
          onOptionSelect={(_, { optionValue }) => choose(optionValue ?? '')}
        >
          <OptionGroup label="Ready to use">
            {usable.map(row => <Option key={row.id} value={row.id} text={row.name}>{row.name}</Option>)}
          </OptionGroup>
          <OptionGroup label="Not available now">
            {integrations.filter(row => !isUsable(row)).map(row => <Option key={row.id} value={row.id} text={row.name} disabled><span>{row.name}<Caption1 className={styles.help}>{whyNot(row)}</Caption1></span></Option>)}
          </OptionGroup>
        </Dropdown>
      </Field>
      {integration !== undefined && (
        <div className={styles.row}>
          <Field
            label="Connection" required {...fault(errors['connection'])}
            {...(own.length === 0 ? { hint: `You have no connection to ${integration.name} yet, and none is shared with you.` } : {})}
          >
            <Select value={draft.connection} onChange={(_, { value }) => connect(value)}>
              {(draft.connection === '' || linked === undefined) && <option value={draft.connection}>{own.length === 0 ? 'None yet' : 'Choose a connection'}</option>}
              {own.map(c => <option key={c.id} value={c.id}>{c.name}{c.shared ? '' : ' (private)'}</option>)}
            </Select>
          </Field>
          <Button icon={<Add20Regular />} onClick={() => setAdding(true)}>New connection</Button>
        </div>
      )}
      {integration === undefined && errors['connection'] !== undefined && <Text role="alert" style={{ color: tokens.colorStatusDangerForeground1 }}>{errors['connection']}</Text>}
      {integration !== undefined && draft.connection !== '' && (
        <>
          <Field
            label="Measure" required {...(metric === undefined || metric.help === '' ? {} : { hint: metric.help })}
            {...fault(errors['metric'])}
          >
            <Select value={draft.metric} onChange={(_, { value }) => set(measureOf(integration, value, draft))}>
              {metric === undefined && <option value="">Choose what to measure</option>}
              {integration.metrics.map(m => <option key={m.id} value={m.id}>{m.title}</option>)}
            </Select>
          </Field>
          {metric !== undefined && <Measured key={`${draft.connection} ${metric.id}`} metric={metric} draft={draft} set={set} errors={errors} />}
        </>
      )}
      {adding && integration !== undefined && (
        <Suspense>
          <ConnectionDialog
            integration={integration} onClose={() => setAdding(false)}
            onSaved={connection => { setAdding(false); set({ connection: connection.id, ...measureOf(integration, draft.metric) }); void reload(); }}
          />
        </Suspense>
      )}
    </div>
  );
}

/** The measure a form begins with: the metric asked for, or the only one there is. A metric that is no percentage makes the goal a metric goal. */
function measureOf(integration: IntegrationView | undefined, id: string, draft?: GoalDraft): Partial<GoalDraft> {
  const metrics = integration?.metrics ?? [];
  const metric = metrics.find(m => m.id === id) ?? (metrics.length === 1 ? metrics[0] : undefined);
  if (metric === undefined) return { metric: '', form: {} };
  const first = read(metric.fields, textsOf(metric.fields));
  return { metric: metric.id, form: first.ok ? first.values : {}, ...(metric.percent ? {} : { measured: 'metric' }), ...(draft !== undefined && draft.metric === metric.id ? { form: draft.form } : {}) };
}

type Metric = IntegrationView['metrics'][number];

function Measured({ metric, draft, set, errors }: Props & { metric: Metric }) {
  const { call, organization } = useSession();
  const [texts, setTexts] = useState(() => textsOf(metric.fields, draft.form));
  const [previewErrors, setPreviewErrors] = useState<Readonly<Record<string, string>>>({});
  const filled = read(metric.fields, texts);
  const params = { organization: organization.id, connection: draft.connection };

  const change = (next: Texts) => {
    setTexts(next);
    setPreviewErrors({});
    set({ form: partly(metric, next) });
  };
  return (
    <>
      <FormFields
        fields={metric.fields} texts={texts} onChange={change}
        errors={{ ...errorsUnder(previewErrors, 'measure.form'), ...errorsUnder(previewErrors, 'form'), ...formErrors(errors, metric, draft) }}
        lookup={{ of: draft.connection, ask: (lookup, search, form, signal) => call(api.lookup, { params: { ...params, lookup }, body: { search, form } }, signal) }}
      />
      <MeasurePreview metric={metric} filled={filled} draft={draft} onErrors={setPreviewErrors} />
    </>
  );
}

/** What was said about the measure's fields when the goal was saved: under `form`, or by the field's bare name. */
function formErrors(errors: DraftErrors, metric: Metric, draft: GoalDraft): Record<string, string> {
  return Object.fromEntries(metric.fields.flatMap(({ name }) => {
    const sentence = errors[`form.${name}`] ?? (name in draft ? undefined : errors[name]);
    return sentence === undefined ? [] : [[name, sentence]];
  }));
}

/** What is filled in so far, for the draft; fields still missing are left to the server to name. */
function partly(metric: Metric, texts: Texts): Record<string, unknown> {
  return Object.assign({}, ...metric.fields.map(field => {
    const one = read([field], texts);
    return one.ok ? one.values : {};
  }));
}
