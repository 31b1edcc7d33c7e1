// A goal as people see it: without what they may not see, its ETag, expected progress today, what they may do, and how fresh its source is.
import type { GoalView } from '../../api.ts';
import { alertBelow, alertsOf } from '../../domain/alert.ts';
import type { CheckIn } from '../../domain/check-in.ts';
import { weightsOf } from '../../domain/contribution.ts';
import { type PlainDate, dateIn } from '../../domain/date.ts';
import { misplacementOf } from '../../domain/draft.ts';
import type { FeedEntry } from '../../domain/feed.ts';
import { type Entity, type Goal, type GoalRef, nameOf, worstAlert } from '../../domain/goal.ts';
import { type Scope, type Team, isId } from '../../domain/organization.ts';
import { type Around, type Right, refusal } from '../../domain/permission.ts';
import { automaticOf } from '../../domain/roll-up.ts';
import { suggestedScore } from '../../domain/score.ts';
import { expectedOf } from '../../domain/status.ts';
import { integrationName } from '../../integrations.ts';
import { bodiesOf } from '../../store/bodies.ts';
import type { Store, Stored } from '../../store/store.ts';
import { type Connection, keys, rows } from '../../store/tables.ts';
import type { Caller } from '../caller.ts';
import { etagOf } from '../etag.ts';
import { Refusal, refuseIf } from '../refusal.ts';
import { disabledBy, notAllowed } from './disabled.ts';
import type { Deps } from './handler.ts';

/** The goal that an address names, if this caller may see it; whoever may not is told the same as when there is none. */
export async function visibleGoal(ref: { period: string; goal: string }, caller: Caller, deps: Pick<Deps, 'store'>): Promise<Stored<Goal>> {
  const stored = await deps.store.get(rows.goal, keys.goal(caller.scope, goalRef(ref)));
  if (!stored || !mayView(stored.body, caller)) throw new Refusal('not-found', 'There is no such goal. It may have been deleted.');
  return stored;
}

/** The goal, if this caller may change it in this way. */
export async function changeableGoal(ref: { period: string; goal: string }, deed: Right, caller: Caller, deps: Pick<Deps, 'store'>): Promise<Stored<Goal>> {
  const stored = await visibleGoal(ref, caller, deps);
  await refuseChange(deed, stored.body, caller, deps);
  return stored;
}

/** Refuses unless this caller may change the goal in this way. */
export async function refuseChange(deed: Right, goal: Goal, caller: Caller, deps: Pick<Deps, 'store'>): Promise<void> {
  refuseIf(await changeRefusal(deed, goal, caller, deps));
}

/** Why this caller may not change the goal in this way; `undefined` when they may. What lies around the goal is read only where that could make a difference. */
export async function changeRefusal(deed: Right, goal: Goal, caller: Caller, deps: Pick<Deps, 'store'>): Promise<string | undefined> {
  const byItself = refusal(caller.person, { do: deed, goal, around: { teams: [], parents: [] } });
  if (byItself === undefined || goal.access.private) return byItself;
  return refusal(caller.person, { do: deed, goal, around: aroundOf(goal, await surroundings([goal], caller, deps)) });
}

/** Refuses unless this caller may make such a goal, or give one to such teams. */
export async function refuseMaking({ kind, entity }: Pick<Goal, 'kind' | 'entity'>, caller: Caller, deps: Pick<Deps, 'store'>): Promise<void> {
  const refused = (teams: readonly Team[]) => refusal(caller.person, { do: 'create-goal', kind, entity, teams, settings: caller.organization });
  if (refused([]) === undefined) return;
  refuseIf(refused(await teamsThatDecide(entity, caller, deps)));
}

async function teamsThatDecide(entity: Entity, { scope, organization, person }: Caller, { store }: Pick<Deps, 'store'>): Promise<Team[]> {
  if (entity.kind === 'teams') return [...(await bodiesOf(store, rows.team, entity.teams, id => keys.team(scope, id))).values()];
  const owned: Team[] = [];
  if (entity.kind === 'individual' || organization.createGoals.for !== 'team-owners') return owned;
  for await (const { body } of store.all(rows.team, keys.organizationRows(scope))) if (body.owners.some(o => o.id === person.id)) owned.push(body);
  return owned;
}

export function mayView(goal: Goal, caller: Caller): boolean {
  return refusal(caller.person, { do: 'view', goal }) === undefined;
}

