// The tenant's organization is found behind short pages, and a goal is current until its period has ended where the organization is.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'mocha';
import { newGoal } from '../domain/goal.ts';
import { quartersOf, reaching } from '../domain/period.ts';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import { openStore } from './azure.ts';
import { currentGoals, organizationOf } from './organizations.ts';
import { revise } from './revise.ts';
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

  it('has current goals until the period has ended in its own time zone', async () => {
    const ann = { id: 'ann', name: 'Ann' };
    const goal = newGoal(
      { kind: 'objective', title: 'Third quarter', description: '', owners: [ann], parents: [], start: '2026-07-01', end: '2026-09-30', outcome: { kind: 'percent' }, mode: 'manual' },
      { period: '2026-q3', id: 'g', by: ann, at: '2026-07-01T00:00:00.000Z' },
    );
    await store.transact([insert(rows.goal, keys.goal(scope, goal), goal)]);
    const at = async (now: string) => {
      let count = 0;
      for await (const found of currentGoals(store, scope, new Date(now))) count += found.id === goal.id ? 1 : 0;
      return count;
    };
    assert.deepEqual([await at('2026-10-01T05:00:00.000Z'), await at('2026-10-01T08:00:00.000Z')], [1, 0]);
  });

  it('has as current, of a period that has ended, the goals that run on, and no others (C09)', async () => {
    const ann = { id: 'ann', name: 'Ann' };
    const spring = { period: '2026-q2', by: ann, at: '2026-04-01T00:00:00.000Z' };
    const draft: Omit<Parameters<typeof newGoal>[0], 'end'> = { kind: 'objective', title: 'Second quarter', description: '', owners: [ann], parents: [], start: '2026-04-01', outcome: { kind: 'percent' }, mode: 'manual' };
    const [long, short] = [newGoal({ ...draft, end: '2026-08-15' }, { ...spring, id: 'long' }), newGoal({ ...draft, end: '2026-06-30' }, { ...spring, id: 'short' })];
    for (const goal of [long, short]) await store.transact([insert(rows.goal, keys.goal(scope, goal), goal)]);
    await revise(store, rows.period, keys.period(scope, '2026-q2'), p => reaching(p, long));
    const at = async (now: string) => {
      const found: string[] = [];
      for await (const { id } of currentGoals(store, scope, new Date(now))) if (id !== 'g') found.push(id);
      return found;
    };
    assert.deepEqual([await at('2026-06-30T12:00:00.000Z'), await at('2026-08-15T12:00:00.000Z'), await at('2026-08-16T12:00:00.000Z')], [['long', 'short'], ['long'], []]);
  });
});
