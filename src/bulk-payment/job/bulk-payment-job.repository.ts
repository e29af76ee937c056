import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { Clock, secondsAfter } from '../../platform/clock';
import { Database, type SqlSession } from '../../platform/database';
import {
  begin,
  claim,
  leaseLost,
  move,
  note,
  writeHeld,
  type Aggregate,
  type Cause,
  type Changes,
} from '../../platform/work';
import { BulkPaymentJob, BulkPaymentJobHistory } from './bulk-payment-job.entity';
import { JOB_FIRST_STATES, JOB_TRANSITIONS, type JobEvent, type JobState } from './bulk-payment-job.state';

const JOB: Aggregate<BulkPaymentJob, typeof JOB_TRANSITIONS> = {
  name: 'job',
  rows: BulkPaymentJob,
  history: BulkPaymentJobHistory,
  subject: 'jobId',
  transitions: JOB_TRANSITIONS,
  firstStates: JOB_FIRST_STATES,
};

/** What is to be done with a job next; each condition is what a row must show for that work to be due. */
export const JOB_STAGES = {
  'write-request-file': `state = 'Created' AND request_file_written_at IS NULL`,
  submit: `state = 'Created' AND request_file_written_at IS NOT NULL AND hold_reason IS NULL
    AND NOT EXISTS (SELECT FROM kill_switch WHERE engaged)`,
  'download-result': `state = 'VerifiedCompleted' AND result_downloaded_at IS NULL`,
  'load-result': `result_downloaded_at IS NOT NULL AND result_loaded_at IS NULL`,
  reconcile: `result_loaded_at IS NOT NULL AND reconciled_at IS NULL`,
  settle: `reconciled_at IS NOT NULL AND settled_at IS NULL`,
} as const;

export type JobStage = keyof typeof JOB_STAGES;

/** A job as it was when claimed, and the lease that guards every write until it is finished or taken over. */
export interface JobClaim {
  readonly job: BulkPaymentJob;
  readonly leaseId: string;
  readonly leaseSeconds: number;
}

/** Which jobs are claimed. */
export interface JobsAmong {
  /** A further SQL condition on the job's row. */
  condition?: string | undefined;
  /** The gateway accounts they are collected by. */
  accounts?: readonly string[];
}

export type JobChanges = Changes<BulkPaymentJob>;

/** Who or what moves a job, for its history. */
export type TransitionCause = Omit<Cause, 'at'>;

