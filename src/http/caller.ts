// From a bearer token to who is calling: tenant, organization, person. The tenant comes from the verified token and from nowhere else.
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Author, type Organization, type Person, type Role, type Scope, type TenantPolicy, newOrganization } from '../domain/organization.ts';
import type { Actor } from '../goals/actor.ts';
import { organizationOf, tenantPolicyOf } from '../store/organizations.ts';
import { revise } from '../store/revise.ts';
import { Conflict, insert, type Store } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { foundOrganization } from '../sync/founding.ts';
import { type ManagerOf, askManager } from './managers.ts';
import { Refusal } from './refusal.ts';

/** What the token proved. `tenantAdministrator`: the tenant has given them the app role of a goals administrator. */
export interface Identity { tenant: string; id: string; name: string; email?: string; tenantAdministrator: boolean }

export interface Caller {
  readonly scope: Scope; readonly person: Person; readonly organization: Organization;
  /** What the tenant lets its organizations do, as of this request. */
  readonly policy: TenantPolicy;
  /** Whether they decide for all organizations of the tenant (features.md 1.15). */
  readonly tenantAdministrator: boolean;
}

/** The caller as rows remember them. */
export function who({ person }: Pick<Caller, 'person'>): { id: string; name: string } {
  return { id: person.id, name: person.name };
}

/** The caller at work on goals. */
export function actorOf(caller: Caller): Actor {
  return { scope: caller.scope, by: who(caller), organization: caller.organization };
}

/** The caller as the author of what they do. */
export function author(caller: Caller): Extract<Author, { kind: 'person' }> {
  return { kind: 'person', ...who(caller) };
}

/** Whose tokens we believe: Entra's, or in local mode the simulator's. */
export interface Trust {
  /** Address of the key set. */
  keys: string;
  /** With `{tenant}` where the tenant's id stands. */
  issuer: string;
  clientId: string;
}

export const entraTrust = (clientId: string): Trust => ({
  keys: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
  issuer: 'https://login.microsoftonline.com/{tenant}/v2.0',
  clientId,
});

const Claims = z.object({
  tid: z.guid(), oid: z.string().regex(/^[A-Za-z0-9-]{1,64}$/), name: z.string().default('Unnamed'), preferred_username: z.string().optional(),
  scp: z.string(), roles: z.array(z.string()).default([]), acct: z.number().optional(), idp: z.string().optional(),
});

/** The app role, as its `value` stands in the app registration (docs/operations.md), whose bearers are the tenant's goals administrators. */
const administratorRole = 'Waymark.Administrator';

/** The tenant of Microsoft's personal accounts: nobody's organization. */
const personalAccounts = '9188040d-6c67-4c5b-b112-36a304b66dad';

/**
 * Verifies an access token for our own API: signature, audience, lifetime, issuer of the token's own tenant, and the delegated scope
 * that tells it from an id token (reliability.md A09–A18). Answers who it speaks for, or refuses with 401.
 */
export function identityReader(trust: Trust): (authorization: string | undefined) => Promise<Identity> {
  const keySet = createRemoteJWKSet(new URL(trust.keys), { cooldownDuration: 5_000, cacheMaxAge: 3_600_000 });
  return async authorization => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization ?? '')?.[1];
    if (!token) throw new Refusal('unauthorized', 'Sign in first.');
    try {
      const audience = [trust.clientId, `api://${trust.clientId}`];
      const { payload } = await jwtVerify(token, keySet, { algorithms: ['RS256'], audience, clockTolerance: 60, requiredClaims: ['exp', 'iss', 'aud'] });
      const claims = Claims.parse(payload);
      if (payload.iss !== trust.issuer.replace('{tenant}', claims.tid) || claims.tid === personalAccounts) {
        throw new Refusal('unauthorized', 'Sign in with your work account.');
      }
      if (!claims.scp.split(' ').includes('access_as_user')) throw new Refusal('unauthorized', 'This token is not for Waymark.');
      if (isGuest(claims)) throw new Refusal('forbidden', 'Waymark is not open to guests. Sign in with an account of this company.');
      return {
        tenant: claims.tid, id: claims.oid, name: claims.name, ...(claims.preferred_username ? { email: claims.preferred_username } : {}),
        tenantAdministrator: claims.roles.includes(administratorRole),
      };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) throw new Refusal('unauthorized', 'Your sign-in has expired or is not valid. Sign in again.');
      if (error instanceof z.ZodError) throw new Refusal('unauthorized', 'This token does not say who you are. Sign in with your work account.');
      throw error;
    }
  };
}

