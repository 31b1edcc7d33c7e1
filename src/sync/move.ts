// Moves goals in the store: the only place that writes a moved goal, together with all that follows from it, in one transaction each.
import { isDeepStrictEqual } from 'node:util';
import type { Outgoing } from '../chat/message.ts';
import { isWord, move, sameState, scoreSaid, stateOf, type Because, type Change, type CheckIn } from '../domain/check-in.ts';
import { dateIn, type Instant, type PlainDate } from '../domain/date.ts';
import type { Activity } from '../domain/feed.ts';
import { type Goal, type GoalRef, nameOf, refOf } from '../domain/goal.ts';
import type { Author, OkrModel, Organization, Scope } from '../domain/organization.ts';
import { isNewsAbove } from '../domain/roll-up.ts';
import { isEnded, type Status, type Thresholds } from '../domain/status.ts';
import { Conflict, put, replace, type Step, type Store, type Stored } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { inParallel } from './in-parallel.ts';
import { pause } from '../store/revise.ts';

/** One change to one goal. */
export interface Move {
  goal: GoalRef;
  /** Asked with the goal as it is stored, again after every conflict; `undefined` means: not this goal, not any more. */
  change: Change | ((goal: Goal) => Change | undefined);
  by: Author;
  /** When it happened: the slot of a sync, the moment of a request. */
  at: Instant;
  /**
   * Write when the value was read even if nothing else changed. A worker that takes over from a silent one sets this:
   * whatever the silent one still holds in its hands is older from then on, and is refused.
   */
  fence?: boolean;
  /** What else goes into the transaction that writes the goal, such as the entry in the audit log. Asked again after every conflict, and not where nothing is written. */
  also?: (before: Goal, after: Goal) => Step[];
}

/** What came of a move. `refused`: the goal has ended, is fed by something else by now, or has heard newer things. */
export type Movement = { did: 'wrote' | 'nothing' | 'refused'; goal: Goal } | { did: 'missing' };

interface Job { ref: GoalRef; moves: { move: Move; index: number }[] }
interface Decision { steps: Step[]; movements: Movement[] }
interface Rules { thresholds: Thresholds; model: OkrModel; now: Instant; today: PlainDate; dayOf: (at: Instant) => PlainDate }

const tries = 10;

/**
 * Applies moves and answers what came of each, in order. Several moves of one goal become one check-in.
 * Doing it again changes nothing: a goal that already stands where a move would put it is not written.
 * Throws `Conflict` when a goal is fought over beyond all patience; nothing is half done then.
 */
export async function moveGoals(deps: { store: Store; now(): Date }, scope: Scope, moves: readonly Move[]): Promise<Movement[]> {
  if (moves.length === 0) return [];
  const organization = await deps.store.get(rows.organization, keys.organization(scope));
  if (!organization) throw new Error(`There is no organization ${scope.organization}.`);
  const movements: Movement[] = [];
  let jobs = jobsOf(moves);
  for (let attempt = 1; jobs.length > 0; attempt++) {
    const rules = rulesAt(organization.body, deps.now());
    const stored = await readGoals(deps.store, scope, jobs.map(job => job.ref));
    const decisions = jobs.map((job, i) => decide(scope, rules, job, stored[i], attempt > 1));
    const lost = await write(deps.store, jobs, decisions, movements);
    if (lost.length > 0 && attempt === tries) throw new Conflict(`${lost.length} goals were changed by others each time we tried to move them.`);
    if (lost.length > 0) await pause(attempt);
    jobs = lost;
  }
  return movements;
}

/** Leaves word for a parent that a child is new, has changed, or has gone. Newer word replaces older. */
export function rollUpStep(scope: Scope, goal: GoalRef, parent: GoalRef, at: Instant): Step {
  return outgoingStep(scope, { kind: 'roll-up', id: `u:${parent.period}:${parent.id}:${goal.id}`, goal, at, parent });
}

/** Leaves a word in the outbox, for the transaction of what it is about: it lies in its goal's period under its own id. */
export function outgoingStep(scope: Scope, outgoing: Outgoing): Step {
  return put(rows.outgoing, keys.outgoing(scope, outgoing.goal.period, outgoing.id), outgoing);
}

