// What a line of a goal's feed says, in words.
import type { Because, CheckIn } from '../../src/domain/check-in.ts';
import type { Activity, FeedEntry } from '../../src/domain/feed.ts';
import type { GoalRef } from '../../src/domain/goal.ts';
import type { Author } from '../../src/domain/organization.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { statusNames } from '../../src/domain/status.ts';
import { exactText, percentText, scoreText, valueText } from './format.ts';

export function authorName(by: Author): string {
  switch (by.kind) {
    case 'person':
    case 'connection': return by.name;
    case 'children': return 'Children';
    case 'time': return 'Calendar';
  }
}

/** What a check-in did: the value it set and what it was, or why the status is another without a new value. `child`: the title of the child that caused it, as far as it may be seen. */
export function checkInWords(checkIn: CheckIn, outcome: Outcome, locale: string, child?: string): string {
  const { by, because } = checkIn;
  if (because !== undefined) return `${movedWords(checkIn, outcome, locale)}: ${becauseWords(because, locale, child)}`;
  if (by.kind === 'children') return movedWords(checkIn, outcome, locale);
  if (by.kind === 'time') return `expects ${percentText(checkIn.expected, locale)} by now`;
  const verb = by.kind === 'connection' ? 'read' : 'checked in';
  if (checkIn.value === null) return 'checked in';
  const value = valueText(outcome, checkIn.value, locale);
  if (checkIn.was.value === null || checkIn.was.value === checkIn.value) return `${verb} ${value}`;
  return `${verb} ${value}, before ${valueText(outcome, checkIn.was.value, locale)}`;
}

/** From where to where: in the value's own unit where that is not percent anyway. */
function movedWords({ value, progress, was }: CheckIn, outcome: Outcome, locale: string): string {
  const own = outcome.kind === 'metric' && value !== null;
  const text = (n: number) => (own ? valueText(outcome, n, locale) : percentText(n, locale));
  const [from, to] = own ? [was.value, value] : [was.progress, progress];
  if (to === null) return 'left it without progress';
  if (from === null) return `moved it to ${text(to)}`;
  return from === to ? `left it at ${text(to)}` : `moved it from ${text(from)} to ${text(to)}`;
}

function becauseWords(because: Because, locale: string, child: string | undefined): string {
  switch (because.kind) {
    case 'child': return `${childWords(because, locale, child === undefined ? 'a child' : `“${child}”`)}${othersWords(because.others)}`;
    case 'weights': return 'its children weigh differently now';
    case 'tasks': return taskWords(because);
    case 'resumed': return 'automatic updates go on';
    case 'edited': return 'the goal was edited';
  }
}

function childWords({ was, is }: Extract<Because, { kind: 'child' }>, locale: string, child: string): string {
  if (is === null) return `${child} has no progress to count any more`;
  if (was === null) return `${child} came in at ${percentText(is, locale)}`;
  return was === is ? `${child} stands at ${percentText(is, locale)}` : `${child} went from ${percentText(was, locale)} to ${percentText(is, locale)}`;
}

function othersWords(others: number | undefined): string {
  return others === undefined ? '' : others === 1 ? ', and one other moved' : `, and ${others} others moved`;
}

function taskWords(tasks: Extract<Because, { kind: 'tasks' }>): string {
  const said = (['completed', 'reopened', 'added', 'removed'] as const).filter(done => tasks[done].length > 0).map(done => `${list(tasks[done].map(name => `“${name}”`))} ${done}`);
  return said.length === 0 ? 'its tasks changed' : said.join('; ');
}

/** What happened, for everything but a comment, which speaks for itself. */
export function activityWords(activity: Exclude<Activity, { kind: 'comment' }>, locale: string): string {
  switch (activity.kind) {
    case 'created': return 'made this goal';
    case 'edited': return `changed ${list(activity.fields)}`;
    case 'status-changed': return `changed the status from ${statusNames[activity.from]} to ${statusNames[activity.to]}`;
    case 'linked': return `connected it to ${activity.connection}: ${activity.measure}`;
    case 'unlinked': return `disconnected it from ${activity.connection}`;
    case 'closed': return activity.score === null ? 'closed it' : `closed it with a score of ${scoreText(activity.score, locale)}`;
    case 'postponed': return activity.to === null ? 'postponed it' : 'postponed it to another time period';
    case 'reopened': return 'reopened it';
    case 'updates-stopped': return 'stopped automatic updates';
    case 'updates-resumed': return 'resumed automatic updates';
    case 'check-in-edited': return `changed the check-in of ${exactText(activity.at, locale)}`;
    case 'check-in-deleted': return `took back the check-in of ${exactText(activity.at, locale)}`;
    case 'cloned': return 'made this goal from another one';
    case 'sync-stopped': return `could not read ${activity.connection}: ${activity.problem}`;
  }
}

/** The other goal that a line of the feed is about, where there is one to go to. */
export function otherGoal(activity: Activity): { ref: GoalRef; words: string } | undefined {
  if (activity.kind === 'postponed' && activity.to !== null) return { ref: activity.to, words: 'Where it goes on' };
  return activity.kind === 'cloned' ? { ref: activity.from, words: 'The goal it was made from' } : undefined;
}

/** What somebody wrote along with what they did. */
export function noteOf(activity: Activity): string {
  return 'note' in activity ? activity.note : '';
}

/**
 * The feed without what two of its lines would tell twice: a change of status that the check-in of the same instant tells; and of a
 * check-in that closing, postponing or reopening has written its note, or all of it where no other value was said.
 */
export function withoutEchoes<T extends CheckIn | FeedEntry>(rows: readonly T[]): T[] {
  const told = new Set(rows.flatMap(row => ('activity' in row ? [] : [`${row.at} ${row.was.status} ${row.status}`])));
  const turns = new Map(rows.flatMap(row => ('activity' in row && 'note' in row.activity ? [[row.at, row.activity.note]] : [])));
  return rows.flatMap(row => {
    if ('activity' in row) return row.activity.kind === 'status-changed' && told.has(`${row.at} ${row.activity.from} ${row.activity.to}`) ? [] : [row];
    const note = turns.get(row.at);
    if (note === undefined || note !== row.note) return [row];
    return row.value === row.was.value ? [] : [{ ...row, note: '' }];
  });
}

function list(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(names);
}

/** An address that may stand behind a link; a feed's origin comes from a chat and is not trusted to be one. */
export function webAddress(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  return ['https:', 'http:'].includes(new URL(address).protocol) ? address : undefined;
}

const platformNames: Readonly<Record<string, string>> = { teams: 'Teams', slack: 'Slack' };

export function platformName(platform: string): string {
  return platformNames[platform] ?? platform;
}
