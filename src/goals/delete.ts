// Deleting a goal that nothing stands under. What others remember of it goes afterwards (afterwards.ts).
import { type Goal, refOf } from '../domain/goal.ts';
import { Refusal } from '../refusal.ts';
import { Conflict, type Stored, remove } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { outgoingStep } from '../sync/move.ts';
import { type Actor, type DeedDeps, decisionsOf } from './actor.ts';

/**
 * The word comes first: should we die between the two writes, the outbox knows whether the goal is gone, and what is left to do.
 * Throws `Conflict` when the goal was changed meanwhile, by a child that is about to stand under it for one.
 */
export async function deleteGoal({ scope, by }: Actor, deps: DeedDeps, { body: goal, etag }: Stored<Goal>): Promise<void> {
  if (goal.children.length > 0) throw new Refusal('bad-request', 'Other goals stand under this one. Move or delete them first.');
  const word = {
    kind: 'deleting' as const, id: `z:${goal.id}:${deps.newId()}`, goal: refOf(goal), at: deps.now().toISOString(), by,
    title: goal.title, parents: goal.parents, connection: goal.connection, before: decisionsOf(goal), private: goal.access.private,
  };
  await deps.store.transact([outgoingStep(scope, word)]);
  try {
    await deps.store.transact([remove(rows.goal, keys.goal(scope, goal), etag)]);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    if (!await deps.store.get(rows.goal, keys.goal(scope, goal))) return; // it is gone: by somebody else, or by us, and the answer got lost
    await deps.store.transact([remove(rows.outgoing, keys.outgoing(scope, goal.period, word.id))]);
    throw error;
  }
}
