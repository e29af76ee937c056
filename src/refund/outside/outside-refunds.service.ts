import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, wordsOf, type Approval, type Person } from '../../approval';
import { DomainError } from '../../kernel/errors';
import { sumWon, won, type Won, wonInWords } from '../../kernel/won';
import { Clock } from '../../platform/clock';
import { Database, violatesCheck, violatesUnique, type SqlSession } from '../../platform/database';
import { TransactionLookups, mayBeRefunded, type TransactionLookup } from '../../transaction-lookup';
import type { ChargeRecord } from '../../charge';
import { Charges } from '../../charge';
import type { OutsideRefund, OutsideRefundHistory } from './outside-refund.entity';
import { OutsideRefundRepository, shownBy } from './outside-refund.repository';
import type { OutsideRefundState } from './outside-refund.state';
import { mayBeGivenBack } from '../refund-evidence';
import { hasLessThan } from './transaction-comparison';
import { RefundAllowance } from '../refund-allowance';
import { RefundRecorder } from '../refund-recorder';

/** A refund that the gateway made without us, as a person found it. */
export interface OutsideRefundFinding {
  amount: Won;
  reason: string;
  /** The gateway's id of the refund, where it is known. */
  refundTransactionId?: string | undefined;
  by: Person;
}

/** What came of recording one: it counts now, or it waits for a second person. */
export type RecordedOutside = { kind: 'recorded'; refundId: string } | { kind: 'awaits-approval'; approval: Approval };

/**
 * Refunds that the gateway made without us. Its lookups tell that something was given back and never how much, so the amount is
 * a person's word, and the lookup its evidence (docs/decisions/0017).
 */
@Injectable()
export class OutsideRefunds implements OnModuleInit {
  constructor(
    private readonly charges: Charges,
    private readonly outside: OutsideRefundRepository,
    private readonly lookups: TransactionLookups,
    private readonly allowance: RefundAllowance,
    private readonly recorder: RefundRecorder,
    private readonly approvals: Approvals,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.carriedOutBy('outside-refund', {
      carryOut: async (session, approval, decision) => {
        const { orderNo = '', amount = '', lookupId = '', refundTransactionId } = approval.act;
        const by = { actor: approval.requestedBy, owner: approval.requestedByOwner };
        const finding = { amount: won(Number(amount)), reason: wordsOf(approval, decision), refundTransactionId, by };
        // Something may have been given back since it was asked for.
        const { charge } = await this.recordable(session, orderNo, finding.amount);
        await this.store(session, charge, await this.lookups.get(lookupId, session), finding);
      },
    });
  }

  list(page: {
    state?: OutsideRefundState | undefined;
    beforeId: string | undefined;
    limit: number;
  }): Promise<OutsideRefund[]> {
    return this.outside.list(page);
  }

  /** @throws {DomainError} `outside-refund-not-found` */
  async get(id: string): Promise<OutsideRefund> {
    const found = await this.outside.find(id);
    if (found === undefined) throw new DomainError('outside-refund-not-found', `There is no outside refund ${id}`);
    return found;
  }

  history(id: string): Promise<OutsideRefundHistory[]> {
    return this.outside.history(id);
  }

  /**
   * Notes it when a lookup shows money given back of which we know nothing: of a charge of which we have given nothing back, or,
   * where the gateway tells what is left, more than we have; or since a refund of ours that ended as not made, which may have been made after all.
   *
   * @returns whether anything that was seen of the charge, now or before, waits for a person to record or dismiss it
   */
  async suspect(charge: ChargeRecord, lookup: TransactionLookup): Promise<boolean> {
    const { found } = lookup;
    const isShown = found !== null && charge.refundedAmount === 0 && mayBeRefunded(found);
    const isLess = found !== null && hasLessThan(charge, found);
    if (isShown || isLess || (await this.hasMovedSinceFailure(charge, lookup))) {
      await this.outside.suspect(charge.id, lookup, this.clock.now());
    }
    return this.outside.isAnySuspected(charge.id);
  }

