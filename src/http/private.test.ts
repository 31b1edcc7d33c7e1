// A private goal reaches nobody off its list: every endpoint asked by every other kind of person, every chat, and what is said by itself.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type Endpoint, addressOf, api } from '../api.ts';
import { converse } from '../chat/converse.ts';
import { deliver } from '../chat/deliver.ts';
import type { Event } from '../chat/event.ts';
import type { Message } from '../chat/message.ts';
import type { Conversation, PostRef } from '../chat/platform.ts';
import type { CheckIn } from '../domain/check-in.ts';
import { type Goal, type GoalDraft, asChild, newGoal, openAccess, refOf } from '../domain/goal.ts';
import type { Person } from '../domain/organization.ts';
import { openDelivery, openMemory } from '../store/memory.ts';
import { type Step, put } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { type OpenStage, addOrganization, openStage, organization, period } from './stage.ts';

const at = '2026-11-20T09:00:00.000Z';
const now = () => new Date('2026-11-21T09:00:00.000Z');
const tenant = randomUUID();
const scope = { tenant, organization };

/** What nobody off the list may read: words of the private goals, and their ids. Nobody asks with any of it but where an address needs an id. */
const canary = /CANARY|SECRET/;

const person = (id: string, more: Partial<Person> = {}): Person => ({ id, name: id, role: 'member', ...more });
const lia = person('lia');
const vic = person('vic');
const parentOwner = person('pia');
const others = {
  'a member': person('max'), 'an observer': person('obi', { role: 'observer' }), 'an admin': person('ada', { role: 'admin' }), 'an owner of the organization': person('orla', { role: 'owner' }),
  'the owner’s manager': person('mona', { reports: ['lia'] }), 'the owner of its team': person('theo'), 'the owner of the goal above': parentOwner,
};
const strangerTenant = randomUUID();

