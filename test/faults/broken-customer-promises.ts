import type { Client } from 'pg';

/** What one customer owed for one product and period, however many charges and subscriptions tried to collect it. */
interface Owed {
  /** As a person reads the name: spelling, blanks and what nobody sees make no second customer. */
  customer: string;
  storeProductId: string;
  periodStartOn: string;
  orderNos: string[];
  /** By our settlement log: won that were paid and not given back. */
  kept: number;
  /** Charges of it that are paid by our settlement log, and of which something is left. */
  timesPaid: number;
  /** A person is shown that something of it is not as it was asked, or not known. */
  isOnADesk: boolean;
}

/**
 * Holds our books against the gateways' for each customer and period, when everything has come to rest: a customer pays for
 * a product and a period once, by whichever gateway, and what they kept of it is what we say it did.
 *
 * That each order is right is told elsewhere. Two right orders for one period are what only this finds.
 *
 * @param keptByGateways what is left with a gateway of each payment it took for an order number
 * @returns one sentence for each breach
 */
export async function brokenCustomerPromises(
  database: Client,
  keptByGateways: ReadonlyMap<string, readonly number[]>,
): Promise<string[]> {
  return (await owedPeriods(database)).flatMap((owed) => breachesOf(owed, keptByGateways));
}

function breachesOf(owed: Owed, keptByGateways: ReadonlyMap<string, readonly number[]>): string[] {
  const name = `customer ${owed.customer} for ${owed.storeProductId} from ${owed.periodStartOn}`;
  const theirs = owed.orderNos.flatMap((orderNo) => keptByGateways.get(orderNo) ?? []).filter((amount) => amount > 0);
  const kept = theirs.reduce((sum, amount) => sum + amount, 0);
  if (owed.isOnADesk) return [];
  return [
    ...(theirs.length > 1 ? [`${name} paid ${theirs.length} times by the gateways’ books, and nobody is told`] : []),
    ...(kept !== owed.kept || theirs.length !== owed.timesPaid
      ? [
          `${name} paid ${owed.kept} won in ${owed.timesPaid} by our books, by the gateways’ ${kept} in ${theirs.length}`,
        ]
      : []),
  ];
}

/**
 * Names are compared here by rules of the judge's own, so that a fault of the service's rules can't hide in them. What lies
 * on a desk: an open discrepancy, a job in doubt, a refund in doubt, or a line stop of the charge's job or subscription, open
 * or resolved by a person.
 */
async function owedPeriods(database: Client): Promise<Owed[]> {
  const { rows } = await database.query<Owed>(`
    SELECT lower(regexp_replace(normalize(subscription.customer_reference, NFKC), '[\\s\\u200B-\\u200F\\u00AD\\uFEFF]', '', 'g'))
        AS customer,
      charge.store_product_id AS "storeProductId", charge.period_start_on::text AS "periodStartOn",
      array_agg(charge.order_no ORDER BY charge.id) AS "orderNos",
      coalesce(sum(paid.amount - coalesce(given.amount, 0)), 0)::float8 AS kept,
      (count(*) FILTER (WHERE paid.amount > coalesce(given.amount, 0)))::int AS "timesPaid",
      bool_or(
        EXISTS (SELECT FROM discrepancy WHERE discrepancy.charge_id = charge.id AND discrepancy.state = 'Open')
        OR coalesce(job.state = 'Processing' AND job.gateway_job_id IS NULL, false)
        OR EXISTS (SELECT FROM refund WHERE refund.charge_id = charge.id AND refund.state = 'Unknown')
        OR EXISTS (SELECT FROM line_stop WHERE line_stop.bulk_payment_job_id = job.id
          OR line_stop.subscription_id = charge.subscription_id)) AS "isOnADesk"
    FROM charge
    JOIN subscription ON subscription.id = charge.subscription_id
    LEFT JOIN bulk_payment_job AS job ON job.id = charge.bulk_payment_job_id
    LEFT JOIN settlement AS paid ON paid.charge_id = charge.id AND paid.refund_id IS NULL AND paid.kind = 'paid'
    LEFT JOIN LATERAL (
      SELECT sum(amount) AS amount FROM settlement
      WHERE settlement.charge_id = charge.id AND settlement.refund_id IS NOT NULL) AS given ON true
    GROUP BY 1, 2, 3`);
  return rows;
}
