import { Injectable } from '@nestjs/common';
import { LineStops } from '../line-stop';
import type { SqlSession } from '../platform/database';
import type { SeenPayment } from './direct-payment-look.entity';
import type { DirectPayment } from './direct-payment.entity';

const ACTOR = 'direct-payment';

/** What stops the line where a payment and its charge don't fit: of a subscription that; of an order nothing more is charged anyway. */
@Injectable()
export class DirectPaymentStops {
  constructor(private readonly stops: LineStops) {}

  /** It ended as not paid, and the gateway has it as paid. @returns whether that was not known */
  async paidAfterAll(session: SqlSession, payment: DirectPayment, found: SeenPayment): Promise<boolean> {
    const { chargeId, orderNo, amount, state } = payment;
    const { transactionId, amount: foundAmount } = found;
    const violation = `order ${orderNo} ended as ${state.toLowerCase()}, and the gateway has its payment ${transactionId}`;
    const evidence = { orderNo, jobId: null, amount, transactionId, foundAmount };
    return this.raise(session, 'paid-after-all', chargeId, violation, evidence);
  }

  /** It is settled as paid, and the bank has taken the deposit back: the gateway has the money no more. */
  async takenBack(session: SqlSession, payment: DirectPayment, found: SeenPayment): Promise<void> {
    const { chargeId, orderNo, amount, transactionId } = payment;
    const violation = `order ${orderNo} is settled as paid, and the gateway has it as ${found.resultCode}: its deposit was taken back`;
    const evidence = { orderNo, jobId: null, amount, transactionId, foundAs: found.resultCode };
    await this.raise(session, 'deposit-taken-back', chargeId, violation, evidence);
  }

  /** The gateway answers with a transaction by which another charge was settled. */
  async shared(session: SqlSession, payment: DirectPayment, transactionId: string | null): Promise<void> {
    const { chargeId, orderNo, gateway } = payment;
    const orders = await session.rows(
      `SELECT charge.order_no AS "orderNo", charge.bulk_payment_job_id::text AS "jobId", settlement.amount::float8 AS amount,
         settlement.position::text AS position
       FROM settlement JOIN charge ON charge.id = settlement.charge_id
       WHERE settlement.transaction_id = $1 AND settlement.gateway = $2 AND settlement.kind = 'paid'`,
      [transactionId, gateway],
    );
    const violation = `the gateway has order ${orderNo} paid by transaction ${transactionId}, which has settled another charge`;
    await this.raise(session, 'transaction-settled-twice', chargeId, violation, { transactionId, orders });
  }

  private async raise(
    session: SqlSession,
    kind: string,
    chargeId: string,
    violation: string,
    evidence: object,
  ): Promise<boolean> {
    const sql = `SELECT $1::text AS kind, NULL::bigint AS bulk_payment_job_id, charge.subscription_id, $2::text AS violation,
      $3::jsonb AS evidence FROM charge WHERE charge.id = $4`;
    const parameters = [kind, violation, JSON.stringify(evidence), chargeId];
    return this.stops.raise(session, { sql, parameters }, ACTOR);
  }
}
