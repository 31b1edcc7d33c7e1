// The smallest bot on the real botbuilder adapter: the counterpart in the tests of the Teams double.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { ActivityTypes, CardFactory, CloudAdapter, ConfigurationBotFrameworkAuthentication, TeamsInfo, TurnContext, type Activity, type ConversationReference } from 'botbuilder';

const card = (title: string) => CardFactory.adaptiveCard({
  type: 'AdaptiveCard', version: '1.5',
  body: [{ type: 'TextBlock', text: title }],
  actions: [{ type: 'Action.Execute', title: 'Sync now', verb: 'sync-now', data: { goal: 'g1' } }, { type: 'Action.Submit', title: 'Send', data: { sent: true } }],
});

/** `heard` holds every activity it was sent; `proactive` opens a turn of the bot's own, where `referenceTo` leads. */
export async function startEchoBot() {
  const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}));
  const errors: Error[] = [];
  adapter.onTurnError = async (_, error) => { errors.push(error); };
  const heard: Activity[] = [];
  const authorizations: (string | undefined)[] = [];

  const turn = async (context: TurnContext) => {
    heard.push(structuredClone(context.activity));
    switch (context.activity.type) {
      case ActivityTypes.Message: return said(context);
      case ActivityTypes.Invoke: return context.sendActivity({ type: ActivityTypes.InvokeResponse, value: { status: 200, body: invoked(context.activity) } });
    }
  };

  const said = async (context: TurnContext) => {
    const text = TurnContext.removeRecipientMention(context.activity) ?? context.activity.text ?? '';
    switch (text.trim()) {
      case 'card': return context.sendActivity({ attachments: [card('First')] });
      case 'edited card': {
        const sent = await context.sendActivity({ attachments: [card('First')] });
        return context.updateActivity({ id: sent!.id!, type: 'message', conversation: context.activity.conversation, attachments: [card('Second')] });
      }
      case 'taken back': return context.deleteActivity((await context.sendActivity('Oops'))!.id!);
      case 'who': {
        const { members } = await TeamsInfo.getPagedMembers(context);
        return context.sendActivity(members.map(member => member.name).join(', '));
      }
      case 'where': {
        const team = await TeamsInfo.getTeamDetails(context);
        const channels = await TeamsInfo.getTeamChannels(context);
        return context.sendActivity(`${team.name} ${team.aadGroupId}: ${channels.map(channel => channel.name ?? 'General').join(', ')}`);
      }
      default: return context.sendActivity(`You said: ${text.trim()}`);
    }
  };

  const invoked = (activity: Activity) => {
    if (activity.name === 'adaptiveCard/action') return { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card(`After ${activity.value.action.verb}`).content };
    const query = activity.value.parameters[0].value;
    if (query === 'nothing') return { composeExtension: { type: 'message', text: 'No goal matches.' } };
    return { composeExtension: { type: 'result', attachmentLayout: 'list', attachments: [{ ...card(`Goal ${query}`), preview: CardFactory.thumbnailCard(`Goal ${query}`, 'On Track') }] } };
  };

  const server = createServer(async (req, res) => {
    authorizations.push(req.headers.authorization);
    const body: unknown = await json(req);
    await adapter.process(Object.assign(req as IncomingMessage, { body }) as never, webResponse(res) as never, async context => { await turn(context); });
  });
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`,
    heard, authorizations, errors, card,
    referenceTo: (activity: Activity) => TurnContext.getConversationReference(activity),
    proactive: (reference: Partial<ConversationReference>, act: (context: TurnContext) => Promise<unknown>) =>
      adapter.continueConversationAsync('', reference, async context => { await act(context); }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** What botbuilder expects of a web framework's response. */
function webResponse(res: ServerResponse) {
  return {
    socket: res.socket,
    status: (status: number) => { res.statusCode = status; },
    header: (name: string, value: string) => { res.setHeader(name, value); },
    send: (body: unknown) => { res.write(typeof body === 'string' ? body : JSON.stringify(body)); },
    end: () => { res.end(); },
  };
}
