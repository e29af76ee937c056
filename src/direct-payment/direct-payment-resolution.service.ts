import { Injectable } from '@nestjs/common';
import type { PaymentReceipt } from '../gateways';
import { messageOf } from '../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../kernel/step-report';
import { Clock, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Logger } from '../platform/logging';
import { DepositRecorder } from './deposit/deposit-recorder';
import { DirectPaymentCalls } from './direct-payment-calls';
import { DirectPaymentFinder } from './direct-payment-finder';
import { DirectPaymentQueue } from './direct-payment-queue';
import { DirectPaymentRecorder, GIVEN_BACK, NEVER_TAKEN } from './direct-payment-recorder';
import { DirectPaymentSending } from './direct-payment-sending.service';
import { DirectPaymentWatch } from './direct-payment-watch';
import type { DirectPayment } from './direct-payment.entity';
import type { DirectPaymentClaim } from './direct-payment.repository';
import { contradictionOf, isAbsent, isForDeposit } from './payment-receipt';

const HOUR_SECONDS = 3_600;

/**
 * Finds out what became of payments whose answer is not known: looks them up, and where the gateway has none, or has it open, makes
 * the same call again under the same key while the gateway honours that; where it has no keys, only looks again. So the money is taken
 * once or not at all, and never asked for on a guess.
 */
@Injectable()
export class DirectPaymentResolution {
  constructor(
    private readonly queue: DirectPaymentQueue,
    private readonly finder: DirectPaymentFinder,
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
    const placed = await this.queue.first('resolve', 'look-again', 'look-after-deposit', 'return-missing');
    if (placed === undefined) return NOTHING_DUE;
    claimed?.();
    return this.bring(placed.claim).finally(() => placed.leave());
  }

  private async bring(claim: DirectPaymentClaim): Promise<StepReport> {
    try {
      await crashPoint('resolve-payment.claimed');
      const report = await this.brought(claim);
      await crashPoint('resolve-payment.recorded');
      return report;
    } catch (error) {
      this.logger.warn('payment not resolved', { directPaymentId: claim.payment.id, error });
      await this.queue.postpone(claim, messageOf(error)).catch(() => undefined);
      return ONE_POSTPONED;
    }
  }

  private brought(claim: DirectPaymentClaim): Promise<StepReport> {
    if (claim.payment.state === 'Unknown') return this.resolve(claim);
    return claim.payment.state === 'Pending' ? this.lapse(claim) : this.watch.look(claim);
  }

  /** Nobody came back with what the gateway would take, so nothing of it was ever asked for that was not refused. */
  private async lapse({ payment, leaseId }: DirectPaymentClaim): Promise<StepReport> {
    await this.recorder.decline(payment, NEVER_TAKEN, 'the customer did not come back', { leaseId });
    return ONE_DONE;
  }

  private async resolve(claim: DirectPaymentClaim): Promise<StepReport> {
    const { payment, leaseId } = claim;
    if (!this.finder.canFind(payment)) return this.leaveToPeople(claim);
    const answer = await this.finder.find(payment);
    if (answer.kind === 'success' && answer.value.standing !== 'open') return this.believe(claim, answer.value);
    if (answer.kind === 'success' || isAbsent(answer)) {
      if (this.mayBeSentAgain(claim)) return this.sending.bring(claim);
      if (this.mayStillBeTaken(claim)) {
        await this.queue.postpone(claim, 'the gateway has it as open, and may yet take it');
        return ONE_POSTPONED;
      }
      await this.recorder.decline(payment, NEVER_TAKEN, 'the gateway has none', { leaseId });
      return ONE_DONE;
    }
    const why = answer.kind === 'unknown' ? answer.message : answer.resultMessage;
    await this.queue.postpone(claim, `the gateway could not be asked: ${why}`);
    return ONE_POSTPONED;
  }

  /** Nobody can be asked, and nothing may go again: it may have been taken. */
  private async leaveToPeople(claim: DirectPaymentClaim): Promise<StepReport> {
    const hint = await this.finder.hint(claim.payment);
    const why = `the gateway can’t be asked about what it has not answered${hint ? `; ${hint.inWords}` : ''}`;
    this.logger.error('payment in doubt: a person must look', { directPaymentId: claim.payment.id, why });
    await this.queue.leave(claim, `${why}: a person decides`);
    return ONE_POSTPONED;
  }

  /** What the gateway has of it, held against what was asked. */
  private async believe(claim: DirectPaymentClaim, receipt: PaymentReceipt): Promise<StepReport> {
    const { payment, leaseId } = claim;
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
    if (this.calls.takesInWindow(payment)) return this.giveBack(claim, receipt, contradiction);
    this.logger.error('payment in doubt: a person must look', { directPaymentId: payment.id, contradiction });
    await this.queue.leave({ payment, leaseId }, `${contradiction}: a person decides`);
    return ONE_POSTPONED;
  }

  /** Its money moved before anybody had compared it: what is not as it was asked goes back by the same call, and then nothing was paid. */
  private async giveBack(
    claim: DirectPaymentClaim,
    { standing }: PaymentReceipt,
    contradiction: string,
  ): Promise<StepReport> {
    if (standing !== 'refunded') return this.sending.bring(claim);
    const end = { code: GIVEN_BACK, message: contradiction, transactionId: null };
    await this.recorder.decline(claim.payment, end, 'given back at the gateway', { leaseId: claim.leaseId });
    return ONE_DONE;
  }

  private mayBeSentAgain({ payment }: DirectPaymentClaim): boolean {
    return this.isWithin(payment, this.calls.sameCallHours(payment) * HOUR_SECONDS);
  }

  /** What can't be sent again may be on its way at the gateway still. */
  private mayStillBeTaken({ payment }: DirectPaymentClaim): boolean {
    return this.isWithin(payment, this.calls.openSeconds(payment));
  }

  private isWithin({ sentAt }: DirectPayment, seconds: number): boolean {
    return sentAt !== null && this.clock.now() < secondsAfter(sentAt, seconds);
  }
}
