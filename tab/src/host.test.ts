// Who may stand in for Teams, and in which language numbers and dates are written.
import assert from 'node:assert/strict';
import { loopback, usable } from './host.ts';

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

describe('the locale', () => {
  it('is the first that numbers and dates can be written in', () => {
    assert.equal(usable(['de-DE', 'en']), 'de-DE');
    assert.equal(usable(['en-US@posix', 'sv-SE']), 'sv-SE');
  });

  it('is English where none can', () => {
    for (const none of [[], ['en-US@posix'], ['', 'C']]) assert.equal(usable(none), 'en');
  });
});
