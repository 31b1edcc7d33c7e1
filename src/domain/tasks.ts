// The tasks of an initiative: how much of them is done, and what a new list changes (features.md 1.1, 1.10).
import type { Task } from './goal.ts';

/** What happened to tasks between two lists, by their names. */
export interface TaskNews { completed: string[]; reopened: string[]; added: string[]; removed: string[] }

/** How much of the tasks is done, in percent; `null` without tasks, for of nothing there is no part. */
export function doneOf(tasks: readonly Task[]): number | null {
  return tasks.length === 0 ? null : (tasks.filter(t => t.done).length / tasks.length) * 100;
}

/** What became of the tasks; `undefined` where none came, went, was done or taken up again. A task that comes done is added and completed. */
export function taskNews(before: readonly Task[], after: readonly Task[]): TaskNews | undefined {
  const was = new Map(before.map(t => [t.id, t]));
  const is = new Set(after.map(t => t.id));
  const names = (tasks: readonly Task[]) => tasks.map(t => t.name);
  const news: TaskNews = {
    completed: names(after.filter(t => t.done && !was.get(t.id)?.done)),
    reopened: names(after.filter(t => !t.done && was.get(t.id)?.done)),
    added: names(after.filter(t => !was.has(t.id))),
    removed: names(before.filter(t => !is.has(t.id))),
  };
  return Object.values(news).some(list => list.length > 0) ? news : undefined;
}
