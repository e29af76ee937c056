import { DAY_MS } from '../../shared/durations';
import { TossRefusal } from '../error-codes';
import { requiredText } from '../http/members';
import { ok, type TossAnswer, type TossRequest } from '../http/toss-call';
import type { Transaction } from '../payments/payment';
import { cancelBody, easyPayBody, meansMembers, methodOf } from '../payments/payment-body';
import type { PaymentRegister } from '../payments/payment-register';
import { seoulDate, seoulTime } from '../times';
import { pageSize, wholeFrom1 } from './page-size';

/** Recorded fees lie about here; the contract decides in truth. */
const FEE_SHARE = 0.0231;
/** Recorded: paid out four to seven days after the sale. */
const PAID_OUT_AFTER_MS = 5 * DAY_MS;
const DATE_TYPES = ['soldDate', 'paidOutDate'] as const;

/** Payouts and fees, by page. */
export class SettlementsCall {
  constructor(private readonly register: PaymentRegister) {}

  handle({ merchant, query }: TossRequest): TossAnswer {
    const from = dateOf(query, 'startDate');
    const to = dateOf(query, 'endDate');
    if (to < from) throw new TossRefusal('INVALID_REQUEST', 'endDate');
    const dateType = DATE_TYPES.find((one) => one === (query.get('dateType') || 'soldDate'));
    if (!dateType) throw new TossRefusal('INVALID_REQUEST', 'dateType');
    const page = wholeFrom1(query.get('page'), 'page', 1, Number.MAX_SAFE_INTEGER);
    const size = pageSize(query.get('size'), 'size');
    const rows = this.register
      .transactions()
      .filter((one) => one.payment.merchant === merchant && one.amount > 0 && !one.reversed)
      .map((one) => ({ ...datesOf(one), transaction: one }))
      .filter((row) => row[dateType] >= from && row[dateType] <= to);
    return ok(rows.slice((page - 1) * size, page * size).map(({ transaction }) => settlementBody(transaction)));
  }

  /** Asks for one payment's settlement by hand. */
  request({ merchant, body }: TossRequest): TossAnswer {
    const payment = this.register.findOf(merchant, requiredText(body, 'paymentKey', 200));
    if (!payment) throw new TossRefusal('NOT_FOUND_PAYMENT');
    return ok({ result: true });
  }
}

function dateOf(query: URLSearchParams, name: string): string {
  const text = query.get(name) ?? '';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new TossRefusal('INVALID_REQUEST', name);
  return text;
}

function datesOf({ at }: Transaction): { soldDate: string; paidOutDate: string } {
  return { soldDate: seoulDate(at), paidOutDate: seoulDate(at + PAID_OUT_AFTER_MS) };
}

/** Of a cancellation all sums are negative, but for the card's and the cancellation's own. */
function settlementBody(transaction: Transaction): object {
  const { payment, cancel, amount } = transaction;
  const sign = cancel === null ? 1 : -1;
  const fee = Math.round(amount * FEE_SHARE);
  const feeVat = Math.round(fee / 11);
  const { card, virtualAccount, transfer } = meansMembers(payment);
  return {
    mId: payment.merchant.mId,
    paymentKey: payment.paymentKey,
    transactionKey: transaction.transactionKey,
    orderId: payment.orderId,
    currency: 'KRW',
    method: methodOf(payment.means),
    fees: [{ type: 'BASE', fee: sign * fee }],
    approvedAt: seoulTime(payment.approvedAt ?? transaction.at),
    ...datesOf(transaction),
    card,
    virtualAccount,
    transfer,
    mobilePhone: null,
    giftCertificate: null,
    easyPay: easyPayBody(payment),
    cancel: cancel === null ? null : cancelBody(cancel),
    amount: sign * amount,
    interestFee: 0,
    fee: sign * fee,
    supplyAmount: sign * (fee - feeVat),
    vat: sign * feeVat,
    payOutAmount: sign * (amount - fee),
  };
}
