import { Injectable } from '@nestjs/common';
import { BulkPaymentJobRepository } from '../bulk-payment';
import { DomainError } from '../kernel/errors';
import { nextState } from '../kernel/transitions';
import { Clock } from '../platform/clock';
import { Database, wakeBilling, type SqlSession } from '../platform/database';
import { BILLING_RUN_TRANSITIONS, type BillingRunEvent } from './billing-run.state';

/** Who decided, and why: both stay in the history. */
export interface Decision {
  actor: string;
  reason: string;
  /** The only version it may be decided in, when there is one. */
  version?: string | undefined;
}

/** What a person decides on a billing run that was held. */
@Injectable()
export class BillingRunDecisions {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Lets the run's jobs go; of several who decide at once, one does.
   *
   * @throws {DomainError} `billing-run-not-found`; `state-conflict` when the run does not await a confirmation;
   *   `version-conflict`
   */
  confirm(id: string, decision: Decision): Promise<void> {
    return this.database.transaction(async (session) => {
      await this.move(session, id, 'confirm', decision);
      await this.jobs.releaseHeld(session, id);
      await wakeBilling(session);
    });
  }

  /**
   * Stops the run: its jobs fail without being sent. Its charges stay as evidence and are billed again only when their
   * job is rebilled.
   *
   * @throws {DomainError} `billing-run-not-found`; `state-conflict` when the run does not await a confirmation;
   *   `version-conflict`
   */
  reject(id: string, decision: Decision): Promise<void> {
    const { actor, reason } = decision;
    return this.database.transaction(async (session) => {
      await this.move(session, id, 'reject', decision);
      await this.jobs.cancelHeld(session, id, { cause: 'billing run rejected', actor, reason });
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
