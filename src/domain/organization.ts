// Whose goals these are: tenant, organizations, teams, people and their roles, and the rules an organization has chosen.
import { z } from 'zod';
import { Instant } from './date.ts';
import { Thresholds, defaultThresholds } from './status.ts';

/** Names one organization's data. Both parts stand in every key; `tenant` only ever comes from a verified token. */
export interface Scope { readonly tenant: string; readonly organization: string }

/** Ids are safe in keys and addresses. */
export const Id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'An id has up to 64 letters, digits, - and _.');

/** Whether a text from outside may become part of a key. */
export function isId(text: string): boolean {
  return Id.safeParse(text).success;
}

/** A person as rows remember them: the name is the one they had then. */
export const Who = z.object({ id: z.string(), name: z.string() });
export type Who = z.infer<typeof Who>;

/** Who or what did something. */
export const Author = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), id: z.string(), name: z.string() }),
  z.object({ kind: z.literal('connection'), id: z.string(), name: z.string() }),
  z.object({ kind: z.literal('children') }),
  z.object({ kind: z.literal('time') }),
]);
export type Author = z.infer<typeof Author>;

/**
 * Whether a kind of child counts in its parent's progress (features.md 1.4): `by-default` until somebody excludes it, `not-by-default`
 * until somebody gives it a weight, `never` whatever anybody says. A change holds for children that come afterwards.
 */
export const ContributionPolicy = z.enum(['by-default', 'not-by-default', 'never']);
export type ContributionPolicy = z.infer<typeof ContributionPolicy>;

/** What kinds of goals an organization works with, and how they stand under one another (features.md 1.4). A change holds for what is made afterwards. */
export const OkrModel = z.object({
  /**
   * `classic`: objectives are always aspirational, key results always measurable: an objective counts percent complete, from its children or
   * by hand, and takes no data source. `interchangeable`: both measure alike (seed 000_ed679b4d8560af19.txt).
   */
  kind: z.enum(['classic', 'interchangeable']),
  objectivesUnderKeyResults: z.boolean(),
  keyResultsUnderKeyResults: z.boolean(),
  initiativesUnderKeyResults: z.boolean(),
  /** A goal may stand under several parents and counts in each. */
  multipleAlignment: z.boolean(),
  childObjectives: ContributionPolicy,
  newChildrenContribute: z.boolean(),
  initiatives: z.object({
    /** Who may make them. */
    enabled: z.union([z.object({ for: z.enum(['everybody', 'nobody']) }), z.object({ for: z.literal('people'), people: z.array(Id).max(500) })]),
    contribute: ContributionPolicy,
  }),
  /** What this organization calls the kinds of goals, in the singular and the plural. */
  names: z.object({
    objective: z.tuple([z.string().trim().min(1).max(40), z.string().trim().min(1).max(40)]),
    keyResult: z.tuple([z.string().trim().min(1).max(40), z.string().trim().min(1).max(40)]),
    initiative: z.tuple([z.string().trim().min(1).max(40), z.string().trim().min(1).max(40)]),
  }),
  scoringGuidance: z.boolean(),
});
export type OkrModel = z.infer<typeof OkrModel>;

export const usualModel: OkrModel = {
  kind: 'classic',
  objectivesUnderKeyResults: false, keyResultsUnderKeyResults: false, initiativesUnderKeyResults: true, multipleAlignment: false,
  childObjectives: 'by-default', newChildrenContribute: true,
  initiatives: { enabled: { for: 'everybody' }, contribute: 'not-by-default' },
  names: { objective: ['Objective', 'Objectives'], keyResult: ['Key result', 'Key results'], initiative: ['Initiative', 'Initiatives'] },
  scoringGuidance: true,
};

/** When people are reminded to check in. Days and time are those of the reminded person's time zone. */
export const Rhythm = z.object({
  every: z.enum(['week', '2-weeks', '3-weeks', 'month']),
  /** Which week of the month, where `every` is `month`. */
  week: z.enum(['first', 'second', 'third', 'fourth', 'last']).optional(),
  days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1, 'Choose at least one day.').max(7),
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write the time as 09:00.'),
  /** Goals checked in within so many days are left out; 0 leaves none out. */
  skipWithinDays: z.number().int().min(0).max(31),
});
export type Rhythm = z.infer<typeof Rhythm>;

export const usualRhythm: Rhythm = { every: 'week', days: ['mon'], time: '09:00', skipWithinDays: 0 };

/** Who may make goals of the organization or of a team. Goals of one's own everybody may make but observers. */
export const CreateRight = z.union([
  z.object({ for: z.enum(['everybody', 'team-owners', 'members']) }),
  z.object({ for: z.literal('people'), people: z.array(Id).max(500) }),
]);
export type CreateRight = z.infer<typeof CreateRight>;

/** A score from 0 to 1 that is neither too easy nor too hard for an aspirational goal. */
export const HealthyScores = z.object({ from: z.number().min(0).max(1), to: z.number().min(0).max(1) })
  .refine(h => h.from < h.to, { path: ['to'], error: 'The band must end above where it begins.' });
export type HealthyScores = z.infer<typeof HealthyScores>;

