// Message → Adaptive Card 1.5: drawn from standard elements, never larger than Teams takes, and never trusting what people typed.
import type { IAdaptiveCard, IColumn, IColumnSet, IContainer, IRichTextBlock, ITextBlock, ITextRun, TextColor } from '@microsoft/teams.cards';
import { commandHelp } from '../../src/chat/command.ts';
import { farText, percentText, sentence, targetText, valueText } from '../../src/chat/facts.ts';
import type { GoalFacts, Message } from '../../src/chat/message.ts';
import { type GoalRef, kindNames } from '../../src/domain/goal.ts';
import { expectedShown, isPaced, type Status, statusNames } from '../../src/domain/status.ts';

/** Where a goal's page is; opened by the card's button. */
export type GoalAddress = (ref: GoalRef) => string;

/** What is sent: `summary` is what a notification shows, the card is what the conversation shows. */
export interface DrawnMessage {
  type: 'message';
  summary: string;
  attachments: [{ contentType: typeof cardType; content: IAdaptiveCard }];
}

export const cardType = 'application/vnd.microsoft.card.adaptive';
/** Bytes of UTF-8 per activity: Teams documents 28 KB and counts its own additions (docs: performance.md §2). */
const budget = 24_000;
/** How many characters of any one text are shown, and how many rows of a list: the first that fits the budget is taken. */
const sizes = [{ text: 8000, rows: 25 }, { text: 4000, rows: 15 }, { text: 2000, rows: 10 }, { text: 500, rows: 10 }, { text: 120, rows: 5 }, { text: 40, rows: 1 }] as const;
interface Size { text: number; rows: number }

/** `mark` travels as the id of the card's outermost container, where `find` sees it and people do not. */
export function drawnMessage(message: Message, mark: string, address: GoalAddress): DrawnMessage {
  const drawn = sizes.map(size => (): DrawnMessage => ({
    type: 'message',
    summary: plain(summaryOf(message), 240),
    attachments: [{ contentType: cardType, content: card(message, mark, address, size) }],
  }));
  const last = drawn.at(-1)!;
  for (const draw of drawn) {
    const activity = draw();
    if (bytes(activity) <= budget || draw === last) return activity;
  }
  throw new Error('unreachable: the last size is always taken');
}

export function goalCard(goal: GoalFacts, mark: string, address: GoalAddress): IAdaptiveCard {
  return drawnMessage({ kind: 'goal', goal }, mark, address).attachments[0].content;
}

function card(message: Message, mark: string, address: GoalAddress, size: Size): IAdaptiveCard {
  const { items, actions } = parts(message, address, size);
  const container: IContainer = { type: 'Container', id: mark, items };
  return {
    type: 'AdaptiveCard', version: '1.5', $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    fallbackText: plain(summaryOf(message), 240),
    body: [container],
    ...(actions ? { actions } : {}),
  };
}

type Actions = NonNullable<IAdaptiveCard['actions']>;
interface Parts { items: IContainer['items']; actions?: Actions }

function parts(message: Message, address: GoalAddress, size: Size): Parts {
  switch (message.kind) {
    case 'goal':
      return { items: goalItems(message.goal, size), actions: goalActions(message.goal, address) };
    case 'status-changed':
      return { items: goalItems(message.goal, size, message.from), actions: goalActions(message.goal, address) };
    case 'goal-gone':
      return { items: [text([{ text: message.title, weight: 'Bolder' }], size), text([{ text: `${message.by} deleted this goal.`, size: 'Small', isSubtle: true }], size)] };
    case 'goal-hidden':
      return { items: [text([{ text: 'This goal is private now. Whoever may see it finds it in Waymark.', isSubtle: true }], size)] };
    case 'search-results':
      return {
        items: [
          heading(message.query === '' ? 'Goals of this period' : `Goals matching “${message.query}”`, size),
          ...message.goals.slice(0, size.rows).map(goal => row(goal, address, size)),
          ...(message.more || message.goals.length > size.rows ? [note('There are more. Search with other words to see them.')] : []),
        ],
      };
    case 'comment':
      return {
        items: [
          text([{ text: message.by, weight: 'Bolder' }, { text: ' commented in Waymark' }], size),
          ...linesOf(message.text, size).map(line => text([{ text: line }], size)),
        ],
        actions: [viewDetails(message.goal, address)],
      };
    case 'help':
      return {
        items: [
          heading('Goals that keep themselves current', size),
          text([{ text: 'Mention me with one of these, or search goals from the box where you write messages.' }], size),
          ...commandHelp.map(line => commandLine(line.say, line.does, size)),
        ],
      };
    case 'subscribed':
      return { items: [text([
        { text: message.already ? 'Already subscribed: ' : 'Subscribed: ', weight: 'Bolder' }, { text: message.where },
        { text: message.already ? ' hears about ' : ' now hears about ' }, { text: message.about, weight: 'Bolder' },
      ], size), note('A card appears here when a status changes, and stays current. Say “unsubscribe” to stop.')] };
    case 'unsubscribed':
      return { items: [text(message.was
        ? [{ text: 'Unsubscribed: ', weight: 'Bolder' }, { text: message.where }, { text: ' no longer hears about ' }, { text: message.about, weight: 'Bolder' }]
        : [{ text: message.where }, { text: ' was not subscribed to ' }, { text: message.about, weight: 'Bolder' }], size),
      note(message.was ? 'Say “subscribe” to hear again.' : 'Say “subscriptions” to see what it hears about.')] };
    case 'subscriptions':
      return { items: message.about.length === 0
        ? [text([{ text: message.where, weight: 'Bolder' }, { text: ' hears about no goals yet.' }], size), note('Say “subscribe” to hear about all goals, or “subscribe <words>” for one.')]
        : [text([{ text: message.where, weight: 'Bolder' }, { text: ' hears about:' }], size), ...message.about.slice(0, size.rows).map(about => text([{ text: `• ${about}` }], size))] };
    case 'sorry':
      return { items: [text([{ text: message.text }], size), ...message.tryInstead.slice(0, size.rows).map(say => commandLine(say, undefined, size))] };
  }
}

