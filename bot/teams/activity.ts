// Activity → Event, pure: what Teams sends us, in our own words, and what we need not hear left out.
import { z } from 'zod';
import type { Event, Reply, Speaker } from '../../src/chat/event.ts';
import type { Conversation } from '../../src/chat/platform.ts';
import { GoalRef } from '../../src/domain/goal.ts';

/** The parts of a Teams activity that we read; everything else is left alone. */
export const TeamsActivity = z.object({
  type: z.string(),
  id: z.string().optional(),
  name: z.string().optional(),
  action: z.string().optional(),
  timestamp: z.union([z.string(), z.date()]).optional(),
  /** Teams says for its people who they are and of which tenant; on other channels of the Bot Framework a client says so itself. */
  channelId: z.string().optional(),
  serviceUrl: z.string(),
  from: z.object({ id: z.string(), name: z.string().nullish(), aadObjectId: z.string().nullish() }),
  recipient: z.object({ id: z.string() }),
  conversation: z.object({ id: z.string(), name: z.string().nullish(), conversationType: z.string().optional(), tenantId: z.string().optional() }),
  text: z.string().nullish(),
  entities: z.array(z.looseObject({ type: z.string(), mentioned: z.object({ id: z.string().nullish() }).nullish(), text: z.string().nullish() })).nullish(),
  attachments: z.array(z.looseObject({ contentType: z.string().nullish(), content: z.unknown().optional() })).nullish(),
  value: z.unknown().optional(),
  channelData: z.looseObject({
    eventType: z.string().optional(),
    tenant: z.object({ id: z.string() }).optional(),
    team: z.looseObject({ id: z.string().nullish(), name: z.string().nullish(), aadGroupId: z.string().nullish() }).nullish(),
    channel: z.looseObject({ id: z.string().nullish(), name: z.string().nullish() }).nullish(),
    settings: z.looseObject({ selectedChannel: z.looseObject({ id: z.string().nullish(), name: z.string().nullish() }).nullish() }).nullish(),
  }).nullish(),
});
export type TeamsActivity = z.infer<typeof TeamsActivity>;

/** A search box answers at most so many hits at a time. */
const mostHits = 25;

const Query = z.object({
  parameters: z.array(z.object({ name: z.string(), value: z.unknown() })).default([]),
  queryOptions: z.object({ skip: z.number().int().min(0).default(0), count: z.number().int().min(1).default(mostHits) }).default({ skip: 0, count: mostHits }),
});
const Action = z.object({ action: z.object({ verb: z.enum(['refresh', 'sync-now']), data: z.object({ goal: GoalRef }) }) });

/**
 * `undefined`: nothing that concerns us, such as people talking to each other outside our threads, our own messages, or somebody
 * who is not a person of a tenant.
 */
export function eventOf(activity: TeamsActivity): Event | undefined {
  const by = speakerOf(activity);
  if (!by) return undefined;
  const place = conversationOf(activity, by.tenant);
  switch (activity.type) {
    case 'message': return messageEvent(activity, by, place);
    case 'messageUpdate': return changedEvent(activity, by, place);
    case 'messageDelete': {
      const reply = replyOf(activity, by, place);
      return reply && { kind: 'reply-deleted', ...reply, at: changedAt(activity, reply) };
    }
    case 'installationUpdate':
      return { kind: activity.action?.startsWith('remove') ? 'removed' : 'installed', by, in: place };
    case 'invoke': return invokeEvent(activity, by, place);
    default: return undefined;
  }
}

/** The tenant comes with an activity that the Bot Connector has signed for. Bots and webhooks have no object id and are not heard. */
function speakerOf({ from, recipient, channelData, conversation }: TeamsActivity): Speaker | undefined {
  const tenant = channelData?.tenant?.id ?? conversation.tenantId;
  if (!tenant || !from.aadObjectId || from.id === recipient.id) return undefined;
  return { tenant, id: from.aadObjectId, name: from.name ?? 'Somebody' };
}

function conversationOf({ conversation, channelData, serviceUrl, recipient }: TeamsActivity, tenant: string): Conversation {
  const channel = channelData?.channel ?? channelData?.settings?.selectedChannel;
  const team = channelData?.team;
  const kind = conversation.conversationType === 'channel' ? 'channel' : conversation.conversationType === 'personal' && !isAmongPeople(conversation.id) ? 'personal' : 'group';
  const names = { channel: channel?.name ?? 'This channel', group: conversation.name ?? 'This chat', personal: 'This chat' };
  return {
    platform: 'teams', kind, name: names[kind],
    id: (kind === 'channel' && channel?.id) || conversation.id.split(';')[0]!,
    service: { serviceUrl, tenant, bot: recipient.id, ...(team?.id ? { team: team.id } : {}), ...(team?.aadGroupId ? { group: team.aadGroupId } : {}) },
  };
}

/** A message extension is also opened in chats of two people, which Teams calls personal as well: in them somebody else reads along. */
function isAmongPeople(id: string): boolean {
  return id.startsWith('19:');
}

