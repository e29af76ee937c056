import { wonInWords } from '../kernel/won';
import { Injectable } from '@nestjs/common';
import { Approvals, type Approval, type Person } from '../approval';
import { ApprovalConfig } from '../config';
import { DomainError } from '../kernel/errors';
import type { Won } from '../kernel/won';
import { Clock } from '../platform/clock';
import type { ReceiveAccount } from '../gateways';
import { Database, violatesCheck, violatesUnique, wakeBilling, type SqlSession } from '../platform/database';
import type { ChargeRecord } from '../charge';
import { Charges } from '../charge';
import { PaymentClaims, claimantsInWords } from './payment-claims';
import { RefundAccounts } from './refund-accounts';
import { RefundAllowance } from './refund-allowance';
import { RefundApprovals, refuseContradicted, type RefundOutcome } from './refund-approvals';
import { RESULT_NOT_SENT } from './refund-recorder';
import type { Refund, RefundHistory } from './refund.entity';
import { RELEASED, RefundRepository, guardOf, type RefundFilter } from './refund.repository';

/** Money that is to be given back. */
export interface RefundRequest {
  /** All that is left, without it. */
  amount?: Won | undefined;
  reason: string;
  /** What the orderer calls it. Asked for again under the same reference, it is the same refund. */
  reference?: string | undefined;
  /** Where it goes, of what was paid by a deposit; of anything else, nowhere. */
  account?: ReceiveAccount | undefined;
  by: Person;
}

/** Who decides on a refund, and why. */
export interface RefundDecision {
  reason: string;
  by: Person;
  /** The only version it may be decided in, when there is one. */
  version?: string | undefined;
}

/** What a person found out about a refund in doubt. */
export type RefundFinding = RefundDecision & RefundOutcome;

