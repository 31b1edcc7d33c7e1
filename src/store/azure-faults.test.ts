// The store on a bad day: throttled, cut off, answered too late; nothing is lost and nothing happens twice.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Person } from '../domain/organization.ts';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import { faults, faulty, type Fault } from '../simulators/table-faults.ts';
import { openStore } from './azure.ts';
import { Conflict, insert, put, remove, replace, type Store } from './store.ts';
import { keys, rows, tables } from './tables.ts';

const scope = { tenant: 't', organization: 'o' };
const person = (id: string, name = id): Person => ({ id, name, role: 'member' });
const personKeys = (id: string) => keys.person(scope, id);
const patient = { most: 40, firstWaitMs: 1, mostWaitMs: 4 };

async function countOf(store: Store, prefix: string): Promise<number> {
  const ids = new Set<string>();
  for await (const { body } of store.all(rows.person, keys.organizationRows(scope), prefix)) ids.add(body.id);
  return ids.size;
}

describe('the store under faults', () => {
  let azurite: Azurite;
  let count = 0;
  let prefix: string;
  let sound: Store;

  before(async () => { azurite = await startAzurite(); });
  after(() => azurite.stop());
  beforeEach(async () => {
    prefix = `f${++count}`;
    sound = await openStore({ connectionString: azurite.connectionString, prefix });
  });
  const open = (fault: Parameters<typeof faulty>[0]) =>
    openStore({ connectionString: azurite.connectionString, prefix, httpClient: faulty(fault), retries: patient });

  for (const k of [2, 3, 5, 8, 13, 20]) {
    it(`loses and doubles none of 150 writes of 6 writers when every ${k}${k === 2 ? 'nd' : k === 3 ? 'rd' : 'th'} request meets a fault`, async () => {
      const met = new Map<Fault, number>();
      const store = await open((_, n) => {
        if (n % k !== 0) return undefined;
        const fault = faults[(n / k) % faults.length]!;
        met.set(fault, (met.get(fault) ?? 0) + 1);
        return fault;
      });
      await sound.transact([insert(rows.person, personKeys('count'), person('count', '0'))]);

      /** Counts once for `id`: the mark it leaves says that it has, whatever became of the answer. */
      const countOnce = async (id: string): Promise<void> => {
        const { body, etag } = (await store.get(rows.person, personKeys('count')))!;
        try {
          await store.transact([replace(rows.person, personKeys('count'), { ...body, name: String(Number(body.name) + 1) }, etag),
            insert(rows.person, personKeys(id), person(id))]);
        } catch (error) {
          if (!(error instanceof Conflict)) throw error;
          if (await store.get(rows.person, personKeys(id)) === undefined) await countOnce(id);
        }
      };
      await Promise.all(Array.from({ length: 6 }, async (_, writer) => { for (let i = 0; i < 25; i++) await countOnce(`mark-${writer}-${i}`); }));

      assert.equal((await sound.get(rows.person, personKeys('count')))?.body.name, '150');
      assert.equal(await countOf(sound, 'mark-'), 150);
      if (k <= 8) assert.equal(met.size, faults.length, 'Not every fault was met.');
    });
  }

  it('writes every group of many, and reads every page of many, when every third request meets a fault', async () => {
    const store = await open((_, n) => (n % 3 === 0 ? faults[(n / 3) % 4] : undefined));
    const groups = Array.from({ length: 600 }, (_, i) => ['a', 'b'].map(x => insert(rows.person, personKeys(`${x}${i}`), person(`${x}${i}`))));
    assert.deepEqual(await store.transactAll(groups), groups.map(() => 'written'));
    assert.equal(await countOf(store, ''), 1200);
  });

  it('reports a conflict when its own write was carried out but the answer was lost, and a harmless repetition as written', async () => {
    let lose = false;
    const store = await open(() => { const fault = lose ? 'answer lost' : undefined; lose = false; return fault; });
    lose = true;
    await assert.rejects(store.transact([insert(rows.person, personKeys('a'), person('a')), put(rows.person, personKeys('b'), person('b'))]), Conflict);
    assert.ok(await sound.get(rows.person, personKeys('b')), 'It was carried out.');
    lose = true;
    await store.transact([remove(rows.person, personKeys('a')), put(rows.person, personKeys('b'), person('b', 'again'))]);
    assert.equal((await sound.get(rows.person, personKeys('b')))?.body.name, 'again');
  });

  it('gives up after its retries with the service\'s own answer, and stops beginning anything new', async () => {
    let requests = 0;
    let down = false;
    const store = await open(() => { requests++; return down ? 503 : undefined; });
    down = true;
    requests = 0;
    const groups = Array.from({ length: 2000 }, (_, i) => [put(rows.person, personKeys(`p${i}`), person('p'))]);
    await assert.rejects(store.transactAll(groups), { statusCode: 503 });
    assert.ok(requests <= 8 * (patient.most + 1), `${requests} requests`);
    const afterwards = requests;
    await new Promise(resolve => { setTimeout(resolve, 50); });
    assert.equal(requests, afterwards, 'Something was still under way.');
  });

  it('ends a try that is never answered and tries again', async () => {
    const sockets: Socket[] = [];
    const silent = createServer(socket => { sockets.push(socket); socket.on('data', () => {}).on('error', () => {}); }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const connectionString = azurite.connectionString.replace(`:${azurite.ports.table}/`, `:${port}/`);
    const opening = openStore({ connectionString, tryMs: 80, retries: { most: 1, firstWaitMs: 1, mostWaitMs: 1 } });
    await assert.rejects(opening, /The table service did not answer within 80 ms/);
    assert.equal(sockets.length, 2 * tables.length);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('speaks plain HTTP to this machine alone', async () => {
    const elsewhere = azurite.connectionString.replaceAll('127.0.0.1', 'tables.example');
    await assert.rejects(openStore({ connectionString: elsewhere, retries: { most: 0, firstWaitMs: 1, mostWaitMs: 1 } }), /allowInsecureConnection is false/);
  });
});
