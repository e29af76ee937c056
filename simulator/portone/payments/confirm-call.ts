import type { Members } from '../../shared/http/members';
import { PortOneRefusal } from '../error-types';
import { paymentIdIn, reader } from '../http/members';
import type { PortOneRequest } from '../http/portone-call';
import type { Charging } from './charging';
import { requiredPayment } from './lookup-calls';
import { isUsedUp, type Transaction } from './payment';
import type { PaymentRegister } from './payment-register';
import { isoTextOrNone } from './times';

/** Collects what the buyer has authenticated in a window of a manual channel. */
export class ConfirmCall {
  constructor(
    private readonly register: PaymentRegister,
    private readonly charging: Charging,
  ) {}

  handle({ store, parameters, body }: PortOneRequest): Members {
    const token = reader.requiredText(body, 'paymentToken', 300);
    const payment = requiredPayment(this.register, store, paymentIdIn(parameters));
    if (isUsedUp(payment)) throw new PortOneRefusal('ALREADY_PAID');
    const transaction = payment.transactions.find(({ paymentToken }) => paymentToken === token);
    if (!transaction?.means) throw new PortOneRefusal('INVALID_PAYMENT_TOKEN');
    requireSame(body, transaction);
    this.charging.collectOrRefuse(transaction, transaction.means);
    return { pgTxId: transaction.pgTxId, ...isoTextOrNone('paidAt', transaction.paidAt) };
  }
}

/** What is said of the payment must be true of it. */
export function requireSame(body: Members, { id, amount, channel }: Transaction): void {
  const facts = { txId: id, currency: 'KRW', totalAmount: amount.total, taxFreeAmount: amount.taxFree };
  for (const [name, fact] of Object.entries({ ...facts, isTest: channel.type === 'TEST' })) {
    const said = body[name];
    if (said !== undefined && said !== null && said !== fact) throw new PortOneRefusal('INFORMATION_MISMATCH', name);
  }
}
