// The queue against real Azurite: what waits, what comes again, and what makes no sense.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import { openQueue, type Poison, type Queue, type Taken } from './queue.ts';

const Work = z.object({ connection: z.string(), slot: z.number() });
type Work = z.infer<typeof Work>;
const week = 7 * 24 * 60 * 60;

describe('the queue', () => {
  let azurite: Azurite;
  let count = 0;
  let name: string;
  let queue: Queue<Work>;
  let reported: Poison[];

  before(async () => { azurite = await startAzurite(); });
  after(() => azurite.stop());
  beforeEach(async () => {
    name = `work-${++count}`;
    reported = [];
    queue = await open(Work);
  });

  function open<T>(schema: z.ZodType<T>): Promise<Queue<T>> {
    return openQueue({ connectionString: azurite.connectionString, name, schema, report: poison => reported.push(poison) });
  }

  async function takeOne(forSeconds = 30): Promise<Taken<Work>> {
    const taken = await queue.take(1, forSeconds);
    assert.equal(taken.length, 1);
    return taken[0]!;
  }

  it('gives back what was put, whatever is in the text', async () => {
    const texts = ['plain', 'Zoë 😀 日本', '\u0001\u0000\n\r\u2028', '<QueueMessage>&amp;</QueueMessage>', '', '{"a":1}', '\ud83d'];
    for (const [slot, connection] of texts.entries()) await queue.put({ connection, slot });
    const taken = await queue.take(32, 30);
    assert.deepEqual(taken.map(t => t.message).toSorted((a, b) => a.slot - b.slot), texts.map((connection, slot) => ({ connection, slot })));
    assert.deepEqual(reported, []);
  });

  it('shows a taken message to nobody else until its time is over, then again with the next attempt', async () => {
    await queue.put({ connection: 'a', slot: 1 });
    assert.equal((await takeOne(1)).attempt, 1);
    assert.deepEqual(await queue.take(1, 1), []);
    await pause(1100);
    assert.equal((await takeOne()).attempt, 2);
  });

  it('keeps a message back until its time', async () => {
    await queue.put({ connection: 'a', slot: 1 }, 1);
    assert.deepEqual(await queue.take(1, 1), []);
    assert.equal(await queue.depth(), 1);
    await pause(1100);
    await takeOne();
  });

  it('forgets a message that is done', async () => {
    await queue.put({ connection: 'a', slot: 1 });
    const taken = await takeOne();
    await taken.done();
    assert.equal(await queue.depth(), 0);
    await taken.done(); // gone is what was wanted
  });

  it('puts a message back changed, once, and counts its attempts on', async () => {
    await queue.put({ connection: 'a', slot: 1 });
    await (await takeOne()).later(0, { connection: 'a', slot: 2 });
    assert.equal(await queue.depth(), 1);
    const again = await takeOne();
    assert.deepEqual([again.message, again.attempt], [{ connection: 'a', slot: 2 }, 2]);
  });

  it('puts a message back as it is and later', async () => {
    await queue.put({ connection: 'a', slot: 1 });
    await (await takeOne()).later(1);
    assert.deepEqual(await queue.take(1, 1), []);
    await pause(1100);
    assert.deepEqual((await takeOne()).message, { connection: 'a', slot: 1 });
  });

  it('says that a message was overtaken, and leaves it to whoever has it now', async () => {
    await queue.put({ connection: 'a', slot: 1 });
    const slow = await takeOne(1);
    await pause(1100);
    const quick = await takeOne();
    await assert.rejects(slow.done(), { name: 'Overtaken' });
    await assert.rejects(slow.later(0, { connection: 'wrong', slot: 0 }), { name: 'Overtaken' });
    await quick.later(0);
    assert.deepEqual((await takeOne()).message, { connection: 'a', slot: 1 });
  });

  it('says that a message is gone when it is to be put back', async () => {
    await queue.put({ connection: 'a', slot: 1 });
    const taken = await takeOne();
    await taken.done();
    await assert.rejects(taken.later(0), { name: 'Overtaken' });
    assert.equal(await queue.depth(), 0);
  });

  it('keeps a message back for a whole week, and refuses more with a sentence', async () => {
    await queue.put({ connection: 'a', slot: 1 }, week);
    await queue.put({ connection: 'b', slot: 1 });
    const taken = await takeOne();
    await taken.later(week);
    assert.equal(await queue.depth(), 2);
    for (const seconds of [week + 1, -1, NaN]) {
      await assert.rejects(queue.put({ connection: 'a', slot: 1 }, seconds), /waits 0 to 604800 seconds \(7 days\)/);
      await assert.rejects(taken.later(seconds), RangeError);
    }
    assert.equal(await queue.depth(), 2);
  });

  it('asks the service never to drop a message, which it else does after 7 days', async () => {
    const asked: string[] = [];
    const between = createServer((req, res) => {
      asked.push(`${req.method} ${req.url}`);
      req.pipe(request({ port: azurite.ports.queue, method: req.method, path: req.url, headers: req.headers }, answer => {
        res.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(res);
      }));
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    const { port } = between.address() as { port: number };
    const connectionString = azurite.connectionString.replace(`:${azurite.ports.queue}/`, `:${port}/`);
    await (await openQueue({ connectionString, name, schema: Work, report: poison => reported.push(poison) })).put({ connection: 'a', slot: 1 });
    between.closeAllConnections();
    between.close();
    assert.match(asked.at(-1)!, /^POST .*\/messages\?.*messagettl=-1/);
    await takeOne();
  });

  it('removes a message that makes no sense and reports it, without its contents; the sound ones arrive', async () => {
    const careless = await open(z.unknown());
    await careless.put({ connection: 7, slot: 'secret-contents' });
    await careless.put('secret-contents');
    await queue.put({ connection: 'sound', slot: 1 });
    const taken = await queue.take(32, 30);
    assert.deepEqual(taken.map(t => t.message), [{ connection: 'sound', slot: 1 }]);
    assert.deepEqual(reported.map(p => [p.queue, p.attempt, p.problem]), [[name, 1, 'look at "connection"'], [name, 1, 'it is something else altogether']]);
    assert.doesNotMatch(JSON.stringify(reported), /secret-contents/);
    assert.equal(await queue.depth(), 1);
  });

  it('keeps a message that makes no sense while it cannot be reported', async () => {
    await (await open(z.string())).put('nonsense');
    const deaf = await openQueue({ connectionString: azurite.connectionString, name, schema: Work, report: () => { throw new Error('no log'); } });
    await assert.rejects(deaf.take(1, 1), /no log/);
    assert.equal(await queue.depth(), 1);
  });

  it('refuses to put what does not fit, without repeating it', async () => {
    const bad = { connection: { secret: 'contents' }, slot: 1 } as unknown as Work;
    const error = await queue.put(bad).then(() => assert.fail(), (e: Error) => e);
    assert.match(error.message, /does not fit its schema: look at "connection"/);
    assert.doesNotMatch(error.message, /contents/);
    await assert.rejects(queue.put({ connection: 'a', slot: NaN }), TypeError);
    await assert.rejects((await open(z.unknown())).put([undefined]), /JSON cannot carry it/);
    await assert.rejects(queue.put({ connection: 'x'.repeat(48 * 1024), slot: 1 }), /has 49\d+ bytes; at most 49152 fit/);
    assert.equal(await queue.depth(), 0);
  });

  it('carries a message of the greatest size', async () => {
    const greatest = { connection: 'x'.repeat(48 * 1024 - JSON.stringify({ connection: '', slot: 1 }).length), slot: 1 };
    await queue.put(greatest);
    assert.deepEqual((await takeOne()).message, greatest);
  });

  it('hands each message to one of several workers', async () => {
    const slots = Array.from({ length: 64 }, (_, slot) => slot);
    await Promise.all(slots.map(slot => queue.put({ connection: 'a', slot })));
    const seen: number[] = [];
    await Promise.all(Array.from({ length: 4 }, async () => {
      for (let taken = await queue.take(8, 30); taken.length > 0; taken = await queue.take(8, 30)) {
        for (const t of taken) {
          seen.push(t.message.slot);
          await t.done();
        }
      }
    }));
    assert.deepEqual(seen.toSorted((a, b) => a - b), slots);
  });
});
