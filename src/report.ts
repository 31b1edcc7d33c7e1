// Where bugs are written down: one line of JSON on standard error, with an id that people can be told.
import { randomBytes } from 'node:crypto';

/** Logs a failure once and answers the id it stands under. Contexts name places, never contents. */
export function report(error: unknown, context: string): string {
  const id = randomBytes(4).toString('hex');
  const { name, message, stack } = error instanceof Error ? error : { name: 'NonError', message: String(error), stack: undefined };
  console.error(JSON.stringify({ at: new Date().toISOString(), level: 'error', id, context, name, message, stack: stack?.split('\n').slice(1, 8).map(line => line.trim()) }));
  return id;
}
