import { counted } from '../kernel/counted';
import { wonInWords } from '../kernel/won';
import { Injectable } from '@nestjs/common';
import { RefundConfig } from '../config';
import { seoulDateAt } from '../kernel/seoul-calendar';
import type { Won } from '../kernel/won';
import { Clock } from '../platform/clock';
import type { SqlSession } from '../platform/database';

/**
 * What one person may have refunded in a Seoul day, all persons together, before a second one must agree. The day's row is
 * counted up only while it stays within, by one statement, so that many requests at once can't slip past it.
 */
@Injectable()
export class RefundAllowance {
  constructor(
    private readonly config: RefundConfig,
    private readonly clock: Clock,
  ) {}

  /** Takes from the day's allowance. @returns why a second person must release it; `undefined` when it is within */
  async take(session: SqlSession, amount: Won): Promise<string | undefined> {
    const { releaseAboveWon, releaseAboveCount } = this.config;
    const taken = await session.execute(
      `INSERT INTO refund_day (day, count, amount)
       SELECT $1::date, 1, $2::bigint WHERE $2 <= $3::bigint AND $4::int >= 1
       ON CONFLICT (day) DO UPDATE SET count = refund_day.count + 1, amount = refund_day.amount + EXCLUDED.amount
       WHERE refund_day.amount + EXCLUDED.amount <= $3 AND refund_day.count < $4`,
      [seoulDateAt(this.clock.now()), amount, releaseAboveWon, releaseAboveCount],
    );
    if (taken === 1) return undefined;
    return `the day’s refunds would be above ${wonInWords(releaseAboveWon)} or ${counted(releaseAboveCount, 'refund')}`;
  }
}
