// Which features are proved: by passed tests of unchanged files alone, from real runs of mocha with our reporter to what is printed.
// No title here may look as if it bore an id: it would be taken for a proof.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Tree, featuresIn, idsIn, inJson, inWords, proof } from './features.ts';
import { type FileResults, type TestResults, place } from './test-results.ts';

const features = featuresIn('# Features\n\n- C28 Weights sum to 100\n- C29 Weights can be fixed\n- A01 Several organizations\n');
const plain = (_: string, text: string) => text;

function said(tests: FileResults['tests'], file: Partial<FileResults> = {}): FileResults {
  return { digest: 'same', began: '2026-10-19T12:00:00Z', defined: tests.length, tests, ...file };
}

function shown(results: TestResults, tree: Partial<Tree> = {}) {
  return proof(features, results, { tests: [], digest: () => 'same', sources: [], ...tree });
}

describe('the list of features', () => {
  it('is read in its order', () => {
    assert.deepEqual(features.map(({ id }) => id), ['C28', 'C29', 'A01']);
    assert.equal(features[1]!.sentence, 'Weights can be fixed');
  });

  for (const line of ['- C1 One digit', '- C28: A colon', '- C28', '* C28 A star', '  - C28 Indented']) {
    it(`refuses "${line.replace('C28', 'an id')}" rather than leaving it out`, () => {
      assert.throws(() => featuresIn(`\n${line}\n`), /docs\/features\.md, line 2: .* should be a dash, an id and a sentence/);
    });
  }

  it('refuses an id that stands there twice', () => {
    assert.throws(() => featuresIn('- C28 Weights\n- C29 Fixed\n- C28 Again\n'), /C28 stands there twice/);
  });

  it('of this project can be read', () => {
    assert.ok(featuresIn(readFileSync(join(import.meta.dirname, '..', 'docs', 'features.md'), 'utf8')).length > 0);
  });
});

describe('the ids in a title', () => {
  const titles: [string, string[]][] = [
    ['splits the rest equally (C28, C29)', ['C28', 'C29']],
    ['measures (C09–C11, A01) all (C10)', ['C09', 'C10', 'C11', 'A01']],
    ['measures (C09-C11)', ['C09', 'C10', 'C11']],
    ['backwards (C11–C09)', ['C09', 'C10', 'C11']],
    ['of two letters (C28–A01)', ['C28', 'A01']],
    ['bears none: B12, C1, C123, XC12, c12, C12x', []],
  ];
  titles.forEach(([title, ids], n) => {
    it(`are found, example ${n + 1}`, () => assert.deepEqual(idsIn(title), ids));
  });
});

