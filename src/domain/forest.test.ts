// Whole forests of goals: what goes up word by word, in whatever order, ends where working everything out anew ends.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { alertLevelOf } from './alert.ts';
import { move, type Change, type Judgement } from './check-in.ts';
import { addDays } from './date.ts';
import { edit } from './edit.ts';
import { asChild, newGoal, type Child, type Goal, type GoalDraft } from './goal.ts';
import { usualModel } from './organization.ts';
import { progressOf, type Outcome } from './outcome.ts';
import { endOf, isNewsAbove } from './roll-up.ts';
import { defaultThresholds, expectedOf, isEnded, statusOf, type Status } from './status.ts';

const ann = { id: 'ann', name: 'Ann' };
const [start, end] = ['2026-10-01', '2026-12-31'];
const orders = { kind: 'metric', name: 'Orders', unit: { kind: 'number', name: 'Orders' } } as const;

const share = (target: number): Outcome => ({ kind: 'metric', name: 'Share', unit: { kind: 'percent' }, direction: 'increase', start: 20, target });

/** The same numbers for the same seed (mulberry32), so that what failed can be seen again. */
function dice(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { below, chance: (p: number) => next() < p, one: <T>(all: readonly T[]): T => all[below(all.length)]! };
}
type Dice = ReturnType<typeof dice>;

/** Goals in layers, each under some of those above; and the words that are on their way up, one at most from a child to a parent. */
class Forest {
  readonly goals = new Map<string, Goal>();
  readonly layerOf = new Map<string, number>();
  readonly words = new Map<string, { child: string; parent: string }>();
  today = '2026-10-20';
  /** How many goals were moved by words. */
  carried = 0;
  #instant = 0;
  readonly dice: Dice;

  constructor(size: number, dice: Dice) {
    this.dice = dice;
    const layers = 6;
    for (let n = 0; n < size; n++) this.plant(`g${n}`, Math.min(layers - 1, Math.floor(layers * Math.sqrt(n / size))));
  }

  plant(id: string, layer: number): void {
    const { one, chance } = this.dice;
    const isLeaf = layer > 0 && chance(layer / 6);
    const kind = isLeaf ? one(['key-result', 'key-result', 'initiative'] as const) : 'objective';
    const outcome = isLeaf
      ? one<Outcome>([{ kind: 'percent' }, { ...orders, direction: 'increase', start: 10, target: 60 }, { ...orders, direction: 'stay-below', target: 50, risk: 70 }, { ...orders, direction: 'baseline' }, { kind: 'metric', name: 'Cost', unit: { kind: 'currency', code: 'EUR' }, direction: 'decrease', start: 90, target: 5 }])
      : one<Outcome>([{ kind: 'percent' }, { kind: 'percent' }, { kind: 'percent' }, { ...orders, direction: 'reach', target: 300 }, { ...orders, direction: 'baseline' }, share(70), share(70)]);
    const goal = newGoal({
      kind, title: id, owners: chance(0.9) ? [ann] : [], start, end, outcome, parents: this.#above(layer), statusFrom: one(['progress', 'progress', 'children']),
      mode: isLeaf ? (kind === 'initiative' && chance(0.5) ? 'roll-up' : one(['manual', 'source'])) : chance(0.9) ? 'roll-up' : 'manual',
      entity: one([{ kind: 'organization' }, { kind: 'individual' }]),
    }, { period: layer < 2 ? '2026' : '2026-q4', id, by: ann, at: '2026-09-20T08:00:00.000Z' });
    this.goals.set(id, goal);
    this.layerOf.set(id, layer);
    this.#promise(goal, goal.parents.map(p => p.id));
  }

