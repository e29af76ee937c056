import type { Client } from 'pg';
import type { Simulator } from '../../simulator';
import type { SimulatorControl } from '../../simulator/tstore/control/control';
import type { BookEntry } from '../../simulator/tstore/book';
import { brokenCustomerPromises } from './broken-customer-promises';
import { brokenMethodPromises, brokenSidPromises } from './broken-method-promises';
import { brokenOrderPromises, deniedAndPaid } from './broken-order-promises';
import { brokenRefundPromises, givenBackBy } from './broken-refund-promises';

/** A charge of ours, its job and its settlement. */
interface OurCharge {
  orderNo: string;
  amount: number;
  jobId: string;
  isSettledJob: boolean;
  isFailedJob: boolean;
  isInDoubt: boolean;
  kind: 'paid' | 'declined' | null;
  settledAmount: number | null;
  transactionId: string | null;
  isDiscrepant: boolean;
}

/** What a gateway's book has of an order number that it may have taken money for. */
interface TakenMoney {
  orderId: string;
  approvals: number;
  approvedAmount: number;
  canceledAmount: number;
}

type Gateways = Pick<Simulator, 'control' | 'toss' | 'kakaopay'>;

/**
 * Holds our database against the books of both gateways, charge by charge and to the won, when everything has come to rest.
 *
 * Of what is not settled only this may be left: a charge with a discrepancy a person must see, and a job in doubt that its
 * gateway never accepted.
 *
 * @returns one sentence for each breach of a promise of docs/reliability.md
 */
export async function brokenPromises(
  database: Client,
  { control: gateway, toss, kakaopay }: Gateways,
): Promise<string[]> {
  const book = new Map<string, BookEntry[]>();
  for await (const entry of gateway.bookEntries()) {
    book.set(entry.orderNo, [...(book.get(entry.orderNo) ?? []), entry]);
  }
  const charges = await ourCharges(database);
  const denied = await deniedAndPaid(database);
  return [
    ...[...book].filter(([, entries]) => entries.length > 1).map(([orderNo]) => `order ${orderNo} was accepted twice`),
    ...charges.flatMap((charge) => breachesOf(charge, book.get(charge.orderNo)?.[0])),
    ...unasked(charges, book),
    ...unheard(gateway),
    ...(await brokenRefundPromises(database, 'tstore', book)),
    ...(await brokenOrderPromises(database, { toss, kakaopay }, denied)),
    ...(await brokenRefundPromises(database, 'toss', givenBackBy(toss, denied))),
    ...(await brokenRefundPromises(database, 'kakaopay', givenBackBy(kakaopay, denied))),
    ...(await brokenMethodPromises(database, toss)),
    ...(await brokenSidPromises(database, kakaopay)),
    ...(await brokenCustomerPromises(database, keptByGateways(book, [toss, kakaopay]))),
    ...(await inconsistencies(database)),
  ];
}

function breachesOf(charge: OurCharge, entry: BookEntry | undefined): string[] {
  const name = `order ${charge.orderNo} of job ${charge.jobId}`;
  if (charge.kind !== null) {
    if (entry === undefined) return [`${name} is ${charge.kind}, and the gateway never accepted it`];
    const theirs = entry.state === 'Charged' ? 'paid' : entry.state === 'Declined' ? 'declined' : entry.state;
    if (charge.kind !== theirs) return [`${name} is ${charge.kind}, by the gateway’s book ${theirs}`];
    if (charge.settledAmount !== entry.amount || charge.transactionId !== entry.tid) {
      return [`${name} is settled with another amount or transaction than the gateway’s book has`];
    }
    return [];
  }
  if (charge.isSettledJob) return charge.isDiscrepant ? [] : [`${name} vanished: neither settled nor discrepant`];
  if (charge.isFailedJob) return entry ? [`${name} was accepted, and its job has failed`] : [];
  if (entry !== undefined) return [`${name} was accepted and is never settled`];
  return charge.isInDoubt ? [] : [`${name} was never sent, and its job is not in doubt`];
}

function unasked(charges: readonly OurCharge[], book: ReadonlyMap<string, unknown>): string[] {
  const asked = new Set(charges.map((charge) => charge.orderNo));
  return [...book.keys()]
    .filter((orderNo) => !asked.has(orderNo))
    .map((orderNo) => `nobody asked for order ${orderNo}`);
}

/** What each gateway has kept of each order number that it took money for. */
function keptByGateways(
  book: ReadonlyMap<string, readonly BookEntry[]>,
  others: readonly (Gateways['toss'] | Gateways['kakaopay'])[],
): Map<string, number[]> {
  const kept = new Map<string, number[]>();
  const add = (orderNo: string, amount: number, given: number): void =>
    void kept.set(orderNo, [...(kept.get(orderNo) ?? []), amount - given]);
  for (const entry of [...book.values()].flat()) {
    if (entry.state === 'Charged') add(entry.orderNo, entry.amount, entry.refundedAmount);
  }
  for (const { orderId, approvals, approvedAmount, canceledAmount } of others.flatMap((one): TakenMoney[] =>
    one.bookEntries(),
  )) {
    if (approvals > 0 && approvedAmount > 0) add(orderId, approvedAmount, canceledAmount);
  }
  return kept;
}

