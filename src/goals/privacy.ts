// Handing privacy down: the key results and initiatives under a goal are as private as it is, before it is and for as long as it is.
import type { Afterword } from '../chat/message.ts';
import type { Instant } from '../domain/date.ts';
import { type Access, type Child, type Goal, type GoalRef, nameOf, refOf, sameRef } from '../domain/goal.ts';
import type { Scope, Who } from '../domain/organization.ts';
import { accessFrom, handedDown, inBoth, inheritsPrivacy } from '../domain/privacy.ts';
import { wrongField } from '../refusal.ts';
import { goalsAt } from '../store/bodies.ts';
import { type Store, remove } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { outgoingStep, redrawStep } from '../sync/move.ts';
import { type AlignDeps, rewrite, tellParents } from './alignment.ts';

/** The most goals that privacy comes down to at once. */
const mostBelow = 500;

/** The word that privacy is being handed down from a goal: if whoever does it dies, the outbox does it again, from what the goal then says. */
export type HandingDown = Extract<Afterword, { kind: 'handing-down' }>;

/** What has to be handed down because of a change. Nothing where no goal below inherits. */
export interface Descent { word: HandingDown; before: Access | undefined; after: Access | undefined; children: readonly Child[] }

export function descentOf(before: Goal, after: Goal, at: Instant, id: string): Descent | undefined {
  const [was, is] = [handedDown(before), handedDown(after)];
  if (JSON.stringify(was) === JSON.stringify(is) || !after.children.some(child => inheritsPrivacy(child.kind))) return undefined;
  return { word: { kind: 'handing-down', id: `y:${id}`, goal: refOf(after), at }, before: was, after: is, children: after.children };
}

/** Before the goal itself is written: whoever loses sight of it loses sight of all below first, and nobody gains any yet. Refuses where that cannot be. */
export async function narrow(deps: AlignDeps, scope: Scope, { word, before, after, children }: Descent): Promise<void> {
  if (after) {
    const below = await goalsBelow(deps.store, scope, children);
    const several = below.filter(goal => goal.parents.length > 1).length;
    if (several > 0) throw wrongField('access', `Key results of a private goal stand under it alone, and ${several === 1 ? 'one of these stands' : `${several} of these stand`} under others too. Take them away from there first.`);
  }
  await deps.store.transact([outgoingStep(scope, word)]);
  if (after) await handDown(deps, scope, [word.goal], children, before ? seenByBoth(after, before) : after);
}

/** After the goal itself was written, or could not be: all below becomes what it says. */
export async function settleDescent(deps: AlignDeps, scope: Scope, word: HandingDown): Promise<void> {
  await settleBelow(deps, scope, [word.goal]);
  await deps.store.transact([remove(rows.outgoing, keys.outgoing(scope, word.goal.period, word.id))]);
}

/** Below the last of this path. Looks again afterwards: who made that goal private or public meanwhile may have come below before us. */
async function settleBelow(deps: AlignDeps, scope: Scope, path: readonly GoalRef[]): Promise<void> {
  const read = async () => (await deps.store.get(rows.goal, keys.goal(scope, path.at(-1)!)))?.body;
  let goal = await read();
  while (goal) {
    const handed = handedDown(goal);
    await handDown(deps, scope, path, goal.children, handed);
    const now = await read();
    goal = now && JSON.stringify(handedDown(now)) !== JSON.stringify(handed) ? now : undefined;
  }
}

/** Gives an access to those that stand under the last of this path, and theirs to those under them. */
async function handDown(deps: AlignDeps, scope: Scope, path: readonly GoalRef[], children: readonly Child[], access: Access | undefined): Promise<void> {
  const at = deps.now().toISOString();
  const inherits = (goal: Goal) => inheritsPrivacy(goal.kind) && goal.parents.some(parent => sameRef(parent, path.at(-1)));
  for (const child of children.filter(c => inheritsPrivacy(c.kind) && !path.some(ref => sameRef(ref, c)))) {
    const goal = await rewrite(deps.store, scope, child, was => {
      const next = { ...was, access: accessFrom(access, was.access) };
      const isAsItShall = !inherits(was) || JSON.stringify(next.access) === JSON.stringify(was.access); // what has moved away is as private as what it stands under now
      return isAsItShall ? undefined : { goal: next, steps: [...tellParents(scope, was, was.parents, at), ...redrawStep(scope, was, at)] };
    });
    if (goal && inherits(goal)) await settleBelow(deps, scope, [...path, refOf(goal)]);
  }
}

/** The goals that privacy comes down to: key results and initiatives, and those under them. */
async function goalsBelow(store: Store, scope: Scope, children: readonly Child[]): Promise<Goal[]> {
  const found = new Map<string, Goal>();
  let level = children;
  while (level.length > 0) {
    const refs = level.filter(child => inheritsPrivacy(child.kind) && !found.has(nameOf(child)));
    if (found.size + refs.length > mostBelow) throw wrongField('access', `More than ${mostBelow} goals stand under this one. Move some of them away first.`);
    const goals = await goalsAt(store, scope, refs);
    for (const goal of goals) found.set(nameOf(goal), goal);
    level = goals.flatMap(goal => goal.children);
  }
  return [...found.values()];
}

/** `after`, without those who could not see it before. */
function seenByBoth(after: Access, before: Access): Access {
  const saw: Who[] = [...before.viewers, ...(before.aligners ?? []), ...before.editors];
  return { ...after, viewers: inBoth(after.viewers, saw), aligners: after.aligners && inBoth(after.aligners, saw), editors: inBoth(after.editors, saw) };
}
