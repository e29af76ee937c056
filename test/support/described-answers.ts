import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  [member: string]: unknown;
}

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>;
  components: { schemas: Record<string, Schema> };
}

const JSON_TYPE = 'application/json';
/** ISO 8601 with its offset. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

let described: { document: Document; ajv: Ajv2020 } | undefined;
const validators = new Map<string, ValidateFunction>();

/**
 * Holds an answer of the admin API against docs/openapi.json: its status is described, and so is every member, as it is.
 * Problems have members of their own and are looked at by who expects them.
 *
 * @throws {Error} that says which member is not as described
 */
export function assertDescribed(method: string, path: string, status: number, body: unknown): void {
  const { document, ajv } = (described ??= read());
  const route = routeOf(document, path);
  const operation = route === undefined ? undefined : document.paths[route]?.[method.toLowerCase()];
  if (route === undefined || operation === undefined || status >= 300) return;
  const what = `${method} ${route} ${status}`;
  if (operation.responses[status]?.content?.[JSON_TYPE] === undefined) throw new Error(`${what} is not described`);
  const pointer = ['paths', route, method.toLowerCase(), 'responses', status, 'content', JSON_TYPE, 'schema']
    .map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  const validate = validators.get(what) ?? ajv.compile({ $ref: `api#/${pointer}` });
  validators.set(what, validate);
  if (!validate(body)) throw new Error(`${what} is not as described: ${ajv.errorsText(validate.errors)}`);
}

function read(): { document: Document; ajv: Ajv2020 } {
  const document = JSON.parse(readFileSync(join(__dirname, '../../docs/openapi.json'), 'utf8')) as Document;
  for (const schema of Object.values(document.components.schemas)) {
    if (schema.properties !== undefined) schema.additionalProperties ??= false;
  }
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    formats: { 'date-time': INSTANT, date: DAY },
    // Each spec file compiles schemas anew: half as long without holding them against the schema of schemas, which is
    // no matter of an answer, and without making the code smaller that is made of them.
    validateSchema: false,
    meta: false,
    code: { optimize: false },
  });
  ajv.addSchema(document, 'api');
  return { document, ajv };
}

/** The path of the document an address is of; one without parameters goes first. */
function routeOf(document: Document, path: string): string | undefined {
  const asked = `/admin/v1/${path.split('?', 1)[0]}`.split('/');
  const matches = Object.keys(document.paths).filter((route) => {
    const parts = route.split('/');
    return parts.length === asked.length && parts.every((part, at) => part.startsWith('{') || part === asked[at]);
  });
  return matches.sort((one, other) => one.split('{').length - other.split('{').length)[0];
}
