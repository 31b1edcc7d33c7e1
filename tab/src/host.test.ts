// Who may stand in for Teams.
import assert from 'node:assert/strict';
import { loopback } from './host.ts';

describe('loopback', () => {
  it('knows addresses of this machine alone', () => {
    assert.equal(loopback('http://127.0.0.1:3978/sandbox'), 'http://127.0.0.1:3978');
    assert.equal(loopback('http://localhost:1'), 'http://localhost:1');
    assert.equal(loopback('http://[::1]:1/x'), 'http://[::1]:1');
    assert.equal(loopback('https://127.0.0.1.example.com'), undefined);
    assert.equal(loopback('https://teams.example.com'), undefined);
    assert.equal(loopback(''), undefined);
  });
});
