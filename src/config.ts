// Every environment variable, parsed once; what is missing or wrong is reported all at once, each with its remedy.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** `ROLE=satellite` is a program of its own: `SatelliteConfig`. */
export type Role = 'web' | 'worker' | 'satellite' | 'all';

interface Common {
  role: Role;
  host: string;
  port: number;
  /** Folder for everything local mode keeps; production keeps nothing on disk. */
  data: string;
}

/** On embedded defaults, for one machine: nothing but loopback may reach it. */
export interface LocalConfig extends Common {
  mode: 'local';
  /** Accept unsigned bot requests, for Microsoft's Agents Playground. Only ever on loopback, and only when asked for. */
  anonymousBot: boolean;
  /** Fill a new organization with demo goals and connections. */
  demo: boolean;
}

export interface ProductionConfig extends Common {
  mode: 'production';
  /** Where people reach this server, https and without a path. */
  publicUrl: string;
  storage: string;
  /** 32 bytes in base64 by key id; the first one seals, all of them open. */
  keys: { id: string; key: string }[];
  entra: { clientId: string };
  bot: { id: string; password: string; tenant: string };
  /** People who may open Waymark for their tenant: their first sign-in makes the organization. */
  admins: string[];
}

export type Config = LocalConfig | ProductionConfig;

/** The agent on the customer's premises: it listens nowhere and keeps nothing, in `data` neither. */
export interface SatelliteConfig extends Pick<Common, 'data'> {
  mode: 'satellite';
  role: 'satellite';
  /** Where Waymark is: https, or http on loopback; without a path. */
  url: string;
  token: string;
  /** Path of the JSON file of credentials. */
  credentials: string;
  /** `host` or `host:port`, private or public, that it may reach. Nothing else. An IPv6 host needs a name. */
  allow: string[];
}

/** Thrown with every fault of the environment at once. */
export class BadConfiguration extends Error {
  override readonly name = 'BadConfiguration';
}

const blankIsMissing = (v: unknown) => (v === '' ? undefined : v);
const text = (remedy: string) => z.preprocess(blankIsMissing, z.string({ error: `is missing. ${remedy}` }).min(1));

const Common = z.object({
  ROLE: z.preprocess(blankIsMissing, z.enum(['web', 'worker', 'satellite', 'all'], { error: 'must be web, worker, satellite or all.' }).default('all')),
  PORT: z.preprocess(blankIsMissing, z.coerce.number({ error: 'must be a port number.' }).int().min(0).max(65_535).default(3978)),
  HOST: z.preprocess(blankIsMissing, z.string().optional()),
  WAYMARK_DATA: z.preprocess(blankIsMissing, z.string().default('.waymark')),
});

const Local = z.object({
  HOST: z.preprocess(blankIsMissing, z.enum(['127.0.0.1', '::1', 'localhost'], {
    error: 'must be a loopback address: without Entra settings nobody is authenticated, so nobody else may come in. Set ENTRA_CLIENT_ID and the rest (docs/operations.md) to serve others.',
  }).default('127.0.0.1')),
  WAYMARK_ANONYMOUS_BOT: z.preprocess(blankIsMissing, z.literal('local', { error: 'can only be "local".' }).optional()),
  WAYMARK_DEMO: z.preprocess(blankIsMissing, z.enum(['yes', 'no'], { error: 'must be yes or no.' }).default('yes')),
});

const Production = z.object({
  PUBLIC_URL: text('Set it to the https address at which people reach Waymark.').pipe(z.url({ protocol: /^https$/, error: 'must be an https address.' })),
  AZURE_STORAGE_CONNECTION_STRING: text('Set it to the connection string of the storage account.'),
  WAYMARK_KEYS: text('Set it to id:key, the key being 32 bytes in base64; older keys follow after a comma.')
    .transform(list => list.split(',').map(pair => ({ id: pair.split(':')[0]!.trim(), key: pair.slice(pair.indexOf(':') + 1).trim() })))
    .refine(keys => keys.every(k => /^[A-Za-z0-9_-]{1,64}$/.test(k.id) && Buffer.from(k.key, 'base64').length === 32), 'must be id:key pairs, each id of letters, digits, - and _, each key 32 bytes in base64.')
    .refine(keys => new Set(keys.map(k => k.id)).size === keys.length, 'must be pairs of different ids: what one key has sealed, another one under its id cannot open.'),
  ENTRA_CLIENT_ID: text('Set it to the client id of the Entra app registration.'),
  BOT_ID: text('Set it to the app id of the Azure Bot.'),
  BOT_PASSWORD: text('Set it to the client secret of the Azure Bot.'),
  BOT_TENANT_ID: text('Set it to the tenant the Azure Bot is registered in.'),
  WAYMARK_ADMINS: text('Set it to the object ids of those who may open Waymark for their tenant, separated by commas.')
    .transform(list => list.split(',').map(id => id.trim()).filter(Boolean)),
});

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

