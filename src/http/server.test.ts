// The REST API over real HTTP, real storage and really signed tokens: who gets in, what is refused and how, and what a caller can do.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { Request, Response, Server } from 'restify';
import { api } from '../api.ts';
import { SourceError } from '../connectors/source-error.ts';
import { type Ask, asker } from '../simulators/ask.ts';
import type { Entra } from '../simulators/entra.ts';
import { type Store, insert, replace } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { moveGoals } from '../sync/move.ts';
import type { Numbers } from '../sync/stage.ts';
import type { ServerDeps } from './server.ts';
import { type OpenStage, type Somebody, addOrganization, openStage, organization, period, problemOf } from './stage.ts';

const now = () => new Date('2026-11-21T09:00:00.000Z');
const place = { organization, period };

let stage: OpenStage;
let entra: Entra;
let store: Store;
let deps: ServerDeps;
let numbers: Numbers;
let requested: string[];
let reports: string[];
let address: string;

const tenant = randomUUID();
const ada = { tenant, id: 'ada', name: 'Ada' };
const ben = { tenant, id: 'ben', name: 'Ben' };
const stranger = { tenant: randomUUID(), id: 'ada', name: 'Ada of another company' };
const as = (person: Somebody): Ask => stage.as(person);

async function raw(path: string, token?: string, init: RequestInit = {}): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const response = await fetch(`${address}${path}`, { ...init, headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(init.body ? { 'content-type': 'application/json' } : {}) } });
  return { status: response.status, body: await response.json() as Record<string, unknown>, headers: response.headers };
}

/** A request as no browser would send it. */
function sent(to: string, path: string, { method = 'POST', headers, body = '' }: { method?: string; headers: OutgoingHttpHeaders; body?: string | Buffer }): Promise<{ status: number; title: unknown }> {
  return new Promise((resolve, reject) => {
    const asking = request(`${to}${path}`, { method, headers: { ...headers, ...(body.length > 0 ? { 'content-length': Buffer.byteLength(body) } : {}) } }, async answer => {
      resolve({ status: answer.statusCode!, title: (await json(answer) as { title?: string }).title });
    });
    asking.once('error', reject).end(body);
  });
}

