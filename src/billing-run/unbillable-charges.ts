import { Injectable } from '@nestjs/common';
import type { SeoulDate } from '../kernel/seoul-calendar';
import { LineStopRepository } from '../line-stop';
import type { SqlSession } from '../platform/database';
import { SELECT_BILLABLE_SQL, SELECT_UNBILLABLE_SQL, UNBILLABLE_SQL } from './unbillable.sql';

/** Subscriptions that are due and can't be charged: each is parked with its reason, and all others are billed. */
@Injectable()
export class UnbillableCharges {
  constructor(private readonly stops: LineStopRepository) {}

  /** Moves what can't be billed on a date from the table `due` to `unbillable`. @returns how many */
  async takeOut(session: SqlSession, billingDate: SeoulDate): Promise<number> {
    await session.rows(SELECT_UNBILLABLE_SQL, [billingDate]);
    const [found] = await session.rows<{ count: number }>('SELECT count(*)::int AS count FROM unbillable');
    const count = found?.count ?? 0;
    if (count === 0) return 0;
    await session.rows(SELECT_BILLABLE_SQL);
    await session.rows('DROP TABLE due');
    await session.rows('ALTER TABLE billable RENAME TO due');
    return count;
  }

  /** Raises a line stop for each of `unbillable`: it is not due again until a person has resolved it. */
  async park(session: SqlSession, billingDate: SeoulDate, by: { actor: string; at: Date }): Promise<void> {
    await this.stops.raise(session, { sql: UNBILLABLE_SQL, parameters: [billingDate] }, by.actor, by.at);
  }
}
