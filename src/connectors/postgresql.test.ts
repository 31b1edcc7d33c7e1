// PostgreSQL against a real server: what it reads, every sentence it says, and that no statement changes the source or our memory.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import type { Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { realOutside } from '../outside.ts';
import { startPostgres, type Postgres } from '../simulators/postgres.ts';
import { conforms } from './conformance.ts';
import type { Reading } from './connector.ts';
import type { Outside } from './outside.ts';
import { postgresql, postgresqlWithin } from './postgresql.ts';
import { SourceError } from './source-error.ts';

// A pair for the name “localhost”, made for these tests and known to the whole world.
const tls = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHVpojFKACQ3blkKf
IP50vCDjhBuDJu9ijU+qD89k84WhRANCAASQltKYAUKmbMJ/emcx5VoiFT5CF1rb
zFsdqX9Hhp3kD9VA+E+LQMc01Y44iz9dZuNP8y5pg7Aa8pxUfwoZxPfj
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBlDCCATugAwIBAgIUVY4vLss/eMFA473fRKteEo7mKFAwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA5NDIxNloYDzIxMjYxMDI4
MDk0MjE2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASQltKYAUKmbMJ/emcx5VoiFT5CF1rbzFsdqX9Hhp3kD9VA+E+LQMc0
1Y44iz9dZuNP8y5pg7Aa8pxUfwoZxPfjo2kwZzAdBgNVHQ4EFgQUaXu34Ig96e3g
KlqDnQsnoJolm5UwHwYDVR0jBBgwFoAUaXu34Ig96e3gKlqDnQsnoJolm5UwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
RwAwRAIgGy9ZPOMQDUfMRgWJSb/q6/mHQHW5MVqr3ayF/cDvTakCIHVHBettkBa6
sqdLxJUGzfYmtrrbxSd0DF55H2jm11Eu
-----END CERTIFICATE-----
`,
};

const measure = (sql: string) => ({ metric: 'query', form: { sql } });

describe('PostgreSQL', function () {
  this.timeout(60_000);
  let folder: string;
  let server: Postgres;
  let outside: Outside;
  let dials = 0;

  before(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'waymark-pg-'));
    await fs.chmod(folder, 0o755);
    server = await startPostgres({ folder: path.join(folder, 'postgres'), persistent: false, tls });
    await server.query('CREATE TABLE orders (id int PRIMARY KEY, closed boolean NOT NULL, amount numeric)');
    await server.query('INSERT INTO orders SELECT n, n <= 30, n FROM generate_series(1, 40) n');
    await server.query('CREATE TABLE secrets (word text)');
    await server.query(`INSERT INTO secrets VALUES ('hunter2')`);
    await server.query(`REVOKE SELECT ON secrets FROM ${server.user}`);
    await server.query('CREATE SEQUENCE counter');
    await server.query(`GRANT ALL ON SEQUENCE counter TO ${server.user}`);
    await server.query('CREATE FUNCTION meddle() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ DELETE FROM orders RETURNING 1 $$');
    const real = realOutside({ allow: [`127.0.0.1:${server.port}`, `localhost:${server.port}`] });
    outside = { ...real, dial: (...to) => (dials++, real.dial(...to)) };
  });
  after(async () => {
    await server?.stop();
    await fs.rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => { dials = 0; });

  const settings = (more = {}) => ({ host: '127.0.0.1', port: server.port, database: server.database, tls: 'off', ...more });
  const credential = () => ({ user: server.user, password: server.password });

  async function read(statements: string[], { connector = postgresql, ...more }: { connector?: typeof postgresql; [setting: string]: unknown } = {}): Promise<(Reading | SourceError)[]> {
    const source = await connector.open({ auth: 'password', settings: settings(more), credential: credential(), outside });
    try {
      return await source.read(statements.map(measure));
    } finally {
      await source.close();
    }
  }

  async function refusal(sql: string, more = {}): Promise<SourceError> {
    const [answer] = await read([sql], more);
    assert.ok(answer instanceof SourceError, JSON.stringify(answer));
    return answer;
  }

  /** Everything there is in the source, in one text. */
  async function fingerprint(): Promise<string> {
    const [row] = await server.query(`SELECT md5((SELECT string_agg(o::text, '|' ORDER BY id) FROM orders o) || (SELECT string_agg(word, '|') FROM secrets)
      || (SELECT last_value || '/' || is_called FROM counter) || (SELECT string_agg(relname || relkind::text, '|' ORDER BY oid) FROM pg_class WHERE relnamespace >= 'public'::regnamespace)) AS sum`);
    return String(row!['sum']);
  }

  conforms(postgresql, {
    way: () => ({ auth: 'password', settings: settings(), credential: credential(), outside }),
    wrong: () => ({ user: server.user, password: 'not-the-password' }),
    secrets: () => [server.password, 'not-the-password', 'hunter2'],
    fingerprint,
    restore: () => asSuperuser(`ALTER ROLE ${server.user} CONNECTION LIMIT -1`),
    good: { measure: measure('SELECT count(*) FILTER (WHERE closed) AS value, count(*) AS of FROM orders'), reading: { value: 30, of: 40 } },
    rateLimited: { cannot: 'a database names no time to wait' },
    serverError: { arrange: () => asSuperuser(`ALTER ROLE ${server.user} CONNECTION LIMIT 0`) },
    gone: { measure: measure('SELECT count(*) FROM no_such_table') },
    oddShape: { cannot: 'the driver decodes the wire protocol; what is not that ends the connection' },
    empty: { measure: measure('SELECT amount FROM orders WHERE id = -1') },
    secondPage: { cannot: 'a measure is one row' },
  });

  async function asSuperuser(sql: string): Promise<void> {
    const client = new Client({ host: server.host, port: server.port, database: server.database, ssl: false, ...server.superuser });
    await client.connect();
    await client.query(sql);
    await client.end();
  }

  const values: [string, number][] = [
    ['SELECT 42', 42], ['SELECT 42;', 42], ['SELECT 42::bigint', 42], ['SELECT 1.50::numeric', 1.5], ['SELECT -0.25', -0.25], ['SELECT 1e-7::float8', 1e-7],
    ['SELECT 9007199254740991', 9007199254740991], ['SELECT 0', 0], ['SELECT -0.0::float8', 0], ['SELECT 0.1::float4', 0.1], ['VALUES (7)', 7],
    ['SELECT sum(amount) FROM orders', 820], ['WITH t AS (SELECT 5 AS n) SELECT n FROM t', 5], ['SELECT 0.30000000000000004::float8', 0.30000000000000004],
    ['-- a comment\nSELECT /* ; DELETE FROM orders */ 8', 8], ['SELECT 12345678901.123456789::numeric', 12345678901.123457],
  ];
  for (const [sql, value] of values) {
    it(`reads ${JSON.stringify(sql)} as ${value}`, async () => {
      const [reading] = await read([sql]);
      assert.ok(reading && !(reading instanceof SourceError), String(reading));
      assert.equal(reading.value, value);
    });
  }

  const sentences: [string, RegExp, string][] = [
    ['SELECT amount FROM orders WHERE false', /no rows/, 'reconfigure'],
    ['SELECT NULL::int', /NULL/, 'reconfigure'],
    ['SELECT sum(amount) FROM orders WHERE false', /NULL/, 'reconfigure'],
    ['SELECT id FROM orders', /more than one row/, 'reconfigure'],
    ['SELECT o.id FROM orders o, generate_series(1, 10000000)', /more than one row/, 'reconfigure'],
    ['SELECT 1, 2', /2 columns/, 'reconfigure'],
    ['SELECT 1 AS value, 2 AS of, 3 AS more', /3 columns/, 'reconfigure'],
    ['SELECT 1 AS value, 0 AS of', /total is 0/, 'reconfigure'],
    [`SELECT 'many'`, /is text/, 'reconfigure'],
    [`SELECT '42'`, /is text/, 'reconfigure'],
    [`SELECT 'NaN'::float8`, /NaN/, 'reconfigure'],
    [`SELECT 'NaN'::numeric`, /NaN/, 'reconfigure'],
    [`SELECT 'Infinity'::float8`, /infinite/, 'reconfigure'],
    [`SELECT '-Infinity'::numeric`, /infinite/, 'reconfigure'],
    ['SELECT 9007199254740992', /too large/, 'reconfigure'],
    ['SELECT 1e300::numeric', /too large/, 'reconfigure'],
    ['SELECT 1e-400::numeric', /too close to zero/, 'reconfigure'],
    ['SELECT true', /true or false/, 'reconfigure'],
    ['SELECT now()', /a date/, 'reconfigure'],
    ['SELECT current_date', /a date/, 'reconfigure'],
    ['SELECT 1234.5::money', /money/, 'reconfigure'],
    ['SELECT ARRAY[1]', /list or a structure/, 'reconfigure'],
    ['SELECT count(*) FROM missing.table_of_mine', /called “missing.table_of_mine” \(line 1\)/, 'reconfigure'],
    ['SELECT\n\nno_such_column FROM orders', /column called “no_such_column” \(line 3\)/, 'reconfigure'],
    ['SELECT no_such_function(1)', /“no_such_function”/, 'reconfigure'],
    ['SELECT word FROM secrets', /may not read/, 'reconfigure'],
    ['SELEKT 1', /cannot be understood/, 'reconfigure'],
    ['SELECT 1/0', /divides by zero/, 'reconfigure'],
    [`SELECT 'hunter2'::int`, /22P02/, 'reconfigure'],
    ['-- nothing', /no columns/, 'reconfigure'],
  ];
  for (const [sql, sentence, remedy] of sentences) {
    it(`says what is wrong with ${JSON.stringify(sql)}`, async () => {
      const error = await refusal(sql);
      assert.match(error.message, sentence);
      assert.equal(error.remedy.kind, remedy);
      assert.doesNotMatch(error.message, /hunter2/);
    });
  }

  it('says something different for every kind of failure', async () => {
    const all = await Promise.all(sentences.map(([sql]) => refusal(sql)));
    const kinds = new Map(sentences.map(([, pattern], index) => [String(pattern), all[index]!.message]));
    assert.ok(kinds.size > 20);
    assert.equal(new Set(kinds.values()).size, kinds.size);
  });

  const places: [string, Record<string, unknown>, RegExp, string][] = [
    ['an unknown database', { database: 'nowhere' }, /no database of this name/, 'reconfigure'],
    ['an unknown host', { host: 'no-such-host.invalid' }, /no host called/, 'reconfigure'],
    ['a private address', { host: '10.1.2.3' }, /private address/, 'reconfigure'],
    ['a closed port', { port: 1 }, /Port 1 is not one/, 'reconfigure'],
    ['a server without our certificate', { host: 'localhost', tls: 'verify' }, /TLS certificate cannot be verified/, 'reconfigure'],
    ['a certificate of another name', { host: '127.0.0.1', tls: 'verify', ca: tls.cert }, /TLS certificate cannot be verified/, 'reconfigure'],
  ];
  for (const [what, more, sentence, remedy] of places) {
    it(`says so about ${what}`, async () => {
      const error = await refusal('SELECT 1', more);
      assert.match(error.message, sentence);
      assert.equal(error.remedy.kind, remedy);
    });
  }

  it('speaks TLS to the server that the given authority vouches for', async () => {
    const sql = 'SELECT count(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl';
    assert.deepEqual(await read([sql], { host: 'localhost', tls: 'verify', ca: tls.cert }), [{ value: 1, raw: '1' }]);
    assert.deepEqual(await read([sql]), [{ value: 0, raw: '0' }]);
  });

  it('says so about a server without TLS, and sends it nothing', async () => {
    const plain = await startPostgres({ folder: path.join(folder, 'plain'), persistent: false });
    try {
      const outside = realOutside({ allow: [`localhost:${plain.port}`] });
      const source = await postgresql.open({ auth: 'password', settings: settings({ host: 'localhost', port: plain.port, tls: 'verify' }), credential: credential(), outside });
      await assert.rejects(source.test(), /does not offer TLS/);
    } finally {
      await plain.stop();
    }
  });

  it('reads all measures of a round over one connection', async () => {
    const answers = await read(Array.from({ length: 20 }, (_, n) => `SELECT ${n}`));
    assert.deepEqual(answers.map(answer => (answer instanceof SourceError ? answer.message : answer.value)), Array.from({ length: 20 }, (_, n) => n));
    assert.equal(dials, 1);
  });

  for (const role of ['superuser', 'owner'] as const) {
    it(`refuses to be the ${role}, who could write`, async () => {
      const source = await postgresql.open({ auth: 'password', settings: settings(), credential: server[role], outside });
      await assert.rejects(source.test(), (error: SourceError) => error.remedy.kind === 'reconnect' && /superuser|may write to public\.(orders|secrets)/.test(error.message));
      await source.close();
    });
  }

  it('refuses to read as a superuser even when it was not tested', async () => {
    const source = await postgresql.open({ auth: 'password', settings: settings(), credential: server.superuser, outside });
    await assert.rejects(source.read([measure('SELECT 1')]), /superuser/);
    await source.close();
  });

  async function nothingRuns(): Promise<void> {
    const deadline = Date.now() + 1000;
    const running = `SELECT query FROM pg_stat_activity WHERE application_name = 'waymark' AND state = 'active'`;
    while ((await server.query(running)).length > 0) assert.ok(Date.now() < deadline, 'a statement still runs on the server');
  }

  describe('under abuse', () => {
    const quick = postgresqlWithin({ statement: 700, answer: 2 * 1024 * 1024 });
    const abuse = [
      'SELECT 1; DELETE FROM orders', 'DELETE FROM orders', 'SELECT 1; COMMIT; DELETE FROM orders', 'COMMIT; DELETE FROM orders; SELECT 1',
      'WITH gone AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM gone', 'WITH n AS (INSERT INTO orders VALUES (99, true, 1) RETURNING 1) SELECT 1 FROM n',
      'UPDATE orders SET amount = 0', 'INSERT INTO orders VALUES (99, true, 1)', 'TRUNCATE orders', 'DROP TABLE orders', 'ALTER TABLE orders ADD x int',
      'CREATE TABLE mine (a int)', 'CREATE TEMP TABLE mine (a int)', 'SELECT 1 INTO mine', 'CREATE VIEW v AS SELECT 1', 'MERGE INTO orders USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE',
      'SELECT meddle()', `SELECT nextval('counter')`, `SELECT setval('counter', 99)`, 'SELECT * FROM orders FOR UPDATE', 'SELECT id FROM orders WHERE id = 1 FOR SHARE', 'LOCK TABLE orders',
      `COPY orders TO '/tmp/waymark-abuse'`, `COPY orders FROM '/etc/passwd'`, `COPY orders TO PROGRAM 'touch /tmp/waymark-abuse'`, 'COPY orders FROM STDIN', 'COPY orders TO STDOUT',
      `SELECT pg_read_file('/etc/passwd')`, `SELECT lo_import('/etc/passwd')`, 'SELECT lo_create(4711)', `SELECT pg_ls_dir('/')`,
      'DO $$ BEGIN DELETE FROM orders; END $$', 'SET TRANSACTION READ WRITE', 'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE', 'BEGIN READ WRITE', 'COMMIT', 'ROLLBACK',
      'RESET ALL', `SELECT set_config('default_transaction_read_only', 'off', false)`, `SELECT set_config('transaction_read_only', 'off', false)`, `SELECT set_config('statement_timeout', '0', false)`,
      'SET ROLE demo_owner', 'SET SESSION AUTHORIZATION demo_owner', 'GRANT ALL ON orders TO PUBLIC', `ALTER ROLE waymark_reader SUPERUSER`, 'CREATE EXTENSION dblink', `LOAD 'plpgsql'`,
      'DECLARE c CURSOR WITH HOLD FOR SELECT * FROM orders', 'PREPARE p AS DELETE FROM orders', 'EXECUTE p', 'DEALLOCATE ALL', 'LISTEN waymark', `NOTIFY waymark, 'x'`, 'VACUUM', 'ANALYZE orders', 'REINDEX TABLE orders',
      'EXPLAIN ANALYZE DELETE FROM orders', 'EXPLAIN SELECT 1', 'SHOW ALL', 'CHECKPOINT', `SELECT pg_terminate_backend(pg_backend_pid())`, 'CALL meddle()', 'SAVEPOINT s', 'PREPARE TRANSACTION \'t\'',
      'SELECT $1', 'SELECT 1 \\; DELETE FROM orders', '/* SELECT 1 */ DELETE FROM orders', 'SELECT 1 -- \n; DELETE FROM orders', `SELECT 'a\0b'`, '\\copy orders to x', `SELECT E'\\'; DELETE FROM orders; --'`,
      'SELECT pg_sleep(60)', 'SELECT count(*) FROM generate_series(1, 100000000000) n', 'SELECT * FROM generate_series(1, 10000000)', 'SELECT * FROM orders, generate_series(1, 10000000)',
      `SELECT repeat('x', 100000000)`, `SELECT repeat('9', 100000000)::numeric`, `SELECT string_agg(repeat('x', 1000), '') FROM generate_series(1, 100000)`,
      `SELECT repeat('x', 1000000) AS a, repeat('x', 1000000) AS b, repeat('x', 1000000) AS c`, 'SELECT pg_advisory_lock(1)::text', 'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r',
    ];

    it(`changes nothing, holds no memory and stays usable after ${abuse.length} hostile statements`, async () => {
      const before = await fingerprint();
      const start = process.memoryUsage().rss;
      let most = 0;
      const watch = setInterval(() => { most = Math.max(most, process.memoryUsage().rss - start); }, 5);
      const began = Date.now();
      for (const sql of abuse) {
        const [hostile, harmless] = await read([sql, 'SELECT count(*) FROM orders'], { connector: quick });
        assert.ok(hostile instanceof SourceError || sql.includes('set_config'), `${sql} was read as ${JSON.stringify(hostile)}`);
        assert.deepEqual(harmless, { value: 40, raw: '40' }, `after ${sql}`);
      }
      clearInterval(watch);
      assert.equal(await fingerprint(), before);
      assert.ok(most < 64 * 1024 * 1024, `memory grew by ${Math.round(most / 1024 / 1024)} MB`);
      assert.ok(Date.now() - began < 40_000);
      await assert.rejects(fs.stat('/tmp/waymark-abuse'), { code: 'ENOENT' });
    });

    it('leaves nothing behind for the next statement of the session', async () => {
      const [, timeout, readOnly, locks] = await read([
        `SELECT length(set_config('statement_timeout', '0', false) || set_config('default_transaction_read_only', 'off', false) || pg_advisory_lock(7)::text)`,
        `SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'`,
        `SELECT count(*) FROM pg_settings WHERE name IN ('default_transaction_read_only', 'transaction_read_only') AND setting = 'on'`,
        `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'`,
      ]);
      assert.deepEqual([timeout, readOnly, locks].map(answer => (answer as Reading).value), [30_000, 2, 0]);
    });

    it('ends a slow statement on the server within a second of its time, and says so', async () => {
      const began = Date.now();
      const error = await refusal('SELECT pg_sleep(60)', { connector: quick });
      assert.match(error.message, /took too long/);
      assert.equal(error.remedy.kind, 'retry');
      assert.ok(Date.now() - began < 1700);
      await nothingRuns();
    });

    it('ends it by itself, and on the server, when the server does not keep to the time', async () => {
      // Without the option that sets the server's clock, only ours is left.
      const unclocked: Outside = { ...outside, dial: async (...to) => withoutClock(await outside.dial(...to)) };
      const began = Date.now();
      const source = await postgresqlWithin({ statement: 500, answer: 1e6 }).open({ auth: 'password', settings: settings(), credential: credential(), outside: unclocked });
      const [error] = await source.read([measure('SELECT pg_sleep(60)')]);
      assert.ok(error instanceof SourceError);
      assert.match(error.message, /took too long/);
      assert.ok(Date.now() - began < 2500);
      await source.close();
      await nothingRuns();
    });
  });
});

/** Takes the statement timeout out of what is sent, keeping the length of the packet. */
function withoutClock(socket: Socket): Socket {
  const write = socket.write.bind(socket) as (chunk: Buffer, ...rest: unknown[]) => boolean;
  socket.write = ((chunk: Buffer, ...rest: unknown[]) => {
    const at = chunk.indexOf('statement_timeout=500');
    if (at >= 0) chunk.write('statement_timeout=000', at);
    return write(chunk, ...rest);
  }) as typeof socket.write;
  return socket;
}
