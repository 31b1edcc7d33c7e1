// The main job in a real browser, from outside: a number leaves a real database, moves a key result, and is said in a channel; the answer stands in the feed.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { type Postgres, startPostgres } from '../../src/simulators/postgres.ts';
import { type Whole, startWhole } from '../../src/simulators/whole.ts';
import { openContext, startBrowser } from './browser.ts';

const title = 'Keep open tickets below 20';
const sql = 'select count(*) from open_tickets';

describe('the journey of a number', function () {
  this.timeout(120_000);
  let browser: Browser;
  let whole: Whole;
  let postgres: Postgres;
  let folder: string;
  let tab: Page;
  let teams: Page;
  const faults: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waymark-journey-'));
    browser = await startBrowser(); // alone: it changes where temporary files go while it starts
    [whole, postgres] = await Promise.all([startWhole({ WAYMARK_DEMO: 'no' }), startPostgres({ folder, persistent: false })]);
    await postgres.query('create table open_tickets (id integer generated always as identity)');
    await insertTickets(5);
    const context = await openContext(browser);
    context.setDefaultTimeout(15_000);
    [tab, teams] = await Promise.all([context.newPage(), context.newPage()]);
    for (const page of [tab, teams]) page.on('pageerror', error => faults.push(String(error)));
  });

  after(async () => {
    await Promise.all([browser?.close(), whole?.stop(), postgres?.stop()]);
    await Promise.all([whole?.clear(), rm(folder, { recursive: true, force: true })]);
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed' || !process.env['WAYMARK_SHOTS']) return;
    await tab.screenshot({ path: join(process.env['WAYMARK_SHOTS'], 'tab.png') });
    await teams.screenshot({ path: join(process.env['WAYMARK_SHOTS'], 'teams.png') });
  });

  const insertTickets = (count: number) => postgres.query('insert into open_tickets select from generate_series(1, $1)', [count]);
  const channel = () => teams.getByRole('region', { name: 'General' });
  /** The living card of the goal: the one message in the channel that names it. */
  const card = () => channel().getByRole('article').filter({ hasText: title });
  const status = (page: Page | Locator, word: string) => page.getByText(word, { exact: true }).first().waitFor();

  it('begins with a channel that subscribes', async () => {
    await teams.goto(`${whole.address}/sandbox`);
    const box = channel().getByRole('textbox', { name: 'Write in General' });
    await box.fill('@Waymark subscribe');
    await box.press('Enter');
    await channel().getByText(/will hear|hears/i).first().waitFor();
  });

  it('goes on with an admin who enables PostgreSQL and adds a connection to a real server', async () => {
    await tab.goto(`${whole.address}/`);
    await tab.getByRole('button', { name: /Ada Lindqvist/ }).click();
    await tab.getByRole('link', { name: 'Integrations' }).click();
    await tab.getByRole('button', { name: 'Enable PostgreSQL' }).click();
    await tab.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
    await tab.getByRole('button', { name: 'New connection' }).click();

    const form = tab.getByRole('dialog');
    await form.getByLabel('Connection name').fill('Help desk');
    await form.getByLabel('Host').fill(postgres.host);
    await form.getByLabel('Port').fill(String(postgres.port));
    await form.getByLabel('Database').fill(postgres.database);
    await form.getByLabel('Encryption').selectOption({ label: 'None (password and data travel in the clear)' });
    await form.getByLabel(/^User\b/).fill(postgres.user);
    await form.getByLabel('Password').fill('not the password');
    await form.getByRole('button', { name: 'Test connection' }).click();
    await form.getByText('PostgreSQL does not accept this user and password. Enter them again.').first().waitFor();
    await form.getByLabel('Password').fill(postgres.password);
    await form.getByRole('switch', { name: 'Share connection with all users' }).click();
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    await tab.getByText('Help desk').first().waitFor();
  });

  it('links a key result to a select, and sees its value before anything is saved', async () => {
    await tab.getByRole('link', { name: 'Goals' }).click();
    await tab.getByRole('link', { name: 'New goal' }).or(tab.getByRole('button', { name: 'New goal' })).first().click();
    await tab.getByRole('radio', { name: 'Key result' }).click();
    await tab.getByLabel('Title').fill(title);
    await tab.getByRole('radio', { name: 'Metric (KPI)' }).click();
    await tab.getByLabel('Metric name').fill('Open tickets');
    await tab.getByLabel('Target should').selectOption({ label: 'Stay below' });
    await tab.getByRole('textbox', { name: /^Target/ }).fill('20');
    await tab.getByLabel('Risk threshold').fill('30');
    await tab.getByRole('radio', { name: 'Connect data source to auto-update progress' }).click();
    await tab.getByRole('combobox', { name: 'Integration' }).click();
    await tab.getByRole('option', { name: 'PostgreSQL' }).click();

    const query = tab.getByLabel('SQL');
    const preview = tab.getByRole('status', { name: 'Preview' });
    await query.fill('select count(*) from nowhere');
    await tab.getByRole('button', { name: 'Preview' }).click();
    await tab.getByText(/There is no table or view called “nowhere”/).first().waitFor();
    await query.fill(sql);
    await tab.getByRole('button', { name: 'Preview' }).click();
    await preview.getByText('5', { exact: true }).first().waitFor();
    await status(preview, 'On Track');
    await tab.getByRole('button', { name: 'Save' }).click();
    await tab.getByRole('heading', { name: title }).waitFor();
    await status(tab, 'On Track');
    await status(card(), 'On Track');
  });

  it('moves from On Track past Behind to At Risk as rows are inserted, and the one card is edited in place', async () => {
    assert.equal(await card().count(), 1);
    for (const [more, word, total] of [[20, 'Behind', '25'], [10, 'At Risk', '35']] as const) {
      await insertTickets(more);
      await tab.getByRole('button', { name: 'Sync now' }).click();
      await status(tab, word);
      await tab.getByText(total, { exact: true }).first().waitFor();
      await card().getByText(word).first().waitFor();
      await card().getByText(total, { exact: true }).first().waitFor();
    }
    assert.equal(await card().count(), 1, 'a second card was said instead of editing the first');
    await card().getByText(/^Edited /).waitFor();
  });

  it('hears the answer from the thread in the goal’s feed, and the feed’s answer in the thread', async () => {
    await card().getByRole('button', { name: 'Reply', exact: true }).click();
    const reply = card().getByRole('textbox', { name: /Reply/ });
    await reply.fill('We are two people short this week.');
    await reply.press('Enter');
    const feed = tab.getByRole('list', { name: 'Feed' });
    await tab.reload();
    await feed.getByText('We are two people short this week.').waitFor();
    await feed.getByText(/General/).first().waitFor();

    await tab.getByRole('textbox', { name: 'Write a comment' }).fill('Help comes on Monday.');
    await tab.getByRole('button', { name: 'Comment', exact: true }).click();
    await card().getByText('Help comes on Monday.').waitFor();
    assert.equal(await feed.getByText('Help comes on Monday.').count(), 1, 'our own reply came back as a comment');
  });

  it('keeps the last good value with its reason when the table is gone, and nothing broke in the pages', async () => {
    await postgres.query('alter table open_tickets rename to closed_tickets');
    await tab.getByRole('button', { name: 'Sync now' }).click();
    await tab.getByText(/There is no table or view called “open_tickets”/).first().waitFor();
    await tab.getByText('35', { exact: true }).first().waitFor();
    await postgres.query('alter table closed_tickets rename to open_tickets');
    assert.deepEqual(faults, []);
    assert.doesNotMatch(whole.output(), /"level":"error"/);
  });
});
