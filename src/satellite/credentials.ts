// The satellite's own credentials: a JSON file that stays in the customer's network, of which the cloud knows names alone.
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { SourceError } from '../connectors/source-error.ts';

/** The fields of the connector's way in, by the name that connections know it by: `{ "shop": { "user": "…", "password": "…" } }`. */
export const Credentials = z.record(z.string(), z.record(z.string(), z.string()));
export type Credentials = z.infer<typeof Credentials>;

/** Reads the file anew, so that a changed password counts at once. Throws SourceError `reconnect`, which repeats nothing of the file. */
export async function readCredentials(path: string): Promise<Credentials> {
  const content = await checkedContent(path);
  const credentials = Credentials.safeParse(parsed(content));
  if (!credentials.success) throw refused('is not JSON of the form { "name": { "field": "text" } }');
  return credentials.data;
}

async function checkedContent(path: string): Promise<string> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw refused('may be read by others. Run "chmod 600" on it, and consider what it holds known');
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw refused(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function refused(because: string): SourceError {
  return new SourceError(`The satellite’s file of credentials (WAYMARK_SATELLITE_CREDENTIALS) ${because}.`, { kind: 'reconnect' });
}

/** `undefined`, which no such file is, for what is not JSON. */
function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
