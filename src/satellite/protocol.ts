// What the cloud and a satellite say to each other. The satellite always speaks first; credentials are in none of these messages.
import { z } from 'zod';
import type { Reading } from '../connectors/connector.ts';
import { SourceError } from '../connectors/source-error.ts';

/** Where an agent asks for work and where it answers, both by POST with its token as bearer. */
export const paths = { work: '/satellite/v1/work', answers: '/satellite/v1/answers' } as const;

/** Seconds the cloud holds a question for work open. Shorter than any proxy's patience. */
export const longestPoll = 25;
/** Bytes of JSON that one answer may have; the cloud refuses requests of more than 256 KB. */
export const largestAnswer = 240 * 1024;

const WorkId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
const Values = z.record(z.string(), z.unknown());

/** Says with every question for work who asks: only work for these connectors is handed out. */
export const Hello = z.object({
  version: z.literal(1, { error: 'This agent speaks another version than Waymark. Update the satellite.' }),
  connectors: z.array(z.string()).max(200),
});
export type Hello = z.infer<typeof Hello>;

const Query = z.object({ search: z.string(), next: z.string().optional(), form: Values });
const Measures = z.array(z.object({ metric: z.string(), form: Values }));

/** What is asked of a source: the three calls of `Source`. */
export const Question = z.discriminatedUnion('do', [
  z.object({ do: z.literal('test') }),
  z.object({ do: z.literal('lookup'), name: z.string(), query: Query }),
  z.object({ do: z.literal('read'), measures: Measures }),
]);
export type Question = z.infer<typeof Question>;

/** A question, and the source it is for. `credential` is a name in the satellite's own file. */
export const Errand = z.object({ connector: z.string(), auth: z.string(), settings: Values, credential: z.string(), question: Question });
export type Errand = z.infer<typeof Errand>;

/** An errand in the hands of one agent. `seconds` from now on nobody waits for the answer any more; no instant, because clocks differ. */
export const Work = Errand.extend({ id: WorkId, seconds: z.number() });
export type Work = z.infer<typeof Work>;

/** What a question for work gets: `null` when there was none for as long as the cloud holds the question. */
export const Handed = z.object({ work: Work.nullable() });
export type Handed = z.infer<typeof Handed>;

/** A SourceError on its way. */
export const Failure = z.object({
  remedy: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('reconnect') }),
    z.object({ kind: z.literal('reconfigure'), field: z.string().optional() }),
    z.object({ kind: z.literal('retry'), afterSeconds: z.number().optional() }),
    z.object({ kind: z.literal('report') }),
  ]),
  message: z.string().min(1).max(2000),
});
export type Failure = z.infer<typeof Failure>;

/** A `Reading` as it travels: finite numbers, an ISO instant, at most 1,000 characters of the source's own text. */
export const Read = z.object({ value: z.number(), of: z.number().optional(), asOf: z.iso.datetime({ offset: true }).optional(), raw: z.string().max(1000) });

const Option = z.object({ value: z.string(), title: z.string(), help: z.string().optional() });

export const Answer = z.discriminatedUnion('did', [
  z.object({ did: z.literal('test') }),
  z.object({ did: z.literal('lookup'), page: z.object({ options: z.array(Option), next: z.string().optional() }) }),
  /** One per measure, in order. */
  z.object({ did: z.literal('read'), readings: z.array(z.union([Read, z.object({ failure: Failure })])) }),
  /** Nothing at all could be done. */
  z.object({ did: z.literal('failed'), failure: Failure }),
]);
export type Answer = z.infer<typeof Answer>;

export const Answered = z.object({ work: WorkId, answer: Answer });
export type Answered = z.infer<typeof Answered>;

/** Whether the answer was the first one and came in time. */
export const Received = z.object({ counted: z.boolean() });
export type Received = z.infer<typeof Received>;

export function failureOf({ remedy, message }: SourceError): Failure {
  return { remedy, message: message.slice(0, 2000) };
}

export function errorOf({ remedy, message }: Failure): SourceError {
  return new SourceError(message, remedy);
}

/** What travels for one measure. A reading that is none (NaN, an odd date) becomes a failure here and never a number. */
export function travelling(answer: Reading | SourceError): z.infer<typeof Read> | { failure: Failure } {
  if (answer instanceof SourceError) return { failure: failureOf(answer) };
  const read = Read.safeParse(answer);
  return read.success ? read.data : { failure: failureOf(new SourceError('The source answered something that is not a reading.', { kind: 'report' })) };
}

export function arrived(read: z.infer<typeof Read> | { failure: Failure }): Reading | SourceError {
  return 'failure' in read ? errorOf(read.failure) : read;
}
