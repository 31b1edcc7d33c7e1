// Goals as people write them, and what becomes of two people writing one.
import assert from 'node:assert/strict';
import { newGoal, type Goal } from '../../src/domain/goal.ts';
import { usualModel, type OkrModel } from '../../src/domain/organization.ts';
import { bodyOf, draftErrors, draftOf, fitted, merged, newDraft, offered, outcomeOf, parentFault, parentKinds, type GoalDraft } from './goal-draft.ts';

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

  describe('offers what the organization’s model allows', () => {
    const mixed: OkrModel = { ...usualModel, kind: 'interchangeable' };
    const keyResult: GoalDraft = { ...draft, kind: 'key-result' };
    const at = { period: 'q4', id: 'g1', by: { id: 'ann', name: 'Ann' }, at: '2026-10-01T00:00:00.000Z' };
    const goal = (change: Partial<Goal>): Goal => ({ ...newGoal({ kind: 'objective', title: 'Grow', owners: [], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' } }, at), ...change });

    it('objectives of the classic model count percent complete, by hand or from their children', () => {
      assert.deepEqual(offered(blank, undefined, usualModel), { measured: ['percent'], modes: ['manual', 'roll-up'] });
      assert.deepEqual(offered(keyResult, undefined, usualModel), { measured: ['percent', 'metric'], modes: ['manual', 'roll-up', 'source'] });
      assert.deepEqual(offered(draft, undefined, mixed), { measured: ['percent', 'metric'], modes: ['manual', 'roll-up', 'source'] });
    });

    it('tasks move an initiative that counts percent complete alone', () => {
      const initiative: GoalDraft = { ...draft, kind: 'initiative' };
      assert.deepEqual(offered(initiative, undefined, usualModel).modes, ['manual', 'source']);
      assert.deepEqual(offered({ ...initiative, measured: 'percent' }, undefined, usualModel).modes, ['manual', 'roll-up', 'source']);
    });

    it('takes back what was chosen for another kind', () => {
      assert.deepEqual(fitted({ ...keyResult, mode: 'source' }, undefined, usualModel), { ...keyResult, mode: 'source' });
      const objective = fitted({ ...keyResult, mode: 'source', kind: 'objective' }, undefined, usualModel);
      assert.deepEqual([objective.measured, objective.mode, objective.metricName], ['percent', 'manual', 'Leads']);
    });

    it('leaves an older goal what it had, until its kind or way of measuring changes', () => {
      const older = goal({ mode: 'source', outcome: { kind: 'metric', name: 'Leads', unit: { kind: 'none' }, direction: 'increase', start: 1, target: 2 } });
      const edited: GoalDraft = { ...draft, mode: 'source' };
      assert.deepEqual(offered(edited, older, usualModel), { measured: ['percent', 'metric'], modes: ['manual', 'roll-up', 'source'] });
      assert.deepEqual(offered({ ...edited, direction: 'decrease' }, older, usualModel).modes, ['manual', 'roll-up']);
      assert.deepEqual(offered(edited, { ...older, kind: 'key-result' }, usualModel), { measured: ['percent'], modes: ['manual', 'roll-up'] });
    });

    it('parents of a kind under which it may stand', () => {
      assert.deepEqual(parentKinds('objective', usualModel), ['objective']);
      assert.deepEqual(parentKinds('initiative', usualModel), ['objective', 'key-result']);
      assert.deepEqual(parentKinds('objective', { ...usualModel, objectivesUnderKeyResults: true }), ['objective', 'key-result']);
      const above = goal({ kind: 'key-result', id: 'above' });
      assert.match(parentFault({ kind: 'objective' }, [above], undefined, usualModel)!, /do not stand under Key results here/);
      assert.equal(parentFault({ kind: 'initiative' }, [above], undefined, usualModel), undefined);
      const under = goal({ parents: [{ period: above.period, id: above.id }] });
      assert.equal(parentFault({ kind: 'objective' }, [above], under, usualModel), undefined, 'an older goal may stay where it stands');
      assert.notEqual(parentFault({ kind: 'key-result' }, [above], under, usualModel), undefined);
    });
  });
});
