// The one way out that a connector may use. The real one is src/outside.ts; the satellite brings its own.
import type { Socket } from 'node:net';

export interface Outside {
  /**
   * `fetch` with a deadline (30 s unless `init.signal` is sooner), a cap on the answer's size, no private addresses, and no redirects:
   * a 3xx comes back as it is. Throws SourceError `retry` when nobody answers in time, `reconfigure` when the address is not allowed
   * or does not exist, `report` when the answer is too large.
   */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  /** A connected TCP socket to an address that was checked and is then kept (no second look-up). Same errors as `fetch`. */
  dial(host: string, port: number): Promise<Socket>;
}
