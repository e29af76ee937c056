import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { TOKEN_96 } from '../support/request-files';
import {
  OTHER_PRODUCT,
  PRODUCT,
  billOn,
  carrierPrice,
  chargesOf,
  historyOf,
  moveTo,
  planOn,
  send,
  sendOn,
  settleAll,
  subscribe,
  subscriptionRow,
} from '../support/subscribers';

/** The rules of docs/billing-rules.md, each by its example. */
describe('changes in the middle of a subscription’s life', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    // A charge stays in flight until the test has the notification delivered.
    world = await startWorld({ simulator: { declineRate: 0, notificationDelayMs: 3_600_000 } });
  });

  afterAll(() => world.close());

  const change = (id: string, body: object) => send(world, 'PATCH', `subscriptions/${id}`, body);
  const pause = (id: string) => send(world, 'POST', `subscriptions/${id}/pause`);
  const resume = (id: string) => send(world, 'POST', `subscriptions/${id}/resume`);
  const cancel = (id: string, when: string) => send(world, 'POST', `subscriptions/${id}/cancel`, { when });

  function decline(id: string, date: string): void {
    world.simulator.control.follow({ declineOrderNos: [`B${date.replaceAll('-', '')}-${id}-1`] });
  }

  it('a price change counts from the next period; a charge on its way keeps the old price', async () => {
    const id = await subscribe(world, 'price', '2027-01-05');
    await planOn(world, '2027-01-05');
    const product = await productOf(PRODUCT.storeProductId);
    expect((await send(world, 'PATCH', `products/${product.id}`, { price: carrierPrice(6_600) })).status).toBe(200);
    await settleAll(world);
    expect(await chargesOf(world, id)).toEqual(['2027-01-05 5500']);
    await billOn(world, '2027-02-05');
    expect(await chargesOf(world, id)).toEqual(['2027-01-05 5500', '2027-02-05 6600']);
    await send(world, 'PATCH', `products/${product.id}`, { price: carrierPrice(5_500) });
    await cancel(id, 'now');
  });

  it('an own price counts from the next period, and is gone from the next one after it is taken away', async () => {
    const id = await subscribe(world, 'own', '2027-02-06');
    await billOn(world, '2027-02-06');
    expect((await change(id, { priceOverride: carrierPrice(1_100) })).body).toMatchObject({
      price: { amount: 1_100 },
      priceOverridden: true,
    });
    await billOn(world, '2027-03-06');
    expect((await change(id, { priceOverride: null })).body).toMatchObject({ price: { amount: 5_500 } });
    await billOn(world, '2027-04-06');
    expect(await chargesOf(world, id)).toEqual(['2027-02-06 5500', '2027-03-06 1100', '2027-04-06 5500']);
    await cancel(id, 'now');
  });

  it('an own price outlives a change of the product’s price', async () => {
    const own = await subscribe(world, 'own-stays', '2027-04-07', { priceOverride: carrierPrice(1_100) });
    const product = await productOf(PRODUCT.storeProductId);
    await send(world, 'PATCH', `products/${product.id}`, { price: carrierPrice(9_900) });
    await billOn(world, '2027-04-07');
    expect(await chargesOf(world, own)).toEqual(['2027-04-07 1100']);
    await send(world, 'PATCH', `products/${product.id}`, { price: carrierPrice(5_500) });
    await cancel(own, 'now');
  });

  it('another product counts from the next period, at its own price, on the same anchor', async () => {
    const id = await subscribe(world, 'product', '2027-04-30', { priceOverride: carrierPrice(1_000), anchorDay: 31 });
    await planOn(world, '2027-04-30');
    const changed = await change(id, { storeProductId: OTHER_PRODUCT.storeProductId });
    expect(changed.body).toMatchObject({
      product: { storeProductId: OTHER_PRODUCT.storeProductId },
      priceOverridden: false,
    });
    await settleAll(world);
    await billOn(world, '2027-05-31');
    expect(await chargesOf(world, id)).toEqual(['2027-04-30 1000', '2027-05-31 7900']);
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Active',
      next: '2027-06-30',
      paidThrough: '2027-06-30',
    });
    await cancel(id, 'now');
  });

  it('billing dates in a pause are not billed, neither then nor afterwards', async () => {
    const id = await subscribe(world, 'pause', '2027-06-30', { anchorDay: 30 });
    await billOn(world, '2027-06-30');
    expect((await pause(id)).body).toMatchObject({ state: 'Paused', paidThroughOn: '2027-07-30' });
    await billOn(world, '2027-07-30');
    await billOn(world, '2027-08-30');
    moveTo(world, '2027-09-10');
    expect((await resume(id)).body).toMatchObject({
      state: 'Active',
      nextBillingOn: '2027-09-30',
      paidThroughOn: '2027-07-30',
    });
    await billOn(world, '2027-09-29');
    expect(await chargesOf(world, id)).toEqual(['2027-06-30 5500']);
    await billOn(world, '2027-09-30');
    expect(await chargesOf(world, id)).toEqual(['2027-06-30 5500', '2027-09-30 5500']);
    await cancel(id, 'now');
  });

  it('a pause without a billing date in it changes nothing', async () => {
    const id = await subscribe(world, 'short', '2027-10-01');
    await billOn(world, '2027-10-01');
    await pause(id);
    moveTo(world, '2027-11-01');
    expect((await resume(id)).body).toMatchObject({ state: 'Active', nextBillingOn: '2027-11-01' });
    expect(await historyOf(world, id)).toEqual([
      ' > Active: subscribed',
      'Active > Paused: paused',
      'Paused > Active: resumed',
    ]);
    await cancel(id, 'now');
  });

  it('a charge on its way when it is paused still counts, and resuming waits for its result', async () => {
    const id = await subscribe(world, 'flight', '2027-11-02');
    await sendOn(world, '2027-11-02');
    await pause(id);
    expect(await resume(id)).toMatchObject({ status: 409, body: { code: 'charge-in-flight', retryable: true } });
    await settleAll(world);
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Paused',
      next: '2027-12-02',
      paidThrough: '2027-12-02',
    });
    expect((await resume(id)).body).toMatchObject({ state: 'Active', nextBillingOn: '2027-12-02' });
    await cancel(id, 'now');
  });

  it('a period declined in a pause is not tried again; it goes on with the next one', async () => {
    const id = await subscribe(world, 'declined', '2027-11-03');
    decline(id, '2027-11-03');
    await sendOn(world, '2027-11-03');
    await pause(id);
    await settleAll(world);
    expect(await subscriptionRow(world, id)).toMatchObject({ state: 'Paused', next: '2027-11-03' });
    expect((await resume(id)).body).toMatchObject({ state: 'Active', nextBillingOn: '2027-12-03' });
    await billOn(world, '2027-12-03');
    expect(await chargesOf(world, id)).toEqual(['2027-11-03 5500', '2027-12-03 5500']);
    await cancel(id, 'now');
  });

  it('a charge on its way when it is canceled still counts when it is paid, and nothing more is billed', async () => {
    const id = await subscribe(world, 'cancel-paid', '2027-12-04');
    await sendOn(world, '2027-12-04');
    expect((await cancel(id, 'now')).body).toMatchObject({ state: 'Canceled' });
    await settleAll(world);
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Canceled',
      next: '2028-01-04',
      paidThrough: '2028-01-04',
    });
    await billOn(world, '2028-01-04');
    expect(await chargesOf(world, id)).toEqual(['2027-12-04 5500']);
  });

  it('a charge on its way when it is canceled makes nothing past due when it is declined', async () => {
    const id = await subscribe(world, 'cancel-declined', '2028-01-05');
    decline(id, '2028-01-05');
    await sendOn(world, '2028-01-05');
    await cancel(id, 'now');
    await settleAll(world);
    expect(await subscriptionRow(world, id)).toEqual({ state: 'Canceled', next: '2028-01-05', paidThrough: null });
    expect(await historyOf(world, id)).toEqual([' > Active: subscribed', 'Active > Canceled: canceled']);
  });

  it('a cancellation at the period’s end lets the paid period run out, and can be taken back until then', async () => {
    const id = await subscribe(world, 'period-end', '2028-01-31');
    await sendOn(world, '2028-01-31');
    expect((await cancel(id, 'period-end')).body).toMatchObject({ state: 'Active', cancelAtPeriodEnd: true });
    await settleAll(world);
    await billOn(world, '2028-02-28');
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Active',
      next: '2028-02-29',
      paidThrough: '2028-02-29',
    });
    expect((await change(id, { cancelAtPeriodEnd: false })).body).toMatchObject({ cancelAtPeriodEnd: false });
    await cancel(id, 'period-end');
    await billOn(world, '2028-02-29');
    expect(await chargesOf(world, id)).toEqual(['2028-01-31 5500']);
    expect((await subscriptionRow(world, id)).state).toBe('Canceled');
    expect((await change(id, { cancelAtPeriodEnd: false })).status).toBe(409);
  });

  it('a cancellation at the period’s end waits for the result that decides which period that is', async () => {
    const id = await subscribe(world, 'undecided', '2028-03-01');
    await sendOn(world, '2028-03-01');
    await cancel(id, 'period-end');
    await planOn(world, '2028-03-02');
    expect((await subscriptionRow(world, id)).state).toBe('Active');
    await settleAll(world);
    await planOn(world, '2028-03-03');
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Active',
      next: '2028-04-01',
      paidThrough: '2028-04-01',
    });
    await planOn(world, '2028-04-01');
    expect((await subscriptionRow(world, id)).state).toBe('Canceled');
  });

  it('a new billing token is charged from the next charge on', async () => {
    const id = await subscribe(world, 'token', '2028-04-02');
    await planOn(world, '2028-04-02');
    const replaced = await send(world, 'PUT', `subscriptions/${id}/billing-token`, { billingToken: TOKEN_96 });
    expect(replaced.status).toBe(200);
    await settleAll(world);
    await billOn(world, '2028-05-02');
    const tokens = await tokensOf(id);
    expect(tokens[1]).toBe(replaced.body.billingTokenHashPrefix);
    expect(tokens[0]).not.toBe(tokens[1]);
    await cancel(id, 'now');
  });

  it('an inactive product is not billed until it is active again', async () => {
    const id = await subscribe(world, 'inactive', '2028-05-03');
    const product = await productOf(PRODUCT.storeProductId);
    await send(world, 'PATCH', `products/${product.id}`, { active: false });
    await billOn(world, '2028-05-03');
    expect(await chargesOf(world, id)).toEqual([]);
    await send(world, 'PATCH', `products/${product.id}`, { active: true });
    await billOn(world, '2028-05-04');
    expect(await chargesOf(world, id)).toEqual(['2028-05-03 5500']);
  });

  async function productOf(storeProductId: string): Promise<{ id: string }> {
    const { body } = await world.get('products');
    return body.items.find((item: { storeProductId: string }) => item.storeProductId === storeProductId);
  }

  async function tokensOf(id: string): Promise<string[]> {
    const rows = await world.service.app
      .get(Database)
      .rows<{ prefix: string }>(
        `SELECT left(encode(billing_token_hash, 'hex'), 12) AS prefix FROM charge WHERE subscription_id = $1 ORDER BY id`,
        [id],
      );
    return rows.map((row) => row.prefix);
  }
});
