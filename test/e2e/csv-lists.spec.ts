import { parse } from 'csv-parse/sync';
import { readXlsx, type CellValue } from 'hucre';
import { buffer } from 'node:stream/consumers';
import { xlsxOf } from '../../src/admin/lists/xlsx';
import { Database } from '../../src/platform/database';
import { Products } from '../../src/product';
import { bearer, startAdminWorld, type AdminAnswer, type AdminWorld } from '../support/admin-world';
import type { JsonBody } from '../support/billing-world';
import { ADMIN_KEY } from '../support/service-environment';
import { carrierPrice } from '../support/subscribers';

const COUNT = 2_500;

describe('lists as CSV and XLSX', () => {
  let world: AdminWorld;

  beforeAll(async () => {
    world = await startAdminWorld();
    // More than two pieces of them.
    await world.service.app.get(Database).execute(
      `INSERT INTO product (store_product_id, name, amount, carrier_amount, credit_card_amount, tmembership_amount, created_at)
       SELECT 'product-' || number, CASE number WHEN 1 THEN '=1+1' WHEN 2 THEN 'a "quoted", 상품' ELSE 'TV' END,
         number, number, 0, 0, $1
       FROM generate_series(1, $2::integer) AS number`,
      [new Date('2026-11-01T00:00:00Z'), COUNT],
    );
  });

  afterAll(() => world.close());

  const rowsOf = ({ body }: AdminAnswer): Record<string, string>[] => parse(body, { columns: true, bom: true });

  const bytesOf = async (path: string, headers: Record<string, string> = {}): Promise<Buffer> => {
    const answer = await fetch(`${world.service.url}/admin/v1/${path}`, {
      headers: { ...bearer(ADMIN_KEY), ...headers },
    });
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  };

  it('hold every row of all pages once, by the address or by the header', async () => {
    const csv = await world.call('GET', 'products?format=csv');
    expect(csv.status).toBe(200);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="products.csv"');
    expect(csv.headers.get('cache-control')).toBe('no-store');
    const rows = rowsOf(csv);
    expect(rows.map((row) => Number(row['price.amount']))).toEqual(
      Array.from({ length: COUNT }, (_, at) => COUNT - at),
    );
    const [first] = (await world.call('GET', 'products?limit=1')).body.items;
    expect(rows[0]).toEqual({
      id: first.id,
      actions: 'change',
      'links.self': `/admin/v1/products/${first.id}`,
      'links.subscriptions': `/admin/v1/subscriptions?productId=${first.id}`,
      storeProductId: `product-${COUNT}`,
      name: 'TV',
      'price.amount': String(COUNT),
      'price.carrierAmount': String(COUNT),
      'price.creditCardAmount': '0',
      'price.tmembershipAmount': '0',
      active: 'true',
      billingGroup: '',
      gatewayAccount: 'tstore',
      createdAt: '2026-11-01T09:00:00.000+09:00',
      version: first.version,
    });
    const byHeader = await world.call('GET', 'products', { headers: { Accept: 'text/csv, application/json;q=0.5' } });
    expect(byHeader.body).toBe(csv.body);
  });

  describe('read piece by piece', () => {
    /** Each piece after the first is read when this lets it. */
    let next: () => Promise<void>;
    let spy: jest.SpyInstance;

    beforeEach(() => {
      const products = world.service.app.get(Products);
      const list = products.list.bind(products);
      spy = jest.spyOn(products, 'list').mockImplementation(async (page) => {
        if (page.beforeId !== undefined) await next();
        return list(page);
      });
    });

    afterEach(() => spy.mockRestore());

    const ask = () => fetch(`${world.service.url}/admin/v1/products?format=csv`, { headers: bearer(ADMIN_KEY) });

    it('are on their way while the rest is not read yet', async () => {
      let letGo = (): void => undefined;
      const gate = new Promise<void>((resolve) => (letGo = resolve));
      next = () => gate;
      const { headers, body } = await ask();
      expect(headers.get('content-length')).toBeNull();
      let text = '';
      for await (const chunk of (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (text.split('\n').length > 1_000) letGo();
      }
      expect(spy.mock.calls.map(([page]) => page.limit)).toEqual([1_000, 1_000, 1_000]);
      expect(text.trim().split('\n')).toHaveLength(COUNT + 1);
    });

    it('break off, and do not end as if they were whole, when a piece can’t be read', async () => {
      next = () => Promise.reject(new Error('the database is away'));
      await expect(ask().then((answer) => answer.text())).rejects.toThrow();
    });
  });

  it('quote what must be, and let no spreadsheet calculate', async () => {
    const rows = rowsOf(await world.call('GET', 'products?format=csv'));
    expect(rows.slice(-2).map((row) => row.name)).toEqual(['a "quoted", 상품', "'=1+1"]);
  });

  it('begin with the mark that spreadsheets know UTF-8 by, unless a program asks for none', async () => {
    const mark = Buffer.from([0xef, 0xbb, 0xbf]);
    const [marked, bare] = await Promise.all([
      bytesOf('products?format=csv'),
      bytesOf('products?format=csv&bom=false'),
    ]);
    expect(marked.subarray(0, 3)).toEqual(mark);
    expect(marked.subarray(3)).toEqual(bare);
    expect((await bytesOf('products', { Accept: 'text/csv' })).subarray(0, 3)).toEqual(mark);
    expect((await bytesOf('subscriptions/export')).subarray(0, 3)).toEqual(mark);
    expect(await world.call('GET', 'products?format=csv&bom=perhaps')).toMatchObject({
      status: 400,
      body: { faults: [{ field: 'bom', expected: 'true or false' }] },
    });
  });

  it('begin with the columns people look at, and end with those for programs', async () => {
    const headerOf = async (path: string): Promise<string[] | undefined> =>
      parse((await world.call('GET', path)).body, { bom: true })[0];
    const header = await headerOf('products?format=csv&limit=1');
    expect(header?.slice(0, 4)).toEqual(['name', 'storeProductId', 'price.amount', 'active']);
    expect(header?.slice(-4)).toEqual(['actions', 'links.self', 'links.subscriptions', 'version']);
    expect((await headerOf('charges?format=csv'))?.slice(0, 6)).toEqual([
      ...['settledAt', 'orderNo', 'customerReference', 'productName', 'amount', 'state'],
    ]);
    expect((await headerOf('reports/daily?format=csv&from=2026-11-01&to=2026-11-30'))?.[0]).toBe('day');
  });

  describe('as XLSX', () => {
    it('hold every row, with numbers to add, dates of Seoul, and ids and formulas as text', async () => {
      const byHeader = { Accept: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' };
      for (const content of [await bytesOf('products?format=xlsx'), await bytesOf('products', byHeader)]) {
        // Of a kind of archive that LibreOffice reads too: no ZIP64.
        expect(content.readUInt16LE(4)).toBeLessThan(45);
        const { sheets } = await readXlsx(content);
        const [header, ...rows] = sheets[0]?.rows as CellValue[][];
        const column = (name: string) => rows.map((row) => row[(header as string[]).indexOf(name)]);
        expect(rows).toHaveLength(COUNT);
        // What programs go by is in the way of who opens it.
        expect((header as string[]).filter((name) => /^(links|actions|version)/.test(name))).toEqual([]);
        expect((column('price.amount') as number[]).reduce((sum, one) => sum + one)).toBe((COUNT * (COUNT + 1)) / 2);
        expect(column('createdAt (Seoul)')[0]).toEqual(new Date('2026-11-01T09:00:00Z'));
        expect(column('id').every((id) => typeof id === 'string' && /^\d+$/.test(id))).toBe(true);
        expect(column('name').slice(-2)).toEqual(['a "quoted", 상품', '=1+1']);
      }
      const { headers } = await world.call('GET', 'products?format=xlsx&limit=1');
      expect(headers.get('content-disposition')).toBe('attachment; filename="products.xlsx"');
    });

    it('are on their way while the rest is not read yet', async () => {
      const products = world.service.app.get(Products);
      const list = products.list.bind(products);
      let letGo = (): void => undefined;
      const gate = new Promise<void>((resolve) => (letGo = resolve));
      const spy = jest.spyOn(products, 'list').mockImplementation(async (page) => {
        if (page.beforeId !== undefined) await gate;
        return list(page);
      });
      const url = `${world.service.url}/admin/v1/products?format=xlsx`;
      const { body } = await fetch(url, { headers: bearer(ADMIN_KEY) });
      const chunks: Uint8Array[] = [];
      for await (const chunk of body as ReadableStream<Uint8Array>) {
        chunks.push(chunk);
        letGo();
      }
      expect((await readXlsx(Buffer.concat(chunks))).sheets[0]?.rows).toHaveLength(COUNT + 1);
      spy.mockRestore();
    });

    it('are whole whatever characters a text has', async () => {
      const wild = 'a\u0000b\u001f\uffff\ud800 홍길동 <&> _x0041_';
      const columns = [{ path: ['text'], name: 'text', kind: 'text' as const }];
      const pieces = (async function* () {
        yield await Promise.resolve([{ text: wild }, { text: 'x'.repeat(40_000) }]);
      })();
      const { sheets } = await readXlsx(await buffer(await xlsxOf('texts', columns, pieces)));
      const [, [first], [second]] = sheets[0]?.rows as [unknown, string[], string[]];
      expect(first).toBe('a\ufffdb\ufffd\ufffd\ufffd 홍길동 <&> _x0041_');
      expect(second).toHaveLength(32_767);
    });
  });

  it('obey filter, limit and cursor', async () => {
    expect(rowsOf(await world.call('GET', 'products?format=csv&active=false'))).toEqual([]);
    expect(rowsOf(await world.call('GET', 'products?format=csv&limit=3'))).toHaveLength(3);
    const { body } = await world.call('GET', `products?limit=1000`);
    expect(rowsOf(await world.call('GET', `products?format=csv&cursor=${body.nextCursor}`))).toHaveLength(
      COUNT - 1_000,
    );
  });

  it('are refused as JSON is', async () => {
    expect(await world.call('GET', 'products?format=csv&limit=x')).toMatchObject({ status: 400 });
    expect(await world.call('GET', 'products?format=xml')).toMatchObject({
      status: 400,
      body: { faults: [{ field: 'format', expected: 'json, csv or xlsx' }] },
    });
    const { token } = await world.key('viewer');
    expect((await world.call('GET', 'audit-log?format=csv', { headers: bearer(token) })).status).toBe(403);
  });

  it('are JSON unless CSV is named before it', async () => {
    for (const accept of ['*/*', 'application/json, text/csv', 'text/html', 'text/csv;q=0', 'text/csv;q=0.2, */*']) {
      const { headers } = await world.call('GET', 'products?limit=1', { headers: { Accept: accept } });
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    }
    const json = await world.call('GET', 'products?format=json&limit=1', { headers: { Accept: 'text/csv' } });
    expect(json.body.items).toHaveLength(1);
  });

  it('are every list of the API’s', async () => {
    await world.call('POST', 'products', {
      body: { storeProductId: 'audited', name: 'TV', price: carrierPrice(1_000) },
    });
    const document = (await (await fetch(`${world.service.url}/docs-json`)).json()) as JsonBody;
    const lists = Object.entries<Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>(
      document.paths,
    ).filter(([, { get }]) => {
      const content = get?.responses['200']?.content ?? {};
      return content['text/csv'] !== undefined && content['application/json'] !== undefined;
    });
    for (const [path] of lists) {
      const address = path.replace('/admin/v1/', '').replace(/\{\w+\}/, '1');
      const month = address === 'reports/monthly' ? '&month=2026-11' : '';
      const days = month || (address.startsWith('reports/') ? '&from=2026-11-01&to=2026-11-30' : '');
      const subject = address === 'inquiry' ? '&orderNo=a' : '';
      const xlsx = await world.call('GET', `${address}?format=xlsx${days}${subject}`);
      expect([path, xlsx.status]).toEqual([path, path.includes('{') ? 404 : 200]);
      const csv = await world.call('GET', `${address}?format=csv${days}${subject}`);
      const text = path.includes('{') ? '' : csv.body;
      expect([path, csv.status]).toEqual([path, path.includes('{') ? 404 : 200]);
      expect(text).toMatch(/^([a-zA-Z\d.]+(,[a-zA-Z\d.]+)*\n|$)/);
    }
    expect(lists.length).toBeGreaterThan(10);
    const [entry] = rowsOf(await world.call('GET', 'audit-log?format=csv&limit=1'));
    expect(entry).toMatchObject({ operation: 'products.create', 'outcome.status': '201', before: '' });
    expect(JSON.parse(entry?.['outcome.after'] ?? '')).toMatchObject({ storeProductId: 'audited' });
  });
});
