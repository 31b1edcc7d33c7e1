// One conversation: its name, its posts or the tab beside them, and a box to write in.
import { useEffect, useRef, useState } from 'react';
import { Button, Subtitle2, Tab, TabList, Text, makeStyles, tokens } from '@fluentui/react-components';
import { Dismiss16Regular } from '@fluentui/react-icons';
import { ChannelPosts } from './ChannelPosts.tsx';
import { Compose } from './Compose.tsx';
import { ConversationIcon, nameIn } from './conversation.tsx';
import { GoalSearch } from './GoalSearch.tsx';
import { MessageView } from './MessageView.tsx';
import type { Conversation, Message } from './shape.ts';
import { TabFrame } from './TabFrame.tsx';
import { authorOf, useNotices, useWho } from './who.tsx';

const useStyles = makeStyles({
  pane: { display: 'grid', gridTemplateRows: 'auto minmax(0, 1fr) auto', minWidth: 0, minHeight: 0, backgroundColor: tokens.colorNeutralBackground2 },
  head: {
    display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: tokens.spacingHorizontalS, minHeight: '48px',
    padding: `0 ${tokens.spacingHorizontalM}`, backgroundColor: tokens.colorNeutralBackground1, borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  name: { display: 'inline-flex', alignItems: 'center', columnGap: tokens.spacingHorizontalS, margin: 0, overflowWrap: 'anywhere' },
  posts: { overflowY: 'auto', padding: tokens.spacingHorizontalM, overscrollBehavior: 'contain', outlineOffset: '-2px' },
  empty: { display: 'block', color: tokens.colorNeutralForeground3, textAlign: 'center', padding: `${tokens.spacingVerticalXXXL} ${tokens.spacingHorizontalM}` },
  compose: { padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalM}` },
  quote: {
    display: 'flex', alignItems: 'center', justifyContent: 'space-between', padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    borderLeft: `3px solid ${tokens.colorBrandStroke1}`, marginBottom: tokens.spacingVerticalXS, color: tokens.colorNeutralForeground3, overflowWrap: 'anywhere',
  },
  frame: { gridRow: '2 / 4' },
});

/** How close to the end the reader must be for new messages to scroll into view. */
const nearEndPixels = 200;

export interface PaneProps { conversation: Conversation; messages: readonly Message[]; unread: boolean; onRead: (message: Message) => void }

export function Pane({ conversation, messages, unread, onRead }: PaneProps) {
  const styles = useStyles();
  const { me, world, theme, deeds } = useWho();
  const { attempt } = useNotices();
  const [tab, setTab] = useState<'posts' | 'goals'>('posts');
  const [quoting, setQuoting] = useState<Message>();
  const posts = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const last = messages.at(-1);
  const name = nameIn(world, conversation);
  const channel = conversation.kind === 'channel';

  const lastId = last?.id;
  useEffect(() => {
    if (lastId !== undefined && tab === 'posts' && atEnd.current) posts.current?.scrollTo({ top: posts.current.scrollHeight });
  }, [lastId, tab]);
  useEffect(() => {
    if (!unread || !last || tab !== 'posts' || document.hidden) return;
    void attempt(async () => {
      await deeds.read(last);
      onRead(last);
    });
  }, [unread, last, tab, deeds, attempt, onRead]);

  return (
    <section className={styles.pane} aria-label={name}>
      <div className={styles.head}>
        <Subtitle2 as="h2" className={styles.name}><ConversationIcon kind={conversation.kind} />{name}</Subtitle2>
        <TabList size="small" selectedValue={tab} onTabSelect={(_, { value }) => setTab(value as 'posts' | 'goals')} aria-label={`What to see of ${name}`}>
          <Tab value="posts">{channel ? 'Posts' : 'Chat'}</Tab>
          <Tab value="goals">Goals</Tab>
        </TabList>
      </div>
      {tab === 'goals' && <div className={styles.frame}><TabFrame key={me.id} conversation={conversation} theme={theme} /></div>}
      {tab === 'posts' && (
        // A scrolling region must be reachable by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={styles.posts} ref={posts} tabIndex={0} role="log" aria-label={`Messages in ${name}`}
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => { atEnd.current = scrollHeight - scrollTop - clientHeight < nearEndPixels; }}>
          {messages.length === 0 && <Text className={styles.empty}>{emptyText(conversation, world.bot.name)}</Text>}
          {channel
            ? <ChannelPosts channel={conversation} messages={messages} />
            : messages.map(message => <MessageView key={message.id} message={message} onReply={() => setQuoting(message)} quoted={messages.find(({ id }) => id === message.quotes)} />)}
        </div>
      )}
      {tab === 'posts' && (
        <div className={styles.compose}>
          {quoting && (
            <div className={styles.quote}>
              <Text size={200}>Replying to {authorOf(world, quoting).name}: {quoting.text.slice(0, 80) || 'a card'}</Text>
              <Button size="small" appearance="subtle" icon={<Dismiss16Regular />} aria-label="Do not quote" onClick={() => setQuoting(undefined)} />
            </div>
          )}
          <Compose label={`Write in ${name}`} placeholder={channel ? 'Start a post' : 'Write a message'} mentions={conversation.kind !== 'personal'}
            tools={<GoalSearch conversation={conversation.id} />}
            onSend={saying => {
              atEnd.current = true;
              setQuoting(undefined);
              return quoting ? deeds.reply(quoting, saying) : deeds.say(conversation.id, saying);
            }} />
        </div>
      )}
    </section>
  );
}

function emptyText(conversation: Conversation, bot: string): string {
  if (conversation.kind === 'personal') return `Write to ${bot}: try "help".`;
  return `Nothing has been said here yet. Write "@${bot} help", or insert a goal with the target sign below.`;
}
