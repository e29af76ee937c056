import { Injectable } from '@nestjs/common';
import { contradictedSql } from '../bulk-payment';
import { ChargeRepository, withdrawnSql } from '../charge';
import type { SeoulDate } from '../kernel/seoul-calendar';
import { won, wonFromDatabase, type Won } from '../kernel/won';
import type { SqlSession } from '../platform/database';
import { begin, move, type Aggregate } from '../platform/work';
import { CHARGED_AMOUNTS_SQL } from '../subscription';
import { BillingRun, BillingRunHistory } from './billing-run.entity';
import type { RunSize } from './unusual-run';
import { BILLING_RUN_FIRST_STATES, BILLING_RUN_TRANSITIONS } from './billing-run.state';
import { DUE_CHARGES_SQL, LINE_ORDER_SQL, ORDER_NO_SQL, freeAttemptSql } from './due-charges.sql';

export const BILLING_RUN: Aggregate<BillingRun, typeof BILLING_RUN_TRANSITIONS> = {
  name: 'billing run',
  rows: BillingRun,
  history: BillingRunHistory,
  subject: 'billingRunId',
  transitions: BILLING_RUN_TRANSITIONS,
  firstStates: BILLING_RUN_FIRST_STATES,
};

/** What a run came to. */
export type RunTotals = Pick<BillingRun, 'chargeCount' | 'totalAmount' | 'jobCount'>;

/** Before anything is planned in it. */
const NOTHING: RunTotals = { chargeCount: 0, totalAmount: won(0), jobCount: 0 };

/** Who opens a run, and when. */
export interface Opening {
  actor: string;
  at: Date;
}

/** One job's part of what is due: of one gateway account and billing group, and at most so many charges as a job may have. */
export interface JobShare {
  gatewayAccount: string;
  billingGroup: string;
  /** Counted from 0 within account and group. */
  part: number;
  lineCount: number;
  totalAmount: Won;
}

/** A share with the job that was made for it. */
export interface SharedJob extends Pick<JobShare, 'gatewayAccount' | 'billingGroup' | 'part'> {
  jobId: string;
}

/** A million due rows are sorted in this; PostgreSQL takes it per operation and gives it back at commit. */
const WORK_MEMORY = '256MB';

/** Any constant nobody else locks: one planning at a time, because what one has charged is not due for the next. */
const PLANNING_LOCK = 7_261_543_007;

/** The statements of planning, set-based throughout: a million due subscriptions are a handful of statements. */
@Injectable()
export class BillingRunRepository {
  constructor(private readonly charges: ChargeRepository) {}

  /** Waits until nobody else plans charges. */
  async lockPlanning(session: SqlSession): Promise<void> {
    await session.rows('SELECT pg_advisory_xact_lock($1)', [PLANNING_LOCK]);
  }

  /**
   * Waits for another run that is being opened: of two neighbouring dates both would charge what is due on either.
   *
   * @returns the new run's id, or `undefined` when the date has one
   */
  async open(session: SqlSession, billingDate: SeoulDate, { actor, at }: Opening): Promise<string | undefined> {
    await this.lockPlanning(session);
    if (await session.manager.existsBy(BillingRun, { billingDate })) return undefined;
    const run = { ...NOTHING, billingDate, plannedAt: at };
    return begin(session, BILLING_RUN, 'Planned', run, { cause: 'opened', actor, at });
  }

  /**
   * Numbers what is due, within its account and billing group, into the temporary table `due`, with what each is charged.
   *
   * @param accounts those that somebody here can collect by; what is of others stays due
   */
  async selectDue(session: SqlSession, billingDate: SeoulDate, accounts: readonly string[]): Promise<void> {
    await session.rows(`SET LOCAL work_mem = '${WORK_MEMORY}'`);
    await session.rows(
      `CREATE TEMPORARY TABLE due ON COMMIT DROP AS
       SELECT row_number() OVER (PARTITION BY gateway_account, billing_group ORDER BY ${LINE_ORDER_SQL}) - 1 AS place, due.*
       FROM (${DUE_CHARGES_SQL}) AS due WHERE due.gateway_account = ANY ($2)`,
      [billingDate, accounts],
    );
  }

  /**
   * Puts the charges of a failed job, or one charge, into `due` as they would be attempted once more, but for subscriptions
   * that moved on: over, ending, paid, or tried again meanwhile. By the account that was to collect them the first time, and
   * for the price of their period; a period of which nobody was asked anything yet has none, and is priced as it is planned now.
   */
  async selectUnbilled(session: SqlSession, of: { jobId: string } | { chargeId: string }): Promise<void> {
    const [column, id] = 'jobId' in of ? ['bulk_payment_job_id', of.jobId] : ['id', of.chargeId];
    await session.rows(
      `CREATE TEMPORARY TABLE due ON COMMIT DROP AS
       SELECT row_number() OVER (ORDER BY charge.line_number) - 1 AS place, subscription.id AS subscription_id,
         subscription.state, subscription.next_billing_on, subscription.billing_token_hash,
         subscription.payment_method_id, job.gateway_account, job.billing_group,
         charge.store_product_id, charge.product_name, coalesce(now.amount, charge.amount) AS amount,
         coalesce(now.carrier_amount, charge.carrier_amount) AS carrier_amount,
         coalesce(now.credit_card_amount, charge.credit_card_amount) AS credit_card_amount,
         coalesce(now.tmembership_amount, charge.tmembership_amount) AS tmembership_amount, ${freeAttemptSql('(charge.attempt + 1)')} AS attempt,
         false AS is_first
       FROM charge
       JOIN bulk_payment_job AS job ON job.id = charge.bulk_payment_job_id
       JOIN subscription ON subscription.id = charge.subscription_id
         AND subscription.next_billing_on = charge.period_start_on
       LEFT JOIN LATERAL (
         SELECT ${CHARGED_AMOUNTS_SQL} FROM product
         WHERE product.id = subscription.product_id AND product.store_product_id = charge.store_product_id
           AND charge.attempt = 1 AND job.submission_started_at IS NULL) AS now ON true
       WHERE charge.${column} = $1 AND subscription.state IN ('Active', 'PastDue')
         AND NOT subscription.cancel_at_period_end
         AND NOT EXISTS (
           SELECT FROM charge AS later
           WHERE later.subscription_id = charge.subscription_id AND later.period_start_on = charge.period_start_on
             AND later.attempt > charge.attempt AND NOT ${withdrawnSql('later')})`,
      [id],
    );
  }

