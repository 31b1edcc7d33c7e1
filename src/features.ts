// "npm run features": which lines of docs/features.md the tests proved when they last ran, and which nothing has proved yet.
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { type TestResults, digestOf, place, readResults } from './test-results.ts';

export interface Feature { id: string; sentence: string }
interface NamedTest { title: string; file: string; state: 'passed' | 'failed' | 'pending' }

export interface Proof {
  /** Every feature in the list's order, with the tests that name it. It is proved when one of them passed. */
  lines: { feature: Feature; tests: NamedTest[] }[];
  /** What a reader must know before trusting the lines, each with its remedy. */
  doubts: string[];
}

/** How the tree stands now, against what the runs recorded. */
export interface Tree {
  tests: string[];
  /** Of a test file as it is now; nothing when it is gone. */
  digest: (file: string) => string | undefined;
  /** Everything else that tests stand on, with the time it was last saved, in milliseconds. */
  sources: { file: string; saved: number }[];
}

const list = 'docs/features.md';

/** Every bullet of the list is a feature: one that cannot be read is an error, because a line left out would count as nothing to prove. */
export function featuresIn(text: string): Feature[] {
  const features = text.split('\n').flatMap((line, n) => {
    if (!/^\s*[-*+]/.test(line)) return [];
    const [, id, sentence] = /^- ([CAITRS]\d{2}) (\S.*)$/.exec(line.trimEnd()) ?? [];
    if (!id || !sentence) throw new UnreadableList(`${list}, line ${n + 1}: "${line}" should be a dash, an id and a sentence, such as "- C01 Objectives and key results".`);
    return [{ id, sentence }];
  });
  const twice = features.find(({ id }, n) => features.findIndex(f => f.id === id) !== n);
  if (twice) throw new UnreadableList(`${list}: ${twice.id} stands there twice. Give one of the two lines an id of its own.`);
  return features;
}

export class UnreadableList extends Error {}

/** The ids in a test's title, those inside a range such as C12–C14 among them. */
export function idsIn(title: string): string[] {
  const found = title.matchAll(/\b([CAITRS])(\d{2})\b(?:[–-]\1(\d{2})\b)?/g);
  return [...new Set([...found].flatMap(([, letter, first, last]) => {
    const [from, to] = [Number(first), Number(last ?? first)].toSorted((a, b) => a - b) as [number, number];
    return Array.from({ length: to - from + 1 }, (_, n) => `${letter}${String(from + n).padStart(2, '0')}`);
  }))];
}

/** A file counts only as it was when it ran. */
export function proof(features: Feature[], results: TestResults, tree: Tree): Proof {
  const files = Object.entries(results).map(([file, said]) => ({ file, said, now: tree.digest(file) }));
  const counted = files.filter(({ said, now }) => now === said.digest);
  const named = counted.flatMap(({ file, said }) => said.tests.map(test => ({ ids: idsIn(test.title), test: { ...test, file } })));
  const listed = new Set(features.map(({ id }) => id));
  const oldest = Math.min(...counted.map(({ said }) => Date.parse(said.began)));
  return {
    lines: features.map(feature => ({ feature, tests: named.filter(({ ids }) => ids.includes(feature.id)).map(({ test }) => test) })),
    doubts: [
      ...doubt('Changed since they ran, so not counted', files.filter(({ said, now }) => now !== undefined && now !== said.digest).map(({ file }) => file)),
      ...doubt('Gone since they ran, so not counted', files.filter(({ now }) => now === undefined).map(({ file }) => file)),
      ...doubt('Not run here yet', tree.tests.filter(file => !(file in results))),
      ...doubt('Run only in part', counted.filter(({ said }) => said.tests.length < said.defined).map(({ file, said }) => `${file} (${said.tests.length} of ${said.defined} tests)`)),
      ...doubt('Saved after the oldest of these results, so perhaps no longer what was tested', tree.sources.filter(({ saved }) => saved > oldest).map(({ file }) => file)),
      ...named.flatMap(({ ids, test }) => ids.filter(id => !listed.has(id)).map(id => `${id} is not in ${list}, but ${test.file} names it: "${test.title}". Put the title right, or add the line.`)),
    ],
  };
}

