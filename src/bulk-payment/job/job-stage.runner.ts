import { Injectable } from '@nestjs/common';
import { BillingConfig } from '../../config';
import type { AccountPlaces } from '../../gateway-account';
import { DomainError, isStopped, messageOf } from '../../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../../kernel/step-report';
import { Clock, retryAt } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { Logger } from '../../platform/logging';
import { BulkPaymentJobRepository, type JobClaim, type JobStage } from './bulk-payment-job.repository';
import { ResultRefusals } from '../result/result-refusals';
import { StageProgress } from './stage-progress';

/** A stage that fails is tried again soon, and then ever more rarely: the causes heal within minutes or need a person. */
const BACK_OFF = { firstSeconds: 5, longestSeconds: 600 };

/** Brings a stage of a claimed job to its end. */
type StageWork = (claim: JobClaim, log: Logger, progress: StageProgress) => Promise<void>;

/** Claims the job that is due for a stage, keeps the claim alive while the work runs, and records how it ended. */
@Injectable()
export class JobStageRunner {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly refusals: ResultRefusals,
    private readonly clock: Clock,
    private readonly billing: BillingConfig,
    private readonly logger: Logger,
  ) {}

  /**
   * @param work brings the stage to its end and finishes the claim; what it throws postpones the job. Its logger names
   *   the job and the stage; its progress is for those who wait
   * @param condition a further SQL condition on the job's row
   */
  async run(stage: JobStage, work: StageWork, condition?: string): Promise<StepReport> {
    const claim = await this.jobs.claim(stage, this.billing.leaseSeconds, { condition });
    return claim === undefined ? NOTHING_DUE : this.bring(stage, claim, work);
  }

  /**
   * The same of a stage that asks the gateway: several jobs at once, as many of each account as have a place.
   *
   * @param claimed told when a job is in hand
   */
  async runPlaced(
    stage: JobStage,
    work: StageWork,
    places: AccountPlaces,
    claimed: OnClaimed | undefined,
  ): Promise<StepReport> {
    const placed = await places.claim(
      (free) => this.jobs.claim(stage, this.billing.leaseSeconds, { accounts: free.map(({ id }) => id) }),
      ({ job }) => job.gatewayAccount,
    );
    if (placed === undefined) return NOTHING_DUE;
    claimed?.();
    return this.bring(stage, placed.claim, work).finally(() => placed.leave());
  }

  private async bring(stage: JobStage, claim: JobClaim, work: StageWork): Promise<StepReport> {
    const log = this.logger.child({ jobId: claim.job.id, stage });
    const heartbeat = this.keepAlive(claim, log);
    try {
      await crashPoint(`${stage}.claimed`);
      await work(claim, log, new StageProgress(claim, this.jobs, this.clock, log));
      await crashPoint(`${stage}.recorded`);
      return ONE_DONE;
    } catch (error) {
      if (isStopped(error)) return await this.giveBack(claim, error, log);
      await this.postpone(claim, error, log);
      return ONE_POSTPONED;
    } finally {
      clearInterval(heartbeat);
    }
  }

  /** When a job whose stage has just failed is due again. */
  nextAttemptAt(claim: JobClaim): Date {
    return this.retryAt(claim.job.attempts + 1);
  }

  /** What fails so often does not heal by itself: a person is told, once. @param failures this one included */
  tellWhenTooOften(failures: number, reason: string, log: Logger): void {
    if (failures === this.billing.alarmAfterFailures)
      log.error('stage keeps failing: a person must look', { failures, reason });
  }

  private retryAt(failures: number): Date {
    return retryAt(this.clock.now(), failures, BACK_OFF);
  }

  /** What was stopped before it began is due again as if nobody had claimed it, but not at once. */
  private async giveBack(claim: JobClaim, error: unknown, log: Logger): Promise<StepReport> {
    log.info('stage stopped before it began', { reason: messageOf(error) });
    await this.jobs.giveBack(claim).catch((lost: unknown) => log.warn('claim not given back', { error: lost }));
    return NOTHING_DUE;
  }

  private async postpone(claim: JobClaim, error: unknown, log: Logger): Promise<void> {
    log.warn('stage failed', { attempts: claim.job.attempts + 1, error });
    // Whoever lost the claim has nothing to postpone: the job is in other hands.
    if (error instanceof DomainError && error.code === 'lease-lost') return;
    try {
      await crashPoint('stage-failure.before-commit');
      const refused = this.refusals.countWith(error, claim);
      this.tellWhenTooOften(refused ?? claim.job.attempts + 1, messageOf(error), log);
      if (refused === undefined) await this.jobs.postpone(claim, this.nextAttemptAt(claim), messageOf(error));
      else await this.refusals.fetchAgain(claim, error, refused, this.retryAt(refused));
      await crashPoint('stage-failure.recorded');
    } catch (postponeError) {
      // Without a database there is nowhere to write it; the lease runs out and the job is claimed again.
      log.warn('stage not postponed', { error: postponeError });
    }
  }

  /**
   * Renews the lease in real time, because what it proves is that this process lives: a killed or frozen one stops
   * renewing, and its work is taken over.
   */
  private keepAlive(claim: JobClaim, log: Logger): NodeJS.Timeout {
    const timer = setInterval(
      () => {
        this.jobs.record(claim, {}).catch((error: unknown) => {
          log.warn('lease not renewed', { error });
        });
      },
      (this.billing.leaseSeconds * 1000) / 3,
    );
    return timer.unref();
  }
}
