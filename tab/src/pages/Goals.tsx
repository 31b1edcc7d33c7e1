// The goals of a time period: what they are, who owns them, and where they stand against today's expectation.
import { Button, makeStyles, mergeClasses, SearchBox, Select, Text, Title2, tokens } from '@fluentui/react-components';
import { Add20Regular } from '@fluentui/react-icons';
import { useCallback, useRef } from 'react';
import { useSearchParams } from 'react-router';
import { api, type GoalView } from '../../../src/api.ts';
import type { Goal } from '../../../src/domain/goal.ts';
import type { Period } from '../../../src/domain/period.ts';
import { expectedShown, isEnded } from '../../../src/domain/status.ts';
import { useAnswer, useSettled } from '../answer.ts';
import type { Call } from '../call.ts';
import { entityText, ownersText } from '../entity.ts';
import { dateText, goalValueText, percentText } from '../format.ts';
import { kindName } from '../kind-name.ts';
import { Marks } from '../parts/Marks.tsx';
import { Empty, ErrorBar, Loading } from '../parts/Notices.tsx';
import { PageButton, PageLink } from '../parts/PageLink.tsx';
import { ProgressBar } from '../parts/ProgressBar.tsx';
import { Score } from '../parts/Score.tsx';
import { Source } from '../parts/Source.tsx';
import { StatusWord } from '../parts/StatusWord.tsx';
import { useTitle } from '../parts/use-title.ts';
import { places } from '../places.ts';
import { useSession } from '../session.tsx';
import { useTeamNames } from '../team-names.ts';
import { nameOf, placed, type Placed } from '../tree.ts';

const narrow = '@media (max-width: 760px)';
const columns = 'minmax(0, 1fr) minmax(0, 140px) minmax(0, 130px) minmax(120px, 220px) 112px 128px';

const useStyles = makeStyles({
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM, marginBottom: tokens.spacingVerticalL },
  title: { margin: 0, flexGrow: 1 },
  search: { width: '260px', maxWidth: '100%', [narrow]: { width: '100%' } },
  table: {
    display: 'block', backgroundColor: tokens.colorNeutralBackground1, border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge, overflow: 'hidden',
  },
  row: {
    display: 'grid', gridTemplateColumns: columns, columnGap: tokens.spacingHorizontalL, alignItems: 'center',
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    [narrow]: {
      gridTemplateColumns: 'minmax(0, 1fr) auto', rowGap: tokens.spacingVerticalXS, padding: tokens.spacingHorizontalM,
      gridTemplateAreas: '"goal goal" "progress progress" "value status" "owner source"',
    },
  },
  body: { borderTop: `1px solid ${tokens.colorNeutralStroke2}`, minHeight: '36px', '& td': { padding: 0 } },
  group: { display: 'block' },
  header: {
    textAlign: 'left', '& th': { fontWeight: tokens.fontWeightRegular, padding: 0 }, color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
    [narrow]: { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', padding: 0, clipPath: 'inset(50%)' },
  },
  goal: { minWidth: 0, [narrow]: { gridArea: 'goal' } },
  goalTitle: { overflowWrap: 'anywhere', fontWeight: tokens.fontWeightSemibold },
  ended: { color: tokens.colorNeutralForeground3 },
  kind: { display: 'block', color: tokens.colorNeutralForeground3, overflowWrap: 'anywhere' },
  tag: { marginInlineStart: tokens.spacingHorizontalSNudge, whiteSpace: 'nowrap' },
  owner: {
    minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', color: tokens.colorNeutralForeground2,
    [narrow]: { gridArea: 'owner', fontSize: tokens.fontSizeBase200 },
  },
  value: {
    textAlign: 'right', fontVariantNumeric: 'tabular-nums', overflowWrap: 'anywhere', [narrow]: { gridArea: 'value', textAlign: 'left' },
  },
  progress: {
    display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 48px', columnGap: tokens.spacingHorizontalS, alignItems: 'center',
    [narrow]: { gridArea: 'progress' },
  },
  percent: { textAlign: 'right', fontVariantNumeric: 'tabular-nums', fontSize: tokens.fontSizeBase200 },
  status: { [narrow]: { gridArea: 'status', justifySelf: 'end' } },
  source: { [narrow]: { gridArea: 'source', justifySelf: 'end' } },
  hidden: { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)', whiteSpace: 'nowrap' },
  foot: { display: 'flex', justifyContent: 'center', padding: tokens.spacingVerticalL },
});

