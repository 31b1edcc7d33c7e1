// The catalogue is whole: 33 rows, and every connector stands in it.
import assert from 'node:assert/strict';
import { connectors } from './connectors/index.ts';
import { integrations, type Integration } from './integrations.ts';

const rows: readonly Integration[] = integrations;

describe('the catalogue of integrations', () => {
  it('has 33 rows: 31 for data and 2 for collaboration', () => {
    assert.equal(rows.length, 33);
    assert.equal(rows.filter(row => row.type === 'data').length, 31);
    assert.deepEqual(rows.filter(row => row.type === 'collaboration').map(row => row.name), ['Slack', 'Teams']);
  });

  it('has 3 rows inside the Microsoft 365 boundary, 5 that cross into Microsoft, 25 of third parties', () => {
    const counts = Object.groupBy(rows, row => row.category);
    assert.deepEqual(Object.entries(counts).map(([category, found]) => [category, found.length]).toSorted(), [['Cross-boundary Microsoft', 5], ['In-boundary Microsoft 365', 3], ['Third-party', 25]]);
  });

  it('has a row for every connector, of the same id and name, and points at no connector that is not there', () => {
    const pointed = rows.filter(row => row.connector !== null);
    assert.deepEqual(pointed.map(row => row.connector).toSorted(), connectors.map(connector => connector.id).toSorted());
    for (const row of pointed) assert.equal(row.name, connectors.find(connector => connector.id === row.connector)!.name);
  });

  it('gives every row an id of its own and terms on the web', () => {
    assert.equal(new Set(rows.map(row => row.id)).size, rows.length);
    for (const row of rows) {
      assert.match(row.id, /^[a-z0-9-]+$/);
      assert.equal(new URL(row.terms).protocol, 'https:');
    }
  });
});