/** Messages that PNS neither got verified nor will send again. */
function unheard(gateway: SimulatorControl): string[] {
  return gateway
    .notifications()
    .filter(({ genuine, state, nextAt }) => genuine && state !== 'Verified' && nextAt === null)
    .map(({ id, state }) => `notification ${id} of PNS is ${state} and will not be sent again`);
}

async function ourCharges(database: Client): Promise<OurCharge[]> {
  const { rows } = await database.query<OurCharge>(`
    SELECT charge.order_no AS "orderNo", charge.amount::float8 AS amount, job.id AS "jobId",
      job.settled_at IS NOT NULL AS "isSettledJob", job.failed_at IS NOT NULL AS "isFailedJob",
      job.state = 'Processing' AND job.gateway_job_id IS NULL AS "isInDoubt",
      settlement.kind, settlement.amount::float8 AS "settledAmount", settlement.transaction_id AS "transactionId",
      EXISTS (SELECT FROM discrepancy WHERE charge_id = charge.id) AS "isDiscrepant"
    FROM charge
    JOIN bulk_payment_job AS job ON job.id = charge.bulk_payment_job_id
    LEFT JOIN settlement ON settlement.charge_id = charge.id AND settlement.refund_id IS NULL
    ORDER BY charge.id`);
  return rows;
}