/** Entra names a guest's own identity provider in `idp`, and marks guests in `acct` where the app registration asks for that claim. */
function isGuest({ acct, idp, tid }: z.infer<typeof Claims>): boolean {
  return acct === 1 || (idp !== undefined && !idp.includes(tid));
}

export interface CallerDeps {
  store: Store;
  admins: readonly string[];
  now(): Date;
  report(error: unknown, context: string): string;
  /** Asks the tenant's directory. Without it managers are set by hand alone. */
  managerOf?: ManagerOf;
}

/**
 * Finds the organization and person of an identity. Whoever is from the tenant belongs to its organizations as a member from the first
 * visit on; the tenant's first organization is opened by the first visit of one of its goals administrators, who are those named in
 * `admins` and those with the app role. `organization` is the id asked for, else the tenant's first.
 */
export async function callerOf(deps: CallerDeps, identity: Identity, organization?: string): Promise<Caller> {
  const { store, admins } = deps;
  const tenantAdministrator = identity.tenantAdministrator || admins.includes(identity.id);
  const mayOpen = organization === undefined && tenantAdministrator;
  const found = await organizationOf(store, identity.tenant, organization) ?? (mayOpen ? await opened(store, identity, deps.now()) : undefined);
  if (!found) {
    throw organization === undefined
      ? new Refusal('forbidden', 'Waymark has not been set up for your company yet. Ask your IT department to name an admin (WAYMARK_ADMINS).')
      : new Refusal('not-found', 'There is no such organization.');
  }
  const scope = { tenant: identity.tenant, organization: found.id };
  const [known, policy] = await Promise.all([store.get(rows.person, keys.person(scope, identity.id)), tenantPolicyOf(store, scope.tenant)]);
  const person = known ? await promoted(store, scope, known.body, admins) : await joined(store, scope, identity, admins);
  return { scope, organization: found, person: await askManager(deps, scope, person), policy, tenantAdministrator };
}

/** Whoever was a member before being named in `admins` is an admin from their next visit on. */
async function promoted(store: Store, scope: Scope, person: Person, admins: readonly string[]): Promise<Person> {
  if (person.role === 'owner' || person.role === 'admin' || !admins.includes(person.id)) return person;
  return await revise(store, rows.person, keys.person(scope, person.id), now => ({ ...now, role: now.role === 'owner' ? 'owner' : 'admin' })) ?? person;
}

/** The tenant's first organization, whose opener owns it. */
async function opened(store: Store, identity: Identity, now: Date): Promise<Organization> {
  const organization = newOrganization({ tenant: identity.tenant, id: 'main', name: identity.email?.split('@')[1] ?? 'Our organization' });
  await foundOrganization(store, organization, newPerson(identity, 'owner'), now);
  return (await organizationOf(store, identity.tenant, organization.id))!;
}

async function joined(store: Store, scope: Scope, identity: Identity, admins: readonly string[]): Promise<Person> {
  const own = newPerson(identity, admins.includes(identity.id) ? 'admin' : 'member');
  const where = keys.person(scope, own.id);
  try {
    await store.transact([insert(rows.person, where, own)]);
    return own;
  } catch (error) {
    // Two first visits at once are one visit: the loser takes what the winner made.
    if (error instanceof Conflict) return (await store.get(rows.person, where))!.body;
    throw error;
  }
}

export function newPerson({ id, name, email }: Pick<Person, 'id' | 'name' | 'email'>, role: Role): Person {
  return { id, name, ...(email ? { email } : {}), role };
}
