import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { ChargeSettlement } from '../charge';
import { LookupConfig } from '../config';
import { GatewayAccounts } from '../gateway-account';
import { KillSwitch } from '../kill-switch';
import { Clock, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database, violatesUnique, type SqlSession } from '../platform/database';
import { nextLook } from '../transaction-lookup';
import type { ReadyCall } from './direct-payment-calls';
import { DirectPaymentOrigins, type DirectOutcome } from './direct-payment-effects';
import { DirectPaymentStops } from './direct-payment-stops';
import type { DirectPayment } from './direct-payment.entity';
import {
  DirectPaymentRepository,
  RELEASED,
  type DirectPaymentCause,
  type DirectPaymentClaim,
} from './direct-payment.repository';

export const ACTOR = 'direct-payment';

/** The result code of what no answer of the gateway ended. */
export const PAYMENT_BY_DECISION = 'by-decision';

/** Room for the token and the database around the longest call. */
const LEASE_MARGIN_SECONDS = 30;

/** A payment that is on its way, or may be. */
export type SentPayment = DirectPayment & { sendingId: string };

/** Which write of an answer is let through: by whoever sent it, has claimed it since, or has seen it. */
export type Holder = { leaseId: string } | { sendingId: string } | { version: string };

/** How a payment ended, as it is kept. */
export interface PaymentEnd {
  code: string;
  message: string;
  transactionId: string | null;
  /** Of a decline, as the gateway's code means. */
  retry?: DirectOutcome['retry'];
  laterAtMost?: number | undefined;
  /** For how many days it is looked up again; of a person's no, as many as the setting says. */
  watchDays?: number;
}

