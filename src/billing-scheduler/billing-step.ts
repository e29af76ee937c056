import type { OnClaimed, StepReport } from '../kernel/step-report';

/** One kind of work the scheduler does, a piece at a time. Safe to run at any moment, in any replica. */
export interface BillingStep {
  readonly name: string;
  /** The steps that what this one finishes is due for, by their names. */
  readonly makesDue: readonly string[];
  /** How many pieces of it may be at work at once in this process; one where it doesn't say. */
  readonly width?: number;
  /** How long it rests after work, where it costs the same for one new row as for thousands; not at all where it doesn't say. */
  readonly restMs?: number;
  /**
   * Claims one piece of work that is due, does it, and says what came of it. Never throws for a failed piece.
   *
   * @param claimed told as soon as a piece is in hand, so that the next one can be looked for beside it
   */
  runOnce(claimed?: OnClaimed): Promise<StepReport>;
}
