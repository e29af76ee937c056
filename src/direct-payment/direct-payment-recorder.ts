import { Injectable } from '@nestjs/common';
import { ChargeSettlement, PAYMENT_BY_DECISION } from '../charge';
import { LookupConfig } from '../config';
import { Clock, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database, violatesUnique, type SqlSession } from '../platform/database';
import { Batcher } from '../platform/work';
import { nextLook } from '../transaction-lookup';
import { DirectPaymentOrigins, type DirectOutcome } from './direct-payment-effects';
import { DirectPaymentStops } from './direct-payment-stops';
import type { DirectPayment } from './direct-payment.entity';
import {
  AWAITS_RETURN,
  DirectPaymentRepository,
  RELEASED,
  type DirectPaymentCause,
  type MovingPayment,
} from './direct-payment.repository';
import type { DirectPaymentState } from './direct-payment.state';

export const ACTOR = 'direct-payment';

/** A payment that is on its way, or may be. */
export type SentPayment = DirectPayment & {
  sendingId: string;
  /** When it was sent before, which may have arrived; `null`: this is the first time. */
  sentBefore: Date | null;
};

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
  /** For how many days it is looked up again; of a no that the gateway has not said, as many as the setting says. */
  watchDays?: number;
}

/** Of what the gateway has none of, and is not asked for again. */
export const NEVER_TAKEN: PaymentEnd = {
  code: 'never-taken',
  message: 'the gateway has no such payment',
  transactionId: null,
};

/** Of what was taken, and has gone back to its customer since, so that nothing of it is owed. */
export const GIVEN_BACK = 'given-back';

/** The codes of a no that is not the gateway's. */
const UNSAID: readonly string[] = [PAYMENT_BY_DECISION, NEVER_TAKEN.code];

/** How long a customer may come back, with something else than was refused: longer than any gateway keeps a window open. */
const RETURN_SECONDS = 2 * 3_600;

/** What became of a payment. */
interface Outcome {
  readonly payment: DirectPayment;
  readonly event: 'pay' | 'decline';
  readonly end: PaymentEnd;
  readonly why: DirectPaymentCause;
  readonly holder: Holder;
}

/** What is recorded of a payment once it is sent: each a state, its history and what follows from it. */
@Injectable()
export class DirectPaymentRecorder {
  /** The settlement log is written by one transaction at a time: outcomes that wait for it share the next. */
  private readonly outcomes = new Batcher<Outcome>((outcomes) =>
    this.database.transaction(async (session) => {
      await this.endAll(session, outcomes);
      return [];
    }),
  );

