// Runs a program and ends it as soon as whoever started us is gone, even by SIGKILL: then our standard input closes.
// Arguments: one JSON object { program, args, signal, uid?, gid? }.
import { spawn } from 'node:child_process';

const { program, args, signal, ...owner } = JSON.parse(process.argv[2]!) as { program: string; args: string[]; signal: NodeJS.Signals; uid?: number; gid?: number };
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], ...owner });
child.on('exit', code => process.exit(code ?? 1));
child.on('error', error => {
  console.error(error.message);
  process.exit(1);
});
const end = () => child.kill(signal);
process.stdin.on('end', end).on('error', end).resume();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, end);
