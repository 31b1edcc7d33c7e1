// An installation's and a satellite's settings: each fault named with its remedy, all at once, and no secret repeated.
import assert from 'node:assert/strict';
import { BadConfiguration, readConfig } from './config.ts';

describe('the settings of an installation', () => {
  const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
  const sound = {
    PUBLIC_URL: 'https://okrs.example.com', AZURE_STORAGE_CONNECTION_STRING: 'x', WAYMARK_KEYS: `k2:${key(2)}, k1:${key(1)}`, ENTRA_CLIENT_ID: 'c',
    BOT_ID: 'b', BOT_PASSWORD: 'p', BOT_TENANT_ID: 't', WAYMARK_ADMINS: 'a',
  };

  it('take keys only under ids that sealed credentials can name, each once', () => {
    assert.deepEqual((readConfig(sound) as { keys: { id: string }[] }).keys.map(({ id }) => id), ['k2', 'k1']);
    for (const keys of [`2026.11:${key(1)}`, `my key:${key(1)}`, `k1:${key(2)},k1:${key(1)}`]) {
      assert.throws(() => readConfig({ ...sound, WAYMARK_KEYS: keys }), (error: Error) => error instanceof BadConfiguration && /WAYMARK_KEYS must be/.test(error.message) && !error.message.includes(key(1)), keys);
    }
  });
});

describe('the settings of a satellite', () => {
  const token = `wms1.11111111-1111-4111-8111-111111111111.main.n1.${'s'.repeat(43)}`;
  const sound = { ROLE: 'satellite', WAYMARK_URL: 'https://okrs.example.com/', WAYMARK_SATELLITE_TOKEN: token, WAYMARK_SATELLITE_CREDENTIALS: '/run/secrets/waymark.json', WAYMARK_SATELLITE_ALLOW: 'db.example.com:5432, jira.example.com ' };
  const faults = (env: Record<string, string | undefined>): string => {
    try {
      readConfig(env);
    } catch (error) {
      if (error instanceof BadConfiguration) return error.message;
      throw error;
    }
    return assert.fail('nothing was wrong');
  };

  it('are read without any of the server’s', () => {
    const { data: _, ...config } = readConfig(sound);
    assert.deepEqual(config, {
      mode: 'satellite', role: 'satellite', url: 'https://okrs.example.com', token, credentials: '/run/secrets/waymark.json', allow: ['db.example.com:5432', 'jira.example.com'],
    });
  });

  it('are all missed at once', () => {
    const message = faults({ ROLE: 'satellite', WAYMARK_URL: '' });
    for (const name of ['WAYMARK_URL', 'WAYMARK_SATELLITE_TOKEN', 'WAYMARK_SATELLITE_CREDENTIALS', 'WAYMARK_SATELLITE_ALLOW']) assert.match(message, new RegExp(`${name} is missing\\. Set it to`));
  });

  it('send the token over https alone, but for loopback', () => {
    for (const url of ['http://okrs.example.com', 'ftp://okrs.example.com', 'okrs.example.com', 'http://127.0.0.1.example.com']) assert.match(faults({ ...sound, WAYMARK_URL: url }), /WAYMARK_URL must be an https address/, url);
    for (const url of ['http://127.0.0.1:3978', 'http://localhost:3978', 'http://[::1]:3978']) assert.equal((readConfig({ ...sound, WAYMARK_URL: url }) as { url: string }).url, url);
  });

  it('refuse half a token and hosts that are none, repeating no secret', () => {
    const message = faults({ ...sound, WAYMARK_SATELLITE_TOKEN: 'wms1.half-of-it', WAYMARK_SATELLITE_ALLOW: 'https://db.example.com/x,[::1]:80' });
    assert.match(message, /WAYMARK_SATELLITE_TOKEN is not a satellite’s token/);
    assert.match(message, /WAYMARK_SATELLITE_ALLOW must be hosts such as/);
    assert.equal(message.includes('half-of-it'), false);
  });
});
