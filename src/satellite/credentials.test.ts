// The satellite's file of credentials: read when it is sound and nobody else's, refused in a sentence that repeats nothing of it.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceError } from '../connectors/source-error.ts';
import { readCredentials } from './credentials.ts';

describe('the satellite’s file of credentials', () => {
  let folder: string;
  let file: string;
  const holding = async (text: string, mode = 0o600) => {
    await writeFile(file, text);
    await chmod(file, mode);
  };
  const refused = (pattern: RegExp) => (error: unknown) =>
    error instanceof SourceError && error.remedy.kind === 'reconnect' && pattern.test(error.message) && !error.message.includes('hunter2') && !error.message.includes(folder);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waymark-credentials-'));
    file = join(folder, 'credentials.json');
  });
  after(() => rm(folder, { recursive: true }));

  it('is read anew each time, so that a changed password counts at once', async () => {
    await holding('{ "shop": { "user": "reader", "password": "old" } }');
    assert.deepEqual(await readCredentials(file), { shop: { user: 'reader', password: 'old' } });
    await holding('{ "shop": { "user": "reader", "password": "new" } }');
    assert.equal((await readCredentials(file))['shop']!['password'], 'new');
  });

  it('is refused when others may read or write it', async () => {
    for (const mode of [0o644, 0o640, 0o604, 0o620, 0o602]) {
      await holding('{ "shop": { "password": "hunter2" } }', mode);
      await assert.rejects(readCredentials(file), refused(/read by others.*chmod 600/), mode.toString(8));
    }
  });

  it('is refused when it is missing, broken or of another form', async () => {
    await assert.rejects(readCredentials(join(folder, 'missing')), refused(/cannot be read \(ENOENT\)/));
    for (const text of ['', 'hunter2', '{ "shop": "hunter2" }', '{ "shop": { "password": ["hunter2"] } }', '[{ "password": "hunter2" }]', '{ "shop": { "password": "hunter2" }']) {
      await holding(text);
      await assert.rejects(readCredentials(file), refused(/is not JSON of the form/), text);
    }
  });
});
