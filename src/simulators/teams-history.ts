// What was said in the double of Teams: messages with their edits and reactions, kept in memory and, when asked, in one JSON file.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

export const Attachment = z.object({ contentType: z.string(), content: z.unknown(), name: z.string().optional() });
export type Attachment = z.infer<typeof Attachment>;

const Version = z.object({ at: z.string(), text: z.string(), attachments: z.array(Attachment) });
const Reaction = z.object({ by: z.string(), kind: z.string() });

export const Message = z.object({
  /** Unique in the whole double, and later ones sort after earlier ones: milliseconds since 1970, as in Teams. */
  id: z.string(),
  conversation: z.string(),
  /** In channels, the message that this one replies to. Chats have no threads. */
  root: z.string().optional(),
  /** In chats, the message that this one quotes. */
  quotes: z.string().optional(),
  /** `bot`, or a person's object id. */
  by: z.string(),
  at: z.string(),
  text: z.string(),
  attachments: z.array(Attachment),
  mentionsBot: z.boolean(),
  /** Every version, oldest first; the last one is what stands there now. The oldest are dropped beyond `versionsKept`. */
  versions: z.array(Version),
  editedAt: z.string().optional(),
  deletedAt: z.string().optional(),
  reactions: z.array(Reaction),
});
export type Message = z.infer<typeof Message>;
export type Draft = Pick<Message, 'conversation' | 'by' | 'text'> & Partial<Pick<Message, 'root' | 'quotes' | 'attachments' | 'mentionsBot'>>;
export type Words = Pick<Message, 'text' | 'attachments'>;

const Saved = z.object({
  messages: z.array(Message),
  /** Conversations that the bot was removed from. */
  withoutBot: z.array(z.string()),
  /** The last message each person has read in each conversation. */
  read: z.record(z.string(), z.record(z.string(), z.string())),
});
type Saved = z.infer<typeof Saved>;

export interface History {
  all(): readonly Message[];
  of(conversation: string): readonly Message[];
  find(conversation: string, id: string): Message | undefined;
  add(draft: Draft): Message;
  edit(message: Message, words: Words): void;
  remove(message: Message): void;
  react(message: Message, by: string, kind: string, on: boolean): void;
  hasBot(conversation: string): boolean;
  setBot(conversation: string, there: boolean): void;
  readBy(person: string): Readonly<Record<string, string>>;
  markRead(person: string, conversation: string, message: string): void;
  /** Calls `listener` with every message that is new or changed. */
  watch(listener: (message: Message) => void): () => void;
  close(): Promise<void>;
}

const versionsKept = 100;
const saveAfterMilliseconds = 100;

/** Without a `file` nothing outlives the process. A file that does not fit is refused, not overwritten. */
export async function openHistory(file: string | undefined, now: () => Date): Promise<History> {
  const state = file ? await load(file) : { messages: [], withoutBot: [], read: {} };
  const withoutBot = new Set(state.withoutBot);
  const listeners = new Set<(message: Message) => void>();
  const saver = file ? saveLater(file, () => ({ ...state, withoutBot: [...withoutBot] })) : undefined;

  const changed = (message?: Message) => {
    saver?.due();
    if (message) for (const listener of listeners) listener(message);
  };
  const nextId = () => String(Math.max(now().getTime(), Number(state.messages.at(-1)?.id ?? 0) + 1));

  return {
    all: () => state.messages,
    of: conversation => state.messages.filter(message => message.conversation === conversation),
    find: (conversation, id) => state.messages.find(message => message.id === id && message.conversation === conversation),
    add: draft => {
      const id = nextId();
      const at = new Date(Number(id)).toISOString(); // in Teams too a message's id is the instant at which it was written
      const words = { text: draft.text, attachments: draft.attachments ?? [] };
      const message: Message = { mentionsBot: false, ...draft, ...words, id, at, versions: [{ at, ...words }], reactions: [] };
      state.messages.push(message);
      changed(message);
      return message;
    },
    edit: (message, words) => {
      const at = now().toISOString();
      Object.assign(message, words, { editedAt: at });
      message.versions = [...message.versions, { at, ...words }].slice(-versionsKept);
      changed(message);
    },
    remove: message => {
      message.deletedAt = now().toISOString();
      changed(message);
    },
    react: (message, by, kind, on) => {
      const others = message.reactions.filter(reaction => reaction.by !== by || reaction.kind !== kind);
      message.reactions = on ? [...others, { by, kind }] : others;
      changed(message);
    },
    hasBot: conversation => !withoutBot.has(conversation),
    setBot: (conversation, there) => {
      if (there) withoutBot.delete(conversation);
      else withoutBot.add(conversation);
      changed();
    },
    readBy: person => state.read[person] ?? {},
    markRead: (person, conversation, message) => {
      state.read[person] = { ...state.read[person], [conversation]: message };
      changed();
    },
    watch: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      listeners.clear();
      await saver?.close();
    },
  };
}

async function load(file: string): Promise<Saved> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return { messages: [], withoutBot: [], read: {} };
  try {
    return Saved.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file} does not hold the sandbox's conversations. "npm run reset" clears the local data.`, { cause: error });
  }
}

/** Writes beside the file and renames, so that a crash leaves the old or the new state, never half of one. */
function saveLater(file: string, state: () => Saved) {
  let timer: NodeJS.Timeout | undefined;
  let saving = Promise.resolve();
  const save = async () => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify(state()));
    await rename(`${file}.new`, file);
  };
  const start = () => {
    timer = undefined;
    saving = saving.then(save).catch(error => console.error(`The sandbox's conversations could not be saved to ${file}:`, error));
  };
  return {
    due: () => { timer ??= setTimeout(start, saveAfterMilliseconds); },
    close: async () => {
      if (timer) {
        clearTimeout(timer);
        start();
      }
      await saving;
    },
  };
}