  constructor(
    private readonly payments: DirectPaymentRepository,
    private readonly settlement: ChargeSettlement,
    private readonly origins: DirectPaymentOrigins,
    private readonly stops: DirectPaymentStops,
    private readonly lookups: LookupConfig,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Money moved: the settlement log tells it, and what it means follows, in the same transaction. Where its transaction has settled
   * another charge, one of the two is wrong: the line stops, and this one waits for a person.
   */
  async pay(payment: DirectPayment, end: PaymentEnd, cause: string, holder: Holder): Promise<void> {
    try {
      await this.outcomes.do({ payment, event: 'pay', end, why: { cause, actor: ACTOR }, holder });
    } catch (error) {
      if (!violatesUnique(error, 'settlement_transaction_once')) throw error;
      await this.leaveShared(payment, end, holder);
    }
  }

  /** No money moved, and none will by this payment. */
  async decline(payment: DirectPayment, end: PaymentEnd, cause: string, holder: Holder): Promise<void> {
    await this.outcomes.do({ payment, event: 'decline', end, why: { cause, actor: ACTOR }, holder });
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

  /**
   * Takes the intent back, which is right only when it is certain that the gateway has not taken it. What was never sent before counts as
   * unsent again: before it goes next, whoever asked for it is asked whether it is still wanted.
   */
  async withdraw(payment: SentPayment, reason: string, retryAt: Date, keyUsedUp = false): Promise<void> {
    const rekeyed = keyUsedUp ? this.payments.rekeyed(payment) : {};
    const attempts = payment.attempts + 1;
    const changes = { ...RELEASED, attempts, nextAttemptAt: retryAt, lastError: reason, ...rekeyed };
    const why = { cause: 'not taken by the gateway', actor: ACTOR, reason };
    const holder = { sendingId: payment.sendingId };
    const unsent = { sendingId: null, sentAt: payment.sentBefore };
    await this.database.transaction((session) =>
      this.payments.transition(session, payment, 'withdraw', why, { ...changes, ...unsent }, holder),
    );
  }

  /**
   * Takes the intent back of what the gateway refused because of what came back from its window: the customer may come back with
   * something else. Nobody sends it meanwhile, and it ends where nobody comes.
   */
  async awaitReturn(payment: SentPayment, { code, message }: PaymentEnd): Promise<void> {
    const at = this.clock.now();
    const until = secondsAfter(at, RETURN_SECONDS);
    // What comes back next is another call: its gateway would repeat the refusal to the key.
    const rekeyed = this.payments.rekeyed(payment);
    const waiting = { holdReason: AWAITS_RETURN, nextAttemptAt: until, attempts: 0, lastError: `${code}: ${message}` };
    const unsent = { sendingId: null, sentAt: payment.sentBefore };
    const why = { cause: 'return refused by the gateway', actor: ACTOR, reason: code };
    const holder = { sendingId: payment.sendingId };
    await this.database.transaction(async (session) => {
      await this.payments.transition(
        session,
        payment,
        'withdraw',
        why,
        { ...RELEASED, ...waiting, ...unsent, ...rekeyed },
        holder,
      );
      await this.origins.ended(session, payment, { kind: 'returnable', code, message }, at);
    });
  }

  /** Ends it in the caller's transaction, which should commit next. */
  end(
    session: SqlSession,
    payment: DirectPayment,
    event: 'pay' | 'decline',
    end: PaymentEnd,
    why: DirectPaymentCause,
    holder: Holder,
  ): Promise<void> {
    return this.endAll(session, [{ payment, event, end, why, holder }]);
  }

  private async endAll(session: SqlSession, outcomes: readonly Outcome[]): Promise<void> {
    const at = this.clock.now();
    const sent = outcomes.filter(({ holder }) => 'sendingId' in holder).map(({ payment }) => payment.id);
    const states = await this.payments.lockAll(session, sent);
    const current = outcomes.map((outcome) => ({ ...outcome, payment: asItIs(outcome.payment, states) }));
    for (const event of ['pay', 'decline'] as const) {
      const moving = current.filter((outcome) => outcome.event === event);
      await this.payments.transitionAll(
        session,
        event,
        moving.map((outcome) => this.movingBy(outcome, at)),
      );
    }
    for (const { payment, event, end } of current) {
      const { code, message, retry, laterAtMost } = end;
      const kind = event === 'pay' ? 'paid' : 'declined';
      await this.origins.ended(session, payment, { kind, code, message, retry, laterAtMost }, at);
    }
    for (const isFinal of [false, true]) {
      const ids = current.filter(({ end }) => (end.retry === 'never') === isFinal).map(({ payment }) => payment.id);
      if (ids.length > 0) await this.settlement.settle(session, { sql: OUTCOME_SQL, parameters: [ids], isFinal }, at);
    }
    await crashPoint('direct-payment.before-commit');
  }

  private movingBy({ payment, event, end, why, holder }: Outcome, at: Date): MovingPayment {
    const { code, message, transactionId, watchDays } = end;
    const result = { resultCode: code, resultMessage: message, transactionId, endedAt: at };
    const nextAttemptAt = nextLook(at, watchDays ?? this.watchDaysOf(event, code));
    return {
      payment,
      why,
      changes: { ...RELEASED, ...result, holdReason: null, nextAttemptAt, attempts: 0, lastError: null },
      guard: holder,
    };
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

  /** A no that the gateway has not said is held against its record for some days more; its own was, when it was said. */
  private watchDaysOf(event: 'pay' | 'decline', code: string): number {
    return event === 'decline' && UNSAID.includes(code) ? this.lookups.watchDays : 0;
  }

  /** An answer counts even if it comes so late that another replica has given up waiting for it. */
  async stateOf(session: SqlSession, payment: DirectPayment, holder: Holder): Promise<DirectPayment> {
    if (!('sendingId' in holder)) return payment;
    return asItIs(payment, await this.payments.lockAll(session, [payment.id]));
  }
}

/** A payment in the state it is in now, where somebody has given up waiting for its answer. */
function asItIs(payment: DirectPayment, states: ReadonlyMap<string, DirectPaymentState>): DirectPayment {
  return states.get(payment.id) === 'Unknown' ? { ...payment, state: 'Unknown' } : payment;
}

/** The payments `$1` as outcomes of their charges. */
const OUTCOME_SQL = `
  SELECT charge.id AS charge_id, charge.subscription_id, charge.period_start_on,
    CASE direct_payment.state WHEN 'Paid' THEN 'paid' ELSE 'declined' END AS kind, charge.amount, charge.gateway,
    direct_payment.transaction_id, direct_payment.result_code, direct_payment.result_message,
    charge.bulk_payment_job_id, NULL::integer AS result_line_number, NULL::bigint AS discrepancy_id,
    NULL::bigint AS refund_id
  FROM direct_payment JOIN charge ON charge.id = direct_payment.charge_id
  WHERE direct_payment.id = ANY ($1::bigint[])`;
