// What a goal would be by itself, in words.
import assert from 'node:assert/strict';
import { automaticText } from './automatic.ts';

const metric = { kind: 'metric', name: 'Leads', unit: { kind: 'number', name: 'leads' }, direction: 'reach', target: 200 } as const;

describe('what a goal would be by itself', () => {
  it('is said in its own unit, and how far that is', () => {
    assert.equal(automaticText({ outcome: metric }, { value: 150, progress: 75 }, 'en-US'), '150 leads (75%)');
    assert.equal(automaticText({ outcome: { kind: 'percent' } }, { value: 75, progress: 75 }, 'en-US'), '75%');
  });

  it('says no number where there is none', () => {
    assert.equal(automaticText({ outcome: metric }, { value: null, progress: null }, 'en-US'), '–');
  });
});
