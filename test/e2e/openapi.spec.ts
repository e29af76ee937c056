import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type QueryConfig } from 'pg';
import { ROLES, SCOPES } from '../../src/admin/access';
import { API_WORDS } from '../../src/admin/frame/api-words';
import { ERROR_CODES } from '../../src/kernel/error-codes';
import { bearer, startAdminWorld, type AdminAnswer, type AdminWorld } from '../support/admin-world';
import {
  addressOfNothing,
  endpointsOf,
  requestsTo,
  type ApiDocument,
  type ApiSchema,
  type Endpoint,
  type MadeRequest,
} from '../support/openapi-requests';
import { TOKEN_64, sampleFile } from '../support/request-files';
import { ADMIN_KEY, BOOTSTRAP_KEY, ENCRYPTION_KEY } from '../support/service-environment';
import { carrierPrice } from '../support/subscribers';

const DOCUMENT = JSON.parse(readFileSync(join(__dirname, '../../docs/openapi.json'), 'utf8')) as ApiDocument;
const ENDPOINTS = endpointsOf(DOCUMENT).map((endpoint) => [endpoint.id, endpoint] as const);

/** Requests made to each operation; more find rarer faults. */
const RUNS = Number(process.env.API_FUZZ_RUNS ?? 15);

/** The highest id and the last place of a list that a caller may name. */
const FARTHEST = '999999999999999999';

/** What no answer may show: how we are made, and secrets. */
const LEAKS = /\bat .*\.[tj]s:\d|node_modules|\bselect\b.*\bfrom\b|syntax error|relation "|ECONN|QueryFailed|postgres/i;

/** Answers that say T store could not be asked are none of ours to prevent: there is none here. */
const MAY_BE_AWAY = [502, 503];

/** Tables that calls may append to or touch although they change nothing of the business. */
const BESIDE = [
  'audit_entry',
  'audit_outcome',
  'api_key',
  'idempotency_key',
  'oauth_token',
  'pace',
  'schema_migration',
];

/** Objects of which nothing is said, by where they are. */
function freeIn(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { type, properties, additionalProperties } = schema as ApiSchema;
  const isObject = [type].flat().includes('object');
  if (isObject && properties === undefined && typeof additionalProperties !== 'object') return [path];
  return Object.entries(schema).flatMap(([name, inner]) =>
    freeIn(inner, name === 'properties' ? path : `${path}.${name}`),
  );
}

/** Members of which nothing is said, by where they are. */
function dumbIn(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: Record<string, { description?: string }> };
  const own = Object.entries(properties).filter(([, member]) => !member.description);
  const inner = Object.entries(schema).flatMap(([name, value]) => dumbIn(value, `${path}.${name}`));
  return [...own.map(([name]) => `${path}.${name}`), ...inner];
}

