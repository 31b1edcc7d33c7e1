// How every answer of ours leaves: JSON, or a problem (RFC 9457), never cached, never guessed at by a browser.
import type { Request, Response } from 'restify';
import { Refusal, problemOf } from './refusal.ts';

/** Without restify's formatters, which know neither problem+json nor how to say no to an odd Accept header. */
export function sendJson(res: Response, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  res.sendRaw(status, JSON.stringify(body), { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers });
}

/** A route that tells of whatever is thrown as a problem. Left to itself restify answers the inside of an error, and logs it nowhere. */
export function answering(report: (error: unknown, context: string) => string, place: string, answer: (req: Request, res: Response) => Promise<void>) {
  return async (req: Request, res: Response): Promise<void> => {
    try {
      await answer(req, res);
    } catch (error) {
      const problem = problemOf(error, bug => report(bug, place));
      const wait = error instanceof Refusal ? error.retryAfter : undefined;
      if (!res.headersSent) sendJson(res, problem.status, problem, wait === undefined ? {} : { 'retry-after': String(wait) });
    }
  };
}
