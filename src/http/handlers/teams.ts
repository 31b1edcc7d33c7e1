// Teams, which stand under one another to any depth: made, changed, deleted, and the rhythm that holds for them (features.md 1.1).
import type { TeamBody, TeamSummary, TeamView } from '../../api.ts';
import { difference } from '../../difference.ts';
import { type Team, type Who, isId } from '../../domain/organization.ts';
import { refusal } from '../../domain/permission.ts';
import { rhythmFault, rhythmOf } from '../../domain/rhythm.ts';
import { holdsWords, sift } from '../../store/sift.ts';
import { type Step, type Stored, insert, remove, replace } from '../../store/store.ts';
import { keys, rows } from '../../store/tables.ts';
import { type Caller, who } from '../caller.ts';
import { etagOf, refuseStale } from '../etag.ts';
import { Refusal, refuseIf, wrongField } from '../refusal.ts';
import { record } from './audit.ts';
import type { Deps, Handlers } from './handler.ts';
import { byName, refuseStrangers, rowAfter, whoAre } from './people.ts';

/** How many teams may stand under one another. */
const deepest = 20;

export const teams = {
  teams: async ({ query }, caller, deps) => {
    const holds = holdsWords(query.search);
    const found = await sift(deps.store, rows.team, keys.organizationRows(caller.scope), { after: rowAfter(query.next), limit: query.limit, fits: t => holds(t.name) });
    return { rows: byName(found.rows.map(r => teamSummary(r.body, caller))), ...(found.last === undefined ? {} : { next: found.last.id }) };
  },

  team: async ({ params }, caller, deps) => teamView(await knownTeam(params.team, caller, deps), caller, deps),

  createTeam: async ({ body }, caller, deps) => {
    const above = body.parent ? await chainUnder(body.parent, caller, deps) : [];
    const parent = above[0];
    refuseIf(refusal(caller.person, { do: 'create-team', parent: parent?.body ?? null }));
    const usual: Omit<Team, 'name'> = { id: deps.newId(), parent: body.parent ?? null, owners: [who(caller)], members: [], createGoals: parent?.body.createGoals ?? { for: 'team-owners' }, rhythm: null };
    const team = await filledIn({ ...usual, name: body.name }, body, caller, deps);
    await deps.store.transact([insert(rows.team, keys.team(caller.scope, team.id), team), ...above.slice(0, 1).map(one => held(one, caller))]);
    await record('team.created', team.id, { before: null, after: audited(team) }, caller, deps);
    return teamView(await knownTeam(team.id, caller, deps), caller, deps);
  },

  updateTeam: async ({ params, body, etag }, caller, deps) => {
    const stored = await knownTeam(params.team, caller, deps);
    const before = stored.body;
    refuseIf(refusal(caller.person, { do: 'manage-team', team: before }));
    refuseStale(stored, etag, 'this team');
    const moves = body.parent !== undefined && body.parent !== before.parent;
    const above = moves && body.parent ? await chainUnder(body.parent, caller, deps) : [];
    if (moves) refuseIf(refusal(caller.person, { do: 'create-team', parent: above[0]?.body ?? null }));
    if (above.some(one => one.body.id === before.id)) throw wrongField('parent', 'A team cannot stand under itself or under one of its own sub-teams.');
    const after = await filledIn(before, body, caller, deps);
    await deps.store.transact([replace(rows.team, keys.team(caller.scope, before.id), after, stored.etag), ...above.map(one => held(one, caller))]);
    await record('team.changed', before.id, difference(audited(before), audited(after)), caller, deps);
    return teamView(await knownTeam(before.id, caller, deps), caller, deps);
  },

  deleteTeam: async ({ params, etag }, caller, deps) => {
    const stored = await knownTeam(params.team, caller, deps);
    const { body: team } = stored;
    refuseIf(refusal(caller.person, { do: 'manage-team', team }));
    refuseStale(stored, etag, 'this team');
    for await (const { body } of deps.store.all(rows.team, keys.organizationRows(caller.scope))) {
      if (body.parent === team.id) throw new Refusal('bad-request', `${body.name} stands under this team. Give it another place or delete it first.`);
    }
    await deps.store.transact([remove(rows.team, keys.team(caller.scope, team.id), stored.etag)]);
    await record('team.deleted', team.id, { before: audited(team), after: null }, caller, deps);
    return {};
  },
} satisfies Partial<Handlers>;

