// What the benchmarks have in common: the numbers of the source, how it is asked, and how runs are measured, compared and printed.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import { inParallel } from '../src/sync/in-parallel.ts';

export const links = 1000;
export const queries = 100;
/** Requests under way at once, for everybody who does not go one by one. */
export const inFlight = 16;

/** Percent, a different one every round for every query, and now and then on the other side of a status threshold. */
export function valueOf(query: number, round: number): number {
  return ((query * 37 + round * 11) % 1000) / 10;
}

export const queryOf = (link: number): number => link % queries;

export interface Source {
  read(query: number): Promise<number>;
  /** From now on every query has another value; answers the number of the round. */
  tick(): Promise<number>;
  /** Values read since the last tick. */
  calls(): Promise<number>;
  stop(): void;
}

export async function startSource(): Promise<Source> {
  const child = fork(new URL('./source.ts', import.meta.url));
  const [port] = await once(child, 'message') as [number];
  const ask = async <T>(path: string) => (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as T;
  return {
    read: async query => (await ask<{ value: number }>(`/value?query=${query}`)).value,
    tick: async () => (await ask<{ round: number }>('/tick')).round,
    calls: async () => (await ask<{ calls: number }>('/calls')).calls,
    stop: () => child.disconnect(),
  };
}

/** Every query once, several at a time. */
export function readAll(source: Source): Promise<number[]> {
  return inParallel(Array.from({ length: queries }, (_, query) => query), inFlight, query => source.read(query));
}

/** One contender. `run` does the work of one round; `check` throws unless every row is there with the right value. */
export interface Contender {
  run(round: number): Promise<void>;
  check(round: number): Promise<void>;
  /** Source calls that a round is to take. */
  calls: number;
}

export interface Measured { wallMs: number; cpuMs: number }

export async function measured(source: Source, contender: Contender): Promise<Measured> {
  const round = await source.tick();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await contender.run(round);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const calls = await source.calls();
  if (calls !== contender.calls) throw new Error(`The source was called ${calls} times, not ${contender.calls}.`);
  await contender.check(round);
  return { wallMs, cpuMs: (user + system) / 1000 };
}

/** Fails unless there is exactly one value per link, all of them different links, and each is what the source says. */
export function checkValues(found: { id: string; value: number | null }[], round: number): void {
  if (found.length !== links) throw new Error(`${found.length} rows instead of ${links}.`);
  if (new Set(found.map(({ id }) => id)).size !== links) throw new Error('Some rows have the same id.');
  const sum = found.reduce((total, { value }) => total + (value ?? Number.NaN), 0);
  const right = Array.from({ length: links }, (_, link) => valueOf(queryOf(link), round)).reduce((total, value) => total + value, 0);
  if (!(Math.abs(sum - right) < 1e-6)) throw new Error(`The values add up to ${sum} instead of ${right}.`);
}

/** Lets the two go one after the other, `pairs` times after one round of warming up. */
export async function alternate(source: Source, pairs: number, a: Contender, b: Contender): Promise<{ a: Measured[]; b: Measured[] }> {
  const runs = { a: [] as Measured[], b: [] as Measured[] };
  await measured(source, a);
  await measured(source, b);
  for (let pair = 0; pair < pairs; pair++) {
    runs.a.push(await measured(source, a));
    runs.b.push(await measured(source, b));
  }
  return runs;
}

export interface Summary { linksPerSecond: number; wallMs: number; wallMsMin: number; wallMsMax: number; cpuMsPerLink: number }

export function summaryOf(runs: Measured[]): Summary {
  const walls = runs.map(({ wallMs }) => wallMs);
  return {
    linksPerSecond: Math.round((links / median(walls)) * 1000),
    wallMs: round(median(walls)), wallMsMin: round(Math.min(...walls)), wallMsMax: round(Math.max(...walls)),
    cpuMsPerLink: round(median(runs.map(({ cpuMs }) => cpuMs)) / links, 3),
  };
}

/** Pair by pair, so that what else the machine does falls on both. */
export function ratios(over: Measured[], under: Measured[], of: (run: Measured) => number): { median: number; min: number; max: number } {
  const each = over.map((run, i) => of(run) / of(under[i]!));
  return { median: round(median(each), 2), min: round(Math.min(...each), 2), max: round(Math.max(...each), 2) };
}

export function machine(): { node: string; sdk: string; azurite: string; cores: number; load: number; loaded: boolean; peakRssMb: number } {
  const load = loadavg()[0]!;
  return { node: process.version, sdk: versionOf('@azure/data-tables'), azurite: versionOf('azurite'), cores: cpus().length, load: round(load, 2), loaded: load > 1.5 * cpus().length, peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024) };
}

function versionOf(name: string): string {
  return (createRequire(import.meta.url)('../package.json') as { [section in 'dependencies' | 'devDependencies']: Record<string, string> })[name === 'azurite' ? 'devDependencies' : 'dependencies'][name]!;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function round(value: number, digits = 0): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
