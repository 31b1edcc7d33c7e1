// What a goal would be by itself.
import assert from 'node:assert/strict';
import { newGoal, type Goal } from '../../src/domain/goal.ts';
import { automaticOf, automaticText } from './automatic.ts';

const ann = { id: 'ann', name: 'Ann' };
const outcome = { kind: 'metric', name: 'Leads', unit: { kind: 'number', name: 'leads' }, direction: 'reach', target: 200 } as const;
const goal = newGoal({ kind: 'key-result', title: 'Grow', outcome, owners: [ann], start: '2026-10-01', end: '2026-12-31' }, { period: '2026-q4', id: 'kr', by: ann, at: '2026-10-01T00:00:00.000Z' });
const at = '2026-11-21T09:00:00.000Z';
const stopped: Goal = { ...goal, mode: 'source', connection: 'c1', value: 10, progress: 5, stopped: { by: ann, at }, heard: { value: 150, raw: '150', asOf: at, readAt: at } };

describe('what a goal would be by itself', () => {
  it('is what its source says, while people hold it elsewhere (C27)', () => {
    assert.deepEqual(automaticOf(stopped), { value: 150, progress: 75 });
    assert.equal(automaticText(goal, automaticOf(stopped)!, 'en-US'), '150 leads (75%)');
  });

  it('is nothing where nothing else says anything', () => {
    assert.equal(automaticOf(goal), undefined);
    assert.equal(automaticOf({ ...stopped, heard: null }), undefined);
    assert.equal(automaticOf({ ...stopped, stopped: null }), undefined);
  });

  it('says no number where there is none', () => {
    assert.equal(automaticText(goal, { value: null, progress: null }, 'en-US'), '–');
  });
});
