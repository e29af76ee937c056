import { Injectable } from '@nestjs/common';
import { PERIOD_IS_OWED_SQL } from '../../charge';
import type { SeoulDate } from '../../kernel/seoul-calendar';
import { wonFromDatabase, type Won } from '../../kernel/won';
import type { SqlSession } from '../../platform/database';
import { unpaidSql } from './unpaid.sql';

/** A charge as far as billing it again depends on it. */
export interface RebilledCharge {
  id: string;
  /** `null`, with its state: it is in none, because another gateway than T store collects it. */
  jobId: string | null;
  jobState: string | null;
  /** `null`: it was uploaded. */
  billingRunId: string | null;
  subscriptionId: string | null;
  amount: Won;
  /** How it ended; `null`: it has not. */
  kind: string | null;
  resultCode: string | null;
  resultMessage: string | null;
  /** Whether its period is the one to be billed next, and no later attempt was made. */
  isOwed: boolean;
  /** Order number of another charge of the period that is paid, on its way or in doubt. */
  other: string | null;
  /** The failed jobs that charge its period too. */
  failedJobIds: string[];
  /** What parks its subscription. */
  lineStopId: string | null;
  /** A payment that T store was seen to have of any attempt at its period, although that ended unpaid. */
  foundTransactionId: string | null;
}

/** The statements of billing a single charge again. */
@Injectable()
export class ChargeRebillRepository {
  async find(session: SqlSession, orderNo: string): Promise<RebilledCharge | undefined> {
    const [row] = await session.rows<Omit<RebilledCharge, 'amount'> & { amount: string }>(
      `SELECT charge.id, job.id AS "jobId", job.state AS "jobState", job.billing_run_id AS "billingRunId",
         charge.subscription_id AS "subscriptionId", charge.amount, settlement.kind,
         settlement.result_code AS "resultCode", settlement.result_message AS "resultMessage",
         (${PERIOD_IS_OWED_SQL}) IS TRUE AS "isOwed",
         (SELECT other.order_no FROM charge AS other
          WHERE other.subscription_id = charge.subscription_id AND other.period_start_on = charge.period_start_on
            AND other.id <> charge.id AND NOT ${unpaidSql('other')}
          ORDER BY other.id LIMIT 1) AS other,
         (SELECT coalesce(array_agg(failed.id::text ORDER BY failed.id), '{}')
          FROM charge AS attempt JOIN bulk_payment_job AS failed ON failed.id = attempt.bulk_payment_job_id
          WHERE attempt.subscription_id = charge.subscription_id AND attempt.period_start_on = charge.period_start_on
            AND failed.state = 'Failed') AS "failedJobIds",
         (SELECT min(id) FROM line_stop
          WHERE line_stop.subscription_id = charge.subscription_id AND state = 'Open') AS "lineStopId",
         (SELECT min(payment.transaction_id) FROM charge AS attempt
          JOIN unpaid_charge_payment AS payment ON payment.charge_id = attempt.id
          WHERE attempt.id = charge.id
            OR (attempt.subscription_id = charge.subscription_id AND attempt.period_start_on = charge.period_start_on))
           AS "foundTransactionId"
       FROM charge
       LEFT JOIN bulk_payment_job AS job ON job.id = charge.bulk_payment_job_id
       LEFT JOIN subscription AS charge_subscription ON charge_subscription.id = charge.subscription_id
       LEFT JOIN settlement ON settlement.charge_id = charge.id AND settlement.refund_id IS NULL
       WHERE charge.order_no = $1`,
      [orderNo],
    );
    return row && { ...row, amount: wonFromDatabase(row.amount) };
  }

  /** Of all attempts at its period, so that none comes back meanwhile; in the order in which all lock them. */
  async lockJobsOfPeriod(session: SqlSession, orderNo: string): Promise<void> {
    await session.rows(
      `SELECT FROM bulk_payment_job WHERE id IN (
         SELECT attempt.bulk_payment_job_id FROM charge JOIN charge AS attempt
           ON attempt.subscription_id = charge.subscription_id AND attempt.period_start_on = charge.period_start_on
         WHERE charge.order_no = $1)
       ORDER BY id FOR UPDATE`,
      [orderNo],
    );
  }

  /** What was billed again charge by charge on a Seoul day. */
  async rebilledOn(session: SqlSession, day: SeoulDate): Promise<{ count: number; amount: number }> {
    const [row] = await session.rows<{ count: number; amount: string }>(
      `SELECT count(*)::int AS count, coalesce(sum(total_amount), 0) AS amount FROM bulk_payment_job
       WHERE rebill_of_charge_id IS NOT NULL AND created_at >= $1::timestamp AT TIME ZONE 'Asia/Seoul'`,
      [day],
    );
    return { count: row?.count ?? 0, amount: Number(row?.amount ?? 0) };
  }
}
