// "npm run reset": clears what local mode keeps, and nothing else.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { clear } from './clear.ts';
import { isRunning } from './local.ts';

const { data } = readConfig(process.env);
const state = await readFile(join(data, 'local.json'), 'utf8').then(text => JSON.parse(text) as { process?: number }, () => undefined);
if (!state) {
  console.log(`There is nothing to clear: ${data} holds no data of Waymark's local mode.`);
} else if (state.process !== undefined && isRunning(state.process)) {
  console.error(`Waymark is running on this data (process ${state.process}). Stop it first.`);
  process.exitCode = 1;
} else {
  await clear(data);
  console.log(`Cleared ${data}. The next "npm start" begins anew.`);
}
