import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECOND_TOSS_MERCHANT } from '../../../simulator';
import { MINUTE_MS, openTossBench, readOk, type Json, type TossBench } from './support/toss-bench';

let bench: TossBench;

beforeEach(async () => {
  bench = await openTossBench();
});
afterEach(() => bench.close());

const FOLDER = join(__dirname, '../toss-client/samples');

function sample(name: string): Json {
  return JSON.parse(readFileSync(join(FOLDER, `toss-${name}.json`), 'utf8')) as Json;
}

/** The shape of a body: its members and theirs, each with the kind of its value. A null may be anything some other time. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}

function without(body: Json, ...names: string[]): Json {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
}

function expectShape(actual: unknown, recorded: unknown): void {
  expect(shapeOf(actual)).toEqual(shapeOf(recorded));
}

test('a card payment has the members of the recorded one, in its order', async () => {
  const payment = await bench.paid();
  const recorded = sample('confirm-done-card');
  expectShape(payment, recorded);
  expect(Object.keys(payment)).toEqual(Object.keys(recorded));
  expect(Object.keys(payment.card)).toEqual(Object.keys(recorded.card));
});

test.each(['kakaopay', 'tosspay'])('a payment by wallet has the members of the recorded one: %s', async (name) => {
  const recorded = sample(`confirm-done-easypay-${name}`);
  const payment = await bench.paid({}, { means: 'easyPay', provider: recorded.easyPay.provider });
  expectShape(payment, recorded);
  expect(payment.easyPay.provider).toBe(recorded.easyPay.provider);
});

test('so has one of the newer version, whose recording had lost two members', async () => {
  const { clientKey, secretKey } = SECOND_TOSS_MERCHANT;
  const returned = await bench.authenticated({ clientKey }, { means: 'easyPay' });
  const payment = readOk(await bench.shop.with(secretKey).confirm(returned));
  expect(payment.version).toBe('2024-06-01');
  expectShape(without(payment, 'mId', 'isPartialCancelable'), sample('confirm-done-easypay-version-2024-06-01'));
});

test('a foreign card’s lookup has the members of the recorded one, older by metadata and secret', async () => {
  const payment = await bench.paid({}, { card: '4200000000001171' });
  const recorded = sample('lookup-done-foreign-card');
  const byKey = readOk(await bench.shop.lookup(payment.paymentKey));
  expectShape({ ...without(byKey, 'metadata'), secret: null }, recorded);
  expect(byKey).toMatchObject({
    isPartialCancelable: false,
    card: { cardType: '미확인', ownerType: '미확인', issuerCode: '4V' },
  });
  expect(readOk(await bench.shop.get(`/v1/payments/orders/${payment.orderId}`))).toEqual(byKey);
});

test('a server-made payment has the members of the recorded one', async () => {
  const made = readOk(await bench.shop.post('/v1/payments', bench.order({ amount: 17_500 })));
  const recorded = sample('created-ready');
  expectShape(made, recorded);
  expect(made).toMatchObject({ status: 'READY', suppliedAmount: 15_909, vat: 1591 });
  expect((await bench.shop.get(made.checkout.url.slice(bench.simulator.baseUrl.length))).body.toString()).toContain(
    '17,500',
  );
});

test('an expired payment has the members of the recorded one', async () => {
  const wanted = bench.order();
  bench.simulator.toss.openPayment(wanted);
  await bench.simulator.control.advance(30 * MINUTE_MS);
  const expired = readOk(await bench.shop.get(`/v1/payments/orders/${String(wanted.orderId)}`));
  const recorded = sample('expired');
  expectShape(expired, recorded);
  expect(Object.keys(expired)).toEqual(Object.keys(recorded));
  expect(expired.failure.code).toBe(recorded.failure.code);
});

test('a status message has the members of the recorded one, which lacked the card and the secret', async () => {
  await bench.paid();
  await bench.simulator.toss.deliverWebhooks();
  const [message = {}] = bench.messages();
  const recorded = sample('webhook-payment-status-changed-done');
  expectShape({ ...message, data: without(message.data, 'card', 'secret') }, recorded);
  expect(message.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}$/);
});

test('settlements have the members of the recorded ones, and a cancellation their signs', async () => {
  const payment = await bench.paid();
  await bench.shop.cancel(payment.paymentKey, {});
  const [sale, cancel] = readOk(
    await bench.shop.get(`/v1/settlements?startDate=2000-01-01&endDate=2100-01-01`),
  ) as unknown as [Json, Json];
  expectShape(
    { ...sale, card: without(sale.card) },
    {
      ...sample('settlement-card-5-months')[0],
      card: { ...sample('settlement-card-5-months')[0].card, interestPayer: null },
    },
  );
  const [recorded] = sample('settlement-cancel-row') as unknown as [Json];
  expectShape(cancel, { ...recorded, card: { ...recorded.card, interestPayer: null } });
  for (const member of ['amount', 'fee', 'supplyAmount', 'vat', 'payOutAmount']) {
    expect(`${member} ${Math.sign(cancel[member])}`).toBe(`${member} ${Math.sign(recorded[member])}`);
    expect(cancel[member]).toBe(-sale[member]);
  }
  expect(sale.supplyAmount + sale.vat).toBe(sale.fee);
  expect(sale.payOutAmount).toBe(sale.amount - sale.fee);
});

test('recorded errors are answered with the recorded status', async () => {
  for (const { status, body } of sample('confirm-errors') as Json[]) {
    const answer = await bench.shop.confirm({}, { 'TossPayments-Test-Code': body.code });
    expect({ status: answer.status, shape: shapeOf(JSON.parse(answer.body.toString())) }).toEqual({
      status,
      shape: shapeOf(body),
    });
  }
});

test('amounts are split as all recorded ones', async () => {
  const split: number[][] = [
    [100, 91, 9],
    [9026, 8205, 821],
    [10_000, 9091, 909],
    [17_500, 15_909, 1591],
    [30_000, 27_273, 2727],
    [37_400, 34_000, 3400],
    [50_000, 45_455, 4545],
    [163_020, 148_200, 14_820],
  ];
  for (const [amount, supplied, vat] of split) {
    const payment = await bench.paid({ amount: { currency: 'KRW', value: amount } });
    expect([payment.totalAmount, payment.suppliedAmount, payment.vat]).toEqual([amount, supplied, vat]);
  }
  const payment = await bench.paid({ amount: { currency: 'KRW', value: 177_136 } });
  const left = readOk(await bench.shop.cancel(payment.paymentKey, { cancelAmount: 10_000 }));
  expect([left.suppliedAmount, left.vat]).toEqual([151_942, 15_194]);
});
