import { Injectable } from '@nestjs/common';
import type { SubmissionReceipt } from '../../gateways/tstore';
import { GatewayAccounts } from '../../gateway-account';
import { DomainError } from '../../kernel/errors';
import { KillSwitch } from '../../kill-switch';
import { LineStopRepository } from '../../line-stop';
import { Clock } from '../../platform/clock';
import { Database } from '../../platform/database';
import { BulkPaymentJobRepository, type JobChanges, type JobClaim } from '../job/bulk-payment-job.repository';
import { GatewayContradictions } from '../checks/gateway-contradictions';
import { ChargeWithdrawals } from './charge-withdrawals';
import type { JobHeaders } from './submission-headers';

const ACTOR = 'billing-scheduler';

/** A job's submission columns before any sending. */
const NOT_SUBMITTED = {
  verBulkPay: null,
  bid: null,
  notificationUrl: null,
  callbackTokenHash: null,
  priority: null,
  submittedLineCount: null,
  submissionStartedAt: null,
  doubtToldAt: null,
} satisfies JobChanges;

/** What is recorded of a submission, before and after it. */
@Injectable()
export class SubmissionRepository {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly killSwitch: KillSwitch,
    private readonly accounts: GatewayAccounts,
    private readonly stops: LineStopRepository,
    private readonly withdrawals: ChargeWithdrawals,
    private readonly contradictions: GatewayContradictions,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Commits the intent to send. From here on the job is never sent again by itself. Where charges of it are not wanted any more,
   * these are withdrawn instead, and the rest is written and sent anew.
   *
   * @returns what was withdrawn, in words; then nothing may be sent
   * @throws {DomainError} `submissions-stopped`, `gateway-account-unusable`, `line-stopped`
   */
  async begin(
    claim: JobClaim,
    { headers, maskedNotificationUrl, callbackTokenHash }: JobHeaders,
  ): Promise<string | undefined> {
    return this.database.transaction(async (session) => {
      await this.withdrawals.holdChanges(session, claim);
      await this.killSwitch.assertReleased(session);
      await this.accounts.assertEnabled(session, claim.job.gatewayAccount);
      await this.stops.assertMaySubmit(session, claim.job.id);
      const withdrawn = await this.withdrawals.takeOut(session, claim);
      if (withdrawn !== undefined) return withdrawn;
      await this.jobs.transition(
        session,
        claim.job,
        'submit',
        { cause: 'sending begins', actor: ACTOR },
        {
          verBulkPay: headers.verBulkPay,
          bid: headers.bid,
          notificationUrl: maskedNotificationUrl,
          callbackTokenHash,
          priority: headers.priority,
          submittedLineCount: Number(headers.cntTotalTrans),
          submissionStartedAt: this.clock.now(),
        },
        claim.leaseId,
      );
      return undefined;
    });
  }

  /**
   * Keeps the lease once more, just before the first byte leaves: whoever slept past it is not the one to send any more
   * when a person has decided meanwhile, and while it is kept nobody can.
   *
   * @throws {DomainError} `lease-lost`
   */
  async stillMine(claim: JobClaim): Promise<void> {
    await this.jobs.record(claim, {});
  }

  /**
   * Records the gateway's acceptance. The notification may have come first and have named the job's id already. An
   * answer so late that a person has decided otherwise meanwhile stops the line.
   *
   * @throws {DomainError} `state-conflict` when the job was closed, or is known under another id than the answer names
   */
  async accept(claim: JobClaim, receipt: SubmissionReceipt): Promise<void> {
    const contradicted = await this.database.transaction(async (session) => {
      const job = await this.jobs.lock(session, claim.job.id);
      const heard = { gatewayJobId: receipt.gatewayJobId, from: 'the answer to the submission' };
      if (job !== undefined && (await this.contradictions.raise(session, job, heard))) return true;
      const answered = {
        gatewayJobId: receipt.gatewayJobId,
        waitingJobs: receipt.waitingJobs,
        submissionResultCode: receipt.resultCode,
        submissionResultMessage: receipt.resultMessage,
        submissionAnsweredAt: this.clock.now(),
        submissionDoubt: null,
      };
      await this.jobs.finish(claim, answered, session);
      return false;
    });
    if (!contradicted) return;
    throw new DomainError(
      'state-conflict',
      `job ${claim.job.id}: the answer names gateway job ${receipt.gatewayJobId}, which can’t be`,
    );
  }

  /** The gateway's clear no: the job fails, with the reason the gateway gave. */
  async refuse(claim: JobClaim, refusal: { resultCode?: string; resultMessage: string }): Promise<void> {
    await this.database.transaction(async (session) => {
      await this.jobs.transition(
        session,
        { id: claim.job.id, state: 'Processing' },
        'refuse',
        { cause: 'refused by the gateway', actor: ACTOR },
        {
          failedAt: this.clock.now(),
          failureReason: `refused by the gateway: ${refusal.resultMessage}`,
          submissionResultCode: refusal.resultCode ?? null,
          submissionResultMessage: refusal.resultMessage,
          submissionAnsweredAt: this.clock.now(),
        },
        claim.leaseId,
      );
      await this.jobs.finish(claim, {}, session);
    });
  }

  /**
   * Takes the intent back, which is right only when it is certain that the gateway has not taken the job: it is sent
   * again later as if this attempt had not been.
   */
  async withdraw(claim: JobClaim, reason: string, retryAt: Date): Promise<void> {
    await this.database.transaction(async (session) => {
      const job = { id: claim.job.id, state: 'Processing' } as const;
      const why = { cause: 'not taken by the gateway', actor: ACTOR, reason };
      await this.jobs.transition(session, job, 'withdraw', why, NOT_SUBMITTED, claim.leaseId);
      await this.jobs.postpone(claim, retryAt, reason, { session });
    });
  }

  /** The outcome is not known: the job stays as it is, and says why. */
  async leaveInDoubt(claim: JobClaim, doubt: string): Promise<void> {
    await this.jobs.finish(claim, { submissionDoubt: doubt });
  }
}