/** One sentence in plain text: what a notification, a screen reader or an old client shows. */
function summaryOf(message: Message): string {
  switch (message.kind) {
    case 'goal': return sentence(message.goal);
    case 'status-changed': return message.from === message.goal.status ? sentence(message.goal) : `${sentence(message.goal)} (was ${statusNames[message.from]})`;
    case 'goal-gone': return `${message.title} was deleted by ${message.by}`;
    case 'goal-hidden': return 'This goal is private now';
    case 'search-results': return message.query === '' ? `${message.goals.length} goals` : `${message.goals.length} goals matching “${message.query}”`;
    case 'comment': return `${message.by} on ${message.goal.title}: ${message.text}`;
    case 'help': return 'What Waymark can do for you here';
    case 'subscribed': return `${message.where} hears about ${message.about}`;
    case 'unsubscribed': return message.was ? `${message.where} no longer hears about ${message.about}` : `${message.where} was not subscribed to ${message.about}`;
    case 'subscriptions': return message.about.length === 0 ? `${message.where} hears about no goals yet` : `What ${message.where} hears about`;
    case 'sorry': return message.text;
  }
}

const colours: Record<Status, TextColor> = {
  'not-started': 'Default', 'on-track': 'Good', behind: 'Warning', 'at-risk': 'Attention',
  'in-progress': 'Accent', closed: 'Default', postponed: 'Default', reopened: 'Accent',
};
const barStyles: Record<Status, NonNullable<IColumn['style']>> = {
  'not-started': 'accent', 'on-track': 'good', behind: 'warning', 'at-risk': 'attention',
  'in-progress': 'accent', closed: 'accent', postponed: 'accent', reopened: 'accent',
};

function goalItems(goal: GoalFacts, size: Size, from?: Status) {
  const expected = expectedShown(goal, goal.expected);
  const place = text([{ text: `${kindNames[goal.kind]} · ${goal.period}`, size: 'Small', isSubtle: true }], size);
  const status = { text: statusNames[goal.status], weight: 'Bolder', color: colours[goal.status] } as const;
  const was = from !== undefined && from !== goal.status ? from : undefined;
  return [
    ...(was ? [place, text([{ text: `was ${statusNames[was]}, now `, isSubtle: true }, status], size)] : [beside(place, text([status], size))]),
    heading(goal.title, size),
    text([{ text: valueText(goal.outcome, goal.value), size: 'Large', weight: 'Bolder' }, { text: `  ${targetText(goal.outcome)}`, isSubtle: true }], size),
    // A limit is kept or not: a bar at 0 or 100 would say less than the value and the status.
    ...(goal.progress === null || !isPaced(goal.outcome) ? [] : [
      bar(goal.progress, goal.status, size),
      ...(expected === undefined ? [] : [marker(expected, size)]),
    ]),
    text([{ text: goal.source ? `${goal.owner} · ${goal.source}` : goal.owner, size: 'Small', isSubtle: true }], size),
    age(goal.asOf),
  ];
}

/** Drawn so that a reader in another time zone sees their own date and time. */
function age(asOf: string | null): ITextBlock {
  const seconds = asOf && `${new Date(asOf).toISOString().slice(0, 19)}Z`;
  return note(seconds ? `As of {{DATE(${seconds},SHORT)}} {{TIME(${seconds})}}` : 'Nobody has said a value yet.');
}

/**
 * Progress as two coloured columns with its words inside, in the wider one. The words make the bar as high as Teams makes every coloured
 * column, and say what colour alone must not say. A column is never narrower than its padding, so that very little shows as a little more.
 */
