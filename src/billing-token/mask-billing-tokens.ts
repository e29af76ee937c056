/** Nothing shorter can be, or hold, a billing token. */
export const SHORTEST_TOKEN = 64;
const TOKEN = new RegExp(`[0-9A-Fa-f]{${SHORTEST_TOKEN},}`, 'g');

/**
 * A text in which whatever looks like a billing token is masked, for what others wrote and we keep in clear: a gateway
 * may name the token in a message, or have its columns in another order.
 */
export function maskBillingTokens(text: string): string {
  return text.length < SHORTEST_TOKEN ? text : text.replace(TOKEN, '***');
}
