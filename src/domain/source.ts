// What a goal's people know of the source that feeds it: the measure that is read there, and what is wrong where none can be.
import { z } from 'zod';
import { Instant } from './date.ts';

/** A metric of the connector with its form filled in. */
export const Measure = z.object({ metric: z.string(), form: z.record(z.string(), z.unknown()) });
export type Measure = z.infer<typeof Measure>;

/** What is wrong with a link or connection, in words for people, with the remedy's name. */
export const Problem = z.object({ remedy: z.enum(['reconnect', 'reconfigure', 'retry', 'report']), message: z.string(), since: Instant });
export type Problem = z.infer<typeof Problem>;
