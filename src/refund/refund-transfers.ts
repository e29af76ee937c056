import { Injectable } from '@nestjs/common';
import { LineStops, type Violations } from '../line-stop';
import { Clock } from '../platform/clock';
import type { SqlSession } from '../platform/database';
import { nextLook } from '../transaction-lookup';
import { RefundAccounts } from './refund-accounts';
import type { Refund } from './refund.entity';

/** So long banks take at most; what is on its way after that is not. */
const TRANSFER_DAYS = 7;

const ACTOR = 'billing-scheduler';

type Transferred = Pick<Refund, 'id' | 'orderNo' | 'amount'>;

/**
 * What becomes of transfers to customers' accounts, by the gateway's word for the payment: it has refunded before they are made, and
 * they may fail at a bank days later. Of a refund in parts it may say nothing at all.
 */
@Injectable()
export class RefundTransfers {
  constructor(
    private readonly accounts: RefundAccounts,
    private readonly stops: LineStops,
    private readonly clock: Clock,
  ) {}

  /** When one is looked at next whose refund was made at an instant; `null`: its end is known, or is not waited for any more. */
  nextLook(status: string | undefined, madeAt: Date): Date | null {
    if (status === undefined || status === 'COMPLETED' || isFailed(status)) return null;
    return nextLook(madeAt, TRANSFER_DAYS, this.clock.now());
  }

  /**
   * Notes how far it is. One that has failed, or that is still on its way when nobody looks any more, stops the line: the merchant's
   * money is gone, and the customer has not got it.
   */
  async note(session: SqlSession, refund: Transferred, status: string | undefined, madeAt: Date): Promise<void> {
    if (status === undefined) return;
    await this.accounts.noteTransfer(session, refund.id, status);
    const isStuck = status === 'PENDING' && this.nextLook(status, madeAt) === null;
    if (isStuck || isFailed(status)) await this.stops.raise(session, notPaidOut(refund, status), ACTOR);
  }
}

function isFailed(status: string): boolean {
  return status.endsWith('FAILED');
}

function notPaidOut({ id, orderNo, amount }: Transferred, status: string): Violations {
  const violation = `refund ${id} of order ${orderNo} is made, and its transfer to the customer’s account is ${status}`;
  return refundNotMade(violation, { refundId: id, orderNo, amount, transferStatus: status });
}

/** It parks nothing: that money is not given back keeps nobody from being charged. */
export function refundNotMade(violation: string, evidence: object): Violations {
  return {
    sql: `SELECT 'refund-not-made' AS kind, NULL::bigint AS bulk_payment_job_id, NULL::bigint AS subscription_id,
      $1::text AS violation, $2::jsonb AS evidence`,
    parameters: [violation, JSON.stringify(evidence)],
  };
}
