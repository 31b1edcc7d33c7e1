// A goal while somebody writes it: texts as typed, read as the API's body, and merged when somebody else saved first.
import type { z } from 'zod';
import { GoalBody, type GoalView } from '../../src/api.ts';
import { measureFaults, nestingFault } from '../../src/domain/draft.ts';
import { GoalKind, ProgressMode, sameRef, type Goal, type GoalRef } from '../../src/domain/goal.ts';
import type { OkrModel, Who } from '../../src/domain/organization.ts';
import { Outcome } from '../../src/domain/outcome.ts';
import { numberFrom, numberHint } from './format.ts';

type Metric = Extract<Outcome, { kind: 'metric' }>;
export type Direction = Metric['direction'];

export interface GoalDraft {
  kind: GoalKind;
  title: string;
  description: string;
  owners: readonly Who[];
  parents: readonly GoalRef[];
  start: string;
  end: string;
  measured: Outcome['kind'];
  metricName: string;
  unit: Metric['unit']['kind'];
  unitName: string;
  currency: string;
  direction: Direction;
  from: string;
  target: string;
  risk: string;
  mode: ProgressMode;
  connection: string;
  metric: string;
  form: Readonly<Record<string, unknown>>;
}

/** Sentences by the draft's own field names; those of the measure's form stand under `form.<field>`. */
export type DraftErrors = Readonly<Record<string, string>>;

export const directionNames: Record<Direction, string> = {
  reach: 'Reach', increase: 'Increase from', decrease: 'Decrease from', 'stay-above': 'Stay above', 'stay-below': 'Stay below', baseline: 'Find a baseline',
};

/** Which numbers a direction asks for. */
export const numbersOf: Record<Direction, readonly ('from' | 'target' | 'risk')[]> = {
  reach: ['target'], increase: ['from', 'target'], decrease: ['from', 'target'], 'stay-above': ['target', 'risk'], 'stay-below': ['target', 'risk'], baseline: [],
};

export function newDraft(given: Pick<GoalDraft, 'owners' | 'parents' | 'start' | 'end'>): GoalDraft {
  return {
    ...given,
    kind: given.parents.length === 0 ? 'objective' : 'key-result',
    title: '', description: '',
    measured: 'percent', metricName: '', unit: 'none', unitName: '', currency: 'EUR', direction: 'increase', from: '', target: '', risk: '',
    mode: 'manual', connection: '', metric: '', form: {},
  };
}

export function draftOf({ goal, link }: GoalView): GoalDraft {
  return {
    ...newDraft({ owners: goal.owners, parents: goal.parents, start: goal.start, end: goal.end }),
    kind: goal.kind, title: goal.title, description: goal.description, mode: goal.mode,
    ...outcomeTexts(goal.outcome),
    ...(link === null ? {} : { connection: link.connection, metric: link.measure.metric, form: link.measure.form }),
  };
}

function outcomeTexts(outcome: Outcome): Partial<GoalDraft> {
  if (outcome.kind === 'percent') return { measured: 'percent' };
  const { unit } = outcome;
  return {
    measured: 'metric', metricName: outcome.name, direction: outcome.direction, unit: unit.kind,
    ...(unit.kind === 'number' ? { unitName: unit.name } : {}),
    ...(unit.kind === 'currency' ? { currency: unit.code } : {}),
    ...('start' in outcome ? { from: String(outcome.start) } : {}),
    ...('target' in outcome ? { target: String(outcome.target) } : {}),
    ...('risk' in outcome && outcome.risk !== undefined ? { risk: String(outcome.risk) } : {}),
  };
}

export type Drafted<T> = { ok: true; value: T } | { ok: false; errors: DraftErrors };

/** What the organization's model leaves to choose. */
export interface Offered { measured: GoalDraft['measured'][]; modes: ProgressMode[] }

