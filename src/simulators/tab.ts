// Sees to it that the built tab is there and up to date, so that "npm start" needs no second command.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const sources = [join(import.meta.dirname, '..', '..', 'tab'), join(import.meta.dirname, '..', 'domain'), join(import.meta.dirname, '..', 'api.ts')];

/** Builds the tab when anything it is made of is newer than what was built. */
export async function ensureTab(folder: string): Promise<void> {
  const built = await stat(join(folder, 'index.html')).then(s => s.mtimeMs, () => 0);
  if (built > await newest(sources)) return;
  const { build } = await import('vite');
  await build({ root: sources[0]!, configFile: join(sources[0]!, 'vite.config.ts'), logLevel: 'warn' });
}

async function newest(paths: string[]): Promise<number> {
  const times = await Promise.all(paths.map(async path => {
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
    const files = entries?.filter(e => e.isFile() && !e.parentPath.includes(`${join('tab', 'dist')}`) && !e.parentPath.includes('e2e')).map(e => join(e.parentPath, e.name)) ?? [path];
    return Promise.all(files.map(async file => (await stat(file)).mtimeMs));
  }));
  return Math.max(...times.flat());
}
