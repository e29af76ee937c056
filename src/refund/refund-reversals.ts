import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, wordsOf, type Approval, type ApprovalDecision } from '../approval';
import { Charges } from '../charge';
import { ApprovalConfig } from '../config';
import { DomainError } from '../kernel/errors';
import { wonInWords } from '../kernel/won';
import { LineStopRepository } from '../line-stop';
import { Clock } from '../platform/clock';
import { Database, wakeBilling, type SqlSession } from '../platform/database';
import { OutsideRefundRepository } from './outside/outside-refund.repository';
import { mayBeGivenBack } from './refund-evidence';
import { RESULT_BY_DECISION, RESULT_OUTSIDE, RefundRecorder } from './refund-recorder';
import type { Refund } from './refund.entity';
import { RefundRepository, guardOf, type SeenSince } from './refund.repository';
import type { RefundDecision } from './refunds.service';

/** Refunds that count by the word of persons; the gateway's own word on one can't be taken back. */
const BY_PERSONS = [RESULT_BY_DECISION, RESULT_OUTSIDE];

/** Whether a refund counts by a word that may be taken back. */
export function isReversible({ state, resultCode }: Pick<Refund, 'state' | 'resultCode'>): boolean {
  return state === 'Refunded' && BY_PERSONS.includes(resultCode ?? '');
}

/**
 * Takes back what persons said was given back and was not, or not so much: nothing is sent, the sum is left of the charge again,
 * and the settlement log tells it (docs/decisions/0039).
 */
@Injectable()
export class RefundReversals implements OnModuleInit {
  constructor(
    private readonly refunds: RefundRepository,
    private readonly outside: OutsideRefundRepository,
    private readonly charges: Charges,
    private readonly recorder: RefundRecorder,
    private readonly stops: LineStopRepository,
    private readonly approvals: Approvals,
    private readonly policy: ApprovalConfig,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.carriedOutBy('refund-reversal', {
      carryOut: (session, approval, decision) => this.reverseApproved(session, approval, decision),
    });
  }

  /**
   * Says that a refund was none, by a look at the gateway made after it was recorded. A wrong word gives the money back twice, so it
   * needs a second person unless a setting says otherwise. What was recorded as made outside is suspected again, so that
   * somebody says how much it was, or that it was nothing.
   *
   * @returns what waits for the second person; `undefined` when none is needed and it is reversed
   * @throws {DomainError} `refund-not-found`; `state-conflict` unless it is Refunded; `version-conflict`;
   *   `evidence-contradicts` when the gateway itself said that it was made, or its record has moved since it was sent;
   *   `lookup-required`; `refund-open` while another one of the charge has not ended; `approval-open`
   */
  async reverse(id: string, { reason, by, version }: RefundDecision): Promise<Approval | undefined> {
    const { refund, seen } = await this.reversible(this.database, id);
    if (version !== undefined && version !== refund.version) {
      throw new DomainError('version-conflict', `Refund ${id} was changed since you read it`);
    }
    const { amount, orderNo } = refund;
    return this.database.transaction(async (session) => {
      if (!this.policy.ofDoubt) {
        await this.approvals.withdrawOf(session, 'refund-reversal', id, { actor: by.actor, reason });
        await this.carryOut(session, refund, { actor: by.actor, reason, version });
        return undefined;
      }
      return this.approvals.require(session, {
        ...{ kind: 'refund-reversal', subjectId: id, by, reason, count: 1, amount },
        act: { shown: seen.said },
        summary: `Say that refund ${id} (${wonInWords(amount)} of ${orderNo}) was not made; the gateway at ${seen.at.toISOString()}: ${seen.said}`,
        because: 'its sum can be given back again; a wrong word gives it back twice',
      });
    });
  }

  private async reverseApproved(session: SqlSession, approval: Approval, decision: ApprovalDecision): Promise<void> {
    const { subjectId: id, act, requestedBy: actor } = approval;
    const { refund, seen } = await this.reversible(session, id);
    if (act.shown !== seen.said) {
      const what = `The gateway’s record has changed since it was asked for: ${act.shown} then, ${seen.said} now`;
      throw new DomainError('evidence-contradicts', `${what}. Reject it; it can be asked for anew`, { refundId: id });
    }
    const said = { actor, reason: wordsOf(approval, decision), version: decision.subjectVersion };
    await this.carryOut(session, refund, said);
  }

  private async carryOut(
    session: SqlSession,
    refund: Refund,
    { actor, reason, version }: { actor: string; reason: string; version: string | undefined },
  ): Promise<void> {
    const resolution = { actor, reason, at: this.clock.now() };
    await this.recorder.reverse(session, refund, { cause: 'not made after all', actor, reason }, guardOf(version));
    if (refund.outside) await this.outside.reopen(session, refund.id, resolution);
    await this.stops.resolveByEvidence(session, 'refund-not-made', { refundId: refund.id }, resolution);
    await wakeBilling(session);
  }

  private async reversible(session: SqlSession, id: string): Promise<{ refund: Refund; seen: SeenSince }> {
    const refund = await this.refunds.find(id, session);
    if (refund === undefined) throw new DomainError('refund-not-found', `There is no refund ${id}`);
    const details = { refundId: id };
    if (refund.state !== 'Refunded') {
      throw new DomainError('state-conflict', `Refund ${id} is ${refund.state}; nothing was changed`, details);
    }
    if (!isReversible(refund)) {
      const what = `The gateway itself said that refund ${id} was made: ${refund.resultMessage}`;
      throw new DomainError('evidence-contradicts', `${what}. Only what persons said is taken back`, details);
    }
    const charge = await this.charges.get(refund.orderNo, session);
    if (charge.pendingRefundAmount > 0) {
      const open = await this.refunds.findOpen(charge.id, session);
      const which = open === undefined ? 'A refund' : `Refund ${open.id}`;
      const what = `${which} of ${refund.orderNo} has not ended yet; cancel or resolve it first`;
      throw new DomainError('refund-open', what, details);
    }
    return { refund, seen: await this.evidenceOf(session, refund) };
  }

  /** What the gateway said since the refund was recorded; that it is there is no word against its record. */
  private async evidenceOf(session: SqlSession, refund: Refund): Promise<SeenSince> {
    const { id, orderNo } = refund;
    const seen = await this.refunds.lookupAfterEnd(refund, session);
    if (seen === undefined) {
      const how = `Look the payment up first (GET /admin/v1/charges/${encodeURIComponent(orderNo)}/transaction)`;
      throw new DomainError(
        'lookup-required',
        `${how}: the gateway has not been asked since refund ${id} was recorded`,
      );
    }
    const { found, baseline, said } = seen;
    if (!refund.outside && found && baseline && mayBeGivenBack(baseline, found)) {
      const what = `The gateway’s record of ${orderNo} changed after refund ${id} was sent; it says now: ${said}`;
      throw new DomainError('evidence-contradicts', `${what}. Nothing was changed`, { refundId: id });
    }
    return seen;
  }
}
