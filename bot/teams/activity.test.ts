// What Teams sends, in a table: which event each activity is, and which are none.
import assert from 'node:assert/strict';
import type { Event } from '../../src/chat/event.ts';
import { TeamsActivity, eventOf, textOfHtml } from './activity.ts';

const bot = '28:bot';
const mention = { type: 'mention', mentioned: { id: bot }, text: '<at>Waymark</at>' };
const base = (changes: object = {}) => ({
  type: 'message', id: '1763715600123', timestamp: '2026-11-21T09:00:00.123Z', serviceUrl: 'https://smba.example/emea/',
  from: { id: '29:ada', name: 'Ada', aadObjectId: 'ada' }, recipient: { id: bot },
  conversation: { id: '19:c@thread.tacv2;messageid=1763715600000', conversationType: 'channel', tenantId: 'contoso' },
  channelData: { tenant: { id: 'contoso' }, team: { id: '19:t@thread.tacv2', aadGroupId: 'group' }, channel: { id: '19:c@thread.tacv2', name: 'Sales' } },
  ...changes,
});
const personal = { conversation: { id: 'a:1', conversationType: 'personal', tenantId: 'contoso' }, channelData: { tenant: { id: 'contoso' } } };
const group = { conversation: { id: '19:g@thread.v2', conversationType: 'groupChat', tenantId: 'contoso' }, channelData: { tenant: { id: 'contoso' } } };
const quote = { contentType: 'text/html', content: '<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="1763715600000"><p>card</p></blockquote><p>Thanks</p>' };
const event = (changes: object = {}) => eventOf(TeamsActivity.parse(base(changes)));
const kindOf = (changes: object = {}) => event(changes)?.kind;
const textOf = (changes: object) => {
  const found = event(changes);
  return found && 'text' in found ? found.text : undefined;
};
const identity = (changes: object) => {
  const found = event(changes);
  assert.ok(found && 'root' in found);
  return { id: found.id, root: found.root, written: found.written, in: found.in.id, by: found.by };
};
const search = (value: object) => event({ type: 'invoke', name: 'composeExtension/query', value });

