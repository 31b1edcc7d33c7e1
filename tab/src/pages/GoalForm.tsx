// Writing a goal: what it is, what moves it, how it is measured; made new or changed, without losing what somebody else saved meanwhile.
import {
  Button, Field, Input, makeStyles, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle, Radio, RadioGroup, Textarea, Title2,
  tokens,
} from '@fluentui/react-components';
import { useRef, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { api, type GoalView } from '../../../src/api.ts';
import { GoalKind, type Goal, type GoalRef, type ProgressMode } from '../../../src/domain/goal.ts';
import { refusal } from '../../../src/domain/permission.ts';
import { isEnded, Status } from '../../../src/domain/status.ts';
import { useAnswer, useDeed } from '../answer.ts';
import { ownersText } from '../entity.ts';
import { bodyOf, draftErrors, draftOf, fitted, merged, newDraft, offered, parentFault, parentKinds, type DraftErrors, type GoalDraft } from '../goal-draft.ts';
import { kindName } from '../kind-name.ts';
import { Empty, ErrorBar, Loading } from '../parts/Notices.tsx';
import { fault, focusFault } from '../parts/attention.ts';
import { OutcomeFields } from '../parts/OutcomeFields.tsx';
import { PageButton, PageLink } from '../parts/PageLink.tsx';
import { Panel } from '../parts/Panel.tsx';
import { SearchPicker, SeveralPicker, type Search } from '../parts/SearchPicker.tsx';
import { SourceFields } from '../parts/SourceFields.tsx';
import { useTitle } from '../parts/use-title.ts';
import { places } from '../places.ts';
import { useSession, type Session } from '../session.tsx';
import { nameOf } from '../tree.ts';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalL, maxWidth: '760px' },
  two: {
    display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 200px), 1fr))', gap: tokens.spacingHorizontalM,
    alignItems: 'start',
  },
  radios: { flexWrap: 'wrap' },
  actions: { display: 'flex', flexWrap: 'wrap', columnGap: tokens.spacingHorizontalS, justifyContent: 'flex-end' },
  heading: { margin: `0 0 ${tokens.spacingVerticalL}` },
});

export function NewGoal() {
  useTitle('New goal');
  const [query] = useSearchParams();
  const { call, organization, person } = useSession();
  const { answer, error, reload } = useAnswer(signal => call(api.periods, { params: { organization: organization.id } }, signal), organization.id);
  if (answer === undefined) return error === undefined ? <Loading label="Loading" rows={4} height={40} /> : <ErrorBar error={error} again={() => void reload()} />;
  const period = answer.rows.find(p => p.id === (query.get('period') ?? answer.current));
  if (period === undefined) return <Empty page title="There is no such time period" action={<PageLink to={places.goals()}>Go to the goals</PageLink>} />;
  const refused = mayMake(person, 'objective', organization);
  if (refused !== undefined) return <Empty page title="You may not make goals" action={<PageLink to={places.goals(period.id)}>Go to the goals</PageLink>}>{refused}</Empty>;
  const draft = newDraft({ owners: [{ id: person.id, name: person.name }], parents: refsOf(query.get('parent')), start: period.start, end: period.end });
  return <Writing period={period.id} base={undefined} draft={draft} />;
}

export function EditGoal() {
  const { period = '', goal = '' } = useParams();
  useTitle('Edit goal');
  const { call, organization } = useSession();
  const { answer, error, reload } = useAnswer(signal => call(api.goal, { params: { organization: organization.id, period, goal } }, signal), `${period}/${goal}`);
  if (answer === undefined) return error === undefined ? <Loading label="Loading the goal" rows={4} height={40} /> : <ErrorBar error={error} again={() => void reload()} />;
  if (!answer.may.edit) return <Empty page title="You may not change this goal" action={<PageLink to={places.goal(answer.goal)}>Back to the goal</PageLink>}>Those who may are {answer.goal.owners.length === 0 ? 'its creator' : `${ownersText(answer.goal.owners)}, its creator`}, and those whom they or the organization gave the right.</Empty>;
  return <Writing period={period} base={answer} draft={draftOf(answer)} />;
}

