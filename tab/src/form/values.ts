// What a connector's form holds while somebody fills it in: texts, until the whole form is read as values.
import type { Field } from '../../../src/api.ts';
import { numberFrom, numberHint } from '../format.ts';

/** By field name. Lookups also remember the title of what was picked, under `title:<name>`, so that it can be shown again. */
export type Texts = Readonly<Record<string, string>>;

export type Read = { ok: true; values: Record<string, unknown> } | { ok: false; errors: Record<string, string> };

/** The texts of a stored form, or of a new one where `values` does not say. */
export function textsOf(fields: readonly Field[], values: Readonly<Record<string, unknown>> = {}): Texts {
  return Object.fromEntries(fields.map(field => {
    const value = values[field.name] ?? field.initial;
    return [field.name, value === undefined || value === null ? '' : String(value)];
  }));
}

/** The texts after one field changed: lookups that depend on it, and those that depend on them, are picked anew. */
export function withText(fields: readonly Field[], texts: Texts, name: string, text: string, title?: string): Texts {
  const next: Record<string, string> = { ...texts, [name]: text };
  if (title !== undefined) next[`title:${name}`] = title;
  const stale = (changed: string) => {
    for (const field of fields) {
      if (!field.dependsOn?.includes(changed) || next[field.name] === '' || next[field.name] === undefined) continue;
      next[field.name] = '';
      delete next[`title:${field.name}`];
      stale(field.name);
    }
  };
  if (texts[name] !== text) stale(name);
  return next;
}

/** The titles of the fields that must be filled in before this lookup can offer anything. */
export function neededFirst(fields: readonly Field[], texts: Texts, field: Field): string[] {
  return (field.dependsOn ?? []).filter(name => (texts[name] ?? '').trim() === '').map(name => fields.find(f => f.name === name)?.title ?? name);
}

/** The form's values, or a sentence for every field that is missing or no number. What a value means, the server checks. */
export function read(fields: readonly Field[], texts: Texts): Read {
  const errors: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const text = texts[field.name] ?? '';
    if (text.trim() === '') {
      if (field.required) errors[field.name] = `${field.title} is needed.`;
      continue;
    }
    const value = field.kind === 'number' ? numberFrom(text) : text;
    if (value === undefined) errors[field.name] = numberHint;
    else values[field.name] = value;
  }
  return Object.keys(errors).length === 0 ? { ok: true, values } : { ok: false, errors };
}

/** Whether the source may be asked as soon as the form is filled in: not while somebody is still typing a query. */
export function isPicked(fields: readonly Field[]): boolean {
  return fields.length > 0 && fields.every(field => field.kind === 'choice' || field.kind === 'lookup');
}
