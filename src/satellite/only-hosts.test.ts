// The satellite's fence holds for every spelling of a host, and for both ways out.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type { Outside } from '../connectors/outside.ts';
import { SourceError } from '../connectors/source-error.ts';
import { onlyHosts } from './only-hosts.ts';

describe('the satellite’s fence', () => {
  const reached: string[] = [];
  const world: Outside = {
    fetch: async url => { reached.push(String(url)); return new Response(); },
    dial: async (host, port) => { reached.push(`${host}:${port}`); return undefined as unknown as Socket; },
  };
  const fence = onlyHosts(world, ['db.example.com:5432', 'Jira.example.com', '10.0.0.7']);
  const refused = (error: unknown) => error instanceof SourceError && error.remedy.kind === 'reconfigure' && !/user|secret/.test(error.message);
  beforeEach(() => { reached.length = 0; });

  it('lets through what is listed: a host with every port, or with one', async () => {
    await fence.dial('db.example.com', 5432);
    await fence.dial('DB.example.com.', 5432);
    await fence.dial('10.0.0.7', 1433);
    await fence.fetch('https://jira.example.com/rest');
    await fence.fetch(new URL('http://JIRA.example.com.:8080/rest'));
    assert.equal(reached.length, 5);
  });

  it('stops everything else before anything is looked up or sent', async () => {
    for (const [host, port] of [['db.example.com', 5433], ['evil.example.com', 5432], ['db.example.com.evil.example', 5432], ['xdb.example.com', 5432], ['127.0.0.1', 5432], ['::1', 5432], ['::ffff:10.0.0.7', 1433], ['', 5432]] as const) {
      await assert.rejects(fence.dial(host, port), refused, `${host}:${port}`);
    }
    for (const url of ['https://db.example.com/', 'https://evil.example.com/', 'https://jira.example.com.evil.example/', 'https://jira.example.com:secret@evil.example/', 'https://evil.example/#jira.example.com', 'jira.example.com', 'file:///etc/passwd']) {
      await assert.rejects(fence.fetch(url), refused, url);
    }
    assert.deepEqual(reached, []);
  });
});
