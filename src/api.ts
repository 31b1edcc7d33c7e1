// The REST contract, one line an endpoint: the server cannot forget one, the tab cannot call another, and OpenAPI follows from it.
import { z } from 'zod';
import { Alert } from './domain/alert.ts';
import { CheckIn } from './domain/check-in.ts';
import { Instant, PlainDate } from './domain/date.ts';
import { FeedEntry } from './domain/feed.ts';
import { AlertLevel, Entity, Goal, GoalKind, Phase, ProgressMode, Task } from './domain/goal.ts';
import { GoalSort, SortOrder } from './domain/goal-query.ts';
import { Author, CreateRight, Id, OkrModel, Organization, Person, Rhythm, Role, Settings, Team, TenantPolicy, Who } from './domain/organization.ts';
import { Outcome } from './domain/outcome.ts';
import { Period } from './domain/period.ts';
import { Reaction, Reactions } from './domain/reactions.ts';
import { Status } from './domain/status.ts';

/** One endpoint: its address, what comes in, what goes out. */
export interface Endpoint<
  Params extends string = string, Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType, Guarded extends boolean = boolean,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  /** Needs no caller. */
  readonly open?: boolean;
  /** Carried out only on what its caller has seen: the request names the ETag (`If-Match`), and one that is no longer current is refused. */
  readonly guarded?: Guarded;
  /** Saves nothing, whatever its method: asking twice does no harm, so an `Idempotency-Key` means nothing to it. */
  readonly reads?: boolean;
  /** The answer holds a secret that is shown once: it is kept nowhere, not even for whoever repeats the request. */
  readonly secret?: boolean;
  readonly params?: Params;
  readonly query: Query;
  readonly body: Body;
  readonly answer: Answer;
}

type ParamsOf<Path extends string> =
  Path extends `${string}:${infer Name}/${infer Rest}` ? Name | ParamsOf<`/${Rest}`> :
  Path extends `${string}:${infer Name}` ? Name : never;
const nothing = z.undefined();
type Nothing = typeof nothing;

function endpoint<Path extends string, Answer extends z.ZodType, Query extends z.ZodType = Nothing, Body extends z.ZodType = Nothing, Guarded extends boolean = false>(
  method: Endpoint['method'], path: Path, summary: string,
  shape: { answer: Answer; query?: Query; body?: Body; open?: boolean; guarded?: Guarded; reads?: boolean; secret?: boolean },
): Endpoint<ParamsOf<Path>, Query, Body, Answer, Guarded> {
  return { method, path, summary, query: nothing as unknown as Query, body: nothing as unknown as Body, ...shape };
}

/** What a caller of an endpoint gives. `etag` is the one that the thing was read with. */
export type Input<E> = E extends Endpoint<infer P, infer Q, infer B, z.ZodType, infer G>
  ? { params: Record<P, string> } & (Q extends Nothing ? object : { query: z.output<Q> }) & (B extends Nothing ? object : { body: z.output<B> }) & (G extends true ? { etag: string } : object)
  : never;
/** Whether a repeated request could do its work twice, so that a key for it is of use (`Idempotency-Key`). */
export function isWrite({ method, reads }: Pick<Endpoint, 'method' | 'reads'>): boolean {
  return method !== 'GET' && !reads;
}

/** What a caller of an endpoint gets. */
export type Answer<E> = E extends Endpoint<string, z.ZodType, z.ZodType, infer A> ? z.output<A> : never;

/** An endpoint's path with its parameters filled in, and the query behind it. */
export function addressOf(path: string, params: Readonly<Record<string, string>>, query: object = {}): string {
  const filled = path.replaceAll(/:([a-z]+)/gi, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === '') throw new Error(`The path ${path} needs "${name}".`);
    return encodeURIComponent(value);
  });
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return search.size === 0 ? filled : `${filled}?${search}`;
}

