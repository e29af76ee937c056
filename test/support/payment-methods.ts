import type { BillingWorld, JsonBody } from './billing-world';
import { send, subscribe } from './subscribers';
import { until } from './until';

/**
 * Has a customer register a card in Toss's window, as the shop's page would.
 *
 * @returns the payment method as the admin API shows it, and the customer key that Toss knows it by
 */
export async function registerCard(
  world: BillingWorld,
  customerReference: string,
  more: object = {},
): Promise<{ method: JsonBody; customerKey: string }> {
  const asked = { customerReference, gatewayAccount: 'toss', returnUrl: 'https://shop.example/card', ...more };
  const { status, body } = await send(world, 'POST', 'payment-method-registrations', asked);
  if (status !== 201) throw new Error(`no registration: ${JSON.stringify(body)}`);
  const at = `${world.service.url}/checkout/v1/registrations/${body.checkoutToken}`;
  const { window } = (await (await fetch(`${at}/window`, { method: 'POST' })).json()) as { window: JsonBody };
  const { id } = world.simulator.toss.openBilling({ method: 'CARD', ...window });
  const { redirectUrl } = world.simulator.toss.pay(id);
  await fetch(String(redirectUrl), { redirect: 'manual' });
  const registration = await until(`${customerReference} has a card`, async () => {
    const found = (await world.get(`payment-method-registrations/${body.id}`)).body;
    return found.paymentMethodId === null ? undefined : found;
  });
  const method = (await world.get(`payment-methods/${registration.paymentMethodId}`)).body;
  return { method, customerKey: window.customerKey };
}

/** Waits until a direct payment is in a state; time passes meanwhile. @returns it */
export function paymentIn(world: BillingWorld, orderNo: string, state: string): Promise<JsonBody> {
  return until(`the payment of ${orderNo} is ${state}`, async () => {
    const { items } = (await world.get('direct-payments?limit=1000')).body;
    const found = items.find((payment: JsonBody) => payment.orderNo === orderNo);
    if (found?.state === state) return found;
    world.clock.advanceSeconds(20);
    return undefined;
  });
}

/** A subscription that is paid by a card. */
export interface CardSubscriber {
  id: string;
  method: JsonBody;
  customerKey: string;
  /** Order number of an attempt at the period from a day on. */
  orderNo: (day: string, attempt?: number) => string;
}

export async function cardSubscriber(
  world: BillingWorld,
  customer: string,
  startedOn: string,
): Promise<CardSubscriber> {
  const { method, customerKey } = await registerCard(world, customer);
  // Makes the product, where it is the first.
  const id = await subscribe(world, customer, startedOn);
  await send(world, 'PUT', `subscriptions/${id}/payment-method`, { paymentMethodId: method.id });
  const orderNo = (day: string, attempt = 1) => `B${day.replaceAll('-', '')}-${id}-${attempt}`;
  return { id, method, customerKey, orderNo };
}
