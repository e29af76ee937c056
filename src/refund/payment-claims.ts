import type { GatewayName } from '../gateways';
import { counted } from '../kernel/counted';
import type { SqlSession } from '../platform/database';

/** A payment that is about to be given back, and for which charge. */
export interface ClaimedPayment {
  chargeId: string;
  gateway: GatewayName;
  transactionId: string;
}

/**
 * Other orders that claim the payment of a charge: given back, the money may be their customer's. `refund` declares it and a
 * feature above implements it, so that the arrows keep pointing down.
 */
export abstract class PaymentClaims {
  /** @returns their order numbers in order, a hundred at most; none: the payment can be nobody else's */
  abstract others(session: SqlSession, payment: ClaimedPayment): Promise<string[]>;
}

/** Those of which nobody was told who ordered or released it. */
export async function untoldClaims(
  claims: PaymentClaims,
  session: SqlSession,
  refund: ClaimedPayment & { claimedBy: readonly string[] },
): Promise<string[]> {
  return (await claims.others(session, refund)).filter((orderNo) => !refund.claimedBy.includes(orderNo));
}

const NAMED = 10;

/** `B, C and 3 other orders`. */
export function claimantsInWords(orders: readonly string[]): string {
  const more = orders.length - NAMED;
  const named = orders.slice(0, NAMED).join(', ');
  return more > 0 ? `${named} and ${counted(more, 'other order')}` : named;
}
