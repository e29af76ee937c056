import { GatewayControl, refusing as refusingBy } from '../../shared/control/gateway-control';
import { ControlError, found } from '../../shared/control/json-routes';
import { messageView } from '../../shared/webhooks/message';
import type { BillingKey, BillingKeys } from '../billing/billing-keys';
import type { PortOneBook, PortOneBookEntry, PortOneBookTotals } from '../book';
import type { Declines, DeclineSubject } from '../declines';
import { PortOneRefusal } from '../error-types';
import type { PortOneFaultKind, PortOneFaults, PortOneFaultSubject } from '../faults/catalogue';
import { CALLS } from '../http/portone-call';
import { WEBHOOK_VERSIONS, type PortOneWebhookOptions } from '../options';
import type { CancelCall } from '../payments/cancel-call';
import { shownOf, type Cancellation, type PaymentStatus, type Transaction } from '../payments/payment';
import type { PaymentLife } from '../payments/payment-life';
import type { PaymentRegister } from '../payments/payment-register';
import type { Store, Stores } from '../stores';
import type { WebhookView } from '../webhooks/message';
import type { Webhooks } from '../webhooks/webhooks';
import type { Choice } from '../window/choice';
import { WindowFailure } from '../window/window-failure';
import type { Outcome, PortOneWindow, Windows } from '../window/windows';

export interface PortOneControlParts {
  stores: Stores;
  register: PaymentRegister;
  life: PaymentLife;
  cancels: CancelCall;
  billingKeys: BillingKeys;
  windows: Windows;
  webhooks: Webhooks;
  faults: PortOneFaults;
  declines: Declines;
  book: PortOneBook;
}

/** Whose messages: those about money, or about tests. */
export type WebhookMode = 'LIVE' | 'TEST';

/** Everything a test, the control API and the demo can do to the simulated PortOne and read of it. */
export class PortOneControl extends GatewayControl<
  PortOneFaultKind,
  PortOneFaultSubject,
  DeclineSubject,
  PortOneBookTotals,
  PortOneBookEntry
