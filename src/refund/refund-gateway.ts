import { Injectable } from '@nestjs/common';
import {
  TstoreClient,
  type GatewayAnswer,
  type RefundOrder,
  type RefundReceipt,
  OAuthTokenStore,
} from '../gateways/tstore';

/** Sends one refund; see {@link RefundGateway.open}. */
export type SendRefund = (order: RefundOrder) => Promise<GatewayAnswer<RefundReceipt>>;

/** T store's refund call with a token that was there before. */
@Injectable()
export class RefundGateway {
  constructor(
    private readonly tokens: OAuthTokenStore,
    private readonly client: TstoreClient,
  ) {}

  /**
   * Gets the token first: failing to get one must not put a refund in doubt that was never sent.
   *
   * @throws {DomainError} `token-unavailable`
   */
  async open(): Promise<SendRefund> {
    const token = await this.tokens.get();
    return async (order) => {
      const answer = await this.client.refund(order, token.value);
      if (answer.kind === 'refused' && answer.unauthorized) await this.tokens.invalidate(token.generation);
      return answer;
    };
  }
}
