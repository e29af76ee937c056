import { parse } from 'csv-parse/sync';
import { readXlsx } from 'hucre';
import { ChargeSettlement } from '../../src/charge';
import { Gateways } from '../../src/gateways';
import { seoulDateAt } from '../../src/kernel/seoul-calendar';
import { won } from '../../src/kernel/won';
import { LineStopRepository } from '../../src/line-stop';
import { Database } from '../../src/platform/database';
import { refundStopSql } from '../../src/refund/refund-stop.sql';
import { RefundRecorder } from '../../src/refund/refund-recorder';
import { ADMIN_ACTOR, ADMIN_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { openStop } from '../support/doubt';
import { lineChecked } from '../support/line-checks';
import { askRefund, refundInState, runRefunds } from '../support/refunds';
import { requestFile } from '../support/request-files';
import { billOn, chargesOf, moveTo, send, subscribe, subscriptionRow } from '../support/subscribers';

const PAID_ON = '2027-01-05';

/** Every gateway has ports by now; this one stands for the next, whose charges are there before its room is. */
function withoutPorts({ service }: BillingWorld, gateway: string): void {
  const gateways = service.app.get(Gateways, { strict: false });
  const { ports } = gateways as unknown as { ports: object };
  Object.defineProperty(gateways, 'ports', { value: { ...ports, [gateway]: {} } });
}

/** What is asked of PortOne in one call, as the room that asks will store it. */
interface OwnCharge {
  orderNo: string;
  amount: number;
  subscriptionId?: string;
  periodStartOn?: string;
}

describe('a charge of a gateway that takes payments one by one', () => {
  let world: BillingWorld;
  let database: Database;
  let nari: string;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 } });
    withoutPorts(world, 'portone');
    database = world.service.app.get(Database);
    await database.execute(
      `INSERT INTO gateway_account (id, gateway, label, environment, purpose, identifiers, created_at, updated_at)
       VALUES ('portone-web', 'portone', 'PortOne, web shop', 'simulator', 'any', '{}', $1, $1)`,
      [world.clock.now()],
    );
    nari = await subscribe(world, 'nari', PAID_ON);
    await subscribe(world, 'of-tstore', PAID_ON);
    moveTo(world, PAID_ON);
    await world.settled((await world.upload(requestFile(1, 'file-'))).body.id);
    await made({ orderNo: 'portone-monthly', amount: 5_500, subscriptionId: nari, periodStartOn: PAID_ON });
    await settled('portone-monthly', 'paid', 'pay-monthly');
    await made({ orderNo: 'portone-once', amount: 9_900 });
    await settled('portone-once', 'paid', 'pay-once');
    await refunded('portone-once', 'pay-once', 900);
    await made({ orderNo: 'portone-declined', amount: 3_300 });
    await settled('portone-declined', 'declined', 'pay-declined');
    await made({ orderNo: 'portone-open', amount: 1_100 });
  });

  afterAll(() => world.close());

  async function made({ orderNo, amount, subscriptionId, periodStartOn }: OwnCharge): Promise<void> {
    await database.execute(
      `INSERT INTO charge (gateway, gateway_account, order_no, subscription_id, period_start_on, attempt, store_product_id,
         product_name, amount, tax_free_amount, created_at)
       VALUES ('portone', 'portone-web', $1, $2, $3, $4, 'web-1', '정기 구독', $5, 100, $6)`,
      [orderNo, subscriptionId ?? null, periodStartOn ?? null, subscriptionId ? 1 : null, amount, world.clock.now()],
    );
  }

  /** By the one door of all gateways. */
  function settled(orderNo: string, kind: 'paid' | 'declined', transactionId: string): Promise<number> {
    const sql = `SELECT id AS charge_id, subscription_id, period_start_on, $2::text AS kind, amount, gateway,
        $3::text AS transaction_id, 'DONE' AS result_code, 'as told by PortOne' AS result_message, bulk_payment_job_id,
        NULL::integer AS result_line_number, NULL::bigint AS discrepancy_id, NULL::bigint AS refund_id
      FROM charge WHERE order_no = $1`;
    const settlement = world.service.app.get(ChargeSettlement);
    const outcomes = { sql, parameters: [orderNo, kind, transactionId] };
    return database.transaction((session) => settlement.settle(session, outcomes, world.clock.now()));
  }

  async function refunded(orderNo: string, transactionId: string, amount: number): Promise<void> {
    const { id: chargeId } = (await world.get(`charges/${orderNo}`)).body;
    const by = { requestedBy: ADMIN_ACTOR, requestedByOwner: ADMIN_ACTOR };
    const of = { chargeId, gateway: 'portone', gatewayAccount: 'portone-web', transactionId } as const;
    const refund = { ...of, ...by, amount: won(amount), reason: 'a part was missing' };
    const result = { resultMessage: 'given back', refundTransactionId: null };
    const recorder = world.service.app.get(RefundRecorder);
    await database.transaction((session) => recorder.recordOutside(session, refund, result));
  }

  const orderNosOf = ({ body }: { body: JsonBody }): string[] => body.items.map(({ orderNo }: JsonBody) => orderNo);

  async function fileOf(path: string, format: 'csv' | 'xlsx'): Promise<Buffer> {
    const separator = path.includes('?') ? '&' : '?';
    const response = await fetch(`${world.service.url}/admin/v1/${path}${separator}format=${format}`, {
      headers: { Authorization: `Bearer ${ADMIN_KEY}` },
    });
    expect([path, response.status]).toEqual([path, 200]);
    return Buffer.from(await response.arrayBuffer());
  }

  it('is among the charges, in each state by its own list, and as a file', async () => {
    expect(orderNosOf(await world.get('charges'))).toEqual([
      ...['portone-open', 'portone-declined', 'portone-once', 'portone-monthly'],
      'file-0',
    ]);
    expect(orderNosOf(await world.get('charges?state=Pending'))).toEqual(['portone-open']);
    expect(orderNosOf(await world.get('charges?state=Paid'))).toEqual(['portone-monthly', 'file-0']);
    expect(orderNosOf(await world.get('charges?state=Declined'))).toEqual(['portone-declined']);
    expect(orderNosOf(await world.get('charges?state=PartiallyRefunded'))).toEqual(['portone-once']);
    expect(orderNosOf(await world.get('charges?transactionId=pay-once'))).toEqual(['portone-once']);
    const rows: Record<string, string>[] = parse(await fileOf('charges', 'csv'), { columns: true, bom: true });
    const row = rows.find(({ orderNo }) => orderNo === 'portone-monthly');
    expect(row).toMatchObject({ gateway: 'portone', amount: '5500', bulkPaymentJobId: '', carrierAmount: '' });
    const book = await readXlsx(await fileOf('charges', 'xlsx'));
    expect(book.sheets[0]?.rows.flat()).toContain('portone-monthly');
  });

  it('is listed as pending between those of T store, page by page', async () => {
    await send(world, 'POST', 'kill-switch', { reason: 'nothing is sent meanwhile' });
    const { body: job } = await world.upload(requestFile(2, 'waits-'));
    await made({ orderNo: 'portone-newest', amount: 1_200 });
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: JsonBody = await world.get(`charges?state=Pending&limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...orderNosOf({ body }));
      cursor = body.nextCursor ?? null;
    }
    expect(seen).toEqual(['portone-newest', 'waits-1', 'waits-0', 'portone-open']);
    await send(world, 'DELETE', 'kill-switch', { reason: 'go on' });
    await world.settled(job.id);
  });

  it('is shown without a job, a line or parts, and with its own links', async () => {
    const { body } = await world.get('charges/portone-monthly');
    expect(body).toMatchObject({
      ...{ gateway: 'portone', gatewayAccount: 'portone-web', state: 'Paid', amount: 5_500, taxFreeAmount: 100 },
      ...{ bulkPaymentJobId: null, lineNumber: null, resultLineNumber: null, customerReference: 'nari' },
      ...{ carrierAmount: null, creditCardAmount: null, tmembershipAmount: null },
    });
    expect(Object.keys(body.links)).not.toEqual(expect.arrayContaining(['job']));
    expect(body.links).not.toHaveProperty('requestFile');
  });

  it('answers the question whether its customer was charged, in its gateway’s name', async () => {
    const [answer] = (await world.get('inquiry?customerReference=nari')).body.items;
    expect(answer).toMatchObject({
      verdict: 'charged',
      amountCharged: 5_500,
      because: 'PortOne collected 5,500 won as pay-monthly',
    });
    expect(answer.evidence.map(({ what }: JsonBody) => what)).toEqual(['requested', 'settled']);
    const [part] = (await world.get('inquiry?orderNo=portone-once')).body.items;
    expect(part).toMatchObject({ verdict: 'partly-refunded', amountCharged: 9_000 });
    const [open] = (await world.get('inquiry?orderNo=portone-open')).body.items;
    expect(open).toMatchObject({ verdict: 'not-charged', because: 'nothing of it was sent to PortOne' });
  });

  it('extends what it paid for', async () => {
    expect(await subscriptionRow(world, nari)).toMatchObject({ state: 'Active', next: '2027-02-05' });
  });

  it('is an entry of the settlement log, as are its refunds; and to be delivered, where it was bought once', async () => {
    const { items } = (await world.get('settlement-log?limit=100')).body;
    const own = items.filter(({ gateway }: JsonBody) => gateway === 'portone');
    expect(own.map(({ orderNo, kind, amount }: JsonBody) => `${orderNo} ${kind} ${amount}`)).toEqual([
      'portone-monthly paid 5500',
      'portone-once paid 9900',
      'portone-once partially-refunded 900',
      'portone-declined declined 3300',
    ]);
    expect(own[0]).toMatchObject({ bulkPaymentJobId: null, transactionId: 'pay-monthly', customerReference: 'nari' });
    const rows: Record<string, string>[] = parse(await fileOf('settlement-log?after=0', 'csv'), {
      ...{ columns: true, bom: true },
    });
    expect(rows.filter(({ gateway }) => gateway === 'portone').map(({ orderNo }) => orderNo)).toEqual([
      ...['portone-monthly', 'portone-once', 'portone-once', 'portone-declined'],
    ]);
    expect(orderNosOf(await world.get('deliveries'))).toContain('portone-once');
  });

  it('counts in the day, its total and the summary, which add up', async () => {
    const today = seoulDateAt(world.clock.now());
    const { days, balanced, total } = (await world.get(`reports/daily?from=${today}&to=${today}`)).body;
    const { items } = (await world.get('charges?limit=100')).body;
    const sum = (of: (charge: JsonBody) => boolean) => {
      const found = items.filter(of);
      return { count: found.length, amount: found.reduce((all: number, { amount }: JsonBody) => all + amount, 0) };
    };
    expect(balanced).toBe(true);
    expect(days).toHaveLength(1);
    expect(total).toMatchObject({
      requested: sum(() => true),
      paid: sum(({ settledAt, state }) => settledAt !== null && state !== 'Declined'),
      declined: { count: 1, amount: 3_300 },
      awaited: sum(({ state }) => state === 'Pending'),
      refunded: { count: 1, amount: 900 },
    });
    const summary = (await world.get('summary')).body;
    for (const kind of ['requested', 'paid', 'declined', 'awaited', 'refunded']) {
      expect([kind, summary.today[kind]]).toEqual([kind, total[kind]]);
    }
  });

  it('counts in the month, beside what T store collects by its methods', async () => {
    const { items, total } = (await world.get('reports/monthly?month=2027-01')).body;
    const row = items.find(({ storeProductId }: JsonBody) => storeProductId === 'web-1');
    expect(row).toMatchObject({
      collected: { count: 2, amount: 15_400, carrierAmount: 0, otherAmount: 15_400 },
      declined: { count: 1, amount: 3_300 },
      refunded: { count: 1, amount: 900, otherAmount: 900, undividedAmount: 0 },
      netAmount: 14_500,
    });
    const { amount, ...parts } = total.collected;
    expect(parts.carrierAmount + parts.creditCardAmount + parts.tmembershipAmount + parts.otherAmount).toBe(amount);
  });

  it('is in the list of refunds, and its refund leads to it', async () => {
    const [refund] = (await world.get('refunds')).body.items;
    expect(refund).toMatchObject({ orderNo: 'portone-once', amount: 900, state: 'Refunded' });
    expect((await world.get('charges/portone-once/refunds')).body.items).toEqual([refund]);
    expect(orderNosOf(await world.get('charges?state=PartiallyRefunded'))).toEqual(['portone-once']);
  });

  it('is nothing the line checks stop at, though one of T store’s may not have a transaction when it is declined', async () => {
    await lineChecked(world);
    expect((await world.get('line-stops')).body.items).toEqual([]);
  });

  it('is neither looked up nor refunded while its gateway has no way to do that, and offers neither', async () => {
    const { body: shown } = await world.get('charges/portone-monthly');
    expect(shown).toMatchObject({ state: 'Paid', actions: [] });
    expect(shown.links).not.toHaveProperty('transaction');
    expect((await world.get('charges/file-0')).body.actions).toEqual(['look-up', 'refund']);
    const refused = { status: 409, body: { code: 'gateway-cannot' } };
    const said = 'portone-monthly is of portone, which has no way to refund payments here yet';
    expect(await askRefund(world, 'portone-monthly', 500)).toMatchObject({ ...refused, body: { detail: said } });
    expect(await world.get('charges/portone-monthly/transaction')).toMatchObject(refused);
    expect((await world.get('charges/portone-monthly')).body).toMatchObject({ state: 'Paid', pendingRefundAmount: 0 });
    expect((await world.get('charges/portone-monthly/refunds')).body.items).toEqual([]);
    const fileRefund = await askRefund(world, 'file-0', 100);
    await runRefunds(world.service);
    await refundInState(world, fileRefund.body.id, 'Refunded');
  });

  it('is found by its gateway and by its account, in every list', async () => {
    const both = async (list: string, filter: string): Promise<JsonBody[]> =>
      (await world.get(`${list}?limit=100&${filter}`)).body.items;
    for (const list of ['charges', 'settlement-log', 'refunds', 'deliveries']) {
      const all = await both(list, '');
      for (const [filter, gateways] of [
        ['gateway=portone', ['portone']],
        ['gateway=tstore', ['tstore']],
        ['gatewayAccount=portone-web', ['portone']],
        ['gateway=portone&gatewayAccount=tstore', []],
      ] as const) {
        const found = await both(list, filter);
        expect([list, filter, [...new Set(found.map(({ gateway }) => gateway))]]).toEqual([list, filter, gateways]);
        if (gateways[0] === undefined) continue;
        expect(found).toHaveLength(all.filter(({ gateway }) => gateway === gateways[0]).length);
      }
    }
    const pending = await both('charges', 'gateway=portone&state=Pending');
    expect(pending.map(({ orderNo }) => orderNo)).toEqual(['portone-newest', 'portone-open']);
    expect(await both('bulk-payment-jobs', 'gateway=portone')).toEqual([]);
    expect(await both('bulk-payment-jobs', 'gateway=tstore&gatewayAccount=tstore')).not.toEqual([]);
    expect(await world.get('charges?gateway=paypal')).toMatchObject({
      status: 400,
      body: { faults: [{ field: 'gateway', expected: 'one of tstore, toss, kakaopay, portone' }] },
    });
  });

  it('is of an account that serves', async () => {
    expect((await world.get('gateway-accounts/portone-web')).body).toMatchObject({ enabled: true, problem: null });
  });

  it('shares a transaction id with one of another gateway, and with none of its own', async () => {
    const { transactionId } = (await world.get('charges/file-0')).body;
    await made({ orderNo: 'portone-same', amount: 700 });
    await settled('portone-same', 'paid', transactionId);
    expect(orderNosOf(await world.get(`charges?transactionId=${transactionId}`))).toEqual(['portone-same', 'file-0']);
    await refunded('portone-same', transactionId, 700);
    expect((await world.get('charges/portone-same')).body).toMatchObject({ state: 'Refunded' });
    expect((await world.get('charges/file-0')).body).toMatchObject({ state: 'PartiallyRefunded', refundedAmount: 100 });
    await made({ orderNo: 'portone-again', amount: 700 });
    await expect(settled('portone-again', 'paid', transactionId)).rejects.toThrow('settlement_transaction_once');
  });

  it('leaves the next month to T store as it is, and a decline of it to nobody who sends files', async () => {
    await billOn(world, '2027-02-05');
    expect(await chargesOf(world, nari)).toEqual(['2027-01-05 5500', '2027-02-05 5500']);
    await made({ orderNo: 'portone-march', amount: 5_500, subscriptionId: nari, periodStartOn: '2027-03-05' });
    moveTo(world, '2027-03-05');
    await settled('portone-march', 'declined', 'pay-march');
    expect(await subscriptionRow(world, nari)).toMatchObject({ state: 'PastDue' });
    for (const day of ['05', '08', '15', '25']) await billOn(world, `2027-03-${day}`);
    expect(await chargesOf(world, nari)).toHaveLength(3);
    const { status, body } = await send(world, 'POST', 'charges/portone-march/rebill', { reason: 'asked to' });
    expect([status, body.code, body.detail]).toEqual([
      ...[
        409,
        'state-conflict',
        'Order portone-march can’t be billed again: only what T store collects is billed again in a file',
      ],
    ]);
  });

  it('stops the line where more was given back than was paid, and keeps its refunds back, though there is nothing else to park', async () => {
    await database.execute(
      `INSERT INTO settlement (position, charge_id, kind, amount, gateway, transaction_id, result_code, result_message,
         refund_id, settled_at)
       SELECT nextval('settlement_position'), charge_id, 'refunded', amount, gateway, transaction_id, 'by-hand', '', 4711, $1
       FROM settlement WHERE transaction_id = 'pay-once' AND kind = 'paid'`,
      [world.clock.now()],
    );
    const stop = await openStop(world, 'refunded-too-much');
    expect(stop).toMatchObject({ state: 'Open', jobId: null, subscriptionId: null });
    expect(stop.violation).toContain('portone-once');
    const stops = world.service.app.get(LineStopRepository);
    const { id } = (await world.get('charges/portone-once')).body;
    await expect(
      database.transaction((session) => stops.assertNoStop(session, refundStopSql('$1'), [id])),
    ).rejects.toThrow(stop.violation);
  });

  it.each([
    ['one of T store’s without a job', `'tstore', NULL, NULL, 0`, 'charge_of_a_file'],
    ['one of another with a job', `'portone', 1, 2, 0`, 'charge_of_a_file'],
    ['one of nobody’s', `'paypal', NULL, NULL, 0`, 'charge_gateway_known'],
    ['more tax-free than it is', `'portone', NULL, NULL, 501`, 'charge_tax_free_within_amount'],
    ['one whose account nobody stated', `'portone', NULL, NULL, 0`, 'tstore is no account of portone'],
  ])('is refused by PostgreSQL as %s', async (_, columns, constraint) => {
    await expect(
      database.execute(
        `INSERT INTO charge (gateway, bulk_payment_job_id, line_number, tax_free_amount, order_no, store_product_id,
           product_name, amount, created_at) VALUES (${columns}, 'odd', 'p', 'p', 500, $1)`,
        [world.clock.now()],
      ),
    ).rejects.toThrow(constraint);
  });

  it.each([
    ['another gateway’s', `'kakaopay', NULL, NULL`, 'portone-open', /charge \d+ is not one of kakaopay/],
    ['T store’s, by a decision', `'tstore', 1, 1`, 'portone-open', /charge \d+ is not one of tstore/],
  ])('is settled as %s by nobody', async (_, columns, orderNo, said) => {
    await expect(
      database.execute(
        `INSERT INTO settlement (gateway, bulk_payment_job_id, discrepancy_id, position, charge_id, kind, amount, result_code,
           result_message, settled_at)
         SELECT ${columns}, nextval('settlement_position'), id, 'declined', amount, 'X', '', $2
         FROM charge WHERE order_no LIKE $1 || '%' ORDER BY id LIMIT 1`,
        [orderNo, world.clock.now()],
      ),
    ).rejects.toThrow(said);
  });

  it.each([
    [
      'bulk_payment_job',
      `UPDATE bulk_payment_job SET gateway_account = 'portone-web'`,
      'bulk_payment_job_gateway_account',
    ],
    ['refund', `UPDATE refund SET gateway_account = 'tstore' WHERE gateway = 'portone'`, 'refund_gateway_account'],
  ])('is of an account of its gateway, as each %s is', async (_, sql, constraint) => {
    await expect(database.execute(sql)).rejects.toThrow(constraint);
  });

  it('comes of a product whose price has no parts of T store’s, as one of T store’s has all', async () => {
    const sold = (id: string, account: string, parts: string) =>
      database.rows<{ id: string }>(
        `INSERT INTO product (store_product_id, name, amount, carrier_amount, credit_card_amount, tmembership_amount,
           gateway_account, created_at) VALUES ('${id}', 'Monthly', 5500, ${parts}, '${account}', $1) RETURNING id`,
        [world.clock.now()],
      );
    await expect(sold('odd', 'portone-web', '5500, 0, 0')).rejects.toThrow(/T store's parts/);
    await expect(sold('odd', 'tstore', 'NULL, NULL, NULL')).rejects.toThrow(/T store's parts/);
    await expect(sold('odd', 'portone-web', '5500, NULL, NULL')).rejects.toThrow('product_parts_whole');
    const [product] = await sold('web-1', 'portone-web', 'NULL, NULL, NULL');
    const price = { amount: 5_500, carrierAmount: null, creditCardAmount: null, tmembershipAmount: null };
    expect((await world.get(`products/${product!.id}`)).body).toMatchObject({ gatewayAccount: 'portone-web', price });
    const id = await subscribe(world, 'of-web', PAID_ON, { storeProductId: 'web-1' });
    expect((await world.get(`subscriptions/${id}`)).body).toMatchObject({ price });
  });
});
