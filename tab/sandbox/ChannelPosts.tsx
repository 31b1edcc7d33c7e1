// A channel's posts, each with its thread of replies and a box to reply in.
import { useState } from 'react';
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowReply16Regular } from '@fluentui/react-icons';
import { Compose } from './Compose.tsx';
import { GoalSearch } from './GoalSearch.tsx';
import { MessageView } from './MessageView.tsx';
import type { Conversation, Message } from './shape.ts';
import { authorOf, useWho } from './who.tsx';

const useStyles = makeStyles({
  thread: {
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    marginBottom: tokens.spacingVerticalM,
  },
  replies: { borderLeft: `2px solid ${tokens.colorNeutralStroke2}`, paddingLeft: tokens.spacingHorizontalM, marginLeft: tokens.spacingHorizontalS, marginTop: tokens.spacingVerticalXS },
});

const repliesShown = 4;

export function ChannelPosts({ channel, messages }: { channel: Conversation; messages: readonly Message[] }) {
  const posts = messages.filter(message => !message.root);
  return posts.map(post => <Thread key={post.id} channel={channel} post={post} replies={messages.filter(message => message.root === post.id)} />);
}

function Thread({ channel, post, replies }: { channel: Conversation; post: Message; replies: readonly Message[] }) {
  const styles = useStyles();
  const { world, deeds } = useWho();
  const [all, setAll] = useState(false);
  const [replying, setReplying] = useState(false);
  const { name } = authorOf(world, post);
  const shown = all ? replies : replies.slice(-repliesShown);
  const hidden = replies.length - shown.length;
  // A post that was taken back without a reply leaves nothing.
  if (post.deletedAt && replies.every(reply => reply.deletedAt)) return null;

  return (
    <article className={styles.thread} aria-label={`Post by ${name}, ${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}`}>
      <MessageView message={post} onReply={() => setReplying(true)} />
      <div className={styles.replies}>
        {hidden > 0 && <Button size="small" appearance="transparent" onClick={() => setAll(true)}>Show {hidden} earlier {hidden === 1 ? 'reply' : 'replies'}</Button>}
        {shown.map(reply => <MessageView key={reply.id} message={reply} onReply={() => setReplying(true)} />)}
        {replying
          ? <Compose label={`Reply to ${name}`} placeholder="Reply" mentions focus tools={<GoalSearch conversation={channel.id} root={post.id} />}
              onSend={saying => deeds.reply(post, saying)} onCancel={() => setReplying(false)} />
          : <Button size="small" appearance="subtle" icon={<ArrowReply16Regular />} onClick={() => setReplying(true)}>Reply</Button>}
      </div>
    </article>
  );
}
