import { Injectable } from '@nestjs/common';
import { UnwantedCharges, type UnwantedQuery, type WithdrawalReason } from '../charge';
import { wonFromDatabase, type Won } from '../kernel/won';
import { secondsAfter } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { holdChanges } from './subscription-changes-lock';
import { REPRICED_SQL, UNWANTED_CHARGES_SQL, UNWANTED_SQL } from './unwanted-charges.sql';

/** Longer than any transaction takes, or clocks of replicas differ: a change that planning did not see may be so much older. */
const UNSEEN_SECONDS = 86_400;

/** What became of planned charges since, while nothing of them is sent. */
export interface PlanChanges {
  /** Not wanted any more, by why: they will not be sent. */
  unwanted: { reason: WithdrawalReason; count: number; amount: Won }[];
  /** Would be planned for another amount now; they are sent for the one they were planned for. Now minus then. */
  repriced: { count: number; difference: number };
}

/** Holds planned charges against the subscriptions and products as they are now. */
@Injectable()
export class ChangesSincePlanning implements UnwantedCharges {
  constructor(private readonly database: Database) {}

  holdChanges(session: SqlSession): Promise<void> {
    return holdChanges(session);
  }

  async ofJobs(session: SqlSession, jobIds: readonly string[]): Promise<UnwantedQuery> {
    return { sql: UNWANTED_SQL, parameters: await this.parameters(session, jobIds) };
  }

  async ofCharges(session: SqlSession, chargeIds: readonly string[]): Promise<UnwantedQuery> {
    // Who changes either waits until the intents to send are committed, and meets charges that are on their way.
    await session.rows(
      `SELECT FROM charge JOIN subscription ON subscription.id = charge.subscription_id
       JOIN product ON product.store_product_id = charge.store_product_id
       WHERE charge.id = ANY ($1::bigint[]) ORDER BY charge.id FOR SHARE OF subscription, product`,
      [chargeIds],
    );
    return { sql: UNWANTED_CHARGES_SQL, parameters: [chargeIds] };
  }

  async noteWithdrawn(session: SqlSession, { actor, at }: { actor: string; at: Date }): Promise<void> {
    await session.execute(
      `INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, changes, actor, at)
       SELECT subscription.id, state, state, 'charge withdrawn', jsonb_build_object(
         'order_no', jsonb_build_array(NULL, leaving.order_no), 'because', jsonb_build_array(NULL, leaving.reason)), $1, $2
       FROM leaving JOIN subscription ON subscription.id = leaving.subscription_id`,
      [actor, at],
    );
  }

  /** @param jobIds of which nothing is sent */
  async of(jobIds: readonly string[]): Promise<PlanChanges> {
    const parameters = await this.parameters(this.database, jobIds);
    const unwanted = await this.database.rows<{ reason: WithdrawalReason; count: number; amount: string }>(
      `SELECT reason, count(*)::int AS count, sum(amount)::text AS amount FROM (${UNWANTED_SQL}) AS unwanted
       GROUP BY reason ORDER BY reason`,
      parameters,
    );
    const [repriced] = await this.database.rows<{ count: number; difference: string }>(REPRICED_SQL, parameters);
    return {
      unwanted: unwanted.map((row) => ({ ...row, amount: wonFromDatabase(row.amount) })),
      repriced: { count: repriced?.count ?? 0, difference: Number(repriced?.difference ?? 0) },
    };
  }

  /** The jobs, and the instant from which on what changed may have been missed by who planned them. */
  private async parameters(session: SqlSession, jobIds: readonly string[]): Promise<[readonly string[], Date]> {
    // All charges of a job were planned at once.
    const [planned] = await session.rows<{ at: Date | null }>(
      `SELECT min(first.created_at) AS at FROM unnest($1::bigint[]) AS job (id)
       CROSS JOIN LATERAL (
         SELECT created_at FROM charge WHERE bulk_payment_job_id = job.id ORDER BY line_number LIMIT 1) AS first`,
      [jobIds],
    );
    return [jobIds, secondsAfter(planned?.at ?? new Date(0), -UNSEEN_SECONDS)];
  }
}