describe('docs/openapi.json', () => {
  let world: AdminWorld;
  let client: Client;
  /** Asks for {@link fingerprint}, for which the server is asked thousands of times: planned once. */
  let allRows: QueryConfig;
  const tokens = new Map<string, string>();
  const known: string[] = [];

  beforeAll(async () => {
    world = await startAdminWorld({ TSTORE_MID: 'skpcorp' });
    client = new Client({ connectionString: world.database.url });
    await client.connect();
    allRows = { name: 'all-rows', text: await sqlOfAllRows() };
    world.clock.advanceSeconds((Date.parse('2027-01-05T10:00:00+09:00') - Date.now()) / 1000);
    // Ids are also those of other things, and keys with them will be revoked: these are those of a spare one.
    const { id: spare } = await world.key('viewer');
    for (const table of ['product', 'subscription', 'bulk_payment_job', 'billing_run']) {
      await client.query(`ALTER TABLE ${table} ALTER COLUMN id RESTART WITH ${spare}`);
    }
    for (const role of ROLES) tokens.set(role, (await world.key(role)).token);
    known.push(...(await someResources()), '999999');
  });

  afterAll(async () => {
    await client.end();
    await world.close();
  });

  /** @returns ids, one of which is something to every endpoint */
  async function someResources(): Promise<string[]> {
    const product = { storeProductId: '0910024116', name: 'TV', price: carrierPrice(5_500) };
    const subscription = {
      customerReference: 'customer',
      storeProductId: '0910024116',
      billingToken: TOKEN_64,
      startedOn: '2027-01-05',
    };
    const made = [
      await world.call('POST', 'products', { body: product }),
      await world.call('POST', 'subscriptions', { body: subscription }),
      await world.call('POST', 'bulk-payment-jobs', { body: sampleFile(), headers: { 'Content-Type': 'text/plain' } }),
      await world.call('POST', 'billing-runs', { body: { date: '2027-01-05' } }),
    ];
    expect(made.map((answer) => answer.status)).toEqual([201, 201, 201, 201]);
    return [...new Set(made.map((answer) => String(answer.body.id))), 'tx_my00001111'];
  }

  async function sqlOfAllRows(): Promise<string> {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> ALL ($1) ORDER BY 1`,
      [BESIDE],
    );
    const parts = tables.map(
      ({ name }) =>
        `SELECT '${name}' AS name, md5(string_agg(t::text, '|' ORDER BY t::text)) AS rows FROM ${name} AS t`,
    );
    return `${parts.join(' UNION ALL ')} ORDER BY name`;
  }

  /** Every row of the business, as one text. */
  async function fingerprint(): Promise<string> {
    return JSON.stringify((await client.query(allRows)).rows);
  }

  function expectClean(answer: AdminAnswer, endpoint: Endpoint): void {
    const text = JSON.stringify(answer.body);
    expect(text).not.toMatch(LEAKS);
    for (const secret of [ADMIN_KEY, BOOTSTRAP_KEY, ENCRYPTION_KEY, world.database.name])
      expect(text).not.toContain(secret);
    const mayShowTokens = endpoint.operation['x-scope'] === 'files:download';
    expect(!mayShowTokens && text.includes(TOKEN_64)).toBe(false);
    // Whatever is a list is one as CSV too.
    const isCsvToo = endpoint.operation.responses['200']?.content?.['text/csv'] !== undefined;
    expect(isCsvToo || !Array.isArray(answer.body.items)).toBe(true);
  }

  function expectProblem(answer: AdminAnswer): void {
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(Object.keys(ERROR_CODES)).toContain(answer.body.code);
    expect(answer.body).toMatchObject({ status: answer.status, detail: expect.any(String) });
    expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
  }

  it('is what the code says (npm run openapi)', async () => {
    expect(await (await fetch(`${world.service.url}/docs-json`)).json()).toEqual(DOCUMENT);
  });

  it('names a scope, a summary and an operation id of its own for every operation', () => {
    for (const [, { operation }] of ENDPOINTS) {
      expect(Object.keys(SCOPES)).toContain(operation['x-scope']);
      expect(operation).toMatchObject({ summary: expect.stringMatching(/./), operationId: expect.any(String) });
    }
    expect(new Set(ENDPOINTS.map(([id]) => id)).size).toBe(ENDPOINTS.length);
  });

  it('says what every member and parameter means', () => {
    const dumb = Object.entries(DOCUMENT.components.schemas).flatMap(([name, schema]) => dumbIn(schema, name));
    const parameters = ENDPOINTS.flatMap(([id, { operation }]) =>
      ((operation as { parameters?: { name: string; description?: string }[] }).parameters ?? [])
        .filter(({ description }) => !description)
        .map(({ name }) => `${id} ${name}`),
    );
    expect([...dumb, ...dumbIn(DOCUMENT.paths, 'paths'), ...parameters]).toEqual([]);
    // And no word is left over.
    const text = JSON.stringify(DOCUMENT);
    const unused = Object.entries(API_WORDS).filter(([name, meaning]) => {
      const own = name.split('.').at(-1) as string;
      return !text.includes(`"${own}"`) || !text.includes(JSON.stringify(meaning));
    });
    expect(unused).toEqual([]);
  });

  it('is a page for a phone too, on which nothing that moves money is a click away', async () => {
    const page = await (await fetch(`${world.service.url}/docs`)).text();
    expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    const options = await (await fetch(`${world.service.url}/docs/swagger-ui-init.js`)).text();
    expect(options).toMatch(/"supportedSubmitMethods": \[\s*"get"\s*\]/);
  });

  it('describes every member of every answer and body; only what the audit log keeps may be any object', () => {
    const free = Object.entries(DOCUMENT.components.schemas).flatMap(([name, schema]) => freeIn(schema, name));
    expect([...free, ...freeIn(DOCUMENT.paths, 'paths')]).toEqual(['AuditOutcomeView.after', 'AuditEntryView.before']);
    const untold = ENDPOINTS.filter(([, { operation }]) => {
      const [, answer] = Object.entries(operation.responses).find(([status]) => status.startsWith('2')) ?? [];
      const schemas = Object.values(answer?.content ?? {}).map(({ schema }) => Object.keys(schema));
      return schemas.length === 0 || schemas.some((members) => members.length === 0);
    });
    expect(untold.map(([id]) => id)).toEqual([]);
  });

  it('refers to nothing that is not there', () => {
    const names = [...JSON.stringify(DOCUMENT).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name ?? '',
    );
    expect(names.filter((name) => DOCUMENT.components.schemas[name] === undefined)).toEqual([]);
    expect(names.length).toBeGreaterThan(100);
  });

  it('says of everything that has an address of its own what may be done with it and where its evidence is', () => {
    const schemas = ENDPOINTS.filter(([, { method, path }]) => method === 'GET' && path.endsWith('}')).map(
      ([, { operation }]) => operation.responses['200']?.content?.['application/json']?.schema.$ref?.split('/').at(-1),
    );
    const members = schemas.map((name = '') => [
      name,
      Object.keys(DOCUMENT.components.schemas[name]?.properties ?? {}),
    ]);
    for (const member of members) expect(member).toEqual([member[0], expect.arrayContaining(['actions', 'links'])]);
    expect(members.length).toBeGreaterThan(8);
  });

  it('goes on from the farthest place of every list, where nothing is left', async () => {
    const places = ENDPOINTS.flatMap(([, endpoint]) => {
      const from = endpoint.operation.parameters?.find(({ name }) => ['cursor', 'after'].includes(name));
      return from === undefined ? [] : [`${endpoint.path}?${from.name}=${FARTHEST}`];
    });
    expect(places.length).toBeGreaterThan(12);
    const addresses = places.flatMap((place) => known.map((id) => place.replace(/\{\w+\}/, id)));
    for (const address of new Set(addresses)) {
      const { status } = await world.call('GET', address);
      expect([address, [200, 400, 404].includes(status)]).toEqual([address, true]);
    }
  });

  describe.each(ENDPOINTS)('%s', (_id, endpoint) => {
    it('refuses who has no key, and who may not, and changes nothing', async () => {
      const before = await fingerprint();
      const address = addressOfNothing(endpoint);
      const request = { body: endpoint.method === 'GET' ? undefined : {} };
      for (const authorization of ['', 'Bearer wrong', `Basic ${ADMIN_KEY}`]) {
        const answer = await world.call(endpoint.method, address, {
          ...request,
          headers: { Authorization: authorization },
        });
        expectProblem(answer);
        expect(answer).toMatchObject({ status: 401, body: { code: 'api-key-required' } });
      }
      const scope = endpoint.operation['x-scope'] as keyof typeof SCOPES;
      for (const [role, token] of tokens) {
        const answer = await world.call(endpoint.method, address, { ...request, headers: bearer(token) });
        expectClean(answer, endpoint);
        const may = (SCOPES[scope] as readonly string[]).includes(role);
        const refusal = answer.status === 403 ? answer.body.scope : undefined;
        expect([role, refusal]).toEqual([role, may ? undefined : scope]);
        expect([401, 500]).not.toContain(answer.status);
      }
      expect(await fingerprint()).toBe(before);
    });

    it('is in the audit log when it may change something, and answered once under an Idempotency-Key when it is a POST', async () => {
      // Past every pace: that it is not its turn is no answer to keep.
      world.clock.advanceSeconds(60);
      const isChanging = !endpoint.operation['x-scope']?.endsWith(':read');
      const { [endpoint.operation['x-scope'] as keyof typeof SCOPES]: roles } = SCOPES;
      const isForAdmins = !(roles as readonly string[]).includes('manager');
      const headers = { 'Idempotency-Key': `once-${endpoint.id}`, ...(isForAdmins && bearer(BOOTSTRAP_KEY)) };
      const request = { body: endpoint.method === 'GET' ? undefined : {}, headers };
      const first = await world.call(endpoint.method, addressOfNothing(endpoint), request);
      const requestId = first.headers.get('x-request-id');
      const { body: log } = await world.call('GET', `audit-log?requestId=${requestId}`);
      const operations = log.items.map((entry: { operation: string }) => entry.operation);
      expect(operations).toEqual(isChanging ? [endpoint.id] : []);
      if (endpoint.method !== 'POST') return;
      expect(endpoint.operation.parameters).toContainEqual(expect.objectContaining({ name: 'Idempotency-Key' }));
      const again = await world.call(endpoint.method, addressOfNothing(endpoint), request);
      expect(again).toMatchObject({
        status: first.status,
        body: { ...first.body, ...(first.status >= 400 && { requestId }) },
      });
      expect(again.headers.get('idempotent-replayed')).toBe(first.body.retryable ? null : 'true');
    });

    it('answers what makes no sense with a problem and changes nothing', async () => {
      let before = await fingerprint();
      await fc.assert(
        fc.asyncProperty(requestsTo(DOCUMENT, endpoint, known), async (made: MadeRequest) => {
          const answer = await world.call(endpoint.method, made.address, {
            body: made.body,
            headers: {
              ...(made.contentType !== undefined && { 'Content-Type': made.contentType }),
              ...(endpoint.operation['x-scope'] === 'keys:manage' && bearer(BOOTSTRAP_KEY)),
            },
          });
          expectClean(answer, endpoint);
          expect(answer.status < 500 || MAY_BE_AWAY.includes(answer.status)).toBe(true);
          if (answer.status < 400) before = await fingerprint();
          else expectProblem(answer);
          expect(await fingerprint()).toBe(before);
        }),
        { numRuns: RUNS },
      );
    });
  });
});
