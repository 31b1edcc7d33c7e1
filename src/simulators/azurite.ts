// Azurite, the storage emulator, as a child process: tables and queues for tests and for `npm start`.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

export interface Azurite {
  connectionString: string;
  ports: { table: number; queue: number };
  /** Settles once everything is saved and the process is gone. */
  stop(): Promise<void>;
}

/** Every Azurite has this account; the key is printed in its documentation and protects nothing. */
const account = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/**
 * Starts Azurite on loopback and settles when tables and queues answer. Without `folder` everything stays in memory.
 * With it, everything is kept in memory too and saved to the folder every 5 seconds and at the end; one table store holds at most 512 MiB
 * of JSON (about 500,000 rows), beyond which Azurite ends itself: an emulator for trying things out, not a place to live.
 * The process ends with this one, even when this one is killed.
 */
export async function startAzurite(options: { folder?: string; ports?: { table: number; queue: number } } = {}): Promise<Azurite> {
  const child = fork(createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js'), argumentsOf(options), {
    execArgv: ['--import', import.meta.resolve('./stop-with-parent.ts')],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true, // Ctrl-C in a terminal must not reach it before its users have stopped
  });
  const ports = await portsOf(child);
  child.stderr!.pipe(process.stderr, { end: false }); // what it says when it dies later
  return {
    connectionString: [
      `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey}`,
      `TableEndpoint=http://127.0.0.1:${ports.table}/${account}`,
      `QueueEndpoint=http://127.0.0.1:${ports.queue}/${account}`,
    ].join(';'),
    ports,
    stop: () => stop(child),
  };
}

function argumentsOf({ folder, ports }: { folder?: string; ports?: { table: number; queue: number } }): string[] {
  const hosts = ['blob', 'queue', 'table'].flatMap(service => [`--${service}Host`, '127.0.0.1', `--${service}KeepAliveTimeout`, '120']);
  return [
    ...hosts,
    '--blobPort', '0', '--queuePort', String(ports?.queue ?? 0), '--tablePort', String(ports?.table ?? 0),
    '--silent', '--disableTelemetry', '--skipApiVersionCheck',
    ...(folder === undefined ? ['--inMemoryPersistence'] : ['--location', folder]),
  ];
}

/** Reads from what Azurite prints where it listens; fails with its own words when it ends instead. */
function portsOf(child: ChildProcess): Promise<{ table: number; queue: number }> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const ports = new Map<string, number>();
    createInterface({ input: child.stderr! }).on('line', line => said.push(line));
    createInterface({ input: child.stdout! }).on('line', line => {
      const [, service, port] = /Azurite (\w+) service is successfully listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (service !== undefined) ports.set(service, Number(port));
      if (ports.has('Table') && ports.has('Queue')) resolve({ table: ports.get('Table')!, queue: ports.get('Queue')! });
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`Azurite did not start (${signal ?? `exit code ${code}`}). ${said.join(' ')}`.trim())));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const impatience = setTimeout(() => child.kill('SIGKILL'), 10_000);
  if (child.connected) child.disconnect();
  await gone;
  clearTimeout(impatience);
}
