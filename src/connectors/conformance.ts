// What every connector must do, as one mocha suite: a connector's test brings a small fixture and adds only what is its own.
import assert from 'node:assert/strict';
import type { Connector, Measure, Source } from './connector.ts';
import type { Outside } from './outside.ts';
import { SourceError, type SourceRemedy } from './source-error.ts';

/** How the vendor is brought into a state, and what is then read. */
interface Case { arrange?: () => void | Promise<void>; measure?: Measure }
/** A case that this source cannot have, with the reason, which is printed. */
interface Cannot { cannot: string }

export interface Fixture {
  /** Settings and a credential that work, and the way to the simulator or server. Asked before every test. */
  way(): { auth: string; settings: Record<string, unknown>; credential: Record<string, string>; outside: Outside };
  /** A credential of the right form that the source refuses. */
  wrong(): Record<string, string>;
  /** Texts that no error may carry: tokens, passwords, keys, in every spelling they travel in. */
  secrets(): string[];
  /** Changes whenever anything in the source changes. */
  fingerprint(): Promise<string>;
  /** Ends whatever a case arranged. */
  restore(): void | Promise<void>;
  good: { measure: Measure; reading: { value: number; of?: number } };
  rateLimited: (Case & { afterSeconds: number }) | Cannot;
  serverError: Case | Cannot;
  /** What the settings or the measure name is not there, or the source does not understand it. */
  gone: Case;
  oddShape: Case | Cannot;
  /** The source has nothing to say. */
  empty: Case;
  secondPage: (Case & { value: number }) | Cannot;
}

