import { Injectable } from '@nestjs/common';
import { messageOf } from '../../kernel/errors';
import { Clock, secondsAfter } from '../clock';
import { Database, violatedKeyOf } from '../database';
import { Logger } from '../logging';
import { DatabaseOutage } from './database-outage';

/** A step that runs well says so once in a while: it runs every few seconds, and nobody needs to know that often. */
const RECORD_EVERY_SECONDS = 60;
/** From so many failures in a row on it is an error: fewer are a database that was away for a moment. */
const KEEPS_FAILING = 3;

interface Seen {
  failures: number;
  recordedAt: Date | undefined;
}

/** Records how the steps fare, so that one that keeps failing is seen wherever somebody looks. */
@Injectable()
export class StepHealth {
  private readonly seen = new Map<string, Seen>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outage: DatabaseOutage,
    private readonly logger: Logger,
  ) {}

  async succeeded(step: string): Promise<void> {
    const at = this.clock.now();
    const { failures, recordedAt } = this.seenOf(step);
    const isFresh = recordedAt !== undefined && at < secondsAfter(recordedAt, RECORD_EVERY_SECONDS);
    if (failures === 0 && isFresh && !this.outage.isOn) return;
    if (failures > 0) this.logger.info('step runs again', { step, failures });
    this.seen.set(step, { failures: 0, recordedAt: at });
    const isRecorded = await this.record(
      `INSERT INTO scheduler_step (step, last_success_at) VALUES ($1, $2)
       ON CONFLICT (step) DO UPDATE
       SET last_success_at = $2, failing_since = NULL, failures = 0, last_error = NULL`,
      [step, at],
    );
    if (isRecorded) this.outage.over();
  }

  async failed(step: string, error: unknown): Promise<void> {
    const at = this.clock.now();
    // A key that is taken names the order or subscription that is in the way.
    const key = violatedKeyOf(error);
    const reason = key === undefined ? messageOf(error) : `${messageOf(error)}: ${key}`;
    const isRecorded = await this.record(
      `INSERT INTO scheduler_step (step, last_failure_at, failing_since, failures, last_error) VALUES ($1, $2, $2, 1, $3)
       ON CONFLICT (step) DO UPDATE
       SET last_failure_at = $2, failing_since = coalesce(scheduler_step.failing_since, $2),
         failures = scheduler_step.failures + 1, last_error = $3`,
      [step, at, reason],
    );
    // A step that ends its own session finds the database there: that is the step's failure.
    if (isRecorded ? this.outage.explainsLate(error) : this.outage.explains(error)) return;
    const failures = this.seenOf(step).failures + 1;
    this.seen.set(step, { failures, recordedAt: undefined });
    if (failures >= KEEPS_FAILING) this.logger.error('step keeps failing', { step, failures, reason, error });
    else this.logger.warn('step failed', { step, failures, reason, error });
  }

  private seenOf(step: string): Seen {
    return this.seen.get(step) ?? { failures: 0, recordedAt: undefined };
  }

  /** Without a database there is nowhere to write it, which the readiness report says anyway. @returns whether it is written */
  private record(sql: string, parameters: readonly unknown[]): Promise<boolean> {
    return this.database.execute(sql, parameters).then(
      () => true,
      (error: unknown) => {
        this.logger.debug('how a step fares is not recorded', { reason: messageOf(error) });
        return false;
      },
    );
  }
}
