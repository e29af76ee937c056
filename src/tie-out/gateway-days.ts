import { Injectable } from '@nestjs/common';
import type { GatewayName } from '../gateways';
import { startOfSeoulDay, type SeoulDate } from '../kernel/seoul-calendar';
import { Database } from '../platform/database';
import { dayBeside } from './seoul-days';
import type { TieOutState } from './tie-out.state';

/** A day of an account, in won: by the gateway's own lists, and beside them by our record. */
export interface GatewayDay {
  day: SeoulDate;
  gateway: GatewayName;
  gatewayAccount: string;
  /** How far it is compared; `null`: not begun. */
  tieOut: TieOutState | null;
  collected: number;
  collectedHere: number;
  refunded: number;
  refundedHere: number;
  /** Of the day's sales, refunds taken off. */
  fees: number;
  /** What will be or was paid out for the day's sales. */
  payOut: number;
  /** What was paid out on the day, for whichever sales. */
  paidOut: number;
  openDifferences: number;
}

const SUMS = ['collected', 'collectedHere', 'refunded', 'refundedHere', 'fees', 'payOut', 'paidOut'] as const;

/** What came and went by each account, day by day. */
@Injectable()
export class GatewayDays {
  constructor(private readonly database: Database) {}

  /** Days on which something happened or was compared, both ends included. */
  async days(from: SeoulDate, to: SeoulDate, gatewayAccount?: string): Promise<GatewayDay[]> {
    const rows = await this.database.rows<Omit<GatewayDay, Summed> & Record<Summed, string>>(
      `WITH part (gateway_account, day, word, amount) AS (
         SELECT gateway_account, day, CASE kind WHEN 'payment' THEN 'collected' ELSE 'refunded' END, amount
         FROM gateway_transaction AS listed
         WHERE day BETWEEN $1 AND $2 AND kind IN ('payment', 'refund') AND NOT EXISTS (
           SELECT FROM gateway_transaction AS later
           WHERE listed.kind = 'payment' AND later.gateway_account = listed.gateway_account
             AND later.transaction_id = listed.transaction_id AND later.kind = 'other' AND later.at > listed.at)
         UNION ALL
         SELECT charge.gateway_account, (settlement.settled_at AT TIME ZONE 'Asia/Seoul')::date, 'collectedHere', settlement.amount
         FROM settlement JOIN charge ON charge.id = settlement.charge_id
         WHERE settlement.gateway <> 'tstore' AND settlement.kind = 'paid' AND settlement.settled_at >= $3 AND settlement.settled_at < $4
         UNION ALL
         SELECT gateway_account, (ended_at AT TIME ZONE 'Asia/Seoul')::date, 'refundedHere', amount
         FROM refund WHERE gateway <> 'tstore' AND state = 'Refunded' AND ended_at >= $3 AND ended_at < $4
         UNION ALL
         SELECT payout.gateway_account, payout.sold_on, said.word, said.won FROM gateway_settlement AS payout,
           LATERAL (VALUES ('fees', payout.fee), ('payOut', payout.pay_out)) AS said (word, won)
         WHERE sold_on BETWEEN $1 AND $2
         UNION ALL
         SELECT gateway_account, paid_out_on, 'paidOut', pay_out FROM gateway_settlement WHERE paid_out_on BETWEEN $1 AND $2
         UNION ALL
         SELECT gateway_account, day, 'openDifferences', 1 FROM tie_out_difference
         WHERE state = 'Open' AND day BETWEEN $1 AND $2
         UNION ALL
         SELECT gateway_account, day, 'none', 0 FROM tie_out WHERE day BETWEEN $1 AND $2)
       SELECT part.day::text AS day, account.gateway, part.gateway_account AS "gatewayAccount", tie_out.state AS "tieOut",
         ${[...SUMS, 'openDifferences'].map((word) => `coalesce(sum(amount) FILTER (WHERE word = '${word}'), 0) AS "${word}"`).join(', ')}
       FROM part JOIN gateway_account AS account ON account.id = part.gateway_account
       LEFT JOIN tie_out ON tie_out.gateway_account = part.gateway_account AND tie_out.day = part.day
       WHERE $5::text IS NULL OR part.gateway_account = $5
       GROUP BY part.day, account.gateway, part.gateway_account, tie_out.state
       ORDER BY part.day, part.gateway_account`,
      [from, to, startOfSeoulDay(from), startOfSeoulDay(dayBeside(to, 1)), gatewayAccount ?? null],
    );
    return rows.map((row) => ({ ...row, ...numbersOf(row) }));
  }
}

type Summed = (typeof SUMS)[number] | 'openDifferences';

/** PostgreSQL's sums come as text. */
function numbersOf(row: Record<Summed, string>): Record<Summed, number> {
  const numbers = [...SUMS, 'openDifferences' as const].map((word) => [word, Number(row[word])] as const);
  return Object.fromEntries(numbers) as Record<Summed, number>;
}
