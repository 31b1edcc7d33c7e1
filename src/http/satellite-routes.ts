// What a satellite's agents may call, with the satellite's token and nothing else: ask for work, and answer it.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Server } from 'restify';
import type { z } from 'zod';
import { type Scope, isId } from '../domain/organization.ts';
import type { Address, Mailbox } from '../satellite/mailbox.ts';
import { Answered, Errand, type Handed, Hello, type Received, longestPoll, paths } from '../satellite/protocol.ts';
import { Conflict, type Store, replace } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { Refusal, fitting } from './refusal.ts';
import { answering, sendJson } from './send.ts';

export interface SatelliteDeps {
  store: Store;
  mailbox: Mailbox;
  now(): Date;
  report(error: unknown, context: string): string;
}

/** `lastSeen` is written at most this often. */
const seenEveryMs = 15_000;

export function mountSatellite(server: Server, deps: SatelliteDeps): void {
  route(server, deps, paths.work, Hello, async (address, hello, gone): Promise<Handed> => {
    const errand = await deps.mailbox.take(address, hello.connectors, AbortSignal.any([gone, AbortSignal.timeout(longestPoll * 1000)]));
    if (!errand) return { work: null };
    return { work: { ...Errand.parse(errand.body), id: errand.id, seconds: (Date.parse(errand.deadline) - deps.now().getTime()) / 1000 } };
  });
  route(server, deps, paths.answers, Answered, async (address, { work, answer }): Promise<Received> => ({ counted: await deps.mailbox.answer(address, work, answer) }));
}

/** A new token, to be shown once, and what recognizes it. It names its organization and satellite, so that no search is needed; only the secret proves anything. */
export function newSatelliteToken(scope: Scope, id: string): { token: string; hash: string } {
  const secret = randomBytes(32).toString('base64url');
  return { token: `wms1.${scope.tenant}.${scope.organization}.${id}.${secret}`, hash: hashOf(secret).toString('hex') };
}

/** `gone` is aborted when the agent hangs up, so that no errand is handed to nobody. */
function route<B extends z.ZodType>(server: Server, deps: SatelliteDeps, path: string, body: B, answer: (of: Address, body: z.output<B>, gone: AbortSignal) => Promise<unknown>): void {
  server.post(path, answering(deps.report, `POST ${path}`, async (req, res) => {
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    const address = await addressOf(deps, req.header('authorization'));
    sendJson(res, 200, await answer(address, fitting(body, req.body), gone.signal));
  }));
}

/** Which satellite speaks. Every fault is told in the same words, so that nobody learns which satellites there are. */
async function addressOf(deps: SatelliteDeps, authorization = ''): Promise<Address> {
  const [, tenant = '', organization = '', satellite = '', secret = ''] = /^Bearer wms1\.([^.]*)\.([^.]*)\.([^.]*)\.([\w-]{43})$/.exec(authorization) ?? [];
  const areIds = [tenant, organization, satellite].every(isId);
  const address = { tenant, organization, satellite };
  const stored = areIds ? await deps.store.get(rows.satellite, keys.satellite(address, satellite)) : undefined;
  if (!stored || !timingSafeEqual(hashOf(secret), Buffer.from(stored.body.tokenHash, 'hex'))) {
    throw new Refusal('unauthorized', 'Waymark does not know this satellite’s token. It may have been deleted; ask an admin for a new one.');
  }
  const now = deps.now();
  if (stored.body.lastSeen === null || now.getTime() - Date.parse(stored.body.lastSeen) > seenEveryMs) {
    await see(deps, address, { ...stored, body: { ...stored.body, lastSeen: now.toISOString() } });
  }
  return address;
}

async function see(deps: SatelliteDeps, address: Address, { body, etag }: { body: z.output<typeof rows.satellite.body>; etag: string }): Promise<void> {
  try {
    await deps.store.transact([replace(rows.satellite, keys.satellite(address, body.id), body, etag)]);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error; // another agent of the satellite was seen in the same moment, or it was just deleted
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
