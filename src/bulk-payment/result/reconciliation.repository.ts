import { Injectable } from '@nestjs/common';
import { DECLINE_CODE_PATTERN, RESULT_CODE_SUCCESS } from '../../gateways/tstore';
import { wonFromDatabase, type Won } from '../../kernel/won';
import { violatesUnique, type SqlSession } from '../../platform/database';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import type { Finding, FindingCounts } from '../discrepancy/finding';
import { stagingTablesOf } from './staging';

/** Charges, and what they ask for together. */
export interface Tally {
  count: number;
  amount: Won;
}

/** What the lines of a result say. Charges they say nothing of are missing. */
export interface FindingSummary {
  findingCounts: FindingCounts;
  paid: Tally;
  declined: Tally;
  quarantined: Tally;
}

/** The joins of a million lines fit in this; PostgreSQL takes it per operation and gives it back at commit. */
const WORK_MEMORY = '256MB';

/** The statements that find every difference between a job's charges and its result lines. */
@Injectable()
export class ReconciliationRepository {
  /**
   * Finds what each line is, in one pass over one join, into the job's findings table, which holds all that settling
   * needs. In the order of the charges, which is that of the batches: the gateway's may be any, and each batch would
   * gather its rows from the whole table.
   *
   * The order of the conditions is the order of doubt. An order answered more than once is doubtful as a whole: which of
   * the answers is true, or whether it was paid twice, only a person with a look at the gateway can tell. Code and
   * transaction must say the same: to read a payment as declined would charge the customer again.
   */
  async findAll(session: SqlSession, job: BulkPaymentJob): Promise<void> {
    const { lines, findings } = stagingTablesOf(job.id);
    await session.rows(`SET LOCAL work_mem = '${WORK_MEMORY}'`);
    // Nothing else of the job is at work meanwhile: the join is worth every processor there is.
    await session.rows('SET LOCAL parallel_setup_cost = 0');
    await session.rows('SET LOCAL parallel_tuple_cost = 0');
    await session.rows(`DROP TABLE IF EXISTS ${findings}`);
    await session.rows(
      `CREATE UNLOGGED TABLE ${findings} WITH (autovacuum_enabled = false) AS
       SELECT line.line_number, charge.id AS charge_id, charge.subscription_id, charge.period_start_on,
         charge.amount AS charge_amount, line.transaction_id, line.result_code, line.result_message,
         CASE
           WHEN line.malformed IS NOT NULL THEN 'malformed'
           WHEN charge.id IS NULL THEN 'unknown-order'
           WHEN (line.amount, line.carrier_amount, line.credit_card_amount, line.tmembership_amount)
             IS DISTINCT FROM
             (charge.amount, charge.carrier_amount, charge.credit_card_amount, charge.tmembership_amount)
             THEN 'amount-mismatch'
           WHEN line.merchant_id <> $2
             OR line.store_product_id <> charge.store_product_id
             OR line.billing_token_hash <> charge.billing_token_hash THEN 'identity-mismatch'
           WHEN line.result_code = $3 AND line.transaction_id IS NULL THEN 'malformed'
           WHEN line.result_code = $3 THEN 'matched-paid'
           WHEN line.transaction_id IS NOT NULL OR line.result_code COLLATE "C" !~ $4 THEN 'unclear-outcome'
           ELSE 'matched-declined'
         END AS finding
       FROM ${lines} AS line
       LEFT JOIN charge ON charge.order_no = line.order_no AND charge.bulk_payment_job_id = $1
       ORDER BY charge.id`,
      [job.id, job.merchantId, RESULT_CODE_SUCCESS, DECLINE_CODE_PATTERN],
    );
    // Before they are compared with each other and with the log: who takes them for a handful compares each with each.
    await session.rows(`ANALYZE ${findings}`);
    await this.markDuplicates(session, job);
    await this.markSharedTransactions(session, job);
  }

  /** Builds the index the batches need; as a unique one, which also tells that no charge has two lines. */
  private async markDuplicates(session: SqlSession, job: BulkPaymentJob): Promise<void> {
    const { findings, findingsByCharge } = stagingTablesOf(job.id);
    const index = (unique: '' | 'UNIQUE') =>
      session.rows(`CREATE ${unique} INDEX ${findingsByCharge} ON ${findings} (charge_id)`);
    await session.rows('SAVEPOINT findings_made');
    try {
      await index('UNIQUE');
    } catch (error) {
      if (!violatesUnique(error, findingsByCharge)) throw error;
      await session.rows('ROLLBACK TO SAVEPOINT findings_made');
      await session.execute(
        `UPDATE ${findings} AS finding SET finding = 'duplicate'
         FROM (SELECT charge_id FROM ${findings} WHERE charge_id IS NOT NULL GROUP BY charge_id HAVING count(*) > 1)
           AS repeated
         WHERE finding.charge_id = repeated.charge_id`,
      );
      await index('');
    }
  }