export function goalRef(params: { period: string; goal: string }): GoalRef {
  if (!isId(params.period) || !isId(params.goal)) throw new Refusal('not-found', 'There is no such goal.');
  return { period: params.period, id: params.goal };
}

/** Of a goal that this caller may see. */
export async function viewOf(stored: Stored<Goal>, caller: Caller, deps: Deps): Promise<GoalView> {
  return (await goalViews([stored], caller, deps))[0]!;
}

/** Of goals that this caller may see. */
export async function goalViews(goals: readonly Stored<Goal>[], caller: Caller, deps: Deps): Promise<GoalView[]> {
  const used = goals.map(g => g.body.connection).filter(c => c !== null);
  const [connections, near] = await Promise.all([
    bodiesOf(deps.store, rows.connection, used, id => keys.connection(caller.scope, id)),
    surroundings(goals.map(g => g.body), caller, deps),
  ]);
  const today = dateIn(caller.organization.timeZone, deps.now());
  return Promise.all(goals.map(g => goalView(g, connections, near, today, caller, deps)));
}

async function goalView(
  stored: Stored<Goal>, connections: ReadonlyMap<string, Connection>, near: Surroundings, today: PlainDate, caller: Caller, deps: Deps,
): Promise<GoalView> {
  const goal = placedNow(stored.body, near);
  const around = aroundOf(goal, near);
  const allows = (deed: Right) => refusal(caller.person, { do: deed, goal, around }) === undefined;
  const connection = goal.connection === null ? undefined : connections.get(goal.connection);
  const may = {
    edit: allows('edit'), checkIn: allows('check-in'), align: allows('align'), changeOwners: allows('change-owners'),
    comment: refusal(caller.person, { do: 'comment', goal }) === undefined,
  };
  const shown = shownTo(caller, goal, near, may.edit);
  const alerts = alertsOf(shown, today, caller.organization.thresholds);
  const weights = weightsOf(goal.mode === 'roll-up' ? goal.children : []);
  return {
    goal: { ...shown, alert: worstAlert(alerts.map(alert => alert.level)) },
    etag: etagOf(stored),
    expected: expectedOf(goal, today),
    alerts: alerts.filter(alert => !caller.person.mutedAlerts?.includes(alert.level)),
    alertBelow: alertBelow({ children: shown.children.filter(child => child.alert === null || !caller.person.mutedAlerts?.includes(child.alert)) }),
    automatic: automaticOf(goal) ?? null,
    weights: Object.fromEntries(shown.children.flatMap(({ id }) => (weights.has(id) ? [[id, weights.get(id)!]] : []))),
    suggestedScore: suggestedScore(goal),
    may,
    link: connection ? await linkView(goal, connection, caller, deps) : null,
  };
}

/** The teams and goals around some goals, by id and by name. */
interface Surroundings { teams: ReadonlyMap<string, Team>; goals: ReadonlyMap<string, Goal> }

/** Reads each team and goal once, however many of the goals it lies around: the parents, and the children that not everybody may see. */
async function surroundings(goals: readonly Goal[], { scope }: Caller, { store }: Pick<Deps, 'store'>): Promise<Surroundings> {
  const known = new Map(goals.map(goal => [nameOf(goal), goal]));
  const refs = goals.flatMap(goal => [...goal.parents, ...goal.children.filter(c => c.private), ...[goal.access.inheritedFrom, goal.clonedFrom, goal.closure?.continuedBy].flatMap(ref => ref ?? [])]);
  const [teams, others] = await Promise.all([
    bodiesOf(store, rows.team, goals.flatMap(({ entity }) => (entity.kind === 'teams' ? entity.teams : [])), id => keys.team(scope, id)),
    goalsByName(refs.filter(ref => !known.has(nameOf(ref))), scope, store),
  ]);
  return { teams, goals: new Map([...known, ...others]) };
}

function goalsByName(refs: readonly GoalRef[], scope: Scope, store: Store): Promise<ReadonlyMap<string, Goal>> {
  const named = new Map(refs.map(ref => [nameOf(ref), ref]));
  return bodiesOf(store, rows.goal, named.keys(), name => keys.goal(scope, named.get(name)!));
}

function aroundOf({ entity, parents }: Goal, near: Surroundings): Around {
  return {
    teams: entity.kind === 'teams' ? entity.teams.flatMap(id => near.teams.get(id) ?? []) : [],
    parents: parents.flatMap(ref => near.goals.get(nameOf(ref)) ?? []),
  };
}

