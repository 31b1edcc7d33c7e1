// B2: the same thousand links against what a first version does: link by link, one read and two writes each.
import { startAzurite } from '../src/simulators/azurite.ts';
import { openNaive } from './loops.ts';
import { openSubject } from './subject.ts';
import { alternate, links, machine, queries, ratios, startSource, summaryOf } from './workload.ts';

const aim = 5;

export async function b2() {
  const before = machine();
  const [azurite, source] = [await startAzurite(), await startSource()];
  try {
    const naive = await openNaive(azurite.connectionString, source);
    const subject = await openSubject(azurite.connectionString, source);
    const runs = await alternate(source, 5, naive, subject);
    const speedUp = ratios(runs.a, runs.b, run => run.wallMs);
    return {
      id: 'B2', what: `${links} links on ${queries} queries, HTTP to Azurite, all values changed: the whole pipeline against a naive loop of one read and two writes a link`,
      subject: summaryOf(runs.b), floor: summaryOf(runs.a), pairs: runs.a.length,
      ratio: speedUp.median, ratioMin: speedUp.min, ratioMax: speedUp.max, cpuRatio: ratios(runs.a, runs.b, run => run.cpuMs).median,
      aim: `speed-up ≥ ${aim}`, pass: speedUp.median >= aim,
      machine: { ...machine(), load: before.load, loaded: before.loaded },
    };
  } finally {
    source.stop();
    await azurite.stop();
  }
}
