import { Injectable } from '@nestjs/common';
import type { SqlSession } from '../platform/database';
import type { SettlementRange } from './settlement-effects';

/** Any constant nobody else locks; see {@link SettlementLog.append}. */
const SETTLEMENT_LOG_LOCK = 7_261_543_002;

/** What an append did: `range` is missing when there was nothing to settle. */
export interface AppendedSettlements {
  count: number;
  range: SettlementRange | undefined;
}

/** The append-only record of what became of charges, in commit order. */
@Injectable()
export class SettlementLogRepository {
  /**
   * Appends the outcomes a query yields, one for each charge, for ever: a charge that is settled already makes the
   * whole statement fail on its unique key.
   *
   * One transaction appends at a time, over all replicas. Otherwise a smaller position could be committed after a
   * larger one was read, and readers that go by position would never see it.
   *
   * @param outcomesSql a SELECT of charge_id, subscription_id, period_start_on, kind, amount, transaction_id,
   *   result_code, result_message, bulk_payment_job_id, result_line_number; `$1` is taken by the time of settlement, its own parameters follow
   */
  async append(
    session: SqlSession,
    outcomesSql: string,
    parameters: readonly unknown[],
    at: Date,
  ): Promise<AppendedSettlements> {
    await session.rows('SELECT pg_advisory_xact_lock($1)', [SETTLEMENT_LOG_LOCK]);
    const [appended] = await session.rows<{ count: number; first: string | null; last: string | null }>(
      `WITH outcome AS (${outcomesSql}),
       appended AS (
         INSERT INTO settlement (position, charge_id, subscription_id, period_start_on, kind, amount, transaction_id,
           result_code, result_message, bulk_payment_job_id, result_line_number, settled_at)
         SELECT nextval('settlement_position'), charge_id, subscription_id, period_start_on, kind, amount, transaction_id,
           result_code, result_message, bulk_payment_job_id, result_line_number, $1
         FROM outcome
         RETURNING position)
       SELECT count(*)::int AS count, min(position) AS first, max(position) AS last FROM appended`,
      [at, ...parameters],
    );
    const { count = 0, first = null, last = null } = appended ?? {};
    const range = first === null || last === null ? undefined : { firstPosition: first, lastPosition: last };
    return { count, range };
  }
}
