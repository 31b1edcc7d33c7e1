// Local mode: all of Waymark's surroundings on one machine. Emulated storage, a real PostgreSQL, simulated vendors, and a stand-in for Teams.
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { Client } from 'pg';
import type { Request, Response, Server } from 'restify';
import { z } from 'zod';
import { BadConfiguration, type LocalConfig, tabFolder } from '../config.ts';
import type { Surroundings, Waymark } from '../main.ts';
import { report } from '../report.ts';
import { keyFile } from '../store/vault.ts';
import { keys, rows } from '../store/tables.ts';
import { asker } from './ask.ts';
import { startAzureDevOps } from './azure-devops.ts';
import { startAzurite } from './azurite.ts';
import { startBigQuery } from './bigquery.ts';
import { backlog, demoOrganization, fillShop, makeOrganization, setOpenTickets, setSubscriptions, warehouse } from './demo.ts';
import { makeGoals } from './demo-goals.ts';
import { type Entra, startEntra } from './entra.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { ensureTab } from './tab.ts';
import { startTeams } from './teams.ts';
import type { Control } from './teams-sandbox.ts';
import { ada, auroraCoffee, general } from './teams-world.ts';

/** What local mode must find again after a restart: addresses stand in connections and conversations. */
const LocalState = z.object({ ports: z.object({ postgres: z.number(), teams: z.number() }), demo: z.enum(['none', 'begun', 'made']), bigQueryKey: z.string().optional(), process: z.number().optional() });
type LocalState = z.infer<typeof LocalState>;

type Start = (config: LocalConfig, surroundings: Surroundings) => Promise<Waymark>;

