// Whoever watches a store hears of every goal that was written, whoever wrote it, and of none that was not.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'mocha';
import { newGoal } from '../domain/goal.ts';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import { openStore } from './azure.ts';
import { Conflict, insert, put, remove, replace, type Store } from './store.ts';
import { keys, rows } from './tables.ts';
import { watched } from './watched.ts';

describe('A watched store', () => {
  const scope = { tenant: 't1', organization: 'main' };
  const ann = { id: 'ann', name: 'Ann' };
  const goal = (id: string, title = id) => newGoal({ kind: 'objective', title, owners: [ann], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' } }, { period: '2026-q4', id, by: ann, at: '2026-10-01T00:00:00.000Z' });
  const at = (id: string) => keys.goal(scope, { period: '2026-q4', id });
  const heard: string[] = [];
  let azurite: Azurite;
  let store: Store;
  before(async () => {
    azurite = await startAzurite();
    store = watched(await openStore({ connectionString: azurite.connectionString }), {
      put: (of, written) => heard.push(`${of.tenant}/${of.organization}/${written.period}/${written.id}: ${written.title}`),
      remove: (of, ref) => heard.push(`${of.tenant}/${of.organization}/${ref.period}/${ref.id} is gone`),
    });
  });
  after(() => azurite.stop());
  beforeEach(() => { heard.length = 0; });

  it('tells of goals that are made, changed and removed, and of no other row', async () => {
    await store.transact([insert(rows.goal, at('a'), goal('a')), put(rows.turn, keys.turn(scope, '2026-q4'), { worker: 'w', until: '2026-10-01T00:00:00.000Z' })]);
    const { body, etag } = (await store.get(rows.goal, at('a')))!;
    await store.transact([replace(rows.goal, at('a'), { ...body, title: 'Renamed' }, etag)]);
    await store.transact([remove(rows.goal, at('a'))]);
    assert.deepEqual(heard, ['t1/main/2026-q4/a: a', 't1/main/2026-q4/a: Renamed', 't1/main/2026-q4/a is gone']);
  });

  it('tells of nothing that met a conflict', async () => {
    await store.transact([insert(rows.goal, at('b'), goal('b'))]);
    heard.length = 0;
    await assert.rejects(store.transact([insert(rows.goal, at('b'), goal('b', 'Twice'))]), Conflict);
    assert.deepEqual(await store.transactAll([[insert(rows.goal, at('b'), goal('b', 'Twice'))], [insert(rows.goal, at('c'), goal('c'))]]), ['conflict', 'written']);
    assert.deepEqual(heard, ['t1/main/2026-q4/c: c']);
  });
});
