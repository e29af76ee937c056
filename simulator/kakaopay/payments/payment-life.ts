import type { SimulatorClock } from '../../shared/clock';
import type { Customers } from '../customers';
import type { Keys } from '../keys';
import type { Contract } from '../merchants';
import { minus, type Amounts } from './amounts';
import { leftOf, type Cancel, type Means, type PageRequest, type Payment, type WaitingStatus } from './payment';
import type { PaymentRegister } from './payment-register';

export interface NewPayment {
  contract: Contract;
  orderId: string;
  userId: string;
  itemName: string;
  itemCode: string | null;
  quantity: number;
  amounts: Amounts;
  page: PageRequest | null;
}

/** How the customer pays beside the means: both a part of the price. */
export interface PaidBeside {
  point: number;
  discount: number;
}

/** Every change of a payment's state, and of the customer's money with it. */
export class PaymentLife {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
    private readonly register: PaymentRegister,
    private readonly customers: Customers,
  ) {}

  /** READY: there is a `tid`, and nobody has seen the page. */
  begin(wanted: NewPayment): Payment {
    const payment: Payment = {
      ...wanted,
      tid: this.keys.tid(),
      createdAt: this.clock.now(),
      status: 'READY',
      means: null,
      pgToken: null,
      aid: null,
      approvedAt: null,
      approvals: 0,
      sid: null,
      cancels: [],
      failure: null,
    };
    this.register.add(payment);
    return payment;
  }

  /** The customer is at the page, and goes no further. */
  wait(payment: Payment, status: WaitingStatus): void {
    payment.status = status;
  }

  /** AUTH_PASSWORD: the customer has consented; no money moves before the approval. */
  authenticate(payment: Payment, means: Means, { point, discount }: PaidBeside): string {
    payment.means = means;
    payment.amounts = { ...payment.amounts, point, discount };
    payment.pgToken = this.keys.pgToken();
    payment.status = 'AUTH_PASSWORD';
    return payment.pgToken;
  }

  quit(payment: Payment): void {
    payment.status = 'QUIT_PAYMENT';
  }

  failAuthentication(payment: Payment): void {
    payment.status = 'FAIL_AUTH_PASSWORD';
  }

  /** The money moves; of 0 won a SID is issued and nothing moves. */
  approve(payment: Payment, means: Means): void {
    const isCharge = payment.amounts.total > 0;
    payment.means = means;
    payment.aid = this.keys.aid();
    payment.approvedAt = this.clock.now();
    payment.status = isCharge ? 'SUCCESS_PAYMENT' : 'ISSUED_SID';
    if (!isCharge) return;
    payment.approvals += 1;
    if (means.kind === 'MONEY') this.customers.take(payment.userId, toPayOf(payment.amounts));
  }

  fail(payment: Payment, resultCode: string): void {
    payment.failure = resultCode;
    payment.status = 'FAIL_PAYMENT';
  }

  /** Points, discounts and deposits come back with the last part. */
  cancel(payment: Payment, part: { total: number; taxFree: number; vat: number }): Cancel {
    const left = leftOf(payment);
    const isLast = part.total === left.total;
    const amounts: Amounts = isLast ? left : { ...part, point: 0, discount: 0, greenDeposit: 0 };
    const before = moneyIn(left);
    const cancel: Cancel = { aid: this.keys.aid(), amounts, at: this.clock.now() };
    payment.cancels.push(cancel);
    payment.status = isLast ? 'CANCEL_PAYMENT' : 'PART_CANCEL_PAYMENT';
    if (payment.means?.kind === 'MONEY') {
      this.customers.giveBack(payment.userId, before - moneyIn(minus(left, amounts)));
    }
    return cancel;
  }
}

/** What the means has to pay. */
export function toPayOf({ total, point, discount }: Amounts): number {
  return total - point - discount;
}

/** Of what is left, what came as money: it is given back before points and discounts are. */
function moneyIn(left: Amounts): number {
  return Math.max(0, toPayOf(left));
}
