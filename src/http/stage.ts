// Where the REST API's tests play: a server over real tables, people with really signed tokens, a source made of numbers, and what the server asked for beyond itself.
import { randomUUID } from 'node:crypto';
import type { Server } from 'restify';
import { type Endpoint, addressOf } from '../api.ts';
import { newOrganization } from '../domain/organization.ts';
import { quartersOf } from '../domain/period.ts';
import { openSearch } from '../search/search.ts';
import { type Ask, asker } from '../simulators/ask.ts';
import { startAzurite } from '../simulators/azurite.ts';
import { type Entra, startEntra } from '../simulators/entra.ts';
import { type StoreConnection, openStore } from '../store/azure.ts';
import { allGoals } from '../store/organizations.ts';
import { insert, type Store } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { watched } from '../store/watched.ts';
import { openVault } from '../store/vault.ts';
import { moveGoals } from '../sync/move.ts';
import { type Numbers, numbersSource } from '../sync/stage.ts';
import { type Trust, identityReader } from './caller.ts';
import { type ServerDeps, openServer } from './server.ts';

export const organization = 'main';
export const period = '2026-q4';

export interface ServerStage {
  deps: ServerDeps;
  store: Store;
  numbers: Numbers;
  /** What the server asked of the sync engine, in order. */
  requested: string[];
  reports: string[];
}

export async function setServerStage({ trust, now, ...storage }: StoreConnection & { trust: Trust; now(): Date }): Promise<ServerStage> {
  const rowsOnly = await openStore(storage);
  const search = openSearch({ now, report: error => { throw error; }, load: scope => allGoals(rowsOnly, scope) });
  const store = watched(rowsOnly, search);
  const numbers = numbersSource();
  const requested: string[] = [];
  const reports: string[] = [];
  const integration = { category: 'Third-party', type: 'data', terms: 'https://example.com/terms' } as const;
  const deps: ServerDeps = {
    store, now, connectors: new Map([['numbers', numbers.connector]]),
    vault: openVault({ current: 'k', key: async () => Buffer.alloc(32, 7) }),
    integrations: [{ ...integration, id: 'numbers', name: 'Numbers', connector: 'numbers' }, { ...integration, id: 'asana', name: 'Asana', connector: 'asana' }],
    search,
    newId: () => randomUUID().slice(0, 8),
    open: way => numbers.connector.open({ ...way, outside: undefined as never }),
    move: async (scope, moves) => { await moveGoals({ store, now }, scope, moves); },
    carryOn: async (_scope, p) => { requested.push(`carry on ${p}`); },
    startChain: async () => { requested.push('chain'); },
    syncNow: async (_scope, connection) => { requested.push(`sync ${connection}`); },
    identify: identityReader(trust), admins: ['first'], configuration: { local: false, clientId: trust.clientId },
    budget: { spend: () => undefined },
    tab: '/nowhere', serves: 'everything',
    report: (error, context) => { reports.push(`${context}: ${String(error)}`); return 'bug-1'; },
  };
  return { deps, store, numbers, requested, reports };
}

/** Whom a token speaks for. */
export interface Somebody { tenant: string; id: string; name: string }

/** The stage with a server before it, which people ask over HTTP. */
export interface OpenStage extends ServerStage {
  address: string;
  entra: Entra;
  /** `claims`: what else their token says. */
  as(person: Somebody, claims?: Parameters<Entra['personToken']>[1]): Ask;
  /** Another server over the same tables, some of whose parts are others; answers its address. Closed with the stage. */
  serve(changed: Partial<ServerDeps>): Promise<string>;
  close(): Promise<void>;
}

/** Starts everything. `changed`: parts of the first server that are others. */
export async function openStage(now: () => Date, changed: (stage: ServerStage) => Partial<ServerDeps> = () => ({})): Promise<OpenStage> {
  const [azurite, entra] = await Promise.all([startAzurite(), startEntra()]);
  const set = await setServerStage({ connectionString: azurite.connectionString, trust: entra.trust, now });
  const deps = { ...set.deps, ...changed(set) };
  const servers: Server[] = [];
  const serve = (others: Partial<ServerDeps>) => {
    const server = openServer({ ...deps, ...others });
    servers.push(server);
    return listening(server);
  };
  const address = await serve({});
  return {
    ...set, deps, entra, address, serve,
    as: (person, claims) => asker(address, () => entra.personToken(person, claims)),
    async close() {
      await Promise.all(servers.map(closed));
      await Promise.all([azurite.stop(), entra.stop()]);
    },
  };
}

/** An organization with the quarters of 2026, and `admin` as its admin. */
export async function addOrganization(store: Store, tenant: string, admin?: { id: string; name: string }): Promise<void> {
  const scope = { tenant, organization };
  await store.transact([insert(rows.organization, keys.organization(scope), newOrganization({ tenant, id: organization, name: 'Aurora' }))]);
  for (const quarter of quartersOf(2026)) await store.transact([insert(rows.period, keys.period(scope, quarter.id), quarter)]);
  if (admin) await store.transact([insert(rows.person, keys.person(scope, admin.id), { id: admin.id, name: admin.name, role: 'admin' })]);
}

export function listening(one: Server): Promise<string> {
  return new Promise(resolve => { one.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(one.address() as { port: number }).port}`)); });
}

export function closed(one: Server): Promise<void> {
  return new Promise(resolve => { one.close(() => resolve()); one.server.closeAllConnections(); });
}

/** The problem that a refused call was answered with. */
export async function problemOf(call: Promise<unknown>): Promise<{ type: string; title: string; status: number; errors?: Record<string, string>; remedy?: string; id?: string }> {
  const refused = await call.then(() => undefined, (error: { problem?: never }) => error);
  if (!refused?.problem) throw new Error(`It should have been refused, and was ${refused === undefined ? 'carried out' : String(refused)}.`);
  return refused.problem;
}

export interface Exchanged { status: number; body: Record<string, unknown>; headers: Headers }
/** One request as it goes over the wire, with headers of one's own, and its answer whatever it is. */
export type Exchange = (endpoint: Endpoint, given: { params: Record<string, string>; query?: object; body?: unknown }, headers?: Record<string, string>) => Promise<Exchanged>;

export function exchanger(address: string, token: () => Promise<string>): Exchange {
  return async ({ method, path }, { params, query, body }, headers = {}) => {
    const response = await fetch(`${address}${addressOf(path, params, query)}`, {
      method, headers: { authorization: `Bearer ${await token()}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() as Record<string, unknown>, headers: response.headers };
  };
}
