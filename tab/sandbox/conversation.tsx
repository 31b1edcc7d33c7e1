// How a conversation is called and marked.
import { Chat20Regular, NumberSymbol20Regular, People20Regular } from '@fluentui/react-icons';
import type { Conversation, Message, World } from './shape.ts';

/** A personal chat is called after the other side, which is the bot. */
export function nameIn(world: World, conversation: Conversation): string {
  return conversation.kind === 'personal' ? world.bot.name : conversation.name;
}

export function ConversationIcon({ kind }: Pick<Conversation, 'kind'>) {
  switch (kind) {
    case 'channel': return <NumberSymbol20Regular aria-hidden />;
    case 'group': return <People20Regular aria-hidden />;
    case 'personal': return <Chat20Regular aria-hidden />;
  }
}

/** How many messages of others came after the last one read. */
export function unreadCount(conversation: Conversation, messages: readonly Message[], read: string | undefined, me: string): number {
  return messages.filter(message => message.conversation === conversation.id && message.by !== me && !message.deletedAt && Number(message.id) > Number(read ?? 0)).length;
}
