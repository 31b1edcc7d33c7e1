// The tab on the real server, in a real browser: for every theme, width, keyboard and locale, and for two people at once.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, ConsoleMessage, Page } from 'playwright-core';
import { refusal } from '../../src/domain/permission.ts';
import { type Whole, startWhole } from '../../src/simulators/whole.ts';
import { openContext, startBrowser } from './browser.ts';
import { retellGoals } from './states.ts';

const axe = join(import.meta.dirname, '..', '..', 'node_modules', 'axe-core', 'axe.min.js');

/** Every page as people come to it, by what must be visible before it is judged. */
const pages: readonly { name: string; open: (page: Page, address: string) => Promise<void> }[] = [
  { name: 'the goals', open: async (page, address) => {
    await page.goto(`${address}/goals`);
    await page.getByRole('link', { name: 'Train 40 baristas on the new app' }).waitFor();
  } },
  { name: 'a goal with its history and feed', open: async page => {
    await page.getByRole('link', { name: 'Keep open support tickets below 20' }).click();
    await page.getByRole('figure', { name: /^History of Keep open support tickets/ }).waitFor();
    await page.getByRole('list', { name: 'Feed' }).getByText('Shop database', { exact: true }).first().waitFor();
  } },
  { name: 'the form of a goal with a data source', open: async (page, address) => {
    await page.goto(`${address}/goals/new`);
    await page.getByRole('radio', { name: 'Key result' }).click();
    await page.getByRole('radio', { name: 'Connect data source to auto-update progress' }).click();
    await page.getByRole('combobox', { name: 'Integration' }).click();
    await page.getByRole('option', { name: 'PostgreSQL' }).click();
    await page.getByLabel('SQL').fill('select count(*) from subscriptions where false');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('status', { name: 'Preview' }).getByText('0%', { exact: true }).first().waitFor();
  } },
  { name: 'the integrations', open: async (page, address) => {
    await page.goto(`${address}/admin/integrations`);
    await page.getByRole('link', { name: 'Manage PostgreSQL' }).or(page.getByRole('button', { name: 'Manage PostgreSQL' })).waitFor();
  } },
  { name: 'an integration with the dialog of a connection', open: async (page, address) => {
    await page.goto(`${address}/admin/integrations/postgresql`);
    await page.getByText('Shop database').first().waitFor();
    await page.getByRole('button', { name: 'New connection' }).click();
    await page.getByRole('dialog').getByLabel('Password').waitFor();
  } },
];

/** What scrolls sideways: the page itself, and any part of it that is not made to. */
const sideways = `[document.scrollingElement, ...document.querySelectorAll('body *')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && (e === document.scrollingElement || ['auto', 'scroll'].includes(getComputedStyle(e).overflowX)))
  .map(e => e.tagName + ' ' + e.className + ': ' + e.scrollWidth + ' > ' + e.clientWidth)`;

/** Colours on their way from one to another are no one's to judge. What moves for ever, such as a spinner, is not waited for. */
const atRest = 'Promise.allSettled(document.getAnimations().filter(a => Number.isFinite(a.effect.getComputedTiming().endTime)).map(a => a.finished)).then(() => {})';

const headerColour = 'getComputedStyle(document.querySelector("header")).backgroundColor';

/**
 * What is wrong with the focus: it must be within sight, and what it has just left must have looked different with it, by outline, border,
 * shadow, or a mark drawn around it. Nothing is focused for this, which would lead a date's three parts astray.
 */
const focusFault = `(() => {
  const one = document.activeElement;
  const look = e => [e, e.parentElement, e.matches('[type=radio], [type=checkbox]') ? e.nextElementSibling : null].filter(Boolean).flatMap(near => [undefined, '::before', '::after'].map(part => {
    const s = getComputedStyle(near, part);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.borderColor, s.borderWidth, s.boxShadow, s.transform].join();
  })).join('|');
  const left = window.focusLeft;
  window.focusLeft = one === document.body ? undefined : { one, look: look(one) };
  if (left !== undefined && left.one !== one && left.one.isConnected && look(left.one) === left.look) return 'looks the same without focus: ' + left.one.outerHTML.slice(0, 300);
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth ? '' : 'out of sight: ' + one.outerHTML.slice(0, 300);
})()`;

