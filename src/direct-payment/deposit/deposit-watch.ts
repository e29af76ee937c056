import { Injectable } from '@nestjs/common';
import type { PaymentReceipt } from '../../gateways';
import { messageOf } from '../../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../../kernel/step-report';
import { Clock } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { Logger } from '../../platform/logging';
import { AccountClosing } from './account-closing';
import type { DepositAccount } from './deposit-account.entity';
import { DepositAccounts } from './deposit-accounts';
import { DepositRecorder } from './deposit-recorder';
import { DepositSchedule } from './deposit-schedule';
import { DirectPaymentLooks } from '../direct-payment-looks';
import { DirectPaymentQueue } from '../direct-payment-queue';
import type { DirectPaymentClaim } from '../direct-payment.repository';
import { contradictionOf, isForDeposit } from '../payment-receipt';

const ACTOR = 'watch-deposit';

/**
 * Finds out whether customers have paid into the accounts that were issued for them, by asking the gateway and nobody else: a message
 * is a reason to look sooner. A deposit counts once it has stayed.
 */
@Injectable()
export class DepositWatch {
  constructor(
    private readonly queue: DirectPaymentQueue,
    private readonly looks: DirectPaymentLooks,
    private readonly accounts: DepositAccounts,
    private readonly deposits: DepositRecorder,
    private readonly closing: AccountClosing,
    private readonly schedule: DepositSchedule,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const placed = await this.queue.nextDeposit();
    if (placed === undefined) return NOTHING_DUE;
    claimed?.();
    return this.bring(placed.claim).finally(() => placed.leave());
  }

  private async bring(claim: DirectPaymentClaim): Promise<StepReport> {
    try {
      await crashPoint('watch-deposit.claimed');
      const { look, receipt } = await this.looks.see(claim.payment, ACTOR);
      await crashPoint('watch-deposit.looked');
      // What does not say that it has the payment says nothing: it has issued an account.
      if (receipt === undefined) {
        await this.queue.postpone(claim, `the gateway could not be asked: ${look.message}`);
        return ONE_POSTPONED;
      }
      await this.hold(claim, receipt, await this.accounts.get(claim.payment.id));
      await crashPoint('watch-deposit.recorded');
      return ONE_DONE;
    } catch (error) {
      this.logger.warn('deposit not looked for', { directPaymentId: claim.payment.id, error });
      await this.queue.postpone(claim, messageOf(error)).catch(() => undefined);
      return ONE_POSTPONED;
    }
  }

  /** What the gateway has of it, held against what was asked. */
  private async hold(claim: DirectPaymentClaim, receipt: PaymentReceipt, account: DepositAccount): Promise<void> {
    const { payment } = claim;
    const { standing, resultCode } = receipt;
    if (isForDeposit(payment, receipt)) {
      if (account.depositedAt !== null) return this.deposits.takenBack(claim, account, resultCode);
      if (this.schedule.isOver(account)) return this.closing.close(claim, account);
      return this.deposits.waits(claim, account);
    }
    if (standing === 'over') return this.deposits.lapsed(claim, account, receipt);
    const contradiction = contradictionOf(payment, receipt);
    if (contradiction !== undefined) {
      this.logger.error('payment in doubt: a person must look', { directPaymentId: payment.id, contradiction });
      return this.deposits.contradicted(claim, contradiction);
    }
    const countsAt = this.schedule.countsAt(account, receipt.paidAt ?? null);
    if (countsAt === undefined) return this.deposits.deposited(claim);
    if (this.clock.now() < countsAt) return this.deposits.waits(claim, account, countsAt);
    return this.deposits.counted(claim, receipt);
  }
}
