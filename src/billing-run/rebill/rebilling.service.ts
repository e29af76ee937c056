import { Injectable } from '@nestjs/common';
import type { Person } from '../../approval';
import { BulkPaymentJobRepository, GatewayEvidence, NamedPayments, type NamedFor } from '../../bulk-payment';
import { DomainError } from '../../kernel/errors';
import { seoulDateAt } from '../../kernel/seoul-calendar';
import { LineStopRepository } from '../../line-stop';
import { Clock } from '../../platform/clock';
import { Database, wakeBilling, type SqlSession } from '../../platform/database';
import { BillingRunJobs } from '../billing-run-jobs';
import { BillingRunRepository } from '../billing-run.repository';
import { HeldRebills } from './held-rebills';
import { UnbillableCharges } from '../unbillable-charges';

/** Who bills a job again, and why. */
interface JobRebillOrder {
  by: Person;
  reason: string;
}

/**
 * Bills the charges of a failed job again: new attempts under new order numbers in a new job. Only where the gateway
 * refused the job or never got it, or a person who asked said so; and only because a person says so now. What held its run, or would hold it now, holds the new job too.
 */
@Injectable()
export class Rebilling {
  constructor(
    private readonly runs: BillingRunRepository,
    private readonly runJobs: BillingRunJobs,
    private readonly unbillable: UnbillableCharges,
    private readonly holds: HeldRebills,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly stops: LineStopRepository,
    private readonly evidence: GatewayEvidence,
    private readonly payments: NamedPayments,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Leaves out who is not to be charged any more: the period is paid, over, or has a later attempt.
   *
   * @returns the new job's id
   * @throws {DomainError} `job-not-found`; `state-conflict` when the gateway may have the job or one it bills again, or it
   *   was uploaded, was rebilled before, or has nobody left to charge; `evidence-contradicts` when the gateway was heard to have
   *   it or another one that charges its periods, or to have a payment that was named for one of them; `lookup-required` when it
   *   does not tell of one now; `line-stopped` when it or somebody in it is parked, or is now because the
   *   charge can't be written
   */
  async rebill(jobId: string, decision: JobRebillOrder): Promise<string> {
    await this.payments.ask(namedForPeriodsOf(jobId), decision.by.actor);
    const rebilledAs = await this.database.transaction((session) => this.rebillIn(session, jobId, decision));
    if (rebilledAs === undefined) {
      const why = 'somebody in it can’t be charged; open line stops of the kind unbillable say who and why';
      throw new DomainError('line-stopped', `Job ${jobId} can’t be billed again: ${why}`);
    }
    return rebilledAs;
  }

  /** @returns `undefined` when somebody in it can't be charged, and is parked now */
  private async rebillIn(
    session: SqlSession,
    jobId: string,
    { by, reason }: JobRebillOrder,
  ): Promise<string | undefined> {
    const { actor } = by;
    await this.runs.lockPlanning(session);
    const { billingRunId, lineCount, lineage } = await this.lockRebillable(session, jobId);
    // First of all: what the gateway was heard to say stays true when its line stop is resolved.
    await this.evidence.assertNone(session, lineage);
    await this.payments.assertNotThere(session, namedForPeriodsOf(jobId), `Job ${jobId} can’t be billed again`);
    await this.stops.assertRunning(session, jobId);
    const at = this.clock.now();
    await this.runs.selectUnbilled(session, { jobId });
    await this.evidence.assertNone(session, await this.runs.takenAmongDue(session));
    await this.assertNobodyParked(session, jobId);
    if ((await this.unbillable.takeOut(session, seoulDateAt(at))) > 0) {
      await this.unbillable.park(session, seoulDateAt(at), { actor, at });
      return undefined;
    }
    const shares = await this.runs.shares(session, lineCount);
    const why = { cause: `billed again for job ${jobId}`, actor };
    const hold = await this.holds.reasonToHold(session, billingRunId);
    const origin = { ...why, billingRunId, holdReason: hold?.holdReason, rebillOfJobId: jobId, reason };
    const [rebilledAs] = await this.runJobs.create(session, shares, lineCount, origin, at);
    if (rebilledAs === undefined) throw refused(jobId, 'nobody is left to be charged');
    await this.runs.noteLaterAttempts(session, { ...why, at });
    if (hold?.because !== undefined) await this.holds.ask(session, rebilledAs, jobId, hold.because, by, reason);
    await wakeBilling(session);
    return rebilledAs;
  }

  /** A job is billed again once: leaving somebody out would leave their period unbilled for ever. */
  private async assertNobodyParked(session: SqlSession, jobId: string): Promise<void> {
    const parked = await this.runs.parkedAmongDue(session);
    if (parked === undefined) return;
    const why = `subscription ${parked.subscriptionId} is parked by line stop ${parked.lineStopId}`;
    throw new DomainError('line-stopped', `Job ${jobId} can’t be billed again: ${why}`, { ...parked });
  }

  /** Locked, so that two who ask at once don't both bill. */
  private async lockRebillable(
    session: SqlSession,
    jobId: string,
  ): Promise<{ billingRunId: string; lineCount: number; lineage: string[] }> {
    const lineage = await this.jobs.lockLineage(session, jobId);
    const job = lineage.at(-1);
    if (job === undefined) throw new DomainError('job-not-found', `There is no bulk payment job ${jobId}`);
    if (job.billingRunId === null) throw refused(jobId, 'it was uploaded; upload a file with new order numbers');
    // One that was closed and came back collects the same charges.
    const open = lineage.find(({ state }) => state !== 'Failed');
    if (open !== undefined) throw refused(jobId, whyOpen(jobId, open));
    const [rebilledAs] = await this.jobs.rebillsOf(session, jobId);
    if (rebilledAs !== undefined) throw refused(jobId, `job ${rebilledAs} bills its charges again`, { rebilledAs });
    return { billingRunId: job.billingRunId, lineCount: job.lineCount, lineage: lineage.map(({ id }) => id) };
  }
}

/** By earlier attempts at the periods in a job: what people ended unpaid may be paid after all. */
function namedForPeriodsOf(jobId: string): NamedFor {
  const where = `EXISTS (SELECT FROM charge WHERE charge.bulk_payment_job_id = $1
    AND charge.subscription_id = attempt.subscription_id AND charge.period_start_on = attempt.period_start_on)`;
  return { where, parameters: [jobId] };
}

function refused(jobId: string, why: string, details: { rebilledAs?: string } = {}): DomainError {
  return new DomainError('state-conflict', `Job ${jobId} can’t be billed again: ${why}`, { jobId, ...details });
}

/** Of the job itself, or of an earlier one that it bills again itself. */
function whyOpen(jobId: string, open: { id: string; state: string }): string {
  const which = open.id === jobId ? 'it' : `job ${open.id}, whose charges it bills again,`;
  return `${which} is ${open.state}; only what failed is billed again`;
}
