// A field that offers what a search finds: people, parents, and whatever a source can list.
import { Button, Combobox, Field, makeStyles, Option, Text, tokens } from '@fluentui/react-components';
import { Dismiss16Regular } from '@fluentui/react-icons';
import { useRef, useState } from 'react';
import { useAnswer, useSettled } from '../answer.ts';
import { fault } from './attention.ts';

export interface Choice { value: string; title: string; help?: string | undefined }

export type Search = (text: string, signal: AbortSignal) => Promise<{ options: readonly Choice[]; next?: string | undefined }>;

interface Props {
  label: string;
  picked: Choice | undefined;
  /** Asked again whenever `of` or the text changes. */
  search: Search;
  /** Names what is searched, so that another search never shows these options. */
  of: string;
  onPick: (choice: Choice | undefined) => void;
  hint?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  /** Why nothing can be picked yet. */
  waiting?: string | undefined;
}

const useStyles = makeStyles({
  full: { minWidth: 0, width: '100%' },
  list: { maxHeight: 'min(50vh, 360px)' },
  help: { display: 'block', color: tokens.colorNeutralForeground3 },
  picked: { listStyleType: 'none', margin: `${tokens.spacingVerticalXS} 0 0`, padding: 0, display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
  one: {
    display: 'inline-flex', alignItems: 'center', minHeight: '28px', minWidth: 0, maxWidth: '100%', boxSizing: 'border-box', paddingInlineStart: tokens.spacingHorizontalS,
    border: `1px solid ${tokens.colorNeutralStroke1}`, borderRadius: tokens.borderRadiusMedium,
  },
  name: { minWidth: 0, overflowWrap: 'anywhere', paddingInlineEnd: tokens.spacingHorizontalS },
});

export function SearchPicker({ label, picked, search, of, onPick, hint, error, required = false, waiting }: Props) {
  const styles = useStyles();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState<string>();
  const asked = useSettled(typed ?? '', 250);
  return (
    <Field label={label} hint={waiting ?? hint} required={required} {...fault(error)}>
      <Combobox
        className={styles.full}
        input={{ style: { minWidth: 0 } }}
        listbox={{ className: styles.list }}
        open={open}
        disabled={waiting !== undefined}
        clearable={!required}
        value={typed ?? picked?.title ?? ''}
        selectedOptions={picked === undefined ? [] : [picked.value]}
        placeholder="Search"
        onOpenChange={(_, data) => setOpen(data.open)}
        onChange={event => { setTyped(event.target.value); setOpen(true); }}
        onBlur={() => setTyped(undefined)}
        onOptionSelect={(event, { optionValue, optionText }) => {
          // Fluent takes back what is picked as soon as somebody types over it; until they choose something else, or empty the field, it stays.
          if (event.type === 'change' && (event.target as HTMLInputElement).value !== '') return;
          setTyped(undefined);
          onPick(optionValue === undefined || optionValue === '' ? undefined : { value: optionValue, title: optionText ?? optionValue });
        }}
      >
        {open ? (asked === (typed ?? '') ? <Found search={search} text={asked} of={of} /> : <Searching />) : null}
      </Combobox>
    </Field>
  );
}

/** Picks any number, one after the other; those that are picked stand above and can be taken away. */
export function SeveralPicker({ picked, onPick, search, ...props }: Omit<Props, 'picked' | 'onPick'> & { picked: readonly Choice[]; onPick: (choices: readonly Choice[]) => void }) {
  const styles = useStyles();
  const root = useRef<HTMLDivElement>(null);
  const others: Search = async (text, signal) => {
    const found = await search(text, signal);
    return { ...found, options: found.options.filter(option => !picked.some(choice => choice.value === option.value)) };
  };
  // The button that took one away goes with it, and must not take the focus along.
  const remove = (gone: Choice) => {
    onPick(picked.filter(choice => choice !== gone));
    root.current?.querySelector('input')?.focus();
  };
  return (
    <div ref={root}>
      <SearchPicker {...props} picked={undefined} search={others} onPick={choice => { if (choice !== undefined) onPick([...picked, choice]); }} />
      {picked.length > 0 && (
        <ul className={styles.picked} aria-label={`${props.label} chosen`}>
          {picked.map(choice => (
            <li key={choice.value} className={styles.one}>
              <span className={styles.name}>{choice.title}</span>
              {props.waiting === undefined && (
                <Button
                  appearance="subtle" size="small" icon={<Dismiss16Regular />} aria-label={`Remove ${choice.title}`}
                  onClick={() => remove(choice)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Also while somebody types: what was found for fewer letters must not be picked by a quick Enter. */
function Searching() {
  return <Option disabled text="Searching" value="">Searching…</Option>;
}

function Found({ search, text, of }: Pick<Props, 'search' | 'of'> & { text: string }) {
  const styles = useStyles();
  const { answer, error } = useAnswer(signal => search(text, signal), `${of}?${text}`);
  if (error !== undefined) return <Option disabled text={error.message} value="">{error.message}</Option>;
  if (answer === undefined) return <Searching />;
  if (answer.options.length === 0) return <Option disabled text="Nothing found" value="">Nothing found</Option>;
  return (
    <>
      {answer.options.map(choice => (
        <Option key={choice.value} value={choice.value} text={choice.title}>
          <span>{choice.title}{choice.help !== undefined && <Text size={200} className={styles.help}>{choice.help}</Text>}</span>
        </Option>
      ))}
      {answer.next !== undefined && <Option disabled text="There are more" value="">There are more: type to narrow them down.</Option>}
    </>
  );
}
