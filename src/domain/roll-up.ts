// Roll-up: what a goal's progress and status are when its children, or an initiative's tasks, say so (features.md 1.7, 1.8).
import { contributesFirst, weightsOf } from './contribution.ts';
import { asChild, type Child, type Goal } from './goal.ts';
import type { OkrModel } from './organization.ts';
import { progressOf, type Outcome, type Unit } from './outcome.ts';
import { meanScore } from './score.ts';
import { isEnded, type Status } from './status.ts';
import { doneOf } from './tasks.ts';

/** What a goal would be by itself: its value in the outcome's unit, and the progress that stands for. `null`: nothing has been said. */
export interface Automatic { value: number | null; progress: number | null }

/**
 * What moves by itself says of this goal, beside which people may have set something else: its children, its tasks, or what its source
 * said while updates were stopped. `undefined` where nothing says anything: goals moved by hand, and a source that is heeded at once.
 */
export function automaticOf(goal: Goal): Automatic | undefined {
  switch (goal.mode) {
    case 'manual': return undefined;
    case 'source': return goal.stopped && goal.heard ? worth(goal.outcome, goal.heard.value) : undefined;
    case 'roll-up': return goal.kind === 'initiative' ? fromTasks(goal) : rollUp(goal.outcome, goal.children);
  }
}

/** Tasks say how much of percent complete is done; of a metric they say nothing. */
function fromTasks({ outcome, tasks }: Goal): Automatic | undefined {
  return outcome.kind === 'percent' ? worth(outcome, doneOf(tasks)) : undefined;
}

/**
 * What children make of a parent. Percent complete is their weighted mean, leaving out those without progress. A metric in percent
 * takes as much of the way from start to target; any other metric is the sum of what those count that count the same, never of anything else.
 */
export function rollUp(outcome: Outcome, children: readonly Child[]): Automatic {
  return worth(outcome, valueOf(outcome, children));
}

function valueOf(outcome: Outcome, children: readonly Child[]): number | null {
  if (outcome.kind === 'percent') return weightedMean(children, c => c.progress);
  if (outcome.unit.kind !== 'percent') return sum(children, outcome.unit);
  const { direction } = outcome;
  // What has to stay in a range, or seeks a baseline, has no way from start to target: its children's own percentages are averaged.
  if (direction === 'stay-above' || direction === 'stay-below' || direction === 'baseline') return weightedMean(children, c => (sameUnit(c.unit, outcome.unit) ? c.amount : null));
  const mean = weightedMean(children, c => c.progress);
  const start = direction === 'reach' ? 0 : outcome.start;
  return mean === null ? null : start * (1 - mean / 100) + outcome.target * (mean / 100); // exactly the start at 0 %, the target at 100 %
}

function worth(outcome: Outcome, value: number | null): Automatic {
  return { value, progress: progressOf(outcome, value) };
}

/** `null` when nobody who counts has anything to say. Always between the least and the greatest that was said. */
function weightedMean(children: readonly Child[], said: (child: Child) => number | null): number | null {
  const weights = weightsOf(children);
  const heard = children.flatMap(c => {
    const [number, weight] = [said(c), weights.get(c.id)!];
    return number === null || weight === 0 ? [] : [{ number, weight }];
  });
  if (heard.length === 0) return null;
  const numbers = heard.map(h => h.number);
  const heaviest = Math.max(...heard.map(h => h.weight)); // equal weights become 1, and rounding has no part in them
  const total = heard.reduce((all, h) => all + h.weight / heaviest, 0);
  const mean = heard.reduce((all, h) => all + h.number * (h.weight / heaviest), 0) / total;
  return Math.min(Math.max(...numbers), Math.max(Math.min(...numbers), mean)); // rounding must not leave the children's bounds
}

function sum(children: readonly Child[], unit: Unit): number | null {
  const amounts = children.filter(c => c.contributes && sameUnit(c.unit, unit)).flatMap(c => (c.amount === null ? [] : [c.amount]));
  const total = amounts.reduce((all, amount) => all + amount, 0);
  return amounts.length === 0 || !Number.isFinite(total) ? null : total; // beyond the greatest double there is no sum to show
}

