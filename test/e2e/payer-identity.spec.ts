import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { askRefund, bookedRefunds, paidCharges, refundInState } from '../support/refunds';

describe('a lookup whose payer’s key is the billing token', () => {
  let world: BillingWorld;
  let orderNos: string[];

  beforeAll(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: {
        REFUND_RATE_PER_MINUTE: '6000',
        TSTORE_LOOKUPS_PER_MINUTE: '6000',
        TSTORE_AUTH_KEY_IS_BILLING_TOKEN: 'true',
      },
    });
    orderNos = await paidCharges(world, 2, 'p-');
  });

  afterAll(() => world.close());

  const tokenField = (body: JsonBody): JsonBody => body.fields.find(({ field }: JsonBody) => field === 'billingToken');

  it('shows by a hash that it is the payment of the customer who was charged', async () => {
    const { body } = await world.get(`charges/${orderNos[0]}/transaction`);
    expect(tokenField(body)).toMatchObject({ ours: expect.stringMatching(/^[0-9a-f]{8}$/), same: true });
    expect(body).toMatchObject({ agrees: true, found: { billingTokenHash: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    expect(JSON.stringify(body)).not.toMatch(/[0-9A-F]{32}|authKey/);
  });

  it('of another payer is another payment: it is shown so, and nothing of it is given back', async () => {
    const [, orderNo = ''] = orderNos;
    world.simulator.control.armFault({ kind: 'lookup-other-payer', times: 2 });
    const { body } = await world.get(`charges/${orderNo}/transaction`);
    expect([body.agrees, tokenField(body).same]).toEqual([false, false]);
    const { body: refund } = await askRefund(world, orderNo);
    expect(await refundInState(world, refund.id, 'Failed')).toMatchObject({
      result: { resultMessage: expect.stringContaining('another payment than our record: billingToken') },
    });
    expect(await bookedRefunds(world, orderNo)).toEqual([]);
    expect((await world.get(`charges/${orderNo}`)).body.state).toBe('Paid');
  });
});
