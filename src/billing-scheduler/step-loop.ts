import type { StepReport } from '../kernel/step-report';
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
 * next, one at a time. So a piece that waits for minutes holds up nobody while there is room. A call that comes while somebody
 * looks, or all are at work, is remembered, so that work made due meanwhile is not left for the next tick.
 */
export class StepLoop {
  private readonly workers = new Set<Promise<void>>();
  private isLooking = false;
  private calledAgain = false;
  private stopped = false;
  private again: NodeJS.Timeout | undefined;
  private waking: NodeJS.Timeout | undefined;
  private isResting = false;

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
    if (!this.isResting) this.addWorker();
  }

  /** Takes no other piece and lets those in hand finish, but waits for none for ever. */
  async stop(withinMs = STOP_WITHIN_MS): Promise<void> {
    this.stopped = true;
    clearTimeout(this.again);
    clearTimeout(this.waking);
    let limit: NodeJS.Timeout | undefined;
    const tooLong = new Promise<'left'>((resolve) => (limit = setTimeout(() => resolve('left'), withinMs)));
    const ended = await Promise.race([Promise.all(this.workers), tooLong]);
    clearTimeout(limit);
    if (ended === 'left') this.logger.warn('work left to its lease', { step: this.step.name, left: this.workers.size });
  }

  private addWorker(): void {
    if (this.isLooking) this.calledAgain = true;
    else if (!this.stopped && this.workers.size < (this.step.width ?? 1)) {
      const worker = this.work().finally(() => this.workers.delete(worker));
      this.workers.add(worker);
    }
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
    for (;;) {
      const report = await this.lookOnce();
      if (report === undefined) return false;
      if (report.done > 0) this.onDone();
      const found = report.done + report.postponed > 0;
      if ((!found && !this.calledAgain) || this.stopped) return true;
      if (found && this.step.restMs !== undefined) {
        this.rest(this.step.restMs);
        return true;
      }
      if (this.isLooking) {
        this.calledAgain = true;
        return true;
      }
    }
  }

  /** Looks for work, and does what it finds. @returns `undefined` where the step may not run */
  private async lookOnce(): Promise<StepReport | undefined> {
    let looks = true;
    this.isLooking = true;
    this.calledAgain = false;
    const looked = () => {
      if (looks) this.isLooking = false;
      looks = false;
    };
    try {
      if (!(await this.schema.fits())) return undefined;
      const report = await this.step.runOnce(() => {
        looked();
        this.addWorker();
      });
      if (report.againInMs !== undefined) this.callIn(report.againInMs);
      return report;
    } finally {
      looked();
    }
  }

  /** There may be more to do: it is looked for afterwards, called or not. */
  private rest(ms: number): void {
    this.isResting = true;
    this.waking = setTimeout(() => {
      this.isResting = false;
      this.call();
    }, ms);
  }

  private callIn(ms: number): void {
    clearTimeout(this.again);
    if (!this.stopped) this.again = setTimeout(() => this.call(), ms);
  }
}
