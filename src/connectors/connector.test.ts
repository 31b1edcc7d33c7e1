// The frame: forms that say what is wrong with them, and reading many measures without hammering a source that said no.
import assert from 'node:assert/strict';
import { basic } from './auth.ts';
import { connector, type Measure } from './connector.ts';
import { choice, code, date, form, lookup, number, secret, text } from './field.ts';
import { SourceError } from './source-error.ts';

const everyField = form({
  site: text('Site', { help: 'Where.', suffix: '.example.com', pattern: /^[a-z]+$/, wrong: 'Site has small letters only.' }),
  note: text('Note', { help: 'Anything.', required: false }),
  key: secret('Key', { help: 'Secret.' }),
  port: number('Port', { help: 'Which.', min: 1, max: 9, initial: 5 }),
  mode: choice('Mode', [{ value: 'a', title: 'A' }, { value: 'b', title: 'B' }], { help: 'How.', initial: 'a' }),
  view: lookup('View', 'views', { help: 'What.', dependsOn: ['site'] }),
  sql: code('SQL', 'sql', { help: 'Query.' }),
  since: date('Since', { help: 'When.' }),
});
const good = { site: 'acme', key: 'k', port: '7', mode: 'b', view: 'v1', sql: 'SELECT 1', since: '2026-11-21' };

const measures = (...names: string[]): Measure[] => names.map(what => ({ metric: 'one', form: { what } }));

describe('a form', () => {
  it('answers clean values: trimmed, numbers as numbers, empty as absent', () => {
    const checked = everyField.check({ ...good, site: ' acme ', note: '  ' });
    assert.deepEqual(checked, { ok: true, values: { ...good, port: 7, note: undefined } });
  });

  it('names every wrong field with its own sentence', () => {
    assert.deepEqual(everyField.check({ site: 'ACME', port: '12', mode: 'c', since: '21.11.2026', sql: 5, extra: 1 }), {
      ok: false,
      errors: {
        site: 'Site has small letters only.', key: 'Key is missing. Fill it in.', port: 'Port must be a whole number from 1 to 9.', mode: 'Mode must be one of: A, B.',
        view: 'View is missing. Fill it in.', sql: 'SQL must be text.', since: 'Since must be a day such as 2026-12-31.', extra: 'This form has no such field.',
      },
    });
  });

  it('describes its fields in order, as plain data', () => {
    assert.deepEqual(everyField.fields.map(field => [field.name, field.kind, field.required]), [
      ['site', 'text', true], ['note', 'text', false], ['key', 'secret', true], ['port', 'number', true], ['mode', 'choice', true], ['view', 'lookup', true], ['sql', 'code', true], ['since', 'date', true],
    ]);
    assert.deepEqual(JSON.parse(JSON.stringify(everyField.fields)), everyField.fields);
  });
});

describe('a connector', () => {
  const asked: string[] = [];
  let closed = 0;
  const sample = connector({
    id: 'sample', name: 'Sample',
    auth: [basic({ note: 'Any account.' })],
    connection: { site: text('Site', { help: 'Where.' }) },
    atOnce: 1,
    open: async ({ settings, credential }) => ({ greeting: `${credential.user}@${settings.site}` }),
    test: async () => {},
    close: async () => { closed++; },
    lookups: { things: async ({ greeting }, { search }) => ({ options: [{ value: greeting, title: search }] }) },
    metrics: {
      one: {
        title: 'One', help: 'One thing.', percent: false, form: { what: text('What', { help: 'Which.' }) },
        read: async (_, { what }) => {
          asked.push(what);
          if (what === 'refuse') throw new SourceError('No.', { kind: 'reconnect' });
          if (what === 'wait') throw new SourceError('Wait.', { kind: 'retry', afterSeconds: 9 });
          if (what === 'bug') throw new TypeError('a bug');
          return { value: what.length, raw: what };
        },
      },
    },
  });
  const open = (more = {}) => sample.open({ auth: 'basic', settings: { site: 's' }, credential: { user: 'u', token: 't' }, outside: { fetch: assert.fail, dial: assert.fail }, ...more });
  beforeEach(() => { asked.length = 0; });

  it('opens with checked settings, and says who must put wrong ones right', async () => {
    await assert.rejects(open({ settings: {} }), { remedy: { kind: 'reconfigure', field: 'site' } });
    await assert.rejects(open({ credential: { user: 'u' } }), { remedy: { kind: 'reconnect' } });
    await assert.rejects(open({ auth: 'token' }), { remedy: { kind: 'reconnect' } });
    assert.deepEqual(await (await open()).lookup('things', { search: 'x', form: {} }), { options: [{ value: 'u@s', title: 'x' }] });
  });

  it('asks no further once the source has said no or wait, and keeps what it read before', async () => {
    const answers = await (await open()).read(measures('abc', 'wait', 'abcd', 'abcde'));
    assert.deepEqual(asked, ['abc', 'wait']);
    assert.deepEqual(answers.map(answer => (answer instanceof SourceError ? answer.message : answer.value)), [3, 'Wait.', 'Wait.', 'Wait.']);
  });

  it('throws what stopped it when there is nothing to keep', async () => {
    const source = await open();
    await assert.rejects(source.read(measures('refuse', 'abc')), { message: 'No.' });
    assert.deepEqual(asked, ['refuse']);
  });

  it('lets a bug through as what it is', async () => {
    const source = await open();
    await assert.rejects(source.read(measures('bug')), TypeError);
  });

  it('reads nothing of nothing, and closes what it opened', async () => {
    const source = await open();
    assert.deepEqual(await source.read([]), []);
    await source.close();
    assert.equal(closed, 1);
  });
});
