// What Aurora Coffee has set out to do this year and this quarter, made by its people through the REST API: every kind of goal, in every state.
import { api, type GoalBody } from '../api.ts';
import { type Goal, type GoalRef, refOf } from '../domain/goal.ts';
import type { Period } from '../domain/period.ts';
import { linearPhases } from '../domain/phase.ts';
import type { Ask } from './ask.ts';
import type { AzureDevOpsWorld } from './azure-devops.ts';
import type { BigQueryDouble } from './bigquery.ts';
import { demoOrganization, signUps } from './demo.ts';
import type { Postgres } from './postgres.ts';
import { type Person, ada, ben, chen, dana } from './teams-world.ts';

interface Sources { postgres: Postgres; azureDevOps: AzureDevOpsWorld; bigQuery: BigQueryDouble }

/** Each of the demo's people asks for themselves. */
type AskAs = (person: Person) => Ask;

const organization = demoOrganization;
const params = { organization };
const percent = { kind: 'percent' } as const;
const number = (name: string) => ({ kind: 'number', name }) as const;
const ids = (people: readonly Person[]) => people.map(person => person.id);
const at = (goal: GoalRef) => ({ params: { organization, period: goal.period, goal: goal.id } });

/** Integrations, connections, teams, tags and goals, and what people have said of them. */
export async function makeGoals(askAs: AskAs, sources: Sources): Promise<void> {
  const ask = askAs(ada);
  const connections = await makeConnections(ask, sources);
  const teams = await makeTeams(ask);
  for (const name of ['Customers', 'Growth', 'Loyalty', 'Waste']) await ask(api.createTag, { params, body: { name } });
  const { rows: periods, current } = await ask(api.periods, { params });
  const quarter = periods.find(period => period.id === current)!;

  const year = await makeYear(askAs, periods, quarter);
  await makeCare(askAs, quarter, { year, teams, shop: connections.shop });
  await makeLoyalty(askAs, quarter, { team: teams.app, ...connections, backlog: sources.azureDevOps.queries[0]!.id });
  await makeWaste(askAs, quarter);
  await makeSecret(askAs, quarter);
  const farms = await made(askAs(dana), quarter, { kind: 'objective', title: 'Taste a coffee from every farm we buy from', description: 'So that I can tell our guests where their cup comes from.', outcome: percent });
  await askAs(dana)(api.checkIn, { ...at(farms), body: { value: 20, note: 'Nine of 45 farms. The Ethiopian ones are my favourites so far.' } });
  for (const [person, followed] of [[ada, 'organization'], [chen, `team:${teams.care}`], [dana, `person:${chen.id}`], [ben, `goal:${year.period}:${year.id}`]] as const) {
    await askAs(person)(api.follow, { params: { organization, followed } });
  }
}

async function made(ask: Ask, { id: period }: Period, body: GoalBody): Promise<Goal> {
  return (await ask(api.createGoal, { params: { organization, period }, body })).goal;
}

async function makeConnections(ask: Ask, { postgres, azureDevOps, bigQuery }: Sources): Promise<Record<'shop' | 'developers' | 'analytics', string>> {
  for (const integration of ['postgresql', 'azure-devops', 'bigquery']) await ask(api.enableIntegration, { params: { organization, integration }, body: { enabled: true } });
  const shop = await ask(api.createConnection, { params, body: {
    integration: 'postgresql', name: 'Shop database', shared: true, auth: 'password',
    settings: { host: postgres.host, port: postgres.port, database: postgres.database, tls: 'off' }, credential: { user: postgres.user, password: postgres.password },
  } });
  const developers = await ask(api.createConnection, { params, body: {
    integration: 'azure-devops', name: 'Loyalty app backlog', shared: true, auth: 'token',
    settings: { organization: azureDevOps.organization, project: azureDevOps.project }, credential: { token: azureDevOps.token },
  } });
  const analytics = await ask(api.createConnection, { params, body: {
    integration: 'bigquery', name: 'Analytics', shared: true, auth: 'service-account', settings: { project: bigQuery.world.project, gigabytes: 1 }, credential: { key: bigQuery.key },
  } });
  return { shop: shop.id, developers: developers.id, analytics: analytics.id };
}

