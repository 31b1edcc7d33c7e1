// Scores: how well a goal ended, from 0 to 1, and how that looks for a goal of its ambition (features.md 1.9).
import type { Goal } from './goal.ts';
import type { HealthyScores } from './organization.ts';

/** What closing a goal suggests: the part of it that was done. `null` where a goal has no progress, such as a baseline. */
export function suggestedScore({ progress }: Pick<Goal, 'progress'>): number | null {
  return progress === null ? null : rounded(progress / 100);
}

/** The plain mean of those that have a score; `null` when none has. */
export function meanScore(scores: readonly (number | null)[]): number | null {
  const given = scores.filter(score => score !== null);
  return given.length === 0 ? null : rounded(given.reduce((sum, score) => sum + score, 0) / given.length);
}

/** `too-easy`: an aspirational goal that was reached was not ambitious enough. */
export type ScoreLook = 'good' | 'too-easy' | 'fair' | 'poor';

/**
 * A committed goal is good when it is reached whole. An aspirational one is good within the healthy band and too easy above it.
 * Below the band half way is fair, less is poor.
 */
export function scoreLook(score: number, ambition: Goal['ambition'], healthy: HealthyScores): ScoreLook {
  if (ambition === 'committed' && score === 1) return 'good';
  if (ambition === 'aspirational' && score > healthy.to) return 'too-easy';
  if (ambition === 'aspirational' && score >= healthy.from) return 'good';
  return score >= healthy.from / 2 ? 'fair' : 'poor';
}

function rounded(score: number): number {
  return Math.round(score * 100) / 100;
}
