import { ChargeSettlement } from '../../src/charge';
import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { PAST_ALL_WAITING_SECONDS, askRefund, loggedRefunds, runRefunds } from '../support/refunds';
import { send } from '../support/subscribers';
import { TossBook } from '../support/toss-book';

const SECRET = 'test_sk_OfTheSettings';

describe('money given back by Toss Payments', () => {
  const toss = new TossBook();
  let world: BillingWorld;
  let paid = 0;

  beforeAll(async () => {
    const TOSS_API_BASE_URL = await toss.listen();
    const keys = { TOSS_SECRET_KEY: SECRET, TOSS_CLIENT_KEY: 'test_ck_OfTheSettings' };
    const pace = { REFUND_RATE_PER_MINUTE: '6000', TSTORE_LOOKUPS_PER_MINUTE: '6000' };
    world = await startWorld({ environment: { TOSS_API_BASE_URL, ...keys, ...pace, ROLE: 'admin,listener' } });
  });

  afterAll(async () => {
    await world.close();
    await toss.close();
  });

  /** A payment in both books. @returns its order number, and Toss's key of it */
  async function payment(amount = 15_000): Promise<{ orderNo: string; paymentKey: string }> {
    paid += 1;
    const orderNo = `toss-${paid}`;
    const paymentKey = `tshop${paid}`;
    toss.pay(paymentKey, orderNo, amount);
    const database = world.service.app.get(Database);
    const at = world.clock.now();
    await database.execute(
      `INSERT INTO charge (gateway, gateway_account, order_no, store_product_id, product_name, amount, tax_free_amount,
         created_at)
       VALUES ('toss', 'toss', $1, 'web-1', '문구', $2, 0, $3)`,
      [orderNo, amount, at],
    );
    const sql = `SELECT id AS charge_id, subscription_id, period_start_on, 'paid' AS kind, amount, gateway,
        $2::text AS transaction_id, 'DONE' AS result_code, 'paid' AS result_message, bulk_payment_job_id,
        NULL::integer AS result_line_number, NULL::bigint AS discrepancy_id, NULL::bigint AS refund_id
      FROM charge WHERE order_no = $1`;
    await database.transaction((session) =>
      world.service.app.get(ChargeSettlement).settle(session, { sql, parameters: [orderNo, paymentKey] }, at),
    );
    return { orderNo, paymentKey };
  }

  const refund = async (orderNo: string, amount?: number): Promise<string> => {
    const { status, body } = await askRefund(world, orderNo, amount);
    expect([status, body]).toEqual([202, expect.objectContaining({ state: 'Requested' })]);
    await runRefunds(world.service);
    return body.id;
  };
  const later = async (): Promise<void> => {
    world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
    await runRefunds(world.service);
  };
  const inState = async (id: string, state: string): Promise<JsonBody> => {
    const { body } = await world.get(`refunds/${id}`);
    expect(body).toMatchObject({ state });
    return body;
  };
  const balanceOf = (paymentKey: string): number | undefined => toss.payments.get(paymentKey)?.balanceAmount;
  const outsideOf = async (orderNo: string): Promise<JsonBody[]> =>
    (await world.get('outside-refunds')).body.items.filter((one: JsonBody) => one.orderNo === orderNo);

  it('is by the account that the settings make, whose secret is nowhere', async () => {
    const { body } = await world.get('gateway-accounts/toss');
    expect(body).toMatchObject({
      ...{ gateway: 'toss', label: 'Toss Payments', environment: 'simulator', fromSettings: true, problem: null },
    });
    expect(JSON.stringify(body)).not.toContain(SECRET);
  });

  it('is looked up, and compared to the won, the order and the currency', async () => {
    const { orderNo, paymentKey } = await payment();
    expect((await world.get(`charges/${orderNo}`)).body.actions).toEqual(['look-up', 'refund']);
    const { body } = await world.get(`charges/${orderNo}/transaction`);
    expect(body).toMatchObject({
      ...{ agrees: true, answer: 'found' },
      found: { transactionId: paymentKey, standing: 'paid', balance: 15_000, orderNo },
    });
  });

  it('is given back in parts, and whole when nothing is left, whatever the status says', async () => {
    const { orderNo, paymentKey } = await payment();
    await inState(await refund(orderNo, 4_000), 'Refunded');
    expect(balanceOf(paymentKey)).toBe(11_000);
    const rest = await inState(await refund(orderNo), 'Refunded');
    expect(rest).toMatchObject({ amount: 11_000, result: { refundTransactionId: `txrd_${paymentKey}_2` } });
    expect(toss.payments.get(paymentKey)).toMatchObject({ status: 'PARTIAL_CANCELED', balanceAmount: 0 });
    expect((await world.get(`charges/${orderNo}`)).body).toMatchObject({ state: 'Refunded', refundedAmount: 15_000 });
    expect(await loggedRefunds(world, orderNo)).toEqual(['partially-refunded 4000', 'refunded 11000']);
    expect(new Set(toss.keys.slice(-2)).size).toBe(2);
    expect(await outsideOf(orderNo)).toEqual([]);
  });

  it('is found out when the answer is lost, by what Toss lists under its note', async () => {
    const { orderNo, paymentKey } = await payment();
    toss.next = 'lost';
    const id = await refund(orderNo, 4_000);
    await inState(id, 'Unknown');
    await later();
    const found = await inState(id, 'Refunded');
    const result = { resultCode: 'by-lookup', refundTransactionId: `txrd_${paymentKey}_1` };
    expect(found).toMatchObject({ result });
    expect(balanceOf(paymentKey)).toBe(11_000);
  });

  it('is not taken for made when the answer is lost and somebody else gives back as much', async () => {
    const { orderNo, paymentKey } = await payment();
    toss.next = 'not done and lost';
    const id = await refund(orderNo, 4_000);
    toss.cancel(paymentKey, 4_000, 'by hand');
    await later();
    expect((await world.get(`refunds/${id}`)).body).toMatchObject({ state: 'Unknown' });
    expect(await loggedRefunds(world, orderNo)).toEqual([]);
    expect(balanceOf(paymentKey)).toBe(11_000);
  });

  it('ends as not made when the answer is lost and nothing has changed through the whole window', async () => {
    const { orderNo, paymentKey } = await payment();
    toss.next = 'not done and lost';
    const id = await refund(orderNo, 4_000);
    await later();
    await inState(id, 'Failed');
    expect(balanceOf(paymentKey)).toBe(15_000);
    await inState(await refund(orderNo, 4_000), 'Refunded');
    expect(new Set(toss.keys.slice(-2)).size).toBe(2);
  });

  it('waits where Toss says not now, and goes out under another key', async () => {
    const { orderNo, paymentKey } = await payment();
    toss.next = 'no';
    toss.refusal = { status: 403, code: 'FORBIDDEN_CONSECUTIVE_REQUEST' };
    const id = await refund(orderNo, 4_000);
    expect((await world.get(`refunds/${id}`)).body).toMatchObject({ state: 'Requested' });
    await later();
    await inState(id, 'Refunded');
    expect(balanceOf(paymentKey)).toBe(11_000);
    expect(new Set(toss.keys.slice(-2)).size).toBe(2);
  });

  it('is found out where Toss says not now and has done it, and is not suspected of anybody else', async () => {
    const { orderNo, paymentKey } = await payment();
    toss.next = 'done, and no';
    toss.refusal = { status: 429, code: 'FORBIDDEN_CONSECUTIVE_REQUEST' };
    const id = await refund(orderNo);
    await later();
    const found = await inState(id, 'Refunded');
    expect(found).toMatchObject({ result: { refundTransactionId: `txrd_${paymentKey}_1` } });
    expect((await world.get(`charges/${orderNo}`)).body).toMatchObject({ state: 'Refunded', refundedAmount: 15_000 });
    expect(await outsideOf(orderNo)).toEqual([]);
  });

  it('fails by Toss’s word where it says no', async () => {
    const { orderNo } = await payment();
    toss.next = 'no';
    toss.refusal = { status: 400, code: 'REFUND_REJECTED' };
    const failed = await inState(await refund(orderNo), 'Failed');
    expect(failed).toMatchObject({ result: { resultCode: 'REFUND_REJECTED', resultMessage: 'no' } });
    const [entry] = failed.history.slice(-1);
    expect(entry).toMatchObject({ cause: 'refused by the gateway' });
  });

  it('is suspected where the merchant cancels in Toss’s own console, also after a part that was ours', async () => {
    const { orderNo, paymentKey } = await payment();
    await inState(await refund(orderNo, 4_000), 'Refunded');
    toss.cancel(paymentKey, 1_000, 'by hand');
    const failed = await inState(await refund(orderNo, 2_000), 'Failed');
    expect(failed.result.resultCode).toBe('not-sent');
    expect(balanceOf(paymentKey)).toBe(10_000);
    expect(await outsideOf(orderNo)).toMatchObject([{ state: 'Suspected' }]);
  });

  it('is recorded as no more than Toss has given back, by however many at once', async () => {
    const { orderNo, paymentKey } = await payment();
    toss.cancel(paymentKey, 2_000, 'by hand');
    await world.get(`charges/${orderNo}/transaction`);
    const record = (amount: number): Promise<JsonAnswer> =>
      send(world, 'POST', 'outside-refunds', { orderNo, amount, reason: 'in the console' });
    expect(await record(2_001)).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    toss.cancel(paymentKey, 1_000, 'by hand, too');
    world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
    await world.get(`charges/${orderNo}/transaction`);
    const answers = await Promise.all([record(3_000), record(2_000), record(3_000), record(2_000)]);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const given = 15_000 - (balanceOf(paymentKey) ?? 0);
    expect((await world.get(`charges/${orderNo}`)).body.refundedAmount).toBeLessThanOrEqual(given);
  });
});
