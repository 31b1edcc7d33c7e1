// BigQuery and Google's token endpoint, as much of them as Waymark asks for, strict about signatures, scopes and requests.
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify } from 'jose';

/** What a query answers, every value in BigQuery's own text. */
export interface BigQueryResult {
  fields: { name: string; type: string; mode?: string }[];
  rows: (string | null)[][];
  /** SELECT unless said. */
  statementType?: string;
  /** How much it would scan; more than the request allows is refused. */
  bytes?: number;
  /** Never finishes. */
  slow?: boolean;
  /** Answers an error of this reason instead, such as accessDenied. */
  fails?: { status: number; reason: string };
}

/** What is there, by the text of the query. Plain data: whoever holds it may change it at any time. */
export interface BigQueryWorld { project: string; queries: Record<string, BigQueryResult> }

export type BigQueryFault = { kind: 'status'; status: number; reason: string; retryAfter?: string } | { kind: 'odd' | 'page' };

export interface BigQueryDouble {
  url: string;
  world: BigQueryWorld;
  /** What goes wrong with the next answers of the API itself. */
  fault: BigQueryFault | undefined;
  requests: string[];
  /** Ids of the jobs that were cancelled. */
  cancelled: string[];
  /** The JSON key file of a service account that is let in. */
  key: string;
  /** Where real addresses lead while this stands in for them. */
  route: Record<string, string>;
  stop(): Promise<void>;
}

const account = 'waymark@demo.iam.gserviceaccount.com';

class Failure extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** `key` is the JSON key file of an earlier start, when connections that were made with it are to go on. */
export async function startBigQuery(world: BigQueryWorld, key?: string): Promise<BigQueryDouble> {
  const privateKey = key === undefined ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey : createPrivateKey((JSON.parse(key) as { private_key: string }).private_key);
  const publicKey = createPublicKey(privateKey);
  const tokens = new Set<string>();
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const url = new URL(request.url!, 'http://bigquery.invalid');
    double.requests.push(`${request.method} ${url.pathname}`);
    const send = (status: number, answer: unknown, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers }); // in two steps: restify, in the same process, changes what this answers
      response.end(JSON.stringify(answer));
    };
    try {
      if (request.headers.host === 'oauth2.googleapis.com') {
        const token = await signedIn(body, publicKey).catch(() => undefined);
        if (!token) return send(400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
        tokens.add(token);
        return send(200, { access_token: token, expires_in: 3599, token_type: 'Bearer' });
      }
      if (request.headers.host !== 'bigquery.googleapis.com') throw new Failure(404, 'notFound', 'Not found');
      if (!tokens.has((request.headers.authorization ?? '').replace(/^Bearer /, ''))) throw new Failure(401, 'authError', 'Request had invalid authentication credentials.');
      const { fault } = double;
      if (fault?.kind === 'odd') return send(200, { kind: 'bigquery#surprise' });
      if (fault?.kind === 'page') {
        response.writeHead(200, { 'content-type': 'text/html' });
        return response.end('<html>proxy</html>');
      }
      if (fault?.kind === 'status') return send(fault.status, problem(fault.status, fault.reason, 'fault'), fault.retryAfter ? { 'retry-after': fault.retryAfter } : {});
      send(200, answer(double, request.method!, url.pathname, body));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      send(error.status, problem(error.status, error.reason, error.message));
    }
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const double: BigQueryDouble = {
    url, world, fault: undefined, requests: [], cancelled: [],
    key: JSON.stringify({ type: 'service_account', project_id: world.project, private_key_id: 'k1', private_key: pem, client_email: account, token_uri: 'https://oauth2.googleapis.com/token' }),
    route: { 'https://bigquery.googleapis.com': url, 'https://oauth2.googleapis.com': url },
    async stop() {
      server.closeAllConnections();
      await new Promise(done => server.close(done));
    },
  };
  return double;
}

