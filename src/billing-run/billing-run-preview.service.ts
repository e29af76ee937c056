import { Injectable } from '@nestjs/common';
import type { SeoulDate } from '../kernel/seoul-calendar';
import { shownWon, sumWon, wonFromDatabase, type Won } from '../kernel/won';
import { Database, type SqlSession } from '../platform/database';
import { UnusualRuns } from './unusual-run';
import { DUE_CHARGES_SQL, LINE_ORDER_SQL, ORDER_NO_SQL } from './due-charges.sql';
import { LOOK_ALIKES_SQL } from './look-alikes.sql';
import { BILLABLE_CHARGES_SQL, UNBILLABLE_REASON_SQL } from './unbillable.sql';

interface Sum {
  count: number;
  amount: Won;
}

/** A charge as it would be written. */
export interface PreviewLine {
  orderNo: string;
  subscriptionId: string;
  customerReference: string;
  periodStartOn: string;
  attempt: number;
  amount: Won;
}

/** A subscription that is due and would be parked instead of charged. */
export interface ParkedLine {
  orderNo: string;
  subscriptionId: string;
  customerReference: string;
  reason: string;
}

/** A subscription that would be charged for days that another one pays, or has paid, under a name that reads the same or by one billing token. */
export interface LookAlike {
  orderNo: string;
  subscriptionId: string;
  customerReference: string;
  otherSubscriptionId: string;
  otherCustomerReference: string;
  /** First day that the other one has not paid; `null`: it has paid nothing yet. */
  otherPaidThroughOn: string | null;
  /** The names tell them apart, and the billing token is one. */
  byBillingToken: boolean;
}

/** How a run would differ from the one a month before; each sum is of the run it belongs to. */
export interface RunDifferences {
  comparedWith: { id: string; billingDate: string } & Sum;
  /** Charged now, not a month before. */
  new: Sum;
  /** Charged a month before, not now. */
  gone: Sum;
  /** Charged another amount; the sum is now minus then, and may be negative. */
  changed: { count: number; difference: number };
}

/** What a billing run would do. */
export interface RunPreview {
  billingDate: SeoulDate;
  /** The run the date has already; what is shown would then be left to a later one. */
  existingRunId: string | null;
  total: Sum;
  retries: Sum;
  groups: ({ billingGroup: string } & Sum)[];
  /** Why a person would have to confirm it. */
  confirmationReason: string | null;
  firstCharges: PreviewLine[];
  /** Who is due and can't be charged: the run would park each with a line stop, and bill everybody else. */
  parked: { count: number; first: ParkedLine[] };
  /** Who may be charged twice. Whose days are charged already, or would be by this run, are `parked` too; the others are charged: once both have paid, a line stop parks the later one. */
  lookAlikes: { count: number; first: LookAlike[] };
  /** `null` when there was no run to compare with. */
  differences: RunDifferences | null;
}

/** Looked for by its key: a join may compare each row with each, where nobody has counted what was just imported. */
const CUSTOMER_REFERENCE_SQL =
  '(SELECT customer_reference FROM subscription WHERE subscription.id = due.subscription_id)';

/** Shows what the run of a date would bill, by the statements the run itself uses, in a transaction that can't write. */
@Injectable()
export class BillingRunPreview {
  constructor(
    private readonly unusual: UnusualRuns,
    private readonly database: Database,
  ) {}