function bar(progress: number, status: Status, size: Size): IColumnSet {
  const done = text([{ text: `${percentText(progress)} done`, weight: 'Bolder' }], size);
  const width = Math.round(progress);
  const fill = segment(width, barStyles[status], progress >= 50 ? done : filler);
  const rest = segment(100 - width, 'emphasis', progress >= 50 ? filler : done);
  return { type: 'ColumnSet', spacing: 'Small', columns: [...(width > 0 ? [fill] : []), ...(width < 100 ? [rest] : [])] };
}

/** Points from below at where the bar should end today. */
function marker(expected: number, size: Size): IColumnSet {
  const width = Math.min(99, Math.max(1, Math.round(expected)));
  const small = { size: 'Small', isSubtle: true } as const;
  const words = `${percentText(expected)} expected by now`;
  const before: IRichTextBlock = { ...text([{ text: `${words} ▲`, ...small }], size), horizontalAlignment: 'Right' };
  const after = text([{ text: `▲ ${words}`, ...small }], size);
  const [left, right] = expected >= 50 ? [before, filler] : [filler, after];
  return { type: 'ColumnSet', spacing: 'None', columns: [segment(width, undefined, left), segment(100 - width, undefined, right)] };
}

/** An empty column is left out by some clients. */
const filler: ITextBlock = { type: 'TextBlock', text: '\u00a0', size: 'Small' };

function segment(width: number, style: IColumn['style'], item: ITextBlock | IRichTextBlock): IColumn {
  return { type: 'Column', width, spacing: 'None', ...(style ? { style } : {}), items: [item] };
}

function row(goal: GoalFacts, address: GoalAddress, size: Size): IContainer {
  return {
    type: 'Container', separator: true, spacing: 'Small', selectAction: viewDetails(goal, address),
    items: [beside(
      text([{ text: goal.title, weight: 'Bolder' }], size),
      text([{ text: `${farText(goal)} `, isSubtle: true }, { text: statusNames[goal.status], color: colours[goal.status], weight: 'Bolder' }], size),
    )],
  };
}

function goalActions(goal: GoalFacts, address: GoalAddress): Actions {
  const act = goal.source ? { verb: 'sync-now', title: 'Sync now' } : { verb: 'refresh', title: 'Refresh' };
  return [viewDetails(goal, address), { type: 'Action.Execute', ...act, data: { goal: goal.ref } }];
}

function viewDetails(goal: GoalFacts, address: GoalAddress) {
  return { type: 'Action.OpenUrl' as const, title: 'View details', url: address(goal.ref) };
}

function beside(left: IRichTextBlock, right: IRichTextBlock): IColumnSet {
  return {
    type: 'ColumnSet',
    columns: [{ type: 'Column', width: 'stretch', items: [left] }, { type: 'Column', width: 'auto', items: [right] }],
  };
}

function heading(title: string, size: Size): IRichTextBlock {
  return text([{ text: title, size: 'Medium', weight: 'Bolder' }], size);
}

function commandLine(say: string, does: string | undefined, size: Size): IRichTextBlock {
  return text([{ text: say, fontType: 'Monospace' }, ...(does ? [{ text: `  ${does}`, isSubtle: true }] : [])], size);
}

/** Our own words. The only place where Markdown and date macros are read. */
function note(words: string): ITextBlock {
  return { type: 'TextBlock', text: words, size: 'Small', isSubtle: true, wrap: true, spacing: 'Small' };
}

/** Runs are never read as Markdown: whatever people typed stays the letters they typed. */
function text(runs: Omit<ITextRun, 'type'>[], size: Size): IRichTextBlock {
  return { type: 'RichTextBlock', spacing: 'Small', inlines: runs.map(run => ({ type: 'TextRun' as const, ...run, text: plain(run.text ?? '', size.text) })) };
}

function linesOf(words: string, size: Size): string[] {
  return plainLines(words, size.text).split('\n').filter(line => line.trim() !== '');
}

/**
 * Text that people or sources made, on one line: without control characters, without marks that turn reading direction around, and with
 * a word joiner inside what Teams would take for a mention, a date macro or a link.
 */
export function plain(words: string, most: number): string {
  return plainLines(words, most).replaceAll(/\s*\n\s*/g, ' ');
}

function plainLines(words: string, most: number): string {
  const clean = words.toWellFormed()
    .replaceAll(/\r\n?|\u2028|\u2029/g, '\n')
    .replaceAll(/(?!\n)\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, ' ');
  const cut = clean.length > most ? `${clean.slice(0, most - 1)}…`.toWellFormed() : clean;
  return cut.replaceAll(/\{(?=\{)/g, '{\u2060').replaceAll(/<(?=\/?at\b)/gi, '<\u2060').replaceAll('](', ']\u2060(');
}

function bytes(activity: DrawnMessage): number {
  return Buffer.byteLength(JSON.stringify(activity));
}
