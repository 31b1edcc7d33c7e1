// Whose goal it is.
import assert from 'node:assert/strict';
import { entityText, ownersText } from './entity.ts';

const teams = new Map([['cx', 'Customer care'], ['it', 'IT']]);

describe('whose goal it is', () => {
  it('is the organization’s, that of teams by their names, or a person’s alone', () => {
    assert.equal(entityText({ kind: 'organization' }), 'Organization');
    assert.equal(entityText({ kind: 'teams', teams: ['cx', 'it'] }, teams), 'Customer care, IT');
    assert.equal(entityText({ kind: 'individual' }), 'Individual');
  });

  it('counts teams whose names are not known', () => {
    assert.equal(entityText({ kind: 'teams', teams: ['x'] }, teams), 'Team');
    assert.equal(entityText({ kind: 'teams', teams: ['x', 'y'] }, teams), '2 teams');
    assert.equal(entityText({ kind: 'teams', teams: ['it', 'x'] }, teams), 'IT, 1 more');
  });

  it('names all owners, and says where there is none', () => {
    assert.equal(ownersText([{ name: 'Ann' }, { name: 'Ben' }]), 'Ann, Ben');
    assert.equal(ownersText([]), 'No owner');
  });
});
