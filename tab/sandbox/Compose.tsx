// A box to write in: Enter sends, Shift+Enter breaks the line, one button mentions the bot, another inserts a goal.
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Button, Textarea, Tooltip, makeStyles, tokens } from '@fluentui/react-components';
import { Mention20Regular, Send20Regular } from '@fluentui/react-icons';
import { sayingOf, type Saying } from './mention.ts';
import { SandboxError } from './sandbox-state.ts';
import { useNotices, useWho } from './who.tsx';

const useStyles = makeStyles({
  box: {
    display: 'grid',
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    ':focus-within': { outline: `2px solid ${tokens.colorCompoundBrandStroke}`, outlineOffset: '-1px' },
  },
  text: { width: '100%', border: 'none', '::after': { display: 'none' } },
  tools: { display: 'flex', alignItems: 'center', padding: `0 ${tokens.spacingHorizontalXS} ${tokens.spacingVerticalXS}` },
  send: { marginLeft: 'auto' },
});

export interface ComposeProps {
  label: string;
  placeholder: string;
  /** Whether the bot must be mentioned to hear; without it there is no button for it. */
  mentions: boolean;
  initial?: string;
  focus?: boolean;
  tools?: ReactNode;
  onSend: (saying: Saying) => Promise<unknown>;
  onCancel?: () => void;
}

export function Compose({ label, placeholder, mentions, initial = '', focus = false, tools, onSend, onCancel }: ComposeProps) {
  const styles = useStyles();
  const { world } = useWho();
  const { attempt } = useNotices();
  const [text, setText] = useState(initial);
  const box = useRef<HTMLTextAreaElement>(null);
  const mention = `@${world.bot.name}`;
  // A box that a person has just opened is where that person wants to write.
  useEffect(() => { if (focus) box.current?.focus(); }, [focus]);

  const send = async () => {
    const saying = mentions ? sayingOf(text, world.bot.name) : { mention: false, text: text.trim() };
    if (saying.text === '' && !saying.mention) return;
    setText('');
    await attempt(async () => {
      try {
        await onSend(saying);
      } catch (error) {
        if (!(error instanceof SandboxError && error.heard)) setText(typed => typed === '' ? text : typed);
        throw error;
      }
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onCancel?.();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };

  return (
    <div className={styles.box}>
      <Textarea className={styles.text} appearance="filled-lighter" rows={text.includes('\n') ? 3 : 1} resize="none" aria-label={label} placeholder={placeholder}
        textarea={{ ref: box }} value={text} onChange={(_, { value }) => setText(value)} onKeyDown={onKeyDown} />
      <div className={styles.tools}>
        {mentions && (
          <Tooltip content={`Mention ${mention}`} relationship="label">
            <Button appearance="subtle" icon={<Mention20Regular />} onClick={() => {
              setText(typed => sayingOf(typed, world.bot.name).mention ? typed : `${mention} ${typed}`);
              box.current?.focus();
            }} />
          </Tooltip>
        )}
        {tools}
        {onCancel && <Button appearance="subtle" size="small" className={styles.send} onClick={onCancel}>Cancel</Button>}
        <Tooltip content="Send" relationship="label">
          <Button appearance="subtle" className={onCancel ? undefined : styles.send} icon={<Send20Regular />} disabled={text.trim() === ''} onClick={() => void send()} />
        </Tooltip>
      </div>
    </div>
  );
}
