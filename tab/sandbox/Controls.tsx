// The demonstration's screws: each changes a number in a source, and shows how to do the same by hand.
import { useState, type FormEvent } from 'react';
import { Button, Card, Field, Input, Text, Tooltip, makeStyles, tokens } from '@fluentui/react-components';
import { Copy16Regular } from '@fluentui/react-icons';
import type { Control } from './shape.ts';
import { useNotices, useWho } from './who.tsx';

const useStyles = makeStyles({
  list: { display: 'grid', rowGap: tokens.spacingVerticalM },
  row: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, alignItems: 'end' },
  input: { flex: '1 1 96px', minWidth: 0 },
  narrow: { width: '100%', minWidth: 0 },
  quiet: { color: tokens.colorNeutralForeground3 },
  command: { display: 'flex', alignItems: 'start', gap: tokens.spacingHorizontalXS, backgroundColor: tokens.colorNeutralBackground3, borderRadius: tokens.borderRadiusMedium, padding: tokens.spacingHorizontalS },
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap', flexGrow: 1, minWidth: 0 },
});

/** `onChange`: a source was changed, and the numbers shown are no longer true. */
export function Controls({ controls, onChange }: { controls: readonly Control[]; onChange: () => void }) {
  const styles = useStyles();
  if (controls.length === 0) return <Text className={styles.quiet}>There is no source to change here. Started with "npm start", this place has buttons that change the numbers of the demonstration.</Text>;
  return <div className={styles.list}>{controls.map(control => <ControlCard key={control.id} control={control} onChange={onChange} />)}</div>;
}

function ControlCard({ control, onChange }: { control: Control; onChange: () => void }) {
  const styles = useStyles();
  const { deeds } = useWho();
  const { attempt } = useNotices();
  const [text, setText] = useState(String(control.current ?? ''));
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const input = Number(text);
  const wrong = control.input && (text.trim() === '' || !Number.isFinite(input));

  const run = async (event: FormEvent) => {
    event.preventDefault();
    if (wrong) return;
    setBusy(true);
    await attempt(async () => {
      const done = await deeds.control(control.id, control.input ? input : undefined);
      setSaid(done.said);
      onChange();
    });
    setBusy(false);
  };
  const command = control.command?.replaceAll('{input}', wrong ? '…' : text.trim());

  return (
    <Card>
      <Text as="h3" weight="semibold" style={{ margin: 0 }}>{control.title}</Text>
      <Text size={200} className={styles.quiet}>{control.help}</Text>
      <form className={styles.row} onSubmit={event => void run(event)}>
        {control.input && (
          <Field className={styles.input} label={control.current === undefined ? 'Set to' : `Now ${control.current}, set to`} validationMessage={wrong ? 'Give a number.' : undefined}>
            <Input className={styles.narrow} input={{ className: styles.narrow }} type="number" value={text} onChange={(_, { value }) => setText(value)} />
          </Field>
        )}
        <Button type="submit" appearance="primary" disabled={busy || wrong} aria-label={`${control.input ? 'Set' : 'Run'}: ${control.title}`}>{control.input ? 'Set' : 'Run'}</Button>
      </form>
      <output>{said && <Text size={200}>{said}</Text>}</output>
      {command && (
        <div className={styles.command}>
          <code className={styles.code}>{command}</code>
          <Tooltip content="Copy the command" relationship="label">
            <Button size="small" appearance="subtle" icon={<Copy16Regular />} onClick={() => void attempt(() => navigator.clipboard.writeText(command))} />
          </Tooltip>
        </div>
      )}
    </Card>
  );
}
