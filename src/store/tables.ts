// Every kind of row, its table and its keys, on one page. The shapes themselves belong to the folders that give them meaning.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Outgoing } from '../chat/message.ts';
import { Post, Subscription, Thread } from '../chat/post.ts';
import { AuditEntry } from '../domain/audit.ts';
import { CheckIn } from '../domain/check-in.ts';
import { Instant, PlainDate } from '../domain/date.ts';
import { FeedEntry } from '../domain/feed.ts';
import { Goal, GoalRef } from '../domain/goal.ts';
import { Id, Organization, Person, type Scope, Team, TenantPolicy, Who } from '../domain/organization.ts';
import { Period, PlanningYear } from '../domain/period.ts';
import { Reactions } from '../domain/reactions.ts';
import { Measure, Problem } from '../domain/source.ts';
import { Thresholds } from '../domain/status.ts';

export { Measure, Post, Problem, Subscription, Thread };

export const Connection = z.object({
  id: Id,
  integration: z.string(),
  name: z.string().trim().min(1, 'Name the connection.').max(120),
  owner: Who,
  shared: z.boolean(),
  /** Which of the connector's ways in this uses. */
  auth: z.string(),
  settings: z.record(z.string(), z.unknown()),
  /** The credential's fields as JSON, sealed by the vault. Never leaves the server. */
  credential: z.string(),
  /** Names the one live chain of syncs in the queue; a queued sync with another token is dropped. */
  token: z.string(),
  everyMinutes: z.number().int().min(1).max(10_080),
  /** The slot that is due next. */
  nextSync: Instant.nullable(),
  /** When a whole sync last succeeded in talking to the source; never advanced by a failure. */
  lastSync: Instant.nullable(),
  /** Who is syncing it now, until when: claimed by ETag, given up by time. */
  claim: z.object({ worker: z.string(), until: Instant }).nullable(),
  problem: Problem.nullable(),
  /** The source asked not to be called before; nobody does, not even who asks for a sync now. */
  notBefore: Instant.optional(),
  /** The satellite that this leads through. The credential is then no more than `{ name }`: its name in the satellite's own file. */
  satellite: Id.optional(),
});
export type Connection = z.infer<typeof Connection>;

/** A goal tied to a measure. What was read stands in the goal; here stands only why nothing could be. */
export const Link = z.object({
  /** New with every change of measure; the goal names the one that feeds it. */
  id: z.string().optional(),
  connection: z.string(),
  goal: GoalRef,
  measure: Measure,
  linkedBy: Who,
  problem: Problem.nullable(),
});
export type Link = z.infer<typeof Link>;

/** Whose turn it is to empty a period's outbox, until when. */
export const Turn = z.object({ worker: z.string(), until: Instant });
export type Turn = z.infer<typeof Turn>;

/** How far the sweep has come in an organization: the last day it judged whole, by which thresholds, and when it last looked for what had been left lying. */
export const Swept = z.object({ day: PlainDate, thresholds: Thresholds.optional(), mendedAt: Instant });
export type Swept = z.infer<typeof Swept>;

/** The customer's own agent before sources that the cloud cannot reach. Its token stays with the customer; here is what recognizes it. */
export const Satellite = z.object({
  id: Id,
  name: z.string().trim().min(1, 'Name the satellite.').max(120),
  createdBy: Who,
  /** SHA-256 of the token's secret, in hex. */
  tokenHash: z.string(),
  /** When one of its agents last spoke to us, up to 15 seconds late. */
  lastSeen: Instant.nullable(),
});
export type Satellite = z.infer<typeof Satellite>;

/** An errand for a satellite and, once there is one, its answer. Both are opaque here: src/satellite knows what they hold. */
export const Mail = z.object({ id: Id, connector: z.string(), body: z.unknown(), deadline: Instant, taken: z.boolean(), answer: z.unknown() });
export type Mail = z.infer<typeof Mail>;

/** How people feel about a goal as a whole; in a row of its own, so that a like does not get in the way of an edit. */
export const Likes = z.object({ goal: GoalRef, reactions: Reactions });
export type Likes = z.infer<typeof Likes>;

/** What people follow: the organization, a team, a person or a goal. */
export const Followed = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('organization') }),
  z.object({ kind: z.literal('team'), team: Id }),
  z.object({ kind: z.literal('person'), person: Id }),
  z.object({ kind: z.literal('goal'), goal: GoalRef }),
]);
export type Followed = z.infer<typeof Followed>;

/** Somebody follows something. Stands twice in one partition: under what is followed, and under who follows. */
export const Follow = z.object({ by: Who, about: Followed, at: Instant });
export type Follow = z.infer<typeof Follow>;

/** A tag that goals may bear; its name is unique but for capitals. */
export const Tag = z.object({ name: z.string().trim().min(1, 'Name the tag.').max(40), createdBy: Who, at: Instant });
export type Tag = z.infer<typeof Tag>;

