// Scores: suggested by what was done, averaged over those that have one, and looked at by ambition.
import assert from 'node:assert/strict';
import { usualSettings } from './organization.ts';
import { meanScore, scoreLook, suggestedScore, type ScoreLook } from './score.ts';

describe('a score', () => {
  it('is suggested as the part that was done, from 0 to 1 (C43)', () => {
    assert.deepEqual([0, 66.666, 100].map(progress => suggestedScore({ progress })), [0, 0.67, 1]);
  });

  it('is not suggested for a goal without progress: none is not zero (C43)', () => assert.equal(suggestedScore({ progress: null }), null));

  it('of several is the plain mean of those that have one (C32)', () => {
    assert.equal(meanScore([1, 0.5, null]), 0.75);
    assert.equal(meanScore([null, null]), null);
    assert.equal(meanScore([]), null);
  });

  const looks: [number, 'aspirational' | 'committed', ScoreLook][] = [
    [1, 'committed', 'good'], [0.99, 'committed', 'fair'], [0.3, 'committed', 'fair'], [0.29, 'committed', 'poor'],
    [1, 'aspirational', 'too-easy'], [0.81, 'aspirational', 'too-easy'], [0.8, 'aspirational', 'good'], [0.6, 'aspirational', 'good'], [0.59, 'aspirational', 'fair'], [0.1, 'aspirational', 'poor'],
  ];
  for (const [score, ambition, look] of looks) {
    it(`of ${score} looks ${look} on a goal that is ${ambition} (C35, C43)`, () => assert.equal(scoreLook(score, ambition, usualSettings.healthyScores), look));
  }

  it('is judged by the band that the organization has set (C43)', () => assert.equal(scoreLook(0.85, 'aspirational', { from: 0.7, to: 0.9 }), 'good'));
});