interface Teams { care: string; support: string; app: string }

async function makeTeams(ask: Ask): Promise<Teams> {
  const team = async (name: string, owners: Person[], members: Person[], parent?: string) =>
    (await ask(api.createTeam, { params, body: { name, owners: ids(owners), members: ids(members), ...(parent === undefined ? {} : { parent }) } })).team.id;
  const care = await team('Customer care', [ben], [dana]);
  return { care, support: await team('Support', [dana], [ben], care), app: await team('Loyalty app', [chen], [ben, dana]) };
}

/** An objective of the whole organization for the year, with a key result in each of its quarters: those that are over are closed, those to come not started. */
async function makeYear(askAs: AskAs, periods: readonly Period[], quarter: Period): Promise<Goal> {
  const ask = askAs(ada);
  const year = periods.find(({ kind, start, end }) => kind === 'year' && start <= quarter.start && end >= quarter.end)!;
  const objective = await made(ask, year, {
    kind: 'objective', title: 'Be the favourite café of every neighbourhood we are in', description: 'A place is ours when people bring their visitors there.',
    entity: { kind: 'organization' }, tags: ['Customers', 'Growth'], outcome: percent, mode: 'roll-up',
  });
  const below: Pick<GoalBody, 'parents' | 'tags' | 'entity'> = { parents: [refOf(objective)], tags: ['Growth'], entity: { kind: 'organization' } };
  const quarters = periods.filter(({ kind, start, end }) => kind === 'quarter' && start >= year.start && end <= year.end);
  for (const [i, one] of quarters.entries()) {
    const cafes = await made(ask, one, {
      ...below, kind: 'key-result', title: `Open three cafés in ${one.name}`, ambition: 'committed',
      outcome: { kind: 'metric', direction: 'reach', name: 'Cafés opened', unit: number('cafés'), target: 3 },
    });
    const isShort = i === 1;
    if (one.end < quarter.start) await ask(api.closeGoal, { ...at(cafes), body: { value: isShort ? 2 : 3, note: isShort ? 'One landlord changed his mind.' : 'All three are open, and busy.' } });
    if (one.id === quarter.id) await ask(api.checkIn, { ...at(cafes), body: { value: 2, note: 'Malmö and Lund are open. Västerås waits for its oven.' } });
  }
  const outcome = { kind: 'metric', direction: 'increase', name: 'Average review', unit: number('stars'), start: 4.2, target: 4.6 } as const;
  const steps = [4.25, 4.4]; // reviews follow later than what earns them
  const reviews = await made(ask, quarter, {
    kind: 'key-result', title: 'Raise our average review from 4.2 to 4.6 stars', parents: [refOf(objective)], tags: ['Customers'], outcome,
    owners: ids([ben]), checkInOwner: dana.id, phases: linearPhases({ ...quarter, outcome }, 'month').map((phase, i) => ({ ...phase, target: steps[i] ?? phase.target })),
  });
  await askAs(dana)(api.checkIn, { ...at(reviews), body: { value: 4.4, note: 'The new cups are mentioned in every third review.' } });
  return objective;
}

