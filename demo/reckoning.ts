import type { Simulator } from '../simulator';
import type { JobAnswer, Tally } from './admin-client';
import { countText } from './text';

const OUTCOMES = ['paid', 'declined', 'missing', 'quarantined'] as const;

/** A sum of the demo that must be right, and whether it is. */
export interface Check {
  what: string;
  holds: boolean;
}

export interface Reckoning {
  lines: string[];
  checks: Check[];
}

/** Puts the service's figures together and holds them against the gateway's own book, to the won. */
export function reckon(jobs: readonly JobAnswer[], simulator: Simulator): Reckoning {
  const requested = sum(jobs.map((job) => job.requested));
  const outcomes = OUTCOMES.map((outcome) => {
    const tally = sum(jobs.map((job) => job.result?.totals?.[outcome] ?? { count: 0, amount: 0 }));
    return { outcome, ...tally };
  });
  const answered = sum(outcomes);
  const book = sum(jobs.map((job) => bookedBy(simulator, job.submission?.gatewayJobId ?? null)));
  const paid = outcomes[0] as Tally;
  return {
    lines: [
      row('requested (청구)', requested),
      ...outcomes.map((outcome) => row(`  ${outcome.outcome}`, outcome)),
      row('sum of the four', answered),
      row("charged by T store's own book", book),
    ],
    checks: [
      { what: 'every job ended in VerifiedCompleted and settled', holds: jobs.length > 0 && jobs.every(isSettled) },
      { what: 'requested = paid + declined + missing + quarantined', holds: same(requested, answered) },
      { what: "paid = what T store's own book has charged", holds: same(paid, book) },
    ],
  };
}

function isSettled(job: JobAnswer): boolean {
  return job.state === 'VerifiedCompleted' && (job.result?.settledAt ?? null) !== null;
}

function bookedBy(simulator: Simulator, gatewayJobId: string | null): Tally {
  if (gatewayJobId === null) return { count: 0, amount: 0 };
  const totals = simulator.control.bookTotals(gatewayJobId);
  return { count: totals.chargedCount, amount: totals.chargedAmount };
}

function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce((total, { count, amount }) => ({ count: total.count + count, amount: total.amount + amount }), {
    count: 0,
    amount: 0,
  });
}

/** Whether both are as many and as much. */
export function same(one: Tally, other: Tally): boolean {
  return one.count === other.count && one.amount === other.amount;
}

/** A line of the result's table. */
export function row(name: string, { count, amount }: Tally): string {
  return `  ${name.padEnd(32)} ${countText(count).padStart(9)} ${countText(amount).padStart(16)} won`;
}
