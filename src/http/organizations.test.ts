// Tenant, organizations, teams, people and what they decide, over real HTTP, real storage and really signed tokens.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type Answer, type GoalBody, type SettingsBody, type TeamBody, api } from '../api.ts';
import { newGoal } from '../domain/goal.ts';
import { type Person, type Rhythm, type Role, type TenantPolicy, usualModel, usualPolicy, usualRhythm } from '../domain/organization.ts';
import type { Ask } from '../simulators/ask.ts';
import { type Store, insert, put } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { type CallerDeps, callerOf } from './caller.ts';
import { knownTags } from './handlers/tags.ts';
import { isFollowing } from './handlers/follows.ts';
import { assignManager } from './managers.ts';
import type { ServerDeps } from './server.ts';
import { type OpenStage, type Somebody, addOrganization, openStage, organization, period, problemOf } from './stage.ts';

describe('organizations and their people', function () {
  this.timeout(30_000);
  let stage: OpenStage;
  let deps: ServerDeps;
  let store: Store;
  let requested: string[];
  let reports: string[];
  let clock = 0;
  /** Whom the directory names; somebody it does not know makes it fail. */
  const directory = new Map<string, { id: string; name: string } | null>();

  // Every test has a tenant of its own.
  let tenant: string;
  let scope: { tenant: string; organization: string };
  const here = { params: { organization } };
  const person = (id: string): Somebody => ({ tenant, id, name: `${id[0]!.toUpperCase()}${id.slice(1)}` });
  const as = (id: string): Ask => stage.as(person(id));
  const asAdministrator = (id: string): Ask => stage.as(person(id), { roles: ['Waymark.Administrator'] });
  const add = (id: string, role: Role, more: Partial<Person> = {}) => store.transact([insert(rows.person, keys.person(scope, id), { id, name: person(id).name, role, managerBy: 'admin', ...more })]);
  const personNow = async (id: string) => (await store.get(rows.person, keys.person(scope, id)))!.body;

  before(async () => {
    stage = await openStage(() => new Date(clock), set => ({
      startChain: async ({ organization: of }, connection) => { set.requested.push(`chain ${of}/${connection}`); },
      managerOf: async (_, id) => {
        const named = directory.get(id);
        if (named === undefined) throw new Error('The directory did not say.');
        return named;
      },
    }));
    ({ deps, store, requested, reports } = stage);
  });
  after(() => stage.close());

  beforeEach(async () => {
    clock = Date.parse('2026-11-21T09:00:00.000Z');
    tenant = randomUUID();
    scope = { tenant, organization };
    await addOrganization(store, tenant);
    for (const [id, role] of [['olga', 'owner'], ['ada', 'admin'], ['ben', 'member'], ['cleo', 'member'], ['obi', 'observer']] as const) await add(id, role);
    requested.length = reports.length = 0;
    directory.clear();
  });

  const settingsNow = () => as('ada')(api.organization, here);
  const change = async (body: SettingsBody, id = 'ada') => as(id)(api.updateSettings, { ...here, body, etag: (await settingsNow()).etag });
  const decide = async (policy: Partial<TenantPolicy>) => {
    const { etag } = await asAdministrator('ada')(api.tenant, { params: {} });
    return asAdministrator('ada')(api.updateTenant, { params: {}, body: { ...usualPolicy, ...policy }, etag });
  };
  const logged = async (on?: string) => (await as('olga')(api.audit, { ...here, query: { limit: 200, ...(on === undefined ? {} : { on }) } })).rows;
  const aTeam = (body: TeamBody, id = 'ada') => as(id)(api.createTeam, { ...here, body });
  const aGoal = (id: string, body: Partial<GoalBody> = {}, of = organization) =>
    as(id)(api.createGoal, { params: { organization: of, period }, body: { kind: 'objective', title: 'Answer faster', outcome: { kind: 'percent' }, ...body } });

  describe('in one tenant', () => {
    it('stand side by side with all that is in them, and nothing of one shows in another (A01)', async () => {
      const second = await asAdministrator('ada')(api.createOrganization, { params: {}, body: { name: 'Second', timeZone: 'Asia/Tokyo' } });
      assert.deepEqual([second.person.role, second.organization.timeZone, second.mayManage], ['owner', 'Asia/Tokyo', true]);
      const there = { organization: second.organization.id };
      const { rows: periods } = await as('ada')(api.periods, { params: there });
      assert.ok(periods.some(p => p.id === period), 'it has time periods');

      const fill = async (params: { organization: string }, mark: string) => {
        await as('ada')(api.createTeam, { params, body: { name: `${mark} team` } });
        await as('ada')(api.createTag, { params, body: { name: `${mark} tag` } });
        const { goal } = await aGoal('ada', { title: `${mark} goal` }, params.organization);
        await as('ada')(api.follow, { params: { ...params, followed: `goal:${period}:${goal.id}` } });
        await stage.as({ tenant, id: `${mark}-visitor`, name: `${mark} visitor` })(api.organization, { params });
        return goal.id;
      };
      const first = await fill({ organization }, 'alpha');
      const other = await fill(there, 'omega');

      const everything = async (params: { organization: string }) => JSON.stringify(await Promise.all([
        as('ada')(api.goals, { params, query: { period, limit: 200 } }), as('ada')(api.goals, { params, query: { period, limit: 200, search: 'goal' } }),
        as('ada')(api.teams, { params, query: { search: '', limit: 200 } }), as('ada')(api.people, { params, query: { search: '', limit: 200 } }),
        as('ada')(api.tags, { params, query: { search: '', limit: 200 } }), as('ada')(api.follows, { params, query: { limit: 200 } }),
        as('ada')(api.audit, { params, query: { limit: 200 } }),
      ]));
      const [mine, theirs] = await Promise.all([everything({ organization }), everything(there)]);
      for (const what of ['team', 'tag', 'goal', 'visitor']) {
        assert.ok(mine.includes(`alpha ${what}`) && theirs.includes(`omega ${what}`), `${what} stands in its own`);
      }
      assert.ok(!mine.includes('omega') && !theirs.includes('alpha'), 'and in no other');
      assert.equal((await problemOf(as('ada')(api.goal, { params: { ...there, period, goal: first } }))).type, 'not-found');
      assert.equal((await problemOf(as('ada')(api.goal, { params: { organization, period, goal: other } }))).type, 'not-found');

      const list = await as('ben')(api.organizations, { params: {}, query: { limit: 50 } });
      assert.deepEqual(list.rows.map(o => [o.name, o.role]), [['Aurora', 'member'], ['Second', null]]);
      assert.equal((await as('ben')(api.session, { params: {} })).organization.id, organization, 'the first stays where people come to by themselves');
    });

    it('are made by those whom the tenant’s policy lets (A06)', async () => {
      const make = (ask: Ask) => ask(api.createOrganization, { params: {}, body: { name: 'New' } });
      const mayCreate = async (id: string) => (await as(id)(api.organizations, { params: {}, query: { limit: 50 } })).mayCreate;
      assert.match((await problemOf(make(as('olga')))).title, /goals administrator/);
      assert.equal(await mayCreate('olga'), false);
      await make(asAdministrator('ben'));
      await decide({ createOrganizations: { for: 'people', people: ['ben'] } });
      await make(as('ben'));
      assert.equal((await problemOf(make(as('olga')))).type, 'forbidden');
      await decide({ createOrganizations: { for: 'everybody' } });
      await make(as('obi'));
      assert.equal(await mayCreate('obi'), true);
    });

    it('have goals administrators above them: those named in the settings, and those with the app role (A02)', async () => {
      for (const id of ['olga', 'ada', 'ben']) {
        assert.equal((await problemOf(as(id)(api.tenant, { params: {} }))).type, 'forbidden', id);
        assert.equal((await problemOf(as(id)(api.updateTenant, { params: {}, body: usualPolicy, etag: 'undecided' }))).type, 'forbidden', id);
      }
      assert.equal((await as('ben')(api.session, { params: {} })).tenantAdministrator, false);
      assert.equal((await stage.as(person('ben'), { roles: ['Another.Role'] })(api.session, { params: {} })).tenantAdministrator, false);
      assert.equal((await asAdministrator('ben')(api.session, { params: {} })).tenantAdministrator, true);
      assert.deepEqual((await asAdministrator('ben')(api.tenant, { params: {} })).policy, usualPolicy);
      assert.equal((await personNow('ben')).role, 'member', 'an app role is none in the organization');
      assert.equal((await as('first')(api.session, { params: {} })).tenantAdministrator, true);

      const empty = { tenant: randomUUID(), id: 'it', name: 'It' };
      const opened = await stage.as(empty, { roles: ['Waymark.Administrator'] })(api.session, { params: {} });
      assert.deepEqual([opened.organization.id, opened.person.role], ['main', 'owner']);
    });

    it('is decided under the ETag that was read, and every decision is kept (A28)', async () => {
      const ask = asAdministrator('ada');
      const { etag } = await ask(api.tenant, { params: {} });
      const policy: TenantPolicy = { ...usualPolicy, integrations: { allow: 'none' } };
      await ask(api.updateTenant, { params: {}, body: policy, etag });
      const late = await problemOf(ask(api.updateTenant, { params: {}, body: usualPolicy, etag }));
      assert.deepEqual([late.type, late.status], ['conflict', 412]);
      assert.ok((await problemOf(decide({ integrations: { allow: 'selected', selected: ['numbers', 'nothing'] } }))).errors!['integrations.selected.1']);
      const [entry, ...more] = (await ask(api.tenantAudit, { params: {}, query: { limit: 50 } })).rows;
      assert.deepEqual([entry!.deed, entry!.by.id, entry!.before, entry!.after, more.length], ['tenant.changed', 'ada', { integrations: { allow: 'all' } }, { integrations: { allow: 'none' } }, 0]);
      assert.equal((await problemOf(as('olga')(api.tenantAudit, { params: {}, query: { limit: 50 } }))).type, 'forbidden');
    });
  });

  describe('under a tenant’s policy on integrations', () => {
    const connect = async () => {
      await as('ada')(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: true } });
      return as('ada')(api.createConnection, { ...here, body: { integration: 'numbers', name: 'N', shared: true, auth: 'none', settings: {}, credential: {} } });
    };
    const numbers = async () => (await as('ben')(api.integrations, here)).rows.find(i => i.id === 'numbers')!;

    it('one that is not allowed says so and who can change it, is not enabled, and is read by nobody (A07)', async () => {
      const connection = await connect();
      const body: GoalBody = { kind: 'key-result', title: 'Linked', outcome: { kind: 'percent' }, mode: 'source', link: { connection: connection.id, measure: { metric: 'number', form: { name: 'x' } } } };
      const { goal } = await as('ada')(api.createGoal, { params: { organization, period }, body });
      assert.equal((await numbers()).blocked, undefined);

      for (const integrations of [{ allow: 'none' }, { allow: 'selected', selected: ['asana'] }] satisfies TenantPolicy['integrations'][]) {
        await decide({ integrations });
        assert.match((await numbers()).blocked!, /company does not allow Numbers.*goals administrator/);
        assert.match((await problemOf(as('ada')(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: true } }))).title, /does not allow Numbers/);
        assert.match((await problemOf(as('ada')(api.preview, { params: { organization, connection: connection.id }, body: { measure: body.link!.measure, outcome: { kind: 'percent' } } }))).title, /does not allow Numbers/);
        const { link } = await as('ben')(api.goal, { params: { organization, period, goal: goal.id } });
        assert.match(link!.problem!.message, /does not allow Numbers.*last value stays/);
        assert.equal(link!.nextSync, null);
      }
      await decide({ integrations: { allow: 'selected', selected: ['numbers'] } });
      assert.equal((await numbers()).blocked, undefined);
      assert.equal((await as('ben')(api.goal, { params: { organization, period, goal: goal.id } })).link!.problem, null);
    });

    it('what it had stopped goes on when it is allowed again, in every organization that has it enabled, and nowhere else (A07)', async () => {
      const connection = await connect();
      const { organization: second } = await asAdministrator('ada')(api.createOrganization, { params: {}, body: { name: 'Second' } });
      const elsewhere = { tenant, organization: second.id };
      const row = (await store.get(rows.connection, keys.connection(scope, connection.id)))!.body;
      await store.transact([insert(rows.connection, keys.connection(elsewhere, 'off'), { ...row, id: 'off' })]); // there nobody has enabled it
      await store.transact([insert(rows.connection, keys.connection(scope, 'other'), { ...row, id: 'other', integration: 'asana' })]);
      await decide({ integrations: { allow: 'none' } });
      requested.length = 0;
      await decide({ integrations: { allow: 'all' } });
      assert.deepEqual(requested, [`chain main/${connection.id}`]);
      requested.length = 0;
      await decide({ createOrganizations: { for: 'everybody' } });
      assert.deepEqual(requested, []);
    });
  });

  describe('have settings', () => {
    it('that owners and admins change, each part by itself, under the ETag that was read (A03, A28)', async () => {
      const { etag, mayManage } = await as('ada')(api.organization, here);
      assert.equal(mayManage, true);
      assert.equal((await problemOf(as('ben')(api.updateSettings, { ...here, body: { yearStart: 4 }, etag }))).type, 'forbidden');
      const changed = await as('olga')(api.updateSettings, { ...here, body: { name: 'Aurora Coffee', timeZone: 'Europe/Stockholm', yearStart: 4, healthyScores: { from: 0.7, to: 0.9 } }, etag });
      assert.deepEqual([changed.organization.name, changed.organization.timeZone, changed.organization.yearStart], ['Aurora Coffee', 'Europe/Stockholm', 4]);
      assert.deepEqual(changed.organization.model, usualModel, 'the rest stays');
      assert.equal((await problemOf(as('ada')(api.updateSettings, { ...here, body: { yearStart: 7 }, etag }))).status, 412);
      assert.equal((await as('ben')(api.session, { params: {} })).organization.timeZone, 'Europe/Stockholm');
      const [entry] = await logged(organization);
      assert.deepEqual([entry!.deed, entry!.by, entry!.before], ['organization.changed', { id: 'olga', name: 'Olga' }, { name: 'Aurora', timeZone: 'UTC', yearStart: 1, healthyScores: { from: 0.6, to: 0.8 } }]);
      const { rows: periods } = await as('ben')(api.periods, here);
      assert.ok(periods.some(p => p.start === '2026-04-01' && p.end === '2027-03-31'), 'the planning year from April on is there at once');
      await change({ yearStart: 4 });
      assert.equal((await logged(organization)).length, 1, 'what changes nothing is no change');
    });

    it('that cannot be nonsense, and say which field is', async () => {
      const wrong: [SettingsBody, string][] = [
        [{ timeZone: 'Middle-earth/Shire' }, 'timeZone'], [{ timeZone: '+02:00' }, 'timeZone'], [{ yearStart: 13 }, 'yearStart'], [{ name: ' ' }, 'name'],
        [{ thresholds: { behind: 30, atRisk: 10 } }, 'thresholds.atRisk'], [{ healthyScores: { from: 0.9, to: 0.2 } }, 'healthyScores.to'],
        [{ rhythm: { ...usualRhythm, days: [] } }, 'rhythm.days'], [{ rhythm: { ...usualRhythm, time: '25:00' } }, 'rhythm.time'],
        [{ rhythm: { ...usualRhythm, every: 'month' } }, 'rhythm.week'], [{ rhythm: { ...usualRhythm, week: 'last' } }, 'rhythm.week'],
        [{ createGoals: { for: 'people', people: ['ben', 'nobody'] } }, 'createGoals.people'],
        [{ model: { initiatives: { ...usualModel.initiatives, enabled: { for: 'people', people: ['nobody'] } } } }, 'model.initiatives.enabled.people'],
        [{ model: { names: { ...usualModel.names, objective: ['', 'Goals'] } } }, 'model.names.objective.0'],
        [{ colour: 'red' } as SettingsBody, 'colour'],
      ];
      const { etag } = await settingsNow();
      for (const [body, field] of wrong) {
        const { errors, type } = await problemOf(as('ada')(api.updateSettings, { ...here, body, etag }));
        assert.deepEqual([type, Object.keys(errors ?? {})[0]], ['bad-request', field], JSON.stringify(body));
      }
      assert.equal((await settingsNow()).etag, etag);
    });

    it('among them thresholds, which decide what status a check-in has (C24)', async () => {
      const status = async () => {
        const { goal } = await aGoal('ben', { kind: 'key-result' });
        return (await as('ben')(api.checkIn, { params: { organization, period, goal: goal.id }, body: { value: 45, note: '' } })).goal.status; // 56 % are expected
      };
      assert.equal(await status(), 'behind');
      await change({ thresholds: { behind: 15, atRisk: 40 } });
      assert.equal(await status(), 'on-track');
      await change({ thresholds: { behind: 0, atRisk: 10 } });
      assert.equal(await status(), 'at-risk');
    });

    it('among them the model, its nesting, what contributes and what things are called (A16, A17, A18)', async () => {
      assert.equal((await settingsNow()).organization.model.kind, 'classic');
      const model = {
        kind: 'interchangeable', objectivesUnderKeyResults: true, keyResultsUnderKeyResults: true, initiativesUnderKeyResults: false, multipleAlignment: true,
        childObjectives: 'never', newChildrenContribute: false, scoringGuidance: false,
        initiatives: { enabled: { for: 'nobody' }, contribute: 'by-default' },
        names: { objective: ['Big rock', 'Big rocks'], keyResult: ['KPI', 'KPIs'], initiative: ['Project', 'Projects'] },
      } as const;
      for (const [name, value] of Object.entries(model)) {
        const before = (await settingsNow()).organization.model;
        const after = (await change({ model: { [name]: value } })).organization.model;
        assert.deepEqual(after, { ...before, [name]: value }, `only ${name} changes`);
      }
      assert.deepEqual((await as('ben')(api.session, { params: {} })).organization.model, model);
    });

    it('among them who may make initiatives (A19)', async () => {
      const make = (id: string) => aGoal(id, { kind: 'initiative', title: 'Campaign' });
      await change({ model: { initiatives: { enabled: { for: 'people', people: ['ben'] }, contribute: 'not-by-default' } } });
      await make('ben');
      assert.match((await problemOf(make('cleo'))).title, /people chosen by the admins/);
      await change({ model: { initiatives: { enabled: { for: 'nobody' }, contribute: 'not-by-default' } } });
      assert.match((await problemOf(make('ben'))).title, /switched off/);
      await change({ model: { initiatives: usualModel.initiatives } });
      await make('cleo');
    });

    it('among them who may make goals of the whole organization, as teams have for their own (A15)', async () => {
      const make = (id: string, entity: NonNullable<GoalBody['entity']>) => aGoal(id, { entity });
      const whole = { kind: 'organization' } as const;
      await change({ createGoals: { for: 'people', people: ['cleo'] } });
      await make('cleo', whole);
      assert.equal((await problemOf(make('ben', whole))).type, 'forbidden');
      await change({ createGoals: { for: 'team-owners' } });
      assert.equal((await problemOf(make('ben', whole))).type, 'forbidden');
      const { team, etag } = await aTeam({ name: 'Support', owners: ['ben'], members: ['cleo'] });
      await make('ben', whole);
      await change({ createGoals: { for: 'everybody' } });
      await make('cleo', whole);

      const ofTeam: GoalBody['entity'] = { kind: 'teams', teams: [team.id] };
      assert.equal((await problemOf(make('cleo', ofTeam))).type, 'forbidden');
      const opened = await as('ben')(api.updateTeam, { params: { organization, team: team.id }, body: { createGoals: { for: 'members' } }, etag });
      await make('cleo', ofTeam);
      await as('ben')(api.updateTeam, { params: { organization, team: team.id }, body: { createGoals: { for: 'people', people: ['ada'] } }, etag: opened.etag });
      assert.equal((await problemOf(make('cleo', ofTeam))).type, 'forbidden');
      await make('cleo', { kind: 'individual' });
      assert.equal((await problemOf(make('obi', { kind: 'individual' }))).type, 'forbidden');
    });
  });

  describe('have teams', () => {
    it('to any depth, which hand down the right to make goals and the rhythm, and stand in no circle (C04)', async () => {
      const monthly: Rhythm = { every: 'month', week: 'first', days: ['tue'], time: '10:00', skipWithinDays: 3 };
      const top = await aTeam({ name: 'Customers', createGoals: { for: 'members' }, rhythm: monthly });
      const middle = await aTeam({ name: 'Support', parent: top.team.id });
      const low = await aTeam({ name: 'Nights', parent: middle.team.id, createGoals: { for: 'everybody' } });
      assert.deepEqual([middle.team.createGoals, middle.team.rhythm, middle.rhythm, low.rhythm], [{ for: 'members' }, null, monthly, monthly]);
      assert.deepEqual(low.team.createGoals, { for: 'everybody' });
      await change({ teamsMayChangeRhythm: false });
      assert.deepEqual((await as('ben')(api.team, { params: { organization, team: low.team.id } })).rhythm, usualRhythm);
      assert.match((await problemOf(aTeam({ name: 'X', rhythm: monthly }))).errors!['rhythm']!, /rhythm of the organization/);

      const { etag } = await as('ada')(api.team, { params: { organization, team: top.team.id } });
      for (const parent of [top.team.id, middle.team.id, low.team.id]) {
        assert.match((await problemOf(as('ada')(api.updateTeam, { params: { organization, team: top.team.id }, body: { parent }, etag }))).errors!['parent']!, /under itself/);
      }
      assert.ok((await problemOf(aTeam({ name: 'Y', parent: 'nowhere' }))).errors!['parent']);
      assert.ok((await problemOf(aTeam({ name: 'Y', owners: ['nobody'] }))).errors!['owners']);
      const listed = await as('ben')(api.teams, { ...here, query: { search: 'n', limit: 50 } });
      assert.deepEqual(listed.rows.map(t => [t.name, t.parent, t.mayManage]), [['Nights', middle.team.id, false]]);
    });

    it('that two people cannot move into a circle at once (C04)', async () => {
      for (let round = 0; round < 5; round++) {
        const [a, b] = await Promise.all([aTeam({ name: 'A' }), aTeam({ name: 'B' })]);
        const move = (one: typeof a, under: typeof a) => as('ada')(api.updateTeam, { params: { organization, team: one.team.id }, body: { parent: under.team.id }, etag: one.etag });
        await Promise.allSettled([move(a, b), move(b, a)]);
        const parents = await Promise.all([a, b].map(async ({ team }) => (await store.get(rows.team, keys.team(scope, team.id)))!.body.parent));
        assert.ok(parents.includes(null), 'one of them stands at the top');
      }
    });

    it('whose several owners lead them, and may check in on all of their goals; a goal belongs to several (C04, A03)', async () => {
      const support = await aTeam({ name: 'Support', owners: ['ben', 'cleo'] });
      const digital = await aTeam({ name: 'Digital', owners: ['ada'], members: ['cleo'] });
      const at = { params: { organization, team: support.team.id } };
      const renamed = await as('ben')(api.updateTeam, { ...at, body: { name: 'Support desk', members: ['obi', 'ada'] }, etag: support.etag });
      assert.deepEqual([renamed.team.name, renamed.team.members.map(m => m.name)], ['Support desk', ['Obi', 'Ada']]);
      assert.equal((await problemOf(as('cleo')(api.updateTeam, { ...at, body: { name: 'Late' }, etag: support.etag }))).status, 412);
      await as('cleo')(api.updateTeam, { ...at, body: { name: 'Desk' }, etag: renamed.etag });
      assert.match((await problemOf(as('cleo')(api.updateTeam, { params: { organization, team: digital.team.id }, body: { name: 'Ours' }, etag: digital.etag }))).title, /Ada of Digital/);

      const goal = newGoal(
        { kind: 'key-result', title: 'Of both', owners: [{ id: 'ada', name: 'Ada' }], entity: { kind: 'teams', teams: [digital.team.id, support.team.id] }, start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' } },
        { period, id: 'both', by: { id: 'ada', name: 'Ada' }, at: '2026-10-01T00:00:00.000Z' },
      );
      await store.transact([insert(rows.goal, keys.goal(scope, goal), goal)]);
      const params = { organization, period, goal: 'both' };
      for (const id of ['ben', 'cleo']) await as(id)(api.checkIn, { params, body: { value: 50, note: '' } });
      await add('dan', 'member');
      assert.equal((await problemOf(as('dan')(api.checkIn, { params, body: { value: 50, note: '' } }))).type, 'forbidden');
    });

    it('that are made by admins and, under their own, by owners of teams', async () => {
      assert.equal((await problemOf(aTeam({ name: 'Mine' }, 'ben'))).type, 'forbidden');
      const { team } = await aTeam({ name: 'Support', owners: ['ben'] });
      const under = await aTeam({ name: 'Nights', parent: team.id }, 'ben');
      assert.deepEqual(under.team.owners, [{ id: 'ben', name: 'Ben' }]);
      assert.equal((await problemOf(as('ben')(api.updateTeam, { params: { organization, team: under.team.id }, body: { parent: null }, etag: under.etag }))).type, 'forbidden');
    });

    it('that are deleted when nothing stands under them, also by two people at once', async () => {
      const { team } = await aTeam({ name: 'Support' });
      const under = await aTeam({ name: 'Nights', parent: team.id });
      const { etag } = await as('ada')(api.team, { params: { organization, team: team.id } });
      assert.match((await problemOf(as('ada')(api.deleteTeam, { params: { organization, team: team.id }, etag }))).title, /Nights stands under/);
      await as('ada')(api.deleteTeam, { params: { organization, team: under.team.id }, etag: under.etag });
      const deleting = as('ada')(api.deleteTeam, { params: { organization, team: team.id }, etag });
      const making = aTeam({ name: 'Days', parent: team.id });
      await Promise.allSettled([deleting, making]);
      const left = (await as('ada')(api.teams, { ...here, query: { search: '', limit: 50 } })).rows;
      assert.ok(left.every(t => t.parent === null || left.some(p => p.id === t.parent)), 'no team is an orphan');
      assert.deepEqual((await logged(under.team.id)).map(e => e.deed).toSorted(), ['team.created', 'team.deleted']);
    });
  });

  describe('have people', () => {
    it('in roles that admins give; owners are several, appointed by owners, and never none (A03)', async () => {
      const give = (by: Ask, id: string, role: Role) => by(api.updatePerson, { params: { organization, person: id }, body: { role } });
      assert.equal((await problemOf(give(as('ben'), 'cleo', 'admin'))).type, 'forbidden');
      assert.equal((await give(as('ada'), 'cleo', 'admin')).role, 'admin');
      assert.match((await problemOf(give(as('ada'), 'ben', 'owner'))).title, /appoint or remove owners/);
      assert.match((await problemOf(give(as('olga'), 'olga', 'member'))).errors!['role']!, /at least one owner/);
      await give(as('olga'), 'ben', 'owner');
      assert.equal((await problemOf(give(as('ada'), 'olga', 'member'))).type, 'forbidden');
      const [entry] = await logged('ben');
      assert.deepEqual([entry!.deed, entry!.before, entry!.after], ['person.changed', { role: 'member' }, { role: 'owner' }]);
      await Promise.allSettled([give(as('ben'), 'olga', 'member'), give(as('olga'), 'ben', 'member')]);
      const owners = (await as('ada')(api.people, { ...here, query: { search: '' } })).rows.filter(p => p.role === 'owner');
      assert.equal(owners.length, 1, 'two who remove each other at once leave one');
      await give(asAdministrator('obi'), 'cleo', 'owner');
      assert.equal((await problemOf(as('ada')(api.updatePerson, { params: { organization, person: 'nobody' }, body: { role: 'admin' } }))).type, 'not-found');
    });

    it('who are members, or observers that view, follow, like and comment only (A04)', async () => {
      const { goal } = await aGoal('ben');
      const params = { organization, period, goal: goal.id };
      const deeds: [string, (ask: Ask) => Promise<unknown>, boolean][] = [
        ['view', ask => ask(api.goal, { params }), true], ['comment', ask => ask(api.comment, { params, body: { text: 'Well done' } }), true],
        ['follow', ask => ask(api.follow, { params: { organization, followed: `goal:${period}:${goal.id}` } }), true],
        ['like', ask => ask(api.react, { params, body: { to: { kind: 'goal' }, reaction: 'like', on: true } }), true],
        ['set their own time zone', ask => ask(api.updatePreferences, { ...here, body: { timeZone: 'Asia/Tokyo' } }), true],
        ['make a goal', ask => ask(api.createGoal, { params: { organization, period }, body: { kind: 'objective', title: 'X', outcome: { kind: 'percent' } } }), false],
        ['make a tag', ask => ask(api.createTag, { ...here, body: { name: 'x' } }), false],
      ];
      for (const [what, deed, allowed] of deeds) {
        if (allowed) await deed(as('obi'));
        else assert.match((await problemOf(deed(as('obi')))).title, /Observers/, what);
      }
      assert.equal((await problemOf(as('obi')(api.checkIn, { params, body: { value: 1, note: '' } }))).type, 'forbidden');
      await as('ada')(api.updatePerson, { params: { organization, person: 'obi' }, body: { role: 'member' } });
      for (const [, deed] of deeds) await deed(as('obi'));
      assert.equal((await as('newcomer')(api.session, { params: {} })).person.role, 'member');
    });

    it('whose managers, as admins set them, have rights over their goals, and lose them with the next change (A05)', async () => {
      const { goal } = await aGoal('ben');
      const params = { organization, period, goal: goal.id };
      const checkIn = (id: string) => as(id)(api.checkIn, { params, body: { value: 10, note: '' } });
      const manage = (manager: string | null) => as('ada')(api.updatePerson, { params: { organization, person: 'ben' }, body: { manager: { from: 'admin', id: manager } } });
      await add('dan', 'member');
      assert.equal((await problemOf(checkIn('cleo'))).type, 'forbidden');
      await manage('cleo');
      await checkIn('cleo');
      await manage('dan');
      await checkIn('dan');
      assert.equal((await problemOf(checkIn('cleo'))).type, 'forbidden');
      assert.deepEqual([(await personNow('cleo')).reports, (await personNow('dan')).reports, (await personNow('ben')).manager], [[], ['ben'], 'dan']);
      await manage(null);
      assert.equal((await problemOf(checkIn('dan'))).type, 'forbidden');
      assert.ok((await problemOf(manage('ben'))).errors!['manager.id']);
      assert.ok((await problemOf(manage('nobody'))).errors!['manager.id']);
      assert.equal((await problemOf(as('ben')(api.updatePerson, { params: { organization, person: 'ben' }, body: { manager: { from: 'admin', id: 'cleo' } } }))).type, 'forbidden');
    });

    it('whose managers are asked of the directory at the first visit and once a day; what it does not say changes nothing (A05)', async () => {
      const visit = (id: string) => as(id)(api.session, { params: {} });
      directory.set('nell', { id: 'boss', name: 'Boss' });
      assert.equal((await visit('nell')).person.manager, 'boss');
      assert.deepEqual(await personNow('boss'), { id: 'boss', name: 'Boss', role: 'member', reports: ['nell'] }, 'a manager who was never here is known from now on');
      directory.set('boss', null);
      directory.set('nell', { id: 'cleo', name: 'Cleo' });
      clock += 23 * 3_600_000;
      assert.equal((await visit('nell')).person.manager, 'boss', 'not asked again on the same day');
      clock += 3_600_000;
      assert.equal((await visit('nell')).person.manager, 'cleo');
      assert.deepEqual([(await personNow('boss')).reports, (await personNow('cleo')).reports], [[], ['nell']]);

      clock += 86_400_000;
      directory.delete('nell');
      assert.equal((await visit('nell')).person.manager, 'cleo');
      assert.equal(reports.length, 1);
      assert.match(reports[0]!, /manager of nell.*did not say/);
      await visit('nell');
      assert.equal(reports.length, 1, 'nor is a directory that fails asked more often');

      await as('ada')(api.updatePerson, { params: { organization, person: 'nell' }, body: { manager: { from: 'admin', id: 'ben' } } });
      directory.set('nell', { id: 'boss', name: 'Boss' });
      clock += 86_400_000;
      assert.equal((await visit('nell')).person.manager, 'ben', 'an admin’s word stays');
      await as('ada')(api.updatePerson, { params: { organization, person: 'nell' }, body: { manager: { from: 'directory' } } });
      assert.equal((await visit('nell')).person.manager, 'boss', 'until they leave it to the directory again');
      clock += 86_400_000;
      directory.set('nell', null);
      assert.equal((await visit('nell')).person.manager, undefined);
      assert.deepEqual((await personNow('boss')).reports, []);
    });

    it('whose two reports at once both stand with their manager', async () => {
      await Promise.all(['ben', 'cleo', 'obi', 'ada'].map(id => assignManager(store, scope, id, { id: 'olga', name: 'Olga' }, 'entra')));
      assert.equal((await personNow('olga')).reports, undefined, 'what an admin has set is not overwritten');
      await Promise.all(['ben', 'cleo', 'obi', 'ada'].map(id => assignManager(store, scope, id, { id: 'olga', name: 'Olga' }, 'admin')));
      assert.deepEqual((await personNow('olga')).reports!.toSorted(), ['ada', 'ben', 'cleo', 'obi']);
    });

    it('who are found by name, page by page, with none lost or twice, and without what is theirs alone', async () => {
      for (let i = 0; i < 25; i++) await add(`p${String(i).padStart(2, '0')}`, 'member', { mutedAlerts: ['at-risk'] });
      const walk = async (search: string) => {
        const seen: string[] = [];
        let next: string | undefined;
        do {
          const page = await as('ben')(api.people, { ...here, query: { search, limit: 7, ...(next === undefined ? {} : { next }) } });
          assert.ok(page.rows.length <= 7);
          assert.ok(!JSON.stringify(page).includes('mutedAlerts'));
          seen.push(...page.rows.map(p => p.id));
          next = page.next;
        } while (next !== undefined);
        return seen.toSorted();
      };
      assert.equal((await walk('')).length, 30);
      assert.deepEqual(await walk('P1'), Array.from({ length: 10 }, (_, i) => `p1${i}`));
      assert.equal((await problemOf(as('ben')(api.people, { ...here, query: { search: '', next: "a' or 1" } }))).type, 'bad-request');
    });

    it('who set their own time zone and alerts', async () => {
      const preferred = await as('ben')(api.updatePreferences, { ...here, body: { timeZone: 'America/New_York', mutedAlerts: ['at-risk', 'at-risk'] } });
      assert.deepEqual([preferred.timeZone, preferred.mutedAlerts], ['America/New_York', ['at-risk']]);
      const again = await as('ben')(api.updatePreferences, { ...here, body: { timeZone: null } });
      assert.deepEqual([again.timeZone, again.mutedAlerts], [undefined, ['at-risk']]);
      assert.ok((await problemOf(as('ben')(api.updatePreferences, { ...here, body: { timeZone: 'Nowhere' } }))).errors!['timeZone']);
    });
  });

  describe('have tags', () => {
    const list = async (search = '') => (await as('ben')(api.tags, { ...here, query: { search, limit: 50 } })).rows.map(t => t.name);
    const make = (id: string, name: string) => as(id)(api.createTag, { ...here, body: { name } });
    const caller = (id: string) => callerOf(deps as CallerDeps, { ...person(id), tenantAdministrator: false }, organization);

    it('that everybody may make, or admins alone, as they choose (C53)', async () => {
      assert.equal((await make('ben', ' Customer  love ')).name, 'Customer  love');
      assert.equal((await make('cleo', 'CUSTOMER  LOVE')).createdBy.id, 'ben', 'one tag of a name');
      await change({ createTags: 'admins' });
      assert.match((await problemOf(make('ben', 'R&D / 2026'))).title, /Only an admin/);
      assert.equal((await make('ben', 'customer  love')).name, 'Customer  love', 'what is there is there');
      await make('ada', 'R&D / 2026');
      assert.deepEqual(await list(), ['Customer  love', 'R&D / 2026']);
      assert.deepEqual(await list('2026'), ['R&D / 2026']);
      assert.equal((await problemOf(as('ben')(api.deleteTag, { params: { organization, tag: 'R&D / 2026' } }))).type, 'forbidden');
      await as('ada')(api.deleteTag, { params: { organization, tag: 'r&d / 2026' } });
      assert.deepEqual(await list(), ['Customer  love']);
      assert.ok((await problemOf(make('ada', ' '))).errors!['name']);
      assert.deepEqual((await logged('R&D / 2026')).map(e => e.deed).toSorted(), ['tag.created', 'tag.deleted']);
    });

    it('that a goal names in any spelling: known ones in the list’s, new ones made by whoever may (C53)', async () => {
      await make('ben', 'Growth');
      assert.deepEqual(await knownTags(['GROWTH', 'Quality ', 'growth'], await caller('ben'), deps), ['Growth', 'Quality']);
      assert.deepEqual(await list(), ['Growth', 'Quality']);
      await change({ createTags: 'admins' });
      await assert.rejects(async () => knownTags(['quality', 'Brand'], await caller('ben'), deps), (e: { errors?: Record<string, string> }) => /“Brand”.*admin/.test(e.errors?.['tags'] ?? ''));
      assert.deepEqual(await knownTags(['quality', 'Brand'], await caller('ada'), deps), ['Quality', 'Brand']);
      const both = await Promise.all(['Speed', 'SPEED'].map(async name => knownTags([name], await caller('ada'), deps)));
      assert.deepEqual(both[0], both[1]);
    });
  });

  describe('are followed', () => {
    it('as are teams, people and goals, by whoever may see them (C51)', async () => {
      const { goal } = await aGoal('ben', { title: 'Public' });
      const hidden = { ...goal, id: 'hidden', title: 'CANARY', access: { ...goal.access, private: true } };
      await store.transact([insert(rows.goal, keys.goal(scope, hidden), hidden)]);
      const { team } = await aTeam({ name: 'Support' });
      const follow = (followed: string, id = 'obi') => as(id)(api.follow, { params: { organization, followed } });
      const mine = async (id = 'obi') => (await as(id)(api.follows, { ...here, query: { limit: 50 } })).rows;

      for (const followed of ['organization', `team:${team.id}`, 'person:ada', `goal:${period}:${goal.id}`]) await follow(followed);
      await follow('organization');
      assert.deepEqual((await mine()).map(f => [f.kind, f.name]), [['goal', 'Public'], ['organization', 'Aurora'], ['person', 'Ada'], ['team', 'Support']]);
      assert.deepEqual(await mine('cleo'), []);
      const followers = await store.page(rows.follow, keys.organizationRows(scope), { prefix: keys.followers({ kind: 'team', team: team.id }) });
      assert.deepEqual(followers.rows.map(r => r.body.by), [{ id: 'obi', name: 'Obi' }]);

      for (const followed of [`goal:${period}:hidden`, `goal:${period}:none`, 'team:none', 'person:none', 'team', 'goal:x', 'organization:x', 'company', 'team:a:b']) {
        assert.equal((await problemOf(follow(followed))).type, 'not-found', followed);
      }
      await follow(`goal:${period}:hidden`, 'ben');
      await as('obi')(api.unfollow, { params: { organization, followed: `team:${team.id}` } });
      await as('obi')(api.unfollow, { params: { organization, followed: `team:${team.id}` } });
      assert.equal((await mine()).length, 3);
      const obi = await callerOf(deps as CallerDeps, { ...person('obi'), tenantAdministrator: false }, organization);
      assert.deepEqual([await isFollowing({ kind: 'organization' }, obi, deps), await isFollowing({ kind: 'team', team: team.id }, obi, deps)], [true, false]);

      const closed = { ...goal, access: { ...goal.access, private: true } };
      await store.transact([put(rows.goal, keys.goal(scope, goal), closed)]);
      assert.ok(!JSON.stringify(await mine()).includes('Public'), 'what has become private is not listed any more');
    });
  });

  describe('keep a log', () => {
    it('of every deed, newest first across months, by thing and by person, for admins alone (A28)', async () => {
      for (const month of ['2026-08', '2026-10', '2026-11']) {
        for (let i = 0; i < 5; i++) {
          const at = `${month}-0${i < 3 ? 1 : i}T10:00:00.000Z`; // three of one instant
          await store.transact([insert(rows.audit, keys.audit(scope, at, `${i}`), { at, by: { id: i % 2 ? 'ada' : 'olga', name: 'X' }, deed: `${month} ${i}`, on: `thing-${i}`, before: null, after: i })]);
        }
      }
      const walk = async (limit: number, filter: { on?: string; person?: string } = {}) => {
        const seen: Answer<typeof api.audit>['rows'] = [];
        let next: string | undefined;
        do {
          const page = await as('olga')(api.audit, { ...here, query: { limit, ...filter, ...(next === undefined ? {} : { next }) } });
          assert.ok(page.rows.length <= limit);
          seen.push(...page.rows);
          next = page.next;
        } while (next !== undefined);
        return seen;
      };
      const whole = (await walk(200)).map(e => e.deed);
      assert.deepEqual(whole.slice(0, 5), ['2026-11 4', '2026-11 3', '2026-11 0', '2026-11 1', '2026-11 2']);
      assert.equal(whole.length, 15);
      for (const limit of [1, 2, 4, 5]) assert.deepEqual((await walk(limit)).map(e => e.deed), whole, `in pages of ${limit}`);
      assert.deepEqual((await walk(2, { on: 'thing-1' })).map(e => e.deed), ['2026-11 1', '2026-10 1', '2026-08 1']);
      assert.deepEqual((await walk(2, { person: 'ada', on: 'thing-3' })).map(e => e.deed), ['2026-11 3', '2026-10 3', '2026-08 3']);
      assert.equal((await problemOf(as('ben')(api.audit, { ...here, query: { limit: 50 } }))).type, 'forbidden');
      for (const next of ['x', '2026-13', '2026-11-01T99:00:00.000Z~1', "2026-11' or"]) assert.equal((await problemOf(as('olga')(api.audit, { ...here, query: { limit: 50, next } }))).type, 'bad-request', next);
    });

    it('that says of what is private that it was done, and not what it was (A28)', async () => {
      const at = '2026-11-20T10:00:00.000Z';
      const entry = { at, by: { id: 'ben', name: 'Ben' }, deed: 'goal.changed', on: 'g1' };
      await store.transact([insert(rows.audit, keys.audit(scope, at, 'p'), { ...entry, before: { title: 'CANARY' }, after: { title: 'CANARY 2' }, private: true })]);
      assert.deepEqual(await logged('g1'), [{ ...entry, before: null, after: null, private: true }]);
    });
  });
});
