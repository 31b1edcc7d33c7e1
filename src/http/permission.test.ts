// Rights by what people are elsewhere, over the REST API: through teams, managers and the goals above, and what a view says that its reader may do.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { api } from '../api.ts';
import { type Goal, newGoal, openAccess, refOf } from '../domain/goal.ts';
import { type Person, type Settings, newOrganization, usualModel, usualPolicy } from '../domain/organization.ts';
import type { Ask } from '../simulators/ask.ts';
import { type Store, put } from '../store/store.ts';
import { type Keys, keys, rows } from '../store/tables.ts';
import { refuseChange } from './handlers/goal-view.ts';
import { type OpenStage, addOrganization, openStage, organization, period, problemOf } from './stage.ts';

const tenant = randomUUID();
const scope = { tenant, organization };
const person = (id: string, more: Partial<Person> = {}): Person => ({ id, name: id, role: 'member', ...more });
const people = {
  olga: person('olga'), dora: person('dora'), theo: person('theo'), mona: person('mona', { reports: ['olga'] }), pia: person('pia'),
  sam: person('sam'), obi: person('obi', { role: 'observer' }), ada: person('ada', { role: 'admin' }),
};
type Name = keyof typeof people;
const named = ({ id, name }: Person) => ({ id, name });
const goal = (id: string, owner: Person, more: Partial<Goal>): Goal => ({
  ...newGoal({ kind: 'objective', title: id, owners: [named(owner)], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' } }, { period, id, by: named(owner), at: '2026-10-01T09:00:00.000Z' }), ...more,
});
const above = goal('above', people.pia, {});
const target = goal('target', people.olga, { parents: [refOf(above)], entity: { kind: 'teams', teams: ['red'] }, delegate: named(people.dora) });
const locked = goal('locked', people.olga, { access: { ...openAccess, aligners: [named(people.sam)] } });

describe('rights over the REST API', function () {
  this.timeout(60_000);
  let stage: OpenStage;
  const as = (who: Name): Ask => stage.as({ tenant, ...named(people[who]) });

  before(async () => {
    stage = await openStage(() => new Date('2026-11-21T09:00:00.000Z'));
    await addOrganization(stage.store, tenant);
    for (const one of Object.values(people)) await stage.store.transact([put(rows.person, keys.person(scope, one.id), one)]);
    await stage.store.transact([put(rows.team, keys.team(scope, 'red'), { id: 'red', name: 'Red', parent: null, owners: [named(people.theo)], members: [named(people.sam)], createGoals: { for: 'team-owners' }, rhythm: null })]);
    for (const one of [above, target, locked]) await stage.store.transact([put(rows.goal, keys.goal(scope, one), one)]);
  });
  after(() => stage.close());

  const at = (one: Goal) => ({ params: { organization, period, goal: one.id } });
  const whoMay = async (one: Goal, right: 'edit' | 'checkIn' | 'align' | 'comment' | 'changeOwners'): Promise<string[]> => {
    const may = await Promise.all((Object.keys(people) as Name[]).map(async who => ((await as(who)(api.goal, at(one))).may[right] ? [who] : [])));
    return may.flat();
  };

  it('a view says what its reader may do: by role, team, manager, goal above and grant (C07, C55, C56, A03, A04, A05)', async () => {
    assert.deepEqual(await whoMay(target, 'edit'), ['olga', 'dora', 'theo', 'mona', 'pia', 'ada']);
    assert.deepEqual(await whoMay(target, 'checkIn'), ['olga', 'dora', 'theo', 'mona', 'pia', 'ada']);
    assert.deepEqual(await whoMay(target, 'changeOwners'), ['olga', 'theo', 'mona', 'ada']);
    assert.deepEqual(await whoMay(target, 'comment'), Object.keys(people));
    assert.deepEqual(await whoMay(target, 'align'), ['olga', 'dora', 'theo', 'mona', 'pia', 'sam', 'ada']);
    assert.deepEqual(await whoMay(locked, 'align'), ['olga', 'mona', 'sam', 'ada']);
  });

  it('the routes agree with the view: who may check in does, and the rest are told who can (C56, A03, A04, A05)', async () => {
    for (const who of ['theo', 'mona', 'pia', 'ada'] as const) await as(who)(api.checkIn, { ...at(target), body: { value: 10, note: who } });
    assert.match((await problemOf(as('sam')(api.checkIn, { ...at(target), body: { note: 'x' } }))).title, /^Only olga, who owns this goal, .* may check in on it\.$/);
    assert.match((await problemOf(as('obi')(api.checkIn, { ...at(target), body: { note: 'x' } }))).title, /^Observers view/);
    assert.equal((await as('obi')(api.comment, { ...at(target), body: { text: 'Well done' } })).by.kind, 'person');
    assert.match((await problemOf(as('obi')(api.syncGoal, at(target)))).title, /^Observers view/);
  });

  it('goals are made by whom organization and team have chosen (A15, A19)', async () => {
    const making = (who: Name, more: object) => as(who)(api.createGoal, { params: { organization, period }, body: { kind: 'objective', title: 'New', outcome: { kind: 'percent' }, ...more } });
    const may = async (who: Name, more: object) => making(who, more).then(() => true, (error: { problem?: { type: string } }) => { assert.equal(error.problem?.type, 'forbidden'); return false; });
    const who = async (more: object) => (await Promise.all((['theo', 'sam', 'obi', 'ada'] as const).map(async one => (await may(one, more) ? [one] : [])))).flat();
    const rule = (change: Partial<Settings>) => stage.store.transact([put(rows.organization, keys.organization(scope), newOrganization({ tenant, id: organization, name: 'Aurora', ...change }))]);
    assert.deepEqual(await who({}), ['theo', 'sam', 'ada']);
    assert.deepEqual(await who({ entity: { kind: 'teams', teams: ['red'] } }), ['theo', 'ada']);
    assert.deepEqual(await who({ entity: { kind: 'organization' } }), ['theo', 'ada'], 'owners of any team');
    await rule({ createGoals: { for: 'people', people: ['sam'] } });
    assert.deepEqual(await who({ entity: { kind: 'organization' } }), ['sam', 'ada']);
    await rule({ model: { ...usualModel, initiatives: { ...usualModel.initiatives, enabled: { for: 'people', people: ['sam'] } } } });
    assert.deepEqual(await who({ kind: 'initiative' }), ['sam']);
    await rule({});
  });

  it('a change reads what lies around a goal only where that could matter', async () => {
    const read: string[] = [];
    const counting: Store = new Proxy(stage.store, { get: (store, name) => (name === 'get'
      ? (kind: { name: string }, where: Keys) => { read.push(kind.name); return store.get(kind as never, where); }
      : Reflect.get(store, name)) });
    const ask = async (who: Name, one: Goal) => {
      read.length = 0;
      await refuseChange('edit', one, { scope, person: people[who], organization: newOrganization({ tenant, id: organization, name: 'Aurora' }), policy: usualPolicy, tenantAdministrator: false }, { store: counting }).catch(() => undefined);
      return read.toSorted();
    };
    assert.deepEqual(await ask('olga', target), []);
    assert.deepEqual(await ask('ada', target), []);
    assert.deepEqual(await ask('theo', target), ['goal', 'team']);
    assert.deepEqual(await ask('sam', { ...target, access: { ...openAccess, private: true } }), []);
  });
});
