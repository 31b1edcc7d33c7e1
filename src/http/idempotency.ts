// Requests under an `Idempotency-Key`: carried out once, and answered the same however often they are repeated, for a day.
import { createHash } from 'node:crypto';
import type { ProblemDetails } from '../api.ts';
import { SourceError } from '../connectors/source-error.ts';
import type { Instant } from '../domain/date.ts';
import { Conflict, type Step, type Store, insert, put, remove, replace, type Stored } from '../store/store.ts';
import { type Keys, type KeyedRequest, digest, keys, rows } from '../store/tables.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './handlers/handler.ts';
import { Refusal, problemOf, wrongField } from './refusal.ts';

const dayMs = 86_400_000;
/** Longer than any request takes. An attempt that has not ended by then has died with its process. */
const claimMs = 60_000;
/** What to wait for an attempt under way, in seconds. */
const waitSeconds = 2;

/** A request as its key knows it. `secret`: its answer is never kept. */
export interface Keyed { key: string; of: string; secret: boolean }
export interface Outcome { status: number; body: unknown; replayed: boolean }
type OnceDeps = Deps & { report(error: unknown, context: string): string };

/** The key that a header gives. */
export function keyOf(header: string | undefined): string | undefined {
  if (header === undefined || /^[\x21-\x7e]{1,200}$/.test(header)) return header;
  throw wrongField('Idempotency-Key', 'Send one key of 1 to 200 visible ASCII characters, such as a UUID.');
}

/**
 * Tells whether two requests under one key are the same. The key stands in it, because a body may hold a credential: without the key,
 * which is kept nowhere, nobody can try passwords against this digest.
 */
export function digestOf(key: string, ...parts: (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify([key, ...parts.map(part => part ?? null)])).digest('base64url');
}

/**
 * Carries a request out, or answers what it was answered before. Refuses another request under the same key, and one that is under way.
 *
 * An attempt that died half-way is made again with the same ids and at the same instant, so that what it has written is met again and
 * left alone. A refusal is final and repeated; but where it may soon be otherwise (a stale ETag, a source) nothing has happened, and
 * nothing is kept. What is neither, a bug or a lost answer of the store, leaves the attempt to be made again.
 */
export async function once(deps: OnceDeps, caller: Caller, request: Keyed, carryOut: (deps: Deps) => Promise<unknown>): Promise<Outcome> {
  const claim = await claimed(deps, caller, request);
  if (claim.answer) return { ...claim.answer, replayed: true };
  const { where, at, again } = claim;
  const row = { id: where.row, of: request.of, at, until: at };
  const write = (step: Step) => deps.store.transact([step]).catch((error: unknown) => { deps.report(error, 'remembering a request under an idempotency key'); });
  const keep = (status: number, body: unknown) => write(put(rows.request, where, { ...row, answer: { status, body } }));
  try {
    const body = await carryOut(attempt(deps, caller, request.key, at, again));
    await (request.secret ? keep(shownOnce.status, shownOnce) : keep(200, body));
    return { status: 200, body, replayed: false };
  } catch (error) {
    const refused = error instanceof Refusal ? problemOf(error, String) : undefined;
    if (refused && isFinal(refused)) await keep(refused.status, refused);
    else if (!again && (refused || error instanceof SourceError)) await write(remove(rows.request, where));
    else await write(put(rows.request, where, { ...row, answer: null }));
    throw error;
  }
}

function isFinal({ status }: ProblemDetails): boolean {
  return status === 400 || status === 403 || status === 404;
}

const shownOnce = {
  type: 'gone', status: 410,
  title: 'This request was made before, and its answer holds a secret that is shown only once. Look whether what it makes is there; if so delete it, and ask again under a new key.',
} satisfies ProblemDetails;

type Claim = { answer: NonNullable<KeyedRequest['answer']> } | { answer: null; where: Keys; at: Instant; again: boolean };

