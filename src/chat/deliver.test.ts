// Delivery on the real store: one living card, comments once, and a death at every single step that neither doubles nor loses anything.
import assert from 'node:assert/strict';
import { type Azurite, startAzurite } from '../simulators/azurite.ts';
import { openStore } from '../store/azure.ts';
import { forgetConversation, hearers, markPosted, posts, subscribe, threadOf, unsubscribe } from '../store/conversations.ts';
import { type Store, insert, put, remove } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import type { Status } from '../domain/status.ts';
import { type Goal, newGoal, openAccess } from '../domain/goal.ts';
import type { Scope } from '../domain/organization.ts';
import { type Delivery, deliver } from './deliver.ts';
import type { Message, Outgoing } from './message.ts';
import { type Conversation, DeliveryError, type DeliveryRemedy, type Platform, type PostRef } from './platform.ts';
import { newOrganization } from '../domain/organization.ts';

const period = '2026-q4';
const ann = { id: 'ann', name: 'Ann' };
const channel = (name: string): Conversation => ({ platform: 'teams', id: `19:${name}@thread.tacv2`, kind: 'channel', name, service: {} });
const sales = channel('sales');
const care = channel('care');

/** The death of the process: nothing after it happens, as with SIGKILL. */
class Death extends Error {}

interface Said { id: string; conversation: string; root?: string; mark: string; message: Message; edits: number; at: string }

/** A platform that remembers what was said, and can refuse or lose answers. */
function chatPlatform(now: () => string) {
  const said: Said[] = [];
  let calls = 0;
  const state = { findable: true, refuse: undefined as undefined | ((call: 'post' | 'update' | 'reply', conversation: string) => DeliveryRemedy | undefined) };
  const check = (call: 'post' | 'update' | 'reply', conversation: string) => {
    calls++;
    const remedy = state.refuse?.(call, conversation);
    if (remedy) throw new DeliveryError(`refused: ${remedy.kind}`, remedy);
  };
  const add = (one: Pick<Said, 'conversation' | 'root' | 'mark' | 'message'>) => {
    const id = String(1_700_000_000_000 + said.length);
    said.push({ ...one, id, edits: 0, at: now() });
    return id;
  };
  const platform: Platform = {
    post: async (conversation, message, mark) => {
      check('post', conversation.id);
      return { conversation, id: add({ conversation: conversation.id, mark, message }) };
    },
    update: async ({ conversation, id }, message) => {
      check('update', conversation.id);
      const found = said.find(one => one.id === id);
      if (!found) throw new DeliveryError('gone', { kind: 'forget-post' });
      found.message = message;
      found.edits++;
    },
    reply: async ({ conversation, id }, message, mark) => {
      check('reply', conversation.id);
      return { conversation, id: add({ conversation: conversation.id, root: id, mark, message }) };
    },
    find: async (conversation, mark, since, under): Promise<PostRef | undefined | 'unknown'> => {
      if (!state.findable) return 'unknown';
      const found = said.findLast(one => one.conversation === conversation.id && one.mark === mark && one.at >= since && one.root === under?.id);
      return found && { conversation, id: found.id };
    },
  };
  return { platform, said, state, calls: () => calls, cards: () => said.filter(one => !one.root), replies: () => said.filter(one => one.root) };
}

const shownStatus = (said: Said | undefined) => said && 'goal' in said.message && said.message.goal.status;
const remedyOf = async (act: Promise<void>) => act.then(() => undefined, (error: unknown) => {
  assert.ok(error instanceof DeliveryError, String(error));
  return error.remedy;
});

