import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, type Approval, type Person } from '../../approval';
import { BulkPaymentJobRepository, DearCharges, type BulkPaymentJob } from '../../bulk-payment';
import { counted } from '../../kernel/counted';
import { DomainError } from '../../kernel/errors';
import { wonInWords } from '../../kernel/won';
import type { SqlSession } from '../../platform/database';
import { awaitsConfirmation } from '../billing-run-planning.service';
import type { BillingRunState } from '../billing-run.state';
import { PriceSetters } from '../price-setters';
import { PLANNED_CHARGES, UnusualRuns } from '../unusual-run';

/** Why a job that bills another one again is not sent yet. */
export interface RebillHold {
  holdReason: string;
  /** What a second person must agree to; left out where confirming the run lets the job go too. */
  because?: string;
}

/**
 * Billing a job again is no way round what held its run: who opened an unusual run could else reject it and send its jobs
 * one by one. Such a job is made, and waits for a second person.
 */
@Injectable()
export class HeldRebills implements OnModuleInit {
  constructor(
    private readonly unusual: UnusualRuns,
    private readonly dear: DearCharges,
    private readonly priceSetters: PriceSetters,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly approvals: Approvals,
  ) {}

  onModuleInit(): void {
    this.approvals.carriedOutBy('job-rebill', {
      carryOut: async (session, approval, { by, reason }) => {
        const job = await this.heldJob(session, approval);
        if (job === undefined) {
          throw new DomainError(
            'state-conflict',
            `Job ${approval.subjectId} is not held any more; nothing was changed`,
          );
        }
        await this.priceSetters.refuse(session, { sql: CHARGES_OF_JOB_SQL, parameters: [job.id] }, by);
        const why = { cause: 'released by a second person', actor: by.actor, reason };
        await this.jobs.amend(session, job, why, { holdReason: null });
        await this.dear.letGo(session, [job.id]);
      },
      turnDown: async (session, approval, { cause, actor, reason }) => {
        const job = await this.heldJob(session, approval);
        if (job !== undefined) await this.jobs.cancel(session, job, { cause: `rebill ${cause}`, actor, reason });
      },
    });
  }

  /** @returns why what stands in the table `due` must wait; `undefined` when it need not */
  async reasonToHold(session: SqlSession, billingRunId: string): Promise<RebillHold | undefined> {
    const [run] = await session.rows<{ state: BillingRunState; reason: string | null }>(
      'SELECT state, confirmation_reason AS reason FROM billing_run WHERE id = $1',
      [billingRunId],
    );
    if (run?.state === 'AwaitingConfirmation') return { holdReason: awaitsConfirmation(billingRunId) };
    const because =
      run?.state === 'Rejected'
        ? `billing run ${billingRunId} was rejected: ${run.reason}`
        : await this.unusual.tooDear(session, PLANNED_CHARGES);
    return because === undefined ? undefined : { holdReason: `rebill awaits a second person: ${because}`, because };
  }

  /** Asks for the second person, once the job is there. */
  async ask(session: SqlSession, jobId: string, ofJobId: string, because: string, by: Person, reason: string) {
    const job = await this.jobs.lock(session, jobId);
    if (job === undefined) throw new DomainError('internal-error', `job ${jobId} vanished while it was made`);
    const { lineCount: count, totalAmount: amount } = job;
    const summary = `Send job ${jobId}, which bills job ${ofJobId} again: ${counted(count, 'charge')}, ${wonInWords(amount)}`;
    const what = { kind: 'job-rebill', subjectId: jobId, summary, because, count, amount, by, reason } as const;
    await this.approvals.require(session, what);
  }

  private async heldJob(session: SqlSession, { subjectId }: Approval): Promise<BulkPaymentJob | undefined> {
    const job = await this.jobs.lock(session, subjectId);
    return job?.state === 'Created' && job.holdReason !== null ? job : undefined;
  }
}

const CHARGES_OF_JOB_SQL = 'SELECT * FROM charge WHERE bulk_payment_job_id = $1::bigint';
