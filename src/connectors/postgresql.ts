// PostgreSQL: one number from one SELECT, behind a fence of read-only session, one statement, two rows, and clocks on both sides.
import type { Socket } from 'node:net';
import type { Client, Connection, QueryArrayResult, QueryResult } from 'pg';
import type { Outside } from './outside.ts';
import { SourceError } from './source-error.ts';
import { sqlSource, type Login, type Session } from './sql.ts';
import type { Answer, Kind } from './value.ts';

interface Limits {
  /** Milliseconds a statement may run on the server. */
  statement: number;
  /** Bytes that a statement may answer with. */
  answer: number;
}

export const postgresql = postgresqlWithin({ statement: 30_000, answer: 2 * 1024 * 1024 });

export function postgresqlWithin(limits: Limits) {
  return sqlSource({
    id: 'postgresql', name: 'PostgreSQL', port: 5432,
    note: 'A role of its own with SELECT on the tables to measure and no other right: '
      + 'CREATE ROLE waymark LOGIN PASSWORD \'…\'; GRANT USAGE ON SCHEMA public TO waymark; GRANT SELECT ON orders TO waymark. '
      + 'A superuser, or a role that can write to any table, is refused.',
    session: (login, outside) => sessionOf(login, outside, limits),
  });
}

/** Whether this login could write, whatever the session's settings: roles that reach the server's files, rights on any table. */
const whatItMayWrite = `
  SELECT EXISTS (SELECT FROM pg_roles WHERE rolname IN ('pg_write_server_files', 'pg_execute_server_program', 'pg_read_server_files') AND pg_has_role(oid, 'USAGE')) AS files,
    (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
        AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE'))
      ORDER BY 1 LIMIT 1) AS writable`;

function sessionOf(login: Login, outside: Outside, limits: Limits): Session {
  let current: Promise<Opened> | undefined;
  const opened = () => (current ??= open(login, outside, limits).catch(error => {
    current = undefined;
    throw error;
  }));

  /** Runs the work inside a read-only transaction that is always rolled back, and leaves nothing of it in the session. */
  async function fenced<T>(work: (opened: Opened) => Promise<T>): Promise<T> {
    const link = await opened();
    try {
      // The first query of the transaction fixes it as read-only: SET TRANSACTION READ WRITE only passes before any.
      const begun = await link.client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SELECT current_setting(\'is_superuser\') AS superuser');
      const [, checked] = begun as unknown as QueryResult<{ superuser: string }>[];
      if (checked?.rows[0]?.superuser !== 'off') throw new SourceError('This is a superuser, which could write through any fence. Use a role that may only read.', { kind: 'reconnect' });
      return await work(link);
    } catch (error) {
      throw link.broken ?? explained(error);
    } finally {
      await leave(link);
    }
  }

  /** ROLLBACK undoes settings as well; DISCARD ALL takes temporary tables, locks and prepared statements. A session that cannot is closed. */
  async function leave(link: Opened): Promise<void> {
    try {
      await link.client.query('ROLLBACK');
      await link.client.query('DISCARD ALL');
    } catch {
      current = undefined; // the error that people should read has been thrown already; the next statement gets a new connection
      link.drop();
    }
  }

  return {
    ask: statement => fenced(link => firstRows(link, statement, limits).catch(error => { throw link.broken ?? explained(error, statement); })),
    prove: () => fenced(async ({ client }) => {
      const { rows: [found] } = await client.query<{ files: 't' | 'f'; writable: string | null }>(whatItMayWrite);
      if (found?.files !== 'f') throw new SourceError('This role may read or write files of the server. Use a role that may only SELECT.', { kind: 'reconnect' });
      if (found.writable) throw new SourceError(`This role may write to ${found.writable}. Use a role that may only SELECT.`, { kind: 'reconnect' });
    }),
    async close() {
      const link = await current?.catch(() => undefined); // one that never opened needs no closing
      await link?.client.end().catch(() => link.drop());
    },
  };
}

interface Opened {
  client: Client;
  /** Why we ended the connection ourselves, when we did. */
  broken?: SourceError;
  /** Ends the statement on the server and the connection here. */
  abort(why: SourceError): void;
  drop(): void;
  tooLate: number;
}

