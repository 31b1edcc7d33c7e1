// A person's client of our own REST API, typed by its contract: the demo is made and journeys are tested through the same door as everybody's.
import { type Answer, type Endpoint, type Input, addressOf } from '../api.ts';

/** Throws the problem's sentence when the server refuses. */
export type Ask = <E extends Endpoint>(endpoint: E, input: Input<E>) => Promise<Answer<E>>;

export function asker(address: string, token: () => Promise<string>): Ask {
  return async (endpoint, input) => {
    const { params = {}, query = {}, body, etag } = input as { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown; etag?: string };
    const path = addressOf(endpoint.path, params, query);
    const response = await fetch(`${address}${path}`, {
      method: endpoint.method,
      headers: { authorization: `Bearer ${await token()}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(etag === undefined ? {} : { 'if-match': `"${etag}"` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw Object.assign(new Error(`${endpoint.method} ${path}: ${(answer as { title?: string }).title}`), { problem: answer });
    return endpoint.answer.parse(answer) as Answer<typeof endpoint>;
  };
}
