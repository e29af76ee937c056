import { Injectable } from '@nestjs/common';
import { BillingConfig } from '../../config';
import { NOTHING_DUE, ONE_DONE, type StepReport } from '../../kernel/step-report';
import { Clock, secondsAfter } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { Database, type SqlSession } from '../../platform/database';
import { Logger } from '../../platform/logging';
import { inDoubtSql } from './doubt';

/** What is told of a submission in doubt. */
interface DoubtfulSubmission {
  jobId: string;
  since: Date;
  reason: string | null;
  lines: number;
  totalAmount: string;
}

/** The oldest submission that is in doubt at `$1`, since `$2` or longer, and was not told of. */
const UNTOLD_SQL = `
  SELECT id AS "jobId", submission_started_at AS since, submission_doubt AS reason, line_count AS lines,
    total_amount AS "totalAmount"
  FROM bulk_payment_job
  WHERE ${inDoubtSql('bulk_payment_job', '$1')} AND doubt_told_at IS NULL AND submission_started_at <= $2
  ORDER BY id LIMIT 1`;

/**
 * Tells of each submission that has been in doubt for too long, by one of all replicas: now a person must ask T store.
 * Told first and noted then: whoever dies in between leaves it to the next to tell again, because an alarm nobody hears is
 * worse than one that comes twice.
 */
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
    const when = [now, secondsAfter(now, -60 * this.billing.inDoubtAlarmMinutes)];
    // Cheaper than to lock one, and there hardly ever is any.
    if ((await this.database.rows(UNTOLD_SQL, when)).length === 0) return NOTHING_DUE;
    const isTold = await this.database.transaction((session) => this.tell(session, when, now));
    if (!isTold) return NOTHING_DUE;
    await crashPoint('watch-doubt.recorded');
    return ONE_DONE;
  }

  /** @returns whether there was one that no other replica tells of just now */
  private async tell(session: SqlSession, when: Date[], now: Date): Promise<boolean> {
    const [doubtful] = await session.rows<DoubtfulSubmission>(`${UNTOLD_SQL} FOR UPDATE SKIP LOCKED`, when);
    if (doubtful === undefined) return false;
    this.logger.error('submission still in doubt: ask T store, then close the job or attach its gateway job', {
      ...doubtful,
    });
    await crashPoint('watch-doubt.told');
    await session.execute('UPDATE bulk_payment_job SET doubt_told_at = $1 WHERE id = $2', [now, doubtful.jobId]);
    return true;
  }
}
