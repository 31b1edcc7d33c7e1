// What is wrong with a goal as somebody wants it: the rules of the organization's OKR model, and those that hold everywhere (features.md 1.1, 1.4).
import type { Goal, GoalDraft, GoalKind } from './goal.ts';
import { sameRef } from './goal.ts';
import type { OkrModel } from './organization.ts';
import type { Outcome } from './outcome.ts';
import { phaseFault } from './phase.ts';
import { isPaced } from './status.ts';

/** Per field, by its path, a sentence that says what to do. */
export type Faults = Record<string, string>;

/** What people want of a goal as it is. */
export function draftOf({
  kind, title, description, entity, owners, checkInOwner, delegate, access, parents, start, end, ambition, tags, scoringGuidance, outcome, phases, mode, statusFrom,
}: Goal): GoalDraft {
  return { kind, title, description, entity, owners, checkInOwner, delegate, access, parents, start, end, ambition, tags, scoringGuidance, outcome, phases, mode, statusFrom };
}

/**
 * A model holds for what is made or changed under it: what an edit leaves as it was (`before`) is not held against it, or nobody could
 * rename an older goal. Where the goal stands is judged by `nestingFault`, which needs to know the parents.
 */
export function faultsOf(draft: GoalDraft, before: Goal | undefined, model: OkrModel): Faults {
  const faults: Faults = {};
  if (draft.end <= draft.start) faults['end'] = 'The end date must be after the start date.';
  const phase = phaseFault(draft);
  if (phase) faults[['phases', phase.at, phase.part].filter(part => part !== undefined).join('.')] = phase.message;
  if (draft.scoringGuidance !== (before?.scoringGuidance ?? '') && !model.scoringGuidance) {
    faults['scoringGuidance'] = 'Scoring guidance is switched off in this organization. Its admins can switch it on in the OKR model.';
  }
  const kept = draft.parents.every(ref => before?.parents.some(was => sameRef(was, ref)));
  if (draft.parents.length > 1 && !kept && !model.multipleAlignment) {
    faults['parents'] = 'A goal stands under one other here. An admin can switch multiple alignment on in the OKR model.';
  }
  return { ...faults, ...measureFaults(draft, before, model) };
}

/** What is wrong with how a goal is measured and what moves it. */
export function measureFaults({ kind, outcome, mode }: Pick<GoalDraft, 'kind' | 'outcome' | 'mode'>, before: Goal | undefined, model: OkrModel): Faults {
  if (before && before.kind === kind && before.mode === mode && JSON.stringify(before.outcome) === JSON.stringify(outcome)) return {};
  if (kind === 'objective' && model.kind === 'classic') {
    if (mode === 'source') return { mode: 'Data sources attach to key results and initiatives; this organization’s objectives are always aspirational.' };
    if (outcome.kind !== 'percent') return { outcome: 'This organization’s objectives are always aspirational: they count percent complete. Measure a metric in a key result.' };
  }
  if (mode !== 'roll-up') return {};
  if (kind === 'initiative' && outcome.kind !== 'percent') return { mode: 'An initiative’s tasks add up to percent complete. Choose percent complete, or another way to update progress.' };
  return isRollable(outcome) ? {} : { mode: 'A metric in percent rolls up only between a start and a target. Choose another direction, or another way to update progress.' };
}

/** Percent complete is averaged and numbers are added up; percents of a metric need a course on which the average stands for a value (features.md 1.7). */
function isRollable(outcome: Outcome): boolean {
  return outcome.kind === 'percent' || outcome.unit.kind !== 'percent' || isPaced(outcome);
}

/** How a goal is moved where nobody says: an objective that counts percent complete by what stands under it, anything else by check-ins (features.md 1.4). */
export function usualMode({ kind, outcome }: Pick<GoalDraft, 'kind' | 'outcome'>): GoalDraft['mode'] {
  return kind === 'objective' && outcome.kind === 'percent' ? 'roll-up' : 'manual';
}

/** Why a goal of one kind cannot stand under one of another, and who can change that; `undefined` where it can. */
export function nestingFault(child: GoalKind, parent: GoalKind, model: OkrModel): string | undefined {
  if (parent === 'objective') return undefined;
  if (parent === 'initiative') return `Nothing stands under ${several('initiative', model)}. Choose an objective.`;
  return model[switches[child]] ? undefined
    : `${several(child, model)} do not stand under ${several('key-result', model)} here. An admin can switch “${several(child, model)} under ${several('key-result', model)}” on in the OKR model.`;
}

const switches = { objective: 'objectivesUnderKeyResults', 'key-result': 'keyResultsUnderKeyResults', initiative: 'initiativesUnderKeyResults' } as const;

function several(kind: GoalKind, { names }: OkrModel): string {
  return { objective: names.objective, 'key-result': names.keyResult, initiative: names.initiative }[kind][1];
}

/** What is wrong with where a goal lies in time; `period` is absent where its own is not known any more. */
export function misplacementOf(
  goal: Pick<Goal, 'kind' | 'start' | 'end'>, period: { start: string; end: string } | undefined, parents: readonly Pick<Goal, 'start' | 'end'>[],
): Goal['misplaced'] {
  const within = (outer: { start: string; end: string }) => goal.start >= outer.start && goal.end <= outer.end;
  return [
    ...(period && !within(period) ? ['outside-period' as const] : []),
    ...(goal.kind === 'key-result' && !parents.every(within) ? ['outside-objective' as const] : []),
  ];
}
