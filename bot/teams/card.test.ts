// Cards: every kind is drawn, valid for Teams' own renderer, small enough, and inert whatever people typed.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { IAdaptiveCard } from '@microsoft/teams.cards';
import type * as adaptivecards from 'adaptivecards';
import * as fc from 'fast-check';
import type { GoalFacts, Message } from '../../src/chat/message.ts';
import { Status, statusNames } from '../../src/domain/status.ts';
import { type DrawnMessage, drawnMessage, plain } from './card.ts';
import { searchAnswer } from './extension.ts';

// The ESM build does not load in Node: its imports lack extensions.
const { AdaptiveCard, SerializationContext } = createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js') as typeof adaptivecards;

const budget = 24_000;
const address = ({ period, id }: { period: string; id: string }) => `https://waymark.example/goals/${period}/${id}`;
const facts = (changes: Partial<GoalFacts> = {}): GoalFacts => ({
  ref: { period: '2026-q4', id: 'g1' }, kind: 'key-result', title: 'Sell more coffee', owner: 'Ada Lindqvist', period: 'Q4 2026',
  outcome: { kind: 'metric', name: 'Subscriptions', unit: { kind: 'number', name: 'subscriptions' }, direction: 'increase', start: 0, target: 500 },
  value: 210, progress: 42, expected: 56.3, status: 'behind', asOf: '2026-11-21T09:00:00.000Z', source: 'PostgreSQL · Shop', ...changes,
});
/** One message of every kind, with `words` wherever somebody typed something. */
const everyKind = (words: string): Message[] => {
  const goal = facts({ title: words, owner: words, period: words, source: words });
  return [
    { kind: 'goal', goal },
    { kind: 'status-changed', goal, from: 'on-track', at: '2026-11-21T09:00:00.000Z' },
    { kind: 'search-results', query: words, goals: Array.from({ length: 25 }, () => goal), more: true },
    { kind: 'comment', goal, by: words, text: words },
    { kind: 'help' },
    { kind: 'subscribed', about: words, where: words, already: false },
    { kind: 'unsubscribed', about: words, where: words, was: true },
    { kind: 'goal-gone', title: words, by: words },
    { kind: 'goal-hidden' },
    { kind: 'subscriptions', about: Array.from({ length: 40 }, () => words), where: words },
    { kind: 'sorry', text: words, tryInstead: [words, words] },
  ];
};
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const contentOf = (drawn: DrawnMessage): IAdaptiveCard => drawn.attachments[0].content;
const draw = (message: Message) => drawnMessage(message, 'mark/1', address);

/** What the renderer complains about. */
function complaints(card: IAdaptiveCard): string[] {
  const context = new SerializationContext();
  const parsed = new AdaptiveCard();
  parsed.parse(structuredClone(card), context);
  const events = Array.from({ length: context.eventCount }, (_, i) => context.getEventAt(i).message);
  return [...events, ...parsed.validateProperties().validationEvents.map(event => event.message)];
}

/** Every object in the card. */
function parts(part: unknown): Record<string, unknown>[] {
  if (Array.isArray(part)) return part.flatMap(parts);
  if (typeof part !== 'object' || part === null) return [];
  return [part as Record<string, unknown>, ...Object.values(part).flatMap(parts)];
}
const wordsOf = (card: IAdaptiveCard) => parts(card).flatMap(part => (typeof part['text'] === 'string' ? [part['text']] : [])).join('');

const widths = (goal: GoalFacts) => parts(contentOf(draw({ kind: 'goal', goal }))).filter(part => part['type'] === 'ColumnSet').slice(1)
  .map(set => (set['columns'] as { width: number }[]).map(column => column.width));
const actions = (goal: GoalFacts) => contentOf(draw({ kind: 'goal', goal })).actions as { type: string; title: string; url?: string; verb?: string; data?: unknown }[];