function messageEvent(activity: TeamsActivity, by: Speaker, place: Conversation): Event | undefined {
  const text = wordsOf(activity);
  const reply = replyOf(activity, by, place);
  const mentionsUs = isMentioned(activity) || place.kind === 'personal';
  if (reply) return { kind: 'replied', ...reply, text, mentionsUs, ...addressOf(reply) };
  return mentionsUs ? { kind: 'said', by, in: place, text } : undefined;
}

function changedEvent(activity: TeamsActivity, by: Speaker, place: Conversation): Event | undefined {
  const reply = replyOf(activity, by, place);
  if (!reply) return undefined;
  return { kind: 'reply-edited', ...reply, text: wordsOf(activity), mentionsUs: isMentioned(activity), at: changedAt(activity, reply), ...addressOf(reply) };
}

/** A repeated delivery bears the same timestamp, and so changes nothing. */
function changedAt(activity: TeamsActivity, reply: Reply): string {
  return instantOf(activity.timestamp) ?? reply.written;
}

function invokeEvent(activity: TeamsActivity, by: Speaker, place: Conversation): Event | undefined {
  if (activity.name === 'composeExtension/query') {
    const query = Query.safeParse(activity.value);
    if (!query.success) return undefined;
    const { parameters, queryOptions } = query.data;
    const words = parameters.find(parameter => parameter.name === 'query')?.value;
    return { kind: 'searched', by, in: place, text: typeof words === 'string' ? words.trim() : '', skip: queryOptions.skip, limit: Math.min(queryOptions.count, mostHits) };
  }
  if (activity.name === 'adaptiveCard/action') {
    const pressed = Action.safeParse(activity.value);
    return pressed.success ? { kind: 'acted', by, in: place, goal: pressed.data.action.data.goal, act: pressed.data.action.verb } : undefined;
  }
  return undefined;
}

/** In channels the thread stands in the conversation's id; in chats, which have no threads, a reply quotes the message. */
function replyOf(activity: TeamsActivity, by: Speaker, place: Conversation): Reply | undefined {
  const { id } = activity;
  const root = place.kind === 'channel' ? /;messageid=(\d+)/.exec(activity.conversation.id)?.[1] : quotedBy(activity);
  const written = id === undefined ? undefined : writtenAt(id) ?? instantOf(activity.timestamp);
  if (!id || !root || root === id || !written) return undefined;
  return { by, in: place, root, id, written };
}

function quotedBy(activity: TeamsActivity): string | undefined {
  const tag = htmlOf(activity)?.match(/<blockquote[^<>]*>/g)?.find(one => one.includes('itemtype="http://schema.skype.com/Reply"'));
  return tag && /\sitemid="(\d+)"/.exec(tag)?.[1];
}

/** A message's id in Teams is when it was written, in milliseconds since 1970; edits and deletions keep it. */
function writtenAt(id: string): string | undefined {
  return /^\d{13}$/.test(id) ? new Date(Number(id)).toISOString() : undefined;
}

function instantOf(timestamp: string | Date | undefined): string | undefined {
  const at = new Date(timestamp ?? '');
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function isMentioned({ entities, recipient }: TeamsActivity): boolean {
  return (entities ?? []).some(entity => entity.type === 'mention' && entity.mentioned?.id === recipient.id);
}

/** What was said, in plain text: without our own name in front, other people's names without their tags. */
function wordsOf(activity: TeamsActivity): string {
  const ours = (activity.entities ?? []).filter(e => e.type === 'mention' && e.mentioned?.id === activity.recipient.id).flatMap(e => e.text ?? []);
  const raw = activity.text ?? textOfHtml(htmlOf(activity) ?? '');
  const named = ours.reduce((text, mention) => text.replaceAll(mention, ' '), raw);
  return named.replaceAll(/<at[^<>]*>([^<]*)<\/at>/gi, '$1').replaceAll('&nbsp;', ' ').replaceAll(/[^\S\n]+/g, ' ').trim();
}

function htmlOf({ attachments }: TeamsActivity): string | undefined {
  const content = attachments?.find(attachment => attachment.contentType === 'text/html')?.content;
  return typeof content === 'string' ? content : undefined;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** The words of an HTML message, in time that grows with its length alone. Its result is text like any other that people typed: nothing may trust it. */
export function textOfHtml(html: string): string {
  return html
    .replace(/^[\s\S]*<\/blockquote>/i, closed => closed.replaceAll(/<blockquote[\s\S]*?<\/blockquote>/gi, ''))
    .replaceAll(/<(?:br|\/p|\/div|\/li)\b[^<>]*>/gi, '\n')
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
      const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined;
      if (code !== undefined) return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
      return Object.hasOwn(entities, name) ? entities[name]! : whole;
    })
    .replaceAll(/\n{3,}/g, '\n\n').trim().toWellFormed();
}

/** Leads from the feed back to the words in Teams. */
function addressOf({ in: place, root, id }: Reply): { address?: string } {
  const query = new URLSearchParams({ tenantId: place.service['tenant']!, ...(place.service['group'] ? { groupId: place.service['group'] } : {}) });
  if (place.kind === 'channel') query.set('parentMessageId', root);
  else query.set('context', '{"contextType":"chat"}');
  return { address: `https://teams.microsoft.com/l/message/${encodeURIComponent(place.id)}/${id}?${query}` };
}
