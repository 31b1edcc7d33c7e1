// Where errands wait for a satellite and answers for whoever asked: shared by all processes of the cloud. The contents are opaque to it.

/** Names one satellite of one organization. */
export interface Address { readonly tenant: string; readonly organization: string; readonly satellite: string }

export interface Mailbox {
  /** Lays out an errand for agents that know `connector`, and answers its id. It is worth nothing after `deadline`, an ISO instant. */
  put(to: Address, errand: { connector: string; body: unknown; deadline: string }): Promise<string>;
  /**
   * The oldest errand that nobody has taken, for one of these connectors: handed to one caller alone, however many ask.
   * Waits for one until `waiting` is aborted; what was taken in the moment of the abort is laid out again.
   */
  take(of: Address, connectors: readonly string[], waiting: AbortSignal): Promise<{ id: string; body: unknown; deadline: string } | undefined>;
  /** Whether the answer counts: only the first one does, to an errand that was taken, before its deadline. */
  answer(of: Address, id: string, answer: unknown): Promise<boolean>;
  /** Waits until the deadline, and clears the errand away. Without an answer it says whether some agent took the errand at all. */
  collect(of: Address, id: string): Promise<{ answer: unknown } | { taken: boolean }>;
}
