// Connections: made, tested, shared, changed and deleted; and what can be asked through one before a goal is linked.
import { isDeepStrictEqual } from 'node:util';
import type { ConnectionBody, ConnectionView } from '../../api.ts';
import type { Form, Reading, Source } from '../../connectors/connector.ts';
import { SourceError } from '../../connectors/source-error.ts';
import { goalValue } from '../../domain/measured.ts';
import { isId } from '../../domain/organization.ts';
import { progressOf } from '../../domain/outcome.ts';
import { refusal } from '../../domain/permission.ts';
import { integrationName } from '../../integrations.ts';
import { revise } from '../../store/revise.ts';
import { type Step, type Stored, insert, remove } from '../../store/store.ts';
import { type Connection, keys, rows } from '../../store/tables.ts';
import { credentialOf, sealContext } from '../../sync/open.ts';
import { type Caller, who } from '../caller.ts';
import { Refusal, refuseIf, wrongField } from '../refusal.ts';
import { record } from './audit.ts';
import { disabledBy, notAllowed } from './disabled.ts';
import type { Deps, Handlers } from './handler.ts';
import { connectorOf, fieldsRefused, fittingMeasure } from './measures.ts';

/** Hourly, as people know it; each connection gets its own minute of the hour. */
const hourly = 60;

export const connections = {
  connections: async ({ query }, caller, deps) => {
    const usable = (await allConnections(caller, deps)).filter(c => !refusal(caller.person, { do: 'use-connection', connection: c.body }));
    return { rows: usable.filter(c => !query.integration || c.body.integration === query.integration).map(c => connectionView(c.body, caller)) };
  },

  validateConnection: async ({ body }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'create-connection' }));
    const saved = body.id === undefined ? undefined : await editableConnection(body.id, caller, deps);
    await tested(await checkedWay(body, saved?.body, caller, deps), caller, deps);
    return {};
  },

  createConnection: async ({ body }, caller, deps) => {
    refuseIf(refusal(caller.person, { do: 'create-connection' }));
    const way = await checkedWay(body, undefined, caller, deps);
    await tested(way, caller, deps);
    const id = deps.newId();
    const connection: Connection = {
      id, integration: body.integration, name: body.name, owner: who(caller), shared: body.shared,
      auth: way.auth, settings: way.settings, credential: await deps.vault.seal(JSON.stringify(way.credential), sealContext(caller.scope, id)),
      token: '', everyMinutes: hourly, nextSync: null, lastSync: null, claim: null, problem: null,
      ...(way.satellite === undefined ? {} : { satellite: way.satellite }),
    };
    await deps.store.transact([insert(rows.connection, keys.connection(caller.scope, id), connection)]);
    await record('connection.made', id, { before: null, after: audited(connection) }, caller, deps);
    await deps.startChain(caller.scope, id);
    return connectionView(connection, caller);
  },

  updateConnection: async ({ params, body }, caller, deps) => {
    const stored = await editableConnection(params.connection, caller, deps);
    if (body.integration !== stored.body.integration) {
      throw wrongField('integration', 'A connection stays with its integration. Make a new one instead.');
    }
    const way = await checkedWay(body, stored.body, caller, deps);
    await tested(way, caller, deps);
    const credential = await deps.vault.seal(JSON.stringify(way.credential), sealContext(caller.scope, stored.body.id));
    // A sync may have claimed the connection while its source was being tested: its part of the row stays as it is.
    const connection = await revise(deps.store, rows.connection, keys.connection(caller.scope, stored.body.id), now =>
      ({ ...now, name: body.name, shared: body.shared, auth: way.auth, settings: way.settings, satellite: way.satellite, problem: null, credential }));
    if (!connection) throw gone();
    await record('connection.changed', connection.id, { before: audited(stored.body), after: audited(connection) }, caller, deps);
    await deps.startChain(caller.scope, connection.id);
    await deps.syncNow(caller.scope, connection.id);
    return connectionView(connection, caller);
  },

  deleteConnection: async ({ params }, caller, deps) => {
    const stored = await editableConnection(params.connection, caller, deps);
    const left: Step[][] = [];
    for await (const { body: link } of deps.store.all(rows.link, keys.links(caller.scope, stored.body.id))) {
      const goal = await deps.store.get(rows.goal, keys.goal(caller.scope, link.goal));
      if (goal?.body.connection === stored.body.id) throw new Refusal('bad-request', 'Goals take their progress through this connection. Give them another data source first.');
      left.push([remove(rows.link, keys.link(caller.scope, stored.body.id, link.goal))]);
    }
    await deps.store.transact([remove(rows.connection, keys.connection(caller.scope, stored.body.id))]);
    await record('connection.deleted', stored.body.id, { before: audited(stored.body), after: null }, caller, deps);
    await deps.store.transactAll(left); // a crash between goal and link has left them behind
    return {};
  },

  lookup: async ({ params, body }, caller, deps) => {
    const connection = await usableConnection(params.connection, caller, deps);
    const { connection: settings, metrics } = connectorOf(connection.integration, deps);
    const offers = [settings, ...metrics.map(m => m.form)].some(form => form.fields.some(f => f.lookup === params.lookup));
    if (!offers) throw new Refusal('not-found', 'There is no such list to choose from.');
    return withSource(connection, caller, deps, source => source.lookup(params.lookup, { search: body.search, next: body.next, form: body.form }));
  },

  preview: async ({ params, body }, caller, deps) => {
    const connection = await usableConnection(params.connection, caller, deps);
    const { measure } = fittingMeasure(connection.integration, body.measure, body.outcome, deps);
    const [answer] = await withSource(connection, caller, deps, source => source.read([measure]));
    if (answer === undefined || answer instanceof Error) throw answer ?? new SourceError('The source gave no answer.', { kind: 'report' });
    return previewOf(answer, body.outcome, deps.now().toISOString());
  },

  syncConnection: async ({ params }, caller, deps) => {
    const connection = await usableConnection(params.connection, caller, deps);
    await deps.syncNow(caller.scope, connection.id);
    return {};
  },
} satisfies Partial<Handlers>;

