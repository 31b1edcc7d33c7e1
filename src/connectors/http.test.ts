// From status to remedy, and how long a source may ask us to wait.
import assert from 'node:assert/strict';
import { call, retryAfter } from './http.ts';
import type { Outside } from './outside.ts';
import { SourceError } from './source-error.ts';

const answering = (status: number, body: string, headers: Record<string, string> = { 'content-type': 'application/json' }): Outside => ({
  fetch: async () => new Response(status === 204 ? null : body, { status, headers }),
  dial: () => assert.fail('nothing dials here'),
});
const failure = async (...answer: Parameters<typeof answering>) => {
  const error = await call(answering(...answer), { name: 'Vendor' }, 'https://vendor.example/').then(() => assert.fail('no error'), (error: unknown) => error);
  assert.ok(error instanceof SourceError, String(error));
  return error;
};

describe('JSON over HTTP', () => {
  for (const [status, remedy] of [
    [401, 'reconnect'], [403, 'reconnect'], [302, 'reconnect'], [203, 'reconnect'], [400, 'reconfigure'], [404, 'reconfigure'], [410, 'reconfigure'], [422, 'reconfigure'],
    [408, 'retry'], [429, 'retry'], [500, 'retry'], [502, 'retry'], [503, 'retry'], [504, 'retry'],
  ] as const) {
    it(`answers ${status} with ${remedy}`, async () => assert.equal((await failure(status, '{}')).remedy.kind, remedy));
  }

  it('takes a page with status 200 for a sign-in, and other text for a fault to report', async () => {
    assert.equal((await failure(200, '<html>', { 'content-type': 'text/html; charset=utf-8' })).remedy.kind, 'reconnect');
    assert.equal((await failure(200, 'hello', { 'content-type': 'text/plain' })).remedy.kind, 'report');
    assert.equal((await failure(200, '{"cut":', { 'content-type': 'application/json' })).remedy.kind, 'report');
  });

  it('passes on data, and an answer without a body', async () => {
    assert.deepEqual((await call(answering(200, '{"a":1}'), { name: 'Vendor' }, 'https://vendor.example/')).body, { a: 1 });
    assert.equal((await call(answering(204, ''), { name: 'Vendor' }, 'https://vendor.example/')).body, undefined);
  });

  it('lets the vendor’s own reading of an error come first', async () => {
    await assert.rejects(call(answering(403, '{}'), { name: 'Vendor', explain: () => new SourceError('Because.', { kind: 'reconfigure', field: 'x' }) }, 'https://vendor.example/'), /Because/);
  });

  it('carries the wait of a busy source', async () => {
    assert.deepEqual((await failure(429, '{}', { 'retry-after': '12' })).remedy, { kind: 'retry', afterSeconds: 12 });
    assert.deepEqual((await failure(503, '{}', {})).remedy, { kind: 'retry' });
  });

  for (const [header, seconds] of [
    ['0', 0], ['5', 5], ['1.2', 2], [' 7 ', 7], ['3600', 3600], ['999999', 3600], ['Sat, 21 Nov 2026 10:00:30 GMT', 30], ['Sat, 21 Nov 2026 09:00:00 GMT', 0], ['Fri, 21 Nov 2036 10:00:00 GMT', 3600],
    ['soon', undefined], ['', undefined], ['-5', undefined], [null, undefined],
  ] as const) {
    it(`reads Retry-After ${JSON.stringify(header)} as ${seconds} seconds`, () => {
      assert.equal(retryAfter(header, Date.parse('2026-11-21T10:00:00Z')), seconds);
    });
  }
});
