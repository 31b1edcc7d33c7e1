// Changing a goal: what its people decide anew, and all that follows for its value, its parents, its link and those who may see what is under it.
import { isDeepStrictEqual } from 'node:util';
import { type Faults, faultsOf, misplacementOf, nestingFault } from '../domain/draft.ts';
import { edit } from '../domain/edit.ts';
import { type Goal, type GoalRef, refOf, sameRef } from '../domain/goal.ts';
import { accessUnder } from '../domain/privacy.ts';
import { Refusal } from '../refusal.ts';
import { goalsAt } from '../store/bodies.ts';
import { Conflict, type Step, type Stored, put, remove, replace } from '../store/store.ts';
import { type Link, keys, rows } from '../store/tables.ts';
import { checkInSteps, redrawStep } from '../sync/move.ts';
import { type Actor, type DeedDeps, auditStep, changesOf, feedStep, judgementOf } from './actor.ts';
import { type Aligning, agree, announce, refuseCycle, rewrite, tellParents } from './alignment.ts';
import { type Wanted, accessFaults, linked, nestingFaults, newLink, refuseFaults } from './make.ts';
import { stretchPeriod } from './period.ts';
import { type Descent, descentOf, narrow, settleDescent } from './privacy.ts';

/** The changed goal, and whether its source has to be read now because it is another one. `undefined`: there was nothing to change. */
export interface Changed { goal: Goal; relinked: boolean }

/**
 * Throws `Conflict` when somebody else was faster; nothing has changed then. `linkedBefore` is the link that fed the goal until now.
 */
export async function changeGoal(actor: Actor, deps: DeedDeps, stored: Stored<Goal>, wanted: Wanted, linkedBefore: Link | undefined): Promise<Changed | undefined> {
  const { scope } = actor;
  const { source } = wanted;
  const before = stored.body;
  const access = accessUnder(wanted.draft.kind, wanted.access ?? before.access, wanted.parents);
  const draft = { ...wanted.draft, access };
  const added = without(draft.parents, before.parents);
  refuseFaults({ ...faultsOf(draft, before, actor.organization.model), ...standingFaults(actor, before, wanted, added), ...privacyFaults(before, { ...wanted, draft }) });
  if (added.length > 0) await refuseCycle(deps.store, scope, before, added);

  const at = deps.now().toISOString();
  const remeasured = source !== undefined && !isDeepStrictEqual(linkedBefore?.measure, source.measure);
  const placed = { ...before, misplaced: misplacementOf(draft, wanted.period, wanted.parents) };
  const edited = edit(placed, draft, { connection: source?.connection.id ?? null, remeasured }, judgementOf(actor, at));
  if (edited.fields.length === 0) return undefined;
  const link = source && (remeasured || before.connection !== edited.goal.connection) ? newLink(actor, deps, before, source) : undefined;
  const goal: Goal = { ...edited.goal, link: link?.id ?? (source ? before.link : undefined) };
  const changes = changesOf(before, goal);
  await stretchPeriod(deps.store, scope, goal);

  const word: Aligning | undefined = added.length > 0 ? { kind: 'aligning', id: `p:${before.id}:${deps.newId()}`, goal: refOf(before), at, parents: added } : undefined;
  const descent = descentOf(before, goal, at, deps.newId());
  const steps = [
    replace(rows.goal, keys.goal(scope, before), goal, stored.etag),
    feedStep(actor, goal, at, deps.newId(), { kind: 'edited', fields: edited.fields }),
    ...(source && link ? [feedStep(actor, goal, at, deps.newId(), linked(source))] : []),
    ...(before.connection !== null && !source ? await unlinkedStep(actor, deps, before, before.connection, at) : []),
    ...(edited.checkIn ? checkInSteps(scope, before, goal, edited.checkIn) : redrawStep(scope, goal, at)),
    ...tellParents(scope, before, [...goal.parents, ...before.parents], at),
    auditStep(actor, goal.access.private ? goal : before, 'goal.changed', changes.before, changes.after, at, deps.newId()),
  ];
  await announced(actor, deps, { before, goal, word, descent }, () => writeWithLink(actor, deps, before, goal, link, steps));
  if (word && await agree(deps, scope, word) === 'conflict') {
    await takeBack(actor, deps, before, without(before.parents, goal.parents));
    throw new Refusal('conflict', 'parents: Somebody aligned another goal at the same moment, and both together would have formed a circle. This goal stands where it stood before; look again and choose where it shall stand.');
  }
  if (descent) await settleDescent(deps, scope, descent.word);
  return { goal, relinked: link !== undefined };
}

