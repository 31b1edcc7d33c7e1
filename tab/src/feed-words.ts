// What a line of a goal's feed says, in words.
import type { CheckIn } from '../../src/domain/check-in.ts';
import type { Author } from '../../src/domain/organization.ts';
import type { Activity, FeedEntry } from '../../src/domain/feed.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { statusNames } from '../../src/domain/status.ts';
import { percentText, valueText } from './format.ts';

export function authorName(by: Author): string {
  switch (by.kind) {
    case 'person':
    case 'connection': return by.name;
    case 'children': return 'Children';
    case 'time': return 'Calendar';
  }
}

/** What a check-in did: the value it set and what it was, or why the status is another without a new value. */
export function checkInWords(checkIn: CheckIn, outcome: Outcome, locale: string): string {
  if (checkIn.by.kind === 'children') {
    if (checkIn.progress === null) return 'have no progress to roll up any more';
    return `${checkIn.was.progress === null ? 'rolled up to' : `moved it from ${percentText(checkIn.was.progress, locale)} to`} ${percentText(checkIn.progress, locale)}`;
  }
  if (checkIn.by.kind === 'time') return `expects ${percentText(checkIn.expected, locale)} by now`;
  const verb = checkIn.by.kind === 'connection' ? 'read' : 'checked in';
  if (checkIn.value === null) return 'checked in';
  const value = valueText(outcome, checkIn.value, locale);
  if (checkIn.was.value === null || checkIn.was.value === checkIn.value) return `${verb} ${value}`;
  return `${verb} ${value}, before ${valueText(outcome, checkIn.was.value, locale)}`;
}

/** What happened, for everything but a comment, which speaks for itself. */
export function activityWords(activity: Exclude<Activity, { kind: 'comment' }>): string {
  switch (activity.kind) {
    case 'created': return 'made this goal';
    case 'edited': return `changed ${list(activity.fields)}`;
    case 'status-changed': return `changed the status from ${statusNames[activity.from]} to ${statusNames[activity.to]}`;
    case 'linked': return `connected it to ${activity.connection}: ${activity.measure}`;
    case 'unlinked': return `disconnected it from ${activity.connection}`;
    case 'sync-stopped': return `could not read ${activity.connection}: ${activity.problem}`;
  }
}

/** The feed without changes of status that a check-in of the same instant already tells. */
export function withoutEchoes<T extends CheckIn | FeedEntry>(rows: readonly T[]): T[] {
  const told = new Set(rows.flatMap(row => ('activity' in row ? [] : [`${row.at} ${row.was.status} ${row.status}`])));
  return rows.filter(row => !('activity' in row && row.activity.kind === 'status-changed' && told.has(`${row.at} ${row.activity.from} ${row.activity.to}`)));
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
