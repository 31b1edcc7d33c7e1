// How every answer of ours leaves: JSON, or a problem (RFC 9457), never cached, never guessed at by a browser.
import type { Response } from 'restify';

/** Without restify's formatters, which know neither problem+json nor how to say no to an odd Accept header. */
export function sendJson(res: Response, status: number, body: unknown): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  res.sendRaw(status, JSON.stringify(body), { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
}
