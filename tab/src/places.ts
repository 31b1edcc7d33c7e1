// The addresses of the tab's pages.
import type { GoalRef } from '../../src/domain/goal.ts';

export const places = {
  goals: (period?: string) => (period === undefined ? '/goals' : `/goals?period=${encodeURIComponent(period)}`),
  goal: (goal: GoalRef) => `/goals/${encodeURIComponent(goal.period)}/${encodeURIComponent(goal.id)}`,
  editGoal: (goal: GoalRef) => `${places.goal(goal)}/edit`,
  newGoal: (period: string, parent?: GoalRef) => `/goals/new?${new URLSearchParams({ period, ...(parent === undefined ? {} : { parent: `${parent.period}/${parent.id}` }) })}`,
  integrations: () => '/admin/integrations',
  integration: (id: string) => `/admin/integrations/${encodeURIComponent(id)}`,
};
