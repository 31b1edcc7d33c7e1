// May this person do this, and if not, why: the one authorisation point. Routes, cards and search results all ask here.
import type { Goal } from './goal.ts';
import type { Person, Role, Settings, Team, TenantPolicy, Who } from './organization.ts';

/** What people do that somebody might not be allowed to. */
export type Deed =
  | { do: 'view' | 'comment' | 'follow' | 'edit' | 'check-in' | 'link'; goal: Goal }
  | { do: 'create-goal' }
  | { do: 'create-tag'; settings: Pick<Settings, 'createTags'> }
  /** Settings, time periods, tags of others, people. */
  | { do: 'manage-organization' }
  | { do: 'manage-integrations' }
  | { do: 'change-role'; from: Role; to: Role; tenantAdministrator: boolean }
  | { do: 'create-team'; parent: Team | null }
  /** Its name, people, rhythm and rights; and to delete it. */
  | { do: 'manage-team'; team: Team }
  /** The tenant's policy, and the list of all its organizations. */
  | { do: 'manage-tenant'; tenantAdministrator: boolean }
  | { do: 'create-organization'; policy: TenantPolicy; tenantAdministrator: boolean }
  | { do: 'use-connection' | 'edit-connection'; connection: { owner: { id: string; name: string }; shared: boolean } }
  | { do: 'share-connection' }
  | { do: 'subscribe' };

/** `undefined` when the person may; otherwise the sentence to tell them, which names who can. */
export function refusal(person: Person, deed: Deed): string | undefined {
  switch (deed.do) {
    case 'manage-tenant':
      return deed.tenantAdministrator ? undefined : 'Only a goals administrator of your company may do this.';
    case 'create-organization':
      return creationOfOrganization(person, deed.policy, deed.tenantAdministrator);
    case 'change-role':
      if (deed.tenantAdministrator || person.role === 'owner' || (person.role === 'admin' && deed.from !== 'owner' && deed.to !== 'owner')) return undefined;
      return person.role === 'admin' ? 'Only an owner of the organization, or a goals administrator of your company, may appoint or remove owners.' : 'Only an owner or admin of the organization may change what people are.';
  }
  if (person.role === 'admin' || person.role === 'owner') return undefined;
  if (person.role === 'observer' && !['view', 'comment', 'follow'].includes(deed.do)) return 'Observers view, follow, like and comment only. Ask an admin of the organization to make you a member.';
  switch (deed.do) {
    case 'view':
    case 'comment':
    case 'follow':
    case 'create-goal':
    case 'subscribe':
      return undefined;
    case 'edit':
    case 'check-in':
    case 'link':
      return deed.goal.owners.some(o => o.id === person.id) || deed.goal.createdBy.id === person.id
        ? undefined
        : `Only ${deed.goal.owners.map(o => o.name).join(', ') || 'nobody'}, who owns this goal, its creator and admins may change it.`;
    case 'use-connection':
      return deed.connection.shared || deed.connection.owner.id === person.id
        ? undefined
        : `This connection is private to ${deed.connection.owner.name}. Ask them to share it.`;
    case 'edit-connection':
      return deed.connection.owner.id === person.id ? undefined : `Only ${deed.connection.owner.name}, who made this connection, and admins may change it.`;
    case 'create-tag':
      return deed.settings.createTags === 'everybody' ? undefined : 'Only an admin of the organization may make new tags.';
    case 'manage-organization':
      return 'Only an owner or admin of the organization may change this.';
    case 'create-team':
      if (deed.parent && has(deed.parent.owners, person)) return undefined;
      return deed.parent ? `Only ${names(deed.parent.owners, 'an owner')} of ${deed.parent.name} and admins may make teams under it.` : 'Only an owner or admin of the organization may make teams.';
    case 'manage-team':
      return has(deed.team.owners, person) ? undefined : `Only ${names(deed.team.owners, 'an owner')} of ${deed.team.name} and admins may change this team.`;
    case 'manage-integrations':
      return 'Only an admin of the organization may manage integrations and satellites.';
    case 'share-connection':
      return undefined;
  }
}

/** A matter of the tenant: whatever somebody is in one of its organizations, observer or owner, counts for nothing here. */
function creationOfOrganization(person: Person, { createOrganizations }: TenantPolicy, tenantAdministrator: boolean): string | undefined {
  if (tenantAdministrator || createOrganizations.for === 'everybody') return undefined;
  if (createOrganizations.for === 'people' && createOrganizations.people.includes(person.id)) return undefined;
  return createOrganizations.for === 'people' ? 'Only goals administrators of your company and people they have chosen may make organizations.' : 'Only a goals administrator of your company may make organizations.';
}

function has(people: readonly Who[], person: Person): boolean {
  return people.some(one => one.id === person.id);
}

function names(people: readonly Who[], nobody: string): string {
  return people.length === 0 ? nobody : people.map(p => p.name).join(', ');
}