  preview(billingDate: SeoulDate, lineLimit: number): Promise<RunPreview> {
    return this.database.transaction(async (session) => {
      // One moment for all of it, and PostgreSQL itself refuses whatever would write.
      await session.rows('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const groups = await this.groups(session, billingDate);
      const total = sumOf(groups);
      const size = { chargeCount: total.count, totalAmount: total.amount };
      const due = { sql: BILLABLE_CHARGES_SQL, parameters: [billingDate] };
      return {
        billingDate,
        existingRunId: await this.existingRun(session, billingDate),
        total,
        retries: sumOf(groups.filter((group) => group.isRetry)),
        groups: byGroup(groups),
        confirmationReason: (await this.unusual.reasonToAsk(session, billingDate, size, due)) ?? null,
        firstCharges: await this.firstCharges(session, billingDate, lineLimit),
        parked: await this.parked(session, billingDate, lineLimit),
        lookAlikes: await this.lookAlikes(session, billingDate, lineLimit),
        differences: (await this.differences(session, billingDate)) ?? null,
      };
    });
  }

  private async groups(session: SqlSession, date: SeoulDate): Promise<GroupSum[]> {
    const rows = await session.rows<{ group: string; retry: boolean; count: number; amount: string }>(
      `SELECT billing_group AS "group", attempt > 1 AS retry, count(*)::int AS count, sum(amount)::text AS amount
       FROM (${BILLABLE_CHARGES_SQL}) AS due GROUP BY billing_group, attempt > 1 ORDER BY billing_group`,
      [date],
    );
    return rows.map((row) => ({
      billingGroup: row.group,
      isRetry: row.retry,
      count: row.count,
      amount: shownWon(row.amount),
    }));
  }

  private async existingRun(session: SqlSession, date: SeoulDate): Promise<string | null> {
    const [run] = await session.rows<{ id: string }>('SELECT id FROM billing_run WHERE billing_date = $1', [date]);
    return run?.id ?? null;
  }

  private async firstCharges(session: SqlSession, date: SeoulDate, limit: number): Promise<PreviewLine[]> {
    const lines = await session.rows<Omit<PreviewLine, 'amount'> & { amount: string }>(
      `SELECT ${ORDER_NO_SQL} AS "orderNo", due.subscription_id AS "subscriptionId",
         ${CUSTOMER_REFERENCE_SQL} AS "customerReference", due.next_billing_on::text AS "periodStartOn",
         due.attempt, due.amount::text
       FROM (${BILLABLE_CHARGES_SQL}) AS due
       ORDER BY due.billing_group, ${LINE_ORDER_SQL} LIMIT $2`,
      [date, limit],
    );
    return lines.map((line) => ({ ...line, amount: wonFromDatabase(line.amount) }));
  }

  private async parked(session: SqlSession, date: SeoulDate, limit: number): Promise<RunPreview['parked']> {
    const rows = await session.rows<ParkedLine & { count: number }>(
      `SELECT count(*) OVER ()::int AS count, ${ORDER_NO_SQL} AS "orderNo", due.subscription_id AS "subscriptionId",
         ${CUSTOMER_REFERENCE_SQL} AS "customerReference", found.reason
       FROM (${DUE_CHARGES_SQL}) AS due CROSS JOIN LATERAL (SELECT ${UNBILLABLE_REASON_SQL} AS reason) AS found
       WHERE found.reason IS NOT NULL ORDER BY due.subscription_id LIMIT $2`,
      [date, Math.max(limit, 1)],
    );
    const first = rows.map(({ orderNo, subscriptionId, customerReference, reason }) => {
      return { orderNo, subscriptionId, customerReference, reason };
    });
    return { count: rows[0]?.count ?? 0, first };
  }

  private async lookAlikes(session: SqlSession, date: SeoulDate, limit: number): Promise<RunPreview['lookAlikes']> {
    const rows = await session.rows<LookAlike & { count: number }>(LOOK_ALIKES_SQL, [date, Math.max(limit, 1)]);
    return { count: rows[0]?.count ?? 0, first: rows.map(({ count: _, ...lookAlike }) => lookAlike) };
  }

  /**
   * Compared by subscription with the charges of the last run up to a month before; the last day of a month is compared
   * with the last day of the month before. Charges of rejected runs were never sent and don't count.
   */
  private async differences(session: SqlSession, date: SeoulDate): Promise<RunDifferences | undefined> {
    const [row] = await session.rows<DifferenceRow>(
      `WITH before AS (
         SELECT id, billing_date FROM billing_run
         WHERE state <> 'Rejected' AND charge_count > 0 AND billing_date <=
           billing_date_after(($1::date - interval '1 month')::date, 0,
             CASE extract(day FROM $1::date + 1) WHEN 1 THEN 31 ELSE extract(day FROM $1::date)::int END)
         ORDER BY billing_date DESC LIMIT 1),
       was AS (
         SELECT charge.subscription_id, sum(charge.amount) AS amount
         FROM before JOIN LATERAL (
           SELECT charge.subscription_id, charge.amount FROM bulk_payment_job AS job
           JOIN charge ON charge.bulk_payment_job_id = job.id
           WHERE job.billing_run_id = before.id AND job.rebill_of_job_id IS NULL
           UNION ALL
           SELECT charge.subscription_id, charge.amount FROM direct_payment
           JOIN charge ON charge.id = direct_payment.charge_id WHERE direct_payment.billing_run_id = before.id) AS charge ON true
         GROUP BY charge.subscription_id),
       is_due AS (SELECT subscription_id, amount FROM (${BILLABLE_CHARGES_SQL}) AS due)
       SELECT before.id, before.billing_date::text AS date,
         count(was.amount)::int AS was_count, coalesce(sum(was.amount), 0)::text AS was_amount,
         count(*) FILTER (WHERE was.amount IS NULL AND is_due.amount IS NOT NULL)::int AS new_count,
         coalesce(sum(is_due.amount) FILTER (WHERE was.amount IS NULL), 0)::text AS new_amount,
         count(*) FILTER (WHERE is_due.amount IS NULL AND was.amount IS NOT NULL)::int AS gone_count,
         coalesce(sum(was.amount) FILTER (WHERE is_due.amount IS NULL), 0)::text AS gone_amount,
         count(*) FILTER (WHERE is_due.amount <> was.amount)::int AS changed_count,
         coalesce(sum(is_due.amount - was.amount) FILTER (WHERE is_due.amount <> was.amount), 0)::text AS changed_amount
       FROM before LEFT JOIN (was FULL JOIN is_due USING (subscription_id)) ON true
       GROUP BY before.id, before.billing_date`,
      [date],
    );
    return row && differencesOf(row);
  }
}

interface GroupSum extends Sum {
  billingGroup: string;
  isRetry: boolean;
}

interface DifferenceRow {
  id: string;
  date: string;
  was_count: number;
  was_amount: string;
  new_count: number;
  new_amount: string;
  gone_count: number;
  gone_amount: string;
  changed_count: number;
  changed_amount: string;
}

function differencesOf(row: DifferenceRow): RunDifferences {
  return {
    comparedWith: {
      id: row.id,
      billingDate: row.date,
      count: row.was_count,
      amount: shownWon(row.was_amount),
    },
    new: { count: row.new_count, amount: shownWon(row.new_amount) },
    gone: { count: row.gone_count, amount: shownWon(row.gone_amount) },
    changed: { count: row.changed_count, difference: Number(row.changed_amount) },
  };
}

function sumOf(sums: readonly Sum[]): Sum {
  return {
    count: sums.reduce((count, sum) => count + sum.count, 0),
    amount: sumWon(sums.map((sum) => sum.amount)),
  };
}

/** First and later attempts of a group together. */
function byGroup(sums: readonly GroupSum[]): ({ billingGroup: string } & Sum)[] {
  const names = [...new Set(sums.map((sum) => sum.billingGroup))];
  return names.map((billingGroup) => ({
    billingGroup,
    ...sumOf(sums.filter((sum) => sum.billingGroup === billingGroup)),
  }));
}
