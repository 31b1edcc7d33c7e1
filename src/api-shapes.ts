// The shapes of the REST API's bodies, queries and answers. What goals, people and teams are is the domain's to say.
import { z } from 'zod';
import { Alert } from './domain/alert.ts';
import { AuditEntry } from './domain/audit.ts';
import { Instant, PlainDate } from './domain/date.ts';
import { AlertLevel, Entity, Goal, GoalKind, Phase, ProgressMode, Task } from './domain/goal.ts';
import { GoalSort, SortOrder } from './domain/goal-query.ts';
import { CreateRight, Id, OkrModel, Organization, Person, Rhythm, Role, Settings, Team, TenantPolicy, Who } from './domain/organization.ts';
import { Outcome } from './domain/outcome.ts';
import { Period } from './domain/period.ts';
import { Reaction } from './domain/reactions.ts';
import { Measure, Problem as Trouble } from './domain/source.ts';
import { Status } from './domain/status.ts';

export { AuditEntry, Measure, Trouble };

export const page = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row), next: z.string().optional() });
export const Paging = z.object({
  next: z.string().optional().describe('The `next` of the page before; leave it out for the first page.'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many rows a page has at most. It may have fewer and still have a `next`.'),
});
export const Done = z.object({});
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

// Who is here, and by which rules.

/** What the tab needs to know before anybody has signed in. */
export const Configuration = z.object({ local: z.boolean(), clientId: z.string().optional(), botId: z.string().optional() });
export const Session = z.object({
  person: Person, today: PlainDate,
  organization: Organization.omit({ tenant: true, integrations: true }),
  /** Whether the caller decides for all organizations of the tenant. */
  tenantAdministrator: z.boolean(),
});

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

export const PeriodBody = z.object({ name: Period.shape.name, start: PlainDate, end: PlainDate, kind: Period.shape.kind });
/** `year` is the one that the planning year begins in. */
export const PlanningYearBody = z.object({ year: z.number().int().min(2000, 'Give a year from 2000 on.').max(2100, 'Give a year up to 2100.') });

export const AuditQuery = Paging.extend({ on: z.string().max(200).optional().describe('The id of the thing that it was done to.'), person: Id.optional().describe('Who did it.') });

// Goals, and what is done to them.

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

/** Several of a query's values, one after the other with commas between them or each by itself. */
const several = <T extends z.ZodType>(value: T) => z.preprocess(given => (typeof given === 'string' ? given.split(',') : given), z.array(value).min(1).max(20)).optional();
/** Of everything that is given all must be true. With a period and nothing else it is that period's goals in a steady order, as they are stored. */
export const GoalListQuery = Paging.extend({
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

export const CheckInBody = z.strictObject({
  value: z.number().optional(), status: Status.optional(), note: z.string().max(4000).default(''),
  /** On a goal that moves by itself: whether its next automatic update overwrites this, or automatic updates stop until somebody resumes them. */
  updates: z.enum(['go-on', 'stop']).optional(),
}).refine(c => c.value !== undefined || c.status !== undefined || c.note.trim() !== '', { path: ['note'], error: 'Say a value, a status or a note.' });
/** What is not named stays. */
export const CorrectionBody = z.object({ value: z.number().optional(), status: Status.optional(), note: z.string().max(4000).optional() });
/** `mentions` are ids of people. */
export const CommentBody = z.object({ text: z.string().trim().min(1, 'Write something first.').max(8000), mentions: z.array(Id).max(50).optional() });
/** What somebody reacts to: the goal itself, a check-in, or another entry of its feed. */
export const ReactionBody = z.object({
  to: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('goal') }), z.object({ kind: z.literal('check-in'), at: Instant }), z.object({ kind: z.literal('entry'), at: Instant, id: Id }),
  ]),
  reaction: Reaction,
  /** Whether the caller's reaction is to be there afterwards. */
  on: z.boolean(),
});
/** Without `value` a goal keeps the one it has; without `score` it gets the part that was done. A goal without progress, such as a baseline, has none. */
export const CloseBody = z.object({ value: z.number().optional(), score: z.number().min(0, 'A score is from 0 to 1.').max(1, 'A score is from 0 to 1.').optional(), note: z.string().max(4000).default('') });
export const PostponeBody = z.object({
  note: z.string().trim().min(1, 'Say why it is postponed.').max(4000),
  /** The period it goes on in; left out, the next of its kind. */
  to: Id.optional(),
  /** Whether its goals begin anew there (a metric from where it stands now) or with the values they have. */
  progress: z.enum(['reset', 'keep']).default('reset'),
});
export const ReopenBody = z.object({ note: z.string().max(4000).default('') });
/** By the id of each child its weight in percent: 0 for none, `null` for a share of what is left. Children that are not named keep what they have. */
export const WeightsBody = z.object({ weights: z.record(Id, z.number().min(0, 'A weight is from 0 to 100.').max(100, 'A weight is from 0 to 100.').nullable()) });
export const TaskBody = z.object({ name: Task.shape.name, owner: Id.nullable().optional(), due: PlainDate.nullable().optional(), done: z.boolean().optional(), /** The id of the task before which it stands; left out, it is the last. */ before: Id.optional() });

// Where their numbers come from.

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

export const LookupBody = z.object({ search: z.string().default(''), next: z.string().optional(), form: Values });
export const Choices = z.object({ options: z.array(z.object({ value: z.string(), title: z.string(), help: z.string().optional() })), next: z.string().optional() });
export const SatelliteBody = z.object({ name: z.string().trim().min(1, 'Name the satellite.').max(120) });
