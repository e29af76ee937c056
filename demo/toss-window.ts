import type { Simulator } from '../simulator';
import type { DemoParts } from './parts';

/** Where customers are led when the window is done; the demo reads the address and goes no further. */
export const RETURN_URL = 'https://shop.example/back';
/** The simulator's card that is over its limit. */
export const CARD_OVER_LIMIT = '4330123400003115';

/** What a window is opened with, by the names that Toss's script has for it. */
type WindowMembers = Record<string, unknown>;

/** What the merchant's page does: asks the service for a window of an order, or of a registration. */
export async function windowOf({ service }: DemoParts, path: string): Promise<WindowMembers> {
  const response = await fetch(`${service.url}/checkout/v1/${path}`, { method: 'POST' });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return ((await response.json()) as { window: WindowMembers }).window;
}

/** A customer pays an order in the window and is led back. @returns what the shop's page is told */
export function payIn({ toss }: Simulator, window: WindowMembers, card?: string): Promise<URLSearchParams> {
  const amount = { currency: window.currency, value: window.amount };
  const { id } = toss.openPayment({ method: 'CARD', ...window, amount });
  return ledBack(toss.pay(id, card === undefined ? {} : { card }).redirectUrl);
}

/** A customer registers a card in the window and is led back. @returns what the shop's page is told */
export function registerIn({ toss }: Simulator, window: WindowMembers): Promise<URLSearchParams> {
  const { id } = toss.openBilling({ method: 'CARD', ...window });
  return ledBack(toss.pay(id).redirectUrl);
}

async function ledBack(url: string | null): Promise<URLSearchParams> {
  const { status, headers } = await fetch(String(url), { redirect: 'manual' });
  const location = headers.get('location');
  if (status !== 303 || location === null) throw new Error(`the return answered ${status}`);
  return new URL(location).searchParams;
}