/** Refunds as people order and decide them. Sending them is the scheduler's; nothing here calls the gateway. */
@Injectable()
export class Refunds {
  constructor(
    private readonly charges: Charges,
    private readonly refunds: RefundRepository,
    private readonly accounts: RefundAccounts,
    private readonly allowance: RefundAllowance,
    private readonly claims: PaymentClaims,
    private readonly doubt: RefundApprovals,
    private readonly approvals: Approvals,
    private readonly policy: ApprovalConfig,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes a refund in, to be sent when its turn comes, or when a second person has released it.
   *
   * @throws {DomainError} `charge-not-found`; `gateway-cannot`; `invalid-request` where the account is missing, or is one too many; `refund-not-possible` when the charge is not paid or nothing is left;
   *   `refund-exceeds`; `refund-open` while another one of it has not ended; `refund-reference-used` for another amount or account
   */
  async request(orderNo: string, request: RefundRequest): Promise<Refund> {
    const charge = await this.charges.get(orderNo);
    const earlier = await this.earlier(charge, request);
    if (earlier !== undefined) return earlier;
    const amount = request.amount ?? leftOf(charge);
    await this.assertRefundable(charge, amount);
    const account = this.accounts.checked(charge, request.account);
    const asked = { ...request, amount, account };
    try {
      const id = await this.database.transaction((session) => this.store(session, charge, asked));
      return await this.get(id);
    } catch (error) {
      const atOnce = await this.earlier(charge, request);
      if (atOnce !== undefined) return atOnce;
      // Somebody was quicker; PostgreSQL says in what.
      if (violatesUnique(error, 'refund_open_once')) throw await this.stillOpen(charge);
      if (violatesCheck(error, 'refund_total_within_amount')) throw exceeds(await this.charges.get(orderNo));
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

  /** Other orders that claim the payment of a charge, because of which a second person decides on giving it back. */
  async claimantsOf({ id: chargeId, gateway, transactionId }: ChargeRecord): Promise<string[]> {
    return transactionId === null ? [] : this.claims.others(this.database, { chargeId, gateway, transactionId });
  }

  /** Changes of state, oldest first. */
  history(id: string): Promise<RefundHistory[]> {
    return this.refunds.history(id);
  }

  /**
   * Lets a refund go that is above what one person may order, as approving it does.
   *
   * @throws {DomainError} `refund-not-found`; `state-conflict` when it does not wait for that; else as {@link Approvals.approve}
   */
  async release(id: string, { version: subjectVersion, ...decision }: RefundDecision): Promise<Refund> {
    await this.get(id);
    const waiting = await this.approvals.waitingOf('refund', id);
    await this.approvals.approve(waiting.id, { ...decision, subjectVersion });
    return this.get(id);
  }

  /**
   * Takes a refund back that is not sent yet.
   *
   * @throws {DomainError} `refund-not-found`, `state-conflict`, `version-conflict`
   */
  async cancel(id: string, { reason, by, version }: RefundDecision): Promise<Refund> {
    const { actor } = by;
    const { state } = await this.get(id);
    const result = { resultCode: RESULT_NOT_SENT, resultMessage: reason, endedAt: this.clock.now() };
    const changes = { ...result, ...RELEASED, nextAttemptAt: null };
    const why = { cause: 'canceled', actor, reason };
    await this.database.transaction(async (session) => {
      await this.approvals.withdrawOf(session, 'refund', id, { actor, reason });
      await this.refunds.transition(session, { id, state }, 'cancel', why, changes, guardOf(version));
    });
    return this.get(id);
  }

  /**
   * Says what became of a refund whose answer was lost, where lookups can't; nothing is sent. A wrong word pays back twice, so
   * it needs a look at the gateway made after the sending, and, unless a setting says otherwise, a second person.
   *
   * @returns what waits for the second person; `undefined` when none is needed and the refund has ended
   * @throws {DomainError} `refund-not-found`; `state-conflict` unless it is Unknown; `version-conflict`; `lookup-required`;
   *   `evidence-contradicts`; `approval-open`
   */
  async resolve(id: string, finding: RefundFinding): Promise<Approval | undefined> {
    const { outcome, refundTransactionId, reason, by, version } = finding;
    const refund = await this.get(id);
    const { amount, orderNo } = refund;
    this.assertInDoubt(refund, version);
    const seen = await this.refunds.lookupAfterSending(refund);
    if (seen === undefined) throw unseen(refund);
    refuseContradicted(refund, finding, seen);
    return this.database.transaction(async (session) => {
      if (!this.policy.ofDoubt) {
        await this.approvals.withdrawOf(session, 'refund-doubt', id, { actor: by.actor, reason });
        await this.doubt.end(session, id, { outcome, refundTransactionId }, { actor: by.actor, reason, version });
        return undefined;
      }
      return this.approvals.require(session, {
        ...{ kind: 'refund-doubt', subjectId: id, by, reason, count: 1, amount },
        act: { outcome, shown: seen.said, ...(refundTransactionId !== undefined && { refundTransactionId }) },
        summary: `Record refund ${id} (${wonInWords(amount)} of ${orderNo}) as ${outcome}; the gateway at ${seen.at.toISOString()}: ${seen.said}`,
        because: 'nobody knows what became of it; a wrong word gives the money back twice, or never',
      });
    });
  }

  private assertInDoubt({ id, state, version: current }: Refund, version: string | undefined): void {
    if (version !== undefined && version !== current) {
      throw new DomainError('version-conflict', `Refund ${id} was changed since you read it`);
    }
    if (state === 'Unknown') return;
    throw new DomainError('state-conflict', `Refund ${id} is ${state} and not in doubt; nothing was changed`, {
      refundId: id,
    });
  }

  /** The refund that the same request has made before. */
  private async earlier(
    charge: ChargeRecord,
    { reference, amount, account }: RefundRequest,
  ): Promise<Refund | undefined> {
    const earlier = reference === undefined ? undefined : await this.refunds.findByReference(charge.id, reference);
    if (earlier === undefined) return undefined;
    const named = `${reference} of ${charge.orderNo} is a refund of ${wonInWords(earlier.amount)}`;
    if (amount !== undefined && earlier.amount !== amount) throw new DomainError('refund-reference-used', named);
    // What went to a wrong account must not seem to go to the right one.
    if (await this.accounts.isTo(earlier.id, this.accounts.checked(charge, account))) return earlier;
    throw new DomainError('refund-reference-used', `${named} to another account; use another reference`);
  }

  private async assertRefundable(charge: ChargeRecord, wanted: Won): Promise<void> {
    const { orderNo, state, gateway, gatewayActs } = charge;
    if (!gatewayActs.includes('refund')) {
      throw new DomainError(
        'gateway-cannot',
        `${orderNo} is of ${gateway}, which has no way to refund payments here yet`,
      );
    }
    const isUnderWay = state === 'Refunding';
    if (state !== 'Paid' && state !== 'PartiallyRefunded' && !isUnderWay) {
      const message = `Charge ${orderNo} is ${state}; only what is paid can be given back`;
      throw new DomainError('refund-not-possible', message);
    }
    // What is too much however the open refund ends is no matter of waiting for it.
    if (wanted > charge.amount - charge.refundedAmount) throw exceeds(charge);
    if (isUnderWay || charge.pendingRefundAmount > 0) throw await this.stillOpen(charge);
  }

  private async stillOpen({ id, orderNo }: ChargeRecord): Promise<DomainError> {
    const open = await this.refunds.findOpen(id);
    const which = open === undefined ? 'A refund' : `Refund ${open.id} (${open.state}, ${wonInWords(open.amount)})`;
    const message = `${which} of ${orderNo} has not ended yet; one is under way at a time`;
    return new DomainError('refund-open', message, open === undefined ? {} : { refundId: open.id });
  }

  private async store(
    session: SqlSession,
    charge: ChargeRecord,
    { amount, reason, reference, account, by }: RefundRequest & { amount: Won },
  ): Promise<string> {
    const { id: chargeId, orderNo, gateway, gatewayAccount } = charge;
    const { actor, owner } = by;
    const of = { chargeId, gateway, gatewayAccount, transactionId: charge.transactionId ?? '' };
    const claimedBy = await this.claims.others(session, of);
    const holdReason = joined([await this.allowance.take(session, amount), whyClaimed(of.transactionId, claimedBy)]);
    const state = holdReason === null ? 'Requested' : 'AwaitingRelease';
    const asked = { amount, reason, reference: reference ?? null, requestedBy: actor, requestedByOwner: owner };
    const fields = { ...of, ...asked, claimedBy, holdReason, state } as const;
    const id = await this.refunds.create(session, fields, { cause: 'requested', actor, reason });
    const shown = account && (await this.accounts.keep(session, id, charge, account));
    if (holdReason !== null) {
      const claimed = claimedBy.length === 0 ? '' : `, whose payment ${claimantsInWords(claimedBy)} claim, too`;
      // Who agrees to money that leaves for an account agrees to which.
      const to = shown === undefined ? '' : ` to ${shown}`;
      const summary = `Send refund ${id}: ${wonInWords(amount)} of ${orderNo}${to}${claimed}`;
      const what = { kind: 'refund', subjectId: id, summary, because: holdReason, count: 1, amount } as const;
      await this.approvals.require(session, { ...what, by, reason });
    }
    await wakeBilling(session);
    return id;
  }
}

/** What is left of a payment to be given back. */
function leftOf({ amount, refundedAmount, pendingRefundAmount }: ChargeRecord): Won {
  return (amount - refundedAmount - pendingRefundAmount) as Won;
}

/** Whatever its amount: it may be another customer's money. */
function whyClaimed(transactionId: string, claimedBy: readonly string[]): string | undefined {
  if (claimedBy.length === 0) return undefined;
  return `${transactionId} may as well be the payment of ${claimantsInWords(claimedBy)}: it may be their customer’s money`;
}

function joined(reasons: readonly (string | undefined)[]): string | null {
  return reasons.filter((reason) => reason !== undefined).join('; ') || null;
}

function unseen({ orderNo, sentAt }: Refund): DomainError {
  const message = `Look the payment up first (GET /admin/v1/charges/${encodeURIComponent(orderNo)}/transaction): `;
  const why = `The gateway has not been asked since the refund was sent at ${sentAt?.toISOString()}`;
  return new DomainError('lookup-required', `${message}${why}`);
}

function exceeds(charge: ChargeRecord): DomainError {
  const { orderNo, amount } = charge;
  const left = leftOf(charge);
  const message = `That is more than is left of ${orderNo}: ${wonInWords(left)} of ${wonInWords(amount)}`;
  return new DomainError('refund-exceeds', message, { left });
}

function exceedsPayment(orderNo: string): DomainError {
  const message = `That is more than is left of the payment of ${orderNo}, of which another order has given back, too`;
  return new DomainError('refund-exceeds', message);
}