  /** Notes that the gateway refused a refund of ours as more than is left, so that its lookup of just before shows too little. */
  async suspectRefused(
    { id, chargeId, baselineLookupId }: { id: string; chargeId: string; baselineLookupId: string },
    refusal: string,
  ): Promise<void> {
    const lookup = await this.lookups.get(baselineLookupId);
    await this.outside.noteRefused(chargeId, lookup, `refund ${id}, ${refusal}`, this.clock.now());
  }

  private async hasMovedSinceFailure(charge: ChargeRecord, { found }: TransactionLookup): Promise<boolean> {
    if (found === null) return false;
    const baseline = await this.outside.beforeLastFailed(charge.id);
    return baseline !== undefined && mayBeGivenBack(baseline, found);
  }

  /**
   * Records a refund that the gateway made without us, by the one door that records refunds. Nothing is sent.
   *
   * @throws {DomainError} `charge-not-found`; `refund-not-possible` unless the charge was paid; `lookup-required` without a
   *   lookup since the last refund; `lookup-shows-no-refund`; `refund-exceeds`; `refund-open` while a refund of ours has not
   *   ended, which may be what the gateway shows; `outside-refund-recorded`; `evidence-contradicts` above what the gateway shows; `approval-open` while another one of the charge
   *   waits for a second person
   */
  async record(orderNo: string, finding: OutsideRefundFinding): Promise<RecordedOutside> {
    const { amount } = finding;
    const { charge, lookup } = await this.recordable(this.database, orderNo, amount);
    return this.database.transaction(async (session) => {
      await this.approvals.assertNoneWaits(session, 'outside-refund', charge.id);
      const because =
        (await this.allowance.take(session, amount)) ?? (await this.whyUnsure(session, charge, lookup, amount));
      if (because !== undefined) {
        return { kind: 'awaits-approval', approval: await this.ask(session, charge, lookup, { ...finding, because }) };
      }
      return { kind: 'recorded', refundId: await this.store(session, charge, lookup, finding) };
    });
  }

  /**
   * Records what the gateway's own list shows as given back and our record does not: where it tells each amount, and what is left, it
   * takes nobody's word. What does not add up, or may be a refund of ours that has not ended, is left suspected.
   *
   * @returns the refund's id; `undefined` where there is nothing to record, or a person must say what it is
   */
  async recordListed(orderNo: string, lookup: TransactionLookup, actor: string): Promise<string | undefined> {
    return this.database.transaction(async (session) => {
      await this.outside.lockCharge(session, orderNo);
      // Read after the look, and one after another: so it has all of ours that the look shows, and what others recorded of it.
      const charge = await this.charges.get(orderNo, session);
      const listed = listedBeyond(charge, lookup);
      if (listed === undefined || (await this.outside.wasAnyUnmade(session, charge.id))) return undefined;
      const by = { actor, owner: actor };
      const reason = `as the gateway lists it: ${listed.notes}`;
      const id = await this.store(session, charge, lookup, { ...listed, reason, by });
      // What an earlier look showed is in what this one shows.
      const decision = { actor, reason: `it is in refund ${id}`, at: this.clock.now() };
      await this.outside.dismissOthers(session, charge.id, decision);
      return id;
    });
  }

  /** Says that nothing was given back. @throws {DomainError} `outside-refund-not-found`, `state-conflict` */
  async dismiss(id: string, { actor, reason }: { actor: string; reason: string }): Promise<OutsideRefund> {
    const { chargeId } = await this.get(id);
    await this.database.transaction(async (session) => {
      await this.approvals.withdrawOf(session, 'outside-refund', chargeId, { actor, reason });
      await this.outside.dismiss(session, id, { actor, reason, at: this.clock.now() });
    });
    return this.get(id);
  }

