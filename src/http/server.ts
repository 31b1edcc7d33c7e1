// The service: every route on one page. A request is authenticated, its input checked, its handler asked, its answer checked, in this order.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import restify, { type Next, type Request, type Response, type Server } from 'restify';
import { type Api, type Endpoint, api, isWrite } from '../api.ts';
import type { Mailbox } from '../satellite/mailbox.ts';
import { Conflict } from '../store/store.ts';
import type { Budget } from './budget.ts';
import { type Identity, callerOf } from './caller.ts';
import { guardOf, stale } from './etag.ts';
import { handlers } from './handlers/index.ts';
import type { Deps, Handler, Handled } from './handlers/handler.ts';
import { type Outcome, digestOf, keyOf, once } from './idempotency.ts';
import type { ManagerOf } from './managers.ts';
import { openApi } from './openapi.ts';
import { exactly, fitting } from './refusal.ts';
import { answering, sendJson } from './send.ts';
import { mountSatellite } from './satellite-routes.ts';

export interface ServerDeps extends Deps {
  identify(authorization: string | undefined): Promise<Identity>;
  admins: readonly string[];
  /** Asks the tenant's directory for managers. Without it they are set by hand alone. */
  managerOf?: ManagerOf;
  /** What one person may ask for beyond reading. */
  budget: Budget;
  configuration: { local: boolean; clientId?: string; botId?: string };
  /** Folder of the built tab. */
  tab: string;
  /** A worker answers nothing but whether it is well. */
  serves: 'everything' | 'health';
  /** A bot request, with its body parsed; answers it by itself. */
  receive?(req: Request, res: Response): Promise<void>;
  /** Where errands for satellites wait. Without it there are none. */
  mailbox?: Mailbox;
  /** Routes of local mode: demo sign-in and sandbox. */
  extend?(server: Server): void;
  /** Logs a bug once, and answers the id it is logged under. */
  report(error: unknown, context: string): string;
}

/** Where the tab may be framed: Teams, Microsoft 365 and Outlook (reliability.md 2), and in local mode our own sandbox. */
const frameAncestors = [
  'https://*.cloud.microsoft', 'https://teams.microsoft.com', 'https://*.teams.microsoft.com', 'https://*.microsoft365.com', 'https://*.office.com',
  'https://outlook.office.com', 'https://outlook.office365.com',
];
const largestBody = 256 * 1024;

export function openServer(deps: ServerDeps): Server {
  const server = restify.createServer({ name: 'waymark', ignoreTrailingSlash: true });
  if (deps.configuration.local) server.pre(onlyOurPages);
  server.use(onlyPlainJson);
  server.use(restify.plugins.queryParser({ mapParams: false }));
  server.use(restify.plugins.bodyParser({ mapParams: false, maxBodySize: largestBody }));
  server.on('restifyError', (_req: Request, _res: Response, error: RestifyError, done: () => void) => {
    error.toJSON = () => ({ type: error.statusCode === 404 || error.statusCode === 405 ? 'not-found' : 'bad-request', title: sentenceFor(error), status: error.statusCode });
    done();
  });

  server.get('/healthz', async (_req: Request, res: Response) => { sendJson(res, 200, { ok: true }); });
  if (deps.serves === 'health') return server;
  let description: unknown; // made when first asked for: it takes a while and never changes
  server.get('/openapi.json', async (_req: Request, res: Response) => { sendJson(res, 200, description ??= openApi()); });
  route(server, deps, api.configuration, async () => ({ status: 200, body: api.configuration.answer.parse(deps.configuration), replayed: false }));
  for (const name of Object.keys(handlers) as (keyof Handled)[]) routeHandler(server, deps, api[name], handlers[name] as Handler<Api[keyof Handled]>);
  if (deps.receive) server.post('/api/messages', answering(deps.report, 'POST /api/messages', deps.receive));
  if (deps.mailbox) mountSatellite(server, { ...deps, mailbox: deps.mailbox });
  deps.extend?.(server);
  routePages(server, deps);
  return server;
}

/**
 * Local mode gives tokens to whoever asks, so nobody may ask through a visitor's browser: not a page elsewhere, and not one whose host
 * name has been made to lead to this machine.
 */
function onlyOurPages(req: Request, res: Response, next: Next): void {
  const { host = '', origin } = req.headers;
  if (/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host) && (origin === undefined || origin === `http://${host}`)) return next();
  sendJson(res, 403, { type: 'forbidden', title: 'Local mode answers its own pages only, under 127.0.0.1 or localhost.', status: 403 });
  next(false);
}

/**
 * Restify would unpack gzip without limit and end the process over what is none, and would write uploads of any size to disk; all of it
 * before anybody is asked who they are. So no other body comes as far as its parser.
 */
