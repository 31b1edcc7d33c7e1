// What a connector is to everybody else: it describes its forms and opens a source. No generics, no vendor.
import type { Outside } from './outside.ts';
import type { SourceError } from './source-error.ts';

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