  /** What is asked for is suspected meanwhile, so that none of it is given back a second time by us. */
  private async ask(
    session: SqlSession,
    { id: subjectId, orderNo }: ChargeRecord,
    lookup: TransactionLookup,
    { amount, refundTransactionId, by, reason, because }: OutsideRefundFinding & { because: string },
  ): Promise<Approval> {
    await this.outside.noteAsked(session, subjectId, lookup, this.clock.now());
    const act = { orderNo, amount: String(amount), lookupId: lookup.id };
    return this.approvals.require(session, {
      ...{ kind: 'outside-refund', subjectId, by, reason, count: 1, amount, because },
      act: { ...act, ...(refundTransactionId && { refundTransactionId }) },
      summary: `Record that the gateway gave back ${wonInWords(amount)} of ${orderNo} without us; its record says: ${shownBy(lookup)}`,
    });
  }

  /** The charge, where so much of it may have been given back without us, and the lookup that shows it. */
  private async recordable(
    session: SqlSession,
    orderNo: string,
    amount: Won,
  ): Promise<{ charge: ChargeRecord; lookup: TransactionLookup }> {
    const charge = await this.charges.get(orderNo, session);
    assertWithin(charge, amount);
    return { charge, lookup: await this.evidenceOf(session, charge) };
  }

  private async store(
    session: SqlSession,
    charge: ChargeRecord,
    lookup: TransactionLookup,
    {
      amount,
      reason,
      refundTransactionId,
      by,
    }: Omit<OutsideRefundFinding, 'by'> & { by: Pick<Person, 'actor' | 'owner'> },
  ): Promise<string> {
    const { id: chargeId, transactionId } = charge;
    // One after another, whoever records: what others have recorded meanwhile is known, and not recorded again.
    await this.outside.lockCharge(session, charge.orderNo);
    assertShown(await this.charges.get(charge.orderNo, session), lookup, amount);
    const asked = { amount, reason, requestedBy: by.actor, requestedByOwner: by.owner };
    const result = {
      resultMessage: `made without us; the gateway: ${shownBy(lookup)}`,
      refundTransactionId: refundTransactionId ?? null,
    };
    const { gateway, gatewayAccount } = charge;
    const fields = { chargeId, gateway, gatewayAccount, transactionId: transactionId ?? '', ...asked };
    const refundId = await this.recorder.recordOutside(session, fields, result).catch((error: unknown) => {
      // Somebody was quicker; PostgreSQL says in what.
      if (violatesUnique(error, 'refund_open_once')) throw stillOpen(charge);
      const exceeding = ['refund_total_within_amount', 'payment_refund_total_within_amount'];
      throw exceeding.some((check) => violatesCheck(error, check)) ? exceeds(charge) : error;
    });
    await this.outside.record(session, chargeId, lookup, { refundId, actor: by.actor, reason, at: this.clock.now() });
    return refundId;
  }

  /** What the gateway said last, where it can prove a refund that is not in our record. */
  private async evidenceOf(session: SqlSession, charge: ChargeRecord): Promise<TransactionLookup> {
    const { gateway, gatewayAccount, transactionId, orderNo } = charge;
    const lastRefundedAt = await this.outside.lastRefundOfOurs(session, charge.id);
    const lookup =
      transactionId === null
        ? undefined
        : await this.lookups.latest({ gateway, gatewayAccount, transactionId }, session);
    const isOlder = lookup !== undefined && lastRefundedAt !== null && lookup.at < lastRefundedAt;
    if (lookup === undefined || lookup.found === null || isOlder) {
      const how = `Look the payment up first (GET /admin/v1/charges/${encodeURIComponent(orderNo)}/transaction)`;
      throw new DomainError('lookup-required', `${how}: the gateway’s record is the evidence`);
    }
    const { isRefunded, isPaid, status, updatedAt } = lookup.found;
    const isOurOwn = updatedAt !== null && lastRefundedAt !== null && isBefore(updatedAt, lastRefundedAt);
    const isNone = isRefunded === false && isPaid !== false;
    // A word of the gateway's that its record does not show, such as that nothing is left, has raised it.
    if ((!isNone && !isOurOwn) || (await this.outside.openShowing(charge.id, lookup, session)) !== undefined)
      return lookup;
    const why = isNone ? `has it as ${status}` : `has not changed it since our own last refund (${updatedAt})`;
    throw new DomainError('lookup-shows-no-refund', `The gateway ${why}; there is nothing to record of ${orderNo}`);
  }

