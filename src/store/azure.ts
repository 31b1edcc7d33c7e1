// The store in Azure Table Storage, and in Azurite on one's own machine: the only file that knows @azure/data-tables.
import { RestError, TableClient, odata, type TableServiceClientOptions, type TransactionAction } from '@azure/data-tables';
import { isLostInJson } from './json.ts';
import { BadCursor, BadRow, Conflict, RowTooLarge, type Page, type Span, type Step, type Store, type Stored } from './store.ts';
import { tables, type Keys, type Kind, type Table } from './tables.ts';

export type HttpClient = NonNullable<TableServiceClientOptions['httpClient']>;

export interface StoreConnection {
  /** Of a storage account or of Azurite. Plain HTTP is only spoken to this machine. */
  connectionString: string;
  /** Stands before the name of every table: letters and digits, beginning with a letter. Lets copies share one account. */
  prefix?: string;
  /** Carries the requests in place of the SDK's own; tests inject faults here. */
  httpClient?: HttpClient;
  /** How often a request is sent again after 500, 503, 408 or a broken connection, and the wait before, doubling up to the most. */
  retries?: { most: number; firstWaitMs: number; mostWaitMs: number };
  /** How long one try may take before it counts as failed. */
  tryMs?: number;
}

/** Opens the store and makes the tables that are missing. */
export async function openStore(connection: StoreConnection): Promise<Store> {
  const clients = new Map(tables.map(table => [table, tableClient(connection, table)]));
  await Promise.all(Array.from(clients.values(), client => client.createTable()));
  return store(table => clients.get(table)!);
}

const concurrentRequests = 8;
const mostSteps = 100;
/** Room is left below the 4 MiB of a transaction for the headers of its parts. */
const mostTransactionBytes = 3.75 * 1024 * 1024;
const mostRowBytes = 1024 * 1024;
const charactersPerProperty = 32_000;

type Verdict = 'written' | 'conflict';
type Row = { partitionKey: string; rowKey: string } & Record<string, string>;

/** A step ready to be sent. */
interface Write { step: Step; action: TransactionAction; bytes: number }
/** The writes that must happen together, and what tells them from other groups. */
interface Group { index: number; table: Table; partition: string; writes: Write[]; bytes: number }

