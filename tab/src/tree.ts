// Orders goals as people read them: every goal under each of its parents, as far as they are among them.
import type { GoalRef } from '../../src/domain/goal.ts';

/** One line of the tree. */
export interface Placed<T> {
  row: T;
  depth: number;
  parent: T | undefined;
  /** The way down to this line, from the top: the same goal has another one under each of its parents. */
  path: string;
  /** Its children stand under an earlier line of the same goal. */
  unfoldedAbove: boolean;
}

export function nameOf(ref: GoalRef): string {
  return `${ref.period}/${ref.id}`;
}

interface Row { goal: GoalRef & { parents: readonly GoalRef[] } }

/**
 * Keeps the given order among siblings. A goal none of whose parents is there stands on its own; a circle of parents loses nobody.
 * Children are unfolded once, under the first line of their parent: goals that share goals on every level would otherwise fill a page
 * with many times their number.
 */
export function placed<T extends Row>(rows: readonly T[]): Placed<T>[] {
  const here = new Map(rows.map(row => [nameOf(row.goal), row]));
  const parentsOf = (row: T) => [...new Set(row.goal.parents.map(nameOf))].flatMap(name => here.get(name) ?? []);
  const childrenOf = Map.groupBy(rows.flatMap(row => parentsOf(row).map(parent => ({ parent, row }))), ({ parent }) => parent);
  const unfolded = new Set<T>();
  const answer: Placed<T>[] = [];

  const place = (row: T, above: Placed<T> | undefined) => {
    const children = childrenOf.get(row) ?? [];
    const line: Placed<T> = {
      row, parent: above?.row, depth: above === undefined ? 0 : above.depth + 1,
      path: above === undefined ? nameOf(row.goal) : `${above.path} ${nameOf(row.goal)}`,
      unfoldedAbove: unfolded.has(row) && children.length > 0,
    };
    answer.push(line);
    if (unfolded.has(row)) return;
    unfolded.add(row);
    const before = new Set(line.path.split(' '));
    for (const child of children) if (!before.has(nameOf(child.row.goal))) place(child.row, line);
  };

  for (const row of rows) if (parentsOf(row).length === 0) place(row, undefined);
  for (const row of rows) if (!unfolded.has(row)) place(row, undefined);
  return answer;
}
