// The sandbox page in a real browser, over the double of Teams and a bot on the real adapter, under the server's own security policy.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startEchoBot } from '../../bot/teams/echo-bot.ts';
import { startTeams, type TeamsDouble } from '../../src/simulators/teams.ts';
import { ada, ben, general, planning } from '../../src/simulators/teams-world.ts';
import { openContext, startBrowser, type Theme } from './browser.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'tab', 'dist');
const policy = "default-src 'self'; img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; connect-src 'self' https://res.cdn.office.net; frame-ancestors 'self'";
const types: Record<string, string> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
const axe = join(root, 'node_modules', 'axe-core', 'axe.min.js');

/** Stands where the tab stands: says what its host told it, through the real Teams library. */
const tabPage = '<!doctype html><title>tab</title><ol></ol><script src="/teams-js.js"></script><script src="/tab.js"></script>';
const tabScript = `
  const say = text => document.querySelector('ol').append(Object.assign(document.createElement('li'), { textContent: text }));
  const { app, authentication } = microsoftTeams;
  (async () => {
    await app.initialize([new URL(document.referrer).origin]);
    const context = await app.getContext();
    say('theme ' + context.app.theme);
    say('user ' + context.user.id);
    say('channel ' + context.channel?.displayName);
    app.registerOnThemeChangeHandler(theme => say('theme ' + theme));
    say('token ' + await authentication.getAuthToken());
  })().catch(error => say('failed: ' + error));`;

/** A page's server as ours is: the sandbox's API, then files. */
function pages(teams: TeamsDouble): Server {
  return createServer(async (req, res) => {
    if (await teams.handle(req, res)) return;
    const found = await file(req.url!).catch(() => undefined);
    // Not chained: restify, once loaded, lets every response's writeHead answer nothing.
    res.writeHead(found ? 200 : 404, { 'content-type': found?.type ?? 'text/plain', 'content-security-policy': policy, 'referrer-policy': 'no-referrer' });
    res.end(found?.body);
  });
}

async function file(path: string): Promise<{ body: string | Buffer; type: string }> {
  if (path === '/') return { body: tabPage, type: 'text/html' };
  if (path === '/tab.js') return { body: tabScript, type: 'text/javascript' };
  if (path === '/teams-js.js') return { body: await readFile(join(root, 'node_modules', '@microsoft', 'teams-js', 'dist', 'umd', 'MicrosoftTeams.min.js')), type: 'text/javascript' };
  const name = path === '/sandbox' ? 'sandbox.html' : path.slice(1);
  return { body: await readFile(join(dist, name)), type: types[name.split('.').at(-1)!] ?? 'text/plain' };
}

