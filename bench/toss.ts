import type { INestApplicationContext } from '@nestjs/common';
import { tossSettings, TOSS_MERCHANT } from '../simulator';
import { PaymentMethodRepository } from '../src/payment-method';
import { seoulDate } from '../src/kernel/seoul-calendar';
import type { Won } from '../src/kernel/won';
import { Database } from '../src/platform/database';
import { ProductRepository } from '../src/product';
import { SubscriptionRepository } from '../src/subscription';

export { tossSettings };

export const PRICE = 5_500;
const STORE_PRODUCT_ID = '0910024117';
const ACCOUNT = 'toss';

/** A card as Toss has issued its billing key. */
export interface BenchCard {
  billingKey: string;
  customerKey: string;
}

/** What every call to Toss is authorized by. */
export const TOSS_AUTHORIZATION = `Basic ${Buffer.from(`${TOSS_MERCHANT.secretKey}:`).toString('base64')}`;

/** The simulated Toss Payments, from outside. */
export class BenchToss {
  constructor(readonly baseUrl: string) {}

  control<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    return this.call(method, `/_simulator/toss/${path}`, body);
  }

  /** All calls of one kind are answered so late from now on; 0: at once. */
  async answerAfter(delayMs: number, call: 'billing-charge' | 'confirm'): Promise<void> {
    await this.control('DELETE', 'faults');
    if (delayMs > 0)
      await this.control('POST', 'faults', { kind: 'answer-slow', call, share: 1, options: { delayMs } });
  }

  async approvedCount(): Promise<number> {
    return (await this.control<{ approvedCount: number }>('GET', 'book')).approvedCount;
  }

  /** A customer's card, registered in the window. */
  async issueCard(customerKey: string): Promise<BenchCard> {
    const window = { kind: 'billing', method: 'CARD', customerKey, clientKey: TOSS_MERCHANT.clientKey, ...RETURNS };
    const { windowId } = await this.control<{ windowId: string }>('POST', 'windows', window);
    const { redirectUrl } = await this.control<{ redirectUrl: string }>('POST', `windows/${windowId}/pay`, {});
    const authKey = new URL(redirectUrl).searchParams.get('authKey');
    const issued = await this.call<BenchCard>('POST', '/v1/billing/authorizations/issue', { authKey, customerKey });
    return { billingKey: issued.billingKey, customerKey };
  }

  private async call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: { authorization: TOSS_AUTHORIZATION, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}

const RETURNS = { successUrl: 'https://shop.example/card', failUrl: 'https://shop.example/no-card' };

/** Adds subscriptions to one product, each with a card of its own, all due on the same date. */
export async function addCardHolders(
  app: INestApplicationContext,
  toss: BenchToss,
  { count, dueOn }: { count: number; dueOn: string },
): Promise<BenchCard[]> {
  const at = new Date();
  const startedOn = seoulDate(dueOn);
  const terms = { storeProductId: STORE_PRODUCT_ID, startedOn, anchorDay: Number(dueOn.slice(-2)), intervalMonths: 1 };
  const parts = { amount: PRICE as Won, carrierAmount: PRICE as Won, creditCardAmount: 0 as Won };
  const product = { ...terms, name: '문구 구독', ...parts, tmembershipAmount: 0 as Won };
  await app.get(ProductRepository).create(product, 'bench', at);
  const cards: BenchCard[] = [];
  await app.get(Database).transaction(async (session) => {
    const subscriptions = [];
    for (let number = 0; number < count; number++) {
      const customerReference = `card-holder-${number}`;
      const card = await toss.issueCard(customerReference);
      const of = { customerReference, gateway: 'toss', gatewayAccount: ACCOUNT, kind: 'billing-key' } as const;
      const method = { ...of, label: null, createdAt: at };
      const why = { cause: 'registered by the customer', actor: 'bench', at };
      const { methodKey, customerKey } = { methodKey: card.billingKey, ...card };
      const paymentMethodId = await app
        .get(PaymentMethodRepository)
        .create(session, method, { methodKey, customerKey }, why);
      subscriptions.push({ ...terms, customerReference, paymentMethodId });
      cards.push(card);
    }
    await app.get(SubscriptionRepository).addSubscriptions(session, subscriptions, at);
  });
  await app.get(Database).rows('VACUUM ANALYZE');
  return cards;
}
