// A worker in a process of its own, for tests that kill it: the real engine, store and Teams delivery, and a source that is asked over HTTP.
import { setTimeout as sleep } from 'node:timers/promises';
import { openTeams } from '../../bot/teams/adapter.ts';
import { deliver } from '../chat/deliver.ts';
import type { Platform } from '../chat/platform.ts';
import type { Measure, Reading } from '../connectors/connector.ts';
import { report } from '../report.ts';
import { openStore } from '../store/azure.ts';
import { openDelivery } from '../store/memory.ts';
import { numbersConnector, openQueues } from '../sync/stage.ts';
import { startWorker } from '../sync/worker.ts';

/** The first argument, as JSON. */
export interface SyncWorkerSettings {
  storage: string;
  /** Stands before the names of the queues. */
  queues: string;
  source: string;
  /** `latencyMs`: how late its answer to a new message comes back, as from a real service: long enough to die between saying and knowing. */
  teams: { botId: string; graph: string; latencyMs: number };
  claimSeconds: number;
}

const { storage, queues, source, teams, claimSeconds } = JSON.parse(process.argv[2]!) as SyncWorkerSettings;
const now = () => new Date();
const store = await openStore({ connectionString: storage });
const refuse = () => { throw new Error('Nobody speaks to this process.'); };
const platform = openTeams(
  { kind: 'simulated', botId: teams.botId, graph: teams.graph, openId: 'http://127.0.0.1:9/unused', issuer: 'unused' },
  { converse: refuse, report, publicUrl: 'http://127.0.0.1:9' },
).platform;
const distant: Platform = {
  ...platform,
  async post(to, message, mark) {
    const said = await platform.post(to, message, mark);
    await sleep(teams.latencyMs);
    return said;
  },
};
const delivery = openDelivery({ store, now, report, find: async () => [], syncNow: refuse, integrationName: id => id }, { teams: distant });

const worker = startWorker({
  store, now, report, claimSeconds,
  queues: await openQueues(storage, queues),
  connectors: new Map([['numbers', numbersConnector(answers)]]),
  outside: { fetch: refuse, dial: refuse },
  vault: { open: async sealed => sealed },
  openThrough: () => { throw new Error('Nothing here is reached through a satellite.'); },
  deliver: (scope, outgoing) => deliver({ ...delivery, claimSeconds }, scope, outgoing),
  worker: `process-${process.pid}`,
});
process.once('SIGTERM', () => { void worker.stop().then(() => process.exit(0)); });
process.once('disconnect', () => process.exit(0));
process.send?.('started');

async function answers(measures: readonly Measure[]): Promise<Reading[]> {
  const response = await fetch(source, { method: 'POST', body: JSON.stringify(measures.map(({ form }) => form['name'])) });
  return ((await response.json()) as number[]).map(value => ({ value, raw: String(value) }));
}