export function Goals() {
  useTitle('Goals');
  const styles = useStyles();
  const { call, locale, organization } = useSession();
  const [query, setQuery] = useSearchParams();
  const params = { organization: organization.id };
  const periods = useAnswer(signal => call(api.periods, { params }, signal), organization.id);
  const search = query.get('search') ?? '';
  const period = query.get('period') ?? periods.answer?.current;
  const change = useCallback((name: string, value: string) => setQuery(was => {
    const next = new URLSearchParams(was);
    if (value === '') next.delete(name);
    else next.set(name, value);
    return next;
  }, { replace: true }), [setQuery]);
  const chosen = periods.answer?.rows.find(p => p.id === period);

  return (
    <>
      <div className={styles.head}>
        <div className={styles.title}>
          <Title2 as="h1" style={{ margin: 0 }}>Goals</Title2>
          <Text block size={200} style={{ color: tokens.colorNeutralForeground3, minHeight: tokens.lineHeightBase200 }}>
            {chosen === undefined ? ' ' : `${dateText(chosen.start, locale)} – ${dateText(chosen.end, locale)}`}
          </Text>
        </div>
        <SearchBox
          className={styles.search} aria-label="Search goals" placeholder="Search goals" value={search}
          onChange={(_, { value }) => change('search', value)}
        />
        <Select
          aria-label="Time period" value={period ?? ''} disabled={periods.answer === undefined}
          onChange={(_, { value }) => change('period', value)}
        >
          {(periods.answer?.rows ?? []).map(p => <option key={p.id} value={p.id}>{p.name}{p.id === periods.answer?.current ? ' (current)' : ''}</option>)}
        </Select>
        {period !== undefined && <PageButton appearance="primary" icon={<Add20Regular />} to={places.newGoal(period)}>New goal</PageButton>}
      </div>
      {periods.error !== undefined && <ErrorBar error={periods.error} again={() => void periods.reload()} />}
      {period !== undefined && <List key={period} period={period} name={chosen?.name ?? period} search={search} />}
      {period === undefined && periods.error === undefined && (periods.answer === undefined ? <Loading label="Loading the time periods" rows={8} height={32} /> : <NoPeriods periods={periods.answer.rows} />)}
    </>
  );
}

function NoPeriods({ periods }: { periods: Period[] }) {
  return <Empty title={periods.length === 0 ? 'There are no time periods yet' : 'Choose a time period'}>Goals live in a time period, such as a quarter. An admin sets them up.</Empty>;
}

function List({ period, name, search }: { period: string; name: string; search: string }) {
  const styles = useStyles();
  const { call, organization } = useSession();
  const pages = useRef(1);
  const settled = useSettled(search, 250);
  const { answer: fresh, previous, error, reload } = useAnswer(signal => rowsOf(call, organization.id, period, settled, pages.current, signal), `${organization.id}/${period}?${settled}`, 30);
  const answer = fresh ?? previous;
  const teams = useTeamNames(answer?.rows.map(row => row.goal.entity) ?? []);
  const more = () => {
    pages.current += 1;
    return reload();
  };

  if (answer === undefined) return error === undefined ? <Loading label="Loading the goals" rows={8} height={32} /> : <ErrorBar error={error} again={() => void reload()} />;
  if (answer.rows.length === 0 && settled !== '') return <Empty title={`No goal in ${name} matches “${settled}”`}>Try fewer or other words, or another time period.</Empty>;
  if (answer.rows.length === 0) return <Empty title={`No goals in ${name} yet`} action={<PageButton appearance="primary" to={places.newGoal(period)}>Write the first one</PageButton>}>An objective says where to go, its key results how far you are.</Empty>;

  const rows = settled === '' ? placed(answer.rows.toSorted(asPeopleRead)) : answer.rows.map((row): Placed<GoalView> => ({ row, depth: 0, parent: undefined, path: nameOf(row.goal), unfoldedAbove: false }));
  return (
    <>
      {error !== undefined && <ErrorBar title="These goals may be out of date" error={error} again={() => void reload()} />}
      <table
        aria-label={`Goals of ${name}`} className={styles.table} aria-busy={fresh === undefined}
        style={{ opacity: fresh === undefined ? 0.6 : 1 }}
      >
        <thead className={styles.group}>
          <tr className={mergeClasses(styles.row, styles.header)}>
            <th scope="col">Goal</th>
            <th scope="col">Owners</th>
            <th scope="col" className={styles.value}>Value</th>
            <th scope="col">Progress</th>
            <th scope="col">Status</th>
            <th scope="col">Updated or score</th>
          </tr>
        </thead>
        <tbody className={styles.group}>{rows.map(one => <Row key={one.path} teams={teams} {...one} />)}</tbody>
      </table>
      {answer.next !== undefined && <div className={styles.foot}><Button onClick={() => void more()}>Load more</Button></div>}
    </>
  );
}

