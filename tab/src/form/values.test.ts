// Forms of connectors as they are filled in.
import assert from 'node:assert/strict';
import type { Field } from '../../../src/api.ts';
import { isPicked, neededFirst, read, textsOf, withText } from './values.ts';

const field = (name: string, more: Partial<Field> = {}): Field => ({ name, kind: 'text', title: name.toUpperCase(), help: '', required: true, ...more });
const app = field('app', { kind: 'lookup', lookup: 'apps' });
const view = field('view', { kind: 'lookup', lookup: 'views', dependsOn: ['app'] });
const column = field('column', { kind: 'lookup', lookup: 'columns', dependsOn: ['view'] });

describe('the values of a form', () => {
  it('starts with stored values, else with what the field suggests', () => {
    assert.deepEqual(textsOf([field('host'), field('port', { kind: 'number', initial: 5432 })], { host: 'db' }), { host: 'db', port: '5432' });
  });

  it('forgets what was picked from a lookup when something it depends on changes', () => {
    const texts = { app: 'sales', view: 'v1', 'title:view': 'View one', column: 'c1' };
    assert.deepEqual(withText([app, view, column], texts, 'app', 'service', 'Service'), { app: 'service', 'title:app': 'Service', view: '', column: '' });
    assert.deepEqual(withText([app, view, column], texts, 'app', 'sales'), texts);
  });

  it('says what a lookup waits for', () => {
    assert.deepEqual(neededFirst([app, view, column], { app: '' }, view), ['APP']);
    assert.deepEqual(neededFirst([app, view, column], { app: 'sales' }, view), []);
  });

  it('names every field that is missing or no number', () => {
    const fields = [field('host'), field('port', { kind: 'number' }), field('note', { required: false })];
    assert.deepEqual(read(fields, { host: ' ', port: 'abc' }), { ok: false, errors: { host: 'HOST is needed.', port: 'Write a number such as 1250.5: a point for decimals, no thousands separators.' } });
    assert.deepEqual(read(fields, { host: 'db', port: '5432', note: '' }), { ok: true, values: { host: 'db', port: 5432 } });
  });

  it('keeps a query as it was typed', () => {
    assert.deepEqual(read([field('query', { kind: 'code' })], { query: ' select 1\n' }), { ok: true, values: { query: ' select 1\n' } });
  });

  it('asks by itself only where everything is picked', () => {
    assert.equal(isPicked([app, view]), true);
    assert.equal(isPicked([app, field('query', { kind: 'code' })]), false);
    assert.equal(isPicked([]), false);
  });
});
