import { Injectable } from '@nestjs/common';
import { BulkPaymentJobs, type BulkPaymentJob } from '../../bulk-payment';
import { GatewayAccounts } from '../../gateway-account';
import { KillSwitch } from '../../kill-switch';
import { LineStops } from '../../line-stop';
import { jobViewOf, type BulkPaymentJobView } from './bulk-payment-jobs.view';

/** Shows jobs with what is known of them beside their rows: whether they are in doubt, what holds them, and what people decided of them. */
@Injectable()
export class JobViews {
  constructor(
    private readonly jobs: BulkPaymentJobs,
    private readonly killSwitch: KillSwitch,
    private readonly lineStops: LineStops,
    private readonly accounts: GatewayAccounts,
  ) {}

  async ofAll(jobs: readonly BulkPaymentJob[]): Promise<BulkPaymentJobView[]> {
    const killSwitch = await this.killSwitch.state();
    const idle = await this.accounts.idle();
    const ids = jobs.map((job) => job.id);
    const stops = await this.lineStops.parking(ids);
    const decisions = await this.jobs.decisions(ids);
    const rebillable = await this.jobs.rebillable(jobs);
    const undecided = await this.jobs.undecided(ids);
    return jobs.map((job) => {
      const known = { inDoubt: this.jobs.isInDoubt(job), lineStop: stops.get(job.id), killSwitch };
      const isRebillable = rebillable.has(job.id);
      const isUndecided = undecided.has(job.id);
      const accountProblem = idle.get(job.gatewayAccount);
      return jobViewOf(job, { ...known, isRebillable, isUndecided, accountProblem, decisions: decisions(job.id) });
    });
  }

  async of(job: BulkPaymentJob): Promise<BulkPaymentJobView> {
    const [view] = await this.ofAll([job]);
    return view as BulkPaymentJobView;
  }

  /** A job as it is now. @throws {DomainError} `job-not-found` */
  async ofId(id: string): Promise<BulkPaymentJobView> {
    return this.of(await this.jobs.get(id));
  }
}
