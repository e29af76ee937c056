import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, mayBeUnusual, wordsOf, type Approval, type Person } from '../../approval';
import { GatewayEvidence, NamedPayments, type NamedFor } from '../../bulk-payment';
import { CLOSED_BY_DECISION, DECLINED_AGAINST_EVIDENCE } from '../../charge';
import { BillingConfig } from '../../config';
import { counted } from '../../kernel/counted';
import { DomainError } from '../../kernel/errors';
import { seoulDateAt } from '../../kernel/seoul-calendar';
import { wonInWords } from '../../kernel/won';
import { LineStopRepository } from '../../line-stop';
import { Clock } from '../../platform/clock';
import { Database, violatesUnique, wakeBilling, type SqlSession } from '../../platform/database';
import { BillingRunJobs } from '../billing-run-jobs';
import { BillingRunRepository } from '../billing-run.repository';
import { ChargeRebillRepository, type RebilledCharge } from './charge-rebill.repository';
import { UnbillableCharges } from '../unbillable-charges';

/** Who bills again, and why. */
export interface RebillOrder {
  by: Person;
  reason: string;
}

/** The job that bills the charge again, or what waits for a second person before there is one. */
export type RebillAnswer = { jobId: string } | { approval: Approval };

/**
 * Bills the period of one unpaid charge again, at once: a new attempt under a new order number in a job of its own, for the price
 * of the period, with the customer's present billing token. Never while any other charge of the period is paid or may be yet.
 */
@Injectable()
export class ChargeRebilling implements OnModuleInit {
  constructor(
    private readonly charges: ChargeRebillRepository,
    private readonly runs: BillingRunRepository,
    private readonly runJobs: BillingRunJobs,
    private readonly unbillable: UnbillableCharges,
    private readonly stops: LineStopRepository,
    private readonly evidence: GatewayEvidence,
    private readonly payments: NamedPayments,
    private readonly approvals: Approvals,
    private readonly billing: BillingConfig,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.carriedOutBy('rebill', {
      prepare: ({ act }, { by }) => this.payments.ask(namedForPeriodOf(act.orderNo ?? ''), by.actor),
      carryOut: async (session, approval, decision) => {
        const order = { by: approval.requestedBy, reason: wordsOf(approval, decision), isApproved: true };
        await this.bill(session, approval.act.orderNo ?? '', order);
      },
    });
  }

  /**
   * A second person must agree where people ended the charge otherwise than T store's answer does, for the customer may have paid;
   * and from so many rebills a day on as a billing run is looked at.
   *
   * @throws {DomainError} `charge-not-found`; `state-conflict` when it is of no subscription, is not unpaid, was tried again, or
   *   its period is not owed (any more) or another charge of it is paid or may be yet;
   *   `evidence-contradicts` when T store was seen to have a payment for it, or heard to have another charge of its period in a
   *   job that failed; `lookup-required` when people ended one of its charges unpaid, and T store does not tell now of a payment
   *   that was named for it; `line-stopped`; `approval-open`
   */
  async rebill(orderNo: string, { by, reason }: RebillOrder): Promise<RebillAnswer> {
    await this.payments.ask(namedForPeriodOf(orderNo), by.actor);
    const done = await this.database.transaction(async (session) => {
      const charge = await this.rebillable(session, orderNo);
      const at = this.clock.now();
      await this.runs.selectUnbilled(session, { chargeId: charge.id });
      if ((await this.unbillable.takeOut(session, seoulDateAt(at))) > 0) {
        await this.unbillable.park(session, seoulDateAt(at), { actor: by.actor, at });
        return undefined;
      }
      await session.rows('DROP TABLE due');
      await session.rows('DROP TABLE IF EXISTS unbillable');
      const because = await this.reasonToAsk(session, charge);
      if (because !== undefined) {
        const summary = `Bill the period of order ${orderNo} again, for ${wonInWords(charge.amount)}`;
        const what = { kind: 'rebill', subjectId: charge.id, act: { orderNo }, summary, because } as const;
        return {
          approval: await this.approvals.require(session, { ...what, count: 1, amount: charge.amount, by, reason }),
        };
      }
      await this.approvals.withdrawOf(session, 'rebill', charge.id, { actor: by.actor, reason });
      return { jobId: await this.bill(session, orderNo, { by: by.actor, reason, isApproved: false }) };
    });
    if (done !== undefined) return done;
    throw refused(
      orderNo,
      'its charge can’t be written; its line stop of the kind unbillable says why',
      'line-stopped',
    );
  }

