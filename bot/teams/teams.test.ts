// The contract with Teams, at HTTP level: a real restify server and CloudAdapter, a real store, and the double of Teams with signed tokens.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { SignJWT, exportJWK, exportSPKI, generateKeyPair, importJWK } from 'jose';
import restify from 'restify';
import { type Member, type Memory, converse } from '../../src/chat/converse.ts';
import { type Delivery, deliver } from '../../src/chat/deliver.ts';
import type { Event } from '../../src/chat/event.ts';
import { type KnownGoal, goalFacts } from '../../src/chat/facts.ts';
import type { Outgoing } from '../../src/chat/message.ts';
import type { Conversation, DeliveryError } from '../../src/chat/platform.ts';
import type { FeedEntry } from '../../src/domain/feed.ts';
import { type Goal, type GoalRef, newGoal } from '../../src/domain/goal.ts';
import type { Scope } from '../../src/domain/organization.ts';
import { type Azurite, startAzurite } from '../../src/simulators/azurite.ts';
import { type Entra, startEntra } from '../../src/simulators/entra.ts';
import { type TeamsDouble, startTeams } from '../../src/simulators/teams.ts';
import type { BotFailed } from '../../src/simulators/teams-people.ts';
import { ada, auroraCoffee, ben, chen, customerCare, dana, general, personalChat, planning } from '../../src/simulators/teams-world.ts';
import { openStore } from '../../src/store/azure.ts';
import { forgetConversation, hearers, markPosted, posts, recordComment, subscribe, subscriptionsOf, threadOf, unsubscribe } from '../../src/store/conversations.ts';
import { type Store, insert, put } from '../../src/store/store.ts';
import { keys, rows } from '../../src/store/tables.ts';
import { type Teams, type TeamsDeps, type TeamsSettings, graphOf, openTeams } from './adapter.ts';
import { managersFrom } from './directory.ts';
import { newOrganization } from '../../src/domain/organization.ts';

const period = '2026-q4';
const tenant = auroraCoffee.tenant.id;

