import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { TstoreConfig } from '../../config';
import type { FoundPayment, GatewayAnswer, LookedUpPayment, PaymentAt, RefundBasis } from '../gateway';
import type { FindsPayments } from '../ports';
import { AccessTokens } from './access-token/access-tokens';
import type { GatewayTransaction } from './api/transaction';
import { TstoreClient } from './api/tstore.client';

/** T store's record of a payment with its payer's key, which is a secret: reached by a refund and by nothing that prints. */
export class TransactionBasis implements RefundBasis {
  readonly #transaction: GatewayTransaction;

  constructor(transaction: GatewayTransaction) {
    this.#transaction = transaction;
  }

  get transactionId(): string {
    return this.#transaction.transactionId;
  }

  /** For {@link TstoreRefunds} alone. */
  open(): GatewayTransaction {
    return this.#transaction;
  }
}

/** Looks payments up at T store, which blocks who does so excessively: the caller keeps the pace. */
@Injectable()
export class TstorePayments implements FindsPayments {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly client: TstoreClient,
    private readonly config: TstoreConfig,
  ) {}

  async find({ account, transactionId }: PaymentAt): Promise<GatewayAnswer<LookedUpPayment>> {
    const answer = await this.tokens.of(account).withToken((token) => this.client.transaction(transactionId, token), {
      repeatable: true,
    });
    if (answer.kind === 'refused' && this.config.notFoundCodes.includes(answer.resultCode ?? '')) {
      return { ...answer, notFound: true };
    }
    if (answer.kind !== 'success') return answer;
    const value = { payment: this.paymentOf(answer.value), basis: new TransactionBasis(answer.value) };
    return { kind: 'success', value };
  }

  /** The payer's key is a secret: what may be kept is its hash, where it is the billing token. */
  private paymentOf({ payerAuthKey, ...shown }: GatewayTransaction): FoundPayment {
    const { refundedStatuses, paidStatuses, authKeyIsBillingToken } = this.config;
    const isToken = authKeyIsBillingToken && payerAuthKey !== null;
    return {
      ...shown,
      isRefunded: refundedStatuses.length === 0 ? null : refundedStatuses.includes(shown.status),
      isPaid: paidStatuses.includes(shown.status),
      ...(isToken && { billingTokenHash: hash('sha256', payerAuthKey) }),
    };
  }
}
