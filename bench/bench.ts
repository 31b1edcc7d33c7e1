// Runs benchmarks: `npm run bench -- B1 B2 --json`. All of them when none is named. Fails when an aim is missed.
import { b1 } from './b1.ts';
import { b16, b16Sentences } from './b16.ts';
import { b2 } from './b2.ts';

const benchmarks = { B1: b1, B2: b2, B16: b16 };
type Result = Awaited<ReturnType<(typeof benchmarks)[keyof typeof benchmarks]>>;

const json = process.argv.includes('--json');
const named = process.argv.slice(2).filter(argument => argument !== '--json').map(argument => argument.toUpperCase());
const unknown = named.filter(name => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. Choose from ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(2);
}

for (const [id, run] of Object.entries(benchmarks)) {
  if (named.length > 0 && !named.includes(id)) continue;
  const result = await run();
  console.log(json ? JSON.stringify(result) : sentences(result));
  if (!result.pass) process.exitCode = 1;
}

function sentences(result: Result): string {
  const { machine } = result;
  return [
    `${result.id}  ${result.what}`,
    ...('costs' in result ? b16Sentences(result) : linksSentences(result)),
    `    machine   Node ${machine.node}, ${machine.cores} cores, load ${machine.load}${machine.loaded ? ' (busy: trust the ratio, not the times)' : ''}, peak memory ${machine.peakRssMb} MB`,
  ].join('\n');
}

function linksSentences(result: Exclude<Result, { costs: unknown }>): string[] {
  const { subject, floor } = result;
  return [
    `    Waymark   ${subject.linksPerSecond} links/s   ${subject.wallMs} ms (${subject.wallMsMin} to ${subject.wallMsMax})   ${subject.cpuMsPerLink} ms CPU a link`,
    `    against   ${floor.linksPerSecond} links/s   ${floor.wallMs} ms (${floor.wallMsMin} to ${floor.wallMsMax})   ${floor.cpuMsPerLink} ms CPU a link`,
    `    ratio     ${result.ratio} (${result.ratioMin} to ${result.ratioMax}, median of ${result.pairs} pairs), CPU ${result.cpuRatio}; aim ${result.aim}: ${result.pass ? 'met' : 'MISSED'}`,
    ...('delivered' in result ? [`    the outbox afterwards: ${result.delivered.said} things said in ${result.delivered.ms} ms`] : []),
  ];
}
