// The value rule: which texts are a number, and that none of the others ever becomes one.
import assert from 'node:assert/strict';
import { assert as hold, bigInt, double, property, string } from 'fast-check';
import { SourceError } from './source-error.ts';
import { numberFrom, readingOf, shortened, withTotal, type Kind } from './value.ts';

const refused = (text: string | null, kind: Kind = 'number') => {
  try {
    return String(numberFrom(text, kind, 'sql'));
  } catch (error) {
    assert.ok(error instanceof SourceError, String(error));
    assert.deepEqual(error.remedy, { kind: 'reconfigure', field: 'sql' });
    return error.message;
  }
};

const pair = (a: string, b: string) => ({ columns: [{ name: a, kind: 'number' as const }, { name: b, kind: 'number' as const }], rows: [['3', '4']] });

describe('the value rule', () => {
  it('takes every safe number in every spelling of it', () => {
    for (const [text, value] of [['0', 0], ['-0', 0], ['+7', 7], ['.5', 0.5], ['5.', 5], ['1e3', 1000], ['1.5E-7', 1.5e-7], ['007', 7], [' 42 ', 42], ['9007199254740991', 2 ** 53 - 1]] as const) {
      assert.equal(numberFrom(text, 'number', 'sql'), value, text);
    }
  });

  for (const [text, sentence] of [
    [null, /NULL/], ['NaN', /NaN/], ['nan', /NaN/], ['Infinity', /infinite/], ['-Infinity', /infinite/], ['inf', /infinite/], ['', /plain number/], [' ', /plain number/],
    ['$1,234.50', /plain number/], ['1,234', /plain number/], ['14.4%', /plain number/], ['#N/A', /plain number/], ['0x10', /plain number/], ['1_000', /plain number/], ['1e', /plain number/],
    ['true', /plain number/], ['2026-01-01', /plain number/], ['٤٢', /plain number/], ['1 2', /plain number/], ['1\n2', /plain number/], ['--1', /plain number/], ['1n', /plain number/],
    ['9007199254740992', /too large/], ['-9007199254740993', /too large/], ['1e16', /too large/], ['1e400', /too large/], ['9'.repeat(1000), /too large/], ['1e-400', /too close to zero/],
  ] as const) {
    it(`refuses ${JSON.stringify(text?.slice(0, 30) ?? null)}`, () => assert.match(refused(text), sentence));
  }

  it('refuses each kind that is not a number with a sentence of its own', () => {
    const sentences = (['text', 'boolean', 'date', 'money', 'other'] as const).map(kind => refused('1', kind));
    assert.equal(new Set(sentences).size, 5);
  });

  it('gives back every safe number from its own text', () => {
    hold(property(double({ noNaN: true, min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }), value => {
      assert.equal(numberFrom(String(value), 'number', 'sql'), value || 0);
    }));
  });

  it('never rounds a whole number: it answers exactly that one or refuses', () => {
    hold(property(bigInt(), whole => {
      const text = String(whole);
      const answer = refused(text);
      assert.ok(answer === text || /too large/.test(answer), `${text} became ${answer}`);
    }));
  });

  it('makes a number of no text that is not one, and zero of none that does not say zero', () => {
    hold(property(string(), text => {
      const answer = refused(text);
      if (answer === '0') assert.match(text.trim(), /^[+-]?[0.]+([eE][+-]?\d+)?$/);
      if (!Number.isFinite(Number(text)) || text.trim() === '') assert.match(answer, /[.]$/);
    }));
  });

  it('takes value and of in either order and any case, and no other pair', () => {
    assert.deepEqual(readingOf(pair('value', 'of'), 'sql'), { value: 3, of: 4, raw: '3 of 4' });
    assert.deepEqual(readingOf(pair('OF', 'Value'), 'sql'), { value: 4, of: 3, raw: '4 of 3' });
    assert.throws(() => readingOf(pair('value', 'total'), 'sql'), /2 columns/);
  });

  it('has no percentage of nothing', () => {
    assert.throws(() => withTotal({ value: 0, raw: '0' }, 0, 'sql'), /total is 0/);
    assert.throws(() => withTotal({ value: 0, raw: '0' }, -1, 'sql'), SourceError);
  });

  it('keeps at most 1,000 characters of the source’s text', () => {
    assert.equal(shortened('x'.repeat(5000)).length, 1000);
    assert.equal(shortened('x'.repeat(1000)), 'x'.repeat(1000));
  });
});
