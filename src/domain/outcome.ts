// How a goal is measured, and how far along a value is: the six key-result types of features.md 1.5.
import { z } from 'zod';

/** What a metric's numbers count. `currency` carries its ISO 4217 code. */
export const Unit = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('percent') }),
  z.object({ kind: z.literal('number'), name: z.string().max(40).default('') }),
  z.object({ kind: z.literal('currency'), code: z.string().regex(/^[A-Z]{3}$/, 'Use the three-letter code of the currency, such as EUR.') }),
]);
export type Unit = z.infer<typeof Unit>;

const metric = { kind: z.literal('metric'), name: z.string().trim().min(1, 'Name the metric.').max(120), unit: Unit };
const finite = z.number();

/**
 * What "done" means. Percent complete runs from 0 to 100; a metric has a name, a unit and one of six directions.
 * Control directions (`stay-above`, `stay-below`) are met or not; `baseline` only records values until a target is known.
 */
export const Outcome = z.union([
  z.object({ kind: z.literal('percent') }),
  z.object({ ...metric, direction: z.literal('reach'), target: finite })
    .refine(o => o.target !== 0, { path: ['target'], error: 'A target to reach from 0 must not be 0.' }),
  z.object({ ...metric, direction: z.literal('increase'), start: finite, target: finite })
    .refine(o => o.target > o.start, { path: ['target'], error: 'To increase, the target must be above the start.' }),
  z.object({ ...metric, direction: z.literal('decrease'), start: finite, target: finite })
    .refine(o => o.target < o.start, { path: ['target'], error: 'To decrease, the target must be below the start.' }),
  z.object({ ...metric, direction: z.literal('stay-above'), target: finite, risk: finite.optional() })
    .refine(o => o.risk === undefined || o.risk < o.target, { path: ['risk'], error: 'The risk threshold must be below the target.' }),
  z.object({ ...metric, direction: z.literal('stay-below'), target: finite, risk: finite.optional() })
    .refine(o => o.risk === undefined || o.risk > o.target, { path: ['risk'], error: 'The risk threshold must be above the target.' }),
  z.object({ ...metric, direction: z.literal('baseline') }),
]);
export type Outcome = z.infer<typeof Outcome>;

/** Beyond it a double skips whole numbers (docs/decisions/values-are-doubles.md), and differences and sums may leave what it holds at all. */
const mostSaid = Number.MAX_SAFE_INTEGER;
const tooLarge = 'Give a number up to 9,007,199,254,740,991. Count in thousands or millions instead.';

/** A value or target as people give it. */
export const Amount = z.number().min(-mostSaid, tooLarge).max(mostSaid, tooLarge);

/** An outcome as people give it. */
export const GivenOutcome = Outcome.superRefine((outcome, context) => {
  for (const field of ['start', 'target', 'risk'] as const) {
    const number = (outcome as { [name in typeof field]?: number })[field];
    if (number !== undefined && !Amount.safeParse(number).success) context.addIssue({ code: 'custom', path: [field], message: tooLarge });
  }
});

/**
 * Progress in percent, 0 to 100, for a value in the outcome's own unit.
 * `null` where there is nothing to say: no value yet, or an outcome without a notion of progress (baseline).
 * Values beyond start or target are held at 0 and 100, so that one overshooting child cannot hide a failing sibling
 * (docs/decisions/progress-is-clamped.md). For control outcomes equality counts as failed (features.md 1.5).
 */
export function progressOf(outcome: Outcome, value: number | null): number | null {
  if (value === null) return null;
  if (outcome.kind === 'percent') return clamp(value);
  switch (outcome.direction) {
    case 'reach': return clamp((value / outcome.target) * 100);
    case 'increase':
    case 'decrease': return clamp(((value - outcome.start) / (outcome.target - outcome.start)) * 100);
    case 'stay-above': return value > outcome.target ? 100 : 0;
    case 'stay-below': return value < outcome.target ? 100 : 0;
    case 'baseline': return null;
  }
}

/** What a goal of this outcome shows before its first check-in: regular outcomes stand at 0 %, the others have no progress yet. */
export function initialProgress(outcome: Outcome): number | null {
  return initialAmount(outcome) === null ? null : 0;
}

/** Where a value stands before anybody has said one, in the outcome's unit; `null` where an outcome has no such place. */
export function initialAmount(outcome: Outcome): number | null {
  if (outcome.kind === 'percent') return 0;
  switch (outcome.direction) {
    case 'reach': return 0;
    case 'increase':
    case 'decrease': return outcome.start;
    default: return null;
  }
}

/** What an outcome's values count. */
export function unitOf(outcome: Outcome): Unit {
  return outcome.kind === 'percent' ? { kind: 'percent' } : outcome.unit;
}

function clamp(percent: number): number {
  return Math.min(100, Math.max(0, percent)); // NaN stays what it is, and is refused by the store
}
