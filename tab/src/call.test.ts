// Calls as they go out, and answers as they come back.
import assert from 'node:assert/strict';
import { z } from 'zod';
import { addressOf, api } from '../../src/api.ts';
import { caller, errorsUnder, requestKeys, type CallError } from './call.ts';

interface Asked { address: string; init: RequestInit }

function server(status: number, said: unknown) {
  const asked: Asked[] = [];
  const text = typeof said === 'string' ? said : JSON.stringify(said);
  const fetch = (async (address: string, init: RequestInit) => {
    asked.push({ address, init });
    return new Response(text, { status });
  }) as typeof globalThis.fetch;
  let made = 0;
  return { asked, call: caller(fetch, async () => 'token-1', requestKeys(() => `key-${made += 1}`)) };
}

const goal = { organization: 'contoso', period: '2026-q4', goal: 'g1' };

describe('call', () => {
  it('fills the path, sends JSON and the bearer token', async () => {
    const { asked, call } = server(200, { goal: { period: '2026-q4', id: 'g1' }, id: 'a1', at: '2026-11-21T09:00:00.000Z', by: { kind: 'time' }, activity: { kind: 'comment', text: 'Hello' } });
    const entry = await call(api.comment, { params: goal, body: { text: 'Hello' } });
    assert.equal(entry.id, 'a1');
    assert.equal(asked[0]!.address, '/api/v1/organizations/contoso/goals/2026-q4/g1/comments');
    assert.equal(asked[0]!.init.method, 'POST');
    assert.equal(asked[0]!.init.body, '{"text":"Hello"}');
    assert.deepEqual(asked[0]!.init.headers, { accept: 'application/json', authorization: 'Bearer token-1', 'content-type': 'application/json', 'idempotency-key': 'key-1' });
  });

  it('names what it has seen when it changes something that others may change', async () => {
    const { asked, call } = server(200, {});
    await call(api.deleteGoal, { params: goal, etag: 'e1' });
    assert.deepEqual(asked[0]!.init.headers, { accept: 'application/json', authorization: 'Bearer token-1', 'if-match': '"e1"' });
  });

  describe('under an idempotency key', () => {
    /** Answers as told, one after the other, and remembers the keys. A failing network is `undefined`. */
    function serving(...answers: (number | undefined)[]) {
      const keys: (string | undefined)[] = [];
      const clock = { now: 0 };
      let made = 0;
      const fetch = (async (_address: string, init: RequestInit) => {
        keys.push((init.headers as Record<string, string>)['idempotency-key']);
        const status = answers.shift();
        if (status === undefined) throw new TypeError('fetch failed');
        return new Response('{}', { status });
      }) as typeof globalThis.fetch;
      const call = caller(fetch, async () => 'token-1', requestKeys(() => `key-${made += 1}`, () => clock.now));
      const say = (text: string) => call(api.syncGoal, { params: { ...goal, goal: text } }).catch(() => undefined);
      return { keys, clock, call, say };
    }

    it('does the same thing again under the same key as long as no answer came, so that it is not done twice', async () => {
      const { keys, say } = serving(undefined, 503, 409, 200, 200);
      for (let i = 0; i < 5; i++) await say('a');
      assert.deepEqual(keys, ['key-1', 'key-1', 'key-1', 'key-1', 'key-2']);
    });

    it('does another thing, and the same one much later or after a refusal, under a key of its own', async () => {
      const { keys, clock, say } = serving(undefined, undefined, 400, undefined, undefined);
      for (const text of ['a', 'b', 'a', 'a']) await say(text);
      clock.now += 11 * 60_000;
      await say('a');
      assert.deepEqual(keys, ['key-1', 'key-2', 'key-1', 'key-3', 'key-4']);
    });

    it('sends none with what only reads', async () => {
      const { keys, call } = serving(200, 200);
      await call(api.goal, { params: goal }).catch(() => undefined);
      await call(api.lookup, { params: { organization: 'contoso', connection: 'c1', lookup: 'queries' }, body: { search: '', form: {} } }).catch(() => undefined);
      assert.deepEqual(keys, [undefined, undefined]);
    });
  });

  it('sends no token to an open endpoint', async () => {
    const { asked, call } = server(200, { local: true });
    await call(api.configuration, { params: {} });
    assert.deepEqual(asked[0]!.init.headers, { accept: 'application/json' });
  });

  it('encodes what stands in the path and leaves out empty queries', () => {
    assert.equal(addressOf('/a/:one/b/:two', { one: 'x/y', two: 'z' }, { search: 'a b', next: undefined, empty: '', limit: 50 }), '/a/x%2Fy/b/z?search=a+b&limit=50');
    assert.throws(() => addressOf('/a/:one', {}), /needs "one"/);
  });

  it('turns a problem into an error with a sentence for each field', async () => {
    const { call } = server(400, { type: 'bad-request', title: 'Two fields need attention.', status: 400, errors: { title: 'Give the goal a title.' } });
    await assert.rejects(call(api.goal, { params: goal }), (e: CallError) => e.kind === 'bad-request' && e.errors['title'] === 'Give the goal a title.' && e.message === 'Two fields need attention.');
  });

  it('keeps the remedy of a source’s error', async () => {
    const { call } = server(502, { type: 'source', title: 'The query answered 2 rows.', status: 502, remedy: 'reconfigure' });
    await assert.rejects(call(api.goal, { params: goal }), (e: CallError) => e.kind === 'source' && e.remedy === 'reconfigure');
  });

  it('says who is to be told when the answer does not fit the contract', async () => {
    const { call } = server(200, { goal: 'not a goal' });
    await assert.rejects(call(api.goal, { params: goal }), (e: CallError) => e.kind === 'bug' && e.cause instanceof z.ZodError);
  });

  it('takes a page of a proxy for what it is', async () => {
    await assert.rejects(server(503, '<html>down</html>').call(api.session, { params: {} }), (e: CallError) => e.kind === 'offline');
    await assert.rejects(server(200, '<html>sign in</html>').call(api.session, { params: {} }), (e: CallError) => e.kind === 'bug');
    await assert.rejects(server(401, '').call(api.session, { params: {} }), (e: CallError) => e.kind === 'unauthorized');
  });

  it('tells a network that is down from an aborted call', async () => {
    const call = caller(async () => { throw new TypeError('fetch failed'); }, async () => undefined);
    await assert.rejects(call(api.session, { params: {} }), (e: CallError) => e.kind === 'offline');
    const abort = AbortSignal.abort(new Error('left the page'));
    await assert.rejects(call(api.session, { params: {} }, abort), /fetch failed/);
  });

  it('says that nobody could be signed in when there is no token to be had', async () => {
    const call = caller(globalThis.fetch, async () => { throw new Error('CancelledByUser'); });
    await assert.rejects(call(api.session, { params: {} }), (e: CallError) => e.kind === 'unauthorized' && (e.cause as Error).message === 'CancelledByUser');
  });

  it('finds a form’s errors with and without their path', () => {
    assert.deepEqual(errorsUnder({ 'settings.host': 'No host.', 'credential.password': 'No password.', user: 'No user.' }, 'settings'), { host: 'No host.', user: 'No user.' });
  });
});
