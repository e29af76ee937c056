import { ZERO_WON, type Won } from '../../../kernel/won';
import { idOf, isJsonObject, listOf, textOf, wonOf, type JsonMembers, type Show } from '../../reading';
import { WON_CURRENCY } from '../wire';

/** Keys are opaque and Toss states up to 200 characters; longer ones are none. */
const LONGEST_KEY = 300;

/** A payment as Toss has it now; members that nobody decides by are `null` where they are missing. */
export interface TossPayment {
  paymentKey: string;
  orderId: string;
  status: string;
  currency: string;
  /** Never changes. 0 in another currency than won, as all amounts are. */
  totalAmount: Won;
  /** What can still be cancelled: it decides, and the status does not. */
  balanceAmount: Won;
  taxFreeAmount: Won;
  approvedAt: Date | null;
  method: string | null;
  /** What was paid with, for people: whose card, and its masked number. */
  description: string;
  cancels: TossCancel[];
  failure: { code: string; message: string } | null;
  virtualAccount: TossVirtualAccount | null;
  /** Known to Toss and us alone: deposit messages are told by it. */
  secret: string | null;
  receiptUrl: string | null;
}

export interface TossCancel {
  transactionKey: string;
  amount: Won;
  reason: string;
  canceledAt: Date | null;
  /** Overseas wallets take their time: then it is not done yet, or was not. */
  isDone: boolean;
}

export interface TossVirtualAccount {
  bankCode: string;
  accountNumber: string;
  customerName: string;
  dueDate: Date | null;
  /** How far the transfer of a refund is: NONE, PENDING, FAILED, PARTIAL_FAILED, COMPLETED. */
  refundStatus: string | null;
}

/** @returns `undefined` where a member is missing that is needed to decide */
export function readPayment(json: unknown, show: Show): TossPayment | undefined {
  if (!isJsonObject(json)) return undefined;
  const paymentKey = keyOf(json.paymentKey);
  const orderId = keyOf(json.orderId);
  const status = keyOf(json.status);
  const currency = keyOf(json.currency);
  if (paymentKey === undefined || orderId === undefined || status === undefined || currency === undefined) {
    return undefined;
  }
  const amounts = amountsIn(currency);
  const totalAmount = amounts(json.totalAmount);
  const balanceAmount = amounts(json.balanceAmount);
  const cancels = listOf(json.cancels, (entry) => readCancel(entry, amounts, show));
  if (totalAmount === undefined || balanceAmount === undefined || cancels === undefined) return undefined;
  return {
    ...{ paymentKey, orderId, status, currency, totalAmount, balanceAmount, cancels },
    taxFreeAmount: amounts(json.taxFreeAmount) ?? ZERO_WON,
    approvedAt: instantOf(json.approvedAt),
    method: textOf(json.method) === undefined ? null : show(json.method),
    description: describe(json, show),
    failure: readFailure(json.failure, show),
    virtualAccount: readVirtualAccount(json.virtualAccount, show),
    secret: keyOf(json.secret) ?? null,
    receiptUrl: isJsonObject(json.receipt) ? (textOf(json.receipt.url) ?? null) : null,
  };
}

/** A key, an id or a word of Toss's. */
export function keyOf(value: unknown): string | undefined {
  return idOf(value, LONGEST_KEY);
}

/** ISO 8601 with its offset. */
export function instantOf(value: unknown): Date | null {
  const text = textOf(value);
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(text)) return null;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** How amounts in a currency are read: what is no won is none of them, and its number could be taken for one. */
export function amountsIn(currency: string): (value: unknown) => Won | undefined {
  return currency === WON_CURRENCY ? wonOf : () => ZERO_WON;
}

function readCancel(
  entry: JsonMembers,
  amounts: (value: unknown) => Won | undefined,
  show: Show,
): TossCancel | undefined {
  const transactionKey = keyOf(entry.transactionKey);
  const amount = amounts(entry.cancelAmount);
  if (transactionKey === undefined || amount === undefined) return undefined;
  const status = textOf(entry.cancelStatus);
  return {
    transactionKey,
    amount,
    reason: show(entry.cancelReason),
    canceledAt: instantOf(entry.canceledAt),
    isDone: status === undefined || status === 'DONE',
  };
}

function readFailure(failure: unknown, show: Show): TossPayment['failure'] {
  return isJsonObject(failure) ? { code: show(failure.code), message: show(failure.message) } : null;
}

function readVirtualAccount(account: unknown, show: Show): TossVirtualAccount | null {
  if (!isJsonObject(account)) return null;
  return {
    bankCode: show(account.bankCode),
    accountNumber: show(account.accountNumber),
    customerName: show(account.customerName),
    dueDate: instantOf(account.dueDate),
    refundStatus: keyOf(account.refundStatus) ?? null,
  };
}

function describe(payment: JsonMembers, show: Show): string {
  const { card, easyPay, transfer, virtualAccount } = payment;
  const parts = [
    show(payment.method),
    isJsonObject(easyPay) ? show(easyPay.provider) : '',
    isJsonObject(card) ? `${show(card.issuerCode)} ${show(card.number)}` : '',
    isJsonObject(transfer) ? show(transfer.bankCode) : '',
    isJsonObject(virtualAccount) ? show(virtualAccount.bankCode) : '',
  ];
  return parts.filter((part) => part.trim() !== '').join(' ');
}
