// How numbers read: with their unit, never rounded into something else, and never made up.
import assert from 'node:assert/strict';
import type { Outcome, Unit } from '../domain/outcome.ts';
import { newGoal } from '../domain/goal.ts';
import { goalFacts, percentText, quantity, sentence, targetText, valueText } from './facts.ts';
import type { GoalFacts } from './message.ts';

const signups: Unit = { kind: 'number', name: 'signups' };
const none: Unit = { kind: 'none' };

describe('facts', () => {
  for (const [value, unit, text] of [
    [1234.5, signups, '1,234.5 signups'], [20_000, { kind: 'currency', code: 'EUR' }, 'EUR 20,000'], [63, { kind: 'percent' }, '63 %'], [7, { kind: 'number', name: '' }, '7'],
    [0, none, '0'], [-3, none, '-3'], [0.004, none, '0.004'], [0.1 + 0.2, none, '0.3'], [1_000_000.126, none, '1,000,000.13'], [-0.00042, none, '-0.00042'],
  ] as [number, Unit, string][]) it(`writes ${value} as ${text}`, () => assert.equal(quantity(value, unit), text));

  for (const [progress, text] of [[0, '0 %'], [0.2, '1 %'], [42.4, '42 %'], [99.6, '99 %'], [100, '100 %']] as const) {
    it(`writes ${progress} percent as ${text}: begun is not 0 and nearly is not done`, () => assert.equal(percentText(progress), text));
  }

  const metric = { kind: 'metric', name: 'Signups', unit: signups } as const;
  for (const [outcome, text] of [
    [{ kind: 'percent' }, 'to 100 %'],
    [{ ...metric, direction: 'reach', target: 500 }, 'to 500 signups'],
    [{ ...metric, direction: 'increase', start: 0, target: 500 }, 'from 0 to 500 signups'],
    [{ ...metric, direction: 'decrease', start: 9, target: 3 }, 'from 9 to 3 signups'],
    [{ ...metric, direction: 'stay-above', target: 5 }, 'to stay above 5 signups'],
    [{ ...metric, direction: 'stay-below', target: 20, risk: 30 }, 'to stay below 20 signups'],
    [{ ...metric, direction: 'baseline' }, 'to find a baseline'],
  ] as [Outcome, string][]) it(`says "${text}" for what done means`, () => assert.equal(targetText(outcome), text));

  it('says that there is no value where there is none', () => {
    assert.equal(valueText({ kind: 'percent' }, null), 'No value yet');
    assert.equal(valueText({ kind: 'percent' }, 0), '0 %');
  });

  describe('the sentence', () => {
    const facts = (changes: Partial<GoalFacts>): GoalFacts => ({
      ref: { period: '2026-q4', id: 'g1' }, kind: 'key-result', title: 'Grow', owner: 'Ann', period: 'Q4 2026', outcome: { ...metric, direction: 'reach', target: 500 },
      value: 210, progress: 42, expected: 56, status: 'behind', asOf: null, ...changes,
    });
    const control: Outcome = { ...metric, direction: 'stay-below', target: 20 };
    for (const [rule, changes, text] of [
      ['measures progress against the day', {}, 'Grow: Behind, 42 % of 56 % expected'],
      ['names the value where only the value counts', { outcome: control, value: 24, progress: 0, status: 'at-risk' }, 'Grow: At Risk, 24 signups to stay below 20 signups'],
      ['expects nothing of a goal that has ended', { status: 'closed' }, 'Grow: Closed, 42 % done'],
      ['makes up no number', { value: null, progress: null, status: 'not-started' }, 'Grow: Not Started, No value yet'],
    ] as [string, Partial<GoalFacts>, string][]) it(rule, () => assert.equal(sentence(facts(changes)), text));
  });

  it('judges expected progress on the organization’s day', () => {
    const ann = { id: 'ann', name: 'Ann' };
    const goal = newGoal(
      { kind: 'objective', title: 'Grow', description: '', owners: [ann], parents: [], start: '2026-10-01', end: '2026-10-11', outcome: { kind: 'percent' }, mode: 'manual' },
      { period: '2026-q4', id: 'g1', by: ann, at: '2026-10-01T00:00:00.000Z' },
    );
    const facts = goalFacts({ goal, period: 'Q4 2026', today: '2026-10-06' });
    assert.equal(facts.expected, 50);
    assert.equal('source' in facts, false);
    assert.deepEqual(facts.ref, { period: '2026-q4', id: 'g1' });
  });
});
