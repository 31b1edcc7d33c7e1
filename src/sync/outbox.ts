// Empties the outbox of one period: tells parents what their children became, and chats what has to be said. Nothing lost, nothing doubled.
import { randomUUID } from 'node:crypto';
import { isAfterword, type Outgoing } from '../chat/message.ts';
import { DeliveryError } from '../chat/platform.ts';
import { asChild, nameOf } from '../domain/goal.ts';
import type { Scope } from '../domain/organization.ts';
import { Conflict, insert, remove, replace, type Step, type Stored } from '../store/store.ts';
import { keys, rows, type Turn } from '../store/tables.ts';
import type { Queues, SyncDeps } from './deps.ts';
import { inParallel } from './in-parallel.ts';
import { moveGoals, type Move } from './move.ts';

/** After so many failures that are our own fault, an outgoing stays in the outbox for a person to look at and is not tried again. */
const mostFailures = 10;
/** Roll-ups climb one level a pass; a tree higher than this is carried on by the next drain. */
const mostPasses = 20;

/** Somebody else is emptying it, and may already have passed what was added since. */
const lookAgainSeconds = 2;

/** `againAfter`: seconds after which somebody should drain again, because something was refused for now or is still to do. */
export interface Drained { againAfter?: number }

export interface OutboxDeps extends Pick<SyncDeps, 'store' | 'now' | 'worker' | 'claimSeconds' | 'deliver' | 'report'> {
  queues: { deliveries: Pick<Queues['deliveries'], 'put'> };
}

export async function drain(deps: OutboxDeps, scope: Scope, period: string): Promise<Drained> {
  const first = await deps.store.page(rows.outgoing, keys.goals(scope, period), { prefix: 'x:', limit: 1 });
  if (first.rows.length === 0 && !first.next) return {};
  const turn = await takeTurn(deps, scope, period);
  if (!turn) return { againAfter: lookAgainSeconds };
  try {
    const climbed = await rollUpAll(deps, scope, period);
    const waits = await sayAll(deps, scope, period, turn);
    if (climbed === 'more') waits.push(0);
    return waits.length > 0 ? { againAfter: Math.min(...waits) } : {};
  } finally {
    await turn.end();
  }
}

/** Climbs until no child in this period has news for its parent. */
async function rollUpAll(deps: OutboxDeps, scope: Scope, period: string): Promise<'done' | 'more'> {
  for (let pass = 0; pass < mostPasses; pass++) {
    let found = 0;
    for await (const batch of batches(deps, scope, period, 'x:u:')) {
      found += batch.length;
      await rollUp(deps, scope, period, batch);
    }
    if (found === 0) return 'done';
  }
  return 'more';
}

/** Several children of one parent are one check-in of the parent. Word that is newer than what was read here survives the removal. */
async function rollUp(deps: OutboxDeps, scope: Scope, period: string, batch: Stored<Outgoing>[]): Promise<void> {
  const words = batch.flatMap(({ body, etag }) => (body.kind === 'roll-up' ? [{ body, etag }] : []));
  const children = await inParallel(words, 32, ({ body }) => deps.store.get(rows.goal, keys.goal(scope, body.goal)));
  const newest = new Map<string, string>();
  for (const { body } of words) newest.set(nameOf(body.parent), later(newest.get(nameOf(body.parent)), body.at));
  const moves = words.map(({ body }, i): Move => {
    const child = children[i]?.body;
    const change = child?.parents.some(parent => nameOf(parent) === nameOf(body.parent)) ? { kind: 'child' as const, child: asChild(child) } : { kind: 'child-gone' as const, id: body.goal.id };
    return { goal: body.parent, change, by: { kind: 'children' }, at: newest.get(nameOf(body.parent))! };
  });
  await moveGoals(deps, scope, moves);
  const elsewhere = new Set(words.map(({ body }) => body.parent.period).filter(other => other !== period));
  for (const other of elsewhere) await deps.queues.deliveries.put({ tenant: scope.tenant, organization: scope.organization, period: other });
  await deps.store.transactAll(words.map(({ body, etag }) => [remove(rows.outgoing, keys.outgoing(scope, period, body.id), etag)]));
}

/** Goal beside goal, but what belongs to one goal one after the other. Answers the waits that were asked for. */
async function sayAll(deps: OutboxDeps, scope: Scope, period: string, turn: HeldTurn): Promise<number[]> {
  const waits: (number | undefined)[] = [];
  for await (const batch of batches(deps, scope, period, 'x:')) {
    const byGoal = Map.groupBy(batch.filter(({ body }) => body.kind !== 'roll-up'), ({ body }) => `${isAfterword(body) ? 'behind' : 'to say'}:${body.goal.id}`); // neither waits for the other
    waits.push(...await inParallel([...byGoal.values()], 4, ofGoal => sayOfGoal(deps, scope, period, turn, ofGoal)));
  }
  return waits.filter(wait => wait !== undefined);
}

/** Stops at the first that has to wait: what comes later in the same thread waits as well. */
async function sayOfGoal(deps: OutboxDeps, scope: Scope, period: string, turn: HeldTurn, ofGoal: Stored<Outgoing>[]): Promise<number | undefined> {
  for (const saying of await sayings(deps, scope, ofGoal)) {
    const wait = await turn.holds() ? await say(deps, scope, period, saying) : 1;
    if (wait !== undefined) return wait;
  }
  return undefined;
}

/** What is said at once: one outgoing that stands for all rows that it makes superfluous. */
interface Saying { outgoing: Outgoing; stored: Stored<Outgoing>[] }

