// Microsoft Graph: reads conversations back, to find what we said before a crash. The one place where @microsoft/teamsfx is used.
import { ConfidentialClientApplication } from '@azure/msal-node';
import { z } from 'zod';
import type { Conversation, PostRef } from '../../src/chat/platform.ts';

/** An app's token for Graph in one tenant. */
export type GraphToken = (tenant: string) => Promise<string>;

/** Reads `path` (relative to Graph's v1.0, or a whole next link) as JSON; `undefined` when we are not allowed to. */
export type Graph = (path: string, tenant: string) => Promise<unknown>;

const callMilliseconds = 10_000;
/** Workers' clocks and Teams' may disagree by so much. */
const skewMilliseconds = 5 * 60_000;
const mostPages = 20;

/** Tokens by client secret, kept by MSAL until they expire. */
export function graphTokens(app: { id: string; secret: string }): GraphToken {
  const clients = new Map<string, ConfidentialClientApplication>();
  return async tenant => {
    const client = clients.get(tenant) ?? new ConfidentialClientApplication({
      auth: { clientId: app.id, clientSecret: app.secret, authority: `https://login.microsoftonline.com/${encodeURIComponent(tenant)}` },
    });
    clients.set(tenant, client);
    const result = await client.acquireTokenByClientCredential({ scopes: ['https://graph.microsoft.com/.default'] });
    if (!result) throw new Error('Entra answered no token for Microsoft Graph.');
    return result.accessToken;
  };
}

/** `base` is Graph's origin. teamsfx is loaded with the first question: it takes most of a second, and questions are rare. */
export function openGraph(base: string, token: GraphToken): Graph {
  return async (path, tenant) => {
    const { BearerTokenAuthProvider, createApiClient } = await import('@microsoft/teamsfx');
    const client = createApiClient(`${base}/v1.0`, new BearerTokenAuthProvider(() => token(tenant)));
    // A next link elsewhere would take the token with it.
    if (/^https?:/i.test(path) && new URL(path).origin !== new URL(base).origin) throw new Error('Graph answered a next link to another host.');
    const answer = await client.get<unknown>(path, { timeout: callMilliseconds, maxRedirects: 0, validateStatus: status => status < 500 && status !== 429 })
      // The client's own error carries the request, and with it the token.
      .catch((error: unknown) => { throw new Error(`Microsoft Graph did not answer: ${error instanceof Error ? error.message : 'no reason given'}`); });
    return answer.status === 200 ? answer.data : undefined;
  };
}

const Messages = z.object({
  value: z.array(z.object({
    id: z.string(),
    createdDateTime: z.string(),
    deletedDateTime: z.string().nullish(),
    from: z.object({ application: z.object({ id: z.string() }).nullish() }).nullish(),
    attachments: z.array(z.object({ contentType: z.string().nullish(), content: z.string().nullish() })).default([]),
  })),
  '@odata.nextLink': z.string().optional(),
});

/** Our newest message with `mark`, said at or after `since`: its id, `undefined` when there is none, `'unknown'` when we may not read. */
export async function findByMark(
  graph: Graph, bot: string, place: { conversation: Conversation; group: string | undefined; under?: PostRef | undefined }, mark: string, since: string,
): Promise<string | undefined | 'unknown'> {
  const { tenant } = place.conversation.service;
  let path: string | undefined = pathOf(place);
  const earliest = Date.parse(since) - skewMilliseconds;
  for (let page = 0; path !== undefined && page < mostPages; page++) {
    const answer = Messages.safeParse(await graph(path, tenant!));
    if (!answer.success) return 'unknown';
    const { value, '@odata.nextLink': next } = answer.data;
    const found = value.find(message => message.from?.application?.id === bot && !message.deletedDateTime
      && Date.parse(message.createdDateTime) >= earliest && message.attachments.some(({ content }) => bearsMark(content, mark)));
    if (found) return found.id;
    // Channels sort threads by their newest reply, so that one old message does not end the search; a whole page of them does.
    if (value.length > 0 && value.every(message => Date.parse(message.createdDateTime) < earliest)) return undefined;
    path = next;
  }
  return path === undefined ? undefined : 'unknown';
}

function pathOf({ conversation, group, under }: { conversation: Conversation; group: string | undefined; under?: PostRef | undefined }): string | undefined {
  const id = encodeURIComponent(conversation.id);
  if (conversation.kind !== 'channel') return `/chats/${id}/messages?$top=50`;
  const messages = `/teams/${encodeURIComponent(group ?? '')}/channels/${id}/messages`;
  return under ? `${messages}/${encodeURIComponent(under.id)}/replies?$top=50` : `${messages}?$top=50`;
}

function bearsMark(content: string | null | undefined, mark: string): boolean {
  if (!content?.includes(mark.slice(mark.lastIndexOf('/') + 1))) return false;
  try {
    return hasId(JSON.parse(content), mark);
  } catch {
    return false; // an attachment that is no card
  }
}

function hasId(part: unknown, id: string): boolean {
  if (typeof part !== 'object' || part === null) return false;
  return ('id' in part && part.id === id) || Object.values(part).some(value => hasId(value, id));
}
