// The audit log: who did what to which thing, before and after. Append only, newest first, never a credential.
import type { AuditEntry } from '../../domain/audit.ts';
import type { Scope } from '../../domain/organization.ts';
import { refusal } from '../../domain/permission.ts';
import { sift } from '../../store/sift.ts';
import { BadCursor, put } from '../../store/store.ts';
import { keys, newestFirst, rows } from '../../store/tables.ts';
import { type Caller, who } from '../caller.ts';
import { refuseIf } from '../refusal.ts';
import type { Deps, Handlers } from './handler.ts';

/** Before it there was no Waymark, and so nothing that it could have kept. */
const firstMonth = '2026-01';
/** Months that one request looks into; whoever finds nothing in them goes on with the next page. */
const mostMonths = 12;

/** Where the log of what concerns a whole tenant lies: beside those of its organizations, none of which can have this id. */
export function tenantLog(tenant: string): Scope {
  return { tenant, organization: '*' };
}

/** `on` is the thing's id; `before` and `after` are what people could see of it, `null` where there was or is nothing. */
export async function record(
  deed: string, on: string, change: { before: unknown; after: unknown }, { scope, ...caller }: Pick<Caller, 'scope' | 'person'>, deps: Pick<Deps, 'store' | 'now' | 'newId'>,
): Promise<void> {
  const at = deps.now().toISOString();
  await deps.store.transact([put(rows.audit, keys.audit(scope, at, deps.newId()), { at, by: who(caller), deed, on, ...change })]);
}

export const audit = {
  audit: async ({ query }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-organization' }));
    return entries(caller.scope, query, deps);
  },

  tenantAudit: async ({ query }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-tenant', tenantAdministrator: caller.tenantAdministrator }));
    return entries(tenantLog(caller.scope.tenant), query, deps);
  },
} satisfies Partial<Handlers>;

interface Wanted { limit: number; next?: string | undefined; on?: string | undefined; person?: string | undefined }

async function entries(scope: Scope, wanted: Wanted, deps: Pick<Deps, 'store' | 'now'>): Promise<{ rows: AuditEntry[]; next?: string }> {
  const fits = (entry: AuditEntry) => (wanted.on === undefined || entry.on === wanted.on) && (wanted.person === undefined || entry.by.id === wanted.person);
  const found: AuditEntry[] = [];
  let from = wanted.next === undefined ? { month: deps.now().toISOString().slice(0, 7) } : placeOf(wanted.next);
  for (let looked = 0; from.month >= firstMonth; looked++) {
    if (looked === mostMonths || found.length === wanted.limit) return { rows: found, next: from.month };
    const { rows: some, next } = await entriesOfMonth(scope, from, wanted.limit - found.length, fits, deps);
    found.push(...some);
    if (next !== undefined) return { rows: found, next };
    from = { month: monthBefore(from.month) };
  }
  return { rows: found };
}

/** How far somebody has read: a month, in it up to an instant, and of the entries of that one instant so many. */
interface Place { month: string; at?: string; seen?: number }

async function entriesOfMonth(scope: Scope, { month, at: start, seen: before = 0 }: Place, limit: number, fits: (entry: AuditEntry) => boolean, deps: Pick<Deps, 'store'>): Promise<{ rows: AuditEntry[]; next?: string }> {
  let at: string | undefined;
  let seen = 0;
  const { rows: found, last } = await sift(deps.store, rows.audit, keys.audits(scope, month), {
    after: start === undefined ? undefined : newestFirst(start), limit,
    fits: entry => {
      seen = entry.at === at ? seen + 1 : 1;
      at = entry.at;
      return (entry.at !== start || seen > before) && fits(entry);
    },
  });
  return { rows: found.map(({ body }) => discreet(body)), ...(last === undefined ? {} : { next: `${at}~${seen}` }) };
}

/** Of what is private the log says that it was done, and not what it was: its readers need not be on its list. */
function discreet(entry: AuditEntry): AuditEntry {
  return entry.private ? { ...entry, before: null, after: null } : entry;
}

function placeOf(next: string): Place {
  const [, month, rest, seen] = /^(\d{4}-(?:0[1-9]|1[0-2]))(?:(-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)~(\d{1,6}))?$/.exec(next) ?? [];
  if (month === undefined || (rest !== undefined && Number.isNaN(Date.parse(month + rest)))) throw new BadCursor('This page no longer exists.');
  return rest === undefined ? { month } : { month, at: month + rest, seen: Number(seen) };
}

function monthBefore(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}