/** The goal as it stands in time today: its objective's dates may have changed since it was last edited. */
function placedNow(goal: Goal, near: Surroundings): Goal {
  const ofPeriod = goal.misplaced.filter(where => where !== 'outside-objective');
  return { ...goal, misplaced: [...ofPeriod, ...misplacementOf(goal, undefined, aroundOf(goal, near).parents)] };
}

/**
 * The goal without what this caller may not see of others: that it stands beside private goals, and who has been given what rights.
 * Its progress may still contain what they contribute (docs/decisions/private-goals.md).
 */
function shownTo(caller: Caller, goal: Goal, near: Surroundings, mayEdit: boolean): Goal {
  const seen = (ref: GoalRef) => {
    const other = near.goals.get(nameOf(ref));
    return other !== undefined && mayView(other, caller);
  };
  const { access } = goal;
  return {
    ...goal,
    parents: goal.parents.filter(seen),
    children: goal.children.filter(child => !child.private || seen(child)),
    clonedFrom: goal.clonedFrom && seen(goal.clonedFrom) ? goal.clonedFrom : null,
    closure: goal.closure && { ...goal.closure, continuedBy: goal.closure.continuedBy && seen(goal.closure.continuedBy) ? goal.closure.continuedBy : null },
    access: {
      ...(mayEdit ? access : { ...access, viewers: [], aligners: access.aligners && [], editors: [] }),
      inheritedFrom: access.inheritedFrom && seen(access.inheritedFrom) ? access.inheritedFrom : null,
    },
  };
}

/** What a check-in or an entry of a feed names besides its own goal: the child that moved it, or the goal that it continues or that continues it. */
function namedIn(entry: CheckIn | FeedEntry): GoalRef | null {
  if (!('activity' in entry)) return entry.because?.kind === 'child' ? entry.because.child : null;
  return entry.activity.kind === 'cloned' ? entry.activity.from : entry.activity.kind === 'postponed' ? entry.activity.to : null;
}

/** The same, without naming it. */
function nameless<T extends CheckIn | FeedEntry>(entry: T): T {
  if (!('activity' in entry)) return { ...entry, because: undefined };
  return { ...entry, activity: entry.activity.kind === 'postponed' ? { ...entry.activity, to: null } : { kind: 'created' } };
}

/** Check-ins and feed without word of goals that this caller may not see, or that are no more. */
export async function shownEntries<T extends CheckIn | FeedEntry>(entries: readonly T[], caller: Caller, { store }: Pick<Deps, 'store'>): Promise<T[]> {
  const others = await goalsByName(entries.flatMap(entry => namedIn(entry) ?? []), caller.scope, store);
  return entries.map(entry => {
    const ref = namedIn(entry);
    const other = ref && others.get(nameOf(ref));
    return ref === null || (other && mayView(other, caller)) ? entry : nameless(entry);
  });
}

async function linkView(goal: Goal, connection: Connection, caller: Caller, deps: Deps): Promise<GoalView['link']> {
  const link = (await deps.store.get(rows.link, keys.link(caller.scope, connection.id, goal)))?.body;
  if (!link) return null;
  const metric = deps.connectors.get(connection.integration)?.metrics.find(m => m.id === link.measure.metric);
  const disabled = disabledProblem(connection, caller, deps);
  return {
    integration: connection.integration,
    integrationName: integrationName(deps.integrations, connection.integration),
    connection: connection.id, connectionName: connection.name,
    measure: link.measure, measureTitle: metric?.title ?? link.measure.metric,
    lastSync: goal.value === null ? null : connection.lastSync, nextSync: disabled ? null : connection.nextSync,
    problem: disabled ?? connection.problem ?? link.problem,
  };
}

/** A disabled integration keeps its connections and values, but nothing is read any more, and people must be able to see why. */
function disabledProblem(connection: Connection, caller: Caller, deps: Deps): { remedy: 'reconfigure'; message: string; since: string } | null {
  const by = disabledBy(connection.integration, caller);
  if (by === undefined) return null;
  const message = by === 'tenant'
    ? `${notAllowed(integrationName(deps.integrations, connection.integration))} Until then the last value stays.`
    : 'An admin has disabled this integration. The last value stays until it is enabled again.';
  return { remedy: 'reconfigure', message, since: connection.lastSync ?? deps.now().toISOString() };
}
