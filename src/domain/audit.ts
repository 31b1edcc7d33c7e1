// The audit log's entries.
import { z } from 'zod';
import { Instant } from './date.ts';
import { Who } from './organization.ts';

/** Who did what to which thing (`on`, its id), before and after. */
export const AuditEntry = z.object({
  at: Instant, by: Who, deed: z.string(), on: z.string(), before: z.unknown(), after: z.unknown(),
  /** It was done to something private: who reads the log is told that it was done, and not what it was. */
  private: z.boolean().optional(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