function store(client: (table: Table) => TableClient): Store {
  async function get<T>(kind: Kind<T>, keys: Keys): Promise<Stored<T> | undefined> {
    try {
      return stored(kind, await client(kind.table).getEntity<Row>(keys.partition, keys.row));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async function page<T>(kind: Kind<T>, partition: string, span: Span = {}): Promise<Page<T>> {
    const pages = client(kind.table).listEntities<Row>({ queryOptions: { filter: filterOf(partition, span.prefix, span.after) } })
      .byPage({ maxPageSize: span.limit ?? 1000, ...(span.next ? { continuationToken: span.next } : {}) });
    const first = await pages.next().catch((error: unknown) => { throw span.next !== undefined && isRefusedCursor(error) ? new BadCursor('This page no longer exists.') : error; });
    if (first.done) return { rows: [] };
    const rows = first.value.map(row => stored(kind, row));
    return first.value.continuationToken ? { rows, next: first.value.continuationToken } : { rows };
  }

  async function* all<T>(kind: Kind<T>, partition: string, prefix?: string): AsyncIterable<Stored<T>> {
    let next: string | undefined;
    do {
      const answer = await page(kind, partition, { ...(prefix === undefined ? {} : { prefix }), next });
      yield* answer.rows;
      next = answer.next;
    } while (next !== undefined);
  }

  async function transact(steps: Step[]): Promise<void> {
    if (steps.length > 0) await submit(client, groupOf(steps, 0));
  }

  async function transactAll(groups: Step[][]): Promise<Verdict[]> {
    const checked = groups.flatMap((steps, index) => (steps.length > 0 ? [groupOf(steps, index)] : [])); // all of them, before anything is written
    const verdicts = groups.map((): Verdict => 'written');
    for (const round of roundsOf(checked)) {
      await each(batchesOf(round), concurrentRequests, async batch => {
        for (const group of await conflictsIn(client, batch)) verdicts[group.index] = 'conflict';
      });
    }
    return verdicts;
  }

  async function* tenants(): AsyncIterable<string> {
    let last: string | undefined;
    for await (const row of client('organizations').listEntities<Row>({ queryOptions: { select: ['PartitionKey'] } })) {
      if (row.partitionKey !== last) yield row.partitionKey;
      last = row.partitionKey;
    }
  }

  return { get, page, all, transact, transactAll, tenants };
}

function tableClient(connection: StoreConnection, table: Table): TableClient {
  const retries = connection.retries ?? { most: 5, firstWaitMs: 100, mostWaitMs: 5000 };
  return TableClient.fromConnectionString(connection.connectionString, `${connection.prefix ?? ''}${table}`, {
    allowInsecureConnection: /TableEndpoint=http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/i.test(connection.connectionString),
    retryOptions: { maxRetries: retries.most, retryDelayInMs: retries.firstWaitMs, maxRetryDelayInMs: retries.mostWaitMs },
    additionalPolicies: [{ position: 'perRetry', policy: tryDeadline(connection.tryMs ?? 30_000) }],
    ...(connection.httpClient ? { httpClient: connection.httpClient } : {}),
  });
}

/** Gives every try its own time, and names a try that ran out of it by the code that the SDK's retry knows. */
function tryDeadline(ms: number): NonNullable<TableServiceClientOptions['additionalPolicies']>[number]['policy'] {
  return {
    name: 'tryDeadline',
    async sendRequest(request, next) {
      request.timeout = ms;
      try {
        return await next(request);
      } catch (error) {
        if (!(error instanceof Error && error.name === 'AbortError') || request.abortSignal?.aborted) throw error;
        throw new RestError(`The table service did not answer within ${ms} ms.`, { code: 'ETIMEDOUT', request });
      }
    },
  };
}

function filterOf(partition: string, prefix = '', after?: string): string {
  const begun = after === undefined ? '' : odata` and RowKey gt ${after}`;
  if (prefix === '') return odata`PartitionKey eq ${partition}` + begun;
  const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  return odata`PartitionKey eq ${partition} and RowKey ge ${prefix} and RowKey lt ${end}` + begun;
}

function stored<T>(kind: Kind<T>, row: Row & { etag: string }): Stored<T> {
  const keys = { partition: row.partitionKey, row: row.rowKey };
  const read = kind.body.safeParse(parsed(kind, keys, row));
  if (!read.success) throw misfit(kind, keys, 'read', read.error.issues[0]?.path[0]);
  return { body: read.data, etag: row.etag };
}

function parsed(kind: Kind<unknown>, keys: Keys, row: Row): unknown {
  let text = row['body'] ?? '';
  for (let part = 1; row[`body${part}`] !== undefined; part++) text += row[`body${part}`]!;
  try {
    return JSON.parse(text);
  } catch {
    throw misfit(kind, keys, 'read', undefined); // without the cause: a SyntaxError quotes the contents
  }
}

/** Only the outermost name of the field: it comes from the schema, while names further in may come from people. */
function misfit(kind: Kind<unknown>, keys: Keys, doing: 'read' | 'written', field: PropertyKey | undefined): BadRow {
  const where = field === undefined ? '' : ` Look at "${String(field)}".`;
  return new BadRow(`The ${kind.name} at ${keys.partition} / ${keys.row} does not fit its schema and was not ${doing}.${where}`);
}

function rowOf(kind: Kind<unknown>, keys: Keys, body: unknown): { row: Row; bytes: number } {
  const checked = kind.body.safeParse(body);
  if (!checked.success) throw misfit(kind, keys, 'written', checked.error.issues[0]?.path[0]);
  const lost = Object.entries(checked.data as object).find(([, value]) => isLostInJson(value));
  if (lost) throw misfit(kind, keys, 'written', lost[0]);

  const text = asciiJson(checked.data);
  const row: Row = { partitionKey: keys.partition, rowKey: keys.row };
  let parts = 0;
  for (; parts * charactersPerProperty < text.length; parts++) {
    row[parts === 0 ? 'body' : `body${parts}`] = text.slice(parts * charactersPerProperty, (parts + 1) * charactersPerProperty);
  }
  const rowBytes = 2 * (text.length + keys.partition.length + keys.row.length) + 32 * parts + 64; // the service counts UTF-16
  if (rowBytes > mostRowBytes) {
    const size = `${rowBytes} bytes, while a row holds at most ${mostRowBytes}`;
    throw new RowTooLarge(`The ${kind.name} at ${keys.partition} / ${keys.row} was not written: it has ${size}.`);
  }
  return { row, bytes: 2 * text.length + 1500 }; // at most: quotes are escaped once more on the way, and 1500 hold the step's headers and URL
}

/**
 * JSON in ASCII, which may be cut anywhere. Azurite reads a request in pieces and breaks the characters that lie across two of them,
 * and takes U+2028 in a transaction for the end of a line; both without a word.
 */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^\0-\x7F]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function writeOf(step: Step): Write {
  const { partition, row: rowKey } = step.keys;
  if (step.do === 'remove') return { step, action: ['delete', { partitionKey: partition, rowKey }], bytes: 1500 };
  const { row, bytes } = rowOf(step.kind, step.keys, step.body);
  switch (step.do) {
    case 'insert': return { step, bytes, action: ['create', row] };
    case 'replace': return { step, bytes, action: ['update', row, 'Replace', { etag: step.etag }] };
    case 'put': return { step, bytes, action: ['upsert', row, 'Replace'] };
  }
}

/** Refuses what no transaction can be, with a sentence for the programmer. */
function groupOf(steps: Step[], index: number): Group {
  const { kind: { table }, keys: { partition } } = steps[0]!;
  if (steps.length > mostSteps) throw new RangeError(`A transaction has at most ${mostSteps} steps; this one has ${steps.length}.`);
  if (steps.some(s => s.kind.table !== table || s.keys.partition !== partition)) {
    throw new RangeError(`A transaction stays within one partition of one table; this one leaves ${table} / ${partition}.`);
  }
  if (new Set(steps.map(s => s.keys.row)).size < steps.length) {
    throw new RangeError(`A transaction writes a row once; this one in ${table} / ${partition} does not.`);
  }
  if (steps.length > 1 && steps.some(s => s.do === 'remove' && s.etag !== undefined)) {
    throw new RangeError('A removal by etag stands alone: the SDK cannot send it within a transaction.');
  }
  const writes = steps.map(writeOf);
  return { index, table, partition, writes, bytes: writes.reduce((sum, w) => sum + w.bytes, 0) };
}

/** Groups that write the same row come in different rounds, in order; within a round all rows differ. */
function roundsOf(groups: Group[]): Group[][] {
  const roundAfter = new Map<string, number>();
  const rounds: Group[][] = [];
  for (const group of groups) {
    const rows = group.writes.map(w => `${group.table}\n${group.partition}\n${w.step.keys.row}`);
    const round = Math.max(...rows.map(row => roundAfter.get(row) ?? 0));
    for (const row of rows) roundAfter.set(row, round + 1);
    (rounds[round] ??= []).push(group);
  }
  return rounds;
}

/** Fills transactions up to their limits, partition by partition. */
function batchesOf(round: Group[]): Group[][] {
  const batches: Group[][] = [];
  for (const groups of Map.groupBy(round, g => `${g.table}\n${g.partition}`).values()) {
    let batch: Group[] = [];
    let steps = 0;
    let bytes = 0;
    for (const group of groups) {
      const full = steps + group.writes.length > mostSteps || bytes + group.bytes > mostTransactionBytes;
      if (batch.length === 0 || full || isAlone(group) || isAlone(batch[0]!)) {
        batch = [];
        batches.push(batch);
        steps = bytes = 0;
      }
      batch.push(group);
      steps += group.writes.length;
      bytes += group.bytes;
    }
  }
  return batches;
}

function isAlone(group: Group): boolean {
  const [{ step }] = group.writes as [Write];
  return step.do === 'remove' && step.etag !== undefined;
}

/** The groups of a batch that met a conflict; the others are written. A refused batch is halved until each conflict stands alone. */
async function conflictsIn(client: (table: Table) => TableClient, batch: Group[]): Promise<Group[]> {
  const first = batch[0]!;
  try {
    await submit(client, batch.length === 1 ? first : { ...first, writes: batch.flatMap(g => g.writes) });
    return [];
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    if (batch.length === 1) return batch;
    const half = batch.length >> 1;
    return [...await conflictsIn(client, batch.slice(0, half)), ...await conflictsIn(client, batch.slice(half))];
  }
}

async function submit(client: (table: Table) => TableClient, group: Group): Promise<void> {
  try {
    await send(client(group.table), group.writes);
  } catch (error) {
    if (!isConflict(error) && !isMissing(error)) throw error;
    const writes = isMissing(error) ? await withoutGone(client(group.table), group.writes) : group.writes;
    if (writes.length === group.writes.length) {
      throw new Conflict(`Somebody else has changed, made or removed a row of ${group.table} / ${group.partition}. Read again, decide again.`);
    }
    if (writes.length > 0) await submit(client, { ...group, writes });
  }
}

/**
 * One missing row fails a whole transaction, though a removal without etag has nothing left to do there: those steps are dropped.
 * What is still missing afterwards was to be replaced, and that is a conflict.
 */
async function withoutGone(client: TableClient, writes: Write[]): Promise<Write[]> {
  const gone = new Set<Write>();
  await each(writes.filter(w => w.step.do === 'remove' && w.step.etag === undefined), concurrentRequests, async write => {
    try {
      await client.getEntity(write.step.keys.partition, write.step.keys.row, { queryOptions: { select: ['RowKey'] } });
    } catch (error) {
      if (!isMissing(error)) throw error;
      gone.add(write);
    }
  });
  return writes.filter(w => !gone.has(w));
}

/** A lone write goes without the wrapping of a transaction, which costs half as much. */
async function send(client: TableClient, writes: Write[]): Promise<void> {
  if (writes.length > 1) {
    await client.submitTransaction(writes.map(w => w.action));
    return;
  }
  const [{ step, action }] = writes as [Write];
  const row = action[1] as Row;
  switch (step.do) {
    case 'insert': await client.createEntity(row); return;
    case 'replace': await client.updateEntity(row, 'Replace', { etag: step.etag }); return;
    case 'put': await client.upsertEntity(row, 'Replace'); return;
    case 'remove': await client.deleteEntity(row.partitionKey, row.rowKey, step.etag === undefined ? {} : { etag: step.etag });
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof RestError && (error.statusCode === 412 || (error.statusCode === 409 && codeOf(error) === 'EntityAlreadyExists'));
}

/** The row, that is; a missing table is a fault of the set-up. */
function isMissing(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404 && codeOf(error) !== 'TableNotFound';
}

/** The SDK unpacks a cursor as JSON, and the service refuses one that it has not made. */
function isRefusedCursor(error: unknown): boolean {
  return error instanceof SyntaxError || (error instanceof RestError && error.statusCode === 400);
}

/** Single answers carry the service's code in their details, transactions in `code`. */
function codeOf(error: RestError): string | undefined {
  const details = error.details as { odataError?: { code?: string } } | undefined;
  return details?.odataError?.code ?? error.code;
}

/** Does all, a few at a time. After a failure nothing new is begun, and it throws once everything under way has ended. */
async function each<T>(items: readonly T[], atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const failures: unknown[] = [];
  const work = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      try {
        await act(item);
      } catch (error) {
        failures.push(error);
        left.length = 0;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  if (failures.length > 0) throw failures[0];
}
