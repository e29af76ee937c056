import type { BillingStep } from './billing-step';
import type { Logger } from '../platform/logging';

/**
 * Runs one step whenever it is told that there may be work, until nothing is due.
 *
 * A call that comes while the step runs is remembered, so that work made due meanwhile is not left for the next tick.
 */
export class StepLoop {
  private running: Promise<void> | undefined;
  private calledAgain = false;
  private stopped = false;

  constructor(
    private readonly step: BillingStep,
    private readonly logger: Logger,
    /** What this step finishes is what others wait for. */
    private readonly onDone: () => void,
  ) {}

  /** @returns when nothing is due any more; a failure of the step is logged and left to the next call */
  call(): Promise<void> {
    if (this.running) {
      this.calledAgain = true;
      return this.running;
    }
    this.running = this.run().finally(() => (this.running = undefined));
    return this.running;
  }

  /** Lets the piece in hand finish and takes no other. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    do {
      this.calledAgain = false;
      try {
        await this.runUntilIdle();
      } catch (error) {
        this.logger.warn('step failed', { step: this.step.name, error });
        return;
      }
    } while (this.calledAgain && !this.stopped);
  }

  private async runUntilIdle(): Promise<void> {
    while (!this.stopped) {
      const report = await this.step.runOnce();
      if (report.done > 0) this.onDone();
      if (report.done + report.postponed === 0) return;
    }
  }
}
