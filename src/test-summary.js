// Mocha's own "spec" report, closed by the one line that CI reads. A pending test counts as failed: nothing is skipped for decoration.
// It also keeps what each test said for "npm run features", as src/test-results.ts describes it.
import { relative, sep } from 'node:path';
import Mocha from 'mocha';
import { digestOf, keepResults } from './test-results.ts';

export default class TestSummary extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    // A dry run passes every test without running it.
    if (!options.dryRun) keepWhatIsSaid(runner, process.cwd());
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      if (pending > 0) {
        console.log(`${pending} tests are pending: a test that does not run proves nothing. Finish or delete them.`);
        process.exitCode = 1;
      }
      console.log(`${passes} passed, ${failures + pending} failed`);
    });
  }
}

/** Written when the run begins, with no test finished, and again when it ends: a run that dies leaves no older results behind. */
function keepWhatIsSaid(runner, folder) {
  const began = new Date(performance.timeOrigin).toISOString();
  const files = new Map();
  const finished = [];
  const undone = new Set();
  const keep = () => keepResults(folder, Object.fromEntries([...files].map(([file, facts]) => [
    relative(folder, file).split(sep).join('/'),
    { ...facts, tests: finished.filter(test => test.file === file).map(test => ({ title: test.fullTitle(), state: undone.has(test) ? 'failed' : test.state })) },
  ])));

  runner.once('start', () => {
    const tests = [];
    runner.suite.eachTest(test => { tests.push(test); });
    // With --grep, a file none of whose tests is asked for keeps its results. Mocha counts the tests asked for in anything that has tests.
    const asked = tests.filter(test => runner.grepTotal({ eachTest: visit => visit(test) }) > 0);
    for (const file of new Set(asked.map(({ file }) => file))) files.set(file, { digest: digestOf(file), began, defined: 0 });
    for (const { file } of tests) if (files.has(file)) files.get(file).defined += 1;
    keep();
  });
  runner.on('test end', test => finished.push(test));
  // Mocha lets a test stand as passed when the "after each" hook that looked at what it left behind fails.
  runner.on('fail', failed => { if (failed.type === 'hook' && failed.title.startsWith('"after each"')) undone.add(failed.ctx.currentTest); });
  runner.once('end', keep);
}