describe('delivery', function () {
  this.timeout(60_000);
  let azurite: Azurite;
  let store: Store;
  let scope: Scope;
  let organizations = 0;
  let clock = Date.parse('2026-11-21T09:00:00.000Z');
  const now = () => new Date(clock).toISOString();
  const later = (seconds: number) => { clock += seconds * 1000; };

  before(async () => {
    azurite = await startAzurite();
    store = await openStore({ connectionString: azurite.connectionString });
  });
  after(() => azurite.stop());

  let chat: ReturnType<typeof chatPlatform>;
  let delivery: Delivery;
  let reported: string[];
  beforeEach(async () => {
    scope = { tenant: 'contoso', organization: `org-${++organizations}` };
    chat = chatPlatform(now);
    reported = [];
    delivery = {
      platforms: { teams: chat.platform },
      posts: posts(store),
      goal: async (s, ref) => {
        const row = await store.get(rows.goal, keys.goal(s, ref));
        return row && { goal: row.body, period: 'Q4 2026', today: '2026-11-21', source: 'PostgreSQL · Shop' };
      },
      hearers: (s, ref) => hearers(store, s, ref),
      person: async (s, id) => (await store.get(rows.person, keys.person(s, id)))?.body,
      markPosted: (s, ref) => markPosted(store, s, ref),
      forget: async (s, conversation) => { await forgetConversation(store, s, conversation.id); },
      report: async (_, conversation, error) => { reported.push(`${conversation.name}: ${error.message}`); },
      now,
    };
    await store.transact([insert(rows.organization, keys.organization(scope), newOrganization({ tenant: scope.tenant, id: scope.organization, name: 'Contoso', timeZone: 'UTC' }))]);
  });

  const goal = async (changes: Partial<Goal> = {}, id = 'g1'): Promise<Goal> => {
    const fresh = newGoal(
      { kind: 'key-result', title: 'Sell more', description: '', owners: [ann], parents: [], start: '2026-10-01', end: '2026-12-31', outcome: { kind: 'percent' }, mode: 'source' },
      { period, id, by: ann, at: now() },
    );
    const made: Goal = { ...fresh, value: 20, progress: 20, status: 'behind', asOf: now(), readAt: now(), ...changes };
    await store.transact([put(rows.goal, keys.goal(scope, made), made)]);
    return made;
  };
  const hears = (conversation: Conversation) => subscribe(store, scope, { conversation, about: { kind: 'organization' }, by: ann, at: now() });
  const moved = (from?: Status, id = 'g1'): Outgoing => ({ kind: 'moved', id: `o-${clock}-${from}`, goal: { period, id }, at: now(), ...(from ? { from } : {}) });
  const comment = (text: string, id = 'c1'): Outgoing => ({ kind: 'comment', id, goal: { period, id: 'g1' }, at: now(), by: { kind: 'person', ...ann }, text });

  it('says a first change of status in every subscribed conversation, and edits that card from then on', async () => {
    await hears(sales);
    await hears(care);
    await goal();
    await deliver(delivery, scope, moved('on-track'));
    assert.deepEqual(chat.cards().map(card => card.conversation).toSorted(), [care.id, sales.id]);
    assert.deepEqual(chat.cards().map(card => [card.message.kind, shownStatus(card)]), [['status-changed', 'behind'], ['status-changed', 'behind']]);
    assert.equal(chat.calls(), 2, 'one call a conversation');

    later(60);
    await goal({ value: 30, progress: 30, posted: true });
    await deliver(delivery, scope, moved());
    later(60);
    await goal({ value: 5, progress: 5, status: 'at-risk', posted: true });
    await deliver(delivery, scope, moved('behind'));
    assert.equal(chat.cards().length, 2);
    assert.deepEqual(chat.cards().map(card => [card.edits, shownStatus(card)]), [[2, 'at-risk'], [2, 'at-risk']]);
  });

  it('lets every living card of a deleted goal say so, once, and forgets it with its thread', async () => {
    await hears(sales);
    await hears(care);
    await goal();
    await deliver(delivery, scope, moved('on-track'));
    await store.transact([remove(rows.goal, keys.goal(scope, { period, id: 'g1' }))]);
    const gone: Outgoing = { kind: 'gone', id: 'd:g1', goal: { period, id: 'g1' }, at: now(), title: 'Sell more', by: 'Ann' };
    chat.state.refuse = (_, conversation) => (conversation === care.id ? { kind: 'retry', afterSeconds: 5 } : undefined);
    assert.deepEqual(await remedyOf(deliver(delivery, scope, gone)), { kind: 'retry', afterSeconds: 5 });
    chat.state.refuse = undefined;
    for (let again = 0; again < 2; again++) await deliver(delivery, scope, gone);
    assert.deepEqual(chat.cards().map(card => [card.message, card.edits]), [1, 2].map(() => [{ kind: 'goal-gone', title: 'Sell more', by: 'Ann' }, 1]));
    assert.equal(await threadOf(store, 'contoso', sales.id, chat.cards()[0]!.id), undefined);
  });

  describe('of a private goal', () => {
    const secret: Goal['access'] = { ...openAccess, private: true, viewers: [{ id: 'vera', name: 'Vera' }] };
    const chatOf = (id: string): Conversation => ({ platform: 'teams', id: `a:${id}`, kind: 'personal', name: 'This chat', service: {} });
    const heardBy = async (id: string, role: 'admin' | 'member') => {
      await store.transact([put(rows.person, keys.person(scope, id), { id, name: id, role })]);
      await subscribe(store, scope, { conversation: chatOf(id), about: { kind: 'organization' }, by: { id, name: id }, at: now() });
    };

    it('says nothing in channels and groups, and in a personal chat only to whoever may see it (C54)', async () => {
      await hears(sales);
      await subscribe(store, scope, { conversation: { ...care, kind: 'group' }, about: { kind: 'goal', goal: { period, id: 'g1' }, title: 'Sell more' }, by: ann, at: now() });
      await heardBy('vera', 'member');
      await heardBy('adam', 'admin');
      await goal({ access: secret });
      await deliver(delivery, scope, moved('on-track'));
      assert.deepEqual(chat.cards().map(card => card.conversation), ['a:vera']);
    });

    it('takes its title from the cards that it had before it became private, and gives it back when it is open again (C54)', async () => {
      await hears(sales);
      await heardBy('vera', 'member');
      await goal();
      await deliver(delivery, scope, moved('on-track'));
      await goal({ access: secret, posted: true });
      for (let again = 0; again < 2; again++) await deliver(delivery, scope, moved());
      const shown = () => Object.fromEntries(chat.cards().map(card => [card.conversation, card.message.kind]));
      assert.deepEqual(shown(), { [sales.id]: 'goal-hidden', 'a:vera': 'status-changed' });
      await goal({ access: { ...secret, viewers: [] }, posted: true });
      await deliver(delivery, scope, moved());
      assert.deepEqual(shown(), { [sales.id]: 'goal-hidden', 'a:vera': 'goal-hidden' });
      await goal({ posted: true });
      await deliver(delivery, scope, moved());
      assert.deepEqual(shown(), { [sales.id]: 'status-changed', 'a:vera': 'status-changed' });
    });

    it('hides a card that was drawn while the goal became private, and says none that was about to be said (C54)', async () => {
      await hears(sales);
      await goal();
      const { goal: read } = delivery;
      for (const readings of [1, 2]) {
        let left = readings;
        delivery.goal = async (...of) => { const known = await read(...of); if (--left === 0) await goal({ access: secret }); return known; };
        await deliver(delivery, scope, moved('on-track'));
        assert.deepEqual(chat.cards().map(card => card.message.kind), readings === 1 ? [] : ['goal-hidden'], `private after ${readings} readings`);
        await goal();
      }
    });

    it('carries no comments, and does not name it when it is deleted (C54)', async () => {
      await hears(sales);
      await goal();
      await deliver(delivery, scope, moved('on-track'));
      await goal({ access: secret, posted: true });
      await deliver(delivery, scope, comment('Between us'));
      assert.deepEqual(chat.replies(), []);
      await store.transact([remove(rows.goal, keys.goal(scope, { period, id: 'g1' }))]);
      await deliver(delivery, scope, { kind: 'gone', id: 'd:g1', goal: { period, id: 'g1' }, at: now(), title: 'Sell more', by: 'Ann', hidden: true });
      assert.deepEqual(chat.cards().map(card => card.message), [{ kind: 'goal-hidden' }]);
    });
  });

  it('says nothing for a value that moved within its status before any card lives', async () => {
    await hears(sales);
    await goal();
    await deliver(delivery, scope, moved());
    assert.deepEqual(chat.said, []);
  });

  it('marks the goal as posted, and leads replies under the card back to the goal', async () => {
    await hears(sales);
    await goal();
    await deliver(delivery, scope, moved('on-track'));
    assert.equal((await store.get(rows.goal, keys.goal(scope, { period, id: 'g1' })))?.body.posted, true);
    assert.deepEqual(await threadOf(store, 'contoso', sales.id, chat.cards()[0]!.id), { scope, goal: { period, id: 'g1' } });
    assert.equal(await threadOf(store, 'fabrikam', sales.id, chat.cards()[0]!.id), undefined);
    assert.equal(await threadOf(store, 'contoso', sales.id, '1'), undefined);
  });

  it('draws the same card for deliveries that come late, twice, or in another order', async () => {
    await hears(sales);
    await goal();
    const first = moved('on-track');
    later(10);
    const second = moved('behind');
    await goal({ status: 'at-risk' });
    for (const outgoing of [second, first, second, first]) await deliver(delivery, scope, outgoing);
    assert.equal(chat.cards().length, 1);
    const { message } = chat.cards()[0]!;
    assert.ok(message.kind === 'status-changed');
    assert.equal(message.from, 'behind');
    assert.equal(message.goal.status, 'at-risk');
  });

  it('keeps editing until the card shows what is, when the goal moves meanwhile', async () => {
    await hears(sales);
    await goal();
    const said = chat.platform.post;
    chat.platform.post = async (...args) => {
      const post = await said(...args);
      await goal({ value: 4, progress: 4, status: 'at-risk' });
      return post;
    };
    await deliver(delivery, scope, moved('on-track'));
    assert.equal(shownStatus(chat.cards()[0]), 'at-risk');
  });

  it('says one card when many workers deliver at once', async () => {
    await hears(sales);
    await goal();
    const outgoing = moved('on-track');
    const results = await Promise.all(Array.from({ length: 8 }, () => remedyOf(deliver(delivery, scope, outgoing))));
    assert.equal(chat.cards().length, 1);
    assert.ok(results.some(result => result === undefined || result.kind === 'retry'));
    await deliver(delivery, scope, outgoing);
    assert.equal(chat.cards().length, 1);
  });

  it('waits for another worker that is saying the card, and takes over when it does not come back', async () => {
    await hears(sales);
    await goal();
    chat.platform.post = async () => { throw new Death(); };
    const outgoing = moved('on-track');
    await assert.rejects(deliver(delivery, scope, outgoing), Death);
    assert.deepEqual(await remedyOf(deliver(delivery, scope, outgoing)), { kind: 'retry', afterSeconds: 30 });
  });

  it('says a card again when it cannot look whether an earlier try has said it: at least once', async () => {
    await hears(sales);
    await goal();
    chat.state.findable = false;
    const say = chat.platform.post;
    chat.platform.post = async (...args) => { await say(...args); throw new Death(); };
    const outgoing = moved('on-track');
    await assert.rejects(deliver(delivery, scope, outgoing), Death);
    chat.platform.post = say;
    later(31);
    await deliver(delivery, scope, outgoing);
    assert.equal(chat.cards().length, 2);
  });

  it('carries a comment of the tab into the thread of each subscribed card, once however often it is delivered', async () => {
    await hears(sales);
    await hears(care);
    await goal();
    await deliver(delivery, scope, moved('on-track'));
    for (let i = 0; i < 3; i++) await deliver(delivery, scope, comment('Looking into it'));
    assert.deepEqual(chat.replies().map(reply => reply.conversation).toSorted(), [care.id, sales.id]);
    for (const reply of chat.replies()) {
      assert.equal(reply.root, chat.cards().find(card => card.conversation === reply.conversation)!.id);
      assert.ok(reply.message.kind === 'comment' && reply.message.text === 'Looking into it' && reply.message.by === 'Ann');
    }
  });

  it('carries no comment where there is no card or nobody subscribes any more', async () => {
    await goal();
    await deliver(delivery, scope, comment('Nobody hears this'));
    await hears(sales);
    await deliver(delivery, scope, moved('on-track'));
    await forgetSubscriptions();
    await deliver(delivery, scope, comment('Nor this'));
    assert.deepEqual(chat.replies(), []);
  });
  const forgetSubscriptions = async () => {
    for await (const { body } of store.all(rows.subscription, keys.organizationRows(scope))) {
      await unsubscribe(store, scope, body);
    }
  };

  it('keeps a card true after its conversation unsubscribed, and says no new one', async () => {
    await hears(sales);
    await goal();
    await deliver(delivery, scope, moved('on-track'));
    await forgetSubscriptions();
    await goal({ status: 'at-risk', progress: 2, value: 2 });
    await goal({ status: 'at-risk' }, 'g2');
    later(5);
    await deliver(delivery, scope, moved('behind'));
    await deliver(delivery, scope, moved('behind', 'g2'));
    assert.deepEqual(chat.cards().map(shownStatus), ['at-risk']);
  });

  describe('when the platform refuses', () => {
    it('forgets a conversation that is gone, and serves the others', async () => {
      await hears(sales);
      await hears(care);
      await goal();
      chat.state.refuse = (_, conversation) => (conversation === sales.id ? { kind: 'forget' } : undefined);
      await deliver(delivery, scope, moved('on-track'));
      assert.deepEqual((await hearers(store, scope, { period, id: 'g1' })).map(hearer => hearer.conversation.id), [care.id]);
      assert.deepEqual(chat.cards().map(card => card.conversation), [care.id]);
      assert.deepEqual((await delivery.posts.cards(scope, { period, id: 'g1' })).map(post => post.conversation.id), [care.id]);
    });

    it('comes back when the platform says so, after everybody else was served', async () => {
      await hears(sales);
      await hears(care);
      await goal();
      const outgoing = moved('on-track');
      chat.state.refuse = (_, conversation) => (conversation === sales.id ? { kind: 'retry', afterSeconds: 17 } : undefined);
      assert.deepEqual(await remedyOf(deliver(delivery, scope, outgoing)), { kind: 'retry', afterSeconds: 17 });
      assert.deepEqual(chat.cards().map(card => card.conversation), [care.id]);
      chat.state.refuse = undefined;
      await deliver(delivery, scope, outgoing);
      assert.deepEqual(chat.cards().map(card => card.conversation).toSorted(), [care.id, sales.id]);
    });

    it('drops what can never be said, once that is recorded', async () => {
      await hears(sales);
      await goal();
      chat.state.refuse = () => ({ kind: 'report' });
      await deliver(delivery, scope, moved('on-track'));
      assert.deepEqual(reported, ['sales: refused: report']);
      delivery = { ...delivery, report: async () => { throw new Death('the log is full'); } };
      await assert.rejects(deliver(delivery, scope, moved('on-track')), Death);
    });

    it('says a new card for a change of status when somebody deleted the old one, and none for less', async () => {
      await hears(sales);
      await goal();
      await deliver(delivery, scope, moved('on-track'));
      chat.said.pop();
      later(5);
      await deliver(delivery, scope, moved());
      assert.deepEqual(chat.said, []);
      later(5);
      await deliver(delivery, scope, moved('behind'));
      assert.equal(chat.cards().length, 1);
    });
  });

  it('neither doubles nor loses a card or a comment, whichever step it dies at', async () => {
    let deaths = 0;
    for (const when of ['before', 'after'] as const) {
      for (let step = 1; ; step++) {
        const id = `g-${when}-${step}`;
        const place = channel(id);
        await store.transact([insert(rows.subscription, keys.subscription(scope, place.id, { period, id }), {
          conversation: place, about: { kind: 'goal', goal: { period, id }, title: 'Sell more' }, by: ann, at: now(),
        })]);
        await goal({}, id);
        const outgoing = [moved('on-track', id), { ...comment('Hello', `c-${id}`), goal: { period, id } }];
        const mortal = dyingAt(delivery, step, when);
        let died = false;
        for (const one of outgoing) {
          try {
            await deliver(mortal, scope, one);
          } catch (error) {
            if (!(error instanceof Death)) throw error;
            died = true;
            break;
          }
        }
        later(31);
        for (const one of outgoing) await deliver(delivery, scope, one);
        const here = chat.said.filter(one => one.conversation === place.id);
        assert.deepEqual(here.map(one => one.message.kind), ['status-changed', 'comment'], `died ${when} step ${step}`);
        assert.deepEqual((await threadOf(store, 'contoso', place.id, here[0]!.id))?.goal, { period, id });
        assert.equal((await store.get(rows.goal, keys.goal(scope, { period, id })))?.body.posted, true);
        if (!died) break;
        deaths++;
      }
    }
    assert.ok(deaths >= 30, `only ${deaths} places to die at`);
  });
});

/** Everything that delivery may call, until the call with number `step`: there the process dies, before or after it took effect. */
function dyingAt(delivery: Delivery, step: number, when: 'before' | 'after'): Delivery {
  let calls = 0;
  const mortal = <T extends object>(part: T): T => new Proxy(part, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || name === 'now') return value;
      return async (...args: unknown[]) => {
        const fatal = ++calls === step;
        if (fatal && when === 'before') throw new Death();
        const answer: unknown = await Reflect.apply(value, target, args);
        if (fatal) throw new Death();
        return answer;
      };
    },
  });
  const { goal, hearers, person, markPosted, forget, report } = mortal(delivery);
  return { platforms: { teams: mortal(delivery.platforms.teams) }, posts: mortal(delivery.posts), goal, hearers, person, markPosted, forget, report, now: delivery.now };
}
