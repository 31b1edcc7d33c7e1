// The whole of Waymark as its own process, as "npm start" runs it: for journeys that must not know its insides.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clear } from './clear.ts';

export interface Whole {
  address: string;
  /** The folder it keeps its data in. */
  data: string;
  /** Everything it printed so far. */
  output(): string;
  /** Ends it as a terminal or container would, and answers its exit code. */
  stop(signal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null>;
  /** Clears its data. */
  clear(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');
/** The last line of a start, in local mode and in production. */
const ready = /(?:Now open|serves \S+ on) (http:\S+?)(?:\/sandbox)?\n/;

export async function startWhole(env: Record<string, string> = {}, data?: string): Promise<Whole> {
  const folder = data ?? await mkdtemp(join(tmpdir(), 'waymark-whole-'));
  const { child, output } = run({ PORT: '0', WAYMARK_DATA: folder, ...env });
  const address = await new Promise<string>((resolve, reject) => {
    const look = () => { const found = ready.exec(output())?.[1]; if (found) resolve(found); };
    child.stdout!.on('data', look);
    child.once('exit', code => reject(new Error(`Waymark ended with ${code} before it was ready:\n${output()}`)));
  });
  return {
    address, data: folder, output,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = new Promise<number | null>(resolve => child.once('exit', code => resolve(code)));
      child.kill(signal);
      return ended;
    },
    clear: () => clear(folder),
  };
}

/** A start that is expected to end by itself. */
export async function failedStart(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const { child, output } = run(env);
  const code = await new Promise<number | null>(resolve => child.once('exit', resolve));
  return { code, output: output() };
}

function run(env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['--import', './src/node-version.js', 'src/main.ts'], {
    cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', TZ: 'UTC', ...env },
  });
  let printed = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (text: string) => { printed += text; });
  return { child, output: () => printed };
}
