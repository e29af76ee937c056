import type { CrashWorld } from '../crash-world';
import { payOrder, storeOrder } from './orders';

/** Has a customer pay an order into an account, and lets the deposit stay until it counts. */
export async function payByDeposit(world: CrashWorld, name: string): Promise<void> {
  await payOrder(world, name, 'VIRTUAL_ACCOUNT');
  const orderNo = await awaited(world, name);
  if (world.simulator.toss.bookOfOrder(orderNo)[0]?.status === 'WAITING_FOR_DEPOSIT') {
    world.simulator.toss.deposit(orderNo);
  }
  world.pass(60 * 60);
  await world.until(`the deposit of ${name} is seen`, async () => {
    const { rows } = await world.query(
      `SELECT FROM deposit_account JOIN order_attempt USING (direct_payment_id)
       WHERE order_no = $1 AND deposited_at IS NOT NULL`,
      [orderNo],
    );
    return rows.length > 0 || undefined;
  });
  world.pass(5 * 60);
}

/** Has a customer choose to pay into an account, and the shop cancel that. */
export async function cancelAwaited(world: CrashWorld, name: string): Promise<void> {
  await payOrder(world, name, 'VIRTUAL_ACCOUNT');
  await awaited(world, name);
  const { id, state } = await storeOrder(world, name);
  const reason = JSON.stringify({ reason: 'sold out' });
  if (state === 'AwaitingDeposit') await world.post(`admin/v1/orders/${id}/cancel`, 'application/json', reason);
  world.pass(60);
}

/** Waits until the account is issued. @returns the order number that it is under */
function awaited(world: CrashWorld, reference: string): Promise<string> {
  return world.until(`${reference} has an account`, async () => {
    const { rows } = await world.query<{ orderNo: string }>(
      `SELECT order_no AS "orderNo" FROM customer_order JOIN order_attempt ON order_id = customer_order.id
       JOIN deposit_account USING (direct_payment_id) WHERE reference = $1`,
      [reference],
    );
    return rows[0]?.orderNo;
  });
}
