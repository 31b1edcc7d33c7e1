// Waymark as a whole, from outside: it starts with nothing set, stops without a trace, keeps its data, and refuses half a configuration.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { type GoalView, api } from './api.ts';
import { type Ask, asker } from './simulators/ask.ts';
import { startAzurite } from './simulators/azurite.ts';
import { demoOrganization } from './simulators/demo.ts';
import { ada, ben, chen, dana } from './simulators/teams-world.ts';
import { type Whole, failedStart, startWhole } from './simulators/whole.ts';

function askAs(whole: Whole, person: string) {
  return asker(whole.address, async () => {
    const response = await fetch(`${whole.address}/api/v1/local/sign-in`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ person }) });
    return (await response.json() as { token: string }).token;
  });
}

/** Those of all time periods that somebody sees. */
async function goalsOf(ask: Ask): Promise<GoalView[]> {
  const { rows } = await ask(api.goals, { params: { organization: demoOrganization }, query: { limit: 200 } });
  assert.ok(rows.length < 200, 'there may be more goals than one page holds');
  return rows;
}

/** Processes that work on a data folder; PostgreSQL and Azurite name it in their command lines. */
function processesOn(folder: string): string[] {
  return execFileSync('ps', ['-eo', 'pid,args', '--no-headers'], { encoding: 'utf8' }).split('\n').filter(line => line.includes(folder));
}

