// What the sandbox's server tells its page, checked where it comes in.
import { z } from './zod.ts';

export const Person = z.object({ id: z.string(), name: z.string(), email: z.string(), admin: z.boolean() });
export type Person = z.infer<typeof Person>;

export const Conversation = z.object({ id: z.string(), kind: z.enum(['channel', 'group', 'personal']), name: z.string(), members: z.array(z.string()) });
export type Conversation = z.infer<typeof Conversation>;

export const World = z.object({
  tenant: z.object({ id: z.string(), name: z.string() }),
  bot: z.object({ appId: z.string(), name: z.string() }),
  team: z.object({ id: z.string(), groupId: z.string(), name: z.string() }),
  people: z.array(Person),
  conversations: z.array(Conversation),
});
export type World = z.infer<typeof World>;

export const Attachment = z.object({ contentType: z.string(), content: z.unknown() });
export type Attachment = z.infer<typeof Attachment>;

/** A message that is new or has changed. `by` is `bot` or a person's id; of a deleted message only its place is left. */
export const Changed = z.object({
  id: z.string(),
  conversation: z.string(),
  root: z.string().optional(),
  quotes: z.string().optional(),
  by: z.string(),
  at: z.string(),
  text: z.string(),
  attachments: z.array(Attachment),
  mentionsBot: z.boolean(),
  edits: z.number(),
  editedAt: z.string().optional(),
  deletedAt: z.string().optional(),
  reactions: z.array(z.object({ by: z.string(), kind: z.string() })),
});
export type Message = z.infer<typeof Changed>;

export const Control = z.object({
  id: z.string(), title: z.string(), help: z.string(), command: z.string().optional(), input: z.boolean(), current: z.union([z.number(), z.string()]).optional(),
});
export type Control = z.infer<typeof Control>;

export const State = z.object({ world: World, messages: z.array(Changed), read: z.record(z.string(), z.string()), controls: z.array(Control) });
export type State = z.infer<typeof State>;

export const Pressed = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('card'), card: z.unknown() }),
  z.object({ kind: z.literal('message'), text: z.string() }),
  z.object({ kind: z.literal('nothing') }),
]);
export type Pressed = z.infer<typeof Pressed>;

export const Found = z.object({ attachment: Attachment, title: z.string(), text: z.string() });
export type Found = z.infer<typeof Found>;
export const FoundPage = z.object({ hits: z.array(Found), note: z.string().optional() });
export type FoundPage = z.infer<typeof FoundPage>;
export const ControlRun = z.object({ said: z.string() });
export const Token = z.object({ token: z.string() });
export const Problem = z.object({ error: z.string() });
export const Done = z.looseObject({});
