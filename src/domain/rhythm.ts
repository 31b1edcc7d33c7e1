// Whose check-in rhythm holds for a team's goals (features.md 1.10).
import type { Rhythm, Settings, Team } from './organization.ts';

/**
 * The rhythm that reminds of a team's goals. `chain` is the team and those above it, the nearest first; an empty one stands for goals
 * that belong to no team. Where teams may not change the rhythm, theirs are kept and do not count.
 */
export function rhythmOf(chain: readonly Pick<Team, 'rhythm'>[], organization: Pick<Settings, 'rhythm' | 'teamsMayChangeRhythm'>): Rhythm {
  if (!organization.teamsMayChangeRhythm) return organization.rhythm;
  return chain.find(team => team.rhythm !== null)?.rhythm ?? organization.rhythm;
}

/** What is wrong with a rhythm that its shape does not show: the part at fault, and what to do. */
export function rhythmFault({ every, week }: Rhythm): { part: 'week'; message: string } | undefined {
  if (every === 'month' && week === undefined) return { part: 'week', message: 'Choose in which week of the month to remind.' };
  if (every !== 'month' && week !== undefined) return { part: 'week', message: 'Only a monthly rhythm has a week of the month.' };
  return undefined;
}