const page = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row), next: z.string().optional() });
const Paging = z.object({
  next: z.string().optional().describe('The `next` of the page before; leave it out for the first page.'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many rows a page has at most. It may have fewer and still have a `next`.'),
});
const Done = z.object({});
const Values = z.record(z.string(), z.unknown());

/** An error, everywhere the same (RFC 9457). `type` is a reference relative to the document that describes it, /openapi.json. */
export const ProblemDetails = z.object({
  type: z.enum(['bad-request', 'unauthorized', 'forbidden', 'not-found', 'conflict', 'under-way', 'gone', 'precondition-required', 'key-reused', 'too-many', 'source', 'bug']).describe('What kind of problem it is; programs decide by this.'),
  title: z.string().describe('What is wrong and what to do, in a sentence for people.'),
  status: z.number().describe('The HTTP status.'),
  errors: z.record(z.string(), z.string()).optional().describe('Per field at fault, by its path in the body (or the header’s name), a sentence that says what to do.'),
  remedy: z.enum(['reconnect', 'reconfigure', 'retry', 'report']).optional().describe('What puts a source’s error right.'),
  id: z.string().optional().describe('Leads to the log entry of a bug.'),
});
export type ProblemDetails = z.infer<typeof ProblemDetails>;

/** What the tab needs to know before anybody has signed in. */
export const Configuration = z.object({ local: z.boolean(), clientId: z.string().optional(), botId: z.string().optional() });
export const Session = z.object({
  person: Person, today: PlainDate,
  organization: Organization.omit({ tenant: true, integrations: true }),
  /** Whether the caller decides for all organizations of the tenant. */
  tenantAdministrator: z.boolean(),
});

export const Trouble = z.object({ remedy: z.enum(['reconnect', 'reconfigure', 'retry', 'report']), message: z.string(), since: Instant });
export const Measure = z.object({ metric: z.string(), form: Values });

/** A goal as people see it: with its ETag, expected progress today, what its caller may do, and how fresh its source is. */
export const GoalView = z.object({
  goal: Goal,
  /** Send it back (`If-Match`) when changing the goal: a change of what somebody else has changed meanwhile is refused. */
  etag: z.string(),
  expected: z.number(),
  /** What somebody should look at, the worst first, without what the caller has muted; and the worst of all goals under it. */
  alerts: z.array(Alert),
  alertBelow: AlertLevel.nullable(),
  /** What children or tasks say, or what the source last said while updates are stopped; `null` where nothing speaks for itself beside `goal.value`. */
  automatic: z.object({ value: z.number().nullable(), progress: z.number().nullable() }).nullable(),
  /** How much each child that the caller sees counts, in percent, by its id; empty where progress does not roll up. */
  weights: z.record(z.string(), z.number()),
  /** From 0 to 1, what closing it now suggests; `null` where a goal has no progress. */
  suggestedScore: z.number().nullable(),
  /** `align`: other goals under this one. `changeOwners`: also who else may see and change it. */
  may: z.object({ edit: z.boolean(), checkIn: z.boolean(), align: z.boolean(), comment: z.boolean(), changeOwners: z.boolean() }),
  /** `lastSync`: when the connection's source last answered; `null` as long as it has given this goal no value. `nextSync`: `null` when none will come. */
  link: z.object({
    integration: z.string(), integrationName: z.string(), connection: z.string(), connectionName: z.string(),
    measure: Measure, measureTitle: z.string(), lastSync: Instant.nullable(), nextSync: Instant.nullable(), problem: Trouble.nullable(),
  }).nullable(),
});
export type GoalView = z.infer<typeof GoalView>;

export const GoalBody = z.object({
  kind: GoalKind,
  title: Goal.shape.title,
  description: Goal.shape.description.optional(),
  entity: Entity.optional(),
  /** Ids of people; left out, it is the caller's. */
  owners: z.array(Id).max(20, 'A goal has at most 20 owners.').optional(),
  checkInOwner: Id.nullable().optional(),
  delegate: Id.nullable().optional(),
  parents: Goal.shape.parents.optional(),
  start: PlainDate.optional(),
  end: PlainDate.optional(),
  ambition: z.enum(['aspirational', 'committed']).optional(),
  tags: z.array(z.string().trim().min(1).max(40)).max(20).optional(),
  scoringGuidance: z.string().max(2000).optional(),
  outcome: Outcome,
  phases: z.array(Phase).max(60).optional(),
  mode: ProgressMode.optional(),
  statusFrom: z.enum(['progress', 'children']).optional(),
  /** Ids of people. Left out of a private goal's key result it is what it inherits, and cannot be anything else. */
  access: z.object({ private: z.boolean(), viewers: z.array(Id).max(500), aligners: z.array(Id).max(500).nullable(), editors: z.array(Id).max(500) }).optional(),
  /** Given when `mode` is `source`: the goal and its link are made together. */
  link: z.object({ connection: z.string(), measure: Measure }).optional(),
});
export type GoalBody = z.infer<typeof GoalBody>;

export const Field = z.object({
  name: z.string(),
  kind: z.enum(['text', 'secret', 'number', 'choice', 'lookup', 'code', 'date']),
  title: z.string(), help: z.string(), required: z.boolean(),
  example: z.string().optional(), prefix: z.string().optional(), suffix: z.string().optional(),
  options: z.array(z.object({ value: z.string(), title: z.string() })).optional(),
  lookup: z.string().optional(), dependsOn: z.array(z.string()).optional(), language: z.string().optional(),
  initial: z.union([z.string(), z.number()]).optional(),
});
export type Field = z.infer<typeof Field>;

/** A row of the catalogue, with what this caller can do about it. */
export const IntegrationView = z.object({
  id: z.string(), name: z.string(),
  category: z.enum(['In-boundary Microsoft 365', 'Cross-boundary Microsoft', 'Third-party']),
  type: z.enum(['data', 'collaboration']),
  terms: z.string(),
  enabled: z.boolean(),
  /** Why it cannot be used here now, and who can change that; absent when it can. */
  blocked: z.string().optional(),
  connections: z.number(),
  auth: z.array(z.object({ id: z.string(), title: z.string(), note: z.string(), fields: z.array(Field) })),
  connection: z.array(Field),
  metrics: z.array(z.object({ id: z.string(), title: z.string(), help: z.string(), percent: z.boolean(), fields: z.array(Field) })),
});
export type IntegrationView = z.infer<typeof IntegrationView>;

/** A connection without its credential, which never leaves the server. */
export const ConnectionView = z.object({
  id: z.string(), integration: z.string(), name: z.string(), owner: Who, shared: z.boolean(), auth: z.string(), settings: Values,
  everyMinutes: z.number(), lastSync: Instant.nullable(), nextSync: Instant.nullable(), problem: Trouble.nullable(), mayEdit: z.boolean(),
  satellite: z.string().optional(),
});
export type ConnectionView = z.infer<typeof ConnectionView>;

export const ConnectionBody = z.object({
  integration: z.string(),
  name: z.string().trim().min(1, 'Name the connection.').max(120),
  shared: z.boolean().default(false),
  auth: z.string(),
  settings: Values,
  /** Left out when editing a connection whose credential stays as it is. Through a satellite no more than `{ name }`: its name in the satellite's own file. */
  credential: z.record(z.string(), z.string()).optional(),
  /** Id of the satellite that the connection leads through. */
  satellite: z.string().optional(),
});
export type ConnectionBody = z.infer<typeof ConnectionBody>;

/** The customer's own agent before sources that the cloud cannot reach. */
export const SatelliteView = z.object({ id: z.string(), name: z.string(), createdBy: Who, lastSeen: Instant.nullable(), connected: z.boolean() });
export type SatelliteView = z.infer<typeof SatelliteView>;

/** What a measure would say now: in the source's terms, and in the goal's. */
export const Preview = z.object({
  value: z.number(), of: z.number().optional(), raw: z.string(), readAt: Instant, asOf: Instant.optional(),
  /** In the outcome's unit; percent when it measures percent complete. */
  goalValue: z.number(), progress: z.number().nullable(),
});
export type Preview = z.infer<typeof Preview>;

/** An organization with its settings, and who the caller is in it. `etag` guards its settings. */
export const OrganizationView = Session.extend({ etag: z.string(), mayManage: z.boolean() });
export type OrganizationView = z.infer<typeof OrganizationView>;

/** What is given is changed, the rest stays; of `model` likewise. */
export const SettingsBody = z.strictObject({ name: Organization.shape.name, ...Settings.omit({ pinnedPeriod: true }).shape, model: z.strictObject(OkrModel.shape).partial() }).partial();
export type SettingsBody = z.infer<typeof SettingsBody>;

/** A tenant's policy; `etag` guards it. */
export const TenantView = z.object({ policy: TenantPolicy, etag: z.string() });

/** A team in a list: its members are counted, not named. */
export const TeamSummary = Team.omit({ members: true, createGoals: true, rhythm: true }).extend({ members: z.number(), mayManage: z.boolean() });
export type TeamSummary = z.infer<typeof TeamSummary>;
/** `rhythm`: the one that holds for the team, wherever it comes from. */
export const TeamView = z.object({ team: Team, etag: z.string(), rhythm: Rhythm, mayManage: z.boolean() });
export type TeamView = z.infer<typeof TeamView>;
/** `owners` and `members` are ids of people. What is left out is, in a new team, as in the team above it, and stays as it is in another one. */
export const TeamBody = z.strictObject({
  name: Team.shape.name, parent: Id.nullable().optional(), owners: z.array(Id).max(50).optional(), members: z.array(Id).max(2000).optional(),
  createGoals: CreateRight.optional(), rhythm: Rhythm.nullable().optional(),
});
export type TeamBody = z.infer<typeof TeamBody>;

/** A person as everybody may see them. */
export const PersonView = Person.omit({ mutedAlerts: true, managerAskedAt: true });
export type PersonView = z.infer<typeof PersonView>;
/** `manager`: an id, nobody, or whoever the company's directory names. */
export const PersonBody = z.strictObject({
  role: Role.optional(),
  manager: z.discriminatedUnion('from', [z.object({ from: z.literal('admin'), id: Id.nullable() }), z.object({ from: z.literal('directory') })]).optional(),
});
/** What people decide for themselves. `null`: the organization's time zone. */
export const PreferencesBody = z.strictObject({ timeZone: z.string().nullable().optional(), mutedAlerts: Person.shape.mutedAlerts });

export const TagView = z.object({ name: z.string(), createdBy: Who, at: Instant });
/** `name` is what people call it now; `followed` names it in addresses. */
export const FollowView = z.object({ followed: z.string(), kind: z.enum(['organization', 'team', 'person', 'goal']), name: z.string(), at: Instant });
export type FollowView = z.infer<typeof FollowView>;

/** Who did what to which thing (`on`, its id), before and after. Of what is private neither is shown. */
export const AuditEntry = z.object({ at: Instant, by: Who, deed: z.string(), on: z.string(), before: z.unknown(), after: z.unknown(), private: z.boolean().optional() });
const AuditQuery = Paging.extend({ on: z.string().max(200).optional().describe('The id of the thing that it was done to.'), person: Id.optional().describe('Who did it.') });

/** Several of a query's values, one after the other with commas between them or each by itself. */
const several = <T extends z.ZodType>(value: T) => z.preprocess(given => (typeof given === 'string' ? given.split(',') : given), z.array(value).min(1).max(20)).optional();
/** Of everything that is given all must be true. With a period and nothing else it is that period's goals in a steady order, as they are stored. */
const GoalListQuery = Paging.extend({
  period: Id.optional().describe('Leave it out to ask for the goals of all time periods.'),
  search: z.string().max(200).optional().describe('Beginnings of words of the title, the description, the tags and the owners’ names.'),
  kind: several(GoalKind).describe('One of these kinds.'),
  owner: z.string().max(64).optional().describe('The id of one of its owners.'),
  checkInOwner: z.string().max(64).optional().describe('The id of the person whom reminders go to.'),
  team: Id.optional().describe('The id of one of the teams whose goal it is.'),
  tag: z.string().max(40).optional().describe('A tag that it bears, whatever its capitals.'),
  status: several(Status).describe('One of these statuses.'),
  entity: z.enum(['organization', 'teams', 'individual']).optional().describe('Whose it is: the whole organization’s, teams’, or its owners’ alone.'),
  mode: ProgressMode.optional().describe('What moves it.'),
  unaligned: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional().describe('true: goals that stand under no other; false: those that do.'),
  under: z.string().regex(/^[A-Za-z0-9_-]{1,64}\/[A-Za-z0-9_-]{1,64}$/, 'Write it as period/goal.').optional().describe('Goals directly under this one: its time period, a slash, its id.'),
  checkedInBefore: Instant.optional().describe('Nobody and nothing has checked in since.'),
  endsBefore: PlainDate.optional().describe('Its last day is before this one.'),
  sort: GoalSort.optional().describe('Left out, the best matches of a search come first, and otherwise the newest goals. Goals without a progress or check-in come last in either order.'),
  order: SortOrder.optional().describe('asc unless said otherwise; the status that is worst comes first. By relevance there is but one.'),
});
export type GoalListQuery = z.infer<typeof GoalListQuery>;

const CheckInBody = z.strictObject({
  value: z.number().optional(), status: Status.optional(), note: z.string().max(4000).default(''),
  /** On a goal that moves by itself: whether its next automatic update overwrites this, or automatic updates stop until somebody resumes them. */
  updates: z.enum(['go-on', 'stop']).optional(),
}).refine(c => c.value !== undefined || c.status !== undefined || c.note.trim() !== '', { path: ['note'], error: 'Say a value, a status or a note.' });
/** What is not named stays. */
const CorrectionBody = z.object({ value: z.number().optional(), status: Status.optional(), note: z.string().max(4000).optional() });
/** `mentions` are ids of people. */
const CommentBody = z.object({ text: z.string().trim().min(1, 'Write something first.').max(8000), mentions: z.array(Id).max(50).optional() });
/** What somebody reacts to: the goal itself, a check-in, or another entry of its feed. */
const ReactionBody = z.object({
  to: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('goal') }), z.object({ kind: z.literal('check-in'), at: Instant }), z.object({ kind: z.literal('entry'), at: Instant, id: Id }),
  ]),
  reaction: Reaction,
  /** Whether the caller's reaction is to be there afterwards. */
  on: z.boolean(),
});
/** Without `value` a goal keeps the one it has; without `score` it gets the part that was done. A goal without progress, such as a baseline, has none. */
const CloseBody = z.object({ value: z.number().optional(), score: z.number().min(0, 'A score is from 0 to 1.').max(1, 'A score is from 0 to 1.').optional(), note: z.string().max(4000).default('') });
const PostponeBody = z.object({
  note: z.string().trim().min(1, 'Say why it is postponed.').max(4000),
  /** The period it goes on in; left out, the next of its kind. */
  to: Id.optional(),
  /** Whether its goals begin anew there (a metric from where it stands now) or with the values they have. */
  progress: z.enum(['reset', 'keep']).default('reset'),
});
const ReopenBody = z.object({ note: z.string().max(4000).default('') });
/** By the id of each child its weight in percent: 0 for none, `null` for a share of what is left. Children that are not named keep what they have. */
const WeightsBody = z.object({ weights: z.record(Id, z.number().min(0, 'A weight is from 0 to 100.').max(100, 'A weight is from 0 to 100.').nullable()) });
const TaskBody = z.object({ name: Task.shape.name, owner: Id.nullable().optional(), due: PlainDate.nullable().optional(), done: z.boolean().optional(), /** The id of the task before which it stands; left out, it is the last. */ before: Id.optional() });