describe('what is proved', () => {
  it('is what a passed test names; a failed and a pending one prove nothing', () => {
    const answer = inJson(shown({
      'src/a.test.ts': said([{ title: 'a sums (C28)', state: 'passed' }, { title: 'a splits (C28, C29)', state: 'failed' }]),
      'src/b.test.ts': said([{ title: 'b holds (A01)', state: 'pending' }, { title: 'b sums too (C28)', state: 'passed' }]),
    }));
    assert.deepEqual(answer, { proved: { C28: ['a sums (C28)', 'b sums too (C28)'] }, unproven: ['C29', 'A01'] });
  });

  it('takes nothing from a file that changed or is gone since it ran, and says so', () => {
    const digests: Record<string, string> = { 'src/changed.test.ts': 'another', 'src/kept.test.ts': 'same' };
    const found = shown({
      'src/changed.test.ts': said([{ title: 'sums (C28)', state: 'passed' }]),
      'src/gone.test.ts': said([{ title: 'splits (C29)', state: 'passed' }]),
      'src/kept.test.ts': said([{ title: 'has two (A01)', state: 'passed' }]),
    }, { digest: file => digests[file] });
    assert.deepEqual(inJson(found), { proved: { A01: ['has two (A01)'] }, unproven: ['C28', 'C29'] });
    assert.deepEqual(found.doubts, [
      'Changed since they ran, so not counted: src/changed.test.ts. Run npm test.',
      'Gone since they ran, so not counted: src/gone.test.ts. Run npm test.',
    ]);
  });

  it('is in doubt where a file never ran, ran in part, or stands on code saved since', () => {
    const found = shown({
      'src/early.test.ts': said([], { began: '2026-10-19T12:00:00Z' }),
      'src/part.test.ts': said([{ title: 'sums', state: 'passed' }], { began: '2026-10-19T13:00:00Z', defined: 3 }),
    }, {
      tests: ['src/early.test.ts', 'src/new.test.ts', 'src/part.test.ts'],
      sources: [{ file: 'src/before.ts', saved: Date.parse('2026-10-19T11:59:00Z') }, { file: 'src/since.ts', saved: Date.parse('2026-10-19T12:30:00Z') }],
    });
    assert.deepEqual(found.doubts, [
      'Not run here yet: src/new.test.ts. Run npm test.',
      'Run only in part: src/part.test.ts (1 of 3 tests). Run npm test.',
      'Saved after the oldest of these results, so perhaps no longer what was tested: src/since.ts. Run npm test.',
    ]);
  });

  it('warns of an id that the list does not know', () => {
    const { doubts } = shown({ 'src/a.test.ts': said([{ title: 'sums (C82)', state: 'passed' }]) });
    assert.deepEqual(doubts, ['C82 is not in docs/features.md, but src/a.test.ts names it: "sums (C82)". Put the title right, or add the line.']);
  });

  it('is told to people count first, then what is missing, then each test with its file, the failed ones too', () => {
    const text = inWords(shown({
      'src/a.test.ts': said([{ title: 'sums (C28)', state: 'passed' }, { title: 'splits what is left (C28)', state: 'failed' }, { title: 'fixes (C29)', state: 'failed' }]),
    }), plain);
    assert.deepEqual(text.split('\n'), [
      '1 of 3 proved',
      '',
      'Unproven',
      '  C29  Weights can be fixed',
      '       failed   fixes (C29)  src/a.test.ts',
      '  A01  Several organizations',
      '',
      'Proved',
      '  C28  Weights sum to 100',
      '       passed   sums (C28)                 src/a.test.ts',
      '       failed   splits what is left (C28)  src/a.test.ts',
    ]);
    assert.match(inWords(shown({}), (style, text) => `<${style}>${text}`), /^<bold>0 of 3 proved\n\n<bold>Unproven\n {2}<red>C28 /);
  });
});

