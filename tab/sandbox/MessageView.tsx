// One message: who, when, the words, the cards, whether it was edited, and what can be done with it.
import { useEffect, useRef, useState } from 'react';
import {
  Avatar, Button, Menu, MenuDivider, MenuItem, MenuList, MenuPopover, MenuTrigger, Text, ToggleButton, Tooltip, makeStyles, mergeClasses, tokens,
} from '@fluentui/react-components';
import { ArrowReply20Regular, Delete20Regular, Edit20Regular, Flag20Filled, MoreHorizontal20Regular } from '@fluentui/react-icons';
import { Card } from './Card.tsx';
import { Compose } from './Compose.tsx';
import { htmlOf } from './markdown.ts';
import { reactions } from './reactions.ts';
import type { Message } from './shape.ts';
import { authorOf, timeOf, useNotices, useWho } from './who.tsx';

const useStyles = makeStyles({
  message: { display: 'grid', gridTemplateColumns: 'auto minmax(0, 1fr)', columnGap: tokens.spacingHorizontalS, padding: `${tokens.spacingVerticalXS} 0` },
  body: { display: 'grid', rowGap: tokens.spacingVerticalXS, justifyItems: 'start', borderRadius: tokens.borderRadiusLarge, minWidth: 0 },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: tokens.spacingHorizontalS, width: '100%', minHeight: '24px' },
  quiet: { color: tokens.colorNeutralForeground3 },
  words: { overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' },
  mention: { color: tokens.colorBrandForeground1, fontWeight: tokens.fontWeightSemibold },
  quote: {
    borderLeft: `3px solid ${tokens.colorNeutralStrokeAccessible}`, paddingLeft: tokens.spacingHorizontalS, margin: 0,
    color: tokens.colorNeutralForeground3, overflow: 'hidden', textOverflow: 'ellipsis', maxWidth: '100%', overflowWrap: 'anywhere',
  },
  more: { marginLeft: 'auto' },
  attachment: { width: '100%' },
  // Says for a moment that a card was changed where it stands.
  changed: {
    animationName: { from: { backgroundColor: tokens.colorBrandBackground2, boxShadow: `0 0 0 2px ${tokens.colorBrandStroke1}` }, to: { backgroundColor: 'transparent', boxShadow: '0 0 0 2px transparent' } },
    animationDuration: '3s',
    '@media (prefers-reduced-motion: reduce)': { animationDuration: '1ms' },
  },
  edited: { fontWeight: tokens.fontWeightSemibold },
  reactions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
  editor: { width: '100%' },
});

export interface MessageViewProps { message: Message; quoted?: Message | undefined; onReply?: (() => void) | undefined }

export function MessageView({ message, quoted, onReply }: MessageViewProps) {
  const styles = useStyles();
  const { me, world, deeds } = useWho();
  const { show, attempt } = useNotices();
  const author = authorOf(world, message);
  const [editing, setEditing] = useState(false);
  const [firstEdits] = useState(message.edits);
  const whole = useRef<HTMLDivElement>(null);
  // A card that changes out of sight would look as if nothing had happened; whoever is writing here is left in peace.
  useEffect(() => {
    const isWriting = whole.current?.closest('section, [role=region]')?.contains(document.activeElement) && document.activeElement?.matches('textarea, input, [contenteditable]');
    if (author.isBot && message.edits > firstEdits && !isWriting) whole.current?.scrollIntoView({ block: 'nearest' });
  }, [author.isBot, message.edits, firstEdits]);
  // A card that a button brought is for the person who pressed, until the message itself changes.
  const [answer, setAnswer] = useState<{ card: unknown; at: number; edits: number; person: string }>();
  const shown = (content: unknown, at: number) => answer?.at === at && answer.edits === message.edits && answer.person === me.id ? answer.card : content;

  const press = async (action: object, at: number) => {
    await attempt(async () => {
      const pressed = await deeds.press(message, action);
      if (pressed.kind === 'card') setAnswer({ card: pressed.card, at, edits: message.edits, person: me.id });
      if (pressed.kind === 'message') show(pressed.text, 'info');
    });
  };

  if (message.deletedAt) return <div className={styles.message}><Text italic className={styles.quiet}>{author.name} deleted this message.</Text></div>;
  return (
    <div ref={whole} className={styles.message} data-message={message.id} data-by={author.isBot ? 'bot' : 'person'}>
      <Avatar aria-hidden name={author.name} size={32} color={author.isBot ? 'brand' : 'colorful'} shape={author.isBot ? 'square' : 'circular'} {...(author.isBot && { icon: <Flag20Filled />, initials: '' })} />
      <div className={mergeClasses(styles.body, message.edits > firstEdits && styles.changed)} key={message.edits}>
        <div className={styles.head}>
          <Text weight="semibold">{author.name}</Text>
          <Text size={200} className={styles.quiet}><time dateTime={message.at}>{timeOf(message.at)}</time></Text>
          {message.editedAt && <Text size={200} className={mergeClasses(styles.quiet, styles.edited)}>Edited {timeOf(message.editedAt)}</Text>}
          <Actions message={message} onReply={onReply} onEdit={() => setEditing(true)} />
        </div>
        {quoted && <blockquote className={styles.quote}><Text size={200}>{authorOf(world, quoted).name}: {quoted.deletedAt ? 'deleted message' : quoted.text || 'a card'}</Text></blockquote>}
        {editing
          ? <div className={styles.editor}><Compose label="Edit your message" placeholder="" initial={message.text} mentions={false} focus onCancel={() => setEditing(false)}
              onSend={async ({ text }) => { setEditing(false); await deeds.edit(message, text); }} /></div>
          : <Words message={message} isBot={author.isBot} />}
        {message.attachments.map((attachment, index) => (
          <div key={index} className={styles.attachment}>
            {attachment.contentType === 'application/vnd.microsoft.card.adaptive'
              ? <Card content={shown(attachment.content, index)} onPress={action => press(action, index)} />
              : <Text className={styles.quiet}>Attachment: {attachment.contentType}</Text>}
          </div>
        ))}
        <Reactions message={message} />
      </div>
    </div>
  );
}

