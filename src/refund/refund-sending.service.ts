import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { wonInWords } from '../kernel/won';
import { Gateways, type GatewayAnswer, type RefundReceipt } from '../gateways';
import { isStopped, messageOf } from '../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../kernel/step-report';
import { Clock, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Logger } from '../platform/logging';
import { OutsideRefunds } from './outside/outside-refunds.service';
import { RefundCheck } from './refund-check';
import { RefundQueue } from './refund-queue';
import { RESULT_NOT_SENT, RefundRecorder, type SentRefund } from './refund-recorder';
import type { RefundClaim } from './refund.repository';

const ACTOR = 'billing-scheduler';
const WHY_NOT_SENT = {
  differs: 'the gateway’s record differs from ours',
  claimed: 'another order claims its payment',
} as const;
/** The gateway may still be at it when an answer is lost; its record tells only afterwards. */
const FIRST_LOOK_SECONDS = 10;

/**
 * Sends the refund whose turn it is, once.
 *
 * T store has no idempotency key, and one rule is good for all. So the payment is looked up first, the intent is committed before
 * the first byte leaves, and whatever happens after it, the refund is never sent again by itself.
 */
@Injectable()
export class RefundSendingService {
  constructor(
    private readonly queue: RefundQueue,
    private readonly check: RefundCheck,
    private readonly gateways: Gateways,
    private readonly recorder: RefundRecorder,
    private readonly outside: OutsideRefunds,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const placed = await this.queue.next();
    if (placed === undefined) return NOTHING_DUE;
    claimed?.();
    return this.bring(placed.claim).finally(() => placed.leave());
  }

  private async bring(claim: RefundClaim): Promise<StepReport> {
    const log = this.logger.child({ refundId: claim.refund.id });
    try {
      await crashPoint('send-refund.claimed');
      return await this.send(claim, log);
    } catch (error) {
      if (isStopped(error)) return this.giveBack(claim, error, log);
      log.warn('refund not sent, or its answer not recorded', { error });
      // Only what is still Requested can be due again; what was sent waits for its lease to run out.
      return this.postpone(claim, messageOf(error)).catch(() => ONE_POSTPONED);
    }
  }

  private async send(claim: RefundClaim, log: Logger): Promise<StepReport> {
    const sendingId = randomUUID();
    const checked = await this.check.before(claim.refund, sendingId);
    if (checked.kind === 'later') {
      log.warn('refund waits', { reason: checked.why });
      return this.postpone(claim, checked.why);
    }
    if (checked.kind !== 'ready') {
      const why = { cause: WHY_NOT_SENT[checked.kind], actor: ACTOR, reason: checked.why };
      const result = { resultCode: RESULT_NOT_SENT, resultMessage: checked.why };
      await this.recorder.fail(claim.refund, result, why, { leaseId: claim.leaseId });
      await crashPoint('send-refund.recorded');
      log.error('refund failed, not sent', { reason: checked.why });
      return ONE_DONE;
    }
    const { order, baselineLookupId } = checked;
    const prepared = await this.gateways.refunding(claim.refund.gateway).prepare(order);
    await crashPoint('send-refund.token-ready');
    const { paymentParts } = prepared;
    const sent = await this.recorder.begin(claim, {
      ...{ sendingId, isFull: order.isFull, paymentParts, baselineLookupId },
    });
    await crashPoint('send-refund.intent-committed');
    await this.recorder.stillMine(claim);
    const answer = await prepared.send();
    await crashPoint('send-refund.answered');
    await this.record(sent, answer, log);
    await crashPoint('send-refund.recorded');
    return ONE_DONE;
  }

  /** What was stopped before it began has not failed, but is not due again at once. */
  private async giveBack(claim: RefundClaim, error: unknown, log: Logger): Promise<StepReport> {
    log.info('refund stopped before it was sent', { reason: messageOf(error) });
    await this.queue.giveBack(claim).catch((lost: unknown) => log.warn('claim not given back', { error: lost }));
    return NOTHING_DUE;
  }

