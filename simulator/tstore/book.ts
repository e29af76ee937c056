import type { Job, JobTotals } from './jobs/job';
import type { JobRegister } from './jobs/job-register';
import { readRows, WINDOW_ROWS, type RequestRow } from './jobs/request-rows';
import { completedTextOf, transactionIdOf } from './payments/transaction-id';
import type { Refund, Refunds } from './payments/refunds';
import type { Notification } from './pns/notification';
import { ALL_DECLINES, OUTCOME } from './result-codes';
import { hashText } from '../shared/seeded';

export type BookState = 'Accepted' | 'Charged' | 'Declined' | 'Dropped';

/** What the gateway knows of one accepted row. Amounts are won; instants are ISO texts of the simulator's clock. */
export interface BookEntry {
  orderNo: string;
  jobId: string;
  /** Row of its file, from 1. */
  row: number;
  state: BookState;
  productId: string;
  /** -1 where the row's text is no amount. */
  amount: number;
  tid: string | null;
  declineCode: string | null;
  refundedAmount: number;
  refunds: readonly Refund[];
  acceptedAt: string;
  completedAt: string | null;
  notifiedAt: string | null;
  verifiedAt: string | null;
}

export interface BookTotals extends JobTotals {
  jobs: number;
  acceptedCount: number;
  acceptedAmount: number;
  /** Accepted and not processed yet. */
  waitingCount: number;
  refundCount: number;
  refundedAmount: number;
}

/** The gateway's own truth, to be compared with the service's to the won. */
export class Book {
  constructor(
    private readonly jobs: JobRegister,
    private readonly refunds: Refunds,
    private readonly notifications: () => readonly Notification[],
  ) {}

  totals(jobId?: string): BookTotals {
    const jobs = this.jobs.all().filter((job) => jobId === undefined || job.id === jobId);
    const refunds = this.refunds.all().filter((refund) => jobId === undefined || refund.jobId === jobId);
    const sum = (amountOf: (job: Job) => number): number => jobs.reduce((total, job) => total + amountOf(job), 0);
    return {
      jobs: jobs.length,
      acceptedCount: sum((job) => job.rows.count),
      acceptedAmount: sum((job) => job.rows.amount),
      waitingCount: sum((job) => (job.state === 'Completed' ? 0 : job.rows.count)),
      chargedCount: sum((job) => job.totals.chargedCount),
      chargedAmount: sum((job) => job.totals.chargedAmount),
      declinedCount: sum((job) => job.totals.declinedCount),
      declinedAmount: sum((job) => job.totals.declinedAmount),
      droppedCount: sum((job) => job.totals.droppedCount),
      droppedAmount: sum((job) => job.totals.droppedAmount),
      refundCount: refunds.length,
      refundedAmount: refunds.reduce((total, refund) => total + refund.amount, 0),
    };
  }

  /** Every row accepted under an order number: more than one means that it was charged more than once. */
  async ofOrder(orderNo: string): Promise<BookEntry[]> {
    const hash = hashText(orderNo);
    const entries: BookEntry[] = [];
    for (const job of this.jobs.all()) {
      const positions: number[] = [];
      const { orderHashes } = job.rows;
      for (let at = orderHashes.indexOf(hash); at >= 0; at = orderHashes.indexOf(hash, at + 1)) positions.push(at);
      entries.push(...(await this.read(job, positions)).filter((entry) => entry.orderNo === orderNo));
    }
    return entries;
  }

  /** All entries, of one job or of all, in the order of acceptance; a million of them in flat memory. */
  async *entries(jobId?: string): AsyncGenerator<BookEntry> {
    for (const job of this.jobs.all()) {
      if (jobId !== undefined && job.id !== jobId) continue;
      for (let from = 0; from < job.rows.count; from += WINDOW_ROWS) {
        const size = Math.min(WINDOW_ROWS, job.rows.count - from);
        yield* await this.read(
          job,
          Array.from({ length: size }, (_, index) => from + index),
        );
      }
    }
  }

  /** Order numbers accepted more than once, whatever the job, with how often. */
  async repeatedOrders(): Promise<{ orderNo: string; times: number }[]> {
    const hashes = this.jobs.all().map((job) => job.rows.orderHashes);
    const sorted = new Float64Array(hashes.reduce((total, list) => total + list.length, 0));
    let filled = 0;
    for (const list of hashes) {
      sorted.set(list, filled);
      filled += list.length;
    }
    sorted.sort();
    const repeated = new Set<number>();
    for (let at = 1; at < sorted.length; at += 1) {
      if (sorted[at] === sorted[at - 1]) repeated.add(sorted[at] as number);
    }
    const times = new Map<string, number>();
    for (const job of this.jobs.all()) {
      const positions: number[] = [];
      job.rows.orderHashes.forEach((hash, at) => {
        if (repeated.has(hash)) positions.push(at);
      });
      for (const { orderNo } of await this.read(job, positions)) times.set(orderNo, (times.get(orderNo) ?? 0) + 1);
    }
    return [...times].filter(([, count]) => count > 1).map(([orderNo, count]) => ({ orderNo, times: count }));
  }

  allRefunds(): Refund[] {
    return this.refunds.all();
  }

  private async read(job: Job, positions: readonly number[]): Promise<BookEntry[]> {
    if (positions.length === 0) return [];
    const rows = await readRows(job.rows, positions);
    const completedText = completedTextOf(job);
    const notifiedAt = this.notifiedAt(job);
    return rows.map((row, index) => this.entry(job, positions[index] as number, row, completedText, notifiedAt));
  }

  private entry(
    job: Job,
    position: number,
    row: RequestRow,
    completedText: string,
    notifiedAt: number | null,
  ): BookEntry {
    const outcome = job.outcomes[position] as number;
    const tid = outcome === OUTCOME.charged ? transactionIdOf(job, position, completedText) : null;
    const refunds = tid === null ? [] : this.refunds.of(tid);
    return {
      orderNo: row.orderNo,
      jobId: job.id,
      row: position + 1,
      state: stateOf(outcome),
      productId: row.productId,
      amount: row.amount,
      tid,
      declineCode: ALL_DECLINES[outcome - OUTCOME.firstDecline]?.code ?? null,
      refundedAmount: refunds.reduce((total, refund) => total + refund.amount, 0),
      refunds,
      acceptedAt: isoText(job.acceptedAt) as string,
      completedAt: isoText(job.completedAt),
      notifiedAt: isoText(notifiedAt),
      verifiedAt: isoText(job.verifiedAt),
    };
  }

  private notifiedAt(job: Job): number | null {
    const told = this.notifications().find(
      ({ jobId, genuine, members }) => jobId === job.id && genuine && members.status === 'completed',
    );
    return told?.attempts.find((attempt) => attempt.sent)?.sentAt ?? null;
  }
}

function stateOf(outcome: number): BookState {
  if (outcome === OUTCOME.waiting) return 'Accepted';
  if (outcome === OUTCOME.charged) return 'Charged';
  return outcome === OUTCOME.dropped ? 'Dropped' : 'Declined';
}

function isoText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
