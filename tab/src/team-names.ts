// The names of the teams whose goals are on a page.
import { api } from '../../src/api.ts';
import type { Entity } from '../../src/domain/goal.ts';
import { noneIfNotFound, useAnswer } from './answer.ts';
import { useSession } from './session.tsx';

/** By id. A team that is not there any more has no name; nor has one as long as it is not known. */
export function useTeamNames(entities: readonly Entity[]): ReadonlyMap<string, string> {
  const { call, organization } = useSession();
  const ids = [...new Set(entities.flatMap(entity => (entity.kind === 'teams' ? entity.teams : [])))].toSorted();
  const { answer } = useAnswer(async signal => new Map((await Promise.all(ids.map(async team => {
    const name = await call(api.team, { params: { organization: organization.id, team } }, signal).then(view => view.team.name, noneIfNotFound);
    return name === undefined ? [] : [[team, name] as const];
  }))).flat()), ids.join(' '));
  return answer ?? unknown;
}

const unknown: ReadonlyMap<string, string> = new Map();
