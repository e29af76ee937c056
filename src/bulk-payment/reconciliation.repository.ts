import { Injectable } from '@nestjs/common';
import { RESULT_CODE_SUCCESS } from '../gateways/tstore';
import { wonFromDatabase, type Won } from '../kernel/won';
import type { SqlSession } from '../platform/database';
import type { BulkPaymentJob } from './bulk-payment-job.entity';
import type { FindingCounts } from './finding';
import { stagingTablesOf } from './staging';

/** How many charges of a job ended which way, and what they ask for; together they are the whole job. */
export interface ReconciliationTotals {
  paidCount: number;
  paidAmount: Won;
  declinedCount: number;
  declinedAmount: Won;
  missingCount: number;
  missingAmount: Won;
  quarantinedCount: number;
  quarantinedAmount: Won;
}

/** The joins of a million lines fit in this; PostgreSQL takes it per operation and gives it back at commit. */
const WORK_MEMORY = '128MB';

/** The statements that find every difference between a job's charges and its result lines. */
@Injectable()
export class ReconciliationRepository {
  /**
   * Finds what each line is, in one pass over one join, into the job's findings table.
   *
   * The order of the conditions is the order of doubt. An order answered more than once is doubtful as a whole: which of
   * the answers is true, or whether it was paid twice, only a person with a look at the gateway can tell.
   */
  async findAll(session: SqlSession, job: BulkPaymentJob): Promise<void> {
    const { lines, findings } = stagingTablesOf(job.id);
    await session.rows(`SET LOCAL work_mem = '${WORK_MEMORY}'`);
    await session.rows(`DROP TABLE IF EXISTS ${findings}`);
    await session.rows(`
      CREATE UNLOGGED TABLE ${findings} (
        ordinal integer NOT NULL,
        charge_id bigint,
        charge_amount bigint,
        finding text NOT NULL,
        number integer NOT NULL
      ) WITH (autovacuum_enabled = false)`);
    await session.execute(
      `INSERT INTO ${findings} (ordinal, charge_id, charge_amount, finding, number)
       WITH repeated AS (
         SELECT order_no FROM ${lines} WHERE order_no IS NOT NULL GROUP BY order_no HAVING count(*) > 1),
       compared AS (
         SELECT line.ordinal, charge.id AS charge_id, charge.amount AS charge_amount,
           CASE
             WHEN line.malformed IS NOT NULL THEN 'malformed'
             WHEN charge.id IS NULL THEN 'unknown-order'
             WHEN repeated.order_no IS NOT NULL THEN 'duplicate'
             WHEN (line.amount, line.carrier_amount, line.credit_card_amount, line.tmembership_amount)
               IS DISTINCT FROM
               (charge.amount, charge.carrier_amount, charge.credit_card_amount, charge.tmembership_amount)
               THEN 'amount-mismatch'
             WHEN line.merchant_id <> $2
               OR line.store_product_id <> charge.store_product_id
               OR line.billing_token_hash <> charge.billing_token_hash THEN 'identity-mismatch'
             WHEN line.result_code = $3 AND line.transaction_id IS NULL THEN 'malformed'
             WHEN line.result_code = $3 THEN 'matched-paid'
             ELSE 'matched-declined'
           END AS finding
         FROM ${lines} AS line
         LEFT JOIN charge ON charge.order_no = line.order_no AND charge.bulk_payment_job_id = $1
         LEFT JOIN repeated ON repeated.order_no = line.order_no)
       SELECT ordinal, charge_id, charge_amount, finding,
         row_number() OVER (PARTITION BY finding LIKE 'matched-%' ORDER BY charge_id, ordinal)::int AS number
       FROM compared
       ORDER BY finding LIKE 'matched-%', number`,
      [job.id, job.merchantId, RESULT_CODE_SUCCESS],
    );
    await session.rows(`CREATE INDEX ON ${findings} (number) WHERE finding LIKE 'matched-%'`);
    await session.rows(`ANALYZE ${findings}`);
  }

