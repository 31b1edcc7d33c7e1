// The vault: credentials are sealed before they are stored and opened only to be used.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

export interface Vault {
  /** `context` says whose text this is (tenant|organization|connection); it opens in the same context only. */
  seal(plain: string, context: string): Promise<string>;
  /** Throws `SealError`. */
  open(sealed: string, context: string): Promise<string>;
}

/**
 * Where the keys are. Any number of keys opens, one seals; so a key is replaced by adding another one and letting it seal.
 * `keyFile` is the implementation for one machine. The second one, for Azure Key Vault, goes here: it unwraps data keys with a Key Vault
 * key when the program starts (or in `key`, which may take its time), so that no key lies beside the data. Nothing else has to change.
 */
export interface KeyRing {
  /** The id of the key that seals. */
  readonly current: string;
  /** 32 bytes; `undefined` when there is no such key. */
  key(id: string): Promise<Uint8Array | undefined>;
}

/** A sealed text that does not open. Says what to do and repeats nothing of the text. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Sealed texts are `v1.<key id>.<nonce><tag><cipher text>`, the last part in base64url. AES-256-GCM with a random nonce for each text. */
export function openVault(ring: KeyRing): Vault {
  return {
    async seal(plain, context) {
      const key = await keyOf(ring, ring.current);
      const nonce = randomBytes(nonceBytes);
      const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(context));
      const text = Buffer.concat([sealing.update(plain, 'utf8'), sealing.final()]);
      return `v1.${ring.current}.${Buffer.concat([nonce, sealing.getAuthTag(), text]).toString('base64url')}`;
    },
    async open(sealed, context) {
      const [, id, packed] = /^v1\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]+)$/.exec(sealed) ?? [];
      const bytes = Buffer.from(packed ?? '', 'base64url');
      if (id === undefined || bytes.length < nonceBytes + tagBytes) {
        throw new SealError('This is not a sealed credential. Enter the credential again.');
      }
      const opening = createDecipheriv(cipher, await keyOf(ring, id), bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      try {
        return Buffer.concat([opening.update(bytes.subarray(nonceBytes + tagBytes)), opening.final()]).toString('utf8');
      } catch {
        throw new SealError('A sealed credential does not open: it was changed or belongs to another connection. Enter the credential again.');
      }
    },
  };
}

async function keyOf(ring: KeyRing, id: string): Promise<Uint8Array> {
  const key = await ring.key(id);
  if (key === undefined) throw new SealError(`The key "${id}" is not in the key ring. Put it back, or enter the credential again.`);
  return key;
}

const KeyFile = z.object({
  current: z.string(),
  keys: z.record(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), z.base64().refine(text => Buffer.from(text, 'base64').length === keyBytes)),
}).refine(file => Object.hasOwn(file.keys, file.current));
type KeyFile = z.infer<typeof KeyFile>;

/** The keys in a file that only its owner may read; made with a first key when it is missing. Losing it loses the credentials. */
export async function keyFile(path: string): Promise<KeyRing> {
  await mkdir(dirname(path), { recursive: true });
  await writeOnce(path, withNewKey({ current: '', keys: {} }));
  const { current, keys } = await readKeys(path);
  return {
    current,
    key: async id => (Object.hasOwn(keys, id) ? Buffer.from(keys[id]!, 'base64') : undefined),
  };
}

/** Adds a key that seals from the next start on; the older ones still open. */
export async function rotateKeyFile(path: string): Promise<void> {
  const next = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(next, text(withNewKey(await readKeys(path))), { mode: 0o600, flag: 'wx' });
  await rename(next, path);
}

function withNewKey(file: KeyFile): KeyFile {
  const id = randomBytes(6).toString('hex');
  return { current: id, keys: { ...file.keys, [id]: randomBytes(keyBytes).toString('base64') } };
}

/** Written whole beside its place and then linked there: of two processes that start together one wins, and none reads half a file. */
async function writeOnce(path: string, file: KeyFile): Promise<void> {
  if (await exists(path)) return;
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, text(file), { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return false;
    throw error;
  });
}

async function readKeys(path: string): Promise<KeyFile> {
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new SealError(`Others may read the key file ${path}. Run "chmod 600 ${path}", and consider its keys known.`);
  }
  const file = KeyFile.safeParse(parsed(await readFile(path, 'utf8')));
  if (!file.success) {
    throw new SealError(`The key file ${path} is damaged. Restore it from a backup; with a new one every credential must be entered again.`);
  }
  return file.data;
}

/** `undefined`, which no key file is, for what is not JSON. */
function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function text(file: KeyFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}
