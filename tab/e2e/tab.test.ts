// The tab in a real browser against the whole of Waymark: every page in every theme and width, and what people may get wrong.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { refusal } from '../../src/domain/permission.ts';
import { startWhole, type Whole } from '../../src/simulators/whole.ts';
import { openContext, startBrowser, type Theme } from './browser.ts';

const axe = join(import.meta.dirname, '..', '..', 'node_modules', 'axe-core', 'axe.min.js');

interface Violation { id: string; nodes: { html: string }[] }

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axe, 'utf8')); // as a script element, the page's security policy would refuse it
  // Fluent's focus traps put focusable, hidden marks into the page on purpose.
  const { violations: found } = await page.evaluate<{ violations: Violation[] }>("axe.run({ exclude: [['[data-tabster-dummy]']] })");
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(n => n.html.slice(0, 120)).join(' ')}`);
}

describe('the tab', function () {
  this.timeout(120_000);
  let whole: Whole;
  let browser: Browser;
  const contexts: BrowserContext[] = [];

  before(async () => { [whole, browser] = await Promise.all([startWhole(), startBrowser()]); });
  afterEach(async () => { await Promise.all(contexts.splice(0).map(context => context.close())); });
  after(async () => {
    await browser.close();
    await whole.stop();
    await whole.clear();
  });

  /** A fresh browser in which this demo person has signed in, on the goals page. */
  async function as(person: string, options: { theme?: Theme } = {}): Promise<Page> {
    const context = await openContext(browser, options);
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', error => assert.fail(error));
    await page.goto(`${whole.address}/`);
    await page.getByRole('button', { name: person }).click();
    await page.getByRole('table').waitFor();
    return page;
  }

  const steps: [string, (page: Page) => Promise<unknown>][] = [
    ['the goals', page => page.getByRole('table').waitFor()],
    ['a goal', async page => {
      await page.getByRole('link', { name: 'Grow weekly coffee subscriptions from 200 to 500' }).click();
      await page.getByRole('figure', { name: 'History of' }).waitFor();
    }],
    ['a check-in', async page => {
      await page.getByRole('button', { name: 'Check in' }).click();
      await page.getByRole('dialog').waitFor();
    }],
    ['the form of a linked goal', async page => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.getByRole('status', { name: 'Preview' }).getByText('expected today').waitFor();
    }],
    ['the integrations', async page => {
      await page.getByRole('link', { name: 'Integrations' }).click();
      await page.getByText('Zapier').waitFor();
    }],
    ['an integration', async page => {
      await page.getByRole('button', { name: 'Manage PostgreSQL' }).click();
      await page.getByText('Shop database').waitFor();
    }],
    ['a new connection', async page => {
      await page.getByRole('button', { name: 'New connection' }).click();
      await page.getByRole('button', { name: 'Test connection' }).click();
      await page.getByText('Host is needed.').waitFor();
    }],
  ];

  for (const theme of ['light', 'dark', 'contrast'] as const) {
    it(`can be used by everybody, and never scrolls sideways: ${theme}`, async () => {
      const page = await as('Ada', { theme });
      for (const [name, go] of steps) {
        await go(page);
        assert.deepEqual(await violations(page), [], name);
        for (const width of [1920, 320]) {
          await page.setViewportSize({ width, height: 900 });
          assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width, `${name} at ${width} px`);
        }
        assert.deepEqual(await violations(page), [], `${name} at 320 px`);
        await page.setViewportSize({ width: 1280, height: 900 });
      }
    });
  }

  it('says at the query what is wrong with it, and never keeps a preview that is no longer true', async () => {
    const page = await as('Ada');
    await page.getByRole('button', { name: 'New goal' }).click();
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
  });

  it('loses nothing when two people change one goal', async () => {
    const [mine, theirs] = await Promise.all([as('Ada'), as('Dana')]);
    for (const page of [mine, theirs]) {
      await page.getByRole('link', { name: 'Train 40 baristas on the new app' }).click();
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('textbox', { name: 'Title' }).waitFor();
    }
    await theirs.getByRole('textbox', { name: 'Title' }).fill('Train 40 baristas by Christmas');
    await theirs.getByRole('textbox', { name: 'Description' }).fill('All cafés.');
    await theirs.getByRole('button', { name: 'Save' }).click();
    await theirs.getByRole('heading', { name: 'Train 40 baristas by Christmas' }).waitFor();

    await mine.getByRole('textbox', { name: 'Title' }).fill('Train fifty baristas');
    await mine.getByRole('textbox', { name: 'Target' }).fill('50');
    await mine.getByRole('button', { name: 'Save' }).click();
    await mine.getByRole('button', { name: 'Load the newer version' }).click();
    await mine.getByText('You both changed the title. Yours is kept; theirs is “Train 40 baristas by Christmas”.').waitFor();
    assert.equal(await mine.getByRole('textbox', { name: 'Description' }).inputValue(), 'All cafés.');
    assert.equal(await mine.getByRole('textbox', { name: 'Target' }).inputValue(), '50');
    await mine.getByRole('button', { name: 'Save' }).click();
    await mine.getByRole('heading', { name: 'Train fifty baristas' }).waitFor();
    await mine.getByText('All cafés.').waitFor();
  });

  it('takes who is here and the theme from Teams when it runs inside', async () => {
    const context = await openContext(browser);
    contexts.push(context);
    const page = await context.newPage();
    await page.goto(`${whole.address}/sandbox`);
    await page.getByRole('tab', { name: 'Goals' }).first().click();
    const tab = page.frameLocator('iframe');
    await tab.getByRole('table').waitFor();
    await tab.getByRole('button', { name: 'Signed in as Ada Lindqvist' }).waitFor();
    assert.equal(await tab.getByRole('button', { name: 'Theme' }).count(), 0);
    const frame = page.frames().at(-1)!;
    const paper = () => frame.evaluate<string>("getComputedStyle(document.querySelector('header')).backgroundColor");
    assert.equal(await paper(), 'rgb(255, 255, 255)');
    await page.getByRole('button', { name: 'Theme' }).click();
    await page.getByRole('menuitemradio', { name: 'High contrast' }).click();
    for (const until = Date.now() + 5000; await paper() !== 'rgb(0, 0, 0)';) assert.ok(Date.now() < until, 'the tab does not follow the theme of Teams');
  });

  it('tells a member why they cannot enable integrations, and shows no way to change others’ goals', async () => {
    const page = await as('Ben');
    await page.getByRole('link', { name: 'Train' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Train' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Edit' }).count(), 0);
    await page.getByRole('link', { name: 'Integrations' }).click();
    await page.getByText(refusal({ id: 'ben', name: 'Ben', role: 'member' }, { do: 'manage-integrations' })!).waitFor();
  });
});