@Injectable()
export class BulkPaymentJobRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async find(id: string, session: SqlSession = this.database): Promise<BulkPaymentJob | undefined> {
    return (await session.manager.findOneBy(BulkPaymentJob, { id })) ?? undefined;
  }

  /** The row, locked until the session's transaction ends. */
  async lock(session: SqlSession, id: string): Promise<BulkPaymentJob | undefined> {
    const lock = { mode: 'pessimistic_write' } as const;
    return (await session.manager.findOne(BulkPaymentJob, { where: { id }, lock })) ?? undefined;
  }

  /** Some jobs, locked until the session's transaction ends; oldest first, as everybody locks several. */
  lockAll(session: SqlSession, ids: readonly string[]): Promise<BulkPaymentJob[]> {
    const where = { id: In([...ids]) };
    return session.manager.find(BulkPaymentJob, { where, order: { id: 'ASC' }, lock: { mode: 'pessimistic_write' } });
  }

  /** Another job that is recorded as the same gateway account's job of this id. */
  async withGatewayJob(
    { id, gatewayAccount }: BulkPaymentJob,
    gatewayJobId: string,
    session: SqlSession = this.database,
  ): Promise<BulkPaymentJob | undefined> {
    const where = { gatewayJobId, gatewayAccount, id: Not(id) };
    return (await session.manager.findOneBy(BulkPaymentJob, where)) ?? undefined;
  }

  /** The jobs of a billing run in the order they were made. */
  ofBillingRun(billingRunId: string, session: SqlSession = this.database): Promise<BulkPaymentJob[]> {
    return session.manager.find(BulkPaymentJob, { where: { billingRunId }, order: { id: 'ASC' } });
  }

  /** @returns the ids of the jobs that bill a failed one again, those that bill these again, and what was set aside from them */
  async rebillsOf(session: SqlSession, jobId: string): Promise<string[]> {
    const rows = await session.rows<{ id: string }>(
      `WITH RECURSIVE rebill AS (
         SELECT id FROM bulk_payment_job WHERE rebill_of_job_id = $1
         UNION ALL
         SELECT job.id FROM rebill JOIN bulk_payment_job AS job ON job.rebill_of_job_id = rebill.id)
       SELECT id FROM rebill ORDER BY id`,
      [jobId],
    );
    return rows.map(({ id }) => id);
  }

  /** @returns the ids of unsent jobs that bill a single charge again of a period that this job bills too */
  async unsentRebillsOfPeriods(session: SqlSession, jobId: string): Promise<string[]> {
    const rows = await session.rows<{ id: string }>(
      `SELECT job.id FROM bulk_payment_job AS job
       JOIN charge AS rebilled ON rebilled.id = job.rebill_of_charge_id
       WHERE job.state = 'Created' AND EXISTS (
         SELECT FROM charge AS own
         WHERE own.subscription_id = rebilled.subscription_id AND own.period_start_on = rebilled.period_start_on
           AND own.bulk_payment_job_id = $1)
       ORDER BY job.id`,
      [jobId],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * The job and those it bills again, oldest first, locked until the session's transaction ends. A rebill is always
   * younger than what it repeats, so everybody locks them in one order.
   */
  async lockLineage(session: SqlSession, id: string): Promise<BulkPaymentJob[]> {
    const ids = await session.rows<{ id: string }>(
      `WITH RECURSIVE lineage AS (
         SELECT id, rebill_of_job_id FROM bulk_payment_job WHERE id = $1
         UNION ALL
         SELECT job.id, job.rebill_of_job_id FROM lineage JOIN bulk_payment_job AS job ON job.id = lineage.rebill_of_job_id)
       SELECT id FROM lineage`,
      [id],
    );
    return this.lockAll(
      session,
      ids.map((row) => row.id),
    );
  }

  /** Keeps a job from being submitted. */
  async hold(session: SqlSession, id: string, holdReason: string): Promise<void> {
    await session.manager.update(BulkPaymentJob, { id }, { holdReason });
  }

  /** Lets the held jobs of a billing run be submitted. @returns their ids */
  async releaseHeld(session: SqlSession, billingRunId: string): Promise<string[]> {
    const released = await session.rows<{ id: string }>(
      'UPDATE bulk_payment_job SET hold_reason = NULL WHERE billing_run_id = $1 AND hold_reason IS NOT NULL RETURNING id',
      [billingRunId],
    );
    return released.map(({ id }) => id);
  }

  /** Cancels the held jobs of a billing run; a replica that is just writing a request file finds its claim gone. */
  async cancelHeld(session: SqlSession, billingRunId: string, why: TransitionCause): Promise<void> {
    for (const job of await this.ofBillingRun(billingRunId, session)) {
      if (job.holdReason !== null) await this.cancel(session, job, why);
    }
  }

  /** Fails a job of which nothing is sent. @throws {DomainError} `state-conflict` */
  async cancel(session: SqlSession, job: BulkPaymentJob, why: TransitionCause): Promise<void> {
    const changes = { ...RELEASED, holdReason: null, failedAt: this.clock.now(), failureReason: why.cause };
    await this.transition(session, job, 'cancel', why, changes);
  }

  /** Stores a new job as Created, with the first entry of its history. @returns its id */
  create(session: SqlSession, fields: JobChanges, why: TransitionCause): Promise<string> {
    const at = this.clock.now();
    return begin(session, JOB, 'Created', { ...fields, createdAt: at }, { ...why, at });
  }

  /**
   * Claims the oldest job that is due for a stage and that nobody holds. One whose stage failed comes after those whose
   * did not: however many fail again and again, they don't hold up the others.
   *
   * @param leaseSeconds how long the claim stays without being renewed
   * @param among narrows which jobs are meant
   */
  async claim(
    stage: JobStage,
    leaseSeconds: number,
    { condition = 'true', accounts }: JobsAmong = {},
  ): Promise<JobClaim | undefined> {
    const now = this.clock.now();
    const claimed = await claim(this.database, BulkPaymentJob, {
      where: `settled_at IS NULL AND failed_at IS NULL
        AND ${JOB_STAGES[stage]} AND ${condition}
        ${accounts === undefined ? '' : 'AND gateway_account = ANY ($2)'}
        AND line_stop_of_job(id) IS NULL
        AND (next_attempt_at IS NULL OR next_attempt_at <= $1)`,
      ...(accounts !== undefined && { parameters: [accounts] }),
      orderBy: 'attempts, id',
      now,
      leaseSeconds,
      changes: { stage, stageStartedAt: now, stageDone: null, stageDoneAt: null },
    });
    return claimed && { job: claimed.row, leaseId: claimed.leaseId, leaseSeconds };
  }

  /** Writes progress and keeps the claim. @throws {DomainError} `lease-lost` when another replica has taken over */
  async record(claim: JobClaim, changes: JobChanges, session: SqlSession = this.database): Promise<void> {
    await this.guardedUpdate(session, claim, {
      ...changes,
      leaseUntil: secondsAfter(this.clock.now(), claim.leaseSeconds),
    });
  }

  /** The same while a transaction of the stage is open. */
  recordBeside(claim: JobClaim, changes: JobChanges): Promise<void> {
    return this.record(claim, changes, this.database.beside);
  }

  /**
   * Counts result lines as applied and keeps the claim.
   *
   * @returns how many are applied now
   * @throws {DomainError} `lease-lost`
   */
  async addApplied(session: SqlSession, claim: JobClaim, lines: number): Promise<number> {
    const [updated] = await session.rows<{ applied: number }>(
      `UPDATE bulk_payment_job SET result_lines_applied = result_lines_applied + $3, lease_until = $4
       WHERE id = $1 AND lease_id = $2
       RETURNING result_lines_applied AS applied`,
      [claim.job.id, claim.leaseId, lines, secondsAfter(this.clock.now(), claim.leaseSeconds)],
    );
    if (updated === undefined) throw leaseLost(JOB, claim.job.id);
    return updated.applied;
  }

  /** Writes the outcome of a stage and gives the claim back. @throws {DomainError} `lease-lost` */
  async finish(claim: JobClaim, changes: JobChanges, session: SqlSession = this.database): Promise<void> {
    await this.guardedUpdate(session, claim, { ...changes, ...RELEASED, attempts: 0, lastError: null });
  }

  /** Gives the claim back with nothing done and nothing failed. @throws {DomainError} `lease-lost` */
  async giveBack(claim: JobClaim): Promise<void> {
    await this.guardedUpdate(this.database, claim, RELEASED);
  }

  /**
   * Gives the claim back with the error that stopped it, due again at `retryAt`.
   *
   * @param changes what the failure undoes
   * @throws {DomainError} `lease-lost`
   */
  async postpone(
    claim: JobClaim,
    retryAt: Date,
    error: string,
    { changes = {}, session = this.database }: { changes?: JobChanges; session?: SqlSession } = {},
  ): Promise<void> {
    const attempts = claim.job.attempts + 1;
    await this.guardedUpdate(session, claim, {
      ...changes,
      ...RELEASED,
      attempts,
      nextAttemptAt: retryAt,
      lastError: error,
    });
  }

  /**
   * Moves a job along its transition table and appends to its history, in the caller's transaction.
   *
   * @throws {DomainError} `state-conflict` when the event is not allowed, or somebody else moved the job meanwhile;
   *   `lease-lost` when another replica has it
   */
  transition(
    session: SqlSession,
    job: { id: string; state: JobState },
    event: JobEvent,
    why: TransitionCause,
    changes: JobChanges = {},
    leaseId?: string,
  ): Promise<void> {
    return move(session, JOB, job, event, this.now(why), { changes, guard: { leaseId } });
  }

  /**
   * Changes a job without moving it, and notes it in its history.
   *
   * @throws {DomainError} `state-conflict` when somebody moved the job meanwhile
   */
  amend(session: SqlSession, job: BulkPaymentJob, why: TransitionCause, changes: JobChanges): Promise<void> {
    return note(session, JOB, job, this.now(why), { changes });
  }

  private async guardedUpdate(session: SqlSession, { job, leaseId }: JobClaim, changes: JobChanges): Promise<void> {
    await writeHeld(session, JOB, { id: job.id, leaseId }, changes);
  }

  private now(why: TransitionCause): Cause {
    return { ...why, at: this.clock.now() };
  }
}

/** A claim taken from whoever has it: what is at work on the job finds its next write refused. */
export const RELEASED = {
  leaseId: null,
  leaseUntil: null,
  nextAttemptAt: null,
  stage: null,
  stageStartedAt: null,
  stageDone: null,
  stageDoneAt: null,
} satisfies JobChanges;