describe('the tab', function () {
  this.timeout(60_000);
  let browser: Browser;
  let whole: Whole;
  let context: BrowserContext;
  let complaints: string[];

  before(async () => {
    browser = await startBrowser();
    whole = await startWhole();
  });
  after(async () => {
    await browser?.close();
    const code = await whole?.stop();
    await whole?.clear();
    assert.equal(code, 0, whole?.output());
    assert.doesNotMatch(whole.output(), /"level":"error"/);
  });

  beforeEach(() => { complaints = []; });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && process.env['WAYMARK_SHOTS']) await context.pages().at(-1)?.screenshot({ path: join(process.env['WAYMARK_SHOTS'], 'tab.png') });
    await context.close();
    assert.deepEqual(complaints, []);
  });

  const openPage = async (options: Parameters<typeof openContext>[1] = {}) => {
    context = await openContext(browser, options);
    context.setDefaultTimeout(10_000);
    // A policy's violation is told to the page alone, and only sometimes to its console.
    await context.addInitScript('addEventListener("securitypolicyviolation", v => console.error(`forbidden by policy: ${v.violatedDirective} ${v.blockedURI} ${v.sourceFile}`))');
    return listened(await context.newPage());
  };
  const listened = (page: Page) => {
    page.on('console', message => { if (message.type() === 'error' && !isKeptFromTheNetwork(message)) complaints.push(message.text()); });
    page.on('pageerror', error => complaints.push(String(error)));
    return page;
  };
  const signIn = async (page: Page, path = '/', name = 'Ada Lindqvist') => {
    await page.goto(whole.address + path);
    await page.getByRole('button', { name: new RegExp(name) }).click();
    await page.getByRole('button', { name: `Signed in as ${name}` }).waitFor();
  };
  /** No violation of accessibility, in any theme that is asked for. */
  const judge = async (page: Page, where: string) => {
    await page.evaluate(atRest);
    // Fluent's focus traps put focusable, hidden marks into the page on purpose.
    const violations: unknown = await page.evaluate("axe.run({ exclude: [['[data-tabster-dummy]']] }).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)]))");
    assert.deepEqual(violations, [], where);
  };

  for (const theme of ['light', 'dark', 'contrast'] as const) {
    it(`can be used by everybody, and fits from 320 to 1920 pixels: ${theme}`, async () => {
      const page = await openPage({ theme });
      await context.addInitScript(await readFile(axe, 'utf8'));
      const look = async (where: string) => {
        await judge(page, where);
        for (const width of [320, 1920]) {
          await page.setViewportSize({ width, height: 900 });
          assert.deepEqual(await page.evaluate(sideways), [], `${where}, ${width} pixels wide`);
          if (width === 320) await judge(page, `${where}, ${width} pixels wide`);
        }
        await page.setViewportSize({ width: 1280, height: 900 });
      };
      await page.goto(whole.address);
      await page.getByRole('button', { name: /Ada Lindqvist/ }).waitFor();
      await look('sign-in');
      await signIn(page);
      for (const { name, open } of pages) {
        await open(page, whole.address);
        await look(name);
      }
    });
  }

  it('keeps the theme that somebody chooses, in every page', async () => {
    const page = await openPage();
    await context.addInitScript(await readFile(axe, 'utf8'));
    await signIn(page);
    const background = () => page.evaluate(headerColour);
    const choose = async (name: string) => {
      await page.getByRole('button', { name: 'Theme' }).click();
      await page.getByRole('menuitemradio', { name }).click();
    };
    const light = await background();
    await choose('High contrast');
    assert.equal(await background(), 'rgb(0, 0, 0)');
    await judge(page, 'chosen high contrast');
    await choose('Dark');
    const dark = await background();
    await judge(page, 'chosen dark');
    assert.ok(dark !== light && dark !== 'rgb(0, 0, 0)', String(dark));
    await page.goto(`${whole.address}/admin/integrations`);
    await page.getByRole('heading', { name: 'Integrations', level: 1 }).waitFor();
    assert.equal(await background(), dark);
  });

  it('takes a key result and its first check-in from the keyboard alone, with the focus always in sight', async () => {
    const page = await openPage();
    await signIn(page);
    await page.getByRole('link', { name: 'Keep open support tickets below 20' }).waitFor();
    const press = async (key: string) => {
      await page.keyboard.press(key);
      assert.equal(await page.evaluate(focusFault), '', `after ${key}`);
    };
    /** Goes on with Tab until the focus is where it should be. */
    const tabTo = async (role: Parameters<Page['getByRole']>[0], name: string | RegExp, within: Page | ReturnType<Page['getByRole']> = page) => {
      const wanted = within.getByRole(role, { name, ...(typeof name === 'string' ? { exact: true } : {}) }).first();
      await wanted.waitFor();
      for (let step = 0; step < 40; step++) {
        await press('Tab');
        if (await wanted.and(page.locator(':focus')).count() === 1) return;
      }
      assert.fail(`Tab never reaches ${role} ${name}`);
    };

    await tabTo('button', 'New goal');
    await page.keyboard.press('Enter');
    await tabTo('radio', 'Objective');
    await press('ArrowRight');
    assert.ok(await page.getByRole('radio', { name: 'Key result' }).isChecked());
    await tabTo('textbox', /^Title/);
    await page.keyboard.type('Answer within 1250 minutes');
    await tabTo('radio', 'Percent complete');
    await press('ArrowRight');
    await tabTo('textbox', /^Metric name/);
    await page.keyboard.type('Minutes');
    await tabTo('textbox', /^Start value/);
    await page.keyboard.type('0');
    await tabTo('textbox', /^Target/);
    await page.keyboard.type('1250');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Answer within 1250 minutes' }).waitFor();

    await tabTo('button', 'Check in');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Minutes' }).waitFor();
    assert.equal(await dialog.locator(':focus').count(), 1, 'the focus stays behind the dialog');
    if (await dialog.getByRole('textbox', { name: 'Minutes' }).and(page.locator(':focus')).count() === 0) await tabTo('textbox', 'Minutes', dialog);
    await page.keyboard.type('1000.5');
    await tabTo('button', 'Save', dialog);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('1,000.5', { exact: true }).first().waitFor();
  });

  for (const theme of ['light', 'dark', 'contrast'] as const) {
    it(`shows how goals stand, what moves them and how they ended: ${theme} (C18, C23, C26, C43, C48, C54)`, async () => {
      const page = await openPage({ theme });
      await context.addInitScript(await readFile(axe, 'utf8'));
      await retellGoals(context);
      await signIn(page);
      const rows = (title: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name: title, exact: true }) });
      const shows = (title: string, name: string | RegExp) => rows(title).first().getByRole('img', { name }).waitFor();

      const growing = rows('Grow weekly coffee subscriptions from 200 to 500');
      await growing.first().getByText('380 subscriptions', { exact: true }).waitFor();
      await growing.first().getByText('60%', { exact: true }).waitFor();
      assert.equal(await growing.first().locator('[data-mark=expected]').count(), 1, 'no mark where progress is expected to be');
      assert.equal(await growing.count(), 2, 'it stands under each of its two parents');
      await shows('Grow weekly coffee subscriptions from 200 to 500', 'Aligned with 2 goals, and counted in each');

      await shows('Grow weekly coffee subscriptions from 200 to 500', 'From PostgreSQL, Shop database');
      await shows('Keep open support tickets below 20', 'By hand: Ben Okafor stopped automatic updates (From PostgreSQL, Shop database)');
      await shows('Make every customer feel heard', 'From its children');
      await shows('Launch campaign in the cafés', 'From its tasks');

      await rows('Launch the loyalty app').getByText(/Objective · (Customer care, Loyalty app|Loyalty app, Customer care)/).waitFor();
      await rows('Make every customer feel heard').getByText('Objective · Organization').waitFor();
      await shows('Make every customer feel heard', /^Private/);
      await shows('Make every customer feel heard', 'A goal under this one is at risk');
      await shows('Launch the loyalty app', /^At risk: .*Nobody owns it/);
      for (const [title, drawn] of [['Make every customer feel heard', 'outline'], ['Launch the loyalty app', 'solid']] as const) assert.equal(await rows(title).locator(`[data-alert=${drawn}]`).count(), 1, title);

      await shows('Reach 20,000 loyalty sign-ups', 'good, for a goal that is committed');
      await shows('Train 40 baristas on the new app', 'not ambitious enough, for a goal that is aspirational');
      for (const title of ['Reach 20,000 loyalty sign-ups', 'Train 40 baristas on the new app']) {
        await rows(title).getByRole('cell').last().getByText('Score 1.0', { exact: true }).waitFor();
        assert.equal(await rows(title).locator('[data-mark=expected]').count(), 0, 'nothing is expected of a closed goal');
      }
      await judge(page, 'the goals');

      await page.getByRole('link', { name: 'Make every customer feel heard' }).click();
      const feed = page.getByRole('list', { name: 'Feed' });
      await feed.getByText('moved it from 40% to 45%: “Train 40 baristas on the new app” went from 30% to 40%').waitFor();
      await feed.getByText('closed it with a score of 0.8').waitFor();
      await page.getByRole('list', { name: 'Tags' }).getByText('customers').waitFor();
      await judge(page, 'an objective');
      await page.getByRole('link', { name: 'Keep open support tickets below 20' }).click();
      await page.getByText('By itself it would be at 25 tickets (0%).').waitFor();
      await judge(page, 'a goal whose automatic updates are stopped');
    });
  }

  it('lets people say for how long a value by hand holds and take up automatic updates again, and shows how to score the goal (C27, C44)', async () => {
    const page = await openPage();
    await context.addInitScript(await readFile(axe, 'utf8'));
    await retellGoals(context);
    await signIn(page);
    const dialog = page.getByRole('dialog');
    const open = async (title: string) => {
      await page.getByRole('link', { name: title }).first().click();
      await page.getByRole('button', { name: 'Check in' }).click();
    };
    await open('Keep open support tickets below 20');
    await dialog.getByText('By itself it would be at').getByText('25 tickets (0%)').waitFor();
    assert.equal(await dialog.getByRole('radio').count(), 0, 'what is stopped already asks whether to stop');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('link', { name: 'Goals', exact: true }).first().click();

    await open('Finish the loyalty app backlog');
    await dialog.getByRole('region', { name: 'How to score this goal' }).getByText('0.7 when all but the wishes are done.').waitFor();
    const group = dialog.getByRole('radiogroup', { name: 'From Azure DevOps, Loyalty app backlog. This value holds' });
    assert.ok(await group.getByRole('radio', { name: 'until the next automatic update' }).isChecked());
    await judge(page, 'the check-in of a goal with a data source');
    const sent = async () => {
      const request = page.waitForRequest(asked => asked.method() === 'POST' && asked.url().endsWith('/check-ins'));
      await dialog.getByRole('button', { name: 'Save' }).click();
      const body: unknown = (await request).postDataJSON();
      await dialog.waitFor({ state: 'detached' });
      return body;
    };
    await dialog.getByRole('textbox', { name: 'Note' }).fill('Nothing new.');
    assert.deepEqual(await sent(), { note: 'Nothing new.' }, 'a note alone overwrites no value');

    await page.getByRole('button', { name: 'Check in' }).click();
    await dialog.getByRole('textbox', { name: 'Percent complete' }).fill('60.5');
    await dialog.getByText('60.5% done', { exact: true }).waitFor();
    await group.getByRole('radio', { name: /^and automatic updates stop/ }).check();
    assert.deepEqual(await sent(), { value: 60.5, note: '', updates: 'stop' });
    await page.getByText('60.5%', { exact: true }).first().waitFor();

    await page.getByText('Ada Lindqvist stopped them').waitFor();
    await page.getByRole('list', { name: 'Feed' }).getByText('checked in 60.5%').waitFor();
    await page.getByRole('button', { name: 'Resume automatic updates' }).click();
    await page.getByText('Ada Lindqvist stopped them').waitFor({ state: 'detached' });
    await page.getByText('58.3%', { exact: true }).first().waitFor();
  });

  it('stands in a channel of Teams, signed in as whoever looks, in the theme of its host', async () => {
    const page = await openPage({ width: 1500 });
    await page.goto(`${whole.address}/sandbox`);
    const channel = page.getByRole('region', { name: 'General' });
    const tab = channel.frameLocator('iframe');
    const background = () => page.frames().at(-1)!.evaluate(headerColour);
    for (const name of ['Ada Lindqvist', 'Ben Okafor']) {
      if (name !== 'Ada Lindqvist') {
        await page.getByRole('button', { name: 'Ada Lindqvist', exact: true }).click();
        await page.getByRole('menuitemradio', { name }).click();
      }
      await channel.getByRole('tab', { name: 'Goals' }).click();
      await tab.getByRole('link', { name: 'Keep open support tickets below 20' }).waitFor();
      await tab.getByRole('button', { name: `Signed in as ${name}` }).waitFor();
      assert.equal(await tab.getByRole('button', { name: 'Theme' }).count(), 0, 'Teams decides the theme, not the tab');
    }
    const seen = [await background()];
    for (const theme of ['Dark', 'High contrast']) {
      await page.getByRole('button', { name: 'Theme' }).click();
      await page.getByRole('menuitemradio', { name: theme }).click();
      await channel.locator('iframe').waitFor();
      for (let wait = 0; wait < 50 && seen.includes(await background()); wait++) await page.waitForTimeout(50);
      seen.push(await background());
    }
    assert.equal(new Set(seen).size, 3, `light, dark and high contrast look as ${seen}`);
    assert.equal(seen[2], 'rgb(0, 0, 0)');
  });

  it('tells the second of two who write, and loses nothing of either', async () => {
    const first = await openPage();
    await signIn(first);
    await first.getByRole('link', { name: 'Launch campaign in the cafés' }).click();
    await first.getByRole('heading', { name: 'Launch campaign in the cafés' }).waitFor();
    const path = new URL(first.url()).pathname;
    const second = listened(await context.newPage());
    await signIn(second, `${path}/edit`, 'Ben Okafor');
    await first.goto(`${whole.address}${path}/edit`);

    await second.getByLabel('Title').fill('Launch campaign in 40 cafés');
    await second.getByLabel('Description').fill('Posters, cups and a week of tastings.');
    await first.getByLabel('Title').fill('Launch campaign in every café');
    await first.getByRole('button', { name: 'Save' }).click();
    await first.getByRole('heading', { name: 'Launch campaign in every café' }).waitFor();

    const alert = second.getByRole('alert').filter({ hasText: 'Somebody changed this goal while you were writing' });
    await second.getByRole('button', { name: 'Save' }).click();
    await alert.waitFor();
    await second.getByRole('button', { name: 'Load the newer version' }).click();
    await second.getByText('You both changed the title. Yours is kept; theirs is “Launch campaign in every café”.').waitFor();
    assert.equal(await second.getByLabel('Title').inputValue(), 'Launch campaign in 40 cafés');
    assert.equal(await second.getByLabel('Description').inputValue(), 'Posters, cups and a week of tastings.');
    await second.getByRole('button', { name: 'Take theirs' }).click();
    await second.getByRole('button', { name: 'Save' }).click();
    await second.getByRole('heading', { name: 'Launch campaign in every café' }).waitFor();
    await second.getByText('Posters, cups and a week of tastings.').waitFor();
    // The browser itself says that one answer was 412, as it should be.
    assert.match(complaints.splice(0).join(), /^Failed to load resource: the server responded with a status of 412 \([\w ]+\)$/);
  });

  it('gives a goal another owner from the keyboard, and says no more than was changed', async () => {
    const page = await openPage();
    await signIn(page);
    await page.getByRole('link', { name: 'Finish the loyalty app backlog' }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    const chosen = page.getByRole('list', { name: 'Owners chosen' });
    await chosen.getByText('Chen Wei', { exact: true }).waitFor();
    const owners = page.getByRole('combobox', { name: 'Owners' });
    await owners.focus();
    for (const name of ['Ben Okafor', 'Dana Ruiz']) {
      await page.keyboard.type(name.slice(0, 3));
      await page.getByRole('option', { name }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await chosen.getByText(name, { exact: true }).waitFor();
    }
    await page.getByRole('button', { name: 'Remove Ben Okafor' }).press('Enter');
    assert.equal(await owners.and(page.locator(':focus')).count(), 1, 'the focus is lost with the owner');
    const request = page.waitForRequest(asked => ['PUT', 'PATCH'].includes(asked.method()));
    await page.getByRole('button', { name: 'Save' }).click();
    const body = (await request).postDataJSON() as Record<string, unknown>;
    assert.deepEqual(Object.keys(body).toSorted(), ['kind', 'link', 'mode', 'outcome', 'owners', 'title']);
    await page.getByText('Chen Wei, Dana Ruiz', { exact: true }).first().waitFor();
  });

  it('offers in the form what the organization’s model allows, and parents of every time period', async () => {
    const page = await openPage();
    await signIn(page, '/goals/new');
    const radio = (name: string) => page.getByRole('radio', { name });
    await radio('Objective').waitFor();
    assert.deepEqual([await radio('Metric (KPI)').count(), await radio('Connect data source').count(), await radio('From its children').count()], [0, 0, 1]);
    await radio('Key result').click();
    await radio('Metric (KPI)').click();
    await radio('Connect data source').click();
    await radio('Objective').click();
    assert.ok(await radio('Percent complete').isChecked() && await radio('By check-ins').isChecked(), 'the form keeps what the server refuses');
    await radio('Initiative').click();
    await radio('From its tasks').waitFor();
    await radio('Metric (KPI)').click();
    assert.equal(await radio('From its tasks').count(), 0, 'tasks do not move a metric');

    const parent = page.getByRole('combobox', { name: 'Parent' });
    const choices = page.getByRole('listbox').getByRole('option');
    const options = async (words: string) => {
      await parent.fill(words);
      await choices.and(page.locator(':not([aria-disabled=true])')).first().waitFor();
      return choices.allInnerTexts();
    };
    assert.match((await options('average review')).join(), /Raise our average review.*Key result · Q\d/s);
    await radio('Objective').click();
    const found = await options('favourite café');
    assert.match(found.join(), /^Be the favourite café.*Objective · \d{4}$/s, 'the year’s objective is in another time period');
    await choices.first().click();
    await radio('Key result').click();
    await page.getByLabel('Title').fill('Open one more café');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('navigation', { name: 'Where this goal stands' }).getByRole('link', { name: /Be the favourite café/ }).waitFor();

    await page.getByRole('button', { name: 'Edit' }).click();
    await parent.waitFor();
    await radio('Initiative').click();
    assert.equal((await options('average review')).length, 1, 'what is typed over an earlier choice gets lost');
    await choices.first().click();
    await radio('Objective').click();
    await page.getByText('Objectives do not stand under Key results here.').waitFor();
  });

  for (const theme of ['light', 'dark', 'contrast'] as const) {
    it(`ends goals and takes them up again, from 320 pixels on: ${theme} (C42, C43, C45, C47)`, async () => {
      const page = await openPage({ theme, width: 320 });
      await context.addInitScript(await readFile(axe, 'utf8'));
      await signIn(page);
      await page.getByRole('link', { name: 'Give 500 loaves a week to the food bank' }).first().click();
      const dialog = page.getByRole('dialog');
      const begin = async (what: string) => {
        await page.getByRole('button', { name: 'More', exact: true }).click();
        await page.getByRole('menuitem', { name: what }).click();
        await dialog.waitFor();
        await judge(page, what);
        assert.deepEqual(await page.evaluate(sideways), [], what);
      };
      await begin('Close');
      await dialog.getByRole('textbox', { name: 'Loaves a week' }).fill('400');
      await dialog.getByText('What was done suggests 0.8.').waitFor();
      const score = dialog.getByRole('textbox', { name: 'Score' });
      assert.equal(await score.inputValue(), '0.8', 'the suggestion does not follow the value');
      await score.fill('7');
      await dialog.getByText('Write a score from 0 to 1').waitFor();
      await score.fill('0.7');
      await dialog.getByRole('textbox', { name: 'Note' }).fill('Every weekday by now.');
      await dialog.getByRole('button', { name: 'Close the goal' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByText('Score 0.7', { exact: true }).first().waitFor();
      await page.getByRole('list', { name: 'Feed' }).getByText('Every weekday by now.').first().waitFor();
      assert.equal(await page.getByRole('button', { name: 'Check in', exact: true }).count(), 0);

      await begin('Reopen');
      await dialog.getByRole('textbox', { name: 'Note' }).fill('They ask for more.');
      await dialog.getByRole('button', { name: 'Reopen' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByText('Reopened', { exact: true }).first().waitFor();

      await begin('Postpone');
      await dialog.getByRole('button', { name: 'Postpone' }).click();
      await dialog.getByText('Say why it is postponed.').waitFor();
      await dialog.getByRole('textbox', { name: 'Note' }).fill('The bakery moves.');
      await dialog.getByRole('radio', { name: 'with the value it has' }).click();
      await dialog.getByRole('button', { name: 'Postpone' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByText('Postponed', { exact: true }).first().waitFor();
      await page.getByRole('list', { name: 'Feed' }).getByRole('link', { name: 'Where it goes on' }).first().click();
      await page.getByText('400 loaves', { exact: true }).first().waitFor();
      await page.goBack();
      await begin('Reopen');
      await dialog.getByRole('button', { name: 'Reopen' }).click();
      await dialog.waitFor({ state: 'detached' });
    });
  }

  it('lets people tick, add and delete an initiative’s tasks from the keyboard, and see what that makes of it', async () => {
    const page = await openPage({ width: 320 });
    await context.addInitScript(await readFile(axe, 'utf8'));
    await signIn(page, '/', 'Ben Okafor');
    await page.getByRole('link', { name: /^Launch campaign/ }).click();
    const tasks = page.getByRole('region', { name: 'Tasks' });
    await tasks.getByText('2 of 5 done').waitFor();
    await judge(page, 'an initiative with tasks');
    assert.deepEqual(await page.evaluate(sideways), []);
    await tasks.getByRole('checkbox', { name: /^Put the posters up/ }).press('Space');
    await tasks.getByText('3 of 5 done').waitFor();
    await page.getByText('60%', { exact: true }).first().waitFor();
    const name = tasks.getByRole('textbox', { name: 'Name of a new task' });
    await name.fill('Thank the neighbours');
    await name.press('Enter');
    await tasks.getByText('3 of 6 done').waitFor();
    assert.equal(await name.inputValue(), '');
    await tasks.getByRole('button', { name: 'Delete the task Thank the neighbours' }).press('Enter');
    await tasks.getByText('3 of 5 done').waitFor();
    assert.equal(await name.and(page.locator(':focus')).count(), 1, 'the focus is lost with the task');
    await page.getByRole('list', { name: 'Feed' }).getByText(/“Put the posters up” completed/).waitFor();
  });

  it('lets people correct and take back their own check-ins alone (C39)', async () => {
    const page = await openPage({ width: 320 });
    await context.addInitScript(await readFile(axe, 'utf8'));
    await signIn(page, '/', 'Dana Ruiz');
    await page.getByRole('link', { name: 'Answer 90% of mails within an hour' }).click();
    const feed = page.getByRole('list', { name: 'Feed' });
    const begin = async (what: string) => {
      await feed.getByRole('button', { name: /^Change your check-in/ }).click();
      await page.getByRole('menuitem', { name: what }).click();
      await page.getByRole('dialog').waitFor();
      await judge(page, `${what} a check-in`);
    };
    const dialog = page.getByRole('dialog');
    await begin('Edit');
    await dialog.getByRole('textbox', { name: 'Answered in time' }).fill('78');
    await dialog.getByRole('textbox', { name: 'Note' }).fill('Counted again.');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('78%', { exact: true }).first().waitFor();
    await feed.getByText('Counted again.').waitFor();
    await begin('Delete');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.waitFor({ state: 'detached' });
    await feed.getByText('Counted again.').waitFor({ state: 'detached' });
    await page.locator('[data-value]').getByText('–').waitFor();

    await page.getByRole('link', { name: 'Goals', exact: true }).first().click();
    await page.getByRole('link', { name: 'Find out how long guests wait at the till' }).click();
    await feed.getByText('Measured on two mornings.').waitFor();
    assert.equal(await feed.getByRole('button', { name: /^Change your check-in/ }).count(), 0, 'somebody else’s check-in');

    await page.getByRole('link', { name: 'Goals', exact: true }).first().click();
    await page.getByRole('link', { name: 'Taste a coffee from every farm we buy from' }).click();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Close' }).click();
    await dialog.getByRole('button', { name: 'Close the goal' }).click();
    await dialog.waitFor({ state: 'detached' });
    await feed.getByRole('button', { name: /^Change your check-in/ }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).waitFor();
    assert.equal(await page.getByRole('menuitem', { name: 'Delete' }).count(), 0, 'an ended goal keeps its values');
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await dialog.getByRole('textbox', { name: 'Note' }).fill('Nine of 45 farms, and all of Ethiopia.');
    assert.deepEqual([await dialog.getByRole('textbox').count(), await dialog.getByRole('combobox').count()], [1, 0]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await feed.getByText('Nine of 45 farms, and all of Ethiopia.').waitFor();
  });

  it('writes numbers and dates the reader’s way', async () => {
    const page = await openPage({ locale: 'de-DE' });
    await signIn(page);
    const row = page.getByRole('row').filter({ hasText: 'Reach 20,000 loyalty sign-ups' });
    await row.getByText('9.400 sign-ups', { exact: true }).waitFor();
    await row.getByRole('link').click();
    await page.getByText(/^\d+\. \p{L}+\.? \d{4} – \d+\. \p{L}+\.? \d{4}$/u).waitFor();
  });

  it('works in a browser whose languages are none', async () => {
    const page = await openPage();
    await context.addInitScript("Object.defineProperties(navigator, { language: { value: 'en-US@posix' }, languages: { value: ['en-US@posix'] } })");
    await signIn(page);
    await page.getByRole('link', { name: 'Reach 20,000 loyalty sign-ups' }).click();
    await page.getByText('9,400 sign-ups', { exact: true }).first().waitFor();
  });

  it('says at the query what is wrong with it, and never keeps a preview that is no longer true', async () => {
    const page = await openPage();
    await signIn(page, '/goals/new');
    await page.getByRole('radio', { name: 'Key result' }).click();
    await page.getByRole('radio', { name: 'Connect data source to auto-update progress' }).click();
    await page.getByRole('combobox', { name: 'Integration' }).click();
    await page.getByRole('option', { name: 'PostgreSQL' }).click();
    await page.getByRole('radio', { name: 'Metric (KPI)' }).click();
    const sql = page.getByRole('textbox', { name: 'SQL' });
    const preview = page.getByRole('status', { name: 'Preview' });
    for (const [query, sentence] of [
      ['select null', 'The value is empty (NULL)'],
      ["select 'x'", 'The value is text'],
      ['select 1 where false', 'The query returned no rows'],
      ['select generate_series(1, 2)', 'more than one row'],
      ["select 'NaN'::float8", 'The value is NaN'],
    ] as const) {
      await sql.fill(query);
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.getByRole('alert').getByText(sentence).waitFor();
      assert.equal(await sql.getAttribute('aria-invalid'), 'true', query);
    }
    await sql.fill('select 1234');
    await page.getByRole('button', { name: 'Preview' }).click();
    await preview.getByText('1,234', { exact: true }).waitFor();
    await sql.fill('select 1235');
    await preview.getByText('The measure has changed').waitFor();
    assert.equal(await preview.getByText('1,234').count(), 0);
    complaints = complaints.filter(text => !text.includes('422')); // Chromium itself remarks upon every refusal
  });

  it('tells a member why they cannot enable integrations, and shows no way to change others’ goals', async () => {
    const page = await openPage();
    await signIn(page, '/', 'Ben Okafor');
    await page.getByRole('link', { name: 'Reach 20,000 loyalty sign-ups' }).click();
    await page.getByRole('heading', { level: 1, name: 'Reach 20,000 loyalty sign-ups' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Edit' }).count(), 0);
    await page.getByRole('link', { name: 'Integrations' }).click();
    await page.getByText(refusal({ id: 'ben', name: 'Ben', role: 'member' }, { do: 'manage-integrations' })!).waitFor();
  });
});

/** The Teams library asks Microsoft for its list of hosts, and these browsers reach this machine alone. */
function isKeptFromTheNetwork(message: ConsoleMessage): boolean {
  return message.location().url.startsWith('https://res.cdn.office.net/');
}
