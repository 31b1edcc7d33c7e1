// Buckets: what a person may ask at once and in the long run, who else is touched by it, and what is remembered.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Budget, openBudget } from './budget.ts';
import { Refusal } from './refusal.ts';

function isSpent(budget: Budget, person: string): boolean {
  try {
    budget.spend(person);
    return false;
  } catch (error) {
    assert.ok(error instanceof Refusal && error.kind === 'too-many' && error.retryAfter! >= 1);
    return true;
  }
}

describe('a budget', () => {
  it('lets sixty requests through at once, then ten a second, each person on their own', () => {
    let time = 0;
    const budget = openBudget(() => time);
    const through = (person: string) => Array.from({ length: 200 }, () => isSpent(budget, person)).filter(spent => !spent).length;
    assert.equal(through('ada'), 60);
    assert.equal(through('ben'), 60);
    time += 1000;
    assert.equal(through('ada'), 10);
    time += 3_600_000;
    assert.equal(through('ada'), 60);
  });

  it('never lets more through than the burst and the rate allow, however the requests fall', () => {
    fc.assert(fc.property(fc.array(fc.nat(500), { minLength: 100, maxLength: 400 }), pauses => {
      let time = 0;
      const budget = openBudget(() => time);
      let through = 0;
      for (const pause of pauses) {
        time += pause;
        if (!isSpent(budget, 'ada')) through++;
      }
      assert.ok(through <= 60 + time / 100 + 1e-6, `${through} in ${time} ms`);
    }), { numRuns: 100 });
  });

  it('forgets whoever it has not seen for longest, so that its memory has an end', () => {
    const budget = openBudget(() => 0);
    for (let i = 0; i < 60; i++) budget.spend('ada');
    for (let i = 0; i < 9_999; i++) budget.spend(`person ${i}`);
    assert.ok(isSpent(budget, 'ada'), 'ada was forgotten too early');
    for (let i = 0; i < 10_000; i++) budget.spend(`another ${i}`);
    assert.ok(!isSpent(budget, 'ada'), 'ada is still remembered');
  });
});
