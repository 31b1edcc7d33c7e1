// The demo organization: Aurora Coffee's fourth quarter, made through the same doors that everybody uses.
import { api } from '../api.ts';
import { type Store, insert } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { makeDuePeriods } from '../sync/periods.ts';
import type { Ask } from './ask.ts';
import type { AzureDevOpsWorld } from './azure-devops.ts';
import type { BigQueryDouble, BigQueryWorld } from './bigquery.ts';
import type { Postgres } from './postgres.ts';
import type { World } from './teams-world.ts';
import { newOrganization } from '../domain/organization.ts';

/** The id of the demo organization. */
export const demoOrganization = 'aurora';

/** Organization, people and time periods, as an admin would have set them up. Answers whether they had to be made. */
export async function makeOrganization(store: Store, world: World, now: Date): Promise<boolean> {
  const scope = { tenant: world.tenant.id, organization: demoOrganization };
  if (await store.get(rows.organization, keys.organization(scope))) return false;
  for (const p of world.people) {
    await store.transact([insert(rows.person, keys.person(scope, p.id), { id: p.id, name: p.name, email: p.email, role: p.admin ? 'owner' : 'member' })]);
  }
  const organization = newOrganization({ tenant: scope.tenant, id: scope.organization, name: world.tenant.name, timeZone: 'Europe/Stockholm' });
  await makeDuePeriods(store, scope, organization, now);
  // Last, so that a start that was interrupted before this line begins again.
  await store.transact([insert(rows.organization, keys.organization(scope), organization)]);
  return true;
}

/** The shop's database: support tickets and subscriptions, as Waymark finds them on the first day. */
export async function fillShop(postgres: Postgres): Promise<void> {
  const [found] = await postgres.query("select to_regclass('subscriptions') is null as new");
  await postgres.query(`
    create table if not exists tickets (id integer generated always as identity primary key, subject text not null, opened_at timestamptz not null default now(), closed_at timestamptz);
    create table if not exists subscriptions (id integer generated always as identity primary key, plan text not null, started_at timestamptz not null default now());
    create or replace function tell_waymark() returns trigger language plpgsql as $$ begin perform pg_notify('waymark', tg_table_name); return null; end $$;
    create or replace trigger tell_waymark after insert or update or delete on tickets for each statement execute function tell_waymark();
    create or replace trigger tell_waymark after insert or update or delete on subscriptions for each statement execute function tell_waymark();`);
  if (!found!['new']) return; // what people made of it is theirs, be it nothing
  await setOpenTickets(postgres, 12);
  await setSubscriptions(postgres, 380);
}

/** Opens or closes tickets until exactly so many are open. */
export async function setOpenTickets(postgres: Postgres, count: number): Promise<void> {
  await postgres.query('update tickets set closed_at = now() where id in (select id from tickets where closed_at is null order by id offset $1)', [count]);
  await postgres.query(`insert into tickets (subject) select 'Where is my order #' || (1000 + n) || '?' from generate_series(1, greatest(0, $1::int - (select count(*)::int from tickets where closed_at is null))) n`, [count]);
}

/** Starts or ends subscriptions until exactly so many run. */
export async function setSubscriptions(postgres: Postgres, count: number): Promise<void> {
  await postgres.query('delete from subscriptions where id in (select id from subscriptions order by id offset $1)', [count]);
  await postgres.query(`insert into subscriptions (plan) select 'Weekly beans' from generate_series(1, greatest(0, $1::int - (select count(*)::int from subscriptions)))`, [count]);
}

/** The simulated Azure DevOps of the loyalty app's developers: of 24 work items, 14 are closed. */
export function backlog(): AzureDevOpsWorld {
  const stories = Array.from({ length: 24 }, (_, i) => ({ id: 100 + i, type: 'User Story', state: i < 14 ? 'Closed' : i < 19 ? 'Active' : 'New', title: `Loyalty story ${i + 1}` }));
  return {
    organization: 'aurora-coffee', project: 'Loyalty app', token: 'a-demo-token-that-opens-nothing',
    types: { 'User Story': [{ name: 'New', category: 'Proposed' }, { name: 'Active', category: 'InProgress' }, { name: 'Closed', category: 'Completed' }, { name: 'Removed', category: 'Removed' }] },
    items: stories,
    queries: [
      { id: '6f2e6b1a-0d5c-4a57-9d39-1b1f5a1c0001', name: 'Launch backlog', kind: 'flat', finds: () => true },
      { id: '6f2e6b1a-0d5c-4a57-9d39-1b1f5a1c0002', name: 'Being worked on', folder: 'Team', kind: 'flat', finds: item => item.state === 'Active' },
    ],
  };
}

/** What the simulated BigQuery answers: it knows this query and no SQL. */
const signUps = 'SELECT COUNT(*) FROM `loyalty.sign_ups`';
export function warehouse(): BigQueryWorld {
  return { project: 'aurora-analytics', queries: { [signUps]: { fields: [{ name: 'f0_', type: 'INTEGER' }], rows: [['9400']] } } };
}

interface Sources { postgres: Postgres; azureDevOps: AzureDevOpsWorld; bigQuery: BigQueryDouble }

