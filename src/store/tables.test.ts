// Keys are safe whatever people and platforms put into them, and sort as the pages read them.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Id } from '../domain/organization.ts';
import { digest, keys, newestFirst, rows, tables } from './tables.ts';

/** What Table Storage refuses in a key. */
const refused = /[/\\#?\u0000-\u001F\u007F-\u009F]/; // oxlint-disable-line no-control-regex
const mostKeyBytes = 1024;

const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('19:a/b\\c#d?e@thread.tacv2;messageid=1', '\u0000', '../..', "' or 1 eq 1", ''));
const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).map(d => d.toISOString());
const scope = fc.record({ tenant: id, organization: id });
const goal = fc.record({ period: fc.constantFrom('2026-q4', '2027'), id });

describe('keys', () => {
  it('hold nothing that Table Storage refuses, for any text from people or platforms', () => {
    fc.assert(fc.property(scope, goal, anyText, anyText, instant, id, (s, g, conversation, root, at, made) => {
      const all = [
        keys.organization(s), keys.goal(s, g), keys.checkIn(s, g, at), keys.feedEntry(s, g, at, made), keys.outgoing(s, g.period, made), keys.link(s, made, g),
        keys.connection(s, made), keys.person(s, made), keys.period(s, g.period), keys.subscription(s, conversation, g),
        keys.subscription(s, conversation, 'organization'), keys.post(s, g, conversation), keys.thread(s, conversation, root), keys.audit(s, at, made),
      ];
      for (const key of all.flatMap(k => [k.partition, k.row])) {
        assert.doesNotMatch(key, refused);
        assert.ok(Buffer.byteLength(key) <= mostKeyBytes);
      }
    }));
  });

  it('keep two organizations apart in every table but their own list', () => {
    const [one, two] = [{ tenant: 't', organization: 'a' }, { tenant: 't', organization: 'b' }];
    const g = { period: '2026-q4', id: 'g' };
    const partitions = (s: typeof one) =>
      [keys.goals(s, g.period), keys.links(s, 'c'), keys.organizationRows(s), keys.audit(s, '2026-11-21T00:00:00.000Z', 'x').partition];
    assert.equal(new Set([...partitions(one), ...partitions(two)]).size, 8);
  });

  it('tell every conversation and message from every other', () => {
    const s = { tenant: 't', organization: 'o' };
    fc.assert(fc.property(anyText, anyText, (a, b) => {
      fc.pre(a !== b);
      assert.notEqual(digest(a), digest(b));
      assert.notEqual(keys.thread(s, a, 'root').row, keys.thread(s, b, 'root').row);
    }));
  });

  it('make ids of at most 64 harmless characters', () => {
    fc.assert(fc.property(anyText, text => {
      if (Id.safeParse(text).success) assert.match(text, /^[A-Za-z0-9_-]{1,64}$/);
    }));
    for (const bad of ['', '-a', 'a/b', 'a|b', 'a:b', 'a b', 'ä', 'a'.repeat(65)]) assert.equal(Id.safeParse(bad).success, false, bad);
  });

  it('put later instants before earlier ones', () => {
    fc.assert(fc.property(instant, instant, (a, b) => {
      assert.equal(newestFirst(a) < newestFirst(b), a > b);
      assert.equal(newestFirst(a).length, 13);
    }));
  });

  it('need table names that the service takes', () => {
    for (const table of tables) assert.match(table, /^[A-Za-z][A-Za-z0-9]{2,62}$/);
    assert.equal(new Set(tables).size, tables.length);
  });
});

describe('a goal that version 0.1 wrote', () => {
  const old = {
    period: '2026-q4', id: 'g', kind: 'key-result', title: 'Grow', description: '', owner: { id: 'ann', name: 'Ann' }, createdBy: { id: 'ben', name: 'Ben' },
    createdAt: '2026-09-20T08:00:00.000Z', parent: { period: '2026', id: 'top' }, start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, mode: 'source',
    connection: 'c', link: 'l', value: 40, progress: 40, status: 'behind', asOf: '2026-11-01T08:00:00.000Z', readAt: '2026-11-01T08:00:00.000Z',
    children: [{ period: '2026-q4', id: 'child', kind: 'initiative', progress: 10, status: 'on-track' }], posted: true,
  };

  it('is read with its owner and parent, and loses nothing', () => {
    const read = rows.goal.body.parse(old);
    const { owner, parent, children, ...same } = old;
    for (const [field, value] of Object.entries(same)) assert.deepEqual(read[field as keyof typeof read], value, field);
    assert.deepEqual([read.owners, read.parents], [[owner], [parent]]);
    assert.partialDeepStrictEqual(read.children, children);
    assert.deepEqual(rows.goal.body.parse({ ...old, parent: null }).parents, []);
    assert.deepEqual(rows.goal.body.parse(read), read, 'and again as it is written from now on');
  });
});
