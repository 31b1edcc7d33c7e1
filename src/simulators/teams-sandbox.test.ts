// The sandbox page's API: every deed reaches the bot, every change reaches the page, and nobody else gets in.
import assert from 'node:assert/strict';
import { get as httpGet } from 'node:http';
import restify from 'restify';
import { startEchoBot } from '../../bot/teams/echo-bot.ts';
import { Changed, State } from '../../tab/sandbox/shape.ts';
import { startTeams, type TeamsDouble } from './teams.ts';
import { ada, ben, dana, general, personalChat, planning } from './teams-world.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- answers are looked at field by field
type Answer = any;
const at = (place = general, person = ada) => ({ person: person.id, conversation: place.id });

describe('the sandbox’s API', () => {
  let bot: Awaited<ReturnType<typeof startEchoBot>>;
  let teams: TeamsDouble;
  let tickets = 12;

  beforeEach(async () => {
    bot = await startEchoBot();
    tickets = 12;
    teams = await startTeams({
      bot: bot.url,
      tabToken: async person => `token of ${person.name}`,
      controls: [{
        id: 'tickets', title: 'Open tickets', help: 'Sets the number of open tickets.', command: 'psql -c "select {input}"',
        run: async (input = 0) => { tickets = input; return `There are ${input} open tickets now.`; },
        current: async () => tickets,
      }],
    });
  });
  afterEach(async () => {
    await teams.stop();
    await bot.stop();
  });

  const get = async (path: string) => (await fetch(`${teams.url}/sandbox/api/${path}`)).json();
  const post = async (name: string, body: unknown, headers: Record<string, string> = { 'Content-Type': 'application/json' }, origin = teams.url) => {
    const response = await fetch(`${origin}/sandbox/api/${name}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() as Answer };
  };

  it('does everything that people do in Teams', async () => {
    const said = await post('say', { ...at(), text: 'card', mention: true });
    assert.equal(said.status, 200);
    const [card] = teams.botMessages(general);
    const pressed = await post('press', { ...at(), message: card!.id, action: { type: 'Action.Execute', verb: 'sync-now', data: {} } });
    assert.deepEqual([pressed.body.kind, pressed.body.card.body[0].text], ['card', 'After sync-now']);
    const reply = await post('reply', { ...at(general, ben), message: card!.id, text: 'why?' });
    assert.equal(reply.body.root, said.body.id);
    await post('edit', { ...at(general, ben), message: reply.body.id, text: 'why then?' });
    await post('react', { ...at(), message: card!.id, kind: 'like', on: true });
    const { body: found } = await post('search', { ...at(planning), text: 'revenue' });
    await post('insert', { ...at(planning), attachment: found.hits[0].attachment });
    assert.equal(teams.messages(planning)[0]!.attachments.length, 1);
    await post('delete', { ...at(general, ben), message: reply.body.id });
    assert.deepEqual(bot.heard.map(activity => activity.name ?? activity.type), [
      'message', 'adaptiveCard/action', 'message', 'messageUpdate', 'messageReaction', 'composeExtension/query', 'message', 'messageDelete',
    ]);
  });

  it('shows each person their own conversations, in the shape the page reads', async () => {
    await teams.say(ada, planning, 'secret plan');
    const gone = await teams.say(ada, general, 'regretted');
    await teams.deleteMessage(ada, gone);
    await post('read', { ...at(planning), message: teams.messages(planning)[0]!.id });
    const adas = State.parse(await get(`state?person=${ada.id}`));
    assert.ok(adas.messages.some(message => message.text === 'secret plan'));
    assert.equal(adas.messages.find(message => message.id === gone.id)?.text, '');
    assert.equal(adas.read[planning.id], teams.messages(planning)[0]!.id);
    assert.deepEqual(adas.controls.map(({ id, current, input }) => [id, current, input]), [['tickets', 12, true]]);
    const danas = State.parse(await get(`state?person=${dana.id}`));
    assert.ok(!danas.messages.some(message => message.conversation === planning.id));
    assert.deepEqual(await get(`token?person=${dana.id}`), { token: 'token of Dana Ruiz' });
  });

  it('pushes every change to those who may see it', async () => {
    const stop = new AbortController();
    const listening = async (person: string) => {
      const response = await fetch(`${teams.url}/sandbox/api/events?person=${person}`, { signal: stop.signal });
      return response.body!.pipeThrough(new TextDecoderStream()).getReader();
    };
    const [adas, danas] = [await listening(ada.id), await listening(dana.id)];
    await Promise.all([adas.read(), danas.read()]);
    const said = await teams.say(ada, planning, 'for three');
    const { value } = await adas.read();
    const change = Changed.parse(JSON.parse(value!.replace(/^data: /, '').split('\n')[0]!));
    assert.deepEqual([change.id, change.text, change.edits], [said.id, 'for three', 0]);
    await teams.say(dana, general, 'for all');
    assert.match((await danas.read()).value!, /for all/);
    stop.abort();
  });

  it('turns the screws that were handed in', async () => {
    const { body } = await post('control', { id: 'tickets', input: 90 });
    assert.equal(tickets, 90);
    assert.deepEqual(body, { said: 'There are 90 open tickets now.' });
    assert.equal(State.parse(await get('state')).controls[0]!.current, 90);
    assert.equal((await post('control', { id: 'nothing' })).status, 404);
  });

  it('says what is wrong with a request', async () => {
    assert.deepEqual(await post('say', { ...at(), text: '  ' }), { status: 400, body: { error: 'Write something first.' } });
    assert.deepEqual(await post('say', { ...at(planning, dana), text: 'let me in' }), { status: 404, body: { error: 'There is no such conversation.' } });
    assert.equal((await post('fly', {})).status, 404);
    assert.equal((await post('toString', {})).status, 404);
    await bot.stop();
    const unheard = await post('say', { ...at(personalChat(ada), ada), text: 'hello?' });
    assert.equal(unheard.status, 502);
    assert.match(unheard.body.error, /did not answer/);
  });

  it('lets no other site act through a visitor’s browser', async () => {
    const say = { ...at(), text: 'gotcha' };
    assert.equal((await post('say', say, { 'Content-Type': 'text/plain' })).status, 415);
    assert.equal((await post('say', say, { 'Content-Type': 'application/json', Origin: 'https://evil.example' })).status, 403);
    assert.equal(teams.messages(general).length, 0);
    const rebound = await new Promise<number | undefined>((resolve, reject) => {
      httpGet(`${teams.url}/sandbox/api/state`, { headers: { host: 'evil.example' } }, answer => { answer.resume(); resolve(answer.statusCode); }).on('error', reject);
    });
    assert.equal(rebound, 403);
  });

  it('can be mounted in a server that reads bodies itself', async () => {
    const server = restify.createServer();
    server.use(restify.plugins.bodyParser({ mapParams: false }));
    for (const verb of ['get', 'post'] as const) server[verb]('/sandbox/api/*', async (req, res) => { await teams.handle(req, res); });
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
    try {
      const origin = `http://127.0.0.1:${server.address().port}`;
      assert.equal((await post('say', { ...at(), text: 'through restify' }, undefined, origin)).status, 200);
      const state = State.parse(await (await fetch(`${origin}/sandbox/api/state`)).json());
      assert.ok(state.messages.some(message => message.text === 'through restify'));
    } finally {
      await new Promise<void>(resolve => { server.close(resolve); });
    }
  });
});
