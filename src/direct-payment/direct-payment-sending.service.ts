import { Injectable } from '@nestjs/common';
import type { PaymentAnswer, PaymentReceipt } from '../gateways';
import { isStopped, messageOf } from '../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, sumOf, type OnClaimed, type StepReport } from '../kernel/step-report';
import { crashPoint } from '../platform/crash-points';
import { Logger } from '../platform/logging';
import { DirectPaymentCalls } from './direct-payment-calls';
import { DepositRecorder } from './deposit/deposit-recorder';
import { DirectPaymentFinder } from './direct-payment-finder';
import { DirectPaymentIntents } from './direct-payment-intents';
import { DirectPaymentQueue } from './direct-payment-queue';
import { DirectPaymentRecorder, NEVER_TAKEN, type PaymentEnd, type SentPayment } from './direct-payment-recorder';
import type { DirectPaymentClaim } from './direct-payment.repository';
import { EarlierAttempts } from './earlier-attempts';
import { contradictionOf, isAbsent, isForDeposit, isTaken } from './payment-receipt';

/**
 * Sends payments, each under a key of its own: the intent is committed before the first byte leaves, and whatever happens after
 * it, the gateway takes the money once.
 */
@Injectable()
export class DirectPaymentSending {
  constructor(
    private readonly queue: DirectPaymentQueue,
    private readonly earlier: EarlierAttempts,
    private readonly calls: DirectPaymentCalls,
    private readonly intents: DirectPaymentIntents,
    private readonly finder: DirectPaymentFinder,
    private readonly recorder: DirectPaymentRecorder,
    private readonly deposits: DepositRecorder,
    private readonly logger: Logger,
  ) {}

  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const { placed, ...again } = await this.queue.nextToSend();
    if (placed.length > 0) claimed?.();
    const reports = await Promise.all(
      placed.map(async ({ claim, leave }) => {
        const report = await this.bring(claim).finally(leave);
        // Its place is free again, and need not wait for the others.
        if (report !== NOTHING_DUE) claimed?.();
        return report;
      }),
    );
    return { ...sumOf(reports), ...again };
  }

  /** Sends this payment now, for a customer who waits; where somebody else has it already, nothing is done. */
  async sendNow(id: string): Promise<void> {
    const claim = await this.queue.this(id, 'send');
    if (claim !== undefined) await this.bring(claim);
  }

  /** Sends what was claimed; one in doubt by the same call again, under the same key. Never throws for a failed piece. */
  async bring(claim: DirectPaymentClaim): Promise<StepReport> {
    const log = this.logger.child({ directPaymentId: claim.payment.id });
    try {
      await crashPoint('send-payment.claimed');
      await this.earlier.lookAgain(claim.payment);
      const call = await this.calls.ready(claim.payment);
      await crashPoint('send-payment.ready');
      const begun = await this.intents.begin(claim, call);
      if (begun.kind === 'canceled') return ONE_DONE;
      if (begun.kind === 'unwanted') return await this.leaveUntaken(claim, begun.reason);
      await crashPoint('send-payment.intent-committed');
      const answer = await call.prepared.send();
      await crashPoint('send-payment.answered');
      await this.record(begun.payment, answer, log);
      await crashPoint('send-payment.recorded');
      return ONE_DONE;
    } catch (error) {
      if (isStopped(error)) {
        log.info('payment stopped before it was sent', { reason: messageOf(error) });
        // One in doubt was looked up first: due again at once, it would be asked about without end, before all others.
        if (claim.payment.state === 'Unknown') return this.postpone(claim, error);
        await this.queue.giveBack(claim).catch((lost: unknown) => log.warn('claim not given back', { error: lost }));
        return NOTHING_DUE;
      }
      log.warn('payment not sent, or its answer not recorded', { error });
      // Only what is still to be sent can be due again; what was sent waits for its lease to run out.
      return this.postpone(claim, error);
    }
  }

  /** The gateway had none of it, and nobody wants it any more. */
  private async leaveUntaken({ payment, leaseId }: DirectPaymentClaim, reason: string): Promise<StepReport> {
    await this.recorder.decline(payment, NEVER_TAKEN, `not asked for again: ${reason}`, { leaseId });
    return ONE_DONE;
  }

  private async postpone(claim: DirectPaymentClaim, error: unknown): Promise<StepReport> {
    await this.queue.postpone(claim, messageOf(error)).catch(() => undefined);
    return ONE_POSTPONED;
  }

  private async record(payment: SentPayment, answer: PaymentAnswer<PaymentReceipt>, log: Logger): Promise<void> {
    const holder = { sendingId: payment.sendingId };
    switch (answer.kind) {
      case 'success':
        return this.believe(payment, answer.value, 'paid', log);
      case 'declined': {
        const { resultCode: code, resultMessage: message, retry, laterAtMost } = answer;
        const end = { code, message, transactionId: null, retry, laterAtMost };
        return this.decline(payment, end, 'declined', log);
      }
      case 'refused': {
        const code = answer.resultCode ?? `HTTP ${answer.httpStatus}`;
        if (answer.unauthorized) {
          log.error('the gateway knows our credentials not: payments wait', { code });
          return this.recorder.withdraw(payment, code, this.queue.retryAt(payment.attempts), answer.keyUsedUp);
        }
        // Said of what it may have done all the same: it is looked up before it is asked for again.
        if (answer.notNow === true) return this.doubt(payment, `not now: ${code}`, holder, answer.keyUsedUp);
        const end = { code, message: answer.resultMessage, transactionId: null };
        if (answer.returnRefused === true) return this.leaveOpen(payment, end, log);
        return this.decline(payment, end, 'refused by the gateway', log);
      }
      case 'unknown':
        if (!answer.mayHaveArrived) {
          return this.recorder.withdraw(payment, answer.message, this.queue.retryAt(payment.attempts));
        }
        log.warn('payment in doubt: it will be found out', { reason: answer.message });
        return this.doubt(payment, answer.message, holder, answer.keyUsedUp);
    }
  }

  private believe(payment: SentPayment, receipt: PaymentReceipt, cause: string, log: Logger): Promise<void> {
    const holder = { sendingId: payment.sendingId };
    if (isForDeposit(payment, receipt)) return this.deposits.issued(payment, receipt, holder);
    const contradiction = contradictionOf(payment, receipt);
    if (contradiction !== undefined) {
      log.error('the gateway answered for another payment than was asked', { contradiction });
      // Such an answer proves nothing; what its record has of this order does.
      return this.doubt(payment, contradiction, holder);
    }
    const { transactionId, resultCode: code, resultMessage: message } = receipt;
    return this.recorder.pay(payment, { transactionId, code, message }, cause, holder);
  }

  /**
   * A no is believed once the gateway's record agrees: an order that is declined may be paid another time, and the money of a no that
   * was none would be taken twice. Where it can't be asked, nobody knows yet.
   */
  private async decline(payment: SentPayment, end: PaymentEnd, cause: string, log: Logger): Promise<void> {
    const { sendingId } = payment;
    if (!this.finder.canFind(payment)) return this.declineUnfound(payment, end, cause);
    const found = await this.finder.find(payment);
    const isBack = found.kind === 'success' && found.value.standing === 'refunded' && this.calls.takesInWindow(payment);
    if (found.kind === 'success' && isTaken(found.value) && !isBack) {
      log.error('the gateway declined a payment that it has', { code: end.code });
      return this.believe(payment, found.value, `${cause}, and found as paid`, log);
    }
    if (found.kind === 'success' || isAbsent(found)) return this.recorder.decline(payment, end, cause, { sendingId });
    const why = found.kind === 'unknown' ? found.message : found.resultMessage;
    log.warn('payment declined, and the gateway can’t be asked whether it has it', { code: end.code });
    return this.doubt(payment, `${cause} (${end.code}), and the gateway could not be asked: ${why}`, { sendingId });
  }

  /** A no that can't be held against a record is believed, unless the method was charged meanwhile all the same. */
  private async declineUnfound(payment: SentPayment, end: PaymentEnd, cause: string): Promise<void> {
    const holder = { sendingId: payment.sendingId };
    const hint = await this.finder.hint(payment);
    if (hint?.isSince !== true) return this.recorder.decline(payment, end, cause, holder);
    return this.doubt(payment, `${cause} (${end.code}), and ${hint.inWords}`, holder);
  }

  /**
   * What came back was not what the customer agreed with, and the gateway has the payment open as before: the right return may still
   * come. Where it has it otherwise, this is a no like any other.
   */
  private async leaveOpen(payment: SentPayment, end: PaymentEnd, log: Logger): Promise<void> {
    const found = await this.finder.find(payment);
    const isOpen = found.kind === 'success' && found.value.standing === 'open';
    if (!isOpen) return this.decline(payment, end, 'refused by the gateway', log);
    log.warn('a return was refused by the gateway: the payment waits for another', { code: end.code });
    return this.recorder.awaitReturn(payment, end);
  }

  private doubt(payment: SentPayment, why: string, holder: { sendingId: string }, keyUsedUp?: boolean): Promise<void> {
    return this.recorder.doubt(payment, why, this.queue.retryAt(payment.attempts), holder, keyUsedUp);
  }
}
