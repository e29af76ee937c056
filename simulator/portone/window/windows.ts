import type { SimulatorClock } from '../../shared/clock';
import { withQuery } from '../../shared/http/with-query';
import type { Members } from '../../shared/http/members';
import type { BillingKey, BillingKeys } from '../billing/billing-keys';
import { pgMessageOf, PortOneRefusal } from '../error-types';
import { invalid } from '../http/members';
import type { Keys } from '../keys';
import type { Charging } from '../payments/charging';
import { isUsedUp, type Means, type Transaction } from '../payments/payment';
import type { PaymentLife } from '../payments/payment-life';
import type { PaymentRegister } from '../payments/payment-register';
import type { Store } from '../stores';
import { billingMeansOf, meansOf, type Choice } from './choice';
import { WINDOW_WORDS, WindowFailure } from './window-failure';
import {
  readBillingRequest,
  readPaymentRequest,
  redirectUrlOf,
  type BillingWindowRequest,
  type WindowRequest,
} from './window-request';

/** What the page is given in the end: its promise's result, or the query of its `redirectUrl`. */
export interface Outcome {
  /** Pending looks as success does; what the payment company will say is not known. */
  kind: 'success' | 'fail' | 'pending';
  members: Record<string, string>;
  /** Null when the page waits for its promise. */
  redirectUrl: string | null;
}

interface Opened {
  readonly id: string;
  readonly store: Store;
  readonly redirectUrl: string | null;
  /** The page that waits for a promise, for its message to go to. */
  readonly pageOrigin: string | null;
  outcome: Outcome | null;
}

export type PaymentWindow = Opened & { kind: 'payment'; request: WindowRequest; transaction: Transaction };
export type BillingWindow = Opened & { kind: 'billing'; request: BillingWindowRequest; key: BillingKey };
export type PortOneWindow = PaymentWindow | BillingWindow;

interface WindowParts {
  clock: SimulatorClock;
  keys: Keys;
  register: PaymentRegister;
  life: PaymentLife;
  charging: Charging;
  billingKeys: BillingKeys;
  mostAttempts: number;
}

/** What the buyer's leaving is for the payment company. */
const LEFT = 'PAY_PROCESS_CANCELED';

/** The windows that pages opened, and what buyers did in them. */
export class Windows {
  private readonly opened = new Map<string, PortOneWindow>();

  constructor(private readonly parts: WindowParts) {}

  find(id: string): PortOneWindow | undefined {
    return this.opened.get(id);
  }

  /** The latest of a payment. */
  ofPayment(paymentId: string): PaymentWindow | undefined {
    return [...this.opened.values()].findLast(
      (one): one is PaymentWindow => one.kind === 'payment' && one.request.paymentId === paymentId,
    );
  }

  openPayment(store: Store, body: Members): PaymentWindow {
    const request = readPaymentRequest(store, body);
    return this.keep({ ...this.fresh(store, body), kind: 'payment', request, transaction: this.begin(store, request) });
  }

  openBilling(store: Store, body: Members): BillingWindow {
    const request = readBillingRequest(store, body);
    const first = request.first === null ? null : this.begin(store, request.first);
    const key = this.parts.billingKeys.open(store, request.key, first);
    return this.keep({ ...this.fresh(store, body), kind: 'billing', request, key });
  }

  /** The buyer consents with what was chosen. */
  pay(window: PortOneWindow, choice: Choice): Outcome {
    return this.once(window, () => {
      if (window.kind === 'billing') return this.issue(window, choice);
      const { transaction, request } = window;
      const { keys, clock, life, charging } = this.parts;
      const means = meansOf(choice, request, keys, clock.now());
      const failsWith = failsInWindow(means);
      if (failsWith !== null) return this.failed(window, failsWith);
      if (means.kind === 'virtualAccount') {
        life.issueAccount(transaction, means);
        return outcomeOf(window, 'success');
      }
      if (transaction.channel.isManual) {
        life.awaitConfirm(transaction, means);
        return outcomeOf(window, 'success', { paymentToken: transaction.paymentToken ?? '' });
      }
      const code = charging.collect(transaction, means, discountOf(choice, transaction));
      return code === null ? outcomeOf(window, 'success') : outcomeOf(window, 'fail', noOf(code));
    });
  }

  /** The buyer has done all, and the payment company has yet to say. */
  pend(window: PortOneWindow, choice: Choice): Outcome {
    return this.once(window, () => {
      if (window.kind !== 'payment') throw invalid('pending is for payments');
      const { keys, clock, life } = this.parts;
      life.pend(window.transaction, meansOf(choice, window.request, keys, clock.now()));
      return outcomeOf(window, 'pending');
    });
  }

  /** The payment company says no, in the window. */
  decline(window: PortOneWindow, pgCode: string): Outcome {
    return this.once(window, () => this.failed(window, pgCode));
  }

  /** The buyer closes the window by its own button. Who closes the browser tells nobody. */
  leave(window: PortOneWindow): Outcome {
    return this.once(window, () => this.failed(window, LEFT));
  }

