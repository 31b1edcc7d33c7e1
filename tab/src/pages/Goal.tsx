// One goal: where it stands, how it got there, what feeds it, and what people say about it.
import {
  Avatar, Badge, Button, Link, makeStyles, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger, MessageBar, MessageBarActions, MessageBarBody,
  MessageBarTitle, Text, Textarea, Title2, tokens,
} from '@fluentui/react-components';
import {
  ArrowRight12Regular, ArrowSync20Regular, ArrowUndo20Regular, BranchFork20Regular, CalendarArrowRight20Regular, CalendarClock20Regular,
  Delete20Regular, Edit20Regular, Flag20Regular, MoreHorizontal20Regular, PlugConnected20Regular,
} from '@fluentui/react-icons';
import { lazy, Suspense, useEffect, useId, useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api, type Answer, type GoalView } from '../../../src/api.ts';
import type { CheckIn } from '../../../src/domain/check-in.ts';
import type { Author } from '../../../src/domain/organization.ts';
import type { GoalRef } from '../../../src/domain/goal.ts';
import { expectedShown, isEnded } from '../../../src/domain/status.ts';
import { alertMarks } from '../alert-marks.ts';
import { noneIfNotFound, useAnswer, useDeed } from '../answer.ts';
import { automaticText } from '../automatic.ts';
import { entityText, ownersText } from '../entity.ts';
import { activityWords, authorName, checkInWords, noteOf, otherGoal, platformName, webAddress, withoutEchoes } from '../feed-words.ts';
import { dateText, goalValueText, percentText, targetText } from '../format.ts';
import { kindName } from '../kind-name.ts';
import { Ago, Due } from '../parts/Ago.tsx';
import { Confirm } from '../parts/Confirm.tsx';
import type { Ending } from '../parts/EndingDialogs.tsx';
import { ChildMarks, Marks } from '../parts/Marks.tsx';
import { Empty, ErrorBar, Loading } from '../parts/Notices.tsx';
import { OwnCheckIn } from '../parts/OwnCheckIn.tsx';
import { PageButton, PageLink } from '../parts/PageLink.tsx';
import { Panel } from '../parts/Panel.tsx';
import { ProgressBar } from '../parts/ProgressBar.tsx';
import { Score } from '../parts/Score.tsx';
import { Source } from '../parts/Source.tsx';
import { StatusWord } from '../parts/StatusWord.tsx';
import { Tasks } from '../parts/Tasks.tsx';
import { TroubleBar } from '../parts/TroubleBar.tsx';
import { useTitle } from '../parts/use-title.ts';
import { places } from '../places.ts';
import { progressMode } from '../progress-mode.ts';
import { useSession } from '../session.tsx';
import { useTeamNames } from '../team-names.ts';
import { nameOf } from '../tree.ts';

const CheckInDialog = lazy(async () => ({ default: (await import('../parts/CheckInDialog.tsx')).CheckInDialog }));
const EndingDialog = lazy(async () => ({ default: (await import('../parts/EndingDialogs.tsx')).EndingDialog }));
const HistoryChart = lazy(async () => ({ default: (await import('../parts/HistoryChart.tsx')).HistoryChart }));

type Feed = Answer<typeof api.feed>;
type FeedRow = Feed['rows'][number];

