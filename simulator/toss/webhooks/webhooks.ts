import type { SimulatorClock } from '../../shared/clock';
import { SeededRandom, seedOf } from '../../shared/seeded';
import type { MessageOutbox } from '../../shared/webhooks/outbox';
import type { TossFaultKind, TossFaults } from '../faults/catalogue';
import type { Keys } from '../keys';
import type { Merchant } from '../merchants';
import { cancelBody, paymentBody } from '../payments/payment-body';
import type { Cancel, Payment } from '../payments/payment';
import type { PaymentEvents } from '../payments/payment-life';
import { seoulTimeOfMessage } from '../times';
import type { WebhookMessage } from './message';

type Members = Record<string, unknown>;

interface Event {
  merchant: Merchant;
  /** Its `eventType`, or the name of the one that has none. */
  name: string;
  orderId: string | null;
  body: Members;
}

/** Tells a merchant's addresses what happened; unsigned, unordered, and never the truth by itself. */
export class Webhooks implements PaymentEvents {
  private readonly random: SeededRandom;

  constructor(
    seed: string,
    private readonly delayMs: number,
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
    private readonly faults: TossFaults,
    private readonly outbox: MessageOutbox<WebhookMessage>,
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
    return this.outbox.all();
  }

  /** Sends everything that waits, due or not, and resolves with how many messages that were. */
  deliverAll(): Promise<number> {
    return this.outbox.deliver(() => true);
  }

  /** Sends what waits about one order, and waits for the answers. */
  deliverFor(orderId: string | null): Promise<number> {
    return this.outbox.deliver((message) => message.orderId === orderId);
  }

  /** Sends one message again, whatever came of it. */
  sendAgain(message: WebhookMessage, copies: number): Promise<void> {
    return this.outbox.sendAgain(message, copies);
  }

  /** A message that no event caused, as anybody on the internet may send it. */
  forge(url: string, body: Members): Promise<WebhookMessage> {
    const transmissionId = this.keys.transmissionId();
    const text = JSON.stringify(body);
    const wanted = { transmissionId, mId: '', url, event: 'forged', orderId: null, body: text, copies: 1, faults: [] };
    return this.outbox.sendOnce(wanted);
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
    const isLost = strike('webhook-lost') !== null;
    const isHeld = strike('webhook-out-of-order') !== null;
    const delayMs = this.delayMs + (strike('webhook-late')?.number('delayMs') ?? 0);
    const wanted = {
      transmissionId: this.keys.transmissionId(),
      mId: merchant.mId,
      url,
      event: name,
      orderId,
      body: JSON.stringify(members),
      copies,
      faults: struck,
    };
    this.outbox.plan(wanted, { delayMs, isLost, isHeld });
  }
}
