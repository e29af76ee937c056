import { BillingTokenVault } from '../src/billing-token';
import { billingDateAfter, seoulDateAt, startOfSeoulDay, type SeoulDate } from '../src/kernel/seoul-calendar';
import { secondsAfter } from '../src/platform/clock';
import { Database } from '../src/platform/database';
import { ProductRepository } from '../src/product';
import { SubscriptionRepository } from '../src/subscription';
import { DEFAULT_OPTIONS, type FaultKind } from '../simulator';
import { Customers } from './customers';
import { reckonMonths } from './month-table';
import type { DemoParts, PartsOptions } from './parts';
import { seedSubscriptions } from './seed';
import { countText, wonText } from './text';
import { SimulatorTime, TimeTravel } from './time-travel';

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** When things happen on a day, in seconds of the Seoul day. */
const CRON_AT = 4 * HOUR_SECONDS;
const OFFICE_OPENS_AT = 10 * HOUR_SECONDS;
const OFFICE_CLOSES_AT = 20 * HOUR_SECONDS;
/** How far time moves while a result is awaited: past processing and notification, and past most of what is sent again. */
const WAIT_SECONDS = 1_800;

/** A mishap a month, in turn; each heals by itself, within the day. */
const MISHAPS: readonly FaultKind[] = [
  'notification-lost',
  'token-revoked',
  'notification-burst',
  'submit-answer-lost',
  'verify-unavailable',
  'result-truncated',
  'verify-answer-lost',
  'result-failing',
];

/** What a simulator and a service need to go through time together, from the beginning of a day. */
export function travelling(startsOn: SeoulDate): Pick<PartsOptions, 'simulator' | 'settings' | 'clockOf'> {
  return {
    simulator: {
      timeFactor: 0,
      startAt: startOfSeoulDay(startsOn).getTime(),
      processingDelayMs: 20 * 60_000,
      notificationDelayMs: 5 * 60_000,
    },
    // Mishaps are meant, and the table tells whether they did harm.
    settings: { LOG_LEVEL: process.env.LOG_LEVEL ?? 'fatal', RETRY_DAYS: '3,7', RETRY_EXHAUSTED: 'cancel' },
    clockOf: (simulator) => new SimulatorTime(simulator),
  };
}

export interface MonthsOptions {
  months: number;
  subscriptions: number;
  /** First of a month. */
  startsOn: SeoulDate;
}

/**
 * Goes through months day by simulated day: the cron opens each day's run, customers pause, leave, come and change, and
 * once a month something goes wrong. Ends with a table that is held against the gateway's book.
 *
 * @returns whether every month adds up to the won
 */
export async function billMonths(
  parts: DemoParts,
  { months, subscriptions, startsOn }: MonthsOptions,
): Promise<boolean> {
  const { simulator, print } = parts;
  const customers = new Customers(parts.client, await sell(parts, subscriptions, startsOn), DEFAULT_OPTIONS.seed);
  print(`Sold ${countText(subscriptions)} subscriptions of 3 products, with anchors on every day of the month.`);
  const travel = new TimeTravel(parts.service, simulator);
  const startedAtMs = performance.now();
  for (let month = 0; month < months; month += 1) {
    simulator.control.armFault({ kind: MISHAPS[month % MISHAPS.length] as FaultKind });
    const first = billingDateAfter(startsOn, month, 1);
    await billMonth(travel, customers, first, billingDateAfter(first, 1, 1));
    if (month % 6 === 5) await customers.raisePrice();
    const { acceptedCount, acceptedAmount } = simulator.control.bookTotals();
    print(
      `  ${first.slice(0, 7)}  ${seconds(performance.now() - startedAtMs)}  so far ${countText(acceptedCount)} charges, ${wonText(acceptedAmount)}`,
    );
  }
  print(`\nMeanwhile: ${[...customers.done].map(([what, times]) => `${times} ${what}`).join(', ')}.\n`);
  const { lines, checks } = await reckonMonths(parts.service.app.get(Database), simulator);
  lines.forEach(print);
  for (const check of checks) print(`  ${check.holds ? '✔' : '✘'} ${check.what}`);
  print(`  ${countText(months)} months in ${seconds(performance.now() - startedAtMs)}`);
  // Whoever looks around afterwards lives in a time that goes on.
  simulator.control.setTimeFactor(1);
  return checks.every((check) => check.holds);
}

async function billMonth(travel: TimeTravel, customers: Customers, first: SeoulDate, next: SeoulDate): Promise<void> {
  const endAt = startOfSeoulDay(next);
  for (let midnight = startOfSeoulDay(first); midnight < endAt; midnight = secondsAfter(midnight, DAY_SECONDS)) {
    const today = seoulDateAt(midnight);
    await travel.to(secondsAfter(midnight, CRON_AT), today);
    const closesAt = secondsAfter(midnight, OFFICE_CLOSES_AT);
    while (!(await travel.isSettled()) && travel.now() < closesAt) {
      await travel.to(secondsAfter(travel.now(), WAIT_SECONDS));
    }
    await travel.to(secondsAfter(midnight, OFFICE_OPENS_AT));
    await customers.live(today, travel.now());
  }
}

/** @returns the ids of the subscriptions sold */
async function sell({ service: { app }, simulator }: DemoParts, count: number, month: SeoulDate): Promise<string[]> {
  const database = app.get(Database);
  const seeding = {
    database,
    vault: app.get(BillingTokenVault),
    products: app.get(ProductRepository),
    subscriptions: app.get(SubscriptionRepository),
  };
  await seedSubscriptions(seeding, month, count, new Date(simulator.control.now()));
  const rows = await database.rows<{ id: string }>('SELECT id FROM subscription ORDER BY id');
  return rows.map((row) => row.id);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}
