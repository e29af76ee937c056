import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { In } from 'typeorm';
import { ChargeRepository, type OwnCharge } from '../charge';
import { DomainError } from '../kernel/errors';
import { wonFromDatabase, type Won } from '../kernel/won';
import { Clock, secondsAfter } from '../platform/clock';
import { KeyRing } from '../platform/crypto';
import { Database, type SqlSession } from '../platform/database';
import {
  UNHELD_SQL,
  begin,
  claimMany,
  move,
  moveAll,
  note,
  writeHeld,
  writeIfHeld,
  type Aggregate,
  type Cause,
  type Changes,
  type Guard,
} from '../platform/work';
import { checkoutSecretText, type CheckoutSecret } from './checkout-secret';
import { DirectPayment, DirectPaymentHistory, type DirectPaymentOrigin } from './direct-payment.entity';
import {
  DIRECT_PAYMENT_FIRST_STATES,
  DIRECT_PAYMENT_TRANSITIONS,
  type DirectPaymentEvent,
  type DirectPaymentState,
} from './direct-payment.state';

const DIRECT_PAYMENT: Aggregate<DirectPayment, typeof DIRECT_PAYMENT_TRANSITIONS> = {
  name: 'direct payment',
  rows: DirectPayment,
  history: DirectPaymentHistory,
  subject: 'directPaymentId',
  transitions: DIRECT_PAYMENT_TRANSITIONS,
  firstStates: DIRECT_PAYMENT_FIRST_STATES,
};

/** Why one is not sent whose customer is to come back from the window once more. */
export const AWAITS_RETURN = 'awaits the return of its customer';

/** What is to be done with a payment next; each condition is what a row must show for that work to be due, at `$1`. */
const STAGES = {
  send: `state = 'Pending' AND hold_reason IS NULL AND (next_attempt_at IS NULL OR next_attempt_at <= $1)
    AND NOT EXISTS (SELECT FROM kill_switch WHERE engaged)
    AND NOT EXISTS (
      SELECT FROM charge JOIN line_stop ON line_stop.subscription_id = charge.subscription_id AND line_stop.state = 'Open'
      WHERE charge.id = direct_payment.charge_id)`,
  // Whoever sent it has not come back with an answer: nobody holds it.
  'give-up-waiting': `state = 'Sending'`,
  resolve: `state = 'Unknown' AND next_attempt_at <= $1`,
  // The customer may pay into its account.
  'look-for-deposit': `state = 'Awaited' AND next_attempt_at <= $1`,
  // It is paid, and a bank may take that back.
  'look-after-deposit': `state = 'Paid' AND next_attempt_at <= $1`,
  // What came back was refused, and nobody came back with anything else.
  'return-missing': `state = 'Pending' AND hold_reason = '${AWAITS_RETURN}' AND next_attempt_at <= $1`,
  // Persons said that it is not paid, or nobody paid in time, which may turn out otherwise.
  'look-again': `state = 'Declined' AND next_attempt_at <= $1`,
} as const;

export type DirectPaymentStage = keyof typeof STAGES;

/** Those of payments that have ended. */
const AFTER_THE_END: readonly DirectPaymentStage[] = ['look-after-deposit', 'look-again'];

/** As the indexes of what has not ended have it. */
function dueSql(stage: DirectPaymentStage): string {
  return AFTER_THE_END.includes(stage) ? STAGES[stage] : `ended_at IS NULL AND ${STAGES[stage]}`;
}

/** A payment as it was when claimed, and the lease that guards what is written of it. */
export interface DirectPaymentClaim {
  readonly payment: DirectPayment;
  readonly leaseId: string;
}

/** A charge that is to be collected by one call. */
export interface DirectPaymentFields {
  charge: OwnCharge;
  origin: DirectPaymentOrigin;
  /** What the gateway is told beside the charge; kept sealed. */
  secret: CheckoutSecret;
}

/** Charges of a billing run, each to be collected by a call of its own. */
export interface PlannedPayments {
  /** A SELECT of payment_method_id and of what {@link ChargeRepository.appendOwnOf} takes. */
  sql: string;
  parameters: readonly unknown[];
  billingRunId: string;
  /** Why they are not sent yet. */
  holdReason: string | null;
}

/** Which payments are listed. */
export interface PaymentFilter {
  state?: DirectPaymentState | undefined;
  billingRunId?: string | undefined;
}

export interface StateTally {
  state: DirectPaymentState;
  count: number;
  amount: Won;
}

/** How many payments of an account are due. */
export interface DueOfAccount {
  id: string;
  count: number;
}

/** Which payments are claimed. */
export interface PaymentsAmong {
  accounts?: readonly string[];
  id?: string;
}

