// The real way out: deadlines, size caps, and no connection to an address that is not public. Connectors reach the world through this alone.
import dns from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import net, { type LookupFunction, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Outside } from './connectors/outside.ts';
import { SourceError } from './connectors/source-error.ts';

interface Address { address: string; family: 4 | 6 }

export interface OutsideSettings {
  /** `host` or `host:port` that may be private and spoken to without TLS: local mode, and what an admin of the installation has decided. */
  allow?: readonly string[];
  /** Local mode: calls to the first origin go to the second, such as https://dev.azure.com → http://127.0.0.1:4001. */
  route?: Readonly<Record<string, string>>;
  /** Milliseconds until an answer must be complete: 30,000 unless said. */
  deadline?: number;
  /** The largest answer in bytes: 8 MB unless said, which holds Azure DevOps' largest (20,000 work items). */
  cap?: number;
  /** Every address of a host. */
  resolve?: (host: string) => Promise<Address[]>;
}

/** Public addresses that nevertheless lead into the cloud we run in: the Azure platform's own (DHCP, DNS, agent). */
const platform = new Set(['168.63.129.16']);
/** The only part of IPv6 that is given out; ipaddr.js calls the rest (such as ::7f00:1, IPv4-compatible) unicast as well. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');
/** Ports above 1023 that no data source answers on, and that would take a stray line for a command. */
const commandPorts = new Set([2375, 2376, 6379, 6380, 9200, 11211]);

export function realOutside(settings: OutsideSettings = {}): Outside {
  const { route = {}, deadline = 30_000, cap = 8 * 1024 * 1024, resolve = everyAddress } = settings;
  const allowed = new Set([...(settings.allow ?? []), ...Object.values(route).map(origin => new URL(origin).host)].map(entry => entry.toLowerCase()));
  const mayBePrivate = (host: string, port: number) => allowed.has(host) || allowed.has(`${host}:${port}`);
  const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };

  /** The addresses that a socket to this host may use: looked up once, every one of them checked, and then kept. */
  async function checkedAddresses(host: string, port: number): Promise<Address[]> {
    const family = net.isIP(host);
    const addresses: Address[] = family === 0 ? await resolve(host).catch(noSuchHost) : [{ address: host, family: family as 4 | 6 }];
    if (addresses.length === 0) throw new SourceError(`There is no host called “${host}”. Check its spelling.`, { kind: 'reconfigure' });
    if (!mayBePrivate(host, port) && !addresses.every(({ address }) => isPublic(address))) {
      throw new SourceError(
        `“${host}” leads to a private address, which Waymark may not reach. Use a public address, or ask whoever runs Waymark to allow this one.`,
        { kind: 'reconfigure' },
      );
    }
    return addresses;
  }

  return {
    async fetch(input, init = {}) {
      const asked = parsedUrl(input);
      const url = asked.origin in route ? new URL(asked.pathname + asked.search, route[asked.origin]) : asked;
      const host = bare(url.hostname);
      const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
      if (!mayBePrivate(host, port)) {
        if (url.protocol !== 'https:') throw new SourceError('The address must begin with https://.', { kind: 'reconfigure' });
        if (port !== 443 && (port < 1024 || commandPorts.has(port))) throw portRefused(port);
      }
      const addresses = await checkedAddresses(host, port);
      const carrier = new Request('http://carrier.invalid', { method: init.method ?? 'GET', headers: init.headers ?? {}, body: init.body ?? null });
      const request = {
        method: carrier.method,
        headers: { ...Object.fromEntries(carrier.headers), host: asked.host, 'accept-encoding': 'identity' },
        body: init.body == null ? undefined : Buffer.from(await carrier.arrayBuffer()),
      };
      const signal = AbortSignal.any([AbortSignal.timeout(deadline), ...(init.signal ? [init.signal] : [])]);
      return answered(url, request, agents[url.protocol as keyof typeof agents], pinned(addresses), signal, cap);
    },

    async dial(name, port) {
      const host = bare(parsedUrl(`https://${net.isIPv6(name) ? `[${name}]` : name}`, name).hostname);
      if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new SourceError('A port is a number from 1 to 65535.', { kind: 'reconfigure', field: 'port' });
      if (!mayBePrivate(host, port) && (port < 1024 || commandPorts.has(port))) throw portRefused(port);
      const addresses = await checkedAddresses(host, port);
      return connected(host, port, pinned(addresses), Math.min(deadline, 10_000));
    },
  };
}

