import { setTimeout as delay } from 'node:timers/promises';
import type { SeoulDate } from '../src/kernel/seoul-calendar';
import type { AdminClient } from './admin-client';
import type { DemoParts } from './parts';
import { PRODUCTS } from './seed';
import { RETURN_URL, registerIn, windowOf } from './toss-window';

const ACCOUNT = 'toss';
const CUSTOMERS = 12;
const POLL_MS = 50;
const [, PRODUCT] = PRODUCTS;

interface Registration {
  id: string;
  state: string;
  checkoutToken: string;
  paymentMethodId: string | null;
}

/**
 * Customers who pay a product of T store's by a card that they register with Toss Payments. Done again, each registers a card
 * in the place of the one before: the simulator, unlike the service, forgets when it ends.
 *
 * @param startedOn when the first period of who is new begins, and is due
 */
export async function subscribeByCard(parts: DemoParts, startedOn: SeoulDate): Promise<void> {
  const { client, print } = parts;
  for (let number = 1; number <= CUSTOMERS; number += 1) {
    const customerReference = `카드-${String(number).padStart(6, '0')}`;
    const [card] = await listOf(client, 'payment-methods', { customerReference, state: 'Active' });
    const replaces = card && { replaces: card.id };
    const paymentMethodId = await registerCard(parts, { customerReference, ...replaces });
    if ((await listOf(client, 'subscriptions', { customerReference })).length > 0) continue;
    const terms = { storeProductId: PRODUCT?.storeProductId, startedOn };
    await client.act('POST', 'subscriptions', { customerReference, paymentMethodId, ...terms });
  }
  print(`${CUSTOMERS} customers registered a card with Toss Payments (빌링키) to pay`);
  print(`  ${PRODUCT?.name} by it.`);
}

async function registerCard(parts: DemoParts, order: object): Promise<string> {
  const asked = { gatewayAccount: ACCOUNT, returnUrl: RETURN_URL, ...order };
  const { body } = await parts.client.act('POST', 'payment-method-registrations', asked);
  const { id, checkoutToken } = body as Registration;
  await registerIn(parts.simulator, await windowOf(parts, `registrations/${checkoutToken}/window`));
  const path = `payment-method-registrations/${id}`;
  // Where a step of the service has it in hand, the customer is led back before it is done.
  for (;;) {
    const { state, paymentMethodId } = await parts.client.read<Registration>(path);
    if (paymentMethodId !== null) return paymentMethodId;
    if (state !== 'Issuing') throw new Error(`registration ${id} is ${state}`);
    await delay(POLL_MS);
  }
}

async function listOf(client: AdminClient, path: string, query: Record<string, string>): Promise<{ id: string }[]> {
  const { items } = await client.read<{ items: { id: string }[] }>(`${path}?${new URLSearchParams(query).toString()}`);
  return items;
}
