import type { Clock } from '../../platform/clock';
import type { Logger } from '../../platform/logging';
import type { BulkPaymentJob } from './bulk-payment-job.entity';
import type { BulkPaymentJobRepository, JobClaim } from './bulk-payment-job.repository';

/** Written this often at most: seldom enough to cost nothing, often enough to be watched. */
const REPORT_EVERY_MS = 1_000;

/** How far a stage is: rows done of all, how fast, and how long the rest will take at that rate. */
export interface Progress {
  stage: string;
  startedAt: Date;
  done: number;
  total: number;
  /** `null` before there is anything to tell it from. */
  ratePerSecond: number | null;
  remainingSeconds: number | null;
}

/** Tells, while a stage runs, how far it is: in the job's row and in the log. */
export class StageProgress {
  private reportedAt: number;

  constructor(
    private readonly claim: JobClaim,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {
    this.reportedAt = clock.now().getTime();
  }

  /**
   * Call it as often as is convenient. It writes beside the stage's transaction, to be seen while that is open.
   *
   * @throws {DomainError} `lease-lost`, which ends the work of whoever was overtaken
   */
  async report(done: number): Promise<void> {
    const now = this.clock.now();
    if (now.getTime() - this.reportedAt < REPORT_EVERY_MS) return;
    this.reportedAt = now.getTime();
    await this.jobs.recordBeside(this.claim, { stageDone: done, stageDoneAt: now });
    const progress = progressOf({ ...this.claim.job, stageDone: done, stageDoneAt: now });
    if (progress !== undefined) {
      const { total, ratePerSecond, remainingSeconds } = progress;
      this.log.info('under way', { done, total, ratePerSecond, remainingSeconds });
    }
  }
}

/** What a job's row says of the stage it is in; nothing where none runs. */
export function progressOf(
  job: Pick<BulkPaymentJob, 'stage' | 'stageStartedAt' | 'stageDone' | 'stageDoneAt' | 'lineCount'>,
): Progress | undefined {
  const { stage, stageStartedAt: startedAt, stageDoneAt, lineCount: total } = job;
  if (stage === null || startedAt === null) return undefined;
  const done = job.stageDone ?? 0;
  const seconds = stageDoneAt === null ? 0 : (stageDoneAt.getTime() - startedAt.getTime()) / 1000;
  const rate = done > 0 && seconds > 0 ? done / seconds : null;
  return {
    stage,
    startedAt,
    done,
    total,
    ratePerSecond: rate === null ? null : Math.round(rate),
    remainingSeconds: rate === null ? null : Math.ceil(Math.max(0, total - done) / rate),
  };
}
