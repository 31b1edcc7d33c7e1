// A goal as people see it: the row, its ETag, expected progress today, what this caller may do, and how fresh its source is.
import type { GoalView } from '../../api.ts';
import { type PlainDate, dateIn } from '../../domain/date.ts';
import type { Goal, GoalRef } from '../../domain/goal.ts';
import { isId } from '../../domain/organization.ts';
import { refusal } from '../../domain/permission.ts';
import { expectedOf } from '../../domain/status.ts';
import { integrationName } from '../../integrations.ts';
import { bodiesOf } from '../../store/bodies.ts';
import type { Stored } from '../../store/store.ts';
import { type Connection, keys, rows } from '../../store/tables.ts';
import type { Caller } from '../caller.ts';
import { etagOf } from '../etag.ts';
import { Refusal, refuseIf } from '../refusal.ts';
import type { Deps } from './handler.ts';

/** The goal that an address names, if this caller may see it; whoever may not is told the same as when there is none. */
export async function visibleGoal(ref: { period: string; goal: string }, caller: Caller, deps: Deps): Promise<Stored<Goal>> {
  const stored = await deps.store.get(rows.goal, keys.goal(caller.scope, goalRef(ref)));
  if (!stored || refusal(caller.person, { do: 'view', goal: stored.body })) throw new Refusal('not-found', 'There is no such goal. It may have been deleted.');
  return stored;
}

/** The goal, if this caller may change it in this way. */
export async function changeableGoal(ref: { period: string; goal: string }, deed: 'edit' | 'check-in' | 'link', caller: Caller, deps: Deps): Promise<Stored<Goal>> {
  const stored = await visibleGoal(ref, caller, deps);
  refuseIf(refusal(caller.person, { do: deed, goal: stored.body }));
  return stored;
}

export function goalRef(params: { period: string; goal: string }): GoalRef {
  if (!isId(params.period) || !isId(params.goal)) throw new Refusal('not-found', 'There is no such goal.');
  return { period: params.period, id: params.goal };
}

export async function goalViews(goals: readonly Stored<Goal>[], caller: Caller, deps: Deps): Promise<GoalView[]> {
  const used = goals.map(g => g.body.connection).filter(c => c !== null);
  const connections = await bodiesOf(deps.store, rows.connection, used, id => keys.connection(caller.scope, id));
  const today = dateIn(caller.organization.timeZone, deps.now());
  return Promise.all(goals.map(g => goalView(g, connections, today, caller, deps)));
}

async function goalView(stored: Stored<Goal>, connections: ReadonlyMap<string, Connection>, today: PlainDate, caller: Caller, deps: Deps): Promise<GoalView> {
  const goal = stored.body;
  const connection = goal.connection === null ? undefined : connections.get(goal.connection);
  return {
    goal,
    etag: etagOf(stored),
    expected: expectedOf(goal, today),
    may: { edit: !refusal(caller.person, { do: 'edit', goal }), checkIn: !refusal(caller.person, { do: 'check-in', goal }) },
    link: connection ? await linkView(goal, connection, caller, deps) : null,
  };
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
  if (caller.organization.integrations[connection.integration]) return null;
  return { remedy: 'reconfigure', message: 'An admin has disabled this integration. The last value stays until it is enabled again.', since: connection.lastSync ?? deps.now().toISOString() };
}
