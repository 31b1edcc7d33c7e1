// What a connector is to everybody else (it describes its forms and opens a source: no generics, no vendor), and how one is declared.
import type { Way } from './auth.ts';
import { form, type Fields, type Values } from './field.ts';
import type { Outside } from './outside.ts';
import { SourceError, type SourceRemedy } from './source-error.ts';

/** What a source answered. There is no such thing as a reading without a value: a missing answer is a SourceError. */
export interface Reading {
  readonly value: number;
  /** The total that `value` is a part of, where the metric can say one; percent complete is value / of. */
  readonly of?: number;
  /** When the value was true, ISO instant, where the source says so. */
  readonly asOf?: string;
  /** The source's own text of the value, at most 1,000 characters. */
  readonly raw: string;
}

/** A metric of the connector with its form filled in, as it stands in a link. */
export interface Measure { readonly metric: string; readonly form: Readonly<Record<string, unknown>> }

export interface LookupQuery { search: string; next?: string | undefined; form: Readonly<Record<string, unknown>> }
export interface LookupPage { options: { value: string; title: string; help?: string }[]; next?: string }

/** One account of one vendor, opened with a credential. Every call throws SourceError and nothing else that is expected. */
export interface Source {
  /** The cheapest call that proves the credential. */
  test(): Promise<void>;
  /** What a lookup field offers. */
  lookup(name: string, query: LookupQuery): Promise<LookupPage>;
  /** One answer per measure, in order: a reading, or why there is none. Throws only when nothing at all could be read. */
  read(measures: readonly Measure[]): Promise<(Reading | SourceError)[]>;
  close(): Promise<void>;
}

/** One field of a form as it travels to whoever draws it. A closed vocabulary, drawn by one switch in tab/src/form. */
export interface FieldDescription {
  name: string;
  kind: 'text' | 'secret' | 'number' | 'choice' | 'lookup' | 'code' | 'date';
  title: string;
  help: string;
  required: boolean;
  example?: string;
  prefix?: string;
  suffix?: string;
  /** choice */
  options?: { value: string; title: string }[];
  /** lookup: its name, and the fields it cannot do without */
  lookup?: string;
  dependsOn?: string[];
  /** code */
  language?: string;
  /** The value a new form starts with. */
  initial?: string | number;
}

/** A set of fields, and the check that a filled-in one fits. `check` answers the clean values, or a sentence per field that is wrong. */
export interface Form {
  readonly fields: readonly FieldDescription[];
  check(values: Readonly<Record<string, unknown>>): { ok: true; values: Record<string, unknown> } | { ok: false; errors: Record<string, string> };
}

export interface Connector {
  readonly id: string;
  readonly name: string;
  /** The ways in, best first. `form` holds the credential's fields; `note` says in text which rights it needs. */
  readonly auth: readonly { id: string; title: string; note: string; form: Form }[];
  /** Where the account is. */
  readonly connection: Form;
  /** `percent`: whether the metric can answer percent complete (it says `of`, or its value is a percentage by itself). */
  readonly metrics: readonly { id: string; title: string; help: string; percent: boolean; form: Form }[];
  open(way: { auth: string; settings: Readonly<Record<string, unknown>>; credential: Readonly<Record<string, string>>; outside: Outside }): Promise<Source>;
}

/** How a metric is declared. `read` answers a reading or throws SourceError; it never guesses and never writes. */
interface MetricDeclaration<Opened, F extends Fields> {
  title: string;
  help: string;
  percent: boolean;
  form: F;
  read: (opened: Opened, values: Values<F>) => Promise<Reading>;
}

type Lookup<Opened> = (opened: Opened, query: LookupQuery) => Promise<LookupPage>;

/** What `open` is given: the settings and the credential, both checked, and the one way out. */
type Opening<C extends Fields, W extends readonly Way[]> =
  { [I in keyof W]: { auth: W[I]['id']; credential: Values<W[I]['fields']> } }[number] & { settings: Values<C>; outside: Outside };

