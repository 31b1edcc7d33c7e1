// May this person do this, and if not, why: the one authorisation point. Routes, cards and search results all ask here (features.md 1.14).
import { type Entity, type Goal, type GoalKind, sameRef } from './goal.ts';
import type { CreateRight, Person, Role, Settings, Team, TenantPolicy, Who } from './organization.ts';

/** Who asks. Without a role they are nobody in the organization, and only what is the tenant's own can be theirs. */
export type Actor = Pick<Person, 'id'> & Partial<Person>;

/** What lies around a goal and gives rights to it: its teams and the goals it is aligned under. Others may be among them; they count for nothing. */
export interface Around { readonly teams: readonly Team[]; readonly parents: readonly Goal[] }

/** Where something is said: `personal` is the chat of one person with us, which nobody else reads. */
export type Place = 'channel' | 'group' | 'personal';

/** What people do to a goal that depends on what lies around it. `edit` is also to delete, weigh, close and reopen it. */
export type Right = 'edit' | 'check-in' | 'change-owners' | 'align';

/** What people do that somebody might not be allowed to. */
export type Deed =
  | { do: 'view' | 'comment' | 'react' | 'follow' | 'sync'; goal: Goal }
  /** Saying in a chat what a goal is, on behalf of the one who asked for it. */
  | { do: 'show'; goal: Goal; where: Place }
  /**
   * `align`: something under this goal; what is aligned must be theirs to edit besides. `change-owners`: whose it is and who has rights to it,
   * that is owners, delegate, check-in owner, `entity` and `access`.
   */
  | { do: Right; goal: Goal; around: Around }
  /** `teams`: those that the goal shall belong to; of a goal of the whole organization, those that this person owns. */
  | { do: 'create-goal'; kind: GoalKind; entity: Entity; teams: readonly Team[]; settings: Pick<Settings, 'createGoals' | 'model'> }
  | { do: 'create-tag'; settings: Pick<Settings, 'createTags'> }
  /** Settings, time periods, tags of others, people. */
  | { do: 'manage-organization' }
  | { do: 'manage-integrations' }
  | { do: 'change-role'; from: Role; to: Role; tenantAdministrator: boolean }
  | { do: 'create-team'; parent: Team | null }
  /** Its name, people, rhythm and rights; and to delete it. */
  | { do: 'manage-team'; team: Team }
  | { do: 'create-connection' }
  | { do: 'use-connection' | 'edit-connection'; connection: { owner: Who; shared: boolean } }
  /** To let a chat hear of a goal, or of all goals of the organization. */
  | { do: 'subscribe'; goal?: Goal; where: Place }
  /** The tenant's policy, and the list of all its organizations. */
  | { do: 'manage-tenant'; tenantAdministrator: boolean }
  | { do: 'create-organization'; policy: TenantPolicy; tenantAdministrator: boolean };