  /** The first of those in `due` that a line stop parks. */
  async parkedAmongDue(session: SqlSession): Promise<{ subscriptionId: string; lineStopId: string } | undefined> {
    const [parked] = await session.rows<{ subscriptionId: string; lineStopId: string }>(
      `SELECT stop.subscription_id AS "subscriptionId", stop.id AS "lineStopId"
       FROM line_stop AS stop JOIN due ON due.subscription_id = stop.subscription_id
       WHERE stop.state = 'Open' ORDER BY stop.id LIMIT 1`,
    );
    return parked;
  }

  /** Failed jobs that T store was heard to have, and that charge a period which is in `due`. */
  async takenAmongDue(session: SqlSession): Promise<string[]> {
    const rows = await session.rows<{ id: string }>(
      `SELECT DISTINCT failed.id FROM bulk_payment_job AS failed
       JOIN charge ON charge.bulk_payment_job_id = failed.id
       JOIN due ON due.subscription_id = charge.subscription_id AND due.next_billing_on = charge.period_start_on
       WHERE ${contradictedSql('failed')}`,
    );
    return rows.map(({ id }) => id);
  }

  /** How the due rows divide into jobs of one account and group and at most `jobMaxRows`, in order. */
  async shares(session: SqlSession, jobMaxRows: number): Promise<JobShare[]> {
    const rows = await session.rows<Omit<JobShare, 'totalAmount'> & { totalAmount: string }>(
      `SELECT gateway_account AS "gatewayAccount", billing_group AS "billingGroup", (place / $1)::int AS part,
         count(*)::int AS "lineCount", sum(amount)::text AS "totalAmount"
       FROM due WHERE payment_method_id IS NULL GROUP BY gateway_account, billing_group, place / $1
       ORDER BY gateway_account, billing_group, place / $1`,
      [jobMaxRows],
    );
    return rows.map((row) => ({ ...row, totalAmount: wonFromDatabase(row.totalAmount) }));
  }

  /**
   * Writes one charge for each due row. They lie in the order of their places and joining keeps it, so a million rows are
   * not sorted again.
   */
  async createCharges(session: SqlSession, jobs: readonly SharedJob[], jobMaxRows: number, at: Date): Promise<void> {
    const parameters = [
      jobs.map((job) => job.jobId),
      jobs.map((job) => job.billingGroup),
      jobs.map((job) => job.part),
      jobMaxRows,
      jobs.map((job) => job.gatewayAccount),
    ];
    await this.charges.append(
      session,
      `SELECT ${ORDER_NO_SQL}, job.id, (due.place % $5 + 2)::int, due.subscription_id, due.next_billing_on, due.attempt,
         due.store_product_id, due.product_name, due.amount, due.carrier_amount, due.credit_card_amount,
         due.tmembership_amount, due.billing_token_hash, due.gateway_account
       FROM due
       JOIN unnest($2::bigint[], $3::text[], $4::int[], $6::text[]) AS job (id, billing_group, part, gateway_account)
         ON job.gateway_account = due.gateway_account AND job.billing_group = due.billing_group AND job.part = due.place / $5`,
      parameters,
      at,
    );
  }

  /** How many due rows are paid by payment methods, and how much. */
  async byMethods(session: SqlSession): Promise<RunSize> {
    const [row] = await session.rows<{ count: number; amount: string }>(
      `SELECT count(*)::int AS count, coalesce(sum(amount), 0)::text AS amount FROM due WHERE payment_method_id IS NOT NULL`,
    );
    return { chargeCount: row?.count ?? 0, totalAmount: wonFromDatabase(row?.amount ?? '0') };
  }

  /** Notes each later attempt in the history of its subscription. */
  async noteLaterAttempts(session: SqlSession, why: { cause: string; actor: string; at: Date }): Promise<void> {
    await session.execute(
      `INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, changes, actor, at)
       SELECT subscription_id, state, state, $1, jsonb_build_object(
         'attempt', jsonb_build_array(attempt - 1, attempt), 'order_no', jsonb_build_array(NULL, ${ORDER_NO_SQL})), $2, $3
       FROM due WHERE attempt > 1`,
      [why.cause, why.actor, why.at],
    );
  }

  /** Writes what an opened run came to. @param unusual why it is held until it is confirmed, when it is */
  async close(
    session: SqlSession,
    id: string,
    totals: RunTotals,
    unusual: string | undefined,
    { actor, at }: Opening,
  ): Promise<void> {
    await session.manager.update(BillingRun, { id }, totals);
    if (unusual === undefined) return;
    const why = { cause: 'hold', actor, reason: unusual, at };
    await move(session, BILLING_RUN, { id, state: 'Planned' }, 'hold', why, {
      changes: { confirmationReason: unusual },
    });
  }
}
