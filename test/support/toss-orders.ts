import type { BillingWorld, JsonAnswer, JsonBody } from './billing-world';
import { send } from './subscribers';
import { until } from './until';

let counter = 0;

interface TossOrder {
  amount?: number;
  gatewayAccount?: string;
  customer?: string;
  /** The code of the card company's no. */
  declinedWith?: string;
}

/** An order as the shop stored it, with the window that is open for it. */
export interface OpenedOrder {
  id: string;
  token: string;
  /** As Toss's script takes it. */
  window: JsonBody;
  /** Of the charge, once the customer has come back. */
  orderNo: string;
}

/** Stores an order and opens its first window. */
export async function openedOrder(world: BillingWorld, order: TossOrder = {}): Promise<OpenedOrder> {
  const { amount = 15_000, gatewayAccount = 'toss', customer } = order;
  const { status, body } = await send(world, 'POST', 'orders', {
    ...{ reference: `paid-${(counter += 1)}`, gatewayAccount, name: '문구 세트', amount },
    ...{ items: [{ name: '연필', unitAmount: amount }], returnUrl: 'https://shop.example/back', expiresInMinutes: 600 },
    ...(customer !== undefined && { customer: { reference: customer } }),
  });
  expect([status, body.code]).toEqual([201, undefined]);
  const { window } = (await openWindow(world, body.checkoutToken)).body;
  return { id: body.id, token: body.checkoutToken, window, orderNo: window.orderId };
}

/** Asks for a window of an order, as the shop's page does. */
export async function openWindow(world: BillingWorld, token: string): Promise<JsonAnswer> {
  const response = await fetch(`${world.service.url}/checkout/v1/orders/${token}/windows`, { method: 'POST' });
  return { status: response.status, body: await response.json() };
}

/** The customer agrees in the window, and is led back by it. */
export async function paidIn(world: BillingWorld, window: JsonBody): Promise<void> {
  const { toss } = world.simulator;
  toss.openPayment({ method: 'CARD', ...window, amount: { currency: 'KRW', value: window.amount } });
  await fetch(String(toss.pay(window.orderId).redirectUrl), { redirect: 'manual' });
}

/** An order for which a customer has agreed in Toss's window, and come back. @returns the order number of its charge */
export async function paidOrder(world: BillingWorld, order: TossOrder = {}): Promise<{ id: string; orderNo: string }> {
  const { id, orderNo, window } = await openedOrder(world, order);
  if (order.declinedWith !== undefined) {
    world.simulator.toss.declineApprovals({ orderId: orderNo, code: order.declinedWith });
  }
  await paidIn(world, window);
  return { id, orderNo };
}

/** An order whose customer chose to pay into an account, and came back: Toss has issued one, and waits. */
export async function awaitedOrder(world: BillingWorld, order: TossOrder = {}): Promise<OpenedOrder> {
  const opened = await openedOrder(world, order);
  const { toss } = world.simulator;
  const { window } = opened;
  toss.openPayment({ method: 'VIRTUAL_ACCOUNT', ...window, amount: { currency: 'KRW', value: window.amount } });
  await fetch(String(toss.pay(window.orderId, { bank: '20', customerName: '이손님' }).redirectUrl), {
    redirect: 'manual',
  });
  // The scheduler may have been quicker to claim it, and nobody waits for that then.
  await until('the account is issued', () =>
    Promise.resolve(toss.bookOfOrder(window.orderId)[0]?.status === 'WAITING_FOR_DEPOSIT' || undefined),
  );
  return opened;
}