  /** Keeps a row for each line that does not match and for each charge without a line. */
  async keepDiscrepancies(session: SqlSession, job: BulkPaymentJob, at: Date): Promise<void> {
    const { lines, findings } = stagingTablesOf(job.id);
    await session.execute(
      `INSERT INTO discrepancy (bulk_payment_job_id, kind, charge_id, order_no, line_number, expected, found, created_at)
       SELECT $1, finding.finding, charge.id, line.order_no, line.line_number,
         CASE WHEN charge.id IS NOT NULL THEN ${EXPECTED} END,
         CASE WHEN line.malformed IS NOT NULL THEN jsonb_build_object('reason', line.malformed) ELSE ${FOUND} END, $3
       FROM ${findings} AS finding
       JOIN ${lines} AS line ON line.ordinal = finding.ordinal
       LEFT JOIN charge ON charge.id = finding.charge_id
       WHERE finding.finding NOT LIKE 'matched-%'
       ORDER BY finding.ordinal
       ON CONFLICT (bulk_payment_job_id, line_number) DO NOTHING`,
      [job.id, job.merchantId, at],
    );
    await session.execute(
      `INSERT INTO discrepancy (bulk_payment_job_id, kind, charge_id, order_no, expected, created_at)
       SELECT $1, 'missing', charge.id, charge.order_no, ${EXPECTED}, $3
       FROM charge
       WHERE charge.bulk_payment_job_id = $1
         AND NOT EXISTS (SELECT FROM ${findings} AS finding WHERE finding.charge_id = charge.id)
       ORDER BY charge.id
       ON CONFLICT (charge_id) WHERE kind = 'missing' DO NOTHING`,
      [job.id, job.merchantId, at],
    );
  }

  async findingCounts(session: SqlSession, job: BulkPaymentJob): Promise<FindingCounts> {
    const { findings } = stagingTablesOf(job.id);
    const rows = await session.rows<{ finding: keyof FindingCounts; count: number }>(
      `SELECT finding, count(*)::int AS count FROM ${findings} GROUP BY finding
       UNION ALL
       SELECT kind, count(*)::int FROM discrepancy WHERE bulk_payment_job_id = $1 AND kind = 'missing' GROUP BY kind`,
      [job.id],
    );
    return Object.fromEntries(rows.map((row) => [row.finding, row.count]));
  }

  /** Each charge is counted once: it has one clean line, or discrepant ones, or none. */
  async totals(session: SqlSession, job: BulkPaymentJob): Promise<ReconciliationTotals> {
    const { findings } = stagingTablesOf(job.id);
    const rows = await session.rows<{ outcome: Outcome; count: number; amount: string }>(
      `SELECT outcome, count(*)::int AS count, sum(amount)::text AS amount
       FROM (
         SELECT substr(finding, 9) AS outcome, charge_amount AS amount FROM ${findings}
         WHERE finding LIKE 'matched-%'
         UNION ALL
         (SELECT DISTINCT ON (charge_id) 'quarantined', charge_amount FROM ${findings}
          WHERE finding NOT LIKE 'matched-%' AND charge_id IS NOT NULL)
         UNION ALL
         SELECT 'missing', charge.amount FROM discrepancy JOIN charge ON charge.id = discrepancy.charge_id
         WHERE discrepancy.bulk_payment_job_id = $1 AND discrepancy.kind = 'missing') AS ended
       GROUP BY outcome`,
      [job.id],
    );
    const of = (outcome: Outcome) => rows.find((row) => row.outcome === outcome) ?? { count: 0, amount: '0' };
    return {
      paidCount: of('paid').count,
      paidAmount: wonFromDatabase(of('paid').amount),
      declinedCount: of('declined').count,
      declinedAmount: wonFromDatabase(of('declined').amount),
      missingCount: of('missing').count,
      missingAmount: wonFromDatabase(of('missing').amount),
      quarantinedCount: of('quarantined').count,
      quarantinedAmount: wonFromDatabase(of('quarantined').amount),
    };
  }
}

type Outcome = 'paid' | 'declined' | 'missing' | 'quarantined';

const EXPECTED = `jsonb_build_object('merchantId', $2::text, 'storeProductId', charge.store_product_id,
  'amount', charge.amount, 'carrierAmount', charge.carrier_amount, 'creditCardAmount', charge.credit_card_amount,
  'tmembershipAmount', charge.tmembership_amount)`;

const FOUND = `jsonb_build_object('merchantId', line.merchant_id, 'storeProductId', line.store_product_id,
  'billingTokenMatches', line.billing_token_hash IS NOT DISTINCT FROM charge.billing_token_hash,
  'amount', line.amount, 'carrierAmount', line.carrier_amount, 'creditCardAmount', line.credit_card_amount,
  'tmembershipAmount', line.tmembership_amount, 'resultCode', line.result_code, 'transactionId', line.transaction_id)`;
