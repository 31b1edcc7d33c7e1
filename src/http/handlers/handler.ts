// What a handler is, and what all of them are given.
import type { Api, Answer, Input } from '../../api.ts';
import type { Connector, Source } from '../../connectors/connector.ts';
import type { Scope } from '../../domain/organization.ts';
import type { Integration } from '../../integrations.ts';
import type { GoalSearch } from '../../search/search.ts';
import type { Store } from '../../store/store.ts';
import type { Vault } from '../../store/vault.ts';
import type { Move } from '../../sync/move.ts';
import type { Caller } from '../caller.ts';

export interface Deps {
  store: Store;
  connectors: ReadonlyMap<string, Connector>;
  integrations: readonly Integration[];
  vault: Vault;
  search: Pick<GoalSearch, 'find'>;
  now(): Date;
  newId(): string;
  /** Opens a source with a credential in the clear, for tests, previews and pickers; or through one of the scope's satellites, which has its own. */
  open(way: { integration: string; auth: string; settings: Record<string, unknown>; credential: Record<string, string>; satellite?: string }, scope: Scope): Promise<Source>;
  /** Moves goals: the same writing as a sync's, with check-ins, feed and outbox. */
  move(scope: Scope, moves: readonly Move[]): Promise<void>;
  /** Sees to what a written goal still has to cause: its parents' progress, and what must be said. */
  carryOn(scope: Scope, period: string): Promise<void>;
  /** (Re)starts a connection's one chain of syncs. */
  startChain(scope: Scope, connection: string): Promise<void>;
  syncNow(scope: Scope, connection: string): Promise<void>;
}

/** Everything that needs a caller; a missing handler does not compile. */
export type Handled = Omit<Api, 'configuration'>;
export type Handlers = { [K in keyof Handled]: Handler<Handled[K]> };
export type Handler<E> = (input: Input<E>, caller: Caller, deps: Deps) => Promise<Answer<E>>;
