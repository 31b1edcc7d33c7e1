// Privacy comes down whole, to key results and initiatives alone, and is never lost on the way out.
import assert from 'node:assert/strict';
import { Access, type Goal, newGoal, openAccess, refOf } from './goal.ts';
import { accessFrom, accessUnder, handedDown, privacyFault } from './privacy.ts';

const who = (id: string) => ({ id, name: id });
const goal = (change: Partial<Goal> = {}): Goal => ({
  ...newGoal({ kind: 'objective', title: 'T', owners: [who('owner')], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' } }, { period: 'p', id: 'top', by: who('maker'), at: '2026-09-20T08:00:00.000Z' }), ...change,
});
const secret = goal({ access: { ...openAccess, private: true, viewers: [who('viewer')], editors: [who('editor')] }, delegate: who('delegate'), checkInOwner: who('owner') });

describe('privacy', () => {
  it('lets below whoever is named above, each once (C54)', () => {
    assert.deepEqual(handedDown(secret)!.viewers.map(w => w.id), ['viewer', 'owner', 'maker', 'delegate', 'editor']);
    assert.deepEqual(handedDown(secret)!.inheritedFrom, refOf(secret));
    assert.equal(handedDown(goal()), undefined);
  });

  it('has room for the people of a goal that names as many as it may (C54)', () => {
    const people = (what: string, n: number) => Array.from({ length: n }, (_, i) => who(`${what}${i}`));
    const crowded = goal({ owners: people('owner', 20), access: { ...secret.access, viewers: people('viewer', 500), editors: people('editor', 500), aligners: people('aligner', 500) } });
    assert.equal(Access.safeParse(handedDown(crowded)).success, true);
  });

  it('goes on down from where it began, and not to objectives (C54)', () => {
    const middle = goal({ id: 'kr', kind: 'key-result', access: handedDown(secret)!, owners: [who('other')] });
    assert.deepEqual(accessUnder('initiative', openAccess, [middle]), middle.access);
    assert.deepEqual(accessUnder('objective', openAccess, [secret]), openAccess);
  });

  it('stays with what leaves, and ends where it ends above (C54)', () => {
    const inherited = handedDown(secret)!;
    assert.deepEqual(accessUnder('key-result', inherited, []), { ...inherited, inheritedFrom: null });
    assert.deepEqual(accessFrom(undefined, inherited), openAccess);
    assert.deepEqual(accessFrom(undefined, { ...openAccess, editors: [who('e')] }).editors, [who('e')], 'what was never inherited is left alone');
  });

  it('is refused under what everybody sees, and where several stand above (C54)', () => {
    const under = (parents: Goal[], change: Partial<Goal>) => privacyFault(goal({ ...change, parents: parents.map(refOf) }), parents)?.field;
    assert.equal(under([goal()], { access: secret.access }), 'parents');
    assert.equal(under([secret], { access: secret.access }), undefined);
    assert.equal(under([secret], {}), undefined);
    assert.equal(under([secret, goal({ id: 'b' })], { access: secret.access }), 'access');
    assert.equal(under([secret, goal({ id: 'b' })], { kind: 'key-result', access: handedDown(secret)! }), 'parents');
  });
});