async function claimed(deps: OnceDeps, caller: Caller, { key, of, secret }: Keyed): Promise<Claim> {
  const now = deps.now();
  const id = digest(`${caller.person.id};${key}`);
  const on = (day: Date) => keys.request(caller.scope, day.toISOString().slice(0, 10), id);
  const [today, yesterday] = [on(now), on(new Date(now.getTime() - dayMs))];
  const before = await deps.store.get(rows.request, yesterday);
  const fresh: KeyedRequest = { id, of, at: now.toISOString(), until: new Date(now.getTime() + claimMs).toISOString(), answer: null };
  const isOfUse = before !== undefined && now.getTime() - Date.parse(before.body.at) < dayMs;
  if (!isOfUse && await written(deps.store, insert(rows.request, today, fresh))) return { answer: null, where: today, at: fresh.at, again: false };

  const where = isOfUse ? yesterday : today;
  const met = isOfUse ? before : await deps.store.get(rows.request, today);
  if (!met) throw underWay(); // it was there a moment ago: the other attempt has just been refused
  return meet(deps, where, met, fresh, secret);
}

async function meet(deps: OnceDeps, where: Keys, { body: met, etag }: Stored<KeyedRequest>, fresh: KeyedRequest, secret: boolean): Promise<Claim> {
  if (met.of !== fresh.of) {
    throw new Refusal('key-reused', 'Idempotency-Key: This key was sent with another request before. Make a new key for every request.', { 'Idempotency-Key': 'Make a new key for every request.' });
  }
  if (met.answer) return { answer: met.answer };
  if (met.until > fresh.at) throw underWay();
  if (secret) return { answer: { status: shownOnce.status, body: shownOnce } }; // whatever it has made, its secret was never told
  const mine = { ...fresh, at: met.at };
  if (!await written(deps.store, replace(rows.request, where, mine, etag))) throw underWay();
  return { answer: null, where, at: met.at, again: true };
}

async function written(store: Store, step: Step): Promise<boolean> {
  try {
    await store.transact([step]);
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
}

function underWay(): Refusal {
  return new Refusal('under-way', 'The same request is still being carried out. Wait a moment and ask again.', undefined, waitSeconds);
}

/** What a handler is given so that each attempt of a request writes the same rows: ids that follow from the key, and one instant for all. */
function attempt(deps: Deps, caller: Caller, key: string, at: Instant, again: boolean): Deps {
  const made: string[] = [];
  const { tenant, organization } = caller.scope;
  const newId = () => {
    const id = digestOf(key, tenant, organization, caller.person.id, at, String(made.length)).replaceAll(/[-_]/g, 'x').slice(0, 12);
    made.push(id);
    return id;
  };
  const keyed: Deps = { ...deps, now: () => new Date(at), newId };
  return again ? { ...keyed, store: onceWritten(deps.store, made), move: onceMoved(deps, caller, at) } : keyed;
}

/** A transaction that has made a row under an id of ours was carried out by the attempt before, whole: it is not made again. */
function onceWritten(store: Store, made: readonly string[]): Store {
  const isDone = async (steps: readonly Step[]) => {
    const ours = steps.find(step => (step.do === 'insert' || step.do === 'put') && made.some(id => step.keys.row.includes(id)));
    return ours !== undefined && await store.get(ours.kind, ours.keys) !== undefined;
  };
  return {
    ...store,
    transact: async steps => { if (!await isDone(steps)) await store.transact(steps); },
    transactAll: async groups => {
      const done = await Promise.all(groups.map(isDone));
      const answers = await store.transactAll(groups.filter((_, i) => !done[i]));
      return done.map(isSo => (isSo ? 'written' : answers.shift()!));
    },
  };
}

/** A check-in of ours at this very instant is the attempt before's. */
function onceMoved(deps: Deps, caller: Caller, at: Instant): Deps['move'] {
  return async (scope, moves) => {
    const checkIns = await Promise.all(moves.map(move => deps.store.get(rows.checkIn, keys.checkIn(scope, move.goal, at))));
    const isOurs = (i: number) => { const by = checkIns[i]?.body.by; return by?.kind === 'person' && by.id === caller.person.id; };
    await deps.move(scope, moves.filter((_, i) => !isOurs(i)));
  };
}
