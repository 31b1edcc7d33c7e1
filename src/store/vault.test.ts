// The vault seals so that only the same connection opens, and says what to do when something does not open.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { SealError, keyFile, openVault, rotateKeyFile, type KeyRing } from './vault.ts';

const context = 'tenant|organization|connection';
const secret = 'pässword-7c41 😀';

function ring(current: string, ...ids: string[]): KeyRing {
  const keys = new Map(ids.map(id => [id, randomBytes(32)]));
  return { current, key: async id => keys.get(id) };
}

async function refusalOf(opening: Promise<string>): Promise<string> {
  const error = await opening.then(() => assert.fail('It opened.'), (e: unknown) => e);
  assert.ok(error instanceof SealError, String(error));
  assert.ok(!error.message.includes(secret) && error.cause === undefined);
  return error.message;
}

describe('the vault', () => {
  it('opens what it sealed, whatever the text', async () => {
    const vault = openVault(ring('k1', 'k1'));
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), async (plain, where) => {
      assert.equal(await vault.open(await vault.seal(plain, where), where), plain);
    }));
  });

  it('seals the same text differently each time, shows none of it and names its key', async () => {
    const vault = openVault(ring('k1', 'k1'));
    const [one, two] = [await vault.seal(secret, context), await vault.seal(secret, context)];
    assert.notEqual(one, two);
    assert.match(one, /^v1\.k1\./);
    assert.ok(!Buffer.from(one.split('.')[2]!, 'base64url').includes(secret));
  });

  it('does not open for another connection', async () => {
    const vault = openVault(ring('k1', 'k1'));
    const message = await refusalOf(vault.open(await vault.seal(secret, context), 'tenant|organization|other'));
    assert.match(message, /belongs to another connection. Enter the credential again/);
  });

  it('does not open when any byte of it was changed', async () => {
    const vault = openVault(ring('k1', 'k1'));
    const sealed = await vault.seal(secret, context);
    const packed = Buffer.from(sealed.split('.')[2]!, 'base64url');
    for (let at = 0; at < packed.length; at++) {
      const changed = Buffer.from(packed);
      changed[at]! ^= 1;
      await refusalOf(vault.open(`v1.k1.${changed.toString('base64url')}`, context));
    }
    await refusalOf(vault.open(`v1.k1.${packed.subarray(0, -1).toString('base64url')}`, context));
    await refusalOf(vault.open(`v1.k1.${packed.subarray(0, 12).toString('base64url')}`, context));
  });

  it('does not open under another key of the same ring', async () => {
    const vault = openVault(ring('k1', 'k1', 'k2'));
    await refusalOf(vault.open((await vault.seal(secret, context)).replace('v1.k1.', 'v1.k2.'), context));
  });

  it('says which key is missing and what to do', async () => {
    const sealed = await openVault(ring('k1', 'k1')).seal(secret, context);
    assert.equal(await refusalOf(openVault(ring('k2', 'k2')).open(sealed, context)),
      'The key "k1" is not in the key ring. Put it back, or enter the credential again.');
  });

  it('takes nothing for sealed that is not', async () => {
    const vault = openVault(ring('k1', 'k1'));
    for (const text of ['', secret, 'v1.k1.', 'v2.k1.AAAA', 'v1..AAAA', `v1.k1.${'A'.repeat(20)}`]) {
      assert.equal(await refusalOf(vault.open(text, context)), 'This is not a sealed credential. Enter the credential again.');
    }
  });
});

describe('the key file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vault-'));
    path = join(folder, 'inner', 'keys.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is made when it is missing, readable by its owner alone, and the same at the next start', async () => {
    const sealed = await openVault(await keyFile(path)).seal(secret, context);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal(await openVault(await keyFile(path)).open(sealed, context), secret);
  });

  it('is one and the same for many that start together, and leaves no drafts', async () => {
    const rings = await Promise.all(Array.from({ length: 20 }, () => keyFile(path)));
    assert.equal(new Set(rings.map(r => r.current)).size, 1);
    assert.deepEqual(await readdir(join(folder, 'inner')), ['keys.json']);
  });

  it('rotates: a new key seals, the old one still opens', async () => {
    const before = await keyFile(path);
    const old = await openVault(before).seal(secret, context);
    await rotateKeyFile(path);
    const after = await keyFile(path);
    assert.notEqual(after.current, before.current);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal(await openVault(after).open(old, context), secret);
    assert.match(await openVault(after).seal(secret, context), new RegExp(`^v1\\.${after.current}\\.`));
  });

  it('is refused when others may read it', async () => {
    await keyFile(path);
    await chmod(path, 0o640);
    await assert.rejects(keyFile(path), { name: 'SealError', message: /Others may read the key file .*chmod 600/ });
  });

  it('is refused when damaged, without its contents and without being replaced', async () => {
    await keyFile(path);
    const whole = await readFile(path, 'utf8');
    const { current, keys } = JSON.parse(whole) as { current: string; keys: Record<string, string> };
    const damages = [whole.slice(0, -10), '', '{}', JSON.stringify({ current: 'gone', keys }), JSON.stringify({ current, keys: { [current]: 'AAAA' } })];
    for (const damaged of damages) {
      await writeFile(path, damaged);
      const error = await keyFile(path).then(() => assert.fail('It was taken.'), (e: Error) => e);
      assert.match(error.message, /is damaged. Restore it from a backup/);
      assert.ok(!error.message.includes(keys[current]!));
      assert.equal(await readFile(path, 'utf8'), damaged);
    }
  });
});