/** What an organization's owners and admins have decided. */
export const Settings = z.object({
  /** IANA name. A day of this organization, and so its expected progress, begins at midnight there. */
  timeZone: z.string(),
  thresholds: Thresholds,
  /** The month in which the planning year begins, 1 to 12. */
  yearStart: z.number().int().min(1).max(12),
  /** Which time periods are made by themselves for every planning year. */
  periods: z.object({ years: z.boolean(), quarters: z.boolean(), months: z.boolean() }),
  /** The period that admins have declared current, for as long as it has not ended; else the calendar decides. */
  pinnedPeriod: Id.nullable(),
  model: OkrModel,
  /** Who may make goals of the whole organization. */
  createGoals: CreateRight,
  createTags: z.enum(['everybody', 'admins']),
  rhythm: Rhythm,
  /** Whether teams may have a rhythm of their own. */
  teamsMayChangeRhythm: z.boolean(),
  healthyScores: HealthyScores,
});
export type Settings = z.infer<typeof Settings>;

export const usualSettings: Settings = {
  timeZone: 'UTC', thresholds: defaultThresholds, yearStart: 1, periods: { years: true, quarters: true, months: false }, pinnedPeriod: null,
  model: usualModel, createGoals: { for: 'team-owners' }, createTags: 'everybody', rhythm: usualRhythm, teamsMayChangeRhythm: true,
  healthyScores: { from: 0.6, to: 0.8 },
};

export const Organization = z.object({
  tenant: z.string(),
  id: Id,
  name: z.string().trim().min(1, 'Name the organization.').max(120),
  ...withUsual(Settings.shape, usualSettings),
  /** Integrations that an admin has enabled, by integration id. What is not listed is off. */
  integrations: z.record(z.string(), z.object({ enabledBy: z.string(), enabledAt: Instant })),
});
export type Organization = z.infer<typeof Organization>;

/** An organization before anybody has changed anything in it. */
export function newOrganization(of: Pick<Organization, 'tenant' | 'id' | 'name'> & Partial<Organization>): Organization {
  return { ...usualSettings, integrations: {}, ...of };
}

/** A row that was written before a setting existed reads with the usual one. */
function withUsual<S extends z.ZodRawShape>(shape: S, usual: { [K in keyof S]: z.output<S[K]> }): { [K in keyof S]: z.ZodDefault<S[K]> } {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, (schema as z.ZodType).default(usual[name as keyof S] as never)])) as unknown as { [K in keyof S]: z.ZodDefault<S[K]> };
}

/**
 * Organization owners (several), admins, members, and observers, who view, follow, like and comment only (features.md 1.14).
 * Team owners and members stand in their team; a person's manager stands with the person.
 */
export const Role = z.enum(['owner', 'admin', 'member', 'observer']);
export type Role = z.infer<typeof Role>;

/** A person of an organization. `id` is the Entra object id. */
export const Person = z.object({
  id: z.string(), name: z.string(), email: z.string().optional(), role: Role,
  /** Id of their manager, */
  manager: Id.optional(),
  /** and who says so: Entra, asked at most daily, or an admin, whose word stays until they leave it to Entra again. */
  managerBy: z.enum(['entra', 'admin']).optional(),
  /** When Entra was last asked for their manager, whatever came of it. */
  managerAskedAt: Instant.optional(),
  /** Ids of those whose manager they are: what a check of rights asks, kept with every change of a `manager`. */
  reports: z.array(Id).optional(),
  /** IANA name. */
  timeZone: z.string().optional(),
  /** Alerts that this person does not want to see. */
  mutedAlerts: z.array(z.enum(['needs-attention', 'at-risk'])).optional(),
});
export type Person = z.infer<typeof Person>;

/** A team; teams stand under one another to any depth. Its owners may edit and check in on all of its goals. */
export const Team = z.object({
  id: Id,
  name: z.string().trim().min(1, 'Name the team.').max(120),
  parent: Id.nullable(),
  owners: z.array(Who).max(50),
  members: z.array(Who).max(2000),
  /** Who may make goals of this team. */
  createGoals: CreateRight,
  /** `null`: that of the team above, at last the organization's. */
  rhythm: Rhythm.nullable(),
});
export type Team = z.infer<typeof Team>;

/** What a tenant's goals administrators have decided for all of its organizations (features.md 1.15). */
export const TenantPolicy = z.object({
  createOrganizations: z.union([z.object({ for: z.enum(['administrators', 'everybody']) }), z.object({ for: z.literal('people'), people: z.array(Id).max(500) })]),
  integrations: z.union([z.object({ allow: z.enum(['all', 'none']) }), z.object({ allow: z.literal('selected'), selected: z.array(z.string()).max(100) })]),
});
export type TenantPolicy = z.infer<typeof TenantPolicy>;

export const usualPolicy: TenantPolicy = { createOrganizations: { for: 'administrators' }, integrations: { allow: 'all' } };

/** Whether a tenant's policy lets its organizations use an integration. */
export function allowsIntegration({ integrations }: TenantPolicy, id: string): boolean {
  return integrations.allow === 'selected' ? integrations.selected.includes(id) : integrations.allow === 'all';
}
