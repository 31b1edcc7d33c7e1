// A planning year is tiled by its quarters and months, years follow one another whatever admins change, and one period is the current one.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { addDays, daysBetween } from './date.ts';
import { Period, type PlanningYear, currentPeriod, daysOf, inOrder, nextPeriod, periodsOfYear, periodsToMake, planningYearOf, planningYearsDue, quartersOf, reaching } from './period.ts';

const every = { years: true, quarters: true, months: true };
const kinds = ['year', 'quarter', 'month'] as const;
const anyYear = fc.integer({ min: 2000, max: 2100 });
const anyMonth = fc.integer({ min: 1, max: 12 });
const anyDay = fc.integer({ min: 0, max: 36_500 }).map(n => addDays('2000-03-01', n));
const shown = (p: Period) => [p.id, p.name, p.start, p.end];

describe('the periods of a planning year', () => {
  it('are the calendar\'s year, quarters and months when it begins in January (C08)', () => {
    assert.deepEqual(periodsOfYear(2028).filter(p => p.kind !== 'month').map(shown), [
      ['2028', '2028', '2028-01-01', '2028-12-31'],
      ['2028-q1', 'Q1 2028', '2028-01-01', '2028-03-31'], ['2028-q2', 'Q2 2028', '2028-04-01', '2028-06-30'],
      ['2028-q3', 'Q3 2028', '2028-07-01', '2028-09-30'], ['2028-q4', 'Q4 2028', '2028-10-01', '2028-12-31'],
    ]);
    const months = periodsOfYear(2028).filter(p => p.kind === 'month');
    assert.deepEqual([months[1]!, months[10]!].map(shown), [['2028-m02', 'February 2028', '2028-02-01', '2028-02-29'], ['2028-m11', 'November 2028', '2028-11-01', '2028-11-30']]);
    assert.equal(periodsOfYear(2027).find(p => p.id === '2027-m02')!.end, '2027-02-28');
  });

  it('bear both years in their names, and the start month in their ids, when it begins in another month (C08)', () => {
    assert.deepEqual(periodsOfYear(2026, 4).slice(0, 6).map(shown), [
      ['2026-04', '2026/27', '2026-04-01', '2027-03-31'],
      ['2026-04-q1', 'Q1 2026/27', '2026-04-01', '2026-06-30'], ['2026-04-q2', 'Q2 2026/27', '2026-07-01', '2026-09-30'],
      ['2026-04-q3', 'Q3 2026/27', '2026-10-01', '2026-12-31'], ['2026-04-q4', 'Q4 2026/27', '2027-01-01', '2027-03-31'],
      ['2026-m04', 'April 2026', '2026-04-01', '2026-04-30'],
    ]);
    assert.deepEqual(shown(periodsOfYear(2026, 4).at(-1)!), ['2027-m03', 'March 2027', '2027-03-01', '2027-03-31']);
    assert.equal(periodsOfYear(2099, 12)[0]!.name, '2099/00');
  });

  it('are only of the kinds that the organization works with', () => {
    for (const kind of kinds) {
      assert.deepEqual(periodsOfYear(2026, 7, { years: kind === 'year', quarters: kind === 'quarter', months: kind === 'month' }), periodsOfYear(2026, 7).filter(p => p.kind === kind));
    }
  });

  it('follow one another from the first day of the year to the last, whatever the start month', () => {
    fc.assert(fc.property(anyYear, anyMonth, (year, yearStart) => {
      const next = periodsOfYear(year + 1, yearStart)[0]!;
      for (const kind of kinds) {
        const parts = periodsOfYear(year, yearStart).filter(p => p.kind === kind);
        assert.equal(parts.length, { year: 1, quarter: 4, month: 12 }[kind]);
        assert.equal(parts[0]!.start, `${year}-${String(yearStart).padStart(2, '0')}-01`);
        for (const [n, part] of parts.entries()) {
          assert.deepEqual(Period.parse(part), part);
          assert.equal(addDays(part.end, 1), (parts[n + 1] ?? next).start);
          const days = daysBetween(part.start, part.end) + 1;
          const [least, most] = { year: [365, 366], quarter: [89, 92], month: [28, 31] }[kind] as [number, number];
          assert.ok(days >= least && days <= most, `${part.id} has ${days} days`);
        }
      }
    }));
  });

  it('hold every date exactly once, in the planning year that the date is in', () => {
    fc.assert(fc.property(anyDay, anyMonth, (date, yearStart) => {
      const year = planningYearOf(date, yearStart);
      for (const kind of kinds) {
        const holding = (y: number) => periodsOfYear(y, yearStart).filter(p => p.kind === kind && p.start <= date && date <= p.end).length;
        assert.deepEqual([holding(year - 1), holding(year), holding(year + 1)], [0, 1, 0], kind);
      }
    }));
  });

  it('bear one id only when they are one period, whichever start months an organization has had', () => {
    const seen = new Map<string, Period>();
    for (let year = 2024; year < 2030; year++) {
      for (let yearStart = 1; yearStart <= 12; yearStart++) {
        for (const period of periodsOfYear(year, yearStart)) assert.deepEqual(seen.get(period.id) ?? period, seen.set(period.id, period).get(period.id));
      }
    }
    assert.equal(seen.size, 6 * 12 * 5 + 6 * 12 + 11);
  });
});

