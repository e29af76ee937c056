import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openKakaoPayBench, read, readOk, type Json, type KakaoPayBench } from './support/kakaopay-bench';

let bench: KakaoPayBench;

beforeAll(async () => {
  bench = await openKakaoPayBench();
});
afterAll(() => bench.close());

const FOLDER = join(__dirname, '../kakaopay-client/samples');

function sample(name: string): Json {
  return JSON.parse(readFileSync(join(FOLDER, `kakaopay-${name}.json`), 'utf8')) as Json;
}

/** The shape of a body: its members and theirs, each with the kind of its value. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}

function without(body: Json, ...names: string[]): Json {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

test('ready of the legacy generation has the members of the recorded one', async () => {
  const ready = readOk(await bench.legacy.call('ready', bench.order()));
  const recorded = sample('ready-legacy');
  expect(shapeOf(ready)).toEqual(shapeOf(recorded));
  for (const member of ['aInfo', 'mInfo', 'info']) {
    const addresses = [ready, recorded].map((one) =>
      Object.values(one).filter((text) => String(text).endsWith(`/${member}`)),
    );
    expect(addresses.map(({ length }) => length)).toEqual([1, 1]);
  }
  expect(ready.android_app_scheme.split('?')[0]).toBe(recorded.android_app_scheme.split('?')[0]);
  expect(ready.created_at).toMatch(TIME);
});

test('a payment by money has the members of the recorded one', async () => {
  const recorded = sample('approve-money');
  const { total, vat } = recorded.amount;
  const paid = await bench.paid({ total_amount: total, vat_amount: vat, quantity: 10, item_name: recorded.item_name });
  expect(shapeOf(paid)).toEqual(shapeOf(recorded));
  expect(paid).toMatchObject({
    amount: recorded.amount,
    quantity: 10,
    item_name: '인형',
    payment_method_type: 'MONEY',
  });
  expect([paid.created_at, paid.approved_at]).toEqual([expect.stringMatching(TIME), expect.stringMatching(TIME)]);
});

test('a payment by card has the members of the printed one, and the values of its card', async () => {
  const recorded = sample('approve-card');
  const paid = await bench.paid({ total_amount: 2200, vat_amount: 200 }, { means: 'CARD' });
  expect(shapeOf(paid)).toEqual(shapeOf(recorded));
  expect(paid.card_info).toEqual(recorded.card_info);
});

test('a lookup of what is paid has the members of the recorded one, whose rows were not kept', async () => {
  const { tid } = await bench.paid();
  const recorded = sample('order-success-money');
  for (const shop of [bench.shop, bench.legacy]) {
    const order = readOk(await shop.order(tid));
    expect(shapeOf(without(order, 'payment_action_details'))).toEqual(shapeOf(recorded));
    expect(order.cancel_available_amount).toEqual(order.amount);
  }
});

test('a part cancel has the members and the sums of the recorded one', async () => {
  const recorded = sample('cancel-partial-money');
  const { tid } = await bench.paid({ total_amount: 396_700, vat_amount: 0 });
  const canceled = readOk(
    await bench.shop.cancel(tid, { cancel_amount: 10_000, cancel_vat_amount: 0, payload: recorded.payload }),
  );
  expect(shapeOf(canceled)).toEqual(shapeOf(recorded));
  for (const member of Object.keys(recorded).filter((name) => name.endsWith('amount') || name === 'status')) {
    expect([member, canceled[member]]).toEqual([member, recorded[member]]);
  }
});

test('a refused approval is the printed one', async () => {
  const approval = await bench.authenticated();
  bench.simulator.kakaopay.declineApprovals({ code: 'USER_LOCKED', orderId: approval.partner_order_id });
  const answer = await bench.shop.call('approve', approval);
  expect([answer.status, read(answer)]).toEqual([400, sample('error-approve-refused')]);
});

test('an approval that comes too early is the recorded one', async () => {
  const order = bench.order();
  const { tid } = readOk(await bench.legacy.call('ready', order));
  const answer = await bench.legacy.call('approve', { ...order, tid, pg_token: 'too-early' });
  expect([answer.status, read(answer)]).toEqual([400, sample('error-approve-too-early-legacy')]);
});

test('ids are a letter and 19 more, hex or decimal, as all recorded ones', async () => {
  const recorded = ['approve-money', 'approve-card', 'order-success-money', 'cancel-partial-money'].map(sample);
  const made = [];
  for (let count = 0; count < 12; count += 1) made.push(await bench.paid());
  for (const { aid, tid } of [...recorded, ...made]) {
    expect(tid).toMatch(/^T[0-9a-f]{19}$/);
    expect(aid ?? 'A0000000000000000000').toMatch(/^A[0-9a-f]{19}$/);
  }
  expect(made.some(({ tid }) => /^T\d{19}$/.test(tid))).toBe(true);
  expect(new Set(made.flatMap(({ aid, tid }) => [aid, tid])).size).toBe(24);
});