function Words({ message, isBot }: { message: Message; isBot: boolean }) {
  const styles = useStyles();
  const { world } = useWho();
  if (message.text === '' && !message.mentionsBot) return null;
  // htmlOf escapes everything but its own few tags.
  if (isBot) return <Text className={styles.words}><span dangerouslySetInnerHTML={{ __html: htmlOf(message.text) }} /></Text>;
  return <Text className={styles.words}>{message.mentionsBot && <span className={styles.mention}>@{world.bot.name}</span>}{message.mentionsBot && ' '}{message.text}</Text>;
}

function Reactions({ message }: { message: Message }) {
  const styles = useStyles();
  const { me, deeds } = useWho();
  const { attempt } = useNotices();
  const shown = reactions.map(reaction => ({ ...reaction, by: message.reactions.filter(one => one.kind === reaction.kind).map(one => one.by) })).filter(({ by }) => by.length > 0);
  if (shown.length === 0) return null;
  return (
    <div className={styles.reactions}>
      {shown.map(({ kind, name, Icon, by }) => {
        const mine = by.includes(me.id);
        return (
          <ToggleButton key={kind} size="small" shape="circular" checked={mine} icon={<Icon />} aria-label={`${name}, ${by.length}`}
            onClick={() => void attempt(() => deeds.react(message, kind, !mine))}>{by.length}</ToggleButton>
        );
      })}
    </div>
  );
}

function Actions({ message, onReply, onEdit }: { message: Message; onReply?: (() => void) | undefined; onEdit: () => void }) {
  const styles = useStyles();
  const { me, world, deeds } = useWho();
  const { attempt } = useNotices();
  const { name } = authorOf(world, message);
  const own = message.by === me.id;
  return (
    <Menu positioning="below-end">
      <Tooltip content={`What to do with ${name}’s message`} relationship="label">
        <MenuTrigger disableButtonEnhancement><Button className={styles.more} appearance="subtle" size="small" icon={<MoreHorizontal20Regular />} /></MenuTrigger>
      </Tooltip>
      <MenuPopover>
        <MenuList>
          {onReply && <MenuItem icon={<ArrowReply20Regular />} onClick={onReply}>Reply</MenuItem>}
          {reactions.map(({ kind, name: title, Icon }) => {
            const on = !message.reactions.some(one => one.by === me.id && one.kind === kind);
            return <MenuItem key={kind} icon={<Icon />} onClick={() => void attempt(() => deeds.react(message, kind, on))}>{on ? title : `Take back ${title}`}</MenuItem>;
          })}
          {own && <MenuDivider />}
          {own && message.text !== '' && <MenuItem icon={<Edit20Regular />} onClick={onEdit}>Edit</MenuItem>}
          {own && <MenuItem icon={<Delete20Regular />} onClick={() => void attempt(() => deeds.remove(message))}>Delete</MenuItem>}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