/** Integrations, connections, teams, tags and goals, made by the owner through the REST API. */
export async function makeGoals(ask: Ask, sources: Sources): Promise<void> {
  const organization = demoOrganization;
  for (const integration of ['postgresql', 'azure-devops', 'bigquery']) await ask(api.enableIntegration, { params: { organization, integration }, body: { enabled: true } });
  const { postgres, azureDevOps, bigQuery } = sources;
  const shop = await ask(api.createConnection, { params: { organization }, body: {
    integration: 'postgresql', name: 'Shop database', shared: true, auth: 'password',
    settings: { host: postgres.host, port: postgres.port, database: postgres.database, tls: 'off' }, credential: { user: postgres.user, password: postgres.password },
  } });
  const developers = await ask(api.createConnection, { params: { organization }, body: {
    integration: 'azure-devops', name: 'Loyalty app backlog', shared: true, auth: 'token',
    settings: { organization: azureDevOps.organization, project: azureDevOps.project }, credential: { token: azureDevOps.token },
  } });
  const analytics = await ask(api.createConnection, { params: { organization }, body: {
    integration: 'bigquery', name: 'Analytics', shared: true, auth: 'service-account', settings: { project: bigQuery.world.project, gigabytes: 1 }, credential: { key: bigQuery.key },
  } });

  const { current: period } = await ask(api.periods, { params: { organization } });
  const { rows: people } = await ask(api.people, { params: { organization }, query: { search: '' } });
  const owner = (name: string) => people.find(p => p.name.startsWith(name))!.id;
  const team = async (name: string, body: { parent?: string; owners: string[]; members: string[] }) => (await ask(api.createTeam, { params: { organization }, body: { name, ...body } })).team.id;
  const care = await team('Customer care', { owners: [owner('Ben')], members: [owner('Dana')] });
  await team('Support', { parent: care, owners: [owner('Dana')], members: [owner('Ben')] });
  const app = await team('Loyalty app', { owners: [owner('Chen')], members: [owner('Ben'), owner('Dana')] });
  for (const name of ['Customers', 'Growth', 'Loyalty']) await ask(api.createTag, { params: { organization }, body: { name } });
  const ofTeam = (id: string) => ({ kind: 'teams' as const, teams: [id] });
  const place = { params: { organization, period } };
  const percent = { kind: 'percent' } as const;
  const number = (name: string) => ({ kind: 'number', name }) as const;

  const { goal: customers } = await ask(api.createGoal, { ...place, body: { kind: 'objective', title: 'Make every customer feel heard', description: 'Support is why people stay with us.', entity: { kind: 'organization' }, tags: ['Customers'], owners: [owner('Ada')], parents: [], outcome: percent, mode: 'roll-up' } });
  await ask(api.createGoal, { ...place, body: {
    kind: 'key-result', title: 'Keep open support tickets below 20', description: '', entity: ofTeam(care), tags: ['Customers'], owners: [owner('Ben')], parents: [{ period, id: customers.id }], mode: 'source',
    outcome: { kind: 'metric', direction: 'stay-below', name: 'Open tickets', unit: number('tickets'), target: 20, risk: 30 },
    link: { connection: shop.id, measure: { metric: 'query', form: { sql: 'select count(*) from tickets where closed_at is null' } } },
  } });
  await ask(api.createGoal, { ...place, body: {
    kind: 'key-result', title: 'Grow weekly coffee subscriptions from 200 to 500', description: '', entity: ofTeam(care), tags: ['Growth'], owners: [owner('Dana')], parents: [{ period, id: customers.id }], mode: 'source',
    outcome: { kind: 'metric', direction: 'increase', name: 'Weekly subscriptions', unit: number('subscriptions'), start: 200, target: 500 },
    link: { connection: shop.id, measure: { metric: 'query', form: { sql: 'select count(*) from subscriptions' } } },
  } });
  const { goal: loyalty } = await ask(api.createGoal, { ...place, body: { kind: 'objective', title: 'Launch the loyalty app', description: 'In all cafés before the year ends.', entity: ofTeam(app), tags: ['Loyalty'], owners: [owner('Chen')], parents: [], outcome: percent, mode: 'roll-up' } });
  await ask(api.createGoal, { ...place, body: {
    kind: 'key-result', title: 'Finish the loyalty app backlog', description: '', entity: ofTeam(app), tags: ['Loyalty'], owners: [owner('Chen')], parents: [{ period, id: loyalty.id }], mode: 'source', outcome: percent,
    link: { connection: developers.id, measure: { metric: 'completed', form: { query: azureDevOps.queries[0]!.id } } },
  } });
  await ask(api.createGoal, { ...place, body: {
    kind: 'key-result', title: 'Reach 20,000 loyalty sign-ups', description: '', owners: [owner('Chen')], parents: [{ period, id: loyalty.id }], mode: 'source',
    outcome: { kind: 'metric', direction: 'reach', name: 'Sign-ups', unit: number('sign-ups'), target: 20_000 },
    link: { connection: analytics.id, measure: { metric: 'query', form: { sql: signUps } } },
  } });
  const { goal: training } = await ask(api.createGoal, { ...place, body: {
    kind: 'key-result', title: 'Train 40 baristas on the new app', description: '', owners: [owner('Dana')], parents: [{ period, id: loyalty.id }], mode: 'manual',
    outcome: { kind: 'metric', direction: 'reach', name: 'Trained baristas', unit: number('baristas'), target: 40 },
  } });
  await ask(api.createGoal, { ...place, body: { kind: 'initiative', title: 'Launch campaign in the cafés', description: '', owners: [owner('Ben')], parents: [{ period, id: loyalty.id }], outcome: percent, mode: 'manual' } });
  await ask(api.checkIn, { params: { organization, period, goal: training.id }, body: { value: 18, note: 'Stockholm and Uppsala are done. Gothenburg follows in December.' } });
}
