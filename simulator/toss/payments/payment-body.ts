import { maskedNumber } from '../../shared/cards';
import { splitOf } from '../money';
import { seoulTime } from '../times';
import { isPartialCancelable, type Cancel, type Means, type Payment, type VirtualAccount } from './payment';

type Members = Record<string, unknown>;

const METHODS = { card: '카드', easyPay: '간편결제', transfer: '계좌이체', virtualAccount: '가상계좌' } as const;

/** The Payment object of every answer and message, member for member as recorded. */
export function paymentBody(payment: Payment): Members {
  return payment.status === 'EXPIRED' && payment.means?.kind !== 'virtualAccount'
    ? expiredBody(payment)
    : {
        mId: payment.merchant.mId,
        lastTransactionKey: payment.lastTransactionKey,
        paymentKey: payment.paymentKey,
        orderId: payment.orderId,
        orderName: payment.orderName,
        taxExemptionAmount: 0,
        status: payment.status,
        requestedAt: seoulTime(payment.requestedAt),
        approvedAt: payment.approvedAt === null ? null : seoulTime(payment.approvedAt),
        useEscrow: payment.means === null ? null : payment.useEscrow,
        cultureExpense: false,
        ...meansMembers(payment),
        mobilePhone: null,
        giftCertificate: null,
        cashReceipt: null,
        cashReceipts: null,
        discount: null,
        cancels: payment.cancels.length === 0 ? null : payment.cancels.map(cancelBody),
        secret: payment.secret,
        type: payment.type,
        easyPay: easyPayBody(payment),
        country: 'KR',
        failure: payment.failure,
        isPartialCancelable: isPartialCancelable(payment),
        receipt: receiptBody(payment),
        checkout: { url: payment.checkoutUrl },
        currency: 'KRW',
        totalAmount: payment.totalAmount,
        balanceAmount: payment.balanceAmount,
        ...splitOf(payment.balanceAmount, payment.taxFreeLeft),
        taxFreeAmount: payment.taxFreeLeft,
        method: payment.means === null ? null : METHODS[payment.means.kind],
        version: payment.merchant.version,
        metadata: payment.metadata,
      };
}

export function cancelBody(cancel: Cancel): Members {
  return {
    transactionKey: cancel.transactionKey,
    cancelReason: cancel.reason,
    taxExemptionAmount: 0,
    canceledAt: seoulTime(cancel.at),
    easyPayDiscountAmount: 0,
    receiptKey: null,
    cancelStatus: 'DONE',
    cancelRequestId: null,
    cancelAmount: cancel.amount,
    taxFreeAmount: cancel.taxFreeAmount,
    refundableAmount: cancel.refundableAmount,
  };
}

/** `card`, `virtualAccount` and `transfer`: the one that was chosen, the others null. */
export function meansMembers(payment: Payment): Members {
  return {
    card: cardBody(payment),
    virtualAccount: payment.means?.kind === 'virtualAccount' ? accountBody(payment, payment.means.account) : null,
    transfer:
      payment.means?.kind === 'transfer' ? { bankCode: payment.means.bankCode, settlementStatus: 'INCOMPLETED' } : null,
  };
}

export function easyPayBody({ means, totalAmount }: Payment): Members | null {
  return means?.kind === 'easyPay' ? { provider: means.provider, amount: totalAmount, discountAmount: 0 } : null;
}

export function methodOf(means: Means | null): string | null {
  return means === null ? null : METHODS[means.kind];
}

export function receiptBody(payment: Payment): { url: string } | null {
  if (payment.lastTransactionKey === null) return null;
  const id = payment.paymentKey;
  return { url: `https://dashboard.tosspayments.com/receipt/redirection?transactionId=${id}&ref=PX` };
}

function cardBody({ means, totalAmount }: Payment): Members | null {
  if (means?.kind !== 'card') return null;
  const { card, installmentMonths } = means;
  return {
    issuerCode: card.issuerCode,
    acquirerCode: card.acquirerCode,
    number: maskedNumber(card.number),
    installmentPlanMonths: installmentMonths,
    isInterestFree: false,
    interestPayer: null,
    approveNo: '00000000',
    useCardPoint: false,
    cardType: card.cardType,
    ownerType: card.ownerType,
    acquireStatus: 'READY',
    amount: totalAmount,
  };
}

function accountBody(payment: Payment, account: VirtualAccount): Members {
  return {
    accountType: '일반',
    accountNumber: account.accountNumber,
    bankCode: account.bankCode,
    customerName: account.customerName,
    depositorName: account.depositorName,
    dueDate: seoulTime(account.dueAt),
    expired: account.expired,
    settlementStatus: payment.approvedAt === null ? 'INCOMPLETED' : 'COMPLETED',
    refundStatus: account.refundStatus,
    refundReceiveAccount: account.refundReceiveAccount,
  };
}

/** The recorded expired payment has another order of members, one more and two less than all others. */
function expiredBody(payment: Payment): Members {
  return {
    mId: payment.merchant.mId,
    paymentKey: payment.paymentKey,
    orderId: payment.orderId,
    orderName: payment.orderName,
    type: payment.type,
    totalAmount: payment.totalAmount,
    balanceAmount: payment.balanceAmount,
    taxFreeAmount: payment.taxFreeAmount,
    taxExemptionAmount: 0,
    ...splitOf(payment.balanceAmount, payment.taxFreeAmount),
    currency: 'KRW',
    country: 'KR',
    isPartialCancelable: true,
    checkout: { url: payment.checkoutUrl },
    requestedAt: seoulTime(payment.requestedAt),
    cultureExpense: false,
    version: payment.merchant.version,
    status: payment.status,
    failure: payment.failure,
    approvedAt: null,
    cancels: null,
    card: null,
    cashReceipt: null,
    discount: null,
    easyPay: null,
    giftCertificate: null,
    lastTransactionKey: null,
    method: null,
    mobilePhone: null,
    receipt: null,
    secret: null,
    transactionKey: null,
    transfer: null,
    useEscrow: null,
    virtualAccount: null,
  };
}
