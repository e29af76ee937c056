import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { BulkPaymentJob } from './bulk-payment-job.entity';
import { BulkPaymentJobRepository } from './bulk-payment-job.repository';

const ACTOR = 'pns';

/** What a notification tells of a job: the address it came in at, and the gateway's id of the job. */
export interface CompletionHint {
  callbackTokenHash: Buffer | null;
  gatewayJobId: string | null;
}

/** Moves jobs by what notifications say: completed when one arrives, verified or put back when PNS has been asked. */
@Injectable()
export class CompletionService {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The job a notification speaks of: the one whose address it came in at, else the one with its id. */
  async match(hint: CompletionHint): Promise<BulkPaymentJob | undefined> {
    const { manager } = this.database;
    if (hint.callbackTokenHash !== null) {
      const job = await manager.findOneBy(BulkPaymentJob, { callbackTokenHash: hint.callbackTokenHash });
      // The address is secret, so it outranks the id in the message; both must agree where both are known.
      if (job === null || hint.gatewayJobId === null) return undefined;
      return job.gatewayJobId === null || job.gatewayJobId === hint.gatewayJobId ? job : undefined;
    }
    if (hint.gatewayJobId === null) return undefined;
    return (await manager.findOneBy(BulkPaymentJob, { gatewayJobId: hint.gatewayJobId })) ?? undefined;
  }

  /**
   * Notes that a completion notification arrived, not verified yet. A job in doubt learns the gateway's id from it.
   *
   * @returns the job as it is now; in any other state than Processing nothing changes
   */
  async complete(job: BulkPaymentJob, gatewayJobId: string): Promise<BulkPaymentJob> {
    if (job.state !== 'Processing') return job;
    await this.database.transaction((session) =>
      this.jobs.transition(
        session,
        job,
        'complete',
        { cause: 'completion notification', actor: ACTOR },
        { gatewayJobId, completedAt: this.clock.now() },
      ),
    );
    return (await this.jobs.find(job.id)) ?? job;
  }

  /** PNS confirmed the notification: the result file may be fetched. */
  async verify(session: SqlSession, job: BulkPaymentJob): Promise<void> {
    if (job.state !== 'Completed') return;
    const why = { cause: 'notification verified', actor: ACTOR };
    await this.jobs.transition(session, job, 'verify', why, { verifiedAt: this.clock.now(), nextAttemptAt: null });
  }

  /** PNS disowned the notification: the job waits for a genuine one, and forgets an id only this one had named. */
  async reject(session: SqlSession, job: BulkPaymentJob, reason: string): Promise<void> {
    if (job.state !== 'Completed') return;
    const forgetId = job.submissionAnsweredAt === null ? { gatewayJobId: null } : {};
    const why = { cause: 'notification rejected', actor: ACTOR, reason };
    await this.jobs.transition(session, job, 'reject', why, { completedAt: null, ...forgetId });
  }
}
