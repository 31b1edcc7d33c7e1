// The satellite from end to end: real server, real store, real agents over HTTP, a real PostgreSQL behind them, and every byte to the cloud looked at.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import net, { type AddressInfo, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Server } from 'restify';
import { type Answer as ApiAnswer, api } from '../api.ts';
import { secret, text } from '../connectors/field.ts';
import { type Connector, type Measure, connector } from '../connectors/connector.ts';
import type { Outside } from '../connectors/outside.ts';
import { postgresql } from '../connectors/postgresql.ts';
import { SourceError } from '../connectors/source-error.ts';
import { identityReader } from '../http/caller.ts';
import { openServer } from '../http/server.ts';
import { integrations } from '../integrations.ts';
import { realOutside } from '../outside.ts';
import { type Ask, asker } from '../simulators/ask.ts';
import { type Azurite, startAzurite } from '../simulators/azurite.ts';
import { type Entra, startEntra } from '../simulators/entra.ts';
import { type Postgres, startPostgres } from '../simulators/postgres.ts';
import { openStore } from '../store/azure.ts';
import { openMailbox } from '../store/mailbox.ts';
import { type Store, insert } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { openVault } from '../store/vault.ts';
import { openSource } from '../sync/open.ts';
import { type Agent, startAgent } from './agent.ts';
import { type Cloud, type Passage, openThrough } from './cloud.ts';
import { readCredentials } from './credentials.ts';
import { onlyHosts } from './only-hosts.ts';
import { paths } from './protocol.ts';
import { newOrganization } from '../domain/organization.ts';

const tenants = { ours: '11111111-1111-4111-8111-111111111111', theirs: '22222222-2222-4222-8222-222222222222' };
const scope = { tenant: tenants.ours, organization: 'main' };
const canary = 'canary-Z7qL"0x9-never-leaves';
const outcome = { kind: 'metric', direction: 'reach', name: 'Orders', unit: { kind: 'number', name: 'orders' }, target: 100 } as const;

/** A source that counts how often each measure was read, and by whom; `gate` holds its answers back. */
function countingSource() {
  const reads: { measure: string; by: string }[] = [];
  let gate: Promise<void> = Promise.resolve();
  const by = (name: string): Connector => connector({
    id: 'counting', name: 'Counting',
    auth: [{ id: 'token', title: 'Token', note: 'Any', fields: { token: secret('Token', { help: 'Any' }) } }],
    connection: { host: text('Host', { help: 'Any' }) },
    open: async ({ credential }) => credential,
    test: async () => {},
    lookups: { things: async (_opened, query) => ({ options: [{ value: query.search, title: `Found ${query.search}` }], next: 'more' }) },
    metrics: {
      count: {
        title: 'Count', help: 'Any', percent: false, form: { which: text('Which', { help: 'Any' }) },
        read: async ({ token }, { which }) => {
          reads.push({ measure: which, by: name });
          await gate;
          if (which === 'secret in error') throw new SourceError(`Refused ${token}`, { kind: 'reconnect' });
          if (which === 'secret in text') return { value: 1, raw: `1 ${token}` };
          if (which === 'not a number') return { value: NaN, raw: 'NaN' };
          if (which === 'bug') throw new TypeError(`undefined is not ${token}`);
          return { value: 7, of: 9, raw: '7', asOf: '2026-11-21T09:00:00.000Z' };
        },
      },
    },
  });
  return {
    reads, by,
    close() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}

/** A cable to the cloud that remembers every byte sent up it. */
async function cable(port: () => number) {
  const sent: Buffer[] = [];
  const ends = new Set<Socket>();
  const server = net.createServer(near => {
    const far = net.connect(port(), '127.0.0.1');
    for (const [from, to] of [[near, far], [far, near]] as const) {
      ends.add(from);
      from.on('error', () => to.destroy()).on('close', () => { ends.delete(from); to.destroy(); });
      from.pipe(to);
    }
    near.on('data', (bytes: Buffer) => sent.push(bytes));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => Buffer.concat(sent),
    stop: () => new Promise<void>(resolve => { server.close(() => resolve()); for (const end of ends) end.destroy(); }),
  };
}

const counts = (...which: string[]): Measure[] => which.map(which => ({ metric: 'count', form: { which } }));
const openPorts = () => process.getActiveResourcesInfo().filter(resource => resource === 'TCPServerWrap').length;
const secretOf = (token: string) => token.split('.').at(-1)!;
const tokenOf = (address: string[], secret: string) => ['wms1', ...address, secret].join('.');

async function eventually(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 20))) if (await isTrue()) return;
  assert.fail(`never happened: ${what}`);
}

