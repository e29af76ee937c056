import type { TestCard } from '../cards';
import type { Merchant } from '../merchants';

export type BillingMeans =
  { method: '카드'; card: TestCard } | { method: '계좌이체'; bankCode: string; accountNumber: string };

/** What the window leaves: to be exchanged for a billing key, once. */
export interface Authentication {
  readonly merchant: Merchant;
  readonly authKey: string;
  readonly customerKey: string;
  readonly means: BillingMeans;
  used: boolean;
}

export interface BillingKey {
  readonly merchant: Merchant;
  readonly billingKey: string;
  readonly customerKey: string;
  readonly means: BillingMeans;
  readonly issuedAt: number;
  deletedAt: number | null;
}

/** Authentications and the keys made of them. */
export class BillingKeys {
  private readonly authentications = new Map<string, Authentication>();
  private readonly keys = new Map<string, BillingKey>();

  authenticated(authentication: Authentication): void {
    this.authentications.set(authentication.authKey, authentication);
  }

  authentication(authKey: string): Authentication | undefined {
    return this.authentications.get(authKey);
  }

  issued(key: BillingKey): void {
    this.keys.set(key.billingKey, key);
  }

  find(billingKey: string): BillingKey | undefined {
    return this.keys.get(billingKey);
  }

  all(): BillingKey[] {
    return [...this.keys.values()];
  }
}
