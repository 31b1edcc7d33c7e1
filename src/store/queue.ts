// Queues of work, in Azure Storage Queues and in Azurite on one's own machine: the only file that knows @azure/storage-queue.
import { QueueClient, type ReceivedMessageItem } from '@azure/storage-queue';
import type { z } from 'zod';
import { isLostInJson } from './json.ts';

export interface Queue<T> {
  /** `inSeconds`: invisible until then, at most 7 days. */
  put(message: T, inSeconds?: number): Promise<void>;
  /** Up to 32 messages, invisible to others for `forSeconds`. */
  take(most: number, forSeconds: number): Promise<Taken<T>[]>;
  /** Roughly how many wait, visible or not. */
  depth(): Promise<number>;
}

export interface Taken<T> {
  readonly message: T;
  /** 1 on the first delivery. */
  readonly attempt: number;
  /** Carried out: gone. Throws `Overtaken`. */
  done(): Promise<void>;
  /** Back into the queue, visible in so many seconds, as it is or changed. One request: never lost, never twice. Throws `Overtaken`. */
  later(inSeconds: number, message?: T): Promise<void>;
}

/**
 * The message is no longer ours: it was taken for too short a time and somebody else has it, or an answer was lost on the way back and
 * what we asked for has happened. Either way it is in good hands; do nothing more with it.
 */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** A message that did not fit its schema and was removed. Without its contents: they may be anything. */
export interface Poison { queue: string; id: string; attempt: number; insertedAt: Date; problem: string }

export interface QueueConnection<T> {
  /** Of a storage account or of Azurite. */
  connectionString: string;
  /** Lower-case letters, digits and hyphens, 3 to 63. */
  name: string;
  schema: z.ZodType<T>;
  /** Told of every message that is removed because it makes no sense. It is removed only after this has returned. */
  report(poison: Poison): void;
}

const weekInSeconds = 7 * 24 * 60 * 60;
/** The service's 64 KiB, less what base64 adds. */
const mostBytes = 48 * 1024;

/** Opens a queue and makes it if it is missing. */
export async function openQueue<T>(connection: QueueConnection<T>): Promise<Queue<T>> {
  const { name, schema, report } = connection;
  const client = new QueueClient(connection.connectionString, name, {
    retryOptions: { maxTries: 5, retryDelayInMs: 100, maxRetryDelayInMs: 5000 },
  });
  await client.createIfNotExists({ abortSignal: deadline() });

  function taken(item: ReceivedMessageItem, message: T): Taken<T> {
    return {
      message,
      attempt: item.dequeueCount,
      done: () => mine(name, 'delete', client.deleteMessage(item.messageId, item.popReceipt, { abortSignal: deadline() })),
      later: async (inSeconds, changed = message) => {
        const text = encoded(name, schema, changed);
        await mine(name, 'update', client.updateMessage(item.messageId, item.popReceipt, text, wait(inSeconds), { abortSignal: deadline() }));
      },
    };
  }

  return {
    async put(message, inSeconds = 0) {
      // Azure Storage knows no dead letters and drops messages after 7 days unless told never to.
      const options = { visibilityTimeout: wait(inSeconds), messageTimeToLive: -1, abortSignal: deadline() };
      await client.sendMessage(encoded(name, schema, message), options);
    },
    async take(most, forSeconds) {
      const answer = await client.receiveMessages({ numberOfMessages: most, visibilityTimeout: wait(forSeconds), abortSignal: deadline() });
      const sound: Taken<T>[] = [];
      for (const item of answer.receivedMessageItems) {
        const read = schema.safeParse(decoded(item.messageText));
        if (read.success) {
          sound.push(taken(item, read.data));
          continue;
        }
        report({ queue: name, id: item.messageId, attempt: item.dequeueCount, insertedAt: item.insertedOn, problem: problemOf(read.error) });
        await mine(name, 'delete', client.deleteMessage(item.messageId, item.popReceipt, { abortSignal: deadline() }));
      }
      return sound;
    },
    async depth() {
      return (await client.getProperties({ abortSignal: deadline() })).approximateMessagesCount ?? 0;
    },
  };
}

/** All tries of one request together. */
function deadline(): AbortSignal {
  return AbortSignal.timeout(60_000);
}

function wait(seconds: number): number {
  if (!(seconds >= 0 && seconds <= weekInSeconds)) throw new RangeError(`A message waits 0 to ${weekInSeconds} seconds (7 days), not ${seconds}.`);
  return Math.ceil(seconds);
}

/** Base64, because a control character in plain text is accepted and then never delivered. */
function encoded<T>(queue: string, schema: z.ZodType<T>, message: T): string {
  const checked = schema.safeParse(message);
  if (!checked.success || isLostInJson(checked.data)) {
    const problem = checked.success ? 'JSON cannot carry it' : problemOf(checked.error);
    throw new TypeError(`A message for the queue ${queue} does not fit its schema: ${problem}.`);
  }
  const bytes = Buffer.from(JSON.stringify(checked.data));
  if (bytes.length > mostBytes) throw new RangeError(`A message for the queue ${queue} has ${bytes.length} bytes; at most ${mostBytes} fit.`);
  return bytes.toString('base64');
}

/** `undefined`, which no message is, for what is not JSON. */
function decoded(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString());
  } catch {
    return undefined;
  }
}

/** The outermost field alone: names further in, and the messages of the issues, may repeat contents. */
function problemOf(error: z.ZodError): string {
  const field = error.issues[0]?.path[0];
  return field === undefined ? 'it is something else altogether' : `look at "${String(field)}"`;
}

async function mine(queue: string, doing: 'delete' | 'update', request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'MessageNotFound' && doing === 'delete') return; // gone is what was wanted
    if (code !== 'MessageNotFound' && code !== 'PopReceiptMismatch') throw error;
    throw new Overtaken(`Somebody else has taken the message of the queue ${queue}: it was held longer than it was taken for.`, { cause: error });
  }
}
