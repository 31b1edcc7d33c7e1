// What people say about goals, over real HTTP: check-ins and their correction, comments with mentions, reactions, and the feed they stand in.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type GoalBody, api } from '../api.ts';
import { openAccess } from '../domain/goal.ts';
import { type Store, insert, put } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { type OpenStage, type Somebody, addOrganization, openStage, organization, period, problemOf } from './stage.ts';

const tenant = randomUUID();
const scope = { tenant, organization };
const place = { organization, period };
const [ada, ben, cleo, olaf] = ['ada', 'ben', 'cleo', 'olaf'].map(id => ({ tenant, id, name: `${id[0]!.toUpperCase()}${id.slice(1)}` })) as [Somebody, Somebody, Somebody, Somebody];

describe('what people say about goals', function () {
  this.timeout(30_000);
  let stage: OpenStage;
  let store: Store;
  let clock = Date.parse('2026-11-21T09:00:00.000Z');
  const as = (person: Somebody) => stage.as(person);
  const later = () => { clock += 60_000; };

  before(async () => {
    stage = await openStage(() => new Date(clock));
    store = stage.store;
    await addOrganization(store, tenant, ada);
    for (const { id, name } of [ben, cleo]) await store.transact([insert(rows.person, keys.person(scope, id), { id, name, role: 'member' })]);
    await store.transact([insert(rows.person, keys.person(scope, olaf.id), { id: olaf.id, name: olaf.name, role: 'observer' })]);
  });
  after(() => stage.close());

  beforeEach(later);

  async function aGoal(more: Partial<GoalBody> = {}) {
    const { goal } = await as(ben)(api.createGoal, { params: place, body: { kind: 'key-result', title: 'Answer faster', outcome: { kind: 'percent' }, ...more } });
    later();
    return { ...place, goal: goal.id };
  }
  const feedOf = async (params: Awaited<ReturnType<typeof aGoal>>) => (await as(ada)(api.feed, { params, query: { limit: 50 } })).rows;
  const historyOf = async (params: Awaited<ReturnType<typeof aGoal>>) => (await as(ada)(api.history, { params, query: { limit: 50 } })).rows;

  it('a check-in says note, value and status, and all of it stands in history and feed (C36, C49)', async () => {
    const params = await aGoal();
    const { goal } = await as(ben)(api.checkIn, { params, body: { value: 60, status: 'behind', note: 'Two of three teams' } });
    assert.deepEqual([goal.value, goal.progress, goal.status], [60, 60, 'behind']);
    const [said] = await historyOf(params);
    assert.deepEqual([said!.note, said!.value, said!.status, said!.was.value, said!.by], ['Two of three teams', 60, 'behind', null, { kind: 'person', id: 'ben', name: 'Ben' }]);
    const kinds = (await feedOf(params)).map(e => ('activity' in e ? e.activity.kind : 'check-in'));
    assert.deepEqual(kinds.toSorted(), ['check-in', 'created', 'status-changed']);
  });

  it('a check-in is corrected by who said it: goal, history and feed follow (C39)', async () => {
    const params = await aGoal();
    await as(ben)(api.checkIn, { params, body: { value: 60, note: 'A slip' } });
    const at = (await historyOf(params))[0]!.at;
    later();
    const { goal } = await as(ben)(api.editCheckIn, { params: { ...params, at }, body: { value: 6, note: 'Not sixty' } });
    assert.deepEqual([goal.value, goal.progress, goal.status], [6, 6, 'at-risk']);
    const [said, ...others] = await historyOf(params);
    assert.deepEqual([said!.at, said!.value, said!.note, others.length], [at, 6, 'Not sixty', 0]);
    assert.ok(said!.editedAt);
    assert.ok((await feedOf(params)).some(e => 'activity' in e && e.activity.kind === 'check-in-edited' && e.activity.at === at));
  });

  it('a check-in taken back leaves the value before it, or none (C39)', async () => {
    const params = await aGoal();
    await as(ben)(api.checkIn, { params, body: { value: 10, note: '' } });
    later();
    await as(ben)(api.checkIn, { params, body: { value: 90, note: 'Of another goal' } });
    const [second, first] = await historyOf(params);
    later();
    const back = await as(ben)(api.deleteCheckIn, { params: { ...params, at: second!.at } });
    assert.deepEqual([back.goal.value, back.goal.asOf], [10, first!.at]);
    const none = await as(ben)(api.deleteCheckIn, { params: { ...params, at: first!.at } });
    assert.deepEqual([none.goal.value, none.goal.status], [null, 'not-started']);
    assert.deepEqual(await historyOf(params), []);
    assert.equal((await problemOf(as(ben)(api.deleteCheckIn, { params: { ...params, at: first!.at } }))).status, 404);
  });

  it('taken back one after the other, what was taken back before does not come back (C39)', async () => {
    const params = await aGoal();
    for (const value of [10, 20, 30]) {
      later();
      await as(ben)(api.checkIn, { params, body: { value, note: '' } });
    }
    const [third, second] = await historyOf(params);
    later();
    await as(ben)(api.deleteCheckIn, { params: { ...params, at: second!.at } });
    assert.deepEqual((await historyOf(params)).map(c => [c.value, c.was.value]), [[30, 10], [10, null]]);
    later();
    assert.equal((await as(ben)(api.deleteCheckIn, { params: { ...params, at: third!.at } })).goal.value, 10);
  });

  it('on an ended goal only the words of a check-in are corrected (C39)', async () => {
    const params = await aGoal();
    await as(ben)(api.checkIn, { params, body: { value: 30, note: 'A tpyo' } });
    const at = (await historyOf(params))[0]!.at;
    later();
    await as(ben)(api.closeGoal, { params, body: { note: '' } });
    later();
    assert.match((await problemOf(as(ben)(api.editCheckIn, { params: { ...params, at }, body: { value: 90 } }))).title, /Reopen it/);
    assert.match((await problemOf(as(ben)(api.deleteCheckIn, { params: { ...params, at } }))).title, /Reopen it/);
    assert.equal((await as(ben)(api.editCheckIn, { params: { ...params, at }, body: { note: 'A typo' } })).goal.value, 30);
  });

  it('a check-in says something, in fields that there are, and no status that its goal cannot have (C36, C17)', async () => {
    const params = await aGoal();
    assert.ok((await problemOf(as(ben)(api.checkIn, { params, body: { note: ' ' } }))).errors!['note']);
    assert.match((await problemOf(as(ben)(api.checkIn, { params, body: { note: 'x', val: 5 } as never }))).title, /val/);
    const baseline = await aGoal({ outcome: { kind: 'metric', name: 'Orders', unit: { kind: 'none' }, direction: 'baseline' } });
    assert.match((await problemOf(as(ben)(api.checkIn, { params: baseline, body: { value: 3, status: 'behind', note: '' } }))).errors!['status']!, /baseline/);
    assert.deepEqual((await as(ben)(api.checkIn, { params: baseline, body: { value: 3, note: '' } })).goal.status, 'in-progress');
  });

  it('others correct a check-in only if they may edit the goal (C39)', async () => {
    const params = await aGoal();
    await as(ben)(api.checkIn, { params, body: { value: 60, note: 'Mine' } });
    const at = (await historyOf(params))[0]!.at;
    assert.equal((await problemOf(as(cleo)(api.editCheckIn, { params: { ...params, at }, body: { note: 'Hers' } }))).status, 403);
    assert.equal((await problemOf(as(cleo)(api.deleteCheckIn, { params: { ...params, at } }))).status, 403);
    assert.equal((await as(ada)(api.editCheckIn, { params: { ...params, at }, body: { note: 'An admin’s word' } })).goal.value, 60);
  });

  it('comments name people, who must be there and see the goal (C50)', async () => {
    const params = await aGoal();
    const said = await as(cleo)(api.comment, { params, body: { text: 'What do you think, Ben?', mentions: ['ben'] } });
    assert.deepEqual(said.activity.kind === 'comment' && said.activity.mentions, [{ id: 'ben', name: 'Ben' }]);
    assert.ok((await problemOf(as(cleo)(api.comment, { params, body: { text: 'Who?', mentions: ['ben', 'nobody'] } }))).errors!['mentions.1']);

    const key = keys.goal(scope, { period, id: params.goal });
    const stored = (await store.get(rows.goal, key))!;
    await store.transact([put(rows.goal, key, { ...stored.body, access: { ...openAccess, private: true } })]);
    assert.match((await problemOf(as(ben)(api.comment, { params, body: { text: 'Between us', mentions: ['cleo'] } }))).errors!['mentions.0']!, /Cleo may not see/);
  });

  it('comments are changed by who wrote them and taken back without a trace of their words (C50)', async () => {
    const params = await aGoal();
    const said = await as(cleo)(api.comment, { params, body: { text: 'Too late' } });
    const entry = { ...params, at: said.at, entry: said.id };
    later();
    assert.equal((await problemOf(as(ada)(api.editComment, { params: entry, body: { text: 'In time' } }))).status, 403);
    const changed = await as(cleo)(api.editComment, { params: entry, body: { text: 'Just in time' } });
    assert.ok(changed.activity.kind === 'comment' && changed.activity.text === 'Just in time' && changed.activity.editedAt);
    assert.equal((await problemOf(as(olaf)(api.deleteComment, { params: entry }))).status, 403);
    await as(ada)(api.deleteComment, { params: entry });
    const left = (await feedOf(params)).find(e => 'id' in e && e.id === said.id);
    assert.ok(left && 'activity' in left && left.activity.kind === 'comment' && left.activity.deleted && left.activity.text === '');
    assert.ok(!JSON.stringify(await feedOf(params)).includes('in time'));
    assert.equal((await problemOf(as(cleo)(api.editComment, { params: entry, body: { text: 'Back again' } }))).status, 404);
  });

  it('a comment written in a chat is changed there (C50)', async () => {
    const params = await aGoal();
    const at = new Date(clock).toISOString();
    const origin = { platform: 'teams', place: 'General' };
    await store.transact([put(rows.feedEntry, keys.feedEntry(scope, { period, id: params.goal }, at, 'teams-1'),
      { goal: { period, id: params.goal }, id: 'teams-1', at, by: { kind: 'person', id: 'cleo', name: 'Cleo' }, activity: { kind: 'comment', text: 'Said in the channel', origin } })]);
    assert.match((await problemOf(as(cleo)(api.editComment, { params: { ...params, at, entry: 'teams-1' }, body: { text: 'x' } }))).title, /written in General/);
  });

  it('people react to a goal, a check-in and a comment, each once, observers too; a like gets in nobody’s way (C50, A04)', async () => {
    const params = await aGoal();
    await as(ben)(api.checkIn, { params, body: { value: 60, note: '' } });
    const at = (await historyOf(params))[0]!.at;
    later();
    const said = await as(cleo)(api.comment, { params, body: { text: 'Well done' } });
    const { etag } = await as(ada)(api.goal, { params });
    const like = (person: Somebody, to: { kind: 'goal' } | { kind: 'check-in'; at: string } | { kind: 'entry'; at: string; id: string }, on = true) =>
      as(person)(api.react, { params, body: { to, reaction: 'like', on } });

    await Promise.all([ada, ben, cleo, olaf].map(person => like(person, { kind: 'goal' })));
    assert.deepEqual((await as(ada)(api.reactions, { params })).reactions.like?.map(w => w.id).toSorted(), ['ada', 'ben', 'cleo', 'olaf']);
    await like(ada, { kind: 'goal' });
    assert.equal((await like(olaf, { kind: 'goal' }, false)).reactions.like?.length, 3);
    assert.deepEqual((await like(olaf, { kind: 'check-in', at })).reactions, { like: [{ id: 'olaf', name: 'Olaf' }] });
    assert.deepEqual((await like(ada, { kind: 'entry', at: said.at, id: said.id })).reactions, { like: [{ id: 'ada', name: 'Ada' }] });
    assert.equal((await as(ada)(api.goal, { params })).etag, etag, 'whoever edits the goal meanwhile is not disturbed');
    const liked = (await feedOf(params)).filter(e => e.reactions !== undefined);
    assert.equal(liked.length, 2);
    assert.equal((await problemOf(like(ada, { kind: 'check-in', at: '2026-01-01T00:00:00.000Z' }))).status, 404);
  });

  it('the feed tells of check-ins, edits and comments, newest first, page by page without loss (C49)', async () => {
    const params = await aGoal();
    for (let n = 0; n < 5; n++) {
      later();
      if (n % 2 === 0) await as(ben)(api.checkIn, { params, body: { value: 10 * n, note: `n${n}` } });
      else await as(cleo)(api.comment, { params, body: { text: `n${n}` } });
    }
    later();
    const view = await as(ben)(api.goal, { params });
    await as(ben)(api.updateGoal, { params, etag: view.etag, body: { kind: 'key-result', title: 'Answer faster still', outcome: { kind: 'percent' } } });
    const whole = await feedOf(params);
    assert.ok(whole.some(e => 'activity' in e && e.activity.kind === 'edited' && e.activity.fields.includes('title')));
    assert.deepEqual(whole.map(e => e.at), whole.map(e => e.at).toSorted().toReversed());
    const paged = [];
    for (let next: string | undefined; ;) {
      const page = await as(ada)(api.feed, { params, query: { limit: 2, ...(next ? { next } : {}) } });
      paged.push(...page.rows);
      if (!(next = page.next)) break;
    }
    assert.deepEqual(paged, whole);
  });
});
