import { Injectable } from '@nestjs/common';
import type { GatewayDecline } from '../gateways';
import type { SqlSession } from '../platform/database';
import type { DirectPayment, DirectPaymentOrigin } from './direct-payment.entity';

/** How a payment ended, that it waits for a deposit or for another return, or that nobody knows yet; with the gateway's code and words. */
export interface DirectOutcome {
  kind: 'paid' | 'declined' | 'awaited' | 'returnable' | 'unknown';
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
   * Refuses what a person has to look at first. Asked first of all in the transaction that commits the intents to send, also of what is
   * sent again.
   *
   * @throws {DomainError} `line-stopped`
   */
  assertRunning?(session: SqlSession, payments: readonly DirectPayment[]): Promise<void>;
  /**
   * Withdraws the charges that are not wanted any more, of what was never sent. Asked next in the transaction that commits the intents to send them.
   *
   * @returns of these, by their ids, why they are not wanted, in a word; those that are wanted are left out, and not changed
   */
  withdrawn?(session: SqlSession, payments: readonly DirectPayment[]): Promise<ReadonlyMap<string, string>>;
  /** The same of what was sent before and the gateway has none of, withdrawing nothing: its intent was kept, and ends in the log. */
  unwanted?(session: SqlSession, payments: readonly DirectPayment[]): Promise<ReadonlyMap<string, string>>;
}

/** Who is told of payments, by what made them. Rooms say so when their modules begin. */
@Injectable()
export class DirectPaymentOrigins {
  private readonly rooms = new Map<DirectPaymentOrigin, DirectPaymentEffects>();

  /** Says who is told of an origin's payments; each origin is one room's. */
  toldBy(origin: DirectPaymentOrigin, room: DirectPaymentEffects): void {
    this.rooms.set(origin, room);
  }

  /** @throws {DomainError} `line-stopped` while one of them is parked */
  async assertRunning(session: SqlSession, payments: readonly DirectPayment[]): Promise<void> {
    for (const [origin, room] of this.rooms) {
      const its = payments.filter((payment) => payment.origin === origin);
      if (its.length > 0) await room.assertRunning?.(session, its);
    }
  }

  withdrawn(session: SqlSession, payments: readonly DirectPayment[]): Promise<ReadonlyMap<string, string>> {
    return this.reasons(payments, (room, its) => room.withdrawn?.(session, its));
  }

  unwanted(session: SqlSession, payments: readonly DirectPayment[]): Promise<ReadonlyMap<string, string>> {
    return this.reasons(payments, (room, its) => room.unwanted?.(session, its));
  }

  private async reasons(
    payments: readonly DirectPayment[],
    ask: (
      room: DirectPaymentEffects,
      its: readonly DirectPayment[],
    ) => Promise<ReadonlyMap<string, string>> | undefined,
  ): Promise<ReadonlyMap<string, string>> {
    const reasons = new Map<string, string>();
    for (const [origin, room] of this.rooms) {
      const its = payments.filter((payment) => payment.origin === origin);
      if (its.length === 0) continue;
      for (const [id, reason] of (await ask(room, its)) ?? []) reasons.set(id, reason);
    }
    return reasons;
  }

  async ended(session: SqlSession, payment: DirectPayment, outcome: DirectOutcome, at: Date): Promise<void> {
    await this.rooms.get(payment.origin)?.ended(session, payment, outcome, at);
  }
}
