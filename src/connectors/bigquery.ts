// BigQuery: one number from one SELECT, proved to be one by a dry run, and limited in what it may cost.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { callbackify } from 'node:util';
import type { BigQuery } from '@google-cloud/bigquery';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { serviceAccount } from './auth.ts';
import { connector } from './connector.ts';
import { code, number, text } from './field.ts';
import { busy, call, odd, type Answered, type Vendor } from './http.ts';
import type { Outside } from './outside.ts';
import { SourceError } from './source-error.ts';
import { readingOf, type Answer, type Kind } from './value.ts';

const tokenAddress = 'https://oauth2.googleapis.com/token';
const base = 'https://bigquery.googleapis.com/bigquery/v2';
/** How long BigQuery may work on a query before we stop it, in milliseconds. */
const patience = 20_000;

export const bigQuery = connector({
  id: 'bigquery', name: 'BigQuery',
  auth: [serviceAccount({
    note: 'A service account with the roles BigQuery Job User on the project and BigQuery Data Viewer on the data sets to measure, and no role that may write.',
    help: 'Google Cloud console › IAM › Service accounts › Keys › Add key (JSON). Paste the whole file. It is sealed and never shown again.',
  })],
  connection: {
    project: text('Project ID', {
      help: 'The project that runs the queries and pays for them.', example: 'contoso-analytics',
      pattern: /^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, wrong: 'Project ID is the id, not the name: 6 to 30 small letters, digits and hyphens.',
    }),
    location: text('Location', { help: 'Where the data sets are, such as EU or europe-west3. Leave it empty for US and EU.', example: 'EU', required: false, pattern: /^[A-Za-z0-9-]{2,40}$/ }),
    gigabytes: number('Limit in GB', { help: 'A query that would scan more gigabytes than this is refused before it costs anything.', min: 1, max: 10_000, initial: 10 }),
  },
  open: async ({ settings, credential, outside }) => ({ client: await guardedClient(settings.project, settings.location, credential.key, outside), settings }),
  test: async ({ client }) => {
    await dryRun(client, 'SELECT 1');
  },
  metrics: {
    query: {
      title: 'Result of a query', percent: true,
      help: 'A SELECT in GoogleSQL that returns one number. For percent complete it may return a percentage, or two columns named “value” and “of”.',
      form: { sql: code('SQL', 'sql', { help: 'One SELECT that returns one row with one number.', example: 'SELECT COUNT(*) FROM `sales.leads` WHERE converted' }) },
      read: async ({ client, settings }, { sql }) => {
        const statement = await dryRun(client, sql);
        if (statement !== 'SELECT') throw new SourceError('This is not a single SELECT, and Waymark runs nothing else. Write one SELECT.', { kind: 'reconfigure', field: 'sql' });
        return readingOf(await firstRows(client, sql, settings.gigabytes * 1024 ** 3), 'sql');
      },
    },
  },
});

/** What kind of statement this is, as BigQuery itself says without running it. */
async function dryRun(client: BigQuery, query: string): Promise<string> {
  const [job] = await understood(client.createQueryJob({ query, dryRun: true, useLegacySql: false }));
  return (job.metadata as z.infer<typeof DryJob>).statistics.query.statementType;
}

/** At most two rows, unparsed: the client's own parsing would round. */
async function firstRows(client: BigQuery, query: string, maximumBytesBilled: number): Promise<Answer> {
  const [rows, , response] = await understood(client.query(
    { query, useLegacySql: false, maxResults: 2, maximumBytesBilled: String(maximumBytesBilled) },
    { skipParsing: true, timeoutMs: patience, autoPaginate: false } as object,
  ) as unknown as Promise<[z.infer<typeof Rows>, unknown, z.infer<typeof Result>]>);
  const { schema: { fields }, totalRows } = response;
  const cells = rows.map(row => row.f.map(cell => cellText(cell.v)));
  if (cells.length !== Math.min(2, Number(totalRows)) || cells.some(row => row.length !== fields.length)) throw odd(vendor.name);
  return { columns: fields.map(({ name, type, mode }) => ({ name, kind: mode === 'REPEATED' ? 'other' : kinds[type] ?? 'other' })), rows: cells };
}