async function signedIn(body: string, publicKey: KeyObject): Promise<string> {
  const form = new URLSearchParams(body);
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') throw new Error('grant_type');
  const { payload } = await jwtVerify(form.get('assertion') ?? '', publicKey, { issuer: account, audience: 'https://oauth2.googleapis.com/token', algorithms: ['RS256'] });
  if (payload['scope'] !== 'https://www.googleapis.com/auth/bigquery') throw new Error('scope');
  return `ya29.${randomUUID()}`;
}

function problem(status: number, reason: string, message: string) {
  return { error: { code: status, message, errors: [{ message, domain: 'global', reason }], status: 'FAILED' } };
}

function answer({ world, cancelled }: BigQueryDouble, method: string, pathname: string, body: string): unknown {
  const [project, resource, job, action] = pathname.replace('/bigquery/v2/projects/', '').split('/');
  if (project !== world.project) throw new Failure(404, 'notFound', `Not found: Project ${project}`);
  if (method !== 'POST') throw new Failure(405, 'methodNotAllowed', 'Method not allowed');
  if (resource === 'jobs' && action === 'cancel') {
    cancelled.push(job!);
    return { kind: 'bigquery#jobCancelResponse', job: { status: { state: 'RUNNING' } } };
  }
  if (resource === 'jobs') return dryRun(world, JSON.parse(body) as Job);
  if (resource === 'queries') return query(world, JSON.parse(body) as Query);
  throw new Failure(404, 'notFound', 'Not found');
}

interface Job { configuration?: { dryRun?: boolean; query?: { query: string; useLegacySql?: boolean } }; jobReference?: unknown }
interface Query { query: string; useLegacySql?: boolean; maxResults?: number; timeoutMs?: number; maximumBytesBilled?: string }

function dryRun(world: BigQueryWorld, { configuration, jobReference }: Job): unknown {
  if (configuration?.dryRun !== true) throw new Failure(400, 'invalid', 'Only dry runs are answered here: Waymark has no reason to insert a job.');
  const { statementType = 'SELECT', bytes = 10, fields } = known(world, configuration.query);
  return {
    kind: 'bigquery#job', configuration, jobReference, status: { state: 'DONE' },
    statistics: { totalBytesProcessed: String(bytes), query: { statementType, totalBytesProcessed: String(bytes), schema: { fields } } },
  };
}

function query(world: BigQueryWorld, request: Query): unknown {
  const { fields, rows, bytes = 10, slow, statementType = 'SELECT' } = known(world, request);
  if (statementType !== 'SELECT') throw new Error(`the connector ran a ${statementType}`);
  if (request.maxResults === undefined || request.timeoutMs === undefined || request.maximumBytesBilled === undefined) throw new Failure(400, 'invalid', 'Unbounded query');
  if (bytes > Number(request.maximumBytesBilled)) throw new Failure(400, 'bytesBilledLimitExceeded', 'Query exceeded limit for bytes billed');
  const jobReference = { projectId: world.project, jobId: `job-${randomUUID()}`, location: 'EU' };
  if (slow) return { kind: 'bigquery#queryResponse', jobReference, jobComplete: false };
  const shown = rows.slice(0, request.maxResults);
  return {
    kind: 'bigquery#queryResponse', jobReference, jobComplete: true, cacheHit: false, totalBytesProcessed: String(bytes),
    schema: { fields }, totalRows: String(rows.length),
    ...(shown.length > 0 ? { rows: shown.map(row => ({ f: row.map(v => ({ v })) })) } : {}),
    ...(rows.length > shown.length ? { pageToken: 'more' } : {}),
  };
}

function known(world: BigQueryWorld, request: { query: string; useLegacySql?: boolean } | undefined): BigQueryResult {
  if (request?.useLegacySql !== false) throw new Failure(400, 'invalid', 'Legacy SQL');
  const result = request.query === 'SELECT 1' ? { fields: [{ name: 'f0_', type: 'INTEGER' }], rows: [['1']] } : world.queries[request.query];
  if (!result) throw new Failure(400, 'invalidQuery', `Syntax error: Unexpected identifier in ${request.query}`);
  if (result.fails) throw new Failure(result.fails.status, result.fails.reason, `fails with ${result.fails.reason}`);
  return result;
}