const named = ({ id, name }: Person) => ({ id, name });
const goal = (id: string, owner: Person, more: Partial<Goal> & Partial<GoalDraft>): Goal => ({
  ...newGoal({ kind: 'objective', title: `Open ${id}`, owners: [named(owner)], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' } }, { period, id, by: named(owner), at }),
  ...more,
});
const list = { ...openAccess, private: true, viewers: [named(vic)], editors: [] };
const words = { description: 'CANARY description', scoringGuidance: 'CANARY guidance', tags: ['CANARY tag'], value: 20, progress: 20, status: 'behind' as const };

const above = goal('above', parentOwner, { mode: 'roll-up', entity: { kind: 'organization' } });
const secret = goal('SECRET-1', lia, { ...words, title: 'CANARY merger', access: list, entity: { kind: 'teams', teams: ['red'] }, parents: [refOf(above)], mode: 'roll-up', posted: true });
const inherited = { ...list, viewers: [named(lia), named(vic)], inheritedFrom: refOf(secret) };
const keyResult = goal('SECRET-2', lia, { ...words, kind: 'key-result', title: 'CANARY price of the merger', access: inherited, parents: [refOf(secret)] });
const initiative = goal('SECRET-3', lia, {
  ...words, kind: 'initiative', title: 'CANARY lawyers for the merger', access: inherited, parents: [refOf(keyResult)],
  tasks: [{ id: 't1', name: 'CANARY task', owner: named(lia), due: null, done: false }],
});
const below = goal('below', person('max'), { parents: [refOf(secret)] });
const hidden = [secret, keyResult, initiative];
const beside = [above, below];
const nested = (): Goal[] => {
  const own = { contributes: true };
  const kr = { ...keyResult, children: [{ ...asChild(initiative), ...own }] };
  const top = { ...secret, children: [{ ...asChild(kr), ...own }, { ...asChild(below), ...own }] };
  return [{ ...above, children: [{ ...asChild(top), ...own }] }, top, kr, initiative, below];
};

type Sent = { params?: Record<string, string>; query?: Record<string, string>; body?: unknown };

/** What stands for the parts of addresses. A new one: say here what it is, and add the row that it leads to. */
const params: Record<string, string> = { organization, period, at, entry: 'e1', connection: 'c1', integration: 'numbers', lookup: 'boards', satellite: 's1', team: 'red', person: 'lia', tag: 'CANARY tag', task: 't1', followed: `goal:${period}:${secret.id}` };
const outcome = { kind: 'percent' };
const draft = { kind: 'objective', title: 'Mine', outcome, parents: [refOf(secret)] };

/** What is sent to each endpoint that wants a body or a query; those under a goal are asked of every goal. A new one goes here. */
const sent: Record<string, Sent[]> = {
  organizations: [{ query: {} }],
  audit: [{ query: { limit: '200' } }],
  tenantAudit: [{ query: { limit: '200' } }],
  people: [{ query: {} }],
  teams: [{ query: {} }],
  tags: [{ query: {} }],
  follows: [{ query: {} }],
  follow: [{}],
  unfollow: [{}],
  goals: [
    { query: { period, limit: '200' } },
    ...['search=merger', 'search=price lawyers', 'owner=lia', 'checkInOwner=lia', 'team=red', 'tag=CANARY tag', 'status=not-started,on-track,behind,at-risk', 'unaligned=true', 'unaligned=false', `under=${period}/${secret.id}`, 'sort=title']
      .map(asked => { const [name, value] = asked.split('=') as [string, string]; return { query: { limit: '200', [name]: value } }; }),
  ],
  createGoal: [{ body: draft }, { body: { ...draft, kind: 'key-result' } }],
  updateGoal: [{ body: draft }],
  deleteGoal: [{}],
  children: [{ query: { limit: '200' } }, { query: { limit: '1' } }],
  history: [{ query: { limit: '200' } }],
  feed: [{ query: { limit: '200' } }],
  checkIn: [{ body: { note: 'Mine' } }],
  editCheckIn: [{ body: { note: 'Mine' } }],
  deleteCheckIn: [{}],
  comment: [{ body: { text: 'Mine' } }],
  editComment: [{ body: { text: 'Mine' } }],
  deleteComment: [{}],
  react: [{ body: { to: { kind: 'goal' }, reaction: 'like', on: true } }, { body: { to: { kind: 'check-in', at }, reaction: 'like', on: true } }],
  syncGoal: [{}],
  closeGoal: [{ body: { note: 'Mine' } }],
  postponeGoal: [{ body: { note: 'Mine', to: '2027-q1' } }],
  reopenGoal: [{ body: { note: 'Mine' } }],
  resumeGoal: [{}],
  setWeights: [{ body: { weights: {} } }],
  resetWeights: [{}],
  addTask: [{ body: { name: 'Mine' } }],
  changeTask: [{ body: { done: true } }],
  deleteTask: [{}],
  connections: [{ query: {} }],
};

/** Endpoints that are given and answer nothing of goals; they are not asked. A new one that writes goes here, if that is so, or else into `sent`. */
const nothingOfGoals = [
  'createOrganization', 'updateSettings', 'updateTenant', 'updatePerson', 'updatePreferences', 'createTeam', 'updateTeam', 'deleteTeam', 'createTag', 'deleteTag',
  'createPeriod', 'updatePeriod', 'deletePeriod', 'setCurrentPeriod', 'createPlanningYear',
  'configuration', 'enableIntegration', 'createConnection', 'validateConnection', 'updateConnection', 'deleteConnection', 'lookup', 'preview', 'syncConnection', 'createSatellite', 'deleteSatellite',
];

/** How an endpoint is asked. Throws for one that nobody has said anything about, with what to add. */
function asksOf(name: string, endpoint: Endpoint): Sent[] {
  const names = [...endpoint.path.matchAll(/:(\w+)/g)].map(match => match[1]!).filter(param => param !== 'goal' && !(param in params));
  assert.deepEqual(names, [], `${name}: say in "params" what stands for these parts of its address`);
  const asks = sent[name] ?? (endpoint.method === 'GET' && endpoint.query.def.type === 'undefined' ? [{}] : undefined);
  assert.ok(asks, `${name} (${endpoint.method} ${endpoint.path}) is new here: add what is sent to it to "sent", or its name to "nothingOfGoals" if nothing it says comes from a goal`);
  for (const { query, body } of asks) {
    assert.ok(endpoint.body.safeParse(body).success, `${name}: the body in "sent" does not fit, so its handler would never be asked`);
    assert.ok(endpoint.query.safeParse(query).success, `${name}: the query in "sent" does not fit, so its handler would never be asked`);
  }
  return asks;
}

describe('a private goal', function () {
  this.timeout(120_000);
  let stage: OpenStage;
  const tokens = new Map<string, string>();

  before(async () => {
    stage = await openStage(now);
    await Promise.all([addOrganization(stage.store, tenant), addOrganization(stage.store, strangerTenant)]);
    await write(Object.values(others).concat(lia, vic).map(one => put(rows.person, keys.person(scope, one.id), one)));
    await write([put(rows.team, keys.team(scope, 'red'), { id: 'red', name: 'Red', parent: null, owners: [named(others['the owner of its team'])], members: [named(lia)], createGoals: { for: 'members' }, rhythm: null })]);
    await setGoals();
  });
  after(() => stage.close());

  async function write(steps: Step[]): Promise<void> {
    for (const step of steps) await stage.store.transact([step]);
  }

  /** Each goal with a check-in, a comment and a like of its own; the one above with a check-in that a private child caused. */
  async function setGoals(): Promise<void> {
    for (const one of nested()) {
      const isHidden = one.access.private;
      const ref = refOf(one);
      const by = { kind: 'person' as const, ...one.createdBy };
      const state = { value: one.value, progress: one.progress, status: one.status };
      const [child] = one.children;
      const checkIn: CheckIn = {
        goal: ref, at, by: child ? { kind: 'children' } : by, ...state, expected: 10, note: isHidden ? 'CANARY note' : 'Open note', was: state,
        ...(child ? { because: { kind: 'child', child: refOf(child), was: 10, is: 20 } } : {}),
      };
      await write([
        put(rows.goal, keys.goal(scope, ref), one),
        put(rows.checkIn, keys.checkIn(scope, ref, at), checkIn),
        put(rows.feedEntry, keys.feedEntry(scope, ref, at, 'e1'), { goal: ref, id: 'e1', at, by, activity: { kind: 'comment', text: isHidden ? 'CANARY comment' : 'Open comment' } }),
        put(rows.likes, keys.likes(scope, ref), { goal: ref, reactions: {} }),
      ]);
    }
  }

  async function ask(name: string, endpoint: Endpoint, who: Person, of: string, { params: more, query, body }: Sent, asTenant = tenant): Promise<{ status: number; text: string }> {
    const token = tokens.get(`${asTenant};${who.id}`) ?? await stage.entra.personToken({ tenant: asTenant, id: who.id, name: who.name });
    tokens.set(`${asTenant};${who.id}`, token);
    const response = await fetch(`${stage.address}${addressOf(endpoint.path, { ...params, goal: of, ...more }, query ?? {})}`, {
      method: endpoint.method,
      headers: { authorization: `Bearer ${token}`, 'if-match': '"*"', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.status < 500, `${name} failed: ${text}; ${stage.reports.join('; ')}`);
    return { status: response.status, text };
  }

  const asked = Object.entries(api as Record<string, Endpoint>).filter(([name]) => !nothingOfGoals.includes(name));
  const isOfGoal = (endpoint: Endpoint) => /:goal(\/|$)/.test(endpoint.path);

  for (const [what, who] of [...Object.entries(others), ['somebody of another tenant with the id of its owner', lia] as const]) {
    const asTenant = what.includes('tenant') ? strangerTenant : tenant;

    it(`is told by no endpoint to ${what} (C54)`, async () => {
      await setGoals();
      for (const [name, endpoint] of asked) {
        for (const input of asksOf(name, endpoint)) {
          if (!isOfGoal(endpoint)) {
            const { text } = await ask(name, endpoint, who, '', input, asTenant);
            assert.doesNotMatch(text, canary, `${name} told ${what}`);
            continue;
          }
          for (const { id } of hidden) {
            const { status, text } = await ask(name, endpoint, who, id, input, asTenant);
            assert.doesNotMatch(text, canary, `${name} of ${id} told ${what}`);
            assert.equal(status, 404, `${name} of ${id} must be to ${what} as if there were no such goal; it answered ${text}`);
          }
          for (const { id } of beside) {
            const { text } = await ask(name, endpoint, who, id, input, asTenant);
            assert.doesNotMatch(text, canary, `${name} of ${id}, which stands beside private goals, told ${what}`);
          }
        }
      }
    });
  }

  it('is told to its owner and its viewers, with its key results and initiatives (C54)', async () => {
    await setGoals();
    for (const who of [lia, vic]) {
      for (const name of ['goal', 'history', 'feed'] as const) {
        for (const { id } of hidden) assert.match((await ask(name, api[name], who, id, sent[name]?.[0] ?? {})).text, canary, `${name} of ${id} for ${who.id}`);
      }
      for (const input of sent['goals']!) assert.match((await ask('goals', api.goals, who, '', input)).text, canary);
      const { goal: shown } = JSON.parse((await ask('goal', api.goal, who, above.id, {})).text) as { goal: Goal };
      assert.deepEqual(shown.children.map(c => c.id), [secret.id]);
    }
  });

  it('tells its list to those who may edit it, and to viewers only that it is private (C55)', async () => {
    const accessFor = async (who: Person) => (JSON.parse((await ask('goal', api.goal, who, secret.id, {})).text) as { goal: Goal }).goal.access;
    assert.deepEqual((await accessFor(lia)).viewers, [named(vic)]);
    assert.deepEqual(await accessFor(vic), { ...list, viewers: [] });
  });

  describe('in chats', () => {
    const place = (kind: Conversation['kind'], id: string): Conversation => ({ platform: 'teams', kind, id, name: id, service: {} });
    const channel = place('channel', '19:sales');
    const group = place('group', '19:planning');
    const chatOf = (who: Person) => place('personal', `a:${who.id}`);
    const remembered = () => ({
      store: stage.store, now, syncNow: async () => undefined, integrationName: (id: string) => id,
      find: async (of: typeof scope, viewer: string | null, words: string, limit: number) => (await stage.deps.search.find(of, viewer, { words }, { sorting: { by: 'relevance' }, limit })).refs,
      report: (error: unknown, context: string): string => { throw new Error(context, { cause: error }); },
    });

    /** Every event that brings an answer, as this person may cause it there. */
    function eventsOf(who: Person, where: Conversation): Event[] {
      const by = { tenant, id: who.id, name: who.name };
      const thread = { by, in: where, root: 'card-1', id: `reply-of-${who.id}`, written: at };
      return [
        ...['search', 'search merger', 'status', 'status merger', 'status CaNaRy merger', 'subscribe merger', 'subscribe price', 'subscriptions', 'unsubscribe merger', 'subscribe', 'unsubscribe', 'help', 'what?'].map((text): Event => ({ kind: 'said', by, in: where, text })),
        ...['merger', ''].map((text): Event => ({ kind: 'searched', by, in: where, text, skip: 0, limit: 25 })),
        ...hidden.flatMap(one => (['refresh', 'sync-now'] as const).map((act): Event => ({ kind: 'acted', by, in: where, goal: refOf(one), act }))),
        { kind: 'replied', ...thread, text: 'What is new?', mentionsUs: false },
        { kind: 'replied', ...thread, text: 'status', mentionsUs: true },
        { kind: 'reply-edited', ...thread, text: 'What is new here?', mentionsUs: false, at },
        { kind: 'installed', by, in: where },
      ];
    }

    /** As when a channel had subscribed to the goal, and showed its card, before it became private. */
    async function setConversations(): Promise<void> {
      await setGoals();
      for (const where of [channel, group]) {
        await write([
          put(rows.subscription, keys.subscription(scope, where.id, refOf(secret)), { conversation: where, about: { kind: 'goal', goal: refOf(secret), title: secret.title }, by: named(lia), at }),
          put(rows.subscription, keys.subscription(scope, where.id, 'organization'), { conversation: where, about: { kind: 'organization' }, by: named(lia), at }),
          put(rows.thread, keys.thread(scope, where.id, 'card-1'), { conversation: where, root: 'card-1', goal: refOf(secret) }),
          put(rows.post, keys.post(scope, refOf(secret), where.id), { conversation: where, goal: refOf(secret), id: 'card-1', mark: 'm', since: at }),
        ]);
      }
    }

    it('is shown in no channel and no group, not even to its owner, and in a personal chat to nobody off its list (C54)', async () => {
      await setConversations();
      const memory = openMemory(remembered());
      const everybody = [...Object.values(others), lia, vic];
      const chats = [...everybody.flatMap(who => [[who, channel], [who, group]] as const), ...Object.values(others).map(who => [who, chatOf(who)] as const)];
      for (const [who, where] of chats) {
        for (const event of eventsOf(who, where)) {
          const answer = JSON.stringify(await converse(memory, event));
          assert.doesNotMatch(answer, canary, `${who.id} in ${where.id}: ${JSON.stringify(event)}`);
        }
        await setConversations();
      }
    });

    it('takes nothing that is said in its old threads into its feed (C54)', async () => {
      await setConversations();
      await write([put(rows.thread, keys.thread(scope, channel.id, 'card-2'), { conversation: channel, root: 'card-2', goal: refOf(above) })]);
      const memory = openMemory(remembered());
      for (const root of ['card-1', 'card-2']) {
        await converse(memory, { kind: 'replied', by: { tenant, id: lia.id, name: lia.name }, in: channel, root, id: `to-${root}`, written: at, text: 'What is new?', mentionsUs: false });
      }
      const said = async (of: Goal) => (await stage.store.page(rows.feedEntry, keys.goals(scope, period), { prefix: `a:${of.id}:` })).rows.filter(({ body }) => body.activity.kind === 'comment' && body.activity.text === 'What is new?').length;
      assert.deepEqual([await said(secret), await said(above)], [0, 1]);
    });

    it('is shown to its owner and viewers in their own chats (C54)', async () => {
      const memory = openMemory(remembered());
      for (const who of [lia, vic]) {
        const shown = eventsOf(who, chatOf(who)).filter(event => event.kind === 'searched' || event.kind === 'acted' || (event.kind === 'said' && /^(search|status|subscribe) merger/.test(event.text)));
        for (const event of shown) assert.match(JSON.stringify(await converse(memory, event)), canary, JSON.stringify(event));
      }
    });

    it('is said by itself in the chats of its list alone, and its old cards are emptied (C54)', async () => {
      await setConversations();
      for (const who of [others['an admin'], others['a member'], vic]) {
        await write([put(rows.subscription, keys.subscription(scope, chatOf(who).id, 'organization'), { conversation: chatOf(who), about: { kind: 'organization' }, by: named(who), at })]);
      }
      const said: { where: string; message: Message }[] = [];
      const say = async (to: Conversation, message: Message): Promise<PostRef> => { said.push({ where: to.id, message }); return { conversation: to, id: `said-${said.length}` }; };
      const delivery = openDelivery(remembered(), { teams: {
        post: say, reply: (to, message) => say(to.conversation, message), update: async (post, message) => { await say(post.conversation, message); }, find: async () => undefined,
      } });
      const common = { goal: refOf(secret), at };
      await deliver(delivery, scope, { kind: 'moved', id: 'o1', ...common, from: 'on-track' });
      await deliver(delivery, scope, { kind: 'comment', id: 'o2', ...common, by: { kind: 'person', ...named(lia) }, text: 'CANARY comment' });
      await stage.store.transact([{ do: 'remove', kind: rows.goal as never, keys: keys.goal(scope, refOf(secret)) }]);
      await deliver(delivery, scope, { kind: 'gone', id: 'o3', ...common, title: secret.title, by: lia.name, hidden: true });
      const told = said.filter(({ message }) => canary.test(JSON.stringify(message))).map(({ where }) => where);
      assert.deepEqual([...new Set(told)], [chatOf(vic).id]);
      for (const where of [channel, group]) assert.ok(said.some(one => one.where === where.id && one.message.kind === 'goal-hidden'), `the card in ${where.id} is emptied`);
      await setConversations();
    });
  });
});
