import type { Declines } from '../declines';
import { TossRefusal } from '../error-codes';
import {
  optionalAmount,
  optionalText,
  requiredAmount,
  requiredCustomerKey,
  requiredOrderId,
  requiredText,
  taxFreeOf,
  type Members,
} from '../http/members';
import { ok, type TossAnswer, type TossRequest } from '../http/toss-call';
import type { Merchant } from '../merchants';
import type { Means } from '../payments/payment';
import { paymentBody } from '../payments/payment-body';
import type { PaymentLife } from '../payments/payment-life';
import type { PaymentRegister } from '../payments/payment-register';
import type { BillingKey, BillingKeys } from './billing-keys';

const LEAST_WON = { 카드: 100, 계좌이체: 200 } as const;
/** Instalments begin here. */
const LEAST_WON_IN_INSTALMENTS = 50_000;

/** One charge of a billing key; who calls decides when, and whether again. */
export class ChargeCall {
  constructor(
    private readonly billingKeys: BillingKeys,
    private readonly register: PaymentRegister,
    private readonly life: PaymentLife,
    private readonly declines: Declines,
  ) {}

  handle({ merchant, body, parameters: [billingKey = ''] }: TossRequest): TossAnswer {
    const customerKey = requiredCustomerKey(body);
    const totalAmount = requiredAmount(body, 'amount');
    const orderId = requiredOrderId(body);
    const orderName = requiredText(body, 'orderName', 100);
    optionalText(body, 'customerEmail', 100);
    optionalText(body, 'customerName', 100);
    const taxFreeAmount = taxFreeOf(body, totalAmount);
    const key = this.usableKey(merchant, billingKey, customerKey);
    if (totalAmount < LEAST_WON[key.means.method]) throw new TossRefusal('BELOW_MINIMUM_AMOUNT');
    const means = meansOf(key, instalmentsOf(body, totalAmount));
    if (this.register.isUsedUp(merchant, orderId)) throw new TossRefusal('DUPLICATED_ORDER_ID');
    const payment = this.life.begin({
      merchant,
      orderId,
      orderName,
      type: 'BILLING',
      totalAmount,
      taxFreeAmount,
      customerKey,
    });
    payment.means = means;
    try {
      this.declines.check({
        orderId,
        customerKey,
        amount: totalAmount,
        card: means.kind === 'card' ? means.card : null,
      });
    } catch (error) {
      if (error instanceof TossRefusal) this.life.abort(payment, error.code);
      throw error;
    }
    this.life.approve(payment);
    return ok(paymentBody(payment));
  }

  private usableKey(merchant: Merchant, billingKey: string, customerKey: string): BillingKey {
    const key = this.billingKeys.find(billingKey);
    if (key?.merchant !== merchant) throw new TossRefusal('INVALID_BILL_KEY_REQUEST');
    if (key.deletedAt !== null) throw new TossRefusal('ALREADY_REMOVED_BILLING_KEY');
    if (key.customerKey !== customerKey) throw new TossRefusal('NOT_MATCHES_CUSTOMER_KEY');
    return key;
  }
}

/** 0, or 2 to 12 from 50,000 won. */
function instalmentsOf(body: Members, amount: number): number {
  const months = optionalAmount(body, 'cardInstallmentPlan') ?? 0;
  if (months === 1 || months > 12 || (months > 0 && amount < LEAST_WON_IN_INSTALMENTS)) {
    throw new TossRefusal('INVALID_CARD_INSTALLMENT_PLAN');
  }
  return months;
}

function meansOf({ means }: BillingKey, installmentMonths: number): Means {
  return means.method === '카드'
    ? { kind: 'card', card: means.card, installmentMonths }
    : { kind: 'transfer', bankCode: means.bankCode };
}
