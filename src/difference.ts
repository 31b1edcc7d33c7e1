// What a change has changed, as the audit log keeps it.
import { isDeepStrictEqual } from 'node:util';

/** Of two versions of a thing only the fields that differ, each side with its own. */
export function difference<T extends object>(before: T, after: T): { before: Partial<T>; after: Partial<T> } {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof T & string)[];
  const differing = names.filter(name => !isDeepStrictEqual(before[name], after[name]));
  const part = (of: T) => Object.fromEntries(differing.filter(name => of[name] !== undefined).map(name => [name, of[name]])) as Partial<T>;
  return { before: part(before), after: part(after) };
}
