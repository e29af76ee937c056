import { Injectable } from '@nestjs/common';
import { BillingTokenVault } from '../billing-token';
import type { SqlSession } from '../platform/database';
import { PaymentMethodRepository, type PaymentMethod } from '../payment-method';
import type { Cause } from '../platform/work';
import type { SubscriptionRecord } from './subscription-record.repository';

/** What subscriptions are paid by: T store's billing tokens, and other gateways' payment methods. */
@Injectable()
export class SubscriptionTokens {
  constructor(
    private readonly vault: BillingTokenVault,
    private readonly methods: PaymentMethodRepository,
  ) {}

  /** Puts a token into the vault. @returns its hash */
  async store(session: SqlSession, billingToken: string, at: Date): Promise<Buffer> {
    await this.vault.store(session, [billingToken], at);
    return this.vault.hashOf(billingToken);
  }

  /** What a customer paid with and does no longer, latest first. */
  endedOf(customerReference: string): Promise<PaymentMethod[]> {
    return this.methods.endedOf(customerReference);
  }

  /** A customer's method that may be charged, which stays so until the transaction ends. */
  async usable(session: SqlSession, id: string, customerReference: string): Promise<boolean> {
    const method = await this.methods.lock(session, id);
    return (
      method?.state === 'Active' && method.customerReference === customerReference && method.kind !== 'billing-token'
    );
  }

  /** Records that the token of a subscription is used no more, where it has one. */
  async recordReplaced(session: SqlSession, subscription: SubscriptionRecord, why: Cause): Promise<void> {
    const before = await this.tokenOf(session, subscription.id);
    if (before === undefined) return;
    const { customerReference, paymentMethod } = subscription;
    const { gatewayAccount } = paymentMethod;
    const replaced = { customerReference, gatewayAccount, billingTokenHash: before.hash, since: before.since };
    await this.methods.recordReplaced(session, replaced, why);
  }

  /**
   * Puts a token into the vault for a subscription that has another one, and records that one as replaced.
   *
   * @returns the hash of the new one; `undefined` where it is the one that is there
   */
  async replace(
    session: SqlSession,
    subscription: SubscriptionRecord,
    billingToken: string,
    why: Cause,
  ): Promise<Buffer | undefined> {
    const hash = await this.store(session, billingToken, why.at);
    const before = await this.tokenOf(session, subscription.id);
    if (before === undefined || before.hash.equals(hash)) return undefined;
    await this.recordReplaced(session, subscription, why);
    return hash;
  }

  private async tokenOf(session: SqlSession, id: string): Promise<{ hash: Buffer; since: Date } | undefined> {
    const [token] = await session.rows<{ hash: Buffer; since: Date }>(
      `SELECT token_hash AS hash, billing_token.created_at AS since
       FROM billing_token JOIN subscription ON billing_token_hash = token_hash WHERE subscription.id = $1`,
      [id],
    );
    return token;
  }
}
