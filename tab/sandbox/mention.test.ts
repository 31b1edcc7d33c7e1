// A mention is found wherever it stands, and nothing else is taken for one.
import assert from 'node:assert/strict';
import { sayingOf } from './mention.ts';

describe('a typed message', () => {
  const cases: [string, boolean, string][] = [
    ['@Waymark help', true, 'help'],
    ['  @waymark  status Revenue ', true, 'status Revenue'],
    ['please @Waymark subscribe', true, 'please subscribe'],
    ['@Waymark', true, ''],
    ['@Waymarkers unite', false, '@Waymarkers unite'],
    ['ask me@Waymark tomorrow', false, 'ask me@Waymark tomorrow'],
    ['no mention\nat all ', false, 'no mention\nat all'],
  ];
  for (const [typed, mention, text] of cases) {
    it(`reads ${JSON.stringify(typed)} as ${mention ? 'a mention' : 'plain words'}`, () => {
      assert.deepEqual(sayingOf(typed, 'Waymark'), { mention, text });
    });
  }
});
