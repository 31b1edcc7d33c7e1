// Why a request is not carried out, in the one shape that every error of the API has (RFC 9457).
import { z } from 'zod';
import type { ProblemDetails } from '../api.ts';
import { SourceError } from '../connectors/source-error.ts';
import { Refusal, type RefusalKind, refuseIf, wrongField } from '../refusal.ts';
import { BadCursor, Conflict, RowTooLarge } from '../store/store.ts';

export { Refusal, refuseIf, wrongField };

const statuses: Record<RefusalKind, number> = {
  'bad-request': 400, unauthorized: 401, forbidden: 403, 'not-found': 404, conflict: 409, 'under-way': 409, stale: 412, 'key-reused': 422, 'precondition-required': 428, 'too-many': 429,
};

/** The schema, for which what it does not know is at fault too (docs/decisions/unknown-fields-are-refused.md). */
export function exactly<T extends z.ZodType>(schema: T): T {
  return schema instanceof z.ZodObject ? schema.strict() as unknown as T : schema;
}

/** A value that fits the schema, or a refusal that names each field at fault. */
export function fitting<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors: Record<string, string> = {};
  for (const issue of flatten(parsed.error.issues)) errors[issue.path.join('.') || 'body'] ??= issue.message;
  const [field, first] = Object.entries(errors)[0]!;
  throw new Refusal('bad-request', `${field}: ${first}`, errors);
}

interface Issue { path: PropertyKey[]; message: string; code?: string | undefined; keys?: string[] | undefined; errors?: Issue[][] | undefined }

/** For a union, the branch that came closest says best what is wrong. */
function flatten(issues: readonly unknown[]): Issue[] {
  return (issues as Issue[]).flatMap(issue => {
    if (issue.code === 'unrecognized_keys') return (issue.keys ?? []).map(key => ({ path: [...issue.path, key], message: 'There is nothing of this name here. Correct its spelling, or leave it out.' }));
    if (issue.code !== 'invalid_union' || !issue.errors?.length) return [issue];
    const closest = issue.errors.toSorted((a, b) => mismatches(a) - mismatches(b))[0]!;
    return flatten(closest).map(inner => ({ ...inner, path: [...issue.path, ...inner.path] }));
  });
}

/** A branch whose tag does not fit is further away than one with wrong fields. */
function mismatches(branch: Issue[]): number {
  return branch.length + (branch.some(i => i.code === 'invalid_value') ? 100 : 0);
}

/** What a caller is told about anything that was thrown. A bug is told by the id under which `report` has logged it, and by nothing else. */
export function problemOf(thrown: unknown, report: (error: unknown) => string): ProblemDetails {
  if (thrown instanceof Refusal) {
    const { kind, message, errors } = thrown;
    return { type: kind === 'stale' ? 'conflict' : kind, title: message, status: statuses[kind], ...(errors ? { errors } : {}) };
  }
  if (thrown instanceof Conflict) return { type: 'conflict', title: 'Somebody else changed this meanwhile. Load it again and repeat your change.', status: 409 };
  if (thrown instanceof BadCursor) return { type: 'bad-request', title: 'next: This page no longer exists. Start again from the first.', status: 400, errors: { next: 'Start again from the first page.' } };
  if (thrown instanceof RowTooLarge) return { type: 'bad-request', title: 'This has become more than can be kept in one place. Take something out first: people from its lists, tasks, or words.', status: 400 };
  if (thrown instanceof SourceError) {
    const { remedy } = thrown;
    const errors = remedy.kind === 'reconfigure' && remedy.field ? { [remedy.field]: thrown.message } : undefined;
    return { type: 'source', title: thrown.message, status: 422, remedy: remedy.kind, ...(errors ? { errors } : {}) };
  }
  const id = report(thrown);
  return { type: 'bug', title: `Something went wrong on our side. Nothing was lost; tell your admin this id: ${id}.`, status: 500, id };
}
