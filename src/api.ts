// The REST contract, one line an endpoint: the server cannot forget one, the tab cannot call another, and OpenAPI follows from it.
import { z } from 'zod';
import {
  AuditEntry, AuditQuery, CheckInBody, Choices, CloseBody, CommentBody, Configuration, ConnectionBody, ConnectionView, CorrectionBody, Done, FollowView,
  GoalBody, GoalListQuery, GoalView, IntegrationView, LookupBody, Measure, OrganizationView, Paging, PeriodBody, PersonBody, PersonView, PlanningYearBody, PostponeBody,
  PreferencesBody, Preview, ReactionBody, ReopenBody, SatelliteBody, SatelliteView, Session, SettingsBody, TagView, TaskBody, TeamBody, TeamSummary, TeamView,
  TenantView, WeightsBody, page,
} from './api-shapes.ts';
import { CheckIn } from './domain/check-in.ts';
import { FeedEntry } from './domain/feed.ts';
import { Id, Organization, Person, Role, TenantPolicy } from './domain/organization.ts';
import { Outcome } from './domain/outcome.ts';
import { Period } from './domain/period.ts';
import { Reactions } from './domain/reactions.ts';

export * from './api-shapes.ts';

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
