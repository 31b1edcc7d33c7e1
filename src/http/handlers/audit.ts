// The audit log: who did what to which thing, before and after. Append only, newest first, never a credential.
import { put } from '../../store/store.ts';
import { keys, rows } from '../../store/tables.ts';
import { type Caller, who } from '../caller.ts';
import type { Deps } from './handler.ts';

/** `on` is the thing's id; `before` and `after` are what people could see of it, `null` where there was or is nothing. */
export async function record(deed: string, on: string, change: { before: unknown; after: unknown }, caller: Caller, deps: Pick<Deps, 'store' | 'now' | 'newId'>): Promise<void> {
  const at = deps.now().toISOString();
  await deps.store.transact([put(rows.audit, keys.audit(caller.scope, at, deps.newId()), { at, by: who(caller), deed, on, ...change })]);
}
