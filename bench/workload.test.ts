// The benchmarks' own check: a loop that loses, doubles or garbles rows must not count as fast.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkValues, links, median, queryOf, ratios, summaryOf, valueOf } from './workload.ts';

describe('A benchmark', () => {
  const right = () => Array.from({ length: links }, (_, link) => ({ id: `link-${link}`, value: valueOf(queryOf(link), 3) as number | null }));

  it('accepts every link once with its right value', () => {
    checkValues(right(), 3);
  });

  it('refuses a run that lost a row, wrote one twice, left a value out or wrote another round’s', () => {
    assert.throws(() => checkValues(right().slice(1), 3), /999 rows/);
    assert.throws(() => checkValues([...right().slice(1), right()[1]!], 3), /same id/);
    assert.throws(() => checkValues([...right().slice(1), { id: 'link-0', value: null }], 3), /add up/);
    assert.throws(() => checkValues(right(), 4), /add up/);
  });

  it('gives every query another value in every round', () => {
    for (let query = 0; query < 100; query++) assert.notEqual(valueOf(query, 1), valueOf(query, 2));
  });

  it('compares pair by pair', () => {
    const run = (wallMs: number) => ({ wallMs, cpuMs: 1 });
    assert.deepEqual(ratios([run(20), run(60), run(40)], [run(10), run(20), run(10)], ({ wallMs }) => wallMs), { median: 3, min: 2, max: 4 });
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(summaryOf([run(500)]).linksPerSecond, 2000);
  });
});