/** Cards show more of a goal than what moves: its title, its target, or that it is not to be shown any more. `from`: the status it had, if that has turned. */
export function redrawStep(scope: Scope, goal: Goal, at: Instant, from?: Status): Step[] {
  if (from === undefined && !goal.posted) return [];
  return [outgoingStep(scope, { kind: 'moved', id: `e:${goal.id}:${Date.parse(at)}`, goal: refOf(goal), at, ...(from === undefined ? {} : { from }) })];
}

function jobsOf(moves: readonly Move[]): Job[] {
  const jobs = new Map<string, Job>();
  for (const [index, move] of moves.entries()) {
    const job = jobs.get(nameOf(move.goal)) ?? { ref: { period: move.goal.period, id: move.goal.id }, moves: [] };
    job.moves.push({ move, index });
    jobs.set(nameOf(move.goal), job);
  }
  return [...jobs.values()];
}

function rulesAt(organization: Organization, now: Date): Rules {
  const days = new Map<Instant, PlainDate>();
  const dayOf = (at: Instant) => days.get(at) ?? days.set(at, dateIn(organization.timeZone, at)).get(at)!;
  return { thresholds: organization.thresholds, model: organization.model, now: now.toISOString(), today: dayOf(now.toISOString()), dayOf };
}

/** Writes one group per goal, fills in what came of those that were written, and answers the jobs that met a conflict. */
async function write(store: Store, jobs: Job[], decisions: Decision[], movements: Movement[]): Promise<Job[]> {
  const writing = jobs.map((job, i) => ({ job, steps: decisions[i]!.steps })).filter(({ steps }) => steps.length > 0);
  const answers = await store.transactAll(writing.map(({ steps }) => steps));
  const lost = new Set(writing.filter((_, i) => answers[i] === 'conflict').map(({ job }) => job));
  for (const [i, job] of jobs.entries()) {
    if (!lost.has(job)) job.moves.forEach(({ index }, n) => { movements[index] = decisions[i]!.movements[n]!; });
  }
  return [...lost];
}

function decide(scope: Scope, rules: Rules, job: Job, stored: Stored<Goal> | undefined, again: boolean): Decision {
  if (!stored) return { steps: [], movements: job.moves.map(() => ({ did: 'missing' })) };
  const before = stored.body;
  if (again && job.moves.every(({ move: wanted }) => isSaid(wanted, before))) return { steps: [], movements: job.moves.map(() => ({ did: 'wrote', goal: before })) };
  let after = before;
  const checkIns: CheckIn[] = [];
  let last: { at: Instant; by: Author } | undefined;
  let isSpoken = false;
  const refused: boolean[] = [];
  for (const { move: wanted } of job.moves) {
    const change = typeof wanted.change === 'function' ? wanted.change(after) : wanted.change;
    if (!change || !feeds(wanted.by, after, change)) {
      refused.push(true);
      continue;
    }
    last = { at: instantOf(rules, before, wanted.at), by: wanted.by };
    const moved = move(after, change, { ...last, today: rules.today, thresholds: rules.thresholds, model: rules.model });
    refused.push(change.kind === 'reading' && moved.goal === after);
    if (moved.checkIn) checkIns.push(moved.checkIn);
    isSpoken ||= moved.checkIn !== undefined && (isWord(change) || change.kind === 'tasks');
    after = moved.goal;
  }
  const record = isSpoken || !sameState(before, after) ? asOne(checkIns, before, after) : undefined;
  const fenced = job.moves.some(({ move: wanted }) => wanted.fence) && (after.readAt !== before.readAt || after.heard?.readAt !== before.heard?.readAt);
  const also = job.moves.flatMap(({ move: wanted }, i) => (wanted.also && !refused[i] ? wanted.also(before, after) : []));
  const steps = last && (record || fenced || !sameMemory(before, after)) ? [...stepsOf(scope, stored, after, record, last), ...also] : [];
  return { steps, movements: refused.map(r => ({ did: r ? 'refused' : steps.length > 0 ? 'wrote' : 'nothing', goal: after })) };
}

