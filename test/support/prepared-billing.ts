import { BillingTokenVault } from '../../src/billing-token';
import { readConfiguration } from '../../src/config';
import { seoulDate, type SeoulDate } from '../../src/kernel/seoul-calendar';
import { won } from '../../src/kernel/won';
import { Database } from '../../src/platform/database';
import { startService, type RunningService } from '../../src/service';
import { BillingRunPlanning } from '../../src/billing-run';
import { ProductRepository } from '../../src/product';
import { SubscriptionRepository } from '../../src/subscription';
import { serviceEnvironment } from './service-environment';
import { createTestDatabase, type TestDatabase } from './test-database';

const DATE = seoulDate('2027-01-31');
const PRODUCT = {
  storeProductId: '0910024116',
  name: '동영상 클라우드 어린이TV',
  amount: won(5_500),
  carrierAmount: won(5_000),
  creditCardAmount: won(0),
  tmembershipAmount: won(500),
};

/** Settling divides charges by their ids: so far apart, some hundred are more than one transaction takes. */
export const CHARGES_FAR_APART = 'ALTER TABLE charge ALTER id SET INCREMENT BY 150';

/** A database with so many subscriptions and the billing run that bills them in one job, of which nothing is sent yet. */
export async function preparedBilling(subscriptions: number, settings: NodeJS.ProcessEnv): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await withBilling(database.url, settings, async (service) => {
    await subscribeMany(service, subscriptions, DATE);
    await service.app.get(Database).rows(CHARGES_FAR_APART);
    await service.app.get(BillingRunPlanning).plan(DATE);
  });
  return database;
}

/** Adds so many subscriptions, the first period of each due on the day it starts. */
export function addSubscriptions(
  databaseUrl: string,
  subscriptions: number,
  startedOn: SeoulDate,
  settings: NodeJS.ProcessEnv,
): Promise<void> {
  return withBilling(databaseUrl, settings, (service) => subscribeMany(service, subscriptions, startedOn));
}

/** Starts the service on a database for what is to be prepared there, and ends it. */
async function withBilling(
  databaseUrl: string,
  settings: NodeJS.ProcessEnv,
  work: (service: RunningService) => Promise<void>,
): Promise<void> {
  const environment = serviceEnvironment(databaseUrl, {
    ...settings,
    ROLE: 'admin',
    // A first run of this size would wait for a person's word.
    BILLING_RUN_CONFIRM_FACTOR: '0',
  });
  const service = await startService(readConfiguration(environment), {
    drainTimes: { noticeMs: 0, finishMs: 5_000 },
  });
  await work(service);
  await service.close();
}

async function subscribeMany({ app }: RunningService, subscriptions: number, startedOn: SeoulDate): Promise<void> {
  const vault = app.get(BillingTokenVault);
  const tokens = Array.from({ length: subscriptions }, (_, index) =>
    index.toString(16).toUpperCase().padStart(64, '0'),
  );
  const orders = Array.from({ length: subscriptions }, (_, index) => ({
    customerReference: `customer-${index}`,
    storeProductId: PRODUCT.storeProductId,
    billingTokenHash: vault.hashOf(tokens[index] ?? ''),
    startedOn,
    anchorDay: Number(startedOn.slice(8)),
    intervalMonths: 1,
  }));
  const at = new Date();
  await app.get(ProductRepository).create(PRODUCT, 'merchant', at);
  await app.get(Database).transaction(async (session) => {
    await vault.store(session, tokens, at);
    await app.get(SubscriptionRepository).addSubscriptions(session, orders, at);
  });
}
