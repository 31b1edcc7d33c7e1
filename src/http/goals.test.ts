// Goals over real HTTP and real storage: what they may be, where they may stand, who may see them, and what stays behind when they change or go.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type GoalBody, type GoalView, api } from '../api.ts';
import type { Outgoing } from '../chat/message.ts';
import type { AuditEntry } from '../domain/audit.ts';
import { type Goal, type GoalRef, checkInOwnerOf, refOf } from '../domain/goal.ts';
import { type OkrModel, type Organization, type Team, usualModel } from '../domain/organization.ts';
import { emptied } from '../goals/stage.ts';
import type { Ask } from '../simulators/ask.ts';
import { type Store, put } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { type OpenStage, addOrganization, openStage, organization, period, problemOf } from './stage.ts';

const clock = { now: new Date('2026-11-21T09:00:00.000Z') };
const now = () => clock.now;
const place = { organization, period };
const names = ['ada', 'ben', 'cleo', 'dana', 'eve'] as const;
type Name = typeof names[number];

let stage: OpenStage;
let store: Store;
let tenant: string;
let scope: { tenant: string; organization: string };
let said: Outgoing[];

const as = (id: Name): Ask => stage.as({ tenant, id, name: called(id) });
const called = (id: string) => id[0]!.toUpperCase() + id.slice(1);
const make = async (id: Name, body: Partial<GoalBody> = {}, where: { organization: string; period: string } = place) =>
  as(id)(api.createGoal, { params: where, body: { kind: 'key-result', title: 'A goal', outcome: { kind: 'percent' }, ...body } });
const read = (id: Name, ref: GoalRef) => as(id)(api.goal, { params: { organization, period: ref.period, goal: ref.id } });
const change = async (id: Name, ref: GoalRef, body: Partial<GoalBody>, etag?: string) =>
  as(id)(api.updateGoal, { params: { organization, period: ref.period, goal: ref.id }, body, etag: etag ?? (await read(id, ref)).etag });
const remove = async (id: Name, { goal, etag }: GoalView) => as(id)(api.deleteGoal, { params: { organization, period: goal.period, goal: goal.id }, etag });
const faultsOf = async (call: Promise<unknown>) => (await problemOf(call)).errors ?? {};
const rowOf = async (ref: GoalRef): Promise<Goal> => (await store.get(rows.goal, keys.goal(scope, ref)))!.body;
const under = (...parents: { goal: Goal }[]) => ({ parents: parents.map(({ goal }) => refOf(goal)) });
const hidden = (...viewers: Name[]) => ({ access: { private: true, viewers, aligners: null, editors: [] } });
const metric = (rest: object) => ({ kind: 'metric', name: 'Orders', ...rest }) as GoalBody['outcome'];

/** Empties the outbox as a worker does. */
async function drained(of = period): Promise<void> {
  said.push(...await emptied({ store, now, carryOn: async () => undefined }, scope, of));
}

async function settings(change: Partial<Organization>): Promise<void> {
  const { body } = (await store.get(rows.organization, keys.organization(scope)))!;
  await store.transact([put(rows.organization, keys.organization(scope), { ...body, ...change })]);
}
const model = (change: Partial<OkrModel>) => settings({ model: { ...usualModel, ...change } });

async function auditOf(ref: GoalRef): Promise<AuditEntry[]> {
  const entries = await Array.fromAsync(store.all(rows.audit, keys.audit(scope, now().toISOString(), '').partition));
  return entries.map(row => row.body).filter(entry => entry.on === ref.id);
}