/** The objective whose key results the shop's database feeds, with a key result of a sub-team that people talk about. */
async function makeCare(askAs: AskAs, quarter: Period, { year, teams, shop }: { year: Goal; teams: Teams; shop: string }): Promise<void> {
  const ask = askAs(ada);
  const customers = await made(ask, quarter, {
    kind: 'objective', title: 'Make every customer feel heard', description: 'Support is why people stay with us.', entity: { kind: 'organization' }, tags: ['Customers'],
    parents: [refOf(year)], outcome: percent, mode: 'roll-up',
  });
  const ofCare = (tag: string): Pick<GoalBody, 'entity' | 'parents' | 'tags'> => ({ entity: { kind: 'teams', teams: [teams.care] }, parents: [refOf(customers)], tags: [tag] });
  await made(ask, quarter, {
    ...ofCare('Customers'), kind: 'key-result', title: 'Keep open support tickets below 20', owners: ids([ben]), mode: 'source',
    outcome: { kind: 'metric', direction: 'stay-below', name: 'Open tickets', unit: number('tickets'), target: 20, risk: 30 },
    link: { connection: shop, measure: { metric: 'query', form: { sql: 'select count(*) from tickets where closed_at is null' } } },
  });
  await made(ask, quarter, {
    ...ofCare('Growth'), kind: 'key-result', title: 'Grow weekly coffee subscriptions from 200 to 500', owners: ids([dana]), mode: 'source',
    outcome: { kind: 'metric', direction: 'increase', name: 'Weekly subscriptions', unit: number('subscriptions'), start: 200, target: 500 },
    link: { connection: shop, measure: { metric: 'query', form: { sql: 'select count(*) from subscriptions' } } },
  });
  const answers = await made(ask, quarter, {
    ...ofCare('Customers'), entity: { kind: 'teams', teams: [teams.support] }, kind: 'key-result', title: 'Answer 90% of mails within an hour', owners: ids([dana]), delegate: ben.id,
    outcome: { kind: 'metric', direction: 'increase', name: 'Answered in time', unit: { kind: 'percent' }, start: 60, target: 90 },
  });
  const waits = await made(ask, quarter, {
    ...ofCare('Customers'), kind: 'key-result', title: 'Find out how long guests wait at the till', owners: ids([ben]),
    outcome: { kind: 'metric', direction: 'baseline', name: 'Wait at the till', unit: number('seconds') },
  });
  await askAs(ben)(api.checkIn, { ...at(waits), body: { value: 210, note: 'Measured on two mornings. We need a weekend too.' } });

  const { goal: checked } = await askAs(dana)(api.checkIn, { ...at(answers), body: { value: 81, note: 'The new templates save us half the typing.' } });
  await askAs(ben)(api.react, { ...at(answers), body: { to: { kind: 'check-in', at: checked.checkedInAt! }, reaction: 'heart', on: true } });
  const asked = await ask(api.comment, { ...at(answers), body: { text: '@Dana Ruiz, may the cafés use your templates for their own mail?', mentions: [dana.id] } });
  await askAs(dana)(api.react, { ...at(answers), body: { to: { kind: 'entry', at: asked.at, id: asked.id }, reaction: 'like', on: true } });
  await askAs(dana)(api.comment, { ...at(answers), body: { text: 'Gladly. They lie beside the recipes.' } });
  await askAs(chen)(api.follow, { params: { organization, followed: `goal:${answers.period}:${answers.id}` } });
}

/** The objective that three sources and a person move, half of it the backlog, and an initiative whose tasks move it. */
async function makeLoyalty(askAs: AskAs, quarter: Period, { team, developers, analytics, backlog }: { team: string; developers: string; analytics: string; backlog: string }): Promise<void> {
  const ask = askAs(ada);
  const entity: GoalBody['entity'] = { kind: 'teams', teams: [team] };
  const loyalty = await made(ask, quarter, { kind: 'objective', title: 'Launch the loyalty app', description: 'In all cafés before the quarter ends.', entity, tags: ['Loyalty'], owners: ids([chen]), outcome: percent, mode: 'roll-up' });
  const below = { parents: [refOf(loyalty)] };
  const stories = await made(ask, quarter, {
    ...below, kind: 'key-result', title: 'Finish the loyalty app backlog', entity, tags: ['Loyalty'], owners: ids([chen]), mode: 'source', outcome: percent,
    link: { connection: developers, measure: { metric: 'completed', form: { query: backlog } } },
  });
  await made(ask, quarter, {
    ...below, kind: 'key-result', title: 'Reach 20,000 loyalty sign-ups', owners: ids([chen]), mode: 'source',
    outcome: { kind: 'metric', direction: 'reach', name: 'Sign-ups', unit: number('sign-ups'), target: 20_000 },
    link: { connection: analytics, measure: { metric: 'query', form: { sql: signUps } } },
  });
  const training = await made(ask, quarter, {
    ...below, kind: 'key-result', title: 'Train 40 baristas on the new app', owners: ids([dana]),
    outcome: { kind: 'metric', direction: 'reach', name: 'Trained baristas', unit: number('baristas'), target: 40 },
  });
  await askAs(dana)(api.checkIn, { ...at(training), body: { value: 18, note: 'Stockholm and Uppsala are done. Gothenburg is next.' } });
  await askAs(chen)(api.setWeights, { ...at(loyalty), body: { weights: { [stories.id]: 50 } } });

  const campaign = await made(ask, quarter, { ...below, kind: 'initiative', title: 'Launch campaign in the cafés', owners: ids([ben]), outcome: percent, mode: 'roll-up' });
  let { tasks } = campaign;
  for (const [name, owner] of [['Agree on the slogan', ben], ['Draw the posters', chen], ['Print cups with the code on them', null], ['Plan a week of tastings', dana], ['Put the posters up', null]] as const) {
    ({ goal: { tasks } } = await askAs(ben)(api.addTask, { ...at(campaign), body: { name, owner: owner?.id ?? null, due: quarter.end } }));
  }
  for (const task of tasks.slice(0, 2)) await askAs(ben)(api.changeTask, { params: { ...at(campaign).params, task: task.id }, body: { done: true } });
}

