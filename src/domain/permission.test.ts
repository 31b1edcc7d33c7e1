// Who may do what, one line a case.
import assert from 'node:assert/strict';
import { newGoal } from './goal.ts';
import type { Person } from './organization.ts';
import { refusal, type Deed } from './permission.ts';

const person = (id: string, role: Person['role'] = 'member'): Person => ({ id, name: id, role });
const owner = person('Olga');
const creator = person('Carl');
const stranger = person('Sam');
const admin = person('Ada', 'admin');

const goal = newGoal(
  { kind: 'key-result', title: 'Ship it', description: '', owners: [owner], parents: [],
    start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, mode: 'manual' },
  { period: '2026-q4', id: 'g1', by: creator, at: '2026-10-01T09:00:00.000Z' },
);
const connection = (shared: boolean) => ({ owner: { id: owner.id, name: owner.name }, shared });

const own: Deed[] = [{ do: 'edit', goal }, { do: 'check-in', goal }, { do: 'link', goal }];
const anyone: Deed[] = [{ do: 'view', goal }, { do: 'comment', goal }, { do: 'create-goal' }, { do: 'subscribe' },
  { do: 'use-connection', connection: connection(true) }, { do: 'share-connection' }];

describe('refusal', () => {
  for (const deed of anyone) it(`lets every member ${deed.do}`, () => assert.equal(refusal(stranger, deed), undefined));

  for (const deed of own) {
    it(`lets the owner and the creator of a goal ${deed.do}, and tells others who may`, () => {
      assert.equal(refusal(owner, deed), undefined);
      assert.equal(refusal(creator, deed), undefined);
      assert.match(refusal(stranger, deed)!, /Only Olga, who owns this goal, its creator and admins/);
    });
  }

  it('lets nobody but its owner use a private connection, and names them', () => {
    assert.equal(refusal(owner, { do: 'use-connection', connection: connection(false) }), undefined);
    assert.match(refusal(stranger, { do: 'use-connection', connection: connection(false) })!, /private to Olga. Ask them to share it/);
  });

  it('lets nobody but its owner edit a connection, shared or not', () => {
    for (const shared of [true, false]) {
      assert.equal(refusal(owner, { do: 'edit-connection', connection: connection(shared) }), undefined);
      assert.match(refusal(stranger, { do: 'edit-connection', connection: connection(shared) })!, /Only Olga, who made this connection, and admins/);
    }
  });

  it('keeps integrations to admins', () => {
    assert.match(refusal(owner, { do: 'manage-integrations' })!, /Only an admin of the organization/);
  });

  it('lets an admin do everything', () => {
    const all: Deed[] = [...own, ...anyone, { do: 'use-connection', connection: connection(false) },
      { do: 'edit-connection', connection: connection(false) }, { do: 'manage-integrations' }];
    for (const deed of all) assert.equal(refusal(admin, deed), undefined, deed.do);
  });

  it('goes by the id, never by the name', () => {
    assert.notEqual(refusal({ ...stranger, name: 'Olga' }, own[0]!), undefined);
  });
});
