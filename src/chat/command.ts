// What people may say to us: text → command, forgiving about case, punctuation and a slip of the finger.

export type Command =
  | { kind: 'help' }
  | { kind: 'search'; words: string }
  /** Empty `words`: everything of the organization. */
  | { kind: 'subscribe'; words: string }
  /** Empty `words`: from everything that this conversation hears about. */
  | { kind: 'unsubscribe'; words: string }
  | { kind: 'subscriptions' }
  /** Empty `words`: the goal of the thread it is said in, else the goals of the current period. */
  | { kind: 'status'; words: string }
  | { kind: 'unknown'; text: string };

/** What can be said, with what it does; for help, and for the `sorry` that follows what we did not understand. */
export const commandHelp: readonly { say: string; does: string }[] = [
  { say: 'search <words>', does: 'find goals by their title' },
  { say: 'status <words>', does: 'see where a goal stands' },
  { say: 'subscribe', does: 'hear here when any goal changes status' },
  { say: 'subscribe <words>', does: 'hear about one goal' },
  { say: 'subscriptions', does: 'see what this conversation hears about' },
  { say: 'unsubscribe', does: 'stop hearing about goals here' },
  { say: 'help', does: 'see this list' },
];

const names: Record<string, Command['kind']> = {
  help: 'help', hi: 'help', hello: 'help', hey: 'help',
  search: 'search', find: 'search',
  subscribe: 'subscribe', follow: 'subscribe',
  unsubscribe: 'unsubscribe', unfollow: 'unsubscribe',
  subscriptions: 'subscriptions',
  status: 'status',
};
/** Long enough that a word one letter away is a slip and not another word. What stops us comes before what starts us. */
const slippery = ['search', 'unsubscribe', 'subscribe', 'subscriptions', 'status'];
const greetings = ['help', 'hello'];

/** `text` is what was said to us, the mention already cut off. */
export function commandOf(text: string): Command {
  const said = text.normalize('NFKC').replaceAll(/\s+/g, ' ').trim();
  const words = trimmed(said).split(' ');
  const first = words[0]!.toLowerCase().replace(/[:,.!]+$/, '');
  const rest = trimmed(words.slice(1).join(' '));
  if (first === '') return { kind: 'help' };

  switch (kindOf(first, words.length)) {
    // "Help needed from legal" is something people say to each other; "help me" is not.
    case 'help': return words.length <= 2 ? { kind: 'help' } : { kind: 'unknown', text: said };
    case 'search': return { kind: 'search', words: without(rest, ['for']) };
    case 'subscribe': return isList(rest) ? { kind: 'subscriptions' } : { kind: 'subscribe', words: orEverything(without(rest, ['to'])) };
    case 'unsubscribe': return { kind: 'unsubscribe', words: orEverything(without(rest, ['from'])) };
    case 'subscriptions': return { kind: 'subscriptions' };
    case 'status': return { kind: 'status', words: without(rest, ['of', 'for']) };
    default: return { kind: 'unknown', text: said };
  }
}

function kindOf(word: string, of: number): Command['kind'] | undefined {
  const known = Object.hasOwn(names, word) ? names[word] : undefined;
  if (known) return known;
  const candidates = of === 1 ? [...slippery, ...greetings] : slippery;
  const meant = candidates.find(name => isOneSlipFrom(name, word));
  return meant === undefined ? undefined : names[meant];
}

/** Whether one letter is missing, too many, wrong, or two neighbours are swapped. */
function isOneSlipFrom(name: string, word: string): boolean {
  if (Math.abs(name.length - word.length) > 1) return false;
  let start = 0;
  while (start < name.length && name[start] === word[start]) start++;
  const [a, b] = [name.slice(start), word.slice(start)];
  return a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1) || (a.slice(2) === b.slice(2) && a[0] === b[1] && a[1] === b[0]);
}

function trimmed(text: string): string {
  return text.replace(/^[\s"'“”„«»‘’/.,!?:;-]+/, '').replace(/[\s"'“”„«»‘’.,!?:;]+$/, '');
}

function without(words: string, fillers: string[]): string {
  const [first, ...others] = words.split(' ');
  return fillers.includes(first!.toLowerCase()) ? trimmed(others.join(' ')) : words;
}

function orEverything(words: string): string {
  return ['all', 'everything', 'all goals', 'organization', 'the organization'].includes(words.toLowerCase()) ? '' : words;
}

function isList(words: string): boolean {
  return ['list', 'status'].includes(words.toLowerCase());
}