/** An objective that its owner holds against its children, with a key result that is closed and one that is postponed. */
async function makeWaste(askAs: AskAs, quarter: Period): Promise<void> {
  const ask = askAs(ben);
  const objective = await made(askAs(ada), quarter, {
    kind: 'objective', title: 'Halve what we throw away', description: 'Grounds, cups and yesterday’s bread.', entity: { kind: 'organization' }, tags: ['Waste'], owners: ids([ben]), outcome: percent, mode: 'roll-up',
  });
  const below: Pick<GoalBody, 'kind' | 'parents' | 'tags'> = { kind: 'key-result', parents: [refOf(objective)], tags: ['Waste'] };
  const reach = (name: string, unit: string, target: number) => ({ kind: 'metric', direction: 'reach', name, unit: number(unit), target }) as const;
  const grounds = await made(ask, quarter, { ...below, title: 'Compost the grounds of 20 cafés', outcome: reach('Cafés that compost', 'cafés', 20) });
  const cups = await made(ask, quarter, {
    ...below, title: 'Cut paper cups from 9,000 to 4,000 a week', outcome: { kind: 'metric', direction: 'decrease', name: 'Paper cups a week', unit: number('cups'), start: 9000, target: 4000 },
  });
  const bread = await made(ask, quarter, { ...below, title: 'Give 500 loaves a week to the food bank', outcome: reach('Loaves a week', 'loaves', 500) });
  await ask(api.closeGoal, { ...at(grounds), body: { value: 15, note: 'The last five cafés share their bins with neighbours and cannot sort.' } });
  await ask(api.checkIn, { ...at(cups), body: { value: 7600, note: '' } });
  await ask(api.postponeGoal, { ...at(cups), body: { note: 'The dishwashers come a quarter later than promised.', progress: 'keep' } });
  await ask(api.checkIn, { ...at(bread), body: { value: 180, note: 'Fridays alone.' } });
  await ask(api.checkIn, { ...at(objective), body: { value: 70, note: 'The bakery’s own bins are not counted below yet. I hold this until they are.', updates: 'stop' } });
}

/** A private objective and a key result under it, which two people see. */
async function makeSecret(askAs: AskAs, quarter: Period): Promise<void> {
  const objective = await made(askAs(ada), quarter, {
    kind: 'objective', title: 'Take over Fjord Roasters', description: 'Nothing of this leaves the two of us before it is signed.', outcome: percent, mode: 'roll-up',
    access: { private: true, viewers: ids([chen]), aligners: null, editors: [] },
  });
  const owners = await made(askAs(ada), quarter, {
    kind: 'key-result', title: 'Agree on the price with all 3 owners', parents: [refOf(objective)],
    outcome: { kind: 'metric', direction: 'reach', name: 'Owners agreed', unit: number('owners'), target: 3 },
  });
  await askAs(ada)(api.checkIn, { ...at(owners), body: { value: 2, note: 'Old Mr Fjord and his sister shook my hand on it.' } });
}
