import { Injectable } from '@nestjs/common';
import { TstoreConfig } from '../../config';
import type { GatewayAnswer, RefundBasis, RefundOrder, RefundReceipt } from '../gateway';
import type { PreparedRefund, RefundsPayments } from '../ports';
import { AccessTokens } from './access-token/access-tokens';
import type { AccessToken, OAuthTokenStore } from './access-token/oauth-token.store';
import type { RefundOrder as TstoreRefundOrder } from './api/refund';
import type { GatewayTransaction } from './api/transaction';
import { TstoreClient } from './api/tstore.client';
import { TransactionBasis } from './payments';
import { RESULT_CODE_SUCCESS } from './wire';

/** Refunds at T store, which has no idempotency key: what became of a lost answer is found out by looking. */
@Injectable()
export class TstoreRefunds implements RefundsPayments {
  readonly longestCallMs: number;

  constructor(
    private readonly tokens: AccessTokens,
    private readonly client: TstoreClient,
    private readonly config: TstoreConfig,
  ) {
    const { connectTimeoutMs, answerTimeoutMs, idleTimeoutMs } = config;
    this.longestCallMs = connectTimeoutMs + answerTimeoutMs + idleTimeoutMs;
  }

  /** Gets the token first: failing to get one must not put a refund in doubt that was never sent. */
  async prepare(order: RefundOrder): Promise<PreparedRefund> {
    const wired = wiredOf(order, openedOf(order.basis));
    const tokens = this.tokens.of(order.account);
    const token = await tokens.get();
    return { idempotencyKey: null, paymentParts: wired.paymentParts, send: () => this.send(wired, token, tokens) };
  }

  private async send(
    order: TstoreRefundOrder,
    token: AccessToken,
    tokens: OAuthTokenStore,
  ): Promise<GatewayAnswer<RefundReceipt>> {
    const answer = await this.client.refund(order, token.value);
    if (answer.kind === 'refused' && answer.unauthorized) await tokens.invalidate(token.generation);
    if (answer.kind === 'refused' && this.config.nothingLeftCodes.includes(answer.resultCode ?? '')) {
      return { ...answer, nothingLeft: true };
    }
    if (answer.kind !== 'success') return answer;
    const { transactionId, amount, refundTransactionId } = answer.value;
    const receipt = { transactionId, amount, refundTransactionId, resultCode: RESULT_CODE_SUCCESS };
    return { kind: 'success', value: receipt };
  }
}

function openedOf(basis: RefundBasis): GatewayTransaction {
  if (!(basis instanceof TransactionBasis))
    throw new TypeError('a refund at T store is made from a payment looked up there');
  return basis.open();
}

/**
 * T store refuses parameters that are not its own, so they are taken from its answer. How a part of a payment by several
 * methods is shared among them is not published: there T store is left to choose, as in the shortest form of its sample.
 */
function wiredOf({ amount, isFull, note }: RefundOrder, payment: GatewayTransaction): TstoreRefundOrder {
  const [part, ...others] = payment.paymentParts;
  const isOfOne = part !== undefined && others.length === 0;
  const partOfOne = isOfOne ? [{ method: part.method, amount }] : null;
  return {
    transactionId: payment.transactionId,
    amount,
    isFull,
    payerAuthKey: payment.payerAuthKey,
    refundTransactionId: null,
    note,
    paymentParts: isFull ? payment.paymentParts : partOfOne,
    link: null,
  };
}