async function open(login: Login, outside: Outside, limits: Limits): Promise<Opened> {
  const { Client } = await import('pg');
  const socket = asUnconnected(await outside.dial(login.host, login.port));
  const client = new Client({
    host: login.host, port: login.port, database: login.database, user: login.user, password: login.password,
    ssl: login.tls === 'off' ? false : { rejectUnauthorized: true, ...(login.ca ? { ca: login.ca } : {}) },
    stream: () => socket,
    connectionTimeoutMillis: 10_000,
    application_name: 'waymark',
    types: { getTypeParser: () => (text: string) => text },
    options: [
      'default_transaction_read_only=on', `statement_timeout=${limits.statement}`, 'lock_timeout=3000', 'idle_in_transaction_session_timeout=60000',
      'client_encoding=UTF8', 'datestyle=ISO', 'extra_float_digits=1',
    ].map(setting => `-c ${setting}`).join(' '),
  });
  let encrypted = false;
  client.connection.once('sslconnect', () => { encrypted = true; });
  const link: Opened = {
    client,
    tooLate: limits.statement + 1000,
    drop: () => client.connection.stream.destroy(),
    abort(why) {
      link.broken ??= why;
      link.drop();
      void cancel(client, login, outside);
    },
  };
  client.on('error', error => { link.broken ??= explained(error); });
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    if (login.tls !== 'off' && !encrypted && !(error as { code?: string }).code) throw noTls(error);
    throw explained(error);
  }
  return link;
}

function noTls(cause: unknown): SourceError {
  return new SourceError(
    'The server does not offer TLS, so nothing was sent to it. Turn TLS on at the server, or choose no encryption if it is on a private network.',
    { kind: 'reconfigure', field: 'tls' }, { cause },
  );
}

/** pg wants to connect its socket itself; ours already is, to the address that was checked. */
function asUnconnected(socket: Socket): Socket {
  socket.connect = () => {
    process.nextTick(() => socket.emit('connect'));
    return socket;
  };
  return socket;
}

/** Runs one statement by the extended protocol, which takes exactly one, and stops at the second row, the byte limit or the clock. */
async function firstRows(link: Opened, statement: string, limits: Limits): Promise<Answer> {
  const { Query } = await import('pg');
  class FirstRows extends Query {
    /** Where pg asks for rows: two of them, and the end of the exchange with the same packet, so that an error ends it too. */
    _getRows(connection: Connection) {
      connection.execute({ portal: '', rows: '2' }, false);
      connection.sync();
    }
    /** There are more rows. pg would ask for them. */
    handlePortalSuspended() {}
  }
  const { stream } = link.client.connection;
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.answer) link.abort(new SourceError('The query returned far too much data. Return one row with one number.', { kind: 'reconfigure', field: 'sql' }));
  };
  const clock = setTimeout(() => link.abort(tooSlow()), link.tooLate);
  stream.on('data', count);
  try {
    const result = await new Promise<QueryArrayResult<(string | null)[]>>((resolve, reject) => {
      const query = { text: statement, values: [], rowMode: 'array', queryMode: 'extended', types: { getTypeParser: () => (text: string) => text } };
      const done = (error: Error | undefined, answer: unknown) => (error ? reject(error) : resolve(answer as QueryArrayResult<(string | null)[]>));
      link.client.query(new FirstRows(query, done));
    });
    return { columns: result.fields.map(({ name, dataTypeID }) => ({ name, kind: kinds[dataTypeID] ?? 'other' })), rows: result.rows };
  } finally {
    clearTimeout(clock);
    stream.off('data', count);
  }
}

/** The protocol's own way to stop a statement: a second connection that names the first. Its failure changes nothing, the server has a clock too. */
async function cancel(client: Client, { host, port }: Login, outside: Outside): Promise<void> {
  const { processID, secretKey } = client as unknown as { processID: number | null; secretKey: number | null };
  if (processID === null || secretKey === null) return;
  const request = Buffer.alloc(16);
  [16, 80_877_102, processID, secretKey].forEach((word, index) => request.writeInt32BE(word, index * 4));
  await outside.dial(host, port).then(socket => socket.on('error', () => socket.destroy()).end(request), () => undefined);
}