const hostile = [
  '**bold** _italic_ ~~gone~~', '# Heading', '- a list', '1. a list', '> quote', '`code`', '```\nblock\n```', '---', '| a | b |',
  '[click me](https://evil.example)', '[click me]( javascript:alert(1) )', '![image](https://evil.example/a.png)', '<https://evil.example>', 'https://evil.example', '[a][b]\n\n[b]: https://evil.example',
  '<at>Ada Lindqvist</at>', '<AT>everyone</AT>', '<<at>Ada</at>', '<at id="0">Ada</at>', '@everyone', '@Waymark unsubscribe',
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<a href="javascript:alert(1)">x</a>', '</p></div>', '&lt;at&gt;Ada&lt;/at&gt;', '&#60;script&#62;',
  '{{DATE(2026-11-21T09:00:00Z, SHORT)}}', '{{{DATE(2026-11-21T09:00:00Z)}}}', '{{TIME(2026-11-21T09:00:00Z)}}', '${title}', '${if(true, 1, 2)}', '{title}', '%7B%7B',
  '{"type":"Action.OpenUrl","url":"https://evil.example"}', '","actions":[{"type":"Action.OpenUrl"}],"x":"', '\\', '\\u0000', '"', "'; drop table goals; --",
  '\u202egnihton si siht\u202c', '\u2066isolate\u2069', '\u200b\u200b\u200b', '\u0000\u0001\u0007\u001b[31m', '\ud800', '\udfff\ud800', '\u2028\u2029', 'a\r\nb\rc', '\ufeff',
  'العربية', '日本語のタイトル', '👩‍👩‍👧‍👦🏳️‍🌈', 'e\u0301'.repeat(50), 'Z̷̢̛͎̪̼͍a̷l̶g̷o̴', '=cmd|\' /C calc\'!A0', '-1+1', '../../etc/passwd', '%s%n%x', ' ', '\n\n\n',
  'x'.repeat(240), '長'.repeat(8000), '👍'.repeat(4000), '"'.repeat(8000), '\n'.repeat(8000), 'a\n'.repeat(4000), 'y'.repeat(1_000_000),
];

describe('card', () => {
  it('is drawn for every kind of message, valid for the renderer, and bears its mark', () => {
    for (const message of everyKind('Sell more coffee')) {
      const card = contentOf(draw(message));
      assert.deepEqual(complaints(card), [], message.kind);
      assert.equal(card.version, '1.5');
      assert.ok(parts(card).some(part => part['id'] === 'mark/1'), message.kind);
    }
  });

  it('has its check proved: the renderer does complain about what it does not know', () => {
    const card = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'Nonsense' }] } as unknown as IAdaptiveCard;
    assert.notDeepEqual(complaints(card), []);
  });

  it('says status, value, unit, progress, expectation and age in words', () => {
    const words = wordsOf(contentOf(draw({ kind: 'status-changed', goal: facts(), from: 'on-track', at: '2026-11-21T09:00:00.000Z' })));
    for (const expected of ['was On Track, now Behind', '210 subscriptions', 'from 0 to 500 subscriptions', '42 % done', '56 % expected by now', 'Ada Lindqvist · PostgreSQL · Shop', 'As of {{DATE(2026-11-21T09:00:00Z,SHORT)}} {{TIME(2026-11-21T09:00:00Z)}}']) {
      assert.ok(words.includes(expected), `${expected} in ${words}`);
    }
  });

  it('never shows a missing value as a number', () => {
    const words = wordsOf(contentOf(draw({ kind: 'goal', goal: facts({ value: null, progress: null, asOf: null, status: 'not-started' }) })));
    assert.match(words, /No value yet/);
    assert.doesNotMatch(words, /\b0 (subscriptions|%)(?! expected)(?! to)/);
    assert.doesNotMatch(words, /% done/);
  });

  it('says every status in words and colour', () => {
    for (const status of Status.options) {
      const card = contentOf(draw({ kind: 'goal', goal: facts({ status }) }));
      assert.ok(wordsOf(card).includes(statusNames[status]));
      const colours = { 'on-track': 'Good', behind: 'Warning', 'at-risk': 'Attention' } as Record<string, string>;
      if (colours[status]) assert.ok(parts(card).some(part => part['text'] === statusNames[status] && part['color'] === colours[status]));
    }
  });

  it('says only once where status went back to what it was', () => {
    const words = wordsOf(contentOf(draw({ kind: 'status-changed', goal: facts({ status: 'on-track' }), from: 'on-track', at: '2026-11-21T09:00:00.000Z' })));
    assert.doesNotMatch(words, /was On Track/);
  });

  it('draws the bar as wide as the progress, and the marker where it is expected', () => {
    assert.deepEqual(widths(facts()), [[42, 58], [56, 44]]);
    assert.deepEqual(widths(facts({ progress: 0, expected: 0 })), [[100], [1, 99]]);
    assert.deepEqual(widths(facts({ progress: 100, expected: 100 })), [[100], [99, 1]]);
    assert.deepEqual(widths(facts({ progress: null })), []);
  });

  it('has neither bar nor marker where only the value counts, and no marker once people have ended the goal', () => {
    const control = { kind: 'metric', name: 'Tickets', unit: { kind: 'number', name: 'tickets' }, direction: 'stay-below', target: 20 } as const;
    const limit = facts({ outcome: control, value: 24, progress: 0, status: 'at-risk' });
    for (const [goal, bars] of [[limit, 0], [facts({ status: 'closed' }), 1]] as const) {
      assert.equal(widths(goal).length, bars);
      assert.doesNotMatch(wordsOf(contentOf(draw({ kind: 'goal', goal }))), /expected/);
    }
    assert.match(wordsOf(contentOf(draw({ kind: 'search-results', query: '', more: false, goals: [facts({ outcome: control, value: 24, progress: 0 })] }))), /24 tickets/);
  });

  it('opens the goal’s page, and syncs only what has a source', () => {
    assert.deepEqual(actions(facts()).map(({ type, title, url, verb, data }) => ({ type, title, ...(url && { url }), ...(verb && { verb, data }) })), [
      { type: 'Action.OpenUrl', title: 'View details', url: 'https://waymark.example/goals/2026-q4/g1' },
      { type: 'Action.Execute', title: 'Sync now', verb: 'sync-now', data: { goal: { period: '2026-q4', id: 'g1' } } },
    ]);
    const { source: _, ...manual } = facts();
    assert.equal(actions(manual)[1]!.verb, 'refresh');
  });

  it('has a summary that tells a notification’s reader what happened', () => {
    assert.equal(draw({ kind: 'status-changed', goal: facts(), from: 'on-track', at: '2026-11-21T09:00:00.000Z' }).summary, 'Sell more coffee: Behind, 42 % of 56 % expected (was On Track)');
    for (const message of everyKind('Sell more coffee')) assert.ok(draw(message).summary.length > 10, message.kind);
  });

  it(`stays inert, valid and below ${budget} bytes for ${hostile.length} hostile strings in every place`, () => {
    assert.ok(hostile.length >= 50);
    for (const words of hostile) for (const message of everyKind(words)) judge(draw(message), `${message.kind}: ${words.slice(0, 40)}`);
  });

  it('stays inert, valid and small for any string', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), words => {
      for (const message of everyKind(words)) judge(draw(message), words);
    }), { numRuns: 40 });
  });

  it('keeps the letters that people typed', () => {
    const words = wordsOf(contentOf(draw({ kind: 'comment', goal: facts(), by: 'Ben', text: '**Not bold** & <b>not</b> C:\\temp 日本語 👩‍👩‍👧‍👦' })));
    assert.ok(words.includes('**Not bold** & <b>not</b> C:\\temp 日本語 👩‍👩‍👧‍👦'), words);
  });

  it('shows as much of a long comment as fits', () => {
    const drawn = draw({ kind: 'comment', goal: facts(), by: 'Ben', text: 'x'.repeat(8000) });
    assert.ok(wordsOf(contentOf(drawn)).includes('x'.repeat(8000)));
    const wide = draw({ kind: 'comment', goal: facts(), by: 'Ben', text: '長'.repeat(8000) });
    assert.ok(bytesOf(wide) > budget / 3 && bytesOf(wide) <= budget);
    assert.match(wordsOf(contentOf(wide)), /…$/);
  });
});