  private async whyUnsure(
    session: SqlSession,
    { id, amount: paid }: ChargeRecord,
    lookup: TransactionLookup,
    amount: Won,
  ): Promise<string | undefined> {
    const { found } = lookup;
    // Nobody has published what a record's amount is after a part was given back; here it is not what we took.
    if (found !== null && found.amount !== paid && amount > found.amount) {
      return `The gateway’s record shows ${wonInWords(found.amount)}, which is less`;
    }
    const open = await this.outside.openShowing(id, lookup, session);
    if (open !== undefined && open !== shownBy(lookup))
      return `The gateway’s record does not tell it, a refusal does: ${open}`;
    if (found?.isRefunded === true) return undefined;
    if (found?.isRefunded === false)
      return `The gateway’s record does not say that it is refunded, but ${found.status}`;
    return `nobody has set which of the gateway’s words mean refunded; it says ${found?.status}`;
  }
}

/**
 * What the gateway has given back of a paid charge beyond what our record has, where its list and its balance tell the same.
 */
function listedBeyond(
  charge: ChargeRecord,
  { found }: TransactionLookup,
): { amount: Won; notes: string; refundTransactionId: string | undefined } | undefined {
  const wasPaid = charge.state === 'Paid' || charge.state === 'PartiallyRefunded';
  if (!wasPaid || found?.balance === undefined || found.refunds === undefined || !hasLessThan(charge, found)) {
    return undefined;
  }
  const given = sumWon(found.refunds.map(({ amount }) => amount));
  if (found.amount !== charge.amount || given !== charge.amount - found.balance) return undefined;
  const amount = won(given - charge.refundedAmount);
  const [one, ...others] = found.refunds.filter((refund) => refund.amount === amount);
  const notes = found.refunds.map(({ note }) => note).join('; ');
  return { amount, notes, refundTransactionId: others.length === 0 ? one?.refundTransactionId : undefined };
}

/** The gateway's clock counts whole seconds: what it did in the second of our refund may be another one. */
function isBefore(updatedAt: string, refundedAt: Date): boolean {
  return new Date(updatedAt).getTime() + 1_000 <= refundedAt.getTime();
}

function assertWithin(charge: ChargeRecord, amount: Won): void {
  const { orderNo, state, refundedAmount } = charge;
  const wasPaid = state === 'Paid' || state === 'PartiallyRefunded' || state === 'Refunding';
  if (!wasPaid) {
    throw new DomainError(
      'refund-not-possible',
      `Charge ${orderNo} is ${state}; nothing is left of it to be given back`,
    );
  }
  if (charge.pendingRefundAmount > 0) throw stillOpen(charge);
  if (amount > charge.amount - refundedAmount) throw exceeds(charge);
}

/** Where the gateway tells what is left, no more was given back of it than is gone, with all that is recorded already. */
function assertShown(charge: ChargeRecord, { found }: TransactionLookup, amount: Won): void {
  assertWithin(charge, amount);
  // One of which all is left shows no giving back at all, as a deposit that the bank took back.
  if (found?.balance === undefined || found.balance === charge.amount) return;
  const [gone, known] = [charge.amount - found.balance, charge.refundedAmount];
  if (known + amount <= gone) return;
  const shown = `The gateway has given back ${wonInWords(gone)} of ${charge.orderNo} by its last lookup, of which ${wonInWords(known)}`;
  throw new DomainError('evidence-contradicts', `${shown} are recorded; look the payment up again if there was more`);
}

function stillOpen({ id, orderNo }: ChargeRecord): DomainError {
  const which = `A refund of ${orderNo} (GET /admin/v1/refunds?chargeId=${id}) has not ended yet`;
  return new DomainError('refund-open', `${which} and may be what the gateway shows; cancel or resolve it first`);
}

function exceeds({ orderNo, amount, refundedAmount }: ChargeRecord): DomainError {
  const left = amount - refundedAmount;
  const message = `That is more than is left of ${orderNo}: ${wonInWords(left)} of ${wonInWords(amount)}`;
  return new DomainError('refund-exceeds', message, { left });
}
