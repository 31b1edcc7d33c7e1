// What JSON loses, and what it keeps.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isLostInJson } from './json.ts';

describe('isLostInJson', () => {
  const lost: [string, unknown][] = [
    ['NaN', NaN], ['infinity', -Infinity], ['a date', new Date(0)], ['a map', new Map()], ['a bigint', 1n], ['a function', () => 1],
    ['an undefined element', [1, undefined]], ['a NaN far within', { a: [{ b: { c: NaN } }] }], ['a typed array', new Uint8Array(1)],
    ['a hole', [1, , 2]], // oxlint-disable-line no-sparse-arrays
  ];
  for (const [name, value] of lost) {
    it(`sees that ${name} would be lost`, () => assert.equal(isLostInJson(value), true));
  }

  it('lets an undefined property pass, which is how an optional field is absent', () => {
    assert.equal(isLostInJson({ a: 1, b: undefined }), false);
  });

  it('lets pass whatever JSON itself can say', () => {
    fc.assert(fc.property(fc.jsonValue(), value => !isLostInJson(value)));
  });

  it('lets nothing pass that would come back changed', () => {
    fc.assert(fc.property(fc.anything({ withDate: true, withMap: true, withBigInt: true, withSparseArray: true }), value => {
      if (value === undefined || isLostInJson(value)) return;
      assert.deepEqual(JSON.parse(JSON.stringify(value)), withoutUndefined(value));
    }), { numRuns: 500 });
  });
});

/** The value as optional fields mean it; and 0 for -0, which JSON does not tell apart and neither do we. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (Object.is(value, -0)) return 0;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined).map(([k, v]) => [k, withoutUndefined(v)]));
}
