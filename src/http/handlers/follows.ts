// Following: the organization, a team, a person or a goal. Each stands twice, under what is followed and under who follows.
import type { FollowView } from '../../api.ts';
import { refusal } from '../../domain/permission.ts';
import { put, remove } from '../../store/store.ts';
import { type Follow, Followed, followedName, keys, rows } from '../../store/tables.ts';
import { type Caller, who } from '../caller.ts';
import { Refusal, refuseIf } from '../refusal.ts';
import { record } from './audit.ts';
import { visibleGoal } from './goal-view.ts';
import type { Deps, Handlers } from './handler.ts';
import { knownPerson } from './people.ts';
import { knownTeam } from './teams.ts';

export const follows = {
  follows: async ({ query }, caller, deps) => {
    const page = await deps.store.page(rows.follow, keys.organizationRows(caller.scope), { prefix: keys.follows(caller.person.id), limit: query.limit, next: query.next });
    const views = await Promise.all(page.rows.map(({ body }) => viewIfThere(body, caller, deps)));
    return { rows: views.filter(view => view !== undefined), ...(page.next === undefined ? {} : { next: page.next }) };
  },

  follow: async ({ params }, caller, deps) => {
    const about = followedOf(params.followed);
    const name = await nameOf(about, caller, deps);
    const [follower, following] = bothKeys(about, caller);
    const before = await deps.store.get(rows.follow, following);
    const follow: Follow = before?.body ?? { by: who(caller), about, at: deps.now().toISOString() };
    await deps.store.transact([put(rows.follow, follower, follow), put(rows.follow, following, follow)]);
    if (!before) await record('followed', followedName(about), { before: false, after: true }, caller, deps);
    return followView(follow, name);
  },

  unfollow: async ({ params }, caller, deps) => {
    const about = followedOf(params.followed);
    if (!await isFollowing(about, caller, deps)) return {};
    const [follower, following] = bothKeys(about, caller);
    await deps.store.transact([remove(rows.follow, follower), remove(rows.follow, following)]);
    await record('unfollowed', followedName(about), { before: true, after: false }, caller, deps);
    return {};
  },
} satisfies Partial<Handlers>;

export async function isFollowing(about: Followed, caller: Caller, deps: Pick<Deps, 'store'>): Promise<boolean> {
  return await deps.store.get(rows.follow, keys.following(caller.scope, caller.person.id, about)) !== undefined;
}

function bothKeys(about: Followed, { scope, person }: Caller) {
  return [keys.follower(scope, about, person.id), keys.following(scope, person.id, about)] as const;
}

/** What an address names, the other way round than `followedName`. */
function followedOf(name: string): Followed {
  const [kind, first, second] = name.split(':');
  const said = kind === 'goal' ? { kind, goal: { period: first, id: second } } : { kind, team: first, person: first };
  const followed = Followed.safeParse(said);
  // What was left over in the name leaves it another one than it should be.
  if (followed.success && followedName(followed.data) === name) return followed.data;
  throw new Refusal('not-found', 'There is nothing of this name to follow. Name organization, team:<id>, person:<id> or goal:<period>:<id>.');
}

/** What people call it; refuses where it is not there or the caller may not see it. */
async function nameOf(about: Followed, caller: Caller, deps: Deps): Promise<string> {
  switch (about.kind) {
    case 'organization': return caller.organization.name;
    case 'team': return (await knownTeam(about.team, caller, deps)).body.name;
    case 'person': return (await knownPerson(about.person, caller, deps)).body.name;
    case 'goal': {
      const { body: goal } = await visibleGoal({ period: about.goal.period, goal: about.goal.id }, caller, deps);
      refuseIf(refusal(caller.person, { do: 'follow', goal }));
      return goal.title;
    }
  }
}

/** What is gone, or has become private, is not listed; should it come back, it is still followed. */
async function viewIfThere(follow: Follow, caller: Caller, deps: Deps): Promise<FollowView | undefined> {
  try {
    return followView(follow, await nameOf(follow.about, caller, deps));
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function followView({ about, at }: Follow, name: string): FollowView {
  return { followed: followedName(about), kind: about.kind, name, at };
}
