// What moves a goal, in words and as one of a few marks (features.md 1.6).
import type { GoalView } from '../../src/api.ts';
import type { Goal } from '../../src/domain/goal.ts';

export type ModeMark = 'by-hand' | 'children' | 'tasks' | 'source' | 'stopped';

type Moved = Pick<Goal, 'mode' | 'kind' | 'stopped'>;
type Link = Pick<NonNullable<GoalView['link']>, 'integrationName' | 'connectionName'> | null;

/** The mark to draw and its words, which name the data source and whoever has stopped it. */
export function progressMode({ goal, link }: { goal: Moved; link: Link }): { mark: ModeMark; words: string } {
  const { mark, words } = unstopped(goal, link);
  if (mark === 'by-hand' || goal.stopped === null) return { mark, words };
  return { mark: 'stopped', words: `By hand: ${goal.stopped.by.name} stopped automatic updates (${words})` };
}

function unstopped({ mode, kind }: Moved, link: Link): { mark: ModeMark; words: string } {
  switch (mode) {
    case 'manual': return { mark: 'by-hand', words: 'By hand' };
    case 'source': return { mark: 'source', words: link === null ? 'From a data source' : `From ${link.integrationName}, ${link.connectionName}` };
    case 'roll-up': return kind === 'initiative' ? { mark: 'tasks', words: 'From its tasks' } : { mark: 'children', words: 'From its children' };
  }
}
