// The served description of the REST API (OpenAPI 3.1), derived from src/api.ts and from nothing else.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import * as contract from '../api.ts';
import { type Endpoint, ProblemDetails, api, isWrite } from '../api.ts';
import * as checkIn from '../domain/check-in.ts';
import * as feed from '../domain/feed.ts';
import * as goal from '../domain/goal.ts';
import * as organization from '../domain/organization.ts';
import * as outcome from '../domain/outcome.ts';
import * as period from '../domain/period.ts';
import * as status from '../domain/status.ts';

type Json = Record<string, unknown>;
type Direction = 'input' | 'output';

export function openApi(): unknown {
  const components = new Components();
  const paths: Record<string, Json> = {};
  for (const [name, endpoint] of Object.entries(api) as [string, Endpoint][]) {
    (paths[pathOf(endpoint)] ??= {})[endpoint.method.toLowerCase()] = operation(name, endpoint, components);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Waymark', version: '1', description: 'OKRs in Microsoft Teams that keep themselves current. docs/api.md says how to sign in, page, guard a change and repeat a request.' },
    servers: [{ url: '/', description: 'The server that serves this description.' }],
    security: [{ bearer: [] }],
    tags: [...new Set(Object.values(api).map(tagOf))].map(tag => ({ name: tag })),
    paths,
    components: {
      schemas: components.schemas,
      parameters: requestHeaders,
      headers: responseHeaders,
      responses: Object.fromEntries(Object.keys(refusals).map(code => [`Problem${code}`, problemResponse(code)])),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token of Microsoft Entra ID for this application’s scope access_as_user.' } },
    },
  };
}

const requestHeaders: Record<string, Json> = {
  IfMatch: {
    name: 'If-Match', in: 'header', required: true, schema: { type: 'string', pattern: '^"[!#-~]+"$' },
    description: 'The ETag of what is changed, in quotation marks: the `etag` that it was read with. When it is no longer current, the answer is 412 and nothing has changed.',
  },
  IdempotencyKey: {
    name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', pattern: '^[!-~]{1,200}$' },
    description: 'A new key for every request, such as a UUID. The same request under the same key is carried out once within 24 hours, and answered the same.',
  },
};

const responseHeaders: Record<string, Json> = {
  ETag: { description: 'The `etag` of the answer, in quotation marks: for `If-Match`. It does not stand for the age of what time alone changes, so there is no 304.', schema: { type: 'string' } },
  RetryAfter: { description: 'How many seconds to wait.', schema: { type: 'integer', minimum: 1 } },
  IdempotencyReplayed: { description: '`true` when the request was made before under this key and has not been carried out again.', schema: { type: 'string', const: 'true' } },
};

const header = (name: keyof typeof responseHeaders): Json => ({ $ref: `#/components/headers/${name}` });

/** What each refusal says, and when an endpoint can give it. */
const refusals: Record<string, { description: string; when: (endpoint: Endpoint) => boolean }> = {
  400: { description: 'A field or header does not fit, or the request makes no sense here (`bad-request`).', when: e => takes(e.query) || takes(e.body) || isWrite(e) },
  401: { description: 'Nobody is signed in (`unauthorized`).', when: e => !e.open },
  403: { description: 'The caller may not do this; the title says who may (`forbidden`).', when: e => !e.open },
  404: { description: 'There is no such thing, or the caller may not know of it (`not-found`).', when: e => paramsOf(e).length > 0 },
  409: { description: 'Somebody else was faster (`conflict`), or the same request is still under way (`under-way`).', when: e => isWrite(e) },
  410: { description: 'The request was made before, and its answer held a secret that is shown only once (`gone`).', when: e => e.secret === true },
  412: { description: 'Somebody else has changed it since it was read (`conflict`).', when: e => e.guarded === true },
  413: { description: 'The body is too large (`bad-request`).', when: e => takes(e.body) },
  415: { description: 'The body is not plain JSON (`bad-request`).', when: e => takes(e.body) },
  422: { description: 'A source refuses or gives no usable answer (`source`), or the idempotency key was sent with another request before (`key-reused`).', when: e => e.method !== 'GET' },
  428: { description: 'The request does not say what it has seen: `If-Match` is missing (`precondition-required`).', when: e => e.guarded === true },
  429: { description: 'The caller asks for more than one person may (`too-many`).', when: e => e.method !== 'GET' },
  500: { description: 'A bug; its `id` leads to the log (`bug`).', when: () => true },
};

function problemResponse(code: string): Json {
  const waits = code === '409' || code === '429';
  return {
    description: refusals[code]!.description,
    ...(waits ? { headers: { 'Retry-After': header('RetryAfter') } } : {}),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } } },
  };
}

