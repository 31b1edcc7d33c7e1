// An initiative's task list: each task is added, changed and completed by itself, so that two people at it do not undo one another.
import type { Change } from '../../domain/check-in.ts';
import { type Goal, type Task, mostTasks } from '../../domain/goal.ts';
import type { Who } from '../../domain/organization.ts';
import { isEnded } from '../../domain/status.ts';
import { keys, rows } from '../../store/tables.ts';
import type { Caller } from '../caller.ts';
import { Refusal, wrongField } from '../refusal.ts';
import { changeableGoal } from './goal-view.ts';
import type { Deps, Handlers } from './handler.ts';
import { moved } from './moved.ts';

export const tasks = {
  addTask: async ({ params, body }, caller, deps) => {
    const goal = await initiative(params, caller, deps);
    if (goal.tasks.length >= mostTasks) throw new Refusal('bad-request', `An initiative has at most ${mostTasks} tasks. Delete some, or make another initiative.`);
    const task: Task = { id: deps.newId(), name: body.name, owner: await ownerOf(body.owner, null, caller, deps), due: body.due ?? null, done: body.done ?? false };
    return moved(params, 'goal.tasks-changed', listing(all => placed([...all.filter(t => t.id !== task.id), task], task.id, body.before)), caller, deps);
  },

  changeTask: async ({ params, body }, caller, deps) => {
    const goal = await initiative(params, caller, deps);
    const was = known(goal.tasks, params.task);
    const owner = await ownerOf(body.owner, was.owner, caller, deps);
    const { before, owner: _, ...named } = body;
    const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
    return moved(params, 'goal.tasks-changed', listing(all => {
      known(all, params.task);
      const changed = all.map(task => (task.id === params.task ? { ...task, ...given, ...(body.owner === undefined ? {} : { owner }) } : task));
      return before === undefined ? changed : placed(changed, params.task, before);
    }), caller, deps);
  },

  deleteTask: async ({ params }, caller, deps) => {
    known((await initiative(params, caller, deps)).tasks, params.task);
    return moved(params, 'goal.tasks-changed', listing(all => all.filter(task => task.id !== params.task)), caller, deps);
  },
} satisfies Partial<Handlers>;

async function initiative(params: { period: string; goal: string }, caller: Caller, deps: Deps): Promise<Goal> {
  const { body: goal } = await changeableGoal(params, 'check-in', caller, deps);
  if (goal.kind !== 'initiative') throw new Refusal('bad-request', 'Only initiatives have tasks.');
  if (isEnded(goal.status)) throw new Refusal('bad-request', 'This goal is closed. Reopen it to change its tasks.');
  return goal;
}

/** Decides on the list as it stands when it is written. */
function listing(decide: (tasks: Task[]) => Task[]): (goal: Goal) => Change {
  return goal => ({ kind: 'tasks', tasks: decide(goal.tasks) });
}

function known(all: readonly Task[], id: string): Task {
  const task = all.find(t => t.id === id);
  if (!task) throw new Refusal('not-found', 'There is no such task. It may have been deleted.');
  return task;
}

/** With the task before another, or last. */
function placed(all: readonly Task[], id: string, before: string | undefined): Task[] {
  const task = all.find(t => t.id === id)!;
  const others = all.filter(t => t.id !== id);
  const at = before === undefined ? others.length : others.findIndex(t => t.id === before);
  if (at < 0) throw wrongField('before', 'There is no such task. It may have been deleted.');
  return others.toSpliced(at, 0, task);
}

async function ownerOf(id: string | null | undefined, was: Who | null, caller: Caller, deps: Deps): Promise<Who | null> {
  if (id === undefined || id === null) return id === null ? null : was;
  const person = await deps.store.get(rows.person, keys.person(caller.scope, id));
  if (!person) throw wrongField('owner', 'There is no such person in this organization.');
  return { id, name: person.body.name };
}
