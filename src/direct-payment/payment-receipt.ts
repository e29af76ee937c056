import type { DepositAccount, GatewayAnswer, PaymentReceipt } from '../gateways';
import { wonInWords, type Won } from '../kernel/won';

/** Whether it is for what was asked, and an account was issued into which the customer may pay. */
export function isForDeposit(asked: Asked, receipt: PaymentReceipt): receipt is DepositReceipt {
  return (
    receipt.standing === 'awaited' && Boolean(receipt.depositAccount) && differencesOf(asked, receipt).length === 0
  );
}

export type DepositReceipt = PaymentReceipt & { depositAccount: DepositAccount };

/**
 * Why a receipt is none for what was asked; `undefined`: it is, and the money was taken. An answer for another order, amount or
 * currency, or of another state, is never taken as paid.
 */
export function contradictionOf(asked: Asked, receipt: Compared): string | undefined {
  const { standing, resultCode } = receipt;
  const differing = [...differencesOf(asked, receipt), ...(standing === 'paid' ? [] : [`as ${resultCode}`])];
  return differing.length === 0 ? undefined : `the gateway has a payment ${differing.join(', ')}`;
}

/** Whether the gateway says that it has no such payment. */
export function isAbsent(answer: GatewayAnswer<PaymentReceipt>): boolean {
  return answer.kind === 'refused' && answer.notFound === true;
}

/** Whether money was taken, or will be without anybody asking again. */
export function isTaken({ standing }: Pick<PaymentReceipt, 'standing'>): boolean {
  return standing !== 'open' && standing !== 'over';
}

interface Asked {
  orderNo: string;
  amount: Won;
}
type Compared = Pick<PaymentReceipt, 'orderNo' | 'amount' | 'currency' | 'standing' | 'resultCode' | 'objection'>;

function differencesOf(asked: Asked, { orderNo, amount, currency, objection }: Compared): string[] {
  return [
    ...(orderNo === asked.orderNo ? [] : [`for order ${orderNo} and not ${asked.orderNo}`]),
    ...(amount === asked.amount ? [] : [`of ${wonInWords(amount)} and not ${wonInWords(asked.amount)}`]),
    ...(currency === 'KRW' ? [] : [`in ${currency}`]),
    ...(objection === undefined ? [] : [objection]),
  ];
}
