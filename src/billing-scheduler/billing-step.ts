import type { StepReport } from '../kernel/step-report';

/** One kind of work the scheduler does, a piece at a time. Safe to run at any moment, in any replica. */
export interface BillingStep {
  readonly name: string;
  /** The steps that what this one finishes is due for, by their names. */
  readonly makesDue: readonly string[];
  /** Claims one piece of work that is due, does it, and says what came of it. Never throws for a failed piece. */
  runOnce(): Promise<StepReport>;
}
