// Azure DevOps Services: how many work items a shared query finds, and how many of them are completed.
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkItemTrackingApi } from 'azure-devops-node-api/WorkItemTrackingApi.js';
import type { QueryHierarchyItem, WorkItem } from 'azure-devops-node-api/interfaces/WorkItemTrackingInterfaces.js';
import { token } from './auth.ts';
import { connector } from './connector.ts';
import { lookup, text } from './field.ts';
import { call, odd, retryAfter, type Answered, type Vendor } from './http.ts';
import type { Outside } from './outside.ts';
import { SourceError } from './source-error.ts';
import { withTotal } from './value.ts';

const query = lookup('Query', 'queries', { help: 'A shared query of the project. Every work item that it finds is counted.' });

export const azureDevOps = connector({
  id: 'azure-devops', name: 'Azure DevOps',
  auth: [token({
    title: 'Personal access token',
    note: 'A personal access token of this one organization with the scope Work Items (Read) and no other, made by somebody who may see the project.',
    help: 'Azure DevOps › User settings › Personal access tokens › New token. It is sealed and never shown again.',
  })],
  connection: {
    organization: text('Organization', {
      help: 'The name that follows dev.azure.com/ in the address of your organization.', prefix: 'dev.azure.com/', example: 'contoso',
      pattern: /^[A-Za-z0-9]([A-Za-z0-9-]{0,48}[A-Za-z0-9])?$/, wrong: 'Organization is only the name that follows dev.azure.com/: letters, digits and hyphens.',
    }),
    project: text('Project', { help: 'The name of the project that the queries belong to.', example: 'Website', pattern: /^[^/\\:*?"<>|;#$]{1,64}$/, wrong: 'Project is only the name of the project.' }),
  },
  open: async ({ settings, credential, outside }) => ({ api: await guardedApi(settings.organization, credential.token, outside), project: settings.project }),
  test: async ({ api, project }) => {
    await understood(api.getQueries(project, undefined, 0));
  },
  lookups: {
    queries: async ({ api, project }, { search }) => {
      const found = search.trim() === ''
        ? flattened(listOf(await understood(api.getQueries(project, undefined, 2))))
        : listOf((await understood(api.searchQueries(project, search.trim(), 50)))?.value).filter(item => !item.isFolder);
      return { options: found.slice(0, 200).map(({ id, name, path }) => ({ value: id!, title: name!, help: path! })) };
    },
  },
  metrics: {
    count: {
      title: 'Number of work items', help: 'How many work items a shared query finds.', percent: false, form: { query },
      read: async ({ api, project }, { query }) => {
        const { ids, asOf } = await found(api, project, query);
        return { value: ids.length, raw: `${ids.length} work items`, asOf };
      },
    },
    completed: {
      title: 'Completed work items', percent: true, form: { query },
      help: 'How many of the work items that a shared query finds are in a state of the category Completed. Items in the category Removed do not count at all.',
      read: async ({ api, project }, { query }) => {
        const { ids, asOf } = await found(api, project, query);
        const categories = await categoriesOf(api, project, ids);
        const total = categories.filter(category => category !== 'Removed').length;
        const completed = categories.filter(category => category === 'Completed').length;
        return withTotal({ value: completed, raw: `${completed} of ${total} work items`, asOf }, total, 'query');
      },
    },
  },
});

/** The largest batch of work items that the vendor hands out. */
const batch = 200;

/** Which work items the query finds, each once: a tree or one-hop query names an item for every link that leads to it. */
async function found(api: WorkItemTrackingApi, project: string, query: string): Promise<{ ids: number[]; asOf: string }> {
  const result = await understood(api.queryById(query, { project }));
  const items = result?.workItems ?? result?.workItemRelations?.map(link => link.target);
  const ids = items?.map(item => item?.id);
  if (!ids?.every(id => typeof id === 'number') || !(result.asOf instanceof Date) || Number.isNaN(result.asOf.getTime())) throw odd(vendor.name);
  return { ids: [...new Set(ids)], asOf: result.asOf.toISOString() };
}

/**
 * The state category of every work item. States belong to a type, so each type is asked once. Items that were deleted since the query ran
 * are left out; a state that its type no longer has is open, as on the boards.
 */
async function categoriesOf(api: WorkItemTrackingApi, project: string, ids: number[]): Promise<string[]> {
  const items: WorkItem[] = [];
  for (let at = 0; at < ids.length; at += batch) {
    const request = { ids: ids.slice(at, at + batch), fields: ['System.WorkItemType', 'System.State'], errorPolicy: 2 /* omit */ };
    const answered = listOf<WorkItem | null>(await understood(api.getWorkItemsBatch(request, project)));
    if (answered.length !== request.ids.length) throw odd(vendor.name);
    items.push(...answered.filter(item => item !== null));
  }
  const kinds = items.map(({ fields }) => ({ type: fields?.['System.WorkItemType'] as unknown, state: fields?.['System.State'] as unknown }));
  const types = new Map<string, Map<string, string>>();
  for (const { type, state } of kinds) {
    if (typeof type !== 'string' || typeof state !== 'string') throw odd(vendor.name);
    if (types.has(type)) continue;
    const states = listOf(await understood(api.getWorkItemTypeStates(project, type)));
    types.set(type, new Map(states.map(({ name, category }) => [name ?? '', category ?? ''])));
  }
  return kinds.map(({ type, state }) => types.get(type as string)!.get(state as string) ?? 'InProgress');
}

function flattened(items: QueryHierarchyItem[]): QueryHierarchyItem[] {
  return items.flatMap(item => (item.isFolder ? (item.isPublic === false ? [] : flattened(item.children ?? [])) : [item]));
}

function listOf<T>(value: T[] | null | undefined): T[] {
  if (!Array.isArray(value)) throw odd(vendor.name);
  return value;
}

const vendor: Vendor = {
  name: 'Azure DevOps',
  explain({ status, body }: Answered) {
    const { typeKey = '', message = '' } = (body ?? {}) as { typeKey?: string; message?: string };
    if (typeKey === 'WorkItemTrackingQueryResultSizeLimitExceededException' || message.startsWith('VS402337')) {
      return new SourceError('The query finds more than 20,000 work items, which Azure DevOps does not hand out. Narrow it down.', { kind: 'reconfigure', field: 'query' });
    }
    if (status === 404 && typeKey.startsWith('QueryItemNotFound')) {
      return new SourceError('This query was deleted, or the owner of the token may not see it. Choose another.', { kind: 'reconfigure', field: 'query' });
    }
    if (status === 404 && typeKey.startsWith('ProjectDoesNotExist')) {
      return new SourceError('There is no project of this name in the organization, or the owner of the token may not see it.', { kind: 'reconfigure', field: 'project' });
    }
    if (status === 404 && (body === undefined || typeKey.startsWith('HostDoesNotExist'))) {
      return new SourceError('There is no organization of this name. Check the name that follows dev.azure.com/.', { kind: 'reconfigure', field: 'organization' });
    }
    return undefined;
  },
};

/** A SourceError from our own way out passes through the SDK; anything else that the SDK trips over is an answer it could not read. */
async function understood<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof SourceError ? error : odd(vendor.name);
  }
}

/** The longest that we wait inside one read when the vendor asks for a pause along with a good answer, in seconds. */
const longestPause = 30;

/**
 * The vendor's API object with its one way to the network, `request`, replaced by ours. Its own client would follow redirects, obey proxy
 * settings of the environment and hide answers that are not JSON.
 */
async function guardedApi(organization: string, token: string, outside: Outside): Promise<WorkItemTrackingApi> {
  const [{ WorkItemTrackingApi }, { PersonalAccessTokenCredentialHandler }] = await Promise.all([
    import('azure-devops-node-api/WorkItemTrackingApi.js'),
    import('azure-devops-node-api/handlers/personalaccesstoken.js'),
  ]);
  const base = new URL(`https://dev.azure.com/${organization}`);
  const handler = new PersonalAccessTokenCredentialHandler(token, false);
  const api = new WorkItemTrackingApi(base.href, [handler], {}, 'Waymark');
  let notBefore = 0;
  const request: typeof api.rest.client.request = async (verb, requestUrl, data, additional) => {
    const url = new URL(requestUrl);
    if (url.origin !== base.origin) throw odd(vendor.name); // routes come from the vendor's answer; the token goes nowhere else
    const options = { host: url.host, headers: { ...additional, 'user-agent': 'Waymark' } as Record<string, string> };
    handler.prepareRequest(options);
    await pause(Math.max(0, notBefore - Date.now()));
    const answered = await call(outside, vendor, url, { method: verb, headers: options.headers, ...(typeof data === 'string' ? { body: data } : {}) });
    const wait = retryAfter(answered.headers.get('retry-after'), Date.now()) ?? 0;
    notBefore = Date.now() + Math.min(longestPause, wait) * 1000;
    const message = { statusCode: answered.status, headers: Object.fromEntries(answered.headers) };
    return { message, readBody: async () => answered.text } as Awaited<ReturnType<typeof api.rest.client.request>>;
  };
  api.rest.client.request = request;
  api.http.request = request;
  return api;
}
