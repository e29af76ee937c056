import {
  SECOND_PERSONS_KEY,
  startWorld,
  type BillingWorld,
  type JsonAnswer,
  type JsonBody,
} from '../support/billing-world';
import {
  agreed,
  carrierPrice,
  keyOf,
  moveTo,
  planOn,
  send,
  settleAll,
  subscribe,
  subscriptionRow,
} from '../support/subscribers';
import { REQUEST_HEADER, TOKEN_64 } from '../support/request-files';

const REASON = { reason: 'looked at it' };
const YACHT = { storeProductId: 'yacht', name: 'Yacht', price: carrierPrice(9_000_000) };

describe('a single charge that is far too dear', () => {
  let world: BillingWorld;

  beforeEach(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { UPLOAD_CONFIRM_FACTOR: '3' } });
  });

  afterEach(() => world.close());

  const open = (date: string): Promise<JsonAnswer> => {
    moveTo(world, date);
    return send(world, 'POST', 'billing-runs', { date });
  };
  const dryRun = async (date: string): Promise<JsonBody> =>
    (await send(world, 'POST', 'billing-runs/dry-run', { date })).body;
  const waiting = async (kind: string): Promise<JsonBody> =>
    (await world.get(`approvals?kind=${kind}&state=Waiting`)).body.items[0];
  const sent = (): number => world.simulator.control.jobs().length;

  it('holds the billing run that has it, though one person may set any price, until another one has agreed', async () => {
    await send(world, 'POST', 'products', YACHT);
    const id = await subscribe(world, 'one', '2027-01-05', { storeProductId: 'yacht' });
    await subscribe(world, 'usual', '2027-01-05');
    const because =
      'a charge of 9,000,000 won for product yacht: it costs 9,000,000 won, and fewer than 5 payments of it are known; ' +
      'up to 100,000 won go without a second person';
    moveTo(world, '2027-01-05');
    expect(await dryRun('2027-01-05')).toMatchObject({ confirmationReason: because });
    expect((await open('2027-01-05')).body).toMatchObject({
      state: 'AwaitingConfirmation',
      confirmationReason: because,
    });
    const asked = await waiting('billing-run');
    const own = await send(world, 'POST', `approvals/${asked.id}/approve`, REASON);
    expect(own).toMatchObject({ status: 409, body: { code: 'second-person-required' } });
    expect(sent()).toBe(0);
    expect((await agreed(world, { status: 202, body: asked })).status).toBe(200);
    await settleAll(world);
    expect(await subscriptionRow(world, id)).toMatchObject({ next: '2027-02-05' });
    // What a second person let go is no surprise any more, to runs and uploads alike.
    expect(await dryRun('2027-02-05')).toMatchObject({ confirmationReason: null });
    const row = `skpcorp,${TOKEN_64},yacht,Yacht,own-1,9000000,9000000,0,0`;
    expect((await world.upload([REQUEST_HEADER, row].join('\n'))).body.heldBy).toBeNull();
  });

  it('holds it too where a price was changed, or is a customer’s own', async () => {
    const id = await subscribe(world, 'one', '2027-01-05');
    await open('2027-01-05');
    await settleAll(world);
    const [product] = (await world.get('products')).body.items.filter(
      ({ storeProductId }: JsonBody) => storeProductId === '0910024116',
    );
    const changed = await send(world, 'PATCH', `products/${product.id}`, { price: carrierPrice(100_001) });
    expect(changed.status).toBe(200);
    expect((await dryRun('2027-02-05')).confirmationReason).toContain('a charge of 100,001 won for product 0910024116');
    await send(world, 'PATCH', `products/${product.id}`, { price: carrierPrice(100_000) });
    expect((await dryRun('2027-02-05')).confirmationReason).toBeNull();
    await send(world, 'PATCH', `subscriptions/${id}`, { priceOverride: carrierPrice(9_000_000) });
    expect((await open('2027-02-05')).body.confirmationReason).toContain('a charge of 9,000,000 won');
  });

  it('holds a run by what its product was really paid for, times the factor of uploads, below that sum too', async () => {
    for (const customer of ['one', 'two', 'three', 'four', 'five']) await subscribe(world, customer, '2027-01-05');
    await open('2027-01-05');
    await settleAll(world);
    const { items } = (await world.get('products')).body;
    const product = items.find(({ storeProductId }: JsonBody) => storeProductId === '0910024116');
    await send(world, 'PATCH', `products/${product.id}`, { price: carrierPrice(16_500) });
    expect((await dryRun('2027-02-05')).confirmationReason).toBeNull();
    await send(world, 'PATCH', `products/${product.id}`, { price: carrierPrice(99_000) });
    const because =
      'a charge of 99,000 won for product 0910024116: it costs 99,000 won, and 5,500 won is the most that 5 payments of it ' +
      'were for; up to 16,500 won go without a second person';
    expect((await dryRun('2027-02-05')).confirmationReason).toBe(because);
    expect((await open('2027-02-05')).body).toMatchObject({
      state: 'AwaitingConfirmation',
      confirmationReason: because,
    });
    expect(sent()).toBe(1);
  });

  it('is not let go by who set its price, though the service itself has planned the run', async () => {
    const headers = { Authorization: `Bearer ${await keyOf(world, 'manager@shop.example', 'manager')}` };
    expect((await send(world, 'POST', 'products', YACHT, headers)).status).toBe(201);
    await subscribe(world, 'one', '2027-01-05', { storeProductId: 'yacht' });
    await planOn(world, '2027-01-05');
    const asked = await waiting('billing-run');
    world.clock.advanceSeconds(60);
    const { items } = (await world.get('products')).body;
    const yacht = items.find(({ storeProductId }: JsonBody) => storeProductId === 'yacht');
    await send(world, 'PATCH', `products/${yacht.id}`, { price: carrierPrice(9_000_001) });
    const refused = await send(world, 'POST', `approvals/${asked.id}/approve`, REASON, headers);
    expect(refused).toMatchObject({ status: 409, body: { code: 'second-person-required' } });
    expect(refused.body.detail).toContain('set the price of product yacht');
    expect(await waiting('billing-run')).toMatchObject({ id: asked.id, state: 'Waiting' });
    expect((await agreed(world, { status: 202, body: asked })).status).toBe(200);
  });

  it('is not let go by who set a customer’s own price', async () => {
    const headers = { Authorization: `Bearer ${await keyOf(world, 'manager@shop.example', 'manager')}` };
    const id = await subscribe(world, 'one', '2027-01-05');
    const own = await send(world, 'PATCH', `subscriptions/${id}`, { priceOverride: carrierPrice(9_000_000) }, headers);
    expect(own.status).toBe(200);
    await planOn(world, '2027-01-05');
    const asked = await waiting('billing-run');
    // What is planned keeps its price, and whoever set it stays who set it.
    world.clock.advanceSeconds(60);
    await send(world, 'PATCH', `subscriptions/${id}`, { priceOverride: null }, headers);
    const refused = await send(world, 'POST', `approvals/${asked.id}/approve`, REASON, headers);
    expect(refused).toMatchObject({ status: 409, body: { code: 'second-person-required' } });
    expect(refused.body.detail).toContain(`set the own price of subscription ${id}`);
    expect((await agreed(world, { status: 202, body: asked })).status).toBe(200);
  });

  it('is not sent by billing a held run’s job again, neither while the run waits nor once its opener took it back', async () => {
    const manager = { Authorization: `Bearer ${await keyOf(world, 'manager@shop.example', 'manager')}` };
    await send(world, 'POST', 'products', YACHT, manager);
    const id = await subscribe(world, 'one', '2027-01-05', { storeProductId: 'yacht' });
    const { body: run } = await open('2027-01-05');
    const [job] = (await world.get(`billing-runs/${run.id}`)).body.jobs;
    await send(world, 'POST', `bulk-payment-jobs/${job.id}/cancel`, REASON);
    const { body: again } = await send(world, 'POST', `bulk-payment-jobs/${job.id}/rebill`, REASON);
    expect(again).toMatchObject({ state: 'Created', heldBy: `billing run ${run.id} awaits confirmation` });
    expect(await waiting('job-rebill')).toBeUndefined();
    await send(world, 'POST', `approvals/${(await waiting('billing-run')).id}/withdraw`, REASON);
    expect((await world.get(`billing-runs/${run.id}`)).body.state).toBe('Rejected');
    const { body: third } = await send(world, 'POST', `bulk-payment-jobs/${again.id}/rebill`, REASON);
    const asked = await waiting('job-rebill');
    expect(asked).toMatchObject({ subjectId: third.id, count: 1, amount: 9_000_000, request: REASON });
    expect(third.heldBy).toBe(`rebill awaits a second person: ${asked.because}`);
    expect(asked.summary).toBe(`Send job ${third.id}, which bills job ${again.id} again: 1 charge, 9,000,000 won`);
    // Rejected, that job has failed unsent, and is asked for anew.
    const headers = { Authorization: `Bearer ${SECOND_PERSONS_KEY}` };
    await send(world, 'POST', `approvals/${asked.id}/reject`, REASON, headers);
    expect((await world.get(`bulk-payment-jobs/${third.id}`)).body).toMatchObject({
      state: 'Failed',
      submission: null,
    });
    await send(world, 'POST', `bulk-payment-jobs/${third.id}/rebill`, REASON);
    expect(sent()).toBe(0);
    const last = await waiting('job-rebill');
    expect(await send(world, 'POST', `approvals/${last.id}/approve`, REASON, manager)).toMatchObject({
      status: 409,
      body: { code: 'second-person-required', detail: expect.stringContaining('set the price of product yacht') },
    });
    expect((await agreed(world, { status: 202, body: last })).status).toBe(200);
    await settleAll(world);
    expect(await subscriptionRow(world, id)).toMatchObject({ next: '2027-02-05' });
    expect(sent()).toBe(1);
  });

  it('finds who set the price of one that a hundred dearer ones stand before', async () => {
    const manager = { Authorization: `Bearer ${await keyOf(world, 'manager@shop.example', 'manager')}` };
    await send(world, 'POST', 'products', YACHT, manager);
    await subscribe(world, 'of the yacht', '2027-01-05', { storeProductId: 'yacht' });
    for (let number = 1; number <= 100; number += 1) {
      const storeProductId = `dearer-${number}`;
      await send(world, 'POST', 'products', { storeProductId, name: 'Dearer', price: carrierPrice(9_500_000) });
      await subscribe(world, `customer-${number}`, '2027-01-05', { storeProductId });
    }
    expect((await open('2027-01-05')).body).toMatchObject({ state: 'AwaitingConfirmation' });
    const asked = await waiting('billing-run');
    expect(await send(world, 'POST', `approvals/${asked.id}/approve`, REASON, manager)).toMatchObject({
      status: 409,
      body: { code: 'second-person-required', detail: expect.stringContaining('set the price of product yacht') },
    });
    expect(sent()).toBe(0);
  });
});
