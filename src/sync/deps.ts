// What the sync engine is handed: everything it depends on, and the messages in its queues.
import { z } from 'zod';
import type { Connector, Source } from '../connectors/connector.ts';
import type { Outside } from '../connectors/outside.ts';
import type { Outgoing } from '../chat/message.ts';
import { Instant } from '../domain/date.ts';
import type { Scope } from '../domain/organization.ts';
import type { Queue } from '../store/queue.ts';
import type { Store } from '../store/store.ts';
import type { Connection } from '../store/tables.ts';
import type { Vault } from '../store/vault.ts';

const whose = { tenant: z.string(), organization: z.string() };

/** The next sync of a connection, invisible in the queue until `slot`. Dropped when `token` is no longer the connection's. */
export const SyncDue = z.object({ ...whose, connection: z.string(), token: z.string(), slot: Instant });
export type SyncDue = z.infer<typeof SyncDue>;

/** Somebody asked at `at` to read a connection's source now. */
export const SyncAsked = z.object({ ...whose, connection: z.string(), at: Instant });
export type SyncAsked = z.infer<typeof SyncAsked>;

/** The outbox of a period may hold something. */
export const DeliveryDue = z.object({ ...whose, period: z.string() });
export type DeliveryDue = z.infer<typeof DeliveryDue>;

/** Three lanes, so that nobody who asks for a sync waits behind the hourly ones. */
export interface Queues { asked: Queue<SyncAsked>; syncs: Queue<SyncDue>; deliveries: Queue<DeliveryDue> }

export interface SyncDeps {
  store: Store;
  queues: Queues;
  connectors: ReadonlyMap<string, Connector>;
  outside: Outside;
  /** Opens a source that is reached through a satellite, where the credential called `credential` is kept. */
  openThrough(scope: Scope, connection: Pick<Connection, 'satellite' | 'integration' | 'auth' | 'settings'>, credential: string): Source;
  /** Unseals a connection's credential, which was sealed for exactly this scope and connection. */
  vault: Pick<Vault, 'open'>;
  /** Says one thing in every conversation that hears about its goal. Throws DeliveryError. */
  deliver: (scope: Scope, outgoing: Outgoing) => Promise<void>;
  now(): Date;
  /** Names this process among the workers. */
  worker: string;
  /** Logs a failure once and answers the id under which it stands in the log. */
  report(error: unknown, context: string): string;
  /** How long a claim on a connection or an outbox lives unrenewed. A crashed worker's work is taken over after it. */
  claimSeconds: number;
}
