// How every answer of ours leaves: JSON, or a problem (RFC 9457), never cached, never guessed at by a browser.
import type { Request, Response } from 'restify';
import { problemOf } from './refusal.ts';

/** Without restify's formatters, which know neither problem+json nor how to say no to an odd Accept header. */
export function sendJson(res: Response, status: number, body: unknown): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  res.sendRaw(status, JSON.stringify(body), { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
}

/** A route that tells of whatever is thrown as a problem. Left to itself restify answers the inside of an error, and logs it nowhere. */
export function answering(report: (error: unknown, context: string) => string, place: string, answer: (req: Request, res: Response) => Promise<void>) {
  return async (req: Request, res: Response): Promise<void> => {
    try {
      await answer(req, res);
    } catch (error) {
      const problem = problemOf(error, bug => report(bug, place));
      if (!res.headersSent) sendJson(res, problem.status, problem);
    }
  };
}