const Satellite = z.object({
  WAYMARK_URL: text('Set it to the https address at which people reach Waymark.')
    .pipe(z.url({ error: 'must be an https address.' }))
    .transform(url => new URL(url))
    .refine(url => url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname)), 'must be an https address: the token travels there.')
    .transform(url => url.origin),
  WAYMARK_SATELLITE_TOKEN: text('Set it to the token that was shown when the satellite was made (Admin › Integrations › Satellites).')
    .pipe(z.string().regex(/^wms1(\.[\w-]+){4}$/, 'is not a satellite’s token. Copy the whole of it; it begins with wms1.')),
  WAYMARK_SATELLITE_CREDENTIALS: text('Set it to the path of the JSON file { "name": { "field": "text" } } that only its owner may read.'),
  WAYMARK_SATELLITE_ALLOW: text('Set it to the hosts that the satellite may reach, as host or host:port, separated by commas.')
    .transform(list => list.split(',').map(host => host.trim()).filter(Boolean))
    .refine(hosts => hosts.every(host => /^[\w.-]+(:\d{1,5})?$/.test(host)), 'must be hosts such as db.example.com or db.example.com:5432, separated by commas (for IPv6 a name, not an address).'),
});
const productionOnly = Object.keys(Production.shape);

/** Local mode is what you get with no production setting at all; a half-set environment is a fault, never a fallback. */
export function readConfig(env: Record<string, string | undefined>): Config | SatelliteConfig {
  if (env['ROLE'] === 'satellite') return satelliteConfig(env);
  const isLocal = productionOnly.every(name => !env[name]);
  const shape = isLocal ? Common.extend(Local.shape) : Common.extend(Production.shape);
  const v = fitting(shape, env);
  const common = { role: v.ROLE, port: v.PORT, data: dataFolder(v) };
  if ('PUBLIC_URL' in v) {
    return {
      mode: 'production', ...common, host: v.HOST ?? '0.0.0.0',
      publicUrl: v.PUBLIC_URL.replace(/\/$/, ''), storage: v.AZURE_STORAGE_CONNECTION_STRING, keys: v.WAYMARK_KEYS,
      entra: { clientId: v.ENTRA_CLIENT_ID }, bot: { id: v.BOT_ID, password: v.BOT_PASSWORD, tenant: v.BOT_TENANT_ID }, admins: v.WAYMARK_ADMINS,
    };
  }
  const local = v as z.infer<typeof Local>;
  return { mode: 'local', ...common, host: local.HOST, anonymousBot: local.WAYMARK_ANONYMOUS_BOT === 'local', demo: local.WAYMARK_DEMO === 'yes' };
}

function satelliteConfig(env: Record<string, string | undefined>): SatelliteConfig {
  const v = fitting(Common.extend(Satellite.shape), env);
  return {
    mode: 'satellite', role: 'satellite', data: dataFolder(v),
    url: v.WAYMARK_URL, token: v.WAYMARK_SATELLITE_TOKEN, credentials: v.WAYMARK_SATELLITE_CREDENTIALS, allow: v.WAYMARK_SATELLITE_ALLOW,
  };
}

function fitting<T extends z.ZodType>(shape: T, env: Record<string, string | undefined>): z.output<T> {
  const parsed = shape.safeParse(env);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(i => `  ${i.path.join('.')} ${i.message}`);
  throw new BadConfiguration(`Waymark cannot start with these settings:\n${faults.join('\n')}`);
}

function dataFolder({ WAYMARK_DATA }: z.output<typeof Common>): string {
  return resolve(WAYMARK_DATA.replace(/^~(?=\/|$)/, homedir()));
}

/** Where the built tab lies. */
export const tabFolder = join(import.meta.dirname, '..', 'tab', 'dist');
