import * as fc from 'fast-check';
import { ANY_CHARACTER } from './any-character';

/** As much of an OpenAPI document as requests are made from. */
export interface ApiDocument {
  paths: Record<string, Record<string, ApiOperation>>;
  components: { schemas: Record<string, ApiSchema> };
}

export interface ApiOperation {
  operationId: string;
  'x-scope'?: string;
  parameters?: { name: string; in: string; schema: ApiSchema }[];
  requestBody?: { content: Record<string, { schema: ApiSchema }> };
  responses: Record<string, { content?: Record<string, { schema: ApiSchema }> }>;
}

export interface ApiSchema {
  $ref?: string;
  allOf?: ApiSchema[];
  anyOf?: ApiSchema[];
  oneOf?: ApiSchema[];
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  items?: ApiSchema;
  properties?: Record<string, ApiSchema>;
  additionalProperties?: ApiSchema | boolean;
  example?: unknown;
}

export interface Endpoint {
  id: string;
  method: string;
  path: string;
  operation: ApiOperation;
}

export interface MadeRequest {
  address: string;
  contentType: string | undefined;
  body: string | undefined;
}

export function endpointsOf(document: ApiDocument): Endpoint[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path: path.replace('/admin/v1/', ''),
      operation,
    })),
  );
}

/** The address with nothing at its end: a number that is nobody's. */
export function addressOfNothing({ path }: Endpoint): string {
  return path.replaceAll(/\{\w+\}/g, '999999');
}

const LONG = 20_000;

/** What breaks programs: the wrong type, the edge of a type, texts a database or a parser stumbles over. */
const JUNK: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown[]>(null, '', ' ', '\0', 'a\0b', '\ud800', '0', '-1', '1e3', '9'.repeat(30), 'x'.repeat(LONG)),
  fc.constantFrom<unknown[]>(-1, 0, 1.5, 1e308, 2 ** 53, true, [], {}, [[]], [null], { constructor: 1 }),
  fc.constantFrom<unknown[]>("'; DROP TABLE charge; --", '%', '${7*7}', '../../etc/passwd', '2026-02-30', 'null'),
  fc.constantFrom<unknown[]>(
    '..',
    'D\u200B77',
    '\u00A0D',
    '\u202Excod',
    '\u1100\u1161',
    '\uFF24',
    '\u3164',
    'a\tb',
    'D ',
  ),
  fc.constantFrom<unknown[]>({ toString: 1 }, { hasOwnProperty: null }, { ['__proto__']: {} }, 10_000_001),
  fc.string({ unit: ANY_CHARACTER, maxLength: 20 }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** The same, as it stands in an address. */
const JUNK_TEXT = JUNK.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));

/** Requests to an endpoint, most of which it must refuse. @param known ids that exist */
export function requestsTo(document: ApiDocument, endpoint: Endpoint, known: string[]): fc.Arbitrary<MadeRequest> {
  return fc
    .record({ address: addressesOf(endpoint, known), body: bodiesOf(document, endpoint) })
    .map(({ address, body }) => ({
      address,
      contentType: body?.contentType,
      body: body?.text,
    }));
}

function addressesOf({ path, operation }: Endpoint, known: string[]): fc.Arbitrary<string> {
  const values = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: JUNK_TEXT });
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const query = fc.array(fc.tuple(fc.constantFrom(...parameters.map(({ name }) => name), 'unknown'), JUNK_TEXT), {
    maxLength: 2,
  });
  return fc.tuple(fc.tuple(...names.map(() => values)), query).map(([given, pairs]) => {
    const filled = names.reduce((text, name, at) => text.replace(`{${name}}`, encoded(given[at] ?? '')), path);
    const asked = pairs.map(([name, value]) => `${name}=${encoded(value)}`).join('&');
    return asked === '' ? filled : `${filled}?${asked}`;
  });
}

/** Half characters can't be written in an address. */
function encoded(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Cs}/gu, '\ufffd')).slice(0, 2_000) || '%20';
}

interface Body {
  contentType: string;
  text: string;
}

function bodiesOf(document: ApiDocument, { operation }: Endpoint): fc.Arbitrary<Body | undefined> {
  const content = Object.entries(operation.requestBody?.content ?? {});
  if (content.length === 0) return fc.constant(undefined);
  const broken = fc.constantFrom(
    '',
    '{',
    '{"a":',
    '[1,2',
    'null',
    '"text"',
    '{"reason":"\\u0000"}',
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":{}}}',
    '\u{feff}{}',
  );
  const types = fc.constantFrom(
    'application/json',
    'text/plain',
    'application/xml',
    'text/csv',
    ...content.map(([type]) => type),
  );
  const raw = fc.record({ contentType: types, text: broken });
  const json = content.find(([type]) => type === 'application/json')?.[1].schema;
  if (json === undefined) return raw;
  const made = spoiled(valueOf(document, json)).map((value) => ({
    contentType: 'application/json',
    text: JSON.stringify(value) ?? '',
  }));
  return fc.oneof({ weight: 4, arbitrary: made }, { weight: 1, arbitrary: raw });
}

/** A good body with one thing wrong: a member replaced, taken away, or put in; or another thing altogether. */
function spoiled(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(good, fc.nat(), JUNK, fc.constantFrom('replace', 'remove', 'add', 'all'))
    .map(([value, at, junk, how]) => {
      if (how === 'all' || typeof value !== 'object' || value === null) return junk;
      if (how === 'add') return { ...value, unforeseen: junk };
      const names = Object.keys(value);
      const name = names[at % Math.max(1, names.length)] ?? 'none';
      const rest = Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
      return how === 'remove' ? rest : { ...rest, [name]: junk };
    });
}

function valueOf(document: ApiDocument, schema: ApiSchema): fc.Arbitrary<unknown> {
  const { $ref, allOf, anyOf, oneOf } = schema;
  if ($ref !== undefined) return valueOf(document, document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {});
  const [inner] = allOf ?? oneOf ?? anyOf ?? [];
  if (inner !== undefined) return valueOf(document, inner);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object': {
      const members = Object.entries(schema.properties ?? {}).map(([name, member]) => [
        name,
        valueOf(document, member),
      ]);
      return fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>);
    }
    case 'array':
      return fc.array(valueOf(document, schema.items ?? {}), { maxLength: 3 });
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.nat(100_000);
    case undefined:
    default:
      return textOf(schema);
  }
}

function textOf({ format, example }: ApiSchema): fc.Arbitrary<unknown> {
  if (format === 'date') return fc.constantFrom('2027-01-05', '2027-12-31');
  if (format === 'date-time') return fc.constantFrom('2027-01-05T00:00:00+09:00', '2000-01-01T00:00:00Z');
  if (example !== undefined) return fc.constant(example);
  return fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
}
