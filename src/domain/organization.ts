// Whose goals these are: tenant, organization, people and their roles.
import { z } from 'zod';
import { Instant } from './date.ts';
import { Thresholds } from './status.ts';

/** Names one organization's data. Both parts stand in every key; `tenant` only ever comes from a verified token. */
export interface Scope { readonly tenant: string; readonly organization: string }

/** Ids are safe in keys and addresses. */
export const Id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'An id has up to 64 letters, digits, - and _.');

/** Whether a text from outside may become part of a key. */
export function isId(text: string): boolean {
  return Id.safeParse(text).success;
}

export const Organization = z.object({
  tenant: z.string(),
  id: Id,
  name: z.string().trim().min(1).max(120),
  /** IANA name. A day of this organization, and so its expected progress, begins at midnight there. */
  timeZone: z.string(),
  thresholds: Thresholds,
  /** Integrations that an admin has enabled, by integration id. What is not listed is off. */
  integrations: z.record(z.string(), z.object({ enabledBy: z.string(), enabledAt: Instant })),
});
export type Organization = z.infer<typeof Organization>;

export const Role = z.enum(['admin', 'member']);
export type Role = z.infer<typeof Role>;

/** A person of an organization. `id` is the Entra object id. */
export const Person = z.object({ id: z.string(), name: z.string(), email: z.string().optional(), role: Role });
export type Person = z.infer<typeof Person>;
