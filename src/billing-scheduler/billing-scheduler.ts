import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { BillingConfig } from '../config';
import { SEOUL_TIME_ZONE } from '../kernel/seoul-calendar';
import { Logger } from '../platform/logging';
import { BillingSteps } from './billing-steps';
import { StepLoop } from './step-loop';
import { WakeListener } from './wake-listener';

/**
 * When things happen: every step is called at each tick and each time somebody made work due. A tick is never the fact
 * itself, so a missed, doubled or late one changes nothing.
 */
@Injectable()
export class BillingScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loops: StepLoop[];

  constructor(
    steps: BillingSteps,
    private readonly registry: SchedulerRegistry,
    private readonly wake: WakeListener,
    private readonly billing: BillingConfig,
    logger: Logger,
  ) {
    this.loops = steps.all.map((step) => new StepLoop(step, logger, () => this.callAll()));
  }

  async onApplicationBootstrap(): Promise<void> {
    const tick = setInterval(() => this.callAll(), this.billing.tickSeconds * 1000);
    this.registry.addInterval('billing-tick', tick);
    if (this.billing.cron !== undefined) this.startCron(this.billing.cron);
    await this.wake.listen(() => this.callAll());
    this.callAll();
  }

  async beforeApplicationShutdown(): Promise<void> {
    // An application that failed to start is closed without having begun.
    if (this.registry.doesExist('interval', 'billing-tick')) this.registry.deleteInterval('billing-tick');
    if (this.registry.doesExist('cron', 'billing-run')) this.registry.deleteCronJob('billing-run');
    await this.wake.close();
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  private callAll(): void {
    for (const loop of this.loops) void loop.call();
  }

  /** Calls at the minute what would otherwise wait for the next tick; whether a run is due, the step finds out. */
  private startCron(cronTime: string): void {
    const cron = CronJob.from({ cronTime, timeZone: SEOUL_TIME_ZONE, onTick: () => this.callAll() });
    this.registry.addCronJob('billing-run', cron);
    cron.start();
  }
}
