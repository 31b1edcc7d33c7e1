// May this person do this, and if not, why: the one authorisation point. Routes, cards and search results all ask here.
import type { Goal } from './goal.ts';
import type { Person } from './organization.ts';

/** What people do that somebody might not be allowed to. */
export type Deed =
  | { do: 'view' | 'comment' | 'edit' | 'check-in' | 'link'; goal: Goal }
  | { do: 'create-goal' }
  | { do: 'manage-organization' }
  | { do: 'manage-integrations' }
  | { do: 'use-connection' | 'edit-connection'; connection: { owner: { id: string; name: string }; shared: boolean } }
  | { do: 'share-connection' }
  | { do: 'subscribe' };

/** `undefined` when the person may; otherwise the sentence to tell them, which names who can. */
export function refusal(person: Person, deed: Deed): string | undefined {
  if (person.role === 'admin' || person.role === 'owner') return undefined;
  switch (deed.do) {
    case 'view':
    case 'comment':
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
    case 'manage-organization':
      return 'Only an admin of the organization may do this.';
    case 'manage-integrations':
      return 'Only an admin of the organization may manage integrations and satellites.';
    case 'share-connection':
      return undefined;
  }
}
