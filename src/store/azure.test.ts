// What the design relies on, held against real Azurite: transactions, etags, pages, sizes, and rows that come back as they went.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { z } from 'zod';
import { move, type Judgement } from '../domain/check-in.ts';
import type { FeedEntry } from '../domain/feed.ts';
import { newGoal, type Goal } from '../domain/goal.ts';
import type { Person } from '../domain/organization.ts';
import { defaultThresholds } from '../domain/status.ts';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import { answer, intercepted, tableError } from '../simulators/table-faults.ts';
import { openStore, type HttpClient } from './azure.ts';
import { BadRow, Conflict, insert, put, remove, replace, type Step, type Store } from './store.ts';
import { keys, rows, type Kind } from './tables.ts';
import { newOrganization, usualModel } from '../domain/organization.ts';

const at = '2026-11-21T09:00:00.000Z';
const by = { id: 'zoe', name: 'Zoë' };
const judgement: Judgement = { at, today: '2026-11-21', thresholds: defaultThresholds, model: usualModel, by: { kind: 'connection', id: 'shop', name: 'Shop' } };

function goal(id: string, title = 'Ship it'): Goal {
  const draft: Parameters<typeof newGoal>[0] = { kind: 'key-result', title, description: '', owners: [by], parents: [],
    start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, mode: 'source' };
  return newGoal(draft, { period: '2026-q4', id, by, at });
}
const person = (id: string, name = id): Person => ({ id, name, role: 'member' });
const names = (all: { body: Person }[]) => all.map(p => p.body.name);

const isTaken = (i: number) => i % 7 === 3;

async function collected<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}

function isBadRow(message: RegExp): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof BadRow);
    assert.match(error.message, message);
    assert.ok(!inspect(error).includes('secret-contents'));
    return true;
  };
}

const organization = (tenant: string, id: string) => insert(rows.organization, keys.organization({ tenant, organization: id }),
  newOrganization({ tenant, id, name: id, timeZone: 'Europe/Berlin' }));

