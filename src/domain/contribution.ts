// Contribution: how much each child counts in its parent's progress, in percent (features.md 1.7).
import type { Child, Goal, GoalKind } from './goal.ts';
import type { ContributionPolicy, OkrModel } from './organization.ts';

/** Per child its weight in percent, 0 for none, `null` for a share of what is left. Children that are not named keep what they have. */
export type Weights = Readonly<Record<string, number | null>>;

type Contribution = Pick<Child, 'id' | 'contributes' | 'fixed'>;

/** Binary fractions do not add up to 100 by themselves. */
const tolerance = 1e-6;

/**
 * What each child counts, in percent, by its id. Fixed weights stay; the others share what is left of 100 equally. Where nothing but fixed
 * weights is left, or they are too much, they are scaled in proportion: the sum is 100, unless no child contributes at all.
 */
export function weightsOf(children: readonly Contribution[]): Map<string, number> {
  const contributing = children.filter(c => c.contributes);
  const fixed = sumOf(contributing.map(c => c.fixed ?? 0));
  const sharing = contributing.filter(c => c.fixed === undefined).length;
  const scale = sharing === 0 || fixed > 100 ? 100 / fixed : 1;
  const share = sharing === 0 ? 0 : Math.max(0, 100 - fixed) / sharing;
  return new Map(children.map(c => [c.id, !c.contributes ? 0 : c.fixed === undefined ? share : c.fixed * scale]));
}

/** The memory of children after somebody has set weights. What they name and the goal does not know is left out. */
export function withWeights(children: readonly Child[], weights: Weights): Child[] {
  return children.map(child => {
    const weight = weights[child.id];
    return weight === undefined ? child : weighed(child, weight);
  });
}

/** Whether a child counts that its parent has not heard of before. */
export function contributesFirst(kind: GoalKind, model: OkrModel): boolean {
  return model.newChildrenContribute && policyOf(kind, model) === 'by-default';
}

/** Weights as if nobody had ever set any: an equal share for every kind of child that counts by default, and nothing for the others. */
export function usualWeights(children: readonly Pick<Child, 'id' | 'kind'>[], model: OkrModel): Weights {
  return Object.fromEntries(children.map(({ id, kind }) => [id, policyOf(kind, model) === 'by-default' ? null : 0]));
}

/** Why these weights cannot be set, in words for people, and of which child; `undefined` when they can. */
export function weightsRefusal(goal: Pick<Goal, 'mode' | 'children'>, weights: Weights, model: OkrModel): { id?: string; message: string } | undefined {
  if (goal.mode !== 'roll-up') return { message: 'Weights count only where progress rolls up from the children. Let it roll up first.' };
  for (const [id, weight] of Object.entries(weights)) {
    const message = oneRefusal(goal.children.find(c => c.id === id), weight, model);
    if (message) return { id, message };
  }
  return sumRefusal(withWeights(goal.children, weights).filter(c => c.contributes));
}

function oneRefusal(child: Child | undefined, weight: number | null, model: OkrModel): string | undefined {
  if (!child) return 'This goal is not among the children. Load the page again.';
  if (weight !== null && !(weight >= 0 && weight <= 100)) return 'Give a weight from 0 to 100 percent.';
  const givesMore = weight === null ? !child.contributes : weight > 0;
  if (!givesMore || policyOf(child.kind, model) !== 'never') return undefined;
  return `${child.kind === 'initiative' ? model.names.initiative[1] : `Child ${model.names.objective[1].toLowerCase()}`} never contribute in this organization. Set it to 0.`;
}

function sumRefusal(contributing: readonly Child[]): { message: string } | undefined {
  const fixed = sumOf(contributing.map(c => c.fixed ?? 0));
  const said = Math.round(fixed * 100) / 100;
  if (fixed > 100 + tolerance) return { message: `The weights add up to ${said} %. Together they must not be more than 100 %.` };
  const allFixed = contributing.length > 0 && contributing.every(c => c.fixed !== undefined);
  if (allFixed && fixed < 100 - tolerance) return { message: `The weights add up to ${said} %. Make them 100 % together, or let one child share what is left.` };
  return undefined;
}

function weighed({ fixed: _was, ...child }: Child, weight: number | null): Child {
  if (weight === null) return { ...child, contributes: true };
  return weight > 0 ? { ...child, contributes: true, fixed: weight } : { ...child, contributes: false };
}

function policyOf(kind: GoalKind, model: OkrModel): ContributionPolicy {
  return kind === 'initiative' ? model.initiatives.contribute : kind === 'objective' ? model.childObjectives : 'by-default';
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, n) => sum + n, 0);
}
