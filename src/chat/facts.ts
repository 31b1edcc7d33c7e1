// From a goal to what may be said of it, and how its numbers read: one place, so that card, search and answer agree.
import type { PlainDate } from '../domain/date.ts';
import type { Goal } from '../domain/goal.ts';
import { type Outcome, type Unit, unitOf } from '../domain/outcome.ts';
import { expectedOf, expectedShown, isPaced, statusNames } from '../domain/status.ts';
import type { GoalFacts } from './message.ts';

/** A goal with what a card needs besides: its period's name, the organization's date today, and what feeds it, such as `PostgreSQL · Shop`. */
export interface KnownGoal { goal: Goal; period: string; today: PlainDate; source?: string | undefined }

export function goalFacts({ goal, period, today, source }: KnownGoal): GoalFacts {
  return {
    ref: { period: goal.period, id: goal.id },
    kind: goal.kind, title: goal.title, owner: goal.owners.map(o => o.name).join(', '), period,
    outcome: goal.outcome, value: goal.value, progress: goal.progress,
    expected: expectedOf(goal, today),
    status: goal.status, asOf: goal.asOf,
    ...(source ? { source } : {}),
  };
}

/** A number with its unit, to at most two decimals: `1,234.5 signups`, `EUR 20,000`, `63 %`. */
export function quantity(value: number, unit: Unit): string {
  const number = new Intl.NumberFormat('en', { maximumFractionDigits: decimals(value) }).format(value);
  switch (unit.kind) {
    case 'none': return number;
    case 'percent': return `${number} %`;
    case 'number': return unit.name ? `${number} ${unit.name}` : number;
    case 'currency': return `${unit.code} ${number}`;
  }
}

/** The value in the outcome's unit; a value that nobody has said yet is not a number. */
export function valueText(outcome: Outcome, value: number | null): string {
  return value === null ? 'No value yet' : quantity(value, unitOf(outcome));
}

/** What done means, in a few words: `from 0 to 500 signups`. */
export function targetText(outcome: Outcome): string {
  if (outcome.kind === 'percent') return 'to 100 %';
  const text = (value: number) => quantity(value, outcome.unit);
  switch (outcome.direction) {
    case 'reach': return `to ${text(outcome.target)}`;
    case 'increase':
    case 'decrease': return `from ${quantity(outcome.start, { kind: 'none' })} to ${text(outcome.target)}`;
    case 'stay-above': return `to stay above ${text(outcome.target)}`;
    case 'stay-below': return `to stay below ${text(outcome.target)}`;
    case 'baseline': return 'to find a baseline';
  }
}

/** Whole percent, but never 100 before it is reached and never 0 once begun. */
export function percentText(progress: number): string {
  const whole = Math.round(progress);
  if (whole === 100 && progress < 100) return '99 %';
  if (whole === 0 && progress > 0) return '1 %';
  return `${whole} %`;
}

/** How far a goal is, in as few words as can be: its progress, or its value where only that counts. */
export function farText(goal: GoalFacts): string {
  return goal.progress === null || !isPaced(goal.outcome) ? valueText(goal.outcome, goal.value) : percentText(goal.progress);
}

/** The sentence a person needs who sees nothing but a notification. */
export function sentence(goal: GoalFacts): string {
  return `${goal.title}: ${statusNames[goal.status]}, ${far(goal)}`;
}

function far(goal: GoalFacts): string {
  if (goal.progress === null) return valueText(goal.outcome, goal.value);
  if (!isPaced(goal.outcome)) return `${valueText(goal.outcome, goal.value)} ${targetText(goal.outcome)}`;
  const expected = expectedShown(goal, goal.expected);
  return expected === undefined ? `${percentText(goal.progress)} done` : `${percentText(goal.progress)} of ${percentText(expected)} expected`;
}

/** Two decimals, and for small numbers enough that 0.004 does not read as 0. */
function decimals(value: number): number {
  const size = Math.abs(value);
  return size === 0 || size >= 0.01 ? 2 : Math.min(20, Math.ceil(-Math.log10(size)) + 1);
}
