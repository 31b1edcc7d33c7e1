// Orders goals as people read them: every goal under its parent, as far as the parent is among them.

export interface Placed<T> { row: T; depth: number; parent: T | undefined }

const name = (ref: { period: string; id: string }) => `${ref.period}/${ref.id}`;

interface Row { goal: { period: string; id: string; parent: { period: string; id: string } | null } }

/** Keeps the given order among siblings. A goal whose parent is not there stands on its own; a circle of parents loses nobody. */
export function placed<T extends Row>(rows: readonly T[]): Placed<T>[] {
  const here = new Map(rows.map(row => [name(row.goal), row]));
  const parentOf = (row: T) => (row.goal.parent === null ? undefined : here.get(name(row.goal.parent)));
  const done = new Set<T>();
  const answer: Placed<T>[] = [];

  const place = (row: T, depth: number, parent: T | undefined) => {
    if (done.has(row)) return;
    done.add(row);
    answer.push({ row, depth, parent });
    for (const child of rows) if (parentOf(child) === row) place(child, depth + 1, row);
  };

  for (const row of rows) if (parentOf(row) === undefined) place(row, 0, undefined);
  for (const row of rows) place(row, 0, undefined);
  return answer;
}
