// The one value rule: which answers of a source are a number, and the sentence for every one that is not. A missing answer is never zero.
import type { Reading } from './connector.ts';
import { SourceError } from './source-error.ts';

/** What the source says a column holds. `number` still has to be one: NaN and infinity are numbers to most databases. */
export type Kind = 'number' | 'text' | 'boolean' | 'date' | 'money' | 'other';

/** At most two rows of a query's answer (two tell that one would not do), every cell in the source's own text. */
export interface Answer {
  columns: readonly { name: string; kind: Kind }[];
  rows: readonly (readonly (string | null)[])[];
}

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const notFinite = /^[+-]?inf(inity)?$/i;

/** The reading of an answer that must be one row: one number, or two that are named `value` and `of`. `field` is the form's field to change. */
export function readingOf(answer: Answer, field: string): Reading {
  const { columns, rows } = answer;
  const refuse = (sentence: string) => new SourceError(sentence, { kind: 'reconfigure', field });
  if (columns.length === 0) throw refuse('The statement returned no columns. Write a SELECT that returns one number.');
  const names = columns.map(column => column.name.toLowerCase());
  const pair = columns.length === 2 && names.includes('value') && names.includes('of');
  if (columns.length > 1 && !pair) {
    throw refuse(`The query returned ${columns.length} columns. Return one number, or two columns named “value” and “of” for percent complete.`);
  }
  if (rows.length === 0) throw refuse('The query returned no rows, so there is no value. Return one row, with COALESCE where nothing should count as 0.');
  if (rows.length > 1) throw refuse('The query returned more than one row. Add up, count or filter the rows so that one number is left.');
  const cell = (index: number) => numberFrom(rows[0]![index] ?? null, columns[index]!.kind, field);
  if (!pair) return { value: cell(0), raw: shortened(rows[0]![0]!) };
  const [value, of] = [names.indexOf('value'), names.indexOf('of')];
  return withTotal({ value: cell(value), raw: shortened(`${rows[0]![value]} of ${rows[0]![of]}`) }, cell(of), field);
}

/** The number that a source's text says. Throws SourceError `reconfigure`, with its own sentence, for everything that is not exactly one. */
export function numberFrom(text: string | null, kind: Kind, field: string): number {
  const refuse = (sentence: string) => new SourceError(sentence, { kind: 'reconfigure', field });
  if (text === null) throw refuse('The value is empty (NULL), which is not zero. Use COALESCE in the query where nothing should count as 0.');
  switch (kind) {
    case 'boolean': throw refuse('The value is true or false, not a number. Count the rows that are true instead.');
    case 'date': throw refuse('The value is a date, not a number. Return a count, a sum or a number of days instead.');
    case 'money': throw refuse('The value is formatted as money. Cast it to a plain number, such as amount::numeric.');
    case 'text': throw refuse('The value is text, not a number. Return a number, or cast the text to one in the query.');
    case 'other': throw refuse('The value is a list or a structure, not a number. Return one number.');
    case 'number': return exactly(text.trim(), refuse);
  }
}

function exactly(text: string, refuse: (sentence: string) => SourceError): number {
  if (/^nan$/i.test(text)) throw refuse('The value is NaN (not a number). Look for a division of zero by zero in the query.');
  if (notFinite.test(text)) throw refuse('The value is infinite. Look for a division by zero in the query.');
  if (!decimal.test(text)) throw refuse('The value is not a plain number. Return digits with a decimal point, without signs of currency, percent or thousands.');
  const value = Number(text);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw refuse('The value is too large to keep exactly (beyond 9,007,199,254,740,991). Return it in thousands or millions.');
  if (value === 0 && /[1-9]/.test(text.split(/e/i)[0]!)) throw refuse('The value is too close to zero to keep. Return it in a smaller unit.');
  return value || 0; // -0 is 0
}

/** A reading that knows its total. Without a total there is no percentage: 0 of 0 is not 0 %, and not 100 % either. */
export function withTotal(reading: Reading, of: number, field: string): Reading {
  if (of <= 0) throw new SourceError('The total is 0, so there is no percentage to work out. Widen the query so that something is counted.', { kind: 'reconfigure', field });
  return { ...reading, of };
}

export function shortened(text: string): string {
  return text.length <= 1000 ? text : `${text.slice(0, 999)}…`;
}
