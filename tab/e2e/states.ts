// Goals in states that a young demo has not come to yet: the server's own answers, retold on their way to the page.
import type { BrowserContext, Route } from 'playwright-core';
import type { GoalView } from '../../src/api.ts';
import { alertBelow, alertsOf } from '../../src/domain/alert.ts';
import type { CheckIn } from '../../src/domain/check-in.ts';
import type { FeedEntry } from '../../src/domain/feed.ts';
import type { Goal, GoalRef } from '../../src/domain/goal.ts';
import { automaticOf } from '../../src/domain/roll-up.ts';
import { defaultThresholds } from '../../src/domain/status.ts';

const ada = { id: 'ada', name: 'Ada Lindqvist' };
const ben = { id: 'ben', name: 'Ben Okafor' };
const at = '2026-10-20T09:00:00.000Z';
const asPerson = { kind: 'person', ...ada } as const;

type Changed = Partial<Goal> | ((goal: Goal) => Partial<Goal>);
const ended = (status: 'closed' | 'postponed', score: number | null): Partial<Goal> => ({ status, closure: { at, by: asPerson, score, note: '', continuedBy: null } });

/** By a part of the title. */
const changes: Readonly<Record<string, Changed>> = {
  'Make every customer': goal => ({
    entity: { kind: 'organization' }, owners: [ada, ben], tags: ['customers', 'care'], access: { ...goal.access, private: true },
    children: goal.children.map((child, i) => (i === 0 ? { ...child, alert: 'at-risk' } : child)),
  }),
  'Keep open support': { stopped: { by: ben, at }, heard: { value: 25, raw: '25', asOf: at, readAt: at } },
  'Launch the loyalty app': { owners: [] },
  'Reach 20,000': { ...ended('closed', 1), ambition: 'committed' },
  'Train 40': { ...ended('closed', 1), ambition: 'aspirational' },
  'Finish the loyalty': { status: 'reopened', scoringGuidance: '0.7 when all but the wishes are done.\n1.0 when everything is.' },
  'Launch campaign': { ...ended('postponed', null), mode: 'roll-up' },
};

function retold(view: GoalView, all: ReadonlyMap<string, GoalRef>, teams: readonly string[]): GoalView {
  const [, change] = Object.entries(changes).find(([part]) => view.goal.title.includes(part)) ?? [];
  const parents = view.goal.title.startsWith('Grow weekly') ? [...all].filter(([title]) => /^(Make every|Launch the)/.test(title)).map(([, ref]) => ref) : view.goal.parents;
  const entity: Goal['entity'] = view.goal.title === 'Launch the loyalty app' ? { kind: 'teams', teams: [...teams] } : view.goal.entity;
  const goal: Goal = { ...view.goal, parents, entity, ...(typeof change === 'function' ? change(view.goal) : change) };
  return { ...view, goal, alerts: alertsOf(goal, new Date().toISOString().slice(0, 10), defaultThresholds), alertBelow: alertBelow(goal), automatic: automaticOf(goal) ?? null };
}

/** A line of the feed for everything that may stand there and does not yet. */
function retoldFeed(rows: readonly (FeedEntry | CheckIn)[], goal: GoalRef, child: GoalRef): (FeedEntry | CheckIn)[] {
  const entry = (minute: number, activity: FeedEntry['activity']): FeedEntry => ({ goal, id: `e${minute}`, at: `2026-10-20T09:${minute}:00.000Z`, by: asPerson, activity });
  const moved = { goal, note: '', expected: 20, value: 45, progress: 45, status: 'on-track', was: { value: 40, progress: 40, status: 'on-track' } } as const;
  return [
    ...rows,
    { ...moved, at: '2026-10-20T09:50:00.000Z', by: { kind: 'children' }, because: { kind: 'child', child, was: 30, is: 40 } },
    { ...moved, at: '2026-10-20T09:49:00.000Z', by: { kind: 'children' }, because: { kind: 'weights' } },
    entry(48, { kind: 'reopened', note: 'There is more to do.' }), entry(47, { kind: 'closed', score: 0.8, note: 'We made it.' }),
    entry(46, { kind: 'updates-resumed' }), entry(45, { kind: 'updates-stopped' }), entry(44, { kind: 'cloned', from: child }),
  ];
}

/** From now on the pages of a context see the demo's goals in these states. */
export async function retellGoals(context: BrowserContext): Promise<void> {
  const refs = new Map<string, GoalRef>();
  let teams: string[] | undefined;
  /** The demo's own two teams at the top. */
  const teamsOf = async (route: Route): Promise<string[]> => {
    const address = route.request().url().replace(/\/goals.*/, '/teams');
    const said = await context.request.get(address, { headers: { authorization: route.request().headers()['authorization'] ?? '' } });
    const { rows } = await said.json() as { rows: { id: string; parent: string | null }[] };
    return teams ??= rows.filter(team => team.parent === null).map(team => team.id);
  };
  const answer = async <T>(route: Route, change: (said: T) => unknown) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change(await response.json() as T) });
  };
  await context.route(/\/goals\?/, async route => {
    const tops = await teamsOf(route);
    await answer<{ rows: GoalView[] }>(route, said => {
      for (const { goal } of said.rows) refs.set(goal.title, { period: goal.period, id: goal.id });
      return { ...said, rows: said.rows.map(view => retold(view, refs, tops)) };
    });
  });
  await context.route(/\/api\/.*\/goals\/[^/?]+\/[^/?]+$/, route => (route.request().method() === 'GET' ? answer<GoalView>(route, view => retold(view, refs, teams ?? [])) : route.fallback()));
  await context.route(/\/api\/.*\/goals\/[^/?]+\/[^/?]+\/feed\?/, route => answer<{ rows: FeedEntry[] }>(route, said => {
    const [period, id] = /\/goals\/([^/]+)\/([^/]+)\/feed/.exec(route.request().url())!.slice(1) as [string, string];
    return { ...said, rows: retoldFeed(said.rows, { period, id }, refs.get('Train 40 baristas on the new app')!) };
  }));
}
