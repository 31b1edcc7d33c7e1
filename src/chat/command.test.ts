// What people type is understood, slips included, and what is not understood is not guessed at.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Command, commandHelp, commandOf } from './command.ts';

const table: [said: string, meant: Command][] = [
  ['help', { kind: 'help' }],
  ['Help!', { kind: 'help' }],
  ['  HELP  ', { kind: 'help' }],
  ['hi', { kind: 'help' }],
  ['Hi there', { kind: 'help' }],
  ['hello', { kind: 'help' }],
  ['hello, Waymark', { kind: 'help' }],
  ['hlep', { kind: 'help' }],
  ['helo', { kind: 'help' }],
  ['?', { kind: 'help' }],
  ['', { kind: 'help' }],
  ['/help', { kind: 'help' }],
  ['search checkout', { kind: 'search', words: 'checkout' }],
  ['Search for "checkout speed".', { kind: 'search', words: 'checkout speed' }],
  ['search', { kind: 'search', words: '' }],
  ['search: churn', { kind: 'search', words: 'churn' }],
  ['serach churn', { kind: 'search', words: 'churn' }],
  ['find churn', { kind: 'search', words: 'churn' }],
  ['search subscribe', { kind: 'search', words: 'subscribe' }],
  ['subscribe', { kind: 'subscribe', words: '' }],
  ['SUBSCRIBE.', { kind: 'subscribe', words: '' }],
  ['subscibe', { kind: 'subscribe', words: '' }],
  ['subscribee', { kind: 'subscribe', words: '' }],
  ['sucsbribe', { kind: 'unknown', text: 'sucsbribe' }],
  ['subscribe to everything', { kind: 'subscribe', words: '' }],
  ['subscribe all', { kind: 'subscribe', words: '' }],
  ['subscribe to Cut churn to 3 %', { kind: 'subscribe', words: 'Cut churn to 3 %' }],
  ['subscribe “Cut churn”', { kind: 'subscribe', words: 'Cut churn' }],
  ['follow churn', { kind: 'subscribe', words: 'churn' }],
  ['subscribe list', { kind: 'subscriptions' }],
  ['subscriptions', { kind: 'subscriptions' }],
  ['subscription', { kind: 'subscriptions' }],
  ['unsubscribe', { kind: 'unsubscribe', words: '' }],
  ['unsubcribe', { kind: 'unsubscribe', words: '' }],
  ['Unsubscribe from churn', { kind: 'unsubscribe', words: 'churn' }],
  ['unsubscribe everything', { kind: 'unsubscribe', words: '' }],
  ['status', { kind: 'status', words: '' }],
  ['Status?', { kind: 'status', words: '' }],
  ['stauts of churn', { kind: 'status', words: 'churn' }],
  ['status\u00a0of\nchurn', { kind: 'status', words: 'churn' }],
  ['ｓｔａｔｕｓ', { kind: 'status', words: '' }],
  ['researching churn', { kind: 'unknown', text: 'researching churn' }],
  ['subscribers are up', { kind: 'unknown', text: 'subscribers are up' }],
  ['Help needed from legal', { kind: 'unknown', text: 'Help needed from legal' }],
  ['held up by legal', { kind: 'unknown', text: 'held up by legal' }],
  ['what is a subscription?', { kind: 'unknown', text: 'what is a subscription?' }],
  ['constructor', { kind: 'unknown', text: 'constructor' }],
  ['drop table goals', { kind: 'unknown', text: 'drop table goals' }],
];

describe('command', () => {
  for (const [said, meant] of table) it(`takes "${said}" for ${meant.kind}`, () => assert.deepEqual(commandOf(said), meant));

  it('understands every line of its own help', () => {
    for (const { say } of commandHelp) assert.notEqual(commandOf(say).kind, 'unknown', say);
  });

  it('answers whatever is typed', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => typeof commandOf(text).kind === 'string'));
  });

  it('forgives any one letter left out of a long command', () => {
    for (const name of ['search', 'subscribe', 'unsubscribe', 'status']) {
      for (let i = 0; i < name.length; i++) assert.equal(commandOf(`${name.slice(0, i)}${name.slice(i + 1)} churn`).kind, name);
    }
  });
});
