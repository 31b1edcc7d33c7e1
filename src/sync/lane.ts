// Carries out the messages of one queue: some at once, fairly over organizations, and whatever it holds to the end when it is stopped.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '../domain/organization.ts';
import { Overtaken, type Queue, type Taken } from '../store/queue.ts';

/** What to do with a message that was acted on: it is done with, or it comes again in so many seconds, as it is or changed. */
export type Verdict<T> = { done: true } | { again: number; message?: T };

export interface LaneOptions<T> {
  queue: Queue<T>;
  act(message: T): Promise<Verdict<T>>;
  /** Told what `act` throws, and the queue: logs it. The message then comes again, ever later, an hour at most. */
  failed(error: unknown): void;
  /** How many are acted on at once. */
  most: number;
  /** For how long a taken message is invisible to other workers. Should one take longer, `act` must bear being repeated beside itself. */
  holdSeconds: number;
  /** The longest pause between two looks into an empty queue. */
  idleMs: number;
}

export interface Lane { stop(): Promise<void> }

const first = 50;

export function startLane<T extends Scope>(options: LaneOptions<T>): Lane {
  const stopping = new AbortController();
  const running = new Map<Promise<void>, string>();
  let waiting: Taken<T>[] = [];

  async function loop(): Promise<void> {
    let pause = first;
    while (!stopping.signal.aborted) {
      const took = await take(options, 4 * options.most - waiting.length);
      waiting.push(...took);
      startWhatMay();
      if (waiting.length >= 4 * options.most && running.size < options.most) await makeRoom();
      pause = took.length > 0 ? first : Math.min(options.idleMs, pause * 2);
      if (running.size > 0 && (waiting.length > 0 || running.size >= options.most)) await Promise.race([...running.keys(), rest(pause)]);
      else if (took.length === 0) await rest(pause);
    }
    await Promise.all(waiting.map(taken => settle(options, taken, { again: 0 })));
    await Promise.all(running.keys());
  }

  function startWhatMay(): void {
    for (let next = fairest(waiting, [...running.values()], options.most); next; next = fairest(waiting, [...running.values()], options.most)) {
      const taken = next;
      waiting = waiting.filter(other => other !== taken);
      const run: Promise<void> = carryOut(options, taken).finally(() => running.delete(run));
      running.set(run, nameOf(taken.message));
    }
  }

  /** All that we hold belongs to an organization that has enough under way: half goes back, so that we see who else is waiting. */
  async function makeRoom(): Promise<void> {
    const back = waiting.splice(waiting.length / 2);
    await Promise.all(back.map(taken => settle(options, taken, { again: 2 })));
  }

  const rest = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined); // woken by stop
  const ended = loop();
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/**
 * Of those that wait, the one whose organization has the fewest under way, the longest waiting among equals. The last free place
 * is kept for an organization that has nothing under way, so that no single one can fill the lane.
 */
export function fairest<T extends Scope>(waiting: readonly Taken<T>[], running: readonly string[], most: number): Taken<T> | undefined {
  if (running.length >= most) return undefined;
  const underWay = (taken: Taken<T>) => running.filter(name => name === nameOf(taken.message)).length;
  const next = waiting.toSorted((a, b) => underWay(a) - underWay(b))[0];
  const lastPlace = most > 1 && running.length === most - 1;
  return next && lastPlace && underWay(next) > 0 ? undefined : next;
}

function nameOf(scope: Scope): string {
  return `${scope.tenant}|${scope.organization}`;
}

async function take<T>(options: LaneOptions<T>, room: number): Promise<Taken<T>[]> {
  if (room <= 0) return [];
  try {
    return await options.queue.take(Math.min(32, room), options.holdSeconds);
  } catch (error) {
    options.failed(error);
    return [];
  }
}

async function carryOut<T>(options: LaneOptions<T>, taken: Taken<T>): Promise<void> {
  await settle(options, taken, await verdictOn(options, taken));
}

async function verdictOn<T>(options: LaneOptions<T>, taken: Taken<T>): Promise<Verdict<T>> {
  try {
    return await options.act(taken.message);
  } catch (error) {
    options.failed(error);
    return { again: Math.min(3600, 2 ** Math.min(12, taken.attempt)) };
  }
}

/** What cannot be settled becomes visible again by itself and is acted on again. */
async function settle<T>(options: LaneOptions<T>, taken: Taken<T>, verdict: Verdict<T>): Promise<void> {
  try {
    if ('done' in verdict) await taken.done();
    else await taken.later(verdict.again, verdict.message);
  } catch (error) {
    if (!(error instanceof Overtaken)) options.failed(error);
  }
}