export async function allConnections(caller: Caller, deps: Pick<Deps, 'store'>): Promise<Stored<Connection>[]> {
  const all: Stored<Connection>[] = [];
  for await (const row of deps.store.all(rows.connection, keys.organizationRows(caller.scope))) all.push(row);
  return all.toSorted((a, b) => a.body.name.localeCompare(b.body.name));
}

/** The connection, if this caller may read through it now. */
export async function usableConnection(id: string, caller: Caller, deps: Deps): Promise<Connection> {
  const connection = await enabledConnection(id, caller, deps);
  refuseIf(refusal(caller.person, { do: 'use-connection', connection }));
  return connection;
}

/** The connection, if anybody may read through it now. */
export async function enabledConnection(id: string, caller: Caller, deps: Deps): Promise<Connection> {
  const { body: connection } = await knownConnection(id, caller, deps);
  refuseIf(disabledReason(connection.integration, caller, deps));
  return connection;
}

async function editableConnection(id: string, caller: Caller, deps: Deps): Promise<Stored<Connection>> {
  const stored = await knownConnection(id, caller, deps);
  refuseIf(refusal(caller.person, { do: 'edit-connection', connection: stored.body }));
  return stored;
}

export async function knownConnection(id: string, caller: Caller, deps: Deps): Promise<Stored<Connection>> {
  const stored = isId(id) ? await deps.store.get(rows.connection, keys.connection(caller.scope, id)) : undefined;
  if (!stored) throw gone();
  return stored;
}

function gone(): Refusal {
  return new Refusal('not-found', 'There is no such connection. It may have been deleted.');
}

function disabledReason(integration: string, caller: Caller, deps: Deps): string | undefined {
  const name = integrationName(deps.integrations, integration);
  switch (disabledBy(integration, caller)) {
    case 'tenant': return notAllowed(name);
    case 'organization': return `${name} is not enabled in ${caller.organization.name}. An admin can enable it under Admin › Integrations.`;
    case undefined: return undefined;
  }
}

interface Way { integration: string; auth: string; settings: Record<string, unknown>; credential: Record<string, string>; satellite?: string }

