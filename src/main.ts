// The composition root: reads the settings, constructs everything, runs what the role asks for, and ends it in order.
import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Server } from 'restify';
import { graphOf, openTeams, type TeamsSettings } from '../bot/teams/adapter.ts';
import { managersFrom } from '../bot/teams/directory.ts';
import { converse } from './chat/converse.ts';
import { deliver } from './chat/deliver.ts';
import { isAfterword } from './chat/message.ts';
import { BadConfiguration, type Config, type LocalConfig, type ProductionConfig, type SatelliteConfig, readConfig, tabFolder } from './config.ts';
import { connectors as allConnectors } from './connectors/index.ts';
import type { Scope } from './domain/organization.ts';
import { carryOut } from './goals/afterwards.ts';
import { openBudget } from './http/budget.ts';
import { type Trust, entraTrust, identityReader } from './http/caller.ts';
import { openServer } from './http/server.ts';
import { integrationName, integrations } from './integrations.ts';
import { type OutsideSettings, realOutside } from './outside.ts';
import { report } from './report.ts';
import { startAgent } from './satellite/agent.ts';
import { type Cloud, openThrough } from './satellite/cloud.ts';
import { readCredentials } from './satellite/credentials.ts';
import { onlyHosts } from './satellite/only-hosts.ts';
import { openSearch } from './search/search.ts';
import { openStore } from './store/azure.ts';
import { openMailbox } from './store/mailbox.ts';
import { openDelivery, openMemory } from './store/memory.ts';
import { allGoals, currentlyIn } from './store/organizations.ts';
import { openQueue } from './store/queue.ts';
import type { Store } from './store/store.ts';
import { keys, rows } from './store/tables.ts';
import { type KeyRing, openVault } from './store/vault.ts';
import { watched } from './store/watched.ts';
import { DeliveryDue, type SyncDeps, SyncAsked, SyncDue } from './sync/deps.ts';
import { moveGoals } from './sync/move.ts';
import { startChain, syncNow } from './sync/schedule.ts';
import { startWorker } from './sync/worker.ts';

/** What differs between a company's installation and one machine's: where things are kept, and whom we believe. */
export interface Surroundings {
  storage: string;
  keyRing: KeyRing;
  trust: Trust;
  admins: readonly string[];
  teams: TeamsSettings;
  outside: OutsideSettings;
  /** Where people reach us. */
  publicUrl: string;
  /** Routes of local mode. */
  extend?(server: Server): void;
}

/** A running Waymark, as local mode goes on with it. */
export interface Waymark {
  address: string;
  store: Store;
  syncNow(scope: Scope, connection: string): Promise<void>;
  stop(): Promise<void>;
}

/** Claims of a worker that died are free after this. */
const claimSeconds = 60;

/** Constructs everything and starts what the role asks for. Answers once it serves. */
export async function startWaymark(config: Config, surroundings: Surroundings): Promise<Waymark> {
  const now = () => new Date();
  const rowsOnly = await openStore({ connectionString: surroundings.storage });
  const search = openSearch({ now, report: error => { report(error, 'rebuilding the search index'); }, load: scope => allGoals(rowsOnly, scope) });
  const store = watched(rowsOnly, search);
  const connectors = new Map(allConnectors.map(c => [c.id, c]));
  const outside = realOutside(surroundings.outside);
  const vault = openVault(surroundings.keyRing);
  const queues = await openQueues(surroundings.storage);
  const cloud: Cloud = {
    mailbox: openMailbox({ store, now }), now,
    satellite: async address => (await store.get(rows.satellite, keys.satellite(address, address.satellite)))?.body,
  };
  const through: SyncDeps['openThrough'] = (scope, { satellite, integration, auth, settings }, credential) =>
    openThrough(cloud, { address: { ...scope, satellite: satellite! }, connector: integration, auth, settings, credential });
  const askForSync = (scope: Scope, connection: string) => syncNow({ queues, now }, scope, connection);

  const memoryDeps = {
    store, now, report,
    find: async (scope: Scope, viewer: string | null, words: string, limit: number) =>
      (await search.find(scope, viewer, { words, current: await currentlyIn(store, scope, now()) }, { sorting: { by: 'relevance' }, limit })).refs,
    syncNow: askForSync,
    integrationName: (id: string) => integrationName(integrations, id),
  };
  const memory = openMemory(memoryDeps);
  const teams = openTeams(surroundings.teams, { converse: event => converse(memory, event), report, publicUrl: surroundings.publicUrl });
  const delivery = openDelivery(memoryDeps, { teams: teams.platform });

  const carryOn = (scope: Scope, period: string) => queues.deliveries.put({ ...scope, period });
  const syncDeps: SyncDeps = {
    store, queues, connectors, outside, vault, now, report, claimSeconds,
    deliver: (scope, outgoing) => (isAfterword(outgoing) ? carryOut({ store, now, carryOn }, scope, outgoing) : deliver(delivery, scope, outgoing)),
    openThrough: through,
    worker: `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`,
  };

  const graph = graphOf(surroundings.teams);
  const server = openServer({
    store, connectors, integrations, vault, search, now, report,
    newId: () => randomBytes(9).toString('base64url').replaceAll(/[-_]/g, 'x'),
    open: async (way, scope) => (way.satellite === undefined
      ? connectors.get(way.integration)!.open({ auth: way.auth, settings: way.settings, credential: way.credential, outside })
      : through(scope, way, way.credential['name']!)),
    move: async (scope, moves) => { await moveGoals({ store, now }, scope, moves); },
    carryOn,
    startChain: (scope, connection) => startChain(syncDeps, scope, connection),
    syncNow: askForSync,
    identify: identityReader(surroundings.trust),
    admins: surroundings.admins,
    ...(graph ? { managerOf: managersFrom(graph) } : {}),
    budget: openBudget(() => performance.now()),
    configuration: { local: config.mode === 'local', clientId: surroundings.trust.clientId, botId: surroundings.teams.botId },
    tab: tabFolder,
    serves: config.role === 'worker' ? 'health' : 'everything',
    receive: teams.receive,
    mailbox: cloud.mailbox,
    ...(surroundings.extend ? { extend: surroundings.extend } : {}),
  });
  const port = await listen(server, config.port, config.host);
  const worker = config.role === 'web' ? undefined : startWorker(syncDeps);
  return {
    address: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    store,
    syncNow: askForSync,
    async stop() {
      await worker?.stop();
      await close(server);
    },
  };
}

