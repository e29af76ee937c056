import { ADMIN_KEY, startWorld, type BillingWorld, type JsonAnswer } from '../support/billing-world';
import { paymentIn, registerCard } from '../support/payment-methods';
import { carrierPrice, moveTo, planOn, send } from '../support/subscribers';

const DAY = '2027-01-05';
const NO_TSTORE = { TSTORE_CLIENT_ID: '', TSTORE_CLIENT_SECRET: '', TSTORE_BID: '', TSTORE_MID: '' };
const BOX = { storeProductId: 'flower-box', name: '꽃 구독', gatewayAccount: 'toss' };
const TOKEN = 'A'.repeat(64);

describe('a merchant without T store', () => {
  let world: BillingWorld;
  let product: string;
  let method: string;

  beforeAll(async () => {
    world = await startWorld({ toss: true, environment: NO_TSTORE });
    moveTo(world, '2027-01-02');
    product = (await send(world, 'POST', 'products', { ...BOX, price: { amount: 12_000 } })).body.id;
    method = (await registerCard(world, 'nari')).method.id;
  });

  afterAll(() => world.close());

  const subscribe = (customerReference: string, terms: object): Promise<JsonAnswer> =>
    send(world, 'POST', 'subscriptions', { customerReference, storeProductId: 'flower-box', startedOn: DAY, ...terms });
  const faultsOf = ({ status, body }: JsonAnswer): unknown => [
    status,
    body.faults?.map(({ field }: { field: string }) => field),
  ];

  it('sells what its gateway collects as one amount', async () => {
    const { body } = await world.get(`products/${product}`);
    const price = { amount: 12_000, carrierAmount: null, creditCardAmount: null, tmembershipAmount: null };
    expect(body).toMatchObject({ ...BOX, price });
    const split = await send(world, 'POST', 'products', { ...BOX, storeProductId: 'x', price: carrierPrice(1_000) });
    expect(faultsOf(split)).toEqual([400, ['price.carrierAmount']]);
    const whole = await send(world, 'POST', 'products', {
      ...BOX,
      storeProductId: 'x',
      gatewayAccount: 'tstore',
      price: { amount: 1 },
    });
    expect(faultsOf(whole)).toEqual([400, ['price.carrierAmount']]);
    const changed = await send(world, 'PATCH', `products/${product}`, { price: carrierPrice(1_000) });
    expect(faultsOf(changed)).toEqual([400, ['price.carrierAmount']]);
    const moved = await send(world, 'PATCH', `products/${product}`, { gatewayAccount: 'tstore' });
    expect(faultsOf(moved)).toEqual([400, ['gatewayAccount']]);
  });

  it('has it paid by no billing token, and no other customer’s method', async () => {
    expect(faultsOf(await subscribe('nari', { billingToken: TOKEN }))).toEqual([400, ['billingToken']]);
    expect(faultsOf(await subscribe('duri', { paymentMethodId: method }))).toEqual([400, ['paymentMethodId']]);
    const rows = `customerReference,storeProductId,billingToken,startedOn\nnari,flower-box,${TOKEN},${DAY}\n`;
    const imported = await fetch(`${world.service.url}/admin/v1/subscriptions/import`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'text/csv', 'Idempotency-Key': 'import-1' },
      body: rows,
    });
    expect([imported.status, ((await imported.json()) as { faults?: unknown[] }).faults]).toEqual([
      400,
      [expect.objectContaining({ line: 2, field: 'storeProductId' })],
    ]);
  });

  it('bills it every month, for the customer’s own price where there is one', async () => {
    const own = await subscribe('nari', { paymentMethodId: method, priceOverride: carrierPrice(9_000) });
    expect(faultsOf(own)).toEqual([400, ['priceOverride.carrierAmount']]);
    const { status, body } = await subscribe('nari', { paymentMethodId: method, priceOverride: { amount: 9_000 } });
    expect([status, body.price]).toEqual([201, expect.objectContaining({ amount: 9_000, carrierAmount: null })]);
    await planOn(world, DAY);
    expect(await paymentIn(world, `B20270105-${body.id}-1`, 'Paid')).toMatchObject({ amount: 9_000 });
    const plain = await send(world, 'PATCH', `subscriptions/${body.id}`, { priceOverride: null });
    expect(plain.status).toBe(200);
    await planOn(world, '2027-02-05');
    expect(await paymentIn(world, `B20270205-${body.id}-1`, 'Paid')).toMatchObject({ amount: 12_000 });
    expect(world.simulator.toss.bookTotals()).toMatchObject({ approvedCount: 2, approvedAmount: 21_000 });
  });
});
