// The goal index finds what people type, and nothing of another organization.
import assert from 'node:assert/strict';
import type { Goal } from '../domain/goal.ts';
import { newGoal } from '../domain/goal.ts';
import { openSearch } from './search.ts';

const aurora = { tenant: 't1', organization: 'main' };
const other = { tenant: 't2', organization: 'main' };

function goal(id: string, title: string, description = ''): Goal {
  const ada = { id: 'ada', name: 'Ada Lindqvist' };
  return newGoal(
    { kind: 'objective', title, description, owners: [ada], parents: [], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, mode: 'manual' },
    { period: '2026-q4', id, by: ada, at: '2026-10-01T00:00:00.000Z' },
  );
}

describe('goal search', () => {
  let now = new Date('2026-11-21T09:00:00Z');
  let stored: Record<string, Goal[]>;
  let loads: number;
  const failures: unknown[] = [];
  const open = () => openSearch({
    now: () => now,
    report: error => failures.push(error),
    async *load(scope) { loads += 1; yield* stored[scope.tenant] ?? []; },
  });
  const ids = async (search: ReturnType<typeof open>, words: string, scope = aurora) => (await search.find(scope, words, 10)).map(r => r.id);

  beforeEach(() => {
    now = new Date('2026-11-21T09:00:00Z');
    loads = 0;
    stored = { t1: [goal('a', 'Grow weekly orders'), goal('b', 'Answer customers faster', 'orders waiting'), goal('c', 'Öffne Läden')], t2: [goal('z', 'Grow weekly orders')] };
  });

  it('finds by the beginnings of words, titles before descriptions', async () => {
    assert.deepEqual(await ids(open(), 'ord'), ['a', 'b']);
    assert.deepEqual(await ids(open(), 'WEEK gro'), ['a']);
  });

  it('finds words with and without their accents', async () => {
    assert.deepEqual(await ids(open(), 'laden'), ['c']);
  });

  it('falls back to any of the words when no goal has all of them', async () => {
    assert.deepEqual(await ids(open(), 'faster nonsense'), ['b']);
  });

  it('takes query syntax as words and never fails on it', async () => {
    for (const hostile of ['"', 'a" OR "b', 'NEAR(', 'title:x', '*', '\u0000', "'; drop table goals; --"]) await open().find(aurora, hostile, 10);
    assert.deepEqual(await ids(open(), '"weekly" AND'), ['a']);
  });

  it('answers from one organization only', async () => {
    const search = open();
    assert.deepEqual(await ids(search, 'weekly'), ['a']);
    assert.deepEqual(await ids(search, 'weekly', other), ['z']);
  });

  it('sees changes of this process at once, and those of others after a rebuild', async () => {
    const search = open();
    await search.find(aurora, '', 1);
    search.put(aurora, goal('a', 'Renamed entirely'));
    search.remove(aurora, { period: '2026-q4', id: 'b' });
    assert.deepEqual(await ids(search, 'renamed'), ['a']);
    assert.deepEqual(await ids(search, 'faster'), []);

    stored['t1'] = [goal('n', 'Made elsewhere')];
    assert.deepEqual(await ids(search, 'elsewhere'), []);
    now = new Date(now.getTime() + 6 * 60_000);
    await search.find(aurora, '', 1);
    await new Promise(resolve => setTimeout(resolve, 5));
    assert.deepEqual(await ids(search, 'elsewhere'), ['n']);
    assert.equal(loads, 2);
    assert.deepEqual(failures, []);
  });

  it('loses no change that is made while it rebuilds', async () => {
    let proceed = () => {};
    const search = openSearch({
      now: () => now, report: error => failures.push(error),
      async *load() {
        loads += 1;
        yield* stored['t1']!;
        if (loads > 1) await new Promise<void>(resolve => { proceed = resolve; });
      },
    });
    await search.find(aurora, '', 1);
    now = new Date(now.getTime() + 6 * 60_000);
    await search.find(aurora, '', 1);
    await new Promise(resolve => setTimeout(resolve, 5));
    search.put(aurora, goal('n', 'Made meanwhile'));
    search.remove(aurora, { period: '2026-q4', id: 'b' });
    proceed();
    await new Promise(resolve => setTimeout(resolve, 5));
    assert.equal(loads, 2);
    assert.deepEqual(await ids(search, 'meanwhile'), ['n']);
    assert.deepEqual(await ids(search, 'faster'), []);
  });
});
