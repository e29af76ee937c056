import { Database } from '../../src/platform/database';
import { bearer, startAdminWorld, type AdminAnswer, type AdminWorld } from '../support/admin-world';
import { TOKEN_64 } from '../support/request-files';
import { BOOTSTRAP_KEY } from '../support/service-environment';
import { carrierPrice } from '../support/subscribers';

const HANGUL = '각';
const HANGUL_IN_PIECES = '\u1100\u1161\u11A8';
const HEADER = 'customerReference,storeProductId,billingToken,startedOn';

describe('names, words and amounts over the admin API', () => {
  let world: AdminWorld;

  beforeAll(async () => {
    world = await startAdminWorld();
    const body = { storeProductId: 'tv', name: 'TV', price: carrierPrice(5_500) };
    await world.call('POST', 'products', { body });
  });

  afterAll(() => world.close());

  const subscribe = (customerReference: string): Promise<AdminAnswer> =>
    world.call('POST', 'subscriptions', {
      body: { customerReference, storeProductId: 'tv', billingToken: TOKEN_64, startedOn: '2027-01-05' },
    });

  const importCsv = (...lines: string[]): Promise<AdminAnswer> =>
    world.call('POST', 'subscriptions/import', {
      body: [HEADER, ...lines].join('\n'),
      headers: { 'Content-Type': 'text/csv' },
    });

  const expectationOf = ({ status, body }: AdminAnswer): string => `${status} ${body.faults?.[0]?.expected}`;

  const namesOf = async (asked: string): Promise<string[]> => {
    const { body } = await world.call('GET', `subscriptions?customerReference=${encodeURIComponent(asked)}`);
    return body.items.map((item: { customerReference: string }) => item.customerReference);
  };

  it('make one customer of one name, however its blanks and letters are sent', async () => {
    expect((await subscribe(' D-77 ')).body).toMatchObject({ customerReference: 'D-77' });
    expect(await subscribe('D-77')).toMatchObject({ status: 409, body: { code: 'duplicate-subscription' } });
    expect((await subscribe(HANGUL_IN_PIECES)).body).toMatchObject({ customerReference: HANGUL });
    const again = await importCsv(`D-77 ,tv,${TOKEN_64},2027-01-05`, `${HANGUL_IN_PIECES},tv,${TOKEN_64},2027-01-05`);
    expect(again).toMatchObject({
      status: 400,
      body: { faults: [2, 3].map((line) => ({ line, field: 'customerReference' })) },
    });
    const twice = await importCsv(`E-1,tv,${TOKEN_64},2027-01-05`, ` E-1,tv,${TOKEN_64},2027-01-05`);
    expect(expectationOf(twice)).toContain('line 2 has them too');
    for (const asked of ['D-77', ' D-77', 'D-77\u00A0', '\uFF24-77']) expect(await namesOf(asked)).toEqual(['D-77']);
    expect(await namesOf(HANGUL_IN_PIECES)).toEqual([HANGUL]);
    // Capitals tell customers apart, as they do in most shops.
    expect((await subscribe('d-77')).status).toBe(201);
    expect(await namesOf('D-77')).toEqual(['D-77']);
  });

  it.each([
    ['D-7\u200B7', 'no U+200B ZERO WIDTH SPACE (at position 4)'],
    ['D-77\u00A0', 'no U+00A0 NO-BREAK SPACE (at position 5)'],
    ['D-77\t', 'no U+0009 CHARACTER TABULATION (at position 5)'],
    ['\u202ED-77', 'no U+202E RIGHT-TO-LEFT OVERRIDE (at position 1)'],
    ['..', 'more than dots: an address would lose it'],
    ['   ', '1 to 200 characters, not only blanks'],
  ])('refuse the name %j at each door, and name the character', async (name, expected) => {
    expect(expectationOf(await subscribe(name))).toBe(`400 ${expected}`);
    expect(expectationOf(await importCsv(`"${name}",tv,${TOKEN_64},2027-01-05`))).toBe(`400 ${expected}`);
    const product = { storeProductId: name, name: 'TV', price: carrierPrice(1) };
    expect((await world.call('POST', 'products', { body: product })).status).toBe(400);
    const key = { name, owner: 'kim@example.com', role: 'viewer' };
    expect(
      expectationOf(await world.call('POST', 'api-keys', { body: key, headers: bearer(BOOTSTRAP_KEY) })).replace(
        'to 100',
        'to 200',
      ),
    ).toBe(`400 ${expected}`);
    const upload = await world.call('POST', `bulk-payment-jobs?batchReference=${encodeURIComponent(name)}`, {
      body: 'x',
      headers: { 'Content-Type': 'text/plain' },
    });
    expect(expectationOf(upload).replace('to 100', 'to 200')).toBe(`400 ${expected}`);
  });

  it('find a customer of before, whose name is spelled in another way, and take no second one in', async () => {
    const { id } = (await subscribe('old')).body;
    await world.service.app.get(Database).execute(`ALTER TABLE subscription DISABLE TRIGGER USER;
      UPDATE subscription SET customer_reference = E'ol\\u200Bd\\u00A0' WHERE id = ${id};
      ALTER TABLE subscription ENABLE TRIGGER USER`);
    expect(await namesOf('old')).toEqual(['ol\u200Bd\u00A0']);
    expect(await subscribe('old')).toMatchObject({ status: 409, body: { code: 'duplicate-subscription' } });
    const imported = await importCsv(`old,tv,${TOKEN_64},2027-01-05`);
    expect(imported).toMatchObject({ status: 400, body: { faults: [{ line: 2, field: 'customerReference' }] } });
    // What happens to it later is not held against its name.
    expect((await world.call('POST', `subscriptions/${id}/pause`)).status).toBe(200);
  });

  it.each([' ', '\n\t ', '\u200B', '\u3164', '\u00A0'])('take %j for no reason', async (reason) => {
    for (const path of ['kill-switch', 'line-stops/1/resolve', 'refunds/1/release', 'discrepancies/1/close']) {
      expect(await world.call('POST', path, { body: { reason } })).toMatchObject({
        status: 400,
        body: { faults: [{ field: 'reason' }] },
      });
    }
    const refund = await world.call('POST', 'charges/an-order/refunds', { body: { reason, amount: 1 } });
    expect(refund).toMatchObject({ status: 400, body: { faults: [{ field: 'reason' }] } });
  });

  it('keep reasons in the words they were given in', async () => {
    const reason = '고객 요청:\n\t두 번 결제 👨‍👩‍👧';
    expect((await world.call('POST', 'kill-switch', { body: { reason: `${reason}\r\n` } })).status).toBe(200);
    const { body } = await world.call('GET', 'kill-switch');
    expect(JSON.stringify(body)).toContain(JSON.stringify(reason).slice(1, -1));
    await world.call('DELETE', 'kill-switch', { body: { reason: 'over' } });
  });

  it('show sums of before the limit of amounts, rounded where no number is so large', async () => {
    const database = world.service.app.get(Database);
    await database.execute(
      `INSERT INTO bulk_payment_job (state, origin, content_sha256, merchant_id, line_count, total_amount, created_at,
         request_file_name, request_file_sha256, request_file_bytes, request_file_written_at)
       SELECT 'Created', 'upload', decode('0' || n, 'hex'), 'm', 1, 9007199254740991, $1, n, '\\x01', 1, $1
       FROM generate_series(1, 3) AS n`,
      [world.clock.now()],
    );
    await database.execute(
      `UPDATE bulk_payment_job SET state = 'Processing', submission_started_at = $1, ver_bulk_pay = '1', bid = 'b',
         notification_url = '', priority = '1', submitted_line_count = 1
       WHERE merchant_id = 'm'`,
      [world.clock.now()],
    );
    const { status, body } = await world.call('GET', 'summary');
    expect({ status, requested: body.today?.requested }).toEqual({
      status: 200,
      requested: { count: 3, amount: 3 * Number.MAX_SAFE_INTEGER },
    });
    const day = body.today.from;
    const report = await world.call('GET', `reports/daily?from=${day}&to=${day}`);
    expect(report).toMatchObject({ status: 200, body: { balanced: true, days: [{ balanced: true }] } });
  });

  it.each([10_000_001, Number.MAX_SAFE_INTEGER])('take no charge of %i won', async (amount) => {
    const price = carrierPrice(amount);
    const product = await world.call('POST', 'products', { body: { storeProductId: 'big', name: 'big', price } });
    expect(product).toMatchObject({
      status: 400,
      body: { faults: [{ field: 'price.amount' }, { field: 'price.carrierAmount' }] },
    });
    const body = {
      customerReference: 'big',
      storeProductId: 'tv',
      billingToken: TOKEN_64,
      startedOn: '2027-01-05',
      priceOverride: price,
    };
    expect((await world.call('POST', 'subscriptions', { body })).status).toBe(400);
    const columns = 'amountOverride,carrierAmountOverride,creditCardAmountOverride,tmembershipAmountOverride';
    const imported = await world.call('POST', 'subscriptions/import', {
      body: `${HEADER},${columns}\nbig,tv,${TOKEN_64},2027-01-05,${amount},${amount},0,0`,
      headers: { 'Content-Type': 'text/csv' },
    });
    expect(imported).toMatchObject({ status: 400, body: { faults: [{ line: 2, field: 'amountOverride' }] } });
  });
});
