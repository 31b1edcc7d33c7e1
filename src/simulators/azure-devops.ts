// Azure DevOps, as much of it as Waymark asks for: it answers in the documented shapes and refuses requests that the real one would refuse.
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WorkItem { id: number; type: string; state: string; title: string }
export interface StateOfType { name: string; category: 'Proposed' | 'InProgress' | 'Resolved' | 'Completed' | 'Removed' }
export interface SharedQuery {
  id: string;
  name: string;
  /** Folder below Shared Queries, such as `Sprint 12`. */
  folder?: string;
  kind: 'flat' | 'tree' | 'oneHop';
  /** Which work items it finds, in order. */
  finds: (item: WorkItem) => boolean;
  /** tree and oneHop: parent and child, by id. */
  links?: readonly (readonly [number, number])[];
}

/** What is there. Plain data: whoever holds it may change it at any time. */
export interface AzureDevOpsWorld {
  organization: string;
  project: string;
  token: string;
  types: Record<string, StateOfType[]>;
  items: WorkItem[];
  queries: SharedQuery[];
}

/** What goes wrong with the next answers to anything but the location list; `undefined` for nothing. */
export type AzureDevOpsFault =
  | { kind: 'busy'; retryAfter?: string }
  /** A good answer that asks for a pause before the next request. */
  | { kind: 'delayed'; retryAfter: string }
  | { kind: 'broken' | 'sign-in' | 'redirect' | 'page' | 'odd' };

export interface AzureDevOps {
  url: string;
  world: AzureDevOpsWorld;
  fault: AzureDevOpsFault | undefined;
  /** What was asked, method and path, in order. */
  requests: string[];
  stop(): Promise<void>;
}

/** The resources of the area `wit` that are answered here, by the ids that the vendor has given them. */
const locations = [
  location('a67d190c-c41f-424b-814d-0e906f659301', 'queries', '{project}/_apis/{area}/{resource}/{*query}', 2),
  location('a02355f5-5f8a-4671-8e32-369d23aac83d', 'wiql', '{project}/{team}/_apis/{area}/{resource}/{id}', 2),
  location('908509b6-4248-4475-a1cd-829139ba419f', 'workItemsBatch', '{project}/_apis/{area}/{resource}', 1),
  location('7c9d7a76-4a09-43e8-b5df-bd792f4ac6aa', 'workItemTypeStates', '{project}/_apis/{area}/workItemTypes/{type}/states', 1),
];

function location(id: string, resourceName: string, routeTemplate: string, resourceVersion: number) {
  return { id, area: 'wit', resourceName, routeTemplate, resourceVersion, minVersion: '1.0', maxVersion: '7.2', releasedVersion: '7.1' };
}

class Refused extends Error {
  readonly status: number;
  readonly typeKey: string;
  constructor(status: number, typeKey: string, message: string) {
    super(message);
    this.status = status;
    this.typeKey = typeKey;
  }
}

export async function startAzureDevOps(world: AzureDevOpsWorld, port = 0): Promise<AzureDevOps> {
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url!, 'http://azure-devops.invalid');
    simulator.requests.push(`${request.method} ${url.pathname}`);
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      end(response, status, { 'content-type': 'application/json; charset=utf-8; api-version=7.1', ...headers }, JSON.stringify(body));
    try {
      if (request.headers.authorization !== `Basic ${Buffer.from(`PAT:${world.token}`).toString('base64')}`) return signIn(response, 203);
      const { fault } = simulator;
      const isLocations = request.method === 'OPTIONS';
      if (fault && !isLocations) {
        switch (fault.kind) {
          case 'busy': return send(429, { message: 'Request was blocked due to exceeding usage of resource.' }, fault.retryAfter ? { 'retry-after': fault.retryAfter } : {});
          case 'broken': return send(500, { message: 'TF400898: An Internal Error Occurred.' });
          case 'sign-in': return signIn(response, 203);
          case 'redirect': return end(response, 302, { location: 'https://spsprodeus21.vssps.visualstudio.com/_signin' }, '');
          case 'page': return signIn(response, 200);
          case 'odd': return send(200, { surprise: true });
        }
      }
      const body = answer(world, request.method!, url, request.headers, Buffer.concat(chunks).toString());
      send(200, body, fault?.kind === 'delayed' ? { 'retry-after': fault.retryAfter } : {});
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      send(error.status, { $id: '1', innerException: null, message: error.message, typeName: `Microsoft.TeamFoundation.${error.typeKey}`, typeKey: error.typeKey, errorCode: 0, eventId: 3000 });
    }
  });
  await new Promise<void>(done => server.listen(port, '127.0.0.1', done));
  const simulator: AzureDevOps = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    world, fault: undefined, requests: [],
    async stop() {
      server.closeAllConnections();
      await new Promise(done => server.close(done));
    },
  };
  return simulator;
}