export async function knownTeam(id: string, caller: Caller, deps: Pick<Deps, 'store'>): Promise<Stored<Team>> {
  const stored = isId(id) ? await deps.store.get(rows.team, keys.team(caller.scope, id)) : undefined;
  if (!stored) throw new Refusal('not-found', 'There is no such team. It may have been deleted.');
  return stored;
}

/** The team and those above it, the nearest first. */
export async function teamChain(team: Stored<Team>, caller: Caller, deps: Pick<Deps, 'store'>): Promise<Stored<Team>[]> {
  const chain = [team];
  for (let parent = team.body.parent; parent !== null; parent = chain.at(-1)!.body.parent) chain.push(await knownTeam(parent, caller, deps));
  return chain;
}

/** The chain that a team comes to stand under. */
async function chainUnder(parent: string, caller: Caller, deps: Pick<Deps, 'store'>): Promise<Stored<Team>[]> {
  const stored = await deps.store.get(rows.team, keys.team(caller.scope, parent));
  if (!stored) throw wrongField('parent', 'There is no such team to stand under.');
  const chain = await teamChain(stored, caller, deps);
  if (chain.length >= deepest) throw wrongField('parent', `Teams may stand at most ${deepest} deep.`);
  return chain;
}

/** A team above, written as it was read: whoever moves or deletes it meanwhile meets a conflict, so that no two changes make a circle or leave an orphan. */
function held({ body, etag }: Stored<Team>, caller: Caller): Step {
  return replace(rows.team, keys.team(caller.scope, body.id), body, etag);
}

async function filledIn(team: Team, body: Partial<TeamBody>, caller: Caller, deps: Deps): Promise<Team> {
  const fault = body.rhythm && rhythmFault(body.rhythm);
  if (fault) throw wrongField(`rhythm.${fault.part}`, fault.message);
  if (body.rhythm && !caller.organization.teamsMayChangeRhythm) throw wrongField('rhythm', 'Teams have the rhythm of the organization here. Its admins can let teams change it.');
  if (body.createGoals?.for === 'people') await refuseStrangers(body.createGoals.people, 'createGoals.people', caller, deps);
  return {
    ...team,
    name: body.name ?? team.name,
    parent: body.parent === undefined ? team.parent : body.parent,
    owners: await peopleOf('owners', body.owners, team.owners, caller, deps),
    members: await peopleOf('members', body.members, team.members, caller, deps),
    createGoals: body.createGoals ?? team.createGoals,
    rhythm: body.rhythm === undefined ? team.rhythm : body.rhythm,
  };
}

/** Who was in the team already stays as the team remembers them. */
async function peopleOf(field: 'owners' | 'members', ids: readonly string[] | undefined, before: readonly Who[], caller: Caller, deps: Deps): Promise<Who[]> {
  if (ids === undefined) return [...before];
  const known = new Map(before.map(one => [one.id, one]));
  for (const one of await whoAre(ids.filter(id => !known.has(id)), field, caller, deps)) known.set(one.id, one);
  return [...new Set(ids)].map(id => known.get(id)!);
}

function teamSummary(team: Team, caller: Caller): TeamSummary {
  return { id: team.id, name: team.name, parent: team.parent, owners: team.owners, members: team.members.length, mayManage: mayManage(team, caller) };
}

async function teamView(stored: Stored<Team>, caller: Caller, deps: Pick<Deps, 'store'>): Promise<TeamView> {
  const chain = await teamChain(stored, caller, deps);
  return { team: stored.body, etag: etagOf(stored), rhythm: rhythmOf(chain.map(one => one.body), caller.organization), mayManage: mayManage(stored.body, caller) };
}

function mayManage(team: Team, { person }: Caller): boolean {
  return refusal(person, { do: 'manage-team', team }) === undefined;
}

/** What the log keeps of a team: people by their ids, for there may be many. */
function audited({ name, parent, owners, members, createGoals, rhythm }: Team) {
  return { name, parent, owners: owners.map(o => o.id), members: members.map(m => m.id), createGoals, rhythm };
}
