// Why what somebody asked for is not carried out, in words for them: what deeds and routes alike refuse with.

/** `stale` is the conflict that a caller's own precondition finds (`If-Match`). */
export type RefusalKind = 'bad-request' | 'unauthorized' | 'forbidden' | 'not-found' | 'conflict' | 'under-way' | 'stale' | 'key-reused' | 'precondition-required' | 'too-many';

/** `message` is for people; `errors` says per field what is wrong and what to do; `retryAfter` is when to ask again, in seconds. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly kind: RefusalKind;
  readonly errors: Record<string, string> | undefined;
  readonly retryAfter: number | undefined;
  constructor(kind: RefusalKind, message: string, errors?: Record<string, string>, retryAfter?: number) {
    super(message);
    this.kind = kind;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }
}

/** Refuses for one field, with the sentence that says what to do. */
export function wrongField(field: string, message: string): Refusal {
  return new Refusal('bad-request', `${field}: ${message}`, { [field]: message });
}

/** Refuses with the sentence of the authorisation point, if it gave one. */
export function refuseIf(reason: string | undefined): void {
  if (reason !== undefined) throw new Refusal('forbidden', reason);
}
