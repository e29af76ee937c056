import type { SimulatorClock } from '../../shared/clock';
import type { Members } from '../../shared/http/members';
import type { Keys } from '../keys';
import type { Means, Transaction } from '../payments/payment';
import type { Channel, Store } from '../stores';

/** The types of messages about a billing key. */
export type BillingKeyEvent = 'BillingKey.Ready' | 'BillingKey.Issued' | 'BillingKey.Failed' | 'BillingKey.Deleted';

export interface BillingKeyEvents {
  billingKeyHappened(event: BillingKeyEvent, key: BillingKey): void;
}

/** What a billing key is asked with, in a window. */
export interface BillingKeyRequest {
  readonly channel: Channel;
  readonly customer: Members;
  readonly customData: string | null;
  readonly issueId: string | null;
  readonly issueName: string | null;
  readonly noticeUrls: readonly string[];
}

/** A method that is charged again, from its window on. */
export interface BillingKey extends BillingKeyRequest {
  readonly store: Store;
  readonly billingKey: string;
  readonly requestedAt: number;
  /** The payment that the same window takes, if it takes one. */
  readonly first: Transaction | null;
  means: Means | null;
  /** What `confirm` wants, of a manual channel. */
  issueToken: string | null;
  issuedAt: number | null;
  deletedAt: number | null;
}

/** Billing keys, as asked for, issued and deleted. */
export class BillingKeys {
  private readonly keptByKey = new Map<string, BillingKey>();

  constructor(
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
    private readonly events: BillingKeyEvents,
  ) {}

  open(store: Store, request: BillingKeyRequest, first: Transaction | null): BillingKey {
    const key: BillingKey = {
      ...request,
      store,
      first,
      billingKey: this.keys.billingKey(),
      requestedAt: this.clock.now(),
      means: null,
      issueToken: null,
      issuedAt: null,
      deletedAt: null,
    };
    this.keptByKey.set(key.billingKey, key);
    this.events.billingKeyHappened('BillingKey.Ready', key);
    return key;
  }

  /** Authenticated; `confirm` issues it. */
  awaitConfirm(key: BillingKey, means: Means): string {
    key.means = means;
    key.issueToken = this.keys.token();
    return key.issueToken;
  }

  issue(key: BillingKey, means: Means): void {
    key.means = means;
    key.issuedAt = this.clock.now();
    this.events.billingKeyHappened('BillingKey.Issued', key);
  }

  fail(key: BillingKey): void {
    this.events.billingKeyHappened('BillingKey.Failed', key);
  }

  /** By whomever; the instant of it. */
  delete(key: BillingKey, skipsWebhook = false): number {
    key.deletedAt ??= this.clock.now();
    if (!skipsWebhook) this.events.billingKeyHappened('BillingKey.Deleted', key);
    return key.deletedAt;
  }

  find(billingKey: string): BillingKey | undefined {
    return this.keptByKey.get(billingKey);
  }

  /** A store sees its own only. */
  findOf(store: Store, billingKey: string): BillingKey | undefined {
    const key = this.keptByKey.get(billingKey);
    return key?.store === store ? key : undefined;
  }

  byToken(store: Store, token: string): BillingKey | undefined {
    return this.all().find((one) => one.store === store && one.issueToken === token);
  }

  all(): BillingKey[] {
    return [...this.keptByKey.values()];
  }
}
