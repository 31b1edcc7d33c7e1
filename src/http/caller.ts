// From a bearer token to who is calling: tenant, organization, person. The tenant comes from the verified token and from nowhere else.
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Author, type Organization, type Person, type Scope, newOrganization, usualSettings } from '../domain/organization.ts';
import { organizationOf } from '../store/organizations.ts';
import { Conflict, insert, put, type Store } from '../store/store.ts';
import { type Keys, type Kind, keys, rows } from '../store/tables.ts';
import { makeDuePeriods } from '../sync/periods.ts';
import { Refusal } from './refusal.ts';

/** What the token proved. */
export interface Identity { tenant: string; id: string; name: string; email?: string }

export interface Caller { readonly scope: Scope; readonly person: Person; readonly organization: Organization }

/** The caller as rows remember them. */
export function who({ person }: Caller): { id: string; name: string } {
  return { id: person.id, name: person.name };
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
  scp: z.string(), acct: z.number().optional(), idp: z.string().optional(),
});

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
      return { tenant: claims.tid, id: claims.oid, name: claims.name, ...(claims.preferred_username ? { email: claims.preferred_username } : {}) };
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

export interface CallerDeps { store: Store; admins: readonly string[]; now(): Date }

/**
 * Finds the organization and person of an identity. Whoever is from the tenant belongs to its organizations as a member from the first
 * visit on; an organization is opened by the first visit of one of `admins`. `organization` is the id asked for, else the tenant's first.
 */
export async function callerOf({ store, admins, now }: CallerDeps, identity: Identity, organization?: string): Promise<Caller> {
  const mayOpen = organization === undefined && admins.includes(identity.id);
  const found = await organizationOf(store, identity.tenant, organization) ?? (mayOpen ? await opened(store, identity, now()) : undefined);
  if (!found) {
    throw organization === undefined
      ? new Refusal('forbidden', 'Waymark has not been set up for your company yet. Ask your IT department to name an admin (WAYMARK_ADMINS).')
      : new Refusal('not-found', 'There is no such organization.');
  }
  const scope = { tenant: identity.tenant, organization: found.id };
  const known = (await store.get(rows.person, keys.person(scope, identity.id)))?.body;
  return { scope, organization: found, person: known ? await promoted(store, scope, known, admins) : await joined(store, scope, identity, admins) };
}

/** Whoever was a member before being named in `admins` is an admin from their next visit on. */
async function promoted(store: Store, scope: Scope, person: Person, admins: readonly string[]): Promise<Person> {
  if (person.role === 'admin' || !admins.includes(person.id)) return person;
  const admin: Person = { ...person, role: 'admin' };
  await store.transact([put(rows.person, keys.person(scope, person.id), admin)]);
  return admin;
}

/** A new organization begins with the usual time periods, so that its first goal has a place. */
async function opened(store: Store, identity: Identity, now: Date): Promise<Organization> {
  const scope = { tenant: identity.tenant, organization: 'main' };
  await makeDuePeriods(store, scope, usualSettings, now);
  return kept(store, rows.organization, keys.organization(scope),
    newOrganization({ tenant: scope.tenant, id: scope.organization, name: identity.email?.split('@')[1] ?? 'Our organization' }));
}

function joined(store: Store, scope: Scope, { id, name, email }: Identity, admins: readonly string[]): Promise<Person> {
  return kept(store, rows.person, keys.person(scope, id), { id, name, ...(email ? { email } : {}), role: admins.includes(id) ? 'admin' : 'member' });
}

/** Two first visits at once are one visit: the loser takes what the winner made. */
async function kept<T>(store: Store, kind: Kind<T>, where: Keys, own: T): Promise<T> {
  try {
    await store.transact([insert(kind, where, own)]);
    return own;
  } catch (error) {
    if (error instanceof Conflict) return (await store.get(kind, where))!.body;
    throw error;
  }
}
