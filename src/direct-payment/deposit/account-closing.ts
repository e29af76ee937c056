import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Gateways } from '../../gateways';
import { Clock, secondsAfter } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { Logger } from '../../platform/logging';
import type { DepositAccount } from './deposit-account.entity';
import { DirectPaymentQueue } from '../direct-payment-queue';
import { DirectPaymentRepository, type DirectPaymentClaim } from '../direct-payment.repository';

/** The gateway may still be at it when it has answered; its record tells afterwards. */
const LOOK_AFTER_SECONDS = 10;

/**
 * Closes accounts at the gateway into which nobody is to pay any more: always in full, and never one that was paid into, which only
 * its record tells. What it answers is not believed: the next look says what became of it, and one that is still open is closed anew.
 */
@Injectable()
export class AccountClosing {
  constructor(
    private readonly gateways: Gateways,
    private readonly queue: DirectPaymentQueue,
    private readonly payments: DirectPaymentRepository,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @throws {DomainError} as `FindsPayments.find` and `RefundsPayments.prepare`; nothing was sent then */
  async close(claim: DirectPaymentClaim, account: DepositAccount): Promise<void> {
    const { gateway, gatewayAccount, amount, id: directPaymentId } = claim.payment;
    const at = { account: gatewayAccount, transactionId: account.transactionId };
    const found = await this.gateways.finding(gateway).find(at);
    if (found.kind !== 'success')
      return this.queue.postpone(claim, 'the gateway could not be asked before the account is closed');
    const { basis, payment } = found.value;
    if (payment.standing === 'awaited') {
      const note = account.unwantedBecause ?? 'not paid in time';
      const order = { account: gatewayAccount, basis, amount, isFull: true, note, idempotencyKey: randomUUID() };
      const answer = await (await this.gateways.refunding(gateway).prepare(order)).send();
      this.logger.info('account closed at the gateway', { directPaymentId, answer: answer.kind });
      await crashPoint('watch-deposit.closed');
    }
    await this.payments.waitOn(claim, secondsAfter(this.clock.now(), LOOK_AFTER_SECONDS));
  }
}
