import type { SimulatorClock } from '../../shared/clock';
import type { Charging } from '../payments/charging';
import type { Job } from './job';
import { writeResultFile } from './result-file';

/** Takes accepted jobs through charging to completion, each once, at its time or when told. */
export class JobProcessing {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly charging: Charging,
    private readonly seed: string,
    private readonly onCompleted: (job: Job) => void,
  ) {}

  schedule(job: Job, delayMs: number): void {
    job.completion = this.clock.schedule(this.clock.now() + delayMs, () => this.complete(job));
  }

  private async complete(job: Job): Promise<void> {
    job.state = 'Processing';
    job.completedAt = this.clock.now();
    await writeResultFile(job, this.charging, this.seed);
    job.state = 'Completed';
    this.onCompleted(job);
  }
}
