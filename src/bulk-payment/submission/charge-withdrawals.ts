import { Injectable } from '@nestjs/common';
import { ChargeRepository, UnwantedCharges } from '../../charge';
import { counted } from '../../kernel/counted';
import { wonInWords } from '../../kernel/won';
import { Clock } from '../../platform/clock';
import type { SqlSession } from '../../platform/database';
import { BulkPaymentJobRepository, RELEASED, type JobClaim } from '../job/bulk-payment-job.repository';
import { ChargesSetAside } from '../job/charges-set-aside';

const ACTOR = 'submit';

/**
 * The last look before charges are sent: those that are not wanted any more, because their subscription was canceled, paused
 * or otherwise changed after they were planned, are withdrawn (docs/decisions/0042). They leave their job for one of their own,
 * which is canceled at once, and everybody else's file is written anew.
 */
@Injectable()
export class ChargeWithdrawals {
  constructor(
    private readonly unwanted: UnwantedCharges,
    private readonly charges: ChargeRepository,
    private readonly aside: ChargesSetAside,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly clock: Clock,
  ) {}

  /** Called first of all in the transaction that commits an intent to send: the changes it waits for are seen by {@link takeOut}. */
  async holdChanges(session: SqlSession, { job }: JobClaim): Promise<void> {
    if (job.billingRunId !== null) await this.unwanted.holdChanges(session);
  }

  /**
   * Withdraws what is not wanted of a job, and gives the claim back. When that is all of it, the job itself is canceled.
   *
   * @returns what was withdrawn, in words; `undefined` when all is wanted, and nothing was changed
   * @throws {DomainError} `lease-lost`, `state-conflict`
   */
  async takeOut(session: SqlSession, claim: JobClaim): Promise<string | undefined> {
    const { job } = claim;
    // What was uploaded is of no subscription.
    if (job.billingRunId === null) return undefined;
    const { sql, parameters } = await this.unwanted.ofJobs(session, [job.id]);
    const leaving = await this.aside.select(session, sql, parameters);
    if (leaving.count === 0) return undefined;
    const at = this.clock.now();
    const reason = await this.reasons(session);
    const cause = `withdrawn before it was sent: ${reason}`;
    const { id, state, lineCount } = job;
    await this.charges.withdraw(session, at);
    await this.unwanted.noteWithdrawn(session, { actor: ACTOR, at });
    const canceled = { ...RELEASED, failedAt: at, failureReason: cause };
    if (leaving.count === lineCount) {
      const changes = { ...canceled, holdReason: null };
      await this.jobs.transition(session, { id, state }, 'cancel', { cause, actor: ACTOR }, changes, claim.leaseId);
    } else {
      const asideId = await this.aside.move(session, job, leaving, { actor: ACTOR, reason: cause });
      await this.jobs.transition(session, { id: asideId, state }, 'cancel', { cause, actor: ACTOR }, canceled);
      await this.jobs.finish(claim, {}, session);
    }
    return `${counted(leaving.count, 'charge')}, ${wonInWords(leaving.amount)}: ${reason}`;
  }

  private async reasons(session: SqlSession): Promise<string> {
    const rows = await session.rows<{ reason: string; count: number }>(
      'SELECT reason, count(*)::int AS count FROM leaving GROUP BY reason ORDER BY reason',
    );
    return rows.map(({ reason, count }) => `${count} ${reason}`).join(', ');
  }
}
