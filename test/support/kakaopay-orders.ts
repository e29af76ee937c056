import type { BillingWorld, JsonAnswer, JsonBody } from './billing-world';
import { send } from './subscribers';

let counter = 0;

interface KakaopayOrder {
  amount?: number;
  taxFreeAmount?: number;
  gatewayAccount?: string;
  customer?: string;
  expiresInMinutes?: number;
}

/** An order as the shop stored it, with the window that is open for it. */
export interface ReadyOrder {
  id: string;
  token: string;
  orderNo: string;
  /** All that a browser gets. */
  window: JsonBody;
}

/** Stores an order. */
export async function storedOrder(world: BillingWorld, order: KakaopayOrder = {}): Promise<JsonBody> {
  const { amount = 15_000, taxFreeAmount = 0, gatewayAccount = 'kakaopay', customer, expiresInMinutes = 600 } = order;
  const { status, body } = await send(world, 'POST', 'orders', {
    ...{ reference: `kakaopay-${(counter += 1)}`, gatewayAccount, name: '월간 이용권', amount },
    items: [{ name: '이용권', unitAmount: amount, taxFreeAmount }],
    ...{ returnUrl: 'https://shop.example/back', expiresInMinutes },
    ...(customer !== undefined && { customer: { reference: customer } }),
  });
  expect([status, body.code]).toEqual([201, undefined]);
  return body;
}

/** Stores an order and opens its first window. */
export async function readyOrder(world: BillingWorld, order: KakaopayOrder = {}): Promise<ReadyOrder> {
  const { id, checkoutToken: token } = await storedOrder(world, order);
  const { status, body } = await browser(world, 'POST', `${token}/windows`);
  expect([status, body.code]).toEqual([201, undefined]);
  return { id, token, orderNo: body.orderNo, window: body.window };
}

/** What a customer's browser asks, at an address below that of orders or at a whole one; a way back is answered with where it leads. */
export async function browser(world: BillingWorld, method: string, path: string, body?: object): Promise<JsonAnswer> {
  const url = path.startsWith('http') ? path : `${world.service.url}/checkout/v1/orders/${path}`;
  const response = await fetch(url.replace(/^http:\/\/127\.0\.0\.1:\d+/, world.service.url), {
    ...{ method, redirect: 'manual' },
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const location = response.headers.get('location');
  return { status: response.status, body: text === '' ? { location } : JSON.parse(text) };
}

/** The customer agrees in KakaoPay's page. @returns where the browser is led */
export function agreedTo(world: BillingWorld, { orderNo }: Pick<ReadyOrder, 'orderNo'>, choice = {}): string {
  return world.simulator.kakaopay.pay(orderNo, choice).redirectUrl;
}

/** An order that its customer has paid. */
export async function paidByKakaopay(world: BillingWorld, order: KakaopayOrder = {}): Promise<ReadyOrder> {
  const ready = await readyOrder(world, order);
  const back = await browser(world, 'GET', agreedTo(world, ready));
  expect(back.body.location).toMatch(/[?&]state=Paid$/);
  return ready;
}
