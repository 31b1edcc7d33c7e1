// From a connection's row to an opened source: what is handed over, and the sentence when it cannot be.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Connector, Form } from '../connectors/connector.ts';
import { SourceError } from '../connectors/source-error.ts';
import type { Connection } from '../store/tables.ts';
import { openVault } from '../store/vault.ts';
import { openSource } from './open.ts';
import { connectionOf, numbersSource } from './stage.ts';

const scope = { tenant: 't1', organization: 'acme' };
const vault = openVault({ current: 'k', key: async () => Buffer.alloc(32, 7) });
const outside = { fetch: () => { throw new Error('unused'); }, dial: () => { throw new Error('unused'); } };

describe('Opening a connection', () => {
  const host: Form = { fields: [], check: values => (values['host'] ? { ok: true, values: { host: String(values['host']) } } : { ok: false, errors: { host: 'Enter the host.' } }) };
  let handed: unknown;
  const connector: Connector = { ...numbersSource().connector, connection: host, open: async ({ auth, settings, credential }) => { handed = { auth, settings, credential }; return {} as never; } };
  const deps = {
    connectors: new Map([['numbers', connector]]), outside, vault,
    openThrough: (at: typeof scope, { satellite, settings }: Connection, credential: string) => { handed = { at, satellite, settings, credential }; return {} as never; },
  };
  const sealed = (context: string) => vault.seal(JSON.stringify({ password: 'hunter2' }), context);

  it('hands the connector its settings and the opened credential', async () => {
    await openSource(deps, scope, connectionOf('c1', { settings: { host: 'db' }, credential: await sealed('t1|acme|c1') }));
    assert.deepEqual(handed, { auth: 'none', settings: { host: 'db' }, credential: { password: 'hunter2' } });
  });

  it('goes through the satellite that the connection names, with the name of the credential there', async () => {
    const credential = await vault.seal(JSON.stringify({ name: 'shop' }), 't1|acme|c1');
    await openSource(deps, scope, connectionOf('c1', { settings: { host: 'db' }, satellite: 's1', credential }));
    assert.deepEqual(handed, { at: scope, satellite: 's1', settings: { host: 'db' }, credential: 'shop' });
  });

  it('asks for the credential anew when it does not open here, be it another connection’s', async () => {
    for (const credential of ['nonsense', await sealed('t1|acme|c2'), await sealed('t2|acme|c1')]) {
      await assert.rejects(openSource(deps, scope, connectionOf('c1', { settings: { host: 'db' }, credential })), (error: unknown) => {
        assert.ok(error instanceof SourceError && error.remedy.kind === 'reconnect');
        assert.doesNotMatch(error.message, /hunter2|nonsense/);
        return true;
      });
    }
  });

  it('asks for other settings when these do not fit any more, or nobody knows the source', async () => {
    const credential = await sealed('t1|acme|c1');
    for (const more of [{ settings: {} }, { settings: { host: 'db' }, integration: 'gone' }]) {
      await assert.rejects(openSource(deps, scope, connectionOf('c1', { credential, ...more })), (error: unknown) => error instanceof SourceError && error.remedy.kind === 'reconfigure');
    }
  });
});
