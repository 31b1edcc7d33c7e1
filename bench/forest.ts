// Many goals in one period: trees of objectives with key results as leaves, alike in shape however many there are, and what their numbers must add up to.
import { type Judgement, move } from '../src/domain/check-in.ts';
import { type Goal, type GoalRef, asChild, newGoal, refOf } from '../src/domain/goal.ts';
import { type Organization, type Scope, usualModel } from '../src/domain/organization.ts';
import { insert, type Store } from '../src/store/store.ts';
import { keys, rows } from '../src/store/tables.ts';

/** Objectives stand three deep, and key results under the last of them. */
const depth = 4;
const leastChildren = 3;
const mostChildren = 5;
const people = 200;
export const teams = 10;
const by = { id: 'person-0', name: 'Person 0' };
const words = 'grow weekly orders answer customers faster reduce churn improve quality launch product hire engineers support tickets revenue margin partners region'.split(' ');

/** A goal and those under it. */
export interface Tree { goal: Goal; under: Tree[] }
export interface Forest { trees: Tree[]; goals: number }

/** At least so many goals, in whole trees. The same numbers every time. */
export function forestOf(goals: number, period: string, organization: Pick<Organization, 'thresholds'>, at: string): Forest {
  const random = randomFrom(goals);
  const judgement: Judgement = { at, today: at.slice(0, 10), thresholds: organization.thresholds, model: usualModel, by: { kind: 'person', ...by } };
  const made = { goals: 0 };
  const tree = (level: number, parent: GoalRef | undefined): Tree => {
    const isLeaf = level === depth;
    const who = random(people);
    const bare = newGoal({
      kind: isLeaf ? 'key-result' : 'objective', title: `${Array.from({ length: 8 }, () => words[random(words.length)]).join(' ')} ${made.goals}`,
      owners: [{ id: `person-${who}`, name: `Person ${who}` }], entity: { kind: 'teams', teams: [`team-${random(teams)}`] }, parents: parent ? [parent] : [],
      start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, mode: isLeaf ? 'manual' : 'roll-up',
    }, { period, id: `${random(1e6).toString(36)}-${made.goals++}`, by, at });
    if (isLeaf) return { goal: move(bare, { kind: 'check-in', value: random(90), note: '' }, judgement).goal, under: [] };
    const under = Array.from({ length: leastChildren + random(mostChildren - leastChildren + 1) }, () => tree(level + 1, refOf(bare)));
    return { goal: under.reduce((goal, child) => move(goal, { kind: 'child', child: asChild(child.goal) }, judgement).goal, bare), under };
  };
  const trees: Tree[] = [];
  while (made.goals < goals) trees.push(tree(1, undefined));
  return { trees, goals: made.goals };
}

export async function plant(store: Store, scope: Scope, { trees }: Forest): Promise<void> {
  for (let i = 0; i < trees.length; i += 50) { // a few thousand goals at a time
    const goals = trees.slice(i, i + 50).flatMap(goalsOf);
    await store.transactAll(goals.map(goal => [insert(rows.goal, keys.goal(scope, goal), goal)]));
  }
}

export function goalsOf({ goal, under }: Tree): Goal[] {
  return [goal, ...under.flatMap(goalsOf)];
}

/** From the root to one of its key results. */
export function pathIn(tree: Tree, choose: (of: number) => number): Goal[] {
  return [tree.goal, ...(tree.under.length > 0 ? pathIn(tree.under[choose(tree.under.length)]!, choose) : [])];
}

/**
 * Fails unless the goals read are exactly those of the forest, and every one's progress is what follows from its key results from scratch:
 * the mean of its children, worked out here anew. `values` are those that key results have been given since.
 */
export function checkForest({ trees, goals }: Forest, values: ReadonlyMap<string, number>, read: readonly Goal[]): void {
  if (read.length !== goals) throw new Error(`${read.length} rows instead of ${goals}.`);
  const progress = new Map(read.map(goal => [goal.id, goal.progress]));
  if (progress.size !== goals) throw new Error('Some rows have the same id.');
  const scratch = ({ goal, under }: Tree): number => {
    const right = under.length === 0 ? values.get(goal.id) ?? goal.value! : under.map(scratch).reduce((sum, p) => sum + p, 0) / under.length;
    const stored = progress.get(goal.id);
    if (typeof stored !== 'number' || !(Math.abs(stored - right) < 1e-6)) throw new Error(`${goal.title} stands at ${stored}, and from scratch at ${right}.`);
    return right;
  };
  for (const tree of trees) scratch(tree);
}

/** Whole numbers from 0 up to what is asked, the same ones for the same seed. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}
