import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import type { Won } from '../kernel/won';
import { Clock } from '../platform/clock';
import { Database, violatesCheck, violatesUnique, wakeBilling, type SqlSession } from '../platform/database';
import type { ChargeRecord } from './charge-record.repository';
import { Charges } from './charges.service';
import { RefundAllowance } from './refund-allowance';
import { RESULT_BY_DECISION, RESULT_NOT_SENT, RefundRecorder } from './refund-recorder';
import type { Refund, RefundHistory } from './refund.entity';
import { RELEASED, RefundRepository, guardOf, type RefundFilter } from './refund.repository';

/** Money that is to be given back. */
export interface RefundRequest {
  /** All that is left, without it. */
  amount?: Won | undefined;
  reason: string;
  /** What the orderer calls it. Asked for again under the same reference, it is the same refund. */
  reference?: string | undefined;
  actor: string;
  /** Whose key it is requested with. */
  owner: string;
}

/** Who decides on a refund, and why. */
export interface RefundDecision {
  reason: string;
  actor: string;
  /** The only version it may be decided in, when there is one. */
  version?: string | undefined;
}

/** Lets a refund go as a second person. */
export interface RefundRelease extends RefundDecision {
  /** Whose key it is released with. */
  owner: string;
}

/** What a person found out about a refund in doubt. */
export interface RefundFinding extends RefundDecision {
  outcome: 'refunded' | 'not-refunded';
  /** T store's id of the refund, where it is known. */
  refundTransactionId?: string | undefined;
}