  /**
   * A payment pays for one order: a transaction that several lines name, or that settled another charge, settles none of
   * them. Looked for in the cheap way first, because it is not so for millions of lines: hashes of one size in place of
   * ids, and, since ids begin with the time of the payment, whether any of another result lies among these.
   */
  private async markSharedTransactions(session: SqlSession, job: BulkPaymentJob): Promise<void> {
    const { findings } = stagingTablesOf(job.id);
    const mark = (named: string, parameters: readonly string[] = []) =>
      session.execute(
        `UPDATE ${findings} AS finding SET finding = 'transaction-shared'
         FROM (${named}) AS other
         WHERE finding.finding = 'matched-paid' AND finding.transaction_id = other.transaction_id
           AND finding.charge_id IS DISTINCT FROM other.charge_id`,
        parameters,
      );
    const [seen] = await session.rows<{ repeated: boolean; least: string | null; most: string | null }>(
      `SELECT min(transaction_id) FILTER (WHERE finding = 'matched-paid') AS least,
         max(transaction_id) FILTER (WHERE finding = 'matched-paid') AS most,
         count(DISTINCT hashtextextended(transaction_id, 0)) < count(*) AS repeated
       FROM ${findings} WHERE transaction_id IS NOT NULL`,
    );
    if (seen?.least == null || seen.most === null) return;
    if (seen.repeated) {
      await mark(
        `SELECT transaction_id, NULL::bigint AS charge_id FROM ${findings}
         WHERE transaction_id IS NOT NULL GROUP BY transaction_id HAVING count(*) > 1`,
      );
    }
    const settled = `SELECT transaction_id, charge_id FROM settlement
      WHERE kind = 'paid' AND gateway = 'tstore' AND transaction_id BETWEEN $1 AND $2`;
    const bounds = [seen.least, seen.most];
    // In order, or a plan may read a year of settlements to find that none is.
    const found = await session.rows(`${settled} ORDER BY transaction_id LIMIT 1`, bounds);
    if (found.length > 0) await mark(settled, bounds);
  }

  /** How many lines each finding has, and what it says of the job's charges. */
  async summarise(session: SqlSession, job: BulkPaymentJob): Promise<FindingSummary> {
    const { findings } = stagingTablesOf(job.id);
    const rows = await session.rows<{ finding: Finding; count: number; amount: string | null }>(
      `SELECT finding, count(*)::int AS count, sum(charge_amount)::text AS amount FROM ${findings} GROUP BY finding`,
    );
    const of = (finding: Finding): Tally => {
      const row = rows.find((candidate) => candidate.finding === finding);
      return { count: row?.count ?? 0, amount: wonFromDatabase(row?.amount ?? '0') };
    };
    return {
      findingCounts: Object.fromEntries(rows.map((row) => [row.finding, row.count])),
      paid: of('matched-paid'),
      declined: of('matched-declined'),
      quarantined: await this.quarantined(session, findings),
    };
  }

  /** Charges whose line or lines are discrepant; each counts once, however many lines it has. */
  private quarantined(session: SqlSession, findings: string): Promise<Tally> {
    return tallyOf(
      session,
      `SELECT DISTINCT charge_id, charge_amount AS amount FROM ${findings}
       WHERE finding NOT LIKE 'matched-%' AND charge_id IS NOT NULL`,
    );
  }

  /** Keeps a row for each line that does not match. */
  async keepDiscrepantLines(session: SqlSession, job: BulkPaymentJob, at: Date): Promise<void> {
    const { lines, findings } = stagingTablesOf(job.id);
    await session.execute(
      `INSERT INTO discrepancy (bulk_payment_job_id, kind, charge_id, order_no, line_number, expected, found, created_at)
       SELECT $1, finding.finding, charge.id, coalesce(charge.order_no, ${UNKNOWN_ORDER_NO}), line.line_number,
         CASE WHEN charge.id IS NOT NULL THEN ${EXPECTED} END,
         CASE WHEN line.malformed IS NOT NULL THEN ${UNREADABLE} ELSE ${FOUND} END, $3
       FROM ${findings} AS finding
       JOIN ${lines} AS line ON line.line_number = finding.line_number
       LEFT JOIN charge ON charge.id = finding.charge_id
       WHERE finding.finding NOT LIKE 'matched-%'
       ORDER BY finding.line_number
       ON CONFLICT (bulk_payment_job_id, line_number) DO NOTHING`,
      [job.id, job.merchantId, at],
    );
  }

  /** Keeps a row for each charge without a line. @returns how many there are, and what they ask for */
  async keepMissing(session: SqlSession, job: BulkPaymentJob, at: Date): Promise<Tally> {
    const { findings } = stagingTablesOf(job.id);
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
    return tallyOf(
      session,
      `SELECT charge.amount FROM discrepancy JOIN charge ON charge.id = discrepancy.charge_id
       WHERE discrepancy.bulk_payment_job_id = $1 AND discrepancy.kind = 'missing'`,
      [job.id],
    );
  }
}

async function tallyOf(session: SqlSession, amountsSql: string, parameters: readonly unknown[] = []): Promise<Tally> {
  const [row] = await session.rows<{ count: number; amount: string | null }>(
    `SELECT count(*)::int AS count, sum(amount)::text AS amount FROM (${amountsSql}) AS charges`,
    parameters,
  );
  return { count: row?.count ?? 0, amount: wonFromDatabase(row?.amount ?? '0') };
}

/** Masked where it could be a billing token: the gateway's columns may be in another order. */
const UNKNOWN_ORDER_NO = `regexp_replace(line.order_no, '[0-9A-Fa-f]{64,}', '***', 'g')`;

const EXPECTED = `jsonb_build_object('merchantId', $2::text, 'storeProductId', charge.store_product_id,
  'amount', charge.amount, 'carrierAmount', charge.carrier_amount, 'creditCardAmount', charge.credit_card_amount,
  'tmembershipAmount', charge.tmembership_amount)`;

const UNREADABLE = `jsonb_build_object('reason', line.malformed) || jsonb_strip_nulls(
  jsonb_build_object('resultCode', line.result_code, 'transactionId', line.transaction_id))`;

const FOUND = `jsonb_build_object('merchantId', line.merchant_id, 'storeProductId', line.store_product_id,
  'billingTokenMatches', line.billing_token_hash IS NOT DISTINCT FROM charge.billing_token_hash,
  'amount', line.amount, 'carrierAmount', line.carrier_amount, 'creditCardAmount', line.credit_card_amount,
  'tmembershipAmount', line.tmembership_amount, 'resultCode', line.result_code, 'transactionId', line.transaction_id)`;
