// Clears what local mode keeps in a folder, and what it had to keep elsewhere for it.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

export async function clear(folder: string): Promise<void> {
  // PostgreSQL's files, where its account cannot enter the folder (src/simulators/postgres.ts).
  const elsewhere = await readFile(join(folder, 'postgres', 'lives-in'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (elsewhere) await rm(elsewhere, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}