describe('npm run features', () => {
  let folder: string;
  const write = (file: string, lines: string[]) => writeFileSync(join(folder, file), `${lines.join('\n')}\n`);
  const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: undefined } });
  const mocha = (...args: string[]) => node(join(import.meta.dirname, '..', 'node_modules', 'mocha', 'bin', 'mocha.js'), '--no-config', '--no-package', '--reporter', join(import.meta.dirname, 'test-summary.js'), ...args);
  const program = (...options: string[]) => node(join(import.meta.dirname, 'features.ts'), ...options);
  const answer = () => JSON.parse(program('--json').stdout) as ReturnType<typeof inJson>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waymark-features-'));
    for (const inside of ['docs', 'src']) mkdirSync(join(folder, inside));
    write('docs/features.md', ['- C28 Weights sum to 100', '- C29 Weights can be fixed', '- C30 Children can be left out', '- C31 Metrics add up', '- A01 Several organizations']);
    write('src/weights.test.ts', [
      "describe('weights (C28)', () => {",
      "  it('sum', () => {});",
      "  it('are fixed (C29)', () => { throw new Error('not yet'); });",
      "  it.skip('leave out (C30)', () => {});",
      '});',
      "describe('metrics', () => {",
      "  afterEach(() => { throw new Error('left something behind'); });",
      "  it('add up (C31)', () => {});",
      '});',
      "describe('scores', () => {",
      "  before(() => { throw new Error('no start'); });",
      "  it('come after (C31)', () => {});",
      '});',
    ]);
    write('src/tenant.test.ts', ["it('has organizations (A01)', () => {});", "it('has people', () => {});"]);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('names the remedy when nothing has run, or what ran cannot be read', () => {
    for (const damage of [undefined, '{"src/a.test.ts": 1}', '{"src']) {
      if (damage) { mkdirSync(join(folder, 'build'), { recursive: true }); writeFileSync(join(folder, place), damage); }
      const { status, stdout, stderr } = program('--json');
      assert.equal(status, 1);
      assert.equal(stdout, '');
      assert.match(stderr, /Run npm test first\./);
    }
  });

  it('believes only the test that passed, among those that failed, are pending, or are undone by a hook', () => {
    const run = mocha('src/weights.test.ts');
    assert.equal(run.stdout.trimEnd().split('\n').at(-1), '2 passed, 4 failed');
    assert.deepEqual(answer(), { proved: { C28: ['weights (C28) sum'] }, unproven: ['C29', 'C30', 'C31', 'A01'] });
    const { stdout } = program();
    assert.match(stdout, /^1 of 5 proved\n/);
    assert.match(stdout, /failed +weights \(C28\) are fixed \(C29\) +src\/weights\.test\.ts/);
    assert.match(stdout, /failed +metrics add up \(C31\)/);
    assert.match(stdout, /Run only in part: src\/weights\.test\.ts \(4 of 5 tests\)/);
    assert.match(stdout, /Not run here yet: src\/tenant\.test\.ts\./);
    assert.ok(!stdout.includes('\u001B'), 'colours where nobody sees them');
  });

  it('keeps what other files said, until they change', () => {
    mocha('src/weights.test.ts');
    assert.equal(mocha('src/tenant.test.ts').status, 0);
    assert.deepEqual(Object.keys(answer().proved), ['C28', 'A01']);
    appendFileSync(join(folder, 'src/weights.test.ts'), '// changed\n');
    assert.deepEqual(Object.keys(answer().proved), ['A01']);
    assert.match(program('--json').stderr, /Changed since they ran, so not counted: src\/weights\.test\.ts/);
    rmSync(join(folder, 'src/weights.test.ts'));
    mocha('src/tenant.test.ts');
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(folder, place), 'utf8'))), ['src/tenant.test.ts']);
  });

  it('believes neither a dry run nor a run that died, and what --grep leaves out keeps what it said', () => {
    assert.equal(mocha('--dry-run', 'src/tenant.test.ts').status, 0);
    assert.equal(program('--json').status, 1);
    mocha('src/tenant.test.ts');
    mocha('--grep', 'sum', 'src/weights.test.ts', 'src/tenant.test.ts');
    assert.deepEqual(answer().proved, { C28: ['weights (C28) sum'], A01: ['has organizations (A01)'] });
    assert.match(program().stdout, /Run only in part: src\/weights\.test\.ts \(1 of 5 tests\)/);
    mocha('--grep', 'people', 'src/tenant.test.ts');
    assert.deepEqual(Object.keys(answer().proved), ['C28'], 'a file is as proved as its last run');
    write('src/dying.test.ts', ["describe('a run', () => {", "  it('is cut short (A01)', () => {});", "  it('here', () => { if (process.getBuiltinModule('node:fs').existsSync('deadly')) process.exit(3); });", '});']);
    mocha('src/dying.test.ts');
    assert.deepEqual(answer().proved.A01, ['a run is cut short (A01)']);
    write('deadly', []);
    assert.equal(mocha('src/dying.test.ts').status, 3);
    assert.equal(answer().proved.A01, undefined);
  });

  it('fails with --check while a line is unproven, and not once all are', () => {
    mocha('src/tenant.test.ts');
    assert.equal(program().status, 0);
    assert.equal(program('--check').status, 1);
    assert.equal(program('--check', '--json').status, 1);
    write('docs/features.md', ['- A01 Several organizations']);
    assert.equal(program('--check').status, 0);
  });

  it('refuses what it does not know', () => {
    const { status, stderr } = program('--jsn');
    assert.equal(status, 2);
    assert.match(stderr, /no option --jsn\. Choose from --json, --check\./);
    mocha('src/tenant.test.ts');
    write('docs/features.md', ['- A1 Several organizations']);
    assert.match(program().stderr, /^docs\/features\.md, line 1: /);
  });
});
