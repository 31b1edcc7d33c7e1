// The mailbox of satellites over the store: a row an errand, taken and answered by ETag, so that any process may ask and any may hand out.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Conflict, type Store, type Stored, insert, remove, replace } from './store.ts';
import { type Mail, keys, rows } from './tables.ts';

interface Address { readonly tenant: string; readonly organization: string; readonly satellite: string }

/** How long an overdue errand stays before whoever looks for work clears it away: its asker has died. */
const graceMs = 60_000;

/** The `Mailbox` that src/satellite describes. `everyMs`: how often a waiting process looks again, 300 unless said. */
export function openMailbox({ store, now, everyMs = 300 }: { store: Store; now(): Date; everyMs?: number }) {
  async function changed(to: Address, { body, etag }: Stored<Mail>, change: Partial<Mail>): Promise<boolean> {
    try {
      await store.transact([replace(rows.mail, keys.mail(to, to.satellite, body.id), { ...body, ...change }, etag)]);
      return true;
    } catch (error) {
      if (error instanceof Conflict) return false;
      throw error;
    }
  }

  /** One look through what waits; clears away what nobody will collect. */
  async function taken(of: Address, connectors: readonly string[]): Promise<Mail | undefined> {
    for await (const mail of store.all(rows.mail, keys.mails(of, of.satellite))) {
      const overdueMs = now().getTime() - Date.parse(mail.body.deadline);
      if (overdueMs > graceMs) await store.transact([remove(rows.mail, keys.mail(of, of.satellite, mail.body.id))]);
      if (overdueMs >= 0 || mail.body.taken || !connectors.includes(mail.body.connector)) continue;
      if (await changed(of, mail, { taken: true })) return mail.body;
    }
    return undefined;
  }

  async function layOutAgain(of: Address, id: string): Promise<void> {
    const mail = await store.get(rows.mail, keys.mail(of, of.satellite, id));
    if (mail) await changed(of, mail, { taken: false });
  }

  return {
    async put(to: Address, errand: { connector: string; body: unknown; deadline: string }): Promise<string> {
      const id = `${now().getTime().toString(36).padStart(9, '0')}-${randomBytes(9).toString('base64url')}`;
      await store.transact([insert(rows.mail, keys.mail(to, to.satellite, id), { ...errand, id, taken: false, answer: null })]);
      return id;
    },

    async take(of: Address, connectors: readonly string[], waiting: AbortSignal): Promise<Mail | undefined> {
      while (!waiting.aborted) {
        const mail = await taken(of, connectors);
        if (mail && waiting.aborted) await layOutAgain(of, mail.id);
        else if (mail) return mail;
        else await sleep(everyMs, undefined, { signal: waiting }).catch(() => undefined); // only an abort ends it early
      }
      return undefined;
    },

    async answer(of: Address, id: string, answer: unknown): Promise<boolean> {
      const mail = await store.get(rows.mail, keys.mail(of, of.satellite, id));
      if (!mail?.body.taken || mail.body.answer !== null || mail.body.deadline <= now().toISOString()) return false;
      return changed(of, mail, { answer });
    },

    async collect(of: Address, id: string): Promise<{ answer: unknown } | { taken: boolean }> {
      for (;;) {
        const mail = (await store.get(rows.mail, keys.mail(of, of.satellite, id)))?.body;
        const isOver = !mail || mail.answer !== null || mail.deadline <= now().toISOString();
        if (!isOver) {
          await sleep(everyMs);
          continue;
        }
        await store.transact([remove(rows.mail, keys.mail(of, of.satellite, id))]);
        return mail && mail.answer !== null ? { answer: mail.answer } : { taken: mail?.taken ?? false };
      }
    },
  };
}
