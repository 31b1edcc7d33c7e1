// The served description of the REST API, derived from src/api.ts and from nothing else.
import { z } from 'zod';
import { type Endpoint, ProblemDetails, api } from '../api.ts';

export function openApi(): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, endpoint] of Object.entries(api) as [string, Endpoint][]) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[endpoint.method.toLowerCase()] = operation(name, endpoint);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Waymark', version: '1' },
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    security: [{ bearer: [] }],
    paths,
  };
}

function operation(name: string, endpoint: Endpoint): unknown {
  const inPath = [...endpoint.path.matchAll(/:(\w+)/g)].map(m => ({ name: m[1], in: 'path', required: true, schema: { type: 'string' } }));
  const query = isNothing(endpoint.query) ? undefined : (schemaOf(endpoint.query, 'input') as { properties?: Record<string, unknown>; required?: string[] });
  const inQuery = Object.entries(query?.properties ?? {}).map(([field, schema]) => ({ name: field, in: 'query', required: query?.required?.includes(field) ?? false, schema }));
  return {
    operationId: name,
    summary: endpoint.summary,
    ...(endpoint.open ? { security: [] } : {}),
    parameters: [...inPath, ...inQuery],
    ...(isNothing(endpoint.body) ? {} : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } } } }),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: schemaOf(endpoint.answer, 'output') } } },
      default: { description: 'Refused', content: { 'application/problem+json': { schema: schemaOf(ProblemDetails, 'output') } } },
    },
  };
}

function isNothing(schema: z.ZodType): boolean {
  return schema.def.type === 'undefined';
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): unknown {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' });
}
