// Many calls at once, but never too many.

/** Like `Promise.all(items.map(act))` with at most `most` under way; the first failure is thrown after those under way have ended. */
export async function inParallel<T, R>(items: readonly T[], most: number, act: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const runner = async () => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await act(items[index]!, index);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, runner));
  if (failures.length > 0) throw failures[0];
  return results;
}
