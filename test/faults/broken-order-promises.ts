import type { Client } from 'pg';
import type { KakaoPayControl, TossControl } from '../../simulator';

/** A payment of ours, with its order and what the settlement log has of it. */
interface OurPayment {
  orderNo: string;
  payment: string;
  /** As we say that the gateway has it; `null`: not paid. */
  transactionId: string | null;
  /** `null`: of a payment method, without an order. */
  orderId: string | null;
  order: string | null;
  amount: number;
  logged: number;
  entries: number;
  /** It counted as paid by a deposit, and people were told that the bank has taken that back since. */
  isTakenBack: boolean;
}

/** A payment that a gateway has approved, by its own book. */
interface Approved {
  orderId: string;
  transactionId: string;
  approvedAmount: number;
  canceledAmount: number;
}

/** The books of the gateways whose windows these may be paid in. */
interface Books {
  toss: TossControl;
  kakaopay: KakaoPayControl;
}

/**
 * Holds orders and payments, those by payment methods too, against the book of the gateway whose window they were paid in, to
 * the won, when everything has come to rest: what it approved is what we say was paid, each order number once and by that very
 * payment, and each order in one window.
 *
 * @param denied orders of {@link deniedAndPaid}
 * @returns one sentence for each breach
 */
export async function brokenOrderPromises(
  database: Client,
  { toss, kakaopay }: Books,
  denied: ReadonlySet<string>,
): Promise<string[]> {
  const ours = new Map((await ourPayments(database)).map((payment) => [payment.orderNo, payment]));
  const entries = [
    ...toss.bookEntries().map((entry) => ({ ...entry, transactionId: entry.paymentKey })),
    ...kakaopay.bookEntries().map((entry) => ({ ...entry, transactionId: entry.tid })),
  ];
  const approved = new Map<string, Approved>(
    entries.flatMap((entry) =>
      entry.approvals > 0 && entry.approvedAmount > 0 && !denied.has(entry.orderId) ? [[entry.orderId, entry]] : [],
    ),
  );
  return [
    ...[...toss.repeatedOrders(), ...kakaopay.repeatedOrders()].map(
      ({ orderId, times }) => `order ${orderId} was approved ${times} times`,
    ),
    ...[...approved.keys()].filter((orderNo) => !ours.has(orderNo)).map((orderNo) => `order ${orderNo} is not ours`),
    ...[...ours.values()].flatMap((payment) => breachesOf(payment, approved.get(payment.orderNo))),
    ...ofOrders([...ours.values()], approved),
  ];
}

/**
 * Orders that the gateway said more than once were over, so that they ended as not paid, of which it has a payment all the same, and of
 * which people were told.
 */
export async function deniedAndPaid(database: Client): Promise<ReadonlySet<string>> {
  const { rows } = await database.query<{ orderNo: string }>(`
    SELECT charge.order_no AS "orderNo"
    FROM line_stop JOIN charge ON charge.order_no = line_stop.evidence ->> 'orderNo'
    JOIN settlement ON settlement.charge_id = charge.id AND settlement.kind = 'declined'
    WHERE line_stop.kind = 'paid-after-all' AND (charge.gateway = 'kakaopay'
      OR charge.gateway = 'toss' AND settlement.result_code IN ('EXPIRED', 'ABORTED', 'CANCELED'))`);
  return new Set(rows.map(({ orderNo }) => orderNo));
}

/** Orders of which the gateway approved several windows, or of which we say otherwise whether they are paid. */
function ofOrders(payments: readonly OurPayment[], approved: ReadonlyMap<string, Approved>): string[] {
  const orders = new Map<string, OurPayment[]>();
  for (const payment of payments) {
    if (payment.orderId === null) continue;
    orders.set(payment.orderId, [...(orders.get(payment.orderId) ?? []), payment]);
  }
  return [...orders].flatMap(([id, windows]) => {
    const paid = windows.flatMap(({ orderNo }) => approved.get(orderNo) ?? []);
    // What an order doesn't owe goes back.
    const kept = paid.filter(({ approvedAmount, canceledAmount }) => canceledAmount < approvedAmount);
    const state = windows[0]?.order;
    const isToldOf = windows.some(({ isTakenBack }) => isTakenBack);
    const fits = state === 'Paid' ? paid.length > 0 || isToldOf : kept.length === 0;
    return [
      ...(kept.length > 1 ? [`order ${id} was paid as ${kept.map(({ orderId }) => orderId).join(' and as ')}`] : []),
      ...(fits ? [] : [`order ${id} is ${state}, by the book paid ${kept.length} times`]),
    ];
  });
}

function breachesOf(
  { orderNo, payment, transactionId, amount, logged, entries, isTakenBack }: OurPayment,
  entry?: Approved,
): string[] {
  const name = `order ${orderNo}`;
  const isPaid = entry !== undefined || isTakenBack;
  return [
    ...(['Pending', 'Sending', 'Unknown'].includes(payment) ? [`the payment of ${name} is ${payment} for ever`] : []),
    ...((payment === 'Paid') === isPaid
      ? []
      : [`the payment of ${name} is ${payment}, and by the book ${String(isPaid)}`]),
    ...(entry === undefined || entry.approvedAmount === amount
      ? []
      : [`${name} was approved for ${entry.approvedAmount}`]),
    ...(entry === undefined || entry.transactionId === transactionId
      ? []
      : [`${name} is paid by ${entry.transactionId}, and by our record by ${transactionId}`]),
    ...(logged === (isPaid ? amount : 0) && entries <= 1 ? [] : [`the log has ${logged} won in ${entries} of ${name}`]),
  ];
}

async function ourPayments(database: Client): Promise<OurPayment[]> {
  const { rows } = await database.query<OurPayment>(`
    SELECT charge.order_no AS "orderNo", direct_payment.state AS payment,
      direct_payment.transaction_id AS "transactionId", customer_order.id AS "orderId", customer_order.state AS order,
      charge.amount::float8 AS amount, count(settlement.position)::int AS entries,
      coalesce(sum(settlement.amount) FILTER (WHERE settlement.kind = 'paid'), 0)::float8 AS logged,
      EXISTS (SELECT FROM line_stop WHERE kind = 'deposit-taken-back' AND evidence ->> 'orderNo' = charge.order_no)
        AS "isTakenBack"
    FROM direct_payment
    JOIN charge ON charge.id = direct_payment.charge_id
    LEFT JOIN order_attempt ON order_attempt.direct_payment_id = direct_payment.id
    LEFT JOIN customer_order ON customer_order.id = order_attempt.order_id
    LEFT JOIN settlement ON settlement.charge_id = charge.id AND settlement.refund_id IS NULL
    GROUP BY charge.id, direct_payment.id, customer_order.id`);
  return rows;
}
