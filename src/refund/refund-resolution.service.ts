import { Injectable } from '@nestjs/common';
import { BillingConfig, RefundConfig } from '../config';
import { GatewayAccounts, type AccountPlaces } from '../gateway-account';
import { messageOf } from '../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../kernel/step-report';
import { Clock, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { RefundCheck } from './refund-check';
import { RefundQueue } from './refund-queue';
import { RESULT_BY_LOOKUP, RefundRecorder } from './refund-recorder';
import type { Refund } from './refund.entity';
import { RefundRepository, type RefundClaim } from './refund.repository';

const ACTOR = 'billing-scheduler';

/**
 * Finds out what became of refunds whose answer is not known, by looking their payments up. Never sends anything.
 *
 * Lookups decide only where T store's words for a refunded payment are set. A payment that stays as it was through the
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
      (free) =>
        this.refunds.claim(
          'resolve',
          leaseSeconds,
          free.map(({ id }) => id),
        ),
      ({ refund }) => refund.gatewayAccount,
    );
    if (placed === undefined) return NOTHING_DUE;
    claimed?.();
    return this.bring(placed.claim).finally(() => placed.leave());
  }

  private async bring(claim: RefundClaim): Promise<StepReport> {
    try {
      await crashPoint('resolve-refund.claimed');
      const report = await this.resolve(claim);
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
      const resultMessage = `T store’s record turned to ${found.lookup.found?.status}`;
      const why = { cause: 'lookup shows the refund', actor: ACTOR, reason: resultMessage };
      await this.recorder.succeed(refund, { resultCode: RESULT_BY_LOOKUP, resultMessage }, why, { leaseId });
      return ONE_DONE;
    }
    if (found?.trace === 'unchanged' && isOver && mayDecide) {
      const resultMessage = `T store’s record is unchanged ${this.config.doubtMinutes} minutes after the refund was sent`;
      const why = { cause: 'lookups show no refund', actor: ACTOR, reason: resultMessage };
      await this.recorder.fail(refund, { resultCode: RESULT_BY_LOOKUP, resultMessage }, why, { leaseId });
      return ONE_DONE;
    }
    const seen = found === undefined ? 'T store could not be asked' : `T store’s record is ${found.trace}`;
    // T store that can't be asked will be able to answer one day; what it has said will not change for the asking.
    if (isOver && found !== undefined)
      await this.refunds.postpone(claim, null, { lastError: `${seen}: a person decides` });
    else await this.queue.postpone(claim, seen);
    return ONE_POSTPONED;
  }

  private windowEndOf({ inDoubtSince, sentAt }: Refund): Date {
    return secondsAfter(inDoubtSince ?? sentAt ?? this.clock.now(), this.config.doubtMinutes * 60);
  }
}