async function openQueues(connectionString: string): Promise<SyncDeps['queues']> {
  const poison = (p: { queue: string; id: string; problem: string }) => { report(new Error(`A message was removed: ${p.problem}`), `queue ${p.queue}, message ${p.id}`); };
  const [asked, syncs, deliveries] = await Promise.all([
    openQueue({ connectionString, name: 'waymark-asked', schema: SyncAsked, report: poison }),
    openQueue({ connectionString, name: 'waymark-syncs', schema: SyncDue, report: poison }),
    openQueue({ connectionString, name: 'waymark-deliveries', schema: DeliveryDue, report: poison }),
  ]);
  return { asked, syncs, deliveries };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new BadConfiguration(`Port ${port} is taken by another program. Set PORT to a free one: PORT=4000 npm start`) : error));
    server.listen(port, host, () => resolve((server.address() as { port: number }).port));
  });
}

/** Takes no more requests and lets those at hand end; streams that never end are cut after a moment. */
async function close(server: Server): Promise<void> {
  const closed = new Promise<void>(resolve => { server.close(() => resolve()); });
  server.server.closeIdleConnections();
  const impatience = setTimeout(() => server.server.closeAllConnections(), 1000);
  await closed;
  clearTimeout(impatience);
}

function production(config: ProductionConfig): Surroundings {
  const ring = new Map(config.keys.map(k => [k.id, Buffer.from(k.key, 'base64')]));
  return {
    storage: config.storage,
    keyRing: { current: config.keys[0]!.id, key: async id => ring.get(id) },
    trust: entraTrust(config.entra.clientId),
    admins: config.admins,
    teams: { kind: 'azure', botId: config.bot.id, password: config.bot.password, tenant: config.bot.tenant },
    outside: {},
    publicUrl: config.publicUrl,
  };
}

async function runLocal(config: LocalConfig): Promise<{ stop(): Promise<void> }> {
  const { startLocal } = await import('./simulators/local.ts');
  return startLocal(config, startWaymark);
}

async function runProduction(config: ProductionConfig): Promise<{ stop(): Promise<void> }> {
  const waymark = await startWaymark(config, production(config));
  console.log(`Waymark (${config.role}) serves ${config.publicUrl} on ${waymark.address}`);
  return waymark;
}

/** The agent on the customer's premises. A file of credentials that is not fit for use is told before anything starts. */
async function runSatellite({ url, token, credentials, allow }: SatelliteConfig): Promise<{ stop(): Promise<void> }> {
  await readCredentials(credentials).catch((error: Error) => { throw new BadConfiguration(error.message); });
  console.log(`Waymark (satellite) asks ${url} for work and may reach ${allow.join(', ')}`);
  return startAgent({
    url, token, report, say: line => { console.log(line); },
    connectors: new Map(allConnectors.map(c => [c.id, c])),
    credentials: () => readCredentials(credentials),
    outside: onlyHosts(realOutside({ allow }), allow),
  });
}

function run(config: Config | SatelliteConfig): Promise<{ stop(): Promise<void> }> {
  switch (config.mode) {
    case 'local': return runLocal(config);
    case 'production': return runProduction(config);
    case 'satellite': return runSatellite(config);
  }
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const running = await run(config);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await running.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    console.error(error instanceof BadConfiguration ? error.message : error);
    process.exit(1);
  });
}
