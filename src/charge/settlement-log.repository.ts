import { Injectable } from '@nestjs/common';
import type { SqlSession } from '../platform/database';
import type { SettlementOutcomes } from './settlement-effects';

/** Any constant nobody else locks; see {@link SettlementLogRepository.append}. */
const SETTLEMENT_LOG_LOCK = 7_261_543_002;

/** The append-only record of what became of charges, in commit order. */
@Injectable()
export class SettlementLogRepository {
  /**
   * Appends outcomes, one settlement for each charge and one entry for each refund, for ever: what is in the log already
   * makes the whole statement fail on its unique key.
   *
   * One transaction appends at a time, over all replicas. Otherwise a smaller position could be committed after a
   * larger one was read, and readers that go by position would never see it. So append last, and commit.
   *
   * @returns how many
   */
  async append(session: SqlSession, outcomes: SettlementOutcomes, at: Date): Promise<number> {
    await session.rows('SELECT pg_advisory_xact_lock($1)', [SETTLEMENT_LOG_LOCK]);
    return session.execute(
      `INSERT INTO settlement (position, charge_id, subscription_id, period_start_on, kind, amount, gateway,
         transaction_id, result_code, result_message, bulk_payment_job_id, result_line_number, discrepancy_id, refund_id,
         settled_at)
       SELECT nextval('settlement_position'), charge_id, subscription_id, period_start_on, kind, amount, gateway,
         transaction_id, result_code, result_message, bulk_payment_job_id, result_line_number, discrepancy_id, refund_id,
         $${outcomes.parameters.length + 1}
       FROM (${outcomes.sql}) AS outcome
       ORDER BY charge_id`,
      [...outcomes.parameters, at],
    );
  }
}
