// The demo organization: Aurora Coffee, its people, and the sources that its goals are read from. What they have set out to do stands in demo-goals.ts.
import { type Store, insert } from '../store/store.ts';
import { keys, rows } from '../store/tables.ts';
import { makeDuePeriods } from '../sync/periods.ts';
import type { AzureDevOpsWorld } from './azure-devops.ts';
import type { BigQueryWorld } from './bigquery.ts';
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
export const signUps = 'SELECT COUNT(*) FROM `loyalty.sign_ups`';
export function warehouse(): BigQueryWorld {
  return { project: 'aurora-analytics', queries: { [signUps]: { fields: [{ name: 'f0_', type: 'INTEGER' }], rows: [['9400']] } } };
}
