import { Injectable } from '@nestjs/common';
import type { GatewayDecline } from '../gateways';
import type { SqlSession } from '../platform/database';
import type { DirectPayment, DirectPaymentOrigin } from './direct-payment.entity';

/** How a payment ended, that it waits for a deposit, or that nobody knows yet; with the gateway's code and words. */
export interface DirectOutcome {
  kind: 'paid' | 'declined' | 'awaited' | 'unknown';
  code: string;
  message: string;
  /** Of a decline, whether asking again can help; left out where the gateway's answer does not say. */
  retry?: GatewayDecline['retry'] | undefined;
  /** So many times in a row the code means later; after that, only another payment method helps. */
  laterAtMost?: number | undefined;
}

/**
 * What an outcome means to whoever asked for the payment. `direct-payment` declares it and rooms above implement it, so that the
 * arrows keep pointing down. Called in the transaction that records the outcome: call nobody.
 */
export interface DirectPaymentEffects {
  ended(session: SqlSession, payment: DirectPayment, outcome: DirectOutcome, at: Date): Promise<void>;
  /**
   * Withdraws its charge where it is not wanted any more. Asked first of all in the transaction that commits the intent to send it.
   *
   * @returns why not, in a word; `undefined`: it is wanted, and nothing was changed
   */
  withdrawn?(session: SqlSession, payment: DirectPayment): Promise<string | undefined>;
}

/** Who is told of payments, by what made them. Rooms say so when their modules begin. */
@Injectable()
export class DirectPaymentOrigins {
  private readonly rooms = new Map<DirectPaymentOrigin, DirectPaymentEffects>();

  /** Says who is told of an origin's payments; each origin is one room's. */
  toldBy(origin: DirectPaymentOrigin, room: DirectPaymentEffects): void {
    this.rooms.set(origin, room);
  }

  async withdrawn(session: SqlSession, payment: DirectPayment): Promise<string | undefined> {
    return this.rooms.get(payment.origin)?.withdrawn?.(session, payment);
  }

  async ended(session: SqlSession, payment: DirectPayment, outcome: DirectOutcome, at: Date): Promise<void> {
    await this.rooms.get(payment.origin)?.ended(session, payment, outcome, at);
  }
}
