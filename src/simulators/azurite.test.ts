// Azurite as a child: it answers, keeps what it was given, and never outlives whoever started it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../store/azure.ts';
import { put } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { startAzurite } from './azurite.ts';

const scope = { tenant: 't', organization: 'o' };
const zoe = { id: 'zoe', name: 'Zoë', role: 'member' as const };

async function isListening(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false);
}

describe('startAzurite', () => {
  it('keeps everything over a stop and a start on the same folder and ports', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'azurite-'));
    const first = await startAzurite({ folder });
    const store = await openStore({ connectionString: first.connectionString });
    await store.transact([put(rows.person, keys.person(scope, 'zoe'), zoe)]);
    await first.stop();
    assert.equal(await isListening(first.ports.table), false);

    const second = await startAzurite({ folder, ports: first.ports });
    assert.deepEqual(second.ports, first.ports);
    assert.deepEqual((await store.get(rows.person, keys.person(scope, 'zoe')))?.body, zoe);
    await second.stop();
    await rm(folder, { recursive: true });
  });

  it('ends with its parent, even when that is killed outright', async () => {
    const script = `import { startAzurite } from ${JSON.stringify(import.meta.resolve('./azurite.ts'))};
      console.log((await startAzurite()).ports.table);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line') as [string];
    assert.equal(await isListening(Number(line)), true);
    parent.kill('SIGKILL');
    const until = Date.now() + 5000;
    while (await isListening(Number(line))) {
      assert.ok(Date.now() < until, 'Azurite has outlived its parent by 5 seconds.');
      await pause(20);
    }
  });

  it('says why when it cannot start', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    await assert.rejects(startAzurite({ ports: { table: port, queue: 0 } }), /Azurite did not start \(exit code 1\)\..*EADDRINUSE/);
    taken.close();
  });

  it('may be stopped twice', async () => {
    const azurite = await startAzurite();
    await Promise.all([azurite.stop(), azurite.stop()]);
    await azurite.stop();
  });
});
