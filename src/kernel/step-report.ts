/** What one run of a scheduler step did. Nothing at all means that nothing was due. */
export interface StepReport {
  /** Pieces of work brought to their end. */
  done: number;
  /** Pieces of work that failed and are due again later. */
  postponed: number;
  /** After so many milliseconds there may be something to do: a pace lets nothing go before. */
  againInMs?: number;
}

/** Told by a step when it has work in hand, or a piece of it has ended: more may be looked for beside it. */
export type OnClaimed = () => void;

export const NOTHING_DUE: StepReport = { done: 0, postponed: 0 };
export const ONE_DONE: StepReport = { done: 1, postponed: 0 };
export const ONE_POSTPONED: StepReport = { done: 0, postponed: 1 };

/** What several pieces of work came to. */
export function sumOf(reports: readonly StepReport[]): StepReport {
  const sum = (of: (report: StepReport) => number) => reports.reduce((total, report) => total + of(report), 0);
  return { done: sum(({ done }) => done), postponed: sum(({ postponed }) => postponed) };
}
