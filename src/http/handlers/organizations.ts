// The organizations of a tenant: listed, made, and set to the way their people work (features.md 1.4, 1.15).
import type { OrganizationView, SettingsBody } from '../../api.ts';
import { difference } from '../../difference.ts';
import { type Organization, newOrganization } from '../../domain/organization.ts';
import { refusal } from '../../domain/permission.ts';
import { rhythmFault } from '../../domain/rhythm.ts';
import { type Stored, replace } from '../../store/store.ts';
import { keys, rows } from '../../store/tables.ts';
import { foundOrganization } from '../../sync/founding.ts';
import { makeDuePeriods } from '../../sync/periods.ts';
import { type Caller, newPerson } from '../caller.ts';
import { etagOf, refuseStale } from '../etag.ts';
import { refuseIf, wrongField } from '../refusal.ts';
import { record, tenantLog } from './audit.ts';
import type { Deps, Handlers } from './handler.ts';
import { refuseStrangers, refuseUnknownZone } from './people.ts';
import { sessionOf } from './session.ts';

export const organizations = {
  organizations: async ({ query }, caller, deps) => {
    const { tenant } = caller.scope;
    const page = await deps.store.page(rows.organization, tenant, { limit: query.limit, next: query.next });
    const listed = await Promise.all(page.rows.map(async ({ body: { id, name } }) => {
      const person = await deps.store.get(rows.person, keys.person({ tenant, organization: id }, caller.person.id));
      return { id, name, role: person?.body.role ?? null };
    }));
    return { rows: listed, mayCreate: refusal(caller.person, creation(caller)) === undefined, ...(page.next === undefined ? {} : { next: page.next }) };
  },

  createOrganization: async ({ body }, caller, deps) => {
    refuseIf(refusal(caller.person, creation(caller)));
    refuseUnknownZone(body.timeZone);
    const { tenant } = caller.scope;
    const now = deps.now();
    // Ids begin with their time: the tenant's first organization stays the one that people come to by themselves.
    const id = `o-${now.getTime().toString(36)}-${deps.newId()}`;
    const organization = newOrganization({ tenant, id, name: body.name, ...(body.timeZone === undefined ? {} : { timeZone: body.timeZone }) });
    const owner = newPerson(caller.person, 'owner');
    await foundOrganization(deps.store, organization, owner, now);
    const there: Caller = { ...caller, scope: { tenant, organization: id }, organization, person: owner };
    for (const scope of [there.scope, tenantLog(tenant)]) await record('organization.created', id, { before: null, after: { name: body.name } }, { ...there, scope }, deps);
    return organizationView(await storedOrganization(there, deps), there, deps);
  },

  organization: async (_input, caller, deps) => organizationView(await storedOrganization(caller, deps), caller, deps),

  updateSettings: async ({ body, etag }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-organization' }));
    const stored = await storedOrganization(caller, deps);
    refuseStale(stored, etag, 'these settings');
    await refuseUnfit(body, caller, deps);
    const before = stored.body;
    const after = { ...before, ...body, model: { ...before.model, ...body.model } } as Organization; // zod leaves out what was not given
    const change = difference(before, after);
    if (Object.keys(change.after).length === 0) return organizationView(stored, caller, deps);
    await deps.store.transact([replace(rows.organization, keys.organization(caller.scope), after, stored.etag)]);
    await record('organization.changed', before.id, change, caller, deps);
    if (after.yearStart !== before.yearStart) await makeDuePeriods(deps.store, caller.scope, after, deps.now());
    return organizationView(await storedOrganization(caller, deps), caller, deps);
  },
} satisfies Partial<Handlers>;

function creation({ policy, tenantAdministrator }: Caller) {
  return { do: 'create-organization', policy, tenantAdministrator } as const;
}

async function storedOrganization({ scope }: Caller, deps: Pick<Deps, 'store'>): Promise<Stored<Organization>> {
  return (await deps.store.get(rows.organization, keys.organization(scope)))!;
}

function organizationView(stored: Stored<Organization>, caller: Caller, deps: Pick<Deps, 'now'>): OrganizationView {
  return { ...sessionOf(caller, stored.body, deps), etag: etagOf(stored), mayManage: refusal(caller.person, { do: 'manage-organization' }) === undefined };
}

/** What the shape of settings does not show. */
async function refuseUnfit({ timeZone, rhythm, createGoals, model }: SettingsBody, caller: Caller, deps: Pick<Deps, 'store'>): Promise<void> {
  refuseUnknownZone(timeZone);
  const fault = rhythm && rhythmFault(rhythm);
  if (fault) throw wrongField(`rhythm.${fault.part}`, fault.message);
  if (createGoals?.for === 'people') await refuseStrangers(createGoals.people, 'createGoals.people', caller, deps);
  const enabled = model?.initiatives?.enabled;
  if (enabled?.for === 'people') await refuseStrangers(enabled.people, 'model.initiatives.enabled.people', caller, deps);
}