describe('activity', () => {
  const table: [what: string, changes: object, kind: string | undefined][] = [
    ['a reply in a channel thread', { text: 'Hello' }, 'replied'],
    ['a reply that mentions us', { text: '<at>Waymark</at> status', entities: [mention] }, 'replied'],
    ['a new thread that mentions us', { id: '1763715600000', text: '<at>Waymark</at> help', entities: [mention] }, 'said'],
    ['a new thread among people', { id: '1763715600000', text: 'Lunch?' }, undefined],
    ['a personal message', { ...personal, text: 'help' }, 'said'],
    ['a group message that mentions us', { ...group, text: '<at>Waymark</at> help', entities: [mention] }, 'said'],
    ['a group message among people', { ...group, text: 'Lunch?' }, undefined],
    ['a quoted reply in a group', { ...group, text: 'Thanks', attachments: [quote] }, 'replied'],
    ['an edited reply', { type: 'messageUpdate', text: 'Hello!', channelData: { ...base().channelData, eventType: 'editMessage' } }, 'reply-edited'],
    ['an edited new thread', { type: 'messageUpdate', id: '1763715600000', text: 'x' }, undefined],
    ['a deleted reply', { type: 'messageDelete' }, 'reply-deleted'],
    ['our own message', { from: { id: bot, aadObjectId: 'ada' }, text: 'Hello' }, undefined],
    ['a bot without an object id', { from: { id: '28:other', name: 'Other' }, text: 'Hello' }, undefined],
    ['a message without a tenant', { text: 'x', conversation: { id: 'a:1', conversationType: 'personal' }, channelData: {} }, undefined],
    ['an installation', { type: 'installationUpdate', action: 'add' }, 'installed'],
    ['an upgrade', { type: 'installationUpdate', action: 'add-upgrade' }, 'installed'],
    ['a removal', { type: 'installationUpdate', action: 'remove' }, 'removed'],
    ['a reaction', { type: 'messageReaction' }, undefined],
    ['a change of members', { type: 'conversationUpdate' }, undefined],
    ['a search', { type: 'invoke', name: 'composeExtension/query', value: { parameters: [{ name: 'query', value: 'x' }] } }, 'searched'],
    ['a search of another shape', { type: 'invoke', name: 'composeExtension/query', value: { parameters: 'x' } }, undefined],
    ['a button', { type: 'invoke', name: 'adaptiveCard/action', value: { action: { verb: 'refresh', data: { goal: { period: 'q4', id: 'g1' } } } } }, 'acted'],
    ['a button with an id that is a path', { type: 'invoke', name: 'adaptiveCard/action', value: { action: { verb: 'refresh', data: { goal: { period: 'q4', id: '../x' } } } } }, undefined],
    ['a button that is not ours', { type: 'invoke', name: 'adaptiveCard/action', value: { action: { verb: 'drop', data: {} } } }, undefined],
    ['another invoke', { type: 'invoke', name: 'task/fetch' }, undefined],
    ['a kind of activity that we do not know', { type: 'somethingNew' }, undefined],
  ];
  for (const [what, changes, kind] of table) it(`takes ${what} for ${kind ?? 'nothing'}`, () => assert.equal(kindOf(changes), kind));

  it('keeps what a reply is through first delivery, edit and deletion', () => {
    const expected = { id: '1763715600123', root: '1763715600000', written: '2025-11-21T09:00:00.123Z', in: '19:c@thread.tacv2', by: { tenant: 'contoso', id: 'ada', name: 'Ada' } };
    assert.deepEqual(identity({ text: 'x' }), expected);
    assert.deepEqual(identity({ type: 'messageUpdate', text: 'y', timestamp: '2026-12-01T00:00:00.000Z' }), expected);
    assert.deepEqual(identity({ type: 'messageDelete', timestamp: '2026-12-02T00:00:00.000Z' }), expected);
  });

  it('keeps what reaches the conversation again, without the thread', () => {
    const found = event({ text: 'x' });
    assert.deepEqual(found && 'in' in found && found.in, {
      platform: 'teams', id: '19:c@thread.tacv2', kind: 'channel', name: 'Sales',
      service: { serviceUrl: 'https://smba.example/emea/', tenant: 'contoso', bot, team: '19:t@thread.tacv2', group: 'group' },
    });
  });

  for (const [what, changes, text] of [
    ['our mention is cut off', { text: '<at>Waymark</at> status\n', entities: [mention] }, 'status'],
    ['our mention in the middle is cut out', { text: 'hey <at>Waymark</at> status', entities: [mention] }, 'hey status'],
    ['the mention of others is their name', { text: 'ask <at>Ben Okafor</at> please' }, 'ask Ben Okafor please'],
    ['a hard space is a space', { text: 'a&nbsp;b\u00a0c' }, 'a b c'],
    ['lines stay lines', { text: 'one\ntwo' }, 'one\ntwo'],
    ['HTML is read where there is no text', { text: undefined, attachments: [{ contentType: 'text/html', content: '<p>one<br>two &amp; three</p>' }] }, 'one\ntwo & three'],
    ['a quote is not said again', { ...group, text: undefined, attachments: [quote] }, 'Thanks'],
  ] as const) it(what, () => assert.equal(textOf(changes), text));

  it('reads the page of a search, and at most 25 hits', () => {
    const { in: place, ...first } = search({ parameters: [{ name: 'initialRun', value: 'true' }] }) as Extract<Event, { kind: 'searched' }>;
    assert.deepEqual(first, { kind: 'searched', by: { tenant: 'contoso', id: 'ada', name: 'Ada' }, text: '', skip: 0, limit: 25 });
    assert.equal(place.kind, 'channel');
    const found = search({ parameters: [{ name: 'query', value: ' tea ' }], queryOptions: { skip: 25, count: 1000 } });
    assert.ok(found?.kind === 'searched');
    assert.deepEqual([found.text, found.skip, found.limit], ['tea', 25, 25]);
  });

  it('takes no chat of two people for a chat with us alone', () => {
    const among = { conversation: { id: '19:ada_ben@unq.gbl.spaces', conversationType: 'personal', tenantId: 'contoso' }, channelData: { tenant: { id: 'contoso' } } };
    const opened = (changes: object) => event({ type: 'invoke', name: 'composeExtension/query', value: {}, ...changes });
    for (const [changes, kind] of [[among, 'group'], [personal, 'personal'], [group, 'group']] as const) {
      const found = opened(changes);
      assert.ok(found?.kind === 'searched');
      assert.equal(found.in.kind, kind);
    }
  });

  it('turns HTML into words, and damaged HTML into something harmless', () => {
    for (const [html, words] of [
      ['<div>a</div><div>b</div>', 'a\nb'], ['&lt;at&gt;', '<at>'], ['&#65;&#x42;', 'AB'], ['&#0;&#1114112;', ''], ['&constructor;', '&constructor;'],
      ['<p>open', 'open'], ['a < b', 'a < b'], ['<script>x</script>', 'x'], ['&#xd800;', '\ufffd'],
    ] as const) assert.equal(textOfHtml(html), words, html);
  });

  it('does not hear a button whose goal has an id that no goal can have', () => {
    const pressed = (goal: object) => kindOf({ type: 'invoke', name: 'adaptiveCard/action', value: { action: { verb: 'sync-now', data: { goal } } } });
    assert.equal(pressed({ period: '2026-q4', id: 'g1' }), 'acted');
    for (const odd of ['a|b', 'a/b', '', 'x'.repeat(65)]) {
      assert.equal(pressed({ period: odd, id: 'g1' }), undefined, odd);
      assert.equal(pressed({ period: '2026-q4', id: odd }), undefined, odd);
    }
  });

  it('reads the largest message that a request can carry in no time, however it was made to be slow', () => {
    const most = 200_000;
    const slow: [string, object][] = [
      ['opened quotes', { ...group, attachments: [{ contentType: 'text/html', content: '<blockquote itemtype="http://schema.skype.com/Reply"'.repeat(most / 50) }] }],
      ['quotes that never end', { ...personal, attachments: [{ contentType: 'text/html', content: '<blockquote>'.repeat(most / 12) }] }],
      ['breaks that never end', { ...personal, attachments: [{ contentType: 'text/html', content: '<br '.repeat(most / 4) }] }],
      ['angle brackets', { ...personal, attachments: [{ contentType: 'text/html', content: '<'.repeat(most) }] }],
      ['mentions that never end', { ...personal, text: '<at>'.repeat(most / 4) }],
    ];
    for (const [name, changes] of slow) {
      const begun = performance.now();
      event(changes);
      assert.ok(performance.now() - begun < 500, `${name}: ${Math.round(performance.now() - begun)} ms`);
    }
  });
});
