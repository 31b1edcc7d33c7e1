// How privacy comes down from a goal to its key results and initiatives (features.md 1.7, 1.14).
import { type Access, type Goal, type GoalKind, openAccess, refOf } from './goal.ts';
import type { Who } from './organization.ts';

/** Whether a goal of this kind is as private as what it stands under. A child objective has privacy of its own, or none. */
export function inheritsPrivacy(kind: GoalKind): boolean {
  return kind !== 'objective';
}

/** The access that the key results and initiatives under a goal have because of it; `undefined` where it is not private. Its own people become viewers below. */
export function handedDown(goal: Goal): Access | undefined {
  const { access } = goal;
  if (!access.private) return undefined;
  if (access.inheritedFrom) return access;
  const people = [...access.viewers, ...goal.owners, goal.createdBy, ...[goal.delegate, goal.checkInOwner].filter(who => who !== null), ...access.editors];
  return { ...access, viewers: distinct(people), inheritedFrom: refOf(goal) };
}

/** The access of a goal under these parents, where `own` is what it has or was given. What was inherited and is no longer stays: leaving a private goal makes nothing public. */
export function accessUnder(kind: GoalKind, own: Access, parents: readonly Goal[]): Access {
  const inherited = inheritsPrivacy(kind) ? parents.map(handedDown).find(access => access !== undefined) : undefined;
  return inherited ?? (own.inheritedFrom ? { ...own, inheritedFrom: null } : own);
}

/** The access of a key result or initiative once the goal above hands down this; `undefined`: that goal is not private, or no more. */
export function accessFrom(handed: Access | undefined, was: Access): Access {
  return handed ?? (was.inheritedFrom ? openAccess : was);
}

/**
 * Whether an edit decides whose a goal is, or who has rights to it: by naming people, by giving it to a team, or by putting it where others
 * have rights. That asks for `change-owners`. `given`: the access that somebody named; `parents`: those it shall stand under, as they are.
 */
export function givesAway(before: Goal, after: Whose & Pick<Goal, 'kind' | 'parents'>, given: Access | undefined, parents: readonly Goal[]): boolean {
  const whose = ({ owners, checkInOwner, delegate, entity }: Whose) => JSON.stringify([owners, checkInOwner, delegate, entity.kind, entity.kind === 'teams' && entity.teams]);
  const rights = (access: Access) => JSON.stringify([access.private, access.viewers, access.aligners, access.editors]);
  const moves = before.kind !== after.kind || JSON.stringify(before.parents.map(refOf)) !== JSON.stringify(after.parents.map(refOf));
  const access = moves ? accessUnder(after.kind, given ?? before.access, parents) : given ?? before.access;
  return whose(before) !== whose(after) || rights(before.access) !== rights(access);
}

type Whose = Pick<Goal, 'owners' | 'checkInOwner' | 'delegate' | 'entity'>;

/** The sentence and field that refuse where a goal would stand, or how private it would be; `undefined` where nothing is wrong with it. */
export function privacyFault(goal: Pick<Goal, 'kind' | 'access' | 'parents' | 'children'>, parents: readonly Goal[]): { field: 'parents' | 'access'; message: string } | undefined {
  const { access, kind } = goal;
  const inherited = inheritsPrivacy(kind) && parents.some(parent => parent.access.private);
  if (inherited && goal.parents.length > 1) return { field: 'parents', message: `A ${kind === 'initiative' ? 'private initiative' : 'key result of a private objective'} stands under that one goal alone. Choose one.` };
  if (!access.private) {
    return goal.children.some(child => child.kind === 'objective' && child.private)
      ? { field: 'access', message: 'Private objectives stand under this goal. Make them public or take them away first.' } : undefined;
  }
  if (goal.parents.length > 1) return { field: 'access', message: 'A goal that stands under several others cannot be private. Leave it under one of them first.' };
  if (parents.some(parent => !parent.access.private)) return { field: 'parents', message: 'A private goal cannot stand under one that everybody sees. Choose a private one, or none.' };
  return undefined;
}

/** Those in both lists: who may see what is being changed before the change is sure. */
export function inBoth(a: readonly Who[], b: readonly Who[]): Who[] {
  return a.filter(one => b.some(other => other.id === one.id));
}

function distinct(people: readonly Who[]): Who[] {
  return [...new Map(people.map(who => [who.id, who])).values()];
}