/** Refunds as people order and decide them. Sending them is the scheduler's; nothing here calls T store. */
@Injectable()
export class Refunds {
  constructor(
    private readonly charges: Charges,
    private readonly refunds: RefundRepository,
    private readonly allowance: RefundAllowance,
    private readonly recorder: RefundRecorder,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes a refund in, to be sent when its turn comes, or when a second person has released it.
   *
   * @throws {DomainError} `charge-not-found`; `refund-not-possible` when the charge is not paid or nothing is left;
   *   `refund-exceeds`; `refund-open` while another one of it has not ended; `refund-reference-used` for another amount
   */
  async request(orderNo: string, request: RefundRequest): Promise<Refund> {
    const charge = await this.charges.get(orderNo);
    const earlier = await this.earlier(charge, request);
    if (earlier !== undefined) return earlier;
    const amount = request.amount ?? leftOf(charge);
    assertRefundable(charge, amount);
    try {
      const id = await this.database.transaction((session) => this.store(session, charge, { ...request, amount }));
      return await this.get(id);
    } catch (error) {
      const atOnce = await this.earlier(charge, request);
      if (atOnce !== undefined) return atOnce;
      // Somebody was quicker; PostgreSQL says in what.
      if (violatesUnique(error, 'refund_open_once')) throw stillOpen(orderNo);
      if (violatesCheck(error, 'refund_total_within_amount')) throw exceeds(orderNo);
      if (violatesCheck(error, 'payment_refund_total_within_amount')) throw exceedsPayment(orderNo);
      throw error;
    }
  }

  /** @throws {DomainError} `refund-not-found` */
  async get(id: string): Promise<Refund> {
    const refund = await this.refunds.find(id);
    if (refund === undefined) throw new DomainError('refund-not-found', `There is no refund ${id}`);
    return refund;
  }

  /** Newest first. */
  list(filter: RefundFilter, page: { beforeId: string | undefined; limit: number }): Promise<Refund[]> {
    return this.refunds.list(filter, page);
  }

  /** Changes of state, oldest first. */
  history(id: string): Promise<RefundHistory[]> {
    return this.refunds.history(id);
  }

  /**
   * Lets a refund go that is above what one person may order. Persons are told apart by the owners of their keys.
   *
   * @throws {DomainError} `refund-not-found`; `second-person-required` for whoever requested it, with whatever key;
   *   `state-conflict`; `version-conflict`
   */
  async release(id: string, { reason, actor, owner, version }: RefundRelease): Promise<Refund> {
    const refund = await this.get(id);
    if (refund.requestedByOwner === owner || refund.requestedBy === actor) {
      throw new DomainError('second-person-required', `${owner} requested refund ${id}; somebody else must release it`);
    }
    const why = { cause: 'released by a second person', actor, reason };
    const released = { releasedBy: actor, releasedByOwner: owner, releasedAt: this.clock.now() };
    await this.database.transaction(async (session) => {
      const from = { id, state: 'AwaitingRelease' } as const;
      await this.refunds.transition(session, from, 'release', why, released, guardOf(version));
      await wakeBilling(session);
    });
    return this.get(id);
  }

  /**
   * Takes a refund back that is not sent yet.
   *
   * @throws {DomainError} `refund-not-found`, `state-conflict`, `version-conflict`
   */
  async cancel(id: string, { reason, actor, version }: RefundDecision): Promise<Refund> {
    const { state } = await this.get(id);
    const result = { resultCode: RESULT_NOT_SENT, resultMessage: reason, endedAt: this.clock.now() };
    const changes = { ...result, ...RELEASED, nextAttemptAt: null };
    const why = { cause: 'canceled', actor, reason };
    await this.database.transaction((session) =>
      this.refunds.transition(session, { id, state }, 'cancel', why, changes, guardOf(version)),
    );
    return this.get(id);
  }

  /**
   * Decides what became of a refund whose answer was lost, where lookups can't. Nothing is sent.
   *
   * @throws {DomainError} `refund-not-found`; `state-conflict` unless it is Unknown; `version-conflict`
   */
  async resolve(id: string, { outcome, reason, actor, version, ...found }: RefundFinding): Promise<Refund> {
    const refund = { ...(await this.get(id)), state: 'Unknown' as const };
    const result = { resultCode: RESULT_BY_DECISION, resultMessage: reason };
    const why = { cause: `decided: ${outcome}`, actor, reason };
    const refundTransactionId = found.refundTransactionId ?? null;
    const seen = guardOf(version);
    if (outcome === 'not-refunded') await this.recorder.fail(refund, result, why, seen);
    else await this.recorder.succeed(refund, { ...result, refundTransactionId }, why, seen);
    return this.get(id);
  }

  /** The refund that the same request has made before. */
  private async earlier(
    { id, orderNo }: ChargeRecord,
    { reference, amount }: RefundRequest,
  ): Promise<Refund | undefined> {
    if (reference === undefined) return undefined;
    const earlier = await this.refunds.findByReference(id, reference);
    if (earlier === undefined || amount === undefined || earlier.amount === amount) return earlier;
    throw new DomainError('refund-reference-used', `${reference} of ${orderNo} is a refund of ${earlier.amount} won`);
  }

  private async store(
    session: SqlSession,
    charge: ChargeRecord,
    { amount, reason, reference, actor, owner }: RefundRequest & { amount: Won },
  ): Promise<string> {
    const { id: chargeId, transactionId } = charge;
    const holdReason = (await this.allowance.take(session, amount)) ?? null;
    const state = holdReason === null ? 'Requested' : 'AwaitingRelease';
    const asked = { amount, reason, reference: reference ?? null, requestedBy: actor, requestedByOwner: owner };
    const fields = { chargeId, transactionId: transactionId ?? '', ...asked, holdReason, state } as const;
    const id = await this.refunds.create(session, fields, { cause: 'requested', actor, reason });
    await wakeBilling(session);
    return id;
  }
}

/** What is left of a payment to be given back. */
export function leftOf({ amount, refundedAmount, pendingRefundAmount }: ChargeRecord): Won {
  return (amount - refundedAmount - pendingRefundAmount) as Won;
}

function assertRefundable(charge: ChargeRecord, wanted: Won): void {
  const { orderNo, state } = charge;
  if (state === 'Refunding') throw stillOpen(orderNo);
  if (state !== 'Paid' && state !== 'PartiallyRefunded') {
    throw new DomainError('refund-not-possible', `Charge ${orderNo} is ${state}; only what is paid can be given back`);
  }
  if (wanted > leftOf(charge)) throw exceeds(orderNo, leftOf(charge));
}

function stillOpen(orderNo: string): DomainError {
  return new DomainError('refund-open', `A refund of ${orderNo} has not ended yet; one is under way at a time`);
}

function exceeds(orderNo: string, left?: Won): DomainError {
  return new DomainError(
    'refund-exceeds',
    `That is more than is left of ${orderNo}`,
    left === undefined ? {} : { left },
  );
}

function exceedsPayment(orderNo: string): DomainError {
  const message = `That is more than is left of the payment of ${orderNo}, of which another order has given back, too`;
  return new DomainError('refund-exceeds', message);
}
