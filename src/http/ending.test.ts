// How goals end and go on, over real HTTP and the real outbox: weights, tasks, overrides, closing with a score, postponing and opening again.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type Api, type Endpoint, type GoalBody, type Input, api } from '../api.ts';
import type { Task } from '../domain/goal.ts';
import { newOrganization, usualModel } from '../domain/organization.ts';
import { weightsOf } from '../domain/contribution.ts';
import { quartersOf } from '../domain/period.ts';
import { emptied } from '../goals/stage.ts';
import { type Store, insert, put } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { connectionOf } from '../sync/stage.ts';
import { type OpenStage, type Somebody, addOrganization, openStage, organization, period, problemOf } from './stage.ts';

const tenant = randomUUID();
const scope = { tenant, organization };
const place = { organization, period };
const next = '2027-q1';
const ada = { tenant, id: 'ada', name: 'Ada' };
const ben = { tenant, id: 'ben', name: 'Ben' };
const orders = { kind: 'metric', name: 'Orders', unit: { kind: 'number', name: 'orders' } } as const;

describe('how goals end and go on', function () {
  this.timeout(30_000);
  let stage: OpenStage;
  let store: Store;
  let clock = Date.parse('2026-11-21T09:00:00.000Z');
  const now = () => new Date(clock);
  const as = (person: Somebody) => stage.as(person);
  const ask = <E extends Endpoint>(endpoint: E, input: Input<E>) => { clock += 60_000; return as(ada)(endpoint, input); };

  before(async () => {
    stage = await openStage(now, ({ store: tables }) => ({ carryOn: async (_scope, p) => { await emptied({ store: tables, now, carryOn: async () => undefined }, scope, p); } }));
    store = stage.store;
    await addOrganization(store, tenant, ada);
    await store.transact([put(rows.organization, keys.organization(scope), newOrganization({ tenant, id: organization, name: 'Aurora', model: { ...usualModel, kind: 'interchangeable', multipleAlignment: true }, integrations: { numbers: { enabledBy: 'ada', enabledAt: now().toISOString() } } }))]);
    for (const quarter of quartersOf(2027)) await store.transact([insert(rows.period, keys.period(scope, quarter.id), quarter)]);
    await store.transact([insert(rows.person, keys.person(scope, ben.id), { id: ben.id, name: ben.name, role: 'member' })]);
    await store.transact([insert(rows.connection, keys.connection(scope, 'c1'), connectionOf('c1'))]);
  });
  after(() => stage.close());

  type At = { organization: string; period: string; goal: string };
  async function made(title: string, more: Partial<GoalBody> = {}): Promise<At> {
    const { goal } = await ask(api.createGoal, { params: place, body: { kind: 'key-result', title, outcome: { kind: 'percent' }, ...more } });
    return { ...place, goal: goal.id };
  }
  const under = (...above: At[]): Partial<GoalBody> => ({ parents: above.map(at => ({ period: at.period, id: at.goal })) });
  const objective: Partial<GoalBody> = { kind: 'objective', mode: 'roll-up' };
  const goalAt = async (params: At) => (await ask(api.goal, { params })).goal;
  const say = (params: At, value: number, more: Partial<Input<Api['checkIn']>['body']> = {}) => ask(api.checkIn, { params, body: { value, note: '', ...more } });
  const historyOf = async (params: At) => (await ask(api.history, { params, query: { limit: 50 } })).rows;
  const feedKinds = async (params: At) => (await ask(api.feed, { params, query: { limit: 50 } })).rows.flatMap(e => ('activity' in e ? [e.activity.kind] : []));

  describe('weights', () => {
    it('are fixed by people, and the rest shares what is left; progress follows at once (C28, C29)', async () => {
      const top = await made('Top', objective);
      const [a, b, c] = [await made('a', under(top)), await made('b', under(top)), await made('c', under(top))];
      await say(a, 100);
      assert.equal(Math.round((await goalAt(top)).progress!), 33);
      const { goal } = await ask(api.setWeights, { params: top, body: { weights: { [a.goal]: 50 } } });
      assert.equal(goal.progress, 50);
      assert.deepEqual([a, b, c].map(k => weightsOf(goal.children).get(k.goal)), [50, 25, 25]);
      const d = await made('d', under(top));
      const now4 = await goalAt(top);
      assert.deepEqual([a, b, c, d].map(k => Math.round(weightsOf(now4.children).get(k.goal)!)), [50, 17, 17, 17]);
      const reset = await ask(api.resetWeights, { params: top });
      assert.equal(reset.goal.progress, 25);
      assert.deepEqual((await historyOf(top))[0]!.because, { kind: 'weights' });
    });

    it('of 0 take a child out of the mean (C30)', async () => {
      const top = await made('Top', objective);
      const [a, b] = [await made('a', under(top)), await made('b', under(top))];
      await say(a, 80);
      await say(b, 20);
      assert.equal((await ask(api.setWeights, { params: top, body: { weights: { [b.goal]: 0 } } })).goal.progress, 80);
    });

    it('that cannot be are refused by field, with what to do (C28)', async () => {
      const top = await made('Top', objective);
      const [a, b] = [await made('a', under(top)), await made('b', under(top))];
      const refused = async (weights: Record<string, number | null>) => (await problemOf(ask(api.setWeights, { params: top, body: { weights } }))).errors!;
      assert.match((await refused({ [a.goal]: 60, [b.goal]: 60 }))['weights']!, /120 %/);
      assert.ok((await refused({ nobody: 10 }))['weights.nobody']);
      assert.ok((await refused({ [a.goal]: 101 }))[`weights.${a.goal}`]);
      const byHand = await made('By hand', { kind: 'objective', mode: 'manual' });
      assert.match((await problemOf(ask(api.setWeights, { params: byHand, body: { weights: {} } }))).title, /roll/);
      assert.equal((await problemOf(as(ben)(api.setWeights, { params: top, body: { weights: { [a.goal]: 100 } } }))).status, 403);
    });
  });

  describe('tasks', () => {
    it('of an initiative have a name, an owner, a due date and an order, and roll up by what is done (C41)', async () => {
      const params = await made('Campaign', { kind: 'initiative', mode: 'roll-up' });
      await ask(api.addTask, { params, body: { name: 'Print posters', owner: 'ben', due: '2026-12-01' } });
      const { goal } = await ask(api.addTask, { params, body: { name: 'Hang posters' } });
      assert.deepEqual([goal.value, goal.tasks.map(t => t.name), goal.tasks[0]!.owner], [0, ['Print posters', 'Hang posters'], { id: 'ben', name: 'Ben' }]);
      const [print, hang] = goal.tasks as [Task, Task];
      const done = await ask(api.changeTask, { params: { ...params, task: print.id }, body: { done: true } });
      assert.deepEqual([done.goal.value, done.goal.progress, done.goal.tasks[0]!.due], [50, 50, '2026-12-01']);
      assert.deepEqual((await historyOf(params))[0]!.because, { kind: 'tasks', completed: ['Print posters'], reopened: [], added: [], removed: [] });
      const moved = await ask(api.changeTask, { params: { ...params, task: hang.id }, body: { before: print.id, name: 'Hang all posters' } });
      assert.deepEqual(moved.goal.tasks.map(t => t.name), ['Hang all posters', 'Print posters']);
      const left = await ask(api.deleteTask, { params: { ...params, task: hang.id } });
      assert.deepEqual([left.goal.value, left.goal.tasks.length], [100, 1]);
    });

    it('ticked off by several people at once are all ticked off (C41)', async () => {
      const params = await made('Campaign', { kind: 'initiative', mode: 'roll-up' });
      for (const name of ['a', 'b', 'c', 'd']) await ask(api.addTask, { params, body: { name } });
      const { tasks } = await goalAt(params);
      await Promise.all(tasks.map(({ id }) => as(ada)(api.changeTask, { params: { ...params, task: id }, body: { done: true } })));
      assert.equal((await goalAt(params)).value, 100);
    });

    it('of a metric move nothing, and what is not there is told by field (C41)', async () => {
      const params = await made('Campaign', { kind: 'initiative', outcome: { ...orders, direction: 'reach', target: 10 } });
      const { goal } = await ask(api.addTask, { params, body: { name: 'a', done: true } });
      assert.deepEqual([goal.value, goal.progress], [null, 0]);
      assert.ok((await problemOf(ask(api.addTask, { params, body: { name: 'b', owner: 'nobody' } }))).errors!['owner']);
      assert.ok((await problemOf(ask(api.addTask, { params, body: { name: 'b', before: 'nowhere' } }))).errors!['before']);
      assert.equal((await problemOf(ask(api.changeTask, { params: { ...params, task: 'nowhere' }, body: { done: true } }))).status, 404);
      assert.match((await problemOf(ask(api.addTask, { params: await made('A key result'), body: { name: 'b' } }))).title, /Only initiatives/);
    });
  });

  describe('an override', () => {
    it('lasts until the next word of the children, or until somebody resumes (C27)', async () => {
      const top = await made('Top', objective);
      const kid = await made('Kid', under(top));
      await say(kid, 40);
      assert.equal((await say(top, 90)).goal.progress, 90);
      await say(kid, 50);
      assert.equal((await goalAt(top)).progress, 50, 'an override for once is overwritten');

      const stopped = await say(top, 90, { updates: 'stop' });
      assert.ok(stopped.goal.stopped);
      await say(kid, 60);
      assert.equal((await goalAt(top)).progress, 90, 'stopped means stopped');
      const resumed = await ask(api.resumeGoal, { params: top });
      assert.deepEqual([resumed.goal.progress, resumed.goal.stopped], [60, null]);
      await say(top, 90, { updates: 'stop' });
      assert.equal((await say(top, 95, { updates: 'go-on' })).goal.stopped, null, 'what goes on is stopped no more');
      await say(kid, 65);
      assert.equal((await goalAt(top)).progress, 65);
      const kinds = await feedKinds(top);
      assert.ok(kinds.includes('updates-stopped') && kinds.includes('updates-resumed'));
      assert.match((await problemOf(ask(api.resumeGoal, { params: top }))).title, /not been stopped/);
      assert.ok((await problemOf(say(kid, 1, { updates: 'stop' }))).errors!['updates']);
    });
  });

  describe('closing', () => {
    it('keeps final value, score and note; the suggested score is the part that was done (C42, C43)', async () => {
      const params = await made('Answer faster');
      await say(params, 60);
      const { goal } = await ask(api.closeGoal, { params, body: { value: 80, note: 'Good enough' } });
      assert.deepEqual([goal.status, goal.value, goal.progress, goal.closure?.score, goal.closure?.note], ['closed', 80, 80, 0.8, 'Good enough']);
      const [last] = await historyOf(params);
      assert.deepEqual([last!.score, last!.status], [0.8, 'closed']);
      assert.ok((await feedKinds(params)).includes('closed'));
      assert.match((await problemOf(ask(api.closeGoal, { params, body: { note: '' } }))).title, /ended already/);
      assert.match((await problemOf(say(params, 1))).title, /closed/);
    });

    it('takes the score that somebody gives, from 0 to 1 (C43)', async () => {
      const params = await made('Answer faster');
      assert.ok((await problemOf(ask(api.closeGoal, { params, body: { score: 1.1, note: '' } }))).errors!['score']);
      assert.equal((await ask(api.closeGoal, { params, body: { score: 0.4, note: '' } })).goal.closure?.score, 0.4);
      const baseline = await made('Find out', { outcome: { ...orders, direction: 'baseline' } });
      assert.ok((await problemOf(ask(api.closeGoal, { params: baseline, body: { score: 0.4, note: '' } }))).errors!['score']);
      assert.equal((await ask(api.closeGoal, { params: baseline, body: { value: 12, note: '' } })).goal.closure?.score, null);
    });

    it('of every key result closes the objective with their mean score; opening one again opens it (C32, C47)', async () => {
      const top = await made('Top', objective);
      const [a, b] = [await made('a', under(top)), await made('b', under(top))];
      await ask(api.closeGoal, { params: a, body: { score: 1, note: '' } });
      assert.notEqual((await goalAt(top)).status, 'closed');
      await ask(api.closeGoal, { params: b, body: { score: 0.5, note: '' } });
      const ended = await goalAt(top);
      assert.deepEqual([ended.status, ended.closure?.score, ended.closure?.by], ['closed', 0.75, { kind: 'children' }]);
      await ask(api.reopenGoal, { params: b, body: { note: 'Too early' } });
      const open = await goalAt(top);
      assert.ok(open.status !== 'closed' && open.closure === null);
    });

    it('is for who may edit the goal (C42)', async () => {
      assert.equal((await problemOf(as(ben)(api.closeGoal, { params: await made('Answer faster'), body: { note: '' } }))).status, 403);
    });
  });

  it('a closed goal is opened again, and goes on from there (C22, C47)', async () => {
    const params = await made('Answer faster');
    await say(params, 30);
    await ask(api.closeGoal, { params, body: { note: '' } });
    const { goal } = await ask(api.reopenGoal, { params, body: { note: 'Not done' } });
    assert.deepEqual([goal.status, goal.closure, goal.value], ['reopened', null, 30]);
    assert.equal((await say(params, 90)).goal.status, 'on-track');
    assert.match((await problemOf(ask(api.reopenGoal, { params, body: { note: '' } }))).title, /is open/);
  });

  it('every change by a person stands in the audit log: who, what, before and after (A28)', async () => {
    const top = await made('Audited', objective);
    const kid = await made('Kid', under(top));
    const work = await made('Work', { kind: 'initiative', mode: 'roll-up', ...under(top) });
    await say(kid, 40, { note: 'Half way' });
    const at = (await historyOf(kid))[0]!.at;
    await ask(api.editCheckIn, { params: { ...kid, at }, body: { value: 45 } });
    await ask(api.deleteCheckIn, { params: { ...kid, at } });
    await ask(api.setWeights, { params: top, body: { weights: { [kid.goal]: 100 } } });
    await ask(api.addTask, { params: work, body: { name: 'Print' } });
    await say(top, 70, { updates: 'stop' });
    await ask(api.resumeGoal, { params: top });
    const said = await ask(api.comment, { params: kid, body: { text: 'unsayable' } });
    await ask(api.editComment, { params: { ...kid, at: said.at, entry: said.id }, body: { text: 'unsayable still' } });
    await ask(api.deleteComment, { params: { ...kid, at: said.at, entry: said.id } });
    await ask(api.closeGoal, { params: kid, body: { value: 50, note: 'Enough' } });
    await ask(api.reopenGoal, { params: kid, body: { note: 'Not enough' } });
    const { continuedBy } = await ask(api.postponeGoal, { params: kid, body: { note: 'Later', progress: 'reset' } });
    await ask(api.resetWeights, { params: top });

    const log = async (on: string) => (await ask(api.audit, { params: { organization }, query: { limit: 50, on } })).rows.toReversed();
    const ofKid = await log(kid.goal);
    assert.deepEqual(ofKid.map(e => e.deed), [
      'goal.made', 'goal.checked-in', 'check-in.changed', 'check-in.deleted', 'comment.made', 'comment.changed', 'comment.deleted', 'goal.closed', 'goal.reopened', 'goal.postponed',
    ]);
    assert.ok(ofKid.every(e => e.by.id === 'ada'));
    const [, checkedIn, changed] = ofKid;
    assert.deepEqual([checkedIn!.before, checkedIn!.after], [{ value: null, progress: 0, status: 'not-started' }, { value: 40, progress: 40, status: 'behind', note: 'Half way' }]);
    assert.equal((changed!.after as { value: number }).value, 45);
    assert.ok(!JSON.stringify(ofKid).includes('unsayable'), 'words that were taken back are not kept');
    assert.deepEqual((await log(top.goal)).map(e => e.deed), ['goal.made', 'goal.weights-set', 'goal.checked-in', 'goal.updates-resumed', 'goal.weights-set']);
    assert.deepEqual((await log(work.goal)).map(e => e.deed), ['goal.made', 'goal.tasks-changed']);
    assert.deepEqual((await log(continuedBy.goal.id)).map(e => e.deed), ['goal.continued']);
  });

  describe('postponing', () => {
    async function aTree() {
      const top = await made('Top', { ...objective, description: 'Why', tags: [] });
      const metric = await made('Metric', { ...under(top), outcome: { ...orders, direction: 'reach', target: 100 } });
      const percent = await made('Percent', under(top));
      const done = await made('Done', under(top));
      const work = await made('Work', { ...under(top), kind: 'initiative', mode: 'roll-up' });
      const below = await made('Below', { ...objective, ...under(top) });
      await ask(api.addTask, { params: work, body: { name: 'finished', done: true } });
      await ask(api.addTask, { params: work, body: { name: 'open' } });
      await say(metric, 40);
      await say(percent, 20);
      await ask(api.closeGoal, { params: done, body: { note: '' } });
      await ask(api.setWeights, { params: top, body: { weights: { [metric.goal]: 70 } } });
      return { top, metric, percent, done, work, below };
    }
    const clonesOf = async (top: At) => {
      const goal = await goalAt(top);
      const below = await Promise.all(goal.children.map(c => goalAt({ organization, period: c.period, goal: c.id })));
      return { goal, below: new Map(below.map(g => [g.title, g])) };
    };

    it('needs a reason, and a later period that is there (C45)', async () => {
      const params = await made('Answer faster');
      const refused = async (body: { note: string; to?: string }) => (await problemOf(ask(api.postponeGoal, { params, body: { progress: 'reset', ...body } }))).errors!;
      assert.ok((await refused({ note: ' ' }))['note']);
      assert.ok((await refused({ note: 'x', to: '1999-q1' }))['to']);
      assert.ok((await refused({ note: 'x', to: period }))['to']);
      assert.ok((await refused({ note: 'x', to: '2026-q1' }))['to']);
    });

    it('clones a goal with its key results and initiatives into the next period, begun anew: a metric from where it stands (C45)', async () => {
      const { top, metric, done } = await aTree();
      const { postponed, continuedBy } = await ask(api.postponeGoal, { params: top, body: { note: 'Winter', progress: 'reset' } });
      assert.deepEqual([postponed.goal.status, postponed.goal.closure?.note, postponed.goal.closure?.continuedBy], ['postponed', 'Winter', { period: next, id: continuedBy.goal.id }]);
      assert.deepEqual([(await goalAt(metric)).status, (await goalAt(done)).status], ['postponed', 'closed']);

      const { goal, below } = await clonesOf({ organization, period: next, goal: continuedBy.goal.id });
      assert.deepEqual([goal.title, goal.description, goal.status, goal.start, goal.end, goal.clonedFrom], ['Top', 'Why', 'not-started', '2027-01-01', '2027-03-31', { period, id: top.goal }]);
      assert.deepEqual([...below.keys()].toSorted(), ['Metric', 'Percent', 'Work'], 'what was closed and what is a goal of its own stays');
      const onward = below.get('Metric')!;
      assert.deepEqual(onward.outcome, { ...orders, direction: 'increase', start: 40, target: 100 });
      assert.deepEqual([onward.value, onward.progress, below.get('Percent')!.value], [null, 0, null]);
      assert.deepEqual(below.get('Work')!.tasks.map(t => t.name), ['open']);
      assert.equal(weightsOf(goal.children).get(onward.id), 70);
      assert.ok((await feedKinds({ organization, period: next, goal: goal.id })).includes('cloned'));
    });

    it('keeps values where that is wanted, judged by the new period (C45)', async () => {
      const { top } = await aTree();
      const { continuedBy } = await ask(api.postponeGoal, { params: top, body: { note: 'Winter', to: '2027-q2', progress: 'keep' } });
      const { goal, below } = await clonesOf({ organization, period: '2027-q2', goal: continuedBy.goal.id });
      assert.deepEqual([below.get('Metric')!.value, below.get('Metric')!.status, below.get('Percent')!.value], [40, 'on-track', 20]);
      assert.deepEqual(below.get('Metric')!.outcome, { ...orders, direction: 'reach', target: 100 });
      assert.equal(below.get('Work')!.tasks.length, 2);
      assert.ok(goal.progress !== null && goal.progress > 30);
    });

    it('moves a data source along: the new goal is fed, the old one no more (C45)', async () => {
      const link = { connection: 'c1', measure: { metric: 'number', form: { name: 'x' } } };
      const params = await made('Fed', { mode: 'source', link, outcome: { ...orders, direction: 'reach', target: 100 } });
      const { continuedBy } = await ask(api.postponeGoal, { params, body: { note: 'Winter', progress: 'reset' } });
      const { connection, link: id, mode } = continuedBy.goal;
      const row = (await store.get(rows.link, keys.link(scope, 'c1', { period: next, id: continuedBy.goal.id })))!.body;
      assert.deepEqual([connection, mode, id, row.measure], ['c1', 'source', row.id, link.measure]);
    });

    it('takes nothing away from an objective that is not postponed (C34, C45)', async () => {
      const [a, b] = [await made('A', objective), await made('B', objective)];
      const [shared, own] = [await made('Shared', under(a, b)), await made('Own', under(a))];
      await say(shared, 30);
      const { continuedBy } = await ask(api.postponeGoal, { params: a, body: { note: 'Winter', progress: 'reset' } });
      assert.deepEqual([(await goalAt(shared)).status === 'postponed', (await goalAt(own)).status, (await goalAt(b)).status === 'postponed'], [false, 'postponed', false]);
      assert.equal(continuedBy.goal.children.length, 1);
    });

    it('is followed on by who followed (C45, C51)', async () => {
      const params = await made('Followed');
      await ask(api.follow, { params: { organization, followed: `goal:${period}:${params.goal}` } });
      const { continuedBy } = await ask(api.postponeGoal, { params, body: { note: 'Winter', progress: 'reset' } });
      const { rows: mine } = await ask(api.follows, { params: { organization }, query: { limit: 50 } });
      assert.ok(mine.some(f => f.followed === `goal:${next}:${continuedBy.goal.id}`));
    });

    it('leaves a goal under what goes on itself (C45)', async () => {
      const year = await ask(api.createGoal, { params: place, body: { kind: 'objective', title: 'Two years', outcome: { kind: 'percent' }, mode: 'roll-up', end: '2027-12-31' } });
      const params = await made('Quarterly', under({ ...place, goal: year.goal.id }));
      const { continuedBy } = await ask(api.postponeGoal, { params, body: { note: 'Winter', progress: 'reset' } });
      assert.deepEqual(continuedBy.goal.parents, [{ period, id: year.goal.id }]);
      await ask(api.checkIn, { params: { organization, period: next, goal: continuedBy.goal.id }, body: { value: 50, note: '' } });
      assert.ok((await goalAt({ ...place, goal: year.goal.id })).children.some(c => c.id === continuedBy.goal.id && c.progress === 50));
    });
  });
});
