// Alert marks.
import assert from 'node:assert/strict';
import type { Alert } from '../../src/domain/alert.ts';
import type { AlertLevel } from '../../src/domain/goal.ts';
import { alertMarks } from './alert-marks.ts';

const unowned: Alert = { kind: 'no-owner', level: 'at-risk', text: 'Nobody owns it.' };
const unbegun: Alert = { kind: 'not-begun', level: 'needs-attention', text: 'Nobody has checked in yet.' };
const marks = (alerts: Alert[], alertBelow: AlertLevel | null, muted?: AlertLevel[]) => alertMarks({ alerts, alertBelow }, muted).map(m => [m.drawn, m.level, m.words]);

describe('alert marks', () => {
  it('are none where nothing is the matter', () => {
    assert.deepEqual(marks([], null), []);
  });

  it('are solid for the goal itself and outlined for one below it, each in words (C48)', () => {
    assert.deepEqual(marks([unowned, unbegun], 'needs-attention'), [
      ['solid', 'at-risk', 'At risk: Nobody owns it. Nobody has checked in yet.'],
      ['outline', 'needs-attention', 'A goal under this one needs attention'],
    ]);
    assert.deepEqual(marks([], 'at-risk'), [['outline', 'at-risk', 'A goal under this one is at risk']]);
  });

  it('leave out what somebody does not want to see below a goal, and nothing else', () => {
    assert.deepEqual(marks([unbegun], 'at-risk', ['at-risk']), [['solid', 'needs-attention', 'Needs attention: Nobody has checked in yet.']]);
    assert.deepEqual(marks([], 'needs-attention', ['at-risk']), [['outline', 'needs-attention', 'A goal under this one needs attention']]);
  });
});
