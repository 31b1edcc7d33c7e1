// BigQuery through its own client library against the simulator: the fence before the query, the texts it answers with, and its errors.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { realOutside } from '../outside.ts';
import { startBigQuery, type BigQueryDouble, type BigQueryWorld } from '../simulators/bigquery.ts';
import { bigQuery } from './bigquery.ts';
import { conforms } from './conformance.ts';
import { SourceError } from './source-error.ts';

const one = (type: string, ...values: (string | null)[]) => ({ fields: [{ name: 'f0_', type }], rows: values.map(value => [value]) });

function freshWorld(): BigQueryWorld {
  return {
    project: 'contoso-analytics',
    queries: {
      'SELECT COUNT(*) FROM sales.leads': one('INTEGER', '1234'),
      pair: { fields: [{ name: 'of', type: 'INTEGER' }, { name: 'value', type: 'NUMERIC' }], rows: [['40', '30.5']] },
      nothing: one('INTEGER'),
      null: one('INTEGER', null),
      'two rows': one('INTEGER', '1', '2'),
      'a million rows': one('INTEGER', ...Array.from({ length: 1000 }, String)),
      'two columns': { fields: [{ name: 'a', type: 'INTEGER' }, { name: 'b', type: 'INTEGER' }], rows: [['1', '2']] },
      text: one('STRING', '42'), nan: one('FLOAT', 'NaN'), infinity: one('FLOAT', '-Infinity'), huge: one('BIGNUMERIC', '9007199254740993'),
      boolean: one('BOOLEAN', 'true'), date: one('TIMESTAMP', '1.7E9'), list: { fields: [{ name: 'l', type: 'INTEGER', mode: 'REPEATED' }], rows: [['x']] },
      float: one('FLOAT', '1.5E-7'), numeric: one('NUMERIC', '-12.50'),
      remove: { ...one('INTEGER', '1'), statementType: 'DELETE' }, script: { ...one('INTEGER', '1'), statementType: 'SCRIPT' },
      slow: { ...one('INTEGER', '1'), slow: true }, costly: { ...one('INTEGER', '1'), bytes: 11 * 1024 ** 3 },
      denied: { ...one('INTEGER', '1'), fails: { status: 403, reason: 'accessDenied' } },
      quota: { ...one('INTEGER', '1'), fails: { status: 403, reason: 'quotaExceeded' } },
      rate: { ...one('INTEGER', '1'), fails: { status: 403, reason: 'rateLimitExceeded' } },
      table: { ...one('INTEGER', '1'), fails: { status: 404, reason: 'notFound' } },
    },
  };
}

const measure = (sql: string) => ({ metric: 'query', form: { sql } });
const secretsOf = (key: string) => {
  const { private_key: pem } = JSON.parse(key) as { private_key: string };
  return [pem, ...pem.split('\n').filter(line => line.length > 40)];
};