/** Whether an address is an ordinary public one: not loopback, private, link-local, shared, reserved, nor IPv4 in the clothes of IPv6. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address) || platform.has(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(globalUnicast));
}

function noSuchHost(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOTFOUND' || error.code === 'ENODATA') return [];
  throw new SourceError('The name server did not answer. Waymark tries again by itself.', { kind: 'retry' }, { cause: error });
}

async function everyAddress(host: string): Promise<Address[]> {
  return (await dns.lookup(host, { all: true })) as Address[];
}

function parsedUrl(input: string | URL, mustBeOnly?: string): URL {
  const url = URL.parse(String(input));
  if (!url || !url.hostname) throw new SourceError('This is not an address. Enter a host name such as example.com.', { kind: 'reconfigure' });
  if (url.username || url.password) throw new SourceError('An address must not carry a user name or password. Enter them in their own fields.', { kind: 'reconfigure' });
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new SourceError('The address must begin with https://.', { kind: 'reconfigure' });
  if (mustBeOnly !== undefined && /[/\\?#:@\s]/.test(mustBeOnly.replace(/^[0-9a-f:.]+$/i, ''))) {
    throw new SourceError('The host must be a name alone, such as db.example.com, without path, port or user.', { kind: 'reconfigure', field: 'host' });
  }
  return url;
}

/** Without the brackets of IPv6 and the dot of the DNS root, so that one host has one spelling. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '').toLowerCase();
}

/** A look-up that answers what was checked, whatever DNS says by now. */
function pinned(addresses: Address[]): LookupFunction {
  return (_host, options, callback) => {
    if (options.all) return callback(null, addresses);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  };
}

interface Prepared { method: string; headers: Record<string, string>; body: Buffer | undefined }

function answered(url: URL, request: Prepared, agent: http.Agent, lookup: LookupFunction, signal: AbortSignal, cap: number): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { request: open } = url.protocol === 'https:' ? https : http;
    const outgoing = open(url, { method: request.method, headers: request.headers, agent, lookup, signal });
    const fail = (error: NodeJS.ErrnoException) => reject(error instanceof SourceError ? error : unreachable(bare(url.hostname), error));
    let begun = false;
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // A kept connection that the other side closed meanwhile: nothing was answered, so one more try is safe.
      if (outgoing.reusedSocket && error.code === 'ECONNRESET' && !begun) return resolve(answered(url, request, agent, lookup, signal, cap));
      fail(error);
    });
    outgoing.on('response', incoming => {
      begun = true;
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('error', fail);
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > cap) return incoming.destroy(new SourceError('The answer is too large. Narrow down what is measured.', { kind: 'report' }));
        chunks.push(chunk);
      });
      incoming.on('end', () => resolve(response(incoming, Buffer.concat(chunks))));
    });
    outgoing.end(request.body);
  });
}

function response(incoming: http.IncomingMessage, body: Buffer): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) for (const one of [value ?? []].flat()) headers.append(name, one);
  const status = incoming.statusCode!;
  return new Response(status === 204 || status === 205 || status === 304 ? null : new Uint8Array(body), { status, headers });
}

function connected(host: string, port: number, lookup: LookupFunction, deadline: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, lookup });
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error('deadline'), { code: 'ETIMEDOUT' })), deadline);
    socket.once('error', error => {
      clearTimeout(timer);
      reject(unreachable(host, error));
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

function portRefused(port: number): SourceError {
  return new SourceError(`Port ${port} is not one that Waymark may connect to. Enter the port that the data source listens on.`, { kind: 'reconfigure', field: 'port' });
}

function unreachable(host: string, error: NodeJS.ErrnoException): SourceError {
  const options = { cause: error };
  if (error.name === 'AbortError' || error.name === 'TimeoutError' || error.code === 'ETIMEDOUT') {
    return new SourceError(`“${host}” did not answer in time. Waymark tries again by itself.`, { kind: 'retry' }, options);
  }
  if (error.code === 'ECONNREFUSED') {
    return new SourceError(`“${host}” refuses connections on this port. Check host and port, and that the server is running.`, { kind: 'retry' }, options);
  }
  if (isCertificateTrouble(error)) {
    return new SourceError(`“${host}” does not prove who it is: its TLS certificate cannot be verified. Check the host name and the certificate.`, { kind: 'reconfigure' }, options);
  }
  return new SourceError(`The connection to “${host}” broke off. Waymark tries again by itself.`, { kind: 'retry' }, options);
}

function isCertificateTrouble({ code = '' }: NodeJS.ErrnoException): boolean {
  return code.startsWith('ERR_TLS') || code.includes('CERT') || code.startsWith('UNABLE_TO_');
}
