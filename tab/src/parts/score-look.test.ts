// The colours of scores.
import assert from 'node:assert/strict';
import { teamsDarkTheme, teamsLightTheme } from '@fluentui/react-components';
import { usualSettings } from '../../../src/domain/organization.ts';
import { scoreLook } from '../../../src/domain/score.ts';
import { hue } from './hue.ts';
import { scoreLooks } from './score-look.ts';

describe('the look of a score', () => {
  for (const [name, theme] of [['light', teamsLightTheme], ['dark', teamsDarkTheme]] as const) {
    const colour = (score: number, ambition: 'aspirational' | 'committed') => hue(theme, scoreLooks[scoreLook(score, ambition, usualSettings.healthyScores)].color);
    it(`is green for a committed goal reached whole, and orange for an aspirational one: ${name} (C43)`, () => {
      assert.deepEqual([colour(1, 'committed'), colour(1, 'aspirational')], ['green', 'orange']);
      assert.deepEqual([colour(0.8, 'aspirational'), colour(0.1, 'aspirational'), colour(0.1, 'committed')], ['green', 'red', 'red']);
    });
  }

  it('never says it by colour alone (C43)', () => {
    const looks = Object.values(scoreLooks);
    assert.deepEqual([new Set(looks.map(l => l.Icon)).size, new Set(looks.map(l => l.words)).size], [looks.length, looks.length]);
  });
});