describe('BigQuery', () => {
  let simulator: BigQueryDouble;
  before(async () => { simulator = await startBigQuery(freshWorld()); });
  after(() => simulator.stop());
  beforeEach(restore);

  function restore(): void {
    Object.assign(simulator.world, freshWorld());
    simulator.fault = undefined;
    simulator.requests.length = 0;
    simulator.cancelled.length = 0;
  }
  const way = () => ({
    auth: 'service-account', settings: { project: 'contoso-analytics', location: 'EU', gigabytes: 10 }, credential: { key: simulator.key },
    outside: realOutside({ route: simulator.route }),
  });
  async function read(sql: string, settings = {}) {
    const source = await bigQuery.open({ ...way(), settings: { ...way().settings, ...settings } });
    const [answer] = await source.read([measure(sql)]);
    return answer!;
  }
  const otherKey = () => JSON.stringify({
    ...(JSON.parse(simulator.key) as object),
    private_key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  });
  let wrong: string;
  before(() => { wrong = otherKey(); });

  conforms(bigQuery, {
    way,
    wrong: () => ({ key: wrong }),
    secrets: () => [...secretsOf(simulator.key), ...secretsOf(wrong), 'ya29.', 'eyJ'],
    fingerprint: async () => JSON.stringify(simulator.world),
    restore,
    good: { measure: measure('pair'), reading: { value: 30.5, of: 40 } },
    rateLimited: { arrange: () => { simulator.fault = { kind: 'status', status: 403, reason: 'rateLimitExceeded', retryAfter: '21' }; }, afterSeconds: 21 },
    serverError: { arrange: () => { simulator.fault = { kind: 'status', status: 503, reason: 'backendError' }; } },
    gone: { measure: measure('SELEKT') },
    oddShape: { arrange: () => { simulator.fault = { kind: 'odd' }; } },
    empty: { measure: measure('nothing') },
    secondPage: { cannot: 'a measure is one row, and two are asked for to see that one would not do' },
  });

  for (const [sql, value] of [['SELECT COUNT(*) FROM sales.leads', 1234], ['float', 1.5e-7], ['numeric', -12.5]] as const) {
    it(`reads ${value} from its text`, async () => {
      assert.equal((await read(sql) as { value: number }).value, value);
    });
  }

  const sentences: [string, RegExp, string][] = [
    ['nothing', /no rows/, 'reconfigure'], ['null', /NULL/, 'reconfigure'], ['two rows', /more than one row/, 'reconfigure'], ['a million rows', /more than one row/, 'reconfigure'],
    ['two columns', /2 columns/, 'reconfigure'], ['text', /is text/, 'reconfigure'], ['nan', /NaN/, 'reconfigure'], ['infinity', /infinite/, 'reconfigure'],
    ['huge', /too large/, 'reconfigure'], ['boolean', /true or false/, 'reconfigure'], ['date', /a date/, 'reconfigure'], ['list', /list or a structure/, 'reconfigure'],
    ['remove', /not a single SELECT/, 'reconfigure'], ['script', /not a single SELECT/, 'reconfigure'], ['slow', /took too long/, 'retry'], ['costly', /more data than/, 'reconfigure'],
    ['denied', /may not read/, 'reconfigure'], ['quota', /quota/, 'reconfigure'], ['rate', /not answering properly/, 'retry'], ['table', /does not find/, 'reconfigure'], ['SELEKT', /cannot run/, 'reconfigure'],
  ];
  for (const [sql, sentence, remedy] of sentences) {
    it(`says what is wrong with “${sql}”`, async () => {
      const error = await read(sql);
      assert.ok(error instanceof SourceError, JSON.stringify(error));
      assert.match(error.message, sentence);
      assert.equal(error.remedy.kind, remedy);
    });
  }

  it('never runs what the dry run does not call a SELECT', async () => {
    await read('remove');
    assert.deepEqual(simulator.requests.filter(request => request.endsWith('/queries')), []);
  });

  it('stops a query that takes too long, on the server too', async () => {
    await read('slow');
    assert.equal(simulator.cancelled.length, 1);
  });

  it('asks for one token for all measures of a round', async () => {
    const source = await bigQuery.open(way());
    const answers = await source.read(['pair', 'float', 'numeric', 'pair'].map(measure));
    assert.ok(answers.every(answer => !(answer instanceof SourceError)));
    assert.equal(simulator.requests.filter(request => request === 'POST /token').length, 1);
  });

  for (const [what, key] of [
    ['something else than JSON', 'not json'],
    ['a key that names another token address', JSON.stringify({ type: 'external_account', token_url: 'http://169.254.169.254/' })],
    ['a key without a private key', JSON.stringify({ type: 'service_account', client_email: 'a@b.example' })],
    ['a private key that is none', JSON.stringify({ type: 'service_account', client_email: 'a@b.example', private_key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n' })],
  ] as const) {
    it(`refuses ${what}, without quoting it`, async () => {
      const failed = await (async () => (await bigQuery.open({ ...way(), credential: { key } })).test())().catch((error: unknown) => error);
      assert.ok(failed instanceof SourceError, String(failed));
      assert.equal(failed.remedy.kind, 'reconnect');
      assert.deepEqual(simulator.requests, []);
    });
  }

  it('reports a page that stands in for data', async () => {
    simulator.fault = { kind: 'page' };
    const failed = await read('pair').catch((error: unknown) => error);
    assert.ok(failed instanceof SourceError);
    assert.equal(failed.remedy.kind, 'reconnect');
  });
});
