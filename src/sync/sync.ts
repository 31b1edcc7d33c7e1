// One connection, once: read its source, move the goals whose value changed, remember what was read, and see to what follows.
import { randomUUID } from 'node:crypto';
import { SourceError } from '../connectors/source-error.ts';
import type { Reading, Source } from '../connectors/connector.ts';
import { Instant } from '../domain/date.ts';
import { goalValue } from '../domain/measured.ts';
import { type Author, type Scope, allowsIntegration } from '../domain/organization.ts';
import type { Outcome } from '../domain/outcome.ts';
import { tenantPolicyOf } from '../store/organizations.ts';
import { Conflict, put, replace, type Step, type Stored } from '../store/store.ts';
import { keys, rows, type Connection, type Link, type Measure, type Problem } from '../store/tables.ts';
import type { SyncDeps } from './deps.ts';
import { inParallel } from './in-parallel.ts';
import { moveGoals, type Move, type Movement } from './move.ts';
import { openSource } from './open.ts';
import { revise } from '../store/revise.ts';
import { nextSlot, secondsUntil } from './schedule.ts';

/** Links whose measures are read together: as many as one may have in hand. Their goals are moved in parts, some at once, so that neither we nor the store wait for the other. */
const most = 2000;
const part = 250;
const partsAtOnce = 4;

/** Why a connection is synced: its chain's turn has come, or somebody asked. `at` stands in everything the sync writes. */
export type Slot = { kind: 'chained'; at: Instant; token: string } | { kind: 'asked'; at: Instant };

export type SyncEnd =
  /** Carried out, now or earlier; a chain goes on at `next`. Whether the source answered stands in the connection. */
  | { end: 'done'; next: Instant | null }
  /** Not now: somebody else holds the connection, or its source asked us to wait. The same slot again after so many seconds. */
  | { end: 'again'; afterSeconds: number }
  /** The connection is gone, its integration disabled or not allowed in the tenant, or its chain was replaced: this chain ends here. */
  | { end: 'dropped' };

/**
 * Safe to repeat and safe beside others: goals move only where their state differs, and readings of a worker that went silent and
 * came back are refused once another has taken over. Throws what is not expected; the claim is then given up, and the next to
 * claim looks at every goal.
 */
export async function syncConnection(deps: SyncDeps, scope: Scope, connection: string, slot: Slot): Promise<SyncEnd> {
  const claimed = await claim(deps, scope, connection, slot);
  if ('end' in claimed) return claimed;
  try {
    const gone = await syncLinks(deps, scope, claimed, slot);
    await deliverSoon(deps, scope, gone.periods);
    return await finish(deps, scope, claimed, slot, gone);
  } catch (error) {
    await giveUp(deps, scope, claimed);
    if (error instanceof ClaimLost) return { end: 'again', afterSeconds: 1 };
    throw error;
  }
}

/** A connection that is ours for a while. `takenOver`: whoever had it before did not finish. */
interface Claim { connection: Connection; holder: string; takenOver: boolean }

/** Somebody else has taken the connection, or people have changed or removed it, while we were reading. */
class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

async function claim(deps: SyncDeps, scope: Scope, id: string, slot: Slot): Promise<Claim | SyncEnd> {
  const where = keys.connection(scope, id);
  const stored = await deps.store.get(rows.connection, where);
  if (!stored) return { end: 'dropped' };
  const connection = stored.body;
  const now = deps.now();
  if (slot.kind === 'chained') {
    if (slot.token !== connection.token || !connection.nextSync) return { end: 'dropped' };
    if (connection.nextSync > slot.at) return { end: 'done', next: connection.nextSync };
  } else if (connection.lastSync !== null && connection.lastSync >= slot.at) {
    return { end: 'done', next: null };
  }
  const [organization, policy] = await Promise.all([deps.store.get(rows.organization, keys.organization(scope)), tenantPolicyOf(deps.store, scope.tenant)]);
  if (!organization?.body.integrations[connection.integration] || !allowsIntegration(policy, connection.integration)) return { end: 'dropped' };
  if (connection.claim && connection.claim.until > now.toISOString()) return { end: 'again', afterSeconds: Math.min(2, secondsUntil(now, connection.claim.until)) };
  if (connection.notBefore && connection.notBefore > now.toISOString()) return { end: 'again', afterSeconds: secondsUntil(now, connection.notBefore) };
  const holder = `${deps.worker}/${randomUUID()}`;
  const claimed = { ...connection, claim: { worker: holder, until: claimUntil(deps) } };
  try {
    await deps.store.transact([replace(rows.connection, where, claimed, stored.etag)]);
  } catch (error) {
    if (error instanceof Conflict) return { end: 'again', afterSeconds: 1 };
    throw error;
  }
  return { connection: claimed, holder, takenOver: connection.claim !== null };
}