interface Declaration<C extends Fields, W extends readonly Way[], Opened, M extends Record<string, Fields>> {
  id: string;
  name: string;
  /** The ways in, best first. */
  auth: W;
  connection: C;
  /** How many measures may be read from one opened source at the same time: 4 unless said. */
  atOnce?: number;
  /** Loads the vendor's client (here, not at the top of the file) and hands it `outside`. */
  open: (opening: Opening<C, W>) => Promise<Opened>;
  test: (opened: Opened) => Promise<void>;
  close?: (opened: Opened) => Promise<void>;
  lookups?: Record<string, Lookup<Opened>>;
  metrics: { [K in keyof M]: MetricDeclaration<Opened, M[K]> };
}

/** Makes the connector that everybody else sees out of its declaration. */
export function connector<const C extends Fields, const W extends readonly Way[], Opened, M extends Record<string, Fields>>(
  declared: Declaration<C, W, Opened, M>,
): Connector {
  const metrics = Object.entries<MetricDeclaration<Opened, Fields>>(declared.metrics as never).map(([id, metric]) => ({ id, ...metric, form: form(metric.form) }));
  const connection = form(declared.connection);
  const ways = declared.auth.map(way => ({ id: way.id, title: way.title, note: way.note, form: form(way.fields) }));

  return {
    id: declared.id,
    name: declared.name,
    auth: ways,
    connection,
    metrics: metrics.map(({ id, title, help, percent, form }) => ({ id, title, help, percent, form })),

    async open({ auth, settings, credential, outside }) {
      const way = ways.find(way => way.id === auth);
      if (!way) throw new SourceError(`${declared.name} knows no way in called “${auth}”. Sign in again.`, { kind: 'reconnect' });
      const opening = {
        auth,
        settings: checked(connection, settings, field => ({ kind: 'reconfigure', field })),
        credential: checked(way.form, credential, () => ({ kind: 'reconnect' })),
        outside,
      };
      const opened = await declared.open(opening as unknown as Opening<C, W>);
      return {
        test: () => declared.test(opened),
        async lookup(name, query) {
          const lookup = declared.lookups?.[name];
          if (!lookup) throw new Error(`${declared.id} has no lookup called ${name}`);
          return lookup(opened, query);
        },
        read: measures => readAll(measures, declared.atOnce ?? 4, async measure => {
          const metric = metrics.find(metric => metric.id === measure.metric);
          if (!metric) throw new SourceError(`${declared.name} no longer offers this metric. Choose what to measure again.`, { kind: 'reconfigure' });
          return metric.read(opened, checked(metric.form, measure.form, field => ({ kind: 'reconfigure', field })));
        }),
        close: async () => declared.close?.(opened),
      };
    },
  };
}

/**
 * Reads each measure, so many at once, in order. Once the source refuses the credential or asks us to wait, the rest are not asked:
 * they get the same answer. Throws that answer when there is no reading at all.
 */
async function readAll(measures: readonly Measure[], atOnce: number, read: (measure: Measure) => Promise<Reading>): Promise<(Reading | SourceError)[]> {
  const answers: (Reading | SourceError)[] = [];
  const queue = measures.entries();
  let stop: SourceError | undefined;
  const lane = async () => {
    for (const [index, measure] of queue) {
      answers[index] = stop ?? await read(measure).catch(asSourceError);
      const answer = answers[index];
      if (answer instanceof SourceError && endsTheRound(answer)) stop ??= answer;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, measures.length) }, lane));
  if (stop && answers.every(answer => answer instanceof SourceError)) throw stop;
  return answers;
}

function endsTheRound({ remedy }: SourceError): boolean {
  return remedy.kind === 'reconnect' || (remedy.kind === 'retry' && remedy.afterSeconds !== undefined);
}

function asSourceError(error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  throw error;
}

function checked(form: Form, values: Readonly<Record<string, unknown>>, remedy: (field: string) => SourceRemedy): Record<string, unknown> {
  const result = form.check(values);
  if (result.ok) return result.values;
  const [field, sentence] = Object.entries(result.errors)[0]!;
  throw new SourceError(sentence, remedy(field));
}
