// Goals as people write them, and what becomes of two people writing one.
import assert from 'node:assert/strict';
import { newGoal, type Goal } from '../../src/domain/goal.ts';
import { bodyOf, draftErrors, draftOf, merged, newDraft, outcomeOf, type GoalDraft } from './goal-draft.ts';

const blank = newDraft({ owners: [{ id: 'ann', name: 'Ann' }], parents: [], start: '2026-10-01', end: '2026-12-31' });
const draft: GoalDraft = { ...blank, title: 'Grow', measured: 'metric', metricName: 'Leads', direction: 'increase', from: '100', target: '250' };
const errorsOf = (d: GoalDraft) => {
  const said = bodyOf(d);
  return said.ok ? {} : said.errors;
};

describe('a goal being written', () => {
  it('becomes the body that the API asks for', () => {
    assert.deepEqual(bodyOf(draft), { ok: true, value: {
      kind: 'objective', title: 'Grow', description: '', owners: ['ann'], parents: [], start: '2026-10-01', end: '2026-12-31', mode: 'manual',
      outcome: { kind: 'metric', name: 'Leads', unit: { kind: 'none' }, direction: 'increase', start: 100, target: 250 },
    } });
  });

  it('says at each field what is wrong with it', () => {
    assert.deepEqual(errorsOf({ ...draft, title: ' ' }), { title: 'Give the goal a title.' });
    assert.deepEqual(errorsOf({ ...draft, metricName: '' }), { metricName: 'Name the metric.' });
    assert.deepEqual(errorsOf({ ...draft, start: '' }), { start: 'Choose a date.' });
    assert.deepEqual(Object.keys(errorsOf({ ...draft, from: 'ten' })), ['from']);
    assert.deepEqual(errorsOf({ ...draft, target: '50' }), { target: 'To increase, the target must be above the start.' });
    assert.deepEqual(errorsOf({ ...draft, direction: 'stay-below', risk: '200' }), { risk: 'The risk threshold must be above the target.' });
    assert.deepEqual(errorsOf({ ...draft, unit: 'currency', currency: 'euro' }), { currency: 'Use the three-letter code of the currency, such as EUR.' });
  });

  it('asks for a connection and a measure when a source is to move it', () => {
    assert.deepEqual(errorsOf({ ...draft, mode: 'source' }), { connection: 'Choose the connection to read from.' });
    assert.deepEqual(errorsOf({ ...draft, mode: 'source', connection: 'c1' }), { metric: 'Choose what to measure.' });
    const said = bodyOf({ ...draft, mode: 'source', connection: 'c1', metric: 'value', form: { query: 'select 1' } });
    assert.deepEqual(said.ok && said.value.link, { connection: 'c1', measure: { metric: 'value', form: { query: 'select 1' } } });
  });

  it('takes only the numbers its direction asks for', () => {
    assert.deepEqual(outcomeOf({ ...draft, direction: 'baseline', target: 'nonsense' }), { ok: true, value: { kind: 'metric', name: 'Leads', unit: { kind: 'none' }, direction: 'baseline' } });
    assert.deepEqual(outcomeOf({ ...draft, direction: 'stay-above', risk: '' }), { ok: true, value: { kind: 'metric', name: 'Leads', unit: { kind: 'none' }, direction: 'stay-above', target: 250 } });
  });

  it('comes back from the goal it was saved as', () => {
    const body = bodyOf({ ...draft, mode: 'source', connection: 'c1', metric: 'value', form: { query: 'select 1' } });
    assert.ok(body.ok);
    const { outcome, title, kind } = body.value;
    const ann = { id: 'ann', name: 'Ann' };
    const made = newGoal({ kind, title, outcome, owners: [ann], start: draft.start, end: draft.end }, { period: '2026-q4', id: 'g1', by: ann, at: '2026-10-01T00:00:00.000Z' });
    const goal: Goal = { ...made, mode: 'source', connection: 'c1', tags: ['growth'], entity: { kind: 'organization' } };
    const link = { integration: 'postgresql', integrationName: 'PostgreSQL', connection: 'c1', connectionName: 'Shop', measure: { metric: 'value', form: { query: 'select 1' } }, measureTitle: 'Value', lastSync: null, nextSync: null, problem: null };
    const again = bodyOf(draftOf({ goal, etag: '1', expected: 0, alerts: [], alertBelow: null, automatic: null, weights: {}, suggestedScore: 0, may: { edit: true, checkIn: true, align: true, comment: true, changeOwners: true }, link }));
    assert.deepEqual(again, body);
  });

  it('names of a goal that was there no more than was changed, so that nothing unseen is wiped', () => {
    const said = bodyOf({ ...draft, title: 'Grow faster', end: '2026-12-24' }, draft);
    assert.deepEqual(said.ok && said.value, { kind: 'objective', title: 'Grow faster', end: '2026-12-24', mode: 'manual', outcome: { kind: 'metric', name: 'Leads', unit: { kind: 'none' }, direction: 'increase', start: 100, target: 250 } });
    const moved = bodyOf({ ...draft, parents: [{ period: '2026-q4', id: 'o2' }], owners: [] }, draft);
    assert.deepEqual(moved.ok && [moved.value.parents, moved.value.owners], [[{ period: '2026-q4', id: 'o2' }], []]);
  });

  it('finds its own fields in what the server says', () => {
    assert.deepEqual(draftErrors({ 'outcome.target': 'a', 'link.measure.form.query': 'b', title: 'c', 'form.query': 'd' }), { target: 'a', 'form.query': 'd', title: 'c' });
    assert.deepEqual(draftErrors({ 'link.connection': 'e' }), { connection: 'e' });
  });
});

describe('merged', () => {
  it('keeps my changes and takes in theirs elsewhere', () => {
    const { draft: both, both: contested } = merged(draft, { ...draft, title: 'Grow faster' }, { ...draft, description: 'Why' });
    assert.deepEqual([both.title, both.description, contested], ['Grow faster', 'Why', []]);
  });

  it('names the fields that both changed, and keeps mine there', () => {
    const { draft: both, both: contested } = merged(draft, { ...draft, target: '300' }, { ...draft, target: '400' });
    assert.deepEqual([both.target, contested], ['300', ['target']]);
  });

  it('does not call it a conflict when both wrote the same', () => {
    assert.deepEqual(merged(draft, { ...draft, target: '300' }, { ...draft, target: '300' }).both, []);
  });
});