function claimUntil(deps: SyncDeps): Instant {
  return new Date(deps.now().getTime() + deps.claimSeconds * 1000).toISOString();
}

/** Throws ClaimLost unless the connection is still ours and still what we opened; then it is ours for longer. */
async function holdOn(deps: SyncDeps, scope: Scope, held: Claim): Promise<void> {
  const kept = await revise(deps.store, rows.connection, keys.connection(scope, held.connection.id), now => {
    if (now.claim?.worker !== held.holder || now.token !== held.connection.token) throw new ClaimLost();
    const left = Date.parse(now.claim.until) - deps.now().getTime();
    return left > deps.claimSeconds * 500 ? now : { ...now, claim: { worker: held.holder, until: claimUntil(deps) } };
  });
  if (!kept) throw new ClaimLost();
}

/** Keeps a connection ours while a slow source is being read; whether it still is, is decided afterwards. */
async function holdingOn<T>(deps: SyncDeps, scope: Scope, held: Claim, reading: Promise<T>): Promise<T> {
  const heartbeat = setInterval(() => {
    holdOn(deps, scope, held).catch(() => undefined); // what is wrong is found again, and thrown, before anything is written
  }, deps.claimSeconds * 250);
  try {
    return await reading;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Lets others have the connection at once, but leaves the mark of an unfinished sync. */
async function giveUp(deps: SyncDeps, scope: Scope, held: Claim): Promise<void> {
  await revise(deps.store, rows.connection, keys.connection(scope, held.connection.id), now =>
    (now.claim?.worker === held.holder ? { ...now, claim: { worker: held.holder, until: deps.now().toISOString() } } : now));
}

/** How far a sync came. `readAt`: when the source first answered something; `failure`: why it stopped answering at all. */
interface Gone { readAt: Instant | undefined; failure: SourceError | undefined; periods: Set<string> }

async function syncLinks(deps: SyncDeps, scope: Scope, held: Claim, slot: Slot): Promise<Gone> {
  const gone: Gone = { readAt: undefined, failure: undefined, periods: new Set() };
  const known = new Map<string, Answer>();
  let source: Source | undefined;
  try {
    for await (const { links, readAt } of linksOf(deps, scope, held.connection)) {
      for (const { body } of links) gone.periods.add(body.goal.period);
      if (gone.failure) continue; // the remaining links are only looked at for their periods
      try {
        source ??= await openSource(deps, scope, held.connection);
        const reading = readLinks(source, known, links.map(({ body }) => body.measure), readAt);
        const answers = await holdingOn(deps, scope, held, reading);
        await holdOn(deps, scope, held);
        await inParallel(partsOf(links.length), partsAtOnce, ([from, to]) => apply(deps, scope, held, slot, links.slice(from, to), answers.slice(from, to)));
        gone.readAt ??= answers.find(({ said }) => !(said instanceof SourceError))?.readAt;
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        gone.failure = error;
      }
    }
  } finally {
    await source?.close();
  }
  return gone;
}

/** `readAt`: before the links were looked up, so that a goal whose measure has changed since refuses what is read for the old one. */
async function* linksOf(deps: SyncDeps, scope: Scope, connection: Connection): AsyncGenerator<{ links: Stored<Link>[]; readAt: Instant }> {
  const now = () => deps.now().toISOString();
  let links: Stored<Link>[] = [];
  let readAt = now();
  for await (const link of deps.store.all(rows.link, keys.links(scope, connection.id))) {
    links.push(link);
    if (links.length < most) continue;
    yield { links, readAt };
    links = [];
    readAt = now();
  }
  if (links.length > 0) yield { links, readAt };
}

function partsOf(length: number): [from: number, to: number][] {
  return Array.from({ length: Math.ceil(length / part) }, (_, i) => [i * part, Math.min(length, (i + 1) * part)]);
}

/** What the source said to one measure, and when it was asked. */
interface Answer { said: Reading | SourceError; readAt: Instant }

/** One answer per link. What an equal measure was answered in this sync is not asked again. Throws SourceError when the trouble is the whole connection's. */
async function readLinks(source: Source, known: Map<string, Answer>, measures: Measure[], readAt: Instant): Promise<Answer[]> {
  const names = measures.map(canonical);
  const open = new Map(names.flatMap((name, i) => (known.has(name) ? [] : [[name, measures[i]!]])));
  const said = open.size === 0 ? [] : await source.read([...open.values()]);
  if (said.length !== open.size) throw new Error(`The source was asked ${open.size} measures and answered ${said.length}.`);
  const refused = said.find(one => one instanceof SourceError && one.remedy.kind === 'reconnect');
  if (refused) throw refused;
  const waits = said.filter(one => one instanceof SourceError && one.remedy.kind === 'retry');
  if (open.size > 0 && waits.length === open.size) throw waits[0];
  [...open.keys()].forEach((name, i) => known.set(name, { said: checked(said[i]!), readAt }));
  return names.map(name => known.get(name)!);
}

/** Measures that ask the same thing have the same text, in whatever order their forms were filled in. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    (part !== null && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part));
}

/** The last door before a number becomes ours: whatever a connector let through, it must be one. */
function checked(answer: Reading | SourceError): Reading | SourceError {
  if (answer instanceof SourceError) return answer;
  if (!Number.isFinite(answer.value)) return new SourceError('The source answered something that is not a number.', { kind: 'report' });
  if (answer.of !== undefined && !Number.isFinite(answer.of)) return new SourceError('The source answered a total that is not a number.', { kind: 'report' });
  if (answer.asOf !== undefined && !Instant.safeParse(answer.asOf).success) return new SourceError('The source answered a date that is none.', { kind: 'report' });
  return answer;
}

/** Moves the goals of these links, and notes with a link what is wrong with it. Only what changed is written. */
async function apply(deps: SyncDeps, scope: Scope, held: Claim, slot: Slot, links: Stored<Link>[], answers: Answer[]): Promise<void> {
  const by: Author = { kind: 'connection', id: held.connection.id, name: held.connection.name };
  const read = links.flatMap((link, i) => {
    const { said, readAt } = answers[i]!;
    return said instanceof SourceError ? [] : [{ link, said, readAt }];
  });
  const movements = await moveGoals(deps, scope, read.map(({ link, said, readAt }): Move =>
    ({ goal: link.body.goal, change: goal => (goal.link === link.body.id ? reading(worth(goal.outcome, said), said, readAt) : undefined), by, at: slot.at, fence: held.takenOver })));
  const came = new Map(await Promise.all(read.map(async ({ link, said }, i) => [link, await troubleOf(deps, scope, link.body, said, movements[i]!)] as const)));

  const feeds: Step[][] = [];
  const notes: Step[][] = [];
  for (const [i, link] of links.entries()) {
    const { said } = answers[i]!;
    const problem = problemOf(link.body.problem, said instanceof SourceError ? said : came.get(link), slot.at);
    if (problem === link.body.problem) continue;
    notes.push([replace(rows.link, keys.link(scope, held.connection.id, link.body.goal), { ...link.body, problem }, link.etag)]);
    if (problem && needsSomebody(problem) && !needsSomebody(link.body.problem)) feeds.push([stopped(scope, held.connection, slot, by, link.body, problem)]);
  }
  await deps.store.transactAll(feeds);
  await deps.store.transactAll(notes); // a conflict is a link that people changed meanwhile: what they want is read next time
}

/** Why a reading was worth nothing to its goal, if so. */
async function troubleOf(deps: SyncDeps, scope: Scope, link: Link, said: Reading, movement: Movement): Promise<SourceError | undefined> {
  if (movement.did === 'missing') return undefined;
  const { goal } = movement;
  if (goal.connection === link.connection && goal.link !== link.id) return await isLeftBehind(deps, scope, link, goal.link) ? interrupted() : undefined;
  const value = worth(goal.outcome, said);
  return value instanceof SourceError ? value : undefined;
}

/** Whether the link still is not the one that its goal waits for, although people had the time of a reading to finish what they began. */
async function isLeftBehind(deps: SyncDeps, scope: Scope, link: Link, awaited: string | undefined): Promise<boolean> {
  const now = await deps.store.get(rows.link, keys.link(scope, link.connection, link.goal));
  return now !== undefined && now.body.id !== awaited;
}

function interrupted(): SourceError {
  return new SourceError('The data source of this goal was being changed when something interrupted it. Edit the goal and choose its data source again.', { kind: 'reconfigure' });
}

/** What the answer is worth to a goal; a share of nothing is an error, not zero. */
function worth(outcome: Outcome, answer: Reading): number | SourceError {
  const value = goalValue(outcome, answer);
  if (value === undefined) return new SourceError('The source found nothing to measure (the total is 0), so there is no percentage. Check what the measure selects.', { kind: 'reconfigure' });
  return Number.isFinite(value) ? value : new SourceError(`${answer.value} of ${answer.of} is not a percentage we can show.`, { kind: 'report' });
}

function reading(value: number | SourceError, answer: Reading, readAt: Instant) {
  if (value instanceof SourceError) return undefined;
  return { kind: 'reading' as const, value, raw: answer.raw.slice(0, 1000), asOf: answer.asOf ?? readAt, readAt };
}

/** The same trouble keeps the day it began. */
function problemOf(was: Problem | null, error: SourceError | undefined, at: Instant): Problem | null {
  if (!error) return null;
  const { kind: remedy } = error.remedy;
  if (was?.remedy === remedy && was.message === error.message) return was;
  return { remedy, message: error.message, since: was?.remedy === remedy ? was.since : at };
}

/** Passing trouble is shown with the link; only trouble that needs somebody is told in the feed, once. */
function needsSomebody(problem: Problem | null): boolean {
  return problem !== null && problem.remedy !== 'retry';
}

function stopped(scope: Scope, connection: Connection, slot: Slot, by: Author, link: Link, problem: Problem): Step {
  const id = `s:${connection.id}`;
  return put(rows.feedEntry, keys.feedEntry(scope, link.goal, slot.at, id), {
    goal: link.goal, id, at: slot.at, by, activity: { kind: 'sync-stopped', connection: connection.name, problem: problem.message },
  });
}

/** Also when nothing changed: an outbox that a crash left full goes out with the next sync. */
async function deliverSoon(deps: SyncDeps, scope: Scope, periods: Set<string>): Promise<void> {
  for (const period of periods) await deps.queues.deliveries.put({ tenant: scope.tenant, organization: scope.organization, period });
}

/** Ends the claim and says in the connection how it went. People's changes to it meanwhile stay. */
async function finish(deps: SyncDeps, scope: Scope, held: Claim, slot: Slot, gone: Gone): Promise<SyncEnd> {
  const now = deps.now();
  const due = dueNext(scope, held.connection, slot, gone.failure, now);
  const finished = await revise(deps.store, rows.connection, keys.connection(scope, held.connection.id), row => {
    if (row.claim?.worker !== held.holder) throw new ClaimLost();
    const { notBefore: _, ...rest } = row;
    return {
      ...rest,
      claim: null,
      lastSync: gone.failure || !gone.readAt ? row.lastSync : gone.readAt,
      problem: problemOf(row.problem, gone.failure, slot.at),
      ...(due.notBefore ? { notBefore: due.notBefore } : {}),
      ...(slot.kind === 'chained' && row.token === slot.token ? { nextSync: due.next } : {}),
    };
  });
  if (!finished || (slot.kind === 'chained' && finished.token !== slot.token)) return { end: 'dropped' };
  return { end: 'done', next: slot.kind === 'chained' ? due.next : null };
}

/**
 * The chain's next slot, or sooner after passing trouble: as long again as it has lasted, between a minute and an hour.
 * A wait that the source asked for is kept, an hour of it at most (reliability.md F02).
 */
function dueNext(scope: Scope, connection: Connection, slot: Slot, failure: SourceError | undefined, now: Date): { next: Instant; notBefore?: Instant } {
  const regular = nextSlot(scope, connection.id, connection.everyMinutes, now);
  if (failure?.remedy.kind !== 'retry') return { next: regular };
  const asked = failure.remedy.afterSeconds;
  if (asked !== undefined) {
    const notBefore = new Date(now.getTime() + Math.min(3600, Math.max(1, asked)) * 1000).toISOString();
    return { next: notBefore, notBefore };
  }
  const lasted = connection.problem?.remedy === 'retry' ? now.getTime() - Date.parse(connection.problem.since) : 0;
  const soon = new Date(now.getTime() + Math.min(3_600_000, Math.max(60_000, lasted))).toISOString();
  return { next: soon < regular ? soon : regular };
}
