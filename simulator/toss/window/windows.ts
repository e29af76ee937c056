import type { SimulatorClock } from '../../shared/clock';
import { withQuery } from '../../shared/http/with-query';
import type { BillingKeys, BillingMeans } from '../billing/billing-keys';
import { definitionOf, TossRefusal } from '../error-codes';
import type { Members } from '../http/members';
import type { Keys } from '../keys';
import type { Merchant, Merchants } from '../merchants';
import type { Payment } from '../payments/payment';
import type { PaymentLife } from '../payments/payment-life';
import type { PaymentRegister } from '../payments/payment-register';
import { billingMeansOf, meansOf, type Choice } from './choice';
import {
  ANONYMOUS,
  readBillingRequest,
  readPaymentRequest,
  type BillingRequest,
  type PaymentRequest,
} from './window-request';

/** What the window ends with: the query of the return, or what a waiting page's promise gets. */
export interface Outcome {
  kind: 'success' | 'fail';
  members: Record<string, string>;
  /** Null when the page waits for a promise instead. */
  redirectUrl: string | null;
}

interface Opened {
  readonly id: string;
  readonly merchant: Merchant;
  /** The page that waits for a promise, for its message to go to; null where the buyer is redirected. */
  readonly pageOrigin: string | null;
  outcome: Outcome | null;
}

export type PaymentWindow = Opened & { kind: 'payment'; request: PaymentRequest; payment: Payment };
export type BillingWindow = Opened & { kind: 'billing'; request: BillingRequest };
export type TossWindow = PaymentWindow | BillingWindow;

interface WindowParts {
  clock: SimulatorClock;
  keys: Keys;
  merchants: Merchants;
  register: PaymentRegister;
  life: PaymentLife;
  billingKeys: BillingKeys;
}

/** The payment windows that pages opened, and what buyers did in them. */
export class Windows {
  private readonly opened = new Map<string, TossWindow>();

  constructor(private readonly parts: WindowParts) {}

  find(id: string): TossWindow | undefined {
    return this.opened.get(id);
  }

  /** The latest of an order. */
  ofOrder(orderId: string): PaymentWindow | undefined {
    return [...this.opened.values()].findLast(
      (one): one is PaymentWindow => one.kind === 'payment' && one.request.orderId === orderId,
    );
  }

  all(): TossWindow[] {
    return [...this.opened.values()];
  }

  openPayment(merchant: Merchant, body: Members): PaymentWindow {
    const request = readPaymentRequest(body);
    if (this.parts.register.isUsedUp(merchant, request.orderId)) throw new TossRefusal('DUPLICATED_ORDER_ID');
    const { amount: totalAmount, customerKey, ...wanted } = request;
    const payment = this.parts.life.begin({
      ...wanted,
      merchant,
      totalAmount,
      type: 'NORMAL',
      customerKey: customerKey === ANONYMOUS ? null : customerKey,
    });
    return this.keep({ ...this.fresh(merchant, body), kind: 'payment', request, payment });
  }

  openBilling(merchant: Merchant, body: Members): BillingWindow {
    return this.keep({ ...this.fresh(merchant, body), kind: 'billing', request: readBillingRequest(body) });
  }

  /** The buyer authenticates with what was chosen; no money moves before the confirm. */
  pay(window: PaymentWindow, choice: Choice): Outcome {
    return this.once(window, () => {
      const { payment, request, merchant } = window;
      this.requireOpen(payment);
      const { keys, clock, life } = this.parts;
      const chosen = meansOf(choice, request, keys, clock.now());
      if (chosen.failsWith !== null) return this.failed(window, chosen.failsWith);
      life.authenticate(payment, chosen.means);
      const isWidget = merchant.clientKey.includes('_gck_') || request.method === null;
      return outcomeOf(window, 'success', {
        ...(isWidget ? { paymentType: 'NORMAL' } : {}),
        orderId: payment.orderId,
        paymentKey: payment.paymentKey,
        amount: String(payment.totalAmount),
      });
    });
  }

  /** The buyer registers a card, or an account, for billing. */
  register(window: BillingWindow, choice: Choice): Outcome {
    return this.once(window, () => {
      const { means, failsWith } = billingMeansOf(choice, window.request.method);
      if (failsWith !== null) return this.failed(window, failsWith);
      const authKey = this.authenticated(window.merchant, window.request.customerKey, means);
      return outcomeOf(window, 'success', { customerKey: window.request.customerKey, authKey });
    });
  }

  /** It fails in the window: aborted, and the return says why. */
  decline(window: TossWindow, code: string): Outcome {
    return this.once(window, () => this.failed(window, code));
  }

  /** The buyer closes it: nobody is told, and a payment lapses in its time. Its return has no order. */
  close(window: TossWindow): Outcome {
    return this.once(window, () => {
      const code = 'PAY_PROCESS_CANCELED';
      return outcomeOf(window, 'fail', { code, message: definitionOf(code).ko });
    });
  }

  private authenticated(merchant: Merchant, customerKey: string, means: BillingMeans): string {
    const authKey = this.parts.keys.authKey();
    this.parts.billingKeys.authenticated({ merchant, authKey, customerKey, means, used: false });
    return authKey;
  }

  private failed(window: TossWindow, code: string): Outcome {
    const message = definitionOf(code).ko;
    if (window.kind === 'billing') return outcomeOf(window, 'fail', { code, message });
    this.requireOpen(window.payment);
    this.parts.life.abort(window.payment, code);
    return outcomeOf(window, 'fail', { code, message, orderId: window.request.orderId });
  }

  private requireOpen(payment: Payment): void {
    if (payment.status !== 'READY') throw new TossRefusal('NOT_FOUND_PAYMENT_SESSION');
  }

  /** The back button ends where the first press ended. */
  private once(window: TossWindow, act: () => Outcome): Outcome {
    window.outcome ??= act();
    return window.outcome;
  }

  private fresh(merchant: Merchant, body: Members): Opened {
    const origin = typeof body.pageOrigin === 'string' && URL.canParse(body.pageOrigin) ? body.pageOrigin : null;
    return { id: this.parts.keys.windowId(), merchant, pageOrigin: origin, outcome: null };
  }

  private keep<T extends TossWindow>(window: T): T {
    this.opened.set(window.id, window);
    return window;
  }
}

/** The merchant's address may have a query already; ours goes behind it. */
function outcomeOf(window: TossWindow, kind: Outcome['kind'], members: Record<string, string>): Outcome {
  const to = kind === 'success' ? window.request.successUrl : window.request.failUrl;
  return { kind, members, redirectUrl: to === null ? null : withQuery(to, members) };
}