export function conforms(connector: Connector, fixture: Fixture): void {
  describe(`${connector.name} as every connector`, () => {
    let source: Source | undefined;
    const open = async (credential = fixture.way().credential) => (source = await connector.open({ ...fixture.way(), credential }));

    afterEach(async () => {
      await source?.close();
      source = undefined;
      await fixture.restore();
    });

    it('has a title and help for every field, way in and metric, and says which rights it needs', () => {
      const forms = [connector.connection, ...connector.auth.map(way => way.form), ...connector.metrics.map(metric => metric.form)];
      for (const field of forms.flatMap(form => form.fields)) {
        assert.ok(field.title.length > 1, field.name);
        assert.match(field.help, /^[A-Z].{10,}[.]$/s, field.name);
      }
      for (const way of connector.auth) assert.ok(way.title && way.note.length > 20, way.id);
      for (const metric of connector.metrics) assert.ok(metric.title && metric.help.length > 20, metric.id);
      const names = forms.map(form => form.fields.map(field => field.name));
      for (const fields of names) assert.equal(new Set(fields).size, fields.length);
    });

    it('has lookups for all fields that need one, and keeps secrets in credentials alone', () => {
      const plain = [connector.connection, ...connector.metrics.map(metric => metric.form)].flatMap(form => form.fields);
      assert.deepEqual(plain.filter(field => field.kind === 'secret'), []);
      for (const field of plain) assert.equal(field.kind === 'lookup', field.lookup !== undefined, field.name);
    });

    it('takes the good settings, and names the field that is missing', () => {
      const { settings, auth, credential } = fixture.way();
      assert.equal(connector.connection.check(settings).ok, true);
      assert.equal(connector.auth.find(way => way.id === auth)!.form.check(credential).ok, true);
      for (const field of connector.connection.fields.filter(field => field.required)) {
        const checked = connector.connection.check({ ...settings, [field.name]: ' ' });
        assert.ok(!checked.ok && checked.errors[field.name]?.includes(field.title), field.name);
      }
    });

    it('accepts the good credential', async () => {
      await (await open()).test();
    });

    it('answers a wrong credential with reconnect, from test and read alike', async () => {
      await expectError(async () => (await open(fixture.wrong())).test(), 'reconnect');
      await expectError(async () => (await open(fixture.wrong())).read([fixture.good.measure]), 'reconnect');
    });

    it('reads what is there, with the source’s own text of it', async () => {
      const [reading] = await (await open()).read([fixture.good.measure]);
      assert.ok(reading && !(reading instanceof SourceError), String(reading));
      assert.deepEqual({ value: reading.value, ...(reading.of === undefined ? {} : { of: reading.of }) }, fixture.good.reading);
      assert.ok(reading.raw.length > 0 && reading.raw.length <= 1000);
      assert.ok(reading.asOf === undefined || new Date(reading.asOf).toISOString() === reading.asOf);
    });

    it('answers many measures in order, and one bad one does not spoil the rest', async () => {
      await fixture.gone.arrange?.();
      const bad = fixture.gone.measure ?? { metric: 'no-such-metric', form: {} };
      const { measure, reading: { value } } = fixture.good;
      const answers = await (await open()).read([measure, bad, measure, { metric: 'no-such-metric', form: {} }, { ...measure, form: {} }]);
      const told = answers.map(answer => (answer instanceof SourceError ? answer.remedy.kind : answer.value));
      assert.deepEqual(told, [value, 'reconfigure', value, 'reconfigure', 'reconfigure']);
    });

    it('writes nothing when it tests and reads', async () => {
      const before = await fixture.fingerprint();
      const source = await open();
      await source.test();
      await source.read([fixture.good.measure]);
      assert.equal(await fixture.fingerprint(), before);
    });

    it('answers what is gone or not understood with reconfigure', () => readFails(fixture.gone, 'reconfigure'));
    it('never takes an empty answer for zero', () => readFails(fixture.empty, 'reconfigure'));
    whenPossible(connector.name, fixture.oddShape, 'reports an answer of an unknown shape', oddShape => readFails(oddShape, 'report'));
    whenPossible(connector.name, fixture.serverError, 'tries again when the source fails', serverError => readFails(serverError, 'retry'));
    whenPossible(connector.name, fixture.rateLimited, 'waits as long as the source asks', async rateLimited => {
      const error = await readFails(rateLimited, 'retry');
      assert.equal(error.remedy.kind === 'retry' && error.remedy.afterSeconds, rateLimited.afterSeconds);
    });
    whenPossible(connector.name, fixture.secondPage, 'reads beyond the first page', async secondPage => {
      await secondPage.arrange?.();
      const [reading] = await (await open()).read([secondPage.measure ?? fixture.good.measure]);
      assert.ok(reading && !(reading instanceof SourceError), String(reading));
      assert.equal(reading.value, secondPage.value);
    });

    async function readFails(what: Case, remedy: SourceRemedy['kind']): Promise<SourceError> {
      await what.arrange?.();
      return expectError(async () => {
        const [answer] = await (await open()).read([what.measure ?? fixture.good.measure]);
        if (answer instanceof SourceError) throw answer;
        assert.fail(`read ${JSON.stringify(answer)}`);
      }, remedy);
    }

    async function expectError(act: () => Promise<unknown>, remedy: SourceRemedy['kind']): Promise<SourceError> {
      const error = await act().then(() => assert.fail('nothing was thrown'), (error: unknown) => error);
      if (!(error instanceof SourceError)) throw error;
      assert.equal(error.remedy.kind, remedy, error.message);
      assert.match(error.message, /^[A-Z“].*[.]$/s);
      const whole = [error.message, error.stack, JSON.stringify(error), String(error.cause), JSON.stringify(error.cause)].join('\n');
      for (const secret of fixture.secrets()) assert.ok(!whole.includes(secret), 'the error carries a secret');
      return error;
    }
  });
}

function whenPossible<C extends Case>(name: string, what: C | Cannot, title: string, prove: (what: C) => Promise<unknown>): void {
  if (!('cannot' in what)) return void it(title, async () => { await prove(what); });
  before(() => console.log(`      – ${name} has no case for “${title}”: ${what.cannot}`));
}
