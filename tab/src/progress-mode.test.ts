// The marks and words of what moves a goal.
import assert from 'node:assert/strict';
import { progressMode } from './progress-mode.ts';

const link = { integrationName: 'PostgreSQL', connectionName: 'Shop database' };
const goal = { kind: 'key-result', mode: 'manual', stopped: null } as const;
const stopped = { by: { id: 'ada', name: 'Ada' }, at: '2026-11-21T09:00:00.000Z' };

describe('what moves a goal', () => {
  it('has a mark and words of its own: by hand, children, tasks, a data source by its name (C26)', () => {
    const seen = [
      progressMode({ goal, link: null }),
      progressMode({ goal: { ...goal, kind: 'objective', mode: 'roll-up' }, link: null }),
      progressMode({ goal: { ...goal, kind: 'initiative', mode: 'roll-up' }, link: null }),
      progressMode({ goal: { ...goal, mode: 'source' }, link }),
    ];
    assert.deepEqual(seen, [
      { mark: 'by-hand', words: 'By hand' },
      { mark: 'children', words: 'From its children' },
      { mark: 'tasks', words: 'From its tasks' },
      { mark: 'source', words: 'From PostgreSQL, Shop database' },
    ]);
  });

  it('says that automatic updates are stopped, of what and by whom (C26, C27)', () => {
    assert.deepEqual(progressMode({ goal: { ...goal, mode: 'source', stopped }, link }), { mark: 'stopped', words: 'By hand: Ada stopped automatic updates (From PostgreSQL, Shop database)' });
    assert.equal(progressMode({ goal: { ...goal, mode: 'roll-up', stopped }, link: null }).mark, 'stopped');
  });

  it('does not call a goal stopped that people move anyway', () => {
    assert.equal(progressMode({ goal: { ...goal, stopped }, link: null }).mark, 'by-hand');
  });
});