const Reference = z.object({ jobId: z.string(), location: z.string().optional() });
const DryJob = z.object({
  jobReference: z.object({}), status: z.object({ errors: z.array(z.object({ reason: z.string() })).optional() }),
  statistics: z.object({ query: z.object({ statementType: z.string() }) }),
});
const Rows = z.array(z.object({ f: z.array(z.object({ v: z.unknown() })) }));
const Result = z.object({
  jobComplete: z.literal(true), jobReference: Reference,
  schema: z.object({ fields: z.array(z.object({ name: z.string(), type: z.string(), mode: z.string().optional() })) }),
  totalRows: z.string().regex(/^\d+$/),
  rows: Rows.optional(),
});
const Unfinished = z.object({ jobComplete: z.literal(false), jobReference: Reference });

/** Lists and structures are not texts; their column's kind refuses them by name. */
function cellText(value: unknown): string | null {
  return value === null || typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

const kinds: Record<string, Kind> = {
  INTEGER: 'number', INT64: 'number', FLOAT: 'number', FLOAT64: 'number', NUMERIC: 'number', BIGNUMERIC: 'number',
  BOOLEAN: 'boolean', BOOL: 'boolean', STRING: 'text', BYTES: 'text',
  DATE: 'date', TIME: 'date', DATETIME: 'date', TIMESTAMP: 'date', INTERVAL: 'date',
};

const vendor: Vendor = {
  name: 'BigQuery',
  explain: answered => {
    const parsed = Problem.safeParse(answered.body);
    return parsed.success ? byReason(parsed.data.error.errors[0]?.reason, answered) : undefined;
  },
};
const Problem = z.object({ error: z.object({ errors: z.array(z.object({ reason: z.string() })) }) });

function inQuery(sentence: string): SourceError {
  return new SourceError(sentence, { kind: 'reconfigure', field: 'sql' });
}

/** https://cloud.google.com/bigquery/docs/error-messages: what the reason says, whatever the status. */
function byReason(reason: string | undefined, answered?: Answered): SourceError | undefined {
  switch (reason) {
    case 'rateLimitExceeded': case 'jobRateLimitExceeded': case 'backendError': case 'internalError': case 'tableUnavailable':
      return answered ? busy(vendor.name, answered) : new SourceError('BigQuery is not answering properly just now. Waymark tries again by itself.', { kind: 'retry' });
    case 'quotaExceeded': return new SourceError('The project has used up its BigQuery quota. Raise the quota, or read less.', { kind: 'reconfigure' });
    case 'accessDenied': return inQuery('The service account may not read this. Grant it BigQuery Job User on the project and BigQuery Data Viewer on the data set.');
    case 'billingNotEnabled': return new SourceError('Billing is not enabled for this project. Enable it in the Google Cloud console.', { kind: 'reconfigure', field: 'project' });
    case 'bytesBilledLimitExceeded': return inQuery('The query would scan more data than the connection’s limit allows. Narrow it down, or raise the limit.');
    case 'invalidQuery': return inQuery('BigQuery cannot run this query. Try it in the BigQuery console, in GoogleSQL.');
    case 'responseTooLarge': case 'resourcesExceeded': return inQuery('The query is too large for BigQuery. Narrow it down.');
    case 'notFound': return new SourceError('BigQuery does not find the project, the data set or the table. Check their names and the location.', { kind: 'reconfigure', field: 'sql' });
    default: return undefined;
  }
}

/** A SourceError from our own way out passes through the SDK; an error of the SDK's own is a job that failed, or an answer it could not read. */
async function understood<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw byReason((error as { errors?: { reason?: string }[] }).errors?.[0]?.reason) ?? odd(vendor.name);
  }
}

const Key = z.object({ type: z.literal('service_account'), client_email: z.email(), private_key: z.string().includes('PRIVATE KEY'), private_key_id: z.string().optional() });

