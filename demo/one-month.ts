import { BillingTokenVault } from '../src/billing-token';
import { billingDateAfter, seoulDate, seoulDateAt, type SeoulDate } from '../src/kernel/seoul-calendar';
import { Database } from '../src/platform/database';
import { BillingRunPlanning } from '../src/billing-run';
import { ProductRepository } from '../src/product';
import { SubscriptionRepository } from '../src/subscription';
import { subscribeByCard } from './card-subscribers';
import type { DemoParts } from './parts';
import { follow } from './progress';
import { reckon, type Reckoning } from './reckoning';
import { sampleRequestFile } from './sample-request-file';
import { collectBySecondAccount, paidByAccount } from './second-account';
import { seedSubscriptions } from './seed';
import { countText, wonText } from './text';
import { followToss, latestPayment, reckonToss } from './toss-reckoning';
import { buyInWindow } from './window-order';

/** The service keeps its token, as it should; a 401 says that nothing was taken, so the jobs go again by themselves. */
const NEW_SIMULATOR = [
  'The simulator is new and knows no access token of the run before: the first',
  'submissions are refused (401), and go again with another token.',
];

/** A month of a thousand subscriptions takes seconds; this is for slow machines and large numbers. */
const GIVE_UP_AFTER_MS = 600_000;

/**
 * Bills one month of subscriptions in one run, some by registered cards, and an uploaded file; has a customer pay an order in the
 * window; and shows it happening.
 *
 * @param subscriptions sold at the first time; later times bill the same ones
 * @returns whether everything added up
 */
export async function billOneMonth(parts: DemoParts, subscriptions: number): Promise<boolean> {
  const { service, simulator, client, print } = parts;
  const { app } = service;
  const database = app.get(Database);
  const now = new Date();
  const billingDate = await nextBillingDate(database, seoulDateAt(now));
  const seeding = {
    database,
    vault: app.get(BillingTokenVault),
    products: app.get(ProductRepository),
    subscriptions: app.get(SubscriptionRepository),
  };
  const sold = await seedSubscriptions(seeding, billingDate, subscriptions, now);
  if (sold > 0) print(`Sold ${countText(sold)} subscriptions of 3 products, with anchors on every day.`);
  else NEW_SIMULATOR.forEach(print);
  await collectBySecondAccount(parts);
  await subscribeByCard(parts, billingDate);

  const pastDue = await countPastDue(database);
  if (pastDue > 0)
    print(`${countText(pastDue)} subscriptions are past due (declined before) and wait for their retry.`);
  const after = await latestPayment(client);
  const run = await app.get(BillingRunPlanning).plan(billingDate);
  if (run === undefined) throw new Error(`the billing run of ${billingDate} exists already`);
  print(`Billing run (청구) of ${billingDate}: ${countText(run.chargeCount)} charges, ${wonText(run.totalAmount)},`);
  print(`  in ${run.jobCount} job(s) and by card.`);
  const uploaded = await client.upload(sampleRequestFile(billingDate), `demo ${billingDate}`);
  print(`Uploaded a .pay file of ${uploaded.requested.count} rows as job ${uploaded.id}.`);
  const refundId = await buyInWindow(parts);

  const planned = (await client.openJobs()).filter((job) => job.billingRunId === run.id).map((job) => job.id);
  const jobs = await follow(client, [...planned, uploaded.id], print, GIVE_UP_AFTER_MS);
  const outcome = await followToss(client, { after, refundId }, GIVE_UP_AFTER_MS);
  const atTstore = reckon(jobs, simulator);
  const lines = [...atTstore.lines, ...paidByAccount(jobs)];
  const results = [
    show(`Result of ${billingDate} at T store (결제 결과)`, { ...atTstore, lines }, print),
    show('Result at Toss Payments', reckonToss(outcome, simulator), print),
  ];
  return results.every((addsUp) => addsUp);
}

/** @returns whether every sum of it is right */
function show(title: string, { lines, checks }: Reckoning, print: (line: string) => void): boolean {
  print(`\n${title}:`);
  lines.forEach(print);
  for (const check of checks) print(`  ${check.holds ? '✔' : '✘'} ${check.what}`);
  return checks.every((check) => check.holds);
}

async function countPastDue(database: Database): Promise<number> {
  const [row] = await database.rows<{ count: number }>(
    "SELECT count(*)::int AS count FROM subscription WHERE state = 'PastDue'",
  );
  return row?.count ?? 0;
}

/** The last day of the month after the last run's, so that each run of the demo bills one month and every anchor in it. */
async function nextBillingDate(database: Database, today: SeoulDate): Promise<SeoulDate> {
  const [last] = await database.rows<{ billing_date: string | null }>(
    'SELECT max(billing_date)::text AS billing_date FROM billing_run',
  );
  return last?.billing_date ? billingDateAfter(seoulDate(last.billing_date), 1, 31) : billingDateAfter(today, 0, 31);
}
