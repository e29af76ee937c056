import { Injectable } from '@nestjs/common';
import { BillingConfig, RefundConfig } from '../config';
import { GatewayAccounts, type AccountPlaces } from '../gateway-account';
import { messageOf } from '../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../kernel/step-report';
import { LineStops, type Violations } from '../line-stop';
import { Clock, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database } from '../platform/database';
import { RefundCheck } from './refund-check';
import { RefundQueue } from './refund-queue';
import { RESULT_BY_LOOKUP, RefundRecorder } from './refund-recorder';
import { RefundTransfers, refundNotMade } from './refund-transfers';
import type { Refund } from './refund.entity';
import { RefundRepository, type RefundClaim } from './refund.repository';

const ACTOR = 'billing-scheduler';

/**
 * Finds out what became of refunds whose answer is not known, by looking their payments up. Never sends anything.
 *
 * Lookups decide only where the gateway's words for a refunded payment are set. A payment that stays as it was through the
 * whole window was not refunded; the window is there because a lookup may be stale. Everything else is left to a person.
 */
@Injectable()
export class RefundResolutionService {
  private readonly places: AccountPlaces;

  constructor(
    private readonly refunds: RefundRepository,
    private readonly queue: RefundQueue,
    private readonly check: RefundCheck,
    private readonly recorder: RefundRecorder,
    private readonly stops: LineStops,
    private readonly transfers: RefundTransfers,
    private readonly database: Database,
    private readonly config: RefundConfig,
    private readonly billing: BillingConfig,
    private readonly clock: Clock,
    accounts: GatewayAccounts,
  ) {
    this.places = accounts.places('set-up');
  }

  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const { leaseSeconds } = this.billing;
    const unanswered = await this.refunds.claim('give-up-waiting', leaseSeconds);
    if (unanswered !== undefined) {
      const { refund, leaseId } = unanswered;
      await crashPoint('resolve-refund.unanswered-claimed');
      const doubt = 'whoever sent it ended, or waited too long, without recording an answer';
      await this.recorder.doubt(refund, doubt, this.clock.now(), { leaseId });
      await crashPoint('resolve-refund.doubted');
      return ONE_DONE;
    }
    const placed = await this.places.claim(
      async (free) => {
        const accounts = free.map(({ id }) => id);
        const unknown = await this.refunds.claim('resolve', leaseSeconds, accounts);
        return unknown ?? this.refunds.claim('look-again', leaseSeconds, accounts);
      },
      ({ refund }) => refund.gatewayAccount,
    );
    if (placed === undefined) return NOTHING_DUE;
    claimed?.();
    return this.bring(placed.claim).finally(() => placed.leave());
  }

  private async bring(claim: RefundClaim): Promise<StepReport> {
    try {
      await crashPoint('resolve-refund.claimed');
      const report = await (claim.refund.state === 'Refunded' ? this.lookAgain(claim) : this.resolve(claim));
      if (report.done > 0) await crashPoint('resolve-refund.recorded');
      else await crashPoint('resolve-refund.postponed');
      return report;
    } catch (error) {
      await this.queue.postpone(claim, messageOf(error));
      return ONE_POSTPONED;
    }
  }

  private async resolve(claim: RefundClaim): Promise<StepReport> {
    const { refund, leaseId } = claim;
    const found = await this.check.after(refund);
    const isOver = this.clock.now() >= this.windowEndOf(refund);
    const mayDecide = typeof found?.lookup.found?.isRefunded === 'boolean';
    if (found?.trace === 'refunded') {
      const resultMessage = `The gateway’s record turned to ${found.lookup.found?.status}`;
      const why = { cause: 'lookup shows the refund', actor: ACTOR, reason: resultMessage };
      const refundTransactionId = found.made?.refundTransactionId ?? null;
      const { transferStatus } = found.lookup.found ?? {};
      const result = { resultCode: RESULT_BY_LOOKUP, resultMessage, refundTransactionId, transferStatus };
      await this.recorder.succeed(refund, result, why, { leaseId });
      return ONE_DONE;
    }
    if (found?.trace === 'unchanged' && isOver && mayDecide) {
      const resultMessage = `The gateway’s record is unchanged ${this.config.doubtMinutes} minutes after the refund was sent`;
      const why = { cause: 'lookups show no refund', actor: ACTOR, reason: resultMessage };
      await this.recorder.fail(refund, { resultCode: RESULT_BY_LOOKUP, resultMessage }, why, { leaseId });
      return ONE_DONE;
    }
    if (found?.trace === 'not-made') {
      const resultMessage = 'The gateway’s record says that it was not given back';
      const why = { cause: 'lookup shows that it failed', actor: ACTOR, reason: resultMessage };
      await this.recorder.fail(refund, { resultCode: RESULT_BY_LOOKUP, resultMessage }, why, { leaseId });
      return ONE_DONE;
    }
    const seen =
      found === undefined ? 'The gateway said nothing of the payment' : `The gateway’s record is ${found.trace}`;
    // The gateway that can't be asked will be able to answer one day; what it has said will not change for the asking.
    if (isOver && found !== undefined && found.trace !== 'under-way')
      await this.refunds.postpone(claim, null, { lastError: `${seen}: a person decides` });
    else await this.queue.postpone(claim, seen);
    return ONE_POSTPONED;
  }

  /**
   * Holds the gateway's record against what persons said of a refund that it did not show then, and sees how far the transfer is of one
   * that goes to an account. Whoever has that money to come gets it from nobody else, so a record that stays as it was before stops the line.
   */
  private async lookAgain(claim: RefundClaim): Promise<StepReport> {
    const { refund } = claim;
    const found = await this.check.after(refund);
    if (found === undefined) {
      await this.queue.postpone(claim, 'The gateway could not be asked');
      return ONE_POSTPONED;
    }
    const { transferStatus } = found.lookup.found ?? {};
    const madeAt = refund.endedAt ?? this.clock.now();
    await this.database.transaction(async (session) => {
      if (found.trace === 'unchanged' || found.trace === 'not-made')
        await this.stops.raise(session, notMade(refund), ACTOR);
      await this.transfers.note(session, refund, transferStatus, madeAt);
      await this.refunds.lookedAgain(session, claim, this.transfers.nextLook(transferStatus, madeAt));
    });
    return ONE_DONE;
  }

  private windowEndOf({ inDoubtSince, sentAt }: Refund): Date {
    return secondsAfter(inDoubtSince ?? sentAt ?? this.clock.now(), this.config.doubtMinutes * 60);
  }
}

function notMade({ id, orderNo, amount, refundTransactionId }: Refund): Violations {
  const violation = `refund ${id} of order ${orderNo} was said to be made, and the gateway’s record is as it was before it`;
  return refundNotMade(violation, { refundId: id, orderNo, amount, refundTransactionId });
}
