import { Client } from 'pg';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { askRefund, refundInState } from '../support/refunds';
import { paidOrder } from '../support/toss-orders';
import { until } from '../support/until';

/** What went over the wire for money, over HTTP from both ends. */
describe('evidence of calls to Toss', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ toss: true });
  });

  afterEach(() => world.simulator.toss.disarmAllFaults());
  afterAll(() => world.close());

  const exchanges = async (orderNo: string): Promise<JsonBody[]> =>
    (await world.get(`gateway-exchanges?orderNo=${orderNo}`)).body.items;

  it('is there of the confirmation, the refund and what was looked up for it; linked from charge, refund and inquiry', async () => {
    const { orderNo } = await paidOrder(world);
    const { id } = (await askRefund(world, orderNo, 4_000)).body;
    const refund = await refundInState(world, id, 'Refunded');
    const charge = (await world.get(`charges/${orderNo}`)).body;
    const kept = (await world.get(charge.links.exchanges.replace('/admin/v1/', ''))).body.items;
    expect(kept).toMatchObject([
      { operation: 'refund', outcome: 'success', httpStatus: 200, gatewayAccount: 'toss' },
      { operation: 'look-up', outcome: 'success' },
      { operation: 'confirm', outcome: 'success', httpStatus: 200, resultCode: null },
      // Of the return, before anything is confirmed.
      { operation: 'look-up', outcome: 'success' },
    ]);
    const ofRefund = (await world.get(refund.links.exchanges.replace('/admin/v1/', ''))).body.items;
    expect(ofRefund).toMatchObject([{ operation: 'refund', id: kept[0].id }]);
    const [answer] = (await world.get(`inquiry?orderNo=${orderNo}`)).body.items;
    const told = answer.evidence.filter(({ what }: JsonBody) => what.endsWith(' called'));
    expect(told).toMatchObject([
      { what: 'look-up called' },
      { what: 'confirm called', says: 'HTTP 200: success' },
      { what: 'look-up called' },
      { what: 'refund called', link: `/admin/v1/gateway-exchanges/${kept[0].id}/wire` },
    ]);
  });

  it('is shown as it went over the wire, secrets masked, and who looked stands in the audit log', async () => {
    const { orderNo } = await paidOrder(world);
    const [{ id }] = (await exchanges(orderNo)) as [JsonBody];
    const { body } = await world.get(`gateway-exchanges/${id}/wire`);
    expect(body.request).toMatchObject({ method: 'POST', path: '/v1/payments/confirm' });
    expect(JSON.parse(body.request.body)).toMatchObject({ orderId: orderNo, amount: 15_000 });
    const answer = JSON.parse(body.answer.body);
    expect(answer).toMatchObject({ orderId: orderNo, status: 'DONE', totalAmount: 15_000, secret: '***' });
    expect(answer.card.number).toBe('***');
    expect(JSON.stringify(body)).not.toMatch(/test_g?sk_|Basic /);
    const [entry] = (await world.get(`audit-log?resourceId=${id}`)).body.items;
    expect(entry).toMatchObject({ resource: 'gateway-exchanges', before: null, outcome: { status: 200, after: null } });
    expect((await world.get('gateway-exchanges/999999/wire')).body.code).toBe('exchange-not-found');
  });

  it('tells of a lost answer, and of the sending under the same key after it', async () => {
    world.simulator.toss.armFault({ kind: 'call-cut', call: 'confirm' });
    const { orderNo } = await paidOrder(world);
    await until('it is paid', async () => {
      world.clock.advanceSeconds(20);
      return (await world.get(`charges/${orderNo}`)).body.state === 'Paid' || undefined;
    });
    const sendings = (await exchanges(orderNo)).filter(({ operation }) => operation === 'confirm').reverse();
    expect(sendings).toMatchObject([
      { outcome: 'unknown', httpStatus: null },
      { outcome: 'success', httpStatus: 200 },
    ]);
    expect(sendings[0]?.idempotencyKeyHash).toBe(sendings[1]?.idempotencyKeyHash);
    expect((await world.get(`gateway-exchanges/${sendings[0]?.id}/wire`)).body.answer).toBeNull();
  });

  it('tells of a decline by Toss’s own code, and of the look that it was held against', async () => {
    const { orderNo } = await paidOrder(world, { declinedWith: 'REJECT_CARD_PAYMENT' });
    expect(await exchanges(orderNo)).toMatchObject([
      { operation: 'look-up', outcome: 'success' },
      { outcome: 'declined', resultCode: 'REJECT_CARD_PAYMENT' },
      { operation: 'look-up', outcome: 'success' },
    ]);
  });

  it('lies sealed in the database', async () => {
    const client = new Client({ connectionString: world.database.url });
    await client.connect();
    const { rows } = await client.query<{ text: string }>(
      `SELECT encode(ciphertext, 'escape') AS text FROM gateway_exchange`,
    );
    await client.end();
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.filter(({ text }) => /orderId|paymentKey|v1\/payments/.test(text))).toEqual([]);
  });
});
