import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DearCharges } from '../bulk-payment';
import { ChargeRepository, UnwantedCharges, type UnwantedQuery } from '../charge';
import {
  DirectPaymentOrigins,
  DirectPayments,
  type DirectOutcome,
  type DirectPayment,
  type DirectPaymentEffects,
} from '../direct-payment';
import { LineStopRepository } from '../line-stop';
import { PaymentMethods } from '../payment-method';
import { Clock } from '../platform/clock';
import type { SqlSession } from '../platform/database';
import type { JobOrigin } from './billing-run-jobs';
import {
  METHOD_CHARGES_OF_RUN_SQL,
  METHOD_ENDED_SQL,
  METHOD_CHARGES_SQL,
  REJECTED_SQL,
  SAME_CODE_IN_A_ROW_SQL,
  STOP_OF_CHARGES_SQL,
} from './method-payments.sql';

const ACTOR = 'direct-payment';

/** The charges of billing runs that payment methods are asked for, one call each: planned, held and let go with their run. */
@Injectable()
export class MethodPayments implements DirectPaymentEffects, OnModuleInit {
  constructor(
    private readonly payments: DirectPayments,
    private readonly origins: DirectPaymentOrigins,
    private readonly methods: PaymentMethods,
    private readonly charges: ChargeRepository,
    private readonly unwantedCharges: UnwantedCharges,
    private readonly stops: LineStopRepository,
    private readonly dear: DearCharges,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.origins.toldBy('method', this);
  }

  /** Stores what of the table `due` is paid by payment methods. */
  async plan(session: SqlSession, { billingRunId, holdReason, cause, actor }: JobOrigin, at: Date): Promise<void> {
    const planned = { sql: METHOD_CHARGES_SQL, parameters: [], billingRunId, holdReason: holdReason ?? null };
    await this.payments.planRun(session, planned, { cause, actor }, at);
  }

  /** Lets the payments of a run that was confirmed go. */
  async release(session: SqlSession, runId: string, actor: string, reason: string): Promise<void> {
    await this.dear.letGoOf(session, METHOD_CHARGES_OF_RUN_SQL, [runId]);
    await this.payments.releaseRun(session, runId, { cause: 'billing run confirmed', actor, reason });
  }

  /**
   * Withdraws the payments of a run that was rejected: nothing of them was sent, and the next run plans their periods anew, by the
   * prices of then.
   */
  async reject(session: SqlSession, runId: string, actor: string, reason: string): Promise<void> {
    const why = { cause: 'billing run rejected', actor, reason };
    if ((await this.payments.cancelRun(session, runId, why)) === 0) return;
    await this.takeNote(session, { sql: REJECTED_SQL, parameters: [runId] }, actor);
  }

  /** @throws {DomainError} `line-stopped` while the subscription of one is parked */
  async assertRunning(session: SqlSession, payments: readonly DirectPayment[]): Promise<void> {
    await this.stops.assertNoStop(session, STOP_OF_CHARGES_SQL, [payments.map(({ chargeId }) => chargeId)]);
  }

  withdrawn(session: SqlSession, payments: readonly DirectPayment[]): Promise<ReadonlyMap<string, string>> {
    return this.reasons(session, payments, (query) => this.takeNote(session, query, ACTOR));
  }

  unwanted(session: SqlSession, payments: readonly DirectPayment[]): Promise<ReadonlyMap<string, string>> {
    return this.reasons(session, payments, ({ sql, parameters }) => session.rows<Leaving>(sql, parameters));
  }

  /** What the gateway said of the method; what it means to the subscription follows from the settlement. */
  async ended(session: SqlSession, payment: DirectPayment, outcome: DirectOutcome): Promise<void> {
    const { kind, retry, laterAtMost, code, message } = outcome;
    const { paymentMethodId } = payment;
    if (kind !== 'declined' || paymentMethodId === null) return;
    const isDead =
      retry === 'new-method' || (laterAtMost !== undefined && (await this.isTooOften(session, payment, laterAtMost)));
    if (!isDead) return;
    const why = { cause: `declined: ${code}`, actor: ACTOR, reason: message };
    await this.methods.invalidate(session, paymentMethodId, why);
  }

  /** Whether the method was declined with the same code more often in a row than the code may mean later. */
  private async isTooOften(session: SqlSession, payment: DirectPayment, laterAtMost: number): Promise<boolean> {
    const [row] = await session.rows<{ times: number }>(SAME_CODE_IN_A_ROW_SQL, [payment.paymentMethodId, payment.id]);
    return (row?.times ?? 0) > laterAtMost;
  }

  /** Why payments are not wanted any more, of those that are not. @param read the charges that a query yields */
  private async reasons(
    session: SqlSession,
    payments: readonly DirectPayment[],
    read: (query: UnwantedQuery) => Promise<Leaving[]>,
  ): Promise<ReadonlyMap<string, string>> {
    const chargeIds = payments.map(({ chargeId }) => chargeId);
    const ofSubscriptions = await this.unwantedCharges.ofCharges(session, chargeIds);
    const reasons = new Map<string, string>();
    for (const query of [ofSubscriptions, { sql: METHOD_ENDED_SQL, parameters: [chargeIds] }]) {
      for (const { id, reason } of await read(query)) reasons.set(id, reason);
    }
    return new Map(payments.flatMap(({ id, chargeId }) => reasonOf(id, reasons.get(chargeId))));
  }

  /** Withdraws the charges that a query yields. @returns why, of each */
  private async takeNote(session: SqlSession, { sql, parameters }: UnwantedQuery, actor: string): Promise<Leaving[]> {
    const leaving = await session.rows<Leaving>(sql, parameters);
    if (leaving.length === 0) return [];
    await session.rows(`CREATE TEMPORARY TABLE leaving ON COMMIT DROP AS ${sql}`, parameters);
    const at = this.clock.now();
    await this.charges.withdraw(session, at);
    await this.unwantedCharges.noteWithdrawn(session, { actor, at });
    await session.rows('DROP TABLE leaving');
    return leaving;
  }
}

/** A charge that is withdrawn, and why. */
interface Leaving {
  readonly id: string;
  readonly reason: string;
}

function reasonOf(id: string, reason: string | undefined): [string, string][] {
  return reason === undefined ? [] : [[id, reason]];
}