describe('the sandbox page', function () {
  this.timeout(60_000);
  let browser: Browser;
  let bot: Awaited<ReturnType<typeof startEchoBot>>;
  let teams: TeamsDouble;
  let server: Server;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  let tickets: number;

  before(async () => { browser = await startBrowser(); });
  after(() => browser.close());

  beforeEach(async () => {
    tickets = 42;
    bot = await startEchoBot();
    teams = await startTeams({
      bot: bot.url,
      tabToken: async person => `token of ${person.name}`,
      controls: [{ id: 'tickets', title: 'Open tickets', help: 'Rows in the demo.', command: 'psql -c "call open({input})"', run: async (input = 0) => { tickets = input; return `There are ${input} now.`; }, current: async () => tickets }],
    });
    server = pages(teams);
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
    complaints = [];
    page = await open({ width: 1500 });
  });
  afterEach(async () => {
    await context.close();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    await teams.stop();
    await bot.stop();
    assert.deepEqual(complaints, []);
  });

  const open = async (options: { width?: number; height?: number; theme?: Theme }) => {
    await context?.close();
    context = await openContext(browser, options);
    const opened = await context.newPage();
    opened.on('console', message => { if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text()); });
    opened.on('pageerror', error => complaints.push(String(error)));
    await opened.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox`);
    await opened.getByRole('heading', { name: 'Waymark', level: 1 }).waitFor();
    return opened;
  };
  const pane = (name: string) => page.getByRole('region', { name });

  it('draws a card whose button works, marks it when it is edited in place, and takes replies into the thread', async () => {
    const said = teams.say(ben, general, { mention: true, text: 'card' });
    await pane('General').getByText('First', { exact: true }).waitFor();
    await said;
    await pane('General').getByRole('button', { name: 'Sync now' }).click();
    await pane('General').getByText('After sync-now').waitFor();

    const [card] = teams.botMessages(general);
    const path = `/v3/conversations/${encodeURIComponent(general.id)}/activities/${card!.id}`;
    await fetch(teams.url + path, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ type: 'message', attachments: [bot.card('Second')] }) });
    await pane('General').getByText('Second', { exact: true }).waitFor();
    assert.equal(await pane('General').getByText(/^Edited /).count(), 1);
    assert.equal(await pane('General').getByText('After sync-now').count(), 0);

    await pane('General').getByRole('button', { name: 'Reply', exact: true }).click();
    await page.keyboard.type('why is that?');
    await page.keyboard.press('Enter');
    await pane('General').getByText('You said: why is that?').waitFor();
    const reply = teams.messages(general).find(message => message.text === 'why is that?');
    assert.deepEqual([reply?.root, reply?.by], [(await said).id, ada.id]);
  });

  it('inserts a goal by keyboard alone', async () => {
    await pane('Q4 planning').getByRole('textbox', { name: 'Write in Q4 planning' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox', { name: 'Search goals' }).waitFor();
    await page.keyboard.type('nothing');
    await page.getByText('No goal matches.').waitFor();
    await page.getByRole('searchbox', { name: 'Search goals' }).fill('revenue');
    await page.getByRole('button', { name: /Goal revenue/ }).waitFor();
    await page.getByRole('button', { name: /Goal revenue/ }).focus();
    await page.keyboard.press('Enter');
    await pane('Q4 planning').getByText('Goal revenue').waitFor();
    const [inserted] = teams.messages(planning);
    assert.deepEqual([inserted?.by, inserted?.attachments.length], [ada.id, 1]);
  });

  it('shows what is unread, to whoever is chosen to look', async () => {
    await teams.say(ben, planning, 'for the three of us');
    await pane('Q4 planning').getByText('for the three of us', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Ada Lindqvist', exact: true }).click();
    await page.getByRole('menuitemradio', { name: 'Chen Wei' }).click();
    await page.getByRole('navigation').getByRole('button', { name: /^Waymark/ }).click();
    await teams.say(ben, planning, 'one more');
    const entry = page.getByRole('navigation').getByRole('button', { name: /Q4 planning/ });
    await entry.getByLabel('2 unread').waitFor();
    await entry.click();
    await entry.getByLabel(/unread/).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Chen Wei', exact: true }).click();
    await page.getByRole('menuitemradio', { name: 'Dana Ruiz' }).click();
    await page.getByRole('button', { name: 'Dana Ruiz', exact: true }).waitFor();
    await entry.waitFor({ state: 'detached' });
  });

  it('stands in as the tab’s host: context, token, and the theme as it changes', async () => {
    await pane('General').getByRole('tab', { name: 'Goals' }).click();
    const told = page.frameLocator('iframe').getByRole('listitem');
    await told.filter({ hasText: 'token' }).waitFor();
    await page.getByRole('button', { name: 'Theme' }).click();
    await page.getByRole('menuitemradio', { name: 'High contrast' }).click();
    await told.filter({ hasText: 'theme contrast' }).waitFor();
    assert.deepEqual(await told.allTextContents(), ['theme default', `user ${ada.id}`, 'channel General', 'token token of Ada Lindqvist', 'theme contrast']);
  });

  it('changes a source, and shows how to do it by hand', async () => {
    await page.getByRole('spinbutton', { name: 'Now 42, set to' }).fill('77');
    await page.getByText('psql -c "call open(77)"').waitFor();
    await page.getByRole('button', { name: 'Set: Open tickets' }).click();
    await page.getByText('There are 77 now.').waitFor();
    await page.getByText('Now 77, set to').waitFor();
    assert.equal(tickets, 77);
  });

  it('says so when the bot does not answer, and when nobody does', async () => {
    await bot.stop();
    await pane('General').getByRole('textbox', { name: 'Write in General' }).fill('anybody?');
    await page.keyboard.press('Enter');
    await page.getByText(/The bot at .* did not answer/).first().waitFor();
    await pane('General').getByText('anybody?').waitFor();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    await page.getByText('The sandbox does not answer').waitFor();
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  });

  for (const theme of ['light', 'dark', 'contrast'] as const) {
    for (const width of [1500, 320]) {
      it(`can be used by everybody: ${theme}, ${width} pixels wide`, async () => {
        await teams.say(ada, general, { mention: true, text: 'card' });
        page = await open({ theme, width, height: 700 });
        await page.getByText('First', { exact: true }).waitFor();
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
        // Fluent's focus traps put focusable, hidden marks into the page on purpose.
        await page.evaluate(await readFile(axe, 'utf8'));
        const violations: unknown = await page.evaluate("axe.run({ exclude: [['[data-tabster-dummy]']] }).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)]))");
        assert.deepEqual(violations, []);
      });
    }
  }
});
