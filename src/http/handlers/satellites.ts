// Satellites: the customer's own agents before sources that the cloud cannot reach. Made with a token that is shown once.
import type { SatelliteView } from '../../api.ts';
import { isId } from '../../domain/organization.ts';
import { refusal } from '../../domain/permission.ts';
import { isConnected } from '../../satellite/cloud.ts';
import { insert, remove } from '../../store/store.ts';
import { type Satellite, keys, rows } from '../../store/tables.ts';
import { who } from '../caller.ts';
import { Refusal, refuseIf } from '../refusal.ts';
import { newSatelliteToken } from '../satellite-routes.ts';
import { record } from './audit.ts';
import { allConnections } from './connections.ts';
import type { Handlers } from './handler.ts';

export const satellites = {
  satellites: async (_input, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-integrations' }));
    const views: SatelliteView[] = [];
    for await (const { body } of deps.store.all(rows.satellite, keys.organizationRows(caller.scope))) views.push(satelliteView(body, deps.now()));
    return { rows: views.toSorted((a, b) => a.name.localeCompare(b.name)) };
  },

  createSatellite: async ({ body }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-integrations' }));
    const id = deps.newId();
    const { token, hash } = newSatelliteToken(caller.scope, id);
    const satellite: Satellite = { id, name: body.name, createdBy: who(caller), tokenHash: hash, lastSeen: null };
    await deps.store.transact([insert(rows.satellite, keys.satellite(caller.scope, id), satellite)]);
    await record('satellite.created', id, { before: null, after: satellite.name }, caller, deps);
    return { ...satelliteView(satellite, deps.now()), token };
  },

  deleteSatellite: async ({ params }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'manage-integrations' }));
    const stored = isId(params.satellite) ? await deps.store.get(rows.satellite, keys.satellite(caller.scope, params.satellite)) : undefined;
    if (!stored) throw new Refusal('not-found', 'There is no such satellite. It may have been deleted.');
    const through = (await allConnections(caller, deps)).filter(c => c.body.satellite === stored.body.id);
    if (through.length > 0) throw new Refusal('bad-request', `These connections lead through it: ${through.map(c => c.body.name).join(', ')}. Give them another way first.`);
    await deps.store.transact([remove(rows.satellite, keys.satellite(caller.scope, stored.body.id))]);
    await record('satellite.deleted', stored.body.id, { before: stored.body.name, after: null }, caller, deps);
    return {};
  },
} satisfies Partial<Handlers>;

function satelliteView({ id, name, createdBy, lastSeen }: Satellite, now: Date): SatelliteView {
  return { id, name, createdBy, lastSeen, connected: isConnected(lastSeen, now) };
}
