// Time periods over real HTTP: which is current, what admins may do with them, and the goals that run past them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'mocha';
import { type GoalBody, api } from '../api.ts';
import type { Scope, Settings } from '../domain/organization.ts';
import { daysOf } from '../domain/period.ts';
import { revise } from '../store/revise.ts';
import { type Store, insert } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { makeDuePeriods } from '../sync/periods.ts';
import { type OpenStage, addOrganization, openStage, organization, problemOf } from './stage.ts';

const params = { organization };
const campaign = { name: 'Campaign', start: '2026-11-01', end: '2027-01-15', kind: 'custom' } as const;

describe('time periods', function () {
  this.timeout(30_000);
  let stage: OpenStage;
  let store: Store;
  let now: Date;
  let tenant: string;
  let scope: Scope;
  const as = (id: string, of = tenant) => stage.as({ tenant: of, id, name: id });
  const ada = () => as('ada');

  before(async () => {
    stage = await openStage(() => now);
    store = stage.store;
  });
  after(() => stage.close());
  beforeEach(async () => {
    now = new Date('2026-11-21T09:00:00.000Z');
    tenant = randomUUID();
    scope = { tenant, organization };
    await addOrganization(store, tenant, { id: 'ada', name: 'Ada' });
  });

  const set = (change: Partial<Settings>) => revise(store, rows.organization, keys.organization(scope), o => ({ ...o, ...change }));
  const all = () => ada()(api.periods, { params });
  const ids = async () => (await all()).rows.map(p => p.id);
  const addGoal = (period: string, more: Partial<GoalBody> = {}) => ada()(api.createGoal, { params: { organization, period }, body: { kind: 'key-result', title: 'Answer faster', outcome: { kind: 'percent' }, ...more } });
  async function audited(): Promise<string[]> {
    const deeds: string[] = [];
    for await (const { body } of store.all(rows.audit, `${tenant}|${organization}|${now.toISOString().slice(0, 7)}`)) deeds.push(`${body.by.id} ${body.deed}`);
    return deeds.toSorted();
  }

  it('are there, with the current year\'s and in its last quarter the next year\'s, from an organization\'s first visit on (C08)', async () => {
    tenant = randomUUID();
    const { rows: periods, current } = await as('first')(api.periods, { params: { organization: (await as('first')(api.session, { params: {} })).organization.id } });
    assert.equal(current, '2026-q4');
    assert.deepEqual(periods.map(p => p.id), ['2026', '2026-q1', '2026-q2', '2026-q3', '2026-q4', '2027', '2027-q1', '2027-q2', '2027-q3', '2027-q4']);
  });

  it('are added by admins, with dates and a kind of their own; the quarter stays current (C08)', async () => {
    const added = await ada()(api.createPeriod, { params, body: campaign });
    await ada()(api.createPeriod, { params, body: { name: 'November', start: '2026-11-01', end: '2026-11-30', kind: 'month' } });
    const { rows: periods, current } = await all();
    assert.deepEqual(periods.find(p => p.id === added.id), added);
    assert.deepEqual(periods.map(p => p.name), ['Q1 2026', 'Q2 2026', 'Q3 2026', 'Q4 2026', 'Campaign', 'November']);
    assert.equal(current, '2026-q4');
    assert.equal((await addGoal(added.id)).goal.end, campaign.end);
    assert.deepEqual(await audited(), ['ada period.created', 'ada period.created']);
  });

  it('are refused with the field and the remedy', async () => {
    const refused = async (body: object) => (await problemOf(ada()(api.createPeriod, { params, body: { ...campaign, ...body } }))).errors;
    assert.deepEqual(await refused({ end: campaign.start }), { end: 'The end date must be after the start date.' });
    assert.deepEqual(await refused({ name: ' q4 2026' }), { name: 'There is a time period of this name. Choose another one.' });
    assert.deepEqual(await refused({ name: ' ' }), { name: 'Name the time period.' });
    assert.deepEqual(Object.keys((await refused({ start: '2026-02-30' }))!), ['start']);
    assert.equal((await ids()).length, 4);
  });

  it('number at most 400', async () => {
    const many = Array.from({ length: 395 }, (_, n) => ({ id: `p-${n}`, name: `Sprint ${n}`, start: '2026-01-01', end: '2026-01-14', kind: 'custom' as const }));
    await store.transactAll(many.map(p => [insert(rows.period, keys.period(scope, p.id), p)]));
    assert.match((await problemOf(ada()(api.createPlanningYear, { params, body: { year: 2030 } }))).errors!['year']!, /at most 400/);
    await ada()(api.createPeriod, { params, body: campaign });
    assert.match((await problemOf(ada()(api.createPeriod, { params, body: { ...campaign, name: 'Another' } }))).errors!['name']!, /at most 400/);
    assert.equal((await ids()).length, 400);
  });

  it('of a planning year are made before its time, once, by its start month, and of other kinds later (C08)', async () => {
    await set({ yearStart: 7 });
    const make = (year: number) => ada()(api.createPlanningYear, { params, body: { year } });
    assert.deepEqual((await make(2028)).rows.map(p => `${p.id} ${p.name} ${p.start}`), [
      '2028-07 2028/29 2028-07-01', '2028-07-q1 Q1 2028/29 2028-07-01', '2028-07-q2 Q2 2028/29 2028-10-01', '2028-07-q3 Q3 2028/29 2029-01-01', '2028-07-q4 Q4 2028/29 2029-04-01',
    ]);
    assert.match((await problemOf(make(2028))).errors!['year']!, /made already/);
    await set({ periods: { years: true, quarters: true, months: true } });
    assert.equal((await make(2028)).rows.length, 12);
    assert.deepEqual(Object.keys((await problemOf(make(1999))).errors!), ['year']);
    assert.deepEqual(await audited(), ['ada planning-year.created', 'ada planning-year.created']);
  });

  it('stay removed once an admin has removed them (C08)', async () => {
    const settings = (await set({}))!;
    await makeDuePeriods(store, scope, settings, now);
    await ada()(api.deletePeriod, { params: { organization, period: '2027' } });
    await makeDuePeriods(store, scope, settings, new Date('2027-02-01T00:00:00.000Z'));
    assert.deepEqual(await ids(), ['2026', '2026-q1', '2026-q2', '2026-q3', '2026-q4', '2027-q1', '2027-q2', '2027-q3', '2027-q4']);
    assert.deepEqual(await audited(), ['ada period.deleted']);
    assert.equal((await problemOf(ada()(api.deletePeriod, { params: { organization, period: '2027' } }))).status, 404);
  });

  it('are not deleted while goals are in them', async () => {
    await addGoal('2026-q3');
    assert.equal((await problemOf(ada()(api.deletePeriod, { params: { organization, period: '2026-q3' } }))).title, 'There are goals in Q3 2026. Move or delete them first.');
    assert.ok((await ids()).includes('2026-q3'));
  });

  it('are renamed and moved; those with goals become no shorter, and the goals keep their dates', async () => {
    const { id } = await ada()(api.createPeriod, { params, body: campaign });
    const change = (body: { name?: string; start?: string; end?: string }) => ada()(api.updatePeriod, { params: { organization, period: id }, body });
    assert.deepEqual(await change({ name: 'Winter campaign' }), { ...campaign, id, name: 'Winter campaign' });
    assert.deepEqual(await change({ start: '2026-11-10', end: '2026-12-20' }), { ...campaign, id, name: 'Winter campaign', start: '2026-11-10', end: '2026-12-20' });
    const { goal } = await addGoal(id);
    assert.match((await problemOf(change({ end: '2026-12-19' }))).errors!['end']!, /longer and not shorter/);
    assert.match((await problemOf(change({ start: '2026-11-11' }))).errors!['start']!, /longer and not shorter/);
    await change({ start: '2026-11-01', end: '2026-12-31' });
    assert.deepEqual((await store.get(rows.goal, keys.goal(scope, goal)))!.body, goal);
    assert.match((await problemOf(change({ name: 'q1 2026' }))).errors!['name']!, /of this name/);
    assert.deepEqual(Object.keys((await problemOf(change({ end: '2026-10-01' }))).errors!), ['end']);
    assert.deepEqual(await audited(), ['ada period.changed', 'ada period.changed', 'ada period.changed', 'ada period.created']);
  });

  it('are declared current by admins, for everybody, until they end (C08)', async () => {
    await ada()(api.createPlanningYear, { params, body: { year: 2027 } });
    const { id } = await ada()(api.createPeriod, { params, body: campaign });
    const declare = (period: string | null) => ada()(api.setCurrentPeriod, { params, body: { period } });
    assert.equal((await declare(id)).current, id);
    assert.equal((await as('ben')(api.periods, { params })).current, id);
    assert.match((await problemOf(ada()(api.deletePeriod, { params: { organization, period: id } }))).title, /declared Campaign the current/);
    now = new Date('2027-01-15T23:00:00.000Z');
    assert.equal((await all()).current, id);
    now = new Date('2027-01-16T00:00:00.000Z');
    assert.equal((await all()).current, '2027-q1');
    assert.match((await problemOf(declare(id))).errors!['period']!, /has ended/);
    await ada()(api.deletePeriod, { params: { organization, period: id } });
    now = new Date('2026-11-21T09:00:00.000Z');
    assert.match((await problemOf(declare(id))).errors!['period']!, /no such/);
    assert.equal((await declare('2026-q4')).current, '2026-q4');
    assert.equal((await declare(null)).current, '2026-q4');
    assert.equal((await set({}))!.pinnedPeriod, null);
  });

  it('are arranged by admins alone', async () => {
    const ben = as('ben');
    const period = { organization, period: '2026-q4' };
    for (const call of [
      () => ben(api.createPeriod, { params, body: campaign }), () => ben(api.createPlanningYear, { params, body: { year: 2027 } }), () => ben(api.deletePeriod, { params: period }),
      () => ben(api.updatePeriod, { params: period, body: { name: 'Mine' } }), () => ben(api.setCurrentPeriod, { params, body: { period: '2026-q1' } }),
    ]) assert.equal((await problemOf(call())).type, 'forbidden');
    assert.deepEqual((await all()).rows.map(p => p.name), ['Q1 2026', 'Q2 2026', 'Q3 2026', 'Q4 2026']);
    assert.equal((await all()).current, '2026-q4');
  });

  it('of another company cannot be seen or touched', async () => {
    const { id } = await ada()(api.createPeriod, { params, body: campaign });
    const other = randomUUID();
    await addOrganization(store, other, { id: 'eve', name: 'Eve' });
    assert.equal((await problemOf(as('eve', other)(api.deletePeriod, { params: { organization, period: id } }))).status, 404);
    assert.ok(!(await as('eve', other)(api.periods, { params })).rows.some(p => p.id === id));
  });

  it('hold goals with dates of their own, and remember how far these reach (C09)', async () => {
    const { goal, etag } = await addGoal('2026-q4', { start: '2026-09-01', end: '2027-03-31' });
    assert.deepEqual([goal.start, goal.end, goal.period], ['2026-09-01', '2027-03-31', '2026-q4']);
    const q4 = async () => (await all()).rows.find(p => p.id === '2026-q4')!;
    assert.deepEqual(daysOf(await q4()), { start: '2026-09-01', end: '2027-03-31' });
    await ada()(api.updateGoal, { params: { organization, period: '2026-q4', goal: goal.id }, etag, body: { kind: 'key-result', title: goal.title, outcome: goal.outcome, end: '2027-06-30' } });
    assert.deepEqual(daysOf(await q4()), { start: '2026-09-01', end: '2027-06-30' });
    assert.deepEqual([(await q4()).start, (await q4()).end], ['2026-10-01', '2026-12-31']);
  });
});
