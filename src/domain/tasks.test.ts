// An initiative's tasks: how much is done, and what a new list says about the old one.
import assert from 'node:assert/strict';
import type { Task } from './goal.ts';
import { doneOf, taskNews } from './tasks.ts';

const task = (id: string, done = false): Task => ({ id, name: `Task ${id}`, owner: null, due: null, done });

describe('tasks', () => {
  it('are done by their number, and without any there is no part to be done (C41)', () => {
    assert.deepEqual([[], [task('a')], [task('a', true), task('b'), task('c'), task('d')], [task('a', true)]].map(doneOf), [null, 0, 25, 100]);
  });

  it('say which were completed, taken up again, added and removed (C40, C41)', () => {
    const before = [task('a'), task('b', true), task('c'), task('d')];
    const after = [task('e'), task('a', true), task('b'), task('d'), task('f', true)];
    assert.deepEqual(taskNews(before, after), { completed: ['Task a', 'Task f'], reopened: ['Task b'], added: ['Task e', 'Task f'], removed: ['Task c'] });
  });

  it('say nothing when they are only renamed, moved, handed over or put off', () => {
    const before = [task('a'), task('b', true)];
    const after = [{ ...task('b', true), name: 'Other', owner: { id: 'ann', name: 'Ann' } }, { ...task('a'), due: '2027-01-01' }];
    assert.equal(taskNews(before, after), undefined);
  });
});