function refsOf(text: string | null): GoalRef[] {
  const [period, id] = text?.split('/') ?? [];
  return period === undefined || id === undefined ? [] : [{ period, id }];
}

/** Why this person may make no goals of this kind; `undefined` where they may make their own. */
function mayMake(person: Session['person'], kind: GoalKind, settings: Session['organization']): string | undefined {
  return refusal(person, { do: 'create-goal', kind, entity: { kind: 'individual' }, teams: [], settings });
}

const progressNames = (kind: GoalKind): Record<ProgressMode, string> => ({
  manual: 'By check-ins',
  'roll-up': kind === 'initiative' ? 'From its tasks' : 'From its children',
  source: 'Connect data source to auto-update progress',
});

function Writing({ period, base: first, draft: start }: { period: string; base: GoalView | undefined; draft: GoalDraft }) {
  const styles = useStyles();
  const { call, organization, person } = useSession();
  const { model } = organization;
  const navigate = useNavigate();
  const [base, setBase] = useState(first);
  const [draft, setDraft] = useState(start);
  const [errors, setErrors] = useState<DraftErrors>({});
  const [both, setBoth] = useState<readonly (keyof GoalDraft)[]>();
  const form = useRef<HTMLFormElement>(null);
  const save = useDeed();
  const load = useDeed();
  const params = { organization: organization.id, period };
  const set = (change: Partial<GoalDraft>) => {
    setDraft(was => fitted({ ...was, ...change }, base?.goal, model));
    setErrors(was => Object.fromEntries(Object.entries(was).filter(([name]) => !(name in change) && !(name.startsWith('form.') && 'form' in change))));
  };
  const shown: DraftErrors = { ...draftErrors(save.error?.errors ?? {}), ...errors };
  const field = (name: string) => fault(shown[name]);
  const kinds = GoalKind.options.filter(kind => kind === base?.goal.kind || mayMake(person, kind, organization) === undefined);
  const { measured, modes } = offered(draft, base?.goal, model);

  const submit = async () => {
    const body = bodyOf(draft, base && draftOf(base));
    setErrors(body.ok ? {} : body.errors);
    if (!body.ok) {
      save.clear();
      focusFault(form.current);
      return;
    }
    const saved = await save.run(async () => {
      const view = base === undefined
        ? await call(api.createGoal, { params, body: body.value })
        : await call(api.updateGoal, { params: { ...params, goal: base.goal.id }, body: body.value, etag: base.etag });
      await navigate(places.goal(view.goal));
    });
    if (!saved) focusFault(form.current);
  };

  const loadNewer = () => load.run(async () => {
    const newer = await call(api.goal, { params: { ...params, goal: base!.goal.id } });
    const merge = merged(draftOf(base!), draft, draftOf(newer));
    setBase(newer);
    setDraft(merge.draft);
    setBoth(merge.both);
    save.clear();
  });

  const conflict = base !== undefined && save.error?.kind === 'conflict';
  const unplaced = Object.keys(errors).filter(name => !drawn.has(name) && !name.startsWith('form.'));
  return (
    <>
      <Title2 as="h1" className={styles.heading} block>{base === undefined ? 'New goal' : 'Edit goal'}</Title2>
      <form ref={form} className={styles.form} noValidate onSubmit={event => { event.preventDefault(); void submit(); }}>
        <Panel title="The goal">
          <Field label="Kind" {...field('kind')}><RadioGroup layout="horizontal" className={styles.radios} value={draft.kind} onChange={(_, { value }) => set({ kind: value as GoalKind })}>
            {kinds.map(kind => <Radio key={kind} value={kind} label={kindName(kind, model)} />)}
          </RadioGroup></Field>
          <Field label="Title" required {...field('title')}>
            <Input value={draft.title} maxLength={240} onChange={(_, { value }) => set({ title: value })} />
          </Field>
          <Field label="Description" {...field('description')}>
            <Textarea value={draft.description} maxLength={4000} resize="vertical" onChange={(_, { value }) => set({ description: value })} />
          </Field>
          <div className={styles.two}>
            <Owners draft={draft} set={set} error={shown['owners']} locked={base?.may.changeOwners === false} />
            <Parents self={base?.goal} draft={draft} set={set} error={shown['parents']} />
          </div>
          <div className={styles.two}>
            <Field label="Start date" required {...field('start')}>
              <Input type="date" value={draft.start} onChange={(_, { value }) => set({ start: value })} />
            </Field>
            <Field label="End date" required {...field('end')}>
              <Input type="date" value={draft.end} min={draft.start} onChange={(_, { value }) => set({ end: value })} />
            </Field>
          </div>
        </Panel>
        <Panel title="Progress">
          <Field label="What moves it" {...field('mode')}>
            <RadioGroup value={draft.mode} onChange={(_, { value }) => set({ mode: value as ProgressMode })}>
              {modes.map(mode => <Radio key={mode} value={mode} label={progressNames(draft.kind)[mode]} />)}
            </RadioGroup>
          </Field>
          {draft.mode === 'source' && <SourceFields key={`${base?.etag} ${both?.length}`} draft={draft} set={set} errors={shown} />}
        </Panel>
        <Panel title="Measured by"><OutcomeFields draft={draft} set={set} errors={shown} ways={measured} /></Panel>

        {conflict && (
          <MessageBar intent="warning" layout="multiline" role="alert">
            <MessageBarBody><MessageBarTitle>Somebody changed this goal while you were writing</MessageBarTitle>Nothing was saved, and nothing you wrote is lost. Load the newer version: your changes stay, theirs come in where you changed nothing.</MessageBarBody>
            <MessageBarActions><Button disabledFocusable={load.busy} onClick={() => void loadNewer()}>Load the newer version</Button></MessageBarActions>
          </MessageBar>
        )}
        {load.error !== undefined && <ErrorBar error={load.error} />}
        {both !== undefined && !conflict && <Merged both={both} theirs={draftOf(base!)} take={name => { set({ [name]: draftOf(base!)[name] }); setBoth(both.filter(n => n !== name)); }} />}
        {save.error !== undefined && !conflict && <ErrorBar error={save.error} />}
        {Object.keys(errors).length > 0 && <MessageBar intent="error" role="alert" layout="multiline"><MessageBarBody>Some fields need attention before this can be saved. {unplaced.map(name => errors[name]).join(' ')}</MessageBarBody></MessageBar>}
        <div className={styles.actions}>
          <PageButton to={base === undefined ? places.goals(period) : places.goal(base.goal)}>Cancel</PageButton>
          <Button type="submit" appearance="primary" disabledFocusable={save.busy}>{save.busy ? 'Saving…' : 'Save'}</Button>
        </div>
      </form>
    </>
  );
}

