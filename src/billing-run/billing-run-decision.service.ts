import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, type Approval, type Person } from '../approval';
import { BulkPaymentJobRepository, DearCharges } from '../bulk-payment';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { move } from '../platform/work';
import { BILLING_RUN } from './billing-run.repository';
import { MethodPayments } from './method-payments';
import { METHOD_CHARGES_OF_RUN_SQL } from './method-payments.sql';
import { PriceSetters } from './price-setters';
import type { BillingRunEvent } from './billing-run.state';

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
    private readonly dear: DearCharges,
    private readonly priceSetters: PriceSetters,
    private readonly methodPayments: MethodPayments,
    private readonly approvals: Approvals,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.carriedOutBy('billing-run', {
      carryOut: async (session, { subjectId: id }, { by, reason, subjectVersion: version }) => {
        await this.priceSetters.refuse(session, { sql: CHARGES_OF_RUN_SQL, parameters: [id] }, by);
        await this.move(session, id, 'confirm', { actor: by.actor, reason, version });
        await this.dear.letGo(session, await this.jobs.releaseHeld(session, id));
        await this.methodPayments.release(session, id, by.actor, reason);
      },
      turnDown: async (session, { subjectId: id }, { actor, reason }, decision) => {
        await this.move(session, id, 'reject', { actor, reason, version: decision?.subjectVersion });
        await this.jobs.cancelHeld(session, id, { cause: 'billing run rejected', actor, reason });
        await this.methodPayments.reject(session, id, actor, reason);
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

  private async move(
    session: SqlSession,
    id: string,
    event: BillingRunEvent,
    { actor, reason, version }: Decision,
  ): Promise<void> {
    const decidedAt = this.clock.now();
    const why = { cause: event, actor, reason, at: decidedAt };
    const run = { id, state: 'AwaitingConfirmation' } as const;
    await move(session, BILLING_RUN, run, event, why, { changes: { decidedAt }, guard: { version } });
  }
}

/** All charges of the run `$1`, in its jobs and by payment methods. */
const CHARGES_OF_RUN_SQL = `
  SELECT charge.* FROM bulk_payment_job AS job JOIN charge ON charge.bulk_payment_job_id = job.id
  WHERE job.billing_run_id = $1::bigint
  UNION ALL ${METHOD_CHARGES_OF_RUN_SQL}`;
