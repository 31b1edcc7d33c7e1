// Making a goal: it, its link and the word to its parents come into being together.
import { alertLevelOf } from '../domain/alert.ts';
import type { Judgement } from '../domain/check-in.ts';
import { type Faults, faultsOf, misplacementOf, nestingFault } from '../domain/draft.ts';
import { type Access, type Goal, type GoalDraft, newGoal, openAccess, refOf } from '../domain/goal.ts';
import type { OkrModel } from '../domain/organization.ts';
import type { Period } from '../domain/period.ts';
import { accessUnder, privacyFault } from '../domain/privacy.ts';
import { Refusal } from '../refusal.ts';
import { insert } from '../store/store.ts';
import { type Connection, type Link, type Measure, keys, rows } from '../store/tables.ts';
import { type Actor, type DeedDeps, auditStep, decisionsOf, feedStep, judgementOf } from './actor.ts';
import { type Aligning, agree, announce, refuseCycle, tellParents } from './alignment.ts';
import { stretchPeriod } from './period.ts';

/** What shall feed a goal. */
export interface ChosenSource { connection: Connection; measure: Measure; title: string }

/** A goal as somebody wants it: names resolved, rights asked. */
export interface Wanted {
  /** `access` is not read from here. */
  draft: GoalDraft;
  /** What somebody said about who may see and change it; `undefined`: nothing. */
  access: Access | undefined;
  /** Its parents-to-be as they are; one that is gone is missing. */
  parents: readonly Goal[];
  /** `undefined`: its own is not known any more. */
  period: Period | undefined;
  source: ChosenSource | undefined;
}

export async function makeGoal(actor: Actor, deps: DeedDeps, where: { period: string }, wanted: Wanted): Promise<Goal> {
  const { scope, by } = actor;
  const at = deps.now().toISOString();
  const access = accessUnder(wanted.draft.kind, wanted.access ?? openAccess, wanted.parents);
  const draft: GoalDraft = { ...wanted.draft, access };
  refuseFaults({ ...faultsOf(draft, undefined, actor.organization.model), ...nestingFaults(draft.kind, wanted.parents, actor.organization.model), ...accessFaults(wanted, access, []) });
  const made = judgedNew(newGoal(draft, { period: where.period, id: deps.newId(), by, at }), wanted, judgementOf(actor, at));
  await refuseCycle(deps.store, scope, made, made.parents);
  await stretchPeriod(deps.store, scope, made);

  const word: Aligning | undefined = made.parents.length > 0 ? { kind: 'aligning', id: `p:${made.id}`, goal: refOf(made), at, parents: made.parents } : undefined;
  const heard = word ? await announce(deps, scope, word, made) : [];
  const link = wanted.source && newLink(actor, deps, made, wanted.source);
  const goal: Goal = { ...made, access: accessUnder(made.kind, access, heard), ...(link ? { connection: link.connection, link: link.id } : {}) };
  if (link) await deps.store.transact([insert(rows.link, keys.link(scope, link.connection, goal), link)]);
  await deps.store.transact([
    insert(rows.goal, keys.goal(scope, goal), goal),
    feedStep(actor, goal, at, deps.newId(), { kind: 'created' }),
    ...(wanted.source ? [feedStep(actor, goal, at, deps.newId(), linked(wanted.source))] : []),
    ...tellParents(scope, goal, goal.parents, at),
    auditStep(actor, goal, 'goal.made', null, decisionsOf(goal), at, deps.newId()),
  ]);
  if (word) await agree(deps, scope, word);
  return goal;
}

function judgedNew(goal: Goal, { period, parents }: Wanted, { today, thresholds }: Judgement): Goal {
  const placed = { ...goal, misplaced: misplacementOf(goal, period, parents) };
  return { ...placed, alert: alertLevelOf(placed, today, thresholds) };
}

export function newLink({ by }: Actor, deps: DeedDeps, goal: Goal, source: ChosenSource): Link & { id: string } {
  return { id: deps.newId(), connection: source.connection.id, goal: refOf(goal), measure: source.measure, linkedBy: by, problem: null };
}

export function linked(source: ChosenSource): { kind: 'linked'; connection: string; measure: string } {
  return { kind: 'linked', connection: source.connection.name, measure: source.title };
}

/** Refuses with every fault at once, so that a form can show them all. */
export function refuseFaults(faults: Faults): void {
  const [first] = Object.entries(faults);
  if (first) throw new Refusal('bad-request', `${first[0]}: ${first[1]}`, faults);
}

/** What a parent remembers of its children stands in its own row. */
const mostChildren = 1000;

/** What is wrong with standing under these goals for one that does not stand there yet. */
export function nestingFaults(kind: Goal['kind'], parents: readonly Goal[], model: OkrModel): Faults {
  const crowded = parents.some(parent => parent.children.length >= mostChildren) ? `At most ${mostChildren} goals stand under one. Choose another.` : undefined;
  const fault = parents.map(parent => nestingFault(kind, parent.kind, model)).find(message => message !== undefined) ?? crowded;
  return fault === undefined ? {} : { parents: fault };
}

/** What is wrong with how private a goal shall be, or with where it shall stand because of that. */
export function accessFaults(wanted: Wanted, access: Access, children: Goal['children']): Faults {
  if (wanted.access && access.inheritedFrom && !sameAccess(wanted.access, access)) {
    return { access: 'This goal is as private as the one it stands under. Change who may see it there.' };
  }
  const { kind, parents } = wanted.draft;
  const fault = privacyFault({ kind, parents, access, children }, wanted.parents);
  return fault ? { [fault.field]: fault.message } : {};
}

/** Whether both say the same people. A form sends back what it was shown. */
function sameAccess(a: Access, b: Access): boolean {
  const ids = ({ private: hidden, viewers, aligners, editors }: Access) => JSON.stringify([hidden, ...[viewers, aligners ?? [], editors].map(list => list.map(who => who.id).toSorted()), aligners === null]);
  return ids(a) === ids(b);
}
