import { DAY_MS } from '../../../simulator/shared/durations';
import { codeOf, openKakaoPayBench, readOk, type Json, type KakaoPayBench } from './support/kakaopay-bench';

let bench: KakaoPayBench;

beforeAll(async () => {
  bench = await openKakaoPayBench();
});
afterAll(() => bench.close());

const cancel = async (payment: Json, body: Json): Promise<Json> => readOk(await bench.shop.cancel(payment.tid, body));
const refused = async (payment: Json, body: Json): Promise<string> =>
  codeOf(await bench.shop.cancel(payment.tid, body));

const WHOLE = { cancel_amount: 9900, cancel_vat_amount: 900 };

test('all at once is CANCEL_PAYMENT, and a second time forbidden by the state', async () => {
  const payment = await bench.paid();
  const canceled = await cancel(payment, { ...WHOLE, cancel_available_amount: 9900 });
  expect(canceled).toMatchObject({ status: 'CANCEL_PAYMENT', cancel_available_amount: { total: 0, vat: 0 } });
  expect(canceled.aid).not.toBe(payment.aid);
  expect(await refused(payment, WHOLE)).toBe('400 -784');
});

test('parts that make up the whole end as CANCEL_PAYMENT', async () => {
  const payment = await bench.paid();
  const part = { cancel_amount: 3300, cancel_vat_amount: 300 };
  expect(await cancel(payment, part)).toMatchObject({
    status: 'PART_CANCEL_PAYMENT',
    approved_cancel_amount: { total: 3300, vat: 300 },
    canceled_amount: { total: 3300, vat: 300 },
    cancel_available_amount: { total: 6600, vat: 600 },
  });
  expect(await cancel(payment, { cancel_amount: 6600, cancel_vat_amount: 600 })).toMatchObject({
    status: 'CANCEL_PAYMENT',
    approved_cancel_amount: { total: 6600, vat: 600 },
    canceled_amount: payment.amount,
    cancel_available_amount: { total: 0, vat: 0 },
  });
});

test('nothing but the believed balance catches a second part of the same sum', async () => {
  const payment = await bench.paid();
  const part = { cancel_amount: 1100, cancel_vat_amount: 100 };
  await cancel(payment, part);
  expect((await cancel(payment, part)).canceled_amount.total).toBe(2200);
  const believing = { ...part, cancel_available_amount: 7700 };
  expect((await cancel(payment, believing)).canceled_amount.total).toBe(3300);
  expect(await refused(payment, believing)).toBe('400 -710');
  expect(bench.simulator.kakaopay.bookOfOrder(payment.partner_order_id)).toMatchObject([
    { canceledAmount: 3300, cancels: [{ amount: 1100 }, { amount: 1100 }, { amount: 1100 }] },
  ]);
});

test('a part is of the payment’s own split, and the last one takes the rest', async () => {
  // 10,000 free of tax, and 10,010 with a VAT of 910.
  const payment = await bench.paid({ total_amount: 20_010, tax_free_amount: 10_000, vat_amount: 910 });
  expect(await refused(payment, { cancel_amount: 10_001, cancel_tax_free_amount: 10_001 })).toBe('400 -722');
  expect(await refused(payment, { cancel_amount: 10_011, cancel_tax_free_amount: 0 })).toBe('400 -722');
  expect(await refused(payment, { cancel_amount: 1000, cancel_vat_amount: 911 })).toBe('400 -722');
  const third = { cancel_amount: 3337, cancel_tax_free_amount: 0 };
  // Without a VAT an eleventh of what is taxed.
  expect((await cancel(payment, third)).approved_cancel_amount).toMatchObject({ total: 3337, tax_free: 0, vat: 303 });
  await cancel(payment, third);
  const rest = { cancel_amount: 13_336, cancel_tax_free_amount: 10_000 };
  expect(await refused(payment, { ...rest, cancel_vat_amount: 303 })).toBe('400 -722');
  expect((await cancel(payment, { ...rest, cancel_vat_amount: 304 })).status).toBe('CANCEL_PAYMENT');
});

test.each<[string, Json, string]>([
  ['more than was paid', { cancel_amount: 9901 }, '400 -710'],
  ['another balance than is believed', { cancel_amount: 100, cancel_available_amount: 9800 }, '400 -710'],
  ['nothing', { cancel_amount: 0 }, '400 -722'],
  ['no amount', { cancel_amount: undefined }, '400 -2'],
  ['no word on tax', { cancel_amount: 100, cancel_tax_free_amount: undefined }, '400 -2'],
  ['less than nothing', { cancel_amount: -1 }, '400 -2'],
  ['a payload of 201 characters', { cancel_amount: 100, payload: 'p'.repeat(201) }, '400 -2'],
])('%s cancels nothing', async (_what, body, expected) => {
  const payment = await bench.paid();
  expect(await refused(payment, body)).toBe(expected);
  expect(readOk(await bench.shop.order(payment.tid))).toMatchObject({
    status: 'SUCCESS_PAYMENT',
    canceled_amount: { total: 0 },
  });
});

test('what was never paid can’t be cancelled', async () => {
  const { tid } = readOk(await bench.shop.call('ready', bench.order()));
  expect(await refused({ tid }, WHOLE)).toBe('400 -784');
  expect(await refused({ tid: 'T0000000000000000000' }, WHOLE)).toBe('400 -721');
});

test('some payments are cancelled whole or not at all', async () => {
  const deposit = await bench.paid({ green_deposit: 300 });
  const card = await bench.paid({}, { means: 'CARD', card: '6200000000003115' });
  for (const payment of [deposit, card]) {
    expect(await refused(payment, { cancel_amount: 1100 })).toBe('400 -781 INVALID_CANCEL_AMOUNT');
    expect(await cancel(payment, WHOLE)).toMatchObject({ status: 'CANCEL_PAYMENT' });
  }
});

test('a cancellation in the partner console shows in the lookup', async () => {
  const payment = await bench.paid();
  bench.simulator.kakaopay.cancelInConsole(payment.tid, { cancel_amount: 1100 });
  expect(readOk(await bench.shop.order(payment.tid))).toMatchObject({ canceled_amount: { total: 1100, vat: 100 } });
  bench.simulator.kakaopay.cancelInConsole(payment.partner_order_id);
  expect(readOk(await bench.shop.order(payment.tid)).status).toBe('CANCEL_PAYMENT');
  expect(() => bench.simulator.kakaopay.cancelInConsole(payment.tid)).toThrow('-784');
});

test('a card gives back for a year, money for five', async () => {
  const [early, late, money] = [
    await bench.paid({}, { means: 'CARD' }),
    await bench.paid({}, { means: 'CARD' }),
    await bench.paid(),
  ];
  await bench.simulator.control.advance(365 * DAY_MS);
  expect(await cancel(early, WHOLE)).toMatchObject({ status: 'CANCEL_PAYMENT' });
  await bench.simulator.control.advance(1);
  expect(await refused(late, WHOLE)).toBe('400 -781 INVALID_CANCEL_STATUS');
  expect(await cancel(money, WHOLE)).toMatchObject({ status: 'CANCEL_PAYMENT' });
});
