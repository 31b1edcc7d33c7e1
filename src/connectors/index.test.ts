// The list of connectors and the folder say the same, and the folder is all that the satellite has to carry.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { connectorOf, connectors } from './index.ts';

const folder = new URL('.', import.meta.url);
/** The files that say what a connector is; every other one is a connector. */
const frame = ['auth', 'conformance', 'connector', 'field', 'http', 'index', 'outside', 'source-error', 'sql', 'value'];
const files = fs.readdirSync(folder).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts')).map(name => name.replace('.ts', ''));

describe('the list of connectors', () => {
  it('has exactly one connector for every file that is one, under the same name', () => {
    assert.deepEqual(connectors.map(connector => connector.id).toSorted(), files.filter(name => !frame.includes(name)).toSorted());
  });

  it('has a test with the conformance suite beside every connector', () => {
    for (const { id } of connectors) assert.match(fs.readFileSync(new URL(`${id}.test.ts`, folder), 'utf8'), /\bconforms\(/, id);
  });

  it('imports nothing of ours from outside its folder', () => {
    for (const name of files) {
      const imports = fs.readFileSync(new URL(`${name}.ts`, folder), 'utf8').matchAll(/from '(\.[^']*)'/g);
      for (const [, path] of imports) assert.match(path!, /^\.\/[a-z-]+\.ts$/, `${name}.ts imports ${path}`);
    }
  });

  it('loads a vendor’s client only when a source is opened', () => {
    for (const name of files) {
      const source = fs.readFileSync(new URL(`${name}.ts`, folder), 'utf8');
      assert.doesNotMatch(source, /^import (?!type).*'(pg|@google-cloud\/|azure-devops-node-api)/m, name);
    }
  });

  it('finds a connector by its id, and says so when there is none', () => {
    assert.equal(connectorOf('postgresql').name, 'PostgreSQL');
    assert.throws(() => connectorOf('nothing'), /no connector called nothing/);
  });
});
