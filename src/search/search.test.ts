// The goal index finds what people ask for, page by page, and nothing of another organization or of a private goal that is not theirs.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Goal, newGoal, refOf } from '../domain/goal.ts';
import type { GoalQuery } from '../domain/goal-query.ts';
import { type Page, type Position, type Sorting, openSearch } from './search.ts';

const aurora = { tenant: 't1', organization: 'main' };
const other = { tenant: 't2', organization: 'main' };
const ada = { id: 'ada', name: 'Ada Lindqvist' };
const ben = { id: 'ben', name: 'Ben Okafor' };

function goal(id: string, title: string, more: Partial<Goal> = {}): Goal {
  const made = newGoal(
    { kind: 'objective', title, owners: [ada], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' } },
    { period: '2026-q4', id, by: ada, at: '2026-10-01T00:00:00.000Z' },
  );
  return { ...made, ...more };
}

describe('goal search', () => {
  let now = new Date('2026-11-21T09:00:00Z');
  let stored: Record<string, Goal[]>;
  let loads: number;
  const failures: unknown[] = [];
  const open = () => openSearch({
    now: () => now,
    report: error => failures.push(error),
    async *load(scope) { loads += 1; yield* stored[scope.tenant] ?? []; },
  });
  type Search = ReturnType<typeof open>;
  const bestTen: Page = { sorting: { by: 'relevance' }, limit: 10 };
  const ids = async (search: Search, query: GoalQuery, viewer: string | null = 'ada', scope = aurora) => (await search.find(scope, viewer, query, bestTen)).refs.map(r => r.id);
  const everyId = async (search: Search, query: GoalQuery, viewer: string | null = 'ada') => (await ids(search, query, viewer)).toSorted();

  /** All of a list, by its pages; `between` happens after each. */
  async function paged(search: Search, query: GoalQuery, sorting: Sorting, limit: number, between: () => void = () => undefined): Promise<string[]> {
    const seen: string[] = [];
    let after: Position | undefined;
    do {
      const page = await search.find(aurora, 'ada', query, { sorting, limit, after });
      assert.ok(page.next === undefined || page.refs.length === limit, 'a page with another behind it is full');
      seen.push(...page.refs.map(r => r.id));
      after = page.next;
      between();
    } while (after);
    return seen;
  }

  beforeEach(() => {
    now = new Date('2026-11-21T09:00:00Z');
    loads = 0;
    failures.length = 0;
    stored = {
      t1: [goal('a', 'Grow weekly orders'), goal('b', 'Answer customers faster', { description: 'orders waiting' }), goal('c', 'Öffne Läden')],
      t2: [goal('z', 'Grow weekly orders')],
    };
  });

  describe('by words', () => {
    it('finds by the beginnings of words, titles before descriptions (C33)', async () => {
      assert.deepEqual(await ids(open(), { words: 'ord' }), ['a', 'b']);
      assert.deepEqual(await ids(open(), { words: 'WEEK gro' }), ['a']);
    });

    it('finds by an owner’s name and by a tag', async () => {
      stored['t1']!.push(goal('d', 'Something else', { owners: [ada, ben], tags: ['Customer-love'] }));
      assert.deepEqual(await ids(open(), { words: 'okafor' }), ['d']);
      assert.deepEqual(await ids(open(), { words: 'customer love' }), ['d']);
    });

    it('finds words with and without their accents', async () => {
      assert.deepEqual(await ids(open(), { words: 'laden' }), ['c']);
    });

    it('falls back to any of the words when no goal has all of them, on every page', async () => {
      assert.deepEqual(await ids(open(), { words: 'faster nonsense' }), ['b']);
      assert.deepEqual((await paged(open(), { words: 'customers weekly nonsense' }, { by: 'relevance' }, 1)).toSorted(), ['a', 'b']);
    });

    it('does not fall back behind the last page', async () => {
      stored['t1'] = [goal('both1', 'alpha beta'), goal('both2', 'alpha beta'), goal('one', 'alpha')];
      assert.deepEqual(await paged(open(), { words: 'alpha beta' }, { by: 'relevance' }, 1), ['both1', 'both2']);
    });

    it('takes query syntax as words and never fails on it', async () => {
      for (const words of ['"', 'a" OR "b', 'NEAR(', 'title:x', '*', '\u0000', "'; drop table goals; --"]) await ids(open(), { words });
      assert.deepEqual(await ids(open(), { words: '"weekly" AND' }), ['a']);
    });

    it('answers from one organization only', async () => {
      const search = open();
      assert.deepEqual(await ids(search, { words: 'weekly' }), ['a']);
      assert.deepEqual(await ids(search, { words: 'weekly' }, 'ada', other), ['z']);
    });
  });

  describe('by what goals are', () => {
    const parent = { period: '2026-q3', id: 'top' };
    beforeEach(() => {
      stored['t1'] = [
        goal('own', 'One', { owners: [ben], tags: ['Growth'], checkedInAt: '2026-11-20T00:00:00.000Z' }),
        goal('team', 'Two', { entity: { kind: 'teams', teams: ['sales', 'asia'] }, kind: 'key-result', parents: [parent], status: 'behind', owners: [], mode: 'roll-up' }),
        goal('past', 'Three', { period: '2026-q3', status: 'at-risk', kind: 'initiative', checkInOwner: ben, end: '2026-09-30', checkedInAt: '2026-09-01T00:00:00.000Z' }),
        goal('all', 'Four', { entity: { kind: 'organization' }, owners: [ada, ben], parents: [parent, { period: '2026-q4', id: 'own' }] }),
      ];
    });

    const filters: [name: string, query: GoalQuery, found: string[]][] = [
      ['period (C33)', { periods: ['2026-q3'] }, ['past']],
      ['several periods', { periods: ['2026-q3', '2026-q4'] }, ['all', 'own', 'past', 'team']],
      ['kind', { kinds: ['key-result', 'initiative'] }, ['past', 'team']],
      ['owner (C33)', { owner: 'ben' }, ['all', 'own']],
      ['check-in owner, who is the first owner unless another is named', { checkInOwner: 'ben' }, ['own', 'past']],
      ['team (C33)', { team: 'asia' }, ['team']],
      ['tag, whatever its capitals', { tag: 'growth' }, ['own']],
      ['status', { statuses: ['behind', 'at-risk'] }, ['past', 'team']],
      ['whose it is', { entity: 'organization' }, ['all']],
      ['progress mode', { mode: 'roll-up' }, ['team']],
      ['having no parent', { unaligned: true }, ['own', 'past']],
      ['having one', { unaligned: false }, ['all', 'team']],
      ['its parent, any of several', { under: { period: '2026-q4', id: 'own' } }, ['all']],
      ['the last check-in, never among it', { checkedInBefore: '2026-11-01T00:00:00.000Z' }, ['all', 'past', 'team']],
      ['its end', { endsBefore: '2026-11-21' }, ['past']],
      ['being current, by its period', { current: { periods: ['2026-q4'], today: '2026-10-01' } }, ['all', 'own', 'team']],
      ['being current, by its own end though its period is over (C09)', { current: { periods: ['2026-q4'], today: '2026-09-30' } }, ['all', 'own', 'past', 'team']],
      ['being current where no period is', { current: { periods: [], today: '2027-01-01' } }, []],
      ['everything together', { words: 'tw', periods: ['2026-q4'], kinds: ['key-result'], team: 'sales', statuses: ['behind'], under: parent }, ['team']],
      ['nothing', {}, ['all', 'own', 'past', 'team']],
    ];
    for (const [name, query, found] of filters) {
      it(`finds by ${name}`, async () => assert.deepEqual(await everyId(open(), query), found));
    }

    for (const id of ['own', 'all']) {
      it(`finds by what a goal has become, and no more by what it was (the ${id === 'own' ? 'first' : 'last'} of the index)`, async () => {
        const search = open();
        const others = ['all', 'own'].filter(one => one !== id);
        assert.deepEqual(await everyId(search, { owner: 'ben', statuses: ['not-started'] }), ['all', 'own']);
        search.put(aurora, goal(id, 'Renamed', { owners: [ada], status: 'closed' }));
        assert.deepEqual(await everyId(search, { owner: 'ben' }), others);
        assert.deepEqual(await everyId(search, { words: id === 'own' ? 'one' : 'four' }), []);
        assert.deepEqual(await everyId(search, { under: parent }), id === 'all' ? ['team'] : ['all', 'team']);
        assert.deepEqual(await everyId(search, { statuses: ['closed'] }), [id]);
        search.remove(aurora, { period: '2026-q4', id });
        assert.deepEqual(await everyId(search, { statuses: ['closed'] }), []);
        search.put(aurora, goal('new', 'New', { owners: [] }));
        assert.deepEqual(await everyId(search, { owner: 'ada' }), id === 'all' ? ['past'] : ['all', 'past']);
      });
    }
  });

  describe('of private goals', () => {
    const who = (id: string) => ({ id, name: id });
    const access = { private: true, viewers: [who('viewer')], editors: [who('editor')], aligners: [who('aligner')], inheritedFrom: null };
    const secret = (more: Partial<Goal> = {}) => goal('secret', 'Canary', { access, owners: [who('owner'), who('second')], createdBy: who('maker'), delegate: who('delegate'), checkInOwner: who('keeper'), ...more });

    it('finds for those on their list and for nobody else', async () => {
      stored['t1'] = [secret()];
      const search = open();
      for (const person of ['owner', 'second', 'maker', 'delegate', 'keeper', 'viewer', 'editor', 'aligner']) assert.deepEqual(await ids(search, { words: 'canary' }, person), ['secret'], person);
      for (const person of ['ada', null]) {
        for (const query of [{ words: 'canary' }, {}, { owner: 'owner' }, { statuses: ['not-started' as const] }]) assert.deepEqual(await ids(search, query, person), [], JSON.stringify([person, query]));
      }
      search.put(aurora, secret({ access: { ...access, private: false } }));
      assert.deepEqual(await ids(search, { words: 'canary' }, null), ['secret']);
      search.put(aurora, secret());
      assert.deepEqual(await ids(search, { words: 'canary' }, 'ada'), []);
    });

    it('leaves them out before it counts: pages are full, and do not fall back to some words because of them', async () => {
      stored['t1'] = [...Array.from({ length: 20 }, (_, i) => secret({ id: `secret${i}`, title: 'alpha beta' })), ...Array.from({ length: 5 }, (_, i) => goal(`g${i}`, 'alpha'))];
      const search = open();
      assert.deepEqual(await paged(search, {}, { by: 'title', order: 'asc' }, 2), ['g0', 'g1', 'g2', 'g3', 'g4']);
      assert.deepEqual(await everyId(search, { words: 'alpha beta' }), ['g0', 'g1', 'g2', 'g3', 'g4']);
    });
  });

  it('does not tell that a goal stands under a private one', async () => {
    const top = goal('top', 'Secret top', { owners: [ben], createdBy: ben, access: { private: true, viewers: [], editors: [], aligners: null, inheritedFrom: null } });
    const open1 = goal('open', 'Open top');
    stored['t1'] = [top, open1, goal('under', 'Under a secret', { parents: [refOf(top)] }), goal('both', 'Under both', { parents: [refOf(top), refOf(open1)] })];
    const search = open();
    assert.deepEqual(await everyId(search, { under: refOf(top) }, 'ben'), ['both', 'under']);
    assert.deepEqual(await everyId(search, { under: refOf(top) }, 'ada'), []);
    assert.deepEqual(await everyId(search, { unaligned: true }, 'ben'), ['open', 'top']);
    assert.deepEqual(await everyId(search, { unaligned: true }, 'ada'), ['open', 'under']);
    assert.deepEqual(await everyId(search, { unaligned: false }, 'ben'), ['both', 'under']);
    assert.deepEqual(await everyId(search, { unaligned: false }, null), ['both']);
  });

  describe('in order', () => {
    const sorts: [sorting: Sorting, order: string[]][] = [
      [{ by: 'title', order: 'asc' }, ['c', 'a', 'b']],
      [{ by: 'title', order: 'desc' }, ['b', 'a', 'c']],
      [{ by: 'progress', order: 'asc' }, ['b', 'a', 'c']],
      [{ by: 'progress', order: 'desc' }, ['a', 'b', 'c']],
      [{ by: 'status', order: 'asc' }, ['a', 'c', 'b']],
      [{ by: 'end', order: 'desc' }, ['b', 'c', 'a']],
      [{ by: 'checked-in', order: 'asc' }, ['c', 'b', 'a']],
      [{ by: 'checked-in', order: 'desc' }, ['b', 'c', 'a']],
      [{ by: 'created', order: 'desc' }, ['c', 'b', 'a']],
      [{ by: 'relevance' }, ['c', 'b', 'a']],
    ];
    const three = () => [
      goal('a', 'écru', { progress: 9.5, status: 'at-risk', end: '2026-10-31', checkedInAt: null, createdAt: '2026-10-01T00:00:00.000Z' }),
      goal('b', 'Fern', { progress: 0, status: 'closed', end: '2026-12-31', checkedInAt: '2026-11-02T00:00:00.000Z', createdAt: '2026-10-02T00:00:00.000Z' }),
      goal('c', 'Ebony', { progress: null, status: 'on-track', end: '2026-11-30', checkedInAt: '2026-11-01T00:00:00.000Z', createdAt: '2026-10-03T00:00:00.000Z' }),
    ];
    for (const [sorting, order] of sorts) {
      it(`sorts by ${Object.values(sorting).join(' ')}, what is missing last`, async () => {
        stored['t1'] = three();
        assert.deepEqual(await paged(open(), {}, sorting, 1), order);
        assert.deepEqual(await paged(open(), {}, sorting, 10), order);
      });
    }

    it('pages any list whole, each goal once, in the order of a single page', async () => {
      const some = fc.array(fc.record({
        title: fc.constantFrom('same', 'Same', 'other', 'alpha one', 'alpha two'), progress: fc.constantFrom(null, 0, 50, 1 / 3),
        status: fc.constantFrom('at-risk', 'closed', 'on-track'), checkedInAt: fc.constantFrom(null, '2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z'), period: fc.constantFrom('2026-q3', '2026-q4'),
      }), { maxLength: 25 });
      const by = fc.constantFrom(...sorts.map(([sorting]) => sorting));
      await fc.assert(fc.asyncProperty(some, by, fc.integer({ min: 1, max: 6 }), fc.constantFrom(undefined, 'alpha'), async (goals, sorting, limit, words) => {
        stored['t1'] = goals.map((more, i) => goal(`g${String(i).padStart(2, '0')}`, more.title, more as Partial<Goal>));
        const search = open();
        const whole = await paged(search, { words }, sorting, 100);
        assert.deepEqual(await paged(search, { words }, sorting, limit), whole);
        assert.deepEqual(whole.toSorted(), stored['t1'].filter(g => words === undefined || g.title.startsWith(words)).map(g => g.id));
      }), { numRuns: 150 });
    });

    it('goes on where a page ended though goals come, go and change between pages', async () => {
      stored['t1'] = Array.from({ length: 30 }, (_, i) => goal(`g${String(i).padStart(2, '0')}`, `Title ${String(i).padStart(2, '0')}`));
      const search = open();
      let page = 0;
      const seen = await paged(search, {}, { by: 'title', order: 'asc' }, 7, () => {
        page += 1;
        search.put(aurora, goal(`new${page}`, `Title 000${page}`)); // before everything that was shown
        search.remove(aurora, { period: '2026-q4', id: 'g00' });
        search.put(aurora, goal('g06', 'Title 06', { progress: page }));
      });
      assert.deepEqual(seen, stored['t1'].map(g => g.id));
    });
  });

  describe('kept current', () => {
    const settled = () => new Promise(resolve => { setTimeout(resolve, 20); });

    it('sees changes of this process at once, and those of others after a rebuild', async () => {
      const search = open();
      await ids(search, {});
      search.put(aurora, goal('a', 'Renamed entirely'));
      search.remove(aurora, { period: '2026-q4', id: 'b' });
      assert.deepEqual(await ids(search, { words: 'renamed' }), ['a']);
      assert.deepEqual(await ids(search, { words: 'faster' }), []);

      stored['t1'] = [goal('n', 'Made elsewhere')];
      assert.deepEqual(await ids(search, { words: 'elsewhere' }), []);
      now = new Date(now.getTime() + 6 * 60_000);
      await ids(search, {});
      await settled();
      assert.deepEqual(await ids(search, { words: 'elsewhere' }), ['n']);
      assert.equal(loads, 2);
      assert.deepEqual(failures, []);
    });

    for (const first of [true, false]) {
      it(`loses no change that is made while it ${first ? 'is first built' : 'rebuilds'}`, async () => {
        let proceed = () => {};
        let waiting = () => {};
        const reading = new Promise<void>(resolve => { waiting = resolve; });
        const search = openSearch({
          now: () => now, report: error => failures.push(error),
          async *load() {
            loads += 1;
            yield* stored['t1']!;
            if (loads > (first ? 0 : 1)) await new Promise<void>(resolve => { proceed = resolve; waiting(); });
          },
        });
        if (!first) await ids(search, {});
        now = new Date(now.getTime() + 6 * 60_000);
        const asked = ids(search, {});
        await reading;
        search.put(aurora, goal('n', 'Made meanwhile'));
        search.remove(aurora, { period: '2026-q4', id: 'b' });
        proceed();
        await asked;
        await settled();
        assert.equal(loads, first ? 1 : 2);
        assert.deepEqual(await ids(search, { words: 'meanwhile' }), ['n']);
        assert.deepEqual(await ids(search, { words: 'faster' }), []);
      });
    }

    it('answers from the old index and reports, when a rebuild fails; the first search hears of it by itself, and the next tries again', async () => {
      let broken = true;
      const search = openSearch({ now: () => now, report: error => failures.push(error), async *load() { if (broken) throw new Error('storage is away'); yield* stored['t1']!; } });
      await assert.rejects(ids(search, {}), /storage is away/);
      broken = false;
      assert.equal((await ids(search, {})).length, 3);
      broken = true;
      now = new Date(now.getTime() + 6 * 60_000);
      assert.equal((await ids(search, {})).length, 3);
      await settled();
      assert.equal((await ids(search, {})).length, 3);
      await settled();
      assert.deepEqual([...new Set(failures.map(String))], ['Error: storage is away']);
    });

    it('lets others have their turn while it builds an index of many goals', async () => {
      const many = Array.from({ length: 5000 }, (_, i) => goal(`g${i}`, `Goal ${i}`));
      const search = openSearch({ now: () => now, report: error => failures.push(error), async *load() { yield* many; } });
      let turns = 0;
      const others = setInterval(() => { turns += 1; }, 0);
      const { refs } = await search.find(aurora, 'ada', { words: 'goal 4999' }, bestTen);
      clearInterval(others);
      assert.deepEqual(refs, [refOf(many[4999]!)]);
      assert.ok(turns >= 20, `only ${turns} turns`);
    });
  });
});