export type DirectPaymentChanges = Changes<DirectPayment>;
export type DirectPaymentCause = Omit<Cause, 'at'>;
type DirectPaymentGuard = Guard & ({ leaseId: string } | { sendingId: string } | { version: string });

@Injectable()
export class DirectPaymentRepository {
  constructor(
    private readonly charges: ChargeRepository,
    private readonly keys: KeyRing,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `direct-payment-not-found` */
  async get(id: string): Promise<DirectPayment> {
    const payment = await this.database.manager.findOneBy(DirectPayment, { id });
    if (payment !== null) return payment;
    throw new DomainError('direct-payment-not-found', `There is no direct payment ${id}`);
  }

  /** The payment by which a charge of an account is collected. */
  async findByOrderNo(
    gatewayAccount: string,
    orderNo: string,
    session: SqlSession = this.database,
  ): Promise<DirectPayment | undefined> {
    const query = session.manager.createQueryBuilder(DirectPayment, 'payment');
    query.where('payment.gatewayAccount = :gatewayAccount', { gatewayAccount });
    query.andWhere('payment.chargeId = (SELECT charge.id FROM charge WHERE charge.order_no = :orderNo)', { orderNo });
    return (await query.getOne()) ?? undefined;
  }

  /** Another payment by the same method that was on its way at an instant, give or take some seconds: it is paid, or not answered yet. */
  async otherByMethodAt(
    { id, paymentMethodId }: DirectPayment,
    at: Date,
    withinSeconds: number,
  ): Promise<DirectPayment | undefined> {
    const query = this.database.manager.createQueryBuilder(DirectPayment, 'other');
    query.where('other.paymentMethodId = :paymentMethodId AND other.id <> :id', { paymentMethodId, id });
    query.andWhere('other.sentAt <= :latest', { latest: secondsAfter(at, withinSeconds) });
    query.andWhere(`(other.state = 'Sending' OR other.state = 'Paid' AND other.endedAt >= :earliest)`, {
      earliest: secondsAfter(at, -withinSeconds),
    });
    return (await query.orderBy('other.id', 'DESC').getOne()) ?? undefined;
  }

  /** What was asked for before, for the same periods, and declined: of each of these, by their ids, those that were. */
  async declinedBefore(payments: readonly DirectPayment[]): Promise<ReadonlyMap<string, readonly DirectPayment[]>> {
    const pairs = await this.database.rows<{ id: string; before: string }>(
      `SELECT mine.id, before.id AS before
       FROM direct_payment AS mine JOIN charge ON charge.id = mine.charge_id
       JOIN charge AS earlier ON earlier.subscription_id = charge.subscription_id
         AND earlier.period_start_on = charge.period_start_on AND earlier.attempt < charge.attempt
       JOIN direct_payment AS before ON before.charge_id = earlier.id AND before.state = 'Declined'
       WHERE mine.id = ANY ($1::bigint[]) AND charge.attempt > 1
       ORDER BY before.id`,
      [payments.map(({ id }) => id)],
    );
    const found = pairs.length === 0 ? [] : await this.rowsOf(pairs.map(({ before }) => before));
    return new Map(
      payments.map(({ id }) => {
        const its = pairs.filter((pair) => pair.id === id).map(({ before }) => before);
        return [id, found.filter((row) => its.includes(row.id))];
      }),
    );
  }

  private rowsOf(ids: readonly string[]): Promise<DirectPayment[]> {
    return this.database.manager
      .createQueryBuilder(DirectPayment, 'one')
      .whereInIds([...ids])
      .getMany();
  }

  /** The row, locked until the session's transaction ends. */
  async lock(session: SqlSession, id: string): Promise<DirectPayment | undefined> {
    const lock = { mode: 'pessimistic_write' } as const;
    return (await session.manager.findOne(DirectPayment, { where: { id }, lock })) ?? undefined;
  }

  /** In which state these are; they are locked until the session's transaction ends. */
  async lockAll(session: SqlSession, ids: readonly string[]): Promise<ReadonlyMap<string, DirectPaymentState>> {
    const rows = await session.rows<{ id: string; state: DirectPaymentState }>(
      'SELECT id, state FROM direct_payment WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE',
      [ids],
    );
    return new Map(rows.map(({ id, state }) => [id, state]));
  }

  /** Newest first, before an id. */
  list(
    { state, billingRunId }: PaymentFilter,
    { beforeId, limit }: { beforeId: string | undefined; limit: number },
  ): Promise<DirectPayment[]> {
    const query = this.database.manager.createQueryBuilder(DirectPayment, 'payment').orderBy('payment.id', 'DESC');
    if (state !== undefined) query.andWhere('payment.state = :state', { state });
    if (billingRunId !== undefined) query.andWhere('payment.billingRunId = :billingRunId', { billingRunId });
    if (beforeId !== undefined) query.andWhere('payment.id < :beforeId', { beforeId });
    return query.limit(limit).getMany();
  }

  /** Has one in doubt, or that waits for a deposit, looked up at once, also where it was left to a person. @returns whether it is */
  async makeDue(id: string): Promise<boolean> {
    const changes = { nextAttemptAt: this.clock.now(), attempts: 0 };
    const { affected } = await this.database.manager.update(
      DirectPayment,
      { id, state: In(['Unknown', 'Awaited']) },
      changes,
    );
    return affected === 1;
  }

  history(directPaymentId: string): Promise<DirectPaymentHistory[]> {
    return this.database.manager.find(DirectPaymentHistory, { where: { directPaymentId }, order: { id: 'ASC' } });
  }

  async ofCharge(chargeId: string): Promise<DirectPayment | undefined> {
    return (await this.database.manager.findOneBy(DirectPayment, { chargeId })) ?? undefined;
  }

  /**
   * Stores a charge and its payment as Pending, with the first entry of its history.
   *
   * @returns the ids of both
   */
  async create(
    session: SqlSession,
    { charge, origin, secret: asked }: DirectPaymentFields,
    why: DirectPaymentCause,
  ): Promise<{ id: string; chargeId: string }> {
    const at = this.clock.now();
    const chargeId = await this.charges.appendOwn(session, charge, at);
    const idempotencyKey = randomUUID();
    const sealed = this.keys.encrypt(checkoutSecretText(asked), identityOf(idempotencyKey));
    const { gateway, gatewayAccount } = charge;
    const fields = { chargeId, gateway, gatewayAccount, origin, idempotencyKey, createdAt: at };
    const secret = { referenceCiphertext: sealed.ciphertext, referenceKeyId: sealed.keyId };
    const id = await begin(session, DIRECT_PAYMENT, 'Pending', { ...fields, ...secret }, { ...why, at });
    return { id, chargeId };
  }

  /** Has one sent with what its customer came back with now, where it waits for that. @returns its id; `undefined`: it does not */
  async returned(
    session: SqlSession,
    gatewayAccount: string,
    { orderNo, secret }: { orderNo: string; secret: CheckoutSecret },
    why: DirectPaymentCause,
  ): Promise<string | undefined> {
    const known = await this.findByOrderNo(gatewayAccount, orderNo, session);
    const payment = known && (await this.lock(session, known.id));
    if (payment?.state !== 'Pending' || payment.holdReason !== AWAITS_RETURN) return undefined;
    const sealed = this.sealed(payment, checkoutSecretText(secret));
    // Whoever holds it only to end it finds nothing to write.
    const changes = { ...RELEASED, ...sealed, holdReason: null, nextAttemptAt: null, lastError: null };
    await this.note(session, payment, why, changes, { version: payment.version });
    return payment.id;
  }

  /** Stores charges and their payments as Pending, set-based, each with the first entry of its history. @returns how many */
  async plan(
    session: SqlSession,
    { sql, parameters, billingRunId, holdReason }: PlannedPayments,
    why: DirectPaymentCause,
    at: Date,
  ): Promise<number> {
    await this.charges.appendOwnOf(session, sql, parameters, at);
    const own = (index: number): string => `$${parameters.length + index}`;
    const planned = await session.rows(
      `WITH planned AS (
         INSERT INTO direct_payment (charge_id, gateway, gateway_account, origin, state, idempotency_key, payment_method_id,
           billing_run_id, hold_reason, created_at)
         SELECT charge.id, charge.gateway, charge.gateway_account, 'method', 'Pending', gen_random_uuid(),
           asked.payment_method_id, ${own(1)}::bigint, ${own(2)}::text, ${own(3)}::timestamptz
         FROM (${sql}) AS asked JOIN charge ON charge.order_no = asked.order_no ORDER BY charge.id
         RETURNING id)
       INSERT INTO direct_payment_history (direct_payment_id, to_state, cause, actor, at)
       SELECT id, 'Pending', ${own(4)}, ${own(5)}, ${own(3)}::timestamptz FROM planned RETURNING 1`,
      [...parameters, billingRunId, holdReason, at, why.cause, why.actor],
    );
    return planned.length;
  }

  /** What became of a run's payments, a row for each state that some are in. */
  async talliesOf(billingRunId: string): Promise<StateTally[]> {
    const rows = await this.database.rows<{ state: DirectPaymentState; count: number; amount: string }>(
      `SELECT direct_payment.state, count(*)::int AS count, sum(charge.amount)::text AS amount
       FROM direct_payment JOIN charge ON charge.id = direct_payment.charge_id
       WHERE direct_payment.billing_run_id = $1 GROUP BY direct_payment.state ORDER BY direct_payment.state`,
      [billingRunId],
    );
    return rows.map(({ state, count, amount }) => ({ state, count, amount: wonFromDatabase(amount) }));
  }

  /** Lets a run's payments go. @returns how many */
  async releaseHeld(session: SqlSession, billingRunId: string, why: DirectPaymentCause): Promise<number> {
    return this.endHold(session, billingRunId, { ...why, state: 'Pending' }, 'hold_reason = NULL');
  }

  /** Ends a run's payments that were held. @returns how many */
  async cancelHeld(session: SqlSession, billingRunId: string, why: DirectPaymentCause): Promise<number> {
    const set = `hold_reason = NULL, state = 'Canceled', ended_at = $2, result_code = 'withdrawn', result_message = $4`;
    return this.endHold(session, billingRunId, { ...why, state: 'Canceled' }, set);
  }

  private async endHold(
    session: SqlSession,
    billingRunId: string,
    { cause, actor, reason, state }: DirectPaymentCause & { state: DirectPaymentState },
    set: string,
  ): Promise<number> {
    const ended = await session.rows(
      `WITH held AS (
         UPDATE direct_payment SET ${set}
         WHERE billing_run_id = $1 AND state = 'Pending' AND hold_reason IS NOT NULL RETURNING id)
       INSERT INTO direct_payment_history (direct_payment_id, from_state, to_state, cause, actor, reason, at)
       SELECT id, 'Pending', $3, $4, $5, $6, $2::timestamptz FROM held RETURNING 1`,
      [billingRunId, this.clock.now(), state, cause, actor, reason ?? null],
    );
    return ended.length;
  }

  /** How many payments of these accounts are due for a stage, up to a number; those of which none is are left out. */
  countDue(stage: DirectPaymentStage, accounts: readonly string[], most: number): Promise<DueOfAccount[]> {
    return this.database.rows<DueOfAccount>(
      `SELECT account.id, due.count FROM unnest($2::text[]) AS account (id)
       CROSS JOIN LATERAL (
         SELECT count(*)::int AS count FROM (
           SELECT FROM direct_payment WHERE gateway_account = account.id AND ${dueSql(stage)} AND ${UNHELD_SQL}
           LIMIT $3) AS found) AS due
       WHERE due.count > 0`,
      [this.clock.now(), accounts, most],
    );
  }

  /** What of a payment a call is made with, sealed. */
  sealed(
    { idempotencyKey }: DirectPayment,
    reference: string,
  ): Pick<DirectPayment, 'referenceCiphertext' | 'referenceKeyId'> {
    const { ciphertext, keyId } = this.keys.encrypt(reference, identityOf(idempotencyKey));
    return { referenceCiphertext: ciphertext, referenceKeyId: keyId };
  }

  /** A key for another call, where the gateway repeats what it answered under the one it had; for whichever secrets are good then. */
  rekeyed(payment: DirectPayment): DirectPaymentChanges {
    const idempotencyKey = randomUUID();
    const reference = this.referenceOf(payment) ?? '';
    return { idempotencyKey, sentBy: null, ...this.sealed({ ...payment, idempotencyKey }, reference) };
  }

  /** What the gateway is told beside the charge; `undefined` before a payment by a method was sent. @throws {DomainError} `encryption-key-unknown`, `ciphertext-invalid` */
  referenceOf(payment: DirectPayment): string | undefined {
    const { idempotencyKey, referenceCiphertext: ciphertext, referenceKeyId: keyId } = payment;
    if (ciphertext === null || keyId === null) return undefined;
    return this.keys.decrypt({ ciphertext, keyId }, identityOf(idempotencyKey)).toString('utf8');
  }

  /** Claims the oldest that is due for a stage and that nobody holds; those that were tried before come last. */
  async claim(
    stage: DirectPaymentStage,
    leaseSeconds: number,
    among: PaymentsAmong = {},
  ): Promise<DirectPaymentClaim | undefined> {
    const [first] = await this.claimSome(stage, leaseSeconds, among, 1);
    return first;
  }

  /** The same of several, up to a number. */
  async claimSome(
    stage: DirectPaymentStage,
    leaseSeconds: number,
    { accounts, id }: PaymentsAmong,
    most: number,
  ): Promise<DirectPaymentClaim[]> {
    const due = {
      where: `${dueSql(stage)}
        AND ($2::text[] IS NULL OR gateway_account = ANY ($2)) AND ($3::bigint IS NULL OR id = $3)`,
      parameters: [accounts ?? null, id ?? null],
      orderBy: 'attempts, id',
      now: this.clock.now(),
      leaseSeconds,
    };
    const claimed = await claimMany(this.database, DirectPayment, due, most);
    return claimed.map(({ row, leaseId }) => ({ payment: row, leaseId }));
  }

  /** Keeps a claim until another instant. @throws {DomainError} `lease-lost` */
  async renew({ payment, leaseId }: DirectPaymentClaim, leaseUntil: Date): Promise<void> {
    await writeHeld(this.database, DIRECT_PAYMENT, { id: payment.id, leaseId }, { leaseUntil });
  }

  /** Gives the claim back with nothing done and nothing failed. Does nothing once it is not as claimed. */
  async giveBack({ payment, leaseId }: DirectPaymentClaim): Promise<void> {
    await writeIfHeld(this.database, DIRECT_PAYMENT, { id: payment.id, leaseId, state: payment.state }, RELEASED);
  }

  /** Gives the claim on one that had ended back, to be looked up again at `at`, or never more. @throws {DomainError} `lease-lost` */
  async lookedAgain(session: SqlSession, { payment, leaseId }: DirectPaymentClaim, at: Date | null): Promise<void> {
    const changes = { ...RELEASED, attempts: 0, nextAttemptAt: at, lastError: null };
    await writeHeld(session, DIRECT_PAYMENT, { id: payment.id, leaseId }, changes);
  }

  /**
   * Gives the claim back, due again at `at`; `null` leaves it to a person. Does nothing once it is not as claimed: what is being
   * sent keeps its lease, which is how it is known when nobody waits for the answer any more.
   */
  async postpone({ payment, leaseId }: DirectPaymentClaim, at: Date | null, lastError: string): Promise<void> {
    const changes = { ...RELEASED, attempts: payment.attempts + 1, nextAttemptAt: at, lastError };
    await writeIfHeld(this.database, DIRECT_PAYMENT, { id: payment.id, leaseId, state: payment.state }, changes);
  }

  /** Gives the claim back: nothing is new, and it is due again at `at`. Does nothing once it is not as claimed. */
  async waitOn({ payment, leaseId }: DirectPaymentClaim, at: Date): Promise<void> {
    const changes = { ...RELEASED, attempts: 0, nextAttemptAt: at, lastError: null };
    await writeIfHeld(this.database, DIRECT_PAYMENT, { id: payment.id, leaseId, state: payment.state }, changes);
  }

  /** Changes one that stays where it is, and notes why. @throws {DomainError} as {@link transition} */
  note(
    session: SqlSession,
    payment: { id: string; state: DirectPaymentState },
    why: DirectPaymentCause,
    changes: DirectPaymentChanges,
    guard: DirectPaymentGuard,
  ): Promise<void> {
    return note(session, DIRECT_PAYMENT, payment, { ...why, at: this.clock.now() }, { changes, guard });
  }

  /**
   * Moves a payment along its transition table and appends to its history, in the caller's transaction.
   *
   * @throws {DomainError} `state-conflict` when the event is not allowed, or somebody else moved it meanwhile; `lease-lost`
   */
  transition(
    session: SqlSession,
    payment: { id: string; state: DirectPaymentState },
    event: DirectPaymentEvent,
    why: DirectPaymentCause,
    changes: DirectPaymentChanges,
    guard?: DirectPaymentGuard,
  ): Promise<void> {
    return move(session, DIRECT_PAYMENT, payment, event, { ...why, at: this.clock.now() }, { changes, guard });
  }

  /** The same of several. @throws {DomainError} as {@link transition}, for one of them; none of them is to be committed then */
  transitionAll(session: SqlSession, event: DirectPaymentEvent, all: readonly MovingPayment[]): Promise<void> {
    const at = this.clock.now();
    const moving = all.map(({ payment: row, why, changes, guard }) => ({ row, why: { ...why, at }, changes, guard }));
    return moveAll(session, DIRECT_PAYMENT, event, moving);
  }
}

/** One of several payments that are moved by one event, and who may move it. */
export interface MovingPayment {
  payment: { id: string; state: DirectPaymentState };
  why: DirectPaymentCause;
  changes: DirectPaymentChanges;
  guard: DirectPaymentGuard;
}

export const RELEASED = { leaseId: null, leaseUntil: null } satisfies DirectPaymentChanges;

function identityOf(idempotencyKey: string): string {
  return `direct_payment:${idempotencyKey}`;
}