/** An older goal may stand where the model would not let a new one stand. */
function standingFaults({ organization: { model } }: Actor, before: Goal, { draft, parents }: Wanted, added: readonly GoalRef[]): Faults {
  const rekinded = before.kind !== draft.kind;
  const judged = rekinded ? parents : parents.filter(parent => added.some(ref => sameRef(ref, parent)));
  const below = rekinded ? before.children.map(child => nestingFault(child.kind, draft.kind, model)).find(message => message !== undefined) : undefined;
  return { ...nestingFaults(draft.kind, judged, model), ...(below === undefined ? {} : { kind: `What stands under this goal could not stay there. ${below}` }) };
}

function privacyFaults(before: Goal, wanted: Wanted): Faults {
  const { kind, parents, access } = wanted.draft;
  const touched = wanted.access !== undefined || kind !== before.kind || !isDeepStrictEqual(parents, before.parents) || !isDeepStrictEqual(access, before.access);
  return touched ? accessFaults(wanted, access, before.children) : {};
}

/** Tells those whom the write concerns beforehand; where it fails for a conflict, they are told that it did. After any other failure the outbox finds out. */
async function announced(
  { scope }: Actor, deps: DeedDeps, { before, goal, word, descent }: { before: Goal; goal: Goal; word: Aligning | undefined; descent: Descent | undefined }, write: () => Promise<void>,
): Promise<void> {
  if (descent) await narrow(deps, scope, descent);
  try {
    if (word) await announce(deps, scope, word, { ...before, ...goal });
    await write();
  } catch (error) {
    if (!(error instanceof Conflict) && !(error instanceof Refusal)) throw error;
    if (word) await agree(deps, scope, word);
    if (descent) await settleDescent(deps, scope, descent.word);
    throw error;
  }
}

/** A link beside the old one goes first, and one in its place last: whichever write is the last to happen, the old link never feeds the new outcome. */
async function writeWithLink({ scope }: Actor, { store }: DeedDeps, before: Goal, goal: Goal, link: Link | undefined, steps: Step[]): Promise<void> {
  const moved = before.connection !== goal.connection;
  const linkStep = link ? [put(rows.link, keys.link(scope, link.connection, before), link)] : [];
  if (moved) await store.transact(linkStep);
  await store.transact(steps);
  if (!moved) await store.transact(linkStep);
  if (moved && before.connection !== null) await store.transact([remove(rows.link, keys.link(scope, before.connection, before))]);
}

/** The goal goes back under the parents that it left, if they are still there. */
async function takeBack({ scope }: Actor, deps: DeedDeps, goal: Goal, left: readonly GoalRef[]): Promise<void> {
  const parents = (await goalsAt(deps.store, scope, left)).map(refOf);
  if (parents.length === 0) return;
  const at = deps.now().toISOString();
  const word: Aligning = { kind: 'aligning', id: `p:${goal.id}:${deps.newId()}`, goal: refOf(goal), at, parents };
  await announce(deps, scope, word, goal);
  await rewrite(deps.store, scope, goal, body => ({ goal: { ...body, parents: [...body.parents, ...without(parents, body.parents)] }, steps: tellParents(scope, goal, parents, at) }));
  await agree(deps, scope, word);
}

async function unlinkedStep(actor: Actor, deps: DeedDeps, goal: Goal, id: string, at: string): Promise<Step[]> {
  const connection = await deps.store.get(rows.connection, keys.connection(actor.scope, id));
  return connection ? [feedStep(actor, goal, at, deps.newId(), { kind: 'unlinked', connection: connection.body.name })] : [];
}

function without(refs: readonly GoalRef[], others: readonly GoalRef[]): GoalRef[] {
  return refs.filter(ref => !others.some(other => sameRef(ref, other)));
}