describe('the planning years that are due', () => {
  const table: [string, number, number[]][] = [
    ['2026-09-30', 1, [2026]], ['2026-10-01', 1, [2026, 2027]], ['2026-12-31', 1, [2026, 2027]], ['2027-01-01', 1, [2027]],
    ['2026-12-31', 4, [2026]], ['2027-01-01', 4, [2026, 2027]], ['2026-03-31', 4, [2025, 2026]], ['2026-04-01', 4, [2026]],
  ];
  for (const [today, yearStart, due] of table) it(`on ${today}, with years from month ${yearStart} on, are ${due.join(' and ')} (C08)`, () => assert.deepEqual(planningYearsDue(today, yearStart), due));
});

describe('what is still to be made', () => {
  const year = (of: Partial<PlanningYear>): PlanningYear => ({ year: 2026, yearStart: 1, kinds: { years: true, quarters: true, months: false }, madeAt: '2026-01-01T00:00:00.000Z', ...of });
  const ids = (periods: Period[]) => periods.map(p => p.id);

  it('is nothing of a year that has been made, though its periods may have been removed', () => {
    assert.deepEqual(periodsToMake(2026, { yearStart: 1, periods: { years: true, quarters: true, months: false } }, [year({})]), []);
  });

  it('is, of another kind, all of that kind', () => {
    assert.deepEqual(ids(periodsToMake(2026, { yearStart: 1, periods: every }, [year({})])), Array.from({ length: 12 }, (_, n) => `2026-m${String(n + 1).padStart(2, '0')}`));
  });

  it('goes over from one start month to another without a gap and without quarters twice', () => {
    assert.deepEqual(ids(periodsToMake(2026, { yearStart: 4, periods: { years: true, quarters: true, months: false } }, [year({})])), ['2026-04', '2026-04-q4']);
    assert.deepEqual(ids(periodsToMake(2026, { yearStart: 4, periods: { years: false, quarters: false, months: true } }, [year({ kinds: every })])), ['2027-m01', '2027-m02', '2027-m03']);
  });

  it('leaves no day without a period of each kind and makes none twice, however often admins move the year', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), anyMonth), { minLength: 1, maxLength: 6 }), changes => {
      const made: PlanningYear[] = [];
      const periods: Period[] = [];
      let today = '2026-01-01';
      for (const [days, yearStart] of changes) {
        for (const end = addDays(today, days); today < end; today = addDays(today, 9)) {
          for (const due of planningYearsDue(today, yearStart)) {
            const fresh = periodsToMake(due, { yearStart, periods: every }, made);
            periods.push(...fresh);
            if (fresh.length > 0) made.push(year({ year: due, yearStart, kinds: every }));
          }
          for (const kind of kinds) assert.ok(periods.some(p => p.kind === kind && p.start <= today && today <= p.end), `${today} has no ${kind}`);
        }
      }
      assert.equal(new Set(ids(periods)).size, periods.length);
    }), { numRuns: 25 });
  });
});

const custom = (id: string, start: string, end: string): Period => ({ id, name: id, start, end, kind: 'custom' });

describe('the current period', () => {
  const [q1, q2, q3, q4] = quartersOf(2026) as [Period, Period, Period, Period];
  const year = periodsOfYear(2026)[0]!;
  const november = periodsOfYear(2026).find(p => p.id === '2026-m11')!;
  const trimester = custom('trimester', '2026-09-01', '2026-12-31');
  const calendar = { pinnedPeriod: null };
  const table: [string, Period[], string, Period | undefined][] = [
    ['is the one that holds today (C08)', [q1, q2, q3, q4], '2026-11-21', q4],
    ['holds today on its first day', [q1, q2, q3, q4], '2026-04-01', q2],
    ['holds today on its last day', [q1, q2, q3, q4], '2026-03-31', q1],
    ['is a quarter rather than the year', [year, q4], '2026-11-21', q4],
    ['is a quarter rather than a month (C08)', [year, november, q4], '2026-11-21', q4],
    ['is a quarter rather than a custom period', [custom('sprint', '2026-11-16', '2026-11-27'), year, q4], '2026-11-21', q4],
    ['is the shortest where there are no quarters', [year, trimester], '2026-11-21', trimester],
    ['is the month where there are no quarters', [year, november], '2026-11-21', november],
    ['is of two quarters the one that began first', [quartersOf(2026, 2)[3]!, q4], '2026-11-21', q4],
    ['is the longer one where no shorter one is', [year, q1], '2026-11-21', year],
    ['is the nearest to come in a gap', [q1, q4, q3], '2026-05-05', q3],
    ['is the shorter of two that begin together', [year, q1, q2], '2025-12-01', q1],
    ['is the shorter of two that ended together', [year, q4], '2027-05-05', q4],
    ['is the last there was when none is to come', [q1, q3, q2], '2027-05-05', q3],
    ['is none where there is none', [], '2026-05-05', undefined],
  ];
  for (const [rule, periods, today, expected] of table) it(rule, () => assert.equal(currentPeriod(periods, today, calendar), expected));

  it('does not depend on the order of the list', () => {
    fc.assert(fc.property(fc.shuffledSubarray([q1, q2, q3, q4, year], { minLength: 5 }), fc.nat(800), (periods, day) => {
      const today = addDays('2025-06-01', day);
      assert.equal(currentPeriod(periods, today, calendar), currentPeriod([q1, q2, q3, q4, year], today, calendar));
    }));
  });

  it('advances by itself from one quarter to the next over the years (C08)', () => {
    const periods = [2026, 2027].flatMap(y => periodsOfYear(y, 4));
    const seen: string[] = [];
    for (let today = '2026-04-01'; today <= '2028-03-31'; today = addDays(today, 1)) {
      const { id } = currentPeriod(periods, today, calendar)!;
      if (id !== seen.at(-1)) seen.push(id);
    }
    assert.deepEqual(seen, [2026, 2027].flatMap(y => quartersOf(y, 4).map(q => q.id)));
  });

  it('is the one that admins have declared, until it ends (C08)', () => {
    const all = [q1, q2, q3, q4, year];
    const at = (today: string, pinnedPeriod: string) => currentPeriod(all, today, { pinnedPeriod })!.id;
    assert.equal(at('2026-08-01', '2026'), '2026');
    assert.equal(at('2026-12-31', '2026'), '2026');
    assert.equal(at('2026-08-01', '2026-q4'), '2026-q4');
    assert.equal(at('2026-06-30', '2026-q2'), '2026-q2');
    assert.equal(at('2026-07-01', '2026-q2'), '2026-q3');
    assert.equal(at('2026-08-01', 'deleted'), '2026-q3');
  });
});

