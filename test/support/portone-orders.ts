import type { BillingWorld, JsonBody } from './billing-world';
import { browser } from './kakaopay-orders';
import { send } from './subscribers';

let counter = 0;

interface PortoneOrder {
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

/** Stores an order and opens its first window. */
export async function readyOrder(world: BillingWorld, order: PortoneOrder = {}): Promise<ReadyOrder> {
  const { amount = 15_000, taxFreeAmount = 0, gatewayAccount = 'portone', customer, expiresInMinutes = 600 } = order;
  const { status, body } = await send(world, 'POST', 'orders', {
    ...{ reference: `portone-${(counter += 1)}`, gatewayAccount, name: '월간 이용권', amount },
    items: [{ name: '이용권', unitAmount: amount, taxFreeAmount }],
    ...{ returnUrl: 'https://shop.example/back', expiresInMinutes },
    ...(customer !== undefined && { customer: { reference: customer, name: '김손님', email: 'nari@example.com' } }),
  });
  expect([status, body.code]).toEqual([201, undefined]);
  const opened = await browser(world, 'POST', `${body.checkoutToken}/windows`);
  expect([opened.status, opened.body.code]).toEqual([201, undefined]);
  return { id: body.id, token: body.checkoutToken, orderNo: opened.body.orderNo, window: opened.body.window };
}

/** The page opens PortOne's window with what it was given, and with how its customer wants to pay. */
export function opened(world: BillingWorld, { window }: Pick<ReadyOrder, 'window'>, more: object = {}): void {
  world.simulator.portone.openPayment({ payMethod: 'CARD', ...window, ...more });
}

/** The customer pays in the window. @returns what the page is given, and where the browser is led */
export function paidInWindow(
  world: BillingWorld,
  order: Pick<ReadyOrder, 'orderNo' | 'window'>,
  more: object = {},
): { members: Record<string, string>; address: string } {
  opened(world, order, more);
  const { members, redirectUrl } = world.simulator.portone.pay(order.orderNo);
  return { members, address: redirectUrl ?? '' };
}

/** The page tells that its window is done. */
export function done(world: BillingWorld, { token }: Pick<ReadyOrder, 'token'>, members: object) {
  return browser(world, 'POST', `${token}/confirm`, members);
}

/** An order that its customer has paid. */
export async function paidByPortone(world: BillingWorld, order: PortoneOrder = {}): Promise<ReadyOrder> {
  const ready = await readyOrder(world, order);
  const back = await browser(world, 'GET', paidInWindow(world, ready).address);
  expect(back.body.location).toMatch(/[?&]state=Paid$/);
  return ready;
}