/** What is recorded of a payment, before and after it is sent: each a state, its history and what follows from it. */
@Injectable()
export class DirectPaymentRecorder {
  constructor(
    private readonly payments: DirectPaymentRepository,
    private readonly settlement: ChargeSettlement,
    private readonly origins: DirectPaymentOrigins,
    private readonly killSwitch: KillSwitch,
    private readonly accounts: GatewayAccounts,
    private readonly stops: DirectPaymentStops,
    private readonly lookups: LookupConfig,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Commits the intent to send, under the key that the payment has once and for all.
   *
   * @param call how long it may take, with which secrets it goes, and what it is made from
   * @returns the payment as it is now; `undefined` where whoever asked for it does not want it any more, and it is canceled
   * @throws {DomainError} `submissions-stopped`, `gateway-account-unusable`; `state-conflict`, `lease-lost`
   */
  async begin(
    { payment, leaseId }: DirectPaymentClaim,
    { prepared, longestCallMs, reference }: ReadyCall,
  ): Promise<SentPayment | undefined> {
    const now = this.clock.now();
    const sendingId = randomUUID();
    const { sentBy = null } = prepared;
    const leaseUntil = secondsAfter(now, longestCallMs / 1000 + LEASE_MARGIN_SECONDS);
    const sentAt = payment.sentAt ?? now;
    const undoubted = { lastError: null, doubt: null, inDoubtSince: null };
    const sealed = payment.referenceCiphertext === null ? this.payments.sealed(payment, reference) : {};
    const changes = { sendingId, sentAt, sentBy, leaseUntil, ...undoubted, ...sealed };
    const why = { cause: payment.sentAt === null ? 'sending begins' : 'the same call again', actor: ACTOR };
    const isWanted = await this.database.transaction(async (session) => {
      if (payment.sentAt === null && (await this.withdrawn(session, payment, leaseId))) return false;
      await this.killSwitch.assertReleased(session);
      await this.accounts.assertEnabled(session, payment.gatewayAccount);
      await this.payments.transition(session, payment, 'send', why, changes, { leaseId });
      return true;
    });
    if (!isWanted) return undefined;
    return { ...payment, ...sealed, sendingId, sentAt, sentBy, state: 'Sending' };
  }

  /** Ends one that was never sent and is not wanted any more. @returns whether it was so */
  private async withdrawn(session: SqlSession, payment: DirectPayment, leaseId: string): Promise<boolean> {
    const reason = await this.origins.withdrawn(session, payment);
    if (reason === undefined) return false;
    const cause = `withdrawn before it was sent: ${reason}`;
    const result = { resultCode: 'withdrawn', resultMessage: reason, endedAt: this.clock.now() };
    const changes = { ...RELEASED, ...result, nextAttemptAt: null, lastError: null };
    await this.payments.transition(session, payment, 'cancel', { cause, actor: ACTOR }, changes, { leaseId });
    await crashPoint('direct-payment.withdrawn');
    return true;
  }

  /**
   * Money moved: the settlement log tells it, and what it means follows, in the same transaction. Where its transaction has settled
   * another charge, one of the two is wrong: the line stops, and this one waits for a person.
   */
  async pay(payment: DirectPayment, end: PaymentEnd, cause: string, holder: Holder): Promise<void> {
    const why = { cause, actor: ACTOR };
    try {
      await this.database.transaction((session) => this.end(session, payment, 'pay', end, why, holder));
    } catch (error) {
      if (!violatesUnique(error, 'settlement_transaction_once')) throw error;
      await this.leaveShared(payment, end, holder);
    }
  }

  /** No money moved, and none will by this payment. */
  async decline(payment: DirectPayment, end: PaymentEnd, cause: string, holder: Holder): Promise<void> {
    const why = { cause, actor: ACTOR };
    await this.database.transaction((session) => this.end(session, payment, 'decline', end, why, holder));
  }

  /**
   * @param resolveAt when to find out what became of it; `null` leaves it to a person
   * @param keyUsedUp whether it must go under another key if it goes again
   */
  async doubt(
    payment: DirectPayment,
    doubt: string,
    resolveAt: Date | null,
    holder: Holder,
    keyUsedUp = false,
  ): Promise<void> {
    const at = this.clock.now();
    const inDoubtSince = payment.inDoubtSince ?? at;
    const attempts = payment.attempts + 1;
    const rekeyed = keyUsedUp ? this.payments.rekeyed(payment) : {};
    const changes = { ...RELEASED, doubt, inDoubtSince, attempts, nextAttemptAt: resolveAt, ...rekeyed };
    const why = { cause: 'outcome unknown', actor: ACTOR, reason: doubt };
    await this.database.transaction(async (session) => {
      await this.payments.transition(session, payment, 'doubt', why, changes, holder);
      await this.origins.ended(session, payment, { kind: 'unknown', code: 'unknown', message: doubt }, at);
    });
  }

  /** Takes the intent back, which is right only when it is certain that the gateway has not taken it. */
  async withdraw(payment: SentPayment, reason: string, retryAt: Date, keyUsedUp = false): Promise<void> {
    const rekeyed = keyUsedUp ? this.payments.rekeyed(payment) : {};
    const attempts = payment.attempts + 1;
    const changes = { ...RELEASED, attempts, nextAttemptAt: retryAt, lastError: reason, ...rekeyed };
    const why = { cause: 'not taken by the gateway', actor: ACTOR, reason };
    const holder = { sendingId: payment.sendingId };
    await this.database.transaction((session) =>
      this.payments.transition(session, payment, 'withdraw', why, { ...changes, sendingId: null }, holder),
    );
  }

  /** Ends it in the caller's transaction, which should commit next. */
  async end(
    session: SqlSession,
    payment: DirectPayment,
    event: 'pay' | 'decline',
    { code, message, transactionId, retry, laterAtMost, watchDays }: PaymentEnd,
    why: DirectPaymentCause,
    holder: Holder,
  ): Promise<void> {
    const at = this.clock.now();
    const outcome: DirectOutcome = { kind: event === 'pay' ? 'paid' : 'declined', code, message, retry, laterAtMost };
    const result = { resultCode: code, resultMessage: message, transactionId, endedAt: at };
    const changes = {
      ...RELEASED,
      ...result,
      nextAttemptAt: nextLook(at, watchDays ?? this.watchDaysOf(event, code)),
      attempts: 0,
      lastError: null,
    };
    const from = await this.stateOf(session, payment, holder);
    await this.payments.transition(session, from, event, why, changes, holder);
    await this.origins.ended(session, payment, outcome, at);
    const isFinal = retry === 'never';
    await this.settlement.settle(session, { sql: OUTCOME_SQL, parameters: [payment.id], isFinal }, at);
    await crashPoint('direct-payment.before-commit');
  }

  private async leaveShared(payment: DirectPayment, { transactionId }: PaymentEnd, holder: Holder): Promise<void> {
    const doubt = `transaction ${transactionId} has settled another charge: a person decides`;
    const changes = { ...RELEASED, doubt, inDoubtSince: payment.inDoubtSince ?? this.clock.now(), nextAttemptAt: null };
    const at = this.clock.now();
    await this.database.transaction(async (session) => {
      const from = await this.stateOf(session, payment, holder);
      const why = { cause: 'outcome unknown', actor: ACTOR, reason: doubt };
      if (from.state === 'Unknown') await this.payments.note(session, from, why, changes, holder);
      else await this.payments.transition(session, from, 'doubt', why, changes, holder);
      await this.origins.ended(session, payment, { kind: 'unknown', code: 'unknown', message: doubt }, at);
      await this.stops.shared(session, payment, transactionId);
    });
  }

  /** A no of persons is held against the gateway's record for some days more; the gateway's own was, when it was said. */
  private watchDaysOf(event: 'pay' | 'decline', code: string): number {
    return event === 'decline' && code === PAYMENT_BY_DECISION ? this.lookups.watchDays : 0;
  }

  /** An answer counts even if it comes so late that another replica has given up waiting for it. */
  async stateOf(session: SqlSession, payment: DirectPayment, holder: Holder): Promise<DirectPayment> {
    if (!('sendingId' in holder)) return payment;
    const current = await this.payments.lock(session, payment.id);
    return current?.state === 'Unknown' ? { ...payment, state: 'Unknown' } : payment;
  }
}

/** A payment as an outcome of its charge. */
const OUTCOME_SQL = `
  SELECT charge.id AS charge_id, charge.subscription_id, charge.period_start_on,
    CASE direct_payment.state WHEN 'Paid' THEN 'paid' ELSE 'declined' END AS kind, charge.amount, charge.gateway,
    direct_payment.transaction_id, direct_payment.result_code, direct_payment.result_message,
    charge.bulk_payment_job_id, NULL::integer AS result_line_number, NULL::bigint AS discrepancy_id,
    NULL::bigint AS refund_id
  FROM direct_payment JOIN charge ON charge.id = direct_payment.charge_id
  WHERE direct_payment.id = $1`;
