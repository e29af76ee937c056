import { parse } from 'csv-parse/sync';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Database } from '../../src/platform/database';
import { ADMIN_ACTOR, ADMIN_KEY, startWorld, type BillingWorld, type JsonAnswer } from '../support/billing-world';
import { TOKEN_64, TOKEN_96 } from '../support/request-files';
import { OTHER_PRODUCT, PRODUCT, moveTo, subscribe } from '../support/subscribers';
import { until } from '../support/until';

const HEADER = 'customerReference,storeProductId,billingToken,startedOn';

function line(customer: string, changes: { product?: string; token?: string; start?: string } = {}): string {
  const { product = PRODUCT.storeProductId, token = TOKEN_64, start = '2027-01-31' } = changes;
  return `${customer},${product},${token},${start}`;
}

describe('subscriptions in files', () => {
  let world: BillingWorld;
  let database: Database;

  beforeAll(async () => {
    world = await startWorld({ environment: { UPLOAD_MAX_MEGABYTES: '20' } });
    database = world.service.app.get(Database);
    moveTo(world, '2027-01-10');
    await subscribe(world, 'before', '2027-01-20');
  });

  afterAll(() => world.close());

  function call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, ...init.headers };
    return fetch(`${world.service.url}/admin/v1/subscriptions/${path}`, { ...init, headers });
  }

  async function importFile(content: RequestInit['body'], query = '', type = 'text/csv'): Promise<JsonAnswer> {
    const init = { method: 'POST', body: content, headers: { 'Content-Type': type }, duplex: 'half' } as RequestInit;
    const response = await call(`import${query}`, init);
    return { status: response.status, body: await response.json() };
  }

  async function exported(query = ''): Promise<{ rows: Record<string, string>[]; text: string }> {
    const response = await call(`export${query}`);
    expect(response.status).toBe(200);
    const text = await response.text();
    return { rows: parse(text, { columns: true }), text };
  }

  /** All that an import may touch. */
  async function stored(): Promise<unknown> {
    const tables = ['subscription', 'subscription_history', 'billing_token'];
    return Promise.all(tables.map((table) => database.rows(`SELECT count(*)::int AS ${table} FROM ${table}`)));
  }

  it('are imported whole, with their history, and billed like any other', async () => {
    const file = [
      `${HEADER},trialUntil,anchorDay,amountOverride,carrierAmountOverride,creditCardAmountOverride,tmembershipAmountOverride`,
      `${line('가-1')},,,,,,`,
      `${line('가-2', { token: TOKEN_96 })},2027-02-28,31,1000,400,0,600`,
    ].join('\r\n');
    expect(await importFile(file)).toEqual({
      status: 200,
      body: { lineCount: 2, storedCount: 2, rejectedCount: 0, faultCount: 0, faults: [] },
    });
    const { body } = await world.get('subscriptions?customerReference=가-2');
    expect(body.items).toMatchObject([
      {
        state: 'Active',
        trialUntil: '2027-02-28',
        nextBillingOn: '2027-02-28',
        anchorDay: 31,
        price: { amount: 1_000, carrierAmount: 400, creditCardAmount: 0, tmembershipAmount: 600 },
        priceOverridden: true,
      },
    ]);
    const { body: one } = await world.get(`subscriptions/${body.items[0].id}`);
    expect(one.history).toMatchObject([{ fromState: null, toState: 'Active', cause: 'imported', actor: ADMIN_ACTOR }]);
  });

  const FAULTY = [
    HEADER,
    line('나-1'),
    line('나-2', { start: '2027-02-30' }),
    line('나-3', { product: 'unknown' }),
    line('나-1'),
    line('before'),
    '"나-4',
    line('나-5', { product: OTHER_PRODUCT.storeProductId }),
  ].join('\n');
  const FAULTS = [
    { line: 3, field: 'startedOn', expected: expect.stringContaining('calendar day') },
    { line: 4, field: 'storeProductId', expected: 'the store product id of an active product that T store collects' },
    { line: 5, field: 'customerReference', expected: expect.stringContaining('line 2') },
    { line: 6, field: 'customerReference', expected: 'a customer who does not have the product yet' },
    { line: 7, expected: expect.stringContaining('double quotes') },
  ];

  it('are not imported at all when one line is faulty, and every fault is reported by its line', async () => {
    const before = await stored();
    const { status, body } = await importFile(FAULTY);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid-subscription-file', faultCount: 5, rejectedCount: 5, lineCount: 7 });
    expect(body.faults).toEqual(FAULTS);
    expect(await stored()).toEqual(before);
  });

  it('are imported in part when that is asked for, with the same report of the rest', async () => {
    const { status, body } = await importFile(FAULTY, '?partial=true');
    expect(status).toBe(200);
    expect(body).toEqual({ lineCount: 7, storedCount: 2, rejectedCount: 5, faultCount: 5, faults: FAULTS });
    const { rows } = await exported();
    const names = rows.map((row) => row.customerReference).filter((name) => name?.startsWith('나-'));
    expect(names.sort()).toEqual(['나-1', '나-5']);
    const again = await importFile(FAULTY, '?partial=true');
    expect(again).toMatchObject({ status: 200, body: { storedCount: 0, rejectedCount: 7 } });
  });

  it.each(['', '?partial=true'])('are refused when the file is none of subscriptions%s', async (query) => {
    const before = await stored();
    for (const content of ['', 'a,b\n1,2', HEADER]) {
      expect(await importFile(content, query)).toMatchObject({
        status: 400,
        body: { code: 'invalid-subscription-file' },
      });
    }
    expect(await stored()).toEqual(before);
  });

  it('are refused in other content types, and when the file is too large', async () => {
    expect(await importFile('{}', '', 'application/json')).toMatchObject({ status: 415 });
    expect(await importFile(HEADER, '?partial=perhaps')).toMatchObject({ status: 400 });
    expect(await importFile('x'.repeat(20 * 1024 * 1024 + 1))).toMatchObject({
      status: 413,
      body: { code: 'payload-too-large' },
    });
  });

  it('stand once, when two files with the same customers come at once', async () => {
    const customers = Array.from({ length: 300 }, (_, index) => line(`다-${index}`));
    const files = [customers, [...customers].reverse()].map((lines) => [HEADER, ...lines].join('\n'));
    const answers = await Promise.all(files.map((file) => importFile(file)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400]);
    const [row] = await database.rows<{ count: number }>(
      "SELECT count(*)::int AS count FROM subscription WHERE customer_reference LIKE '다-%'",
    );
    expect(row?.count).toBe(300);
  });

  it('are exported with their terms, filtered, and without any billing token', async () => {
    const { rows, text } = await exported('?customerReference=가-2');
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        customerReference: '가-2',
        storeProductId: PRODUCT.storeProductId,
        productName: PRODUCT.name,
        state: 'Active',
        billingTokenHashPrefix: expect.stringMatching(/^[0-9a-f]{12}$/),
        startedOn: '2027-01-31',
        anchorDay: '31',
        intervalMonths: '1',
        trialUntil: '2027-02-28',
        endsOn: '',
        nextBillingOn: '2027-02-28',
        paidThroughOn: '',
        cancelAtPeriodEnd: 'false',
        priceOverridden: 'true',
        amount: '1000',
        carrierAmount: '400',
        creditCardAmount: '0',
        tmembershipAmount: '600',
      },
    ]);
    expect(text).not.toMatch(/[0-9A-Fa-f]{16}/);
    expect((await exported('?state=Canceled')).rows).toEqual([]);
    expect((await call('export?state=Gone')).status).toBe(400);
  });

  it('come back from a spreadsheet as they went, and calculate nothing there', async () => {
    const names = ['=1+1', '+82 10-1234', '-5', '@kim', 'a,"b"'];
    const quoted = names.map((name) => line(`"${name.replaceAll('"', '""')}"`));
    expect(await importFile([HEADER, ...quoted].join('\n'))).toMatchObject({ status: 200, body: { storedCount: 5 } });
    const { rows } = await exported();
    const shown = rows.map((row) => row.customerReference);
    expect(shown).toEqual(expect.arrayContaining(["'=1+1", "'+82 10-1234", "'-5", "'@kim", 'a,"b"']));
    const guarded = line(`"'=1+1"`, { product: OTHER_PRODUCT.storeProductId });
    await importFile([HEADER, guarded].join('\n'));
    const { body } = await world.get(`subscriptions?customerReference=${encodeURIComponent('=1+1')}`);
    expect(body.items).toHaveLength(2);
  });

  it('are imported and exported by the hundred thousand, as streams', async () => {
    const before = (await exported()).rows.length;
    const { status, body } = await importFile(manyLines(100_000));
    expect({ status, body }).toEqual({
      status: 200,
      body: { lineCount: 100_000, storedCount: 100_000, rejectedCount: 0, faultCount: 0, faults: [] },
    });
    const { rows } = await exported();
    expect(rows).toHaveLength(before + 100_000);
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
  });

  it('leave no file behind', async () => {
    for (const folder of ['uploads', 'exports']) {
      await until(`${folder} is empty`, async () =>
        (await readdir(join(world.dataDirectory, folder))).length === 0 ? true : undefined,
      );
    }
    expect(await readdir(join(world.dataDirectory, 'exports'))).toEqual([]);
  });
});

function manyLines(count: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    start: (controller) => controller.enqueue(Buffer.from(`${HEADER}\n`)),
    pull: (controller) => {
      if (at >= count) return controller.close();
      const lines = Array.from({ length: 1_000 }, (_, index) => {
        const token = (at + index).toString(16).toUpperCase().padStart(64, 'A');
        return `${line(`라-${at + index}`, { token })}\n`;
      });
      at += 1_000;
      controller.enqueue(Buffer.from(lines.join('')));
    },
  });
}
