// The rhythm of a team is its own, else that of the nearest team above that has one, at last the organization's.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type Rhythm, usualRhythm } from './organization.ts';
import { rhythmOf } from './rhythm.ts';

const weekly: Rhythm = usualRhythm;
const monthly: Rhythm = { every: 'month', week: 'last', days: ['thu', 'fri'], time: '16:30', skipWithinDays: 5 };
const fortnightly: Rhythm = { every: '2-weeks', days: ['wed'], time: '08:00', skipWithinDays: 0 };

describe('the check-in rhythm', () => {
  const organization = { rhythm: weekly, teamsMayChangeRhythm: true };

  it('is Monday at 09:00 where nobody has chosen another', () => {
    assert.deepEqual(rhythmOf([], organization), { every: 'week', days: ['mon'], time: '09:00', skipWithinDays: 0 });
  });

  it('is handed down from the nearest team above that has one', () => {
    assert.equal(rhythmOf([{ rhythm: null }, { rhythm: null }], organization), weekly);
    assert.equal(rhythmOf([{ rhythm: null }, { rhythm: monthly }, { rhythm: fortnightly }], organization), monthly);
    assert.equal(rhythmOf([{ rhythm: fortnightly }, { rhythm: monthly }], organization), fortnightly);
  });

  it('is the organization’s wherever teams may not change it', () => {
    assert.equal(rhythmOf([{ rhythm: fortnightly }, { rhythm: monthly }], { ...organization, teamsMayChangeRhythm: false }), weekly);
  });
});
