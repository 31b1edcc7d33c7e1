// The data source of the benchmarks, in a process of its own: answers one number per query, other ones after every tick.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { valueOf } from './workload.ts';

let round = 0;
let calls = 0;
const server = createServer((req, res) => {
  const url = new URL(req.url!, 'http://source');
  res.setHeader('content-type', 'application/json');
  if (url.pathname === '/tick') {
    round += 1;
    calls = 0;
    res.end(JSON.stringify({ round }));
  } else if (url.pathname === '/calls') {
    res.end(JSON.stringify({ calls }));
  } else {
    calls += 1;
    res.end(JSON.stringify({ value: valueOf(Number(url.searchParams.get('query')), round) }));
  }
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0));
