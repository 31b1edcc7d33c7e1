// How values, ages and dates read.
import assert from 'node:assert/strict';
import {
  ageText, dateText, dueText, exactText, goalValueText, numberFrom, numberText, percentText, scoreText, targetText, valueText,
} from './format.ts';

const metric = { kind: 'metric', name: 'Revenue', direction: 'baseline' } as const;

describe('format', () => {
  it('writes a value with its unit', () => {
    assert.equal(valueText({ kind: 'percent' }, 42, 'en-US'), '42%');
    assert.equal(valueText({ ...metric, unit: { kind: 'none' } }, 1234.5, 'en-US'), '1,234.5');
    assert.equal(valueText({ ...metric, unit: { kind: 'number', name: 'leads' } }, 1250, 'en-US'), '1,250 leads');
    assert.equal(valueText({ ...metric, unit: { kind: 'currency', code: 'EUR' } }, 1250, 'en-US'), '€1,250');
    assert.equal(valueText({ ...metric, unit: { kind: 'currency', code: 'EUR' } }, 1250.5, 'en-US'), '€1,250.50');
    assert.equal(valueText({ ...metric, unit: { kind: 'percent' } }, 4.25, 'en-US'), '4.25%');
  });

  it('follows the locale', () => {
    assert.equal(numberText(1234.5, 'de-DE'), '1.234,5');
    assert.equal(valueText({ ...metric, unit: { kind: 'currency', code: 'EUR' } }, 1250.5, 'de-DE').replaceAll(/\s/g, ' '), '1.250,50 €');
  });

  it('writes a score as one', () => {
    assert.deepEqual([0, 0.7, 0.85, 1].map(score => scoreText(score, 'en-US')), ['0.0', '0.7', '0.85', '1.0']);
    assert.equal(scoreText(0.7, 'de-DE'), '0,7');
  });

  it('never writes a small number as zero', () => {
    assert.equal(numberText(0.0042, 'en-US'), '0.0042');
    assert.equal(numberText(0, 'en-US'), '0');
    assert.equal(percentText(0.04, 'en-US'), '0.1%');
    assert.equal(percentText(0, 'en-US'), '0%');
  });

  it('never writes nearly done as done', () => {
    assert.equal(percentText(99.97, 'en-US'), '99.9%');
    assert.equal(percentText(100, 'en-US'), '100%');
  });

  it('writes a value nobody has said as a dash', () => {
    assert.equal(goalValueText({ outcome: { kind: 'percent' }, value: null }, 'en-US'), '–');
    assert.equal(goalValueText({ outcome: { kind: 'percent' }, value: 0 }, 'en-US'), '0%');
  });

  it('says what counts as done', () => {
    const unit = { kind: 'number', name: 'leads' } as const;
    assert.equal(targetText({ kind: 'percent' }, 'en-US'), 'of 100%');
    assert.equal(targetText({ ...metric, unit, direction: 'increase', start: 100, target: 250 }, 'en-US'), 'from 100 to 250 leads');
    assert.equal(targetText({ ...metric, unit, direction: 'stay-below', target: 5 }, 'en-US'), 'to stay below 5 leads');
  });

  it('says how old something is without rounding up', () => {
    const now = new Date('2026-11-21T12:00:00.000Z');
    const age = (at: string) => ageText(at, now, 'en-US');
    assert.equal(age('2026-11-21T11:59:30.000Z'), 'just now');
    assert.equal(age('2026-11-21T11:55:00.000Z'), '5 minutes ago');
    assert.equal(age('2026-11-21T10:01:00.000Z'), '1 hour ago');
    assert.equal(age('2026-11-19T13:00:00.000Z'), '1 day ago');
    assert.equal(age('2026-11-21T12:00:10.000Z'), 'just now');
  });

  it('says how soon something is', () => {
    const now = new Date('2026-11-21T12:00:00.000Z');
    assert.equal(dueText('2026-11-21T12:30:10.000Z', now, 'en-US'), 'in 30 minutes');
    assert.equal(dueText('2026-11-21T12:00:10.000Z', now, 'en-US'), 'in a moment');
    assert.equal(dueText('2026-11-21T11:30:00.000Z', now, 'en-US'), 'due now');
  });

  it('writes exact times with their zone, and dates without one', () => {
    assert.equal(exactText('2026-11-21T12:00:05.000Z', 'en-GB', 'UTC'), '21 Nov 2026, 12:00:05 UTC');
    assert.equal(dateText('2026-11-21', 'en-GB'), '21 Nov 2026');
  });

  it('takes no text for a number that could mean two', () => {
    assert.equal(numberFrom(' 1250.5 '), 1250.5);
    assert.equal(numberFrom('-3'), -3);
    assert.equal(numberFrom('1,250'), undefined);
    assert.equal(numberFrom(''), undefined);
    assert.equal(numberFrom('0x10'), undefined);
    assert.equal(numberFrom('1e999'), undefined);
  });
});
