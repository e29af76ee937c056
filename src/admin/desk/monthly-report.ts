import { Injectable } from '@nestjs/common';
import { startOfSeoulDay, type SeoulDate } from '../../kernel/seoul-calendar';
import { shownWon, type Won } from '../../kernel/won';
import { Database, withinSql } from '../../platform/database';

/** Won by who collects them for us: `amount` is what the others are together. */
export interface WonByMethod {
  amount: Won;
  carrierAmount: Won;
  creditCardAmount: Won;
  tmembershipAmount: Won;
  /** Of other gateways than T store. */
  otherAmount: Won;
}

/** Money that went back. What is given back of a payment of several methods in part, T store divides, and does not say how. */
export interface Refunded extends WonByMethod {
  count: number;
  undividedAmount: Won;
  /** Of `count` and `amount`, what left nothing of its payment. */
  full: { count: number; amount: Won };
  part: { count: number; amount: Won };
}

/** What a Seoul month brought of a product, by when the settlement log tells it. */
export interface ProductMonth {
  month: string;
  storeProductId: string;
  productName: string;
  collected: WonByMethod & { count: number };
  declined: { count: number; amount: Won };
  refunded: Refunded;
  /** Refunds that were said to be none. */
  reversed: { count: number; amount: Won };
  /** Collected less refunded, and what of that was none; below 0 when more went back than came in. */
  netAmount: number;
}

const METHODS = ['carrier', 'credit_card', 'tmembership'] as const;

/** The whole payment was of one method, or all of it went back at once: then what went back is divided as it was paid. */
const REFUNDED_PART_SQL = (method: (typeof METHODS)[number]): string => `
  CASE WHEN charge.${method}_amount = charge.amount THEN settlement.amount
    WHEN settlement.amount = charge.amount THEN charge.${method}_amount ELSE 0 END`;

const sumSql = (what: string, condition: string, name: string): string =>
  `coalesce(sum(${what}) FILTER (WHERE ${condition}), 0) AS ${name}`;
const countSql = (condition: string, name: string): string => `count(*) FILTER (WHERE ${condition}) AS ${name}`;

const PAID = `settlement.kind = 'paid'`;
const DECLINED = `settlement.kind = 'declined'`;
const REFUNDED = `settlement.kind IN ('refunded', 'partially-refunded')`;
/** What went back at once; the log's kind tells what was left then, and is `refunded` for the last part of several, too. */
const FULL = `${REFUNDED} AND settlement.amount = charge.amount`;
const REVERSED = `settlement.kind = 'refund-reversed'`;
const OTHER = `settlement.gateway <> 'tstore'`;

const NUMBERS_SQL = [
  countSql(PAID, 'collected_count'),
  sumSql('settlement.amount', PAID, 'collected_amount'),
  ...METHODS.map((method) => sumSql(`charge.${method}_amount`, PAID, `collected_${method}`)),
  sumSql('settlement.amount', `${PAID} AND ${OTHER}`, 'collected_other'),
  countSql(DECLINED, 'declined_count'),
  sumSql('settlement.amount', DECLINED, 'declined_amount'),
  countSql(REFUNDED, 'refunded_count'),
  sumSql('settlement.amount', REFUNDED, 'refunded_amount'),
  ...METHODS.map((method) => sumSql(REFUNDED_PART_SQL(method), REFUNDED, `refunded_${method}`)),
  sumSql('settlement.amount', `${REFUNDED} AND ${OTHER}`, 'refunded_other'),
  countSql(FULL, 'full_count'),
  sumSql('settlement.amount', FULL, 'full_amount'),
  countSql(REVERSED, 'reversed_count'),
  sumSql('settlement.amount', REVERSED, 'reversed_amount'),
].join(',\n         ');

type Row = Record<string, string> & { month: string; storeProductId: string; productName: string };

/** A month by product and method, from the settlement log itself: the same entries, so the same won. */
@Injectable()
export class MonthlyReport {
  constructor(private readonly database: Database) {}

  /**
   * A row for each product of each month that the log tells anything of, under the name it was charged by.
   *
   * @param from first day of the first month
   * @param until first day of the month after the last
   */
  async months(from: SeoulDate, until: SeoulDate): Promise<ProductMonth[]> {
    const within = withinSql({ table: 'settlement', key: 'position', time: 'settled_at' }, '$1', '$2');
    const rows = await this.database.rows<Row>(
      `SELECT to_char(settlement.settled_at AT TIME ZONE 'Asia/Seoul', 'YYYY-MM') AS month,
         charge.store_product_id AS "storeProductId", charge.product_name AS "productName",
         ${NUMBERS_SQL}
       FROM settlement JOIN charge ON charge.id = settlement.charge_id
       WHERE ${within.join(' AND ')}
       GROUP BY 1, 2, 3
       ORDER BY 1, 2, 3`,
      [startOfSeoulDay(from), startOfSeoulDay(until)],
    );
    return rows.map(productMonthOf);
  }
}

function productMonthOf(row: Row): ProductMonth {
  const amount = (name: string): Won => shownWon(row[name] as string);
  const count = (name: string): number => Number(row[name]);
  const methods = (of: string): WonByMethod => ({
    amount: amount(`${of}_amount`),
    carrierAmount: amount(`${of}_carrier`),
    creditCardAmount: amount(`${of}_credit_card`),
    tmembershipAmount: amount(`${of}_tmembership`),
    otherAmount: amount(`${of}_other`),
  });
  const { month, storeProductId, productName } = row;
  const [collected, refunded] = [methods('collected'), methods('refunded')];
  const full = { count: count('full_count'), amount: amount('full_amount') };
  const reversed = { count: count('reversed_count'), amount: amount('reversed_amount') };
  const refundedCount = count('refunded_count');
  const divided =
    refunded.carrierAmount + refunded.creditCardAmount + refunded.tmembershipAmount + refunded.otherAmount;
  return {
    ...{ month, storeProductId, productName },
    collected: { count: count('collected_count'), ...collected },
    declined: { count: count('declined_count'), amount: amount('declined_amount') },
    refunded: {
      count: refundedCount,
      ...refunded,
      undividedAmount: (refunded.amount - divided) as Won,
      full,
      part: { count: refundedCount - full.count, amount: (refunded.amount - full.amount) as Won },
    },
    reversed,
    netAmount: collected.amount - refunded.amount + reversed.amount,
  };
}