/** An older goal keeps what it had under another model, as long as nobody changes its kind or its way of measuring. */
export function offered(draft: GoalDraft, before: Goal | undefined, model: OkrModel): Offered {
  const { kind } = draft;
  const was = before?.kind === kind ? before : undefined;
  const isMeasuredAsBefore = was !== undefined && same(outcomeSoFar({ ...draft, ...outcomeTexts(was.outcome) }), outcomeSoFar(draft));
  const faults = (mode: ProgressMode, measured = draft.measured) => measureFaults({ kind, mode, outcome: outcomeSoFar({ ...draft, measured }) }, undefined, model);
  return {
    measured: (['percent', 'metric'] as const).filter(way => faults('manual', way)['outcome'] === undefined || was?.outcome.kind === way),
    modes: ProgressMode.options.filter(mode => faults(mode)['mode'] === undefined || (isMeasuredAsBefore && was.mode === mode)),
  };
}

/** The draft once a change has taken away what it had chosen: it counts percent complete then, and is moved by check-ins. */
export function fitted(draft: GoalDraft, before: Goal | undefined, model: OkrModel): GoalDraft {
  const measured = offered(draft, before, model).measured.includes(draft.measured) ? draft : { ...draft, measured: 'percent' as const };
  return offered(measured, before, model).modes.includes(measured.mode) ? measured : { ...measured, mode: 'manual' };
}

/** Under which kinds of goals one of this kind may stand. */
export function parentKinds(kind: GoalKind, model: OkrModel): GoalKind[] {
  return GoalKind.options.filter(parent => nestingFault(kind, parent, model) === undefined);
}

/** Why the goal cannot stand under one of these; an older goal of the same kind may stay where it stands. */
export function parentFault({ kind }: Pick<GoalDraft, 'kind'>, parents: readonly Pick<Goal, 'period' | 'id' | 'kind'>[], before: Goal | undefined, model: OkrModel): string | undefined {
  const judged = before?.kind === kind ? parents.filter(parent => !before.parents.some(ref => sameRef(ref, parent))) : parents;
  return judged.map(parent => nestingFault(kind, parent.kind, model)).find(sentence => sentence !== undefined);
}

/** An outcome of the kind that is being written, with any name and numbers: the model does not ask for them. */
function outcomeSoFar(draft: GoalDraft): Outcome {
  return draft.measured === 'percent' ? { kind: 'percent' } : { kind: 'metric', name: '', unit: unitOf(draft), direction: draft.direction, start: 0, target: 1 };
}

/** The outcome as far as it is written, by the domain's own schema. */
export function outcomeOf(draft: GoalDraft): Drafted<Outcome> {
  if (draft.measured === 'percent') return { ok: true, value: { kind: 'percent' } };
  const errors: Record<string, string> = {};
  const number = (name: 'from' | 'target' | 'risk') => {
    if (name === 'risk' && draft.risk.trim() === '') return undefined;
    const value = numberFrom(draft[name]);
    if (value === undefined) errors[name] = numberHint;
    return value;
  };
  const [from, target, risk] = (['from', 'target', 'risk'] as const).map(name => (numbersOf[draft.direction].includes(name) ? number(name) : undefined));
  const said = Outcome.safeParse({ kind: 'metric', name: draft.metricName, unit: unitOf(draft), direction: draft.direction, start: from, target, ...(risk === undefined ? {} : { risk }) });
  if (said.success && Object.keys(errors).length === 0) return { ok: true, value: said.data };
  return { ok: false, errors: { ...(said.success ? {} : draftErrors(sentences(said.error.issues, ['outcome']))), ...errors } };
}

function unitOf(draft: GoalDraft): Metric['unit'] {
  switch (draft.unit) {
    case 'number': return { kind: 'number', name: draft.unitName };
    case 'currency': return { kind: 'currency', code: draft.currency.trim().toUpperCase() };
    default: return { kind: draft.unit };
  }
}

/**
 * The body to send, or a sentence for every field that is not right yet. It names what the form shows and nothing else; of a goal that was
 * there `before`, of what may be left out no more than what was changed: the rest stays, and with it what this person does not see of it.
 */
