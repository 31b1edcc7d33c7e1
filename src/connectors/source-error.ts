// What can go wrong with a source, named by what puts it right. Everything else that is thrown is a bug.

export type SourceRemedy =
  /** The credential is refused or has died: somebody must sign in again or enter a new one. */
  | { kind: 'reconnect' }
  /** The settings or the measure do not fit the source: somebody must change them. `field` names the form's field where one is to blame. */
  | { kind: 'reconfigure'; field?: string }
  /** Passing: try again, not before so many seconds when the source says so. */
  | { kind: 'retry'; afterSeconds?: number }
  /** The source answered in a way we do not understand: a bug of ours or theirs. */
  | { kind: 'report' };

/** `message` is a sentence for people: what happened and what to do. It never carries a credential, nor text that could hold one. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly remedy: SourceRemedy;
  constructor(message: string, remedy: SourceRemedy, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}
