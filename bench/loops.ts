// What Waymark is measured against: the same numbers into the same emulator with nothing but the SDK, done well and done naively.
import { TableClient, type TransactionAction } from '@azure/data-tables';
import { inParallel } from '../src/sync/in-parallel.ts';
import { checkValues, links, queries, queryOf, readAll, type Contender, type Source } from './workload.ts';

const partition = 'bench';
/** As many transactions at once as Waymark's store sends. */
const transactionsInFlight = 8;

interface Tables { current: TableClient; history: TableClient }

async function openTables(connectionString: string, prefix: string): Promise<Tables> {
  const open = async (name: string) => {
    const client = TableClient.fromConnectionString(connectionString, `${prefix}${name}`, { allowInsecureConnection: true });
    await client.createTable();
    return client;
  };
  return { current: await open('current'), history: await open('history') };
}

const idOf = (link: number): string => `link-${String(link).padStart(5, '0')}`;
const currentRow = (link: number, value: number, round: number) => ({ partitionKey: partition, rowKey: idOf(link), value: { type: 'Double' as const, value: String(value) }, round });
const historyRow = (link: number, value: number, round: number) => ({ ...currentRow(link, value, round), rowKey: `${idOf(link)}:${String(round).padStart(6, '0')}` });

async function check({ current, history }: Tables, round: number, rounds: number): Promise<void> {
  const found = [];
  for await (const row of current.listEntities<{ value: number }>()) found.push({ id: row.rowKey!, value: row.value });
  checkValues(found, round);
  let count = 0;
  for await (const row of history.listEntities({ queryOptions: { select: ['RowKey'] } })) count += row.rowKey ? 1 : 0;
  if (count !== rounds * links) throw new Error(`${count} history rows after ${rounds} rounds of ${links} links.`);
}

/** The floor: every query once, several at a time, and a current and a history row per link in transactions of a hundred. */
export async function openFloor(connectionString: string, source: Source): Promise<Contender> {
  const tables = await openTables(connectionString, 'floor');
  let rounds = 0;
  return {
    calls: queries,
    async run(round) {
      const values = await readAll(source);
      const of = (row: typeof currentRow) => Array.from({ length: links }, (_, link): TransactionAction => ['upsert', row(link, values[queryOf(link)]!, round), 'Replace']);
      const batches = [...hundreds(of(currentRow)).map(batch => ({ client: tables.current, batch })), ...hundreds(of(historyRow)).map(batch => ({ client: tables.history, batch }))];
      await inParallel(batches, transactionsInFlight, ({ client, batch }) => client.submitTransaction(batch));
      rounds += 1;
    },
    check: round => check(tables, round, rounds),
  };
}

/** What a first version does: link by link, one read and two writes each. */
export async function openNaive(connectionString: string, source: Source): Promise<Contender> {
  const tables = await openTables(connectionString, 'naive');
  let rounds = 0;
  return {
    calls: links,
    async run(round) {
      for (let link = 0; link < links; link++) {
        const value = await source.read(queryOf(link));
        await tables.current.upsertEntity(currentRow(link, value, round), 'Replace');
        await tables.history.upsertEntity(historyRow(link, value, round), 'Replace');
      }
      rounds += 1;
    },
    check: round => check(tables, round, rounds),
  };
}

function hundreds<T>(all: T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / 100) }, (_, i) => all.slice(i * 100, i * 100 + 100));
}
