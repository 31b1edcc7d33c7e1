// What every chat platform can do for us. Teams is the first, Slack would be the second; both translate and decide nothing.
import { z } from 'zod';
import type { Message } from './message.ts';

/**
 * A place where people talk. `id` is the platform's own (in Teams without its `;messageid=` suffix); `service` is what the platform
 * needs to reach it again (in Teams the service URL and tenant), opaque to everybody else.
 */
export const Conversation = z.object({
  platform: z.enum(['teams']),
  id: z.string(),
  kind: z.enum(['channel', 'group', 'personal']),
  name: z.string(),
  service: z.record(z.string(), z.string()),
});
export type Conversation = z.infer<typeof Conversation>;

/** A message of ours in a conversation; `id` is the platform's, by which it can be edited and its thread recognised. */
export interface PostRef { conversation: Conversation; id: string }

export interface Platform {
  /** Says something new. `mark` travels inside the message so that `find` can recognise it. */
  post(to: Conversation, message: Message, mark: string): Promise<PostRef>;
  /** Edits a message in place. Doing it twice is doing it once. */
  update(post: PostRef, message: Message, mark: string): Promise<void>;
  /** Says something in the thread under a message of ours (in chats without threads: after it). */
  reply(to: PostRef, message: Message, mark: string): Promise<PostRef>;
  /**
   * Looks for a message of ours that bears `mark`, said at or after `since`. Asked only after a crash between saying and remembering,
   * so that nothing is said twice. `under` when it would be in the thread of that message. `'unknown'` where the platform does not let us read the conversation back.
   */
  find(conversation: Conversation, mark: string, since: string, under?: PostRef): Promise<PostRef | undefined | 'unknown'>;
}

/** Why something could not be said, by what puts it right. One switch, in deliver.ts, decides each. */
export type DeliveryRemedy =
  /** The place is gone or we were blocked: stop saying things there. */
  | { kind: 'forget' }
  /** That one message of ours is gone, somebody deleted it: the place still hears us. */
  | { kind: 'forget-post' }
  /** Passing: again after so many seconds, as the platform asks. */
  | { kind: 'retry'; afterSeconds: number }
  /** Our own fault: log it and keep it for a person. */
  | { kind: 'report' };

export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly remedy: DeliveryRemedy;
  constructor(message: string, remedy: DeliveryRemedy, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}
