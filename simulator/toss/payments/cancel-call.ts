import type { SimulatorClock } from '../../shared/clock';
import { DAY_MS } from '../../shared/durations';
import { bankCodeOf } from '../banks';
import { TossRefusal } from '../error-codes';
import { membersOf, optionalAmount, requiredText, type Members } from '../http/members';
import { ok, type TossAnswer, type TossRequest } from '../http/toss-call';
import { accountOf, isPartialCancelable, type Payment, type VirtualAccount } from './payment';
import { paymentBody } from './payment-body';
import type { PaymentLife } from './payment-life';
import type { PaymentRegister } from './payment-register';

/** How long after the approval each means can be given back. */
const REFUND_DUE_MS = { transfer: 180 * DAY_MS, virtualAccount: 365 * DAY_MS } as const;

type RefundAccount = NonNullable<VirtualAccount['refundReceiveAccount']>;

export class CancelCall {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly register: PaymentRegister,
    private readonly life: PaymentLife,
  ) {}

  handle({ merchant, body, parameters: [paymentKey = ''] }: TossRequest): TossAnswer {
    const payment = this.register.findOf(merchant, paymentKey);
    if (!payment) throw new TossRefusal('NOT_FOUND_PAYMENT');
    this.cancel(payment, body);
    return ok(paymentBody(payment));
  }

  /** Also what the developer centre's own button does. */
  cancel(payment: Payment, body: Members): void {
    const reason = requiredText(body, 'cancelReason', 200);
    const wanted = optionalAmount(body, 'cancelAmount');
    const believed = optionalAmount(body, 'refundableAmount');
    const taxFree = optionalAmount(body, 'taxFreeAmount') ?? 0;
    if (payment.status === 'CANCELED') throw new TossRefusal('ALREADY_CANCELED_PAYMENT');
    if (!['DONE', 'PARTIAL_CANCELED', 'WAITING_FOR_DEPOSIT'].includes(payment.status)) {
      throw new TossRefusal('NOT_CANCELABLE_PAYMENT');
    }
    if (believed !== null && believed !== payment.balanceAmount) {
      throw new TossRefusal('NOT_MATCHES_REFUNDABLE_AMOUNT');
    }
    const amount = wanted ?? payment.balanceAmount;
    if (wanted === 0) throw new TossRefusal('INVALID_REQUEST', 'cancelAmount');
    if (amount === 0 || amount > payment.balanceAmount) throw new TossRefusal('NOT_CANCELABLE_AMOUNT');
    const isWhole = amount === payment.balanceAmount;
    this.requireAllowed(payment, isWhole);
    // What is left can't be less than its tax-free part.
    const taxFreeGiven = wanted === null || isWhole ? payment.taxFreeLeft : taxFree;
    if (taxFreeGiven > Math.min(amount, payment.taxFreeLeft)) {
      throw new TossRefusal('INVALID_REQUEST', 'taxFreeAmount');
    }
    const refundAccount = refundAccountOf(payment, body.refundReceiveAccount);
    this.life.cancel(payment, reason, amount, taxFreeGiven);
    const account = accountOf(payment);
    // A part refund leaves the account's own members as they were, as measured.
    if (account && refundAccount && payment.balanceAmount === 0) {
      account.refundStatus = account.refundEndsAs;
      account.refundReceiveAccount = refundAccount;
    }
  }

  private requireAllowed(payment: Payment, isWhole: boolean): void {
    if (!isWhole && payment.status === 'WAITING_FOR_DEPOSIT') {
      throw new TossRefusal('NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT');
    }
    if (!isWhole && !isPartialCancelable(payment)) throw new TossRefusal('NOT_ALLOWED_PARTIAL_REFUND');
    const kind = payment.means?.kind;
    const dueMs = kind === 'transfer' || kind === 'virtualAccount' ? REFUND_DUE_MS[kind] : Infinity;
    if (payment.approvedAt !== null && this.clock.now() - payment.approvedAt > dueMs) {
      throw new TossRefusal('EXCEED_MAX_REFUND_DUE');
    }
  }
}

/** Required for a virtual account that was paid, and must be absent otherwise; `bank`, not `bankCode`. */
function refundAccountOf(payment: Payment, value: unknown): RefundAccount | null {
  const isPaidAccount = accountOf(payment) !== null && payment.approvedAt !== null;
  if (value === undefined || value === null) {
    if (isPaidAccount) throw new TossRefusal('INVALID_REFUND_ACCOUNT_INFO', 'refundReceiveAccount');
    return null;
  }
  const account = membersOf(value);
  if (!isPaidAccount || !account) throw new TossRefusal('INVALID_REQUEST', 'refundReceiveAccount');
  const bankCode = typeof account.bank === 'string' ? bankCodeOf(account.bank) : null;
  if (bankCode === null) throw new TossRefusal('INVALID_BANK', 'refundReceiveAccount.bank');
  const { accountNumber, holderName } = account;
  if (typeof accountNumber !== 'string' || !/^\d{1,20}$/.test(accountNumber)) {
    throw new TossRefusal('INVALID_REFUND_ACCOUNT_NUMBER', 'refundReceiveAccount.accountNumber');
  }
  if (typeof holderName !== 'string' || holderName === '' || holderName.length > 60) {
    throw new TossRefusal('INVALID_REFUND_ACCOUNT_INFO', 'refundReceiveAccount.holderName');
  }
  return { bankCode, accountNumber, holderName };
}
