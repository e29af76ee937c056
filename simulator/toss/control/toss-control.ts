import { GatewayControl, refusing as refusingBy } from '../../shared/control/gateway-control';
import { ControlError, found } from '../../shared/control/json-routes';
import type { DeleteCall } from '../billing/delete-call';
import type { BillingKey, BillingKeys } from '../billing/billing-keys';
import type { TossBook, TossBookEntry, TossBookTotals } from '../book';
import type { DeclineSubject, Declines } from '../declines';
import { TossRefusal } from '../error-codes';
import type { TossFaultKind, TossFaults, TossFaultSubject } from '../faults/catalogue';
import { CALLS } from '../http/toss-call';
import type { Merchant, Merchants } from '../merchants';
import type { CancelCall } from '../payments/cancel-call';
import { REFUND_STATUSES, accountOf, type Payment, type VirtualAccount } from '../payments/payment';
import type { PaymentLife } from '../payments/payment-life';
import type { PaymentRegister } from '../payments/payment-register';
import { messageView } from '../../shared/webhooks/message';
import type { WebhookView } from '../webhooks/message';
import type { Webhooks } from '../webhooks/webhooks';
import type { Choice } from '../window/choice';
import type { Outcome, TossWindow, Windows } from '../window/windows';

export interface TossControlParts {
  merchants: Merchants;
  register: PaymentRegister;
  life: PaymentLife;
  cancels: CancelCall;
  billingKeys: BillingKeys;
  deletes: DeleteCall;
  windows: Windows;
  webhooks: Webhooks;
  faults: TossFaults;
  declines: Declines;
  book: TossBook;
}

/** Everything a test, the control API and the demo can do to the simulated Toss Payments and read of it. */
export class TossControl extends GatewayControl<
  TossFaultKind,
  TossFaultSubject,
  DeclineSubject,
  TossBookTotals,
  TossBookEntry