describe('a satellite', function () {
  this.timeout(60_000);
  let azurite: Azurite;
  let entra: Entra;
  let postgres: Postgres;
  let folder: string;
  let store: Store;
  let server: Server;
  let port = 0;
  let url: string;
  let admin: Ask;
  let ahead = 0;
  const bugs: string[] = [];
  const said: string[] = [];
  const agents: Agent[] = [];
  const now = () => new Date(Date.now() + ahead);
  const keyRing = { current: 'k', key: async () => Buffer.alloc(32, 7) };
  const report = (error: unknown) => { bugs.push(error instanceof Error ? error.message : String(error)); return 'bug-1'; };
  const counting = countingSource();
  const noway: Outside = { fetch: async () => assert.fail('the cloud reached out'), dial: async () => assert.fail('the cloud reached out') };

  const cloudOver = (its: Store): Cloud => ({
    mailbox: openMailbox({ store: its, now, everyMs: 20 }), now,
    satellite: async address => (await its.get(rows.satellite, keys.satellite(address, address.satellite)))?.body,
  });

  /** The web process: its own store, its own mailbox, nothing shared with whoever asks. */
  async function startWeb(): Promise<void> {
    const its = await openStore({ connectionString: azurite.connectionString });
    const cloud = cloudOver(its);
    const connectors = new Map([[postgresql.id, postgresql], ['counting', counting.by('cloud')]]);
    server = openServer({
      store: its, connectors, vault: openVault(keyRing), now, report, mailbox: cloud.mailbox, admins: ['ada'], budget: { spend: () => undefined },
      integrations, search: { find: async () => ({ refs: [] }) }, newId: () => `n${randomBytes(8).toString('hex')}`,
      open: async ({ integration, auth, settings, credential, satellite }, scope) => (satellite === undefined
        ? connectors.get(integration)!.open({ auth, settings, credential, outside: noway })
        : openThrough(cloud, { address: { ...scope, satellite }, connector: integration, auth, settings, credential: credential['name']! })),
      move: async () => {}, carryOn: async () => {}, startChain: async () => {}, syncNow: async () => {},
      identify: identityReader(entra.trust), configuration: { local: true }, tab: folder, serves: 'everything',
    });
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  }

  async function stopWeb(): Promise<void> {
    server.server.closeAllConnections();
    await new Promise<void>(resolve => server.close(() => resolve()));
  }

  const personOf = (tenant: string, id: string) => asker(url, () => entra.personToken({ tenant, id, name: id }));
  const newSatellite = (name: string): Promise<ApiAnswer<typeof api.createSatellite>> => admin(api.createSatellite, { params: { organization: 'main' }, body: { name } });

  async function agentOf(token: string, name = 'agent', to = url): Promise<Agent> {
    const file = path.join(folder, 'credentials.json');
    const allow = [`127.0.0.1:${postgres.port}`];
    const agent = startAgent({
      url: to, token, report, say: line => said.push(line), backoff: { firstMs: 20, mostMs: 100 },
      connectors: new Map([[postgresql.id, postgresql], ['counting', counting.by(name)]]),
      credentials: () => readCredentials(file),
      outside: onlyHosts(realOutside({ allow }), allow),
    });
    agents.push(agent);
    return agent;
  }

  const seen = (id: string) => eventually('the satellite connects', async () => (await store.get(rows.satellite, keys.satellite(scope, id)))?.body.lastSeen !== null);
  const shopSettings = () => ({ host: postgres.host, port: postgres.port, database: postgres.database, tls: 'off' });
  const throughTo = (satellite: string, passage: Partial<Passage> = {}) =>
    openThrough(cloudOver(store), { address: { ...scope, satellite }, connector: 'counting', auth: 'token', settings: { host: 'x' }, credential: 'counter', ...passage });

  const post = (to: string, token: string | undefined, body: unknown) =>
    fetch(`${url}${to}`, { method: 'POST', headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }, body: JSON.stringify(body), signal: AbortSignal.timeout(5000) });

  before(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'waymark-satellite-'));
    await fs.chmod(folder, 0o755);
    [azurite, entra, postgres] = await Promise.all([startAzurite(), startEntra(), startPostgres({ folder: path.join(folder, 'postgres'), persistent: false })]);
    await postgres.query('CREATE TABLE orders (id int PRIMARY KEY, closed boolean NOT NULL)');
    await postgres.query('INSERT INTO orders SELECT n, n <= 30 FROM generate_series(1, 40) n');
    await fs.writeFile(path.join(folder, 'credentials.json'), JSON.stringify({ shop: { user: postgres.user, password: postgres.password }, wrong: { user: postgres.user, password: canary }, counter: { token: canary } }), { mode: 0o600 });
    store = await openStore({ connectionString: azurite.connectionString });
    for (const tenant of Object.values(tenants)) {
      await store.transact([insert(rows.organization, keys.organization({ tenant, organization: 'main' }), newOrganization({
        tenant, id: 'main', name: 'Us', integrations: { postgresql: { enabledBy: 'ada', enabledAt: '2026-11-21T09:00:00.000Z' } },
      }))]);
    }
    await startWeb();
    url = `http://127.0.0.1:${port}`;
    admin = personOf(tenants.ours, 'ada');
  });
  after(async () => {
    if (server) await stopWeb();
    await Promise.all([azurite?.stop(), entra?.stop(), postgres?.stop()]);
    await fs.rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    ahead = 0;
    await Promise.all(agents.splice(0).map(agent => agent.stop()));
  });

  it('reads what reading directly reads, errors and all, and previews do not know the difference', async () => {
    const { id, token } = await newSatellite('Berlin');
    await agentOf(token);
    await seen(id);
    const statements = ['SELECT count(*) FROM orders', 'SELECT 30 AS value, 40 AS of', 'SELECT 1.5', 'SELECT * FROM nowhere', 'SELECT NULL', 'SELECT id FROM orders', 'DELETE FROM orders'];
    const measures = statements.map(sql => ({ metric: 'query', form: { sql } }));
    const direct = await postgresql.open({ auth: 'password', settings: shopSettings(), credential: { user: postgres.user, password: postgres.password }, outside: realOutside({ allow: ['127.0.0.1'] }) });
    const through = throughTo(id, { connector: 'postgresql', auth: 'password', settings: shopSettings(), credential: 'shop' });
    const plain = (answers: Awaited<ReturnType<typeof through.read>>) => answers.map(a => (a instanceof SourceError ? { message: a.message, remedy: a.remedy } : a));
    const [here, there] = [plain(await direct.read(measures)), plain(await through.read(measures))];
    await direct.close();
    assert.equal((there[0] as { value: number }).value, 40);
    assert.deepEqual(there, here);
    await through.test();

    const where = { params: { organization: 'main' } };
    const connection = await admin(api.createConnection, { ...where, body: { integration: 'postgresql', name: 'Shop', shared: true, auth: 'password', settings: shopSettings(), credential: { name: 'shop' }, satellite: id } });
    assert.equal(connection.satellite, id);
    const preview = await admin(api.preview, { params: { organization: 'main', connection: connection.id }, body: { measure: measures[0]!, outcome } });
    assert.equal(preview.value, 40);
    const row = (await store.get(rows.connection, keys.connection(scope, connection.id)))!.body;
    assert.deepEqual(JSON.parse(await openVault(keyRing).open(row.credential, `${tenants.ours}|main|${connection.id}`)), { name: 'shop' });
    const synced = await openSource({
      connectors: new Map([[postgresql.id, postgresql]]), outside: noway, vault: openVault(keyRing),
      openThrough: (scope, { satellite, integration, auth, settings }, credential) => openThrough(cloudOver(store), { address: { ...scope, satellite: satellite! }, connector: integration, auth, settings, credential }),
    }, scope, row);
    assert.deepEqual(plain(await synced.read(measures)), here, 'a sync reads the same');
    await assert.rejects(admin(api.deleteSatellite, { params: { organization: 'main', satellite: id } }), /lead through it: Shop/);
    await admin(api.deleteConnection, { params: { organization: 'main', connection: connection.id } });
  });

  it('answers pickers, and a credential it has not, refuses, or may not use, each in its own sentence', async () => {
    const { id, token } = await newSatellite('Pickers');
    await agentOf(token);
    await seen(id);
    assert.deepEqual(await throughTo(id).lookup('things', { search: 'x', form: {} }), { options: [{ value: 'x', title: 'Found x' }], next: 'more' });
    await assert.rejects(throughTo(id, { credential: 'nobody' }).test(), (e: SourceError) => e.remedy.kind === 'reconnect' && /no credential called “nobody”/.test(e.message));
    await assert.rejects(throughTo(id, { credential: 'constructor' }).test(), /no credential called/);
    const shop = { connector: 'postgresql', auth: 'password', settings: shopSettings() };
    await assert.rejects(throughTo(id, { ...shop, credential: 'wrong' }).test(), (e: SourceError) => e.remedy.kind === 'reconnect' && /does not accept this user and password/.test(e.message));
    await assert.rejects(
      throughTo(id, { ...shop, credential: 'shop', settings: { ...shopSettings(), host: 'localhost' } }).test(),
      (e: SourceError) => e.remedy.kind === 'reconfigure' && /may not reach “localhost”.*WAYMARK_SATELLITE_ALLOW/.test(e.message),
    );
    await fs.chmod(path.join(folder, 'credentials.json'), 0o644);
    await assert.rejects(throughTo(id).test(), (e: SourceError) => e.remedy.kind === 'reconnect' && /may be read by others/.test(e.message));
    await fs.chmod(path.join(folder, 'credentials.json'), 0o600);
    await throughTo(id).test();
  });

  it('never lets a credential up the cable, even when a connector puts it into an answer or an error', async () => {
    const { id, token } = await newSatellite('Tight');
    const line = await cable(() => port);
    const agent = await agentOf(token, 'agent', line.url);
    await seen(id);
    assert.equal((await throughTo(id).read(counts('fine')))[0] instanceof SourceError, false);
    for (const which of ['secret in error', 'secret in text']) {
      await assert.rejects(throughTo(id).read(counts(which)), (e: SourceError) => e.remedy.kind === 'report' && /withheld/.test(e.message), which);
    }
    await assert.rejects(throughTo(id).read(counts('bug')), (e: SourceError) => e.remedy.kind === 'report' && /bug-1/.test(e.message));
    assert.deepEqual(bugs.splice(0), [`undefined is not ${canary}`], 'the bug stays in the satellite’s own log');
    await assert.rejects(throughTo(id, { connector: 'postgresql', auth: 'password', settings: shopSettings(), credential: 'wrong' }).test(), /does not accept/);
    await throughTo(id, { connector: 'postgresql', auth: 'password', settings: shopSettings(), credential: 'shop' }).test();
    await agent.stop();
    await line.stop();
    const sent = line.sent().toString('latin1');
    assert.match(sent, /"value":7/, 'the cable was listened to');
    for (const hidden of [canary, JSON.stringify(canary).slice(1, -1), 'canary-Z7qL', postgres.password]) assert.equal(sent.includes(hidden), false);
  });

  it('makes no number of what is none', async () => {
    const { id, token } = await newSatellite('Numbers');
    await agentOf(token);
    await seen(id);
    const [none, fine] = await throughTo(id).read(counts('not a number', 'fine'));
    assert.ok(none instanceof SourceError && none.remedy.kind === 'report');
    assert.deepEqual(fine, { value: 7, of: 9, raw: '7', asOf: '2026-11-21T09:00:00.000Z' });
  });

  it('opens no port', async () => {
    const [before, { id, token }] = [openPorts(), await newSatellite('Closed')];
    await agentOf(token);
    await seen(id);
    await throughTo(id).test();
    assert.equal(openPorts(), before);
    assert.ok(before > 0, 'servers are counted at all');
  });

  it('that is away is named in a sentence that promises another try', async () => {
    const { id, name, token } = await newSatellite('Away');
    const away = (pattern: RegExp) => (e: SourceError) => e.remedy.kind === 'retry' && e.message.includes(`“${name}”`) && pattern.test(e.message);
    await assert.rejects(throughTo(id).read(counts('a')), away(/never connected/));
    const agent = await agentOf(token);
    await seen(id);
    await throughTo(id).test();
    await agent.stop();

    const asked = assert.rejects(throughTo(id).read(counts('a')), away(/did not take the question/));
    await eventually('the errand waits', async () => (await store.page(rows.mail, keys.mails(scope, id))).rows.length === 1);
    ahead = 46_000;
    await asked;
    ahead = 100_000;
    await assert.rejects(throughTo(id).read(counts('a')), away(/is not connected/));
    const [view] = (await admin(api.satellites, { params: { organization: 'main' } })).rows.filter(row => row.id === id);
    assert.equal(view!.connected, false);
    assert.equal((await store.page(rows.mail, keys.mails(scope, id))).rows.length, 0, 'nothing is left lying');

    await admin(api.deleteSatellite, { params: { organization: 'main', satellite: id } });
    await assert.rejects(throughTo(id).test(), (e: SourceError) => e.remedy.kind === 'reconfigure' && /was deleted/.test(e.message));
  });

  it('that does not answer in time is not waited for any longer', async () => {
    const { id, token } = await newSatellite('Slow');
    await agentOf(token);
    await seen(id);
    const release = counting.close();
    const asked = assert.rejects(throughTo(id).read(counts('slow')), (e: SourceError) => e.remedy.kind === 'retry' && /“Slow” did not answer in time/.test(e.message));
    await eventually('the source is asked', () => counting.reads.some(read => read.measure === 'slow'));
    ahead = 46_000;
    await asked;
    release();
  });

  it('is let in by its own token alone, and nobody learns why another is refused', async () => {
    const mine = await newSatellite('Mine');
    const other = await newSatellite('Other');
    const theirs = await personOf(tenants.theirs, 'ada')(api.createSatellite, { params: { organization: 'main' }, body: { name: 'Theirs' } });
    const deleted = await newSatellite('Deleted');
    await admin(api.deleteSatellite, { params: { organization: 'main', satellite: deleted.id } });
    const address = [tenants.ours, 'main', mine.id];
    const forged = [
      undefined, '', 'x', deleted.token, await entra.personToken({ tenant: tenants.ours, id: 'ada', name: 'ada' }),
      tokenOf(address, 'A'.repeat(43)), tokenOf(address, secretOf(other.token)), tokenOf(address, secretOf(theirs.token)), tokenOf([tenants.theirs, 'main', mine.id], secretOf(mine.token)),
      tokenOf([tenants.ours, 'main', theirs.id], secretOf(theirs.token)), tokenOf([tenants.ours, 'other', mine.id], secretOf(mine.token)), tokenOf([tenants.ours, 'main', 'n0'], secretOf(mine.token)),
      tokenOf([tenants.ours, 'main', `${mine.id}' or '1' eq '1`], secretOf(mine.token)), `${mine.token}A`, mine.token.slice(0, -1), mine.token.replace('wms1', 'wms2'),
    ];
    const answers = new Set<string>();
    for (const token of forged) {
      for (const [to, body] of [[paths.work, { version: 1, connectors: ['counting'] }], [paths.answers, { work: 'x', answer: { did: 'test' } }]] as const) {
        const response = await post(to, token, body);
        assert.equal(response.status, 401, `${token} at ${to}`);
        answers.add(await response.text());
      }
    }
    assert.equal(answers.size, 1);
    assert.equal((await post(paths.answers, mine.token, { work: 'x', answer: { did: 'test' } })).status, 200, 'the genuine one is let in');
    for (const id of [mine.id, other.id]) await assert.rejects(personOf(tenants.theirs, 'ada')(api.deleteSatellite, { params: { organization: 'main', satellite: id } }), /no such satellite/);
    assert.deepEqual((await personOf(tenants.theirs, 'ada')(api.satellites, { params: { organization: 'main' } })).rows.map(row => row.name), ['Theirs']);
  });

  it('of another tenant neither gets our errands nor can answer them', async () => {
    const { id, token } = await newSatellite('Ours');
    const theirs = await personOf(tenants.theirs, 'ada')(api.createSatellite, { params: { organization: 'main' }, body: { name: 'Strangers' } });
    await agentOf(theirs.token, 'stranger');
    await agentOf(token, 'own');
    await seen(id);
    const release = counting.close();
    const asked = throughTo(id).read(counts('whose'));
    await eventually('our agent asks the source', () => counting.reads.some(read => read.measure === 'whose'));
    const [errand] = (await store.page(rows.mail, keys.mails(scope, id))).rows;
    const forged = await post(paths.answers, theirs.token, { work: errand!.body.id, answer: { did: 'read', readings: [{ value: 666, raw: '666' }] } });
    assert.deepEqual(await forged.json(), { counted: false });
    release();
    assert.equal((await asked as { value: number }[])[0]!.value, 7);
    assert.deepEqual(counting.reads.filter(read => read.measure === 'whose').map(read => read.by), ['own']);
  });

  it('of several agents shares the work, each measure read once', async () => {
    const { id, token } = await newSatellite('Many');
    await Promise.all([agentOf(token, 'one'), agentOf(token, 'two')]);
    await seen(id);
    const names = Array.from({ length: 180 }, (_, n) => `shared ${n}`);
    const release = counting.close();
    const asked = throughTo(id).read(counts(...names));
    const isShared = (by: string) => counting.reads.some(read => read.by === by && read.measure.startsWith('shared'));
    await eventually('both are at work', () => isShared('one') && isShared('two'));
    release();
    const answers = await asked;
    assert.equal(answers.length, names.length);
    assert.ok(answers.every(answer => !(answer instanceof SourceError) && answer.value === 7));
    assert.deepEqual(counting.reads.map(read => read.measure).filter(measure => measure.startsWith('shared')).toSorted(), names.toSorted());
  });

  it('outlives a restart of the cloud in the middle of an errand: carried out once, answered when the cloud is back', async () => {
    const { id, token } = await newSatellite('Tough');
    await agentOf(token);
    await seen(id);
    said.length = 0;
    const release = counting.close();
    const asked = throughTo(id).read(counts('through a restart'));
    await eventually('the source is asked', () => counting.reads.some(read => read.measure === 'through a restart'));
    await stopWeb();
    release();
    await eventually('the agent notices', () => said.some(line => /cannot be asked for work: the connection failed \(\w+\)/.test(line)));
    await new Promise(resolve => setTimeout(resolve, 200));
    await startWeb();
    assert.equal((await asked as { value: number }[])[0]!.value, 7);
    assert.equal(counting.reads.filter(read => read.measure === 'through a restart').length, 1);
    await throughTo(id).test();
    assert.equal(said.length, 2, 'a long absence is said once, and its end');
    assert.equal(said[1], 'Waymark answers again.');
  });

  it('that is stopped finishes what it holds and takes nothing more', async () => {
    const { id, token } = await newSatellite('Leaving');
    const agent = await agentOf(token);
    await seen(id);
    const release = counting.close();
    const asked = throughTo(id).read(counts('last'));
    await eventually('the source is asked', () => counting.reads.some(read => read.measure === 'last'));
    let isStopped = false;
    const stopped = agent.stop().finally(() => { isStopped = true; });
    const later = throughTo(id).read(counts('too late'));
    await new Promise(resolve => setTimeout(resolve, 300));
    assert.equal(isStopped, false);
    release();
    assert.equal((await asked as { value: number }[])[0]!.value, 7);
    await stopped;
    assert.equal(counting.reads.some(read => read.measure === 'too late'), false);
    await agentOf(token);
    assert.equal((await later as { value: number }[])[0]!.value, 7);
  });

  it('run as a program of its own (ROLE=satellite) answers what it holds before SIGTERM ends it', async () => {
    const { id, token } = await newSatellite('Program');
    const program = spawn(process.execPath, [path.join(import.meta.dirname, '..', 'main.ts')], {
      cwd: folder, stdio: ['ignore', 'pipe', 'pipe'],
      env: { ROLE: 'satellite', WAYMARK_URL: url, WAYMARK_SATELLITE_TOKEN: token, WAYMARK_SATELLITE_CREDENTIALS: path.join(folder, 'credentials.json'), WAYMARK_SATELLITE_ALLOW: `127.0.0.1:${postgres.port}` },
    });
    const printed: string[] = [];
    for (const stream of [program.stdout, program.stderr]) stream.on('data', (text: Buffer) => printed.push(text.toString()));
    const ended = once(program, 'exit');
    try {
      await Promise.race([seen(id), ended.then(() => assert.fail(printed.join('')))]);
      const asked = throughTo(id, { connector: 'postgresql', auth: 'password', settings: shopSettings(), credential: 'shop' })
        .read([{ metric: 'query', form: { sql: 'SELECT 42 FROM pg_sleep(1)' } }]);
      await eventually('it is at work', async () => (await store.page(rows.mail, keys.mails(scope, id))).rows.some(mail => mail.body.taken));
      program.kill('SIGTERM');
      assert.equal((await asked as { value: number }[])[0]!.value, 42);
      assert.deepEqual(await ended, [0, null]);
    } finally {
      program.kill('SIGKILL');
    }
    assert.match(printed.join(''), /asks http:.* for work and may reach 127\.0\.0\.1/);
    for (const hidden of [secretOf(token), postgres.password]) assert.equal(printed.join('').includes(hidden), false);
  });

  it('is the admins’ to make, to delete and to lead connections through', async () => {
    const { id } = await newSatellite('Guarded');
    const member = personOf(tenants.ours, 'ben');
    const where = { params: { organization: 'main' } };
    await assert.rejects(member(api.createSatellite, { ...where, body: { name: 'x' } }), /Only an admin/);
    await assert.rejects(member(api.satellites, where), /Only an admin/);
    await assert.rejects(member(api.deleteSatellite, { params: { organization: 'main', satellite: id } }), /Only an admin/);
    const body = { integration: 'postgresql', name: 'Shop', shared: false, auth: 'password', settings: shopSettings(), satellite: id };
    await assert.rejects(member(api.createConnection, { ...where, body: { ...body, credential: { name: 'shop' } } }), /Only an admin/);
    await assert.rejects(admin(api.createConnection, { ...where, body: { ...body, credential: { name: 'shop', password: 'oops' } } }), /credential\.name: Enter the credential’s name/);
    await assert.rejects(admin(api.createConnection, { ...where, body: { ...body, credential: { name: 'shop' }, satellite: 'n0' } }), /no such satellite/);
    await assert.rejects(admin(api.createSatellite, { ...where, body: { name: ' ' } }), /Name the satellite/);
    const { tokenHash } = (await store.get(rows.satellite, keys.satellite(scope, id)))!.body;
    assert.match(tokenHash, /^[0-9a-f]{64}$/);
    assert.equal(JSON.stringify(await admin(api.satellites, where)).includes(tokenHash), false);
  });
});
