import { Injectable } from '@nestjs/common';
import { beyondUsual, mayBeUnusual, type Usual } from '../approval';
import { DearCharges, type Dearest } from '../bulk-payment';
import { BillingConfig } from '../config';
import type { SeoulDate } from '../kernel/seoul-calendar';
import type { Won } from '../kernel/won';
import type { SqlSession } from '../platform/database';

/** Runs of one kind that the usual is taken from: half a year of one day of the month, or a month of days. */
const USUAL_RUNS = { sameDay: 6, anyDay: 30 };

export interface RunSize {
  chargeCount: number;
  totalAmount: Won;
}

/** What is due: a SELECT, or the temporary table that planning fills. */
interface DueCharges {
  sql: string;
  parameters?: readonly unknown[];
}

export const PLANNED_CHARGES: DueCharges = { sql: 'SELECT * FROM due' };

/**
 * Says whether a run is so far beyond the usual that a person must look at it first. Too many questions cost an hour; one
 * too few may bill everybody twice, and T store calls nothing back.
 */
@Injectable()
export class UnusualRuns {
  constructor(
    private readonly billing: BillingConfig,
    private readonly dear: DearCharges,
  ) {}

  /** @returns why the run needs a confirmation, or `undefined` when it needs none */
  async reasonToAsk(
    session: SqlSession,
    billingDate: SeoulDate,
    size: RunSize,
    due: DueCharges,
  ): Promise<string | undefined> {
    const reasons = [await this.tooLarge(session, billingDate, size), await this.tooDear(session, due)];
    return reasons.filter((reason) => reason !== undefined).join('; ') || undefined;
  }

  /** @returns why a single charge of what is due needs a second person, whatever all of it comes to */
  async tooDear(session: SqlSession, { sql, parameters = [] }: DueCharges): Promise<string | undefined> {
    if (this.billing.confirm.factor === 0) return undefined;
    const rows = await session.rows<{ product: string; amount: string }>(
      `SELECT store_product_id AS product, max(amount) AS amount FROM (${sql}) AS due GROUP BY store_product_id`,
      parameters,
    );
    const dearest: Dearest = new Map(rows.map(({ product, amount }) => [product, Number(amount)]));
    return this.dear.reasonToAsk(session, dearest, 'billing-run');
  }

  private async tooLarge(session: SqlSession, billingDate: SeoulDate, size: RunSize): Promise<string | undefined> {
    const { confirm } = this.billing;
    const { chargeCount: count, totalAmount: amount } = size;
    if (!mayBeUnusual({ count, amount }, confirm)) return undefined;
    return beyondUsual({ count, amount }, await this.usual(session, billingDate), confirm, 'run');
  }

  /** Runs of the same day of the month are the same kind, all last days of months too; without one, any recent run is. */
  private async usual(session: SqlSession, billingDate: SeoulDate): Promise<Usual | undefined> {
    const medianOf = async (kindSql: string, limit: number): Promise<Usual | undefined> => {
      const [usual] = await session.rows<Usual>(
        `SELECT count(*)::int AS of, percentile_cont(0.5) WITHIN GROUP (ORDER BY charge_count) AS count,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY total_amount) AS amount
         FROM (
           SELECT charge_count, total_amount FROM billing_run
           WHERE state IN ('Planned', 'Confirmed') AND charge_count > 0 AND billing_date < $1 AND ${kindSql}
           ORDER BY billing_date DESC LIMIT ${limit}) AS recent`,
        [billingDate],
      );
      return usual && usual.of > 0 ? usual : undefined;
    };
    return (await medianOf(SAME_DAY_SQL, USUAL_RUNS.sameDay)) ?? medianOf('true', USUAL_RUNS.anyDay);
  }
}

const SAME_DAY_SQL = `(extract(day FROM billing_date) = extract(day FROM $1::date)
  OR (extract(day FROM billing_date + 1) = 1 AND extract(day FROM $1::date + 1) = 1))`;
