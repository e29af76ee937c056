import { join } from 'node:path';
import type { SimulatorClock } from '../../shared/clock';
import type { Client } from '../oauth/clients';
import type { Job } from './job';

/** All jobs this gateway has accepted, by their ids: small whole numbers, as in the samples. */
export class JobRegister {
  private readonly jobs = new Map<string, Job>();
  private nextLineId = 1;

  constructor(
    private readonly clock: SimulatorClock,
    private readonly folder: string,
    private readonly firstJobId: number,
  ) {}

  accept(submission: Pick<Job, 'client' | 'headers' | 'rows' | 'processedRows' | 'unanswered'>): Job {
    const { rows } = submission;
    const number = this.jobs.size + 1;
    const job: Job = {
      id: this.idOf(number),
      number,
      ...submission,
      acceptedAt: this.clock.now(),
      firstLineId: this.nextLineId,
      resultPath: join(this.folder, `job-${number}.result`),
      state: 'Accepted',
      completion: null,
      completedAt: null,
      verifiedAt: null,
      outcomes: new Uint8Array(rows.count),
      totals: {
        chargedCount: 0,
        chargedAmount: 0,
        declinedCount: 0,
        declinedAmount: 0,
        droppedCount: 0,
        droppedAmount: 0,
      },
    };
    this.nextLineId += rows.count;
    this.jobs.set(job.id, job);
    return job;
  }

  find(id: string): Job | undefined {
    return this.jobs.get(id);
  }

  /** As a client sees it, which is its own only. */
  findOf(client: Client, id: string): Job | undefined {
    const job = this.find(id);
    return job?.client === client ? job : undefined;
  }

  /** By its place in the order of acceptance, from 1: what transaction ids carry, whatever the ids begin with. */
  findByNumber(number: number): Job | undefined {
    return this.find(this.idOf(number));
  }

  all(): Job[] {
    return [...this.jobs.values()];
  }

  /** Jobs still waiting in front of this one, as the submission's answer says. */
  waitingCountBefore(job: Job): number {
    return this.all().filter((other) => other !== job && other.state !== 'Completed').length;
  }

  private idOf(number: number): string {
    return String(this.firstJobId + number - 1);
  }
}