const LookupBody = z.object({ search: z.string().default(''), next: z.string().optional(), form: Values });
const Choices = z.object({ options: z.array(z.object({ value: z.string(), title: z.string(), help: z.string().optional() })), next: z.string().optional() });
const PeriodBody = z.object({ name: Period.shape.name, start: PlainDate, end: PlainDate, kind: Period.shape.kind });
/** `year` is the one that the planning year begins in. */
const PlanningYearBody = z.object({ year: z.number().int().min(2000, 'Give a year from 2000 on.').max(2100, 'Give a year up to 2100.') });
const SatelliteBody = z.object({ name: z.string().trim().min(1, 'Name the satellite.').max(120) });

const org = '/api/v1/organizations/:organization';
const goal = `${org}/goals/:period/:goal` as const;

export const api = {
  configuration: endpoint('GET', '/api/v1/configuration', 'What the tab needs before sign-in', { answer: Configuration, open: true }),
  session: endpoint('GET', '/api/v1/session', 'Who am I, and in which organization', { answer: Session }),

  periods: endpoint('GET', `${org}/periods`, 'Time periods by their beginning, and which is current', { answer: z.object({ rows: z.array(Period), current: z.string() }) }),
  createPeriod: endpoint('POST', `${org}/periods`, 'Add a time period beside those that are made by themselves', { body: PeriodBody, answer: Period }),
  createPlanningYear: endpoint('POST', `${org}/planning-years`, 'Make the time periods of a planning year before its time', { body: PlanningYearBody, answer: z.object({ rows: z.array(Period) }) }),
  updatePeriod: endpoint('PATCH', `${org}/periods/:period`, 'Rename a time period or change its dates; its goals keep their own', { body: PeriodBody.omit({ kind: true }).partial(), answer: Period }),
  deletePeriod: endpoint('DELETE', `${org}/periods/:period`, 'Delete a time period without goals; it is not made again', { answer: Done }),
  setCurrentPeriod: endpoint('PUT', `${org}/periods/current`, 'Declare a time period current until it ends, or leave it to the calendar', { body: z.object({ period: Id.nullable() }), answer: z.object({ current: z.string() }) }),

  organizations: endpoint('GET', '/api/v1/organizations', 'The organizations of my company, and what I am in them', { query: Paging, answer: page(z.object({ id: z.string(), name: z.string(), role: Role.nullable() })).extend({ mayCreate: z.boolean() }) }),
  createOrganization: endpoint('POST', '/api/v1/organizations', 'Make an organization and own it', { body: z.strictObject({ name: Organization.shape.name, timeZone: z.string().optional() }), answer: OrganizationView }),
  organization: endpoint('GET', org, 'An organization with its settings, and who I am in it', { answer: OrganizationView }),
  updateSettings: endpoint('PATCH', `${org}/settings`, 'Change settings of an organization; what they say holds for what is made afterwards', { body: SettingsBody, answer: OrganizationView, guarded: true }),
  audit: endpoint('GET', `${org}/audit`, 'Who did what, newest first', { query: AuditQuery, answer: page(AuditEntry) }),
  tenant: endpoint('GET', '/api/v1/tenant', 'What all organizations of my company may do', { answer: TenantView }),
  updateTenant: endpoint('PUT', '/api/v1/tenant', 'Decide what all organizations of my company may do', { body: TenantPolicy, answer: TenantView, guarded: true }),
  tenantAudit: endpoint('GET', '/api/v1/tenant/audit', 'Who decided what for all organizations, newest first', { query: AuditQuery, answer: page(AuditEntry) }),

  people: endpoint('GET', `${org}/people`, 'People, a page at a time or those whose name holds some words', { query: z.object({ search: z.string().default('').describe('Words that the name or address holds.'), next: Paging.shape.next, limit: Paging.shape.limit.optional() }), answer: page(PersonView) }),
  updatePerson: endpoint('PATCH', `${org}/people/:person`, 'Change what somebody is here, or their manager', { body: PersonBody, answer: PersonView }),
  updatePreferences: endpoint('PATCH', `${org}/preferences`, 'Change my own time zone and the alerts I see', { body: PreferencesBody, answer: Person }),
  teams: endpoint('GET', `${org}/teams`, 'Teams', { query: Paging.extend({ search: z.string().default('').describe('Words that the name holds.') }), answer: page(TeamSummary) }),
  createTeam: endpoint('POST', `${org}/teams`, 'Make a team', { body: TeamBody, answer: TeamView }),
  team: endpoint('GET', `${org}/teams/:team`, 'One team, with its people and the rhythm that holds for it', { answer: TeamView }),
  updateTeam: endpoint('PATCH', `${org}/teams/:team`, 'Change a team', { body: TeamBody.partial(), answer: TeamView, guarded: true }),
  deleteTeam: endpoint('DELETE', `${org}/teams/:team`, 'Delete a team without teams under it; its goals show it as a former one', { answer: Done, guarded: true }),
  tags: endpoint('GET', `${org}/tags`, 'Tags', { query: Paging.extend({ search: z.string().default('').describe('Words that the name holds.') }), answer: page(TagView) }),
  createTag: endpoint('POST', `${org}/tags`, 'Make a tag, or find the one of that name', { body: z.strictObject({ name: TagView.shape.name.trim().min(1, 'Name the tag.').max(40, 'A tag has at most 40 characters.') }), answer: TagView }),
  deleteTag: endpoint('DELETE', `${org}/tags/:tag`, 'Delete a tag; goals that bear it keep it', { answer: Done }),
  follows: endpoint('GET', `${org}/follows`, 'What I follow', { query: Paging, answer: page(FollowView) }),
  follow: endpoint('PUT', `${org}/follows/:followed`, 'Follow `organization`, `team:<id>`, `person:<id>` or `goal:<period>:<id>`', { answer: FollowView }),
  unfollow: endpoint('DELETE', `${org}/follows/:followed`, 'Follow something no longer', { answer: Done }),

  goals: endpoint('GET', `${org}/goals`, 'Goals of a period, or those that a search finds', { query: GoalListQuery, answer: page(GoalView) }),
  createGoal: endpoint('POST', `${org}/goals/:period`, 'Make a goal', { body: GoalBody, answer: GoalView }),
  goal: endpoint('GET', goal, 'One goal', { answer: GoalView }),
  updateGoal: endpoint('PATCH', goal, 'Change a goal, if it is still the one that was read; what is not named stays', { body: GoalBody.partial(), answer: GoalView, guarded: true }),
  children: endpoint('GET', `${goal}/children`, 'The goals under a goal: key results, objectives, initiatives', { query: Paging, answer: page(GoalView) }),
  deleteGoal: endpoint('DELETE', goal, 'Delete a goal without children, if it is still the one that was read', { answer: Done, guarded: true }),
  history: endpoint('GET', `${goal}/history`, 'Check-ins, newest first', { query: Paging, answer: page(CheckIn) }),
  feed: endpoint('GET', `${goal}/feed`, 'Activity and check-ins, newest first', { query: Paging, answer: page(z.union([FeedEntry, CheckIn])) }),
  checkIn: endpoint('POST', `${goal}/check-ins`, 'Check in', { body: CheckInBody, answer: GoalView }),
  editCheckIn: endpoint('PATCH', `${goal}/check-ins/:at`, 'Correct a check-in', { body: CorrectionBody, answer: GoalView }),
  deleteCheckIn: endpoint('DELETE', `${goal}/check-ins/:at`, 'Take a check-in back', { answer: GoalView }),
  closeGoal: endpoint('POST', `${goal}/close`, 'Close with a final value, a score and a note', { body: CloseBody, answer: GoalView }),
  postponeGoal: endpoint('POST', `${goal}/postpone`, 'Postpone: it goes on in a later period, with its key results and initiatives', { body: PostponeBody, answer: z.object({ postponed: GoalView, continuedBy: GoalView }) }),
  reopenGoal: endpoint('POST', `${goal}/reopen`, 'Open a closed or postponed goal again', { body: ReopenBody, answer: GoalView }),
  resumeGoal: endpoint('POST', `${goal}/resume`, 'Let automatic updates go on', { answer: GoalView }),
  setWeights: endpoint('PUT', `${goal}/weights`, 'How much each child counts', { body: WeightsBody, answer: GoalView }),
  resetWeights: endpoint('DELETE', `${goal}/weights`, 'Let every child count as it does by default', { answer: GoalView }),
  addTask: endpoint('POST', `${goal}/tasks`, 'Add a task to an initiative', { body: TaskBody, answer: GoalView }),
  changeTask: endpoint('PATCH', `${goal}/tasks/:task`, 'Change, complete or move a task; what is not named stays', { body: TaskBody.partial(), answer: GoalView }),
  deleteTask: endpoint('DELETE', `${goal}/tasks/:task`, 'Delete a task', { answer: GoalView }),
  comment: endpoint('POST', `${goal}/comments`, 'Comment', { body: CommentBody, answer: FeedEntry }),
  editComment: endpoint('PATCH', `${goal}/comments/:at/:entry`, 'Change one’s own comment', { body: CommentBody, answer: FeedEntry }),
  deleteComment: endpoint('DELETE', `${goal}/comments/:at/:entry`, 'Take a comment back', { answer: FeedEntry }),
  react: endpoint('PUT', `${goal}/reactions`, 'React, or take a reaction back', { body: ReactionBody, answer: z.object({ reactions: Reactions }) }),
  reactions: endpoint('GET', `${goal}/reactions`, 'Reactions to the goal itself', { answer: z.object({ reactions: Reactions }) }),
  syncGoal: endpoint('POST', `${goal}/sync`, 'Read the goal’s source now', { answer: Done }),

  integrations: endpoint('GET', `${org}/integrations`, 'The catalogue', { answer: z.object({ rows: z.array(IntegrationView) }) }),
  enableIntegration: endpoint('PUT', `${org}/integrations/:integration`, 'Enable or disable an integration', { body: z.object({ enabled: z.boolean() }), answer: Done }),
  connections: endpoint('GET', `${org}/connections`, 'Connections the caller may use', { query: z.object({ integration: z.string().optional().describe('Only connections of this integration.') }), answer: z.object({ rows: z.array(ConnectionView) }) }),
  createConnection: endpoint('POST', `${org}/connections`, 'Make a connection (tested first)', { body: ConnectionBody, answer: ConnectionView }),
  validateConnection: endpoint('POST', `${org}/connections/validate`, 'Test a connection without saving it', { body: ConnectionBody.extend({ id: z.string().optional() }), answer: Done, reads: true }),
  updateConnection: endpoint('PUT', `${org}/connections/:connection`, 'Change a connection (tested first)', { body: ConnectionBody, answer: ConnectionView }),
  deleteConnection: endpoint('DELETE', `${org}/connections/:connection`, 'Delete a connection that nothing uses', { answer: Done }),
  lookup: endpoint('POST', `${org}/connections/:connection/lookups/:lookup`, 'What a picker offers', { body: LookupBody, answer: Choices, reads: true }),
  preview: endpoint('POST', `${org}/connections/:connection/preview`, 'What a measure says now; saves nothing', { body: z.object({ measure: Measure, outcome: Outcome }), answer: Preview, reads: true }),
  syncConnection: endpoint('POST', `${org}/connections/:connection/sync`, 'Read all of a connection’s goals now', { answer: Done }),

  satellites: endpoint('GET', `${org}/satellites`, 'On-premises satellites', { answer: z.object({ rows: z.array(SatelliteView) }) }),
  createSatellite: endpoint('POST', `${org}/satellites`, 'Make a satellite; its token is shown this once', { body: SatelliteBody, answer: SatelliteView.extend({ token: z.string() }), secret: true }),
  deleteSatellite: endpoint('DELETE', `${org}/satellites/:satellite`, 'Delete a satellite that nothing leads through', { answer: Done }),
} as const;

export type Api = typeof api;
export { Author, Id };
