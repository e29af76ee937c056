import type { BillingStep } from './billing-step';
import type { Logger } from '../platform/logging';
import type { SchemaGuard } from './schema-guard';
import type { StepHealth } from '../platform/step-health';

/** Whoever still waits for a gateway when the process ends is left to its lease after this: it may wait for minutes. */
const STOP_WITHIN_MS = 8_000;

/**
 * Runs one step whenever it is told that there may be work, until nothing is due.
 *
 * Up to the step's width, pieces are at work side by side: as soon as one has its piece in hand, another looks for the
 * next. So a piece that waits for minutes holds up nobody while there is room. A call that comes while all are at work is
 * remembered, so that work made due meanwhile is not left for the next tick.
 */
export class StepLoop {
  private readonly workers = new Set<Promise<void>>();
  private calledAgain = false;
  private stopped = false;

  constructor(
    private readonly step: BillingStep,
    private readonly logger: Logger,
    /** What this step finishes is what others wait for. */
    private readonly onDone: () => void,
    private readonly health: Pick<StepHealth, 'succeeded' | 'failed'>,
    private readonly schema: Pick<SchemaGuard, 'fits'>,
  ) {}

  /** There may be work. A failure of the step is logged and left to the next call. */
  call(): void {
    this.calledAgain = true;
    this.addWorker();
  }

  /** Takes no other piece and lets those in hand finish, but waits for none for ever. */
  async stop(withinMs = STOP_WITHIN_MS): Promise<void> {
    this.stopped = true;
    let limit: NodeJS.Timeout | undefined;
    const tooLong = new Promise<'left'>((resolve) => (limit = setTimeout(() => resolve('left'), withinMs)));
    const ended = await Promise.race([Promise.all(this.workers), tooLong]);
    clearTimeout(limit);
    if (ended === 'left') this.logger.warn('work left to its lease', { step: this.step.name, left: this.workers.size });
  }

  private addWorker(): void {
    if (this.stopped || this.workers.size >= (this.step.width ?? 1)) return;
    const worker = this.work().finally(() => this.workers.delete(worker));
    this.workers.add(worker);
  }

  private async work(): Promise<void> {
    try {
      const ran = await this.workUntilIdle();
      // Nothing is written while the schema is another version's, and a scheduler that runs nothing must be seen as silent.
      if (ran) await this.health.succeeded(this.step.name);
    } catch (error) {
      await this.health.failed(this.step.name, error);
    }
  }

  /** @returns whether the step may run; `false` where the schema is a newer version's */
  private async workUntilIdle(): Promise<boolean> {
    let found = true;
    while ((found || this.calledAgain) && !this.stopped) {
      this.calledAgain = false;
      if (!(await this.schema.fits())) return false;
      const report = await this.step.runOnce(() => this.addWorker());
      if (report.done > 0) this.onDone();
      found = report.done + report.postponed > 0;
    }
    return true;
  }
}