export async function startLocal(config: LocalConfig, start: Start): Promise<{ stop(): Promise<void> }> {
  const say = progress(config.data);
  const ending: (() => Promise<void>)[] = [];
  const stop = async () => { for (const end of ending.toReversed()) await end(); };
  try {
    const state = await openState(config.data);
    await state.update({ process: process.pid });
    if (state.now.demo === 'begun') await clearHalfMade(config.data);

    say.doing('Building the tab');
    await ensureTab(tabFolder);

    say.doing('Starting storage (Azurite) and the shop’s database (PostgreSQL)');
    const [azurite, postgres] = await Promise.all([
      startAzurite({ folder: join(config.data, 'azurite') }),
      startPostgres({ folder: join(config.data, 'postgres'), port: state.now.ports.postgres, persistent: true }),
    ]);
    ending.push(() => azurite.stop(), () => postgres.stop());
    await fillShop(postgres);

    say.doing('Starting the simulated Azure DevOps, BigQuery, Entra ID and Teams');
    const [azureDevOps, bigQuery, entra] = await Promise.all([startAzureDevOps(backlog()), startBigQuery(warehouse(), state.now.bigQueryKey), startEntra({ botId: auroraCoffee.bot.appId })]);
    ending.push(() => azureDevOps.stop(), () => bigQuery.stop(), () => entra.stop());
    await state.update({ bigQueryKey: bigQuery.key });
    let address = '';
    const teams = await startTeams({
      bot: () => `${address}/api/messages`, port: state.now.ports.teams, file: join(config.data, 'teams.json'), controls: shopControls(postgres),
      tokenFor: serviceUrl => entra.botToken(serviceUrl),
      tabToken: person => entra.personToken({ tenant: auroraCoffee.tenant.id, ...person }),
    }).catch(portTaken('the stand-in for Teams', state.now.ports.teams));
    ending.push(() => teams.stop());

    say.doing('Starting Waymark');
    const waymark = await start(config, {
      storage: azurite.connectionString,
      keyRing: await keyFile(join(config.data, 'keys.json')),
      trust: { keys: entra.trust.keys, issuer: entra.trust.issuer, clientId: entra.trust.clientId },
      admins: [],
      teams: config.anonymousBot
        ? { kind: 'anonymous', botId: entra.trust.botId, loopback: true }
        : { kind: 'simulated', botId: entra.trust.botId, openId: entra.trust.botOpenId, issuer: entra.trust.botIssuer, graph: teams.url },
      outside: { allow: ['127.0.0.1', 'localhost'], route: { 'https://dev.azure.com': azureDevOps.url, ...bigQuery.route } },
      publicUrl: `http://${config.host}:${config.port}`,
      extend: server => { mountSignIn(server, entra); mountSandbox(server, teams.handle); },
    });
    ending.push(() => waymark.stop());
    address = waymark.address;

    await makeOrganization(waymark.store, auroraCoffee, new Date());
    if (config.demo && state.now.demo !== 'made') {
      await state.update({ demo: 'begun' });
      say.doing('Making the demo organization');
      await makeGoals(person => asker(waymark.address, () => entra.personToken({ tenant: auroraCoffee.tenant.id, ...person })), { postgres, azureDevOps: azureDevOps.world, bigQuery });
      await teams.say(ada, general, { text: 'subscribe', mention: true });
      await state.update({ demo: 'made' });
    }
    ending.push(await listenToShop(postgres, async () => {
      const scope = { tenant: auroraCoffee.tenant.id, organization: demoOrganization };
      for await (const { body } of waymark.store.all(rows.connection, keys.organizationRows(scope))) {
        if (body.integration === 'postgresql') await waymark.syncNow(scope, body.id);
      }
    }));
    ending.push(() => state.update({ process: undefined }));
    say.ready(waymark.address);
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The first line says what is happening, each later one what is being done, the last where to look. */
function progress(data: string) {
  const begun = Date.now();
  const seconds = () => `${((Date.now() - begun) / 1000).toFixed(1)} s`.padStart(7);
  console.log(`Waymark starts on this machine, with a demo organization and nothing to set up. Its data is kept in ${relative(process.cwd(), data) || data}.`);
  return {
    doing(what: string) { console.log(`${seconds()}  ${what} …`); },
    ready(address: string) {
      console.log(`${seconds()}  Ready.`);
      console.log(`\n  Teams stand-in   ${address}/sandbox   (start here: change a number, watch the channel)\n  The tab          ${address}/\n  REST API         ${address}/openapi.json\n`);
      console.log(`Stop with Ctrl-C; "npm run reset" clears the data. Now open ${address}/sandbox`);
    },
  };
}

async function openState(folder: string): Promise<{ readonly now: LocalState; update(changes: Partial<LocalState>): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'local.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  let now: LocalState = text === undefined ? { ports: { postgres: await freePort(), teams: await freePort() }, demo: 'none' } : LocalState.parse(JSON.parse(text));
  if (now.process !== undefined && now.process !== process.pid && isRunning(now.process)) {
    throw new BadConfiguration(`Waymark already runs on this data (process ${now.process}). Stop it first, or set WAYMARK_DATA to another folder and PORT to another port.`);
  }
  return {
    get now() { return now; },
    async update(changes) {
      now = { ...now, ...changes };
      await writeFile(`${file}.new`, `${JSON.stringify(now, null, 2)}\n`);
      await rename(`${file}.new`, file);
    },
  };
}

/** A first start that was interrupted leaves half a demo behind, and nothing of anybody's. */
async function clearHalfMade(folder: string): Promise<void> {
  for (const part of ['azurite', 'teams.json']) await rm(join(folder, part), { recursive: true, force: true });
}

/** Whether this process is a Waymark that still runs. Numbers are given out again, so where we can we look what it is. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('main.ts');
  } catch {
    return false; // it ended just now
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function portTaken(what: string, port: number) {
  return (error: NodeJS.ErrnoException): never => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new BadConfiguration(`Port ${port}, where ${what} was the last time, is taken by another program. End that program, or clear the data with "npm run reset".`);
  };
}

/** The buttons by which a newcomer changes the shop, each with the line that does the like by hand. */
function shopControls(postgres: Postgres): Control[] {
  const control = (it: Pick<Control, 'id' | 'title' | 'help'> & { sql: string; count: string; set(postgres: Postgres, count: number): Promise<void>; said: string }): Control => ({
    id: it.id, title: it.title, help: it.help, command: psql(postgres, it.sql),
    run: async (input = 0) => {
      const count = Math.max(0, Math.round(input));
      await it.set(postgres, count);
      return `${count} ${it.said}`;
    },
    current: async () => Number((await postgres.query(it.count))[0]!['n']),
  });
  return [
    control({
      id: 'tickets', title: 'Open support tickets', help: 'Below 20 is On Track, up to 30 is Behind, more is At Risk.', set: setOpenTickets, said: 'tickets are open now.',
      sql: "insert into tickets (subject) select 'Late parcel' from generate_series(1, {input})", count: 'select count(*) as n from tickets where closed_at is null',
    }),
    control({
      id: 'subscriptions', title: 'Weekly subscriptions', help: 'The goal is 500 by the end of the quarter.', set: setSubscriptions, said: 'subscriptions run now.',
      sql: "insert into subscriptions (plan) select 'Weekly beans' from generate_series(1, {input})", count: 'select count(*) as n from subscriptions',
    }),
  ];
}

function psql(postgres: Postgres, sql: string): string {
  return `psql "postgres://${postgres.owner.user}:${postgres.owner.password}@${postgres.host}:${postgres.port}/${postgres.database}" -c "${sql}"`;
}

/** Signing in by picking a demo person: only ever mounted in local mode, on loopback. */
function mountSignIn(server: Server, entra: Pick<Entra, 'personToken'>): void {
  server.get('/api/v1/local/people', async (_req: Request, res: Response) => {
    res.json(200, { rows: auroraCoffee.people.map(p => ({ id: p.id, name: p.name, email: p.email, role: p.admin ? 'owner' : 'member' })) });
  });
  server.post('/api/v1/local/sign-in', async (req: Request, res: Response) => {
    const person = auroraCoffee.people.find(p => p.id === (req.body as { person?: unknown } | undefined)?.person);
    if (!person) { res.json(400, { type: 'bad-request', title: 'person: Choose one of the demo people.', status: 400, errors: { person: 'Choose one of the demo people.' } }); return; }
    res.json(200, { token: await entra.personToken({ tenant: auroraCoffee.tenant.id, ...person }) });
  });
}

function mountSandbox(server: Server, handle: (req: Request, res: Response) => Promise<boolean>): void {
  const answer = async (req: Request, res: Response) => { await handle(req, res); };
  server.get('/sandbox/api/*', answer);
  server.post('/sandbox/api/*', answer);
}

/** The shop tells of its changes, as a source with webhooks would: "re-read now". The hourly sync goes on beside it. */
async function listenToShop(postgres: Postgres, changed: () => Promise<void>): Promise<() => Promise<void>> {
  const client = new Client({ host: postgres.host, port: postgres.port, database: postgres.database, user: postgres.owner.user, password: postgres.owner.password });
  client.on('error', error => { report(error, 'listening to the shop’s database'); });
  await client.connect();
  let waiting: NodeJS.Timeout | undefined;
  client.on('notification', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { changed().catch((error: unknown) => { report(error, 'asking for a sync of the shop'); }); }, 200);
  });
  await client.query('listen waymark');
  return async () => { clearTimeout(waiting); await client.end(); };
}
