// Time periods come by themselves, once, and stay as their admins have arranged them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'mocha';
import type { Organization } from '../domain/organization.ts';
import { type Period, reaching } from '../domain/period.ts';
import { startAzurite, type Azurite } from '../simulators/azurite.ts';
import { revise } from '../store/revise.ts';
import { insert, put, remove } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { makeDuePeriods, makePlanningYear, planningYearsOf } from './periods.ts';
import { setStage, type Stage } from './stage.ts';
import { sweep } from './sweep.ts';

const yearAndQuarters = (name: string) => [name, ...[1, 2, 3, 4].map(q => `${name}-q${q}`)];

describe('Time periods', () => {
  let azurite: Azurite;
  let stage: Stage;
  before(async () => { azurite = await startAzurite(); });
  after(() => azurite.stop());
  beforeEach(async () => { stage = await setStage(azurite.connectionString, { timeZone: 'Pacific/Auckland', prefix: `p${randomUUID().slice(0, 8)}` }); });

  async function periods(): Promise<Period[]> {
    const all: Period[] = [];
    for await (const { body } of stage.deps.store.all(rows.period, keys.organizationRows(stage.scope))) all.push(body);
    return all;
  }
  const ids = async () => (await periods()).map(p => p.id).toSorted();
  const set = (change: Partial<Organization>) => revise(stage.deps.store, rows.organization, keys.organization(stage.scope), o => ({ ...o, ...change }));
  async function sweptAt(now: string): Promise<string[]> {
    stage.clock.now = new Date(now);
    await sweep(stage.deps);
    assert.deepEqual(stage.reports, []);
    return ids();
  }

  it('are the planning year\'s, and the next one\'s from day 1 of its last quarter on, at midnight where the organization is (C08)', async () => {
    assert.deepEqual(await sweptAt('2026-09-30T10:59:00.000Z'), yearAndQuarters('2026'));
    assert.deepEqual(await sweptAt('2026-09-30T11:00:00.000Z'), [...yearAndQuarters('2026'), ...yearAndQuarters('2027')]); // October begins in Auckland
  });

  it('begin in the month in which the organization\'s year begins, with months where it wants them (C08)', async () => {
    await set({ yearStart: 4, periods: { years: true, quarters: false, months: true } });
    assert.deepEqual(await sweptAt('2026-05-10T00:00:00.000Z'), ['2026-04', ...[4, 5, 6, 7, 8, 9].map(m => `2026-m0${m}`), '2026-m10', '2026-m11', '2026-m12', '2027-m01', '2027-m02', '2027-m03']);
  });

  it('are made once though two workers make them at once, and once more every day (C08)', async () => {
    stage.clock.now = new Date('2026-11-15T12:00:00.000Z');
    await Promise.all([sweep(stage.deps), sweep({ ...stage.deps, worker: 'w2' }), sweep({ ...stage.deps, worker: 'w3' })]);
    const made = await stage.deps.store.get(rows.period, keys.period(stage.scope, '2027-q1'));
    for (let day = 16; day < 20; day++) await sweptAt(`2026-11-${day}T12:00:00.000Z`);
    assert.deepEqual(await ids(), [...yearAndQuarters('2026'), ...yearAndQuarters('2027')]);
    assert.deepEqual(await stage.deps.store.get(rows.period, keys.period(stage.scope, '2027-q1')), made);
    assert.deepEqual((await planningYearsOf(stage.deps.store, stage.scope)).map(y => y.year), [2026, 2027]);
  });

  it('are caught up with by a worker that was away for a year (C08)', async () => {
    await sweptAt('2026-06-01T00:00:00.000Z');
    assert.deepEqual(await sweptAt('2027-08-01T00:00:00.000Z'), [...yearAndQuarters('2026'), ...yearAndQuarters('2027')]);
  });

  it('stay removed and renamed as admins have left them (C08)', async () => {
    await sweptAt('2026-06-01T00:00:00.000Z');
    await stage.deps.store.transact([remove(rows.period, keys.period(stage.scope, '2026'))]);
    await revise(stage.deps.store, rows.period, keys.period(stage.scope, '2026-q3'), p => ({ ...p, name: 'Summer' }));
    assert.deepEqual(await sweptAt('2026-10-01T12:00:00.000Z'), [...yearAndQuarters('2026').slice(1), ...yearAndQuarters('2027')]);
    assert.equal((await periods()).find(p => p.id === '2026-q3')!.name, 'Summer');
  });

  it('that are there before their year counts as made are left as they are, and what is missing of them is made', async () => {
    const renamed: Period = { id: '2026-q2', name: 'Spring', start: '2026-04-01', end: '2026-06-30', kind: 'quarter' };
    await stage.deps.store.transact([insert(rows.period, keys.period(stage.scope, renamed.id), renamed)]); // as after a crash halfway
    assert.deepEqual(await sweptAt('2026-06-01T00:00:00.000Z'), yearAndQuarters('2026'));
    assert.equal((await periods()).find(p => p.id === '2026-q2')!.name, 'Spring');
  });

  it('of years that have been made stay as they are when the kinds change; those of the next year are of the new kinds (C08)', async () => {
    await sweptAt('2026-06-01T00:00:00.000Z');
    await set({ periods: { years: false, quarters: true, months: true } });
    assert.deepEqual(await sweptAt('2026-06-02T00:00:00.000Z'), yearAndQuarters('2026'));
    const next = (await sweptAt('2026-10-02T00:00:00.000Z')).slice(5);
    assert.deepEqual(next.filter(id => !id.includes('-m')), yearAndQuarters('2027').slice(1));
    assert.equal(next.length, 16);
  });

  it('go over to another start month without a day between (C08)', async () => {
    await sweptAt('2026-06-01T00:00:00.000Z');
    await set({ yearStart: 4 });
    assert.deepEqual((await sweptAt('2026-06-02T00:00:00.000Z')).slice(0, 2), ['2026', '2026-04']);
    await sweptAt('2027-01-02T00:00:00.000Z');
    const quarters = (await periods()).filter(p => p.kind === 'quarter').map(p => `${p.start} ${p.name}`).toSorted().slice(3, 6);
    assert.deepEqual(quarters, ['2026-10-01 Q4 2026', '2027-01-01 Q4 2026/27', '2027-04-01 Q1 2027/28']);
  });

  it('are not made, nor their year forgotten, while none are wanted', async () => {
    await set({ periods: { years: false, quarters: false, months: false } });
    assert.deepEqual(await sweptAt('2026-06-01T00:00:00.000Z'), []);
    await set({ periods: { years: true, quarters: false, months: false } });
    assert.deepEqual(await sweptAt('2026-06-02T00:00:00.000Z'), ['2026']);
  });

  it('of one year can be made of another kind later, and then are remembered too', async () => {
    const { store } = stage.deps;
    const now = new Date('2026-06-01T00:00:00.000Z');
    const settings = { timeZone: 'UTC', yearStart: 1, periods: { years: true, quarters: true, months: false } };
    await makeDuePeriods(store, stage.scope, settings, now);
    const withMonths = { yearStart: 1, periods: { years: false, quarters: false, months: true } };
    const make = async () => makePlanningYear(store, stage.scope, { year: 2026, settings: withMonths, made: await planningYearsOf(store, stage.scope), now });
    assert.equal((await make()).length, 12);
    assert.equal((await make()).length, 0);
    assert.deepEqual((await planningYearsOf(store, stage.scope)).map(y => y.kinds), [{ years: true, quarters: true, months: true }]);
  });

  it('have their goals judged by time for as long as the goals run, be it long after (C09)', async () => {
    await sweptAt('2026-10-01T12:00:00.000Z');
    const long = await stage.addGoal('long', { value: 20, progress: 20, status: 'on-track', end: '2028-12-31' });
    await revise(stage.deps.store, rows.period, keys.period(stage.scope, long.period), p => reaching(p, { start: '2026-10-01', end: '2028-12-31' }));
    await sweptAt('2026-12-31T12:00:00.000Z');
    assert.equal((await stage.goal(long)).status, 'on-track');
    await sweptAt('2027-11-01T12:00:00.000Z');
    assert.equal((await stage.goal(long)).status, 'at-risk');
  });

  it('have their goals judged by time before they begin where a goal begins earlier (C09)', async () => {
    const early: Period = { id: 'p-early', name: 'Campaign', start: '2026-12-01', end: '2026-12-31', kind: 'custom' };
    const goal = await stage.addGoal('early', { period: early.id, value: 1, progress: 1, status: 'on-track', start: '2026-10-01' });
    await stage.deps.store.transact([put(rows.period, keys.period(stage.scope, early.id), reaching(early, { start: '2026-10-01', end: '2026-12-31' }))]);
    await sweptAt('2026-11-25T12:00:00.000Z');
    assert.equal((await stage.goal(goal)).status, 'at-risk');
  });
});
