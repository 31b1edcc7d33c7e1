// The Bot Connector's calls that we make: post, edit, reply, and the names of a team's channels; and what each refusal of it means.
import { z } from 'zod';
import { DeliveryError, type DeliveryRemedy } from '../../src/chat/platform.ts';
import type { DrawnMessage } from './card.ts';

/**
 * Plain HTTP and not the SDK's ConnectorClient: that repeats a POST by itself after a broken connection or a 503, and a repeated POST
 * is a message said twice. Credentials still come from the SDK.
 */
export interface Connector {
  /** Answers the id of the new message. */
  post(service: string, conversation: string, activity: DrawnMessage): Promise<string>;
  update(service: string, conversation: string, id: string, activity: DrawnMessage): Promise<void>;
  team(service: string, team: string): Promise<{ name: string | undefined; group: string | undefined; channels: Map<string, string> }>;
}

/** Shorter than the claim that src/chat/deliver.ts holds while it says something. */
const callMilliseconds = 15_000;
const longestWaitSeconds = 3600;

const Posted = z.object({ id: z.string().min(1) });
const Refusal = z.object({ error: z.object({ code: z.string().nullish(), message: z.string().nullish() }) });
const Team = z.object({ name: z.string().nullish(), aadGroupId: z.string().nullish() });
const Channels = z.object({ conversations: z.array(z.object({ id: z.string(), name: z.string().nullish() })) });

/** `authorization` answers the header to send, if any. */
export function openConnector(bot: string, authorization: () => Promise<string | undefined>): Connector {
  const call = async (method: 'GET' | 'POST' | 'PUT', service: string, path: string, body?: object): Promise<unknown> => {
    const header = await authorization().catch(error => {
      throw new DeliveryError('Entra gave no token for the bot.', { kind: 'retry', afterSeconds: 60 }, { cause: error });
    });
    let response: Response;
    try {
      response = await fetch(`${service.replace(/\/+$/, '')}/v3/${path}`, {
        method, redirect: 'error', signal: AbortSignal.timeout(callMilliseconds),
        headers: { ...(header ? { authorization: header } : {}), ...(body ? { 'content-type': 'application/json; charset=utf-8' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      if (response.ok) return text === '' ? undefined : JSON.parse(text);
      throw refused(response, text);
    } catch (error) {
      if (error instanceof DeliveryError) throw error;
      throw new DeliveryError('Teams did not answer.', { kind: 'retry', afterSeconds: 5 }, { cause: error });
    }
  };
  const sent = (activity: DrawnMessage) => ({ ...activity, from: { id: `28:${bot}` } });
  const part = encodeURIComponent;
  return {
    post: async (service, conversation, activity) => {
      const answer = Posted.safeParse(await call('POST', service, `conversations/${part(conversation)}/activities`, sent(activity)));
      if (!answer.success) throw new DeliveryError('Teams took a message and answered no id for it.', { kind: 'report' });
      return answer.data.id;
    },
    update: async (service, conversation, id, activity) => {
      await call('PUT', service, `conversations/${part(conversation)}/activities/${part(id)}`, { ...sent(activity), id });
    },
    team: async (service, team) => {
      const [details, list] = await Promise.all([call('GET', service, `teams/${part(team)}`), call('GET', service, `teams/${part(team)}/conversations`)]);
      const { name, aadGroupId } = Team.parse(details);
      // The General channel bears the team's id and no name.
      const channels = new Map(Channels.parse(list).conversations.map(one => [one.id, one.name ?? 'General']));
      return { name: name ?? undefined, group: aadGroupId ?? undefined, channels };
    },
  };
}

function refused(response: Response, text: string): DeliveryError {
  const { code, message } = reasonOf(text);
  return new DeliveryError(`Teams answered ${response.status} ${code}: ${message}`.slice(0, 500), remedyOf(response, code));
}

/** Documented: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit and …/conversation-messages (status codes from bot conversational APIs). */
function remedyOf(response: Response, code: string): DeliveryRemedy {
  switch (response.status) {
    case 403: return code === 'MessageSizeTooBig' ? { kind: 'report' } : { kind: 'forget' };
    case 404: return code.startsWith('Activity') ? { kind: 'forget-post' } : { kind: 'forget' };
    // Our own password is wrong or has expired. Nothing is lost while a person puts it right.
    case 401: return { kind: 'retry', afterSeconds: 300 };
    case 408:
    case 412:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504: return { kind: 'retry', afterSeconds: waitOf(response.headers.get('retry-after')) };
    default: return { kind: 'report' };
  }
}

/** Seconds or a date; five where Teams does not say. */
function waitOf(retryAfter: string | null): number {
  const seconds = retryAfter === null ? Number.NaN : /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? 5 : Math.min(longestWaitSeconds, Math.max(1, Math.ceil(seconds)));
}

function reasonOf(text: string): { code: string; message: string } {
  try {
    const { error } = Refusal.parse(JSON.parse(text));
    return { code: error.code ?? '', message: error.message ?? '' };
  } catch {
    return { code: '', message: text.slice(0, 200) };
  }
}