> {
  constructor(private readonly parts: TossControlParts) {
    super(parts, CALLS);
  }

  /** Opens a window as a page would: `requestPayment`'s members, with `clientKey` (the first merchant's, if absent). */
  openPayment(request: Record<string, unknown>): TossWindow {
    return refusing(() => this.parts.windows.openPayment(this.merchantOf(request.clientKey), request));
  }

  /** As `requestBillingAuth`. */
  openBilling(request: Record<string, unknown>): TossWindow {
    return refusing(() => this.parts.windows.openBilling(this.merchantOf(request.clientKey), request));
  }

  /** The window by its id, or the latest of an order. */
  window(idOrOrderId: string): TossWindow {
    const { windows } = this.parts;
    return found(windows.find(idOrOrderId) ?? windows.ofOrder(idOrOrderId), 'window');
  }

  /** The buyer pays, or registers a card; what comes back is what the merchant's page gets. */
  pay(idOrOrderId: string, choice: Choice = {}): Outcome {
    const window = this.window(idOrOrderId);
    const { windows } = this.parts;
    return refusing(() => (window.kind === 'payment' ? windows.pay(window, choice) : windows.register(window, choice)));
  }

  decline(idOrOrderId: string, code = 'REJECT_CARD_COMPANY'): Outcome {
    return refusing(() => this.parts.windows.decline(this.window(idOrOrderId), code));
  }

  close(idOrOrderId: string): Outcome {
    return this.parts.windows.close(this.window(idOrOrderId));
  }

  /** Pays into an order's account. Only the exact sum is taken: false, and nothing happens, for any other. */
  deposit(orderId: string, amount?: number, depositorName = '김입금'): boolean {
    const { payment } = this.waitingAccount(orderId);
    if (amount !== undefined && amount !== payment.totalAmount) return false;
    this.parts.life.approve(payment, depositorName);
    return true;
  }

  /** The bank takes a deposit back: the account waits again, or is over (`isOver`), as the API up to 1.4 has it. */
  reverseDeposit(orderId: string, isOver = false): void {
    const payment = this.payments(orderId).find((one) => accountOf(one) && one.status === 'DONE');
    const account = payment && accountOf(payment);
    if (!account) throw new ControlError(`order ${orderId} has no deposit to take back`);
    this.parts.life.reverseDeposit(payment, account, isOver);
  }

  /** What the transfer of an order's refund to its payer's account comes to, now and when it is given back later. */
  setRefundStatus(orderId: string, status: string): void {
    const account = this.payments(orderId).map(accountOf).find(Boolean);
    if (!account) throw new ControlError(`order ${orderId} has no account`);
    const known = REFUND_STATUSES.find((one) => one === status);
    if (known === undefined) throw new ControlError(`status must be one of ${REFUND_STATUSES.join(', ')}`);
    account.refundEndsAs = known;
    if (account.refundReceiveAccount !== null) account.refundStatus = known;
  }

  /** A cancellation in the developer centre: nobody of the merchant's programs asked for it. */
  cancelInConsole(orderId: string, members: Record<string, unknown> = {}): void {
    const payment = found(this.payments(orderId).at(-1), 'order');
    const account = accountOf(payment);
    // Whoever gives a deposit back there enters where it goes.
    const receiver = { bank: account?.bankCode, accountNumber: '110123456789', holderName: account?.customerName };
    const to = account && payment.status !== 'WAITING_FOR_DEPOSIT' ? { refundReceiveAccount: receiver } : {};
    refusing(() => this.parts.cancels.cancel(payment, { cancelReason: '콘솔 취소', ...to, ...members }));
  }

  /** A billing key dies without the merchant's doing. */
  deleteBillingKey(billingKey: string, reason = 'CUSTOMER_REQUEST'): void {
    const key = found(this.parts.billingKeys.find(billingKey), 'billing key');
    if (key.deletedAt === null) this.parts.deletes.delete(key, reason);
  }

  billingKeys(): BillingKey[] {
    return this.parts.billingKeys.all();
  }

  /** Tells of an order's last cancellation as Toss does of overseas wallets' only. */
  tellCancelStatus(orderId: string): void {
    const payment = this.payments(orderId).find(({ cancels }) => cancels.length > 0);
    const cancel = payment?.cancels.at(-1);
    if (!payment || !cancel) throw new ControlError(`order ${orderId} has no cancellation`);
    this.parts.webhooks.cancelChanged(payment, cancel);
  }

  /** The addresses of a contract, as set in the developer centre; of the first one, if no MID is given. */
  setWebhookUrls(urls: readonly string[], mId?: string): void {
    const bad = urls.find((url) => !/^https?:/.test(url) || !URL.canParse(url));
    if (bad !== undefined) throw new ControlError('url must be an http or https address');
    const merchant = mId === undefined ? this.parts.merchants.all()[0] : this.parts.merchants.byId(mId);
    found(merchant, 'merchant').webhookUrls = [...urls];
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

  /** Sends what Toss never sent. */
  async forgeWebhook(url: string, body: Record<string, unknown>): Promise<WebhookView> {
    if (!/^https?:/.test(url) || !URL.canParse(url)) throw new ControlError('url must be an http or https address');
    return messageView(await this.parts.webhooks.forge(url, body));
  }

  private payments(orderId: string): Payment[] {
    return this.parts.register.withOrderId(orderId);
  }

  private waitingAccount(orderId: string): { payment: Payment; account: VirtualAccount } {
    for (const payment of this.payments(orderId)) {
      const account = accountOf(payment);
      if (account && payment.status === 'WAITING_FOR_DEPOSIT') return { payment, account };
    }
    throw new ControlError(`order ${orderId} waits for no deposit`);
  }

  private merchantOf(clientKey: unknown): Merchant {
    const { merchants } = this.parts;
    const merchant = typeof clientKey === 'string' ? merchants.byClientKey(clientKey) : merchants.all()[0];
    return found(merchant, 'client key');
  }
}

function refusing<T>(act: () => T): T {
  const worded = (error: unknown): string | null =>
    error instanceof TossRefusal ? `${error.code} ${error.detail}` : null;
  return refusingBy(worded, act);
}
