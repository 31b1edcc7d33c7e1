// Where the tests of deeds play: real tables, an organization of its own, and a store whose writes can be looked at, held up or broken off.
import { randomUUID } from 'node:crypto';
import { type Outgoing, isAfterword } from '../chat/message.ts';
import { draftOf } from '../domain/draft.ts';
import { type Goal, type GoalDraft, type GoalRef, usualDraft } from '../domain/goal.ts';
import { type Organization, type Scope, newOrganization, usualModel } from '../domain/organization.ts';
import { quartersOf } from '../domain/period.ts';
import { Refusal } from '../refusal.ts';
import { openStore } from '../store/azure.ts';
import { type Step, type Store, type Stored, insert } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { drain } from '../sync/outbox.ts';
import type { Actor, DeedDeps } from './actor.ts';
import { type AfterwardsDeps, carryOut } from './afterwards.ts';
import { changeGoal } from './change.ts';
import { deleteGoal } from './delete.ts';
import { type Wanted, makeGoal } from './make.ts';

export const period = '2026-q4';

export interface Stage {
  actor: Actor;
  deps: DeedDeps;
  clock: { now: Date };
  /** Runs before each transaction is sent; may wait, or throw what a dead process would leave undone. */
  before: { transaction(steps: readonly Step[]): void | Promise<void> };
  make(id: string, draft?: Partial<GoalDraft>): Promise<Goal>;
  /** Reads the goal and changes it, as somebody does who has just looked at it. */
  change(ref: GoalRef, draft: Partial<GoalDraft>, access?: Goal['access']): Promise<void>;
  remove(ref: GoalRef): Promise<void>;
  goal(ref: GoalRef): Promise<Goal>;
  stored(ref: GoalRef): Promise<Stored<Goal> | undefined>;
  /** Empties the outbox as a worker does, again for as long as that is asked for; answers what was to be said. */
  drained(): Promise<Outgoing[]>;
  outbox(): Promise<Outgoing[]>;
}

/** Empties a period's outbox once, as a worker does: what is to be carried out is, and what is to be said is answered. */
export async function emptied(deps: AfterwardsDeps, scope: Scope, of: string): Promise<Outgoing[]> {
  const said: Outgoing[] = [];
  await drain({
    store: deps.store, now: deps.now, worker: 'w', claimSeconds: 60, queues: { deliveries: { put: async word => deps.carryOn(scope, word.period) } },
    deliver: async (_scope, word) => (isAfterword(word) ? carryOut(deps, scope, word) : void said.push(word)),
    report: error => { throw error; },
  }, scope, of);
  return said;
}

export async function setStage(connectionString: string, more: Partial<Organization> = {}): Promise<Stage> {
  const real = await openStore({ connectionString });
  const clock = { now: new Date('2026-11-21T09:00:00.000Z') };
  const before: Stage['before'] = { transaction: () => undefined };
  const store: Store = { ...real, transact: async steps => { await before.transaction(steps); await real.transact(steps); } };
  const scope = { tenant: randomUUID(), organization: 'main' };
  const organization = newOrganization({ tenant: scope.tenant, id: scope.organization, name: 'Aurora', model: { ...usualModel, multipleAlignment: true }, ...more });
  await real.transact([insert(rows.organization, keys.organization(scope), organization)]);
  await real.transact([insert(rows.period, keys.period(scope, period), quartersOf(2026)[3]!)]);
  const now = () => clock.now;
  let next = '';
  const deps: DeedDeps = { store, now, newId: () => { const id = next || randomUUID().slice(0, 8); next = ''; return id; } };
  const actor: Actor = { scope, by: { id: 'ann', name: 'Ann' }, organization };
  const stored = (ref: GoalRef) => real.get(rows.goal, keys.goal(scope, ref));
  const known = async (ref: GoalRef) => {
    const found = await stored(ref);
    if (!found) throw new Refusal('not-found', `There is no goal ${ref.id}.`);
    return found;
  };
  const goal = async (ref: GoalRef) => (await known(ref)).body;
  const wanted = async (draft: GoalDraft, access: Goal['access'] | undefined): Promise<Wanted> =>
    ({ draft, access, parents: await Promise.all(draft.parents.map(goal)), period: undefined, source: undefined });
  return {
    actor, deps, clock, before, goal, stored,
    async make(id, draft = {}) {
      const given = await wanted({ ...usualDraft, kind: 'objective', title: id, owners: [actor.by], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, ...draft }, draft.access);
      next = id;
      return makeGoal(actor, deps, { period }, given);
    },
    async change(ref, draft, access) {
      const was = await known(ref);
      await changeGoal(actor, deps, was, await wanted({ ...draftOf(was.body), ...draft }, access), undefined);
    },
    async remove(ref) { await deleteGoal(actor, deps, await known(ref)); },
    async drained() {
      const said: Outgoing[] = [];
      let asked = true;
      const carryOn = async () => { asked = true; };
      while (asked) {
        asked = false;
        said.push(...await emptied({ store: real, now, carryOn }, scope, period));
      }
      return said;
    },
    async outbox() { return (await Array.fromAsync(real.all(rows.outgoing, keys.goals(scope, period), 'x:'))).map(row => row.body); },
  };
}
