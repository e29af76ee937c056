import type { CrashWorld } from '../crash-world';

/** Has a customer register a card; the same name is the same registration, and the same card. @returns its id */
export async function registerMethod(world: CrashWorld, name: string): Promise<string> {
  const { id, checkoutToken } = await openRegistration(world, name);
  const back = await world.once(`card of ${name}`, () => enterCard(world, checkoutToken));
  const response = await fetch(back, { redirect: 'manual' });
  if (response.status !== 303) throw new Error(`the return answered ${response.status}`);
  return id;
}

/** Has a customer register a SID of KakaoPay's; the same name is the same registration, and the same page. */
export async function registerSid(world: CrashWorld, name: string): Promise<void> {
  const { id, checkoutToken } = await openRegistration(world, name, 'kakaopay');
  const back = await world.once(`SID of ${name}`, async () => {
    const opened = await world.call(`checkout/v1/registrations/${checkoutToken}/window`, { method: 'POST' });
    if (!opened.ok) throw new Error(`the window answered ${opened.status}`);
    const { kakaopay } = world.simulator;
    const payment = kakaopay.bookEntries().findLast(({ orderId }) => orderId.startsWith(`R${id}-`));
    return kakaopay.pay(payment?.tid ?? '').redirectUrl;
  });
  const response = await fetch(back, { redirect: 'manual' });
  if (response.status !== 303) throw new Error(`the return answered ${response.status}`);
}

/** Registers a card, and has it taken away again. */
export async function removeMethod(world: CrashWorld, name: string): Promise<void> {
  const id = await registerMethod(world, name);
  const registration = await world.until(`${name} is registered`, async () => {
    const answer = await world.call(`admin/v1/payment-method-registrations/${id}`);
    const found = (await answer.json()) as { paymentMethodId: string | null };
    return found.paymentMethodId === null ? undefined : found;
  });
  const at = `admin/v1/payment-methods/${registration.paymentMethodId}/remove`;
  const response = await world.post(at, 'application/json', JSON.stringify({ reason: 'customer asked' }));
  if (!response.ok && response.status !== 409) throw new Error(`removing answered ${response.status}`);
}

/**
 * Plants a payment by a card that is registered first; the same name is the same payment.
 *
 * @param isUnwanted of a subscription that owes another period and pays otherwise, so that it is withdrawn before it is sent
 */
export async function payByMethod(world: CrashWorld, name: string, isUnwanted = false): Promise<void> {
  await registerMethod(world, name);
  await world.until(`${name} has a card`, async () => {
    const { rowCount } = await world.query(
      `WITH method AS (SELECT id FROM payment_method WHERE customer_reference = $1),
       asked AS (
         INSERT INTO charge (order_no, gateway, gateway_account, subscription_id, period_start_on, attempt, store_product_id,
           product_name, amount, created_at)
         SELECT $1, 'toss', 'toss', subscription.id, date '2000-01-01' + method.id::int, 1, store_product_id, name, 500, now()
         FROM method, subscription JOIN product ON product.id = product_id
         WHERE subscription.id = (SELECT min(id) FROM subscription) AND $2
         UNION ALL
         SELECT $1, 'toss', 'toss', NULL, NULL, NULL, 'pens', 'pens', 500, now() FROM method WHERE NOT $2
         ON CONFLICT (order_no) DO NOTHING RETURNING id)
       INSERT INTO direct_payment (charge_id, gateway, gateway_account, origin, state, idempotency_key, payment_method_id,
         created_at)
       SELECT asked.id, 'toss', 'toss', 'method', 'Pending', gen_random_uuid(), method.id, now() FROM asked, method`,
      [name, isUnwanted],
    );
    const { rowCount: there } = await world.query('SELECT FROM charge WHERE order_no = $1', [name]);
    return (rowCount ?? 0) + (there ?? 0) > 0 || undefined;
  });
}

/** Opens a registration, and lets its time pass. */
export async function outwaitRegistration(world: CrashWorld, name: string): Promise<void> {
  await openRegistration(world, name);
  world.pass(2 * 60);
}

async function enterCard(world: CrashWorld, token: string): Promise<string> {
  const answer = await world.call(`checkout/v1/registrations/${token}/window`, { method: 'POST' });
  const { window } = (await answer.json()) as { window: object };
  const { id } = world.simulator.toss.openBilling({ method: 'CARD', ...window });
  return String(world.simulator.toss.pay(id).redirectUrl);
}

async function openRegistration(
  world: CrashWorld,
  name: string,
  gatewayAccount = 'toss',
): Promise<{ id: string; checkoutToken: string }> {
  const asked = { customerReference: name, gatewayAccount, expiresInMinutes: 1 };
  const response = await world.call('admin/v1/payment-method-registrations', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': name },
    body: JSON.stringify({ ...asked, returnUrl: 'https://shop.example/card' }),
  });
  if (!response.ok) throw new Error(`the registration answered ${response.status}`);
  return (await response.json()) as { id: string; checkoutToken: string };
}