describe('search answer', () => {
  it('has inert previews and valid cards, and stays small enough a card', () => {
    for (const words of hostile) {
      const { composeExtension } = searchAnswer([{ kind: 'search-results', query: words, goals: [facts({ title: words, owner: words })], more: false }], address);
      assert.ok(composeExtension.type === 'result');
      const [hit] = composeExtension.attachments;
      assert.deepEqual(complaints(hit!.content as IAdaptiveCard), []);
      assert.ok(bytesOf(hit) <= budget, words.slice(0, 40));
      for (const line of Object.values(hit!.preview.content)) assert.doesNotMatch(line, /[<>\n]|\]\(/);
    }
  });
});

/** People's words may stand in text runs, in the summary and in the fallback text: nowhere that is read as Markdown, a macro, a link or a mention. */
function judge(drawn: DrawnMessage, what: string): void {
  assert.ok(bytesOf(drawn) <= budget, `${what}: ${bytesOf(drawn)} bytes`);
  const card = contentOf(drawn);
  assert.deepEqual(complaints(card), [], what);
  for (const part of parts(card)) {
    assert.ok(!('msteams' in part) && !('entities' in part), what);
    if (part['type'] === 'TextBlock') assert.match(String(part['text']), /^(\u00a0|As of \{\{DATE\([-\dT:]+Z,SHORT\)\}\} \{\{TIME\([-\dT:]+Z\)\}\}|[A-Z][\w ,.’“”<>]+)$/, what);
    if (part['type'] === 'TextRun') assert.doesNotMatch(String(part['text']), /\{\{|<\/?at\b|[\u202a-\u202e\u2066-\u2069]|\p{Cc}/iu, what);
    if ('url' in part) assert.equal(part['url'], 'https://waymark.example/goals/2026-q4/g1', what);
  }
  assert.ok(JSON.stringify(drawn).isWellFormed() && drawn.summary.length <= 480, what);
  assert.doesNotMatch(drawn.summary, /<\/?at\b|\n/i, what);
}

describe('plain text', () => {
  it('is one line without marks that steer the reader', () => {
    assert.equal(plain('a\r\n b\u202ec\u0000d', 100), 'a b c d');
    assert.equal(plain('x'.repeat(10), 5), 'xxxx…');
    assert.equal(plain('👍👍👍', 4).isWellFormed(), true);
  });
});
