import { ZERO_WON, won, type Won } from '../../kernel/won';
import type {
  FoundPayment,
  GatewayAnswer,
  PaymentAnswer,
  PaymentReceipt,
  PaymentStanding,
  RefundBasis,
} from '../gateway';
import { unknown } from '../reading';
import type { KakaopayAmount, KakaopayPayment } from './api/payment';
import type { ContractKind } from './kakaopay-accounts';
import type { PaymentStatus } from './wire';

/** KakaoPay's record of a payment as it was just looked up: what a refund of it is made from. */
export class KakaopayBasis implements RefundBasis {
  constructor(
    readonly payment: KakaopayPayment,
    /** By which it was made. */
    readonly contract: ContractKind,
  ) {}

  get transactionId(): string {
    return this.payment.tid;
  }
}

/** @throws {TypeError} for what was looked up elsewhere */
export function openedOf(basis: RefundBasis): KakaopayBasis {
  if (basis instanceof KakaopayBasis) return basis;
  throw new TypeError('a payment of KakaoPay is one that was looked up there');
}

/** What an approval is that was answered: approve and subscription say no status. */
const APPROVED: PaymentStatus = 'SUCCESS_PAYMENT';

const NOTHING: KakaopayAmount = { total: ZERO_WON, taxFree: ZERO_WON, vat: ZERO_WON };

const STANDINGS: Readonly<Record<PaymentStatus, PaymentStanding>> = {
  READY: 'open',
  SEND_TMS: 'open',
  OPEN_PAYMENT: 'open',
  SELECT_METHOD: 'open',
  ARS_WAITING: 'open',
  AUTH_PASSWORD: 'open',
  ISSUED_SID: 'over',
  SUCCESS_PAYMENT: 'paid',
  PART_CANCEL_PAYMENT: 'paid',
  CANCEL_PAYMENT: 'refunded',
  QUIT_PAYMENT: 'over',
  // Whether the customer may try again nobody says: it is over once the attempt's time is.
  FAIL_AUTH_PASSWORD: 'open',
  FAIL_PAYMENT: 'over',
};

/** @returns `undefined` for a word that nobody knows */
export function standingOf(status: string): PaymentStanding | undefined {
  return Object.hasOwn(STANDINGS, status) ? STANDINGS[status as PaymentStatus] : undefined;
}

/** What of a payment can still be given back; what answers call so themselves is 0 in the vendor's own sample of a paid one. */
export function leftOf({ amount, canceled }: KakaopayPayment): KakaopayAmount {
  const [all, gone] = [amount ?? NOTHING, canceled ?? NOTHING];
  return {
    total: less(all.total, gone.total),
    taxFree: less(all.taxFree, gone.taxFree),
    vat: less(all.vat, gone.vat),
  };
}

function less(from: Won, taken: Won): Won {
  return won(Math.max(0, from - taken));
}

/** A payment as lookups keep it. */
export function foundOf(payment: KakaopayPayment): FoundPayment {
  const { tid, orderId, amount, canceled, method, description, approvedAt, canceledAt } = payment;
  const status = payment.status ?? APPROVED;
  const standing = standingOf(status);
  const total = amount?.total ?? ZERO_WON;
  const isLess = (canceled?.total ?? 0) > 0 || standing === 'refunded' || status === 'PART_CANCEL_PAYMENT';
  return {
    transactionId: tid,
    amount: total,
    isRefunded: standing === undefined ? null : isLess,
    isPaid: standing === 'paid' && !isLess,
    status,
    reason: '',
    message: '',
    description,
    updatedAt: canceledAt ?? approvedAt,
    paymentParts: [{ method: method ?? '', amount: total }],
    goods: [],
    orderNo: orderId,
    currency: 'KRW',
    ...(standing !== undefined && { standing }),
    balance: leftOf(payment).total,
  };
}

/** An answer with a payment, for whoever compares it with what was asked; a status that nobody knows is no yes. */
export function asReceipt(answer: GatewayAnswer<KakaopayPayment>): GatewayAnswer<PaymentReceipt>;
export function asReceipt(answer: PaymentAnswer<KakaopayPayment>): PaymentAnswer<PaymentReceipt>;
export function asReceipt(answer: PaymentAnswer<KakaopayPayment>): PaymentAnswer<PaymentReceipt> {
  if (answer.kind !== 'success') return answer;
  const { tid, orderId, amount, status, description, approvedAt } = answer.value;
  const resultCode = status ?? APPROVED;
  const standing = standingOf(resultCode);
  if (standing === undefined) {
    return unknown('unreadable-answer', `a payment in a state that nobody knows: ${resultCode.slice(0, 40)}`);
  }
  if (standing === 'paid' && amount === null) return unknown('unreadable-answer', 'a paid payment without an amount');
  const paid = { transactionId: tid, orderNo: orderId, amount: amount?.total ?? ZERO_WON, currency: 'KRW' };
  const said = { resultCode, resultMessage: description, paidAt: approvedAt };
  return { ...answer, value: { ...paid, ...said, standing } };
}