describe('the store in Azure tables', () => {
  let azurite: Azurite;
  let store: Store;
  let count = 0;
  /** A fresh organization for each test: partitions of its own. */
  let scope: { tenant: string; organization: string };

  before(async () => {
    azurite = await startAzurite();
    store = await openStore({ connectionString: azurite.connectionString });
  });
  after(() => azurite.stop());
  beforeEach(() => { scope = { tenant: 'tenant', organization: `o${++count}` }; });

  const personKeys = (id: string) => keys.person(scope, id);
  const read = async (id: string) => (await store.get(rows.person, personKeys(id)))?.body.name;
  const through = (httpClient: HttpClient) => openStore({ connectionString: azurite.connectionString, httpClient });
  const insertPerson = (id: string, name = id) => insert(rows.person, personKeys(id), person(id, name));
  const putPerson = (id: string, name = id) => put(rows.person, personKeys(id), person(id, name));

  async function comesBack(text: string): Promise<void> {
    await store.transact([putPerson('alone', text)]);
    await store.transact([putPerson('one', text), putPerson('two', text)]);
    assert.deepEqual(await Promise.all(['alone', 'one', 'two'].map(read)), [text, text, text]);
  }

  describe('one transaction', () => {
    const outgoing = { kind: 'moved', id: 'moved-1', goal: { period: '2026-q4', id: 'g1' }, at, from: 'not-started' } as const;
    const entry: FeedEntry = { goal: { period: '2026-q4', id: 'g1' }, id: 'e1', at, by: judgement.by,
      activity: { kind: 'status-changed', from: 'not-started', to: 'behind' } };
    const moved = () => move(goal('g1'), { kind: 'reading', value: 40, raw: '40', asOf: at, readAt: at }, judgement);
    const movingSteps = (etag: string): Step[] => {
      const { goal: next, checkIn } = moved();
      return [
        replace(rows.goal, keys.goal(scope, next), next, etag),
        put(rows.checkIn, keys.checkIn(scope, next, at), checkIn!),
        put(rows.feedEntry, keys.feedEntry(scope, next, at, entry.id), entry),
        insert(rows.outgoing, keys.outgoing(scope, next.period, outgoing.id), outgoing),
      ];
    };

    it('moves a goal with its check-in, its feed and what must be said', async () => {
      await store.transact([insert(rows.goal, keys.goal(scope, goal('g1')), goal('g1'))]);
      const { etag } = (await store.get(rows.goal, keys.goal(scope, goal('g1'))))!;
      await store.transact(movingSteps(etag));

      const partition = keys.goals(scope, '2026-q4');
      const expected = moved();
      assert.deepEqual((await store.get(rows.goal, keys.goal(scope, goal('g1'))))!.body, expected.goal);
      assert.deepEqual((await collected(store.all(rows.checkIn, partition, 'c:g1:'))).map(r => r.body), [expected.checkIn]);
      assert.deepEqual((await collected(store.all(rows.feedEntry, partition, 'a:g1:'))).map(r => r.body), [entry]);
      assert.deepEqual((await collected(store.all(rows.outgoing, partition, 'x:'))).map(r => r.body), [outgoing]);
    });

    for (const [why, spoil] of [
      ['the goal was changed meanwhile', async () => store.transact([put(rows.goal, keys.goal(scope, goal('g1')), goal('g1', 'Renamed'))])],
      ['it was already said', async () => store.transact([insert(rows.outgoing, keys.outgoing(scope, '2026-q4', outgoing.id), outgoing)])],
      ['the goal was deleted', async () => store.transact([remove(rows.goal, keys.goal(scope, goal('g1')))])],
    ] as const) {
      it(`leaves nothing behind when ${why}`, async () => {
        await store.transact([insert(rows.goal, keys.goal(scope, goal('g1')), goal('g1'))]);
        const { etag } = (await store.get(rows.goal, keys.goal(scope, goal('g1'))))!;
        await spoil();
        const Anything: Kind<unknown> = { name: 'anything', table: 'goals', body: z.unknown() };
        const before = await collected(store.all(Anything, keys.goals(scope, '2026-q4')));
        await assert.rejects(store.transact(movingSteps(etag)), Conflict);
        assert.deepEqual(await collected(store.all(Anything, keys.goals(scope, '2026-q4'))), before);
      });
    }

    it('holds up to 100 steps and refuses more, other partitions and the same row twice with a sentence', async () => {
      const steps = Array.from({ length: 101 }, (_, i) => insertPerson(`p${i}`));
      await assert.rejects(store.transact(steps), /at most 100 steps; this one has 101/);
      const elsewhere = insert(rows.person, keys.person({ ...scope, organization: 'other' }, 'b'), person('b'));
      await assert.rejects(store.transact([insertPerson('a'), elsewhere]), /stays within one partition/);
      const otherTable = put(rows.period, personKeys('b'), { id: 'b', name: 'b', start: '2026-01-01', end: '2026-02-01', kind: 'custom' });
      await assert.rejects(store.transact([insertPerson('a'), otherTable]), /of one table/);
      await assert.rejects(store.transact([insertPerson('a'), putPerson('a')]), /writes a row once/);
      await store.transact(steps.slice(1));
      assert.equal((await collected(store.all(rows.person, keys.organizationRows(scope)))).length, 100);
    });

    it('does nothing for no steps', async () => {
      await store.transact([]);
    });
  });

  describe('etags', () => {
    it('let one of twenty racing inserts win', async () => {
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => store.transact([insertPerson('one', `writer ${i}`)])));
      assert.equal(outcomes.filter(o => o.status === 'fulfilled').length, 1);
      for (const o of outcomes) if (o.status === 'rejected') assert.ok(o.reason instanceof Conflict);
      assert.equal(await read('one'), `writer ${outcomes.findIndex(o => o.status === 'fulfilled')}`);
    });

    it('lose no step of 32 writers who count on one row', async () => {
      await store.transact([insertPerson('count', '0')]);
      let conflicts = 0;
      const countOne = async (): Promise<void> => {
        const { body, etag } = (await store.get(rows.person, personKeys('count')))!;
        try {
          await store.transact([replace(rows.person, personKeys('count'), { ...body, name: String(Number(body.name) + 1) }, etag)]);
        } catch (error) {
          if (!(error instanceof Conflict)) throw error;
          conflicts++;
          await countOne();
        }
      };
      await Promise.all(Array.from({ length: 32 }, async () => { for (let i = 0; i < 5; i++) await countOne(); }));
      assert.equal(await read('count'), '160');
      assert.ok(conflicts > 0, 'The writers never met: this showed nothing.');
    });

    it('guard a removal on its own, and a removal without etag asks nobody', async () => {
      await store.transact([insertPerson('a')]);
      const { etag } = (await store.get(rows.person, personKeys('a')))!;
      await store.transact([putPerson('a', 'changed')]);
      await assert.rejects(store.transact([remove(rows.person, personKeys('a'), etag)]), Conflict);
      assert.deepEqual(await store.transactAll([[remove(rows.person, personKeys('a'), etag)], [putPerson('b')]]), ['conflict', 'written']);
      assert.equal(await read('a'), 'changed');
      await assert.rejects(store.transact([remove(rows.person, personKeys('a'), etag), putPerson('b')]), /stands alone/);
      await store.transact([remove(rows.person, personKeys('a'), (await store.get(rows.person, personKeys('a')))!.etag)]);
      assert.equal(await read('a'), undefined);
      await assert.rejects(store.transact([remove(rows.person, personKeys('a'), etag)]), Conflict, 'Somebody else has removed it.');
    });
  });

  describe('removing', () => {
    it('what is not there fails nothing, alone or among others', async () => {
      await store.transact([remove(rows.person, personKeys('nobody'))]);
      await store.transact([insertPerson('a'), insertPerson('b')]);
      const removals = ['a', 'x', 'b', 'y', 'z'].map(id => remove(rows.person, personKeys(id)));
      await store.transact([...removals, insertPerson('c')]);
      assert.deepEqual(names(await collected(store.all(rows.person, keys.organizationRows(scope)))), ['c']);
      await store.transact(removals);
    });

    it('what is not there does not hide a conflict beside it', async () => {
      await store.transact([insertPerson('a')]);
      await assert.rejects(store.transact([remove(rows.person, personKeys('nobody')), insertPerson('a'), insertPerson('b')]), Conflict);
      const replaceGone = replace(rows.person, personKeys('gone'), person('gone'), 'W/"datetime\'2026\'"');
      await assert.rejects(store.transact([remove(rows.person, personKeys('nobody')), replaceGone, insertPerson('b')]), Conflict);
      assert.equal(await read('b'), undefined);
    });
  });

  describe('many transactions at once', () => {
    it('give every group its own verdict among mixed conflicts, all or nothing each', async () => {
      const others = [scope, { ...scope, organization: `${scope.organization}-b` }, { ...scope, organization: `${scope.organization}-c` }];
      const groups = Array.from({ length: 150 }, (_, i) => {
        const s = others[i % 3]!;
        return [put(rows.person, keys.person(s, `first${i}`), person('first', `new ${i}`)),
          insert(rows.person, keys.person(s, `second${i}`), person('second', `new ${i}`))];
      });
      await store.transactAll(groups.flatMap((g, i) => (isTaken(i) ? [[put(rows.person, g[1]!.keys, person('second', 'old'))]] : [])));

      const verdicts = await store.transactAll(groups);
      assert.deepEqual(verdicts, groups.map((_, i) => (isTaken(i) ? 'conflict' : 'written')));
      for (const [i, group] of groups.entries()) {
        const [first, second] = await Promise.all(group.map(step => store.get(rows.person, step.keys)));
        assert.equal(first?.body.name, isTaken(i) ? undefined : `new ${i}`);
        assert.equal(second?.body.name, isTaken(i) ? 'old' : `new ${i}`);
      }
    });

    it('share as few requests as fit', async () => {
      let requests = 0;
      const counting = await through(intercepted((request, pass) => { requests++; return pass(request); }));
      requests = 0;
      await counting.transactAll(Array.from({ length: 100 }, (_, i) => ['a', 'b', 'c'].map(x => putPerson(`${x}${i}`))));
      assert.equal(requests, 4); // 33 groups of 3 fit a transaction
    });

    it('write the same row in order, each in its own transaction', async () => {
      const verdicts = await store.transactAll([
        [insertPerson('a', 'first'), putPerson('b', 'first')], [putPerson('a', 'second')], [insertPerson('a', 'third')],
        [putPerson('b', 'second'), insertPerson('c')], [remove(rows.person, personKeys('c'))],
      ]);
      assert.deepEqual(verdicts, ['written', 'written', 'conflict', 'written', 'written']);
      assert.deepEqual([await read('a'), await read('b'), await read('c')], ['second', 'second', undefined]);
    });

    it('keep the order of writes to one row, however groups overlap', async () => {
      const row = fc.constantFrom('a', 'b', 'c', 'd');
      await fc.assert(fc.asyncProperty(fc.array(fc.uniqueArray(row, { minLength: 1 }), { maxLength: 12 }), async ids => {
        await store.transactAll(ids.map((group, i) => group.map(id => putPerson(id, `write ${i}`))));
        for (const id of new Set(ids.flat())) assert.equal(await read(id), `write ${ids.findLastIndex(group => group.includes(id))}`);
      }), { numRuns: 25 });
    });

    it('stay below 4 MiB a request', async () => {
      const groups = Array.from({ length: 10 }, (_, i) => [putPerson(`large${i}`, `${i}${'"\\'.repeat(120_000)}`)]);
      assert.deepEqual(await store.transactAll(groups), groups.map(() => 'written'));
      for (const i of groups.keys()) assert.ok(await read(`large${i}`) === `${i}${'"\\'.repeat(120_000)}`, `Row ${i} came back changed.`);
    });

    it('write nothing at all when one row does not fit', async () => {
      await assert.rejects(store.transactAll([[putPerson('a')], [put(rows.person, personKeys('b'), { ...person('b'), role: 'king' as never })]]),
        { name: 'BadRow' });
      assert.equal(await read('a'), undefined);
    });

    it('answer for every group, empty ones too', async () => {
      assert.deepEqual(await store.transactAll([]), []);
      assert.deepEqual(await store.transactAll([[], [putPerson('a')], []]), ['written', 'written', 'written']);
    });
  });

  describe('pages', () => {
    it('go on beyond 1,000 rows, in key order, none twice and none missing', async () => {
      const ids = Array.from({ length: 2300 }, (_, i) => `p${String(i).padStart(4, '0')}`);
      await store.transactAll(ids.map(id => [putPerson(id)]));
      const first = await store.page(rows.person, keys.organizationRows(scope));
      assert.equal(first.rows.length, 1000);
      assert.ok(first.next);
      assert.deepEqual(names(await collected(store.all(rows.person, keys.organizationRows(scope)))), ids);

      const paged: string[] = [];
      for (let next: string | undefined, more = true; more; more = next !== undefined) {
        const page = await store.page(rows.person, keys.organizationRows(scope), { limit: 900, next });
        paged.push(...names(page.rows));
        next = page.next;
      }
      assert.deepEqual(paged, ids);
    });

    it('hold one prefix and one partition alone', async () => {
      await store.transactAll([[insertPerson('a'), insertPerson('p:1'), insertPerson('p:2'), insertPerson('p;'), insertPerson('q')],
        [insert(rows.person, keys.person({ ...scope, organization: `${scope.organization}-x` }, 'p:3'), person('p:3'))]]);
      assert.deepEqual(names(await collected(store.all(rows.person, keys.organizationRows(scope), 'p:'))), ['p:1', 'p:2']);
      assert.deepEqual(await store.page(rows.person, keys.organizationRows({ ...scope, organization: 'none' })), { rows: [] });
    });

    it('take quotes in keys for what they are', async () => {
      const odd = { tenant: `o'brien' or PartitionKey ne '`, organization: scope.organization };
      await store.transact([insert(rows.person, keys.person(odd, "d'arcy"), person('d'))]);
      assert.deepEqual(names(await collected(store.all(rows.person, keys.organizationRows(odd), "d'"))), ['d']);
      assert.equal((await store.get(rows.person, keys.person(odd, "d'arcy")))?.body.name, 'd');
    });

    it('show newest check-ins first', async () => {
      const days = ['2026-10-01', '2026-12-31', '2026-11-21'].map(day => `${day}T00:00:00.000Z`);
      const { checkIn } = move(goal('g1'), { kind: 'reading', value: 40, raw: '40', asOf: at, readAt: at }, judgement);
      await store.transact(days.map(day => put(rows.checkIn, keys.checkIn(scope, goal('g1'), day), { ...checkIn!, at: day })));
      assert.deepEqual((await collected(store.all(rows.checkIn, keys.goals(scope, '2026-q4'), 'c:g1:'))).map(c => c.body.at), days.toSorted().toReversed());
    });

    it('may be short or empty and still go on, as the real service has them', async () => {
      const ids = Array.from({ length: 40 }, (_, i) => `p${String(i).padStart(2, '0')}`);
      await store.transactAll(ids.map(id => [putPerson(id)]));
      let empty = 0;
      const fitful = await through(intercepted(async (request, pass) => {
        if (request.method !== 'GET' || !request.url.includes('people()')) return pass(request);
        const url = new URL(request.url);
        const [partition, row] = [url.searchParams.get('NextPartitionKey') ?? keys.organizationRows(scope), url.searchParams.get('NextRowKey') ?? 'p00'];
        if (empty++ % 2 === 0) return answer(request, 200, { value: [] },
          { 'x-ms-continuation-nextpartitionkey': partition, 'x-ms-continuation-nextrowkey': row });
        url.searchParams.set('$top', '7');
        return pass(Object.assign(request, { url: url.href }));
      }));
      assert.deepEqual(await fitful.page(rows.person, keys.organizationRows(scope)).then(p => [p.rows.length, typeof p.next]), [0, 'string']);
      assert.deepEqual(names(await collected(fitful.all(rows.person, keys.organizationRows(scope)))), ids);
      assert.ok(empty > 10);
    });
  });

  it('knows the tenants that have organizations, each once', async () => {
    const own = await openStore({ connectionString: azurite.connectionString, prefix: 'tenants' });
    await own.transactAll([[organization('b', 'one')], [organization('a', 'one')], [organization('b', 'two')]]);
    assert.deepEqual(await collected(own.tenants()), ['a', 'b']);
    assert.equal((await own.get(rows.person, personKeys('a'))), undefined, 'A prefix keeps copies apart.');
  });

  describe('a row', () => {
    /** Every UTF-16 unit, so lone surrogates too. */
    const anyText = fc.array(fc.nat(0xffff), { maxLength: 60 }).map(codes => String.fromCharCode(...codes));

    it('comes back as it went, alone and within a transaction, whatever people wrote', async () => {
      const hostile = ['', '\u2028{"a":1}\u2029', '\r\n--changeset_1\r\nDELETE http://127.0.0.1/ HTTP/1.1\r\nIf-Match: *\r\n',
        '}{', "'; DROP", '<a>&amp;', '\u0000\u0001', '\ud83d', '日本 😀 é', '%7B%22', '\\u0022'];
      for (const text of hostile) await comesBack(text);
      await fc.assert(fc.asyncProperty(anyText, comesBack), { numRuns: 60 });
    });

    it('comes back as it went when it is long, and no character is broken by where it was cut', async () => {
      for (const [pad, character, times] of [['', '😀', 40_000], ['a', '😀', 40_000], ['ab', '日', 80_000], ['', 'x', 500_000]] as const) {
        const name = pad + character.repeat(times);
        await store.transact([putPerson('long', name)]);
        assert.ok(await read('long') === name, `${times} times ${character} came back changed.`);
      }
      const many = Array.from({ length: 100 }, (_, i) => putPerson(`many${i}`, `${'a'.repeat(i % 7)}${'é😀日'.repeat(300)}`));
      await store.transact(many);
      for (const [i, { body }] of (await collected(store.all(rows.person, keys.organizationRows(scope), 'many'))).entries()) {
        assert.equal(body.name.replace(/^a*/, ''), 'é😀日'.repeat(300), `Row ${i} came back changed.`);
      }
      await store.transact([putPerson('long', 'short again')]);
      assert.equal(await read('long'), 'short again');
    });

    it('above the 1 MiB of the service is refused, which Azurite would take', async () => {
      await store.transact([putPerson('large', 'x'.repeat(520_000))]);
      await assert.rejects(store.transact([putPerson('large', 'x'.repeat(525_000))]),
        { name: 'BadRow', message: /The person at .* \/ large was not written: it has \d+ bytes, while a row holds at most 1048576/ });
      assert.equal((await read('large'))?.length, 520_000);
    });

    it('that no longer fits its schema is named by its keys, never by its contents', async () => {
      const Anything: Kind<unknown> = { name: 'anything', table: 'people', body: z.unknown() };
      await store.transact([put(Anything, personKeys('bad'), { id: 'bad', name: 'Zoë', role: 'secret-contents' })]);
      const expected = isBadRow(/^The person at tenant\|o\d+ \/ bad does not fit its schema and was not read. Look at "role".$/);
      await assert.rejects(store.get(rows.person, personKeys('bad')), expected);
      await assert.rejects(collected(store.all(rows.person, keys.organizationRows(scope))), expected);
    });

    it('that is no JSON, or has no body, is named the same way', async () => {
      await store.transact([putPerson('bad', 'secret-contents')]);
      for (const spoil of [(body: string) => body.replace('{\\"id', '{id'), (body: string) => body.replace('"body"', '"elsewhere"')]) {
        const damaged = await through(intercepted(async (request, pass) => {
          const response = await pass(request);
          return { ...response, bodyAsText: spoil(response.bodyAsText ?? '') };
        }));
        await assert.rejects(damaged.get(rows.person, personKeys('bad')), isBadRow(/person at .* \/ bad does not fit its schema and was not read\.$/));
      }
    });

    const lost = [['NaN', NaN], ['infinity', Infinity], ['a date', new Date(0)], ['a list with a hole', [1, undefined]], ['a map', new Map()]] as const;
    for (const [what, limit] of lost) {
      it(`with ${what} where anything may stand is refused, not stored as something else`, async () => {
        const link = { connection: 'c', goal: { period: '2026-q4', id: 'g' }, measure: { metric: 'm', form: { limit } },
          linkedBy: by, last: null, problem: null };
        await assert.rejects(store.transact([put(rows.link, keys.link(scope, 'c', link.goal), link)]),
          { name: 'BadRow', message: /was not written\. Look at "measure"/ });
        assert.equal(await store.get(rows.link, keys.link(scope, 'c', link.goal)), undefined);
      });
    }

    it('with a NaN for a value is refused, and the last good value stays', async () => {
      const good = { ...goal('g1'), value: 40 };
      await store.transact([put(rows.goal, keys.goal(scope, good), good)]);
      for (const value of [NaN, Infinity, undefined]) {
        await assert.rejects(store.transact([put(rows.goal, keys.goal(scope, good), { ...good, value: value as number })]),
          { name: 'BadRow', message: /Look at "value"/ });
      }
      assert.equal((await store.get(rows.goal, keys.goal(scope, good)))?.body.value, 40);
    });

    it('without an optional field comes back without it', async () => {
      await store.transact([put(rows.person, personKeys('a'), { ...person('a'), email: undefined })]);
      assert.deepEqual((await store.get(rows.person, personKeys('a')))?.body, person('a'));
    });
  });

  it('takes a missing table for a fault, not for a missing row', async () => {
    const lacking = await through(intercepted(async (request, pass) =>
      (request.url.includes('people(') ? answer(request, 404, tableError('TableNotFound')) : pass(request))));
    await assert.rejects(lacking.get(rows.person, personKeys('a')), { statusCode: 404 });
    await assert.rejects(lacking.transact([remove(rows.person, personKeys('a'))]), { statusCode: 404 });
  });
});
