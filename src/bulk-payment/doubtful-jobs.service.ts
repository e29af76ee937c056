import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { LineStopRepository } from '../line-stop';
import { NotificationRepository } from '../notification';
import { Clock } from '../platform/clock';
import { Database, violatesUnique, wakeBilling, type SqlSession } from '../platform/database';
import type { BulkPaymentJob } from './bulk-payment-job.entity';
import { BulkPaymentJobRepository, RELEASED } from './bulk-payment-job.repository';
import { CompletionService } from './completion.service';
import { isBeingSent, isInDoubt, failedAfterSending } from './doubt';

/** Who decides, and on what T store's word: both stay in the job's history. */
export interface DoubtDecision {
  actor: string;
  reason: string;
}

/** What a person decides of a submission in doubt, who has asked T store: that it has not got the job, or as which it has. */
@Injectable()
export class DoubtfulJobs {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly completion: CompletionService,
    private readonly notifications: NotificationRepository,
    private readonly stops: LineStopRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Gives the job up: T store says that it has not got it. Its charges are billed again only by a rebill of the job. A
   * replica that still waits for an answer finds its claim gone.
   *
   * @throws {DomainError} `job-not-found`; `state-conflict` when the job is not in doubt
   */
  async closeAsNotAccepted(id: string, decision: DoubtDecision): Promise<void> {
    await this.database.transaction(async (session) => {
      const job = await this.locked(session, id);
      if (!isInDoubt(job, this.clock.now())) throw this.notInDoubt(job);
      const failureReason = `closed as not accepted: ${decision.reason}`;
      const changes = { ...RELEASED, failedAt: this.clock.now(), failureReason };
      await this.jobs.transition(session, job, 'close', { cause: 'closed as not accepted', ...decision }, changes);
    });
  }

  /**
   * States which gateway job it is, and the job goes on: with the notification that is here already, or the one to come. A
   * job that was closed, or refused, comes back. What bills its charges again and is not sent yet is canceled with it, because this
   * job collects them.
   *
   * @throws {DomainError} `job-not-found`; `state-conflict` when the job is neither in doubt nor failed after it was sent;
   *   `gateway-job-taken` when the id is another job's
   */
  async attachGatewayJob(id: string, request: DoubtDecision & { gatewayJobId: string }): Promise<void> {
    const { gatewayJobId, ...decision } = request;
    try {
      await this.database.transaction(async (session) => {
        const job = await this.locked(session, id);
        await this.attach(session, job, gatewayJobId, decision);
        await this.stops.resolveOfJob(session, id, 'gateway-contradicts', { ...decision, at: this.clock.now() });
        await this.goOn(session, id, gatewayJobId);
        await wakeBilling(session);
      });
    } catch (error) {
      if (!violatesUnique(error, 'bulk_payment_job_gateway_job_once')) throw error;
      throw new DomainError('gateway-job-taken', `Another job is gateway job ${gatewayJobId}; nothing was changed`);
    }
  }

  private async locked(session: SqlSession, id: string): Promise<BulkPaymentJob> {
    const job = await this.jobs.lock(session, id);
    if (job === undefined) throw new DomainError('job-not-found', `There is no bulk payment job ${id}`);
    return job;
  }

  private async attach(
    session: SqlSession,
    job: BulkPaymentJob,
    gatewayJobId: string,
    decision: DoubtDecision,
  ): Promise<void> {
    const why = { cause: `gateway job ${gatewayJobId} attached`, ...decision };
    const attached = { ...RELEASED, gatewayJobId, gatewayJobAttachedAt: this.clock.now() };
    // An id that a person named, a person may name anew.
    const isAttached = job.state === 'Processing' && job.gatewayJobAttachedAt !== null;
    if (isAttached || isInDoubt(job, this.clock.now())) return this.jobs.amend(session, job, why, attached);
    if (!failedAfterSending(job)) throw this.notInDoubt(job);
    await this.jobs.transition(session, job, 'reopen', why, { ...attached, failedAt: null, failureReason: null });
    await this.cancelUnsentRebills(session, job.id, decision);
  }

  /** Those that are sent go on: what they take from whom this job charges too is for the checks of the line to find. */
  private async cancelUnsentRebills(session: SqlSession, jobId: string, decision: DoubtDecision): Promise<void> {
    const why = { cause: `job ${jobId} was accepted after all`, ...decision };
    for (
      let id = await this.jobs.rebillOf(session, jobId);
      id !== undefined;
      id = await this.jobs.rebillOf(session, id)
    ) {
      const rebill = await this.jobs.lock(session, id);
      if (rebill?.state === 'Created') await this.jobs.cancel(session, rebill, why);
    }
  }

  /** Takes up the notifications of the job that came before anybody knew that they were its own. */
  private async goOn(session: SqlSession, id: string, gatewayJobId: string): Promise<void> {
    const job = await this.locked(session, id);
    if (await this.notifications.isCompletionVerified(session, job)) {
      await this.completion.verify(session, job, { gatewayJobId, completes: true });
    } else await this.notifications.makeDue(session, job);
  }

  private notInDoubt(job: BulkPaymentJob): DomainError {
    const why = isBeingSent(job, this.clock.now())
      ? 'is being sent just now'
      : job.gatewayJobId === null
        ? `is ${job.state}`
        : `is ${job.state}, as gateway job ${job.gatewayJobId}`;
    return new DomainError('state-conflict', `Job ${job.id} is not in doubt: it ${why}; nothing was changed`, {
      state: job.state,
    });
  }
}
