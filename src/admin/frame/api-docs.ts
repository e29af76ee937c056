import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ERROR_CODES } from '../../kernel/error-codes';
import { operationIdOf } from './admin-route';
import { API_WORDS } from './api-words';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const TITLE = 'Merchant billing: admin API';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const DESCRIPTION = `Errors are problem+json (RFC 9457); \`code\` is stable, \`detail\` is for people. Won are integers, ids are
digits in text, times are ISO 8601 with their offset. This page tries what reads; what changes something is asked by a program
or by the CLI, which says before what will happen. \`x-scope\` of an operation is what its key must be allowed.`;

/** Serves the OpenAPI document and its page at `/docs`; the document as JSON at `/docs-json`. */
export function serveApiDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => apiDocumentOf(app), {
    // The template has no place of its own for what tells a phone how wide the page is.
    customSiteTitle: `${TITLE}</title><meta name="viewport" content="width=device-width, initial-scale=1"><title>`,
    // Filled in with examples, one click would give money back or stop a job.
    swaggerOptions: { supportedSubmitMethods: ['get'] },
  });
}

/** The OpenAPI document of the admin API, as the code says it; `docs/openapi.json` is a copy of it. */
export function apiDocumentOf(app: INestApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle(TITLE)
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addServer('/', 'The service that serves this document')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'API key', description: 'The API key.' })
    .build();
  const document = SwaggerModule.createDocument(app, description, { operationIdFactory: operationIdOf });
  const schemas = { ...document.components?.schemas, Problem: PROBLEM } as Schemas;
  document.components = { ...document.components, schemas };
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (!operation) continue;
      addConventions(operation, method);
      addEtag(operation, schemas);
      for (const parameter of operation.parameters ?? []) describe(parameter as Described, '');
    }
  }
  for (const [name, schema] of Object.entries(schemas)) describeMembers(schema as Described, name);
  return document;
}

/** What every operation has without saying so. */
function addConventions(operation: Operation, method: (typeof METHODS)[number]): void {
  operation.responses.default = {
    description: 'A problem; its code says which',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  if (method !== 'post') return;
  operation.parameters = [
    ...(operation.parameters ?? []),
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'Names this request: sent again under the same key, it is answered the same and not done again',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    },
  ];
}

interface Described {
  name?: string;
  description?: string;
  properties?: Record<string, Described>;
  items?: Described;
  allOf?: Described[];
}

/** Members that say nothing of themselves mean what their names mean everywhere. */
function describeMembers(schema: Described, view: string): void {
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    describe(member, view, name);
    describeMembers(member, view);
  }
  if (schema.items !== undefined) describeMembers(schema.items, view);
}

function describe(described: Described, view: string, name = described.name ?? ''): void {
  const meaning = API_WORDS[`${view}.${name}`] ?? API_WORDS[name];
  if (described.description === undefined && meaning !== undefined) described.description = meaning;
}

const ETAG = { description: 'Its version, which If-Match of a change takes', schema: { type: 'string' } } as const;

/** What has a version has it as its ETag too. */
function addEtag(operation: Operation, schemas: Schemas): void {
  for (const response of Object.values(operation.responses)) {
    const schema = response && 'content' in response ? response.content?.['application/json']?.schema : undefined;
    if (schema === undefined || !('$ref' in schema)) continue;
    const view = schemas[schema.$ref.split('/').at(-1) ?? ''];
    const isVersioned = view !== undefined && 'properties' in view && 'version' in (view.properties ?? {});
    if (isVersioned) Object.assign(response as object, { headers: { ETag: ETAG } });
  }
}

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457. Some codes bring further members.',
  required: ['type', 'title', 'status', 'detail', 'code', 'retryable', 'requestId'],
  properties: {
    type: { type: 'string', example: 'urn:merchant-billing:problem:product-not-found' },
    title: { type: 'string', description: 'The same for every occurrence of the code' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'For people' },
    code: { type: 'string', enum: Object.keys(ERROR_CODES) },
    retryable: { type: 'boolean', description: 'Whether the same request may succeed later without being changed' },
    requestId: { type: 'string', description: 'Under which the log and the audit log know it' },
    faults: {
      type: 'array',
      description: 'Of an input: where, and what was expected there',
      items: {
        type: 'object',
        required: ['expected'],
        properties: { line: { type: 'integer' }, field: { type: 'string' }, expected: { type: 'string' } },
      },
    },
  },
};
