// The customer's side: asks the cloud for errands, carries them out and answers. It only ever calls out, and outlives the cloud's absence.
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { type ErrandDeps, carryOut } from './errand.ts';
import { Handed, type Hello, type Answered, Received, type Work, longestPoll, paths } from './protocol.ts';

export interface AgentDeps extends ErrandDeps {
  /** Where Waymark is, without a path. */
  url: string;
  token: string;
  /** One line for whoever runs the satellite. */
  say(line: string): void;
  /** Milliseconds before the cloud is asked again after a failure, doubling up to the most. */
  backoff?: { firstMs: number; mostMs: number };
}

export interface Agent {
  /** Takes no more errands and settles once those it holds are answered. */
  stop(): Promise<void>;
}

/** Errands that one agent carries out at a time; start more agents with the same token for more. */
const atOnce = 4;

export function startAgent(deps: AgentDeps): Agent {
  const stopping = new AbortController();
  const held = new Set<Promise<void>>();
  const hold = (work: Work) => {
    const carried = carry(deps, work).catch((error: unknown) => { deps.report(error, 'answering an errand'); }).finally(() => held.delete(carried));
    held.add(carried);
  };

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      if (held.size >= atOnce) {
        await Promise.race(held);
        continue;
      }
      try {
        const { work } = await asked(deps, stopping.signal);
        if (failures > 0) deps.say('Waymark answers again.');
        failures = 0;
        if (work) hold(work);
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (failures === 0) deps.say(`Waymark cannot be asked for work: ${sentence(error)} The satellite tries again until it can.`);
        await sleep(waitMs(deps, failures++), undefined, { signal: stopping.signal }).catch(() => undefined); // only stopping ends it early
      }
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
      await Promise.all(held);
    },
  };
}

function asked(deps: AgentDeps, stopping: AbortSignal): Promise<Handed> {
  const hello: Hello = { version: 1, connectors: [...deps.connectors.keys()] };
  return call(deps, paths.work, hello, Handed, AbortSignal.any([stopping, AbortSignal.timeout((longestPoll + 15) * 1000)]));
}

/** Carries the errand out once; only the answer is sent again, for as long as somebody waits for it. */
async function carry(deps: AgentDeps, work: Work): Promise<void> {
  const end = performance.now() + work.seconds * 1000;
  const answered: Answered = { work: work.id, answer: await carryOut(deps, work) };
  for (let failures = 0; performance.now() < end; failures++) {
    try {
      await call(deps, paths.answers, answered, Received, AbortSignal.timeout(15_000));
      return;
    } catch (error) {
      if (error instanceof CloudRefusal && !error.isPassing) return deps.say(`Waymark did not take an answer: ${sentence(error)}`);
      await sleep(waitMs(deps, failures));
    }
  }
  deps.say('An answer could not be sent in time. Waymark asks again by itself.');
}

/** The cloud was reached and said no. */
class CloudRefusal extends Error {
  override readonly name = 'CloudRefusal';
  readonly isPassing: boolean;
  constructor(status: number) {
    super(status === 401 ? 'it does not know this token (WAYMARK_SATELLITE_TOKEN). The satellite may have been deleted.' : `it answered with HTTP ${status}.`);
    this.isPassing = status >= 500 || status === 408 || status === 429;
  }
}

/** Redirects are not followed: the token goes to the address it was made for. */
async function call<T>(deps: AgentDeps, path: string, body: unknown, answer: z.ZodType<T>, signal: AbortSignal): Promise<T> {
  const response = await fetch(new URL(path, deps.url), {
    method: 'POST', redirect: 'error', signal, body: JSON.stringify(body),
    headers: { authorization: `Bearer ${deps.token}`, 'content-type': 'application/json' },
  });
  const text = await response.text();
  if (!response.ok) throw new CloudRefusal(response.status);
  return answer.parse(JSON.parse(text));
}

function sentence(error: unknown): string {
  if (error instanceof CloudRefusal) return error.message;
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
  return cause?.code ? `the connection failed (${cause.code}).` : 'it did not answer as expected.';
}

/** Half of the wait is chance, so that many agents do not come back at one moment. */
function waitMs({ backoff = { firstMs: 1000, mostMs: 30_000 } }: AgentDeps, failures: number): number {
  const most = Math.min(backoff.firstMs * 2 ** failures, backoff.mostMs);
  return most / 2 + Math.random() * (most / 2);
}