/** The fields that show their own sentence; every other one is said at the foot of the form. */
const drawn = new Set(['kind', 'title', 'description', 'owners', 'parents', 'start', 'end', 'mode', 'connection', 'metric', 'measured', 'metricName', 'unit', 'unitName', 'currency', 'direction', 'from', 'target', 'risk']);

const fieldNames: Partial<Record<keyof GoalDraft, string>> = {
  kind: 'kind', title: 'title', description: 'description', owners: 'owners', parents: 'alignment', start: 'start date', end: 'end date', measured: 'way of measuring', metricName: 'metric',
  unit: 'unit', unitName: 'unit’s name', currency: 'currency', direction: 'direction', from: 'start value', target: 'target', risk: 'risk threshold', mode: 'what moves it', connection: 'connection', metric: 'measure', form: 'measure’s form',
};

function Merged({ both, theirs, take }: { both: readonly (keyof GoalDraft)[]; theirs: GoalDraft; take: (name: keyof GoalDraft) => void }) {
  if (both.length === 0) return <MessageBar intent="success"><MessageBarBody>This is the newer version with your changes in it. Save when it is right.</MessageBarBody></MessageBar>;
  return (
    <>
      {both.map(name => {
        const value = theirs[name];
        return (
          <MessageBar key={name} intent="warning" layout="multiline">
            <MessageBarBody>You both changed the {fieldNames[name] ?? name}. Yours is kept{typeof value === 'string' && value !== '' ? `; theirs is “${value}”` : ''}.</MessageBarBody>
            <MessageBarActions><Button onClick={() => take(name)}>Take theirs</Button></MessageBarActions>
          </MessageBar>
        );
      })}
    </>
  );
}

