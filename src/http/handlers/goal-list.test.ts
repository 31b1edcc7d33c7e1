// The list of goals over HTTP: what can be asked, in pages that lose and repeat nothing, and what nobody is shown.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'mocha';
import { type GoalListQuery, type GoalView, api } from '../../api.ts';
import { type Goal, newGoal, openAccess } from '../../domain/goal.ts';
import type { Ask } from '../../simulators/ask.ts';
import { put } from '../../store/store.ts';
import { keys, rows } from '../../store/tables.ts';
import { type OpenStage, addOrganization, openStage, organization, period, problemOf } from '../stage.ts';

describe('the list of goals', function () {
  this.timeout(30_000);
  const now = () => new Date('2026-11-21T09:00:00.000Z');
  const tenant = randomUUID();
  const scope = { tenant, organization };
  const ada = { id: 'ada', name: 'Ada' };
  const ben = { id: 'ben', name: 'Ben' };
  let stage: OpenStage;
  const as = (person: { id: string; name: string }): Ask => stage.as({ tenant, ...person });
  const list = (query: Partial<GoalListQuery>, person = ada) => as(person)(api.goals, { params: { organization }, query: { limit: 50, ...query } });
  const titles = async (query: Partial<GoalListQuery>, person = ada) => (await list(query, person)).rows.map(r => r.goal.title).toSorted();

  async function everyPage(query: Partial<GoalListQuery>, limit: number, person = ada): Promise<GoalView[]> {
    const all: GoalView[] = [];
    let next: string | undefined;
    do {
      const page = await list({ ...query, limit, ...(next === undefined ? {} : { next }) }, person);
      all.push(...page.rows);
      next = page.next;
    } while (next !== undefined);
    return all;
  }

  const add = async (id: string, more: Partial<Goal> = {}) => {
    const made = newGoal({ kind: 'key-result', title: id, owners: [ada], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' } }, { period, id, by: ada, at: '2026-10-01T00:00:00.000Z' });
    const goal = { ...made, ...more };
    await stage.store.transact([put(rows.goal, keys.goal(scope, goal), goal)]);
  };

  before(async () => {
    stage = await openStage(now);
    await addOrganization(stage.store, tenant, ada);
    await add('top', { kind: 'objective', title: 'Delight customers', entity: { kind: 'organization' }, owners: [ben], createdAt: '2026-10-02T00:00:00.000Z' });
    await add('sales', { title: 'Sell more tea', entity: { kind: 'teams', teams: ['sales'] }, parents: [{ period, id: 'top' }], tags: ['Growth'], status: 'behind', progress: 20, value: 20 });
    await add('asia', { title: 'Sell tea in Asia', parents: [{ period, id: 'top' }], status: 'at-risk', progress: 5, value: 5, owners: [ben], end: '2026-11-01' });
    await add('past', { title: 'Sell coffee', period: '2026-q3', kind: 'initiative', status: 'closed' });
  });

  after(() => stage.close());

  it('finds a goal to align with by title, team, owner and time period (C33)', async () => {
    assert.deepEqual(await titles({ search: 'delig cust' }), ['Delight customers']);
    assert.deepEqual(await titles({ team: 'sales' }), ['Sell more tea']);
    assert.deepEqual(await titles({ owner: 'ben' }), ['Delight customers', 'Sell tea in Asia']);
    assert.deepEqual(await titles({ search: 'sell', period: '2026-q3' }), ['Sell coffee']);
    assert.deepEqual(await titles({ search: 'sell', period }), ['Sell more tea', 'Sell tea in Asia']);
    assert.deepEqual(await titles({ search: 'sell' }), ['Sell coffee', 'Sell more tea', 'Sell tea in Asia']);
  });

  it('is filtered by everything at once, with several values where one is as good as another (A27)', async () => {
    assert.deepEqual(await titles({ kind: ['objective', 'initiative'] }), ['Delight customers', 'Sell coffee']);
    assert.deepEqual(await titles({ status: ['behind', 'at-risk'], period }), ['Sell more tea', 'Sell tea in Asia']);
    assert.deepEqual(await titles({ under: `${period}/top`, status: ['at-risk'], owner: 'ben', endsBefore: '2026-11-21' }), ['Sell tea in Asia']);
    assert.deepEqual(await titles({ tag: 'growth' }), ['Sell more tea']);
    assert.deepEqual(await titles({ unaligned: true, period }), ['Delight customers']);
    assert.deepEqual(await titles({ unaligned: false }), ['Sell more tea', 'Sell tea in Asia']);
    assert.deepEqual(await titles({ entity: 'organization' }), ['Delight customers']);
    assert.deepEqual(await titles({ checkedInBefore: '2026-11-01T00:00:00.000Z', mode: 'manual', checkInOwner: 'ben' }), ['Delight customers', 'Sell tea in Asia']);
    assert.deepEqual(await titles({ period }), ['Delight customers', 'Sell more tea', 'Sell tea in Asia']);
    const token = await stage.entra.personToken({ tenant, ...ada });
    const repeated = await fetch(`${stage.address}/api/v1/organizations/${organization}/goals?kind=objective&kind=initiative`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(((await repeated.json()) as { rows: unknown[] }).rows.length, 2);
  });

  it('comes in the order asked for (A27)', async () => {
    const ordered = async (query: Partial<GoalListQuery>) => (await list({ period, ...query })).rows.map(r => r.goal.id);
    assert.deepEqual(await ordered({ sort: 'title' }), ['top', 'sales', 'asia']);
    assert.deepEqual(await ordered({ sort: 'progress' }), ['top', 'asia', 'sales']);
    assert.deepEqual(await ordered({ sort: 'progress', order: 'desc' }), ['sales', 'asia', 'top']);
    assert.deepEqual(await ordered({ sort: 'status' }), ['asia', 'sales', 'top']);
    assert.deepEqual((await ordered({ unaligned: false, sort: 'created', order: 'desc' })).toSorted(), ['asia', 'sales']);
    assert.equal((await list({})).rows[0]!.goal.id, 'top', 'without anything, all goals, the newest first');
  });

  it('says by field what it cannot do (A27)', async () => {
    const wrong = async (query: object) => Object.keys((await problemOf(list(query as Partial<GoalListQuery>))).errors ?? {}).join();
    assert.equal(await wrong({ sort: 'relevance' }), 'sort');
    assert.equal(await wrong({ sort: 'beauty' }), 'sort');
    assert.match(await wrong({ kind: 'objective,dream' }), /^kind/);
    assert.equal(await wrong({ under: 'top' }), 'under');
    assert.equal(await wrong({ unaligned: 'perhaps' }), 'unaligned');
    assert.equal(await wrong({ checkedInBefore: 'yesterday' }), 'checkedInBefore');
    const first = await list({ sort: 'title', limit: 1 });
    for (const next of ['x', first.next!.slice(0, -4), Buffer.from('{"by":"title"}').toString('base64url')]) assert.equal(await wrong({ sort: 'title', next }), 'next', next);
    assert.equal(await wrong({ sort: 'progress', next: first.next! }), 'next', 'of a list in another order');
    assert.equal(await wrong({ sort: 'title', order: 'desc', next: first.next! }), 'next');
    assert.equal(await wrong({ period, next: first.next! }), 'next', 'of the index, for a list that is none of its');
  });

  it('is paged whole, each goal once, whether stored, filtered or searched (A27)', async () => {
    for (let i = 0; i < 23; i++) await add(`page${i}`, { title: `Page ${i}`, tags: ['paging'], progress: i % 3 === 0 ? null : i % 4 });
    const queries: Partial<GoalListQuery>[] = [
      { period }, { tag: 'paging' }, { tag: 'paging', sort: 'progress', order: 'desc' }, { search: 'page' }, { search: 'page', sort: 'title' }, { search: 'page !!!' }, { search: '!!!', tag: 'paging' },
    ];
    for (const query of queries) {
      const ids = (await everyPage(query, 5)).map(r => r.goal.id);
      assert.equal(ids.filter(id => id.startsWith('page')).length, 23, JSON.stringify(query));
      assert.equal(new Set(ids).size, ids.length, JSON.stringify(query));
    }
  });

  it('shows what goals have become since, whoever moved them (A27)', async () => {
    await add('moving', { title: 'Moving target' });
    assert.deepEqual(await titles({ status: ['on-track'] }), []);
    await as(ada)(api.checkIn, { params: { organization, period, goal: 'moving' }, body: { value: 90, note: '' } });
    assert.deepEqual(await titles({ status: ['on-track'] }), ['Moving target']);
  });

  it('has private goals for those on their list alone, on full pages', async () => {
    for (let i = 0; i < 4; i++) await add(`canary${i}`, { title: 'CANARY', tags: ['zoo'], owners: [ben], createdBy: ben, access: { ...openAccess, private: true } });
    for (let i = 0; i < 3; i++) await add(`zebra${i}`, { title: 'Zebra', tags: ['zoo'] });
    const zoo = await list({ tag: 'zoo', limit: 3, sort: 'title' });
    assert.deepEqual([zoo.rows.map(r => r.goal.title), zoo.next], [['Zebra', 'Zebra', 'Zebra'], undefined]);
    assert.deepEqual(await titles({ search: 'canary' }), []);
    assert.equal((await titles({ search: 'canary' }, ben)).length, 4);
  });
});