/** Several moves of one goal are said as one, from where the first began; everything else one by one, in the order it was written. */
async function sayings(deps: OutboxDeps, scope: Scope, stored: Stored<Outgoing>[]): Promise<Saying[]> {
  const open = stored.filter(({ body }) => body.kind === 'roll-up' || (body.failures ?? 0) < mostFailures).toSorted((a, b) => (a.body.at < b.body.at ? -1 : 1));
  const moved = open.filter(({ body }) => body.kind === 'moved');
  const others = open.filter(({ body }) => body.kind !== 'moved' && body.kind !== 'roll-up').map(one => ({ outgoing: one.body, stored: [one] }));
  if (moved.length === 0) return others;
  return [{ outgoing: await asOne(deps, scope, moved), stored: moved }, ...others];
}

async function asOne(deps: OutboxDeps, scope: Scope, moved: Stored<Outgoing>[]): Promise<Outgoing> {
  const last = moved.at(-1)!.body;
  if (moved.length === 1 || last.kind !== 'moved') return last;
  const turns = moved.flatMap(({ body }) => (body.kind === 'moved' && body.from ? [body.from] : []));
  const goal = await deps.store.get(rows.goal, keys.goal(scope, last.goal));
  const { from: _, ...still } = last;
  return turns[0] && turns[0] !== goal?.body.status ? { ...still, from: turns[0] } : still;
}

/** Answers nothing when it is said (or never can be), else the seconds to wait. */
async function say(deps: OutboxDeps, scope: Scope, period: string, { outgoing, stored }: Saying): Promise<number | undefined> {
  const removal = stored.map(({ body, etag }) => [remove(rows.outgoing, keys.outgoing(scope, period, body.id), etag)]);
  try {
    await deps.deliver(scope, outgoing);
  } catch (error) {
    const remedy = error instanceof DeliveryError ? error.remedy : { kind: 'report' as const };
    switch (remedy.kind) {
      case 'forget':
      case 'forget-post': break;
      case 'retry': return Math.min(3600, Math.max(1, remedy.afterSeconds));
      case 'report': return fail(deps, scope, period, stored, deps.report(error, `saying ${outgoing.kind} of goal ${outgoing.goal.period}/${outgoing.goal.id}`));
    }
  }
  await deps.store.transactAll(removal);
  return undefined;
}

/** Counts a failure of ours on the row itself, so that it outlives this process, and tries again ever more slowly. */
async function fail(deps: OutboxDeps, scope: Scope, period: string, stored: Stored<Outgoing>[], report: string): Promise<number | undefined> {
  const steps = stored.flatMap(({ body, etag }): Step[][] =>
    (body.kind === 'roll-up' ? [] : [[replace(rows.outgoing, keys.outgoing(scope, period, body.id), { ...body, failures: (body.failures ?? 0) + 1, report }, etag)]]));
  await deps.store.transactAll(steps);
  const failures = Math.max(...stored.map(({ body }) => (body.kind === 'roll-up' ? 0 : body.failures ?? 0))) + 1;
  return failures < mostFailures ? Math.min(3600, 15 * 2 ** failures) : undefined;
}

async function* batches(deps: OutboxDeps, scope: Scope, period: string, prefix: string): AsyncGenerator<Stored<Outgoing>[]> {
  let next: string | undefined;
  do {
    const page = await deps.store.page(rows.outgoing, keys.goals(scope, period), { prefix, limit: 1000, next });
    if (page.rows.length > 0) yield page.rows;
    next = page.next;
  } while (next);
}

interface HeldTurn { holds(): Promise<boolean>; end(): Promise<void> }

/** One drain of a period at a time, so that two workers never say one thing side by side. `undefined`: somebody else is at it. */
async function takeTurn(deps: OutboxDeps, scope: Scope, period: string): Promise<HeldTurn | undefined> {
  const where = keys.turn(scope, period);
  const mine = (): Turn => ({ worker: `${deps.worker}/${randomUUID()}`, until: new Date(deps.now().getTime() + deps.claimSeconds * 1000).toISOString() });
  const was = await deps.store.get(rows.turn, where);
  if (was && was.body.until > deps.now().toISOString()) return undefined;
  let held = mine();
  if (await orConflict(deps.store.transact([was ? replace(rows.turn, where, held, was.etag) : insert(rows.turn, where, held)])) === 'conflict') return undefined;

  const renew = async () => {
    const now = await deps.store.get(rows.turn, where);
    if (now?.body.worker !== held.worker) return false;
    const renewed = { ...held, until: mine().until };
    if (await orConflict(deps.store.transact([replace(rows.turn, where, renewed, now.etag)])) === 'conflict') return false;
    held = renewed;
    return true;
  };
  let renewal: Promise<boolean> | undefined;
  return {
    async holds() {
      if (Date.parse(held.until) - deps.now().getTime() > deps.claimSeconds * 500) return true;
      renewal ??= renew().finally(() => { renewal = undefined; });
      return renewal;
    },
    async end() {
      const now = await deps.store.get(rows.turn, where);
      if (now?.body.worker === held.worker) await orConflict(deps.store.transact([remove(rows.turn, where, now.etag)]));
    },
  };
}

async function orConflict(writing: Promise<void>): Promise<'written' | 'conflict'> {
  try {
    await writing;
    return 'written';
  } catch (error) {
    if (error instanceof Conflict) return 'conflict';
    throw error;
  }
}

function later(a: string | undefined, b: string): string {
  return a !== undefined && a > b ? a : b;
}
