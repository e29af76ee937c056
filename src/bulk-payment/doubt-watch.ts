import { Injectable } from '@nestjs/common';
import { BillingConfig } from '../config';
import { NOTHING_DUE, ONE_DONE, type StepReport } from '../kernel/step-report';
import { Clock, secondsAfter } from '../platform/clock';
import { Database } from '../platform/database';
import { Logger } from '../platform/logging';
import { inDoubtSql } from './doubt';

/** What is told of a submission in doubt. */
interface DoubtfulSubmission {
  jobId: string;
  since: Date;
  reason: string | null;
  lines: number;
  totalAmount: string;
}

/** Tells of each submission that has been in doubt for too long, once over all replicas: now a person must ask T store. */
@Injectable()
export class DoubtWatch {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly billing: BillingConfig,
    private readonly logger: Logger,
  ) {}

  async runOnce(): Promise<StepReport> {
    const now = this.clock.now();
    const [told] = await this.database.rows<DoubtfulSubmission>(
      `UPDATE bulk_payment_job SET doubt_told_at = $1
       WHERE id = (
         SELECT id FROM bulk_payment_job
         WHERE ${inDoubtSql('bulk_payment_job', '$1')} AND doubt_told_at IS NULL AND submission_started_at <= $2
         ORDER BY id LIMIT 1
         FOR UPDATE SKIP LOCKED)
       RETURNING id AS "jobId", submission_started_at AS since, submission_doubt AS reason, line_count AS lines,
         total_amount AS "totalAmount"`,
      [now, secondsAfter(now, -60 * this.billing.inDoubtAlarmMinutes)],
    );
    if (told === undefined) return NOTHING_DUE;
    this.logger.error('submission still in doubt: ask T store, then close the job or attach its gateway job', {
      ...told,
    });
    return ONE_DONE;
  }
}
