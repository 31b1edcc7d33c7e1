// The people and places of the demonstration: an invented company with one team, one group chat and a personal chat for everybody.

/** A person of the tenant. `id` is the Entra object id, `account` the id by which bots know the person, `manager` the object id of theirs. */
export interface Person { readonly id: string; readonly account: string; readonly name: string; readonly email: string; readonly admin: boolean; readonly manager?: string }

/** A place where people talk. `id` is as Teams forms it, without `;messageid=`; `members` are object ids. */
export interface Conversation {
  readonly id: string;
  readonly kind: 'channel' | 'group' | 'personal';
  readonly name: string;
  readonly members: readonly string[];
}

export interface World {
  readonly tenant: { readonly id: string; readonly name: string };
  /** `appId` is the app registration's; bots appear in conversations as `28:` and that id. */
  readonly bot: { readonly appId: string; readonly name: string };
  /** `id` is the team's thread id, which is also its General channel's; `groupId` is what Graph calls the team. */
  readonly team: { readonly id: string; readonly groupId: string; readonly name: string };
  readonly people: readonly Person[];
  readonly conversations: readonly Conversation[];
}

const person = (number: number, name: string, admin = false, manager?: string): Person => ({
  id: `a0000000-0000-4000-8000-00000000000${number}`,
  account: `29:aurora-${name.split(' ')[0]!.toLowerCase()}-${'0'.repeat(8)}${number}`,
  name,
  email: `${name.split(' ')[0]!.toLowerCase()}@aurora-coffee.example`,
  admin,
  ...(manager === undefined ? {} : { manager }),
});

export const ada = person(1, 'Ada Lindqvist', true);
export const ben = person(2, 'Ben Okafor', false, ada.id);
export const chen = person(3, 'Chen Wei', false, ada.id);
export const dana = person(4, 'Dana Ruiz', false, ben.id);
const people = [ada, ben, chen, dana];
const everybody = people.map(one => one.id);

export const general: Conversation = { id: '19:4d8a51c0f2e84b6c9a7d3e1f00000001@thread.tacv2', kind: 'channel', name: 'General', members: everybody };
export const customerCare: Conversation = { id: '19:4d8a51c0f2e84b6c9a7d3e1f00000002@thread.tacv2', kind: 'channel', name: 'Customer care', members: everybody };
export const planning: Conversation = { id: '19:4d8a51c0f2e84b6c9a7d3e1f00000003@thread.v2', kind: 'group', name: 'Q4 planning', members: [ada.id, ben.id, chen.id] };

/** The personal chat between the bot and one person of the demonstration. */
export const personalChat = (of: Person): Conversation => ({ id: `a:1-waymark-${of.id.slice(-1)}`, kind: 'personal', name: of.name, members: [of.id] });

export const auroraCoffee: World = {
  tenant: { id: 'c0ffee00-0000-4000-8000-000000000001', name: 'Aurora Coffee' },
  bot: { appId: '5f0a3e0c-7b4d-4c58-9f6d-2f1d5c1f7a02', name: 'Waymark' },
  team: { id: general.id, groupId: '9c0ffee0-0000-4000-8000-000000000001', name: 'Aurora Coffee' },
  people,
  conversations: [general, customerCare, planning, ...people.map(personalChat)],
};
