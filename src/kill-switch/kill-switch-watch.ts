import { Injectable } from '@nestjs/common';
import { NOTHING_DUE, type StepReport } from '../kernel/step-report';
import { Clock, secondsAfter } from '../platform/clock';
import { Logger } from '../platform/logging';
import { KillSwitch } from './kill-switch';

/** Often enough that nobody forgets the switch, seldom enough that the log stays readable. */
const REMIND_EVERY_SECONDS = 60;

/** Says in the log that no money is moved: at each change, and again every minute while it lasts. */
@Injectable()
export class KillSwitchWatch {
  private engaged = false;
  private remindAt: Date | undefined;

  constructor(
    private readonly killSwitch: KillSwitch,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Looks once; there is never work to do. */
  async runOnce(): Promise<StepReport> {
    const { engaged, reason, actor, changedAt } = await this.killSwitch.state();
    const now = this.clock.now();
    const isChange = engaged !== this.engaged;
    if (engaged && (isChange || this.remindAt === undefined || now >= this.remindAt)) {
      this.remindAt = secondsAfter(now, REMIND_EVERY_SECONDS);
      this.logger.warn('kill switch engaged: nothing is submitted, no payment is asked for and nothing refunded', {
        reason,
        actor,
        since: changedAt,
      });
    }
    if (!engaged && isChange)
      this.logger.warn('kill switch released: submissions and refunds go on', { reason, actor });
    this.engaged = engaged;
    return NOTHING_DUE;
  }
}
