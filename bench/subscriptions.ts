import type { INestApplicationContext } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { BillingTokenVault } from '../src/billing-token';
import { seoulDate } from '../src/kernel/seoul-calendar';
import type { Won } from '../src/kernel/won';
import { Database } from '../src/platform/database';
import { ProductRepository } from '../src/product';
import { SubscriptionRepository } from '../src/subscription';

/** When all subscriptions of the benchmark are billed first; later than any run the service plans by itself. */
export const FIRST_BILLING_DATE = seoulDate('2099-01-15');

const STORE_PRODUCT_ID = '0910024116';
const BATCH = 2_000;

/** Adds subscriptions to one product, each with a billing token of its own, all due on the same date. */
export async function addDueSubscriptions(
  app: INestApplicationContext,
  count: number,
  print: (line: string) => void,
): Promise<void> {
  const subscriptions = app.get(SubscriptionRepository);
  const vault = app.get(BillingTokenVault);
  const database = app.get(Database);
  const at = new Date();
  const product = {
    storeProductId: STORE_PRODUCT_ID,
    name: '동영상 클라우드 어린이TV',
    amount: 5_500 as Won,
    carrierAmount: 5_500 as Won,
    creditCardAmount: 0 as Won,
    tmembershipAmount: 0 as Won,
  };
  await app.get(ProductRepository).create(product, 'bench', at);
  for (let added = 0; added < count; added += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, count - added) }, (_, index) => added + index);
    const tokens = numbers.map(billingTokenOf);
    await database.transaction(async (session) => {
      await vault.store(session, tokens, at);
      const rows = numbers.map((number, index) => ({
        customerReference: `customer-${number}`,
        storeProductId: STORE_PRODUCT_ID,
        billingTokenHash: vault.hashOf(tokens[index] as string),
        startedOn: FIRST_BILLING_DATE,
        anchorDay: Number(FIRST_BILLING_DATE.slice(-2)),
        intervalMonths: 1,
      }));
      await subscriptions.addSubscriptions(session, rows, at);
    });
    const done = added + numbers.length;
    if (done % 100_000 === 0) print(`${done} of ${count} subscriptions added`);
  }
  await database.rows('VACUUM ANALYZE');
}

/** As long and as random as T store's: 64 hexadecimal digits. */
export function billingTokenOf(number: number): string {
  return createHash('sha256').update(`bench-${number}`).digest('hex').toUpperCase();
}
