// Pages of rows that fit: in order, none lost or twice, and a bounded look at each.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'mocha';
import type { Person } from '../domain/organization.ts';
import { type Azurite, startAzurite } from '../simulators/azurite.ts';
import { openStore } from './azure.ts';
import { holdsWords, sift } from './sift.ts';
import { type Store, insert } from './store.ts';
import { keys, rows } from './tables.ts';

describe('sifting rows', function () {
  this.timeout(20_000);
  const scope = { tenant: randomUUID(), organization: 'main' };
  const partition = keys.organizationRows(scope);
  let azurite: Azurite;
  let store: Store;
  before(async () => {
    azurite = await startAzurite();
    store = await openStore({ connectionString: azurite.connectionString });
    const people = Array.from({ length: 60 }, (_, i): Person => ({ id: `p${String(i).padStart(2, '0')}`, name: `Person ${i}`, role: i === 55 ? 'owner' : 'member' }));
    await store.transactAll(people.map(p => [insert(rows.person, keys.person(scope, p.id), p)]));
  });
  after(() => azurite.stop());

  it('looks at no more than a bounded number, and says where to go on', async () => {
    const isOwner = (p: Person) => p.role === 'owner';
    const first = await sift(store, rows.person, partition, { limit: 10, most: 40, fits: isOwner });
    assert.deepEqual([first.rows.length, first.last?.id], [0, 'p39']);
    const second = await sift(store, rows.person, partition, { limit: 10, most: 40, fits: isOwner, after: first.last!.id });
    assert.deepEqual([second.rows.map(r => r.body.id), second.last], [['p55'], undefined]);
  });

  it('reads no more than it needs where everything fits', async () => {
    const sizes: (number | undefined)[] = [];
    const counting: Store = { ...store, page: (kind, where, span) => { sizes.push(span?.limit); return store.page(kind, where, span); } };
    const found = await sift(counting, rows.person, partition, { limit: 7 });
    assert.deepEqual([found.rows.length, found.last?.id, sizes], [7, 'p06', [7]]);
  });

  it('goes on where the service answers an empty page', async () => {
    let asked = 0;
    const short: Store = { ...store, page: async (kind, where, span) => (asked++ === 0 ? { rows: [], next: '' } : store.page(kind, where, { ...span, next: undefined })) };
    assert.equal((await sift(short, rows.person, partition, { limit: 5 })).rows.length, 5);
  });

  it('finds words in any order, whatever their capitals', () => {
    assert.ok(holdsWords(' okafor BEN ')('Ben Okafor'));
    assert.ok(!holdsWords('ben ada')('Ben Okafor'));
    assert.ok(holdsWords('')('anything'));
  });
});
