/** What one run of a scheduler step did. Nothing at all means that nothing was due. */
export interface StepReport {
  /** Pieces of work brought to their end. */
  done: number;
  /** Pieces of work that failed and are due again later. */
  postponed: number;
}

/** Told by a step as soon as it has a piece of work in hand: another may be looked for beside it. */
export type OnClaimed = () => void;

export const NOTHING_DUE: StepReport = { done: 0, postponed: 0 };
export const ONE_DONE: StepReport = { done: 1, postponed: 0 };
export const ONE_POSTPONED: StepReport = { done: 0, postponed: 1 };
