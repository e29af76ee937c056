import { seoulDateAt, type SeoulDate } from '../src/kernel/seoul-calendar';
import { secondsAfter } from '../src/platform/clock';
import { SeededRandom, seedOf } from '../simulator/shared/seeded';
import type { ActAnswer, AdminClient } from './admin-client';
import { PRODUCTS, demoBillingToken } from './seed';

/** What a day's chance decides: the share of the customers who do it on a day. */
const DAILY_SHARE = {
  pause: 1 / 1_000,
  ownPrice: 1 / 4_000,
  product: 1 / 4_000,
  billingToken: 1 / 2_000,
  cancelNow: 1 / 8_000,
  cancelAtPeriodEnd: 1 / 8_000,
  subscribe: 1 / 3_000,
};
type Act = keyof typeof DAILY_SHARE;

const PAUSE_DAYS = { least: 5, most: 75 };
const TRIAL_DAYS = 30;
const DAY_SECONDS = 86_400;

/**
 * What customers and the merchant do while time goes by, over the admin API, as chance wants it; the same seed makes the
 * same lives. What the service refuses because it no longer fits a customer's state is simply not done.
 */
export class Customers {
  /** How often each thing was done. */
  readonly done = new Map<string, number>();
  private readonly random: SeededRandom;
  private paused: { id: string; until: Date }[] = [];
  private newcomers = 0;

  constructor(
    private readonly client: AdminClient,
    private readonly ids: string[],
    seed: string,
  ) {
    this.random = new SeededRandom(seedOf(seed, 'customers'));
  }

  /** A day of their lives. */
  async live(today: SeoulDate, now: Date): Promise<void> {
    await this.resumeDue(now);
    for (const act of Object.keys(DAILY_SHARE) as Act[]) {
      for (let times = this.timesToday(DAILY_SHARE[act]); times > 0; times -= 1) await this.perform(act, today, now);
    }
  }

  /** The merchant raises the price of a product by a tenth, for everybody who has no price of their own. */
  async raisePrice(): Promise<void> {
    const { items } = await this.client.read<{ items: { id: string; price: PriceBody }[] }>('/products');
    const product = this.oneOf(items);
    const price = Object.fromEntries(
      Object.entries(product.price).map(([part, amount]) => [part, Math.round((amount * 1.1) / 100) * 100]),
    ) as unknown as PriceBody;
    // Parts are rounded each by itself, so the whole is their sum.
    price.amount = price.carrierAmount + price.creditCardAmount + price.tmembershipAmount;
    await this.act('product price raised', 'PATCH', `/products/${product.id}`, { price });
  }

  private async perform(act: Act, today: SeoulDate, now: Date): Promise<void> {
    const id = this.oneOf(this.ids);
    const path = `/subscriptions/${id}`;
    switch (act) {
      case 'pause': {
        const days = PAUSE_DAYS.least + this.random.below(PAUSE_DAYS.most - PAUSE_DAYS.least);
        const answer = await this.act('paused', 'POST', `${path}/pause`);
        if (answer.done) this.paused.push({ id, until: secondsAfter(now, days * DAY_SECONDS) });
        return;
      }
      case 'ownPrice': {
        const amount = 1_000 + 100 * this.random.below(50);
        const priceOverride = { amount, carrierAmount: amount, creditCardAmount: 0, tmembershipAmount: 0 };
        await this.act('own price given', 'PATCH', path, { priceOverride });
        return;
      }
      case 'product':
        await this.act('product changed', 'PATCH', path, { storeProductId: this.oneOf(PRODUCTS).storeProductId });
        return;
      case 'billingToken': {
        const billingToken = demoBillingToken(`${id} since ${today}`);
        await this.act('billing token replaced', 'PUT', `${path}/billing-token`, { billingToken });
        return;
      }
      case 'cancelNow':
        await this.act('canceled now', 'POST', `${path}/cancel`, { when: 'now' });
        return;
      case 'cancelAtPeriodEnd':
        await this.act('canceled at period end', 'POST', `${path}/cancel`, { when: 'period-end' });
        return;
      case 'subscribe':
        await this.subscribe(today, now);
    }
  }

  /** Every other newcomer tries it first. */
  private async subscribe(today: SeoulDate, now: Date): Promise<void> {
    this.newcomers += 1;
    const isTrial = this.newcomers % 2 === 0;
    const customerReference = `신규-${String(this.newcomers).padStart(6, '0')}`;
    const trial = isTrial ? { trialUntil: seoulDateAt(secondsAfter(now, TRIAL_DAYS * DAY_SECONDS)) } : {};
    const order = {
      customerReference,
      storeProductId: this.oneOf(PRODUCTS).storeProductId,
      billingToken: demoBillingToken(customerReference),
      startedOn: today,
      ...trial,
    };
    const created = await this.act(isTrial ? 'subscribed with a trial' : 'subscribed', 'POST', '/subscriptions', order);
    if (created.done) this.ids.push((created.body as { id: string }).id);
  }

  /** A resume that has to wait for the result of a charge is asked for again the next day. */
  private async resumeDue(now: Date): Promise<void> {
    const due = this.paused.filter(({ until }) => until <= now);
    this.paused = this.paused.filter(({ until }) => until > now);
    for (const one of due) {
      const answer = await this.act('resumed', 'POST', `/subscriptions/${one.id}/resume`);
      if (answer.refused === 'charge-in-flight') this.paused.push(one);
    }
  }

  private async act(name: string, method: string, path: string, body: object = {}): Promise<ActAnswer> {
    const answer = await this.client.act(method, path, body);
    if (answer.done) this.done.set(name, (this.done.get(name) ?? 0) + 1);
    return answer;
  }

  /** A share of all, whose fraction is left to chance. */
  private timesToday(share: number): number {
    return Math.floor(this.ids.length * share + this.random.next());
  }

  private oneOf<T>(items: readonly T[]): T {
    return items[this.random.below(items.length)] as T;
  }
}

interface PriceBody {
  amount: number;
  carrierAmount: number;
  creditCardAmount: number;
  tmembershipAmount: number;
}