async function eventually<T>(look: () => Promise<T | undefined>, seconds = 20): Promise<T> {
  for (const until = Date.now() + seconds * 1000; ;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(Date.now() < until, `waited ${seconds} s in vain for ${look}`);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

describe('Waymark as a whole', function () {
  this.timeout(120_000);
  const started: Whole[] = [];
  const start = async (...args: Parameters<typeof startWhole>) => { const whole = await startWhole(...args); started.push(whole); return whole; };

  after(async () => {
    await Promise.all(started.map(whole => whole.stop()));
    for (const whole of started) await whole.clear(); // one after the other, for some had the same folder
  });

  it('starts with nothing set, on loopback, with tab, sandbox and a demo whose goals are fed', async () => {
    const whole = await start();
    const [first] = whole.output().split('\n');
    assert.match(first!, /^Waymark starts on this machine/);
    assert.equal((await fetch(`${whole.address}/healthz`)).status, 200);
    for (const page of ['/', '/sandbox', '/goals/2026-q4/anything']) {
      const response = await fetch(whole.address + page);
      assert.equal(response.status, 200, page);
      assert.match(response.headers.get('content-type')!, /text\/html/);
      assert.match(response.headers.get('content-security-policy')!, /frame-ancestors [^;]*teams\.microsoft\.com/);
    }
    const ask = askAs(whole, ada.id);
    const { current } = await ask(api.periods, { params: { organization: demoOrganization } });
    const fed = await eventually(async () => {
      const { rows } = await ask(api.goals, { params: { organization: demoOrganization }, query: { period: current, limit: 50 } });
      return rows.filter(r => r.goal.mode === 'source' && r.goal.value !== null).length === 4 ? rows : undefined;
    });
    const value = (title: string) => fed.find(r => r.goal.title.includes(title))!.goal.value;
    assert.equal(value('support tickets'), 12);
    assert.equal(value('subscriptions'), 380);
    assert.equal(value('sign-ups'), 9400);
    assert.ok(Math.abs(value('backlog')! - (14 / 24) * 100) < 1e-9);
  });

  it('shows in its demo what goals can be: aligned over periods, weighed, held, ended, private, and talked about', async () => {
    const [whole] = started as [Whole];
    const ask = askAs(whole, ada.id);
    const all = await goalsOf(ask);
    const view = (title: string, period?: string) => {
      const found = all.find(({ goal }) => goal.title.includes(title) && (period === undefined || goal.period === period));
      assert.ok(found, `there is no goal with “${title}”`);
      return found;
    };
    const { rows: periods } = await ask(api.periods, { params: { organization: demoOrganization } });
    const kindOf = (id: string) => periods.find(period => period.id === id)!.kind;
    const year = view('Be the favourite café').goal;
    assert.equal(kindOf(year.period), 'year');
    assert.deepEqual(new Set(year.children.map(child => kindOf(child.period))), new Set(['quarter']));
    assert.equal(view('average review').goal.phases.length, 2);
    assert.deepEqual(Object.values(view('Launch the loyalty app').weights).toSorted((a, b) => a - b), [0, 25, 25, 50]);
    assert.deepEqual(view('Launch campaign').goal.tasks.map(task => task.done), [true, true, false, false, false]);
    assert.equal(view('Halve what').goal.stopped?.by.name, 'Ben Okafor');
    assert.equal(view('Compost').goal.closure?.score, 0.75);
    const cups = all.filter(({ goal }) => goal.title.startsWith('Cut paper cups')).map(({ goal }) => goal);
    const [postponed, goesOn] = [cups.find(goal => goal.status === 'postponed')!, cups.find(goal => goal.status !== 'postponed')!];
    assert.deepEqual(postponed.closure!.continuedBy, { period: goesOn.period, id: goesOn.id });
    const { rows: feed } = await ask(api.feed, { params: { organization: demoOrganization, period: view('Answer 90%').goal.period, goal: view('Answer 90%').goal.id }, query: { limit: 50 } });
    assert.ok(feed.some(row => 'activity' in row && row.activity.kind === 'comment' && row.activity.mentions?.[0]?.name === 'Dana Ruiz' && row.reactions?.like?.length === 1));

    const secret = all.filter(({ goal }) => goal.access.private).map(({ goal }) => goal.kind);
    assert.deepEqual(secret.toSorted(), ['key-result', 'objective']);
    const seenBy = async (person: string) => (await goalsOf(askAs(whole, person))).filter(({ goal }) => goal.access.private).length;
    assert.deepEqual([await seenBy(chen.id), await seenBy(ben.id), await seenBy(dana.id)], [2, 0, 0]);
  });

  it('stops on SIGTERM and leaves nothing running, then finds its data again', async () => {
    const [first] = started as [Whole];
    const ask = askAs(first, ada.id);
    const { current } = await ask(api.periods, { params: { organization: demoOrganization } });
    const place = { organization: demoOrganization, period: current };
    const before = await goalsOf(ask);
    const { goal } = await ask(api.createGoal, { params: place, body: { kind: 'objective', title: 'Survive a restart', description: '', parents: [], outcome: { kind: 'percent' }, mode: 'manual' } });
    assert.ok(processesOn(first.data).length > 0, 'the check for leftover processes sees none even while Waymark runs');
    assert.equal(await first.stop(), 0);
    assert.deepEqual(processesOn(first.data), []);
    assert.doesNotMatch(first.output(), /"level":"error"/);

    const again = await start({}, first.data);
    const found = await askAs(again, ada.id)(api.goal, { params: { ...place, goal: goal.id } });
    assert.equal(found.goal.title, 'Survive a restart');
    const names = (goals: typeof before) => goals.map(({ goal: { period, id, title } }) => `${period}/${id} ${title}`).toSorted();
    assert.deepEqual(names(await goalsOf(askAs(again, ada.id))), names([...before, found]), 'the second start has made goals anew');
  });

  it('runs twice side by side, but not twice on one folder', async () => {
    const [, running] = started as [Whole, Whole];
    const other = await start({ WAYMARK_DEMO: 'no' });
    assert.notEqual(other.address, running.address);
    const { code, output } = await failedStart({ PORT: '0', WAYMARK_DATA: running.data });
    assert.equal(code, 1);
    assert.match(output, /already runs on this data/);
    assert.equal((await fetch(`${running.address}/healthz`)).status, 200);
  });

  it('leaves nothing running even when it is killed, and starts again', async () => {
    const [,, other] = started as [Whole, Whole, Whole];
    await other.stop('SIGKILL');
    await eventually(async () => (processesOn(other.data).length === 0 ? true : undefined));
    const again = await start({ WAYMARK_DEMO: 'no' }, other.data);
    assert.equal((await fetch(`${again.address}/healthz`)).status, 200);
  });

  it('runs in production as separate web and worker processes on one storage account, closed to whoever is not known', async () => {
    const azurite = await startAzurite();
    const env = {
      HOST: '127.0.0.1', PUBLIC_URL: 'https://okrs.example.com', AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString, WAYMARK_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
      ENTRA_CLIENT_ID: '5f0a3e0c-0000-4000-8000-000000000001', BOT_ID: '5f0a3e0c-0000-4000-8000-000000000001', BOT_PASSWORD: 'secret-of-the-bot', BOT_TENANT_ID: '5f0a3e0c-0000-4000-8000-000000000002', WAYMARK_ADMINS: 'somebody',
    };
    const [web, worker] = await Promise.all([start({ ...env, ROLE: 'web' }), start({ ...env, ROLE: 'worker' })]);
    const status = async (whole: Whole, path: string, init?: RequestInit) => (await fetch(whole.address + path, init)).status;
    assert.deepEqual([await status(web, '/healthz'), await status(worker, '/healthz')], [200, 200]);
    assert.equal(await status(web, '/api/v1/session'), 401);
    assert.equal(await status(web, '/api/messages', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: 'message', serviceUrl: 'https://smba.trafficmanager.net/' }) }), 401);
    assert.equal(await status(web, '/api/v1/local/sign-in', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }), 404);
    assert.doesNotMatch(await (await fetch(`${web.address}/sandbox`)).text(), /sandbox/i);
    assert.equal(await status(worker, '/api/v1/session'), 404);
    assert.deepEqual([await web.stop(), await worker.stop()], [0, 0]);
    for (const whole of [web, worker]) assert.doesNotMatch(whole.output(), /"level":"error"|secret-of-the-bot/);
    await azurite.stop();
  });

  it('names everything that is wrong with its settings, and what to do', async () => {
    const half = await failedStart({ PUBLIC_URL: 'http://insecure.example.com', BOT_ID: 'bot', PORT: 'no' });
    assert.equal(half.code, 1);
    for (const name of ['PORT', 'PUBLIC_URL', 'AZURE_STORAGE_CONNECTION_STRING', 'WAYMARK_KEYS', 'ENTRA_CLIENT_ID', 'BOT_PASSWORD', 'BOT_TENANT_ID', 'WAYMARK_ADMINS']) assert.match(half.output, new RegExp(`^  ${name} `, 'm'));
    const open = await failedStart({ HOST: '0.0.0.0' });
    assert.equal(open.code, 1);
    assert.match(open.output, /HOST must be a loopback address/);
  });
});
