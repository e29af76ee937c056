import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, type Approval, type Person } from '../../approval';
import { counted } from '../../kernel/counted';
import { DomainError } from '../../kernel/errors';
import { wonInWords } from '../../kernel/won';
import type { SqlSession } from '../../platform/database';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { BulkPaymentJobRepository } from '../job/bulk-payment-job.repository';
import { UnusualUploads, type UploadSize } from './unusual-upload';

/** Holds uploads that a second person must look at, and lets them go or cancels them by that person's word. */
@Injectable()
export class UploadApprovals implements OnModuleInit {
  constructor(
    private readonly unusual: UnusualUploads,
    private readonly approvals: Approvals,
    private readonly jobs: BulkPaymentJobRepository,
  ) {}

  onModuleInit(): void {
    this.approvals.carriedOutBy('upload', {
      carryOut: async (session, approval, { by, reason }) => {
        const job = await this.heldJob(session, approval);
        if (job === undefined) throw notHeld(approval);
        const { id: jobId, lineCount: count, totalAmount: amount } = job;
        const why = { cause: 'released by a second person', actor: by.actor, reason };
        await this.jobs.amend(session, job, why, { holdReason: null });
        await this.unusual.letGo(session, jobId, { count, amount });
      },
      turnDown: async (session, approval, { cause, actor, reason }) => {
        const job = await this.heldJob(session, approval);
        if (job !== undefined) await this.jobs.cancel(session, job, { cause: `upload ${cause}`, actor, reason });
      },
    });
  }

  /** Holds a job that was just stored, when a second person must look at it first. */
  async holdUnusual(session: SqlSession, jobId: string, upload: UploadSize, by: Person): Promise<void> {
    const because = await this.unusual.reasonToAsk(session, jobId, upload);
    if (because === undefined) return;
    const { count, amount } = upload;
    await this.jobs.hold(session, jobId, `upload awaits a second person: ${because}`);
    const summary = `Send the uploaded job ${jobId}: ${counted(count, 'charge')}, ${wonInWords(amount)}`;
    const size = { count, amount: amount as BulkPaymentJob['totalAmount'] };
    await this.approvals.require(session, { kind: 'upload', subjectId: jobId, summary, because, ...size, by });
  }

  private async heldJob(session: SqlSession, { subjectId }: Approval): Promise<BulkPaymentJob | undefined> {
    const job = await this.jobs.lock(session, subjectId);
    return job?.state === 'Created' && job.holdReason !== null ? job : undefined;
  }
}

function notHeld({ subjectId }: Approval): DomainError {
  return new DomainError('state-conflict', `Job ${subjectId} is not held any more; nothing was changed`);
}
