// How an organization begins: with an owner, and with time periods, so that its first goal has a place.
import type { Organization, Person } from '../domain/organization.ts';
import { Conflict, type Store, insert, put } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { makeDuePeriods } from './periods.ts';

/**
 * The organization itself comes last: before that it is not to be found, and what was interrupted is made again. Two who found the same
 * one at once are both its owners.
 */
export async function foundOrganization(store: Store, organization: Organization, owner: Person, now: Date): Promise<void> {
  const scope = { tenant: organization.tenant, organization: organization.id };
  await makeDuePeriods(store, scope, organization, now);
  await store.transact([put(rows.person, keys.person(scope, owner.id), owner)]);
  try {
    await store.transact([insert(rows.organization, keys.organization(scope), organization)]);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error; // somebody else's is there by now
  }
}