/** The oldest first, and initiatives after all others (features.md 1.1). */
function asPeopleRead({ goal: a }: GoalView, { goal: b }: GoalView): number {
  const last = (goal: Goal) => Number(goal.kind === 'initiative');
  return last(a) - last(b) || (a.createdAt < b.createdAt ? -1 : 1);
}

/** The first pages of the list, so that a refresh keeps what was already unfolded. */
async function rowsOf(call: Call, organization: string, period: string, search: string, pages: number, signal: AbortSignal): Promise<{ rows: GoalView[]; next?: string | undefined }> {
  const rows: GoalView[] = [];
  let next: string | undefined;
  for (let page = 0; page < pages; page++) {
    const answer = await call(api.goals, { params: { organization }, query: { period, limit: 200, ...(search === '' ? {} : { search }), ...(next === undefined ? {} : { next }) } }, signal);
    rows.push(...answer.rows);
    next = answer.next;
    if (next === undefined) break;
  }
  return { rows, next };
}

function Row({ row, depth, parent, unfoldedAbove, teams }: Placed<GoalView> & { teams: ReadonlyMap<string, string> }) {
  const styles = useStyles();
  const { locale, organization } = useSession();
  const { goal } = row;
  const expected = expectedShown(goal, row.expected);
  const score = goal.closure?.score ?? null;
  return (
    <tr className={mergeClasses(styles.row, styles.body, isEnded(goal.status) && styles.ended)}>
      <td className={styles.goal} style={{ paddingInlineStart: `${Math.min(depth, 5) * 20}px` }}>
        <PageLink to={places.goal(goal)} className={mergeClasses(styles.goalTitle, isEnded(goal.status) && styles.ended)}>{goal.title}</PageLink>{' '}
        <Marks view={row} />
        <Text size={200} className={styles.kind}>
          {kindName(goal.kind, organization.model)}{parent !== undefined && <span className={styles.hidden}> of {parent.goal.title}</span>}
          {goal.entity.kind !== 'individual' && <> · {entityText(goal.entity, teams)}</>}
          {goal.tags.map(tag => <span key={tag} className={styles.tag}>#{tag}</span>)}
          {unfoldedAbove && <> · what is under it stands further up</>}
        </Text>
      </td>
      <td className={styles.owner} title={ownersText(goal.owners)}>{ownersText(goal.owners)}</td>
      <td className={styles.value} title={goal.value === null ? 'No value yet' : String(goal.value)}>{goalValueText(goal, locale)}</td>
      <td className={styles.progress}>
        <ProgressBar progress={goal.progress} expected={expected} status={goal.status} locale={locale} label={`Progress of ${goal.title}`} />
        <span className={styles.percent}>{goal.progress === null ? '–' : percentText(goal.progress, locale)}</span>
      </td>
      <td className={styles.status}><StatusWord status={goal.status} /></td>
      <td className={styles.source}>{isEnded(goal.status) && score !== null ? <Score score={score} ambition={goal.ambition} /> : <Source view={row} />}</td>
    </tr>
  );
}
