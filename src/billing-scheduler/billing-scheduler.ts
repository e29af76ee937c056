import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { BillingConfig } from '../config';
import { SEOUL_TIME_ZONE } from '../kernel/seoul-calendar';
import { Logger } from '../platform/logging';
import { BillingSteps } from './billing-steps';
import { SchemaGuard } from './schema-guard';
import { StepHealth } from '../platform/step-health';
import { StepLoop } from './step-loop';
import { WakeListener } from './wake-listener';

/**
 * When things happen: every step is called at each tick, and those that work was made due for as soon as it was. A tick is
 * never the fact itself, so a missed, doubled or late one changes nothing.
 */
@Injectable()
export class BillingScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loops: ReadonlyMap<string, StepLoop>;

  constructor(
    steps: BillingSteps,
    private readonly registry: SchedulerRegistry,
    private readonly wake: WakeListener,
    private readonly billing: BillingConfig,
    health: StepHealth,
    schema: SchemaGuard,
    logger: Logger,
  ) {
    this.loops = new Map(
      steps.all.map((step) => [
        step.name,
        new StepLoop(step, logger, () => step.makesDue.forEach((name) => this.call(name)), health, schema),
      ]),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    const tick = setInterval(() => this.tick(), this.billing.tickSeconds * 1000);
    this.registry.addInterval('billing-tick', tick);
    if (this.billing.cron !== undefined) this.startCron(this.billing.cron);
    await this.wake.listen((name) => this.call(name));
    this.callAll();
  }

  async beforeApplicationShutdown(): Promise<void> {
    // An application that failed to start is closed without having begun.
    if (this.registry.doesExist('interval', 'billing-tick')) this.registry.deleteInterval('billing-tick');
    if (this.registry.doesExist('cron', 'billing-run')) this.registry.deleteCronJob('billing-run');
    await this.wake.close();
    await Promise.all([...this.loops.values()].map((loop) => loop.stop()));
  }

  private tick(): void {
    void this.wake.prove();
    this.callAll();
  }

  private callAll(): void {
    for (const loop of this.loops.values()) loop.call();
  }

  /** A name no step has is another version's, and may mean any of them. */
  private call(name: string): void {
    const loop = this.loops.get(name);
    if (loop === undefined) this.callAll();
    else loop.call();
  }

  /** Calls at the minute what would otherwise wait for the next tick; whether a run is due, the step finds out. */
  private startCron(cronTime: string): void {
    const cron = CronJob.from({ cronTime, timeZone: SEOUL_TIME_ZONE, onTick: () => this.callAll() });
    this.registry.addCronJob('billing-run', cron);
    cron.start();
  }
}
