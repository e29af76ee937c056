import type { Members } from '../../shared/http/members';
import { maskedNumber } from '../../shared/cards';
import type { Channel } from '../stores';
import { amountBody } from './amounts';
import { isoText, isoTextOrNone } from './times';
import type { Cancellation, Means, Transaction } from './payment';

/** A payment as a lookup shows it: `status` is its tag. */
export function paymentBody(transaction: Transaction, webhooks: readonly Members[]): Members {
  const { payment } = transaction;
  return {
    status: transaction.status,
    id: payment.id,
    transactionId: transaction.id,
    ...commonBody(transaction, webhooks),
    ...addedByStatus(transaction),
    ...(transaction.status === 'PAID' ? { disputes: [] } : {}),
  };
}

/** One attempt as the list of attempts shows it. */
export function transactionBody(transaction: Transaction, webhooks: readonly Members[]): Members {
  return {
    status: transaction.status,
    id: transaction.id,
    paymentId: transaction.payment.id,
    ...commonBody(transaction, webhooks),
    ...addedByStatus(transaction),
  };
}

export function cancellationBody(cancellation: Cancellation): Members {
  const { status, id, pgCancellationId, amount, reason, requestedAt, cancelledAt, trigger } = cancellation;
  return {
    status,
    id,
    ...(status === 'SUCCEEDED' ? { pgCancellationId } : {}),
    totalAmount: amount.total,
    taxFreeAmount: amount.taxFree,
    vatAmount: amount.vat,
    reason,
    ...isoTextOrNone('cancelledAt', cancelledAt),
    requestedAt: isoText(requestedAt),
    trigger,
  };
}

export function channelBody({ type, id, key, name, pgProvider, pgMerchantId }: Channel): Members {
  return { type, id, key, name, pgProvider, pgMerchantId };
}

/** What payments, attempts and events have alike: whose it is, and what was asked for. */
export function orderBody({ payment, orderName, customer, customData, products, ...rest }: Transaction): Members {
  return {
    orderName,
    currency: 'KRW',
    customer,
    ...(products === null ? {} : { products }),
    ...(rest.productCount === null ? {} : { productCount: rest.productCount }),
    ...(customData === null ? {} : { customData }),
    ...(rest.country === null ? {} : { country: rest.country }),
    merchantId: payment.store.merchantId,
    storeId: payment.store.storeId,
  };
}

/** The channel is there once something was paid with it, or waits to be. */
export function paidByBody({ means, channel, status, scheduleId }: Transaction): Members {
  return {
    ...(means === null ? {} : { method: methodBody(means) }),
    ...(status === 'READY' ? {} : { channel: channelBody(channel) }),
    version: 'V2',
    ...(scheduleId === null ? {} : { scheduleId }),
  };
}

function commonBody(transaction: Transaction, webhooks: readonly Members[]): Members {
  const { billingKey, requestedAt, updatedAt, statusChangedAt, origin } = transaction;
  return {
    ...paidByBody(transaction),
    ...(billingKey === null ? {} : { billingKey }),
    ...(webhooks.length === 0 ? {} : { webhooks }),
    requestedAt: isoText(requestedAt),
    updatedAt: isoText(updatedAt),
    statusChangedAt: isoText(statusChangedAt),
    amount: amountBody(transaction),
    ...orderBody(transaction),
    origin: {
      platformType: origin.platformType,
      ...(origin.userAgent === null ? {} : { userAgent: origin.userAgent }),
      ...(origin.url === null ? {} : { url: origin.url }),
      ipAddress: origin.ipAddress,
    },
  };
}

function addedByStatus(transaction: Transaction): Members {
  const { status, paidAt, pgTxId, failedAt, failure, cancelledAt, cancellations } = transaction;
  const pg = pgTxId === null ? {} : { pgTxId };
  if (status === 'READY') return {};
  if (status === 'FAILED') return { ...isoTextOrNone('failedAt', failedAt), failure: failureBody(failure) };
  if (status === 'PAY_PENDING' || status === 'VIRTUAL_ACCOUNT_ISSUED') return pg;
  const paid = {
    ...isoTextOrNone('paidAt', paidAt),
    ...pg,
    ...(paidAt === null ? {} : { receiptUrl: `https://receipt.example/${transaction.id}` }),
  };
  const list = cancellations.map(cancellationBody);
  if (status === 'PAID') return { ...paid, ...(list.length === 0 ? {} : { cancellations: list }) };
  return { ...paid, cancellations: list, ...isoTextOrNone('cancelledAt', cancelledAt) };
}

function failureBody(failure: Transaction['failure']): Members {
  if (failure === null) return {};
  const { reason, pgCode, pgMessage } = failure;
  return { reason, ...(pgCode === null ? {} : { pgCode }), ...(pgMessage === null ? {} : { pgMessage }) };
}

export function methodBody(means: Means): Members {
  if (means.kind === 'easyPay') {
    const easyPayMethod = { type: 'PaymentMethodEasyPayMethodCharge' };
    return { type: 'PaymentMethodEasyPay', provider: means.provider, easyPayMethod };
  }
  if (means.kind === 'transfer') return { type: 'PaymentMethodTransfer', bank: means.bank };
  if (means.kind === 'mobile') return { type: 'PaymentMethodMobile', phoneNumber: '010****0000' };
  if (means.kind === 'virtualAccount') {
    const { bank, accountNumber, remitteeName, remitterName, expiredAt, issuedAt, refundStatus } = means.account;
    return {
      type: 'PaymentMethodVirtualAccount',
      bank,
      accountNumber,
      accountType: 'NORMAL',
      remitteeName,
      ...(remitterName === null ? {} : { remitterName }),
      expiredAt: isoText(expiredAt),
      issuedAt: isoText(issuedAt),
      ...(refundStatus === null ? {} : { refundStatus }),
    };
  }
  const { card, installmentMonths, approvalNumber } = means;
  return {
    type: 'PaymentMethodCard',
    card: cardBody(card),
    approvalNumber,
    installment: { month: installmentMonths, isInterestFree: false },
    pointUsed: false,
  };
}

export function cardBody({
  issuer,
  brand,
  type,
  ownerType,
  number,
}: Extract<Means, { kind: 'card' }>['card']): Members {
  return {
    publisher: issuer,
    issuer,
    brand,
    type,
    ownerType,
    bin: number.slice(0, 6),
    name: `${issuer} ${type}`,
    number: maskedNumber(number),
  };
}
