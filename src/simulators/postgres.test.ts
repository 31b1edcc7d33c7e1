// The demo's PostgreSQL: it reads and owns as promised, keeps its data, and never outlives whoever started it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startPostgres, type Postgres } from './postgres.ts';

describe('the PostgreSQL of demo and tests', () => {
  let folder: string;
  let server: Postgres | undefined;

  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'waymark-pg-'));
    await fs.chmod(folder, 0o755);
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await fs.rm(folder, { recursive: true, force: true });
  });

  async function start(persistent = true): Promise<Postgres> {
    return (server = await startPostgres({ folder: path.join(folder, 'postgres'), persistent }));
  }

  it('lets the reader read what the owner makes, now and later, and write nothing', async () => {
    const { host, port, user, password, database, query } = await start();
    await query('CREATE TABLE sales (amount numeric)');
    await query('INSERT INTO sales VALUES (1), (2)');
    const reader = new Client({ host, port, user, password, database });
    await reader.connect();
    assert.deepEqual((await reader.query('SELECT sum(amount) FROM sales')).rows, [{ sum: '3' }]);
    for (const write of ['INSERT INTO sales VALUES (3)', 'DELETE FROM sales', 'DROP TABLE sales', 'CREATE TABLE mine (a int)']) {
      await assert.rejects(reader.query(write), { code: '42501' }, write);
    }
    await reader.end();
  });

  it('keeps data and passwords over a restart', async () => {
    const first = await start();
    await first.query('CREATE TABLE kept AS SELECT 7 AS n');
    await first.stop();
    const second = await start();
    assert.deepEqual(await second.query('SELECT n FROM kept'), [{ n: 7 }]);
    assert.equal(second.password, first.password);
  });

  it('takes its files away when they were not to stay', async () => {
    await (await start(false)).stop();
    await assert.rejects(fs.stat(path.join(folder, 'postgres')), { code: 'ENOENT' });
  });

  it('starts in spite of a lock file that a lost machine left, though the process number lives again', async () => {
    await (await start()).stop();
    await fs.writeFile(path.join(folder, 'postgres', 'data', 'postmaster.pid'), `${process.pid}\n/somewhere\n1\n1\n\n127.0.0.1\n`);
    assert.deepEqual(await (await start()).query('SELECT 1 AS one'), [{ one: 1 }]);
  });

  it('finds a place that it can enter when its folder lies where only root may look', async () => {
    await fs.chmod(folder, 0o700);
    const first = await start();
    await first.query('CREATE TABLE kept AS SELECT 9 AS n');
    await first.stop();
    assert.deepEqual(await (await start(false)).query('SELECT n FROM kept'), [{ n: 9 }]);
  });

  it('begins anew when making its files was interrupted', async () => {
    await fs.mkdir(path.join(folder, 'postgres', 'data.new', 'half'), { recursive: true });
    assert.deepEqual(await (await start()).query('SELECT 1 AS one'), [{ one: 1 }]);
  });

  it('ends when its parent is killed with SIGKILL, and starts again on the same files', async () => {
    const module = new URL('./postgres.ts', import.meta.url).href;
    const script = `import { startPostgres } from ${JSON.stringify(module)};
      const { port, query } = await startPostgres({ folder: ${JSON.stringify(path.join(folder, 'postgres'))}, persistent: true });
      await query('CREATE TABLE kept AS SELECT 8 AS n');
      process.send(port);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [port] = (await once(parent, 'message')) as [number];
    assert.ok(await answers(port));
    parent.kill('SIGKILL');
    const deadline = Date.now() + 5000;
    while (await answers(port)) assert.ok(Date.now() < deadline, 'the server is still there five seconds after its parent');
    assert.deepEqual(await (await start()).query('SELECT n FROM kept'), [{ n: 8 }]);
  });
});

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}
