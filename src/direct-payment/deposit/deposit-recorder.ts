import { Injectable } from '@nestjs/common';
import { LookupConfig } from '../../config';
import type { PaymentReceipt } from '../../gateways';
import { Clock } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { Database, wakeBilling, type SqlSession } from '../../platform/database';
import type { DepositAccount } from './deposit-account.entity';
import { DepositAccounts } from './deposit-accounts';
import { DepositSchedule } from './deposit-schedule';
import { DirectPaymentOrigins } from '../direct-payment-effects';
import { ACTOR, DirectPaymentRecorder, type Holder } from '../direct-payment-recorder';
import type { DirectPayment } from '../direct-payment.entity';
import { DAYS_AFTER_DEPOSIT } from '../direct-payment-watch';
import { DirectPaymentRepository, RELEASED, type DirectPaymentClaim } from '../direct-payment.repository';
import type { DepositReceipt } from '../payment-receipt';

/** What is recorded of payments that wait for a deposit: until one counts, no money has moved. */
@Injectable()
export class DepositRecorder {
  constructor(
    private readonly payments: DirectPaymentRepository,
    private readonly accounts: DepositAccounts,
    private readonly recorder: DirectPaymentRecorder,
    private readonly origins: DirectPaymentOrigins,
    private readonly schedule: DepositSchedule,
    private readonly lookups: LookupConfig,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The gateway has issued an account: the payment waits, and whoever asked for it is told. */
  async issued(payment: DirectPayment, receipt: DepositReceipt, holder: Holder): Promise<void> {
    const at = this.clock.now();
    const { transactionId, resultCode: code, resultMessage: message } = receipt;
    await this.database.transaction(async (session) => {
      const account = await this.accounts.keep(session, payment, receipt);
      const from = await this.recorder.stateOf(session, payment, holder);
      const nextAttemptAt = this.schedule.next(account);
      const changes = { ...RELEASED, transactionId, nextAttemptAt, attempts: 0, lastError: null };
      const why = { cause: 'account issued', actor: ACTOR };
      await this.payments.transition(session, from, 'await', why, changes, holder);
      await this.origins.ended(session, payment, { kind: 'awaited', code, message }, at);
      await crashPoint('direct-payment.account-before-commit');
    });
  }

  /** The deposit has come: it counts once it has stayed. */
  async deposited(claim: DirectPaymentClaim): Promise<void> {
    const at = this.clock.now();
    await this.note(claim, 'deposit seen', at, this.schedule.settlesAt(at));
  }

  /** The bank has taken the deposit back before it counted: the account waits as before. */
  async takenBack(claim: DirectPaymentClaim, account: DepositAccount, seenAs: string): Promise<void> {
    await this.note(claim, 'deposit taken back', null, this.schedule.next(account), `the gateway has it as ${seenAs}`);
  }

  /** Nothing is new. @param at when it is looked up next; left out: as the account says */
  async waits(claim: DirectPaymentClaim, account: DepositAccount, at = this.schedule.next(account)): Promise<void> {
    await this.payments.waitOn(claim, at);
  }

  /** The deposit has stayed, and counts. It is looked for again after that. */
  async counted({ payment, leaseId }: DirectPaymentClaim, receipt: PaymentReceipt): Promise<void> {
    const { transactionId, resultCode: code, resultMessage: message } = receipt;
    const end = { transactionId, code, message, watchDays: DAYS_AFTER_DEPOSIT };
    await this.recorder.pay(payment, end, 'deposit found', { leaseId });
  }

  /** Nobody has paid, and nobody can any more; it is looked up for some days all the same. */
  async lapsed(claim: DirectPaymentClaim, account: DepositAccount, receipt: PaymentReceipt): Promise<void> {
    const { payment, leaseId } = claim;
    const { resultCode: code, resultMessage: message } = receipt;
    const cause = account.depositedAt === null ? 'the account is over at the gateway' : 'deposit taken back for good';
    const end = { code, message, transactionId: null, watchDays: this.lookups.watchDays };
    await this.recorder.decline(payment, end, cause, { leaseId });
  }

  /** The gateway has something else than was asked: a person decides. */
  async contradicted({ payment, leaseId }: DirectPaymentClaim, why: string): Promise<void> {
    await this.recorder.doubt(payment, why, null, { leaseId });
  }

  private async note(
    { payment, leaseId }: DirectPaymentClaim,
    cause: string,
    depositedAt: Date | null,
    nextAttemptAt: Date,
    reason?: string,
  ): Promise<void> {
    const changes = { ...RELEASED, nextAttemptAt, attempts: 0, lastError: null };
    await this.database.transaction(async (session: SqlSession) => {
      const why = { cause, actor: ACTOR, ...(reason !== undefined && { reason }) };
      await this.payments.note(session, payment, why, changes, { leaseId });
      await this.accounts.noteDeposit(session, payment.id, depositedAt);
      await wakeBilling(session);
    });
  }
}