function onlyPlainJson(req: Request, res: Response, next: Next): void {
  const hasBody = req.isChunked() || (req.contentLength() || 0) > 0;
  if (!hasBody || (req.contentType() === 'application/json' && req.headers['content-encoding'] === undefined)) return next();
  sendJson(res, 415, { type: 'bad-request', title: 'Send JSON as it is, not packed, with content-type application/json.', status: 415 });
  next(false);
}

interface RestifyError extends Error { statusCode: number; toJSON(): unknown }

function sentenceFor(error: RestifyError): string {
  switch (error.statusCode) {
    case 404:
    case 405: return 'There is nothing at this address.';
    case 413: return `A request may have at most ${largestBody / 1024} KB.`;
    default: return 'The request could not be read. Send JSON with content-type application/json.';
  }
}

type Asked = (input: { params: Record<string, string>; body: unknown }, req: Request) => Promise<Outcome>;

function routeHandler(server: Server, deps: ServerDeps, endpoint: Endpoint, handler: Handler<Api[keyof Handled]>): void {
  route(server, deps, endpoint, async (input, req) => {
    const identity = await deps.identify(req.header('authorization'));
    if (endpoint.method !== 'GET') deps.budget.spend(`${identity.tenant};${identity.id}`);
    const caller = await callerOf(deps, identity, input.params['organization']);
    const etag = endpoint.guarded ? guardOf(req.headers['if-match']) : undefined;
    const carryOut = async (given: Deps): Promise<unknown> => {
      const query = endpoint.query.def.type === 'undefined' ? undefined : req.query;
      const checked = { params: input.params, query: fitting(exactly(endpoint.query), query), body: fitting(exactly(endpoint.body), input.body), ...(etag === undefined ? {} : { etag }) };
      return endpoint.answer.parse(await (handler as (input: unknown, caller: unknown, deps: Deps) => Promise<unknown>)(checked, caller, given));
    };
    const key = isWrite(endpoint) ? keyOf(req.headers['idempotency-key'] as string | undefined) : undefined;
    try {
      if (key === undefined) return { status: 200, body: await carryOut(deps), replayed: false };
      const of = digestOf(key, endpoint.method, req.url, etag, JSON.stringify(input.body));
      return await once(deps, caller, { key, of, secret: endpoint.secret ?? false }, carryOut);
    } catch (error) {
      throw endpoint.guarded && error instanceof Conflict ? stale('this') : error; // the race was lost between our look and our write
    }
  });
}

function route(server: Server, deps: ServerDeps, endpoint: Endpoint, answer: Asked): void {
  const verb = endpoint.method === 'DELETE' ? 'del' : (endpoint.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch');
  server[verb](endpoint.path, answering(deps.report, `${endpoint.method} ${endpoint.path}`, async (req, res) => {
    const asked = endpoint.body.def.type === 'undefined' ? undefined : req.body;
    const { status, body, replayed } = await answer({ params: req.params as Record<string, string>, body: asked }, req);
    const { etag } = body as { etag?: string };
    sendJson(res, status, body, { ...(etag === undefined ? {} : { etag: `"${etag}"` }), ...(replayed ? { 'idempotency-replayed': 'true' } : {}) });
  }));
}

function routePages(server: Server, deps: ServerDeps): void {
  const headers = pageHeaders(deps.configuration.local);
  const page = (file: string) => async (_req: Request, res: Response) => {
    const html = await readFile(join(deps.tab, file)).catch(() => undefined);
    if (!html) { sendJson(res, 503, { type: 'bug', title: 'The tab has not been built. Run "npm run build".', status: 503 }); return; }
    res.sendRaw(200, html, headers);
  };
  server.get('/assets/*', restify.plugins.serveStaticFiles(join(deps.tab, 'assets'), { maxAge: 31_536_000_000, immutable: true } as object));
  if (deps.configuration.local) server.get('/sandbox', page('sandbox.html'));
  server.get('/favicon.ico', async (_req: Request, res: Response) => { res.sendRaw(204, '', {}); });
  for (const verb of ['get', 'post', 'put', 'patch', 'del'] as const) {
    server[verb]('/api/*', async (_req: Request, res: Response) => { sendJson(res, 404, { type: 'not-found', title: 'There is nothing at this address.', status: 404 }); });
  }
  server.get('/*', page('index.html'));
}

function pageHeaders(local: boolean): Record<string, string> {
  const ancestors = [...frameAncestors, ...(local ? ["'self'"] : [])];
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': [
      "default-src 'self'", "img-src 'self' data: https:", "style-src 'self' 'unsafe-inline'", "object-src 'none'", "base-uri 'none'", "form-action 'self'",
      "connect-src 'self' https://res.cdn.office.net https://login.microsoftonline.com", `frame-ancestors ${ancestors.join(' ')}`,
    ].join('; '),
  };
}

