// The tenant's organization is found behind short pages, its periods are current until they have ended where it is, and its goals are those of all of them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'mocha';
import { newGoal } from '../domain/goal.ts';
import { quartersOf } from '../domain/period.ts';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import { openStore } from './azure.ts';
import { allGoals, currentlyIn, organizationOf } from './organizations.ts';
import { insert, type Store } from './store.ts';
import { keys, rows } from './tables.ts';
import { newOrganization } from '../domain/organization.ts';

describe('An organization', () => {
  const scope = { tenant: randomUUID(), organization: 'main' };
  let azurite: Azurite;
  let store: Store;
  before(async () => {
    azurite = await startAzurite();
    store = await openStore({ connectionString: azurite.connectionString });
    await store.transact([insert(rows.organization, keys.organization(scope), newOrganization({ tenant: scope.tenant, id: 'main', name: 'Main', timeZone: 'America/Los_Angeles' }))]);
    for (const period of quartersOf(2026)) await store.transact([insert(rows.period, keys.period(scope, period.id), period)]);
  });
  after(() => azurite.stop());

  it('is found though the first page is empty and has a continuation, as the service may answer', async () => {
    const short: Store = { ...store, page: async () => ({ rows: [], next: 'later' }) };
    assert.equal((await organizationOf(short, scope.tenant, undefined))?.id, 'main');
    assert.equal(await organizationOf(short, randomUUID(), undefined), undefined);
  });

  it('has a period among the current ones until it has ended in its own time zone', async () => {
    const at = (now: string) => currentlyIn(store, scope, new Date(now));
    assert.deepEqual(await at('2026-10-01T05:00:00.000Z'), { periods: ['2026-q3', '2026-q4'], today: '2026-09-30' });
    assert.deepEqual(await at('2026-10-01T08:00:00.000Z'), { periods: ['2026-q4'], today: '2026-10-01' });
  });

  it('has the goals of all of its periods, also of those that have ended', async () => {
    const ann = { id: 'ann', name: 'Ann' };
    for (const period of ['2026-q1', '2026-q4']) {
      const goal = newGoal(
        { kind: 'objective', title: 'Third quarter', owners: [ann], start: '2026-07-01', end: '2026-09-30', outcome: { kind: 'percent' } },
        { period, id: `of-${period}`, by: ann, at: '2026-07-01T00:00:00.000Z' },
      );
      await store.transact([insert(rows.goal, keys.goal(scope, goal), goal)]);
    }
    const found = [];
    for await (const { id } of allGoals(store, scope)) found.push(id);
    assert.deepEqual(found, ['of-2026-q1', 'of-2026-q4']);
  });
});
