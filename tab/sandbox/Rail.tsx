// The conversations to choose from: a list at the side, or one field where there is no room for it.
import { Button, CounterBadge, Select, Text, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { ConversationIcon, nameIn } from './conversation.tsx';
import type { Conversation } from './shape.ts';
import { useWho } from './who.tsx';

const useStyles = makeStyles({
  rail: { padding: tokens.spacingHorizontalS, overflowY: 'auto', borderRight: `1px solid ${tokens.colorNeutralStroke2}`, backgroundColor: tokens.colorNeutralBackground3 },
  heading: { display: 'block', margin: 0, padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalS} ${tokens.spacingVerticalXS}`, color: tokens.colorNeutralForeground3 },
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  item: { width: '100%', justifyContent: 'flex-start', fontWeight: tokens.fontWeightRegular },
  chosen: { backgroundColor: tokens.colorNeutralBackground1Selected, color: tokens.colorNeutralForeground1Selected, fontWeight: tokens.fontWeightSemibold },
  unread: { fontWeight: tokens.fontWeightBold },
  badge: { marginLeft: 'auto' },
  field: { padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`, borderBottom: `1px solid ${tokens.colorNeutralStroke2}` },
});

export interface RailProps {
  conversations: readonly Conversation[];
  open: readonly string[];
  unread: (conversation: Conversation) => number;
  onOpen: (conversation: Conversation) => void;
}

export function Rail({ conversations, open, unread, onOpen }: RailProps) {
  const styles = useStyles();
  const { world } = useWho();
  const group = (title: string, members: readonly Conversation[]) => (
    <>
      <Text as="h2" size={200} weight="semibold" className={styles.heading}>{title}</Text>
      <ul className={styles.list}>
        {members.map(conversation => {
          const count = unread(conversation);
          const chosen = open.includes(conversation.id);
          return (
            <li key={conversation.id}>
              <Button appearance="subtle" icon={<ConversationIcon kind={conversation.kind} />} aria-current={chosen ? 'true' : undefined} className={mergeClasses(styles.item, chosen && styles.chosen, count > 0 && styles.unread)} onClick={() => onOpen(conversation)}>
                {nameIn(world, conversation)}
                {count > 0 && <CounterBadge className={styles.badge} size="small" count={count} aria-label={`${count} unread`} />}
              </Button>
            </li>
          );
        })}
      </ul>
    </>
  );
  return (
    <nav className={styles.rail} aria-label="Conversations">
      {group(world.team.name, conversations.filter(({ kind }) => kind === 'channel'))}
      {group('Chats', conversations.filter(({ kind }) => kind !== 'channel'))}
    </nav>
  );
}

export function ConversationField({ conversations, open, unread, onOpen }: RailProps) {
  const styles = useStyles();
  const { world } = useWho();
  return (
    <nav className={styles.field} aria-label="Conversations">
      <Select aria-label="Conversation" value={open[0]} onChange={(_, { value }) => onOpen(conversations.find(({ id }) => id === value)!)}>
        {conversations.map(conversation => <option key={conversation.id} value={conversation.id}>{nameIn(world, conversation)}{unread(conversation) > 0 ? ` (${unread(conversation)} unread)` : ''}</option>)}
      </Select>
    </nav>
  );
}