const useStyles = makeStyles({
  crumbs: {
    display: 'flex', flexWrap: 'wrap', columnGap: tokens.spacingHorizontalS, color: tokens.colorNeutralForeground3,
    marginBottom: tokens.spacingVerticalXS, lineHeight: '24px', '& a': { lineHeight: '24px' },
  },
  head: {
    display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM, alignItems: 'flex-start', marginBottom: tokens.spacingVerticalL,
  },
  titles: { flexGrow: 1, flexBasis: '280px', minWidth: 0 },
  named: { display: 'block' },
  title: { display: 'inline', margin: 0, marginInlineEnd: tokens.spacingHorizontalS, overflowWrap: 'anywhere' },
  tags: { listStyleType: 'none', margin: `${tokens.spacingVerticalXS} 0 0`, padding: 0, display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
  tag: { height: 'auto', overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground3 },
  actions: { display: 'flex', columnGap: tokens.spacingHorizontalS },
  columns: {
    display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 340px', gap: tokens.spacingHorizontalL, alignItems: 'start',
    '@media (max-width: 960px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  column: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalL, minWidth: 0 },
  stand: {
    display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', columnGap: tokens.spacingHorizontalM, rowGap: tokens.spacingVerticalXS,
  },
  big: {
    fontSize: tokens.fontSizeHero800, lineHeight: tokens.lineHeightHero800, fontWeight: tokens.fontWeightSemibold,
    fontVariantNumeric: 'tabular-nums', overflowWrap: 'anywhere',
  },
  grow: { flexGrow: 1 },
  under: {
    display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', columnGap: tokens.spacingHorizontalM,
    fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3, fontVariantNumeric: 'tabular-nums',
  },
  facts: {
    display: 'grid', gridTemplateColumns: 'max-content minmax(0, 1fr)', columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXS, margin: 0, '& dt': { color: tokens.colorNeutralForeground3 },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  },
  text: { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', margin: 0 },
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM },
  child: {
    display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) auto', rowGap: tokens.spacingVerticalXS, columnGap: tokens.spacingHorizontalS,
  },
  grouped: { display: 'inline-flex', alignItems: 'center', columnGap: tokens.spacingHorizontalXS },
  wide: { gridColumnStart: 1, gridColumnEnd: 3 },
  entry: { display: 'grid', gridTemplateColumns: '28px minmax(0, 1fr) auto', alignItems: 'start', columnGap: tokens.spacingHorizontalM },
  icon: { display: 'flex', justifyContent: 'center', color: tokens.colorNeutralForeground3, paddingTop: '2px' },
  said: {
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`, marginTop: tokens.spacingVerticalXS,
    borderRadius: tokens.borderRadiusMedium, backgroundColor: tokens.colorNeutralBackground3,
    border: `1px solid ${tokens.colorTransparentStroke}`,
  },
  compose: {
    display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalS, alignItems: 'flex-end',
    '& > *:first-child': { width: '100%' },
  },
});

export function Goal() {
  const { period = '', goal = '' } = useParams();
  return <Sheet key={`${period}/${goal}`} period={period} id={goal} />;
}

function Sheet({ period, id }: { period: string; id: string }) {
  const styles = useStyles();
  const { call, organization } = useSession();
  const params = { organization: organization.id, period, goal: id };
  const feedPages = useRef(1);
  const known = useRef(new Map<string, string | undefined>());
  const sync = useSync(params);
  // A goal that has just been linked is about to be read for the first time.
  const [unread, setUnread] = useState(false);
  const { answer, error, reload } = useAnswer(async signal => {
    const [view, history, feed] = await Promise.all([
      call(api.goal, { params }, signal),
      call(api.history, { params, query: { limit: 200 } }, signal),
      feedOf(next => call(api.feed, { params, query: { limit: 50, ...(next === undefined ? {} : { next }) } }, signal), feedPages.current),
    ]);
    sync.see(view);
    setUnread(view.link !== null && view.link.problem === null && view.goal.value === null);
    return { view, history, feed, titles: await titlesOf(feed, known.current, ref => call(api.goal, { params: { ...params, period: ref.period, goal: ref.id } }, signal)) };
  }, `${period}/${id}`, sync.waiting || unread ? 3 : 30);
  const [checkingIn, setCheckingIn] = useState(false);
  useTitle(answer?.view.goal.title);

  if (answer === undefined && error === undefined) return <Loading label="Loading the goal" rows={5} height={64} />;
  if (answer === undefined) {
    return error!.kind === 'not-found'
      ? <Empty page title="This goal is not here" action={<PageLink to={places.goals()}>Go to the goals</PageLink>}>It may have been deleted, or moved to another time period.</Empty>
      : <ErrorBar error={error!} again={() => void reload()} />;
  }
  const { view, history, feed, titles } = answer;
  return (
    <>
      {error !== undefined && <ErrorBar title="This goal may be out of date" error={error} again={() => void reload()} />}
      <Head view={view} reload={reload} onCheckIn={() => setCheckingIn(true)} />
      <div className={styles.columns}>
        <div className={styles.column}>
          <Standing view={view} sync={sync} reload={reload} />
          <Panel title="History">
            <Suspense fallback={<Loading label="Loading the chart" rows={4} height={32} />}>
              <HistoryChart goal={view.goal} checkIns={history.rows} more={history.next !== undefined} />
            </Suspense>
          </Panel>
          <FeedCard view={view} feed={feed} titles={titles} reload={reload} older={() => { feedPages.current += 1; void reload(); }} />
        </div>
        <div className={styles.column}>
          {view.link !== null && <LinkCard view={view} sync={sync} reload={reload} />}
          {view.goal.kind === 'initiative' && (view.goal.tasks.length > 0 || view.may.checkIn) && <Tasks view={view} reload={reload} />}
          <About view={view} />
          {view.goal.children.length > 0 && <Children view={view} />}
        </div>
      </div>
      {checkingIn && <Suspense><CheckInDialog view={view} onClose={() => setCheckingIn(false)} onDone={() => { setCheckingIn(false); void reload(); }} /></Suspense>}
    </>
  );
}

/**
 * The titles of the children that automatic check-ins speak of, by name; what is `known` is not asked for again. A child that is gone
 * or that this person may not see has none.
 */
async function titlesOf(feed: Feed, known: Map<string, string | undefined>, ask: (ref: GoalRef) => Promise<GoalView>): Promise<ReadonlyMap<string, string | undefined>> {
  const children = feed.rows.flatMap(row => ('activity' in row || row.because?.kind !== 'child' ? [] : [row.because.child]));
  const unknown = new Map(children.filter(child => !known.has(nameOf(child))).map(child => [nameOf(child), child]));
  await Promise.all([...unknown].map(async ([name, child]) => known.set(name, await ask(child).then(view => view.goal.title, noneIfNotFound))));
  return known;
}

/** The newest pages of the feed, so that a refresh keeps what was already unfolded. */
async function feedOf(ask: (next: string | undefined) => Promise<Feed>, pages: number): Promise<Feed> {
  const first = await ask(undefined);
  const rows = [...first.rows];
  let { next } = first;
  for (let page = 1; page < pages && next !== undefined; page++) {
    const more = await ask(next);
    rows.push(...more.rows);
    next = more.next;
  }
  return { rows, next };
}

interface Sync { waiting: boolean; late: boolean; error: ReturnType<typeof useDeed>['error']; ask: (view: GoalView) => void; /** Something else has asked for a reading. */ expect: (view: GoalView) => void; see: (view: GoalView) => void }

/** "Sync now" and the wait for its effect: over once the link says another last sync or another problem, given up on after a minute. */
function useSync(params: { organization: string; period: string; goal: string }): Sync {
  const { call } = useSession();
  const deed = useDeed();
  const [before, setBefore] = useState<string>();
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (before === undefined) return undefined;
    const timer = setTimeout(() => { setBefore(undefined); setLate(true); }, 60_000);
    return () => clearTimeout(timer);
  }, [before]);
  return {
    waiting: before !== undefined || deed.busy,
    late,
    error: deed.error,
    ask: view => void deed.run(async () => {
      setLate(false);
      await call(api.syncGoal, { params });
      setBefore(syncMark(view));
    }),
    expect: view => { setLate(false); setBefore(syncMark(view)); },
    see: view => setBefore(was => (was !== undefined && was !== syncMark(view) ? undefined : was)),
  };
}

function syncMark({ link }: GoalView): string {
  return JSON.stringify([link?.lastSync, link?.problem]);
}

function Head({ view, reload, onCheckIn }: { view: GoalView; reload: () => Promise<void>; onCheckIn: () => void }) {
  const styles = useStyles();
  const { call, organization } = useSession();
  const navigate = useNavigate();
  const deed = useDeed();
  const [deleting, setDeleting] = useState(false);
  const [ending, setEnding] = useState<Ending>();
  const { goal, may } = view;
  const teams = useTeamNames([goal.entity]);
  const remove = async () => {
    const done = await deed.run(async () => { await call(api.deleteGoal, { params: { organization: organization.id, period: goal.period, goal: goal.id }, etag: view.etag }); });
    if (done) await navigate(places.goals(goal.period));
    else await reload(); // somebody else may have changed it: who asks again should see what goes
  };
  return (
    <>
      <nav className={styles.crumbs} aria-label="Where this goal stands">
        <PageLink to={places.goals(goal.period)}>Goals</PageLink>
        {goal.parents.map((parent, i) => <Parent key={nameOf(parent)} parent={parent} before={i === 0 ? '›' : '·'} />)}
      </nav>
      <div className={styles.head}>
        <div className={styles.titles}>
          <div className={styles.named}><Title2 as="h1" className={styles.title}>{goal.title}</Title2><Marks view={view} /></div>
          <Text block className={styles.quiet}>{kindName(goal.kind, organization.model)} · {entityText(goal.entity, teams)} · {ownersText(goal.owners)}</Text>
          {goal.tags.length > 0 && <ul className={styles.tags} aria-label="Tags">{goal.tags.map(tag => <li key={tag}><Badge appearance="outline" color="informative" className={styles.tag}>{tag}</Badge></li>)}</ul>}
        </div>
        <div className={styles.actions}>
          {may.checkIn && !isEnded(goal.status) && <Button appearance="primary" onClick={onCheckIn}>Check in</Button>}
          {may.edit && <PageButton icon={<Edit20Regular />} to={places.editGoal(goal)}>Edit</PageButton>}
          {may.edit && (
            <Menu>
              <MenuTrigger disableButtonEnhancement>
                <Button appearance="subtle" icon={<MoreHorizontal20Regular />} aria-label="More" />
              </MenuTrigger>
              <MenuPopover>
                <MenuList>
                  {isEnded(goal.status)
                    ? <MenuItem icon={<ArrowUndo20Regular />} onClick={() => setEnding('reopen')}>Reopen</MenuItem>
                    : (
                      <>
                        <MenuItem icon={<Flag20Regular />} onClick={() => setEnding('close')}>Close</MenuItem>
                        <MenuItem icon={<CalendarArrowRight20Regular />} onClick={() => setEnding('postpone')}>Postpone</MenuItem>
                      </>
                    )}
                  <MenuItem icon={<Delete20Regular />} onClick={() => { deed.clear(); setDeleting(true); }}>Delete</MenuItem>
                </MenuList>
              </MenuPopover>
            </Menu>
          )}
        </div>
      </div>
      {ending !== undefined && <Suspense><EndingDialog ending={ending} view={view} onClose={() => setEnding(undefined)} onDone={() => { setEnding(undefined); void reload(); }} /></Suspense>}
      {deleting && (
        <Confirm title="Delete this goal?" yes="Delete" deed={deed} onYes={() => void remove()} onNo={() => setDeleting(false)}>
          <Text block>
            “{goal.title}” goes with its history and its feed. This cannot be undone.{goal.children.length > 0 ? ' A goal with children cannot be deleted: delete or move them first.' : ''}
          </Text>
        </Confirm>
      )}
    </>
  );
}

function Parent({ parent, before }: { parent: GoalRef; before: string }) {
  const { call, organization } = useSession();
  const { answer, error } = useAnswer(signal => call(api.goal, { params: { organization: organization.id, period: parent.period, goal: parent.id } }, signal), nameOf(parent));
  if (error !== undefined) return <><span aria-hidden>{before}</span><span>{error.kind === 'not-found' ? 'a parent that is gone' : 'a parent that could not be loaded'}</span></>;
  return <><span aria-hidden>{before}</span>{answer === undefined ? <span>…</span> : <PageLink to={places.goal(parent)}>{answer.goal.title}</PageLink>}</>;
}

function Standing({ view, sync, reload }: { view: GoalView; sync: Sync; reload: () => Promise<void> }) {
  const styles = useStyles();
  const { locale } = useSession();
  const { goal } = view;
  const expected = expectedShown(goal, view.expected);
  const score = goal.closure?.score ?? null;
  return (
    <Panel title="Where it stands">
      <Alerts view={view} />
      <div className={styles.stand}>
        <span className={styles.big} data-value title={goal.value === null ? 'No value yet' : String(goal.value)}>
          {goalValueText(goal, locale)}
        </span>
        <Text className={styles.quiet}>{targetText(goal.outcome, locale)}</Text>
        <span className={styles.grow} />
        <StatusWord status={goal.status} />
        {score !== null && <Score score={score} ambition={goal.ambition} />}
      </div>
      <ProgressBar large progress={goal.progress} expected={expected} status={goal.status} locale={locale} />
      <div className={styles.under}>
        <span>{goal.progress === null ? 'No progress yet' : `${percentText(goal.progress, locale)} done`}{expected !== undefined && <> · {percentText(expected, locale)} expected today</>}</span>
        <Source view={view} />
      </div>
      {goal.stopped !== null && !isEnded(goal.status) && <Stopped view={view} by={goal.stopped} sync={sync} reload={reload} />}
    </Panel>
  );
}

/** What the marks beside the title say, in full. */
function Alerts({ view }: { view: GoalView }) {
  const { person } = useSession();
  const marks = alertMarks(view, person.mutedAlerts);
  return marks.map(({ drawn, level, words }) => (
    <MessageBar key={drawn} intent={level === 'at-risk' ? 'error' : 'warning'} layout="multiline" politeness="polite"><MessageBarBody>{words}</MessageBarBody></MessageBar>
  ));
}

function Stopped({ view, by, sync, reload }: { view: GoalView; by: NonNullable<GoalView['goal']['stopped']>; sync: Sync; reload: () => Promise<void> }) {
  const { call, locale, organization } = useSession();
  const deed = useDeed();
  const { automatic, goal } = view;
  const resume = () => deed.run(async () => {
    await call(api.resumeGoal, { params: { organization: organization.id, period: goal.period, goal: goal.id } });
    if (goal.mode === 'source') sync.expect(view);
    await reload();
  });
  return (
    <>
      <MessageBar intent="info" layout="multiline" politeness="polite">
        <MessageBarBody>
          <MessageBarTitle>Automatic updates are stopped</MessageBarTitle>
          {by.by.name} stopped them <Ago at={by.at} />.{automatic !== null && ` By itself it would be at ${automaticText(goal, automatic, locale)}.`}
        </MessageBarBody>
        {view.may.checkIn && <MessageBarActions><Button disabledFocusable={deed.busy} onClick={() => void resume()}>Resume automatic updates</Button></MessageBarActions>}
      </MessageBar>
      {deed.error !== undefined && <ErrorBar error={deed.error} />}
    </>
  );
}

function LinkCard({ view, sync, reload }: { view: GoalView; sync: Sync; reload: () => Promise<void> }) {
  const styles = useStyles();
  const link = view.link!;
  return (
    <Panel title="Data source">
      <dl className={styles.facts}>
        <dt>Integration</dt><dd>{link.integrationName}</dd>
        <dt>Connection</dt><dd><PageLink to={places.integration(link.integration)}>{link.connectionName}</PageLink></dd>
        <dt>Measure</dt><dd>{link.measureTitle}</dd>
        <dt>Last sync</dt><dd>{link.lastSync === null ? 'not yet' : <Ago at={link.lastSync} />}</dd>
        <dt>Next sync</dt><dd>{link.nextSync === null ? 'none planned' : <Due at={link.nextSync} />}</dd>
      </dl>
      {link.problem !== null && <TroubleBar trouble={link.problem} integration={link.integration} edit={view.may.edit ? places.editGoal(view.goal) : undefined} />}
      {sync.error !== undefined && <ErrorBar error={sync.error} />}
      {sync.late && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody><MessageBarTitle>No answer from the source yet</MessageBarTitle>The value appears here as soon as it has been read.</MessageBarBody>
          <MessageBarActions><Button onClick={() => void reload()}>Look again</Button></MessageBarActions>
        </MessageBar>
      )}
      <Button icon={<ArrowSync20Regular />} disabledFocusable={sync.waiting} onClick={() => sync.ask(view)}>
        {sync.waiting ? 'Reading…' : 'Sync now'}
      </Button>
    </Panel>
  );
}

function About({ view }: { view: GoalView }) {
  const { goal } = view;
  const styles = useStyles();
  const { locale } = useSession();
  const teams = useTeamNames([goal.entity]);
  return (
    <Panel title="About">
      {goal.description !== '' && <p className={styles.text}>{goal.description}</p>}
      <dl className={styles.facts}>
        <dt>{goal.owners.length === 1 ? 'Owner' : 'Owners'}</dt><dd>{ownersText(goal.owners)}</dd>
        {goal.checkInOwner !== null && <><dt>Checks in</dt><dd>{goal.checkInOwner.name}</dd></>}
        {goal.delegate !== null && <><dt>Delegate</dt><dd>{goal.delegate.name}</dd></>}
        <dt>Belongs to</dt><dd>{entityText(goal.entity, teams)}</dd>
        <dt>Moved</dt><dd>{progressMode(view).words}</dd>
        <dt>Ambition</dt><dd>{goal.ambition === 'committed' ? 'Committed' : 'Aspirational'}</dd>
        <dt>Dates</dt><dd>{dateText(goal.start, locale)} – {dateText(goal.end, locale)}</dd>
        {goal.outcome.kind === 'metric' && <><dt>Metric</dt><dd>{goal.outcome.name}, {targetText(goal.outcome, locale)}</dd></>}
        <dt>Made by</dt><dd>{goal.createdBy.name}, <Ago at={goal.createdAt} /></dd>
      </dl>
    </Panel>
  );
}

const shown = 20;

function Children({ view: { goal, weights } }: { view: GoalView }) {
  const styles = useStyles();
  const { call, locale, organization } = useSession();
  const first = goal.children.slice(0, shown);
  const titles = useAnswer(signal => Promise.all(first.map(async child => {
    const { goal: { title } } = await call(api.goal, { params: { organization: organization.id, period: child.period, goal: child.id } }, signal);
    return title;
  })), first.map(child => nameOf(child)).join(' '));
  return (
    <Panel title="Children">
      {titles.error !== undefined && <ErrorBar error={titles.error} again={() => void titles.reload()} />}
      <ul className={styles.list}>
        {first.map((child, i) => (
          <li key={nameOf(child)} className={styles.child}>
            <span>
              <PageLink to={places.goal(child)}>{titles.answer?.[i] ?? kindName(child.kind, organization.model)}</PageLink>
              {weights[child.id] !== undefined && <Text block size={200} className={styles.quiet}>{weights[child.id] === 0 ? 'does not count' : `counts ${percentText(weights[child.id]!, locale)}`}</Text>}
            </span>
            <span className={styles.grouped}>
              <ChildMarks child={child} />
              <StatusWord status={child.status} />
            </span>
            <div className={styles.wide}>
              <ProgressBar
                progress={child.progress} expected={undefined} status={child.status} locale={locale}
                label={`Progress of ${titles.answer?.[i] ?? kindName(child.kind, organization.model)}`}
              />
            </div>
          </li>
        ))}
      </ul>
      {goal.children.length > shown && <Text className={styles.quiet}>and {goal.children.length - shown} more</Text>}
    </Panel>
  );
}

function FeedCard({ view, feed, titles, reload, older }: { view: GoalView; feed: Feed; titles: ReadonlyMap<string, string | undefined>; reload: () => Promise<void>; older: () => void }) {
  const styles = useStyles();
  return (
    <Panel title="Activity">
      {view.may.comment && <Compose goal={view.goal} onSaid={reload} />}
      {feed.rows.length === 0 && <Text className={styles.quiet}>Nothing has happened yet.</Text>}
      <ul className={styles.list} aria-label="Feed">
        {withoutEchoes<FeedRow>(feed.rows).map(row => <Entry key={`${row.at} ${'activity' in row ? row.id : ''}`} row={row} view={view} titles={titles} reload={reload} />)}
      </ul>
      {feed.next !== undefined && <Button appearance="subtle" onClick={older}>Show older</Button>}
    </Panel>
  );
}

function Compose({ goal, onSaid }: { goal: GoalRef; onSaid: () => Promise<void> }) {
  const styles = useStyles();
  const { call, organization } = useSession();
  const deed = useDeed();
  const [text, setText] = useState('');
  const hint = useId();
  const say = () => deed.run(async () => {
    await call(api.comment, { params: { organization: organization.id, period: goal.period, goal: goal.id }, body: { text } });
    setText('');
    await onSaid();
  });
  return (
    <form className={styles.compose} onSubmit={event => { event.preventDefault(); void say(); }}>
      <Textarea aria-label="Write a comment" aria-describedby={hint} placeholder="Write a comment" value={text} maxLength={8000} resize="vertical"
        onChange={(_, data) => setText(data.value)} onKeyDown={event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && text.trim() !== '') void say(); }} />
      {deed.error !== undefined && <ErrorBar error={deed.error} />}
      <Button type="submit" disabledFocusable={deed.busy || text.trim() === ''}>Comment</Button>
      <span id={hint} hidden>Control and Enter sends it. Where a channel shows this goal’s card, the comment is also said in its thread.</span>
    </form>
  );
}

function Entry({ row, view, titles, reload }: { row: FeedRow; view: GoalView; titles: ReadonlyMap<string, string | undefined>; reload: () => Promise<void> }) {
  const styles = useStyles();
  const { locale } = useSession();
  return (
    <li className={styles.entry}>
      <span className={styles.icon}><Face by={row.by} /></span>
      <div>
        {'activity' in row
          ? <Happened by={row.by} at={row.at} activity={row.activity} />
          : <CheckedIn checkIn={row} words={checkInWords(row, view.goal.outcome, locale, row.because?.kind === 'child' ? titles.get(nameOf(row.because.child)) : undefined)} />}
      </div>
      {'activity' in row ? null : <OwnCheckIn view={view} checkIn={row} reload={reload} />}
    </li>
  );
}

function Face({ by }: { by: Author }) {
  switch (by.kind) {
    case 'person': return <Avatar name={by.name} size={24} color="colorful" aria-hidden />;
    case 'connection': return <PlugConnected20Regular aria-hidden />;
    case 'children': return <BranchFork20Regular aria-hidden />;
    case 'time': return <CalendarClock20Regular aria-hidden />;
  }
}

function CheckedIn({ checkIn, words }: { checkIn: CheckIn; words: string }) {
  const styles = useStyles();
  const turned = checkIn.status !== checkIn.was.status;
  return (
    <>
      <Text block><Text weight="semibold">{authorName(checkIn.by)}</Text> {words} <Text size={200} className={styles.quiet}><Ago at={checkIn.at} />{checkIn.editedAt !== undefined && <> · edited <Ago at={checkIn.editedAt} /></>}</Text></Text>
      {turned && <Text block size={200}><StatusWord status={checkIn.was.status} /> <ArrowRight12Regular aria-label="became" /> <StatusWord status={checkIn.status} /></Text>}
      {checkIn.note !== '' && <p className={`${styles.text} ${styles.said}`}>{checkIn.note}</p>}
    </>
  );
}

function Happened({ by, at, activity }: { by: Author; at: string; activity: Extract<FeedRow, { activity: unknown }>['activity'] }) {
  const styles = useStyles();
  const { locale } = useSession();
  if (activity.kind !== 'comment') {
    const other = otherGoal(activity);
    const note = noteOf(activity);
    return (
      <>
        <Text block><Text weight="semibold">{authorName(by)}</Text> {activityWords(activity, locale)} <Text size={200} className={styles.quiet}><Ago at={at} /></Text></Text>
        {other !== undefined && <Text block size={200}><PageLink to={places.goal(other.ref)}>{other.words}</PageLink></Text>}
        {note !== '' && <p className={`${styles.text} ${styles.said}`}>{note}</p>}
      </>
    );
  }
  const { origin } = activity;
  const address = webAddress(origin?.address);
  const from = origin === undefined ? undefined : `from ${platformName(origin.platform)} · ${origin.place}`;
  return (
    <>
      <Text block>
        <Text weight="semibold">{authorName(by)}</Text>{' '}
        <Text size={200} className={styles.quiet}>
          {from !== undefined && (address === undefined ? from : <Link href={address} target="_blank" rel="noreferrer">{from}</Link>)} <Ago at={at} />
          {activity.editedAt !== undefined && !activity.deleted && <> · edited <Ago at={activity.editedAt} /></>}
        </Text>
      </Text>
      {activity.deleted ? <Text italic className={styles.quiet}>This comment was deleted.</Text> : <p className={`${styles.text} ${styles.said}`}>{activity.text}</p>}
    </>
  );
}
