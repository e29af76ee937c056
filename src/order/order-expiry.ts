import { Injectable } from '@nestjs/common';
import { NOTHING_DUE, type StepReport } from '../kernel/step-report';
import { crashPoint } from '../platform/crash-points';
import { Database } from '../platform/database';
import { OrderRepository } from './order.repository';

const ACTOR = 'order-expiry';

/** Ends orders that nobody paid in time. One whose payment is on its way, or in doubt, waits for the end of that. */
@Injectable()
export class OrderExpiry {
  constructor(
    private readonly orders: OrderRepository,
    private readonly database: Database,
  ) {}

  async runOnce(): Promise<StepReport> {
    const done = await this.database.transaction(async (session) => {
      const expired = await this.orders.expire(session, ACTOR);
      if (expired > 0) await crashPoint('expire-order.before-commit');
      return expired;
    });
    if (done === 0) return NOTHING_DUE;
    await crashPoint('expire-order.recorded');
    return { done, postponed: 0 };
  }
}
