import type { Members } from '../../shared/http/members';
import { PortOneRefusal } from '../error-types';
import { paymentIdIn } from '../http/members';
import type { PortOneRequest } from '../http/portone-call';
import type { Charging } from '../payments/charging';
import { isUsedUp, type Means, type PaymentRequest, type Transaction } from '../payments/payment';
import type { PaymentLife } from '../payments/payment-life';
import type { PaymentRegister } from '../payments/payment-register';
import { isoTextOrNone } from '../payments/times';
import type { BillingKey, BillingKeys } from './billing-keys';
import { chargeRequestOf } from './charge-request';
import { requiredLiveKey } from './key-calls';
import type { Schedules } from './schedules';

interface Wanted {
  paymentId: string;
  request: PaymentRequest;
  scheduleId?: string;
  skipsWebhook?: boolean;
}

/** One charge of a billing key, without its customer. */
export class BillingCharges {
  constructor(
    private readonly register: PaymentRegister,
    private readonly life: PaymentLife,
    private readonly charging: Charging,
    private readonly mostAttempts: number,
  ) {}

  /** An attempt that is about to be charged, and what with. */
  begin(key: BillingKey, { paymentId, request, ...options }: Wanted): { transaction: Transaction; means: Means } {
    if (key.means === null) throw new PortOneRefusal('BILLING_KEY_NOT_FOUND');
    const payment = this.register.openOf(key.store, paymentId);
    if (isUsedUp(payment)) throw new PortOneRefusal('ALREADY_PAID');
    if (payment.transactions.length >= this.mostAttempts) throw new PortOneRefusal('MAX_TRANSACTION_COUNT_REACHED');
    const transaction = this.life.begin(payment, request, { billingKey: key.billingKey, ...options });
    return { transaction, means: key.means };
  }

  /** The code of the payment company's no; null if it was paid. */
  collect(key: BillingKey, wanted: Wanted): string | null {
    const { transaction, means } = this.begin(key, wanted);
    return this.charging.collect(transaction, means);
  }
}

/** `POST /payments/{paymentId}/billing-key` */
export class ChargeCall {
  constructor(
    private readonly billingKeys: BillingKeys,
    private readonly schedules: Schedules,
    private readonly charges: BillingCharges,
    private readonly charging: Charging,
  ) {}

  handle({ store, parameters, body }: PortOneRequest): Members {
    const paymentId = paymentIdIn(parameters);
    const key = requiredLiveKey(this.billingKeys, store, body);
    const request = chargeRequestOf(key, body);
    if (this.schedules.waitsUnder(store, paymentId)) throw new PortOneRefusal('PAYMENT_SCHEDULE_ALREADY_EXISTS');
    const skipsWebhook = body.skipWebhook === true;
    const { transaction, means } = this.charges.begin(key, { paymentId, request, skipsWebhook });
    this.charging.collectOrRefuse(transaction, means);
    return { payment: { pgTxId: transaction.pgTxId, ...isoTextOrNone('paidAt', transaction.paidAt) } };
  }
}
