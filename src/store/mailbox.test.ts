// The mailbox over a real table service: one errand, one taker, one answer, whoever asks and whoever hands out.
import assert from 'node:assert/strict';
import { type Azurite, startAzurite } from '../simulators/azurite.ts';
import type { Mailbox } from '../satellite/mailbox.ts';
import { openStore } from './azure.ts';
import { openMailbox } from './mailbox.ts';
import type { Store } from './store.ts';
import { keys, rows } from './tables.ts';

const soon = () => AbortSignal.timeout(300);

describe('the mailbox', () => {
  let azurite: Azurite;
  let store: Store;
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  const inSeconds = (seconds: number) => new Date(now().getTime() + seconds * 1000).toISOString();
  /** As another process has it: nothing is shared but the store. */
  const mailbox = (): Mailbox => openMailbox({ store, now, everyMs: 20 });
  let count = 0;
  const newSatellite = () => ({ tenant: 't', organization: 'o', satellite: `s${count++}` });

  before(async () => {
    azurite = await startAzurite();
    store = await openStore({ connectionString: azurite.connectionString });
  });
  after(() => azurite?.stop());
  beforeEach(() => { ahead = 0; });

  it('hands each errand to one taker alone, the oldest first', async () => {
    const to = newSatellite();
    const put: string[] = [];
    for (let n = 0; n < 12; n++) put.push(await mailbox().put(to, { connector: 'sql', body: { n }, deadline: inSeconds(30) }));
    const takers = await Promise.all(Array.from({ length: 5 }, async () => {
      const mine: string[] = [];
      for (let work = await mailbox().take(to, ['sql'], soon()); work; work = await mailbox().take(to, ['sql'], soon())) mine.push(work.id);
      return mine;
    }));
    assert.deepEqual(takers.flat().toSorted(), put.toSorted());
    for (const mine of takers) assert.deepEqual(mine, put.filter(id => mine.includes(id)));
  });

  it('hands out only what the taker’s connectors can do, and only to its satellite', async () => {
    const to = newSatellite();
    await mailbox().put(to, { connector: 'sql', body: {}, deadline: inSeconds(30) });
    assert.equal(await mailbox().take(to, ['jira'], soon()), undefined);
    assert.equal(await mailbox().take({ ...to, tenant: 'other' }, ['sql'], soon()), undefined);
    assert.equal(await mailbox().take({ ...to, organization: 'other' }, ['sql'], soon()), undefined);
    assert.equal(await mailbox().take({ ...to, satellite: 'other' }, ['sql'], soon()), undefined);
    assert.ok(await mailbox().take(to, ['jira', 'sql'], soon()));
  });

  it('wakes a taker that waits, and carries the first answer to whoever asked', async () => {
    const to = newSatellite();
    const waiting = mailbox().take(to, ['sql'], AbortSignal.timeout(5000));
    const id = await mailbox().put(to, { connector: 'sql', body: { ask: 'me' }, deadline: inSeconds(30) });
    const collecting = mailbox().collect(to, id);
    assert.equal(await mailbox().answer(to, id, { value: 1 }), false, 'nobody has taken it yet');
    assert.deepEqual((await waiting)?.body, { ask: 'me' });
    const counted = await Promise.all([2, 3, 4].map(value => mailbox().answer(to, id, { value })));
    assert.equal(counted.filter(Boolean).length, 1);
    assert.deepEqual(await collecting, { answer: { value: [2, 3, 4][counted.indexOf(true)] } });
    assert.equal(await store.get(rows.mail, keys.mail(to, to.satellite, id)), undefined, 'cleared away');
    assert.equal(await mailbox().answer(to, id, { value: 5 }), false);
  });

  it('keeps the first answer until it is collected, whatever comes after it', async () => {
    const to = newSatellite();
    const id = await mailbox().put(to, { connector: 'sql', body: {}, deadline: inSeconds(30) });
    await mailbox().take(to, ['sql'], soon());
    assert.equal(await mailbox().answer(to, id, { value: 1 }), true);
    assert.equal(await mailbox().answer(to, id, { value: 2 }), false);
    assert.deepEqual(await mailbox().collect(to, id), { answer: { value: 1 } });
  });

  it('says at the deadline whether somebody had taken the errand, and takes no answer after it', async () => {
    const to = newSatellite();
    const [left, held] = [await mailbox().put(to, { connector: 'a', body: {}, deadline: inSeconds(30) }), await mailbox().put(to, { connector: 'b', body: {}, deadline: inSeconds(30) })];
    await mailbox().take(to, ['b'], soon());
    ahead = 31_000;
    assert.equal(await mailbox().answer(to, held, { value: 1 }), false);
    assert.equal(await mailbox().take(to, ['a'], soon()), undefined, 'nobody waits for it any more');
    assert.deepEqual(await mailbox().collect(to, left), { taken: false });
    assert.deepEqual(await mailbox().collect(to, held), { taken: true });
  });

  it('clears away what nobody collects', async () => {
    const to = newSatellite();
    const id = await mailbox().put(to, { connector: 'sql', body: {}, deadline: inSeconds(30) });
    ahead = 100_000;
    assert.equal(await mailbox().take(to, ['sql'], soon()), undefined);
    assert.equal(await store.get(rows.mail, keys.mail(to, to.satellite, id)), undefined);
  });

  it('lays out again what was taken in the moment its taker went away', async () => {
    const to = newSatellite();
    const gone = new AbortController();
    const leaving: Store = { ...store, transact: async steps => { await store.transact(steps); gone.abort(); } };
    const id = await mailbox().put(to, { connector: 'sql', body: {}, deadline: inSeconds(30) });
    assert.equal(await openMailbox({ store: leaving, now, everyMs: 20 }).take(to, ['sql'], gone.signal), undefined);
    assert.equal((await mailbox().take(to, ['sql'], soon()))?.id, id);
  });
});
