import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { send, subscribe } from '../support/subscribers';
import { paidOrder } from '../support/toss-orders';
import { until } from '../support/until';

describe('who paid an order', () => {
  let world: BillingWorld;

  beforeEach(async () => {
    world = await startWorld({ toss: true });
  });

  afterEach(() => world.close());

  const answersOf = async (query: string): Promise<JsonBody[]> => (await world.get(`inquiry?${query}`)).body.items;
  const charged = (orderNo: string, state: string): Promise<JsonBody> =>
    until(`charge ${orderNo} is ${state}`, async () => {
      const { body } = await world.get(`charges/${orderNo}`);
      return body.state === state ? body : undefined;
    });

  it('is found by their name in the charges, the settlement log and the inquiry, as a subscriber is', async () => {
    await subscribe(world, 'nari', '2027-01-05');
    const [{ orderNo }, other] = [
      await paidOrder(world, { customer: 'nari' }),
      await paidOrder(world, { customer: 'minho' }),
    ];
    for (const one of [orderNo, other.orderNo]) await charged(one, 'Paid');

    const { body: charges } = await world.get('charges?customerReference=nari');
    expect(charges.items.map((charge: JsonBody) => [charge.orderNo, charge.customerReference])).toEqual([
      [orderNo, 'nari'],
    ]);
    const { body: log } = await world.get('settlement-log');
    expect(log.items.map((entry: JsonBody) => [entry.orderNo, entry.customerReference])).toEqual([
      [orderNo, 'nari'],
      [other.orderNo, 'minho'],
    ]);
    expect(await answersOf('customerReference=nari')).toMatchObject([
      { verdict: 'charged', ground: 'paid', amountCharged: 15_000, charge: { orderNo, customerReference: 'nari' } },
    ]);
    expect((await world.get('charges?customerReference=nobody')).body.items).toEqual([]);
  });

  it('is told of while it is in doubt, with the call that was made and what may be done', async () => {
    const { toss } = world.simulator;
    toss.armFault({ kind: 'answer-lost', call: 'confirm', times: 5 });
    // The first lookup is that of the return, before anything is confirmed.
    toss.armFault({ kind: 'lookup-absent', skip: 1, times: 1000 });
    const { orderNo } = await paidOrder(world, { customer: 'nari' });
    const payment = await until('it is in doubt', async () => {
      const { body } = await world.get(`direct-payments?state=Unknown`);
      return body.items[0];
    });
    const ofOrder = async (query: string): Promise<JsonBody[]> =>
      (await world.get(`direct-payments?orderNo=${query}`)).body.items;
    expect(await ofOrder(orderNo)).toMatchObject([{ id: payment.id, orderNo }]);
    for (const query of [`${orderNo}&state=Paid`, `${orderNo}&billingRunId=1`, `${orderNo}&cursor=1`, 'NONE-1']) {
      expect([query, await ofOrder(query)]).toEqual([query, []]);
    }
    const [answer] = await answersOf('customerReference=nari');
    expect(answer).toMatchObject({ verdict: 'not-known', ground: 'in-doubt', charge: { orderNo } });
    expect(answer?.because).toContain('nobody knows whether Toss Payments has it');
    const link = `/admin/v1/direct-payments/${payment.id}`;
    expect(answer?.evidence).toContainEqual(expect.objectContaining({ what: 'sent', at: payment.sentAt, link }));
    expect(answer?.actions).toContainEqual({ action: 'look', method: 'POST', href: `${link}/look` });
    expect((await world.get(`inquiry?orderNo=${orderNo}`)).body.items).toHaveLength(1);

    toss.disarmAllFaults();
    expect((await send(world, 'POST', `direct-payments/${payment.id}/look`)).status).toBe(200);
    await charged(orderNo, 'Paid');
    expect((await answersOf(`orderNo=${orderNo}`))[0]).toMatchObject({ verdict: 'charged', ground: 'paid' });
  });
});