/** `undefined` when the person may; otherwise the sentence to tell them, which names who can. */
export function refusal(person: Actor, deed: Deed): string | undefined {
  switch (deed.do) {
    case 'manage-tenant':
      return deed.tenantAdministrator ? undefined : 'Only a goals administrator of your company may do this.';
    case 'create-organization':
      return creationOfOrganization(person, deed.policy, deed.tenantAdministrator);
    case 'change-role':
      if (deed.tenantAdministrator) return undefined;
  }
  if (person.role === undefined) return 'You are not a member of this organization. Ask one of its admins to add you.';
  if (person.role === 'observer' && !observed.includes(deed.do)) return 'Observers view, follow, like and comment only. Ask an admin of the organization to make you a member.';
  switch (deed.do) {
    case 'view':
    case 'comment':
    case 'react':
    case 'follow':
    case 'sync':
      return viewing(person, deed.goal);
    case 'show':
      return viewing(person, deed.goal) ?? saying(deed.goal, deed.where);
    case 'edit':
    case 'check-in':
    case 'change-owners':
    case 'align':
      return viewing(person, deed.goal) ?? changing(person, deed.do, deed.goal, deed.around);
    case 'create-goal':
      return creation(person, deed);
    case 'create-tag':
      return deed.settings.createTags === 'everybody' || isAdmin(person) ? undefined : 'Only an admin of the organization may make new tags.';
    case 'manage-organization':
      return isAdmin(person) ? undefined : 'Only an owner or admin of the organization may change this.';
    case 'manage-integrations':
      return isAdmin(person) ? undefined : 'Only an admin of the organization may manage integrations and satellites.';
    case 'change-role':
      if (person.role === 'owner' || (isAdmin(person) && deed.from !== 'owner' && deed.to !== 'owner')) return undefined;
      return isAdmin(person) ? 'Only an owner of the organization, or a goals administrator of your company, may appoint or remove owners.' : 'Only an owner or admin of the organization may change what people are.';
    case 'create-team':
      if (isAdmin(person) || (deed.parent && has(deed.parent.owners, person))) return undefined;
      return deed.parent ? `Only ${names(deed.parent.owners, 'an owner')} of ${deed.parent.name} and admins may make teams under it.` : 'Only an owner or admin of the organization may make teams.';
    case 'manage-team':
      return isAdmin(person) || has(deed.team.owners, person) ? undefined : `Only ${names(deed.team.owners, 'an owner')} of ${deed.team.name} and admins may change this team.`;
    case 'create-connection':
      return undefined;
    case 'use-connection':
      return isAdmin(person) || deed.connection.shared || deed.connection.owner.id === person.id
        ? undefined
        : `This connection is private to ${deed.connection.owner.name}. Ask them to share it.`;
    case 'edit-connection':
      return isAdmin(person) || deed.connection.owner.id === person.id ? undefined : `Only ${deed.connection.owner.name}, who made this connection, and admins may change it.`;
    case 'subscribe':
      return deed.goal && (viewing(person, deed.goal) ?? saying(deed.goal, deed.where));
  }
}

/** All that an observer does, of what they may see. */
const observed: readonly Deed['do'][] = ['view', 'show', 'comment', 'react', 'follow'];

function viewing(person: Actor, goal: Goal): string | undefined {
  return !goal.access.private || isNamed(person, goal) ? undefined : 'This goal is private. Ask its owner to let you see it.';
}

/** Everybody reads a channel: whoever may see a private goal may not show it there. */
function saying(goal: Goal, where: Place): string | undefined {
  return goal.access.private && where !== 'personal' ? 'This goal is private: I say nothing of it where others read along. Ask me in our own chat.' : undefined;
}

/** For whoever may see the goal. */
function changing(person: Actor, deed: Right, goal: Goal, around: Around): string | undefined {
  if (deed === 'align' && goal.access.aligners === null) return undefined;
  if (deed === 'align' && has(goal.access.aligners ?? [], person)) return undefined;
  if (isTheirs(person, goal)) return undefined;
  if (deed !== 'change-owners' && goal.delegate?.id === person.id) return undefined;
  if (goal.checkInOwner?.id === person.id && (deed === 'check-in' || (deed !== 'change-owners' && !goal.access.private))) return undefined;
  if (!goal.access.private && hasByDefault(person, deed, goal, around)) return undefined;
  return unchanged(deed, goal);
}

/** Those who may do everything with a goal, private or not. */
function isTheirs(person: Actor, goal: Goal): boolean {
  return has(goal.owners, person) || goal.createdBy.id === person.id || has(goal.access.editors, person);
}

/**
 * Rights that come with what somebody is elsewhere: none of them reaches a private goal. Those through a parent end where it is decided who
 * has rights, or a delegate would only have to align the goal with one of their own.
 */
function hasByDefault(person: Actor, deed: Right, goal: Goal, { teams, parents }: Around): boolean {
  const { entity } = goal;
  return isAdmin(person)
    || goal.owners.some(owner => person.reports?.includes(owner.id))
    || (entity.kind === 'teams' && teams.some(team => entity.teams.includes(team.id) && has(team.owners, person)))
    || (deed !== 'change-owners' && parents.some(parent => goal.parents.some(ref => sameRef(ref, parent)) && has(parent.owners, person)));
}

/** Those whom a private goal names itself: nobody else sees it. */
function isNamed(person: Actor, goal: Goal): boolean {
  const { viewers, aligners, editors } = goal.access;
  return has([...goal.owners, goal.createdBy, ...viewers, ...(aligners ?? []), ...editors], person)
    || goal.delegate?.id === person.id || goal.checkInOwner?.id === person.id;
}

