// A day is the organization's own, whatever the clock in Greenwich says.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Instant, PlainDate, addDays, dateIn, daysBetween } from './date.ts';

describe('dateIn', () => {
  const table: [string, string, string][] = [
    ['UTC', '2026-11-21T00:00:00.000Z', '2026-11-21'],
    ['Pacific/Kiritimati', '2026-11-21T10:00:00.000Z', '2026-11-22'],
    ['Pacific/Kiritimati', '2026-11-21T09:59:59.999Z', '2026-11-21'],
    ['Pacific/Pago_Pago', '2026-11-21T10:59:59.999Z', '2026-11-20'],
    ['Pacific/Pago_Pago', '2026-11-21T11:00:00.000Z', '2026-11-21'],
    ['Asia/Kathmandu', '2026-11-21T18:15:00.000Z', '2026-11-22'],
    ['Europe/Berlin', '2026-12-31T23:00:00.000Z', '2027-01-01'],
    ['Europe/Berlin', '2026-03-28T22:59:00.000Z', '2026-03-28'],
    ['Europe/Berlin', '2026-03-29T21:59:00.000Z', '2026-03-29'], // summer time has begun: midnight is an hour earlier
    ['Europe/Berlin', '2026-03-29T22:00:00.000Z', '2026-03-30'],
    ['Europe/Berlin', '2026-10-25T22:59:00.000Z', '2026-10-25'], // and has ended: the day had 25 hours
    ['Europe/Berlin', '2026-10-25T23:00:00.000Z', '2026-10-26'],
    ['America/New_York', '2028-02-29T04:59:00.000Z', '2028-02-28'],
    ['America/New_York', '2028-03-01T04:59:00.000Z', '2028-02-29'],
  ];
  for (const [zone, instant, date] of table) it(`is ${date} in ${zone} at ${instant}`, () => assert.equal(dateIn(zone, instant), date));

  it('is a date for every zone and instant, and never goes back', () => {
    const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const time = fc.integer({ min: Date.parse('1995-01-01'), max: Date.parse('2100-01-01') });
    fc.assert(fc.property(zone, time, fc.nat(90_000_000), (z, t, later) => {
      const [a, b] = [dateIn(z, new Date(t)), dateIn(z, new Date(t + later))];
      assert.ok(PlainDate.safeParse(a).success);
      assert.ok(a <= b);
    }), { numRuns: 200 });
  });
});

describe('days', () => {
  it('are whole over changes of the clock and leap days', () => {
    assert.equal(daysBetween('2026-03-28', '2026-03-30'), 2);
    assert.equal(daysBetween('2028-02-28', '2028-03-01'), 2);
    assert.equal(daysBetween('2027-02-28', '2027-03-01'), 1);
    assert.equal(daysBetween('2026-11-21', '2026-11-20'), -1);
    assert.equal(addDays('2028-02-28', 1), '2028-02-29');
    assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  });

  it('added and counted are the same', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: -20_000, max: 20_000 }), (from, days) => {
      const date = addDays('2000-01-01', from);
      assert.equal(daysBetween(date, addDays(date, days)), days);
    }));
  });
});

describe('what stands for a time', () => {
  it('is a real date, and an instant in UTC', () => {
    for (const bad of ['2026-02-29', '2026-13-01', '2026-1-1', '21.11.2026', '']) assert.equal(PlainDate.safeParse(bad).success, false, bad);
    assert.ok(PlainDate.safeParse('2028-02-29').success);
    for (const bad of ['2026-11-21', '2026-11-21T09:00:00', '2026-11-21T09:00:00+01:00', '2026-02-30T09:00:00Z'])
      assert.equal(Instant.safeParse(bad).success, false, bad);
    assert.ok(Instant.safeParse('2026-11-21T09:00:00.000Z').success);
  });
});
