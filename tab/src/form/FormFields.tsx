// Draws any connector's form: one switch over the kinds of fields, and nothing about any one source.
import { Field as Labelled, Input, makeStyles, Select, Textarea, tokens } from '@fluentui/react-components';
import type { Field } from '../../../src/api.ts';
import { useAnswer } from '../answer.ts';
import { SearchPicker, type Choice } from '../parts/SearchPicker.tsx';
import { neededFirst, read, withText, type Texts } from './values.ts';
import { fault } from '../parts/attention.ts';

/** Asks the source what a lookup offers, given the fields filled in so far. */
export type Lookup = (name: string, search: string, form: Record<string, unknown>, signal: AbortSignal) => Promise<{ options: readonly Choice[]; next?: string | undefined }>;

interface Props {
  fields: readonly Field[];
  texts: Texts;
  onChange: (texts: Texts) => void;
  errors: Readonly<Record<string, string>>;
  /** Only forms of measures have lookups: they need a connection to ask. */
  lookup?: { ask: Lookup; of: string } | undefined;
  /** Whether stored secrets stay as they are when left empty. */
  keepsSecrets?: boolean;
}

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM },
  code: {
    '& textarea': { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase300, minHeight: '96px' },
  },
  input: { minWidth: 0, width: '100%' },
});

export function FormFields(props: Props) {
  return <div className={useStyles().fields}>{props.fields.map(field => <OneField key={field.name} field={field} {...props} />)}</div>;
}

function OneField({ field, fields, texts, onChange, errors, lookup, keepsSecrets = false }: Props & { field: Field }) {
  const styles = useStyles();
  const text = texts[field.name] ?? '';
  const set = (next: string) => onChange(withText(fields, texts, field.name, next));
  const error = errors[field.name];
  const label = {
    label: field.title,
    hint: field.help,
    required: field.required && !(keepsSecrets && field.kind === 'secret'),
    ...fault(error),
  };
  const input = {
    className: styles.input,
    input: { style: { minWidth: 0 } },
    value: text,
    onChange: (_: unknown, data: { value: string }) => set(data.value),
    ...(field.prefix === undefined ? {} : { contentBefore: field.prefix }),
    ...(field.suffix === undefined ? {} : { contentAfter: field.suffix }),
    ...(field.example === undefined ? {} : { placeholder: `For example ${field.example}` }),
  };

  switch (field.kind) {
    case 'text':
      return <Labelled {...label}><Input {...input} autoComplete="off" /></Labelled>;
    case 'number':
      return <Labelled {...label}><Input {...input} inputMode="decimal" autoComplete="off" /></Labelled>;
    case 'secret':
      return <Labelled {...label}><Input {...input} type="password" autoComplete="new-password" {...(keepsSecrets ? { placeholder: 'Stored. Leave empty to keep it.' } : {})} /></Labelled>;
    case 'date':
      return <Labelled {...label}><Input {...input} type="date" /></Labelled>;
    case 'code':
      return (
        <Labelled {...label}>
          <Textarea className={styles.code} value={text} resize="vertical" spellCheck={false} autoCapitalize="off" onChange={(_, data) => set(data.value)}
            {...(field.example === undefined ? {} : { placeholder: `For example ${field.example}` })} />
        </Labelled>
      );
    case 'choice':
      return (
        <Labelled {...label}>
          <Select value={text} onChange={(_, data) => set(data.value)}>
            {(text === '' || !field.required) && <option value="">{field.required ? 'Choose' : 'None'}</option>}
            {(field.options ?? []).map(option => <option key={option.value} value={option.value}>{option.title}</option>)}
          </Select>
        </Labelled>
      );
    case 'lookup':
      return <LookupField field={field} fields={fields} texts={texts} onChange={onChange} error={error} lookup={lookup} />;
  }
}

function LookupField({ field, fields, texts, onChange, error, lookup }: Pick<Props, 'fields' | 'texts' | 'onChange' | 'lookup'> & { field: Field; error: string | undefined }) {
  const text = texts[field.name] ?? '';
  const missing = neededFirst(fields, texts, field);
  const waiting = lookup === undefined ? 'Choose a connection first.' : missing.length > 0 ? `Choose ${missing.join(' and ')} first.` : undefined;
  const of = `${lookup?.of} ${field.name} ${(field.dependsOn ?? []).map(name => texts[name] ?? '').join(' ')}`;
  const search = async (words: string, signal: AbortSignal) => (lookup === undefined ? { options: [] } : lookup.ask(field.lookup ?? field.name, words, filled(fields, texts), signal));
  const known = texts[`title:${field.name}`];
  // A stored form remembers what was picked but not its title: the source is asked for it once.
  const titles = useAnswer(async signal => (text === '' || known !== undefined || waiting !== undefined ? [] : (await search('', signal)).options), `${of} ${text}`);
  const title = known ?? titles.answer?.find(option => option.value === text)?.title ?? text;
  return (
    <SearchPicker label={field.title} hint={field.help} required={field.required} error={error} waiting={waiting} of={of} search={search}
      picked={text === '' ? undefined : { value: text, title }}
      onPick={choice => onChange(withText(fields, texts, field.name, choice?.value ?? '', choice?.title))} />
  );
}

/** The values of those fields that are already right; a lookup may depend on some of them. */
function filled(fields: readonly Field[], texts: Texts): Record<string, unknown> {
  return Object.assign({}, ...fields.map(field => {
    const one = read([field], texts);
    return one.ok ? one.values : {};
  }));
}
