// Roll-up: what a parent's progress is when its children say so. Equal weights (features.md 1.7).
import type { Child } from './goal.ts';

/**
 * The mean of the progress of children that have any, in percent; `null` when none has.
 * Initiatives do not contribute (features.md 1.7: "not by default"). Always between the least and the greatest child.
 */
export function rollUp(children: readonly Child[]): number | null {
  const heard = children.filter(c => c.kind !== 'initiative' && c.progress !== null).map(c => c.progress!);
  if (heard.length === 0) return null;
  const mean = heard.reduce((sum, p) => sum + p, 0) / heard.length;
  return Math.min(Math.max(...heard), Math.max(Math.min(...heard), mean)); // rounding must not leave the children's bounds
}

/** The parent's memory with this child's latest state in it, in a steady order. */
export function withChild(children: readonly Child[], child: Child): Child[] {
  const others = children.filter(c => c.id !== child.id);
  return [...others, child].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

export function withoutChild(children: readonly Child[], id: string): Child[] {
  return children.filter(c => c.id !== id);
}
