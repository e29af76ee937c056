import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, type Approval, type Person } from '../approval';
import { BulkPaymentJobRepository } from '../bulk-payment';
import { DomainError } from '../kernel/errors';
import { nextState } from '../kernel/transitions';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { BILLING_RUN_TRANSITIONS, type BillingRunEvent } from './billing-run.state';

/** Who decided, and why: both stay in the history. */
export interface Decision {
  actor: string;
  reason: string;
  /** The only version it may be decided in, when there is one. */
  version?: string | undefined;
}

/** A person's word on a billing run that was held. */
export interface RunDecision {
  by: Person;
  reason: string;
  /** The only version of the run it may be decided in, when there is one. */
  version?: string | undefined;
}

/** What a person decides on a billing run that was held: another one than who opened it. */
@Injectable()
export class BillingRunDecisions implements OnModuleInit {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly approvals: Approvals,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.carriedOutBy('billing-run', {
      carryOut: async (session, { subjectId: id }, { by, reason, subjectVersion: version }) => {
        await this.move(session, id, 'confirm', { actor: by.actor, reason, version });
        await this.jobs.releaseHeld(session, id);
      },
      turnDown: async (session, { subjectId: id }, { actor, reason }, decision) => {
        await this.move(session, id, 'reject', { actor, reason, version: decision?.subjectVersion });
        await this.jobs.cancelHeld(session, id, { cause: 'billing run rejected', actor, reason });
      },
    });
  }

  /**
   * Lets the run's jobs go, as approving it does; of several who decide at once, one does.
   *
   * @throws {DomainError} `billing-run-not-found`; `state-conflict` when the run does not await a confirmation;
   *   `version-conflict`; else as {@link Approvals.approve}
   */
  async confirm(id: string, { version, ...decision }: RunDecision): Promise<void> {
    const waiting = await this.waiting(id, version);
    await this.approvals.approve(waiting.id, { ...decision, subjectVersion: version });
  }

  /**
   * Stops the run: its jobs fail without being sent. Its charges stay as evidence and are billed again only when their
   * job is rebilled.
   *
   * @throws {DomainError} as {@link confirm}
   */
  async reject(id: string, { version, ...decision }: RunDecision): Promise<void> {
    const waiting = await this.waiting(id, version);
    await this.approvals.reject(waiting.id, { ...decision, subjectVersion: version });
  }

  private async waiting(id: string, version: string | undefined): Promise<Approval> {
    const [run] = await this.database.rows<{ state: string; version: string }>(
      'SELECT state, xmin::text AS version FROM billing_run WHERE id = $1',
      [id],
    );
    if (!run) throw new DomainError('billing-run-not-found', `There is no billing run ${id}`);
    if (version !== undefined && version !== run.version) {
      throw new DomainError('version-conflict', `Billing run ${id} was changed since you read it`);
    }
    if (run.state === 'AwaitingConfirmation') return this.approvals.waitingOf('billing-run', id);
    throw new DomainError('state-conflict', `Billing run ${id} is ${run.state} and awaits no confirmation`, {
      state: run.state,
    });
  }

  private async move(session: SqlSession, id: string, event: BillingRunEvent, decision: Decision): Promise<void> {
    const from = 'AwaitingConfirmation';
    const to = nextState(BILLING_RUN_TRANSITIONS, from, event);
    const [moved] = await session.rows<{ id: string }>(
      `WITH moved AS (
         UPDATE billing_run SET state = $3, decided_at = $4
         WHERE id = $1 AND state = $2 AND ($8::text IS NULL OR xmin::text = $8) RETURNING id)
       INSERT INTO billing_run_history (billing_run_id, from_state, to_state, cause, actor, reason, at)
       SELECT id, $2, $3, $5, $6, $7, $4 FROM moved RETURNING billing_run_id AS id`,
      [id, from, to, this.clock.now(), event, decision.actor, decision.reason, decision.version ?? null],
    );
    if (moved) return;
    const [run] = await session.rows<{ state: string }>('SELECT state FROM billing_run WHERE id = $1', [id]);
    if (!run) throw new DomainError('billing-run-not-found', `There is no billing run ${id}`);
    if (decision.version !== undefined) {
      throw new DomainError('version-conflict', `Billing run ${id} was changed since you read it`);
    }
    throw new DomainError('state-conflict', `Billing run ${id} is ${run.state} and awaits no confirmation`, {
      state: run.state,
    });
  }
}
