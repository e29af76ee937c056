import type { SimulatorClock } from '../../shared/clock';
import { MINUTE_MS } from '../../shared/durations';
import { pgMessageOf } from '../error-types';
import type { Keys } from '../keys';
import type { Amount } from './amount';
import { leftOf } from './amounts';
import {
  accountOf,
  type Cancellation,
  type CancelTrigger,
  type Means,
  type Payment,
  type PaymentRequest,
  type PaymentStatus,
  type Transaction,
} from './payment';

/** How long an authenticated payment waits for `confirm`: the payment company's time, here Toss's. */
export const CONFIRM_MS = 10 * MINUTE_MS;

/** The types of messages about a transaction. */
export type TransactionEvent =
  | 'Transaction.Ready'
  | 'Transaction.Paid'
  | 'Transaction.VirtualAccountIssued'
  | 'Transaction.Failed'
  | 'Transaction.PayPending'
  | 'Transaction.PartialCancelled'
  | 'Transaction.Cancelled'
  | 'Transaction.CancelPending'
  | 'Transaction.DisputeCreated'
  | 'Transaction.DisputeResolved';

/** What is told of a payment's life: the webhooks and the lists listen. */
export interface PaymentEvents {
  happened(event: TransactionEvent, transaction: Transaction, cancellation: Cancellation | null): void;
}

export interface AttemptOptions {
  billingKey?: string;
  scheduleId?: string;
  skipsWebhook?: boolean;
}

export interface CancelWanted {
  amount: Amount;
  reason: string;
  trigger: CancelTrigger;
  skipsWebhook: boolean;
}

const EVENTS: Readonly<Record<PaymentStatus, TransactionEvent>> = {
  READY: 'Transaction.Ready',
  PAY_PENDING: 'Transaction.PayPending',
  VIRTUAL_ACCOUNT_ISSUED: 'Transaction.VirtualAccountIssued',
  PAID: 'Transaction.Paid',
  FAILED: 'Transaction.Failed',
  PARTIAL_CANCELLED: 'Transaction.PartialCancelled',
  CANCELLED: 'Transaction.Cancelled',
};