function unchanged(deed: Right, goal: Goal): string {
  const owner = goal.owners.length === 0 ? 'Nobody owns this goal: only its creator' : `Only ${names(goal.owners, '')}, who ${goal.owners.length > 1 ? 'own' : 'owns'} this goal, its creator`;
  const granted = [
    ...(goal.delegate && deed !== 'change-owners' ? [`its delegate ${goal.delegate.name}`] : []),
    ...(goal.access.editors.length > 0 ? ['its editors'] : []),
    ...(deed === 'align' && goal.access.aligners?.length ? ['those chosen to align with it'] : []),
    ...(goal.checkInOwner && deed === 'check-in' ? [`its check-in owner ${goal.checkInOwner.name}`] : []),
  ];
  const byDefault = goal.access.private ? [] : ['its owners’ managers', deed === 'change-owners' ? 'owners of its teams' : 'owners of its teams and of the goals above it', 'admins'];
  return `${listed([owner, ...granted, ...byDefault])} may ${deedNames[deed]}.`;
}

const deedNames: Record<Right, string> = {
  edit: 'change it', 'check-in': 'check in on it', 'change-owners': 'change its people', align: 'align goals with it',
};

function creation(person: Actor, { kind, entity, teams, settings }: Extract<Deed, { do: 'create-goal' }>): string | undefined {
  const { enabled } = settings.model.initiatives;
  const mayMakeInitiatives = enabled.for === 'people' ? enabled.people.includes(person.id) : enabled.for === 'everybody';
  if (kind === 'initiative' && !mayMakeInitiatives) {
    return enabled.for === 'nobody' ? 'Initiatives are switched off in this organization. Its admins can switch them on.' : 'Only people chosen by the admins of the organization may make initiatives.';
  }
  if (isAdmin(person)) return undefined;
  switch (entity.kind) {
    case 'individual':
      return undefined;
    case 'organization':
      return hasRight(person, settings.createGoals, () => true, () => teams.some(team => has(team.owners, person)))
        ? undefined
        : `Only ${settings.createGoals.for === 'people' ? 'people chosen by the admins' : 'owners of teams'} and admins may make goals of the whole organization.`;
    case 'teams':
      for (const id of entity.teams) {
        const team = teams.find(t => t.id === id);
        if (!team) return 'There is no such team.';
        if (!mayMakeIn(person, team)) return `Only ${makersIn(team)} and admins may make goals of ${team.name}.`;
      }
      return undefined;
  }
}

function mayMakeIn(person: Actor, team: Team): boolean {
  const owns = has(team.owners, person);
  return owns || hasRight(person, team.createGoals, () => has(team.members, person), () => owns);
}

function makersIn(team: Team): string {
  switch (team.createGoals.for) {
    case 'everybody':
    case 'members': return `members of ${team.name}`;
    case 'team-owners': return names(team.owners, 'owners of the team');
    case 'people': return `${names(team.owners, 'owners of the team')}, people they have chosen`;
  }
}

function hasRight(person: Actor, right: CreateRight, isMember: () => boolean, ownsTeam: () => boolean): boolean {
  switch (right.for) {
    case 'everybody': return true;
    case 'members': return isMember();
    case 'team-owners': return ownsTeam();
    case 'people': return right.people.includes(person.id);
  }
}

/** A matter of the tenant: whatever somebody is in one of its organizations, observer or owner, counts for nothing here. */
function creationOfOrganization(person: Actor, { createOrganizations }: TenantPolicy, tenantAdministrator: boolean): string | undefined {
  if (tenantAdministrator || createOrganizations.for === 'everybody') return undefined;
  if (createOrganizations.for === 'people' && createOrganizations.people.includes(person.id)) return undefined;
  return createOrganizations.for === 'people' ? 'Only goals administrators of your company and people they have chosen may make organizations.' : 'Only a goals administrator of your company may make organizations.';
}

function isAdmin(person: Actor): boolean {
  return person.role === 'admin' || person.role === 'owner';
}

function has(people: readonly Who[], person: Actor): boolean {
  return people.some(one => one.id === person.id);
}

function names(people: readonly Who[], nobody: string): string {
  return people.length === 0 ? nobody : people.map(p => p.name).join(', ');
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
