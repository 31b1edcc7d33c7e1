// Whose goal it is, in words.
import type { Entity } from '../../src/domain/goal.ts';

/** `teams` are the names known here, by id. A team whose name is not known is still counted. */
export function entityText(entity: Entity, teams: ReadonlyMap<string, string> = new Map()): string {
  switch (entity.kind) {
    case 'organization': return 'Organization';
    case 'individual': return 'Individual';
    case 'teams': {
      const known = entity.teams.flatMap(id => teams.get(id) ?? []);
      const unknown = entity.teams.length - known.length;
      const rest = unknown === 0 ? [] : [known.length === 0 ? (unknown === 1 ? 'Team' : `${unknown} teams`) : `${unknown} more`];
      return [...known, ...rest].join(', ');
    }
  }
}

/** The owners, or that there are none. */
export function ownersText(owners: readonly { name: string }[]): string {
  return owners.length === 0 ? 'No owner' : owners.map(owner => owner.name).join(', ');
}