describe('the REST API', function () {
  this.timeout(30_000);

  before(async () => {
    stage = await openStage(now);
    ({ entra, address, deps, store, numbers, requested, reports } = stage);
    await addOrganization(store, tenant, ada);
    await addOrganization(store, stranger.tenant);
  });
  after(() => stage.close());

  beforeEach(() => { requested.length = 0; reports.length = 0; numbers.numbers.clear(); });

  describe('who gets in', () => {
    const claims = { tid: tenant, oid: 'ada', name: 'Ada', scp: 'access_as_user', ver: '2.0' };
    const good = () => ({ ...claims, iss: `${entra.url}/${tenant}/v2.0`, aud: entra.trust.clientId });

    it('lets in a good token, and says who it is', async () => {
      const { status, body } = await raw('/api/v1/session', await entra.sign(good()));
      assert.equal(status, 200);
      assert.equal((body['person'] as { id: string }).id, 'ada');
    });

    it('refuses forged, foreign, expired and misused tokens with 401', async () => {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const signed = await entra.sign(good());
      const [head, body, signature] = signed.split('.') as [string, string, string];
      const hour = Math.floor(Date.now() / 1000) - 3600;
      const forged: Record<string, string | undefined> = {
        none: undefined, garbage: 'a.b.c', 'no signature': `${head}.${body}.`, 'alg none': `${part({ alg: 'none' })}.${part(good())}.`,
        'changed body': `${head}.${part({ ...good(), oid: 'eve' })}.${signature}`, 'changed signature': `${head}.${body}.${signature.slice(0, -6)}AAAAAA`,
        'unknown key': await entra.sign(good(), { kid: 'another' }),
        expired: await entra.sign({ ...good(), exp: hour }), 'not yet': await entra.sign({ ...good(), nbf: hour + 7200 }),
        'another audience': await entra.sign({ ...good(), aud: randomUUID() }), 'another issuer': await entra.sign({ ...good(), iss: 'https://login.example.com/v2.0' }),
        'issuer of another tenant': await entra.sign({ ...good(), iss: `${entra.url}/${stranger.tenant}/v2.0` }),
        'personal account': await entra.sign({ ...good(), tid: '9188040d-6c67-4c5b-b112-36a304b66dad', iss: `${entra.url}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0` }),
        'no scope': await entra.sign({ ...good(), scp: undefined } as never), 'another scope': await entra.sign({ ...good(), scp: 'User.Read' }),
        'no tenant': await entra.sign({ ...good(), tid: undefined } as never), 'bot token': await entra.botToken('https://smba.example.com'),
      };
      for (const [name, token] of Object.entries(forged)) {
        const answer = await raw('/api/v1/session', token);
        assert.equal(answer.status, 401, name);
        assert.equal(answer.body['type'], 'unauthorized', name);
      }
    });

    it('refuses guests of the tenant: they are of another company', async () => {
      for (const guest of [{ acct: 1 }, { idp: `https://sts.windows.net/${stranger.tenant}/` }, { idp: 'live.com' }]) {
        const { status, body } = await raw('/api/v1/session', await entra.sign({ ...good(), oid: 'guest', ...guest }));
        assert.equal(status, 403, JSON.stringify(guest));
        assert.match(String(body['title']), /[Gg]uest/);
      }
      assert.equal((await raw('/api/v1/session', await entra.sign({ ...good(), acct: 0, idp: `https://sts.windows.net/${tenant}/` }))).status, 200);
    });

    it('makes whoever comes from the tenant a member, and opens an organization for a named admin alone', async () => {
      assert.equal((await as(ben)(api.session, { params: {} })).person.role, 'member');
      const elsewhere = randomUUID();
      assert.equal((await problemOf(as({ tenant: elsewhere, id: 'anybody', name: 'X' })(api.session, { params: {} }))).type, 'forbidden');
      assert.equal((await as({ tenant: elsewhere, id: 'first', name: 'First' })(api.session, { params: {} })).person.role, 'owner');
    assert.equal((await as({ tenant: elsewhere, id: 'first', name: 'First' })(api.periods, { params: { organization } })).current, period);
      assert.equal((await as({ tenant: elsewhere, id: 'anybody', name: 'X' })(api.session, { params: {} })).person.role, 'member');
    });

    it('makes a member who is named an admin later an admin', async () => {
      const at = keys.person({ tenant, organization }, 'first');
      await store.transact([insert(rows.person, at, { id: 'first', name: 'First', role: 'member' })]);
      assert.equal((await as({ tenant, id: 'first', name: 'First' })(api.session, { params: {} })).person.role, 'admin');
      assert.equal((await store.get(rows.person, at))?.body.role, 'admin');
    });

    it('keeps tenants apart, even where all ids are equal', async () => {
      const { goal } = await as(ada)(api.createGoal, { params: place, body: { kind: 'objective', title: 'CANARY-of-Aurora', description: '', parents: [], outcome: { kind: 'percent' }, mode: 'manual' } });
      const address = { params: { ...place, goal: goal.id } };
      assert.equal((await problemOf(as(stranger)(api.goal, address))).type, 'not-found');
      assert.equal((await problemOf(as(stranger)(api.checkIn, { ...address, body: { value: 5, note: '' } }))).type, 'not-found');
      assert.equal((await problemOf(as(stranger)(api.comment, { ...address, body: { text: 'x' } }))).type, 'not-found');
      const seen = JSON.stringify([await as(stranger)(api.goals, { params: { organization }, query: { period, limit: 200 } }), await as(stranger)(api.goals, { params: { organization }, query: { period, limit: 200, search: 'canary' } })]);
      assert.ok(!seen.includes('CANARY'));
      assert.ok(JSON.stringify(await as(ada)(api.goals, { params: { organization }, query: { period, limit: 200, search: 'canary' } })).includes('CANARY'));
    });
  });

  describe('refusals', () => {
    it('have one shape, name every field at fault, and say what to do', async () => {
      const body = { kind: 'key-result', title: '  ', outcome: { kind: 'metric', direction: 'increase', name: '', unit: { kind: 'number' }, start: 5, target: 1 } };
      const answer = await raw(`/api/v1/organizations/main/goals/${period}`, await entra.personToken(ada), { method: 'POST', body: JSON.stringify(body) });
      assert.equal(answer.status, 400);
      assert.match(answer.headers.get('content-type')!, /application\/problem\+json/);
      const errors = answer.body['errors'] as Record<string, string>;
      assert.match(errors['title']!, /title/i);
      assert.match(errors['outcome.name']!, /Name the metric/);
    });

    it('name what nobody knows, in a body or a query, instead of passing over it (A27)', async () => {
      const token = await entra.personToken(ada);
      const goals = `/api/v1/organizations/main/goals`;
      const made = await raw(`${goals}/${period}`, token, { method: 'POST', body: JSON.stringify({ kind: 'key-result', title: 'Spelled', outcome: { kind: 'percent' } }) });
      const { id } = made.body['goal'] as { id: string };
      const faults = async (path: string, body?: object) => {
        const answer = await raw(`${goals}${path}`, token, body && { method: 'POST', body: JSON.stringify(body) });
        return [answer.status, Object.keys(answer.body['errors'] as object ?? {})];
      };
      assert.deepEqual(await faults(`/${period}/${id}/check-ins`, { valeu: 5, note: 'Half way' }), [400, ['valeu']]);
      assert.deepEqual(await faults(`/${period}/${id}/close`, { scores: 1, note: 7 }), [400, ['note', 'scores']]);
      assert.deepEqual(await faults(`?period=${period}&stauts=closed`), [400, ['stauts']]);
      assert.deepEqual((await raw(`${goals}/${period}/${id}/history`, token)).body['rows'], [], 'nothing has happened');
    });

    it('answer broken JSON, huge bodies and unknown addresses with sentences', async () => {
      const token = await entra.personToken(ada);
      assert.equal((await raw(`/api/v1/organizations/main/goals/${period}`, token, { method: 'POST', body: '{"title":' })).status, 400);
      assert.equal((await raw(`/api/v1/organizations/main/goals/${period}`, token, { method: 'POST', body: JSON.stringify({ title: 'x'.repeat(300_000) }) })).status, 413);
      const lost = await raw('/api/v1/nothing-here', token);
      assert.deepEqual([lost.status, lost.body['type']], [404, 'not-found']);
    });

    it('answer bodies that are packed, uploaded or no JSON before anything is done with them', async () => {
      const bodies: [string, OutgoingHttpHeaders, string | Buffer][] = [
        ['what is not gzip', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, '{}'],
        ['gzip that unpacks to 20 MB', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(20_000_000, ' '))],
        ['an upload', { 'content-type': 'multipart/form-data; boundary=b' }, '--b\r\ncontent-disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--b--\r\n'],
        ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'text=x'],
        ['text', { 'content-type': 'text/plain' }, '{}'],
      ];
      for (const [name, headers, body] of bodies) {
        const { status, title } = await sent(address, `/api/v1/organizations/${organization}/connections`, { headers, body });
        assert.equal(status, 415, name);
        assert.match(String(title), /Send JSON/, name);
      }
    });

    it('meet ids, cursors and names that nobody has been given, without asking the store for them', async () => {
      const token = await entra.personToken(ada);
      const body = { kind: 'objective', title: 'T', outcome: { kind: 'percent' } };
      await as(stranger)(api.createGoal, { params: place, body: { kind: 'objective', title: 'CANARY', description: '', parents: [], outcome: { kind: 'percent' }, mode: 'manual' } });
      const forged = Buffer.from(JSON.stringify({ nextPartitionKey: `${stranger.tenant}|main|${period}`, nextRowKey: 'g:' })).toString('base64');
      for (const odd of ['a|b', "a'b", 'a/b', 'a\\b', 'a#b', 'a?b', '..', '%', '\u0001', '\u2028', '__proto__ ', 'x'.repeat(2000)]) {
        const id = encodeURIComponent(odd);
        const base = `/api/v1/organizations/${organization}`;
        const calls: [string, string, RequestInit?][] = [
          ['organization', `/api/v1/organizations/${id}/periods`], ['period', `${base}/goals?period=${id}`], ['period of a goal', `${base}/goals/${id}/x`],
          ['next', `${base}/goals?period=${period}&next=${id}`], ['next of a feed', `${base}/goals/${period}/x/feed?next=${id}`], ['connection', `${base}/connections/${id}/sync`, { method: 'POST' }],
          ['satellite', `${base}/satellites/${id}`, { method: 'DELETE' }], ['integration', `${base}/integrations/${id}`, { method: 'PUT', body: '{"enabled":true}' }],
          ['owners.0', `${base}/goals/${period}`, { method: 'POST', body: JSON.stringify({ ...body, owners: [odd] }) }],
          ['parents.0.period', `${base}/goals/${period}`, { method: 'POST', body: JSON.stringify({ ...body, parents: [{ period: odd, id: 'x' }] }) }],
        ];
        for (const [what, path, init] of calls) {
          const { status } = await raw(path, token, init);
          assert.ok([400, 404, 405].includes(status), `${what} ${JSON.stringify(odd.slice(0, 20))}: ${status}`);
        }
      }
      assert.doesNotMatch(JSON.stringify(await raw(`/api/v1/organizations/${organization}/goals?period=${period}&next=${forged}`, token)), /CANARY"/);
      assert.deepEqual(reports, []);
    });

    it('tell Teams of a bug by its id and nothing else, too', async () => {
      const failing = await stage.serve({ receive: async () => { throw new Error('AccountKey=CANARY'); } });
      const answer = await sent(failing, '/api/messages', { headers: { 'content-type': 'application/json' }, body: '{}' });
      assert.equal(answer.status, 500);
      assert.match(String(answer.title), /bug-1/);
      assert.deepEqual(reports, ['POST /api/messages: Error: AccountKey=CANARY']);
    });

    it('tell of a bug by its id and nothing else', async () => {
      const { goal } = await aGoal(ada);
      await store.transact([{ do: 'put', kind: { name: 'damage', table: 'goals', body: { safeParse: (data: unknown) => ({ success: true, data }) } as never }, keys: keys.goal({ tenant, organization }, goal), body: { secret: 'S3CRET' } }]);
      const problem = await problemOf(as(ada)(api.goal, { params: { ...place, goal: goal.id } }));
      assert.equal(problem.status, 500);
      assert.equal(problem.id, 'bug-1');
      assert.ok(!JSON.stringify([problem, reports]).includes('S3CRET'));
      assert.equal(reports.length, 1);
      await store.transact([{ do: 'remove', kind: rows.goal as never, keys: keys.goal({ tenant, organization }, goal) }]);
    });
  });

  const aGoal = (person: Somebody, more: object = {}) => as(person)(api.createGoal, {
    params: place, body: { kind: 'key-result', title: 'Answer faster', description: '', parents: [], outcome: { kind: 'percent' }, mode: 'manual', ...more },
  });

  describe('goals', () => {
    it('are made, found, changed, checked in on and deleted', async () => {
      const made = await aGoal(ada, { title: 'Grow the newsletter' });
      const at = { params: { ...place, goal: made.goal.id } };
      assert.equal(made.goal.status, 'not-started');
      assert.equal(made.goal.start, '2026-10-01');
      assert.deepEqual(requested, [`carry on ${period}`]);

      const checkedIn = await as(ada)(api.checkIn, { ...at, body: { value: 60, note: 'Half way' } });
      assert.deepEqual([checkedIn.goal.progress, checkedIn.goal.status], [60, 'on-track']);

      const renamed = await as(ada)(api.updateGoal, { ...at, body: { ...bodyOf(checkedIn.goal), title: 'Grow the weekly newsletter' }, etag: checkedIn.etag });
      assert.equal(renamed.goal.title, 'Grow the weekly newsletter');
      assert.equal(renamed.goal.value, 60);
      assert.equal((await problemOf(as(ada)(api.updateGoal, { ...at, body: { ...bodyOf(checkedIn.goal), title: 'Too late' }, etag: checkedIn.etag }))).type, 'conflict');

      const feed = await as(ada)(api.feed, { ...at, query: { limit: 50 } });
      assert.deepEqual(feed.rows.map(e => ('activity' in e ? e.activity.kind : `check-in ${e.value}`)).toSorted(), ['check-in 60', 'created', 'edited', 'status-changed']);
      assert.ok((await as(ada)(api.goals, { params: { organization }, query: { period, limit: 50, search: 'weekly news' } })).rows.some(r => r.goal.id === made.goal.id));

      await as(ada)(api.deleteGoal, { ...at, etag: renamed.etag });
      assert.equal((await problemOf(as(ada)(api.goal, at))).type, 'not-found');
    });

    it('are not called closed, reopened or not started by a check-in', async () => {
      const { goal } = await aGoal(ada, { title: 'Open' });
      for (const status of ['closed', 'reopened', 'not-started', 'in-progress'] as const) {
        assert.ok((await problemOf(as(ada)(api.checkIn, { params: { ...place, goal: goal.id }, body: { value: 1, status, note: '' } }))).errors!['status'], status);
      }
    });

    it('say a change of status that comes from an edit, as any other one', async () => {
      const ask = as(ada);
      const tickets = { kind: 'metric', direction: 'stay-below', name: 'Open tickets', unit: { kind: 'none' }, target: 20 } as const;
      const { goal } = await ask(api.createGoal, { params: place, body: { kind: 'key-result', title: 'Fewer tickets', description: '', parents: [], mode: 'manual', outcome: tickets } });
      const params = { ...place, goal: goal.id };
      const { etag } = await ask(api.checkIn, { params, body: { value: 12, note: '' } });
      const edited = await ask(api.updateGoal, { params, body: { ...bodyOf(goal), outcome: { ...tickets, target: 10 } }, etag });
      assert.equal(edited.goal.status, 'at-risk');
      const said = [];
      for await (const { body } of store.all(rows.outgoing, keys.goals({ tenant, organization }, period), 'x:')) {
        if (body.goal.id === goal.id && body.kind === 'moved') said.push(body.from);
      }
      assert.deepEqual(said.toSorted(), ['not-started', 'on-track']);
      const feed = await ask(api.feed, { params, query: { limit: 50 } });
      assert.ok(feed.rows.some(e => 'activity' in e && e.activity.kind === 'status-changed' && e.activity.to === 'at-risk'));
    });

    it('pages feeds without losing or repeating an entry', async () => {
      const { goal } = await aGoal(ada, { title: 'A long story' });
      const at = { params: { ...place, goal: goal.id } };
      for (let i = 0; i < 7; i++) await as(ada)(api.comment, { ...at, body: { text: `comment ${i}` } });
      const seen: string[] = [];
      let next: string | undefined;
      do {
        const page = await as(ada)(api.feed, { ...at, query: { limit: 3, ...(next ? { next } : {}) } });
        seen.push(...page.rows.map(e => ('activity' in e ? e.id : e.at)));
        next = page.next;
      } while (next);
      assert.equal(seen.length, 8);
      assert.equal(new Set(seen).size, 8);
    });

    it('are changed by their owner and admins alone, and the refusal says who can', async () => {
      const { goal } = await aGoal(ada, { title: 'Ada’s own' });
      const problem = await problemOf(as(ben)(api.checkIn, { params: { ...place, goal: goal.id }, body: { value: 1, note: '' } }));
      assert.equal(problem.type, 'forbidden');
      assert.match(problem.title, /Only Ada/);
      const { goal: bens } = await aGoal(ben, { title: 'Ben’s own' });
      assert.equal((await as(ada)(api.checkIn, { params: { ...place, goal: bens.id }, body: { value: 1, note: '' } })).goal.value, 1);
    });

    it('stand under one another without cycles', async () => {
      const { goal: top } = await aGoal(ada, { kind: 'objective', title: 'Top', mode: 'roll-up' });
      const { goal: middle } = await aGoal(ada, { kind: 'objective', title: 'Middle', mode: 'roll-up', parents: [{ period, id: top.id }] });
      const view = await as(ada)(api.goal, { params: { ...place, goal: top.id } });
      const problem = await problemOf(as(ada)(api.updateGoal, { params: { ...place, goal: top.id }, body: { ...bodyOf(view.goal), parents: [{ period, id: middle.id }] }, etag: view.etag }));
      assert.match(problem.errors!['parents']!, /under itself/);
    });

    it('refuse what cannot be: ends before starts, rolled-up metrics, owners and periods that are not there', async () => {
      assert.ok((await problemOf(aGoal(ada, { start: '2026-12-01', end: '2026-11-01' }))).errors!['end']);
      assert.ok((await problemOf(aGoal(ada, { mode: 'roll-up', outcome: { kind: 'metric', direction: 'baseline', name: 'x', unit: { kind: 'percent' } } }))).errors!['mode']);
      assert.ok((await problemOf(aGoal(ada, { owners: ['nobody'] }))).errors!['owners.0']);
      assert.ok((await problemOf(aGoal(ada, { mode: 'source' }))).errors!['link']);
      assert.ok((await problemOf(as(ada)(api.createGoal, { params: { organization, period: '1999-q1' }, body: { kind: 'objective', title: 'x', description: '', parents: [], outcome: { kind: 'percent' }, mode: 'manual' } }))).errors!['period']);
    });
  });

  describe('integrations and connections', () => {
    const connection = (more: object = {}) => ({ integration: 'numbers', name: 'Numbers of Ada', shared: false, auth: 'none', settings: {}, credential: { password: 'S3CRET-of-Ada' }, ...more });

    it('are enabled by admins alone; before that nothing connects, and the reason is told', async () => {
      assert.match((await problemOf(as(ben)(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: true } }))).title, /admin/);
      assert.match((await problemOf(as(ada)(api.createConnection, { params: { organization }, body: connection() }))).title, /not enabled/);
      assert.match((await problemOf(as(ada)(api.enableIntegration, { params: { organization, integration: 'asana' }, body: { enabled: true } }))).title, /no connector/);
      await as(ada)(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: true } });
      const { rows: catalogue } = await as(ben)(api.integrations, { params: { organization } });
      assert.deepEqual(catalogue.map(i => [i.id, i.enabled, i.blocked === undefined]), [['numbers', true, true], ['asana', false, false]]);
    });

    it('are private until shared, never show a credential, and start syncing', async () => {
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection() });
      assert.deepEqual(requested, ['chain']);
      assert.deepEqual((await as(ben)(api.connections, { params: { organization }, query: {} })).rows, []);
      await as(ada)(api.updateConnection, { params: { organization, connection: made.id }, body: { ...connection({ shared: true }), credential: undefined } });
      const seen = await as(ben)(api.connections, { params: { organization }, query: {} });
      assert.equal(seen.rows[0]!.mayEdit, false);
      const stored = await store.get(rows.connection, keys.connection({ tenant, organization }, made.id));
      assert.ok(!JSON.stringify([seen, made, stored]).includes('S3CRET'));
    });

    it('leave a record of who made, changed and deleted them, without the credential', async () => {
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection({ name: 'Recorded' }) });
      await as(ada)(api.updateConnection, { params: { organization, connection: made.id }, body: connection({ name: 'Renamed' }) });
      await as(ada)(api.deleteConnection, { params: { organization, connection: made.id } });
      const log = (await Array.fromAsync(store.all(rows.audit, keys.audit({ tenant, organization }, now().toISOString(), '').partition))).map(r => r.body).filter(r => r.on === made.id);
      assert.deepEqual(log.map(r => `${r.by.name} ${r.deed}`).toSorted(), ['Ada connection.changed', 'Ada connection.deleted', 'Ada connection.made']);
      assert.match(JSON.stringify(log), /Recorded.*Renamed|Renamed.*Recorded/);
      assert.doesNotMatch(JSON.stringify(log), /S3CRET/);
    });

    it('never send a saved credential to a changed address', async () => {
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection({ name: 'Moving', settings: { host: 'db.example.com' } }) });
      const moved = { ...connection({ name: 'Moving', settings: { host: 'evil.example.com' } }), credential: undefined };
      assert.ok((await problemOf(as(ada)(api.updateConnection, { params: { organization, connection: made.id }, body: moved }))).errors!['credential']);
      assert.ok((await problemOf(as(ada)(api.validateConnection, { params: { organization }, body: { ...moved, id: made.id } }))).errors!['credential']);
    });

    it('are changed while a sync holds them, and the sync keeps its claim', async () => {
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection({ name: 'Busy' }) });
      const at = keys.connection({ tenant, organization }, made.id);
      const claim = { worker: 'w1', until: '2026-11-21T09:01:00.000Z' };
      const { open } = numbers.connector;
      numbers.connector.open = async way => {
        const { body, etag } = (await store.get(rows.connection, at))!;
        await store.transact([replace(rows.connection, at, { ...body, claim }, etag)]);
        return open(way);
      };
      try {
        await as(ada)(api.updateConnection, { params: { organization, connection: made.id }, body: connection({ name: 'Renamed' }) });
      } finally {
        numbers.connector.open = open;
      }
      const stored = (await store.get(rows.connection, at))!.body;
      assert.deepEqual([stored.name, stored.claim], ['Renamed', claim]);
    });

    it('are deleted with the links that no goal knows of any more', async () => {
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection({ name: 'Left behind' }) });
      const goal = { period, id: 'deleted-long-ago' };
      const at = keys.link({ tenant, organization }, made.id, goal);
      await store.transact([insert(rows.link, at, { connection: made.id, goal, measure: { metric: 'number', form: {} }, linkedBy: ada, problem: null })]);
      await as(ada)(api.deleteConnection, { params: { organization, connection: made.id } });
      assert.equal(await store.get(rows.link, at), undefined);
      assert.equal(await store.get(rows.connection, keys.connection({ tenant, organization }, made.id)), undefined);
    });

    it('that are private or disabled do not keep a goal’s owner from editing the rest of the goal, but do from reading', async () => {
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection({ name: 'Ada’s alone' }) });
      await as(ben)(api.session, { params: {} });
      const link = { connection: made.id, measure: { metric: 'number', form: { name: 'x' } } };
      const { goal, etag } = await aGoal(ada, { title: 'Of Ben', owners: ['ben'], mode: 'source', link });
      const at = { params: { ...place, goal: goal.id } };
      const renamed = await as(ben)(api.updateGoal, { ...at, body: { ...bodyOf(goal), mode: 'source', link, title: 'Renamed by Ben' }, etag });
      assert.equal(renamed.goal.title, 'Renamed by Ben');
      const other = { ...link, measure: { metric: 'number', form: { name: 'y' } } };
      assert.match((await problemOf(as(ben)(api.updateGoal, { ...at, body: { ...bodyOf(goal), mode: 'source', link: other }, etag: renamed.etag }))).title, /private to Ada/);

      await as(ada)(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: false } });
      const again = await as(ben)(api.updateGoal, { ...at, body: { ...bodyOf(goal), mode: 'source', link, title: 'Renamed again' }, etag: renamed.etag });
      assert.equal(again.goal.title, 'Renamed again');
      assert.match((await problemOf(as(ben)(api.syncGoal, at))).title, /not enabled/);
      await as(ada)(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: true } });
    });

    it('feed a goal through one link at a time, and a new measure is a new link', async () => {
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection({ name: 'Relinked' }) });
      const link = (name: string) => ({ connection: made.id, measure: { metric: 'number', form: { name } } });
      const { goal, etag } = await aGoal(ada, { title: 'Relinked', mode: 'source', link: link('x') });
      const linked = async () => (await store.get(rows.link, keys.link({ tenant, organization }, made.id, goal)))!.body;
      assert.equal((await linked()).id, goal.link);
      const at = { params: { ...place, goal: goal.id } };
      const relinked = await as(ada)(api.updateGoal, { ...at, body: { ...bodyOf(goal), mode: 'source', link: link('y') }, etag });
      assert.notEqual(relinked.goal.link, goal.link);
      assert.deepEqual([(await linked()).id, (await linked()).measure.form], [relinked.goal.link, { name: 'y' }]);
      const renamed = await as(ada)(api.updateGoal, { ...at, body: { ...bodyOf(goal), mode: 'source', link: link('y'), title: 'Still fed' }, etag: relinked.etag });
      assert.equal(renamed.goal.link, relinked.goal.link);
      const manual = await as(ada)(api.updateGoal, { ...at, body: { ...bodyOf(goal), mode: 'manual' }, etag: renamed.etag });
      assert.equal(manual.goal.link, undefined);
      const feed = await as(ada)(api.feed, { ...at, query: { limit: 50 } });
      assert.deepEqual(feed.rows.flatMap(e => ('activity' in e && /linked/.test(e.activity.kind) ? [e.activity.kind] : [])).toSorted(), ['linked', 'linked', 'unlinked']);
    });

    it('ask for a credential again that the vault can no longer open', async () => {
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection({ name: 'Lost key' }) });
      const at = keys.connection({ tenant, organization }, made.id);
      const { body, etag } = (await store.get(rows.connection, at))!;
      await store.transact([replace(rows.connection, at, { ...body, credential: 'sealed by a key that is gone' }, etag)]);
      const measure = { metric: 'number', form: { name: 'x' } };
      const problem = await problemOf(as(ada)(api.preview, { params: { organization, connection: made.id }, body: { measure, outcome: { kind: 'percent' } } }));
      assert.deepEqual([problem.type, problem.remedy], ['source', 'reconnect']);
    });

    it('have no last sync in the eyes of a goal that they have not been read for yet', async () => {
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection({ name: 'Read before' }) });
      const at = keys.connection({ tenant, organization }, made.id);
      const { body, etag } = (await store.get(rows.connection, at))!;
      await store.transact([replace(rows.connection, at, { ...body, lastSync: '2026-11-21T08:30:00.000Z' }, etag)]);
      const view = await aGoal(ada, { title: 'Unread', mode: 'source', link: { connection: made.id, measure: { metric: 'number', form: { name: 'x' } } } });
      assert.equal(view.link!.lastSync, null);
      await moveGoals({ store, now }, { tenant, organization }, [{ goal: view.goal, change: { kind: 'reading', value: 5, raw: '5', asOf: now().toISOString(), readAt: now().toISOString() }, by: { kind: 'connection', id: made.id, name: '' }, at: now().toISOString() }]);
      assert.equal((await as(ada)(api.goal, { params: { ...place, goal: view.goal.id } })).link!.lastSync, '2026-11-21T08:30:00.000Z');
    });

    it('never send a saved credential to another vendor', async () => {
      const asked: unknown[] = [];
      const numbersOfOthers = { ...numbers.connector, id: 'asana' };
      const both = await stage.serve({ connectors: new Map([['numbers', numbers.connector], ['asana', numbersOfOthers]]), open: async way => { asked.push(way.credential); return deps.open(way, { tenant, organization }); } });
      const ask = asker(both, () => entra.personToken(ada));
      await ask(api.enableIntegration, { params: { organization, integration: 'asana' }, body: { enabled: true } });
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection({ name: 'Of one vendor' }) });
      const { credential: _, ...moved } = connection({ integration: 'asana' });
      await ask(api.validateConnection, { params: { organization }, body: { ...moved, id: made.id } }).catch(() => undefined);
      assert.doesNotMatch(JSON.stringify(asked), /S3CRET/);
      await ask(api.enableIntegration, { params: { organization, integration: 'asana' }, body: { enabled: false } });
    });

    it('offer the lists that their connector declares, and no other name', async () => {
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection({ name: 'Lists' }) });
      for (const lookup of ['nothing', 'constructor', '__proto__']) {
        assert.equal((await problemOf(as(ada)(api.lookup, { params: { organization, connection: made.id, lookup }, body: { search: '', form: {} } }))).type, 'not-found', lookup);
      }
      assert.deepEqual(reports, []);
    });

    it('preview a value without saving anything, and pass on each failure in its own words', async () => {
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection({ name: 'Preview' }) });
      const preview = (name: string, outcome: object = { kind: 'percent' }) => as(ada)(api.preview, { params: { organization, connection: made.id }, body: { measure: { metric: 'number', form: { name } }, outcome: outcome as { kind: 'percent' } } });
      numbers.numbers.set('part', { value: 30, of: 40, raw: '30' });
      numbers.numbers.set('none', { value: 0, of: 0, raw: '0' });
      numbers.numbers.set('refused', new SourceError('The password is wrong. Enter it again.', { kind: 'reconnect' }));
      const before = requested.length;
      assert.deepEqual(await preview('part').then(p => [p.value, p.of, p.goalValue, p.progress]), [30, 40, 75, 75]);
      assert.match((await problemOf(preview('none'))).title, /total is 0/);
      assert.deepEqual(await problemOf(preview('refused')).then(p => [p.type, p.remedy, p.title]), ['source', 'reconnect', 'The password is wrong. Enter it again.']);
      assert.equal(requested.length, before);
      assert.equal((await store.page(rows.link, keys.links({ tenant, organization }, made.id))).rows.length, 0);
    });

    it('feed goals through links; a connection in use is not deleted, a disabled integration says so on the goal', async () => {
      const made = await as(ada)(api.createConnection, { params: { organization }, body: connection({ name: 'In use' }) });
      requested.length = 0;
      const view = await aGoal(ada, { title: 'Fed', mode: 'source', link: { connection: made.id, measure: { metric: 'number', form: { name: 'x' } } } });
      assert.deepEqual(requested, [`carry on ${period}`, `sync ${made.id}`]);
      assert.deepEqual([view.link?.connectionName, view.link?.measureTitle, view.link?.problem], ['In use', 'Number', null]);
      assert.match((await problemOf(as(ada)(api.deleteConnection, { params: { organization, connection: made.id } }))).title, /another data source/);
      const through = keys.connection({ tenant, organization }, made.id);
      const row = (await store.get(rows.connection, through))!;
      const nextSync = '2026-11-21T09:40:00.000Z';
      await store.transact([replace(rows.connection, through, { ...row.body, nextSync, problem: { remedy: 'reconnect', message: 'The password is wrong.', since: nextSync } }, row.etag)]);

      await as(ada)(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: false } });
      const disabled = (await as(ada)(api.goal, { params: { ...place, goal: view.goal.id } })).link!;
      assert.match(disabled.problem!.message, /disabled/);
      assert.deepEqual([disabled.problem!.since, disabled.nextSync], [now().toISOString(), null]);
      await as(ada)(api.enableIntegration, { params: { organization, integration: 'numbers' }, body: { enabled: true } });

      const at = { params: { ...place, goal: view.goal.id } };
      const scope = { tenant, organization };
      const first = await as(ada)(api.goal, at);
      const racing = await stage.serve({ store: { ...store, transact: async steps => {
        if (steps.some(s => s.do === 'replace' && s.kind.name === 'goal')) await moveGoals({ store, now: () => new Date() }, scope, [{ goal: { period, id: view.goal.id }, at: now().toISOString(), by: { kind: 'person', id: 'ben', name: 'Ben' }, change: { kind: 'check-in', value: 5, note: '' } }]);
        await store.transact(steps);
      } } });
      const other = { ...bodyOf(first.goal), link: { connection: made.id, measure: { metric: 'number', form: { name: 'y' } } } };
      assert.equal((await problemOf(asker(racing, () => entra.personToken(ada))(api.updateGoal, { ...at, body: other, etag: first.etag }))).status, 412);
      assert.deepEqual((await store.get(rows.link, keys.link(scope, made.id, { period, id: view.goal.id })))!.body.measure.form, { name: 'x' }, 'the link of a refused edit');

      const current = await as(ada)(api.goal, at);
      await as(ada)(api.updateGoal, { params: { ...place, goal: view.goal.id }, body: { ...bodyOf(current.goal), mode: 'manual' }, etag: current.etag });
      await as(ada)(api.deleteConnection, { params: { organization, connection: made.id } });
    });
  });

  it('in local mode answers its own pages alone, under a name of this machine', async () => {
    const tokens = (one: Server) => { one.post('/api/v1/local/sign-in', async (_req: Request, res: Response) => { res.json(200, { title: 'a token' }); }); };
    const there = await stage.serve({ configuration: { local: true }, extend: tokens });
    const { host } = new URL(there);
    const ask = (headers: OutgoingHttpHeaders) => sent(there, '/api/v1/local/sign-in', { headers: { 'content-type': 'application/json', ...headers }, body: '{}' });
    for (const headers of [{ host }, { host, origin: `http://${host}` }, { host: 'localhost:3978' }]) assert.equal((await ask(headers)).status, 200, JSON.stringify(headers));
    for (const headers of [{ host: 'rebound.example.com:3978' }, { host: '127.0.0.1.example.com' }, { host, origin: 'https://elsewhere.example.com' }, { host, origin: 'null' }, { host, origin: 'http://127.0.0.1:1' }]) {
      assert.equal((await ask(headers)).status, 403, JSON.stringify(headers));
    }
    assert.equal((await sent(there, '/openapi.json', { method: 'GET', headers: { host: 'rebound.example.com' } })).status, 403);
  });

  it('describes itself in OpenAPI, every endpoint of the contract', async () => {
    const { body } = await raw('/openapi.json');
    const paths = body['paths'] as Record<string, Record<string, { operationId: string }>>;
    const described = Object.values(paths).flatMap(p => Object.values(p).map(o => o.operationId)).toSorted();
    assert.deepEqual(described, Object.keys(api).toSorted());
  });
});

function bodyOf(goal: { kind: 'objective' | 'key-result' | 'initiative'; title: string; description: string; parents: { period: string; id: string }[]; outcome: object; mode: 'manual' | 'roll-up' | 'source' }) {
  const { kind, title, description, parents, outcome, mode } = goal;
  return { kind, title, description, parents, outcome: outcome as { kind: 'percent' }, mode };
}