function doubt(what: string, files: string[]): string[] {
  if (files.length === 0) return [];
  const more = files.length > 5 ? ` and ${files.length - 5} more` : '';
  return [`${what}: ${files.slice(0, 5).join(', ')}${more}. Run npm test.`];
}

const passed = (test: NamedTest) => test.state === 'passed';
const isProved = ({ tests }: { tests: NamedTest[] }) => tests.some(passed);
const unproved = ({ lines }: Proof) => lines.filter(line => !isProved(line));

/** What "--json" prints: titles of the tests that passed by id, and the ids without one. */
export function inJson(proof: Proof): { proved: Record<string, string[]>; unproven: string[] } {
  return {
    proved: Object.fromEntries(proof.lines.filter(isProved).map(({ feature, tests }) => [feature.id, tests.filter(passed).map(({ title }) => title)])),
    unproven: unproved(proof).map(({ feature }) => feature.id),
  };
}

type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string;

/** For people: the count, what to know about it, the unproven lines, then the proved ones with their tests. */
export function inWords(proof: Proof, paint: Paint): string {
  const missing = unproved(proof);
  const proved = proof.lines.filter(isProved);
  return [
    paint('bold', `${proved.length} of ${proof.lines.length} proved`),
    ...proof.doubts.map(doubt => paint('yellow', doubt)),
    ...(missing.length > 0 ? ['', paint('bold', 'Unproven')] : []),
    ...missing.flatMap(({ feature, tests }) => [`  ${paint('red', feature.id)}  ${feature.sentence}`, ...testLines(tests, paint)]),
    ...(proved.length > 0 ? ['', paint('bold', 'Proved')] : []),
    ...proved.flatMap(({ feature, tests }) => [`  ${paint('green', feature.id)}  ${feature.sentence}`, ...testLines(tests, paint)]),
  ].join('\n');
}

function testLines(tests: NamedTest[], paint: Paint): string[] {
  const width = Math.max(...tests.map(({ title }) => title.length));
  return tests.map(test => {
    const state = test.state.padEnd('pending'.length);
    return `       ${passed(test) ? paint('dim', state) : paint('red', state)}  ${test.title.padEnd(width)}  ${paint('dim', test.file)}`;
  });
}

function treeIn(folder: string): Tree {
  const files = globSync('{src,bot,bench,tab}/**/*.{ts,tsx,js}', { cwd: folder, exclude: ['**/node_modules/**', '**/dist/**'] }).map(file => file.replaceAll('\\', '/')).toSorted();
  const isTest = (file: string) => file.endsWith('.test.ts');
  return {
    tests: files.filter(isTest),
    digest: file => digestOf(join(folder, file)),
    sources: files.filter(file => !isTest(file)).map(file => ({ file, saved: statSync(join(folder, file)).mtimeMs })),
  };
}

/** The exit code: 1 with --check when a line is unproven, and whenever there is nothing to tell from; 2 when it is not known what was asked. */
function main(options: string[], folder: string): number {
  const unknown = options.filter(option => option !== '--json' && option !== '--check');
  if (unknown.length > 0) {
    console.error(`There is no option ${unknown.join(', ')}. Choose from --json, --check.`);
    return 2;
  }
  const results = readResults(folder);
  if (!results) {
    console.error(`No run of the tests has left results here (${place}). Run npm test first.`);
    return 1;
  }
  const shown = proof(featuresIn(readFileSync(join(folder, list), 'utf8')), results, treeIn(folder));
  if (options.includes('--json')) {
    shown.doubts.forEach(doubt => console.error(doubt));
    console.log(JSON.stringify(inJson(shown)));
  } else {
    console.log(inWords(shown, (style, text) => styleText(style, text, { stream: process.stdout })));
  }
  return options.includes('--check') && unproved(shown).length > 0 ? 1 : 0;
}

if (import.meta.main) {
  try {
    process.exitCode = main(process.argv.slice(2), process.cwd());
  } catch (error) {
    console.error(error instanceof UnreadableList ? error.message : error);
    process.exitCode = 1;
  }
}