/** What our own numbers say against one another: each statement finds the rows that break a rule. */
const RULES: Readonly<Record<string, string>> = {
  'its settled numbers are not those of the settlement log': `SELECT 'job ' || job_id AS what FROM unbalanced_job`,
  'requested is not paid, declined, missing and quarantined together': `
    SELECT 'job ' || id AS what FROM bulk_payment_job
    WHERE settled_at IS NOT NULL AND (
      line_count <> paid_count + declined_count + missing_count + quarantined_count
      OR total_amount <> paid_amount + declined_amount + missing_amount + quarantined_amount)`,
  'not every missing or quarantined charge has its discrepancy': `
    SELECT 'job ' || job.id AS what FROM bulk_payment_job AS job
    LEFT JOIN discrepancy ON discrepancy.bulk_payment_job_id = job.id
    WHERE job.settled_at IS NOT NULL
    GROUP BY job.id HAVING count(DISTINCT discrepancy.charge_id) <> job.missing_count + job.quarantined_count`,
  'it settled more than one charge': `
    SELECT 'transaction ' || transaction_id AS what FROM settlement WHERE kind = 'paid' AND refund_id IS NULL
    GROUP BY gateway, transaction_id HAVING count(*) > 1`,
  'it is declined although its line names a transaction, and no person decided so': `
    SELECT 'order ' || charge.order_no AS what FROM settlement JOIN charge ON charge.id = settlement.charge_id
    WHERE settlement.kind = 'declined' AND settlement.transaction_id IS NOT NULL AND settlement.discrepancy_id IS NULL`,
  'its payment ended, and its order is still on its way': `
    SELECT 'order ' || customer_order.id AS what FROM customer_order
    WHERE state IN ('Confirming', 'InDoubt') AND NOT EXISTS (
      SELECT FROM order_attempt JOIN direct_payment ON direct_payment.id = order_attempt.direct_payment_id
      WHERE order_attempt.order_id = customer_order.id AND direct_payment.ended_at IS NULL)`,
  'more was given back of it than it took': `
    SELECT 'transaction ' || paid.transaction_id AS what
    FROM settlement AS paid JOIN settlement AS given ON given.charge_id = paid.charge_id AND given.refund_id IS NOT NULL
    WHERE paid.kind = 'paid' AND paid.refund_id IS NULL
    GROUP BY paid.transaction_id HAVING sum(given.amount) > max(paid.amount)`,
  'who asked for it and who agreed are one person': `
    SELECT 'approval ' || id AS what FROM approval WHERE state = 'Approved' AND decided_by_owner = requested_by_owner`,
  'its history does not end in its state': `
    SELECT 'job ' || job.id AS what FROM bulk_payment_job AS job
    WHERE state <> (SELECT to_state FROM bulk_payment_job_history WHERE job_id = job.id ORDER BY id DESC LIMIT 1)`,
  'it was sent more than once without the gateway’s clear no in between': `
    SELECT 'job ' || job_id AS what FROM bulk_payment_job_history
    GROUP BY job_id HAVING count(*) FILTER (WHERE to_state = 'Processing' AND from_state = 'Created')
      - count(*) FILTER (WHERE to_state = 'Created' AND from_state = 'Processing') > 1`,
  'its period was billed again without a decline, and without a person’s rebill of its job': `
    SELECT 'order ' || earlier.order_no AS what FROM charge AS earlier
    JOIN charge AS later ON later.subscription_id = earlier.subscription_id
      AND later.period_start_on = earlier.period_start_on AND later.attempt = earlier.attempt + 1
    LEFT JOIN bulk_payment_job AS job ON job.id = later.bulk_payment_job_id
    LEFT JOIN settlement ON settlement.charge_id = earlier.id AND settlement.refund_id IS NULL
    WHERE settlement.kind IS DISTINCT FROM 'declined' AND job.rebill_of_job_id IS DISTINCT FROM earlier.bulk_payment_job_id
      AND NOT EXISTS (SELECT FROM charge_withdrawal WHERE charge_id = earlier.id)`,
  'it was sent after its customer had canceled or paused': `
    SELECT DISTINCT 'order ' || charge.order_no AS what FROM charge
    LEFT JOIN bulk_payment_job AS job ON job.id = charge.bulk_payment_job_id
    LEFT JOIN direct_payment AS payment ON payment.charge_id = charge.id
    CROSS JOIN LATERAL (SELECT coalesce(job.submission_started_at, payment.sent_at) AS at) AS sent
    JOIN subscription_history AS said ON said.subscription_id = charge.subscription_id
    WHERE said.cause IN ('canceled', 'paused', 'cancellation at period end asked for')
      AND sent.at > said.at
      AND NOT EXISTS (
        SELECT FROM subscription_history AS back
        WHERE back.subscription_id = said.subscription_id AND back.id > said.id
          AND back.cause IN ('resumed', 'terms changed') AND back.at <= sent.at)`,
  'it was withdrawn, and sent or settled': `
    SELECT 'charge ' || charge.id AS what FROM charge_withdrawal JOIN charge ON charge.id = charge_withdrawal.charge_id
    LEFT JOIN bulk_payment_job AS job ON job.id = charge.bulk_payment_job_id
    LEFT JOIN direct_payment AS payment ON payment.charge_id = charge.id
    WHERE job.submission_started_at IS NOT NULL OR payment.state NOT IN ('Pending', 'Canceled') OR EXISTS (SELECT FROM settlement WHERE charge_id = charge.id)`,
  'its period was sent again although T store was heard to have it in a job that failed': `
    SELECT DISTINCT 'order ' || again.order_no AS what FROM line_stop AS heard
    JOIN charge AS taken ON taken.bulk_payment_job_id = heard.bulk_payment_job_id
    JOIN charge AS again ON again.subscription_id = taken.subscription_id
      AND again.period_start_on = taken.period_start_on AND again.id <> taken.id
    JOIN bulk_payment_job AS job ON job.id = again.bulk_payment_job_id
    WHERE heard.kind = 'gateway-contradicts' AND heard.evidence ->> 'failureReason' IS NOT NULL
      AND job.submission_started_at > heard.raised_at
      AND NOT EXISTS (
        SELECT FROM bulk_payment_job_history AS back
        WHERE back.job_id = taken.bulk_payment_job_id AND back.from_state = 'Failed' AND back.to_state = 'Processing'
          AND back.at <= job.submission_started_at)`,
  'it has moved by another number of periods than were paid': `
    SELECT 'subscription ' || subscription.id AS what FROM subscription
    LEFT JOIN charge ON charge.subscription_id = subscription.id
    LEFT JOIN settlement ON settlement.charge_id = charge.id AND settlement.kind = 'paid'
    WHERE NOT EXISTS (
      SELECT FROM subscription_history AS history
      WHERE history.subscription_id = subscription.id AND history.changes ? 'next_billing_on')
    GROUP BY subscription.id
    HAVING count(settlement.charge_id) <>
      (extract(year FROM next_billing_on) - extract(year FROM started_on)) * 12
      + extract(month FROM next_billing_on) - extract(month FROM started_on)`,
  'its verification is neither done nor planned': `
    SELECT 'notification ' || id AS what FROM notification
    WHERE state = 'Received' AND next_attempt_at IS NULL AND given_up_at IS NULL`,
  'its staging tables were left behind': `
    SELECT 'job ' || id AS what FROM bulk_payment_job
    WHERE settled_at IS NOT NULL AND (to_regclass('staging.result_line_' || id) IS NOT NULL
      OR to_regclass('staging.result_finding_' || id) IS NOT NULL)`,
};

async function inconsistencies(database: Client): Promise<string[]> {
  const found: string[] = [];
  for (const [rule, sql] of Object.entries(RULES)) {
    const { rows } = await database.query<{ what: string }>(sql);
    found.push(...rows.map(({ what }) => `${what}: ${rule}`));
  }
  return found;
}