  private async postpone(claim: RefundClaim, reason: string): Promise<StepReport> {
    await this.queue.postpone(claim, reason);
    await crashPoint('send-refund.postponed');
    return ONE_POSTPONED;
  }

  private async record(refund: SentRefund, answer: GatewayAnswer<RefundReceipt>, log: Logger): Promise<void> {
    const holder = { sendingId: refund.sendingId };
    switch (answer.kind) {
      case 'success': {
        const { amount, refundTransactionId, resultCode, transferStatus } = answer.value;
        if (amount !== refund.amount) {
          log.error('The gateway refunded another amount', { asked: refund.amount, refunded: amount });
          const doubt = `The gateway answered that it refunded ${wonInWords(amount)}, not ${wonInWords(refund.amount)}`;
          return this.recorder.doubt(refund, doubt, null, holder);
        }
        const result = { resultCode, resultMessage: 'refunded by the gateway', refundTransactionId, transferStatus };
        log.info('refunded', { amount, refundTransactionId });
        return this.recorder.succeed(refund, result, { cause: 'refunded by the gateway', actor: ACTOR }, holder);
      }
      case 'refused': {
        if (answer.unauthorized) return this.withdraw(refund, 'the account’s secret was refused', log);
        if (answer.notNow === true) return this.notNow(refund, answer.resultMessage, log);
        const result = {
          resultCode: answer.resultCode ?? `HTTP ${answer.httpStatus}`,
          resultMessage: answer.resultMessage,
        };
        const said = `${result.resultCode} ${result.resultMessage}`;
        log.error('refund refused', { resultCode: result.resultCode });
        // Noted first: noting it twice does nothing, and a replica that ends between the two leaves the refund in doubt.
        if (answer.nothingLeft === true) await this.outside.suspectRefused(refund, said);
        else if (!(await this.isAsBefore(refund, log))) {
          return this.inDoubt(
            refund,
            `The gateway refused it (${said}), and its record was not seen to be as before`,
            log,
          );
        }
        return this.recorder.fail(refund, result, { cause: 'refused by the gateway', actor: ACTOR }, holder);
      }
      case 'unknown':
        if (!answer.mayHaveArrived) return this.withdraw(refund, answer.message, log);
        return this.inDoubt(refund, answer.message, log);
    }
  }

  /** Said too of what it has done all the same: only a record as before lets it go again, under another key. */
  private async notNow(refund: SentRefund, said: string, log: Logger): Promise<void> {
    if (await this.isAsBefore(refund, log)) return this.withdraw(refund, `not now: ${said}`, log);
    return this.inDoubt(refund, `The gateway said not now (${said}), and its record was not seen to be as before`, log);
  }

  /** A no is somebody's word: that nothing was given back is said once the payment's record says so too. */
  private async isAsBefore(refund: SentRefund, log: Logger): Promise<boolean> {
    try {
      return (await this.check.after(refund))?.trace === 'unchanged';
    } catch (error) {
      log.warn('payment not looked up after its refund was refused', { error });
      return false;
    }
  }

  private async inDoubt(refund: SentRefund, doubt: string, log: Logger): Promise<void> {
    log.error('refund in doubt: it will not be sent again by itself', { reason: doubt });
    const lookAt = secondsAfter(this.clock.now(), FIRST_LOOK_SECONDS);
    await this.recorder.doubt(refund, doubt, lookAt, { sendingId: refund.sendingId });
  }

  /** Sending again later can't be sending twice, for the reasons that hold for submissions (docs/decisions/0004). */
  private async withdraw(refund: SentRefund, reason: string, log: Logger): Promise<void> {
    log.warn('The gateway has not taken the refund; it will be sent later', { reason });
    const holder = { sendingId: refund.sendingId };
    await this.recorder.withdraw(refund, reason, this.queue.retryAt(refund.attempts), holder);
  }
}
