import { startAdminWorld, type AdminAnswer, type AdminWorld } from '../support/admin-world';
import { ADMIN_KEY } from '../support/service-environment';
import { RawConnection } from '../support/raw-connection';
import { REQUEST_HEADER } from '../support/request-files';
import { carrierPrice } from '../support/subscribers';

/** 고객 in CP949, which is what Korean Windows calls EUC-KR. */
const CP949 = Buffer.from('b0edb0b4', 'hex');
const JSON_TYPE = { 'Content-Type': 'application/json' };
const NAMES = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'];

describe('what requests are made of', () => {
  let world: AdminWorld;

  beforeAll(async () => {
    world = await startAdminWorld();
    const body = { storeProductId: '0910024116', name: 'TV', price: carrierPrice(5_500) };
    await world.call('POST', 'products', { body });
  });

  afterAll(() => world.close());

  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = JSON_TYPE) =>
    world.call('POST', path, { body, headers });

  const refusal = (answer: AdminAnswer): unknown => ({
    status: answer.status,
    code: answer.body.code,
    field: answer.body.faults?.[0]?.field,
    expected: answer.body.faults?.[0]?.expected,
  });

  describe('text that is not UTF-8', () => {
    it('is refused as JSON, saying so, and nothing of it is stored', async () => {
      const body = Buffer.concat([Buffer.from('{"reason":"'), CP949, Buffer.from('"}')]);
      expect(refusal(await post('kill-switch', body))).toEqual({
        status: 400,
        code: 'invalid-request',
        field: 'body',
        expected: 'text in UTF-8; this is another encoding, such as CP949 (EUC-KR)',
      });
      expect((await world.call('GET', 'kill-switch')).body.engaged).toBe(false);
    });

    it.each(['inquiry?customerReference=%B0%ED', 'subscriptions?customerReference=%B0%ED', 'charges?orderNo=%C1'])(
      'is refused in the query %s',
      async (path) => {
        expect(refusal(await world.call('GET', path))).toMatchObject({ status: 400, field: 'query' });
      },
    );

    it('is refused in the path', async () => {
      expect(refusal(await world.call('GET', 'charges/%B0%ED'))).toMatchObject({ status: 400 });
    });

    it('is refused unescaped, whichever encoding it is', async () => {
      const raw = await head('GET /admin/v1/inquiry?customerReference=\xb0\xed HTTP/1.1');
      expect(raw).toMatch(/^HTTP\/1\.1 400 /);
    });

    it.each([
      ['subscriptions/import', 'text/csv', 'customerReference,storeProductId,billingToken,startedOn\n'],
      ['bulk-payment-jobs', 'text/plain', `${REQUEST_HEADER}\n`],
    ])('is refused in a file for %s, by its line', async (path, type, header) => {
      const body = Buffer.concat([Buffer.from(header), CP949, Buffer.from(',x\n')]);
      const answer = await post(path, body, { 'Content-Type': type });
      expect(answer).toMatchObject({
        status: 400,
        body: { faults: [{ line: 2, expected: expect.stringMatching(/^text in UTF-8;.*CP949/) }] },
      });
    });

    it.each([
      ['kill-switch', 'application/json; charset=euc-kr'],
      ['kill-switch', 'application/json;Charset="ISO-8859-1"'],
      ['subscriptions/import', 'text/csv; charset=cp949'],
      ['bulk-payment-jobs', 'text/plain; charset=ks_c_5601-1987'],
    ])('is not taken by %s as %s', async (path, type) => {
      const answer = await post(path, '{"reason":"x"}', { 'Content-Type': type });
      expect(refusal(answer)).toMatchObject({ status: 415, code: 'unsupported-content-type' });
    });

    it.each(['application/json; charset=UTF-8', 'application/json;charset="utf8"'])(
      'is not meant by %s',
      async (type) => {
        expect(refusal(await post('kill-switch', '{}', { 'Content-Type': type }))).toMatchObject({
          status: 400,
          field: 'reason',
        });
      },
    );
  });

  describe('JSON', () => {
    it.each([
      ['arrays', `{"reason":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
      ['objects', `${'{"reason":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
      ['nothing but arrays', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ])('of %s without end is refused', async (_what, body) => {
      expect(refusal(await post('kill-switch', body))).toMatchObject({
        status: 400,
        expected: 'at most 32 levels of objects and arrays',
      });
    });

    it.each(NAMES)('with an unknown member %s is refused', async (name) => {
      for (const body of [`{"reason":"drill","${name}":{}}`, `{"${name}":1}`]) {
        const answer = await post('kill-switch', body);
        expect(refusal(answer)).toMatchObject({
          status: 400,
          field: name,
          expected: 'no such field',
        });
        // As of any other member that nobody knows: it is JSON.
        const other = (await post('kill-switch', '{"reason":"drill","colour":1}')).body;
        expect(answer.body).toEqual({
          ...other,
          ...{ detail: other.detail.replace('colour', name), requestId: answer.body.requestId },
          faults: [{ field: name, expected: 'no such field' }],
        });
      }
      expect((await world.call('GET', 'kill-switch')).body.engaged).toBe(false);
    });

    it.each(NAMES)(
      'is not the only place for names such as %s: of a query that has one the others are told',
      async (name) => {
        const answer = await world.call('GET', `products?${name}=1&ative=true`);
        expect(refusal(answer)).toMatchObject({
          status: 400,
          field: 'ative',
          expected: 'no such field; there is active',
        });
      },
    );

    it.each(NAMES)('with an unknown member %s inside is refused', async (name) => {
      const price = `{"amount":1,"carrierAmount":1,"creditCardAmount":0,"tmembershipAmount":0,"${name}":1}`;
      const answer = await post('products', `{"storeProductId":"1","name":"TV","price":${price}}`);
      expect(refusal(answer)).toMatchObject({ status: 400, field: name });
    });

    it('with a member twice is refused, also when its name is written in two ways', async () => {
      for (const body of ['{"reason":"a","reason":"b"}', '{"reason":"a","re\\u0061son":"b"}']) {
        expect(refusal(await post('kill-switch', body))).toMatchObject({
          status: 400,
          field: 'reason',
          expected: 'each member once',
        });
        expect((await post('kill-switch', body)).body.detail).toBe('The body has a member twice.');
      }
    });

    it.each(['[]', 'null', '"reason"', '7', 'true'])('of %s is refused, where an object is expected', async (body) => {
      const answer = await post('kill-switch', body);
      expect(refusal(answer)).toMatchObject({ status: 400, expected: expect.stringMatching(/^an object, such as/) });
      expect(answer.body.detail).toBe('The body is no JSON object.');
    });

    it.each([
      ['{"raeson":"a","reason":"b"}', 'raeson', 'no such field; there is reason'],
      ['{"REASON":"a","reason":"b"}', 'REASON', 'no such field; there is reason'],
      ['{"colour":"a","reason":"b"}', 'colour', 'no such field'],
    ])('of an unknown field %s names what is like it', async (body, field, expected) => {
      const answer = await post('kill-switch', body);
      expect(refusal(answer)).toMatchObject({ status: 400, field, expected });
      expect(answer.body.detail).toBe(`Not valid: ${field}.`);
    });

    it('that is none is refused', async () => {
      for (const body of ['{', 'reason', '{"reason":"a"} x', '\ufeff{"reason":"a"}']) {
        expect(refusal(await post('kill-switch', body))).toMatchObject({ status: 400, code: 'invalid-request' });
      }
    });

    it('may be missing where no body is needed, whatever the label says', async () => {
      const subscription = {
        customerReference: 'without body',
        storeProductId: '0910024116',
        billingToken: 'A'.repeat(64),
        startedOn: '2027-01-05',
      };
      const { id } = (await world.call('POST', 'subscriptions', { body: subscription })).body;
      expect((await post(`subscriptions/${id}/pause`, '')).status).toBe(200);
      expect(refusal(await post('kill-switch', ''))).toMatchObject({ status: 400, field: 'reason' });
    });
  });

  describe('NUL', () => {
    it.each([
      'inquiry?customerReference=a%00b',
      'inquiry?transactionId=a%00b',
      'charges?transactionId=a%00b',
      'audit-log?resourceId=a%00b',
      'subscriptions?customerReference=a%00b',
      'discrepancies?orderNo=a%00b',
      'charges/a%00b',
      'products?limit=1%00',
    ])('is refused in %s', async (path) => {
      expect(await world.call('GET', path)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    });

    it('is refused in bodies', async () => {
      expect(refusal(await post('kill-switch', '{"reason":"a\\u0000b"}'))).toMatchObject({
        status: 400,
        field: 'reason',
      });
    });
  });

  it('take an offset whose sign nobody has escaped', async () => {
    for (const from of ['2026-11-01T00:00:00+09:00', '2026-11-01T00:00:00 09:00', '2026-11-01T00:00:00%2B09:00']) {
      expect((await world.call('GET', `audit-log?from=${from}`)).status).toBe(200);
    }
    for (const from of [
      '2026-02-30T00:00:00Z',
      '2026-11-01T00:00:00',
      '2026-11-01 00:00:00Z',
      '2026-11-01T00:00:00  09:00',
    ]) {
      expect((await world.call('GET', `audit-log?from=${from}`)).status).toBe(400);
    }
  });

  it.each([
    'limit=1e3',
    'limit=0',
    'limit=-1',
    'limit=5&limit=6',
    'limit=+5',
    'limit=',
    'cursor=0',
    'cursor=1e3',
    'cursor=01',
    'cursor=',
    'cursor=1&cursor=2',
  ])('refuse %s of a list', async (query) => {
    expect(await world.call('GET', `products?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
  });

  it('give no CSV to who does not want it', async () => {
    for (const accept of ['text/csv;q=0', 'text/csv;q=0, */*', 'text/csv; q=0.1, application/json']) {
      const { headers } = await world.call('GET', 'products', { headers: { Accept: accept } });
      expect(headers.get('content-type')).toMatch(/^application\/json/);
    }
  });

  it('find payments by ids as long as T store may give them', async () => {
    const id = 'T'.repeat(128);
    for (const path of [
      `charges?transactionId=${id}`,
      `inquiry?transactionId=${id}`,
      `bulk-payment-jobs?gatewayJobId=${id}`,
    ]) {
      expect((await world.call('GET', path)).status).toBe(200);
      expect((await world.call('GET', `${path}T`)).status).toBe(400);
    }
  });

  it.each([
    ['Host', ['Host: a', 'Host: b'], 'host'],
    ['Authorization', ['Host: a', `Authorization: Bearer ${ADMIN_KEY}`], 'authorization'],
    ['Content-Length', ['Host: a', 'Content-Length: 2', 'Content-Length: 3'], ''],
    ['Content-Length beside Transfer-Encoding', ['Host: a', 'Content-Length: 2', 'Transfer-Encoding: chunked'], ''],
  ])('refuses a request with %s twice', async (_what, headers, name) => {
    const answer = await head(['GET /admin/v1/products HTTP/1.1', ...headers].join('\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain(name);
  });

  /** @param start of a request; its key and its end are added @returns the answer */
  async function head(start: string): Promise<string> {
    const connection = await RawConnection.to({ url: world.service.url });
    const host = start.includes('Host:') ? '' : 'Host: x\r\n';
    connection.send(`${start}\r\n${host}Authorization: Bearer ${ADMIN_KEY}\r\nConnection: close\r\n\r\n`);
    return connection.ended;
  }
});