  /** Checks all of it under the locks of all who could bill or bring back a charge of the period. */
  private async bill(
    session: SqlSession,
    orderNo: string,
    { by: actor, reason, isApproved }: { by: string; reason: string; isApproved: boolean },
  ): Promise<string> {
    await this.runs.lockPlanning(session);
    await this.charges.lockJobsOfPeriod(session, orderNo);
    const charge = await this.rebillable(session, orderNo);
    if (!isApproved && (await this.reasonToAsk(session, charge)) !== undefined) {
      throw refused(orderNo, 'others were billed again at the same moment; ask anew');
    }
    const at = this.clock.now();
    await this.runs.selectUnbilled(session, { chargeId: charge.id });
    if ((await this.unbillable.takeOut(session, seoulDateAt(at))) > 0)
      throw refused(orderNo, 'its charge can’t be written any more');
    const shares = await this.runs.shares(session, 1);
    const why = { cause: `billed again for order ${orderNo}`, actor };
    const origin = { ...why, billingRunId: charge.billingRunId, rebillOfChargeId: charge.id, reason };
    try {
      const [jobId] = await this.runJobs.create(session, shares, 1, origin, at);
      if (jobId === undefined) throw refused(orderNo, 'its period is not owed');
      await this.runs.noteLaterAttempts(session, { ...why, at });
      await wakeBilling(session);
      return jobId;
    } catch (error) {
      if (!violatesUnique(error, 'bulk_payment_job_charge_rebilled_once')) throw error;
      throw refused(orderNo, 'it was billed again already');
    }
  }

  private async rebillable(session: SqlSession, orderNo: string): Promise<PlannedCharge> {
    const charge = await this.charges.find(session, orderNo);
    if (charge === undefined) throw new DomainError('charge-not-found', `There is no charge ${orderNo}`);
    if (charge.jobId === null) throw refused(orderNo, 'only what T store collects is billed again in a file');
    if (!isPlanned(charge)) throw refused(orderNo, 'it was uploaded; upload a file with a new order number');
    await this.evidence.assertNone(session, charge.failedJobIds);
    const why = whyNot(charge);
    if (why !== undefined) throw refused(orderNo, why);
    if (charge.foundTransactionId !== null) {
      const paid = `T store has payment ${charge.foundTransactionId} for its period; have T store give that back, look it up again`;
      throw refused(orderNo, paid, 'evidence-contradicts');
    }
    await this.payments.assertNotThere(session, namedForPeriodOf(orderNo), `Order ${orderNo} can’t be billed again`);
    await this.stops.assertRunning(session, charge.jobId);
    if (charge.lineStopId === null) return charge;
    const parked = `subscription ${charge.subscriptionId} is parked by line stop ${charge.lineStopId}`;
    throw refused(orderNo, parked, 'line-stopped');
  }

  private async reasonToAsk(session: SqlSession, charge: RebilledCharge): Promise<string | undefined> {
    if (charge.resultCode === DECLINED_AGAINST_EVIDENCE || charge.resultCode === CLOSED_BY_DECISION) {
      return `people ended it otherwise than T store’s answer does, so the customer may have paid: ${charge.resultMessage}`;
    }
    const today = await this.charges.rebilledOn(session, seoulDateAt(this.clock.now()));
    const size = { count: today.count + 1, amount: today.amount + charge.amount };
    if (!mayBeUnusual(size, this.billing.confirm)) return undefined;
    return `with it ${counted(size.count, 'charge')}, ${wonInWords(size.amount)}, would be billed again one by one today`;
  }
}

/** A charge of a subscription, which a billing run made. */
type PlannedCharge = RebilledCharge & { jobId: string; billingRunId: string };

function isPlanned(charge: RebilledCharge): charge is PlannedCharge {
  return charge.jobId !== null && charge.billingRunId !== null;
}

/** By all attempts at a charge's period, of which an earlier one may be paid after all. */
function namedForPeriodOf(orderNo: string): NamedFor {
  const where = `EXISTS (SELECT FROM charge WHERE charge.order_no = $1 AND (charge.id = attempt.id
    OR (charge.subscription_id = attempt.subscription_id AND charge.period_start_on = attempt.period_start_on)))`;
  return { where, parameters: [orderNo] };
}

function whyNot({ kind, jobState, isOwed, other }: RebilledCharge): string | undefined {
  if (kind === null && jobState === 'Failed')
    return 'nothing of it was settled, because its job failed: bill the job again';
  if (kind !== 'declined' && kind !== 'closed')
    return `it is ${kind ?? 'not settled'}, and only what ended unpaid is billed again`;
  if (other !== null) return `order ${other} is of the same period, and is paid or may be yet`;
  if (!isOwed) return 'its period is not owed: it was tried again, paid, or its subscription is over, ending or paused';
  return undefined;
}

function refused(
  orderNo: string,
  why: string,
  code: 'state-conflict' | 'line-stopped' | 'evidence-contradicts' = 'state-conflict',
): DomainError {
  return new DomainError(code, `Order ${orderNo} can’t be billed again: ${why}`, { orderNo });
}
