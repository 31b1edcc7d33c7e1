// Every status by its colour and by more than its colour.
import assert from 'node:assert/strict';
import { teamsDarkTheme, teamsHighContrastTheme, teamsLightTheme, type Theme } from '@fluentui/react-components';
import { Status, statusNames } from '../../../src/domain/status.ts';
import { hue } from './hue.ts';
import { looks } from './status-look.ts';

const colour = (theme: Theme, status: Status) => hue(theme, looks[status].bar);

describe('the look of a status', () => {
  it('has an icon and a word of its own for every status there is, so that colour is never alone (C22, C23)', () => {
    const icons = Status.options.map(status => looks[status].Icon);
    assert.equal(new Set(icons).size, Status.options.length);
    assert.deepEqual(Status.options.map(status => statusNames[status]), ['Not Started', 'On Track', 'Behind', 'At Risk', 'In Progress', 'Closed', 'Postponed', 'Reopened']);
  });

  for (const [name, theme] of [['light', teamsLightTheme], ['dark', teamsDarkTheme]] as const) {
    it(`is green on track, orange behind, red at risk, and grey once ended: ${name} (C23)`, () => {
      assert.deepEqual((['on-track', 'behind', 'at-risk', 'closed', 'postponed'] as const).map(status => colour(theme, status)), ['green', 'orange', 'red', 'grey', 'grey']);
    });
  }

  it('leaves colour to whoever set a high contrast', () => {
    assert.deepEqual(new Set(Status.options.map(status => colour(teamsHighContrastTheme, status))), new Set(['grey']));
  });
});
