import type { SimulatorClock } from '../../shared/clock';
import type { Members } from '../../shared/http/members';
import type { MessageOutbox } from '../../shared/webhooks/outbox';
import type { BillingKey, BillingKeyEvent, BillingKeyEvents } from '../billing/billing-keys';
import type { PortOneFaultKind, PortOneFaults } from '../faults/catalogue';
import type { Keys } from '../keys';
import type { Cancellation, PaymentStatus, Transaction } from '../payments/payment';
import type { PaymentEvents, TransactionEvent } from '../payments/payment-life';
import { isoText } from '../payments/times';
import type { Store } from '../stores';
import { webhookBody, type WebhookMessage } from './message';

/** What a message tells of. */
interface Event {
  store: Store;
  mode: 'LIVE' | 'TEST';
  type: string;
  paymentId: string | null;
  transactionId: string | null;
  paymentStatus: PaymentStatus | null;
  data: Members;
  /** In place of the store's own address. */
  noticeUrls: readonly string[];
}

/** Tells a store's addresses what happened: signed, in no order, and never the whole truth. */
export class Webhooks implements PaymentEvents, BillingKeyEvents {
  constructor(
    private readonly delayMs: number,
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
    private readonly faults: PortOneFaults,
    private readonly outbox: MessageOutbox<WebhookMessage>,
  ) {}

  happened(type: TransactionEvent, transaction: Transaction, cancellation: Cancellation | null): void {
    if (cancellation === null ? transaction.skipsWebhook : cancellation.skipsWebhook) return;
    const { payment, channel, id: transactionId, noticeUrls, status: paymentStatus } = transaction;
    const { store, id: paymentId } = payment;
    const about = { store, mode: channel.type, paymentId, transactionId, noticeUrls };
    const data = { storeId: store.storeId, paymentId, transactionId };
    const told = cancellation === null ? data : { ...data, cancellationId: cancellation.id };
    this.tell({ ...about, type, paymentStatus, data: told });
    if (!this.faults.strike('webhook-contradicted', { paymentId })) return;
    // Of an attempt before it, as it were.
    const earlier = this.keys.uuid();
    const failed = { ...about, transactionId: earlier, paymentStatus: 'FAILED' as const };
    this.tell({ ...failed, type: 'Transaction.Failed', data: { ...data, transactionId: earlier } });
  }

  billingKeyHappened(type: BillingKeyEvent, { store, channel, billingKey, noticeUrls }: BillingKey): void {
    const data = { storeId: store.storeId, billingKey };
    const about = { store, mode: channel.type, paymentId: null, transactionId: null, paymentStatus: null };
    this.tell({ ...about, type, data, noticeUrls });
  }

  all(): readonly WebhookMessage[] {
    return this.outbox.all();
  }

  /** The messages about an attempt, as a payment shows them. */
  shownOf({ id }: Transaction): Members[] {
    return this.ofTransaction(id).map(webhookBody);
  }

  ofTransaction(id: string): WebhookMessage[] {
    return this.outbox.all().filter(({ transactionId }) => transactionId === id);
  }

  /** Sends everything that waits, due or not, and resolves with how many messages that were. */
  deliverAll(): Promise<number> {
    return this.outbox.deliver(() => true);
  }

  /** Sends what waits about one payment, and waits for the answers. */
  deliverFor(paymentId: string | null): Promise<number> {
    return this.outbox.deliver((message) => message.paymentId === paymentId);
  }

  /** Sends one message again, whatever came of it. */
  sendAgain(message: WebhookMessage, copies = 1): Promise<void> {
    message.isManual = true;
    return this.outbox.sendAgain(message, copies);
  }

  /** A message that no event caused: signed as a store's (the console's own test is so), or not at all, as anybody's. */
  forge(url: string, body: string, store: Store | null, mode: 'LIVE' | 'TEST'): Promise<WebhookMessage> {
    return this.outbox.sendOnce({
      ...this.fresh(),
      storeId: store?.storeId ?? null,
      mode,
      url,
      event: 'forged',
      paymentId: null,
      transactionId: null,
      paymentStatus: null,
      body,
      copies: 1,
      faults: [],
      isForm: false,
    });
  }

  private tell(event: Event): void {
    const { url } = event.store.webhooks[event.mode];
    const urls = event.noticeUrls.length > 0 ? event.noticeUrls : url === null ? [] : [url];
    for (const one of urls) this.plan(event, one);
  }

  private plan(event: Event, url: string): void {
    const { store, mode, type, paymentId } = event;
    const faults: string[] = [];
    const strike = (kind: PortOneFaultKind) => this.faults.strikeOn({ faults }, kind, { paymentId });
    // What the headers show is looked up in the message's own faults when it is sent.
    for (const kind of ['webhook-decoys', 'webhook-mistaken', 'webhook-stale'] as const) strike(kind);
    for (const kind of ['webhook-other-secret', 'webhook-header-twice'] as const) strike(kind);
    const isFirstVersion = store.webhooks[mode].version === '2024-01-01' && event.transactionId !== null;
    const first = isFirstVersion ? firstVersionOf(event) : null;
    const more = strike('webhook-unknown-members') ? { newSince2027: { 가: 1 } } : {};
    const form = first !== null && strike('webhook-form-encoded') ? new URLSearchParams(first).toString() : null;
    const copies = Math.max(1, strike('webhook-duplicated')?.number('copies') ?? 1);
    const otherType = strike('webhook-unknown-type') ? { type: 'Transaction.SinceNextYear' } : {};
    const isLost = strike('webhook-lost') !== null;
    const isHeld = strike('webhook-out-of-order') !== null;
    const delayMs = this.delayMs + (strike('webhook-late')?.number('delayMs') ?? 0);
    this.outbox.plan(
      {
        ...this.fresh(),
        storeId: store.storeId,
        mode,
        url,
        event: type,
        paymentId,
        transactionId: event.transactionId,
        paymentStatus: event.paymentStatus,
        body: form ?? JSON.stringify({ ...(first ?? this.bodyOf(event)), ...otherType, ...more }),
        copies,
        faults,
        isForm: form !== null,
      },
      { delayMs, isLost, isHeld },
    );
  }

  private bodyOf({ type, data }: Event): Members {
    return { type, timestamp: isoText(this.clock.now()), data };
  }

  private fresh(): Pick<WebhookMessage, 'webhookId' | 'triggeredAt' | 'isManual'> {
    return { webhookId: this.keys.uuid(), triggeredAt: this.clock.now(), isManual: false };
  }
}

/** `Transaction.PartialCancelled` is `PartialCancelled` there. */
function firstVersionOf({ type, paymentId, transactionId }: Event): Record<string, string> {
  return { payment_id: paymentId ?? '', tx_id: transactionId ?? '', status: type.replace(/^Transaction\./, '') };
}