/** A request under an idempotency key: that somebody is at it, and what was answered. Of use for a day. */
export const KeyedRequest = z.object({
  /** A digest of the person and the key. */
  id: z.string(),
  /** A digest of the request, and so of whether another one is the same. */
  of: z.string(),
  /** When it was first attempted: every attempt bears this instant. */
  at: Instant,
  /** Somebody is at it until then. */
  until: Instant,
  answer: z.object({ status: z.number(), body: z.unknown() }).nullable(),
});
export type KeyedRequest = z.infer<typeof KeyedRequest>;

export type Table = 'organizations' | 'goals' | 'links' | 'connections' | 'people' | 'periods' | 'subscriptions' | 'posts' | 'audit' | 'satellites' | 'mail' | 'requests' | 'teams' | 'tenants' | 'tags' | 'follows';
export const tables: readonly Table[] = ['organizations', 'goals', 'links', 'connections', 'people', 'periods', 'subscriptions', 'posts', 'audit', 'satellites', 'mail', 'requests', 'teams', 'tenants', 'tags', 'follows'];

export interface Keys { readonly partition: string; readonly row: string }

/** One kind of row: where it lives, and what its body must be on the way in and out. */
export interface Kind<T> { readonly name: string; readonly table: Table; readonly body: z.ZodType<T> }
const kind = <T>(name: string, table: Table, body: z.ZodType<T>): Kind<T> => ({ name, table, body });

/** A goal as version 0.1 wrote it had one owner and at most one parent. */
function upcastGoal(row: unknown): unknown {
  if (typeof row !== 'object' || row === null || !('owner' in row) || 'owners' in row) return row;
  const { owner, parent, ...rest } = row as { owner: unknown; parent?: unknown };
  return { ...rest, owners: [owner], parents: parent ? [parent] : [] };
}

export const rows = {
  organization: kind('organization', 'organizations', Organization),
  goal: kind('goal', 'goals', z.preprocess(upcastGoal, Goal)),
  checkIn: kind('check-in', 'goals', CheckIn),
  feedEntry: kind('feed entry', 'goals', FeedEntry),
  outgoing: kind('outgoing', 'goals', Outgoing),
  turn: kind('turn', 'goals', Turn),
  link: kind('link', 'links', Link),
  connection: kind('connection', 'connections', Connection),
  person: kind('person', 'people', Person),
  period: kind('period', 'periods', Period),
  planningYear: kind('planning year', 'periods', PlanningYear),
  swept: kind('swept', 'periods', Swept),
  subscription: kind('subscription', 'subscriptions', Subscription),
  post: kind('post', 'posts', Post),
  reply: kind('reply', 'posts', Post),
  thread: kind('thread', 'posts', Thread),
  /** Append only. */
  audit: kind('audit', 'audit', AuditEntry),
  satellite: kind('satellite', 'satellites', Satellite),
  mail: kind('mail', 'mail', Mail),
  likes: kind('likes', 'goals', Likes),
  team: kind('team', 'teams', Team),
  tenantPolicy: kind('tenant policy', 'tenants', TenantPolicy),
  tag: kind('tag', 'tags', Tag),
  follow: kind('follow', 'follows', Follow),
  request: kind('keyed request', 'requests', KeyedRequest),
};