interface PickProps { draft: GoalDraft; set: (change: Partial<GoalDraft>) => void; error: string | undefined }

function Owners({ draft, set, error, locked }: PickProps & { locked: boolean }) {
  const { call, organization } = useSession();
  return (
    <SeveralPicker label="Owners" error={error} of={organization.id} picked={draft.owners.map(owner => ({ value: owner.id, title: owner.name }))}
      waiting={locked ? 'Only its owners and those above them may change who owns it.' : undefined}
      search={async (search, signal) => {
        const { rows } = await call(api.people, { params: { organization: organization.id }, query: { search } }, signal);
        return { options: rows.map(person => ({ value: person.id, title: person.name, help: person.email })) };
      }}
      onPick={picked => set({ owners: picked.map(({ value, title }) => ({ id: value, name: title })) })} />
  );
}

/** Goals of all time periods under which this one may stand and that this person may align with; those that have ended are over. */
function Parents({ self, draft, set, error }: PickProps & { self: Goal | undefined }) {
  const { call, organization } = useSession();
  const { kind, parents } = draft;
  const { model } = organization;
  const known = useAnswer(signal => Promise.all(parents.map(async parent => {
    const { goal } = await call(api.goal, { params: { organization: organization.id, period: parent.period, goal: parent.id } }, signal);
    return goal;
  })), parents.map(nameOf).join(' '));
  const periods = useAnswer(signal => call(api.periods, { params: { organization: organization.id } }, signal), organization.id);
  const title = (i: number) => known.answer?.[i]?.title ?? (known.error === undefined ? '…' : 'A goal that could not be loaded');
  const search: Search = async (text, signal) => {
    const { rows, next } = await call(api.goals, {
      params: { organization: organization.id },
      query: { kind: parentKinds(kind, model), status: Status.options.filter(status => !isEnded(status)), limit: 50, ...(text.trim() === '' ? {} : { search: text }) },
    }, signal);
    const where = (goal: GoalRef) => periods.answer?.rows.find(p => p.id === goal.period)?.name ?? goal.period;
    return {
      options: rows.filter(row => nameOf(row.goal) !== (self && nameOf(self)) && row.may.align).map(({ goal }) => ({ value: nameOf(goal), title: goal.title, help: `${kindName(goal.kind, model)} · ${where(goal)}` })), next,
    };
  };
  const picked = parents.map((parent, i) => ({ value: nameOf(parent), title: title(i) }));
  const common = { error: error ?? parentFault(draft, known.answer ?? [], self, model), of: `${kind} ${periods.answer?.current}`, search };
  return model.multipleAlignment || parents.length > 1
    ? <SeveralPicker label="Parents" hint="The goals that this one contributes to." picked={picked} onPick={several => set({ parents: several.flatMap(choice => refsOf(choice.value)) })} {...common} />
    : <SearchPicker label="Parent" hint="The goal that this one contributes to." picked={picked[0]} onPick={choice => set({ parents: refsOf(choice?.value ?? null) })} {...common} />;
}
