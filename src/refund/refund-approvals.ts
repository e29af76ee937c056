import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, wordsOf, type Approval, type ApprovalDecision } from '../approval';
import { RefundConfig } from '../config';
import { DomainError } from '../kernel/errors';
import { Clock, secondsAfter } from '../platform/clock';
import type { SqlSession } from '../platform/database';
import { PaymentClaims, claimantsInWords, untoldClaims } from './payment-claims';
import { mayBeGivenBack, traceOf } from './refund-evidence';
import { RESULT_BY_DECISION, RESULT_NOT_SENT, RefundRecorder } from './refund-recorder';
import type { Refund } from './refund.entity';
import { RELEASED, RefundRepository, guardOf, type RefundCause, type SeenSince } from './refund.repository';

/** What somebody says became of a refund in doubt. */
export interface RefundOutcome {
  outcome: 'refunded' | 'not-refunded';
  /** The gateway's id of the refund, where it is known. */
  refundTransactionId?: string | undefined;
}

/** What a second person's word does to refunds: lets one go that is above the day's allowance, or ends one in doubt. */
@Injectable()
export class RefundApprovals implements OnModuleInit {
  constructor(
    private readonly approvals: Approvals,
    private readonly refunds: RefundRepository,
    private readonly recorder: RefundRecorder,
    private readonly claims: PaymentClaims,
    private readonly config: RefundConfig,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.carriedOutBy('refund', {
      carryOut: (session, approval, decision) => this.release(session, approval, decision),
      turnDown: (session, { subjectId }, why) => this.cancel(session, subjectId, why),
    });
    this.approvals.carriedOutBy('refund-doubt', {
      carryOut: (session, approval, decision) => this.resolve(session, approval, decision),
    });
  }

  /**
   * Ends a refund in doubt as somebody said.
   *
   * @throws {DomainError} `state-conflict` unless it is Unknown; `version-conflict`
   */
  async end(
    session: SqlSession,
    id: string,
    { outcome, refundTransactionId }: RefundOutcome,
    { actor, reason, version }: { actor: string; reason: string; version?: string | undefined },
  ): Promise<void> {
    const found = await this.refunds.find(id, session);
    if (found === undefined) throw new DomainError('refund-not-found', `There is no refund ${id}`);
    const refund = { ...found, state: 'Unknown' as const };
    const result = { resultCode: RESULT_BY_DECISION, resultMessage: reason };
    const why = { cause: `decided: ${outcome}`, actor, reason };
    const seen = guardOf(version);
    if (outcome === 'not-refunded') await this.recorder.fail(refund, result, why, seen, session);
    else {
      const found = { ...result, refundTransactionId: refundTransactionId ?? null };
      const lookAgainAt = await this.whenToLookAgain(session, refund);
      await this.recorder.succeed(refund, { ...found, lookAgainAt }, why, seen, session);
    }
  }

  /** A refund that the gateway's record does not show yet, though persons have its id, must show there some day. */
  private async whenToLookAgain(session: SqlSession, refund: Refund): Promise<Date | null> {
    const { found, baseline } = (await this.refunds.lookupAfterSending(refund, session)) ?? {};
    if (!found || !baseline || traceOf(baseline, found) !== 'unchanged') return null;
    return secondsAfter(this.clock.now(), this.config.doubtMinutes * 60);
  }

  private async release(session: SqlSession, { subjectId: id }: Approval, decision: ApprovalDecision): Promise<void> {
    const { by, reason, subjectVersion } = decision;
    await this.refuseUntoldClaims(session, id);
    const why = { cause: 'released by a second person', actor: by.actor, reason };
    const released = { releasedBy: by.actor, releasedByOwner: by.owner, releasedAt: this.clock.now() };
    const from = { id, state: 'AwaitingRelease' } as const;
    await this.refunds.transition(session, from, 'release', why, released, guardOf(subjectVersion));
  }

  /** Whoever agrees was told which other orders claim the payment, not which have come to claim it since. */
  private async refuseUntoldClaims(session: SqlSession, id: string): Promise<void> {
    const refund = await this.refunds.find(id, session);
    const untold = refund === undefined ? [] : await untoldClaims(this.claims, session, refund);
    if (untold.length === 0) return;
    const what = `Since refund ${id} was asked for, ${claimantsInWords(untold)} came to claim its payment, too`;
    throw new DomainError('evidence-contradicts', `${what}. Reject it; it can be asked for anew`, { refundId: id });
  }

  private async cancel(session: SqlSession, id: string, { cause, actor, reason = cause }: RefundCause): Promise<void> {
    const result = { resultCode: RESULT_NOT_SENT, resultMessage: reason, endedAt: this.clock.now() };
    const from = { id, state: 'AwaitingRelease' } as const;
    const why = { cause, actor, reason };
    await this.refunds.transition(session, from, 'cancel', why, { ...result, ...RELEASED, nextAttemptAt: null });
  }

  private async resolve(session: SqlSession, approval: Approval, decision: ApprovalDecision): Promise<void> {
    const { subjectId, act, requestedBy: actor } = approval;
    const { outcome, refundTransactionId, shown } = act as unknown as RefundOutcome & { shown?: string };
    await this.refuseAgainstEvidence(session, subjectId, { outcome, refundTransactionId }, shown);
    const said = { actor, reason: wordsOf(approval, decision), version: decision.subjectVersion };
    await this.end(session, subjectId, { outcome, refundTransactionId }, said);
  }

  /** Whoever agrees was told what the gateway’s record said; when it has changed since, the money may be back after all. */
  private async refuseAgainstEvidence(
    session: SqlSession,
    id: string,
    said: RefundOutcome,
    shown: string | undefined,
  ): Promise<void> {
    const refund = await this.refunds.find(id, session);
    const latest = refund && (await this.refunds.lookupAfterSending(refund, session));
    if (refund === undefined || latest === undefined) return;
    if (shown !== undefined && latest.said !== shown) {
      const what = `The gateway’s record has changed since it was asked for: ${shown} then, ${latest.said} now`;
      throw new DomainError('evidence-contradicts', `${what}. Reject it; it can be asked for anew`, { refundId: id });
    }
    refuseContradicted(refund, said, latest);
  }
}

/**
 * No word of a person's stands against the gateway's record. If it has moved on and the refund were called not made, it would be
 * made again. If it has not and the refund is called made, the customer might never get it: that needs the gateway's own id of
 * the refund.
 *
 * @throws {DomainError} `evidence-contradicts`
 */
export function refuseContradicted(
  { id, orderNo }: Refund,
  { outcome, refundTransactionId }: RefundOutcome,
  { said, found, baseline }: SeenSince,
): void {
  if (!found || !baseline) return;
  const record = `The gateway’s record of ${orderNo}`;
  if (outcome === 'refunded') {
    if (refundTransactionId !== undefined || traceOf(baseline, found) !== 'unchanged') return;
    const what = `${record} is as it was before refund ${id} was sent: ${said}`;
    const how = 'State the gateway’s id of the refund (refundTransactionId), or look again: a lookup may be stale';
    throw new DomainError('evidence-contradicts', `${what}. ${how}`, { refundId: id });
  }
  if (!mayBeGivenBack(baseline, found)) return;
  const what = `${record} changed after refund ${id} was sent; it says now: ${said}`;
  throw new DomainError('evidence-contradicts', `${what}. Money was given back: say that it was refunded`, {
    refundId: id,
  });
}