describe('the next period', () => {
  const all = [2026, 2027].flatMap(y => periodsOfYear(y));
  const after = (id: string, among = all) => nextPeriod(among, among.find(p => p.id === id)!)?.id;

  it('is the following one of the same kind', () => {
    assert.deepEqual(['2026-q3', '2026-q4', '2026', '2026-m12'].map(id => after(id)), ['2026-q4', '2027-q1', '2027', '2027-m01']);
  });

  it('is none as long as there is none of the kind', () => {
    assert.deepEqual(['2027-q4', '2027', '2027-m12'].map(id => after(id)), [undefined, undefined, undefined]);
  });

  it('is, after a custom period, the next to begin after it ends, nearest in length', () => {
    const trimesters = [custom('t1', '2026-01-01', '2026-04-30'), custom('t2', '2026-05-01', '2026-08-31'), custom('t3', '2026-09-01', '2026-12-31')];
    assert.equal(after('t1', [...all, ...trimesters]), 't2');
    assert.equal(after('t3', [...all, ...trimesters]), '2027-q1');
    assert.equal(after('sprint', [...all, custom('sprint', '2026-11-16', '2026-11-27')]), '2026-m12');
  });

  it('begins after the end of the one before, in the same place of every order of the list', () => {
    fc.assert(fc.property(fc.shuffledSubarray(all, { minLength: 2 }), periods => {
      const next = nextPeriod(periods, periods[0]!);
      if (next) assert.ok(next.start > periods[0]!.end && next.kind === periods[0]!.kind);
      assert.equal(nextPeriod(periods.toReversed(), periods[0]!), next);
    }));
  });
});

describe('a goal with dates of its own', () => {
  const [q4] = quartersOf(2026).slice(3) as [Period];

  it('widens the days of its period, and never its period (C09)', () => {
    const stretched = reaching(q4, { start: '2026-09-15', end: '2027-02-28' });
    assert.deepEqual(daysOf(stretched), { start: '2026-09-15', end: '2027-02-28' });
    assert.deepEqual([stretched.start, stretched.end], [q4.start, q4.end]);
    assert.deepEqual(daysOf(reaching(stretched, { start: '2026-11-01', end: '2027-03-31' })), { start: '2026-09-15', end: '2027-03-31' });
  });

  it('changes nothing where it fits', () => {
    const stretched = reaching(q4, { start: q4.start, end: '2027-02-28' });
    assert.equal(reaching(q4, q4), q4);
    assert.equal(reaching(stretched, { start: '2026-11-01', end: '2027-01-31' }), stretched);
    assert.deepEqual(daysOf({ ...stretched, end: '2027-06-30' }), { start: q4.start, end: '2027-06-30' });
  });
});

describe('the order of periods', () => {
  it('is by beginning, the longer first', () => {
    const [year, q1, , , , m1, m2] = periodsOfYear(2026) as [Period, Period, Period, Period, Period, Period, Period];
    assert.deepEqual([m2, m1, q1, year].toSorted(inOrder), [year, q1, m1, m2]);
  });
});

describe('a period\'s id', () => {
  it('is safe in keys and addresses', () => {
    for (const id of ['', 'Q4', 'a/b', 'a|b', 'a b', 'x'.repeat(41)])
      assert.equal(Period.safeParse({ id, name: 'x', start: '2026-01-01', end: '2026-02-01' }).success, false, id);
  });
});