/** Several moves of one goal are told as one: the last, from where the first began, for the reason that weighs most. */
function asOne(checkIns: readonly CheckIn[], before: Goal, after: Goal): CheckIn | undefined {
  const last = checkIns.at(-1);
  if (!last) return undefined;
  const because = oneReason(checkIns.flatMap(c => c.because ?? []));
  const { score: _, ...told } = last;
  return { ...told, ...stateOf(after), was: stateOf(before), ...scoreSaid(before, after), ...(because ? { because } : {}), ...(checkIns.some(c => c.says) ? { says: true } : {}) };
}

/** The one that weighs most; of children the one that moved furthest, with how many others did. */
function oneReason(reasons: readonly Because[]): Because | undefined {
  const [most] = reasons.toSorted((a, b) => distanceOf(b) - distanceOf(a));
  if (most?.kind !== 'child') return most;
  const children = new Set(reasons.flatMap(r => (r.kind === 'child' ? [`${r.child.period}:${r.child.id}`] : [])));
  return children.size > 1 ? { ...most, others: children.size - 1 } : most;
}

/** How far a child moved, in percent of its own way; any other reason is somebody's will and comes first. */
function distanceOf(because: Because): number {
  return because.kind === 'child' ? Math.abs((because.is ?? 0) - (because.was ?? 0)) : Infinity;
}

/** The conflict was with ourselves: the answer to our own write got lost, and the goal bears this word, its value and its instant. */
function isSaid({ change, at }: Move, goal: Goal): boolean {
  if (typeof change === 'function' || !isWord(change) || goal.checkedInAt !== at) return false;
  switch (change.kind) {
    case 'check-in': return change.value === undefined || goal.value === change.value;
    case 'close':
    case 'postpone': return goal.closure?.at === at;
    case 'reopen': return !isEnded(goal.status);
  }
}

/** A source moves only the goals that it feeds: a link that was cut while its source was being read must not write any more. */
function feeds(by: Author, goal: Goal, change: Change): boolean {
  return change.kind !== 'reading' || by.kind !== 'connection' || (goal.mode === 'source' && goal.connection === by.id);
}

/**
 * The instant a check-in bears: the slot's own, so that a repeated slot writes the same rows; but the present one where the goal
 * has moved since the slot, or the slot belongs to another day, so that history stays in the order in which it happened.
 */
function instantOf(rules: Rules, before: Goal, at: Instant): Instant {
  const last = [before.readAt ?? '', before.checkedInAt ?? ''].toSorted().at(-1)!;
  if (at > last && rules.dayOf(at) === rules.today) return at;
  return rules.now > last ? rules.now : new Date(Date.parse(last) + 1).toISOString();
}

/** All that follows from a goal having changed: its row, its history, its feed, what must be said, and word to its parents. */
function stepsOf(scope: Scope, stored: Stored<Goal>, after: Goal, checkIn: CheckIn | undefined, { at, by }: { at: Instant; by: Author }): Step[] {
  const before = stored.body;
  const ref = refOf(after);
  return [
    replace(rows.goal, keys.goal(scope, after), after, stored.etag),
    ...(checkIn ? checkInSteps(scope, before, after, checkIn) : []),
    ...turnsOf(before, after, checkIn?.note ?? '').map(activity => put(rows.feedEntry, keys.feedEntry(scope, ref, at, activity.kind), { goal: ref, id: activity.kind, at, by, activity })),
    ...(isNewsAbove(before, after) ? after.parents.map(parent => rollUpStep(scope, ref, parent, at)) : []),
  ];
}

/** What a feed tells of a change besides its check-in: that the goal ended or goes on, that it no longer moves by itself or does again. */
function turnsOf(before: Goal, after: Goal, note: string): Activity[] {
  const turns: Activity[] = [];
  const { closure } = after;
  if (closure && closure !== before.closure) {
    const { score, continuedBy } = closure;
    turns.push(after.status === 'closed' ? { kind: 'closed', score, note: closure.note } : { kind: 'postponed', to: continuedBy, note: closure.note });
  }
  if (before.closure && !closure) turns.push({ kind: 'reopened', note });
  if (Boolean(before.stopped) !== Boolean(after.stopped)) turns.push({ kind: after.stopped ? 'updates-stopped' : 'updates-resumed' });
  return turns;
}