/** Only a service account's own key: the other kinds of key file name addresses and commands to fetch tokens from. */
function serviceAccountKey(json: string): z.infer<typeof Key> {
  try {
    return Key.parse(JSON.parse(json));
  } catch {
    throw new SourceError('This is not the JSON key file of a service account. Paste the whole file, from { to }.', { kind: 'reconnect' }); // no cause: it would quote the key
  }
}

/**
 * The vendor's client with its one way to the network, `request`, replaced by ours; its own goes past us and retries by itself.
 */
async function guardedClient(project: string, location: string | undefined, json: string, outside: Outside): Promise<BigQuery> {
  const authorization = signer(serviceAccountKey(json), outside);
  const { BigQuery } = await import('@google-cloud/bigquery');
  const client = new BigQuery({ projectId: project, ...(location ? { location } : {}), apiEndpoint: 'https://bigquery.googleapis.com' });

  async function authorised(method: string, path: string, body: unknown, query: Record<string, unknown>): Promise<Answered> {
    const url = new URL(`${base}/projects/${encodeURIComponent(project)}${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    return call(outside, vendor, url, { method, headers: { authorization: await authorization(), 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  async function asked(method: string, path: string, body: unknown, query: Record<string, unknown>): Promise<Answered> {
    const answered = await authorised(method, path, body, query);
    const unfinished = Unfinished.safeParse(answered.body);
    // The client reads its answers unchecked, inside callbacks where a surprise would end the process.
    if (!unfinished.success && !(path === '/jobs' ? DryJob : Result).safeParse(answered.body).success) throw odd(vendor.name);
    if (!unfinished.success) return answered;
    const { jobId, location } = unfinished.data.jobReference;
    // timeoutMs only ends the waiting; the query would run on and be paid for.
    await authorised('POST', `/jobs/${encodeURIComponent(jobId)}/cancel`, {}, { location });
    throw new SourceError('The query took too long and was stopped. Make it faster, or try again later.', { kind: 'retry' });
  }

  client.request = ({ method = 'GET', uri, json: body, qs = {} }, callback) => {
    const answer = callbackify(async () => (await asked(method, uri, body, qs as Record<string, unknown>)).body);
    answer((error, body) => callback(error, body as never, undefined as never));
  };
  return client;
}

const tokens: Vendor = {
  name: 'Google',
  explain: ({ status }) => (status === 400 || status === 401 || status === 403
    ? new SourceError('Google does not accept this key any more, or never did. Make a new key for the service account and enter it.', { kind: 'reconnect' })
    : undefined),
};

const Token = z.object({ access_token: z.string(), expires_in: z.number() });

/**
 * The Authorization header for this key, renewed a minute before its token ends: the flow for service accounts of
 * https://developers.google.com/identity/protocols/oauth2/service-account. Google's own library for it
 * brings a transport and retries that are not ours.
 */
function signer(key: z.infer<typeof Key>, outside: Outside): () => Promise<string> {
  let current: Promise<{ header: string; until: number }> | undefined;

  async function fresh(): Promise<{ header: string; until: number }> {
    const now = Math.floor(Date.now() / 1000);
    const assertion = await new SignJWT({ scope: 'https://www.googleapis.com/auth/bigquery' })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(key.private_key_id ? { kid: key.private_key_id } : {}) })
      .setIssuer(key.client_email).setAudience(tokenAddress).setIssuedAt(now).setExpirationTime(now + 3600)
      .sign(privateKey(key.private_key));
    const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
    const answered = await call(outside, tokens, tokenAddress, { method: 'POST', body });
    const token = Token.safeParse(answered.body);
    if (!token.success) throw odd(tokens.name);
    return { header: `Bearer ${token.data.access_token}`, until: (now + token.data.expires_in - 60) * 1000 };
  }

  return async () => {
    if (current && (await current).until <= Date.now()) current = undefined;
    current ??= fresh().catch(error => {
      current = undefined;
      throw error;
    });
    return (await current).header;
  };
}

function privateKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch { /* said below, without the cause: it could quote the key */ }
  throw new SourceError('The private key in the key file cannot be used. Make a new key for the service account and enter it.', { kind: 'reconnect' });
}