function sameUnit(a: Unit, b: Unit): boolean {
  return nameOf(a) === nameOf(b);
}

function nameOf(unit: Unit): string {
  const name = unit.kind === 'number' ? unit.name.trim() : unit.kind === 'currency' ? unit.code : '';
  return `${unit.kind} ${name.toLowerCase()}`;
}

/** Those whose status and end matter to their parent: all but initiatives that do not contribute. */
function counting(children: readonly Child[]): Child[] {
  return children.filter(c => c.kind !== 'initiative' || c.contributes);
}

/** How children end their parent: all closed, or all postponed. */
export interface End { status: 'closed' | 'postponed'; score: number | null }

export function endOf(children: readonly Child[]): End | undefined {
  const all = counting(children);
  const every = (status: Status) => all.length > 0 && all.every(c => c.status === status);
  if (every('closed')) return { status: 'closed', score: meanScore(all.map(c => c.score)) };
  return every('postponed') ? { status: 'postponed', score: null } : undefined;
}

/** Worst first. What is in progress goes well as far as anybody knows; what was opened again has yet to begin. */
const worstFirst = ['at-risk', 'behind', 'on-track', 'not-started'] as const;
const standsFor: Partial<Record<Status, typeof worstFirst[number]>> =
  { 'at-risk': 'at-risk', behind: 'behind', 'on-track': 'on-track', 'in-progress': 'on-track', 'not-started': 'not-started', reopened: 'not-started' };

/** What an open parent's status is by its children, or that it is to be judged by its progress. */
export function statusAmong(children: readonly Child[], from: Goal['statusFrom']): typeof worstFirst[number] | 'by-progress' {
  const all = counting(children);
  if (from === 'progress') return all.some(c => c.status !== 'not-started' && c.status !== 'postponed') ? 'by-progress' : 'not-started';
  const open = all.filter(c => !isEnded(c.status)).map(c => standsFor[c.status]);
  const worst = worstFirst.find(status => open.includes(status));
  if (worst !== undefined && worst !== 'not-started') return worst;
  const someClosed = all.some(c => c.status === 'closed');
  return someClosed || (open.length === 0 && all.length > 0) ? 'by-progress' : 'not-started';
}

/** All that a parent takes from its children or tasks; while this stays the same, nothing that they say moves it. */
export function saidBelow(goal: Goal): string {
  const ofChildren = goal.kind === 'initiative' ? [] : [endOf(goal.children), statusAmong(goal.children, goal.statusFrom)];
  return JSON.stringify([automaticOf(goal), ...ofChildren]);
}

/** Whether a goal's parents have to be told. */
export function isNewsAbove(before: Goal, after: Goal): boolean {
  return before !== after && JSON.stringify(asChild(before)) !== JSON.stringify(asChild(after));
}

/**
 * The parent's memory with this child's latest state in it, in a steady order; the very memory it was given where that says nothing new.
 * Whether and how much the child counts is as the parent has it; by the organization's policy where it hears of the child for the first time.
 */
export function withChild(children: Child[], child: Omit<Child, 'contributes' | 'fixed'>, model: OkrModel): Child[] {
  const known = children.find(c => c.id === child.id);
  const own = known ? { contributes: known.contributes, ...(known.fixed === undefined ? {} : { fixed: known.fixed }) } : { contributes: contributesFirst(child.kind, model) };
  const next: Child = { ...child, ...own };
  if (known && sameChild(known, next)) return children;
  return [...children.filter(c => c.id !== child.id), next].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function sameChild(a: Child, b: Child): boolean {
  const said = (c: Child) => JSON.stringify([c.period, c.kind, c.progress, c.status, c.amount, c.unit, c.score, c.alert, c.private, c.contributes, c.fixed]);
  return said(a) === said(b);
}

export function withoutChild(children: Child[], id: string): Child[] {
  return children.some(c => c.id === id) ? children.filter(c => c.id !== id) : children;
}
