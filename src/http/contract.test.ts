// What every endpoint promises alike: ETags against lost updates, pages, a budget a person, and answers as they are described.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Endpoint, type GoalView, api } from '../api.ts';
import { openBudget } from './budget.ts';
import { type Exchange, type Exchanged, type OpenStage, addOrganization, exchanger, openStage, organization, period } from './stage.ts';

const now = () => new Date('2026-11-21T09:00:00.000Z');
const tenant = randomUUID();
const ada = { tenant, id: 'ada', name: 'Ada' };
const ben = { tenant, id: 'ben', name: 'Ben' };
const place = { organization, period };

describe('the REST contract', function () {
  this.timeout(30_000);
  let stage: OpenStage;
  let asAda: Exchange;
  let asBen: Exchange;

  before(async () => {
    stage = await openStage(now);
    await addOrganization(stage.store, tenant, ada);
    asAda = exchanger(stage.address, () => stage.entra.personToken(ada));
    asBen = exchanger(stage.address, () => stage.entra.personToken(ben));
  });
  after(() => stage.close());

  const draft = (title: string, more: object = {}) => ({ kind: 'objective', title, description: '', outcome: { kind: 'percent' }, mode: 'manual', ...more });
  const viewOf = ({ status, body }: Exchanged): GoalView => { assert.equal(status, 200, JSON.stringify(body)); return body as GoalView; };
  const aGoal = async (title: string, more: object = {}) => viewOf(await asAda(api.createGoal, { params: place, body: draft(title, more) }));
  const at = (view: GoalView) => ({ params: { ...place, goal: view.goal.id } });
  const match = (view: GoalView) => ({ 'if-match': `"${view.etag}"` });

  describe('a guarded change', () => {
    it('of two people at once: the second is told, and nothing of either is lost (A27)', async () => {
      assert.equal((await asBen(api.session, { params: {} })).status, 200);
      const shared = await aGoal('Fewer returns', { owners: ['ben'] });
      const [adas, bens] = [viewOf(await asAda(api.goal, at(shared))), viewOf(await asBen(api.goal, at(shared)))];
      const renamed = await asAda(api.updateGoal, { ...at(shared), body: draft('Half the returns', { owners: ['ben'] }) }, match(adas));
      assert.equal(renamed.status, 200);

      const described = (title: string) => draft(title, { owners: ['ben'], description: 'Ask why before the parcel comes back.' });
      const late = await asBen(api.updateGoal, { ...at(shared), body: described(bens.goal.title) }, match(bens));
      assert.deepEqual([late.status, late.body['type'], late.body['title']], [412, 'conflict', 'Somebody else changed this goal meanwhile. Load it again and repeat your change.']);

      const newer = viewOf(await asBen(api.goal, at(shared)));
      assert.deepEqual([newer.goal.title, newer.goal.description], ['Half the returns', '']);
      viewOf(await asBen(api.updateGoal, { ...at(shared), body: described(newer.goal.title) }, match(newer)));
      const { goal } = viewOf(await asAda(api.goal, at(shared)));
      assert.deepEqual([goal.title, goal.description], ['Half the returns', 'Ask why before the parcel comes back.']);
    });

    it('sent twice in the same instant is carried out once', async () => {
      const shared = await aGoal('Raced for');
      const answers = await Promise.all(['One', 'Two', 'Three', 'Four'].map(title => asAda(api.updateGoal, { ...at(shared), body: draft(title) }, match(shared))));
      assert.deepEqual(answers.map(a => a.status).toSorted(), [200, 412, 412, 412]);
      const won = answers.find(a => a.status === 200)!.body as GoalView;
      assert.equal(viewOf(await asAda(api.goal, at(shared))).goal.title, won.goal.title);
    });

    it('must say what it has seen, in the one form that HTTP has for it (A27)', async () => {
      const view = await aGoal('Guarded');
      const change = { ...at(view), body: draft('Changed') };
      for (const endpoint of [api.updateGoal, api.deleteGoal] as Endpoint[]) {
        const given = endpoint.method === 'DELETE' ? at(view) : change;
        const silent = await asAda(endpoint, given);
        assert.deepEqual([silent.status, silent.body['type']], [428, 'precondition-required']);
        assert.match(String(silent.body['title']), /If-Match.*etag/);
        for (const odd of ['*', view.etag, `W/"${view.etag}"`, `"${view.etag}", "another"`, '""', '"']) {
          const refused = await asAda(endpoint, given, { 'if-match': odd });
          assert.deepEqual([refused.status, Object.keys(refused.body['errors'] as object)], [400, ['If-Match']], odd);
        }
        assert.equal((await asAda(endpoint, given, { 'if-match': '"another"' })).status, 412);
      }
      assert.equal(viewOf(await asAda(api.goal, at(view))).goal.title, 'Guarded');
    });

    it('goes by the ETag that every answer with one carries, in the body and as a header alike', async () => {
      const made = await asAda(api.createGoal, { params: place, body: draft('Tagged') });
      const view = viewOf(made);
      assert.equal(made.headers.get('etag'), `"${view.etag}"`);
      const read = await asAda(api.goal, at(view));
      assert.equal(read.headers.get('etag'), `"${view.etag}"`);
      assert.equal((await asAda(api.goal, at(view), { 'if-none-match': `"${view.etag}"` })).status, 200, 'what time changes has no ETag');
      const listed = (await asAda(api.goals, { params: { organization }, query: { period, limit: 200 } })).body['rows'] as GoalView[];
      assert.equal(listed.find(row => row.goal.id === view.goal.id)!.etag, view.etag);
      const changed = await asAda(api.updateGoal, { ...at(view), body: draft('Tagged anew') }, { 'if-match': read.headers.get('etag')! });
      assert.notEqual(viewOf(changed).etag, view.etag);
      assert.equal((await asAda(api.deleteGoal, at(view), { 'if-match': read.headers.get('etag')! })).status, 412);
      const gone = await asAda(api.deleteGoal, at(view), { 'if-match': changed.headers.get('etag')! });
      assert.deepEqual([gone.status, gone.headers.get('etag')], [200, null]);
    });
  });

  it('pages a list: every row once, as many a page as were asked for, and no more than 200 (A27)', async () => {
    const elsewhere = { ...place, period: '2026-q1' };
    for (let i = 0; i < 5; i++) viewOf(await asAda(api.createGoal, { params: elsewhere, body: draft(`Row ${i}`) }));
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const { body } = await asAda(api.goals, { params: { organization }, query: { period: '2026-q1', limit: 2, next } });
      const rows = body['rows'] as GoalView[];
      assert.ok(rows.length <= 2);
      seen.push(...rows.map(row => row.goal.title));
      next = body['next'] as string | undefined;
    } while (next !== undefined);
    assert.deepEqual(seen.toSorted(), ['Row 0', 'Row 1', 'Row 2', 'Row 3', 'Row 4']);
    for (const limit of [0, 201, 'many']) {
      const { status, body } = await asAda(api.goals, { params: { organization }, query: { period, limit } });
      assert.deepEqual([status, Object.keys(body['errors'] as object)], [400, ['limit']], String(limit));
    }
  });

  it('lets one person ask for so much and no more, says when to ask again, and goes on answering everybody else', async () => {
    const there = await stage.serve({ budget: openBudget(() => 0) });
    const ask = exchanger(there, () => stage.entra.personToken(ada));
    const view = await aGoal('Talked about');
    const answers = await Promise.all(Array.from({ length: 65 }, () => ask(api.comment, { ...at(view), body: { text: 'Again.' } })));
    const refused = answers.filter(a => a.status !== 200);
    assert.deepEqual(refused.map(a => [a.status, a.body['type'], a.headers.get('retry-after')]), Array.from({ length: 5 }, () => [429, 'too-many', '1']));
    assert.equal((await ask(api.goal, at(view))).status, 200, 'reading');
    assert.equal((await exchanger(there, () => stage.entra.personToken(ben))(api.comment, { ...at(view), body: { text: 'Once.' } })).status, 200, 'Ben');
  });

  it('answers PATCH to what nobody has as it answers any other method', async () => {
    const response = await fetch(`${stage.address}/api/v1/nothing-here`, { method: 'PATCH' });
    assert.equal(response.status, 404);
    assert.match(response.headers.get('content-type')!, /problem\+json/);
  });

  it('answers as its description says, refusals too (A27)', async () => {
    const document = await (await fetch(`${stage.address}/openapi.json`)).text();
    const described = JSON.parse(document.replaceAll('#/components/schemas/', '#/$defs/')) as { components: Record<string, Record<string, object>>; paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, { schema: object }> } & { $ref?: string }> }>> };
    const check = (endpoint: Endpoint, { status, body }: Exchanged) => {
      const said = described.paths[endpoint.path.replace(/:(\w+)/g, '{$1}')]![endpoint.method.toLowerCase()]!.responses[status]!;
      const response = said.$ref ? described.components['responses']![said.$ref.split('/').at(-1)!] as typeof said : said;
      const { schema } = response.content[status < 400 ? 'application/json' : 'application/problem+json']!;
      const fits = z.fromJSONSchema({ ...schema, $defs: described.components['schemas'] } as Parameters<typeof z.fromJSONSchema>[0]);
      const outcome = fits.safeParse(body);
      assert.ok(outcome.success, `${endpoint.method} ${endpoint.path} ${status}: ${outcome.error?.message}`);
      return fits;
    };
    const made = await asAda(api.createGoal, { params: place, body: draft('As described') });
    const fits = check(api.createGoal, made);
    assert.equal(fits.safeParse({ ...made.body, etag: 5 }).success, false, 'the check takes anything');
    assert.equal(fits.safeParse({ ...made.body, goal: { ...made.body['goal'] as object, status: 'splendid' } }).success, false, 'the check takes anything further in');
    const view = viewOf(made);
    check(api.checkIn, await asAda(api.checkIn, { ...at(view), body: { value: 40, note: 'Well.' } }));
    check(api.comment, await asAda(api.comment, { ...at(view), body: { text: 'Good.' } }));
    for (const [endpoint, given] of [
      [api.goal, at(view)], [api.goals, { params: { organization }, query: { period } }], [api.feed, at(view)], [api.history, at(view)], [api.session, { params: {} }],
      [api.periods, { params: { organization } }], [api.people, { params: { organization } }], [api.integrations, { params: { organization } }], [api.connections, { params: { organization } }],
    ] as [Endpoint, Parameters<Exchange>[1]][]) {
      const answer = await asAda(endpoint, given);
      assert.equal(answer.status, 200, endpoint.path);
      check(endpoint, answer);
    }
    check(api.updateGoal, await asAda(api.updateGoal, { ...at(view), body: draft('x') }));
    check(api.updateGoal, await asAda(api.updateGoal, { ...at(view), body: draft('x') }, match(view)));
    check(api.createGoal, await asAda(api.createGoal, { params: place, body: draft('') }));
    check(api.goal, await asAda(api.goal, { params: { ...place, goal: 'nobody' } }));
    check(api.createSatellite, await asBen(api.createSatellite, { params: { organization }, body: { name: 'Cellar' } }));
  });
});
