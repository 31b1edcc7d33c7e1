// The closed vocabulary of form fields, and the form made of them: what travels to the tab, and what is checked on the server.
import { z } from 'zod';
import type { FieldDescription, Form } from './connector.ts';

/** One field: how it is drawn, and what a filled-in one must be. Its name is the key it stands under in its form. */
export interface Field<T> {
  readonly description: Omit<FieldDescription, 'name'>;
  readonly schema: z.ZodType<T>;
}

/** A form as it is declared. The order of the keys is the order in which people meet the fields. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What a filled-in form of these fields holds. */
export type Values<F extends Fields> = { -readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

interface Asked {
  /** What to put here and where to find it, for somebody who has never seen this source. */
  help: string;
  required?: boolean;
}
type Shown = Pick<FieldDescription, 'example' | 'prefix' | 'suffix' | 'initial'>;
type Given<O extends Asked, T> = O extends { required: false } ? T | undefined : T;

interface TextOptions extends Asked {
  example?: string;
  prefix?: string;
  suffix?: string;
  initial?: string;
  pattern?: RegExp;
  /** The sentence for a value that does not match `pattern`. */
  wrong?: string;
}

/** One line of text. Surrounding space is dropped. */
export function text<const O extends TextOptions>(title: string, options: O): Field<Given<O, string>> {
  return field<O, string>('text', title, options, line(title, options));
}

/** A text that is sealed when stored, never shown again and never logged. */
export function secret<const O extends TextOptions>(title: string, options: O): Field<Given<O, string>> {
  return field<O, string>('secret', title, options, line(title, options));
}

/** A query or document of several lines, in the named language. */
export function code<const O extends Asked & { example?: string; initial?: string }>(title: string, language: string, options: O): Field<Given<O, string>> {
  return field<O, string>('code', title, options, written(title).max(100_000, `${title} is too long.`), { language });
}

export function number<const O extends Asked & { min?: number; max?: number; initial?: number; example?: string }>(title: string, options: O): Field<Given<O, number>> {
  const sentence = `${title} must be a whole number${options.min === undefined ? '' : ` from ${options.min}`}${options.max === undefined ? '' : ` to ${options.max}`}.`;
  const whole = z.coerce.number<string | number>({ error: sentence }).int(sentence).min(options.min ?? -Infinity, sentence).max(options.max ?? Infinity, sentence);
  return field<O, number>('number', title, options, z.union([z.string(), z.number()], { error: sentence }).pipe(whole));
}

/** One of a few values that never change. */
export function choice<const C extends readonly { value: string; title: string }[], const O extends Asked & { initial?: C[number]['value'] }>(
  title: string, options: C, asked: O,
): Field<Given<O, C[number]['value']>> {
  const values = options.map(option => option.value) as [C[number]['value'], ...C[number]['value'][]];
  const schema = z.enum(values, { error: `${title} must be one of: ${options.map(option => option.title).join(', ')}.` });
  return field<O, C[number]['value']>('choice', title, asked, schema as z.ZodType<C[number]['value']>, { options: options.map(option => ({ ...option })) });
}

/** One of the things that the source itself offers, under the connector's lookup of that name. */
export function lookup<const O extends Asked & { dependsOn?: readonly string[] }>(title: string, name: string, options: O): Field<Given<O, string>> {
  const dependsOn = options.dependsOn && { dependsOn: [...options.dependsOn] };
  return field<O, string>('lookup', title, options, written(title).trim().max(1000, `${title} is too long.`), { lookup: name, ...dependsOn });
}

/** A calendar day, YYYY-MM-DD. */
export function date<const O extends Asked & { initial?: string }>(title: string, options: O): Field<Given<O, string>> {
  return field<O, string>('date', title, options, z.iso.date(`${title} must be a day such as 2026-12-31.`));
}

/** The form of these fields. `check` answers clean values, or a sentence for every field that is wrong. */
export function form<F extends Fields>(fields: F): Form & { check(values: Readonly<Record<string, unknown>>): Checked<Values<F>> } {
  const names = Object.keys(fields);
  const schema = z.strictObject(Object.fromEntries(names.map(name => [name, emptyIsAbsent(fields[name]!.schema)])));
  return {
    fields: names.map(name => ({ name, ...fields[name]!.description })),
    check(values) {
      const parsed = schema.safeParse(values);
      if (parsed.success) return { ok: true, values: parsed.data as Values<F> };
      return { ok: false, errors: sentences(parsed.error) };
    },
  };
}
type Checked<V> = { ok: true; values: V } | { ok: false; errors: Record<string, string> };

function field<O extends Asked, T>(
  kind: FieldDescription['kind'], title: string, options: O & Shown, schema: z.ZodType<T>, more: Partial<FieldDescription> = {},
): Field<Given<O, T>> {
  const { help, required = true, example, prefix, suffix, initial } = options;
  const shown = Object.fromEntries(Object.entries({ example, prefix, suffix, initial }).filter(([, value]) => value !== undefined));
  const description = { kind, title, help, required, ...shown, ...more };
  const asked = required ? needed(title, schema) : schema.optional();
  return { description, schema: asked as z.ZodType<Given<O, T>> };
}

function written(title: string): z.ZodString {
  return z.string(`${title} must be text.`);
}

function line(title: string, { pattern, wrong }: TextOptions): z.ZodString {
  const plain = written(title).trim().max(20_000, `${title} is too long.`);
  return pattern ? plain.regex(pattern, wrong ?? `${title} does not have the right form.`) : plain;
}

function needed<T>(title: string, schema: z.ZodType<T>): z.ZodType<T> {
  return z.unknown().refine((value): boolean => value !== undefined, { error: `${title} is missing. Fill it in.`, abort: true }).pipe(schema as z.ZodType<T, unknown>);
}

/** A browser sends an empty field as '', which says the same as leaving it out. */
function emptyIsAbsent(schema: z.ZodType): z.ZodType {
  return z.preprocess(value => (value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value), schema);
}

function sentences(error: z.ZodError): Record<string, string> {
  const found: Record<string, string> = {};
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys') for (const key of issue.keys) found[key] ??= 'This form has no such field.';
    else found[String(issue.path[0] ?? '')] ??= issue.message;
  }
  return found;
}