export function bodyOf(draft: GoalDraft, before?: GoalDraft): Drafted<GoalBody> {
  const outcome = outcomeOf(draft);
  const sourced = draft.mode === 'source';
  const changed = <Name extends keyof GoalDraft, T>(name: Name, value: T) => (before !== undefined && same(draft[name], before[name]) ? {} : { [name]: value });
  const said = GoalBody.safeParse({
    kind: draft.kind, title: draft.title, mode: draft.mode,
    ...changed('description', draft.description), ...changed('owners', draft.owners.map(owner => owner.id)), ...changed('parents', draft.parents),
    ...changed('start', draft.start), ...changed('end', draft.end),
    outcome: outcome.ok ? outcome.value : { kind: 'percent' },
    ...(sourced ? { link: { connection: draft.connection, measure: { metric: draft.metric, form: draft.form } } } : {}),
  });
  const errors: Record<string, string> = {
    ...(said.success ? {} : draftErrors(sentences(said.error.issues))),
    ...(outcome.ok ? {} : outcome.errors),
    ...(sourced && draft.connection === '' ? { connection: 'Choose the connection to read from.' } : {}),
    ...(sourced && draft.connection !== '' && draft.metric === '' ? { metric: 'Choose what to measure.' } : {}),
  };
  for (const name of ['start', 'end']) if (errors[name] !== undefined) errors[name] = 'Choose a date.';
  return said.success && Object.keys(errors).length === 0 ? { ok: true, value: said.data } : { ok: false, errors };
}

/** One sentence a field path. In a union, those of the branch that the kind and direction chose. */
function sentences(issues: readonly z.core.$ZodIssue[], under: readonly PropertyKey[] = []): Record<string, string> {
  const all = issues.flatMap((issue): [string, string][] => {
    const path = [...under, ...issue.path];
    if (issue.code !== 'invalid_union') return [[path.join('.'), issue.message]];
    const meant = issue.errors.find(branch => !branch.some(i => i.code === 'invalid_value' && (i.path[0] === 'kind' || i.path[0] === 'direction')));
    return meant === undefined ? [[path.join('.'), issue.message]] : Object.entries(sentences(meant, path));
  });
  return Object.fromEntries(all);
}

const draftNames: Readonly<Record<string, string>> = {
  'outcome.name': 'metricName', 'outcome.unit.name': 'unitName', 'outcome.unit.code': 'currency', 'outcome.direction': 'direction',
  'outcome.start': 'from', 'outcome.target': 'target', 'outcome.risk': 'risk', outcome: 'measured',
  'link.connection': 'connection', 'link.measure.metric': 'metric', link: 'connection',
};

/** The server's sentences, by the draft's field names. */
export function draftErrors(errors: Readonly<Record<string, string>>): DraftErrors {
  return Object.fromEntries(Object.entries(errors).map(([path, sentence]) => [draftNames[path] ?? path.replace(/^(link\.)?(measure\.)?form\./, 'form.').replace(/^(owners|parents)\..*/, '$1'), sentence]));
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export interface Merge { draft: GoalDraft; both: (keyof GoalDraft)[] }

/**
 * What `mine` becomes when `theirs` was saved in the meantime, both having started from `base`: my changes stay, theirs come in
 * wherever I changed nothing. `both` names the fields that both of us changed to different things; there mine stays until I choose.
 */
export function merged(base: GoalDraft, mine: GoalDraft, theirs: GoalDraft): Merge {
  const names = Object.keys(base) as (keyof GoalDraft)[];
  const taken = names.filter(name => same(mine[name], base[name]));
  const draft = { ...mine, ...Object.fromEntries(taken.map(name => [name, theirs[name]])) } as GoalDraft;
  const both = names.filter(name => !taken.includes(name) && !same(theirs[name], base[name]) && !same(mine[name], theirs[name]));
  return { draft, both };
}
