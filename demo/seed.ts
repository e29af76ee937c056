import { createHash } from 'node:crypto';
import type { BillingTokenVault } from '../src/billing-token';
import { billingDateAfter, type SeoulDate } from '../src/kernel/seoul-calendar';
import { won } from '../src/kernel/won';
import type { Database } from '../src/platform/database';
import type { NewProduct, ProductRepository } from '../src/product';
import type { SubscriptionRepository } from '../src/subscription';

export const PRODUCTS: readonly NewProduct[] = [
  product('0910024116', '동영상 클라우드 어린이TV', 5_500, { carrier: 5_500 }),
  product('0910024117', '음악 무제한 스트리밍', 7_900, { creditCard: 7_900 }),
  product('0910024118', 'IAP_consumable_1000', 1_000, { carrier: 600, tmembership: 400 }),
];

function product(
  storeProductId: string,
  name: string,
  amount: number,
  parts: { carrier?: number; creditCard?: number; tmembership?: number },
): NewProduct {
  return {
    storeProductId,
    name,
    amount: won(amount),
    carrierAmount: won(parts.carrier ?? 0),
    creditCardAmount: won(parts.creditCard ?? 0),
    tmembershipAmount: won(parts.tmembership ?? 0),
  };
}

/** A billing token as T store gives them, the same for the same customer: 64 or 96 upper-case hexadecimal digits. */
export function demoBillingToken(customer: string): string {
  const digits = createHash('sha512').update(`demo ${customer}`).digest('hex').toUpperCase();
  return digits.slice(0, digits.charCodeAt(0) % 2 === 0 ? 64 : 96);
}

/**
 * Sells the demo's products to `count` customers, with anchors on every day of the month. Who has subscribed already
 * stays as they are, so the demo can be run again and again.
 *
 * @param month any day of the month the first period begins in
 * @returns how many are new
 */
export async function seedSubscriptions(
  parts: {
    database: Database;
    vault: BillingTokenVault;
    products: ProductRepository;
    subscriptions: SubscriptionRepository;
  },
  month: SeoulDate,
  count: number,
  at: Date,
): Promise<number> {
  const customers = Array.from({ length: count }, (_, index) => `고객-${String(index + 1).padStart(6, '0')}`);
  for (const product of PRODUCTS) await parts.products.create(product, 'demo', at);
  return parts.database.transaction(async (session) => {
    await parts.vault.store(session, customers.map(demoBillingToken), at);
    const subscriptions = customers.map((customerReference, index) => ({
      customerReference,
      storeProductId: (PRODUCTS[index % PRODUCTS.length] as NewProduct).storeProductId,
      billingTokenHash: parts.vault.hashOf(demoBillingToken(customerReference)),
      startedOn: billingDateAfter(month, 0, (index % 31) + 1),
      anchorDay: (index % 31) + 1,
      intervalMonths: 1,
    }));
    return parts.subscriptions.addSubscriptions(session, subscriptions, at);
  });
}
