// Nobody comes by rights that nobody gave them, nor by word of what they may not see: what a hostile colleague would try over the REST API.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type GoalBody, api } from '../api.ts';
import { type Goal, type GoalRef, asChild, newGoal, openAccess, refOf } from '../domain/goal.ts';
import type { Ask } from '../simulators/ask.ts';
import { openStore } from '../store/azure.ts';
import { RowTooLarge, type Store, put } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { type OpenStage, addOrganization, openStage, organization, period, problemOf } from './stage.ts';

const names = ['ada', 'ben', 'dana', 'eve'] as const;
type Name = typeof names[number];
const place = { organization, period: '2026-q3' };
const next = period;

describe('nobody comes by', function () {
  this.timeout(30_000);
  let stage: OpenStage;
  let store: Store;
  let elsewhere: Store;
  let tenant: string;
  let scope: { tenant: string; organization: string };
  let disturb: { transaction(steps: readonly { keys: { row: string } }[]): void | Promise<void> };

  before(async () => {
    disturb = { transaction: () => undefined };
    stage = await openStage(() => new Date('2026-11-21T09:00:00.000Z'), ({ store: quiet }) => ({
      store: { ...quiet, transact: async steps => { await disturb.transaction(steps); await quiet.transact(steps); } },
    }));
    store = stage.store;
    elsewhere = await openStore({ connectionString: stage.connectionString });
  });
  after(() => stage.close());
  beforeEach(async () => {
    tenant = randomUUID();
    scope = { tenant, organization };
    await addOrganization(store, tenant, { id: 'ada', name: 'Ada' });
    for (const id of names.slice(1)) await store.transact([put(rows.person, keys.person(scope, id), { id, name: id, role: 'member' })]);
    await store.transact([put(rows.team, keys.team(scope, 'dana-team'), { id: 'dana-team', name: 'Dana’s', parent: null, owners: [{ id: 'dana', name: 'dana' }], members: [], createGoals: { for: 'team-owners' }, rhythm: null })]);
  });

  const as = (id: Name): Ask => stage.as({ tenant, id, name: id });
  const make = (id: Name, body: Partial<GoalBody> = {}) => as(id)(api.createGoal, { params: place, body: { kind: 'key-result', title: 'A goal', outcome: { kind: 'percent' }, ...body } });
  const at = ({ period: p, id }: GoalRef) => ({ params: { organization, period: p, goal: id } });
  const read = (id: Name, ref: GoalRef) => as(id)(api.goal, at(ref));
  const change = async (id: Name, ref: GoalRef, body: Partial<GoalBody>) => as(id)(api.updateGoal, { ...at(ref), body, etag: (await read(id, ref)).etag });
  const rowOf = async (ref: GoalRef): Promise<Goal> => (await store.get(rows.goal, keys.goal(scope, ref)))!.body;
  const under = (...parents: { goal: Goal }[]) => ({ parents: parents.map(({ goal }) => refOf(goal)) });
  const secret = (more: Partial<NonNullable<GoalBody['access']>> = {}) => ({ access: { private: true, viewers: [], aligners: null, editors: [], ...more } });
  const postpone = (id: Name, ref: GoalRef) => as(id)(api.postponeGoal, { ...at(ref), body: { note: 'Later', to: next, progress: 'reset' } });
  /** A goal as another process writes it: our index does not hear of it. */
  const write = (...goals: Goal[]) => Promise.all(goals.map(goal => elsewhere.transact([put(rows.goal, keys.goal(scope, goal), goal)])));
  const goalOf = (id: string, more: Partial<Goal> = {}): Goal => {
    const by = { id: 'ben', name: 'ben' };
    return { ...newGoal({ kind: 'objective', title: id, owners: [by], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' } }, { period, id, by, at: '2026-10-01T09:00:00.000Z' }), ...more };
  };
  const forBen = { ...openAccess, private: true };

  describe('rights', () => {
    it('by giving a goal to a team of their own (C07, C56)', async () => {
      const { goal } = await make('ben', { delegate: 'dana' });
      assert.equal((await problemOf(change('dana', goal, { entity: { kind: 'teams', teams: ['dana-team'] } }))).type, 'forbidden');
      assert.equal((await change('dana', goal, { title: 'Better', entity: goal.entity })).goal.title, 'Better', 'a form sends back what it was shown');
    });

    it('by putting a private goal where they are editors (C07, C54)', async () => {
      const { goal } = await make('ben', { delegate: 'dana', ...secret() });
      const trap = await make('dana', { kind: 'objective', ...secret({ viewers: ['eve'] }) });
      assert.equal((await problemOf(change('dana', goal, under(trap)))).type, 'forbidden');
      assert.deepEqual((await rowOf(goal)).access.viewers, []);
      const home = await make('ben', { kind: 'objective', ...secret({ editors: ['dana'] }) });
      assert.equal((await change('ben', goal, under(home))).goal.access.inheritedFrom?.id, home.goal.id, 'its owner may');
    });

    it('by hiding a public goal from everybody else (C07, C54)', async () => {
      const { goal } = await make('ben', { delegate: 'dana' });
      const trap = await make('dana', { kind: 'objective', ...secret() });
      assert.equal((await problemOf(change('dana', goal, under(trap)))).type, 'forbidden');
      const open = await make('dana', { kind: 'objective' });
      assert.deepEqual((await change('dana', goal, under(open))).goal.parents, [refOf(open.goal)], 'under what everybody sees it may stand');
    });

    it('by postponing goals of others (C07)', async () => {
      const top = await make('ben', { kind: 'objective', delegate: 'dana' });
      await make('ben', { title: 'Below', ...under(top) });
      const { continuedBy } = await postpone('dana', top.goal);
      const [below] = continuedBy.goal.children;
      for (const goal of [continuedBy.goal, await rowOf(below!)]) {
        assert.deepEqual(goal.createdBy.id, 'ben');
        assert.equal((await read('dana', goal)).may.changeOwners, false);
      }
    });
  });

  describe('sight', () => {
    it('of what continues a private goal: it inherits where it stands (C54)', async () => {
      const annual = await make('ben', { kind: 'objective', end: '2026-12-31', ...secret() });
      const kr = await make('ben', { title: 'Below', ...under(annual) });
      await make('ben', { kind: 'initiative', title: 'Work', ...under(kr) });
      const { continuedBy } = await postpone('ben', kr.goal);
      const work = await rowOf(continuedBy.goal.children[0]!);
      for (const goal of [continuedBy.goal, work]) assert.deepEqual(goal.access.inheritedFrom, refOf(annual.goal));
      await change('ben', annual.goal, secret({ viewers: ['eve'] }));
      assert.deepEqual((await rowOf(work)).access.viewers.map(w => w.id), ['eve', 'ben']);
    });

    it('of a goal that becomes private while it is continued (C54)', async () => {
      const { goal } = await make('ben', { kind: 'objective', title: 'Merger' });
      disturb.transaction = async steps => {
        if (!steps.some(({ keys: { row } }) => row.startsWith('g:c'))) return;
        disturb.transaction = () => undefined;
        await change('ben', goal, secret());
      };
      const { continuedBy } = await postpone('ben', goal);
      assert.equal((await rowOf(continuedBy.goal)).access.private, true);
    });

    it('of private goals by the pages of a list, their number or where they end (C54)', async () => {
      await write(...Array.from({ length: 3 }, (_, i) => goalOf(`a-SECRET-${i}`, { access: forBen })), goalOf('open-1'), goalOf('m-SECRET', { access: forBen }), goalOf('open-2'), goalOf('z-SECRET', { access: forBen }));
      const page = (next?: string) => as('eve')(api.goals, { params: { organization }, query: { period, limit: 1, ...(next === undefined ? {} : { next }) } });
      const first = await page();
      const second = await page(first.next);
      assert.deepEqual([first, second].map(p => p.rows.map(r => r.goal.id)), [['open-1'], ['open-2']]);
      assert.deepEqual([first.next, second.next], ['open-1', undefined]);
      for (const wrong of ['a b', `${tenant}|main`, '../x']) assert.deepEqual((await problemOf(page(wrong))).errors, { next: 'Start again from the first page.' });
    });

    it('of private goals by the pages of children (C54)', async () => {
      const open = [goalOf('open-1'), goalOf('open-2')];
      const hidden = ['a-SECRET', 'n-SECRET', 'p-SECRET', 'z-SECRET'].map(id => goalOf(id, { access: forBen }));
      const parent = goalOf('parent', { children: [...hidden, ...open].map(goal => ({ ...asChild(goal), contributes: true, ...(goal.id === 'n-SECRET' ? { private: false } : {}) })) }); // of one it has not heard yet
      await write(parent, ...open, ...hidden);
      const page = (next?: string) => as('eve')(api.children, { ...at(parent), query: { limit: 1, ...(next === undefined ? {} : { next }) } });
      const first = await page();
      const second = await page(first.next);
      assert.deepEqual([first, second].map(p => p.rows.map(r => r.goal.id)), [['open-1'], ['open-2']]);
      assert.doesNotMatch(JSON.stringify([first, second]), /SECRET/);
      assert.equal(second.next, undefined);
    });

    it('of a title by the end of a page, where another process has hidden the goal (C54)', async () => {
      await write(goalOf('one', { title: 'CANARY' }), goalOf('two', { title: 'Dandelion' }), goalOf('three', { title: 'Elder' }));
      const page = () => as('eve')(api.goals, { params: { organization }, query: { limit: 1, sort: 'title' } });
      assert.equal((await page()).rows[0]!.goal.title, 'CANARY');
      await write(goalOf('one', { title: 'CANARY', access: forBen }));
      const after = await page();
      assert.deepEqual(after.rows.map(r => r.goal.title), ['Dandelion']);
      assert.doesNotMatch(Buffer.from(after.next!, 'base64url').toString(), /canary/i);
    });

    it('of the private goal that another continues, or that continues it (C54)', async () => {
      const { goal } = await make('ben', { kind: 'objective', title: 'Merger' });
      const { continuedBy } = await postpone('ben', goal);
      const told = async (who: Name, of: Goal) => JSON.stringify([await read(who, of), await as(who)(api.feed, { ...at(of), query: { limit: 50 } })]);
      assert.match(await told('eve', continuedBy.goal), new RegExp(goal.id));
      await write({ ...await rowOf(goal), access: forBen });
      assert.doesNotMatch(await told('eve', continuedBy.goal), new RegExp(goal.id));
      assert.match(await told('ben', continuedBy.goal), new RegExp(goal.id));
      await write({ ...await rowOf(goal), access: openAccess }, { ...await rowOf(continuedBy.goal), access: forBen });
      assert.doesNotMatch(await told('eve', goal), new RegExp(continuedBy.goal.id));
    });

    it('of a private parent by the alerts that a child has or has not (C54)', async () => {
      const parent = goalOf('parent', { access: forBen });
      await write(parent, goalOf('alone'), goalOf('child', { parents: [refOf(parent)] }));
      const alerts = async (who: Name, id: string) => { const { alerts: all, goal } = await read(who, { period, id }); return [all.map(a => a.kind), goal.alert]; };
      assert.deepEqual(await alerts('eve', 'child'), await alerts('eve', 'alone'));
      assert.ok(!(await alerts('ben', 'child'))[0]!.includes('unsupported'));
    });
  });

  describe('a failure of ours', () => {
    const most = 9_007_199_254_740_991;

    it('with numbers that no sum or difference holds: they are refused by field', async () => {
      const metric = (more: object) => ({ kind: 'metric', name: 'Orders', unit: { kind: 'none' }, ...more }) as GoalBody['outcome'];
      const faults = async (call: Promise<unknown>) => Object.keys((await problemOf(call)).errors ?? {});
      assert.deepEqual(await faults(make('ben', { outcome: metric({ direction: 'increase', start: -1.7e308, target: 1.7e308 }) })), ['outcome.start', 'outcome.target']);
      assert.deepEqual(await faults(make('ben', { outcome: metric({ direction: 'stay-below', target: 1, risk: 1e300 }) })), ['outcome.risk']);
      const { goal } = await make('ben', { outcome: metric({ direction: 'increase', start: -most, target: most }) });
      assert.deepEqual(await faults(as('ben')(api.checkIn, { ...at(goal), body: { value: 1e308, note: '' } })), ['value']);
      assert.deepEqual(await faults(as('ben')(api.closeGoal, { ...at(goal), body: { value: -1e308, note: '' } })), ['value']);
      assert.equal((await as('ben')(api.checkIn, { ...at(goal), body: { value: 0, note: '' } })).goal.progress, 50);
    });

    it('with a row that can grow no more: they are told what to do', async () => {
      const { goal } = await make('ben');
      const name = '雪'.repeat(250);
      const liked = (people: number) => store.transact([put(rows.likes, keys.likes(scope, goal), { goal: refOf(goal), reactions: { like: Array.from({ length: people }, (_, i) => ({ id: `p${i}`, name })) } })]);
      let people = 345;
      while (await liked(people).then(() => false, (error: unknown) => error instanceof RowTooLarge)) people--;
      assert.ok(people > 330 && people < 345, `as many as a row holds, and it holds ${people}`);
      await store.transact([put(rows.person, keys.person(scope, 'eve'), { id: 'eve', name, role: 'member' })]);
      const refused = await problemOf(as('eve')(api.react, { ...at(goal), body: { to: { kind: 'goal' }, reaction: 'like', on: true } }));
      assert.deepEqual([refused.status, /Take something out first/.test(refused.title)], [400, true]);
    });

    it('with names that every object has, or with what is no cursor, id or page', async () => {
      const top = await make('ben', { kind: 'objective', mode: 'roll-up' });
      const token = await stage.entra.personToken({ tenant, id: 'ben', name: 'ben' });
      const raw = async (path: string, init: RequestInit = {}) => (await fetch(`${stage.address}/api/v1/organizations/${organization}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...(init.body ? { 'content-type': 'application/json' } : {}), ...(init.headers as object) } })).status;
      const goal = `/goals/${top.goal.period}/${top.goal.id}`;
      for (const name of ['constructor', '__proto__', 'toString']) {
        assert.equal(await raw(`${goal}/weights`, { method: 'PUT', body: `{"weights":{"${name}":5}}` }), name === '__proto__' ? 200 : 400, `${name}: which nobody reads, or is no child`);
        assert.equal(await raw(`${goal}/reactions`, { method: 'PUT', body: `{"to":{"kind":"goal"},"reaction":"${name}","on":true}` }), 400, name);
        assert.equal(await raw(`/follows/${name}`, { method: 'PUT' }), 404, name);
        for (const path of [`/teams/${name}`, `/goals/${name}/${name}`, `/goals/${period}/${name}/children`]) assert.equal(await raw(path), 404, path);
      }
      const odd = ['limit=201', 'limit=1e400', 'limit=-1', 'period=a&period=b', 'period[x]=1', 'under=..%2F..', 'kind=', 'next=AAAA', 'sort=title&next=bnVsbA', 'sort=title%3B--', 'search=a&search=b', 'endsBefore=%00'];
      for (const query of odd) assert.equal(await raw(`/goals?${query}`), 400, query);
      for (const search of ['"', "'; drop table goals; --", 'a* OR NEAR(b c)', '雪'.repeat(60), '\u0000', 'title:x', '(((', '-x', '﷽'.repeat(60)]) {
        assert.equal(await raw(`/goals?search=${encodeURIComponent(search)}`), 200, search);
      }
      for (const path of [`${goal}/feed?next=bnVsbA`, `${goal}/history?next=x`, '/tags?next=x', '/people?next=%27', '/audit?next=x']) assert.ok([400, 403].includes(await raw(path)), path);
    });
  });
});
