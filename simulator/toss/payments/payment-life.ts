import type { SimulatorClock } from '../../shared/clock';
import { MINUTE_MS } from '../../shared/durations';
import { definitionOf } from '../error-codes';
import type { Keys } from '../keys';
import type { Merchant } from '../merchants';
import {
  accountOf,
  type Cancel,
  type Means,
  type Payment,
  type PaymentStatus,
  type Transaction,
  type VirtualAccount,
} from './payment';
import type { PaymentRegister } from './payment-register';

/** How long the window may be open, and how long an authenticated payment waits for its confirm. */
export const WINDOW_MS = 30 * MINUTE_MS;
export const CONFIRM_MS = 10 * MINUTE_MS;

/** What is told of a payment's life: the webhooks listen. */
export interface PaymentEvents {
  changed(payment: Payment): void;
  /** Something happened to a virtual account's deposit. */
  deposit(payment: Payment, transactionKey: string): void;
}

export interface NewPayment {
  merchant: Merchant;
  orderId: string;
  orderName: string;
  type: 'NORMAL' | 'BILLING';
  totalAmount: number;
  taxFreeAmount: number;
  customerKey: string | null;
  useEscrow?: boolean;
  metadata?: unknown;
}

/** Every change of a payment's state, with its transaction, its message and its lapse. */
export class PaymentLife {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
    private readonly register: PaymentRegister,
    private readonly events: PaymentEvents,
  ) {}

  /** READY: the window is open. */
  begin(wanted: NewPayment): Payment {
    const requestedAt = this.clock.now();
    const paymentKey = this.keys.paymentKey(wanted.merchant.mId, requestedAt);
    const payment: Payment = {
      ...wanted,
      useEscrow: wanted.useEscrow ?? false,
      metadata: wanted.metadata ?? null,
      paymentKey,
      secret: this.keys.secret(),
      requestedAt,
      checkoutUrl: `https://api.tosspayments.com/v1/payments/${paymentKey}/checkout`,
      status: 'READY',
      balanceAmount: wanted.totalAmount,
      taxFreeLeft: wanted.taxFreeAmount,
      means: null,
      approvedAt: null,
      approvals: 0,
      lastTransactionKey: null,
      cancels: [],
      failure: null,
      lapse: null,
    };
    this.register.add(payment);
    this.lapseAt(payment, requestedAt + WINDOW_MS);
    return payment;
  }

  /** IN_PROGRESS: the buyer has authenticated; no money moves before the confirm. */
  authenticate(payment: Payment, means: Means): void {
    payment.means = means;
    payment.status = 'IN_PROGRESS';
    this.lapseAt(payment, this.clock.now() + CONFIRM_MS);
  }

  approve(payment: Payment, depositorName: string | null = null): void {
    const account = accountOf(payment);
    if (account) account.depositorName = depositorName;
    payment.approvedAt = this.clock.now();
    payment.approvals += 1;
    this.move(payment, 'DONE', payment.totalAmount);
  }

  /** WAITING_FOR_DEPOSIT until the due date. */
  issueAccount(payment: Payment, account: VirtualAccount): void {
    payment.means = { kind: 'virtualAccount', account };
    this.move(payment, 'WAITING_FOR_DEPOSIT', 0);
    this.lapseAt(payment, account.dueAt);
  }

  /** The bank took the deposit back: the account waits again, or is over, as the older API has it. */
  reverseDeposit(payment: Payment, account: VirtualAccount, isOver = false): void {
    for (const transaction of this.register.transactions()) {
      if (transaction.payment === payment && transaction.status === 'DONE') transaction.reversed = true;
    }
    account.depositorName = null;
    payment.approvedAt = null;
    payment.approvals -= 1;
    this.move(payment, isOver ? 'CANCELED' : 'WAITING_FOR_DEPOSIT', 0);
    if (!isOver) this.lapseAt(payment, account.dueAt);
  }

  abort(payment: Payment, code: string): void {
    payment.failure = { code, message: definitionOf(code).ko };
    this.settleWithoutMoney(payment, 'ABORTED');
  }

  cancel(payment: Payment, reason: string, amount: number, taxFreeAmount: number): Cancel {
    const wasPaid = payment.status !== 'WAITING_FOR_DEPOSIT';
    const isWhole = payment.cancels.length === 0 && amount === payment.balanceAmount;
    payment.balanceAmount -= amount;
    payment.taxFreeLeft -= taxFreeAmount;
    const cancel: Cancel = {
      transactionKey: this.keys.transactionKey(),
      reason,
      at: this.clock.now(),
      amount,
      taxFreeAmount,
      refundableAmount: payment.balanceAmount,
    };
    payment.cancels.push(cancel);
    // In parts it stays PARTIAL_CANCELED, also with the last part.
    this.move(payment, isWhole ? 'CANCELED' : 'PARTIAL_CANCELED', wasPaid ? amount : 0, cancel);
    return cancel;
  }

  private expire(payment: Payment): void {
    const account = accountOf(payment);
    if (account) account.expired = true;
    payment.failure = { code: 'EXPIRED_PAYMENT', message: '결제 시간 지남' };
    this.settleWithoutMoney(payment, 'EXPIRED');
  }

  private settleWithoutMoney(payment: Payment, status: PaymentStatus): void {
    payment.lapse?.cancel();
    payment.lapse = null;
    payment.status = status;
    if (payment.type === 'NORMAL') this.events.changed(payment);
  }

  private move(payment: Payment, status: PaymentStatus, amount: number, cancel: Cancel | null = null): void {
    const before = payment.status;
    payment.lapse?.cancel();
    payment.lapse = null;
    payment.status = status;
    const transactionKey = cancel?.transactionKey ?? this.keys.transactionKey();
    payment.lastTransactionKey = transactionKey;
    const transaction: Transaction = {
      payment,
      transactionKey,
      status,
      at: this.clock.now(),
      amount,
      cancel,
      reversed: false,
    };
    this.register.record(transaction);
    // A billing charge sends no message; what becomes of it later does.
    if (payment.type === 'NORMAL' || cancel) this.events.changed(payment);
    const isIssue = status === 'WAITING_FOR_DEPOSIT' && before !== 'DONE';
    if (accountOf(payment) && !isIssue) this.events.deposit(payment, transactionKey);
  }

  private lapseAt(payment: Payment, at: number): void {
    payment.lapse?.cancel();
    payment.lapse = this.clock.schedule(at, () => this.expire(payment));
  }
}
