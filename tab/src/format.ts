// How values, progress, dates and ages are written for people, in the reader's own locale.
import type { Goal } from '../../src/domain/goal.ts';
import type { Outcome } from '../../src/domain/outcome.ts';

/** A value in the outcome's unit: `42%`, `€1,250.50`, `1,250 leads`. */
export function valueText(outcome: Outcome, value: number, locale: string): string {
  if (outcome.kind === 'percent') return percentText(value, locale);
  const { unit } = outcome;
  switch (unit.kind) {
    case 'percent': return new Intl.NumberFormat(locale, { style: 'percent', ...digitsFor(value, 2) }).format(value / 100);
    case 'currency': return new Intl.NumberFormat(locale, { style: 'currency', currency: unit.code, ...currencyDigits(value) }).format(value);
    case 'number': return `${numberText(value, locale)}${unit.name === '' ? '' : ` ${unit.name}`}`;
    case 'none': return numberText(value, locale);
  }
}

/** Two decimals, and three significant digits for what is smaller than one: 0.0042 must not read as 0. */
export function numberText(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, digitsFor(value, 2)).format(value);
}

/** A score from 0 to 1: `0.7`, `1.0`, `0.85`. */
export function scoreText(score: number, locale: string): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 2 }).format(score);
}

/** Progress in percent. 99.97 is not written as 100 %, nor 0.04 as 0 %: neither done nor nothing. */
export function percentText(percent: number, locale: string): string {
  const held = percent < 100 && percent > 99.9 ? 99.9 : percent > 0 && percent < 0.1 ? 0.1 : percent;
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(held / 100);
}

function digitsFor(value: number, decimals: number): Intl.NumberFormatOptions {
  return value !== 0 && Math.abs(value) < 1 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: decimals };
}

function currencyDigits(value: number): Intl.NumberFormatOptions {
  return Number.isInteger(value) ? { maximumFractionDigits: 0 } : {};
}

/** What counts as done, in a few words: `from 100 to 250 leads`, `stay below 5%`. */
export function targetText(outcome: Outcome, locale: string): string {
  if (outcome.kind === 'percent') return `of ${percentText(100, locale)}`;
  const text = (value: number) => valueText(outcome, value, locale);
  switch (outcome.direction) {
    case 'reach': return `of ${text(outcome.target)}`;
    case 'increase':
    case 'decrease': return `from ${outcome.unit.kind === 'number' ? numberText(outcome.start, locale) : text(outcome.start)} to ${text(outcome.target)}`;
    case 'stay-above': return `to stay above ${text(outcome.target)}`;
    case 'stay-below': return `to stay below ${text(outcome.target)}`;
    case 'baseline': return 'finding a baseline';
  }
}

/** What a goal's value says at a glance; a value nobody has said yet is a dash, never a zero. */
export function goalValueText(goal: Pick<Goal, 'outcome' | 'value'>, locale: string): string {
  return goal.value === null ? '–' : valueText(goal.outcome, goal.value, locale);
}

/** What stands behind a number that is typed in. */
export function unitText(outcome: Outcome): string {
  if (outcome.kind === 'percent' || outcome.unit.kind === 'percent') return '%';
  if (outcome.unit.kind === 'currency') return outcome.unit.code;
  return outcome.unit.kind === 'number' ? outcome.unit.name : '';
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3600], ['minute', 60],
];

/** How long ago: `5 minutes ago`, `just now`. Whole units, never rounded up: a value of 119 minutes is one hour old. What a faster clock than ours says is just now. */
export function ageText(at: string, now: Date, locale: string): string {
  const seconds = (now.getTime() - Date.parse(at)) / 1000;
  const step = steps.find(([, length]) => seconds >= length);
  if (step === undefined) return 'just now';
  return new Intl.RelativeTimeFormat(locale, { numeric: 'always' }).format(-Math.trunc(seconds / step[1]), step[0]);
}

/** How soon: `in 2 hours`, `in a moment`; `due now` when its time has passed. */
export function dueText(at: string, now: Date, locale: string): string {
  const seconds = (Date.parse(at) - now.getTime()) / 1000;
  const step = steps.find(([, length]) => seconds >= length);
  if (step === undefined) return seconds > 0 ? 'in a moment' : 'due now';
  return new Intl.RelativeTimeFormat(locale, { numeric: 'always' }).format(Math.trunc(seconds / step[1]), step[0]);
}

/** Date and time to the second, with the reader's time zone. */
export function exactText(at: string, locale: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(at));
}

/** A calendar date, which has no time zone. */
export function dateText(date: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' }).format(Date.parse(date));
}

/** A number as people type it, without thousands separators; `undefined` when it is none. `1,250` could mean two numbers, so it is none. */
export function numberFrom(text: string): number | undefined {
  const trimmed = text.trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) && Number.isFinite(Number(trimmed)) ? Number(trimmed) : undefined;
}

/** What to tell somebody whose text is no number. */
export const numberHint = 'Write a number such as 1250.5: a point for decimals, no thousands separators.';
