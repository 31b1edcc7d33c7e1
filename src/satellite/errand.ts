// One errand, carried out at the customer's: source opened with the satellite's own credential, asked, closed. Always ends in an answer.
import type { Connector, Source } from '../connectors/connector.ts';
import type { Outside } from '../connectors/outside.ts';
import { SourceError } from '../connectors/source-error.ts';
import type { Credentials } from './credentials.ts';
import { type Errand, Answer, type Question, failureOf, largestAnswer, travelling } from './protocol.ts';

export interface ErrandDeps {
  connectors: ReadonlyMap<string, Connector>;
  /** Asked anew for each errand. */
  credentials(): Promise<Credentials>;
  /** May reach private addresses, and only those that the customer has listed. */
  outside: Outside;
  /** Logs a bug once, at the customer's, and answers the id it stands under. */
  report(error: unknown, context: string): string;
}

export async function carryOut(deps: ErrandDeps, errand: Errand): Promise<Answer> {
  try {
    const connector = deps.connectors.get(errand.connector);
    if (!connector) throw new SourceError('This satellite is too old to know this source. Update it.', { kind: 'reconfigure' });
    const all = await deps.credentials();
    const credential = Object.hasOwn(all, errand.credential) ? all[errand.credential] : undefined;
    if (!credential) {
      throw new SourceError(`The satellite has no credential called “${errand.credential}”. Add it to the satellite’s file, or correct its name in the connection.`, { kind: 'reconnect' });
    }
    return fitting(await attempted(deps, errand, connector, credential), secretsOf(connector, errand.auth, credential));
  } catch (error) {
    return failed(deps, error, errand);
  }
}

async function attempted(deps: ErrandDeps, errand: Errand, connector: Connector, credential: Record<string, string>): Promise<Answer> {
  try {
    const source = await connector.open({ auth: errand.auth, settings: errand.settings, credential, outside: deps.outside });
    try { return await asked(source, errand.question); } finally { await source.close(); }
  } catch (error) {
    return failed(deps, error, errand);
  }
}

async function asked(source: Source, question: Question): Promise<Answer> {
  switch (question.do) {
    case 'test':
      await source.test();
      return { did: 'test' };
    case 'lookup': return { did: 'lookup', page: await source.lookup(question.name, question.query) };
    case 'read': return { did: 'read', readings: (await source.read(question.measures)).map(travelling) };
  }
}

function failed(deps: ErrandDeps, error: unknown, errand: Errand): Answer {
  if (error instanceof SourceError) return { did: 'failed', failure: failureOf(error) };
  const id = deps.report(error, `an errand for ${errand.connector}`);
  return refusal(`Something went wrong in the satellite. Its log says more under ${id}.`);
}

function refusal(message: string): Answer {
  return { did: 'failed', failure: { remedy: { kind: 'report' }, message } };
}

/** The last door before the cloud: the answer is one, is not too large, and carries no secret, whatever a connector or a source has put into it. */
function fitting(answer: Answer, secrets: string[]): Answer {
  if (!Answer.safeParse(answer).success) return refusal('The source answered the satellite something that is not an answer.');
  const text = JSON.stringify(answer);
  if (Buffer.byteLength(text) > largestAnswer) return refusal('The answer is too large for the satellite to send.');
  if (secrets.some(secret => text.includes(secret))) return refusal('The answer repeated the credential, so the satellite has withheld it.');
  return answer;
}

/** As they would stand in JSON. Shorter ones are left out: they occur in numbers and words by chance. */
function secretsOf(connector: Connector, auth: string, credential: Record<string, string>): string[] {
  const fields = connector.auth.find(way => way.id === auth)?.form.fields ?? [];
  const secrets = fields.filter(field => field.kind === 'secret').map(field => credential[field.name] ?? '');
  return secrets.filter(secret => secret.length >= 6).map(secret => JSON.stringify(secret).slice(1, -1));
}