  #above(layer: number): Goal['parents'] {
    const all = [...this.goals.values()].filter(g => this.layerOf.get(g.id)! < layer && g.kind === 'objective');
    const chosen = new Set(all.length === 0 ? [] : Array.from({ length: this.dice.one([0, 1, 1, 1, 2, 3]) }, () => this.dice.one(all)));
    return [...chosen].map(({ period, id }) => ({ period, id }));
  }

  #promise(child: { id: string }, parents: readonly string[]): void {
    for (const parent of parents) this.words.set(`${parent} ${child.id}`, { child: child.id, parent });
  }

  judgement(by: Judgement['by']): Judgement {
    this.#instant += 1;
    return { at: new Date(Date.parse(`${this.today}T00:00:00.000Z`) + this.#instant).toISOString(), today: this.today, thresholds: defaultThresholds, model: usualModel, by };
  }

  move(id: string, change: Change, by: Judgement['by']): void {
    const before = this.goals.get(id);
    if (!before) return;
    this.#put(before, move(before, change, this.judgement(by)).goal);
  }

  edit(id: string, draft: Partial<GoalDraft>): void {
    const before = this.goals.get(id)!;
    this.#put(before, edit(before, { ...before, ...draft }, { connection: before.connection, remeasured: false }, this.judgement({ kind: 'person', ...ann })).goal);
    this.#promise(before, [...before.parents, ...this.goals.get(id)!.parents].map(p => p.id));
  }

  #put(before: Goal, after: Goal): void {
    this.goals.set(before.id, after);
    if (isNewsAbove(before, after)) this.#promise(after, after.parents.map(p => p.id));
  }

  remove(id: string): void {
    const goal = this.goals.get(id)!;
    if (this.goals.size === 1 || [...this.goals.values()].some(g => g.parents.some(p => p.id === id))) return;
    this.goals.delete(id);
    this.#promise(goal, goal.parents.map(p => p.id));
  }

  /** Carries words as the outbox does: whichever comes first, with the child as it is by then. */
  carry(most = Infinity): void {
    for (let n = 0; n < most && this.words.size > 0; n++) {
      const key = this.dice.chance(0.5) ? this.words.keys().next().value! : this.dice.one([...this.words.keys()].slice(0, 20));
      const { child, parent } = this.words.get(key)!;
      this.words.delete(key);
      const now = this.goals.get(child);
      this.carried += 1;
      this.move(parent, now?.parents.some(p => p.id === parent) ? { kind: 'child', child: asChild(now) } : { kind: 'child-gone', id: child }, { kind: 'children' });
    }
  }

  dawn(): void {
    this.today = addDays(this.today, this.dice.one([1, 5, 20]));
    for (const id of this.goals.keys()) this.move(id, { kind: 'time' }, { kind: 'time' });
  }

  closeUnder(parent: Goal, by: Judgement['by']): void {
    for (const { id } of parent.children) this.move(id, { kind: 'close', score: this.dice.one([null, 0.2, 0.8]), note: '' }, by);
  }

  /** Something that people, a source or time do to some goal. */
  happen(n: number): void {
    const { below, chance, one } = this.dice;
    const goal = one([...this.goals.values()]);
    const by = { kind: 'person', ...ann } as const;
    const follows = goal.mode === 'roll-up';
    switch (below(14)) {
      case 0: return this.plant(`n${n}`, below(6));
      case 1: return this.remove(goal.id);
      case 2: return this.edit(goal.id, { parents: this.#above(this.layerOf.get(goal.id)!) });
      case 3: return this.move(goal.id, chance(0.7) ? { kind: 'close', score: one([null, 0.3, 0.7, 1]), note: '' } : { kind: 'postpone', note: '', continuedBy: null }, by);
      case 4: return follows && endOf(goal.children) ? undefined : this.move(goal.id, { kind: 'reopen', note: '' }, by);
      case 5: return follows ? this.move(goal.id, { kind: 'weights', weights: Object.fromEntries(goal.children.map(c => [c.id, one([null, null, 0, 10, 40])])) }, by) : undefined;
      case 6: return follows && !isEnded(goal.status) ? this.move(goal.id, { kind: 'check-in', value: below(100), note: '', updates: 'stop' }, by) : undefined;
      case 7: return this.move(goal.id, { kind: 'resume' }, by);
      case 8: return goal.kind === 'initiative' ? this.move(goal.id, { kind: 'tasks', tasks: Array.from({ length: below(5) }, (_, t) => ({ id: `t${t}`, name: 'Task', owner: null, due: null, done: chance(0.5) })) }, by) : undefined;
      case 9: return this.edit(goal.id, follows ? { statusFrom: one(['progress', 'children']), outcome: one([goal.outcome, { kind: 'percent' }, share(50 + below(50)), share(50 + below(50)), { ...orders, direction: 'reach', target: 100 + below(400) }]) } : { owners: one([[], [ann]]) });
      case 10: return this.closeUnder(goal, by);
      case 11: return goal.closure ? this.move(goal.id, { kind: 'close', score: one([0.1, 0.9]), note: 'After all.' }, by) : undefined;
      case 12: return chance(0.1) ? this.dawn() : undefined;
      default: return follows ? undefined : this.move(goal.id, goal.mode === 'source'
        ? { kind: 'reading', value: below(120), raw: '', asOf: this.judgement(by).at, readAt: this.judgement(by).at }
        : { kind: 'check-in', value: below(100), note: '' }, by);
    }
  }
}

/** Everything worked out once more, from the leaves up, by rules that are written down here a second time, as plainly as can be. */
function afresh(forest: Forest): Map<string, Goal> {
  const { goals, today } = forest;
  const fresh = new Map<string, Goal>();
  const under = new Map<string, Goal[]>();
  for (const id of [...goals.keys()].toSorted((a, b) => forest.layerOf.get(b)! - forest.layerOf.get(a)!)) {
    const goal = goals.get(id)!;
    const children = (under.get(id) ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((child): Child => {
      const own = goal.children.find(c => c.id === child.id);
      return { ...asChild(child), contributes: own?.contributes ?? false, ...(own?.fixed === undefined ? {} : { fixed: own.fixed }) };
    });
    const isLeftAlone = goal.mode !== 'roll-up' || goal.stopped !== null || (isEnded(goal.status) && goal.closure?.by.kind !== 'children');
    const now = { ...goal, children, ...(isLeftAlone ? {} : workedOut(goal, children, today)) };
    const judged = { ...now, alert: alertLevelOf(now, today, defaultThresholds) };
    fresh.set(id, judged);
    for (const parent of goal.parents) under.set(parent.id, [...under.get(parent.id) ?? [], judged]);
  }
  return fresh;
}

function workedOut(goal: Goal, children: Child[], today: string): Pick<Goal, 'value' | 'progress' | 'status' | 'closure'> {
  if (goal.kind === 'initiative' && goal.outcome.kind !== 'percent') return goal;
  const value = goal.kind === 'initiative' ? partDone(goal) : naiveValue(goal.outcome, children);
  const progress = progressOf(goal.outcome, value);
  const counting = goal.kind === 'initiative' ? [] : children.filter(c => c.kind !== 'initiative' || c.contributes);
  const has = (...statuses: Status[]) => counting.some(c => statuses.includes(c.status));
  const all = (...statuses: Status[]) => counting.length > 0 && counting.every(c => statuses.includes(c.status));
  const closure = (score: number | null) => ({ at: '', by: { kind: 'children' as const }, score, note: '', continuedBy: null });
  if (all('closed')) {
    const scores = counting.flatMap(c => (c.score === null ? [] : [c.score]));
    return { value, progress, status: 'closed', closure: closure(scores.length === 0 ? null : Math.round((scores.reduce((a, b) => a + b, 0) / scores.length) * 100) / 100) };
  }
  if (all('postponed')) return { value, progress, status: 'postponed', closure: closure(null) };
  const byGap = value === null ? 'not-started' : statusOf(goal.outcome, value, progress, expectedOf(goal, today), defaultThresholds);
  const status = goal.kind === 'initiative' ? (goal.tasks.some(t => t.done) ? byGap : 'not-started')
    : goal.statusFrom === 'progress' ? (counting.every(c => c.status === 'not-started' || c.status === 'postponed') ? 'not-started' : byGap)
    : has('at-risk') ? 'at-risk' : has('behind') ? 'behind' : has('on-track', 'in-progress') ? 'on-track'
    : has('closed') ? byGap : 'not-started';
  return { value, progress, status, closure: null };
}

function partDone({ tasks }: Goal): number | null {
  return tasks.length === 0 ? null : (100 * tasks.filter(t => t.done).length) / tasks.length;
}

function naiveValue(outcome: Outcome, children: Child[]): number | null {
  const mine = children.filter(c => c.contributes);
  if (outcome.kind === 'metric' && outcome.unit.kind !== 'percent') {
    const same = mine.filter(c => JSON.stringify(c.unit) === JSON.stringify(outcome.unit) && c.amount !== null);
    return same.length === 0 ? null : same.reduce((sum, c) => sum + c.amount!, 0);
  }
  const free = mine.filter(c => c.fixed === undefined).length;
  const fixed = mine.reduce((sum, c) => sum + (c.fixed ?? 0), 0);
  const heard = mine.filter(c => c.progress !== null).map(c => ({ p: c.progress!, w: c.fixed ?? Math.max(0, 100 - fixed) / free })).filter(({ w }) => w > 0);
  if (heard.length === 0) return null;
  const mean = heard.reduce((sum, { p, w }) => sum + p * w, 0) / heard.reduce((sum, { w }) => sum + w, 0);
  return outcome.kind === 'metric' && outcome.direction === 'increase' ? outcome.start + (mean / 100) * (outcome.target - outcome.start) : mean;
}

function assertSame(forest: Forest): void {
  const fresh = afresh(forest);
  for (const [id, is] of forest.goals) {
    const should = fresh.get(id)!;
    const name = `${id} (${is.kind}, ${is.mode}, ${is.outcome.kind})`;
    for (const number of ['value', 'progress'] as const) {
      const [a, b] = [is[number], should[number]];
      assert.ok(a === b || (a !== null && b !== null && Math.abs(a - b) < 1e-6), `${number} of ${name} is ${a} and should be ${b}`);
    }
    assert.deepEqual(is.children, is.children.map(c => ({ ...asChild(forest.goals.get(c.id)!), contributes: c.contributes, ...(c.fixed === undefined ? {} : { fixed: c.fixed }) })), `the memory of ${name}`);
    assert.deepEqual(is.children.map(c => c.id), should.children.map(c => c.id), `the children of ${name}`);
    const isUnvalued = is.status === 'reopened' && should.value === null; // opened again, and nobody has said anything since
    if (!isUnvalued) assert.equal(is.status, should.status, `the status of ${name}`);
    assert.deepEqual([is.closure?.score, is.closure?.by], [should.closure?.score, should.closure?.by], `the end of ${name}`);
    if (!isUnvalued) assert.equal(is.alert, should.alert, `the alert of ${name}`);
  }
}

function live(seed: number, size: number, events: number): Forest {
  const forest = new Forest(size, dice(seed));
  forest.carry();
  for (let n = 0; n < events; n++) {
    forest.happen(n);
    if (forest.dice.chance(0.3)) forest.carry(forest.dice.below(10));
  }
  forest.carry();
  forest.dawn();
  forest.carry();
  return forest;
}

describe('a forest of goals', () => {
  it('stands where working it out anew would put it, whatever happened and in whatever order words came (C25, C30, C31, C32, C34)', () => {
    fc.assert(fc.property(fc.integer(), fc.integer({ min: 2, max: 30 }), fc.integer({ min: 0, max: 60 }), (seed, size, events) => assertSame(live(seed, size, events))), { numRuns: 400 });
  });

  it('of 2,000 goals, many under several parents, does too (C34)', () => {
    const forest = live(2026, 2000, 1500);
    assertSame(forest);
    const goals = [...forest.goals.values()];
    const shared = goals.filter(g => g.parents.length > 1);
    assert.ok(shared.length > 300, `${shared.length} goals under several parents`);
    const seen = (what: string, is: (g: Goal) => boolean, least: number) => assert.ok(goals.filter(is).length >= least, `${goals.filter(is).length} goals ${what}`);
    seen('closed by their children', g => g.closure?.by.kind === 'children' && g.status === 'closed', 20);
    seen('stopped', g => g.stopped !== null, 5);
    seen('with fixed weights', g => g.children.some(c => c.fixed !== undefined), 10);
    seen('that sum', g => g.mode === 'roll-up' && g.outcome.kind === 'metric' && g.outcome.unit.kind === 'number' && g.value !== null, 20);
    seen('that take the worst status', g => g.statusFrom === 'children' && g.status === 'at-risk', 20);
    assert.ok(forest.carried > 3000, `${forest.carried} words`);
  }).timeout(20_000);
});
