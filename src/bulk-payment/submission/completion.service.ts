import { Injectable } from '@nestjs/common';
import { In, type FindOptionsWhere } from 'typeorm';
import { DomainError } from '../../kernel/errors';
import { Clock } from '../../platform/clock';
import { Database, type SqlSession } from '../../platform/database';
import { BulkPaymentJob, BulkPaymentJobHistory } from '../job/bulk-payment-job.entity';
import { BulkPaymentJobRepository } from '../job/bulk-payment-job.repository';
import { GatewayContradictions, contradicts } from '../checks/gateway-contradictions';

const ACTOR = 'pns';
/** More jobs than ever wait at once; those beyond are only not preferred. */
const MOST_AWAITED = 1_000;

/** What a notification tells of a job: the address it came in at, and the gateway's id of the job. */
export interface CompletionHint {
  callbackTokenHash: Buffer | null;
  gatewayJobId: string | null;
}

/** What a message says that PNS was asked about. */
export interface VerifiedMessage {
  gatewayJobId: string | null;
  /** Whether it says that the gateway is done with the job. */
  completes: boolean;
}

/** Moves jobs by what notifications say: completed when one arrives, verified or put back when PNS has been asked. */
@Injectable()
export class CompletionService {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly contradictions: GatewayContradictions,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * The job a notification speaks of: the one whose address it came in at, else the one with its id. The address is secret,
   * so it outranks the id in the message; that the job is known under another id is for PNS to be asked about.
   */
  async match(hint: CompletionHint): Promise<BulkPaymentJob | undefined> {
    const { callbackTokenHash, gatewayJobId } = hint;
    if (gatewayJobId === null) return undefined;
    if (callbackTokenHash !== null) return this.one({ callbackTokenHash });
    // Each account may number its jobs by itself, so several can have the id: then one that waits for a notification.
    const waiting = await this.one({ gatewayJobId, state: In(['Processing', 'Completed']) });
    return waiting ?? this.one({ gatewayJobId });
  }

  /**
   * What the jobs that were sent and are not verified yet are known by, the oldest first.
   *
   * @param accounts those that may be asked about a message now
   */
  async awaited(accounts: readonly string[]): Promise<(CompletionHint & { mayAsk: boolean })[]> {
    return this.database.rows<CompletionHint & { mayAsk: boolean }>(
      `SELECT callback_token_hash AS "callbackTokenHash", gateway_job_id AS "gatewayJobId",
         gateway_account = ANY ($2) AS "mayAsk"
       FROM bulk_payment_job
       WHERE state IN ('Processing', 'Completed')
       ORDER BY id
       LIMIT $1`,
      [MOST_AWAITED, accounts],
    );
  }

  /**
   * Notes that a completion notification arrived at the job's own address, not verified yet. A job in doubt learns the
   * gateway's id from it. Anybody may send to the shared address: that moves nothing before PNS has confirmed it; nor does
   * anything more of a job of which PNS has disowned a message.
   *
   * @returns the job as it is now; in any other state than Processing, or known under another id, nothing changes
   */
  async complete(job: BulkPaymentJob, { callbackTokenHash, gatewayJobId }: CompletionHint): Promise<BulkPaymentJob> {
    if (job.state !== 'Processing' || callbackTokenHash === null || gatewayJobId === null) return job;
    return this.database.transaction(async (session) => {
      const current = await this.lock(session, job);
      if (current.state !== 'Processing' || contradicts(current, gatewayJobId)) return current;
      if (await this.wasDeceived(session, current)) return current;
      // That its id is recorded of another job is for PNS to be asked about.
      if ((await this.jobs.withGatewayJob(current, gatewayJobId, session)) !== undefined) return current;
      await this.noteCompletion(session, current, gatewayJobId);
      return this.lock(session, job);
    });
  }

  /** The job as it is now, which stays so until the transaction ends. */
  async lock(session: SqlSession, { id }: BulkPaymentJob): Promise<BulkPaymentJob> {
    const job = await this.jobs.lock(session, id);
    if (job === undefined) throw new DomainError('internal-error', `job ${id} is gone`);
    return job;
  }

  /**
   * PNS confirmed a message: where it says that the gateway is done with the job, the result file may be fetched. A message
   * that can't be true beside what is recorded, such as of a job that was closed, stops the line instead.
   */
  async verify(session: SqlSession, job: BulkPaymentJob, { gatewayJobId, completes }: VerifiedMessage): Promise<void> {
    if (gatewayJobId === null) return;
    const heard = { gatewayJobId, from: 'a notification PNS confirmed' };
    if ((await this.contradictions.raise(session, job, heard)) || !completes) return;
    if (job.state === 'Processing') await this.noteCompletion(session, job, gatewayJobId);
    if (job.state === 'Processing' || job.state === 'Completed') await this.noteVerification(session, job);
  }

  /** PNS disowned a message: the job waits for a genuine one, and forgets an id only this one had named. */
  async reject(
    session: SqlSession,
    job: BulkPaymentJob,
    message: VerifiedMessage & CompletionHint,
    reason: string,
  ): Promise<void> {
    const { callbackTokenHash, gatewayJobId, completes } = message;
    // What came to the shared address has not moved the job, so it can't put it back either.
    if (job.state !== 'Completed' || !completes || callbackTokenHash === null) return;
    if (gatewayJobId === null || contradicts(job, gatewayJobId)) return;
    const isNamedByIt = job.submissionAnsweredAt === null && job.gatewayJobAttachedAt === null;
    const forgetId = isNamedByIt ? { gatewayJobId: null } : {};
    const why = { cause: 'notification rejected', actor: ACTOR, reason };
    await this.jobs.transition(session, job, 'reject', why, { completedAt: null, ...forgetId });
  }

  private async one(where: FindOptionsWhere<BulkPaymentJob>): Promise<BulkPaymentJob | undefined> {
    return (await this.database.manager.findOne(BulkPaymentJob, { where, order: { id: 'ASC' } })) ?? undefined;
  }

  private async wasDeceived(session: SqlSession, { id }: BulkPaymentJob): Promise<boolean> {
    const rejections = { jobId: id, fromState: 'Completed', toState: 'Processing' } as const;
    return session.manager.existsBy(BulkPaymentJobHistory, rejections);
  }

  private async noteCompletion(session: SqlSession, { id }: BulkPaymentJob, gatewayJobId: string): Promise<void> {
    const why = { cause: 'completion notification', actor: ACTOR };
    const changes = { gatewayJobId, completedAt: this.clock.now() };
    await this.jobs.transition(session, { id, state: 'Processing' }, 'complete', why, changes);
  }

  private async noteVerification(session: SqlSession, { id }: BulkPaymentJob): Promise<void> {
    const why = { cause: 'notification verified', actor: ACTOR };
    const changes = { verifiedAt: this.clock.now(), nextAttemptAt: null };
    await this.jobs.transition(session, { id, state: 'Completed' }, 'verify', why, changes);
  }
}
