// What people say about a goal: comments with mentions, and reactions.
import type { Api, Input } from '../../api.ts';
import type { Activity, FeedEntry } from '../../domain/feed.ts';
import { type Goal, refOf } from '../../domain/goal.ts';
import { type Who, isId } from '../../domain/organization.ts';
import { refusal } from '../../domain/permission.ts';
import { type Reactions, reacted } from '../../domain/reactions.ts';
import { auditStep } from '../../goals/actor.ts';
import { bodiesOf } from '../../store/bodies.ts';
import { revise } from '../../store/revise.ts';
import { Conflict, insert, put } from '../../store/store.ts';
import { type Keys, type Kind, keys, rows } from '../../store/tables.ts';
import { outgoingStep } from '../../sync/move.ts';
import { type Caller, actorOf, author, who } from '../caller.ts';
import { Refusal, refuseIf, wrongField } from '../refusal.ts';
import { type Place, instantOf, isBy } from './activity.ts';
import { changeRefusal, visibleGoal } from './goal-view.ts';
import type { Deps, Handlers } from './handler.ts';

export const talk = {
  comment: async ({ params, body }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    refuseIf(refusal(caller.person, { do: 'comment', goal }));
    const ref = refOf(goal);
    const at = deps.now().toISOString();
    const by = author(caller);
    const mentions = await mentioned(body.mentions ?? [], goal, caller, deps);
    const entry: FeedEntry = { goal: ref, id: deps.newId(), at, by, activity: { kind: 'comment', text: body.text, ...(mentions.length > 0 ? { mentions } : {}) } };
    await deps.store.transact([
      put(rows.feedEntry, keys.feedEntry(caller.scope, ref, at, entry.id), entry),
      outgoingStep(caller.scope, { kind: 'comment', id: `m:${entry.id}`, goal: ref, at, by, text: body.text }),
      auditStep(actorOf(caller), goal, 'comment.made', null, { comment: entry.id }, at, deps.newId()),
    ]);
    await deps.carryOn(caller.scope, ref.period);
    return entry;
  },

  editComment: async ({ params, body }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    const mentions = await mentioned(body.mentions ?? [], goal, caller, deps);
    return changedComment(params, goal, 'comment.changed', caller, deps, comment => {
      if (!isBy(comment, caller)) throw new Refusal('forbidden', 'Only who wrote a comment may change it.');
      if (comment.activity.origin) throw new Refusal('bad-request', `This was written in ${comment.activity.origin.place}. Change it there, and it changes here.`);
      return { ...comment.activity, text: body.text, ...(body.mentions ? { mentions } : {}), editedAt: deps.now().toISOString() };
    });
  },

  deleteComment: async ({ params }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    const mayTidy = await changeRefusal('edit', goal, caller, deps) === undefined;
    return changedComment(params, goal, 'comment.deleted', caller, deps, comment => {
      if (!mayTidy && !isBy(comment, caller)) throw new Refusal('forbidden', 'Only who wrote a comment, and who may edit the goal, may take it back.');
      const { mentions: _, ...rest } = comment.activity;
      return { ...rest, text: '', deleted: true, editedAt: deps.now().toISOString() }; // what a person took back is not kept, not even unseen
    });
  },

  reactions: async ({ params }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    return { reactions: (await deps.store.get(rows.likes, keys.likes(caller.scope, goal)))?.body.reactions ?? {} };
  },

  react: async ({ params, body }, caller, deps) => {
    const goal = (await visibleGoal(params, caller, deps)).body;
    refuseIf(refusal(caller.person, { do: 'react', goal }));
    const feel = (reactions: Reactions = {}) => reacted(reactions, body.reaction, who(caller), body.on);
    return { reactions: await reactionsTo(body.to, goal, feel, caller, deps) };
  },
} satisfies Partial<Handlers>;

type Comment = FeedEntry & { activity: Extract<Activity, { kind: 'comment' }> };

/**
 * Reads a comment, decides and writes it back; whoever else changes it at the same moment comes before or after. The audit log is told that it
 * was changed and not its words, which must not outlive their deletion there.
 */
async function changedComment(
  params: Place & { entry: string }, goal: Goal, deed: string, caller: Caller, deps: Deps, decide: (comment: Comment) => Comment['activity'],
): Promise<FeedEntry> {
  const gone = () => new Refusal('not-found', 'There is no such comment. It may have been taken back.');
  if (!isId(params.entry)) throw gone();
  const revised = await revise(deps.store, rows.feedEntry, keys.feedEntry(caller.scope, goal, instantOf(params.at), params.entry), entry => {
    if (!isComment(entry) || entry.activity.deleted) throw gone();
    return { ...entry, activity: decide(entry) };
  }, () => [auditStep(actorOf(caller), goal, deed, { comment: params.entry }, { comment: params.entry }, deps.now().toISOString(), deps.newId())]);
  if (!revised) throw gone();
  await deps.carryOn(caller.scope, goal.period);
  return revised;
}

function isComment(entry: FeedEntry): entry is Comment {
  return entry.activity.kind === 'comment';
}

/** The people that a comment names, if each of them may see what is said. */
async function mentioned(ids: readonly string[], goal: Goal, caller: Caller, deps: Deps): Promise<Who[]> {
  const people = await bodiesOf(deps.store, rows.person, ids, id => keys.person(caller.scope, id));
  return ids.map((id, i) => {
    const person = people.get(id);
    if (!person) throw wrongField(`mentions.${i}`, 'There is no such person in this organization.');
    if (refusal(person, { do: 'view', goal })) throw wrongField(`mentions.${i}`, `${person.name} may not see this private goal. Leave them out, or let them see it first.`);
    return { id: person.id, name: person.name };
  });
}

async function reactionsTo(to: Input<Api['react']>['body']['to'], goal: Goal, feel: (reactions?: Reactions) => Reactions, caller: Caller, deps: Deps): Promise<Reactions> {
  switch (to.kind) {
    case 'goal': return likes(goal, feel, caller, deps);
    case 'check-in': return feelings(rows.checkIn, keys.checkIn(caller.scope, goal, to.at), feel, deps);
    case 'entry': return feelings(rows.feedEntry, keys.feedEntry(caller.scope, goal, to.at, to.id), feel, deps);
  }
}

async function feelings<T extends { reactions?: Reactions | undefined }>(kind: Kind<T>, key: Keys, feel: (reactions?: Reactions) => Reactions, deps: Deps): Promise<Reactions> {
  const revised = await revise(deps.store, kind, key, body => {
    const reactions = feel(body.reactions);
    return reactions === body.reactions ? body : { ...body, reactions };
  });
  if (!revised) throw new Refusal('not-found', 'What you react to is not there any more.');
  return revised.reactions ?? {};
}

/** The first reaction to a goal makes its row; two first ones at once are two. */
async function likes(goal: Goal, feel: (reactions?: Reactions) => Reactions, caller: Caller, deps: Deps): Promise<Reactions> {
  const key = keys.likes(caller.scope, goal);
  if (!(await deps.store.get(rows.likes, key))) {
    await deps.store.transact([insert(rows.likes, key, { goal: refOf(goal), reactions: {} })]).catch((error: unknown) => { if (!(error instanceof Conflict)) throw error; });
  }
  return feelings(rows.likes, key, feel, deps);
}
