import { Injectable } from '@nestjs/common';
import type { SeoulDate } from '../kernel/seoul-calendar';
import { ChargeRepository } from '../charge';
import { wonFromDatabase, type Won } from '../kernel/won';
import type { SqlSession } from '../platform/database';
import { CHARGED_AMOUNTS_SQL, DUE_SUBSCRIPTION_SQL } from './due-subscriptions.sql';

/** One job's part of what is due. */
export interface JobShare {
  lineCount: number;
  totalAmount: Won;
}

/** The statements of planning, set-based throughout: a million due subscriptions are four statements. */
@Injectable()
export class BillingRunRepository {
  constructor(private readonly charges: ChargeRepository) {}

  /** @returns the new run's id, or `undefined` when the date has one */
  async open(session: SqlSession, billingDate: SeoulDate, at: Date): Promise<string | undefined> {
    const [run] = await session.rows<{ id: string }>(
      `INSERT INTO billing_run (billing_date, charge_count, total_amount, job_count, planned_at)
       VALUES ($1, 0, 0, 0, $2)
       ON CONFLICT (billing_date) DO NOTHING
       RETURNING id`,
      [billingDate, at],
    );
    return run?.id;
  }

  /**
   * Numbers what is due into the temporary table `due`, with what each is charged.
   */
  async selectDue(session: SqlSession, billingDate: SeoulDate): Promise<void> {
    await session.rows(
      `CREATE TEMPORARY TABLE due ON COMMIT DROP AS
       SELECT row_number() OVER (ORDER BY subscription.id) AS number, subscription.id AS subscription_id,
         subscription.next_billing_on, subscription.billing_token_hash, subscription.product_id, ${CHARGED_AMOUNTS_SQL}
       FROM subscription JOIN product ON product.id = subscription.product_id
       WHERE ${DUE_SUBSCRIPTION_SQL}`,
      [billingDate],
    );
    await session.rows('ANALYZE due');
  }

  /** How the due rows divide into jobs of at most `jobMaxRows`, in order. */
  async shares(session: SqlSession, jobMaxRows: number): Promise<JobShare[]> {
    const rows = await session.rows<{ line_count: number; total_amount: string }>(
      `SELECT count(*)::int AS line_count, sum(amount)::text AS total_amount
       FROM due GROUP BY (number - 1) / $1 ORDER BY (number - 1) / $1`,
      [jobMaxRows],
    );
    return rows.map((row) => ({ lineCount: row.line_count, totalAmount: wonFromDatabase(row.total_amount) }));
  }

  /**
   * Writes one charge for each due row. They lie in the order of their numbers and joining keeps it, so a million rows are
   * not sorted again. Order numbers are readable and unique for ever, because subscription, period and attempt are:
   * `B20270131-42-1`.
   *
   * @param jobIds the job of each share, in order
   */
  async createCharges(session: SqlSession, jobIds: readonly string[], jobMaxRows: number, at: Date): Promise<void> {
    await this.charges.append(
      session,
      `SELECT format('B%s-%s-1', to_char(due.next_billing_on, 'YYYYMMDD'), due.subscription_id), job.id,
         (due.number - 1) % $3 + 2, due.subscription_id, due.next_billing_on, 1::smallint,
         product.store_product_id, product.name, due.amount, due.carrier_amount, due.credit_card_amount,
         due.tmembership_amount, due.billing_token_hash
       FROM due
       JOIN product ON product.id = due.product_id
       JOIN unnest($2::bigint[]) WITH ORDINALITY AS job (id, share) ON job.share = (due.number - 1) / $3 + 1`,
      [jobIds, jobMaxRows],
      at,
    );
  }

  async close(
    session: SqlSession,
    runId: string,
    totals: { chargeCount: number; totalAmount: Won; jobCount: number },
  ): Promise<void> {
    await session.execute('UPDATE billing_run SET charge_count = $2, total_amount = $3, job_count = $4 WHERE id = $1', [
      runId,
      totals.chargeCount,
      totals.totalAmount,
      totals.jobCount,
    ]);
  }
}