/** A filled-in connection form: every field checked; an unchanged credential is taken from the saved connection. */
async function checkedWay(body: ConnectionBody, saved: Connection | undefined, caller: Caller, deps: Deps): Promise<Way> {
  refuseIf(disabledReason(body.integration, caller, deps));
  const connector = connectorOf(body.integration, deps);
  const auth = connector.auth.find(a => a.id === body.auth);
  if (!auth) throw wrongField('auth', 'Choose how to sign in.');
  const settings = connector.connection.check(body.settings);
  const isSameWay = saved?.integration === body.integration && saved.auth === auth.id && saved.satellite === body.satellite;
  const kept = body.credential === undefined && isSameWay ? await credentialOf(deps.vault, caller.scope, saved) : undefined;
  const given = kept ?? body.credential ?? {};
  const credential = body.satellite === undefined ? auth.form.check(given) : await checkedName(given, body.satellite, caller, deps);
  if (!settings.ok || !credential.ok) {
    throw fieldsRefused({ ...(settings.ok ? {} : prefixed('settings', settings.errors)), ...(credential.ok ? {} : prefixed('credential', credential.errors)) });
  }
  if (kept && !isDeepStrictEqual(settings.values, saved?.settings)) throw fieldsRefused({ credential: 'Enter the credential again: a saved one only goes where it was entered for.' });
  const way = { integration: body.integration, auth: auth.id, settings: settings.values, credential: credential.values as Record<string, string> };
  return body.satellite === undefined ? way : { ...way, satellite: body.satellite };
}

/** Through a satellite the credential is a name in its own file. Only admins choose what the satellite's credentials are used for. */
async function checkedName(given: Record<string, string>, satellite: string, caller: Caller, deps: Deps): Promise<ReturnType<Form['check']>> {
  refuseIf(refusal(caller.person, { do: 'manage-integrations' }));
  const known = isId(satellite) ? await deps.store.get(rows.satellite, keys.satellite(caller.scope, satellite)) : undefined;
  if (!known) throw fieldsRefused({ satellite: 'There is no such satellite. It may have been deleted; choose another one.' });
  const { name, ...others } = given;
  if (!name || name.length > 120 || Object.keys(others).length > 0) return { ok: false, errors: { name: 'Enter the credential’s name in the satellite’s file, and nothing else: the credential itself stays there.' } };
  return { ok: true, values: { name } };
}

function prefixed(part: string, errors: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(errors).map(([field, message]) => [`${part}.${field}`, message]));
}

async function tested(way: Way, caller: Caller, deps: Deps): Promise<void> {
  const source = await deps.open(way, caller.scope);
  try { await source.test(); } finally { await source.close(); }
}

async function withSource<T>(connection: Connection, caller: Caller, deps: Deps, use: (source: Source) => Promise<T>): Promise<T> {
  const { integration, auth, settings, satellite } = connection;
  const way = { integration, auth, settings, credential: await credentialOf(deps.vault, caller.scope, connection), ...(satellite === undefined ? {} : { satellite }) };
  const source = await deps.open(way, caller.scope);
  try { return await use(source); } finally { await source.close(); }
}

function previewOf(reading: Reading, outcome: Parameters<typeof goalValue>[0], readAt: string) {
  const value = goalValue(outcome, reading);
  if (value === undefined) throw new SourceError('The total is 0, and of nothing there is no part: there is no percentage to show. Choose a measure that matches something.', { kind: 'reconfigure' });
  return {
    value: reading.value, raw: reading.raw, readAt, goalValue: value, progress: progressOf(outcome, value),
    ...(reading.of === undefined ? {} : { of: reading.of }), ...(reading.asOf === undefined ? {} : { asOf: reading.asOf }),
  };
}

/** What the log keeps of a connection: everything but its credential. */
function audited({ name, integration, shared, auth, settings, satellite }: Connection): unknown {
  return { name, integration, shared, auth, settings, ...(satellite === undefined ? {} : { satellite }) };
}

function connectionView(c: Connection, caller: Caller): ConnectionView {
  return {
    id: c.id, integration: c.integration, name: c.name, owner: c.owner, shared: c.shared, auth: c.auth, settings: c.settings,
    everyMinutes: c.everyMinutes, lastSync: c.lastSync, nextSync: c.nextSync, problem: c.problem,
    mayEdit: refusal(caller.person, { do: 'edit-connection', connection: c }) === undefined, ...(c.satellite === undefined ? {} : { satellite: c.satellite }),
  };
}
