import type { SimulatorClock } from '../../shared/clock';
import { SeededRandom, seedOf } from '../../shared/seeded';
import type { TossFaultKind, TossFaults } from '../faults/catalogue';
import type { Keys } from '../keys';
import type { Merchant } from '../merchants';
import { cancelBody, paymentBody } from '../payments/payment-body';
import type { Cancel, Payment } from '../payments/payment';
import type { PaymentEvents } from '../payments/payment-life';
import { seoulTimeOfMessage } from '../times';
import type { WebhookMessage } from './message';
import type { WebhookSender } from './sender';

type Members = Record<string, unknown>;

/** A message kept back for order's sake goes out by itself in the end. */
const LONGEST_HOLD_MS = 30 * 60_000;

interface Event {
  merchant: Merchant;
  /** Its `eventType`, or the name of the one that has none. */
  name: string;
  orderId: string | null;
  body: Members;
}

/** Tells a merchant's addresses what happened; unsigned, unordered, and never the truth by itself. */
export class Webhooks implements PaymentEvents {
  private readonly kept: WebhookMessage[] = [];
  private held: WebhookMessage[] = [];
  private readonly random: SeededRandom;

  constructor(
    seed: string,
    private readonly delayMs: number,
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
    private readonly faults: TossFaults,
    private readonly sender: WebhookSender,
  ) {
    this.random = new SeededRandom(seedOf(seed, 'toss-webhooks'));
  }

  changed(payment: Payment): void {
    const { merchant, orderId } = payment;
    this.tell({ merchant, name: 'PAYMENT_STATUS_CHANGED', orderId, body: paymentBody(payment) });
    if (!this.faults.strike('webhook-contradicted', { orderId })) return;
    const aborted = { ...paymentBody(payment), status: 'ABORTED', approvedAt: null };
    this.tell({ merchant, name: 'PAYMENT_STATUS_CHANGED', orderId, body: aborted });
  }

  /** Flat, without `eventType` and without `paymentKey`. */
  deposit({ merchant, orderId, secret, status }: Payment, transactionKey: string): void {
    this.tell({ merchant, name: 'DEPOSIT_CALLBACK', orderId, body: { secret, status, transactionKey, orderId } });
  }

  /** Overseas wallets only: nothing here causes it but a wish. */
  cancelChanged({ merchant, orderId }: Payment, cancel: Cancel): void {
    this.tell({ merchant, name: 'CANCEL_STATUS_CHANGED', orderId, body: cancelBody(cancel) });
  }

  billingDeleted(merchant: Merchant, billingKey: string, reason: string): void {
    this.tell({ merchant, name: 'BILLING_DELETED', orderId: null, body: { billingKey, reason } });
  }

  all(): readonly WebhookMessage[] {
    return this.kept;
  }

  /** Sends everything that waits, due or not, and resolves with how many messages that were. */
  deliverAll(): Promise<number> {
    return this.deliver(() => true);
  }

  /** Sends what waits about one order, and waits for the answers. */
  deliverFor(orderId: string | null): Promise<number> {
    return this.deliver((message) => message.orderId === orderId);
  }

  /** Sends one message again, whatever came of it. */
  sendAgain(message: WebhookMessage, copies: number): Promise<void> {
    return this.sender.send(message, copies);
  }

  /** A message that no event caused, as anybody on the internet may send it. */
  async forge(url: string, body: Members): Promise<WebhookMessage> {
    const message = this.add({ mId: '', url, event: 'forged', orderId: null, text: JSON.stringify(body), struck: [] });
    await this.sender.send(message);
    message.next?.cancel();
    message.next = null;
    return message;
  }

  private tell(event: Event): void {
    for (const url of event.merchant.webhookUrls) this.plan(event, url);
  }

  private plan({ merchant, name, orderId, body }: Event, url: string): void {
    const struck: string[] = [];
    const strike = (kind: TossFaultKind) => this.faults.strikeOn({ faults: struck }, kind, { orderId });
    const createdAt = seoulTimeOfMessage(this.clock.now(), this.random.next());
    const thin = name === 'PAYMENT_STATUS_CHANGED' && strike('webhook-thin');
    const data = thin ? { paymentKey: body.paymentKey, status: body.status, orderId } : body;
    const isFlat = name === 'DEPOSIT_CALLBACK' || strike('webhook-flat');
    const members = {
      ...(name === 'DEPOSIT_CALLBACK' ? { createdAt } : { createdAt, eventType: name }),
      ...(isFlat ? data : { data }),
      ...(strike('webhook-unknown-members') ? { newSince2027: { 가: 1 } } : {}),
    };
    const copies = Math.max(1, strike('webhook-duplicated')?.number('copies') ?? 1);
    const text = JSON.stringify(members);
    const message = this.add({ mId: merchant.mId, url, event: name, orderId, text, copies, struck });
    const isLost = strike('webhook-lost') !== null;
    const isHeld = strike('webhook-out-of-order') !== null;
    const dueAt = this.clock.now() + this.delayMs + (strike('webhook-late')?.number('delayMs') ?? 0);
    message.next = this.clock.schedule(dueAt, () => {
      message.next = null;
      if (isLost) return this.sender.lose(message);
      return isHeld ? this.hold(message) : this.send(message);
    });
  }

  private add(wanted: {
    mId: string;
    url: string;
    event: string;
    orderId: string | null;
    text: string;
    copies?: number;
    struck: string[];
  }): WebhookMessage {
    const { text: body, copies = 1, struck: faults, ...shown } = wanted;
    const message: WebhookMessage = {
      id: this.kept.length + 1,
      transmissionId: this.keys.transmissionId(),
      ...shown,
      body,
      copies,
      faults,
      state: 'Planned',
      attempts: [],
      next: null,
    };
    this.kept.push(message);
    return message;
  }

  private hold(message: WebhookMessage): void {
    message.state = 'Held';
    message.next = this.clock.schedule(this.clock.now() + LONGEST_HOLD_MS, () => {
      this.held = this.held.filter((one) => one !== message);
      return this.sender.send(message);
    });
    this.held.push(message);
  }

  /** What was held back for a later one goes after it. */
  private async send(message: WebhookMessage): Promise<void> {
    await this.sender.send(message);
    for (const earlier of this.held.splice(0)) await this.sender.send(earlier);
  }

  private async deliver(fits: (message: WebhookMessage) => boolean): Promise<number> {
    const waiting = this.kept.filter((message) => message.next !== null && fits(message));
    // In the order in which they were caused: a listener that wants another order arms a fault.
    for (const message of waiting) await message.next?.runNow();
    return waiting.length;
  }
}