/** What the server calls its types, by the numbers of pg_type.dat. */
const kinds: Record<number, Kind> = {
  20: 'number', 21: 'number', 23: 'number', 26: 'number', 700: 'number', 701: 'number', 1700: 'number',
  16: 'boolean', 790: 'money',
  1082: 'date', 1083: 'date', 1114: 'date', 1184: 'date', 1186: 'date', 1266: 'date',
  18: 'text', 19: 'text', 25: 'text', 705: 'text', 1042: 'text', 1043: 'text',
};

function tooSlow(): SourceError {
  return new SourceError('The query took too long and was stopped. Make it faster (an index, a smaller range) or try again later.', { kind: 'retry' });
}

function inQuery(sentence: string): SourceError {
  return new SourceError(sentence, { kind: 'reconfigure', field: 'sql' });
}

/** What puts an error right, by its SQLSTATE. The server's own text is not repeated: it can quote data. */
function explained(error: unknown, statement = ''): SourceError {
  if (error instanceof SourceError) return error;
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) throw error; // a bug of ours
  const { code = '', position } = error as { code?: string; position?: string };
  const place = position ? ` (line ${statement.slice(0, Number(position) - 1).split('\n').length})` : '';
  const named = position ? nameAt(statement, Number(position) - 1) : '';
  switch (code) {
    case '28P01': return new SourceError('PostgreSQL does not accept this user and password. Enter them again.', { kind: 'reconnect' });
    case '28000': return new SourceError('PostgreSQL does not let this user in. Check the user, that it may log in, and that the server admits it from here (pg_hba.conf).', { kind: 'reconnect' });
    case '3D000': return new SourceError('There is no database of this name on the server. Check its spelling.', { kind: 'reconfigure', field: 'database' });
    case '42P01': return inQuery(`There is no table or view called ${named || 'that'}${place}. Check its spelling, and put the schema before it.`);
    case '42703': return inQuery(`There is no column called ${named || 'that'}${place}. Check its spelling.`);
    case '42883': return inQuery(`There is no function or operator ${named || 'like that'} for these values${place}.`);
    case '42501': return new SourceError('This user may not read that. GRANT it SELECT on what the query reads.', { kind: 'reconfigure', field: 'sql' });
    case '42601': return inQuery(`The SQL cannot be understood${place}. Write exactly one SELECT, without other statements after it.`);
    case '25006': case '25001': return inQuery('The query tries to change something, which Waymark never does. Write a SELECT.');
    case '22012': return inQuery('The query divides by zero. Use NULLIF(…, 0) and decide what the value is then.');
    case '57014': return tooSlow();
    case '55P03': return new SourceError('What the query reads is locked by somebody else. Waymark tries again by itself.', { kind: 'retry' });
    case '53300': return new SourceError('PostgreSQL has no free connections. Waymark tries again by itself.', { kind: 'retry' });
  }
  if (/^(08|40|53|57P)/.test(code)) return new SourceError('PostgreSQL is not able to answer just now. Waymark tries again by itself.', { kind: 'retry' });
  if (/^(0A|21|22|26|2F|34|38|39|3F|42|44|54)/.test(code)) return inQuery(`PostgreSQL cannot run this query (${code})${place}. Try it with the same user in another tool.`);
  if (/CERT|^ERR_TLS|^UNABLE_TO_/.test(code)) {
    return new SourceError('The server does not prove who it is: its TLS certificate cannot be verified. Check the host name, or give your own certificate authority.', { kind: 'reconfigure', field: 'tls' });
  }
  if (/^[0-9A-Z]{5}$/.test(code)) return new SourceError(`PostgreSQL answered with an error that Waymark does not know (${code}).`, { kind: 'report' });
  return new SourceError('The connection to PostgreSQL broke off. Waymark tries again by itself.', { kind: 'retry' });
}

/** The name that the editor wrote at this place of the statement. */
function nameAt(statement: string, index: number): string {
  const name = /^("[^"]{1,63}"|[\w$]{1,63})(\.("[^"]{1,63}"|[\w$]{1,63}))*/.exec(statement.slice(index))?.[0];
  return name ? `“${name}”` : '';
}