  private begin(store: Store, { paymentId, payment: request }: WindowRequest): Transaction {
    const payment = this.parts.register.openOf(store, paymentId);
    const { predefined, transactions } = payment;
    if (isUsedUp(payment)) throw new WindowFailure('PaymentAlreadyPaid');
    const { total, taxFree } = request.amount;
    const isAsSaid =
      (predefined?.totalAmount ?? total) === total &&
      (predefined?.taxFreeAmount ?? taxFree) === taxFree &&
      (predefined?.currency ?? 'KRW') === 'KRW';
    if (!isAsSaid) throw new WindowFailure('AmountNotEqualToPredefined');
    if (transactions.length >= this.parts.mostAttempts) throw new WindowFailure('MaxTransactionCountReached');
    return this.parts.life.begin(payment, request);
  }

  private issue(window: BillingWindow, choice: Choice): Outcome {
    const { key, request } = window;
    const { first } = key;
    const { keys, billingKeys, charging } = this.parts;
    const means = billingMeansOf(choice, request.method, request.provider, keys);
    const failsWith = failsInWindow(means);
    if (failsWith !== null) return this.failed(window, failsWith);
    if (key.channel.isManual) {
      const billingIssueToken = billingKeys.awaitConfirm(key, means);
      return outcomeOf(window, 'success', { billingKey: NEEDS_CONFIRMATION, billingIssueToken });
    }
    const code = first === null ? null : charging.collect(first, means);
    if (code !== null) {
      billingKeys.fail(key);
      return outcomeOf(window, 'fail', noOf(code));
    }
    billingKeys.issue(key, means);
    return outcomeOf(window, 'success', { billingKey: key.billingKey });
  }

  private failed(window: PortOneWindow, pgCode: string): Outcome {
    const { life, billingKeys } = this.parts;
    const transaction = window.kind === 'payment' ? window.transaction : window.key.first;
    if (transaction !== null) {
      if (transaction.status !== 'READY') throw new PortOneRefusal('ALREADY_PAID_OR_WAITING');
      life.fail(transaction, pgCode);
    }
    if (window.kind === 'billing') billingKeys.fail(window.key);
    return outcomeOf(window, 'fail', noOf(pgCode));
  }

  /** The back button ends where the first press ended; of two windows of one payment, only one can be paid. */
  private once(window: PortOneWindow, act: () => Outcome): Outcome {
    if (window.outcome === null) {
      const transaction = window.kind === 'payment' ? window.transaction : window.key.first;
      if (transaction !== null && transaction.status === 'READY' && isUsedUp(transaction.payment)) {
        this.parts.life.fail(transaction, null, WINDOW_WORDS.PaymentAlreadyPaid.ko);
        window.outcome = outcomeOf(window, 'fail', failureMembers('PaymentAlreadyPaid'));
      } else {
        window.outcome = act();
      }
    }
    return window.outcome;
  }

  private fresh(store: Store, body: Members): Opened {
    const origin = typeof body.pageOrigin === 'string' && URL.canParse(body.pageOrigin) ? body.pageOrigin : null;
    const redirectUrl = redirectUrlOf(body);
    const isRedirected = redirectUrl !== null && (origin === null || body.forceRedirect === true);
    return {
      id: this.parts.keys.windowId(),
      store,
      redirectUrl: isRedirected ? redirectUrl : null,
      pageOrigin: origin,
      outcome: null,
    };
  }

  private keep<T extends PortOneWindow>(window: T): T {
    this.opened.set(window.id, window);
    return window;
  }
}

/** What stands in the place of a billing key until it is confirmed; never to be stored as one. */
export const NEEDS_CONFIRMATION = 'NEEDS_CONFIRMATION';

/** What the page is given of a failure; the payment company's word is in `pgCode`. */
export function failureMembers(code: keyof typeof WINDOW_WORDS): Record<string, string> {
  return { code, message: WINDOW_WORDS[code].ko };
}

function noOf(pgCode: string): Record<string, string> {
  const pgMessage = pgMessageOf(pgCode);
  return { ...failureMembers('FAILURE_TYPE_PG'), message: pgMessage, pgCode, pgMessage };
}

function failsInWindow(means: Means): string | null {
  return means.kind === 'card' ? means.card.failsInWindow : null;
}

function discountOf({ discount = 0 }: Choice, { amount }: Transaction): number {
  if (!Number.isSafeInteger(discount) || discount < 0 || discount > amount.total) throw invalid('discount');
  return discount;
}

function outcomeOf(window: PortOneWindow, kind: Outcome['kind'], more: Record<string, string> = {}): Outcome {
  const members = { ...aboutOf(window), ...more };
  const { redirectUrl } = window;
  return { kind, members, redirectUrl: redirectUrl === null ? null : withQuery(redirectUrl, members) };
}

function aboutOf(window: PortOneWindow): Record<string, string> {
  if (window.kind === 'payment') {
    const { transaction, request } = window;
    return { transactionType: 'PAYMENT', txId: transaction.id, paymentId: request.paymentId };
  }
  const { first } = window.key;
  if (first === null) return { transactionType: 'ISSUE_BILLING_KEY' };
  return { transactionType: 'ISSUE_BILLING_KEY_AND_PAY', txId: first.id, paymentId: first.payment.id };
}
