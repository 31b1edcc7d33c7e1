// When an integration can be used, and what is said when it cannot.
import assert from 'node:assert/strict';
import type { IntegrationView } from '../../src/api.ts';
import { isBuilt, isUsable, whyNot } from './integration-words.ts';

const metrics: IntegrationView['metrics'] = [{ id: 'value', title: 'Value', help: '', percent: true, fields: [] }];
const postgresql: IntegrationView = { id: 'postgresql', name: 'PostgreSQL', category: 'Third-party', type: 'data', terms: '', enabled: true, connections: 0, auth: [], connection: [], metrics };

describe('an integration', () => {
  it('can be used once it is enabled and nothing blocks it', () => {
    assert.equal(isUsable(postgresql), true);
    assert.equal(whyNot(postgresql), undefined);
    assert.equal(isUsable({ ...postgresql, enabled: false }), false);
    assert.equal(isUsable({ ...postgresql, blocked: 'The tenant forbids it.' }), false);
  });

  it('says why it cannot, in the server’s words where there are any', () => {
    assert.equal(whyNot({ ...postgresql, enabled: false, blocked: 'Ask Ada.' }), 'Ask Ada.');
    assert.equal(whyNot({ ...postgresql, enabled: false }), 'An admin can enable PostgreSQL under Integrations.');
    assert.equal(whyNot({ ...postgresql, enabled: false, metrics: [] }), 'Waymark cannot read PostgreSQL yet.');
  });

  it('is not enabled where there is nothing to enable', () => {
    assert.equal(isBuilt({ ...postgresql, metrics: [] }), false);
    assert.equal(whyNot({ ...postgresql, type: 'collaboration', enabled: false, metrics: [] }), undefined);
  });
});
