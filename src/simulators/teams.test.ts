// The double of Teams against a bot on the real botbuilder adapter: both directions, Teams' rules, faults, limits, and memory.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEchoBot } from '../../bot/teams/echo-bot.ts';
import { startTeams, type TeamsDouble, type TeamsOptions } from './teams.ts';
import { BotFailed } from './teams-people.ts';
import { ada, auroraCoffee, ben, customerCare, dana, general, personalChat, planning } from './teams-world.ts';

const activities = (place = general, root?: string) => `/v3/conversations/${encodeURIComponent(place.id + (root ? `;messageid=${root}` : ''))}/activities`;
const hello = { type: 'message', text: 'Hello' };
const withCard = (content: unknown) => ({ type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] });

describe('the Teams double', () => {
  let bot: Awaited<ReturnType<typeof startEchoBot>>;
  let teams: TeamsDouble;
  const start = async (options: Partial<TeamsOptions> = {}) => {
    await teams?.stop();
    teams = await startTeams({ bot: bot.url, ...options });
    return teams;
  };

  beforeEach(async () => {
    bot = await startEchoBot();
    await start();
  });
  afterEach(async () => {
    await teams.stop();
    await bot.stop();
    assert.deepEqual(bot.errors, []);
  });

  const lastText = (place = general) => teams.botMessages(place).at(-1)?.text;
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(teams.url + path, { method, headers: { 'Content-Type': 'application/json', ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };

  describe('for people', () => {
    it('brings a mention to the bot as Teams would, and the answer into the thread', async () => {
      const said = await teams.say(ada, general, { mention: true, text: 'help' });
      const [activity] = bot.heard;
      assert.equal(activity!.text, '<at>Waymark</at> help');
      assert.equal(activity!.conversation.id, `${general.id};messageid=${said.id}`);
      assert.equal(activity!.conversation.conversationType, 'channel');
      assert.equal(activity!.from.aadObjectId, ada.id);
      assert.equal(activity!.recipient.id, `28:${auroraCoffee.bot.appId}`);
      assert.equal(activity!.serviceUrl, teams.serviceUrl);
      assert.deepEqual(activity!.entities?.map(entity => entity.type), ['mention', 'clientInfo']);
      assert.deepEqual(activity!.channelData, {
        tenant: { id: auroraCoffee.tenant.id }, teamsChannelId: general.id, teamsTeamId: general.id, channel: { id: general.id }, team: { id: general.id },
      });
      const [answer] = teams.botMessages(general);
      assert.equal(answer?.text, 'You said: help');
      assert.equal(answer?.root, said.id);
    });

    it('lets the bot overhear channels and group chats only with resource-specific consent', async () => {
      await teams.say(ada, general, 'good morning');
      assert.equal(bot.heard.length, 1);
      await start({ rsc: false });
      const said = await teams.say(ada, general, 'good morning');
      await teams.reply(ben, said, 'morning');
      await teams.say(ben, planning, 'are you there?');
      assert.equal(bot.heard.length, 1);
      await teams.say(ben, personalChat(ben), 'hi');
      await teams.reply(ben, said, { mention: true, text: 'and you' });
      assert.deepEqual(bot.heard.slice(1).map(activity => activity.text), ['hi', '<at>Waymark</at> and you']);
    });

    it('sends a thread reply with its root, and the edits and deletion that follow', async () => {
      const root = await teams.say(ada, customerCare, 'Tickets are up');
      const reply = await teams.reply(ben, root, 'On it');
      const deeper = await teams.reply(ada, reply, 'Thanks');
      assert.equal(deeper.root, root.id);
      await teams.editMessage(ben, reply, 'On it today');
      await teams.deleteMessage(ben, reply);
      const [, replied, , updated, deleted] = bot.heard;
      assert.deepEqual([replied!.replyToId, replied!.conversation.id], [root.id, `${customerCare.id};messageid=${root.id}`]);
      assert.deepEqual([updated!.type, updated!.id, updated!.text, updated!.channelData.eventType], ['messageUpdate', reply.id, 'On it today', 'editMessage']);
      assert.deepEqual([deleted!.type, deleted!.id, deleted!.text, deleted!.channelData.eventType], ['messageDelete', reply.id, undefined, 'softDeleteMessage']);
      assert.ok(!teams.messages(customerCare).includes(reply));
      await assert.rejects(teams.editMessage(ada, reply, 'mine now'), /cannot change/);
    });

    it('quotes in chats, which have no threads', async () => {
      const said = await teams.say(ada, planning, 'Shall we <really>?');
      const reply = await teams.reply(ben, said, 'Yes');
      assert.equal(reply.root, undefined);
      const activity = bot.heard.at(-1)!;
      assert.equal(activity.conversation.id, planning.id);
      assert.equal(activity.replyToId, undefined);
      assert.match(activity.attachments!.at(-1)!.content, new RegExp(`itemtype="http://schema.skype.com/Reply" itemid="${said.id}".*&lt;really&gt;`));
    });

    it('tells the bot of reactions to its own messages only', async () => {
      const said = await teams.say(ada, general, 'hello');
      const [answer] = teams.botMessages(general);
      await teams.react(ben, said, 'like');
      await teams.react(ben, answer!, 'heart');
      await teams.react(ben, answer!, 'heart', false);
      const reactions = bot.heard.filter(activity => activity.type === 'messageReaction');
      assert.deepEqual(reactions.map(activity => [activity.replyToId, activity.reactionsAdded, activity.reactionsRemoved]), [
        [answer!.id, [{ type: 'heart' }], undefined], [answer!.id, undefined, [{ type: 'heart' }]],
      ]);
      assert.deepEqual(said.reactions, [{ by: ben.id, kind: 'like' }]);
      assert.deepEqual(answer!.reactions, []);
    });

    it('presses Action.Execute as an invoke and Action.Submit as a message', async () => {
      await teams.say(ada, general, { mention: true, text: 'card' });
      const [card] = teams.botMessages(general);
      const pressed = await teams.press(ben, card!, 'Sync now');
      assert.ok(pressed.kind === 'card');
      assert.deepEqual(pressed.card, bot.card('After sync-now').content);
      const [, invoke] = bot.heard;
      assert.deepEqual([invoke!.type, invoke!.name, invoke!.replyToId], ['invoke', 'adaptiveCard/action', card!.id]);
      assert.deepEqual(invoke!.value, { action: { type: 'Action.Execute', title: 'Sync now', verb: 'sync-now', data: { goal: 'g1' } }, trigger: 'manual' });
      assert.deepEqual(await teams.press(ben, card!, 'Send'), { kind: 'nothing' });
      assert.deepEqual([bot.heard[2]!.type, bot.heard[2]!.value], ['message', { sent: true }]);
      await assert.rejects(teams.press(ben, card!, 'Explode'), /no button "Explode"/);
    });

    it('searches through the message extension and inserts a hit as the person’s own message', async () => {
      const { hits } = await teams.search(ben, 'revenue', { conversation: planning });
      assert.deepEqual(hits.map(({ title, text }) => ({ title, text })), [{ title: 'Goal revenue', text: 'On Track' }]);
      assert.deepEqual(bot.heard[0]!.value, { commandId: 'searchGoals', parameters: [{ name: 'query', value: 'revenue' }], queryOptions: { skip: 0, count: 25 } });
      await teams.search(ben, '');
      assert.deepEqual(bot.heard[1]!.value.parameters, [{ name: 'initialRun', value: 'true' }]);
      assert.deepEqual(await teams.search(ben, 'nothing'), { hits: [], note: 'No goal matches.' });
      const inserted = await teams.insert(ben, planning, hits[0]!.attachment);
      assert.equal(inserted.by, ben.id);
      assert.deepEqual(inserted.attachments, [hits[0]!.attachment]);
    });

    it('announces installation and removal, after which the bot hears and says nothing there', async () => {
      await teams.uninstall(customerCare);
      await teams.say(ada, customerCare, { mention: true, text: 'hello?' });
      const { status, body } = await ask('POST', activities(customerCare), hello);
      assert.deepEqual([status, body.error.code], [403, 'BotNotInConversationRoster']);
      await teams.install(customerCare);
      assert.deepEqual(bot.heard.map(({ type, action, membersAdded, membersRemoved }) => [type, action ?? (membersAdded ?? membersRemoved)![0]!.id]), [
        ['conversationUpdate', `28:${auroraCoffee.bot.appId}`], ['installationUpdate', 'remove'],
        ['conversationUpdate', `28:${auroraCoffee.bot.appId}`], ['installationUpdate', 'add'],
      ]);
      assert.equal((await ask('POST', activities(customerCare), hello)).status, 201);
    });

    it('delivers twice what Teams would repeat, with the same id', async () => {
      const said = await teams.say(ada, general, 'once', { repeat: 2 });
      assert.deepEqual(bot.heard.map(activity => activity.id), [said.id, said.id]);
    });

    it('keeps people out of conversations that they are not in', async () => {
      await assert.rejects(teams.say(dana, planning, 'let me in'), /Dana Ruiz is not in "Q4 planning"/);
      assert.equal(teams.messages(planning).length, 0);
    });

    it('says so when the bot fails, and keeps what was said', async () => {
      await start({ bot: 'http://127.0.0.1:1/api/messages' });
      await assert.rejects(teams.say(ada, general, 'anybody?'), BotFailed);
      assert.equal(teams.messages(general)[0]?.text, 'anybody?');
    });

    it('gives up on a bot that says nothing', async () => {
      const silent = createServer(() => {});
      await new Promise<void>(resolve => { silent.listen(0, '127.0.0.1', resolve); });
      await start({ bot: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`, patience: 0.05 });
      await assert.rejects(teams.say(ada, general, 'anybody?'), /did not answer/);
      silent.closeAllConnections();
      await new Promise(resolve => silent.close(resolve));
    });

    it('signs what it sends with the token for its service address', async () => {
      await start({ tokenFor: async serviceUrl => `for ${serviceUrl}` });
      await teams.say(ada, general, 'signed');
      assert.equal(bot.authorizations.at(-1), `Bearer for ${teams.serviceUrl}`);
    });
  });

  describe('for the bot', () => {
    it('edits a card in place and keeps every version', async () => {
      await teams.say(ada, general, { mention: true, text: 'edited card' });
      const [message] = teams.botMessages(general);
      assert.equal(teams.botMessages(general).length, 1);
      assert.deepEqual(message!.attachments[0]!.content, bot.card('Second').content);
      assert.deepEqual(message!.versions.map(version => version.attachments[0]!.content), [bot.card('First').content, bot.card('Second').content]);
      assert.ok(message!.editedAt);
    });

    it('takes a message back', async () => {
      await teams.say(ada, general, { mention: true, text: 'taken back' });
      assert.equal(teams.botMessages(general).length, 0);
    });

    it('answers who and where', async () => {
      await teams.say(ada, planning, { mention: true, text: 'who' });
      assert.equal(lastText(planning), 'Ada Lindqvist, Ben Okafor, Chen Wei');
      await teams.say(ada, customerCare, { mention: true, text: 'where' });
      assert.equal(lastText(customerCare), `Aurora Coffee ${auroraCoffee.team.groupId}: General, Customer care`);
    });

    it('takes proactive messages: into the channel, into a thread, and into a personal chat', async () => {
      const said = await teams.say(ada, general, 'remember me');
      const reference = bot.referenceTo(bot.heard[0]!);
      await bot.proactive(reference, context => context.sendActivity('in the thread'));
      await bot.proactive({ ...reference, conversation: { ...reference.conversation!, id: general.id } }, context => context.sendActivity('in the channel'));
      const [, inThread, inChannel] = teams.botMessages(general);
      assert.deepEqual([inThread!.text, inThread!.root], ['in the thread', said.id]);
      assert.deepEqual([inChannel!.text, inChannel!.root], ['in the channel', undefined]);
      const chat = await ask('POST', '/v3/conversations', { bot: { id: 'x' }, members: [{ id: ben.account }], tenantId: auroraCoffee.tenant.id, isGroup: false });
      assert.deepEqual([chat.status, chat.body.id], [201, personalChat(ben).id]);
      const thread = await ask('POST', '/v3/conversations', { isGroup: true, channelData: { channel: { id: customerCare.id } }, activity: hello });
      assert.equal(thread.body.id, `${customerCare.id};messageid=${thread.body.activityId}`);
    });

    it('refuses what the service refuses, in its words', async () => {
      const person = await teams.say(ada, general, 'mine');
      const reply = await teams.reply(ben, person, 'and mine');
      const inChat = await teams.say(ada, planning, 'ours');
      const refusals: [string, string, unknown, number, string][] = [
        ['GET', '/v3/nonsense', undefined, 404, 'NotFound'],
        ['PATCH', activities(), hello, 405, 'MethodNotAllowed'],
        ['POST', activities({ ...general, id: '19:unknown@thread.tacv2' }), hello, 404, 'ConversationNotFound'],
        ['POST', activities(general, '12345'), hello, 404, 'ConversationNotFound'],
        ['POST', activities(planning, inChat.id), hello, 404, 'ConversationNotFound'],
        ['POST', activities(general, reply.id), hello, 404, 'ConversationNotFound'],
        ['POST', activities(), { type: 'message' }, 400, 'BadSyntax'],
        ['POST', activities(), { type: 'event', text: 'x' }, 400, 'BadSyntax'],
        ['POST', activities(), withCard('{"type":"AdaptiveCard"}'), 400, 'BadSyntax'],
        ['POST', activities(), withCard({ type: 'AdaptiveCard' }), 400, 'BadSyntax'],
        ['POST', activities(), withCard({ type: 'HeroCard', version: '1.5' }), 400, 'BadSyntax'],
        ['PUT', `${activities()}/999`, hello, 404, 'ActivityNotFoundInConversation'],
        ['PUT', `${activities()}/${person.id}`, hello, 403, 'ForbiddenOperationException'],
        ['POST', activities(), { type: 'message', text: 'x'.repeat(28 * 1024) }, 413, 'MessageSizeTooBig'],
        ['POST', '/v3/conversations', { members: [{ id: '29:nobody' }] }, 403, 'BotNotInConversationRoster'],
        ['POST', '/v3/conversations', { members: [{ id: ben.account }], tenantId: 'another' }, 403, 'Forbidden'],
        ['GET', '/v3/teams/19:other@thread.tacv2', undefined, 404, 'NotFound'],
      ];
      const before = teams.messages(general).length;
      for (const [method, path, body, status, code] of refusals) {
        const answer = await ask(method, path, body);
        assert.deepEqual([method, path, answer.status, answer.body.error.code], [method, path, status, code]);
        assert.ok(answer.body.error.message);
      }
      assert.equal(teams.messages(general).length, before);
    });

    it('lets in only whom the handed-in check lets in', async () => {
      await start({ authorize: (header, service) => header === `Bearer ${service}` });
      assert.equal((await ask('POST', activities(), hello)).status, 401);
      assert.equal((await ask('POST', activities(), hello, { authorization: 'Bearer graph' })).status, 401);
      assert.equal((await ask('POST', activities(), hello, { authorization: 'Bearer connector' })).status, 201);
      assert.deepEqual(teams.calls.map(call => [call.status, call.authorization]), [[401, undefined], [401, 'Bearer graph'], [201, 'Bearer connector']]);
      const graph = `/v1.0/chats/${encodeURIComponent(planning.id)}/messages`;
      assert.equal((await ask('GET', graph, undefined, { authorization: 'Bearer connector' })).body.error.code, 'InvalidAuthenticationToken');
      assert.equal((await ask('GET', graph, undefined, { authorization: 'Bearer graph' })).status, 200);
    });

    it('fails as asked, as often as asked, where asked', async () => {
      teams.fail({ kind: 'too-many', retryAfter: 7, times: 2, when: call => call.conversation === general.id });
      assert.equal((await ask('POST', activities(customerCare), hello)).status, 201);
      const first = await ask('POST', activities(), hello);
      assert.deepEqual([first.status, first.headers.get('retry-after'), first.body.error.code], [429, '7', 'TooManyRequests']);
      assert.equal((await ask('POST', activities(general, '1'), hello)).status, 429);
      assert.equal((await ask('POST', activities(), hello)).status, 201);
      const lift = teams.fail({ kind: 'bad-gateway', times: Infinity });
      assert.deepEqual([(await ask('POST', activities(), hello)).status, (await ask('POST', activities(), hello)).status], [502, 502]);
      lift();
      for (const [kind, status] of [['precondition-failed', 412], ['blocked', 403], ['gone', 404]] as const) {
        teams.fail({ kind });
        assert.equal((await ask('POST', activities(), hello)).status, status);
      }
      assert.equal(teams.messages(general).length, 1);
    });

    it('can lose the answer to something it has done', async () => {
      teams.fail({ kind: 'answer-lost' });
      await assert.rejects(ask('POST', activities(), hello));
      assert.equal(teams.messages(general).length, 1);
      assert.equal(teams.calls.at(-1)?.status, 0);
    });

    it('holds the documented limits per conversation when told to', async () => {
      let time = Date.UTC(2026, 10, 2, 9);
      await start({ limits: true, now: () => new Date(time) });
      const post = async (place = general) => (await ask('POST', activities(place), hello)).status;
      for (let sent = 0; sent < 7; sent += 1) assert.equal(await post(), 201);
      const eighth = await ask('POST', activities(), hello);
      assert.deepEqual([eighth.status, eighth.headers.get('retry-after')], [429, '1']);
      assert.equal(await post(customerCare), 201);
      time += 1000;
      assert.equal(await post(), 201);
      assert.equal(await post(), 429, '8 in 2 s');
      time += 2000;
      for (let sent = 8; sent < 60; sent += 1) { time += 300; assert.equal(await post(), 201); }
      time += 300;
      const next = await ask('POST', activities(), hello);
      assert.deepEqual([next.status, next.headers.get('retry-after')], [429, String(Math.ceil(30 - (1 + 2 + 53 * 0.3)))]);
    });

    it('reads conversations back as Graph does: newest first, in pages, cards as JSON text', async () => {
      const root = await teams.say(ada, customerCare, { mention: true, text: 'card' });
      for (const text of ['one', 'two']) await ask('POST', activities(customerCare), { type: 'message', text });
      const path = `/v1.0/teams/${auroraCoffee.team.groupId}/channels/${encodeURIComponent(customerCare.id)}/messages`;
      const first = await ask('GET', `${path}?$top=2`);
      assert.deepEqual(first.body.value.map((message: { body: { content: string } }) => message.body.content), ['two', 'one']);
      const second = await ask('GET', first.body['@odata.nextLink'].slice(teams.url.length));
      assert.deepEqual(second.body.value.map((message: { id: string }) => message.id), [root.id]);
      assert.equal(second.body['@odata.nextLink'], undefined);
      assert.equal(second.body.value[0].from.user.id, ada.id);
      const replies = await ask('GET', `${path}/${root.id}/replies`);
      const [card] = replies.body.value;
      assert.deepEqual([card.replyToId, card.from.application.id, card.from.user], [root.id, auroraCoffee.bot.appId, null]);
      assert.deepEqual(JSON.parse(card.attachments[0].content), bot.card('First').content);
      assert.equal((await ask('GET', `/v1.0/chats/${encodeURIComponent(planning.id)}/messages`)).body.value.length, 0);
      assert.equal((await ask('GET', `/v1.0/teams/another/channels/${encodeURIComponent(customerCare.id)}/messages`)).status, 404);
      assert.equal((await ask('GET', `${path}?$top=51`)).status, 400);
    });
  });

  describe('with a file', () => {
    let folder: string;
    beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'waymark-teams-')); });
    afterEach(() => rm(folder, { recursive: true }));

    it('remembers conversations over a restart, and goes on counting', async () => {
      const file = join(folder, 'deep', 'teams.json');
      await start({ file });
      const said = await teams.say(ada, general, { mention: true, text: 'edited card' });
      await teams.uninstall(customerCare);
      const before = teams.messages(general);
      await start({ file });
      assert.deepEqual(teams.messages(general), before);
      assert.equal((await ask('POST', activities(customerCare), hello)).status, 403);
      const next = await teams.reply(ben, teams.messages(general)[0]!, 'still here');
      assert.equal(next.root, said.id);
      assert.ok(Number(next.id) > Number(before.at(-1)!.id));
    });

    it('refuses a file that is not its own, and leaves it alone', async () => {
      const file = join(folder, 'teams.json');
      await writeFile(file, '{"messages":"none"}');
      await assert.rejects(startTeams({ bot: bot.url, file }), /npm run reset/);
      assert.equal(await readFile(file, 'utf8'), '{"messages":"none"}');
    });
  });

  it('waits for something to be said, and says what it waited for in vain', async () => {
    const found = teams.until(() => teams.botMessages(general).find(message => message.text === 'You said: wait'));
    await teams.say(ada, general, 'wait');
    assert.equal((await found).text, 'You said: wait');
    await assert.rejects(teams.until(() => teams.messages(planning)[0], 0.02), /Waited 0\.02 s in vain/);
  });
});
