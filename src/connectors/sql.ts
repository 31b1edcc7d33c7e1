// What all SQL sources share: where the server is, one metric, and a session that answers statements. Each source is one line over this.
import { password } from './auth.ts';
import { connector, type Connector } from './connector.ts';
import { choice, code, number, text } from './field.ts';
import type { Outside } from './outside.ts';
import { readingOf, type Answer } from './value.ts';

/** Where and as whom to connect. */
export interface Login {
  host: string;
  port: number;
  database: string;
  tls: 'verify' | 'off';
  /** The certificate authority to trust instead of the public ones, in PEM. */
  ca: string | undefined;
  user: string;
  password: string;
}

/** A login that is used one statement at a time. It connects when first asked, and again after the connection broke. */
export interface Session {
  /** Runs exactly one reading statement behind the source's fence and answers at most two rows, in the source's own text. */
  ask(statement: string): Promise<Answer>;
  /** Proves the login, and refuses one that could write. */
  prove(): Promise<void>;
  close(): Promise<void>;
}

interface SqlSource {
  id: string;
  name: string;
  port: number;
  /** How to make a login that may read and nothing else. */
  note: string;
  session: (login: Login, outside: Outside) => Session;
}

export function sqlSource({ id, name, port, note, session }: SqlSource): Connector {
  return connector({
    id, name,
    auth: [password({ note, help: `A ${name} login that may read what you want to measure, and nothing else.` })],
    connection: {
      host: text('Host', { help: `The ${name} server's name or public address, without port.`, example: 'db.example.com' }),
      port: number('Port', { help: `The port the server listens on, usually ${port}.`, min: 1, max: 65_535, initial: port }),
      database: text('Database', { help: 'The database to connect to.', example: 'sales' }),
      tls: choice('Encryption', [
        { value: 'verify', title: 'TLS, server verified' },
        { value: 'off', title: 'None (password and data travel in the clear)' },
      ], { help: 'Leave this at TLS unless the server is on the same machine or private network.', initial: 'verify' }),
      ca: code('Certificate authority', 'pem', { help: 'Only when the server uses a certificate of your own authority: paste that authority’s certificate (PEM).', required: false }),
    },
    atOnce: 1, // all measures of a read share one connection
    open: async ({ settings, credential, outside }) => session({ ...settings, ...credential }, outside),
    test: session => session.prove(),
    close: session => session.close(),
    metrics: {
      query: {
        title: 'Result of a query',
        help: 'A SELECT that returns one number. For percent complete it may return a percentage, or two columns named “value” and “of”.',
        percent: true,
        form: { sql: code('SQL', 'sql', { help: 'One SELECT that returns one row with one number.', example: 'SELECT count(*) FROM orders WHERE closed' }) },
        read: async (session, { sql }) => readingOf(await session.ask(sql), 'sql'),
      },
    },
  });
}
