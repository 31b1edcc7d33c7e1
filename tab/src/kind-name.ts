// What an organization calls a kind of goal.
import type { GoalKind } from '../../src/domain/goal.ts';
import type { OkrModel } from '../../src/domain/organization.ts';

const keys = { objective: 'objective', 'key-result': 'keyResult', initiative: 'initiative' } as const satisfies Record<GoalKind, keyof OkrModel['names']>;

/** In the singular. */
export function kindName(kind: GoalKind, { names }: Pick<OkrModel, 'names'>): string {
  return names[keys[kind]][0];
}