describe('goals over HTTP', function () {
  this.timeout(30_000);

  before(async () => {
    stage = await openStage(now);
    store = stage.store;
  });
  after(() => stage.close());

  beforeEach(async () => {
    tenant = randomUUID();
    scope = { tenant, organization };
    said = [];
    clock.now = new Date('2026-11-21T09:00:00.000Z');
    await addOrganization(store, tenant, { id: 'ada', name: 'Ada' });
    for (const id of names.slice(1)) await store.transact([put(rows.person, keys.person(scope, id), { id, name: called(id), role: 'member' })]);
    for (const id of ['sales', 'support']) {
      const team: Team = { id, name: called(id), parent: null, owners: [{ id: 'ben', name: 'Ben' }], members: [], createGoals: { for: 'team-owners' }, rhythm: null };
      await store.transact([put(rows.team, keys.team(scope, id), team)]);
    }
  });

  describe('what they are', () => {
    it('of all three kinds, with title, description and tags, each changed alone while the rest stays (C01)', async () => {
      for (const kind of ['objective', 'key-result', 'initiative'] as const) {
        const { goal } = await make('ben', { kind, title: `A ${kind}`, description: 'Why', tags: ['growth', 'growth', '2026'] });
        assert.deepEqual([goal.kind, goal.title, goal.description, goal.tags], [kind, `A ${kind}`, 'Why', ['growth', '2026']]);
        const { goal: changed } = await change('ben', goal, { title: 'Another title' });
        assert.deepEqual({ ...changed, title: goal.title }, goal);
      }
      assert.ok((await faultsOf(make('ben', { tags: ['x'.repeat(41)] })))['tags.0']);
      await settings({ createTags: 'admins' });
      const { goal } = await make('ben', { tags: ['GROWTH'] });
      assert.deepEqual(goal.tags, ['growth'], 'as the organization spells it');
      assert.match((await faultsOf(change('ben', goal, { tags: ['growth', 'brand new'] })))['tags']!, /no tag “brand new”/);
      await store.transact([{ do: 'remove', kind: rows.tag as never, keys: keys.tag(scope, 'growth') }]);
      assert.deepEqual((await change('ben', goal, { tags: ['growth'], title: 'Kept' })).goal.tags, ['growth'], 'what it bears stays');
    });

    it('belong to the organization, to several teams or to their owners alone (C02, C04)', async () => {
      const several = await make('ben', { entity: { kind: 'teams', teams: ['sales', 'support'] } });
      assert.deepEqual(several.goal.entity, { kind: 'teams', teams: ['sales', 'support'] });
      assert.deepEqual((await make('ada', { entity: { kind: 'organization' } })).goal.entity, { kind: 'organization' });
      assert.deepEqual((await make('cleo')).goal.entity, { kind: 'individual' });
      assert.ok((await faultsOf(make('ben', { entity: { kind: 'teams', teams: ['sales', 'nowhere'] } })))['entity.teams.1']);
      const own = await make('cleo');
      assert.equal((await problemOf(change('cleo', own.goal, { entity: { kind: 'teams', teams: ['sales'] } }))).type, 'forbidden');
      assert.equal((await rowOf(own.goal)).entity.kind, 'individual');
    });

    it('have several owners and remember who made them; people who are not there are named (C05)', async () => {
      const { goal } = await make('ben', { owners: ['cleo', 'dana', 'cleo'] });
      assert.deepEqual(goal.owners, [{ id: 'cleo', name: 'Cleo' }, { id: 'dana', name: 'Dana' }]);
      assert.equal(goal.createdBy.id, 'ben');
      assert.deepEqual((await change('dana', goal, { owners: [] })).goal.owners, [], 'nobody: an alert says so');
      assert.deepEqual(Object.keys(await faultsOf(make('ben', { owners: ['ben', 'nobody'] }))), ['owners.1']);
      assert.match((await faultsOf(make('ben', { owners: Array.from({ length: 21 }, (_, n) => `p${n}`) })))['owners']!, /at most 20/);
      assert.deepEqual(Object.keys(await faultsOf(make('ben', { delegate: 'nobody' }))), ['delegate']);
      assert.deepEqual(Object.keys(await faultsOf(make('ben', { access: { private: true, viewers: ['ben', 'nobody'], aligners: null, editors: [] } }))), ['access.viewers.1']);
    });

    it('are moved by what stands under them where nobody says otherwise, if they are objectives; by check-ins, if not (C26)', async () => {
      const modes = await Promise.all((['objective', 'key-result', 'initiative'] as const).map(async kind => (await make('ada', { kind })).goal.mode));
      assert.deepEqual(modes, ['roll-up', 'manual', 'manual']);
      assert.equal((await make('ada', { kind: 'objective', mode: 'manual' })).goal.mode, 'manual');
    });

    it('are checked in by their first owner, unless another is named (C06)', async () => {
      const { goal } = await make('ben', { owners: ['cleo', 'dana'] });
      assert.equal(checkInOwnerOf(goal)?.id, 'cleo');
      const { goal: named } = await change('ben', goal, { checkInOwner: 'dana' });
      assert.equal(checkInOwnerOf(named)?.id, 'dana');
      assert.equal(checkInOwnerOf((await change('ben', goal, { checkInOwner: null })).goal)?.id, 'cleo');
    });

    it('are edited by their delegate, all but whose they are (C07)', async () => {
      const { goal } = await make('ben', { delegate: 'cleo' });
      assert.equal((await change('cleo', goal, { title: 'By the delegate' })).goal.title, 'By the delegate');
      for (const body of [{ owners: ['cleo'] }, { delegate: null }, hidden('cleo')]) {
        assert.equal((await problemOf(change('cleo', goal, body))).type, 'forbidden', JSON.stringify(body));
      }
      const { goal: kept } = await change('cleo', goal, { owners: ['ben'], title: 'The same owners sent along' });
      assert.deepEqual(kept.owners, goal.owners);
      assert.equal((await problemOf(change('eve', goal, { title: 'By nobody' }))).type, 'forbidden');
    });

    it('have dates of their own, and know when these are not within their period or their objective (C09)', async () => {
      const { goal } = await make('ben', { kind: 'objective', start: '2026-10-15', end: '2026-12-15' });
      assert.deepEqual([goal.start, goal.end, goal.misplaced], ['2026-10-15', '2026-12-15', []]);
      const late = await make('ben', { ...under({ goal }), start: '2026-11-01', end: '2027-01-31' });
      assert.deepEqual(late.goal.misplaced, ['outside-period', 'outside-objective']);
      assert.deepEqual((await change('ben', late.goal, { end: '2026-12-01' })).goal.misplaced, []);
      await change('ben', goal, { start: '2026-11-10' });
      assert.deepEqual((await read('ben', late.goal)).alerts.map(alert => alert.kind), ['far-behind', 'outside-objective', 'not-begun'], 'whichever of the two moves');
      assert.ok((await faultsOf(make('ben', { start: '2026-12-01', end: '2026-11-01' })))['end']);
      assert.ok((await faultsOf(change('ben', goal, { start: '2026-12-31' })))['end']);
    });

    it('alert nobody of what they have muted, neither in a goal nor below it (C48)', async () => {
      const objective = await make('ben', { kind: 'objective', end: '2026-12-30' });
      const overdue = await make('ben', { ...under(objective), start: '2026-10-02', end: '2026-11-01' });
      const late = await make('ben', { ...under(objective), start: '2026-11-01', end: '2026-12-30', outcome: metric({ unit: { kind: 'none' }, direction: 'baseline' }) });
      const seen = async () => {
        const [above, below] = [await read('eve', objective.goal), await read('eve', overdue.goal)];
        return [above.alertBelow, below.alerts.map(alert => alert.kind)];
      };
      const mute = (...mutedAlerts: ('at-risk' | 'needs-attention')[]) => as('eve')(api.updatePreferences, { params: { organization }, body: { mutedAlerts } });
      await change('ben', late.goal, { title: 'Find out' });
      await drained();
      assert.deepEqual(await seen(), ['at-risk', ['past-due', 'not-begun']]);
      await mute('at-risk');
      assert.deepEqual(await seen(), ['needs-attention', ['not-begun']]);
      await mute('at-risk', 'needs-attention');
      assert.deepEqual(await seen(), [null, []]);
    });

    it('measure percent complete, or a metric in every unit (C11)', async () => {
      for (const unit of [{ kind: 'none' }, { kind: 'percent' }, { kind: 'number', name: 'orders' }, { kind: 'currency', code: 'EUR' }]) {
        const outcome = metric({ direction: 'increase', start: 10, target: 50, unit });
        const { goal } = await make('ben', { outcome });
        assert.deepEqual(goal.outcome, outcome);
        const { goal: checkedIn } = await as('ben')(api.checkIn, { params: { ...place, goal: goal.id }, body: { value: 20, note: '' } });
        assert.deepEqual([checkedIn.value, checkedIn.progress], [20, 25]);
      }
      assert.ok((await faultsOf(make('ben', { outcome: metric({ direction: 'reach', target: 5, unit: { kind: 'currency', code: 'euro' } }) })))['outcome.unit.code']);
    });

    it('take phased targets that lie between their dates and their start and target, and no others (C19)', async () => {
      const phases = [{ date: '2026-10-31', target: 10 }, { date: '2026-11-30', target: 70 }];
      const view = await make('ben', { phases });
      assert.deepEqual(view.goal.phases, phases);
      assert.ok(Math.abs(view.expected - (10 + 60 * 21 / 30)) < 1e-6, `${view.expected} % expected on the 21st`);
      const refused: [object, string][] = [
        [{ phases: [{ date: '2026-10-01', target: 1 }] }, 'phases.0.date'], [{ phases: [{ date: '2026-12-31', target: 1 }] }, 'phases.0.date'],
        [{ phases: phases.toReversed() }, 'phases.1.date'], [{ phases: [phases[0]!, phases[0]!] }, 'phases.1.date'], [{ phases: [{ date: '2026-11-30', target: 101 }] }, 'phases.0.target'],
        [{ phases, outcome: metric({ direction: 'stay-above', target: 5, unit: { kind: 'none' } }) }, 'phases'],
      ];
      for (const [body, field] of refused) assert.deepEqual(Object.keys(await faultsOf(make('ben', body))), [field], JSON.stringify(body));
      assert.deepEqual(Object.keys(await faultsOf(change('ben', view.goal, { end: '2026-11-15' }))), ['phases.1.date']);
      assert.deepEqual((await change('ben', view.goal, { phases: [] })).goal.phases, []);
    });

    it('are aspirational or committed (C35)', async () => {
      const { goal } = await make('ben');
      assert.equal(goal.ambition, 'aspirational');
      assert.equal((await change('ben', goal, { ambition: 'committed' })).goal.ambition, 'committed');
    });

    it('keep scoring guidance where the organization has switched it off since, and take none', async () => {
      const { goal } = await make('ben', { scoringGuidance: '0.7 is good' });
      await model({ scoringGuidance: false });
      assert.equal((await change('ben', goal, { title: 'New', scoringGuidance: '0.7 is good' })).goal.scoringGuidance, '0.7 is good');
      assert.ok((await faultsOf(change('ben', goal, { scoringGuidance: 'Other' })))['scoringGuidance']);
      assert.ok((await faultsOf(make('ben', { scoringGuidance: 'New' })))['scoringGuidance']);
    });
  });

  describe('the OKR model', () => {
    const source = async () => {
      await as('ada')(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: true } });
      const made = await as('ada')(api.createConnection, { params: { organization }, body: { integration: 'numbers', name: 'Numbers', shared: true, auth: 'none', settings: {}, credential: {} } });
      return { mode: 'source' as const, link: { connection: made.id, measure: { metric: 'number', form: { name: 'x' } } } };
    };

    it('classic: objectives count percent complete without a source; key results and initiatives take one (A16)', async () => {
      const fed = await source();
      assert.match((await faultsOf(make('ben', { kind: 'objective', ...fed })))['mode']!, /Data sources attach to key results and initiatives/);
      assert.ok((await faultsOf(make('ben', { kind: 'objective', outcome: metric({ direction: 'reach', target: 5, unit: { kind: 'none' } }) })))['outcome']);
      for (const kind of ['key-result', 'initiative'] as const) assert.equal((await make('ben', { kind, ...fed })).goal.mode, 'source');
      for (const mode of ['manual', 'roll-up'] as const) assert.equal((await make('ben', { kind: 'objective', mode })).goal.mode, mode);
    });

    it('interchangeable: objectives take metrics and sources like key results; and what was made under it stays editable (A16)', async () => {
      const fed = await source();
      await model({ kind: 'interchangeable' });
      const { goal } = await make('ben', { kind: 'objective', ...fed, outcome: metric({ direction: 'reach', target: 5, unit: { kind: 'none' } }) });
      assert.equal(goal.mode, 'source');
      await model({ kind: 'classic' });
      const { goal: renamed } = await change('ben', goal, { title: 'Renamed', kind: 'objective', outcome: goal.outcome, ...fed });
      assert.deepEqual([renamed.title, renamed.mode, renamed.link], ['Renamed', 'source', goal.link]);
      assert.ok((await faultsOf(change('ben', goal, { outcome: metric({ direction: 'reach', target: 6, unit: { kind: 'none' } }) })))['outcome'] ?? (await faultsOf(change('ben', goal, { outcome: metric({ direction: 'reach', target: 6, unit: { kind: 'none' } }) })))['mode']);
    });

    it('nests by switches that the refusal names; what stands keeps standing (C03, A17)', async () => {
      const objective = await make('ben', { kind: 'objective' });
      const keyResult = await make('ben', under(objective));
      const initiative = await make('ben', { kind: 'initiative', ...under(objective) });
      assert.equal((await make('ben', { kind: 'objective', ...under(objective) })).goal.parents[0]!.id, objective.goal.id);
      assert.equal((await make('ben', { kind: 'initiative', ...under(keyResult) })).goal.parents[0]!.id, keyResult.goal.id);
      assert.match((await faultsOf(make('ben', { kind: 'objective', ...under(keyResult) })))['parents']!, /“Objectives under Key results”/);
      assert.match((await faultsOf(make('ben', under(keyResult))))['parents']!, /“Key results under Key results”/);
      for (const kind of ['objective', 'key-result', 'initiative'] as const) assert.match((await faultsOf(make('ben', { kind, ...under(initiative) })))['parents']!, /Nothing stands under/);

      await model({ objectivesUnderKeyResults: true, keyResultsUnderKeyResults: true, initiativesUnderKeyResults: false });
      const deep = await make('ben', { kind: 'objective', ...under(keyResult) });
      await make('ben', under(keyResult));
      assert.match((await faultsOf(make('ben', { kind: 'initiative', ...under(keyResult) })))['parents']!, /“Initiatives under Key results”/);
      await model({});
      assert.equal((await change('ben', deep.goal, { title: 'Still there', ...under(keyResult) })).goal.parents[0]!.id, keyResult.goal.id);
      assert.ok((await faultsOf(change('ben', objective.goal, { kind: 'initiative' })))['kind'], 'its children could not stay');
    });

    it('calls the kinds by the organization’s own names, and counts children by its policies (A18)', async () => {
      await model({ names: { ...usualModel.names, initiative: ['Project', 'Projects'] }, initiatives: { enabled: { for: 'everybody' }, contribute: 'by-default' }, initiativesUnderKeyResults: false, childObjectives: 'never' });
      const objective = await make('ben', { kind: 'objective', mode: 'roll-up' });
      const keyResult = await make('ben', under(objective));
      assert.match((await faultsOf(make('ben', { kind: 'initiative', ...under(keyResult) })))['parents']!, /Projects do not stand under Key results/);
      assert.equal((await as('ben')(api.session, { params: {} })).organization.model.names.initiative[1], 'Projects');
      const project = await make('ben', { kind: 'initiative', ...under(objective) });
      const child = await make('ben', { kind: 'objective', ...under(objective) });
      const counts = new Map((await rowOf(objective.goal)).children.map(c => [c.id, c.contributes]));
      assert.deepEqual([keyResult, project, child].map(({ goal }) => counts.get(goal.id)), [true, true, false]);
    });
  });

  describe('alignment', () => {
    it('is with one goal, which knows of its child at once, also across periods (C33)', async () => {
      const year = { id: '2026', name: '2026', start: '2026-01-01', end: '2026-12-31', kind: 'year' as const };
      await store.transact([put(rows.period, keys.period(scope, year.id), year)]);
      const annual = await make('ben', { kind: 'objective', mode: 'roll-up' }, { organization, period: '2026' });
      const { goal } = await make('ben', under(annual));
      assert.deepEqual((await rowOf(annual.goal)).children.map(c => c.id), [goal.id]);
      await as('ben')(api.checkIn, { params: { ...place, goal: goal.id }, body: { value: 40, note: '' } });
      await drained();
      assert.equal((await rowOf(annual.goal)).progress, 40);
      assert.ok((await faultsOf(change('ben', goal, { parents: [...goal.parents, refOf((await make('ben', { kind: 'objective' })).goal)] })))['parents']);
      assert.ok((await faultsOf(make('ben', { parents: [{ period, id: 'nowhere' }] })))['parents']);
      assert.deepEqual((await change('ben', goal, { parents: [] })).goal.parents, []);
      await drained();
      assert.deepEqual((await rowOf(annual.goal)).children, []);
    });

    it('is with several where the organization wants it, and counts in each; several stay when that is switched off (C34)', async () => {
      await model({ multipleAlignment: true });
      const parents = [await make('ben', { kind: 'objective', mode: 'roll-up' }), await make('ben', { kind: 'objective', mode: 'roll-up' })];
      const { goal } = await make('ben', under(...parents));
      await as('ben')(api.checkIn, { params: { ...place, goal: goal.id }, body: { value: 30, note: '' } });
      await drained();
      for (const parent of parents) assert.equal((await rowOf(parent.goal)).progress, 30);
      await model({ multipleAlignment: false });
      assert.equal((await change('ben', goal, { title: 'New', ...under(...parents) })).goal.parents.length, 2);
      const third = await make('ben', { kind: 'objective' });
      assert.ok((await faultsOf(change('ben', goal, under(...parents, third))))['parents']);
      assert.equal((await change('ben', goal, under(parents[0]!))).goal.parents.length, 1);
    });

    it('is given by those who may align with the parent (C55)', async () => {
      const chosen = await make('ben', { kind: 'objective', access: { private: false, viewers: [], aligners: ['cleo'], editors: ['dana'] } });
      assert.equal((await make('cleo', under(chosen))).goal.parents.length, 1);
      assert.equal((await make('dana', under(chosen))).goal.parents.length, 1);
      assert.equal((await problemOf(make('eve', under(chosen)))).type, 'forbidden');
      const own = await make('eve');
      assert.equal((await problemOf(change('eve', own.goal, under(chosen)))).type, 'forbidden');
      assert.equal((await problemOf(change('cleo', own.goal, { parents: [] }))).type, 'forbidden', 'what is aligned must be theirs to edit');
      assert.equal((await change('dana', chosen.goal, { title: 'By an editor' })).goal.title, 'By an editor');
      assert.equal((await problemOf(change('cleo', chosen.goal, { title: 'By an aligner' }))).type, 'forbidden');
    });

    it('and sight and change are for selected people alone, where a goal is private: not for admins, not for team owners (C55)', async () => {
      const only = await make('cleo', { kind: 'objective', owners: ['cleo'], entity: { kind: 'individual' }, access: { private: true, viewers: ['eve'], aligners: ['eve'], editors: ['dana'] } });
      assert.deepEqual((await make('eve', { kind: 'objective', ...under(only) })).goal.parents, [refOf(only.goal)]);
      assert.equal((await problemOf(change('eve', only.goal, { title: 'By a viewer' }))).type, 'forbidden');
      assert.equal((await change('dana', only.goal, { title: 'By an editor' })).goal.title, 'By an editor');
      for (const id of ['ada', 'ben'] as const) {
        assert.equal((await problemOf(read(id, only.goal))).type, 'not-found');
        assert.ok((await faultsOf(make(id, { kind: 'objective', ...under(only) })))['parents']);
        assert.equal((await problemOf(as(id)(api.deleteGoal, { params: { ...place, goal: only.goal.id }, etag: only.etag }))).type, 'not-found');
      }
    });

    it('never makes a circle', async () => {
      const top = await make('ben', { kind: 'objective' });
      const middle = await make('ben', { kind: 'objective', ...under(top) });
      const low = await make('ben', { kind: 'objective', ...under(middle) });
      for (const other of [top, middle, low]) assert.match((await faultsOf(change('ben', top.goal, under(other))))['parents']!, /under itself/);
    });

    it('lists children key results first, initiatives last, page by page and without what is not to be seen', async () => {
      const parent = await make('ben', { kind: 'objective' });
      const kinds = ['initiative', 'objective', 'key-result', 'objective', 'key-result'] as const;
      for (const kind of kinds) await make('ben', { kind, ...under(parent) });
      const found: string[] = [];
      let next: string | undefined;
      do {
        const page = await as('eve')(api.children, { params: { ...place, goal: parent.goal.id }, query: { limit: 2, ...(next ? { next } : {}) } });
        found.push(...page.rows.map(({ goal }) => goal.kind));
        next = page.next;
      } while (next);
      assert.deepEqual(found, ['key-result', 'key-result', 'objective', 'objective', 'initiative']);
      const closedOne = await make('ben', { kind: 'objective', ...hidden('dana', 'eve') });
      const bens = await make('ben', { kind: 'objective', ...hidden('dana'), ...under(closedOne) });
      const [seen, unseen] = await Promise.all((['dana', 'eve'] as const).map(async id => (await as(id)(api.children, { params: { ...place, goal: closedOne.goal.id }, query: { limit: 1 } })).rows.map(r => r.goal.id)));
      assert.deepEqual([seen, unseen], [[bens.goal.id], []]);
    });
  });

  describe('private goals', () => {
    const tree = async () => {
      const top = await make('ben', { kind: 'objective' });
      const keyResult = await make('cleo', under(top));
      const initiative = await make('cleo', { kind: 'initiative', ...under(keyResult) });
      const child = await make('cleo', { kind: 'objective', ...under(top) });
      return { top, keyResult, initiative, child };
    };
    const accessOf = async ({ goal }: GoalView) => (await rowOf(goal)).access;

    it('hand their privacy down to key results and initiatives, and to no child objective (C54)', async () => {
      const { top, keyResult, initiative, child } = await tree();
      await change('ben', top.goal, hidden('dana'));
      for (const view of [keyResult, initiative]) {
        const access = await accessOf(view);
        assert.deepEqual([access.private, access.viewers.map(w => w.id).toSorted(), access.inheritedFrom], [true, ['ben', 'dana'], refOf(top.goal)]);
        assert.equal((await problemOf(read('eve', view.goal))).type, 'not-found');
        assert.equal((await problemOf(read('ada', view.goal))).type, 'not-found', 'not even for admins');
        assert.equal((await read('dana', view.goal)).goal.id, view.goal.id);
      }
      assert.deepEqual((await read('eve', child.goal)).goal.parents, [], 'a public objective under it does not tell of it');

      const made = await make('dana', under(top));
      assert.deepEqual((await accessOf(made)).inheritedFrom, refOf(top.goal), 'what is made under it later');
      await change('ben', top.goal, hidden('eve'));
      assert.equal((await problemOf(read('dana', keyResult.goal))).type, 'not-found', 'who is taken off the list');
      assert.equal((await read('eve', initiative.goal)).goal.id, initiative.goal.id, 'who comes onto it');
      await change('ben', top.goal, { owners: ['ben', 'ada'] });
      assert.equal((await read('ada', keyResult.goal)).goal.id, keyResult.goal.id, 'its new owner');

      await change('ben', top.goal, { access: { private: false, viewers: [], aligners: null, editors: [] } });
      for (const view of [keyResult, initiative, made]) assert.equal((await read('dana', view.goal)).goal.access.private, false);
      await drained();
      assert.ok((await rowOf(top.goal)).children.every(c => !c.private));
      assert.deepEqual(await Array.fromAsync(store.all(rows.outgoing, keys.goals(scope, period), 'x:')), []);
    });

    it('stay private when they leave, and are refused where privacy would be lost or doubled (C54)', async () => {
      await model({ multipleAlignment: true });
      const { top, keyResult, child } = await tree();
      await change('ben', top.goal, hidden('cleo'));
      const open = await make('ben', { kind: 'objective' });
      const closedOne = await make('ben', { kind: 'objective', ...hidden('cleo') });
      assert.match((await faultsOf(change('cleo', keyResult.goal, hidden('eve'))))['access']!, /there/);
      assert.ok((await faultsOf(change('cleo', keyResult.goal, under(open))))['parents'], 'under a public one');
      assert.ok((await faultsOf(change('cleo', keyResult.goal, under(top, closedOne))))['parents'], 'under two private ones');
      assert.ok((await faultsOf(make('ben', { kind: 'objective', ...hidden(), ...under(open) })))['parents'], 'a private objective under a public one');
      const several = await make('ben', { kind: 'objective', ...under(open, child) });
      assert.ok((await faultsOf(change('ben', several.goal, hidden())))['access'], 'an objective under several');
      const shared = await make('ben', under(open, several));
      assert.ok((await faultsOf(change('ben', open.goal, hidden())))['access'], 'the objective of a key result under several');
      assert.equal((await accessOf(shared)).private, false);
      assert.equal((await accessOf(open)).private, false);

      const { goal: left } = await change('cleo', keyResult.goal, { parents: [] });
      assert.deepEqual([left.access.private, left.access.inheritedFrom], [true, null]);
      assert.equal((await problemOf(read('eve', keyResult.goal))).type, 'not-found');
    });

    it('let their parents be unseen by those who edit what stands under them, and stay there', async () => {
      const top = await make('ben', { kind: 'objective', ...hidden('cleo') });
      const child = await make('cleo', { kind: 'objective', ...under(top), owners: ['eve'] });
      const seen = await read('eve', child.goal);
      assert.deepEqual(seen.goal.parents, []);
      await change('eve', child.goal, { title: 'By Eve', parents: seen.goal.parents });
      assert.deepEqual((await rowOf(child.goal)).parents, [refOf(top.goal)]);
    });
  });

  describe('what stays behind', () => {
    it('tells the audit log who changed what, before and after, and what of it is private (A28)', async () => {
      const { goal } = await make('ben', { title: 'First' });
      clock.now = new Date('2026-11-21T09:01:00.000Z');
      await change('cleo', goal, { title: 'Second' }).catch(() => undefined); // not hers to change: not recorded
      await change('ben', goal, { title: 'Second', tags: ['x'] });
      clock.now = new Date('2026-11-21T09:02:00.000Z');
      await change('ben', goal, hidden());
      clock.now = new Date('2026-11-21T09:03:00.000Z');
      await remove('ben', await read('ben', goal));
      await drained();
      await drained();
      const log = (await auditOf(goal)).toReversed();
      assert.deepEqual(log.map(entry => [entry.deed, entry.by.id, entry.private ?? false]), [
        ['goal.made', 'ben', false], ['goal.changed', 'ben', false], ['goal.changed', 'ben', true], ['goal.deleted', 'ben', true],
      ]);
      assert.deepEqual([log[1]!.before, log[1]!.after], [{ title: 'First', tags: [] }, { title: 'Second', tags: ['x'] }]);
      assert.equal((log[0]!.after as Goal).title, 'First');
      assert.deepEqual([(log[3]!.before as Goal).title, log[3]!.after], ['Second', null]);
    });

    it('is nothing of a deleted goal, whose parent forgets it', async () => {
      const parent = await make('ben', { kind: 'objective', mode: 'roll-up' });
      const { goal } = await make('ben', under(parent));
      await as('ben')(api.checkIn, { params: { ...place, goal: goal.id }, body: { value: 50, note: '' } });
      await as('ben')(api.comment, { params: { ...place, goal: goal.id }, body: { text: 'Well done' } });
      const about = { kind: 'goal' as const, goal: refOf(goal) };
      const cleo = { id: 'cleo', name: 'Cleo' };
      const at = now().toISOString();
      const conversation = { platform: 'teams' as const, id: '19:c', kind: 'channel' as const, name: 'General', service: {} };
      await store.transact([put(rows.likes, keys.likes(scope, goal), { goal: refOf(goal), reactions: {} })]);
      await store.transact([put(rows.follow, keys.follower(scope, about, 'cleo'), { by: cleo, about, at }), put(rows.follow, keys.following(scope, 'cleo', about), { by: cleo, about, at })]);
      await store.transact([put(rows.subscription, keys.subscription(scope, conversation.id, goal), { conversation, about: { kind: 'goal', goal: refOf(goal), title: '' }, by: cleo, at })]);
      assert.equal((await problemOf(remove('ben', await read('ben', parent.goal)))).type, 'bad-request', 'a goal with children');
      const stale = await read('ben', goal);
      await change('ben', goal, { title: 'Changed meanwhile' });
      assert.equal((await problemOf(remove('ben', stale))).status, 412);
      await remove('ben', await read('ben', goal));
      await drained();
      await drained();
      assert.deepEqual((await rowOf(parent.goal)).children, []);
      const left = [];
      for (const prefix of ['c:', 'a:', 'l:', 'g:', 'x:']) for await (const { body } of store.all({ ...rows.goal, body: anything }, keys.goals(scope, period), `${prefix}${prefix === 'x:' ? '' : goal.id}`)) left.push(body);
      assert.deepEqual(left, []);
      for (const kind of [rows.follow, rows.subscription]) assert.deepEqual(await Array.fromAsync(store.all({ ...kind, body: anything } as never, keys.organizationRows(scope))), []);
      assert.deepEqual(said.filter(o => o.kind === 'gone').map(o => o.goal.id), [goal.id]);
    });

    it('is everything of two edits at once: the second is told, and nothing is lost', async () => {
      const { goal, etag } = await make('ben', { owners: ['ben', 'cleo'] });
      const outcomes = await Promise.allSettled([change('ben', goal, { title: 'By Ben' }, etag), change('cleo', goal, { description: 'By Cleo' }, etag)]);
      assert.deepEqual(outcomes.map(o => o.status).toSorted(), ['fulfilled', 'rejected']);
      const lost = outcomes.find(o => o.status === 'rejected')!.reason as { problem: { status: number } };
      assert.equal(lost.problem.status, 412);
      const [title, description] = outcomes[0]!.status === 'fulfilled' ? ['By Ben', ''] : ['A goal', 'By Cleo'];
      const kept = await rowOf(goal);
      assert.deepEqual([kept.title, kept.description], [title, description]);
    });
  });
});

const anything = { safeParse: (data: unknown) => ({ success: true, data }) } as never;