function operation(name: string, endpoint: Endpoint, components: Components): Json {
  const refused = Object.keys(refusals).filter(code => refusals[code]!.when(endpoint));
  return {
    operationId: name,
    summary: endpoint.summary,
    tags: [tagOf(endpoint)],
    ...(endpoint.open ? { security: [] } : {}),
    parameters: parametersOf(endpoint, components),
    ...(takes(endpoint.body) ? { requestBody: { required: true, content: { 'application/json': { schema: components.of(endpoint.body, 'input') } } } } : {}),
    responses: {
      200: { description: 'Done', headers: headersOf(endpoint), content: { 'application/json': { schema: components.of(endpoint.answer, 'output') } } },
      ...Object.fromEntries(refused.map(code => [code, { $ref: `#/components/responses/Problem${code}` }])),
    },
  };
}

function headersOf(endpoint: Endpoint): Json {
  const hasEtag = endpoint.answer instanceof z.ZodObject && 'etag' in endpoint.answer.shape;
  return { ...(hasEtag ? { ETag: header('ETag') } : {}), ...(isWrite(endpoint) ? { 'Idempotency-Replayed': header('IdempotencyReplayed') } : {}) };
}

function parametersOf(endpoint: Endpoint, components: Components): Json[] {
  const inPath = paramsOf(endpoint).map(name => ({ name, in: 'path', required: true, ...(name === 'at' ? { description: 'The instant that it bears.', schema: { type: 'string', format: 'date-time' } } : { description: `The id of the ${name}.`, schema: { type: 'string' } }) }));
  const query = endpoint.query instanceof z.ZodObject ? endpoint.query : z.object({});
  const inQuery = Object.entries(query.shape).map(([name, field]) => {
    const { description, ...schema } = components.of(field as z.ZodType, 'input');
    return { name, in: 'query', required: !(field as z.ZodType).safeParse(undefined).success, ...(description === undefined ? {} : { description }), schema };
  });
  const inHeader = [...(endpoint.guarded ? ['IfMatch'] : []), ...(isWrite(endpoint) ? ['IdempotencyKey'] : [])].map(name => ({ $ref: `#/components/parameters/${name}` }));
  return [...inPath, ...inQuery, ...inHeader];
}

/** `/goals/:goal` is `/goals/{goal}` here. */
function pathOf({ path }: Endpoint): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function paramsOf({ path }: Endpoint): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(m => m[1]!);
}

/** The collection that an address leads to, below the organization. */
function tagOf({ path }: Endpoint): string {
  return path.replace(/^\/api\/v1\/(organizations\/:organization\/)?/, '').split('/')[0]!;
}

function takes(schema: z.ZodType): boolean {
  return schema.def.type !== 'undefined';
}

/** The schemas that have a name of their own, each described once. */
class Components {
  readonly schemas: Record<string, Json> = {};
  private readonly outgoing = z.registry<{ id: string }>();
  private readonly incoming = z.registry<{ id: string }>();

  /** A schema that goes out, and reads differently on its way in (with defaults left out), has a second name there. */
  constructor() {
    const all = named();
    for (const [name, schema] of all) this.outgoing.add(schema, { id: name });
    for (const answer of [ProblemDetails, ...Object.values(api).map(endpoint => endpoint.answer)]) this.of(answer, 'output');
    for (const [name, schema] of all) {
      const isOne = !(name in this.schemas) || isDeepStrictEqual(jsonOf(schema, 'input'), jsonOf(schema, 'output'));
      this.incoming.add(schema, { id: isOne ? name : `${name}Input` });
    }
  }

  /** The schema as it is used; what it names stands among `schemas`. */
  of(schema: z.ZodType, io: Direction): Json {
    const { $defs = {}, ...own } = jsonOf(schema, io, io === 'input' ? this.incoming : this.outgoing);
    for (const [name, definition] of Object.entries($defs as Record<string, Json>)) this.schemas[name] = pointed(definition) as Json;
    return pointed(own) as Json;
  }
}

/** Every schema that a module of the contract or of the domain exports, under the name it has there. */
function named(): Map<string, z.ZodType> {
  const all = [contract, checkIn, feed, goal, organization, outcome, period, status].flatMap(module => Object.entries(module));
  const names = new Map<z.ZodType, string>();
  for (const [name, value] of all) if (value instanceof z.ZodType && !names.has(value)) names.set(value, name);
  return new Map([...names].map(([schema, name]) => [name, schema]));
}

function jsonOf(schema: z.ZodType, io: Direction, metadata?: z.core.$ZodRegistry<{ id: string }>): Json {
  const { $schema: _ours, ...json } = z.toJSONSchema(schema, {
    io, unrepresentable: 'any', metadata: metadata ?? z.registry(),
    override: ({ zodSchema, jsonSchema }) => {
      const description = z.globalRegistry.get(zodSchema)?.description;
      if (description !== undefined) jsonSchema.description = description;
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties; // answers may grow
    },
  });
  return json;
}

/** What refers to a definition of its own refers to the document's components. */
function pointed(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(pointed);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) =>
    (key === '$ref' && typeof value === 'string' ? [key, value.replace(/^#\/\$defs\//, '#/components/schemas/')] : [key, pointed(value)])));
}
