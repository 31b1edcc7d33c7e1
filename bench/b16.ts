// B16: a hundred thousand goals in one period against a thousand: what opening, listing, checking in and rolling up cost, in requests and rows.
import { type Cost, type Deed, type SearchTimes, deeds, growth, isSteady, measureScales, mostGrowth } from './scale.ts';
import { machine } from './workload.ts';

const samples = 8;
const page = 50;

export async function b16() {
  const before = machine();
  const [small, large] = await measureScales({ sizes: [1000, 100_000], samples, page });
  const of = (deed: Deed) => ({ small: small!.costs[deed], large: large!.costs[deed], ratio: growth(small!.costs[deed], large!.costs[deed]) });
  const costs = Object.fromEntries(deeds.map(deed => [deed, of(deed)])) as Record<Deed, ReturnType<typeof of>>;
  return {
    id: 'B16', what: `${large!.goals} goals in one period against ${small!.goals}: one goal opened, a page of ${page} listed and found, a check-in, its ancestors up to the root, each ${samples} times`,
    goals: { small: small!.goals, large: large!.goals }, samples, costs,
    aim: `each ≤ ${mostGrowth} times`, pass: deeds.every(deed => isSteady(costs[deed].ratio)),
    search: large!.search,
    machine: { ...machine(), load: before.load, loaded: before.loaded },
  };
}

const names: Record<Deed, string> = { open: 'open a goal', list: 'a page of goals', search: 'a filtered page', checkIn: 'check in', ancestors: 'its ancestors' };

export function b16Sentences({ costs, search, aim, pass }: Awaited<ReturnType<typeof b16>>): string[] {
  const counts = ({ requests, rowsRead, rowsWritten }: Cost) => `${requests} requests, ${rowsRead} rows read, ${rowsWritten} written`;
  return [
    ...deeds.map(deed => `    ${names[deed].padEnd(16)} ${counts(costs[deed].large)}   among few: ${counts(costs[deed].small)}   ratios ${Object.values(costs[deed].ratio).join(' / ')}`),
    `    aim ${aim}: ${pass ? 'met' : 'MISSED'}`,
    `    the index       ${searchSentence(search)}`,
  ];
}

function searchSentence({ readMs, buildMs, stallMs, wordsMs, filterMs, sortMs }: SearchTimes): string {
  return `read and built in ${readMs} ms, built alone in ${buildMs} ms, nothing else kept waiting longer than ${stallMs} ms; by words ${wordsMs} ms, by owner ${filterMs} ms, all by title ${sortMs} ms`;
}
