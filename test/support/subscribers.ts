import { BillingTokenVault } from '../../src/billing-token';
import { seoulDate } from '../../src/kernel/seoul-calendar';
import { won } from '../../src/kernel/won';
import { Database } from '../../src/platform/database';
import { BillingRunPlanning } from '../../src/billing-run';
import { ProductRepository, type Price } from '../../src/product';
import { SubscriptionRepository, type NewSubscription } from '../../src/subscription';
import { ADMIN_KEY, BOOTSTRAP_KEY, SECOND_PERSONS_KEY, type BillingWorld, type JsonAnswer } from './billing-world';
import { assertDescribed } from './described-answers';
import { tokenOf } from './request-files';
import { until } from './until';

/** A price that the carrier collects all of. */
export function carrierPrice(amount: number): Price {
  return { amount: won(amount), carrierAmount: won(amount), creditCardAmount: won(0), tmembershipAmount: won(0) };
}

export const PRODUCT = { storeProductId: '0910024116', name: '동영상 클라우드 어린이TV', ...carrierPrice(5_500) };
export const OTHER_PRODUCT = { storeProductId: '0910024117', name: '음악 무제한 스트리밍', ...carrierPrice(7_900) };

/**
 * Subscribes a customer, who pays by a billing token of their own, to {@link PRODUCT}, monthly, with the anchor on the day of the
 * start, unless told otherwise.
 */
export async function subscribe(
  world: BillingWorld,
  customerReference: string,
  startedOn: string,
  terms: Partial<NewSubscription> = {},
): Promise<string> {
  const { app } = world.service;
  const [subscriptions, vault, database] = [
    app.get(SubscriptionRepository),
    app.get(BillingTokenVault),
    app.get(Database),
  ];
  const at = world.clock.now();
  for (const product of [PRODUCT, OTHER_PRODUCT]) await app.get(ProductRepository).create(product, 'merchant', at);
  await database.transaction(async (session) => {
    const token = tokenOf(customerReference);
    await vault.store(session, [token], at);
    const order = {
      customerReference,
      storeProductId: PRODUCT.storeProductId,
      billingTokenHash: vault.hashOf(token),
      startedOn: seoulDate(startedOn),
      anchorDay: Number((terms.nextBillingOn ?? terms.trialUntil ?? startedOn).slice(8)),
      intervalMonths: 1,
      ...terms,
    };
    await subscriptions.addSubscriptions(session, [order], at);
  });
  const [row] = await database.rows<{ id: string }>('SELECT id FROM subscription WHERE customer_reference = $1', [
    customerReference,
  ]);
  return (row as { id: string }).id;
}

export interface SubscriptionRow {
  state: string;
  next: string;
  paidThrough: string | null;
}

export async function subscriptionRow(world: BillingWorld, id: string): Promise<SubscriptionRow> {
  const [row] = await world.service.app
    .get(Database)
    .rows<SubscriptionRow>(
      `SELECT state, next_billing_on::text AS next, paid_through_on::text AS "paidThrough" FROM subscription WHERE id = $1`,
      [id],
    );
  return row as SubscriptionRow;
}

/** A subscription's charges in the order they were made, as `period amount`. */
export async function chargesOf(world: BillingWorld, id: string): Promise<string[]> {
  const rows = await world.service.app
    .get(Database)
    .rows<{ charge: string }>(
      `SELECT period_start_on || ' ' || amount AS charge FROM charge WHERE subscription_id = $1 ORDER BY id`,
      [id],
    );
  return rows.map((row) => row.charge);
}

/** A subscription's history as `from > to: cause`. */
export async function historyOf(world: BillingWorld, id: string): Promise<string[]> {
  const rows = await world.service.app.get(Database).rows<{ entry: string }>(
    `SELECT coalesce(from_state, '') || ' > ' || to_state || ': ' || cause AS entry
     FROM subscription_history WHERE subscription_id = $1 ORDER BY id`,
    [id],
  );
  return rows.map((row) => row.entry);
}

/** Waits until every job is settled. */
export async function settleAll(world: BillingWorld): Promise<void> {
  const { body } = await world.get('bulk-payment-jobs?limit=1000');
  await Promise.all(body.items.map((job: { id: string }) => world.settled(job.id)));
}

/** Calls the admin API with a JSON body. */
export async function send(
  world: BillingWorld,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<JsonAnswer> {
  const response = await fetch(`${world.service.url}/admin/v1/${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${ADMIN_KEY}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = { status: response.status, body: await response.json() };
  // What is only arranged is not looked at: a wrong address would arrange nothing.
  if ((answer.body as { code?: unknown }).code === 'route-not-found')
    throw new Error(`${method} ${path}: no such route`);
  assertDescribed(method, path, answer.status, answer.body);
  return answer;
}

/** Makes a key, as only the bootstrap key may here. @returns its token */
export async function keyOf(world: BillingWorld, owner: string, role: string, more: object = {}): Promise<string> {
  const headers = { Authorization: `Bearer ${BOOTSTRAP_KEY}` };
  const { status, body } = await send(world, 'POST', 'api-keys', { name: role, owner, role, ...more }, headers);
  if (status !== 201) throw new Error(`no key: ${JSON.stringify(body)}`);
  return body.token;
}

/**
 * What Kim asked for, once Lee has agreed: the answer to that when it was to wait for a second person, else the first answer.
 */
export async function agreed(world: BillingWorld, asked: JsonAnswer): Promise<JsonAnswer> {
  if (asked.status !== 202) return asked;
  const headers = { Authorization: `Bearer ${SECOND_PERSONS_KEY}` };
  return send(world, 'POST', `approvals/${asked.body.id}/approve`, { reason: 'looked at it too' }, headers);
}

/** Refuses as a change does of what somebody else has changed since it was read. */
export const VERSION_CONFLICT = { status: 412, body: { code: 'version-conflict' } };

/** The `If-Match` of whoever has seen a thing as it is shown. */
export const ifMatch = ({ version }: { version: string }): Record<string, string> => ({ 'If-Match': `"${version}"` });

/** Makes it ten in the morning of a day in Seoul, or another time, for the service. */
export function moveTo(world: BillingWorld, date: string, time = '10:00:00'): void {
  const target = new Date(`${date}T${time}+09:00`).getTime();
  world.clock.advanceSeconds((target - world.clock.now().getTime()) / 1000);
}

/** Opens the billing run of a date, on that date, without waiting for its results. */
export async function planOn(world: BillingWorld, date: string): Promise<void> {
  moveTo(world, date);
  await world.service.app.get(BillingRunPlanning).plan(seoulDate(date));
}

/** Opens the billing run of a date and waits until its charges are sent, not for their results. */
export async function sendOn(world: BillingWorld, date: string): Promise<void> {
  await planOn(world, date);
  await until(`what was planned on ${date} is sent`, async () => {
    const { body } = await world.get('bulk-payment-jobs?state=Created');
    return body.items.length === 0 || undefined;
  });
}

/** Opens the billing run of a date and waits until its results are settled. */
export async function billOn(world: BillingWorld, date: string): Promise<void> {
  await planOn(world, date);
  await settleAll(world);
}