> {
  constructor(private readonly parts: PortOneControlParts) {
    super(parts, CALLS);
  }

  /** Opens a window as a page would: `requestPayment`'s members; of the first store and its first channel, if none is named. */
  openPayment(request: Record<string, unknown>): PortOneWindow {
    return refusing(() => this.parts.windows.openPayment(this.storeOf(request.storeId), this.withChannel(request)));
  }

  /** As `requestIssueBillingKey`; with a `paymentId` as `requestIssueBillingKeyAndPay`. */
  openBilling(request: Record<string, unknown>): PortOneWindow {
    return refusing(() => this.parts.windows.openBilling(this.storeOf(request.storeId), this.withChannel(request)));
  }

  /** The window by its id, or the latest of a payment. */
  window(idOrPaymentId: string): PortOneWindow {
    const { windows } = this.parts;
    return found(windows.find(idOrPaymentId) ?? windows.ofPayment(idOrPaymentId), 'window');
  }

  /** The buyer pays, or registers a method; what comes back is what the merchant's page gets. */
  pay(idOrPaymentId: string, choice: Choice = {}): Outcome {
    return refusing(() => this.parts.windows.pay(this.window(idOrPaymentId), choice));
  }

  /** The buyer has done all, and the payment company has yet to say. */
  pend(idOrPaymentId: string, choice: Choice = {}): Outcome {
    return refusing(() => this.parts.windows.pend(this.window(idOrPaymentId), choice));
  }

  /** The payment company says no in the window. */
  decline(idOrPaymentId: string, pgCode = 'REJECT_CARD_COMPANY'): Outcome {
    return refusing(() => this.parts.windows.decline(this.window(idOrPaymentId), pgCode));
  }

  /** The buyer closes the window by its own button. */
  leave(idOrPaymentId: string): Outcome {
    return refusing(() => this.parts.windows.leave(this.window(idOrPaymentId)));
  }

  /** The payment company says at last what became of a pending payment. */
  settle(paymentId: string, isPaid: boolean): void {
    const transaction = this.transaction(paymentId, 'PAY_PENDING');
    if (isPaid && transaction.means) this.parts.life.pay(transaction, transaction.means);
    else this.parts.life.fail(transaction, 'PAY_PROCESS_ABORTED');
  }

  /** A payment that failed is paid all the same: some payment companies pay late. */
  payLate(paymentId: string): void {
    const transaction = this.transaction(paymentId, 'FAILED');
    this.parts.life.pay(transaction, transaction.means ?? { kind: 'transfer', bank: 'TOSS' });
  }

  /** Pays into a payment's account. Only the exact sum is taken: false, and nothing happens, for any other. */
  deposit(paymentId: string, amount?: number, remitterName = '김입금'): boolean {
    const transaction = this.transaction(paymentId, 'VIRTUAL_ACCOUNT_ISSUED');
    if (amount !== undefined && amount !== transaction.amount.total) return false;
    this.parts.life.deposit(transaction, remitterName);
    return true;
  }

  /** The bank takes a deposit back: the account waits again. */
  reverseDeposit(paymentId: string): void {
    const transaction = this.transaction(paymentId, 'PAID');
    if (transaction.means?.kind !== 'virtualAccount') throw new ControlError('the payment has no deposit to take back');
    this.parts.life.reverseDeposit(transaction);
  }

  /** A cancellation in PortOne's console: nobody of the merchant's programs asked for it. */
  cancelInConsole(paymentId: string, members: Record<string, unknown> = {}): Cancellation {
    const transaction = this.transaction(paymentId);
    return refusing(() => this.parts.cancels.cancel(transaction, { reason: '콘솔 취소', ...members }, 'CONSOLE'));
  }

  /** The payment company says whether it gives back what was asked for: all that waits of a payment. */
  endCancels(paymentId: string, isGiven: boolean): void {
    const transaction = this.transaction(paymentId);
    const waiting = transaction.cancellations.filter(({ status }) => status === 'REQUESTED');
    if (waiting.length === 0) throw new ControlError('the payment has no cancellation that waits');
    for (const cancellation of waiting) this.parts.life.endCancel(transaction, cancellation, isGiven);
  }

  /** The buyer disputes a payment, or no longer. */
  dispute(paymentId: string, isResolved = false): void {
    this.parts.life.dispute(this.transaction(paymentId), isResolved);
  }

  billingKeys(): BillingKey[] {
    return this.parts.billingKeys.all();
  }

  /** A billing key dies without the merchant's doing. */
  deleteBillingKey(billingKey: string): void {
    const key = found(this.parts.billingKeys.find(billingKey), 'billing key');
    if (key.issuedAt !== null && key.deletedAt === null) this.parts.billingKeys.delete(key);
  }

  /** Where and how a store is told, as set in the console; of the first one, if none is named. Each if given. */
  setWebhooks(change: Partial<PortOneWebhookOptions>, mode: WebhookMode = 'LIVE', storeId?: string): void {
    const { url, secrets, version } = change;
    if (url !== undefined && url !== null) requireAddress(url);
    if (secrets !== undefined && !secrets.every((one) => /^(whsec_)?[A-Za-z0-9+/]+=*$/.test(one))) {
      throw new ControlError('secrets must be base64');
    }
    if (version !== undefined && !WEBHOOK_VERSIONS.includes(version)) {
      throw new ControlError(`version must be one of ${WEBHOOK_VERSIONS.join(', ')}`);
    }
    const { webhooks } = this.storeOf(storeId);
    webhooks[mode] = { ...webhooks[mode], ...change };
  }

  webhookSettings(mode: WebhookMode = 'LIVE', storeId?: string): PortOneWebhookOptions {
    return this.storeOf(storeId).webhooks[mode];
  }

  webhooks(): WebhookView[] {
    return this.parts.webhooks.all().map((message) => messageView(message));
  }

  /** Sends every message that waits, due or not; resolves with how many. */
  deliverWebhooks(): Promise<number> {
    return this.parts.webhooks.deliverAll();
  }

  async sendWebhook(id: number, copies = 1): Promise<WebhookView> {
    const message = found(this.parts.webhooks.all()[id - 1], 'message');
    await this.parts.webhooks.sendAgain(message, copies);
    return messageView(message);
  }

  /** Sends what no event caused: signed as the first store's, as the console's test is, or not at all. */
  async forgeWebhook(url: string, body: string, signedAs: WebhookMode | null = null): Promise<WebhookView> {
    requireAddress(url);
    const store = signedAs === null ? null : this.storeOf(undefined);
    return messageView(await this.parts.webhooks.forge(url, body, store, signedAs ?? 'LIVE'));
  }

  private storeOf(storeId: unknown): Store {
    const { stores } = this.parts;
    return found(typeof storeId === 'string' ? stores.byId(storeId) : stores.all()[0], 'store');
  }

  private withChannel(request: Record<string, unknown>): Record<string, unknown> {
    return { channelKey: this.storeOf(request.storeId).channels[0]?.key, ...request };
  }

  /** The attempt that a payment shows, whoever's; in this state, if one is given. */
  private transaction(paymentId: string, status?: PaymentStatus): Transaction {
    const shown = this.parts.register.withId(paymentId).flatMap((payment) => shownOf(payment) ?? []);
    const transaction = found(shown.at(-1), 'payment');
    if (status !== undefined && transaction.status !== status) {
      throw new ControlError(`payment ${paymentId} is ${transaction.status}, not ${status}`);
    }
    return transaction;
  }
}

function requireAddress(url: string): void {
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw new ControlError('url must be an http or https address');
}

function refusing<T>(act: () => T): T {
  const worded = (error: unknown): string | null =>
    error instanceof PortOneRefusal || error instanceof WindowFailure ? error.message : null;
  return refusingBy(worded, act);
}
