// B1: a thousand links through the whole pipeline, against the coalesced SDK loop that writes nothing but a current and a history row.
import { startAzurite } from '../src/simulators/azurite.ts';
import { openFloor } from './loops.ts';
import { openSubject } from './subject.ts';
import { alternate, links, machine, queries, ratios, startSource, summaryOf } from './workload.ts';

const aim = 4;

export async function b1() {
  const before = machine();
  const [azurite, source] = [await startAzurite(), await startSource()];
  try {
    const floor = await openFloor(azurite.connectionString, source);
    const subject = await openSubject(azurite.connectionString, source);
    const runs = await alternate(source, 7, floor, subject);
    const start = performance.now();
    const said = await subject.deliver();
    const ratio = ratios(runs.b, runs.a, run => run.wallMs);
    return {
      id: 'B1', what: `${links} links on ${queries} queries, HTTP to Azurite, all values changed: claim, read, validate, status, history, outbox, against the coalesced SDK loop`,
      subject: summaryOf(runs.b), floor: summaryOf(runs.a), pairs: runs.a.length,
      ratio: ratio.median, ratioMin: ratio.min, ratioMax: ratio.max, cpuRatio: ratios(runs.b, runs.a, run => run.cpuMs).median,
      aim: `R ≤ ${aim}`, pass: ratio.median <= aim,
      delivered: { said, ms: Math.round(performance.now() - start) },
      machine: { ...machine(), load: before.load, loaded: before.loaded },
    };
  } finally {
    source.stop();
    await azurite.stop();
  }
}
