import { AccessTokens, TstoreClient } from '../../src/gateways/tstore';
import { won } from '../../src/kernel/won';
import { RefundResolutionService, RefundSendingService } from '../../src/refund';
import { Database } from '../../src/platform/database';
import type { BillingWorld, JsonAnswer, JsonBody } from './billing-world';
import { requestFile } from './request-files';
import { send } from './subscribers';
import { until } from './until';

/** Long enough for any back-off and for the window in which lookups watch a refund in doubt. */
export const PAST_ALL_WAITING_SECONDS = 3_600;

/** Paid charges of one job, each for 1,000 won and a bit. */
export async function paidCharges(world: BillingWorld, count: number, prefix: string): Promise<string[]> {
  const { body } = await world.upload(requestFile(count, prefix));
  await world.settled(body.id);
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

export function askRefund(world: BillingWorld, orderNo: string, amount?: number): Promise<JsonAnswer> {
  return send(world, 'POST', `charges/${orderNo}/refunds`, { reason: 'customer asked', ...(amount && { amount }) });
}

/** Runs the steps of refunds until nothing is due. */
export async function runRefunds({ app }: BillingWorld['service']): Promise<void> {
  const steps = [app.get(RefundSendingService), app.get(RefundResolutionService)];
  for (const step of steps) {
    for (let report = await step.runOnce(); report.done + report.postponed > 0;) report = await step.runOnce();
  }
}

export async function refundInState(world: BillingWorld, id: string, state: string): Promise<JsonBody> {
  return until(`refund ${id} is ${state}`, async () => {
    const { body } = await world.get(`refunds/${id}`);
    return body.state === state ? body : undefined;
  });
}

/** What T store gave back of an order, refund by refund, by its own book. */
export async function bookedRefunds(world: BillingWorld, orderNo: string): Promise<number[]> {
  const [entry] = await world.simulator.control.bookOfOrder(orderNo);
  return (entry?.refunds ?? []).map((refund) => refund.amount);
}

/** A charge's refunds in the settlement log, as `kind amount`. */
export async function loggedRefunds(world: BillingWorld, orderNo: string): Promise<string[]> {
  const rows = await world.service.app.get(Database).rows<{ entry: string }>(
    `SELECT settlement.kind || ' ' || settlement.amount AS entry
     FROM settlement JOIN charge ON charge.id = settlement.charge_id
     WHERE charge.order_no = $1 AND settlement.refund_id IS NOT NULL ORDER BY settlement.position`,
    [orderNo],
  );
  return rows.map((row) => row.entry);
}

/** Gives back as another client of the merchant's does; our records hear nothing of it. */
export async function giveBack(world: BillingWorld, orderNo: string, amount: number, isFull = false): Promise<void> {
  const { transactionId } = (await world.get(`charges/${orderNo}`)).body;
  const token = await world.service.app.get(AccessTokens).of('tstore').get();
  const none = { payerAuthKey: null, refundTransactionId: null, note: null, paymentParts: null, link: null };
  const order = { transactionId, amount: won(amount), isFull, ...none };
  expect(await world.service.app.get(TstoreClient).refund(order, token.value)).toMatchObject({ kind: 'success' });
}
