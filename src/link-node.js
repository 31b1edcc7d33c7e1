// Runs after "npm ci": sees to it that npm scripts find the Node that came as a package. npm 10 links it, and takes the link away again
// when it drops the packages of the other platforms, which carry a program of the same name.
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const modules = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..', 'node_modules');
const windows = process.platform === 'win32';
const carrier = `node-${windows ? 'win' : process.platform}-${process.arch}`;
const program = join('..', carrier, 'bin', windows ? 'node.exe' : 'node');
const link = join(modules, '.bin', windows ? 'node.cmd' : 'node');

if (existsSync(join(modules, '.bin', program)) && !existsSync(link)) {
  if (windows) writeFileSync(link, `@"%~dp0\\${program}" %*\r\n`);
  else symlinkSync(program, link);
}