const known = (body: Goal): KnownGoal => ({ goal: body, period: 'Q4 2026', today: '2026-11-21', source: 'PostgreSQL · Shop' });
const wordsOfCard = (message: { attachments: readonly { content?: unknown }[] } | undefined) => message?.attachments.map(one => runsOf(one.content).join('')).join('\n') ?? '';
const remedy = (act: Promise<unknown>) => act.then(() => undefined, (error: DeliveryError) => error.remedy);
const seconds = () => Math.floor(Date.now() / 1000);
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('Teams', function () {
  this.timeout(60_000);
  let azurite: Azurite;
  let store: Store;
  let entra: Entra;
  let server: restify.Server;
  let double: TeamsDouble;
  let teams: Teams;
  let scope: Scope;
  let world: typeof auroraCoffee;
  let reported: unknown[];
  let synced: GoalRef[];
  let heard: Event[];
  let interrupt: ((event: Event) => void) | undefined;
  let authorized = true;
  let organizations = 0;

  before(async () => {
    [azurite, entra] = await Promise.all([startAzurite(), startEntra()]);
    store = await openStore({ connectionString: azurite.connectionString });
    world = { ...auroraCoffee, bot: { appId: entra.trust.botId, name: 'Waymark' } };
    server = restify.createServer();
    server.use(restify.plugins.bodyParser());
    server.post('/api/messages', async (req: restify.Request, res: restify.Response) => teams.receive(req, res));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    await Promise.all([azurite.stop(), entra.stop(), new Promise(resolve => { server.close(() => resolve(undefined)); server.server.closeAllConnections(); })]);
  });

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`;
  const settings = (changes: object = {}): TeamsSettings =>
    ({ kind: 'simulated', botId: entra.trust.botId, openId: entra.trust.botOpenId, issuer: entra.trust.botIssuer, graph: double?.url ?? 'http://127.0.0.1:1', ...changes });
  const anonymous: TeamsSettings = { kind: 'anonymous', botId: 'local-bot', loopback: true };
  const deps = (): TeamsDeps => ({
    converse: async event => {
      heard.push(event);
      interrupt?.(event);
      return converse(memory(), event);
    },
    report: error => { reported.push(error); return 'E-1'; },
    publicUrl: 'https://waymark.example',
  });

  beforeEach(async () => {
    scope = { tenant, organization: `org-${++organizations}` };
    [reported, synced, heard, interrupt, authorized] = [[], [], [], undefined, true];
    double = await startTeams({
      bot: url(), world, tokenFor: serviceUrl => entra.botToken(serviceUrl), authorize: (header, service) => header === 'Bearer local' && (authorized || service === 'connector'),
    });
    teams = openTeams(settings(), deps());
    // Each test has an organization of its own; the tenant knows it alone.
    for await (const { body } of store.all(rows.organization, tenant)) await store.transact([{ do: 'remove', kind: rows.organization as never, keys: keys.organization({ tenant, organization: body.id }) }]);
    await store.transact([insert(rows.organization, keys.organization(scope), newOrganization({ tenant, id: scope.organization, name: 'Aurora Coffee', timeZone: 'UTC' }))]);
    for (const [id, title] of [['g1', 'Sell more coffee'], ['g2', 'Sell more tea'], ['g3', 'Answer in an hour']] as const) await goal(id, title);
  });
  afterEach(() => double.stop());

  const goal = async (id: string, title: string, changes: Partial<Goal> = {}) => {
    const owner = { id: ada.id, name: ada.name };
    const fresh = newGoal({ kind: 'key-result', title, description: '', owners: [owner], parents: [], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, mode: 'source' },
      { period, id, by: owner, at: '2026-10-01T09:00:00.000Z' });
    const made = { ...fresh, value: 20, progress: 20, status: 'behind' as const, asOf: '2026-11-21T09:00:00.000Z', readAt: '2026-11-21T09:00:00.000Z', ...changes };
    await store.transact([put(rows.goal, keys.goal(scope, made), made)]);
  };
  const allGoals = async () => {
    const found: Goal[] = [];
    for await (const { body } of store.all(rows.goal, keys.goals(scope, period), 'g:')) found.push(body);
    return found;
  };
  const memory = (): Memory => ({
    member: async (by): Promise<Member | undefined> => {
      const person = world.people.find(one => one.id === by.id && by.tenant === tenant && one.id !== dana.id);
      return person && { scope, organization: 'Aurora Coffee', person: { id: person.id, name: person.name, role: person.admin ? 'admin' : 'member' } };
    },
    search: async (_scope, _viewer, words, { skip, limit }) =>
      (await allGoals()).filter(one => one.title.toLowerCase().includes(words.toLowerCase())).slice(skip, skip + limit).map(known),
    goal: async (s, ref) => {
      const row = await store.get(rows.goal, keys.goal(s, ref));
      return row && known(row.body);
    },
    thread: (t, conversation, root) => threadOf(store, t, conversation, root),
    comment: (s, comment) => recordComment(store, s, comment),
    subscriptions: (s, conversation) => subscriptionsOf(store, s, conversation),
    subscribe: (s, subscription) => subscribe(store, s, subscription),
    unsubscribe: (s, subscription) => unsubscribe(store, s, subscription),
    syncNow: async (_, ref) => { synced.push(ref); },
    forget: (_, conversation) => forgetConversation(store, scope, conversation),
    now: () => new Date().toISOString(),
  });
  const feed = async (id = 'g1') => {
    const found: FeedEntry[] = [];
    for await (const { body } of store.all(rows.feedEntry, keys.goals(scope, period), `a:${id}:`)) found.push(body);
    return found;
  };
  const place = (of: typeof general): Conversation => ({
    platform: 'teams', id: of.id, kind: of.kind, name: of.name, service: { serviceUrl: double.serviceUrl, tenant, team: world.team.id },
  });
  const lastAnswer = (of = general) => wordsOfCard(double.botMessages(of).at(-1));

  /** A goal's card in a channel, as delivery would have said it. */
  const sayCard = async (of = general, id = 'g1') => {
    const facts = goalFacts(known((await store.get(rows.goal, keys.goal(scope, { period, id })))!.body));
    const post = await teams.platform.post(place(of), { kind: 'goal', goal: facts }, `card/${period}/${id}`);
    const slot = { kind: 'card' as const, goal: { period, id }, conversation: of.id };
    const row = await posts(store).write(scope, slot, { conversation: place(of), goal: { period, id }, mark: 'm', since: '2026-11-21T09:00:00.000Z' }, undefined);
    await posts(store).writeSaid(scope, slot, { ...row!.post, id: post.id }, row!);
    return { post, facts, message: double.messages(of).find(one => one.id === post.id)! };
  };

  describe('commands', () => {
    for (const [where, conversation] of [['a channel', general], ['a group chat', planning], ['the personal chat', personalChat(ada)]] as const) {
      it(`are answered in ${where}`, async () => {
        for (const [said, answer] of [
          ['help', 'search <words>'], ['Hi!', 'search <words>'], ['hello', 'search <words>'],
          ['search coffee', 'Sell more coffee'], ['search nonsense', 'No goal of the current period matches “nonsense”'],
          ['status coffee', '20 % done'], ['status sell', 'Sell more tea'], ['status', 'Answer in an hour'],
          ['subscriptions', 'hears about no goals yet'], ['unsubscribe', 'was not subscribed'],
          ['subscribe', 'all goals of Aurora Coffee'], ['subscribe', 'Already subscribed'], ['subscribe coffee', 'Sell more coffee'],
          ['subscribe sell', 'Several goals match'], ['subscribe Sell more tea', 'Sell more tea'], ['subscribe nonsense', 'No goal'],
          ['subscribe list', 'Sell more tea'], ['unsubscribe coffee', 'no longer hears about Sell more coffee'],
          ['unsubscribe nonsense', 'was not subscribed to “nonsense”'], ['unsubscribe', 'no longer hears about'], ['unsubscribe', 'was not subscribed'],
          ['make me a sandwich', 'I did not understand'], ['', 'search <words>'],
        ] as const) {
          const before = double.botMessages(conversation).length;
          await double.say(ada, conversation, { mention: conversation.kind !== 'personal', text: said });
          assert.equal(double.botMessages(conversation).length, before + 1, `"${said}" got one answer`);
          assert.match(lastAnswer(conversation), new RegExp(answer.replaceAll(/[()?]/g, String.raw`\$&`)), said);
        }
        assert.deepEqual(reported, []);
      });
    }

    it('answers in the thread in which it was asked, within two seconds', async () => {
      const started = Date.now();
      const said = await double.say(ada, general, { mention: true, text: 'status coffee' });
      assert.ok(Date.now() - started < 2000, `${Date.now() - started} ms`);
      assert.equal(double.botMessages(general)[0]?.root, said.id);
    });

    it('names the team and channel that subscribed', async () => {
      await double.say(ada, customerCare, { mention: true, text: 'subscribe' });
      const [subscription] = await subscriptionsOf(store, scope, customerCare.id);
      assert.equal(subscription?.conversation.name, 'Aurora Coffee › Customer care');
      assert.equal(subscription?.conversation.service['group'], world.team.groupId);
      assert.match(lastAnswer(customerCare), /Aurora Coffee › Customer care now hears about all goals of Aurora Coffee/);
    });

    it('has one effect and one answer when Teams delivers it three times', async () => {
      await double.say(ada, general, { mention: true, text: 'subscribe' }, { repeat: 3 });
      assert.equal((await subscriptionsOf(store, scope, general.id)).length, 1);
      assert.equal(double.botMessages(general).length, 1);
    });

    it('tells somebody it does not know what to do, and shows nothing', async () => {
      await double.say(dana, general, { mention: true, text: 'search coffee' });
      assert.match(lastAnswer(), /Dana Ruiz, you are not a member/);
      assert.doesNotMatch(lastAnswer(), /Sell/);
    });

    it('does not answer people who talk to each other', async () => {
      await double.say(ada, general, 'subscribe');
      assert.deepEqual(double.botMessages(general), []);
      assert.deepEqual(heard, []);
    });

    it('greets when it is installed, and forgets the place when it is removed', async () => {
      await double.install(general);
      assert.match(lastAnswer(), /search <words>/);
      await double.say(ada, general, { mention: true, text: 'subscribe' });
      await sayCard();
      await double.uninstall(general);
      assert.deepEqual(await subscriptionsOf(store, scope, general.id), []);
      assert.deepEqual(await posts(store).cards(scope, { period, id: 'g1' }), []);
    });

    it('says that it failed, with a number and without the error, and lets the repetition try again', async () => {
      interrupt = () => { interrupt = undefined; throw new Error('connect ECONNREFUSED 10.0.0.7 password=hunter2'); };
      await double.say(ada, general, { mention: true, text: 'status coffee' }, { repeat: 2 });
      const [first] = double.botMessages(general);
      assert.match(wordsOfCard(first), /Something went wrong on our side.*E-1/);
      assert.doesNotMatch(JSON.stringify(double.botMessages(general)), /hunter2/);
      assert.equal(reported.length, 1);
    });
  });

  describe('the message extension', () => {
    it('finds goals by their title and inserts the card', async () => {
      const { hits } = await double.search(ada, 'sell');
      assert.deepEqual(hits.map(hit => hit.title), ['Sell more coffee', 'Sell more tea']);
      assert.match(hits[0]!.text, /Behind · 20 % · Key result of Ada Lindqvist/);
      const inserted = await double.insert(ada, planning, hits[0]!.attachment);
      assert.match(wordsOfCard(inserted), /Sell more coffee/);
    });

    it('shows the current goals when the box has just been opened, page by page', async () => {
      assert.equal((await double.search(ada, '')).hits.length, 3);
      assert.equal((await double.search(ada, '', { skip: 0, count: 2 })).hits.length, 2);
      assert.deepEqual((await double.search(ada, '', { skip: 2, count: 2 })).hits.map(hit => hit.title), ['Answer in an hour']);
      assert.deepEqual((await double.search(ada, '', { skip: 3, count: 2 })).hits, []);
    });

    it('says in words that nothing matches, and shows strangers nothing', async () => {
      assert.match((await double.search(ada, 'nonsense')).note!, /No goal of the current period matches “nonsense”/);
      const found = await double.search(dana, 'sell');
      assert.deepEqual(found.hits, []);
      assert.match(found.note!, /not a member/);
    });

    it('answers in words when we failed', async () => {
      interrupt = () => { throw new Error('secret'); };
      assert.match((await double.search(ada, 'sell')).note!, /Something went wrong.*E-1/);
    });
  });

  describe('buttons', () => {
    it('syncs now and shows the card as it is then', async () => {
      const { message } = await sayCard();
      const pressed = await double.press(ben, message, 'Sync now');
      assert.ok(pressed.kind === 'card');
      assert.match(runsOf(pressed.card).join(''), /Sell more coffee/);
      assert.deepEqual(synced, [{ period, id: 'g1' }]);
    });

    it('syncs once when Teams delivers the press twice, and once more when it is pressed again', async () => {
      const { message } = await sayCard();
      const pressed = await double.press(ben, message, 'Sync now', { repeat: 3 });
      assert.equal(pressed.kind, 'card');
      assert.equal(synced.length, 1);
      await double.press(ben, message, 'Sync now');
      assert.equal(synced.length, 2);
    });

    it('tells neither a stranger nor somebody who made the button up what exists', async () => {
      const { message } = await sayCard();
      const made = { type: 'Action.Execute' as const, verb: 'refresh', data: { goal: { period, id: 'nothing' } } };
      const pressed = await double.press(ada, message, made);
      assert.deepEqual(pressed, { kind: 'message', text: 'This goal is not there any more, or you may not see it here.' });
      assert.equal((await double.press(dana, message, 'Sync now')).kind, 'message');
      assert.deepEqual(synced, []);
    });

    it('refuses a button that no card of ours has', async () => {
      const { message } = await sayCard();
      await assert.rejects(double.press(ada, message, { type: 'Action.Execute', verb: 'delete-everything', data: {} }), (error: BotFailed) => error.status === 501);
    });
  });

  describe('threads', () => {
    it('turn replies into comments of the goal’s feed, with author, time, place and the way back', async () => {
      const { message } = await sayCard();
      const reply = await double.reply(ben, message, 'The <b>roaster</b> was down &amp; is back');
      const [entry] = await feed();
      assert.equal(entry?.at, reply.at);
      assert.deepEqual(entry?.by, { kind: 'person', id: ben.id, name: ben.name });
      assert.ok(entry?.activity.kind === 'comment');
      assert.equal(entry.activity.text, 'The <b>roaster</b> was down &amp; is back');
      assert.equal(entry.activity.origin?.place, 'Aurora Coffee › General');
      const back = new URL(entry.activity.origin.address!);
      assert.equal(back.pathname, `/l/message/${encodeURIComponent(general.id)}/${reply.id}`);
      assert.deepEqual(Object.fromEntries(back.searchParams), { tenantId: tenant, groupId: world.team.groupId, parentMessageId: message.id });
      assert.deepEqual(double.botMessages(general).length, 1, 'and nobody is answered');
    });

    it('record a reply once however often it is delivered', async () => {
      const { message } = await sayCard();
      await double.reply(ben, message, 'On it', { repeat: 4 });
      teams = openTeams(settings(), deps()); // another process hears the repetition
      await double.editMessage(ben, double.messages(general).at(-1)!, 'On it now', { repeat: 3 });
      const entries = await feed();
      assert.equal(entries.length, 1);
      assert.ok(entries[0]!.activity.kind === 'comment' && entries[0]!.activity.text === 'On it now' && entries[0]!.activity.editedAt);
    });

    it('follow edits and deletions', async () => {
      const { message } = await sayCard();
      const reply = await double.reply(ben, message, 'Wrong');
      await double.editMessage(ben, reply, 'Right');
      await double.deleteMessage(ben, reply, { repeat: 2 });
      const entries = await feed();
      assert.equal(entries.length, 1);
      assert.ok(entries[0]!.activity.kind === 'comment');
      assert.equal(entries[0]!.activity.deleted, true);
      assert.equal(entries[0]!.activity.text, '', 'what was taken back is not kept');
    });

    it('take a mention with a command for a command, and any other mention for a comment', async () => {
      const { message } = await sayCard();
      await double.reply(ben, message, { mention: true, text: 'status' });
      assert.deepEqual(await feed(), []);
      assert.match(lastAnswer(), /Sell more coffee/);
      await double.reply(ben, message, { mention: true, text: 'thanks for keeping this current' });
      const [entry] = await feed();
      assert.ok(entry?.activity.kind === 'comment');
      assert.equal(entry.activity.text, 'thanks for keeping this current');
    });

    it('work in chats, where a reply quotes the card', async () => {
      const { message } = await sayCard(planning);
      await double.reply(chen, message, 'Good news');
      const [entry] = await feed();
      assert.ok(entry?.activity.kind === 'comment' && entry.activity.text === 'Good news');
    });

    it('never take our own words, a stranger’s, or those of another thread for a comment', async () => {
      const { post, facts, message } = await sayCard();
      await teams.platform.reply(post, { kind: 'comment', goal: facts, by: 'Ada', text: 'From the tab' }, 'comment/c1');
      await double.reply(dana, message, 'Let me in');
      const other = await double.say(ada, general, 'Lunch?');
      await double.reply(ben, other, 'Yes');
      const echo = { type: 'message', id: '1790000000000', serviceUrl: double.serviceUrl, channelId: 'msteams', text: 'From the tab',
        from: { id: `28:${world.bot.appId}`, name: 'Waymark', aadObjectId: ada.id }, recipient: { id: `28:${world.bot.appId}` },
        conversation: { id: `${general.id};messageid=${message.id}`, conversationType: 'channel', tenantId: tenant }, channelData: { tenant: { id: tenant } } };
      assert.equal((await send(echo, await entra.botToken(double.serviceUrl))).status, 200);
      assert.deepEqual(await feed(), []);
    });
  });

  describe('as a platform', () => {
    it('posts, edits in place, replies in the thread, and finds all of it again by its mark', async () => {
      const since = new Date().toISOString();
      const { post, facts } = await sayCard();
      await teams.platform.update(post, { kind: 'status-changed', goal: { ...facts, status: 'at-risk' }, from: 'behind', at: since }, `card/${period}/g1`);
      assert.match(lastAnswer(), /was Behind, now At Risk/);
      assert.equal(double.botMessages(general).length, 1);
      const reply = await teams.platform.reply(post, { kind: 'comment', goal: facts, by: 'Ada', text: 'Hello' }, 'comment/c1');
      assert.equal(double.messages(general).at(-1)?.root, post.id);
      const [card, comment, none, elsewhere] = await Promise.all([
        teams.platform.find(place(general), `card/${period}/g1`, since),
        teams.platform.find(place(general), 'comment/c1', since, post),
        teams.platform.find(place(general), 'comment/c2', since, post),
        teams.platform.find(place(customerCare), `card/${period}/g1`, since),
      ]);
      assert.ok(card !== 'unknown' && comment !== 'unknown');
      assert.deepEqual([card?.id, comment?.id, none, elsewhere], [post.id, reply.id, undefined, undefined]);
      assert.equal(await teams.platform.find(place(general), `card/${period}/g1`, '2099-01-01T00:00:00.000Z'), undefined);
    });

    it('says a change of status once when Teams’ answer to it got lost: the card is found by its mark', async () => {
      await goal('g1', 'Sell more coffee', { posted: false });
      let clock = Date.now();
      const delivery: Delivery = {
        platforms: { teams: teams.platform }, posts: posts(store), goal: memory().goal,
        hearers: (s, ref) => hearers(store, s, ref), person: async () => undefined, markPosted: (s, ref) => markPosted(store, s, ref),
        forget: async () => assert.fail('nothing is gone'), report: async () => assert.fail('nothing is dropped'), now: () => new Date(clock).toISOString(),
      };
      const moved: Outgoing = { kind: 'moved', id: 'x', goal: { period, id: 'g1' }, at: new Date(clock).toISOString(), from: 'on-track' };
      await double.say(ada, general, { mention: true, text: 'subscribe' });
      double.fail({ kind: 'answer-lost', when: call => call.method === 'POST' });
      await assert.rejects(deliver(delivery, scope, moved), (error: DeliveryError) => error.remedy.kind === 'retry');
      clock += 5000;
      for (let i = 0; i < 60; i++) await double.say(ben, general, `Small talk ${i}`);
      await deliver(delivery, scope, moved);
      const cards = double.botMessages(general).filter(message => message.root === undefined);
      assert.equal(cards.length, 1);
      await double.reply(ben, cards[0]!, 'Seen');
      assert.equal((await feed()).length, 1, 'and its thread leads to the goal');

      await deliver(delivery, scope, { kind: 'comment', id: 'c1', goal: { period, id: 'g1' }, at: new Date(clock).toISOString(), by: { kind: 'person', id: ada.id, name: ada.name }, text: 'Thanks' });
      assert.equal(double.botMessages(general).at(-1)?.root, cards[0]!.id);
      assert.equal((await feed()).length, 1, 'and what we carry there does not come back');
    });

    it('does not take for its own what a person posted with our mark in it', async () => {
      const { message } = await sayCard();
      await double.insert(ben, customerCare, message.attachments[0]!);
      assert.equal(await teams.platform.find(place(customerCare), `card/${period}/g1`, '2026-01-01T00:00:00.000Z'), undefined);
    });

    it('answers unknown where it may not read back', async () => {
      const { post } = await sayCard();
      teams = openTeams(anonymous, deps());
      assert.equal(await teams.platform.find(post.conversation, 'card', '2026-11-21T09:00:00.000Z'), 'unknown');
      teams = openTeams(settings(), deps());
      authorized = false;
      assert.equal(await teams.platform.find(post.conversation, 'card', '2026-11-21T09:00:00.000Z'), 'unknown');
    });

    it('asks Graph whose manager is whose, and takes no answer for none (A05)', async () => {
      const managerOf = managersFrom(graphOf(settings())!);
      assert.deepEqual(await managerOf(tenant, dana.id), { id: ben.id, name: ben.name, email: ben.email });
      assert.equal(await managerOf(tenant, ada.id), null);
      await assert.rejects(managerOf(tenant, 'nobody'), /did not say.*User\.Read\.All/);
      await assert.rejects(managersFrom(graphOf(settings({ graph: 'http://127.0.0.1:9' }))!)(tenant, dana.id), /did not answer/);
    });

    it('comes back later when Graph does not answer, and keeps the token out of the error', async () => {
      teams = openTeams(settings({ graph: 'http://127.0.0.1:9' }), deps());
      await assert.rejects(teams.platform.find(place(general), 'card', '2026-11-21T09:00:00.000Z'), (error: DeliveryError) => {
        assert.deepEqual(error.remedy, { kind: 'retry', afterSeconds: 30 });
        assert.doesNotMatch(inspect(error, { depth: 9 }), /Bearer|authorization/i);
        return true;
      });
    });

    for (const [fault, remedy] of [
      [{ kind: 'too-many', retryAfter: 7 }, { kind: 'retry', afterSeconds: 7 }],
      [{ kind: 'precondition-failed' }, { kind: 'retry', afterSeconds: 5 }],
      [{ kind: 'bad-gateway' }, { kind: 'retry', afterSeconds: 5 }],
      [{ kind: 'answer-lost' }, { kind: 'retry', afterSeconds: 5 }],
      [{ kind: 'blocked' }, { kind: 'forget' }],
      [{ kind: 'gone' }, { kind: 'forget' }],
    ] as const) {
      it(`takes "${fault.kind}" for ${remedy.kind}, and asks once`, async () => {
        const { facts } = await sayCard();
        const before = double.calls.length;
        double.fail(fault);
        await assert.rejects(teams.platform.post(place(general), { kind: 'goal', goal: facts }, 'm'), (error: DeliveryError) => {
          assert.deepEqual(error.remedy, remedy);
          return true;
        });
        assert.equal(double.calls.length, before + 1);
      });
    }

    it('tells a card that somebody deleted from a place that is gone', async () => {
      const { post, facts } = await sayCard();
      assert.deepEqual(await remedy(teams.platform.update({ ...post, id: '1' }, { kind: 'goal', goal: facts }, 'm')), { kind: 'forget-post' });
      const nowhere = { ...post.conversation, id: '19:nowhere@thread.tacv2' };
      assert.deepEqual(await remedy(teams.platform.post(nowhere, { kind: 'goal', goal: facts }, 'm')), { kind: 'forget' });
    });
  });

  const activity = () => ({
    type: 'message', id: '1790000000001', channelId: 'msteams', serviceUrl: double.serviceUrl, text: 'subscribe', timestamp: new Date().toISOString(),
    from: { id: ada.account, name: ada.name, aadObjectId: ada.id }, recipient: { id: `28:${world.bot.appId}` },
    conversation: { id: personalChat(ada).id, conversationType: 'personal', tenantId: tenant }, channelData: { tenant: { id: tenant } },
  });
  const claims = () => ({ iss: entra.trust.botIssuer, aud: entra.trust.botId, serviceurl: double.serviceUrl });
  const good = () => entra.botToken(double.serviceUrl);
  const publicKey = async () => {
    const answer = await fetch(`${entra.url}/bot/keys`);
    const { keys: [key] } = await answer.json() as { keys: [Record<string, string>] };
    return key;
  };
  const signedByOthers = async (header: Record<string, unknown>) => {
    const { privateKey } = await generateKeyPair('RS256');
    return new SignJWT({ ...claims(), exp: seconds() + 600 }).setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...header }).sign(privateKey);
  };

  describe('authentication', () => {
    const forged: Record<string, () => Promise<string | undefined>> = {
      'no header': async () => undefined,
      'an empty bearer': async () => 'Bearer ',
      'another scheme': async () => `Basic ${await good()}`,
      garbage: async () => 'Bearer garbage',
      'three dots of garbage': async () => 'Bearer a.b.c',
      'two tokens': async () => `Bearer ${await good()} ${await good()}`,
      'alg none': async () => `Bearer ${part({ alg: 'none', typ: 'JWT' })}.${part({ ...claims(), exp: seconds() + 600 })}.`,
      'alg none that keeps a signature': async () => `Bearer ${part({ alg: 'none' })}.${part({ ...claims(), exp: seconds() + 600 })}.${(await good()).split('.')[2]}`,
      'HS256 with the public key as secret': async () => {
        const key = await publicKey();
        const pem = await exportSPKI(await importJWK(key!, 'RS256') as Parameters<typeof exportSPKI>[0]);
        const head = `${part({ alg: 'HS256', typ: 'JWT', kid: key!['kid'] })}.${part({ ...claims(), exp: seconds() + 600 })}`;
        return `Bearer ${head}.${createHmac('sha256', pem).update(head).digest('base64url')}`;
      },
      'HS256 with the key in DER': async () => {
        const key = await publicKey();
        const der = createPublicKey({ key: key!, format: 'jwk' }).export({ type: 'spki', format: 'der' });
        const head = `${part({ alg: 'HS256', kid: key!['kid'] })}.${part({ ...claims(), exp: seconds() + 600 })}`;
        return `Bearer ${head}.${createHmac('sha256', der).update(head).digest('base64url')}`;
      },
      'another audience': async () => `Bearer ${await entra.botToken(double.serviceUrl, { aud: 'another-bot' })}`,
      'no audience': async () => `Bearer ${await entra.sign({ iss: entra.trust.botIssuer, serviceurl: double.serviceUrl })}`,
      'another issuer': async () => `Bearer ${await entra.botToken(double.serviceUrl, { iss: 'https://evil.example' })}`,
      'the emulator’s issuer': async () => `Bearer ${await entra.botToken(double.serviceUrl, { iss: `https://sts.windows.net/${tenant}/` })}`,
      'a person’s token': async () => `Bearer ${await entra.personToken({ tenant, id: ada.id, name: ada.name })}`,
      'a person’s token for the bot': async () => `Bearer ${await entra.personToken({ tenant, id: ada.id, name: ada.name }, { aud: entra.trust.botId, serviceurl: double.serviceUrl })}`,
      'another service URL': async () => `Bearer ${await entra.botToken('https://evil.example/')}`,
      'no service URL': async () => `Bearer ${await entra.sign({ iss: entra.trust.botIssuer, aud: entra.trust.botId })}`,
      expired: async () => `Bearer ${await entra.botToken(double.serviceUrl, { nbf: seconds() - 7200, exp: seconds() - 3600 })}`,
      'not yet valid': async () => `Bearer ${await entra.botToken(double.serviceUrl, { nbf: seconds() + 3600, exp: seconds() + 7200 })}`,
      'a foreign kid': async () => `Bearer ${await signedByOthers({ kid: 'foreign' })}`,
      'our kid, signed by another key': async () => `Bearer ${await signedByOthers({ kid: (await publicKey())['kid'] })}`,
      'a key of its own in the header': async () => `Bearer ${await signedByOthers({ kid: 'own', jwk: await exportJWK((await generateKeyPair('RS256')).publicKey) })}`,
      'a key set of its own in the header': async () => `Bearer ${await signedByOthers({ kid: 'own', jku: 'http://127.0.0.1:9/keys' })}`,
      'the signature stripped': async () => `Bearer ${(await good()).split('.').slice(0, 2).join('.')}.`,
      'the signature cut off': async () => `Bearer ${(await good()).split('.').slice(0, 2).join('.')}`,
      'one letter of the signature changed': async () => {
        const [head, body, signature] = (await good()).split('.') as [string, string, string];
        return `Bearer ${head}.${body}.${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
      },
      'claims changed under a good signature': async () => {
        const [head, , signature] = (await good()).split('.') as [string, string, string];
        return `Bearer ${head}.${part({ ...claims(), exp: seconds() + 60_000 })}.${signature}`;
      },
    };
    for (const [what, header] of Object.entries(forged)) {
      it(`answers 401 to ${what}, and does nothing`, async () => {
        const answer = await send(activity(), undefined, await header());
        assert.equal(answer.status, 401);
        assert.deepEqual(heard, []);
      });
    }

    it('lets a genuine activity in', async () => {
      assert.equal((await send(activity(), await good())).status, 200);
      assert.deepEqual(heard.map(event => event.kind), ['said']);
    });

    it('answers 503, not 401, while the issuer’s keys cannot be read', async () => {
      teams = openTeams(settings({ openId: 'http://127.0.0.1:9/openid' }), deps());
      assert.equal((await send(activity(), await good())).status, 503);
      teams = openTeams(settings(), deps());
      assert.equal((await send(activity(), await good())).status, 200);
    });

    it('answers 4xx to a body that is no activity', async () => {
      for (const body of [{}, [], { serviceUrl: double.serviceUrl }, { type: 'message', serviceUrl: 5 }]) {
        const { status } = await send(body, await good());
        assert.ok(status >= 400 && status < 500, `${JSON.stringify(body)}: ${status}`);
      }
    });

    it('hears Teams alone: on other channels whoever writes says themselves who and from which tenant they are', async () => {
      for (const how of [settings(), anonymous]) {
        teams = openTeams(how, deps());
        for (const channelId of ['directline', 'webchat', undefined]) {
          assert.equal((await send({ ...activity(), channelId }, await good())).status, 401, `${how.kind} ${channelId}`);
        }
      }
      assert.deepEqual(heard, []);
    });

    it('refuses to open for everybody unless told so, and on loopback alone', () => {
      assert.throws(() => openTeams(settings({ botId: '' }), deps()), /BOT_ID/);
      assert.throws(() => openTeams({ kind: 'azure', botId: '', password: 'x', tenant }, deps()), /BOT_ID/);
      assert.throws(() => openTeams({ kind: 'azure', botId: 'bot', password: 'x', tenant: '' }, deps()), /BOT_TENANT_ID/);
      assert.throws(() => openTeams({ ...anonymous, loopback: false }, deps()), /loopback/);
    });

    it('opens with its settings for Azure, and refuses what is unsigned there', async () => {
      teams = openTeams({ kind: 'azure', botId: entra.trust.botId, password: 'secret', tenant }, deps());
      assert.equal((await send(activity())).status, 401);
      teams = openTeams({ kind: 'azure', botId: entra.trust.botId, tenant }, deps());
      assert.equal((await send(activity())).status, 401);
      assert.deepEqual(heard, []);
    });

    it('in the anonymous mode hears a channel on this machine and no other', async () => {
      teams = openTeams(anonymous, deps());
      assert.equal((await send({ ...activity(), serviceUrl: 'https://evil.example/' })).status, 401);
      assert.deepEqual(heard, []);
      assert.equal((await send(activity())).status, 200);
      assert.equal(heard.length, 1);
    });
  });

  const send = (activity: object, token?: string, authorization = token && `Bearer ${token}`) => fetch(url(), {
    method: 'POST', body: JSON.stringify(activity), headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
  });
});

/** Every piece of text in a card, in the order it is read. */
function runsOf(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(runsOf);
  if (typeof part !== 'object' || part === null) return [];
  const own = 'text' in part && typeof part.text === 'string' ? [part.text] : [];
  return [...own, ...Object.values(part).flatMap(value => (typeof value === 'object' ? runsOf(value) : []))];
}