/** Where each row is. Every key but an organization's own begins with tenant and organization. */
export const keys = {
  organization: (s: Scope): Keys => ({ partition: s.tenant, row: s.organization }),
  /** All of one period's goals, with their check-ins, feed and outbox, so that one transaction can move a goal. */
  goals: (s: Scope, period: string) => `${s.tenant}|${s.organization}|${period}`,
  goal: (s: Scope, g: GoalRef): Keys => ({ partition: keys.goals(s, g.period), row: `g:${g.id}` }),
  /** Newest first. One check-in per goal and instant: a repeated sync of the same slot rewrites its own. */
  checkIn: (s: Scope, g: GoalRef, at: string): Keys => ({ partition: keys.goals(s, g.period), row: `c:${g.id}:${newestFirst(at)}` }),
  feedEntry: (s: Scope, g: GoalRef, at: string, id: string): Keys => ({ partition: keys.goals(s, g.period), row: `a:${g.id}:${newestFirst(at)}:${id}` }),
  outgoing: (s: Scope, period: string, id: string): Keys => ({ partition: keys.goals(s, period), row: `x:${id}` }),
  turn: (s: Scope, period: string): Keys => ({ partition: keys.goals(s, period), row: 't:outbox' }),
  links: (s: Scope, connection: string) => `${s.tenant}|${s.organization}|${connection}`,
  link: (s: Scope, connection: string, g: GoalRef): Keys => ({ partition: keys.links(s, connection), row: `${g.period}:${g.id}` }),
  likes: (s: Scope, g: GoalRef): Keys => ({ partition: keys.goals(s, g.period), row: `l:${g.id}` }),
  /** The partition of connections, people, teams, periods, tags, follows, subscriptions, posts and satellites. */
  organizationRows: (s: Scope) => `${s.tenant}|${s.organization}`,
  connection: (s: Scope, id: string): Keys => ({ partition: keys.organizationRows(s), row: id }),
  person: (s: Scope, id: string): Keys => ({ partition: keys.organizationRows(s), row: id }),
  team: (s: Scope, id: string): Keys => ({ partition: keys.organizationRows(s), row: id }),
  tenantPolicy: (tenant: string): Keys => ({ partition: tenant, row: 'policy' }),
  tag: (s: Scope, name: string): Keys => ({ partition: keys.organizationRows(s), row: digest(name.toLowerCase()) }),
  /** Who follows a thing lies together, */
  followers: (about: Followed): string => `f:${followedName(about)}:`,
  follower: (s: Scope, about: Followed, person: string): Keys => ({ partition: keys.organizationRows(s), row: `${keys.followers(about)}${person}` }),
  /** and so does what a person follows. */
  follows: (person: string): string => `p:${person}:`,
  following: (s: Scope, person: string, about: Followed): Keys => ({ partition: keys.organizationRows(s), row: `${keys.follows(person)}${followedName(about)}` }),
  period: (s: Scope, id: string): Keys => ({ partition: keys.organizationRows(s), row: id }),
  /** Beside the periods, in a partition of its own: the planning years that have theirs. */
  planningYears: (s: Scope) => `${keys.organizationRows(s)}|years`,
  planningYear: (s: Scope, { year, yearStart }: Pick<PlanningYear, 'year' | 'yearStart'>): Keys => ({ partition: keys.planningYears(s), row: `${year}-${yearStart}` }),
  /** Beside the periods, in a partition of its own. */
  swept: (s: Scope): Keys => ({ partition: `${keys.organizationRows(s)}|swept`, row: 'last' }),
  /** One row per thing that is heard about and conversation; what one goal's change needs lies together. */
  subscription: (s: Scope, conversation: string, about: GoalRef | 'organization'): Keys =>
    ({ partition: keys.organizationRows(s), row: `${keys.subscriptionsTo(about)}${digest(conversation)}` }),
  /** The prefix of the subscriptions to something. */
  subscriptionsTo: (about: GoalRef | 'organization') => (about === 'organization' ? 'organization:' : `goal:${about.period}:${about.id}:`),
  post: (s: Scope, g: GoalRef, conversation: string): Keys => ({ partition: keys.organizationRows(s), row: `p:${g.period}:${g.id}:${digest(conversation)}` }),
  /** One per comment of the tab and conversation that it was carried into. */
  reply: (s: Scope, outgoing: string, conversation: string): Keys => ({ partition: keys.organizationRows(s), row: `r:${digest(`${outgoing};${conversation}`)}` }),
  thread: (s: Scope, conversation: string, root: string): Keys => ({ partition: keys.organizationRows(s), row: `t:${digest(`${conversation};${root}`)}` }),
  /** All that was done in one month, `2026-11` (UTC). */
  audits: (s: Scope, month: string) => `${s.tenant}|${s.organization}|${month}`,
  audit: (s: Scope, at: string, id: string): Keys => ({ partition: keys.audits(s, at.slice(0, 7)), row: `${newestFirst(at)}:${id}` }),
  satellite: (s: Scope, id: string): Keys => ({ partition: keys.organizationRows(s), row: id }),
  /** All that waits for one satellite; ids begin with their time, so the oldest comes first. */
  mails: (s: Scope, satellite: string) => `${s.tenant}|${s.organization}|${satellite}`,
  mail: (s: Scope, satellite: string, id: string): Keys => ({ partition: keys.mails(s, satellite), row: id }),
  /** A day's requests (UTC) lie together, so that they go together. */
  requests: (s: Scope, day: PlainDate) => `${s.tenant}|${s.organization}|${day}`,
  request: (s: Scope, day: PlainDate, id: string): Keys => ({ partition: keys.requests(s, day), row: id }),
};

/** Whose goal a goal's keys are: `keys.goal` backwards. */
export function goalAt({ partition, row }: Keys): { scope: Scope; ref: GoalRef } {
  const [tenant, organization, period] = partition.split('|') as [string, string, string];
  return { scope: { tenant, organization }, ref: { period, id: row.slice('g:'.length) } };
}

/** What names something that is followed, in keys and in addresses. */
export function followedName(about: Followed): string {
  switch (about.kind) {
    case 'organization': return 'organization';
    case 'team': return `team:${about.team}`;
    case 'person': return `person:${about.person}`;
    case 'goal': return `goal:${about.goal.period}:${about.goal.id}`;
  }
}

/** Sorts later instants before earlier ones. */
export function newestFirst(at: string): string {
  return String(9_999_999_999_999 - Date.parse(at)).padStart(13, '0');
}

/** A key part for text that people or platforms made: raw text never stands in a key. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
