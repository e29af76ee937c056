import { Injectable } from '@nestjs/common';
import { Gateways, type PaymentReceipt } from '../gateways';
import { messageOf } from '../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../kernel/step-report';
import { Clock, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Logger } from '../platform/logging';
import { DepositRecorder } from './deposit/deposit-recorder';
import { DirectPaymentCalls } from './direct-payment-calls';
import { DirectPaymentQueue } from './direct-payment-queue';
import { DirectPaymentRecorder, NEVER_TAKEN } from './direct-payment-recorder';
import { DirectPaymentSending } from './direct-payment-sending.service';
import { DirectPaymentWatch } from './direct-payment-watch';
import type { DirectPaymentClaim } from './direct-payment.repository';
import { contradictionOf, isAbsent, isForDeposit } from './payment-receipt';

const HOUR_SECONDS = 3_600;

/**
 * Finds out what became of payments whose answer is not known: looks them up by their order number, and where the gateway has
 * none, or has it open, makes the same call again under the same key while the gateway honours that. So the money is taken once or
 * not at all, and never asked for on a guess.
 */
@Injectable()
export class DirectPaymentResolution {
  constructor(
    private readonly queue: DirectPaymentQueue,
    private readonly gateways: Gateways,
    private readonly calls: DirectPaymentCalls,
    private readonly sending: DirectPaymentSending,
    private readonly watch: DirectPaymentWatch,
    private readonly recorder: DirectPaymentRecorder,
    private readonly deposits: DepositRecorder,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const unanswered = await this.queue.next('give-up-waiting');
    if (unanswered !== undefined) {
      const { payment, leaseId } = unanswered.claim;
      const doubt = 'whoever sent it ended, or waited too long, without recording an answer';
      await this.recorder.doubt(payment, doubt, this.clock.now(), { leaseId }).finally(() => unanswered.leave());
      return ONE_DONE;
    }
    const placed = await this.queue.first('resolve', 'look-again', 'look-after-deposit');
    if (placed === undefined) return NOTHING_DUE;
    claimed?.();
    return this.bring(placed.claim).finally(() => placed.leave());
  }

  private async bring(claim: DirectPaymentClaim): Promise<StepReport> {
    try {
      await crashPoint('resolve-payment.claimed');
      const report = await (claim.payment.state === 'Unknown' ? this.resolve(claim) : this.watch.look(claim));
      await crashPoint('resolve-payment.recorded');
      return report;
    } catch (error) {
      this.logger.warn('payment not resolved', { directPaymentId: claim.payment.id, error });
      await this.queue.postpone(claim, messageOf(error)).catch(() => undefined);
      return ONE_POSTPONED;
    }
  }

  private async resolve(claim: DirectPaymentClaim): Promise<StepReport> {
    const { payment, leaseId } = claim;
    const { gateway, gatewayAccount: account, orderNo } = payment;
    const answer = await this.gateways.findingOrders(gateway).findByOrder({ account, orderNo });
    if (answer.kind === 'success' && answer.value.standing !== 'open') return this.believe(claim, answer.value);
    if (answer.kind === 'success' || isAbsent(answer)) {
      if (this.mayBeSentAgain(claim)) return this.sending.bring(claim);
      await this.recorder.decline(payment, NEVER_TAKEN, 'the gateway has none', { leaseId });
      return ONE_DONE;
    }
    const why = answer.kind === 'unknown' ? answer.message : answer.resultMessage;
    await this.queue.postpone(claim, `the gateway could not be asked: ${why}`);
    return ONE_POSTPONED;
  }

  /** What the gateway has of it, held against what was asked. */
  private async believe({ payment, leaseId }: DirectPaymentClaim, receipt: PaymentReceipt): Promise<StepReport> {
    const { transactionId, resultCode: code, resultMessage: message, standing } = receipt;
    if (standing === 'over') {
      await this.recorder.decline(payment, { code, message, transactionId: null }, 'over at the gateway', { leaseId });
      return ONE_DONE;
    }
    if (isForDeposit(payment, receipt)) {
      await this.deposits.issued(payment, receipt, { leaseId });
      return ONE_DONE;
    }
    const contradiction = contradictionOf(payment, receipt);
    if (contradiction === undefined) {
      await this.recorder.pay(payment, { transactionId, code, message }, 'found as paid', { leaseId });
      return ONE_DONE;
    }
    this.logger.error('payment in doubt: a person must look', { directPaymentId: payment.id, contradiction });
    await this.queue.leave({ payment, leaseId }, `${contradiction}: a person decides`);
    return ONE_POSTPONED;
  }

  private mayBeSentAgain({ payment }: DirectPaymentClaim): boolean {
    const { sentAt } = payment;
    const sameCallSeconds = this.calls.sameCallHours(payment) * HOUR_SECONDS;
    return sentAt !== null && this.clock.now() < secondsAfter(sentAt, sameCallSeconds);
  }
}
