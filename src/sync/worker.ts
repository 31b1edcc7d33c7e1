// The worker: carries out what lies in the queues, and sweeps now and then. Any number of them may run, anywhere.
import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncDeps } from './deps.ts';
import { startLane, type Verdict } from './lane.ts';
import { drain } from './outbox.ts';
import { secondsUntil } from './schedule.ts';
import { sweep } from './sweep.ts';
import { syncConnection, type SyncEnd } from './sync.ts';
import type { DeliveryDue, SyncAsked, SyncDue } from './deps.ts';

const sweepEveryMs = 5 * 60_000;

export interface Worker {
  /** Takes nothing more, finishes what it holds, and gives back what it has not begun. */
  stop(): Promise<void>;
}

export function startWorker(deps: SyncDeps): Worker {
  const holdSeconds = 2 * deps.claimSeconds;
  const failed = (what: string) => (error: unknown) => { deps.report(error, what); };
  const lanes = [
    startLane({ queue: deps.queues.asked, act: asked => syncAsked(deps, asked), failed: failed('syncing on request'), most: 4, holdSeconds, idleMs: 500 }),
    startLane({ queue: deps.queues.syncs, act: due => syncDue(deps, due), failed: failed('syncing by schedule'), most: 8, holdSeconds, idleMs: 2000 }),
    startLane({ queue: deps.queues.deliveries, act: due => deliverDue(deps, due), failed: failed('emptying an outbox'), most: 8, holdSeconds, idleMs: 500 }),
  ];
  const stopping = new AbortController();
  const sweeping = sweepOften(deps, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await Promise.all([...lanes.map(lane => lane.stop()), sweeping]);
    },
  };
}

async function syncAsked(deps: SyncDeps, asked: SyncAsked): Promise<Verdict<SyncAsked>> {
  const end = await syncConnection(deps, asked, asked.connection, { kind: 'asked', at: asked.at });
  return end.end === 'again' ? { again: end.afterSeconds } : { done: true };
}

/** The chain's one message stays one: it is changed in place to the next slot, never removed and put anew. */
async function syncDue(deps: SyncDeps, due: SyncDue): Promise<Verdict<SyncDue>> {
  const end: SyncEnd = await syncConnection(deps, due, due.connection, { kind: 'chained', at: due.slot, token: due.token });
  if (end.end === 'again') return { again: end.afterSeconds };
  if (end.end === 'dropped' || end.next === null) return { done: true };
  return { again: secondsUntil(deps.now(), end.next), message: { ...due, slot: end.next } };
}

async function deliverDue(deps: SyncDeps, due: DeliveryDue): Promise<Verdict<DeliveryDue>> {
  const { againAfter } = await drain(deps, due, due.period);
  return againAfter === undefined ? { done: true } : { again: againAfter };
}

async function sweepOften(deps: SyncDeps, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await sweep(deps);
    } catch (error) {
      deps.report(error, 'sweeping');
    }
    await sleep(sweepEveryMs, undefined, { signal: stopping }).catch(() => undefined); // woken by stop
  }
}
