// The cloud side: a source whose calls travel to a satellite and back, so that syncs and previews do not know the difference.
import type { Measure, Reading, Source } from '../connectors/connector.ts';
import { SourceError } from '../connectors/source-error.ts';
import type { Address, Mailbox } from './mailbox.ts';
import { Answer, type Errand, type Question, arrived, errorOf } from './protocol.ts';

export interface Cloud {
  mailbox: Mailbox;
  /** `undefined` when there is no such satellite (any more). `lastSeen`: ISO instant at which one of its agents last spoke to us. */
  satellite(address: Address): Promise<{ name: string; lastSeen: string | null } | undefined>;
  now(): Date;
}

/** A connection that leads through a satellite. `credential` is a name in the satellite's own file. */
export interface Passage extends Omit<Errand, 'question'> { address: Address }

/** Seconds until nobody waits any more. Somebody may sit before a read as well: it can be a preview. */
const patience: Record<Question['do'], number> = { test: 25, lookup: 25, read: 45 };
/** An agent asks for work every 25 seconds, or answers within a read's patience. */
const connectedSeconds = 75;
/** What one errand holds: its answer fits a request, itself a row. */
const most = { measures: 25, characters: 200_000 };

/** Whether one of the satellite's agents spoke to us so lately that it must still be there. */
export function isConnected(lastSeen: string | null, now: Date): boolean {
  return lastSeen !== null && now.getTime() - Date.parse(lastSeen) < connectedSeconds * 1000;
}

/** Opens nothing until it is asked something. Every call finds out anew whether the satellite is there. */
export function openThrough(cloud: Cloud, passage: Passage): Source {
  return {
    async test() {
      await answered(cloud, passage, { do: 'test' }, 'test');
    },
    async lookup(name, query) {
      const { page } = await answered(cloud, passage, { do: 'lookup', name, query: { ...query, form: { ...query.form } } }, 'lookup');
      return page;
    },
    async read(measures) {
      const parts = partsOf(measures);
      const answers = await Promise.all(parts.map(part => readPart(cloud, passage, part)));
      const failure = answers.find(answer => answer instanceof SourceError);
      if (failure && answers.every(answer => answer instanceof SourceError)) throw failure;
      return answers.flatMap((answer, i) => (answer instanceof SourceError ? parts[i]!.map(() => answer) : answer));
    },
    async close() {}, // the satellite closes what it opened after each errand
  };
}

async function readPart(cloud: Cloud, passage: Passage, measures: readonly Measure[]): Promise<(Reading | SourceError)[] | SourceError> {
  try {
    const { readings } = await answered(cloud, passage, { do: 'read', measures: measures.map(m => ({ metric: m.metric, form: { ...m.form } })) }, 'read');
    if (readings.length === measures.length) return readings.map(arrived);
    return new SourceError(`The satellite was asked ${measures.length} measures and answered ${readings.length}.`, { kind: 'report' });
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}

function partsOf(measures: readonly Measure[]): Measure[][] {
  const parts: Measure[][] = [];
  let room = 0;
  for (const measure of measures) {
    const size = JSON.stringify(measure).length;
    if (room < size || parts.at(-1)?.length === most.measures) {
      parts.push([]);
      room = most.characters;
    }
    parts.at(-1)!.push(measure);
    room -= size;
  }
  return parts;
}

async function answered<D extends Answer['did']>(cloud: Cloud, { address, ...errand }: Passage, question: Question, did: D): Promise<Extract<Answer, { did: D }>> {
  const satellite = await cloud.satellite(address);
  if (!satellite) throw new SourceError('The satellite of this connection was deleted. Choose another one in the connection.', { kind: 'reconfigure', field: 'satellite' });
  const { name } = satellite;
  if (satellite.lastSeen === null) throw new SourceError(`The satellite “${name}” has never connected. Start it with its token; Waymark tries again by itself.`, { kind: 'retry' });
  if (!isConnected(satellite.lastSeen, cloud.now())) {
    throw new SourceError(`The satellite “${name}” is not connected. Check that it runs and reaches Waymark; Waymark tries again by itself.`, { kind: 'retry' });
  }
  const deadline = new Date(cloud.now().getTime() + patience[question.do] * 1000).toISOString();
  const id = await cloud.mailbox.put(address, { connector: errand.connector, body: { ...errand, question } satisfies Errand, deadline });
  const collected = await cloud.mailbox.collect(address, id);
  if (!('answer' in collected)) throw overdue(name, collected.taken);
  const answer = Answer.parse(collected.answer);
  if (answer.did === 'failed') throw errorOf(answer.failure);
  if (answer.did !== did) throw new SourceError(`The satellite “${name}” answered another question than was asked.`, { kind: 'report' });
  return answer as Extract<Answer, { did: D }>;
}

function overdue(name: string, taken: boolean): SourceError {
  return new SourceError(taken
    ? `The satellite “${name}” did not answer in time. Waymark tries again by itself.`
    : `The satellite “${name}” did not take the question: it has stopped, is busy, or is too old to know this source. Waymark tries again by itself.`, { kind: 'retry' });
}
