// When a connection syncs next, and the one chain of queue messages that makes it happen.
import { createHash, randomUUID } from 'node:crypto';
import type { Instant } from '../domain/date.ts';
import type { Scope } from '../domain/organization.ts';
import { keys, rows } from '../store/tables.ts';
import type { SyncDeps } from './deps.ts';
import { revise } from '../store/revise.ts';

/**
 * The first slot after an instant. A connection's slots stand at a fixed offset in every period (counted from 1970), a hash of its
 * keys: all connections together use the period evenly, and neither long syncs nor restarts nor clock changes make a slot drift.
 */
export function nextSlot(scope: Scope, connection: string, everyMinutes: number, after: Date): Instant {
  const period = everyMinutes * 60_000;
  const offset = createHash('sha256').update(`${scope.tenant}|${scope.organization}|${connection}`).digest().readUIntBE(0, 6) % period;
  return new Date((Math.floor((after.getTime() - offset) / period) + 1) * period + offset).toISOString();
}

/** Starts the connection's chain anew; whatever chain there was is dead from here on. After making, editing or enabling a connection. */
export async function startChain(deps: Pick<SyncDeps, 'store' | 'queues' | 'now'>, scope: Scope, connection: string): Promise<void> {
  const started = await revise(deps.store, rows.connection, keys.connection(scope, connection), body =>
    ({ ...body, token: randomUUID(), nextSync: nextSlot(scope, connection, body.everyMinutes, deps.now()) }));
  if (!started?.nextSync) return;
  const due = { tenant: scope.tenant, organization: scope.organization, connection, token: started.token, slot: started.nextSync };
  await deps.queues.syncs.put(due, secondsUntil(deps.now(), started.nextSync));
}

/** Asks for one sync as soon as possible, beside the chain and without touching it. */
export async function syncNow(deps: Pick<SyncDeps, 'queues' | 'now'>, scope: Scope, connection: string): Promise<void> {
  await deps.queues.asked.put({ tenant: scope.tenant, organization: scope.organization, connection, at: deps.now().toISOString() });
}

/** Whole seconds, at most the 7 days that a queue can hide a message. */
export function secondsUntil(now: Date, at: Instant): number {
  return Math.min(604_800, Math.max(0, Math.ceil((Date.parse(at) - now.getTime()) / 1000)));
}
