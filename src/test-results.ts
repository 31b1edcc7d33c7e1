// What the tests last said, file by file: written by the reporter (test-summary.js) with every run, read by "npm run features".
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

export const FileResults = z.object({
  /** Of the file as it stood when it ran. */
  digest: z.string(),
  /** When the run began, ISO 8601: whatever was saved later was not tested by it. */
  began: z.iso.datetime(),
  /** How many tests the file defines. More than finished: the run was cut short, narrowed by --grep, or stopped by a hook. */
  defined: z.int(),
  /** The tests that finished, each under its full title. */
  tests: z.array(z.object({ title: z.string(), state: z.enum(['passed', 'failed', 'pending']) })),
});
export type FileResults = z.infer<typeof FileResults>;

/** By test file, from the project's folder, with forward slashes. */
export const TestResults = z.record(z.string(), FileResults);
export type TestResults = z.infer<typeof TestResults>;

/** Where results lie in the project's folder: beside what else is built, kept by neither git nor images. */
export const place = 'build/test-results.json';

/** Nothing when no run has left results that this version can read: they are made anew by running the tests. */
export function readResults(folder: string): TestResults | undefined {
  const path = join(folder, place);
  if (!existsSync(path)) return undefined;
  return TestResults.safeParse(parsed(readFileSync(path, 'utf8'))).data;
}

/** Files that this run did not touch keep what they last said; of those that are gone nothing is kept. */
export function keepResults(folder: string, run: TestResults): void {
  const path = join(folder, place);
  const kept = Object.fromEntries(Object.entries({ ...readResults(folder), ...run }).filter(([file]) => existsSync(join(folder, file))));
  mkdirSync(dirname(path), { recursive: true });
  // Two runs may end at once; a reader sees one or the other, never half of each.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(kept, undefined, 1));
  renameSync(draft, path);
}

/** Nothing when there is no such file. */
export function digestOf(path: string): string | undefined {
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