/** What a check-in leaves behind besides the goal itself: its history, its feed, and what must be said. */
export function checkInSteps(scope: Scope, before: Goal, after: Goal, checkIn: CheckIn): Step[] {
  const ref = { period: after.period, id: after.id };
  const { at, by } = checkIn;
  const steps: Step[] = [put(rows.checkIn, keys.checkIn(scope, ref, at), checkIn)];
  const turned = before.status !== after.status;
  if (turned) {
    const id = `${before.status}-${after.status}`;
    steps.push(put(rows.feedEntry, keys.feedEntry(scope, ref, at, id), { goal: ref, id, at, by, activity: { kind: 'status-changed', from: before.status, to: after.status } }));
  }
  if (turned || after.posted) {
    const id = `m:${ref.id}:${at}:${before.status}-${after.status}`;
    steps.push(outgoingStep(scope, { kind: 'moved', id, goal: ref, at, ...(turned ? { from: before.status } : {}) }));
  }
  return steps;
}

/** What follows from a goal whose past was corrected: its parents hear of it, and its cards are drawn anew. */
export function correctionSteps(scope: Scope, before: Goal, after: Goal, at: Instant): Step[] {
  return [
    ...redrawStep(scope, after, at, before.status === after.status ? undefined : before.status),
    ...(isNewsAbove(before, after) ? after.parents.map(parent => rollUpStep(scope, refOf(after), parent, at)) : []),
  ];
}

/** Whether there is nothing to write: when a value was last read is worth no write, unless it fences somebody off. */
function sameMemory(a: Goal, b: Goal): boolean {
  const memory = (goal: Goal) => ({ ...goal, asOf: null, readAt: null, heard: goal.heard?.value });
  return a === b || isDeepStrictEqual(memory(a), memory(b));
}

async function readGoals(store: Store, scope: Scope, refs: readonly GoalRef[]): Promise<(Stored<Goal> | undefined)[]> {
  const found = new Map<string, Stored<Goal>>();
  const scattered: GoalRef[] = [];
  for (const [period, ofPeriod] of Map.groupBy(refs, ref => ref.period)) {
    scattered.push(...(ofPeriod.length < fewGoals ? ofPeriod : await readStretch(store, scope, period, ofPeriod, found)));
  }
  await inParallel(scattered, 32, async ref => {
    const goal = await store.get(rows.goal, keys.goal(scope, ref));
    if (goal) found.set(nameOf(ref), goal);
  });
  return refs.map(ref => found.get(nameOf(ref)));
}

/** Below this many a request each costs less than finding out whether they lie together. */
const fewGoals = 20;

/**
 * Reads goals that lie close together in their partition as a stretch, many a request, for as long as one row in four is wanted.
 * Answers the goals it has not come to.
 */
async function readStretch(store: Store, scope: Scope, period: string, refs: readonly GoalRef[], found: Map<string, Stored<Goal>>): Promise<GoalRef[]> {
  const wanted = new Set(refs.map(nameOf));
  let ahead = refs.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  let after = keys.goal(scope, ahead[0]!).row.slice(0, -1);
  while (ahead.length > 0) {
    const page = await store.page(rows.goal, keys.goals(scope, period), { prefix: 'g:', after, limit: Math.min(1000, ahead.length) });
    const last = page.rows.at(-1)?.body.id;
    if (last === undefined) return page.next === undefined ? [] : ahead;
    const hits = page.rows.filter(({ body }) => wanted.has(nameOf(body)));
    for (const hit of hits) found.set(nameOf(hit.body), hit);
    ahead = page.next === undefined ? [] : ahead.filter(({ id }) => id > last);
    if (hits.length * 4 < page.rows.length) return ahead;
    after = keys.goal(scope, { period, id: last }).row;
  }
  return [];
}
