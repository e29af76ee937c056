import { Injectable } from '@nestjs/common';
import { Charges } from '../charge';
import type { GatewayAnswer, PaymentReceipt } from '../gateways';
import { Database, wakeBilling, type SqlSession } from '../platform/database';
import type { DepositAccount } from './deposit/deposit-account.entity';
import { DepositAccounts } from './deposit/deposit-accounts';
import type { CheckoutSecret } from './checkout-secret';
import { DirectPaymentFinder } from './direct-payment-finder';
import { DirectPaymentLooks } from './direct-payment-looks';
import type { DirectPaymentLook } from './direct-payment-look.entity';
import { DirectPaymentSending } from './direct-payment-sending.service';
import { DirectPaymentWatch, type EndedLook } from './direct-payment-watch';
import type { DirectPayment, DirectPaymentHistory } from './direct-payment.entity';
import {
  DirectPaymentRepository,
  type DirectPaymentCause,
  type DirectPaymentFields,
  type PaymentFilter,
  type PlannedPayments,
  type StateTally,
} from './direct-payment.repository';

/** Which payments are listed. */
export interface ListedPayments extends PaymentFilter {
  orderNo?: string | undefined;
}

/** Charges that one call collects each, for the rooms that ask for them. */
@Injectable()
export class DirectPayments {
  constructor(
    private readonly payments: DirectPaymentRepository,
    private readonly sending: DirectPaymentSending,
    private readonly finder: DirectPaymentFinder,
    private readonly lookups: DirectPaymentLooks,
    private readonly watch: DirectPaymentWatch,
    private readonly charges: Charges,
    private readonly database: Database,
    private readonly deposits: DepositAccounts,
  ) {}

  /**
   * Stores a charge to be collected, in the caller's transaction. Nothing is sent before that is committed; then it is due.
   *
   * @returns the ids of the payment and of its charge
   */
  async ask(
    session: SqlSession,
    fields: DirectPaymentFields,
    why: { cause: string; actor: string },
  ): Promise<{ id: string; chargeId: string }> {
    const asked = await this.payments.create(session, fields, why);
    await wakeBilling(session);
    return asked;
  }

  /**
   * Has one sent anew whose customer comes back from the window once more, in the caller's transaction: what came back before was refused.
   *
   * @returns its id; `undefined` where none waits for that
   */
  async returned(
    session: SqlSession,
    gatewayAccount: string,
    of: { orderNo: string; secret: CheckoutSecret },
    why: { cause: string; actor: string },
  ): Promise<string | undefined> {
    const id = await this.payments.returned(session, gatewayAccount, of, why);
    if (id !== undefined) await wakeBilling(session);
    return id;
  }

  /** Asks the gateway for one, whatever is known of it; nothing is kept. @throws {DomainError} as `FindsOrders.findByOrder` */
  find(payment: DirectPayment): Promise<GatewayAnswer<PaymentReceipt>> {
    return this.finder.find(payment);
  }

  /** Stores the charges of a billing run to be collected, in the caller's transaction. @returns how many */
  planRun(
    session: SqlSession,
    planned: PlannedPayments,
    why: { cause: string; actor: string },
    at: Date,
  ): Promise<number> {
    return this.payments.plan(session, planned, why, at);
  }

  /** Lets the held payments of a run go. @returns how many */
  releaseRun(session: SqlSession, billingRunId: string, why: DirectPaymentCause): Promise<number> {
    return this.payments.releaseHeld(session, billingRunId, why);
  }

  /** Ends the held payments of a run. @returns how many */
  cancelRun(session: SqlSession, billingRunId: string, why: DirectPaymentCause): Promise<number> {
    return this.payments.cancelHeld(session, billingRunId, why);
  }

  /** Sends it at once, for a customer who waits; what keeps it from being sent is left to the scheduler. */
  sendNow(id: string): Promise<void> {
    return this.sending.sendNow(id);
  }

  /** @throws {DomainError} `direct-payment-not-found` */
  get(id: string): Promise<DirectPayment> {
    return this.payments.get(id);
  }

  /** The call that collects a charge; `undefined` where a job does. */
  ofCharge(chargeId: string): Promise<DirectPayment | undefined> {
    return this.payments.ofCharge(chargeId);
  }

  /** The payment by which a charge of an account is collected; `undefined`: it has no such charge. */
  findByOrderNo(gatewayAccount: string, orderNo: string): Promise<DirectPayment | undefined> {
    return this.payments.findByOrderNo(gatewayAccount, orderNo);
  }

  /** Has one in doubt, or that waits for a deposit, looked up at once, where anything says that there is news of it. @returns whether it is */
  async lookSoon(id: string): Promise<boolean> {
    if (!(await this.payments.makeDue(id))) return false;
    await this.database.transaction((session) => wakeBilling(session));
    return true;
  }

  /** Asks about one that ended unpaid at once, as the watch does. @throws {DomainError} as `FindsOrders.findByOrder` */
  lookAtEnded(payment: DirectPayment, actor: string): Promise<EndedLook> {
    return this.watch.lookNow(payment, actor);
  }

  /** The account that was issued for one of these payments, the last one first where there are several. */
  depositAccountOf(ids: readonly string[], session?: SqlSession): Promise<DepositAccount | undefined> {
    return this.deposits.latestOf(ids, session);
  }

  /** Whether who names a secret of this hash, SHA-256, knows what messages about the deposit of a payment are told by. */
  isDepositSecret(id: string, secretHash: Buffer): Promise<boolean> {
    return this.deposits.isSecretOf(id, secretHash);
  }

  /**
   * Says that nobody is to pay into the account of a payment any more, in the caller's transaction: it is closed at the gateway unless
   * a deposit was quicker. Does nothing where it waits for none.
   */
  async abandonDeposit(session: SqlSession, id: string, because: string): Promise<void> {
    await this.deposits.abandon(session, id, because);
    await wakeBilling(session);
  }

  /** Newest first. */
  async list(
    { orderNo, ...filter }: ListedPayments,
    page: { beforeId: string | undefined; limit: number },
  ): Promise<DirectPayment[]> {
    if (orderNo === undefined) return this.payments.list(filter, page);
    // An order number is one charge's, and one call collects that.
    const [charge] = await this.charges.list({ orderNo }, { beforeId: undefined, limit: 1 });
    const payment = charge && (await this.payments.ofCharge(charge.id));
    return payment !== undefined && isAmong(payment, filter, page) ? [payment] : [];
  }

  /** What became of the payments of a billing run, a row for each state that some are in. */
  talliesOf(billingRunId: string): Promise<StateTally[]> {
    return this.payments.talliesOf(billingRunId);
  }

  /** What the gateway said of it where persons decide by that, newest first. */
  looks(id: string, limit: number): Promise<DirectPaymentLook[]> {
    return this.lookups.list(id, limit);
  }

  history(id: string): Promise<DirectPaymentHistory[]> {
    return this.payments.history(id);
  }
}

function isAmong(
  payment: DirectPayment,
  { state = payment.state, billingRunId = payment.billingRunId ?? undefined }: PaymentFilter,
  { beforeId }: { beforeId: string | undefined },
): boolean {
  const isBefore = beforeId === undefined || BigInt(payment.id) < BigInt(beforeId);
  return isBefore && payment.state === state && (payment.billingRunId ?? undefined) === billingRunId;
}
