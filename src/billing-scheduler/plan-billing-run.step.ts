import { Injectable } from '@nestjs/common';
import { BillingRunService, type PlannedRun } from '../subscription';
import { Logger } from '../platform/logging';

/** Opens today's billing run. Called by the cron, at the hour the merchant chose; a second call finds it opened. */
@Injectable()
export class PlanBillingRunStep {
  constructor(
    private readonly runs: BillingRunService,
    private readonly logger: Logger,
  ) {}

  async run(): Promise<PlannedRun | undefined> {
    const planned = await this.runs.plan(this.runs.today());
    if (planned?.state === 'AwaitingConfirmation') {
      this.logger.warn('billing run awaits confirmation: nothing of it is sent before', { ...planned });
    } else if (planned) this.logger.info('billing run planned', { ...planned });
    else this.logger.info('billing run was planned before', { billingDate: this.runs.today() });
    return planned;
  }
}