function signIn(response: http.ServerResponse, status: number): void {
  end(response, status, { 'content-type': 'text/html; charset=utf-8' }, '<!DOCTYPE html><html><title>Azure DevOps Services | Sign In</title></html>');
}

/** In two steps: restify, in the same process, changes what writeHead answers. */
function end(response: http.ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  response.writeHead(status, headers);
  response.end(body);
}

function answer(world: AzureDevOpsWorld, method: string, url: URL, headers: http.IncomingHttpHeaders, body: string): unknown {
  const [organization, ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  if (organization !== world.organization) throw new Refused(404, 'HostDoesNotExistException', `The organization ${organization} does not exist.`);
  if (method === 'OPTIONS' && rest.join('/') === '_apis/wit') return { count: locations.length, value: locations };
  const accepts = headers.accept ?? '';
  if (!/application\/json;.*api-version=7\.\d/.test(accepts)) throw new Refused(400, 'VssVersionNotSpecifiedException', 'No api-version was supplied for the request.');
  const [project, apis, area, resource, ...path] = rest;
  if (project !== world.project) throw new Refused(404, 'ProjectDoesNotExistWithNameException', `TF200016: The following project does not exist: ${project}.`);
  if (apis !== '_apis' || area !== 'wit') throw new Refused(404, 'NotFound', 'Page not found.');

  if (method === 'GET' && resource === 'queries') return queries(world, url.searchParams, path);
  if (method === 'GET' && resource === 'wiql' && path.length === 1) return run(world, path[0]!, url.searchParams.get('$top'));
  if (method === 'POST' && resource?.toLowerCase() === 'workitemsbatch') return batch(world, JSON.parse(body) as { ids: number[]; fields?: string[]; errorPolicy?: unknown });
  if (method === 'GET' && resource?.toLowerCase() === 'workitemtypes' && path[1] === 'states') return states(world, path[0]!);
  throw new Refused(405, 'NotSupported', `The requested resource does not support http method '${method}'.`);
}

function queries(world: AzureDevOpsWorld, parameters: URLSearchParams, path: string[]): unknown {
  if (path.length > 0) {
    const query = world.queries.find(query => query.id === path[0]);
    if (!query) throw gone(path[0]!);
    return asItem(query);
  }
  const filter = parameters.get('$filter');
  if (filter !== null) {
    const top = Number(parameters.get('$top') ?? 50);
    if (top > 200) throw new Refused(400, 'VssPropertyValidationException', '$top must not exceed 200.');
    const found = world.queries.filter(query => query.name.toLowerCase().includes(filter.toLowerCase()));
    return { count: Math.min(top, found.length), value: found.slice(0, top).map(asItem), hasMore: found.length > top };
  }
  const depth = Number(parameters.get('$depth') ?? 0);
  if (depth > 2) throw new Refused(400, 'VssPropertyValidationException', '$depth must be between 0 and 2.');
  const folders = [...new Set(world.queries.map(query => query.folder).filter(folder => folder !== undefined))];
  const inFolder = (folder: string | undefined) => world.queries.filter(query => query.folder === folder).map(asItem);
  const shared = {
    ...folder('Shared Queries', 'Shared Queries', true),
    ...(depth > 0 ? { children: [...inFolder(undefined), ...folders.map(name => ({ ...folder(name, `Shared Queries/${name}`, true), ...(depth > 1 ? { children: inFolder(name) } : {}) }))] } : {}),
  };
  return { count: 2, value: [folder('My Queries', 'My Queries', false), shared] };
}

function folder(name: string, path: string, isPublic: boolean) {
  return { id: `f0${Buffer.from(path).toString('hex').slice(0, 30)}`, name, path, isFolder: true, hasChildren: isPublic, isPublic };
}

function asItem({ id, name, folder, kind }: SharedQuery) {
  return { id, name, path: ['Shared Queries', ...(folder ? [folder] : []), name].join('/'), queryType: kind, isPublic: true, createdDate: '2026-01-05T08:00:00Z' };
}

function gone(id: string): Refused {
  return new Refused(404, 'QueryItemNotFoundException', `TF401243: The query ${id} does not exist, or you do not have permission to read it.`);
}

const most = 20_000;

function run(world: AzureDevOpsWorld, id: string, top: string | null): unknown {
  const query = world.queries.find(query => query.id === id);
  if (!query) throw gone(id);
  const found = world.items.filter(query.finds);
  if (found.length > most && top === null) throw new Refused(400, 'WorkItemTrackingQueryResultSizeLimitExceededException', `VS402337: The number of work items returned exceeds the size limit of ${most}.`);
  const reference = (id: number) => ({ id, url: `https://dev.azure.com/${world.organization}/_apis/wit/workItems/${id}` });
  const common = { queryType: query.kind, asOf: new Date().toISOString(), columns: [{ referenceName: 'System.Id', name: 'ID', url: 'https://dev.azure.com/_apis/wit/fields/System.Id' }] };
  if (query.kind === 'flat') return { ...common, queryResultType: 'workItem', workItems: found.map(item => reference(item.id)) };
  const links = query.links ?? [];
  const tops = found.filter(item => !links.some(([, child]) => child === item.id));
  return {
    ...common, queryResultType: 'workItemLink',
    workItemRelations: [
      ...tops.map(item => ({ rel: null, source: null, target: reference(item.id) })),
      ...links.map(([parent, child]) => ({ rel: 'System.LinkTypes.Hierarchy-Forward', source: reference(parent), target: reference(child) })),
    ],
  };
}

function batch(world: AzureDevOpsWorld, { ids, fields = [], errorPolicy }: { ids: number[]; fields?: string[]; errorPolicy?: unknown }): unknown {
  if (!Array.isArray(ids) || ids.length === 0) throw new Refused(400, 'VssPropertyValidationException', 'ids is required.');
  if (ids.length > 200) throw new Refused(400, 'VssServiceException', 'VS403474: You requested more than 200 work items.');
  const omit = errorPolicy === 2 || String(errorPolicy).toLowerCase() === 'omit';
  const value = ids.map(id => {
    const item = world.items.find(item => item.id === id);
    if (!item && !omit) throw new Refused(404, 'WorkItemUnauthorizedAccessException', `TF401232: Work item ${id} does not exist, or you do not have permissions to read it.`);
    if (!item) return null;
    const all: Record<string, unknown> = { 'System.Id': item.id, 'System.WorkItemType': item.type, 'System.State': item.state, 'System.Title': item.title };
    return { id, rev: 1, fields: Object.fromEntries(Object.entries(all).filter(([name]) => fields.includes(name))), url: `https://dev.azure.com/${world.organization}/_apis/wit/workItems/${id}` };
  });
  return { count: value.length, value };
}

function states(world: AzureDevOpsWorld, type: string): unknown {
  const found = world.types[type];
  if (!found) throw new Refused(404, 'WorkItemTypeNotFoundException', `VS402323: Work item type ${type} does not exist in project ${world.project}.`);
  return { count: found.length, value: found.map(state => ({ ...state, color: 'b2b2b2' })) };
}
