import { Injectable } from '@nestjs/common';
import { KakaopayConfig } from '../../config';
import { DomainError } from '../../kernel/errors';
import { wonInWords } from '../../kernel/won';
import type { CheckoutOrder, CheckoutPayment, GatewayAnswer, OpenWindow, WindowReturn } from '../gateway';
import type { ConfirmsCheckouts, PreparedPayment } from '../ports';
import { idOf, unknown } from '../reading';
import { KakaopayClient } from './api/kakaopay.client';
import { asReceipt } from './found-payment';
import { KakaopayAccounts } from './kakaopay-accounts';
import { vatOf } from '../split';
import { LEAST_WON, LONGEST_ADDRESS, LONGEST_NAME, MOST_MONEY_WON, cut } from './wire';

/** 20 characters are recorded. */
const LONGEST_TOKEN = 100;

/** Takes what customers agree to in KakaoPay's page, or in KakaoTalk. Without the approval no money moves. */
@Injectable()
export class KakaopayCheckouts implements ConfirmsCheckouts {
  /** There is no key: what was lost is looked up by the `tid`, and never sent again. */
  readonly sameCallForHours = 0;
  /** Before it is approved a lookup tells neither the amount nor whose token is the right one. */
  readonly findsAgreed = false;
  readonly longestCallMs: number;
  readonly openForSeconds: number;

  constructor(
    private readonly accounts: KakaopayAccounts,
    private readonly client: KakaopayClient,
    config: KakaopayConfig,
  ) {
    this.longestCallMs = accounts.longestCallMs;
    this.openForSeconds = config.openSeconds;
  }

  async window(order: CheckoutOrder): Promise<GatewayAnswer<OpenWindow>> {
    const { account, orderNo, amount, taxFreeAmount, ownSuccessUrl, ownFailUrl } = order;
    const addresses = readyAddresses(ownSuccessUrl, ownFailUrl);
    if (amount < LEAST_WON) throw cannot(`KakaoPay takes ${wonInWords(LEAST_WON)} at least`);
    const call = await this.accounts.callFor(account, 'single');
    const request = {
      ...{ partner_order_id: orderNo, partner_user_id: order.customerKey },
      ...{ item_name: cut(order.orderName, LONGEST_NAME), quantity: 1 },
      ...{ total_amount: amount, tax_free_amount: taxFreeAmount, vat_amount: vatOf(amount, taxFreeAmount) },
      // Nobody is led to agree to what is then declined.
      ...(amount > MOST_MONEY_WON && { payment_method_type: 'CARD' as const }),
      ...addresses,
    };
    const answer = await this.client.ready(request, call);
    if (answer.kind !== 'success') return answer;
    const { tid, redirects } = answer.value;
    return { ...answer, value: { window: redirects, reference: tid } };
  }

  /** Nothing but a token, behind the query of our own address. */
  returned(brought: Readonly<Record<string, unknown>>): WindowReturn | undefined {
    const proof = readPgToken(brought);
    return proof === undefined ? undefined : { proof };
  }

  async prepare(payment: CheckoutPayment): Promise<PreparedPayment> {
    const { account, reference: tid, orderNo, amount, proof, customerKey } = payment;
    if (tid === '' || proof === undefined || customerKey === undefined) {
      throw new DomainError('internal-error', `The payment of ${orderNo} lacks what KakaoPay is to be told`);
    }
    const call = await this.accounts.callFor(account, 'single');
    const request = {
      ...{ tid, partner_order_id: orderNo, partner_user_id: customerKey },
      ...{ pg_token: proof, total_amount: amount },
    };
    const send = async () => {
      const answer = await this.client.approve(request, call);
      if (answer.kind === 'success' && answer.value.tid !== tid) {
        return unknown('another-payment', 'the answer is about another payment');
      }
      return asReceipt(answer);
    };
    return { idempotencyKey: null, send };
  }
}

function cannot(why: string): DomainError {
  return new DomainError('gateway-cannot', `${why}; nothing was paid`);
}

/** What a return brings: a token, and nothing else that is ours. */
export function readPgToken(brought: Readonly<Record<string, unknown>>): string | undefined {
  return idOf(brought.pg_token, LONGEST_TOKEN);
}

/**
 * Where a customer is led back. Nothing comes with the latter two but what we give: for the shop's page, why its customer is back.
 *
 * @throws {DomainError} `gateway-cannot` where they are too long
 */
export function readyAddresses(successUrl: string, failUrl: string) {
  const addresses = {
    approval_url: successUrl,
    cancel_url: `${failUrl}?code=QUIT_PAYMENT`,
    fail_url: `${failUrl}?code=FAIL_AUTH_PASSWORD`,
  };
  if (Object.values(addresses).every((address) => address.length <= LONGEST_ADDRESS)) return addresses;
  throw cannot(`PUBLIC_BASE_URL is too long: KakaoPay takes addresses of ${LONGEST_ADDRESS} characters`);
}
