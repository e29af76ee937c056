import { confirmElsewhere } from '../../../support/confirm-elsewhere';
import type { CrashWorld } from '../crash-world';

/** Longer than a crash puts the clock ahead: the customer who asks again finds the order still open. */
const MINUTES = 30;

/** Has a customer pay an order in the gateway's window; the same name is the same order. */
export async function payOrder(world: CrashWorld, name: string, method = 'CARD'): Promise<void> {
  const order = await storeOrder(world, name);
  if (order.state !== 'Created' && order.state !== 'Ready') return;
  const { back } = await agree(world, order.checkoutToken, method);
  const response = await fetch(back, { redirect: 'manual' });
  if (response.status !== 303) throw new Error(`the return answered ${response.status}`);
}

/** Has a customer pay an order in KakaoPay's page; the same name is the same order. */
export async function payByKakaopay(world: CrashWorld, name: string): Promise<void> {
  const order = await storeOrder(world, name, MINUTES, 'kakaopay');
  if (order.state !== 'Created' && order.state !== 'Ready') return;
  const opened = await world.call(`checkout/v1/orders/${order.checkoutToken}/windows`, { method: 'POST' });
  const { orderNo } = (await opened.json()) as { orderNo: string };
  const response = await fetch(world.simulator.kakaopay.pay(orderNo).redirectUrl, { redirect: 'manual' });
  if (response.status !== 303) throw new Error(`the return answered ${response.status}`);
}

/** The same in Toss's window, and the gateway's answer is lost: it has the money, and nobody hears so. */
export function payOrderUnheard(world: CrashWorld, name: string): Promise<void> {
  world.simulator.toss.armFault({ kind: 'answer-lost', call: 'confirm' });
  return payOrder(world, name);
}

/** Has a customer pay an order, the merchant cancel a part in the gateway's own console, and the gateway tell so. */
export async function hearOfCancellation(world: CrashWorld, name: string): Promise<void> {
  await payOrder(world, name);
  const orderId = await world.until('the order is paid', async () => (await paidWindow(world, name)) ?? undefined);
  if (world.simulator.toss.bookOfOrder(orderId)[0]?.canceledAmount === 0) {
    world.simulator.toss.cancelInConsole(orderId, { cancelAmount: 100 });
  }
  const message = {
    eventType: 'PAYMENT_STATUS_CHANGED',
    data: { orderId, status: 'PARTIAL_CANCELED', paymentKey: 'x' },
  };
  await tell(world, message);
}

/** Has a customer agree in the window, the shop cancel the order, another program confirm it, and the gateway tell so. */
export async function payCanceledOrder(world: CrashWorld, name: string): Promise<void> {
  const { id, state, checkoutToken } = await storeOrder(world, name);
  if (state === 'Created' || state === 'Ready') {
    const { orderId, amount } = await agree(world, checkoutToken, 'CARD');
    const reason = JSON.stringify({ reason: 'sold out' });
    await world.post(`admin/v1/orders/${id}/cancel`, 'application/json', reason);
    await confirmElsewhere(world.simulator, orderId, amount);
  }
  for (const { orderId } of world.simulator.toss.bookEntries()) {
    const message = { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId, status: 'DONE', paymentKey: 'x' } };
    await tell(world, message);
  }
  await world.until('the payment is taken up', async () => {
    world.pass(20);
    return (await paidWindow(world, name)) ?? undefined;
  });
  world.pass(11 * 60);
}

/** Tells it as Toss does: again, when a process that is busy can't store it in time. */
async function tell(world: CrashWorld, message: object): Promise<void> {
  await world.until('the message is taken', async () => {
    const response = await world.post('webhooks/toss/toss', 'application/json', JSON.stringify(message));
    return response.status !== 503 || undefined;
  });
}

/** Stores an order, and lets its time pass. */
export async function outwaitOrder(world: CrashWorld, name: string): Promise<void> {
  await storeOrder(world, name, 1);
  world.pass(2 * 60);
}

async function paidWindow(world: CrashWorld, reference: string): Promise<string | undefined> {
  const { rows } = await world.query<{ orderNo: string }>(
    `SELECT order_no AS "orderNo" FROM customer_order JOIN order_attempt ON order_id = customer_order.id
     JOIN direct_payment ON direct_payment.id = direct_payment_id
     WHERE reference = $1 AND direct_payment.state = 'Paid'`,
    [reference],
  );
  return rows[0]?.orderNo;
}

/** Stores an order; the same name is the same order. */
export async function storeOrder(
  world: CrashWorld,
  name: string,
  expiresInMinutes = MINUTES,
  gatewayAccount = 'toss',
): Promise<{ id: string; state: string; checkoutToken: string }> {
  const asked = { reference: name, gatewayAccount, name: '연필', amount: 500, expiresInMinutes };
  const more = { items: [{ name: '연필', unitAmount: 500 }], returnUrl: 'https://shop.example/back' };
  const response = await world.post('admin/v1/orders', 'application/json', JSON.stringify({ ...asked, ...more }));
  if (!response.ok) throw new Error(`the order answered ${response.status}`);
  return (await response.json()) as { id: string; state: string; checkoutToken: string };
}

/** Has a customer agree in the gateway's window. @returns what for, and where the gateway sends the customer back to */
async function agree(
  world: CrashWorld,
  checkoutToken: string,
  method: string,
): Promise<{ orderId: string; amount: number; back: string }> {
  const opened = await world.call(`checkout/v1/orders/${checkoutToken}/windows`, { method: 'POST' });
  const { window } = (await opened.json()) as { window: { orderId: string; amount: number } };
  world.simulator.toss.openPayment({ method, ...window, amount: { currency: 'KRW', value: window.amount } });
  return { ...window, back: String(world.simulator.toss.pay(window.orderId).redirectUrl) };
}
