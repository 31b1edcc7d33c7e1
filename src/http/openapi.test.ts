// The description of the REST API as a document: complete, consistent in itself, and about what the contract says.
import assert from 'node:assert/strict';
import { type Endpoint, api } from '../api.ts';
import { openApi } from './openapi.ts';

type Json = Record<string, unknown>;
interface Operation {
  operationId: string; tags: string[]; parameters: Json[]; requestBody?: Json; security?: unknown[];
  responses: Record<string, { $ref?: string; headers?: Json }>;
}
interface Document extends Json { paths: Record<string, Record<string, Operation>>; components: Record<string, Record<string, Json>>; tags: { name: string }[] }

/** What a `$ref` of the document leads to. */
function at(document: unknown, pointer: string): unknown {
  assert.match(pointer, /^#\//);
  return pointer.slice(2).split('/').reduce((part, name) => (part as Json | undefined)?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

function refsIn(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) => (key === '$ref' && typeof value === 'string' ? [value] : refsIn(value)));
}

describe('the description of the REST API', () => {
  const document = JSON.parse(JSON.stringify(openApi())) as Document;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
  const of = (name: keyof typeof api) => operations.find(o => o.operation.operationId === name)!.operation;
  const parametersOf = (operation: Operation) => operation.parameters.map(p => (typeof p['$ref'] === 'string' ? at(document, p['$ref']) : p) as { name: string; in: string; description?: string });

  it('has every endpoint of the contract once, under its own method and address (A27)', () => {
    assert.equal(document['openapi'], '3.1.0');
    const described = operations.map(({ path, method, operation }) => `${operation.operationId} ${method} ${path}`).toSorted();
    const promised = (Object.entries(api) as [string, Endpoint][]).map(([name, e]) => `${name} ${e.method.toLowerCase()} ${e.path.replace(/:(\w+)/g, '{$1}')}`).toSorted();
    assert.deepEqual(described, promised);
    assert.equal(new Set(operations.map(o => o.operation.operationId)).size, operations.length);
  });

  it('declares every parameter of every address, each name once, and says what each is for', () => {
    for (const { path, operation } of operations) {
      const parameters = parametersOf(operation);
      assert.deepEqual(parameters.filter(p => p.in === 'path').map(p => p.name), [...path.matchAll(/\{(\w+)\}/g)].map(m => m[1]), path);
      assert.equal(new Set(parameters.map(p => `${p.in} ${p.name}`)).size, parameters.length, path);
      assert.deepEqual(parameters.filter(p => !p.description), [], path);
    }
  });

  it('leads every reference to something, and leaves nothing lying that nobody refers to', () => {
    const refs = new Set(refsIn(document));
    for (const ref of refs) assert.notEqual(at(document, ref), undefined, ref);
    const named = Object.entries(document.components).filter(([part]) => part !== 'securitySchemes').flatMap(([part, all]) => Object.keys(all).map(name => `#/components/${part}/${name}`));
    assert.deepEqual(named.filter(name => !refs.has(name)), []);
    assert.doesNotMatch(JSON.stringify(document), /\$defs/);
  });

  it('names what many share, instead of repeating it', () => {
    const shared = refsIn(document).filter(ref => ref === '#/components/schemas/GoalView');
    assert.ok(shared.length >= 5, `${shared.length}`);
    assert.ok(refsIn(of('createGoal').requestBody)[0]?.startsWith('#/components/schemas/'));
  });

  it('says which headers guard and repeat, and which refusals can come, only where they can (A27)', () => {
    const headersOf = (name: keyof typeof api) => parametersOf(of(name)).filter(p => p.in === 'header').map(p => p.name);
    const codes = (name: keyof typeof api) => Object.keys(of(name).responses);
    assert.deepEqual(headersOf('updateGoal'), ['If-Match', 'Idempotency-Key']);
    assert.deepEqual(headersOf('createGoal'), ['Idempotency-Key']);
    assert.deepEqual(headersOf('preview'), []);
    assert.deepEqual(headersOf('goal'), []);
    assert.deepEqual(codes('updateGoal'), ['200', '400', '401', '403', '404', '409', '412', '413', '415', '422', '428', '429', '500']);
    assert.deepEqual(codes('goal'), ['200', '401', '403', '404', '500']);
    assert.deepEqual(codes('configuration'), ['200', '500']);
    assert.deepEqual(of('configuration').security, []);
    assert.deepEqual(Object.keys(of('goal').responses['200']!.headers!), ['ETag']);
    assert.deepEqual(Object.keys(of('goals').responses['200']!.headers!), []);
    assert.ok(codes('createSatellite').includes('410') && !codes('createGoal').includes('410'));
  });

  it('groups what belongs together', () => {
    assert.deepEqual(of('comment').tags, ['goals']);
    assert.deepEqual([...new Set(operations.flatMap(o => o.operation.tags))].toSorted(), document.tags.map(t => t.name).toSorted());
  });
});
