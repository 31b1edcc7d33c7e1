// What moves a goal, in words and as one of a few marks (features.md 1.6).
import type { GoalView } from '../../src/api.ts';
import type { Goal } from '../../src/domain/goal.ts';

export type ModeMark = 'by-hand' | 'children' | 'tasks' | 'source' | 'stopped';

/** The mark to draw, and its words, which name the data source and whoever has stopped it. */
export function progressMode({ goal, link }: { goal: Pick<Goal, 'mode' | 'kind' | 'stopped'>; link: Pick<NonNullable<GoalView['link']>, 'integrationName' | 'connectionName'> | null }): { mark: ModeMark; words: string } {
  if (goal.mode === 'manual') return { mark: 'by-hand', words: 'By hand, through check-ins' };
  const { mark, words } = automatic(goal, link);
  return goal.stopped === null ? { mark, words } : { mark: 'stopped', words: `Automatic updates stopped by ${goal.stopped.name}. ${words} until then` };
}

function automatic({ mode, kind }: Pick<Goal, 'mode' | 'kind'>, link: Pick<NonNullable<GoalView['link']>, 'integrationName' | 'connectionName'> | null): { mark: ModeMark; words: string } {
  if (mode === 'source') return { mark: 'source', words: link === null ? 'From a data source' : `From ${link.integrationName}, ${link.connectionName}` };
  return kind === 'initiative' ? { mark: 'tasks', words: 'From its tasks' } : { mark: 'children', words: 'Rolled up from its children' };
}
