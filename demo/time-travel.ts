import { setTimeout as delay } from 'node:timers/promises';
import type { SeoulDate } from '../src/kernel/seoul-calendar';
import { Clock } from '../src/platform/clock';
import { Database, wakeBilling } from '../src/platform/database';
import type { RunningService } from '../src/service';
import type { Simulator } from '../simulator';

/** The simulator's time as the service's: in one process there is one clock, and nothing between the two. */
export class SimulatorTime extends Clock {
  constructor(private readonly simulator: Simulator) {
    super();
  }

  now(): Date {
    return new Date(this.simulator.control.now());
  }
}

const LOOK_EVERY_MS = 2;
/** Real time. What is due takes parts of a second; a job that stays in hand for this long has a fault of its own. */
const GIVE_UP_AFTER_MS = 120_000;

/**
 * What the service could do now: a job not yet sent, or whose result is there; a notification to verify. A job whose
 * notification is awaited, that waits for a later attempt or for a person, is at rest. `$1` is now.
 */
const IN_HAND_SQL = `
  EXISTS (SELECT FROM bulk_payment_job
    WHERE settled_at IS NULL AND failed_at IS NULL AND hold_reason IS NULL
      AND (state IN ('Created', 'VerifiedCompleted')
        OR state = 'Processing' AND gateway_job_id IS NULL AND submission_doubt IS NULL)
      AND (next_attempt_at IS NULL OR next_attempt_at <= $1))
  OR EXISTS (SELECT FROM notification WHERE next_attempt_at <= $1)`;

/** Moves service and simulator through time together, and lets each moment be worked off before the next one comes. */
export class TimeTravel {
  private readonly database: Database;

  constructor(
    service: RunningService,
    private readonly simulator: Simulator,
  ) {
    this.database = service.app.get(Database);
  }

  now(): Date {
    return new Date(this.simulator.control.now());
  }

  /**
   * Moves to a later instant, each thing the simulator does on the way at its own time, and waits until the service has
   * nothing left to do there.
   *
   * @param untilRunOf a date whose billing run is opened by then, so that it is waited for
   */
  async to(instant: Date, untilRunOf?: SeoulDate): Promise<void> {
    await this.simulator.control.advance(Math.max(0, instant.getTime() - this.simulator.control.now()));
    await wakeBilling(this.database);
    const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
    while (!(await this.isAtRest(untilRunOf))) {
      if (performance.now() > giveUpAt)
        throw new Error(`the service does not come to rest at ${instant.toISOString()}`);
      await delay(LOOK_EVERY_MS);
    }
  }

  /** Whether every job has come to its end. */
  async isSettled(): Promise<boolean> {
    const [row] = await this.database.rows<{ settled: boolean }>(
      `SELECT NOT EXISTS (SELECT FROM bulk_payment_job WHERE settled_at IS NULL AND failed_at IS NULL) AS settled`,
    );
    return row?.settled ?? false;
  }

  private async isAtRest(untilRunOf: SeoulDate | undefined): Promise<boolean> {
    const [row] = await this.database.rows<{ rest: boolean }>(
      `SELECT NOT (${IN_HAND_SQL})
         AND ($2::date IS NULL OR EXISTS (SELECT FROM billing_run WHERE billing_date = $2)) AS rest`,
      [this.now(), untilRunOf ?? null],
    );
    return row?.rest ?? false;
  }
}