/** Every change of an attempt's state, with its message and its lapse. */
export class PaymentLife {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
    private readonly listeners: readonly PaymentEvents[],
  ) {}

  /** READY: the window is open, or a billing key about to be charged, which nobody is told. */
  begin(payment: Payment, request: PaymentRequest, options: AttemptOptions = {}): Transaction {
    const requestedAt = this.clock.now();
    const transaction: Transaction = {
      ...request,
      payment,
      id: this.keys.uuid(),
      billingKey: options.billingKey ?? null,
      scheduleId: options.scheduleId ?? null,
      skipsWebhook: options.skipsWebhook ?? false,
      requestedAt,
      status: 'READY',
      statusChangedAt: requestedAt,
      updatedAt: requestedAt,
      means: null,
      discount: 0,
      pgTxId: null,
      paidAt: null,
      approvals: 0,
      failedAt: null,
      failure: null,
      cancelledAt: null,
      cancellations: [],
      paymentToken: null,
      lapse: null,
    };
    payment.transactions.push(transaction);
    if (transaction.billingKey === null) this.tell(transaction, 'Transaction.Ready');
    return transaction;
  }

  /** Authenticated, and nothing charged: `confirm` does, within its time. */
  awaitConfirm(transaction: Transaction, means: Means): void {
    transaction.means = means;
    transaction.paymentToken = this.keys.token();
    transaction.updatedAt = this.clock.now();
    this.lapseAt(transaction, this.clock.now() + CONFIRM_MS, 'EXPIRED');
  }

  pay(transaction: Transaction, means: Means, discount = 0): void {
    transaction.means = means;
    transaction.discount = discount;
    transaction.paymentToken = null;
    transaction.pgTxId ??= this.keys.pgTxId(transaction.channel.pgProvider);
    transaction.paidAt = this.clock.now();
    transaction.approvals += 1;
    transaction.failure = null;
    transaction.failedAt = null;
    this.move(transaction, 'PAID');
  }

  /** It will be paid or not, later. */
  pend(transaction: Transaction, means: Means): void {
    transaction.means = means;
    transaction.pgTxId ??= this.keys.pgTxId(transaction.channel.pgProvider);
    this.move(transaction, 'PAY_PENDING');
  }

  issueAccount(transaction: Transaction, means: Extract<Means, { kind: 'virtualAccount' }>): void {
    transaction.means = means;
    transaction.pgTxId ??= this.keys.pgTxId(transaction.channel.pgProvider);
    this.move(transaction, 'VIRTUAL_ACCOUNT_ISSUED');
    this.lapseAt(transaction, means.account.expiredAt, 'EXPIRED');
  }

  deposit(transaction: Transaction, remitterName: string): void {
    const account = accountOf(transaction);
    if (account === null || transaction.means === null) return;
    account.remitterName = remitterName;
    this.pay(transaction, transaction.means);
  }

  /** The bank takes a deposit back: the account waits again. */
  reverseDeposit(transaction: Transaction): void {
    const account = accountOf(transaction);
    if (account === null) return;
    account.remitterName = null;
    transaction.paidAt = null;
    transaction.approvals -= 1;
    this.move(transaction, 'VIRTUAL_ACCOUNT_ISSUED');
    this.lapseAt(transaction, account.expiredAt, 'EXPIRED');
  }

  /** The account is closed before anything was paid into it: nothing is given back. */
  closeAccount(transaction: Transaction): number {
    transaction.cancelledAt = this.clock.now();
    this.move(transaction, 'CANCELLED');
    return transaction.cancelledAt;
  }

  fail(transaction: Transaction, pgCode: string | null, reason = '결제에 실패했습니다.'): void {
    transaction.failedAt = this.clock.now();
    transaction.paymentToken = null;
    transaction.failure = { reason, pgCode, pgMessage: pgCode === null ? null : pgMessageOf(pgCode) };
    this.move(transaction, 'FAILED');
  }

  /** Given back at once. */
  cancel(transaction: Transaction, wanted: CancelWanted): Cancellation {
    const cancellation = this.noted(transaction, wanted, 'SUCCEEDED');
    this.given(transaction, cancellation);
    return cancellation;
  }

  /** The payment company will say later whether it gives the money back. */
  requestCancel(transaction: Transaction, wanted: CancelWanted): Cancellation {
    const cancellation = this.noted(transaction, wanted, 'REQUESTED');
    this.tell(transaction, 'Transaction.CancelPending', cancellation);
    return cancellation;
  }

  /** It says so; of a no nobody is told. */
  endCancel(transaction: Transaction, cancellation: Cancellation, isGiven: boolean): void {
    if (cancellation.status !== 'REQUESTED') return;
    cancellation.status = isGiven ? 'SUCCEEDED' : 'FAILED';
    transaction.updatedAt = this.clock.now();
    if (isGiven) this.given(transaction, cancellation);
  }

  /** The payment company refuses. */
  failCancel(transaction: Transaction, wanted: CancelWanted): void {
    this.noted(transaction, wanted, 'FAILED');
  }

  dispute(transaction: Transaction, isResolved: boolean): void {
    this.tell(transaction, isResolved ? 'Transaction.DisputeResolved' : 'Transaction.DisputeCreated');
  }

  private noted(
    transaction: Transaction,
    { amount, reason, trigger, skipsWebhook }: CancelWanted,
    status: Cancellation['status'],
  ): Cancellation {
    const cancellation: Cancellation = {
      id: this.keys.uuid(),
      pgCancellationId: this.keys.uuid(),
      status,
      amount,
      reason,
      requestedAt: this.clock.now(),
      cancelledAt: null,
      trigger,
      skipsWebhook,
    };
    transaction.cancellations.push(cancellation);
    transaction.updatedAt = this.clock.now();
    return cancellation;
  }

  private given(transaction: Transaction, cancellation: Cancellation): void {
    cancellation.cancelledAt = this.clock.now();
    transaction.cancelledAt = cancellation.cancelledAt;
    const account = accountOf(transaction);
    if (account !== null) account.refundStatus = 'COMPLETED';
    const isAll = leftOf(transaction).total === 0 && !transaction.cancellations.some(isRequested);
    this.move(transaction, isAll ? 'CANCELLED' : 'PARTIAL_CANCELLED', cancellation);
  }

  private move(transaction: Transaction, status: PaymentStatus, cancellation: Cancellation | null = null): void {
    transaction.lapse?.cancel();
    transaction.lapse = null;
    transaction.status = status;
    transaction.statusChangedAt = this.clock.now();
    transaction.updatedAt = transaction.statusChangedAt;
    this.tell(transaction, EVENTS[status], cancellation);
  }

  private tell(transaction: Transaction, event: TransactionEvent, cancellation: Cancellation | null = null): void {
    for (const listener of this.listeners) listener.happened(event, transaction, cancellation);
  }

  private lapseAt(transaction: Transaction, at: number, pgCode: string): void {
    transaction.lapse?.cancel();
    transaction.lapse = this.clock.schedule(at, () => this.fail(transaction, pgCode));
  }
}

function isRequested({ status }: Cancellation): boolean {
  return status === 'REQUESTED';
}
